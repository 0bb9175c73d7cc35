//! An estimate of wall time, for a board that may have no clock.

use std::time::Duration;

use super::refusal::ClockRefusal;
use super::time::{HubTime, WallTime};

/// A time before which this program was not written, so no estimate is earlier.
const WRITTEN: WallTime = WallTime(1_767_225_600_000);

/// The estimate follows a system clock that is ahead by more than this, in ms.
const STEP: i64 = 2_000;

/// How far the system clock may be behind a plausible estimate, in ms. Nobody notices that little.
const CLOSE: i64 = 5_000;

/// How far ahead an unsynchronised clock may jump and still be believed, in ms: a hub may have been switched off for
/// years. The bound is needed since the estimate never goes back.
const LEAP: i64 = 5 * 366 * 24 * 60 * 60 * 1000;

/// How far ahead of the estimate a host may set it, in ms. The bound is wider than [`LEAP`], since a person has looked,
/// and is needed for the same reason.
const HOST_LEAP: i64 = 10 * 366 * 24 * 60 * 60 * 1000;

/// How far behind the estimate a host's time may be, in ms: the estimate waits for it at half speed.
const HOST_BEHIND: i64 = 60 * 60 * 1000;

/// A reading of a clock: the system's, or the host's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The time it shows.
    pub shows: WallTime,
    /// Whether it was set by a time server, or by a host.
    pub synchronised: bool,
    /// Whether something keeps the time while the machine is off. A clock that nothing keeps goes on from when the
    /// machine was switched off: it is followed forward, and never relied on.
    pub is_kept: bool,
}

/// The time that a host has set, as an offset from the milliseconds since the machine was started. Whatever sets the
/// system clock afterwards does not change it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HostTime {
    offset: i64,
}

impl HostTime {
    /// The time `says`, `up` after the machine was started.
    #[must_use]
    pub fn new(says: WallTime, up: Duration) -> Self {
        Self { offset: says.0.saturating_sub(span_ms(up)) }
    }

    /// A stored offset, ms.
    #[must_use]
    pub fn from_offset(offset: i64) -> Self {
        Self { offset }
    }

    /// The offset, ms.
    #[must_use]
    pub fn offset(self) -> i64 {
        self.offset
    }

    /// Reads it `up` after the machine was started.
    #[must_use]
    pub fn reading(self, up: Duration) -> Reading {
        let shows = WallTime(span_ms(up).saturating_add(self.offset));
        Reading { shows, synchronised: true, is_kept: true }
    }
}

/// The hub's estimate of wall time. It never runs backwards, neither within a run nor from one to the next, whatever
/// the system clock does or a host says: it advances with the hub's time, is set forward only, and advances at half
/// speed while a synchronised clock is behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WallEstimate {
    /// The difference between the estimate and the hub's time, ms.
    offset: i64,
    /// When the system clock was last observed.
    seen: HubTime,
    trusted: bool,
}

impl WallEstimate {
    /// An estimate that continues from the latest wall time that was stored.
    #[must_use]
    pub fn going_on(latest: WallTime, now: HubTime, reading: Reading) -> Self {
        let known = latest.0 >= WRITTEN.0;
        let offset = latest.max(WRITTEN).0.saturating_sub(ms(now));
        let mut estimate = Self { offset, seen: now, trusted: false };
        if known {
            estimate.observe(now, reading);
        } else {
            // There is nothing to compare with, so any possible time is believed.
            estimate.follow(now, reading.shows);
            let is_plausible = reading.is_kept && reading.shows >= WRITTEN;
            estimate.trusted = reading.synchronised || is_plausible;
        }
        estimate
    }

    /// Observes the system clock. Returns how far the estimate was set forward, in ms.
    pub fn observe(&mut self, now: HubTime, reading: Reading) -> i64 {
        let passed = ms(now).saturating_sub(ms(self.seen)).max(0);
        self.seen = self.seen.max(now);
        let ahead = self.ahead(now, reading);
        let believed = is_believed(ahead, reading);
        self.trusted = self.relies_on(now, reading);
        if reading.synchronised && ahead < 0 {
            self.offset -= (passed / 2).min(-ahead);
        }
        if !believed || ahead <= STEP {
            return 0;
        }
        self.follow(now, reading.shows);
        ahead
    }

    /// Whether a reading of the system clock can be relied on, also while the estimate follows a host's time.
    #[must_use]
    pub fn relies_on(&self, now: HubTime, reading: Reading) -> bool {
        let ahead = self.ahead(now, reading);
        let is_kept = reading.synchronised || reading.is_kept;
        is_kept && is_believed(ahead, reading) && ahead >= -CLOSE
    }

    /// Whether a host may set the time to `says` now.
    ///
    /// # Errors
    /// [`ClockRefusal::TooEarly`], [`ClockRefusal::TooFar`] or [`ClockRefusal::Behind`].
    pub fn may_be_set(&self, now: HubTime, says: WallTime) -> Result<(), ClockRefusal> {
        if says < WRITTEN {
            return Err(ClockRefusal::TooEarly);
        }
        match says.0.saturating_sub(self.at(now).0) {
            ahead if ahead > HOST_LEAP => Err(ClockRefusal::TooFar),
            ahead if ahead < -HOST_BEHIND => {
                Err(ClockRefusal::Behind(Duration::from_millis(ahead.unsigned_abs())))
            }
            _ => Ok(()),
        }
    }

    /// How far a reading is ahead of the estimate, in ms.
    fn ahead(&self, now: HubTime, reading: Reading) -> i64 {
        reading.shows.0.saturating_sub(self.at(now).0)
    }

    fn follow(&mut self, now: HubTime, to: WallTime) {
        self.offset = self.offset.max(to.0.saturating_sub(ms(now)));
    }

    /// The estimate for a moment of the hub's time.
    #[must_use]
    pub fn at(&self, time: HubTime) -> WallTime {
        WallTime(ms(time).saturating_add(self.offset))
    }

    /// Whether the estimate can be relied on: the clock that it follows was synchronised or set by a host, or is
    /// plausible given the stored time.
    #[must_use]
    pub fn is_trusted(&self) -> bool {
        self.trusted
    }
}

fn is_believed(ahead: i64, reading: Reading) -> bool {
    reading.synchronised || ahead <= LEAP
}

fn span_ms(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

fn ms(time: HubTime) -> i64 {
    i64::try_from(time.0).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TODAY: i64 = 1_795_000_000_000;
    const DAY: i64 = 24 * 60 * 60 * 1000;

    fn shows(ms: i64) -> Reading {
        Reading { shows: WallTime(ms), synchronised: false, is_kept: true }
    }

    fn synchronised(ms: i64) -> Reading {
        Reading { shows: WallTime(ms), synchronised: true, is_kept: false }
    }

    fn started(latest: i64, reading: Reading) -> WallEstimate {
        WallEstimate::going_on(WallTime(latest), HubTime(1_000), reading)
    }

    #[test]
    fn a_first_start_believes_a_plausible_clock() {
        let estimate = started(0, shows(TODAY));
        assert_eq!(estimate.at(HubTime(1_000)), WallTime(TODAY));
        assert!(estimate.is_trusted());
    }

    #[test]
    fn a_first_start_in_1970_is_not_trusted_and_follows_once_the_clock_is_set() {
        let mut estimate = started(0, shows(5_000));
        assert_eq!(estimate.at(HubTime(1_000)), WRITTEN);
        assert!(!estimate.is_trusted());
        estimate.observe(HubTime(2_000), shows(TODAY));
        assert_eq!(estimate.at(HubTime(2_000)), WallTime(TODAY));
        assert!(estimate.is_trusted());
    }

    #[test]
    fn a_start_with_an_earlier_clock_goes_on_from_what_is_written_down() {
        let estimate = started(TODAY, shows(0));
        assert_eq!(estimate.at(HubTime(1_000)), WallTime(TODAY));
        assert_eq!(estimate.at(HubTime(4_000)), WallTime(TODAY + 3_000), "by the hub's own time");
        assert!(!estimate.is_trusted());
    }

    #[test]
    fn a_clock_that_goes_back_a_day_is_not_followed_and_not_relied_on_until_it_fits_again() {
        let mut estimate = started(TODAY, shows(TODAY));
        assert_eq!(estimate.observe(HubTime(2_000), shows(TODAY - DAY)), 0);
        assert_eq!(estimate.at(HubTime(2_000)), WallTime(TODAY + 1_000));
        assert!(!estimate.is_trusted());
        estimate.observe(HubTime(3_000), shows(TODAY + 2_000));
        assert!(estimate.is_trusted());
    }

    #[test]
    fn a_synchronised_clock_that_is_behind_is_waited_for() {
        let mut estimate = started(TODAY + 10_000, shows(TODAY + 10_000));
        let mut before = estimate.at(HubTime(1_000));
        for second in 1..=30 {
            let now = HubTime(1_000 + second * 1_000);
            estimate.observe(now, synchronised(TODAY + second as i64 * 1_000));
            assert!(estimate.at(now) > before, "time goes on all the while");
            before = estimate.at(now);
        }
        assert_eq!(before, WallTime(TODAY + 30_000));
        assert!(estimate.is_trusted());
    }

    #[test]
    fn ten_years_ahead_are_believed_only_of_a_synchronised_clock() {
        let mut estimate = started(TODAY, shows(TODAY));
        let ahead = TODAY + 10 * 365 * DAY;
        assert_eq!(estimate.observe(HubTime(2_000), shows(ahead)), 0);
        assert_eq!(estimate.at(HubTime(2_000)), WallTime(TODAY + 1_000));
        assert!(!estimate.is_trusted());
        estimate.observe(HubTime(2_000), synchronised(ahead));
        assert_eq!(estimate.at(HubTime(2_000)), WallTime(ahead));
        assert!(estimate.is_trusted());
    }

    #[test]
    fn a_clock_that_nothing_keeps_is_followed_and_never_relied_on() {
        let guess = |ms| Reading { is_kept: false, ..shows(ms) };
        let mut estimate = started(0, guess(TODAY));
        assert_eq!(estimate.at(HubTime(1_000)), WallTime(TODAY));
        assert!(!estimate.is_trusted());
        estimate.observe(HubTime(2_000), guess(TODAY + DAY));
        assert_eq!(estimate.at(HubTime(2_000)), WallTime(TODAY + DAY), "somebody has set it");
        assert!(!estimate.is_trusted());
        estimate.observe(HubTime(2_000), synchronised(TODAY + DAY));
        assert!(estimate.is_trusted());
        assert!(!started(TODAY, guess(TODAY)).is_trusted());
    }

    #[test]
    fn a_hosts_time_is_followed_forward_at_once_and_backward_at_half_speed() {
        let mut estimate = started(TODAY, shows(0));
        let host = HostTime::new(WallTime(TODAY + 90 * DAY), Duration::from_secs(60));
        let later = Duration::from_secs(62);
        estimate.observe(HubTime(3_000), host.reading(later));
        assert_eq!(estimate.at(HubTime(3_000)), WallTime(TODAY + 90 * DAY + 2_000));
        assert!(estimate.is_trusted());
        let behind = HostTime::new(WallTime(TODAY + 90 * DAY), later);
        assert_eq!(estimate.may_be_set(HubTime(3_000), WallTime(TODAY + 90 * DAY)), Ok(()));
        estimate.observe(HubTime(4_000), behind.reading(Duration::from_secs(63)));
        assert_eq!(estimate.at(HubTime(4_000)), WallTime(TODAY + 90 * DAY + 2_500));
    }

    #[test]
    fn a_host_sets_no_time_that_cannot_be_and_none_far_behind() {
        let estimate = started(TODAY, shows(0));
        let may = |says| estimate.may_be_set(HubTime(1_000), WallTime(says));
        assert_eq!(may(TODAY), Ok(()));
        assert_eq!(may(TODAY + HOST_LEAP), Ok(()));
        assert_eq!(may(TODAY + HOST_LEAP + 1), Err(ClockRefusal::TooFar));
        assert_eq!(may(i64::MAX), Err(ClockRefusal::TooFar));
        assert_eq!(may(TODAY - HOST_BEHIND), Ok(()));
        let day = Duration::from_secs(86_400);
        assert_eq!(may(TODAY - DAY), Err(ClockRefusal::Behind(day)));
        for early in [WRITTEN.0 - 1, 0, -1, i64::MIN] {
            assert_eq!(may(early), Err(ClockRefusal::TooEarly));
        }
    }

    #[test]
    fn whether_the_system_clock_can_be_relied_on_does_not_depend_on_the_hosts_time() {
        let mut estimate = started(TODAY, shows(0));
        let host = HostTime::new(WallTime(TODAY + DAY), Duration::ZERO);
        estimate.observe(HubTime(1_000), host.reading(Duration::ZERO));
        let now = HubTime(2_000);
        assert!(estimate.is_trusted() && !estimate.relies_on(now, shows(TODAY)));
        assert!(estimate.relies_on(now, shows(TODAY + DAY)) && estimate.is_trusted());
        assert!(!estimate.relies_on(now, shows(TODAY + LEAP + 2 * DAY)));
        assert!(estimate.relies_on(now, synchronised(TODAY + LEAP + 2 * DAY)));
    }

    proptest! {
        /// The estimate never goes back, whatever the system clock shows, or a host says, at starts and
        /// between them: what a host says is read as a synchronised clock.
        #[test]
        fn it_never_runs_backwards(steps in prop::collection::vec((0_u64..10_000, -DAY..TODAY * 2, any::<bool>(), any::<bool>()), 1..50)) {
            let mut now = HubTime(0);
            let mut latest = WallTime(0);
            let mut estimate = WallEstimate::going_on(latest, now, shows(0));
            for (passed, shows, synchronised, restarts) in steps {
                now = HubTime(now.0 + passed);
                let reading = Reading { shows: WallTime(shows), synchronised, is_kept: shows % 2 == 0 };
                if restarts {
                    estimate = WallEstimate::going_on(latest, now, reading);
                } else {
                    estimate.observe(now, reading);
                }
                prop_assert!(estimate.at(now) >= latest);
                latest = estimate.at(now);
            }
        }
    }
}
