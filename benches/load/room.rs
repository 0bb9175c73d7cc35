//! A room of a crowd: who speaks next, and which messages have not reached everybody.

use std::collections::VecDeque;
use std::time::Instant;

use crate::crowd::{CONTENT, NAMESPACE, Tally};
use crate::frames;

/// A room, by what is sent to get into it and to speak in it.
pub struct Room {
    /// The frame that asks to join.
    pub join: Vec<u8>,
    /// The frame that says something.
    pub say: Vec<u8>,
    members: Vec<usize>,
    /// How often somebody spoke.
    turns: usize,
    /// How many messages reached everybody.
    done: u64,
    /// Those which did not yet: how many have it, and when it was due.
    open: VecDeque<(usize, Instant)>,
}

impl Room {
    /// A room that nobody is in.
    pub fn new(id: &str) -> Self {
        let join = format!(r#"42/{NAMESPACE},0["joinRoom",{{"roomId":"{id}","chatterId":null}}]"#);
        let say =
            format!(r#"42/{NAMESPACE},1["sendMessage",{{"roomId":"{id}","content":"{CONTENT}"}}]"#);
        Self {
            join: frames::from_client(&join),
            say: frames::from_client(&say),
            members: Vec::new(),
            turns: 0,
            done: 0,
            open: VecDeque::new(),
        }
    }

    /// One more member; how many messages they count as heard.
    pub fn enter(&mut self, member: usize) -> u64 {
        self.members.push(member);
        self.done + self.open.len() as u64
    }

    /// Somebody is to say something that is due at this moment: whose turn it is.
    pub fn speaker(&mut self, due: Instant) -> usize {
        self.open.push_back((0, due));
        self.turns += 1;
        self.members[self.turns % self.members.len()]
    }

    /// Messages that have not reached everybody.
    pub fn under_way(&self) -> usize {
        self.open.len()
    }

    /// One more member has the message with this number.
    pub fn reached(&mut self, number: u64, tally: &mut Tally, now: Instant) {
        let place = usize::try_from(number.checked_sub(self.done).expect("in order")).unwrap();
        let (have, due) = self.open.get_mut(place).expect("a message that was said");
        *have += 1;
        tally.waits.add(now - *due);
        while self.open.front().is_some_and(|(have, _)| *have == self.members.len()) {
            self.open.pop_front();
            self.done += 1;
            tally.rounds += 1;
        }
    }
}
