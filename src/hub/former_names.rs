//! Names that people had until a moment ago: a wall shows a new one only after its delay, like a message.

use std::collections::VecDeque;
use std::time::Duration;

use crate::domain::ids::ChatterId;
use crate::domain::room::wall::DELAY_MAX;
use crate::domain::text::Nickname;
use crate::domain::time::HubTime;

/// The most names; more than are changed in the longest delay. Beyond it the oldest is forgotten, and the new name shown.
const MOST: usize = 1_024;

/// The names that were changed lately, the oldest change first.
#[derive(Debug, Default)]
pub(super) struct FormerNames(VecDeque<(HubTime, ChatterId, Nickname)>);

impl FormerNames {
    /// Notes that a chatter has another name from now on.
    pub(super) fn note(&mut self, chatter: ChatterId, was: Nickname, now: HubTime) {
        let is_old = |changed: &HubTime| changed.after(DELAY_MAX) <= now;
        while self.0.front().is_some_and(|(at, ..)| is_old(at)) || self.0.len() >= MOST {
            self.0.pop_front();
        }
        self.0.push_back((now, chatter, was));
    }

    /// Forgets what a chatter was called: the host has given them their name.
    pub(super) fn forget(&mut self, chatter: ChatterId) {
        self.0.retain(|(_, whose, _)| *whose != chatter);
    }

    /// The chatters whose name is younger than `delay`, with the name that they had before.
    pub(super) fn before(&self, delay: Duration, now: HubTime) -> Vec<(ChatterId, Nickname)> {
        let mut found: Vec<(ChatterId, Nickname)> = Vec::new();
        for (_, chatter, was) in self.0.iter().filter(|(at, ..)| at.after(delay) > now) {
            if found.iter().all(|(known, _)| known != chatter) {
                found.push((*chatter, was.clone()));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Nickname {
        Nickname::parse(text).unwrap()
    }

    #[test]
    fn the_name_from_before_the_delay_counts() {
        let (one, two) = (ChatterId::from_random([1; 16]), ChatterId::from_random([2; 16]));
        let (delay, mut names) = (Duration::from_secs(10), FormerNames::default());
        names.note(one, name("fox"), HubTime(0));
        names.note(two, name("owl"), HubTime(3_000));
        names.note(one, name("rude"), HubTime(5_000));
        assert_eq!(names.before(delay, HubTime(9_999)), [(one, name("fox")), (two, name("owl"))]);
        let later = names.before(delay, HubTime(13_000));
        assert_eq!(later, [(one, name("rude"))], "which is ten seconds old by then");
        assert!(names.before(delay, HubTime(15_000)).is_empty());
        names.forget(one);
        assert!(names.before(delay, HubTime(13_000 - 1)).iter().all(|(who, _)| *who == two));
    }

    #[test]
    fn no_more_are_kept_than_matter() {
        let mut names = FormerNames::default();
        for n in 0..5_000_u64 {
            let chatter = ChatterId::from_random(u128::from(n).to_le_bytes());
            names.note(chatter, name("fox"), HubTime(n));
        }
        assert_eq!(names.0.len(), MOST);
        names.note(ChatterId::from_random([1; 16]), name("fox"), HubTime(10_000_000));
        assert_eq!(names.0.len(), 1);
    }
}
