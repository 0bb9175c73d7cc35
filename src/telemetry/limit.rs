//! Limits how many lines each call site in the program may log.
//!
//! A thousand phones that lose their Wi-Fi at once are one event, and every write wears out an SD card. Beyond a few
//! lines within a few seconds, lines are only counted, and their number is logged.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::sync::lock;

use tracing::Metadata;
use tracing::callsite::Identifier;

/// The most lines of one call site within a window.
const LINES: u32 = 20;

/// The length of a window.
const WINDOW: Duration = Duration::from_secs(10);

/// Counts the lines of each call site. It has an entry for each call site that has ever logged.
#[derive(Debug, Default)]
pub(super) struct Limit(Mutex<HashMap<Identifier, Window>>);

#[derive(Debug)]
struct Window {
    since: Instant,
    written: u32,
    left_out: u32,
}

/// The verdict on a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Log it.
    Write,
    /// Log it, and that this many before it were not logged.
    WriteAfter(u32),
    /// Log it as the last one for a while.
    WriteLast,
    /// Only count it.
    LeaveOut,
}

impl Limit {
    /// The verdict on a line that this call site logs now.
    pub(super) fn judge(&self, place: &'static Metadata<'static>, now: Instant) -> Verdict {
        let mut windows = lock(&self.0);
        let fresh = || Window { since: now, written: 0, left_out: 0 };
        windows.entry(place.callsite()).or_insert_with(fresh).judge(now)
    }
}

impl Window {
    fn judge(&mut self, now: Instant) -> Verdict {
        let left_out = if now.duration_since(self.since) >= WINDOW {
            let over = std::mem::replace(self, Self { since: now, written: 0, left_out: 0 });
            over.left_out
        } else {
            0
        };
        if self.written == LINES {
            self.left_out = self.left_out.saturating_add(1);
            return Verdict::LeaveOut;
        }
        self.written += 1;
        match (left_out, self.written) {
            (1.., _) => Verdict::WriteAfter(left_out),
            (0, LINES) => Verdict::WriteLast,
            (0, _) => Verdict::Write,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_becomes_a_few_lines_and_a_number() {
        let begun = Instant::now();
        let mut window = Window { since: begun, written: 0, left_out: 0 };
        let first: Vec<_> = (0..LINES).map(|_| window.judge(begun)).collect();
        assert!(first[..first.len() - 1].iter().all(|verdict| *verdict == Verdict::Write));
        assert_eq!(first.last(), Some(&Verdict::WriteLast));
        for _ in 0..300 {
            assert_eq!(window.judge(begun + WINDOW / 2), Verdict::LeaveOut);
        }
        assert_eq!(window.judge(begun + WINDOW), Verdict::WriteAfter(300));
        assert_eq!(window.judge(begun + WINDOW), Verdict::Write);
    }

    #[test]
    fn a_quiet_place_is_never_limited() {
        let begun = Instant::now();
        let mut window = Window { since: begun, written: 0, left_out: 0 };
        for line in 0..10 * LINES {
            assert_eq!(window.judge(begun + WINDOW * line), Verdict::Write);
        }
    }
}
