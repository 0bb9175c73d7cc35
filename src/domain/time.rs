//! Two kinds of time, which are never mixed: the hub's own, and an estimate of wall-clock time.
//!
//! A board may have no correct clock. Decisions (expiry, grace, limits) use [`HubTime`]; a [`WallTime`] is only
//! displayed.

use std::time::Duration;

/// Milliseconds that this hub has been running, added up over all its runs. Never jumps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct HubTime(pub u64);

impl HubTime {
    /// The time `span` later.
    #[must_use]
    pub fn after(self, span: Duration) -> Self {
        Self(self.0.saturating_add(millis(span)))
    }

    /// The time `span` earlier; the hub's first moment if that is before it.
    #[must_use]
    pub fn before(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(millis(span)))
    }

    /// The time from `earlier` until this time; zero if `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

/// Milliseconds since 1970 by the hub's best estimate. For display only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct WallTime(pub i64);

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}
