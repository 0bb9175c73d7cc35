//! A room of a crowd: who speaks next, and which messages have not reached everybody.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

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
    /// Those which did not yet.
    open: VecDeque<Said>,
}

/// A message that was said.
struct Said {
    /// How many have it.
    have: usize,
    due: Instant,
    /// The server that it was said to.
    server: usize,
    acknowledged: Option<Instant>,
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

    /// Somebody is to say something that is due at this moment: whose turn it is, and the message's number.
    pub fn speaker(&mut self, due: Instant, server: impl Fn(usize) -> usize) -> (usize, u64) {
        self.turns += 1;
        let member = self.members[self.turns % self.members.len()];
        let number = self.done + self.open.len() as u64;
        self.open.push_back(Said { have: 0, due, server: server(member), acknowledged: None });
        (member, number)
    }

    /// Messages that have not reached everybody.
    pub fn under_way(&self) -> usize {
        self.open.len()
    }

    /// One more member, who is on this server, has the message with this number.
    pub fn reached(&mut self, number: u64, server: usize, tally: &mut Tally, now: Instant) {
        let said = self.said(number).expect("a message that was said");
        said.have += 1;
        tally.waits.add(now - said.due);
        if said.server != server {
            tally.crossings.add(said.acknowledged.map_or(Duration::ZERO, |at| now - at));
        }
        let all = self.members.len();
        while self.open.front().is_some_and(|said| said.have == all) {
            self.open.pop_front();
            self.done += 1;
            tally.rounds += 1;
        }
    }

    /// The server has acknowledged the message with this number. Everybody may have it before.
    pub fn acknowledged(&mut self, number: u64, now: Instant) {
        if let Some(said) = self.said(number) {
            said.acknowledged = Some(now);
        }
    }

    fn said(&mut self, number: u64) -> Option<&mut Said> {
        let place = usize::try_from(number.checked_sub(self.done)?).ok()?;
        self.open.get_mut(place)
    }
}
