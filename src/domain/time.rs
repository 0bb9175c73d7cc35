//! Two kinds of time, which never mix: the hub's own, and what a wall clock would say.
//!
//! A board may have no clock that is right. Decisions (expiry, grace, limits) count in
//! [`HubTime`]; a [`WallTime`] is only ever shown.

use std::time::Duration;

/// Milliseconds that this hub has been running in its life, over all its starts. Never jumps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct HubTime(pub u64);

impl HubTime {
    /// The time `span` later.
    #[must_use]
    pub fn after(self, span: Duration) -> Self {
        Self(self.0.saturating_add(millis(span)))
    }

    /// How long from `earlier` until this time; nothing where `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

/// Milliseconds since 1970 by the hub's best estimate. For people's eyes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct WallTime(pub i64);

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}
