//! An estimate of wall time, for a board that may have no clock.

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

/// A reading of the system clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The time it shows.
    pub shows: WallTime,
    /// Whether it was set by NTP or from a battery-backed clock.
    pub synchronised: bool,
}

/// The hub's estimate of wall time. It never runs backwards, neither within a run nor from one to the next, whatever
/// the system clock does: it advances with the hub's time, is set forward only, and advances at half speed while a
/// synchronised clock is behind it.
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
            estimate.trusted = reading.synchronised || reading.shows >= WRITTEN;
        }
        estimate
    }

    /// Observes the system clock. Returns how far the estimate was set forward, in ms.
    pub fn observe(&mut self, now: HubTime, reading: Reading) -> i64 {
        let passed = ms(now).saturating_sub(ms(self.seen)).max(0);
        self.seen = self.seen.max(now);
        let ahead = reading.shows.0.saturating_sub(self.at(now).0);
        let believed = reading.synchronised || ahead <= LEAP;
        self.trusted = believed && ahead >= -CLOSE;
        if reading.synchronised && ahead < 0 {
            self.offset -= (passed / 2).min(-ahead);
        }
        if !believed || ahead <= STEP {
            return 0;
        }
        self.follow(now, reading.shows);
        ahead
    }

    fn follow(&mut self, now: HubTime, to: WallTime) {
        self.offset = self.offset.max(to.0.saturating_sub(ms(now)));
    }

    /// The estimate for a moment of the hub's time.
    #[must_use]
    pub fn at(&self, time: HubTime) -> WallTime {
        WallTime(ms(time).saturating_add(self.offset))
    }

    /// Whether the estimate can be relied on: the clock was synchronised, or it is plausible given the stored time.
    #[must_use]
    pub fn is_trusted(&self) -> bool {
        self.trusted
    }
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
        Reading { shows: WallTime(ms), synchronised: false }
    }

    fn synchronised(ms: i64) -> Reading {
        Reading { shows: WallTime(ms), synchronised: true }
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

    proptest! {
        /// The estimate never goes back, whatever the system clock shows at starts and between them.
        #[test]
        fn it_never_runs_backwards(steps in prop::collection::vec((0_u64..10_000, -DAY..TODAY * 2, any::<bool>(), any::<bool>()), 1..50)) {
            let mut now = HubTime(0);
            let mut latest = WallTime(0);
            let mut estimate = WallEstimate::going_on(latest, now, shows(0));
            for (passed, shows, synchronised, restarts) in steps {
                now = HubTime(now.0 + passed);
                let reading = Reading { shows: WallTime(shows), synchronised };
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
