//! Counts events of the last minute.

use super::time::HubTime;

/// The length of the window, in seconds.
const SECONDS: usize = 60;

/// A sliding count of events over the last minute, in steps of a second.
#[derive(Debug, Clone)]
pub struct LastMinute {
    /// A ring of seconds with the number of events in each, indexed by the second modulo [`SECONDS`].
    seconds: [(u64, usize); SECONDS],
}

impl Default for LastMinute {
    fn default() -> Self {
        Self { seconds: [(0, 0); SECONDS] }
    }
}

impl LastMinute {
    /// Counts an event.
    pub fn note(&mut self, now: HubTime) {
        let second = now.0 / 1_000;
        let slot = usize::try_from(second % SECONDS as u64).unwrap_or(0);
        if let Some((of, count)) = self.seconds.get_mut(slot) {
            if *of != second {
                (*of, *count) = (second, 0);
            }
            *count += 1;
        }
    }

    /// The number of events in the last minute.
    #[must_use]
    pub fn count(&self, now: HubTime) -> usize {
        let second = now.0 / 1_000;
        let recent = |of: u64| of <= second && second - of < SECONDS as u64;
        self.seconds.iter().filter(|(of, _)| recent(*of)).map(|(_, count)| count).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_older_than_a_minute_do_not_count() {
        let mut last = LastMinute::default();
        for ms in [100, 200, 30_000, 59_999] {
            last.note(HubTime(ms));
        }
        assert_eq!(last.count(HubTime(59_999)), 4);
        assert_eq!(last.count(HubTime(60_000)), 2, "the first second has gone");
        last.note(HubTime(90_500));
        assert_eq!(last.count(HubTime(90_500)), 2, "the slot of second 30 is that of second 90");
        assert_eq!(last.count(HubTime(500_000)), 0);
    }
}
