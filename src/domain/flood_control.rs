//! How fast one socket may send events: what is over the rate is refused, and who goes on all the same
//! is let go.

use std::time::Duration;

use super::throttle::{Bucket, Rate};
use super::time::HubTime;

/// How many bursts may be refused before the socket is let go, while it keeps sending above the rate.
const PATIENCE: u32 = 5;

/// How fast a socket has been.
#[derive(Debug, Default)]
pub struct FloodControl {
    events: Bucket,
    refused: Bucket,
}

/// What becomes of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is in time.
    Allowed,
    /// It is refused; there is room again after this.
    TooFast(Duration),
    /// The sender does not listen to refusals.
    Flood,
}

impl FloodControl {
    /// Counts one event.
    pub fn count(&mut self, rate: Rate, now: HubTime) -> Verdict {
        let Err(wait) = self.events.take(rate, now) else { return Verdict::Allowed };
        let patience = Rate { burst: rate.burst.saturating_mul(PATIENCE), ..rate };
        match self.refused.take(patience, now) {
            Ok(()) => Verdict::TooFast(wait),
            Err(_) => Verdict::Flood,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { burst: 2, every: Duration::from_secs(1) };

    #[test]
    fn events_above_the_rate_are_refused_until_there_is_room() {
        let mut control = FloodControl::default();
        let t = HubTime(10_000);
        assert_eq!([control.count(RATE, t), control.count(RATE, t)], [Verdict::Allowed; 2]);
        assert_eq!(control.count(RATE, t), Verdict::TooFast(Duration::from_secs(1)));
        assert_eq!(control.count(RATE, HubTime(11_000)), Verdict::Allowed);
    }

    #[test]
    fn who_goes_on_far_beyond_is_let_go_and_who_slows_down_is_not() {
        let t = HubTime(10_000);
        let mut stubborn = FloodControl::default();
        let steps: Vec<Verdict> = (0..13).map(|_| stubborn.count(RATE, t)).collect();
        assert_eq!(steps.iter().filter(|step| matches!(step, Verdict::TooFast(_))).count(), 10);
        assert_eq!(steps.last(), Some(&Verdict::Flood));
        // Twice as fast as it may, for ever: every other event is refused, and that is all.
        let mut fast = FloodControl::default();
        let steps: Vec<Verdict> = (0..1_000).map(|n| fast.count(RATE, HubTime(n * 500))).collect();
        assert!(steps.contains(&Verdict::Allowed) && !steps.contains(&Verdict::Flood));
    }
}
