//! Checks the hub's outputs against the truth, at the moment when they leave the hub.

use std::sync::Arc;

use super::client::{Packet, Wish};
use super::truth::Truth;
use super::world::{Line, World};
use crate::domain::ids::{ConnId, RoomId, Seq};
use crate::domain::message::Message;
use crate::domain::refusal::Refusal;
use crate::hub::command::{Answer, Entry, RoomEvent, WhyClosed};
use crate::store::{MISSED_MAX, Write};

impl World {
    /// Whoever was refused, or whose batch failed, has no place in the room.
    pub(super) fn only_members<'a>(&self, batch: impl Iterator<Item = &'a Write>) {
        for write in batch {
            let Write::Join(join) = write else { continue };
            let is_member = self.members.contains(&(join.identity, join.room));
            let has_place = self.store.is_member(join.room, join.identity);
            assert_eq!(has_place, is_member, "{join:?}");
        }
    }

    pub(super) fn broadcast(
        &mut self,
        to: &Arc<[ConnId]>,
        except: Option<ConnId>,
        event: &RoomEvent,
    ) {
        match event {
            RoomEvent::Message(message) => {
                self.truth.holds(0, message);
                self.heard.insert((message.room, message.seq), self.now.hub);
                for (id, line) in &self.lines {
                    let (is_told, is_in) = (to.contains(id), line.next.contains_key(&message.room));
                    assert!(is_told || !is_in, "{id:?} is left out");
                    let is_entering = self.is_entering(*id, line, message.room);
                    assert!(!is_told || is_in || is_entering, "{id:?} has left, and is told");
                }
            }
            RoomEvent::TakenBack { room, seq, .. } => {
                self.truth.told_taken_back(0, *room, *seq);
                for (id, line) in &self.lines {
                    let is_in = line.next.contains_key(room);
                    assert!(to.contains(id) || !is_in, "{id:?} is left out");
                }
            }
            RoomEvent::Reactions { room, reacted } => {
                self.truth.has_been(0, *room, reacted);
                for (id, line) in &self.lines {
                    let is_in = line.next.contains_key(room);
                    assert!(to.contains(id) || !is_in, "{id:?} is left out");
                }
            }
            RoomEvent::QuestionDropped(dropped) => {
                self.truth.told_dropped(dropped);
                let is_theirs = |id: &ConnId| self.hub.conns[id].who.identity == dropped.author;
                assert!(to.iter().all(is_theirs), "others are told: {dropped:?}");
            }
            RoomEvent::Poll(view) => self.truth.poll_has_been(view, to, &self.hub),
            RoomEvent::Mode { room, .. } => {
                for (id, line) in &self.lines {
                    let is_in = line.next.contains_key(room);
                    assert!(to.contains(id) || !is_in, "{id:?} is left out");
                }
            }
            RoomEvent::Closed { why: WhyClosed::Kicked, .. } => {}
            RoomEvent::Closed { room, .. } => {
                let place = self.rooms.iter().find(|place| place.id == *room);
                let is_due = place.is_none_or(|place| place.ends <= self.now.hub);
                // An empty one may give its place up.
                assert!(is_due || to.is_empty(), "{room} ended before its time");
            }
            _ => {}
        }
        for id in to.iter().filter(|id| except != Some(**id)) {
            let line = self.lines.get_mut(id).unwrap_or_else(|| panic!("{id:?} is gone"));
            line.told(event);
        }
    }

    /// Whether the next answer to a connection may be that it is in.
    fn is_entering(&self, id: ConnId, line: &Line, room: RoomId) -> bool {
        let is_it = |wish: &Wish| matches!(wish, Wish::Join { room: of, .. } if *of == room);
        let mut asked = self.asked.range(line.left..);
        asked.any(|(_, (conn, wish))| *conn == id && is_it(wish))
    }

    pub(super) fn answered(&mut self, number: u64, answer: Result<Answer, Refusal>) {
        let (conn, wish) = self.asked.remove(&number).expect("each is answered once");
        match (&wish, &answer) {
            (Wish::Say { key, content, .. }, Ok(Answer::Said(said))) => {
                self.truth.holds(0, said);
                match key {
                    Some(key) => {
                        let first = self.truth.by_key(said.chatter.id, key);
                        assert_eq!(first, Some(said.id), "a key names one message");
                    }
                    None => assert_eq!(*content, said.content),
                }
            }
            (Wish::Say { key, content, .. }, Ok(Answer::Held(held))) => {
                self.truth.was_held(held, key.as_deref(), content);
            }
            (Wish::Say { content, .. } | Wish::Note { content }, Err(_)) => {
                self.truth.refused(content);
            }
            (Wish::Join { room, after }, Ok(Answer::Joined(entry))) => {
                self.let_in(number, conn, *room, *after, entry);
            }
            (Wish::Say { .. } | Wish::Join { .. }, Ok(_)) => panic!("{wish:?}: {answer:?}"),
            _ => self.truth.was_done(0, &wish, &answer),
        }
        // Nobody is there to read it where the connection has gone.
        if let Some(line) = self.lines.get_mut(&conn) {
            if wish == Wish::Leave {
                line.left = number;
            }
            line.packets.push_back(Packet::Answer { number, wish, answer });
        }
    }

    fn let_in(
        &mut self,
        number: u64,
        conn: ConnId,
        room: RoomId,
        after: Option<Seq>,
        entry: &Entry,
    ) {
        let line = self.lines.get_mut(&conn).expect("nobody enters without a connection");
        line.enters(number, room, after, entry, (0, &self.truth));
    }

    /// Whether something was asked over a living connection and not answered.
    pub(super) fn is_owed(&self) -> Option<&Wish> {
        let lives = |conn: &ConnId| self.lines.contains_key(conn) && !self.dead.contains(conn);
        self.asked.values().find(|(conn, _)| lives(conn)).map(|(_, wish)| wish)
    }
}

impl Line {
    /// The answer to a join leaves the hub.
    pub(super) fn enters(
        &mut self,
        number: u64,
        room: RoomId,
        after: Option<Seq>,
        entry: &Entry,
        (by, truth): (usize, &Truth),
    ) {
        if number < self.left && !self.next.contains_key(&room) {
            // They were in for no time at all, and are told no more.
            return;
        }
        let next = self.next.entry(room).or_insert_with(|| entry.history.last.next());
        assert_eq!(*next, entry.history.last.next(), "between the answer and what follows it");
        let Some(after) = after else {
            return assert!(entry.history.missed.is_empty() && !entry.history.more);
        };
        let seen = (entry.history.first, after);
        truth.must_know(by, room, seen, &entry.history.taken_back);
        let mut seq = after.max(Seq(entry.history.first.0 - 1));
        for message in &entry.history.missed {
            seq = seq.next();
            assert_eq!(message.seq, seq, "what was missed has a gap");
            truth.holds(by, message);
        }
        if entry.history.more {
            assert_eq!(entry.history.missed.len(), MISSED_MAX);
            assert!(seq < entry.history.last, "there is no more");
        } else {
            assert!(
                seq >= entry.history.last,
                "there is more after {seq:?}: {:?}",
                entry.history.last
            );
        }
    }

    /// An event leaves the hub.
    pub(super) fn told(&mut self, event: &RoomEvent) {
        match event {
            RoomEvent::Message(message) => {
                self.is_next(message);
                self.packets.push_back(Packet::Message(message.clone()));
            }
            RoomEvent::Presence { room, present } => {
                self.packets.push_back(Packet::Present(*room, *present));
            }
            RoomEvent::Closed { room, why: WhyClosed::Kicked | WhyClosed::Banned } => {
                self.next.remove(room);
                self.packets.push_back(Packet::Kicked(*room));
            }
            RoomEvent::Closed { room, .. } => self.packets.push_back(Packet::Expired(*room)),
            RoomEvent::TakenBack { room, seq, .. } => {
                self.packets.push_back(Packet::TakenBack(*room, *seq));
            }
            RoomEvent::Reactions { room, reacted } => {
                self.packets.push_back(Packet::Reactions(*room, *reacted));
            }
            RoomEvent::Roster(_)
            | RoomEvent::Mode { .. }
            | RoomEvent::Muted(_)
            | RoomEvent::Unmuted
            | RoomEvent::QuestionDropped(_)
            | RoomEvent::Shut { .. }
            | RoomEvent::Edited(_)
            | RoomEvent::History { .. }
            | RoomEvent::Announcement(_)
            | RoomEvent::AnnouncementGone(_)
            | RoomEvent::Poll(_)
            | RoomEvent::Typing { .. } => {}
        }
    }

    /// The live stream of a room has no gap and no turning back.
    fn is_next(&mut self, message: &Message) {
        let next = self.next.entry(message.room).or_insert(message.seq);
        assert_eq!(*next, message.seq, "out of order to a connection: {message:?}");
        *next = message.seq.next();
    }
}
