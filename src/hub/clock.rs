//! The hub's two clocks.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::domain::time::{HubTime, WallTime};
use crate::store::Moment;

/// Reads both clocks. The hub's own time goes on from where the last run stopped; wall time is the
/// system's at the start plus what has passed since, taken anew only when the system's is set.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    start: Instant,
    base: HubTime,
    /// What to add to the hub's time to get wall time, ms.
    offset: i64,
}

/// How far the system's clock may drift from ours before it counts as set anew.
const STEP: i64 = 2_000;

impl Clock {
    /// A clock that goes on from `base`.
    pub(super) fn starting_at(base: HubTime) -> Self {
        let mut clock = Self { start: Instant::now(), base, offset: 0 };
        clock.offset = wall_now().0.saturating_sub(as_ms(base));
        clock
    }

    /// What both clocks show.
    pub(super) fn now(&mut self) -> Moment {
        let hub = self.base.after(self.start.elapsed());
        let ours = as_ms(hub).saturating_add(self.offset);
        let system = wall_now().0;
        if system.abs_diff(ours) > STEP.unsigned_abs() {
            tracing::info!(seconds = (system - ours) / 1000, "the system's clock was set");
            self.offset = system.saturating_sub(as_ms(hub));
        }
        Moment { hub, wall: WallTime(as_ms(hub).saturating_add(self.offset)) }
    }

    /// When, on tokio's clock, the hub's time will be this.
    pub(super) fn instant(&self, time: HubTime) -> tokio::time::Instant {
        tokio::time::Instant::from_std(self.start + time.since(self.base))
    }
}

fn as_ms(time: HubTime) -> i64 {
    i64::try_from(time.0).unwrap_or(i64::MAX)
}

/// What the system's clock shows.
#[must_use]
pub fn wall_now() -> WallTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    WallTime(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Whether a wall time can be true: not before this program was written (2026).
#[must_use]
pub fn is_plausible(time: WallTime) -> bool {
    const WRITTEN: i64 = 1_767_225_600_000;
    time.0 >= WRITTEN
}
