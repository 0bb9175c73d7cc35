//! Distinguishes slow readers, which are served, from clients that hardly read at all.

use std::time::Instant;

use crate::timeouts;

/// Watches how fast one client reads, while unsent bytes wait for it.
#[derive(Debug, Clone, Copy)]
pub struct Drain {
    since: Instant,
    /// How many bytes it had taken by then.
    taken: u64,
}

impl Drain {
    /// Begins to watch a client that has taken `taken` bytes so far.
    #[must_use]
    pub fn new(now: Instant, taken: u64) -> Self {
        Self { since: now, taken }
    }

    /// Whether it took less than [`timeouts::READ_LEAST`] in [`timeouts::READING`]. `taken` counts from the
    /// connection's beginning.
    pub fn is_stuck(&mut self, now: Instant, taken: u64) -> bool {
        if taken.saturating_sub(self.taken) >= timeouts::READ_LEAST {
            *self = Self::new(now, taken);
        }
        now - self.since > timeouts::READING
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// The number of seconds after which a client that reads `rate` bytes a second counts as stuck, at most `most`.
    fn seconds_of(rate: u64, most: u64) -> u64 {
        let begun = Instant::now();
        let mut drain = Drain::new(begun, 0);
        let is_stuck =
            |second: &u64| drain.is_stuck(begun + Duration::from_secs(*second), rate * second);
        (1..most).find(is_stuck).unwrap_or(most)
    }

    #[test]
    fn a_slow_reader_is_not_stuck_and_one_that_hardly_reads_is() {
        assert_eq!(seconds_of(300_000, 1_000), 1_000);
        assert_eq!(seconds_of(2_000, 1_000), 1_000);
        assert_eq!(seconds_of(1_024, 1_000), 11);
        assert_eq!(seconds_of(0, 1_000), 11);
    }
}
