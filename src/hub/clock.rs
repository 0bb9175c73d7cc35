//! The hub's two clocks.

mod machine;
mod remembered;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use self::machine::MachineClock;
pub use self::remembered::RememberedTime;
use self::remembered::up;
use crate::domain::refusal::{ClockRefusal, Refusal};
use crate::domain::time::{HubTime, WallTime};
use crate::domain::wall::{HostTime, Reading, WallEstimate};
use crate::store::Moment;
use crate::sync::lock;

/// Reads both clocks: the hub's own time, which continues from the last run and is used for decisions, and the estimate
/// of wall time, which is only displayed. Clones share the state.
///
/// A host may set the wall time while the machine's clock cannot be relied on ([`Clock::set_by_host`]). The estimate then
/// follows the host's time instead of the machine's clock, by the same rule: it never goes back. The hub's own time does
/// not change, so nothing that counts in it does: grace, expiry, bans, mutes, slow mode, polls, retention. What is stored
/// with a wall time from then on has the host's; what was stored before keeps what it has.
#[derive(Debug, Clone)]
pub struct Clock {
    start: Instant,
    base: HubTime,
    /// How far the clock of a shared store has gone ahead of this board's since then, in ms.
    ahead: Arc<AtomicU64>,
    wall: Arc<Mutex<Wall>>,
    /// Where the host's time is stored. `None` if the store is shared, whose clock gives the times of messages. Locked
    /// before `wall`.
    remembered: Option<Arc<Mutex<RememberedTime>>>,
}

/// How the wall time is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockState {
    /// The hub's wall time.
    pub time: WallTime,
    /// The time of the machine's clock.
    pub machine: WallTime,
    /// Whether the machine's clock can be relied on.
    pub is_trusted: bool,
    /// Whether the hub follows the time that a host has set.
    pub is_hosts: bool,
    /// Whether the times of messages are those of a shared database.
    pub is_shared: bool,
}

#[derive(Debug)]
struct Wall {
    estimate: WallEstimate,
    host: Option<HostTime>,
    machine: MachineClock,
}

impl Clock {
    /// A clock that continues from the stored hub time and wall time, and from a host's time if one is remembered.
    pub(super) fn going_on(
        base: HubTime,
        latest: WallTime,
        remembered: Option<RememberedTime>,
    ) -> Self {
        let start = Instant::now();
        let wall = Wall::going_on(base, latest, remembered.as_ref());
        let remembered = remembered.map(|remembered| Arc::new(Mutex::new(remembered)));
        Self { start, base, ahead: Arc::default(), wall: Arc::new(Mutex::new(wall)), remembered }
    }

    /// Reads both clocks.
    pub fn now(&self) -> Moment {
        self.read().0
    }

    /// The wall time, and whether it can be trusted: the machine's clock can be, or a host has set it.
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

    /// How the wall time is known.
    #[must_use]
    pub fn state(&self) -> ClockState {
        let time = self.read().0.wall;
        let (hub, mut wall) = (self.hub(), lock(&self.wall));
        let system = wall.machine.read();
        ClockState {
            time,
            machine: system.shows,
            is_trusted: wall.estimate.relies_on(hub, system),
            is_hosts: wall.host.is_some(),
            is_shared: self.remembered.is_none(),
        }
    }

    /// Sets the wall time to a host's, which is remembered until the machine's clock can be relied on, the machine is
    /// started again, or it is forgotten. Writes a file.
    ///
    /// # Errors
    /// [`Refusal::Clock`].
    pub fn set_by_host(&self, says: WallTime) -> Result<ClockState, Refusal> {
        let state = self.state();
        let shared = || Refusal::Clock(ClockRefusal::Shared);
        let remembered = lock(self.remembered.as_ref().ok_or_else(shared)?);
        if state.is_trusted {
            return Err(Refusal::Clock(ClockRefusal::Trusted));
        }
        let time = {
            let (hub, up, mut wall) = (self.hub(), up(), lock(&self.wall));
            wall.estimate.may_be_set(hub, says).map_err(Refusal::Clock)?;
            let time = HostTime::new(says, up);
            let forward = wall.estimate.observe(hub, time.reading(up));
            wall.host = Some(time);
            tracing::info!(forward = forward / 1000, "a host has set the hub's time, in seconds");
            time
        };
        remembered.keep(time);
        drop(remembered);
        Ok(self.state())
    }

    /// Forgets the host's time. The wall time goes on from where it is, since it never goes back. Deletes a file.
    pub fn forget_hosts(&self) -> ClockState {
        if let Some(remembered) = &self.remembered {
            let remembered = lock(remembered);
            if lock(&self.wall).host.take().is_some() {
                tracing::info!("the time that a host had set is forgotten");
            }
            remembered.forget();
        }
        self.state()
    }

    fn read(&self) -> (Moment, bool) {
        let hub = self.hub();
        let mut wall = lock(&self.wall);
        let system = wall.machine.read();
        let has_given_up = wall.observe(hub, system);
        let read = (Moment { hub, wall: wall.estimate.at(hub) }, wall.estimate.is_trusted());
        drop(wall);
        if has_given_up && let Some(remembered) = &self.remembered {
            let remembered = lock(remembered);
            // Unless another was set meanwhile.
            if lock(&self.wall).host.is_none() {
                remembered.forget();
            }
        }
        read
    }

    fn hub(&self) -> HubTime {
        self.base.after(self.start.elapsed() + self.ahead())
    }

    /// The instant of tokio's clock at which the hub's time will be `time`.
    pub(super) fn instant(&self, time: HubTime) -> tokio::time::Instant {
        let since = time.since(self.base).saturating_sub(self.ahead());
        tokio::time::Instant::from_std(self.start + since)
    }

    /// Sets the hub's time forward to the store's. If the store's clock is behind, nothing changes.
    pub(super) fn follow(&self, store: HubTime) {
        let behind = u64::try_from(store.since(self.hub()).as_millis()).unwrap_or(0);
        self.ahead.fetch_add(behind, Ordering::Relaxed);
    }

    fn ahead(&self) -> Duration {
        Duration::from_millis(self.ahead.load(Ordering::Relaxed))
    }
}

impl Wall {
    /// With a host's time the machine's clock is not looked at first: the estimate would never come back from it.
    fn going_on(base: HubTime, latest: WallTime, remembered: Option<&RememberedTime>) -> Self {
        let mut machine = MachineClock::new();
        let system = machine.read();
        if let Some(remembered) = remembered
            && let Some(host) = remembered.read()
        {
            let estimate = WallEstimate::going_on(latest, base, host.reading(up()));
            let mut wall = Self { estimate, host: Some(host), machine };
            // The machine's clock may have become right while no hub was running.
            if wall.observe(base, system) {
                remembered.forget();
            }
            return wall;
        }
        Self { estimate: WallEstimate::going_on(latest, base, system), host: None, machine }
    }

    /// Follows the host's time if there is one, and otherwise the system clock. Returns whether the host's time was given
    /// up, since the system clock can be relied on or is set by a time server.
    fn observe(&mut self, now: HubTime, system: Reading) -> bool {
        let has_given_up =
            self.host.is_some() && (system.synchronised || self.estimate.relies_on(now, system));
        if has_given_up {
            self.host = None;
            tracing::info!("the machine's clock can be relied on: the host's time is given up");
        }
        if let Some(host) = self.host {
            self.estimate.observe(now, host.reading(up()));
            return false;
        }
        let ahead = self.estimate.observe(now, system);
        if ahead > 0 {
            tracing::info!(seconds = ahead / 1000, "the system's clock was set forward");
        }
        has_given_up
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: u64 = 3_600_000;

    #[test]
    fn the_clock_goes_forward_to_the_stores_time_and_never_back() {
        let clock = Clock::going_on(HubTime(1_000), WallTime(0), None);
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
        let clock = Clock::going_on(HubTime(0), WallTime(0), None);
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
