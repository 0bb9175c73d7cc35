//! Questions: their votes, which a room is told of together with reactions, and their answers.

use super::command::{QuestionCall, Reply, Responder, RoomEvent};
use super::rate_limits::Action;
use super::rooms::named;
use super::state::{Hub, Then, unexpected};
use crate::domain::ids::{ConnId, RoomId, Seq};
use crate::domain::question::Dropped;
use crate::domain::refusal::Refusal;
use crate::domain::time::HubTime;
use crate::store::{Deed, Moment, Vote, Write, Written};

impl Hub {
    /// Decides a vote for a question, or that it is taken back. People who are muted may vote: a vote says nothing to others.
    pub(super) fn vote(
        &mut self,
        conn: ConnId,
        (room, seq): (RoomId, Seq),
        is_on: bool,
        reply: Reply,
        at: Moment,
    ) {
        match self.paced_speaker(conn, room, Action::Message, at.hub) {
            Ok(chatter) => {
                let vote = Vote { room, chatter, seq, is_on, at };
                self.write(Write::Vote(vote), Then::Reacted(room, reply));
            }
            Err(refusal) => self.reply(reply, Err(refusal)),
        }
    }

    /// Decides a call of the host about questions.
    pub(super) fn question_call(&mut self, call: QuestionCall, at: Moment) {
        match call {
            QuestionCall::Answered { room, seq, is_answered, tell } => {
                let place = match self.live(room) {
                    Ok(live) => named(&live.room),
                    // The store also knows the rooms that have ended.
                    Err(_) => room.to_string(),
                };
                let not = if is_answered { "" } else { " not" };
                let what = format!("{place} #{}{not}", seq.0);
                let deed = Deed::Answered(room, seq, is_answered);
                self.host_does(deed, what, Then::Answered(room, tell), at);
            }
            QuestionCall::LetThrough(held, tell) => {
                let what = held.0.to_string();
                self.host_does(Deed::LetThrough(held), what, Then::HostSaid(tell), at);
            }
            QuestionCall::Drop(held, tell) => {
                let what = held.0.to_string();
                self.host_does(Deed::DropHeld(held), what, Then::Dropped(tell), at);
            }
        }
    }

    /// Tells the connections of the browser that has asked a dropped question, in its room.
    pub(super) fn tell_dropped(&mut self, dropped: Dropped) {
        let theirs = self.conns.values().filter(|conn| {
            conn.who.identity == dropped.author && conn.rooms.contains_key(&dropped.room)
        });
        let to: Vec<ConnId> = theirs.map(|conn| conn.who.id).collect();
        if !to.is_empty() {
            self.broadcast(to.into(), RoomEvent::QuestionDropped(dropped));
        }
    }

    /// Goes on with a question that the host has marked, or could not mark.
    pub(super) fn answered(
        &mut self,
        room: RoomId,
        tell: Responder<()>,
        result: Result<Written, Refusal>,
        now: HubTime,
    ) {
        let marked = match result {
            Ok(Written::Reacted { reacted, is_new }) => {
                if is_new {
                    tracing::info!(%room, seq = reacted.seq.0, "the host marked a question");
                    self.gather_reactions(room, reacted, now);
                }
                Ok(())
            }
            Ok(other) => Err(unexpected(&other)),
            Err(refusal) => Err(refusal),
        };
        drop(tell.send(marked));
    }
}
