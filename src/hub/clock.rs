//! The hub's two clocks.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::domain::time::{HubTime, WallTime};
use crate::domain::wall::{Reading, WallEstimate};
use crate::store::Moment;
use crate::sync::lock;

/// The file that systemd-timesyncd creates once it is synchronised. A hub without internet usually has no
/// time server.
const SYNCHRONISED: &str = "/run/systemd/timesync/synchronized";

/// How often the file is checked.
const LOOK: Duration = Duration::from_secs(30);

/// Reads both clocks: the hub's own time, which continues from the last run and is used for decisions, and the estimate
/// of wall time, which is only displayed. Clones share the state.
#[derive(Debug, Clone)]
pub struct Clock {
    start: Instant,
    base: HubTime,
    /// How far the clock of a shared store has gone ahead of this board's since then, in ms.
    ahead: Arc<AtomicU64>,
    wall: Arc<Mutex<Wall>>,
}

#[derive(Debug)]
struct Wall {
    estimate: WallEstimate,
    synchronised: bool,
    looked: Instant,
}

impl Clock {
    /// A clock that continues from the stored hub time and wall time.
    pub(super) fn going_on(base: HubTime, latest: WallTime) -> Self {
        let start = Instant::now();
        let synchronised = is_synchronised();
        let estimate = WallEstimate::going_on(latest, base, reading(synchronised));
        let wall = Arc::new(Mutex::new(Wall { estimate, synchronised, looked: start }));
        Self { start, base, ahead: Arc::default(), wall }
    }

    /// Reads both clocks.
    pub fn now(&self) -> Moment {
        self.read().0
    }

    /// The wall time, and whether it can be trusted.
    #[must_use]
    pub fn wall(&self) -> (WallTime, bool) {
        let (Moment { wall, .. }, trusted) = self.read();
        (wall, trusted)
    }

    /// The wall time at a moment of the hub's time, by the present estimate.
    #[must_use]
    pub fn wall_at(&self, time: HubTime) -> WallTime {
        self.now().wall_at(time)
    }

    fn read(&self) -> (Moment, bool) {
        let hub = self.base.after(self.start.elapsed() + self.ahead());
        let mut wall = lock(&self.wall);
        if wall.looked.elapsed() > LOOK {
            wall.looked = Instant::now();
            wall.synchronised = is_synchronised();
        }
        let reading = reading(wall.synchronised);
        let ahead = wall.estimate.observe(hub, reading);
        if ahead > 0 {
            tracing::info!(seconds = ahead / 1000, "the system's clock was set forward");
        }
        (Moment { hub, wall: wall.estimate.at(hub) }, wall.estimate.is_trusted())
    }

    /// The instant of tokio's clock at which the hub's time will be `time`.
    pub(super) fn instant(&self, time: HubTime) -> tokio::time::Instant {
        let since = time.since(self.base).saturating_sub(self.ahead());
        tokio::time::Instant::from_std(self.start + since)
    }

    /// Sets the hub's time forward to the store's. If the store's clock is behind, nothing changes.
    pub(super) fn follow(&self, store: HubTime) {
        let here = self.base.after(self.start.elapsed() + self.ahead());
        let behind = u64::try_from(store.since(here).as_millis()).unwrap_or(0);
        self.ahead.fetch_add(behind, Ordering::Relaxed);
    }

    fn ahead(&self) -> Duration {
        Duration::from_millis(self.ahead.load(Ordering::Relaxed))
    }
}

fn is_synchronised() -> bool {
    Path::new(SYNCHRONISED).exists()
}

fn reading(synchronised: bool) -> Reading {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let shows = WallTime(i64::try_from(since.as_millis()).unwrap_or(i64::MAX));
    Reading { shows, synchronised }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: u64 = 3_600_000;

    #[test]
    fn the_clock_goes_forward_to_the_stores_time_and_never_back() {
        let clock = Clock::going_on(HubTime(1_000), WallTime(0));
        let other = clock.clone();
        let before = clock.now();
        clock.follow(HubTime(HOUR));
        let after = other.now();
        assert!(after.hub >= HubTime(HOUR), "all clones follow: {after:?}");
        assert!(after.wall >= before.wall);
        for earlier in [HubTime(0), HubTime(1_000), HubTime(HOUR)] {
            clock.follow(earlier);
            let now = clock.now().hub;
            assert!(now >= after.hub && now < HubTime(HOUR + HOUR / 2), "{now:?}");
        }
        clock.follow(HubTime(3 * HOUR));
        assert!(clock.now().hub >= HubTime(3 * HOUR), "and forward again");
    }

    #[test]
    fn timers_follow_a_clock_that_was_set_forward() {
        let clock = Clock::going_on(HubTime(0), WallTime(0));
        let due = HubTime(10 * HOUR);
        let before = clock.instant(due);
        clock.follow(HubTime(4 * HOUR));
        let sooner = before - clock.instant(due);
        let (least, most) = (Duration::from_millis(3 * HOUR), Duration::from_millis(4 * HOUR));
        assert!(least < sooner && sooner <= most, "{sooner:?}");
        clock.follow(HubTime(20 * HOUR));
        assert!(clock.instant(due) <= tokio::time::Instant::now(), "what is over is due now");
    }
}
