//! Decides when a room gets notices about joins and leaves.
//!
//! A small room gets them at once. In a large one (with more people than the roster's limit) their cost would grow
//! with the square of the people, so joins, leaves and rosters are collected and sent in bulk.

use std::time::Duration;

use super::chatter::Chatter;
use super::time::HubTime;

/// How long a large room collects joins and leaves before they are sent.
pub const GATHER: Duration = Duration::from_secs(3);

/// The joins and leaves that a large room has collected for its next turn.
#[derive(Debug, Default)]
pub struct Notices {
    joined: Option<Gathered>,
    left: Option<Gathered>,
    roster: bool,
    /// When the next turn is due, if one is planned.
    due: Option<HubTime>,
    /// When the last turn was.
    last: Option<HubTime>,
}

/// Several joins or leaves in one notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gathered {
    /// The first of them.
    pub first: Chatter,
    /// How many.
    pub count: u32,
}

/// The notices and the roster to send now.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// The people who joined since the last turn.
    pub joined: Option<Gathered>,
    /// The people who left since the last turn.
    pub left: Option<Gathered>,
    /// Whether the roster changed or was asked for.
    pub roster: bool,
}

impl Notices {
    /// Collects a join in a large room.
    pub fn joined(&mut self, chatter: &Chatter) {
        gather(&mut self.joined, chatter);
    }

    /// Collects a leave from a large room.
    pub fn left(&mut self, chatter: &Chatter) {
        gather(&mut self.left, chatter);
    }

    /// Asks for the roster to be sent at the next turn.
    pub fn roster(&mut self) {
        self.roster = true;
    }

    /// Plans the next turn, if there is something to send and none is planned. Returns its time.
    pub fn plan(&mut self, now: HubTime) -> Option<HubTime> {
        let nothing = self.joined.is_none() && self.left.is_none() && !self.roster;
        if nothing || self.due.is_some() {
            return None;
        }
        let earliest = self.last.map_or(now, |last| last.after(GATHER));
        self.due = Some(earliest.max(now));
        self.due
    }

    /// Takes the turn, if one is due by `now`.
    pub fn turn(&mut self, now: HubTime) -> Option<Turn> {
        if self.due.is_none_or(|due| due > now) {
            return None;
        }
        self.due = None;
        self.last = Some(now);
        Some(Turn {
            joined: self.joined.take(),
            left: self.left.take(),
            roster: std::mem::take(&mut self.roster),
        })
    }
}

fn gather(slot: &mut Option<Gathered>, chatter: &Chatter) {
    match slot {
        Some(gathered) => gathered.count += 1,
        None => *slot = Some(Gathered { first: chatter.clone(), count: 1 }),
    }
}

#[cfg(test)]
mod tests {
    use super::super::ids::ChatterId;
    use super::super::text::Nickname;
    use super::super::time::WallTime;
    use super::*;

    fn chatter(n: u8) -> Chatter {
        Chatter {
            id: ChatterId::from_random([n; 16]),
            nickname: Nickname::parse("n").unwrap(),
            created_at: WallTime(0),
            left_at: None,
        }
    }

    #[test]
    fn the_first_is_sent_at_once_and_the_next_are_collected() {
        let mut notices = Notices::default();
        notices.joined(&chatter(1));
        notices.roster();
        assert_eq!(notices.plan(HubTime(100)), Some(HubTime(100)));
        let turn = notices.turn(HubTime(100)).unwrap();
        assert_eq!(turn.joined.unwrap().count, 1);

        notices.joined(&chatter(2));
        assert_eq!(notices.plan(HubTime(200)), Some(HubTime(3_100)));
        notices.joined(&chatter(3));
        assert_eq!(notices.plan(HubTime(300)), None, "one turn is planned already");
        assert_eq!(notices.turn(HubTime(3_099)), None);
        let turn = notices.turn(HubTime(3_100)).unwrap();
        assert_eq!(turn.joined, Some(Gathered { first: chatter(2), count: 2 }));
        assert!(!turn.roster);
    }

    #[test]
    fn nothing_to_tell_plans_nothing() {
        assert_eq!(Notices::default().plan(HubTime(0)), None);
    }
}
