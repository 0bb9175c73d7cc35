//! How a client takes what waits for it: slowly is fine, hardly at all is not.

use std::time::Instant;

use crate::timeouts;

/// Watches one client, for as long as something waits for it.
#[derive(Debug, Clone, Copy)]
pub struct Drain {
    since: Instant,
    /// How much it had taken by then, in bytes.
    taken: u64,
}

impl Drain {
    /// Begins to watch a client that has taken so many bytes until now.
    #[must_use]
    pub fn new(now: Instant, taken: u64) -> Self {
        Self { since: now, taken }
    }

    /// Whether it has taken less than [`timeouts::READ_LEAST`] in [`timeouts::READING`]; it has taken so many
    /// bytes by now.
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

    /// How long a client that takes so many bytes each second is waited for, at most.
    fn seconds_of(rate: u64, most: u64) -> u64 {
        let begun = Instant::now();
        let mut drain = Drain::new(begun, 0);
        let is_stuck =
            |second: &u64| drain.is_stuck(begun + Duration::from_secs(*second), rate * second);
        (1..most).find(is_stuck).unwrap_or(most)
    }

    #[test]
    fn who_reads_slowly_is_waited_for_and_who_hardly_reads_is_not() {
        assert_eq!(seconds_of(300_000, 1_000), 1_000);
        assert_eq!(seconds_of(2_000, 1_000), 1_000);
        assert_eq!(seconds_of(1_024, 1_000), 11);
        assert_eq!(seconds_of(0, 1_000), 11);
    }
}
