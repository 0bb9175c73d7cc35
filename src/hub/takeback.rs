//! Taking back messages, by the host or by their authors. Their sequence numbers stay; their content is deleted.

use std::sync::Arc;

use super::command::{Answer, Reply, Responder, RoomEvent};
use super::rate_limits::Action;
use super::rooms::named;
use super::state::{Hub, Then, unexpected};
use crate::domain::chatter::Chatter;
use crate::domain::ids::{ConnId, MessageId, RoomId, Seq};
use crate::domain::refusal::Refusal;
use crate::store::{Deed, Moment, TakeBack, Write, Written};

impl Hub {
    /// Decides to take messages back.
    pub(super) fn take_back(
        &mut self,
        room: RoomId,
        seqs: Vec<Seq>,
        tell: Responder<usize>,
        at: Moment,
    ) {
        let mut what = match self.live(room) {
            Ok(live) => named(&live.room),
            // The store also knows the rooms that have ended.
            Err(_) => room.to_string(),
        };
        for seq in &seqs {
            what.push_str(&format!(" #{}", seq.0));
        }
        self.host_does(Deed::TakeBack(room, seqs), what, Then::TakenBack(room, tell), at);
    }

    /// Decides to take back what somebody has said in a room.
    pub(super) fn take_back_of(
        &mut self,
        author: &Chatter,
        (room, seqs): (RoomId, Vec<Seq>),
        tell: Responder<usize>,
        at: Moment,
    ) {
        let place = match self.live(room) {
            Ok(live) => named(&live.room),
            Err(_) => room.to_string(),
        };
        let (count, nickname) = (seqs.len(), author.nickname.as_str());
        let what = format!("{place} {count} of {} {nickname:?}", author.id);
        self.host_does(Deed::TakeBack(room, seqs), what, Then::TakenBack(room, tell), at);
    }

    /// Decides that an author takes back a message.
    pub(super) fn take_back_own(
        &mut self,
        conn: ConnId,
        (room, seq): (RoomId, Seq),
        reply: Reply,
        at: Moment,
    ) {
        let within = self.settings.take_back;
        let chatter = self.paced_speaker(conn, room, Action::Message, at.hub);
        match chatter {
            Ok(_) if within.is_zero() => self.reply(reply, Err(Refusal::TooLate(within))),
            Ok(chatter) => {
                let back = TakeBack { room, chatter, seq, within, at };
                self.write(Write::TakeBack(back), Then::TakenBackOwn(room, reply));
            }
            Err(refusal) => self.reply(reply, Err(refusal)),
        }
    }

    /// Goes on with a message that its author takes back. If it was taken back before, nobody is told again.
    pub(super) fn taken_back_own(
        &mut self,
        room: RoomId,
        reply: Reply,
        result: Result<Written, Refusal>,
    ) {
        let answer = match result {
            Ok(Written::TakenBack(taken)) => {
                self.tell_taken_back(room, &taken);
                Ok(Answer::Done)
            }
            Ok(other) => Err(unexpected(&other)),
            Err(refusal) => Err(refusal),
        };
        self.reply(reply, answer);
    }

    /// Tells the clients that show a room which messages were taken back, and drops collected reactions to those.
    pub(super) fn tell_taken_back(&mut self, room: RoomId, taken: &[(Seq, MessageId)]) {
        self.removals += taken.len() as u64;
        if let Some(live) = self.rooms.get_mut(&room) {
            live.reacted.retain(|seq, _| !taken.iter().any(|(taken, _)| taken == seq));
        }
        let to = self.readers(room);
        for (seq, id) in taken {
            let event = RoomEvent::TakenBack { room, seq: *seq, id: *id };
            self.broadcast(Arc::clone(&to), event);
        }
    }

    /// Goes on with messages that the host takes back. Clients that show the room are told.
    pub(super) fn taken_back(
        &mut self,
        room: RoomId,
        tell: Responder<usize>,
        result: Result<Written, Refusal>,
    ) {
        let taken = match result {
            Ok(Written::TakenBack(taken)) => taken,
            Ok(other) => return drop(tell.send(Err(unexpected(&other)))),
            Err(refusal) => return drop(tell.send(Err(refusal))),
        };
        self.tell_taken_back(room, &taken);
        tracing::info!(%room, messages = taken.len(), "the host took messages back");
        drop(tell.send(Ok(taken.len())));
    }

    /// The connections that are in a room, or were in it when it ended: they still show its messages.
    fn readers(&mut self, room: RoomId) -> Arc<[ConnId]> {
        match self.rooms.get_mut(&room) {
            Some(live) => live.people.audience(),
            None => {
                let were_in = self.conns.values().filter(|conn| conn.rooms.contains_key(&room));
                were_in.map(|conn| conn.who.id).collect()
            }
        }
    }
}
