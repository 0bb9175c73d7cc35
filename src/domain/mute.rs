//! Mutes: people whom the host lets read and not speak.

use super::ids::{ChatterId, IdentityId};
use super::refusal::Refusal;
use super::text::Nickname;
use super::time::HubTime;

/// Most minutes for which somebody is muted: a year. A mute without an end lasts until the host lifts it.
pub const MINUTES_MAX: u64 = 525_600;

/// A mute. It concerns all chatters of a browser, in all rooms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mute {
    /// The chatter as whom they were muted.
    pub chatter: ChatterId,
    /// The identity that is muted.
    pub identity: IdentityId,
    /// The chatter's nickname at that time.
    pub nickname: Nickname,
    /// Until when, in the hub's own time. `None` until the host lifts it.
    pub until: Option<HubTime>,
}

impl Mute {
    /// Whether it has ended.
    #[must_use]
    pub fn is_over(&self, now: HubTime) -> bool {
        self.until.is_some_and(|until| until <= now)
    }

    /// The refusal of what they say.
    #[must_use]
    pub fn refusal(&self, now: HubTime) -> Refusal {
        Refusal::Muted(self.until.map(|until| until.since(now)))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_mute_ends_in_time_or_never() {
        let mute = Mute {
            chatter: ChatterId::from_random([1; 16]),
            identity: IdentityId::from_random([1; 16]),
            nickname: Nickname::parse("n1").unwrap(),
            until: Some(HubTime(1_000)),
        };
        assert!(!mute.is_over(HubTime(999)) && mute.is_over(HubTime(1_000)));
        assert_eq!(mute.refusal(HubTime(400)).wait(), Some(Duration::from_millis(600)));
        let lasting = Mute { until: None, ..mute };
        assert!(!lasting.is_over(HubTime(u64::MAX)));
        assert_eq!(lasting.refusal(HubTime(0)).wait(), None);
    }
}
