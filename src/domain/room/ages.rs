//! How old the newest messages of a room are.

use std::collections::VecDeque;
use std::time::Duration;

use super::wall::DELAY_MAX;
use crate::domain::ids::Seq;
use crate::domain::time::HubTime;

/// Messages that were committed within this time of each other have one age, that of the newest.
const GRAIN: Duration = Duration::from_secs(1);

/// When the newest messages of a room were committed, in the hub's time and in this run. It remembers [`DELAY_MAX`], so
/// a few hundred times at most, however much is said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MessageAges {
    /// The newest of the messages that are older than all spans.
    before: Seq,
    spans: VecDeque<Span>,
}

/// Consecutive messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    begun: HubTime,
    ended: HubTime,
    last: Seq,
}

impl MessageAges {
    /// The ages in a room whose newest message is `last`, and was committed before this run.
    #[must_use]
    pub fn since(last: Seq) -> Self {
        Self { before: last, spans: VecDeque::new() }
    }

    /// Takes note of a message that is committed now.
    pub fn note(&mut self, seq: Seq, now: HubTime) {
        while let Some(oldest) =
            self.spans.front().filter(|span| span.ended.after(DELAY_MAX) <= now)
        {
            self.before = self.before.max(oldest.last);
            self.spans.pop_front();
        }
        match self.spans.back_mut() {
            Some(span) if now.since(span.begun) < GRAIN => {
                (span.ended, span.last) = (span.ended.max(now), span.last.max(seq));
            }
            _ => self.spans.push_back(Span { begun: now, ended: now, last: seq }),
        }
    }

    /// The newest message that was committed at least `delay` ago; for a message from before this run that is not known,
    /// so the newest of those counts.
    #[must_use]
    pub fn older_than(&self, delay: Duration, now: HubTime) -> Seq {
        let ripe = self.spans.iter().rev().find(|span| span.ended.after(delay) <= now);
        ripe.map_or(self.before, |span| span.last)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DELAY: Duration = Duration::from_secs(10);

    #[test]
    fn a_message_is_old_enough_after_the_delay() {
        let mut ages = MessageAges::since(Seq(7));
        ages.note(Seq(8), HubTime(5_000));
        assert_eq!(ages.older_than(DELAY, HubTime(14_999)), Seq(7));
        assert_eq!(ages.older_than(DELAY, HubTime(15_000)), Seq(8));
        ages.note(Seq(9), HubTime(16_000));
        assert_eq!(ages.older_than(DELAY, HubTime(16_000)), Seq(8));
        assert_eq!(ages.older_than(Duration::ZERO, HubTime(16_000)), Seq(9));
    }

    #[test]
    fn a_day_of_talk_takes_no_more_than_the_longest_delay() {
        let mut ages = MessageAges::default();
        for n in 1..=500_000_i64 {
            ages.note(Seq(n), HubTime(u64::try_from(n * 170).unwrap()));
        }
        let most = usize::try_from(DELAY_MAX.as_secs() + 1).unwrap();
        assert!(ages.spans.len() <= most, "{}", ages.spans.len());
    }

    proptest! {
        /// Nothing younger than the delay is ever old enough, and everything is a second later.
        #[test]
        fn no_message_is_taken_for_an_older_one(
            steps in prop::collection::vec(0_u64..3_000, 1..200),
            delay in 0_u64..=300,
        ) {
            let delay = Duration::from_secs(delay);
            let (mut ages, mut now, mut noted) = (MessageAges::default(), HubTime(0), Vec::new());
            for (n, step) in (1_i64..).zip(steps) {
                now = HubTime(now.0 + step);
                ages.note(Seq(n), now);
                noted.push((Seq(n), now));
                let newest = ages.older_than(delay, now);
                let aged = |span: Duration| {
                    let old = noted.iter().rev().find(|(_, at)| at.after(span) <= now);
                    old.map_or(Seq(0), |(seq, _)| *seq)
                };
                prop_assert!(newest <= aged(delay));
                prop_assert!(newest >= aged(delay + GRAIN));
            }
        }
    }
}
