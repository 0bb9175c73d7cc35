//! Limits how fast one client may send events. Events above the rate are refused; a client that ignores the
//! refusals is a flood.

use std::time::Duration;

use super::throttle::{Bucket, Rate};
use super::time::HubTime;

/// A client that keeps sending above the rate counts as a flood after this many refused bursts.
const REFUSED_BURSTS: u32 = 5;

/// The event rate of one client.
#[derive(Debug, Default)]
pub struct FloodControl {
    events: Bucket,
    refused: Bucket,
}

/// The decision on one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Within the rate.
    Allowed,
    /// Refuse the event. The next one is allowed after this time.
    TooFast(Duration),
    /// The client ignores refusals: disconnect it.
    Flood,
}

impl FloodControl {
    /// Counts one event.
    pub fn count(&mut self, rate: Rate, now: HubTime) -> Verdict {
        let Err(wait) = self.events.take(rate, now) else { return Verdict::Allowed };
        let tolerated = Rate { burst: rate.burst.saturating_mul(REFUSED_BURSTS), ..rate };
        match self.refused.take(tolerated, now) {
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
    fn only_a_client_that_ignores_refusals_is_a_flood() {
        let t = HubTime(10_000);
        let mut stubborn = FloodControl::default();
        let steps: Vec<Verdict> = (0..13).map(|_| stubborn.count(RATE, t)).collect();
        assert_eq!(steps.iter().filter(|step| matches!(step, Verdict::TooFast(_))).count(), 10);
        assert_eq!(steps.last(), Some(&Verdict::Flood));
        // At twice the rate, every other event is refused for ever, and the client stays connected.
        let mut fast = FloodControl::default();
        let steps: Vec<Verdict> = (0..1_000).map(|n| fast.count(RATE, HubTime(n * 500))).collect();
        assert!(steps.contains(&Verdict::Allowed) && !steps.contains(&Verdict::Flood));
    }
}
