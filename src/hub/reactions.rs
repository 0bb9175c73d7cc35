//! Reactions to messages. Changes are sent together, so that a thousand people who react within a second cost a few
//! packets.

use std::sync::Arc;
use std::time::Duration;

use super::command::{Answer, Reply, RoomEvent};
use super::rate_limits::Action;
use super::state::{Due, Hub, Then, unexpected};
use crate::domain::ids::{ConnId, RoomId, Seq};
use crate::domain::reactions::{Emoji, Reacted};
use crate::domain::refusal::Refusal;
use crate::domain::time::HubTime;
use crate::store::{Moment, React, Write, Written};

/// How long changes are collected before a room is told.
const GATHER: Duration = Duration::from_millis(300);

impl Hub {
    /// Decides a reaction.
    pub(super) fn react(
        &mut self,
        conn: ConnId,
        (room, seq): (RoomId, Seq),
        (emoji, is_on): (Emoji, bool),
        reply: Reply,
        at: Moment,
    ) {
        let chatter = self.paced_speaker(conn, room, Action::Message, at.hub);
        match chatter.and_then(|chatter| self.silenced(conn, at.hub).map_or(Ok(chatter), Err)) {
            Ok(chatter) => {
                let react = React { room, chatter, seq, emoji, is_on, at };
                self.write(Write::React(react), Then::Reacted(room, reply));
            }
            Err(refusal) => self.reply(reply, Err(refusal)),
        }
    }

    /// Goes on with a reaction that is committed or was refused.
    pub(super) fn reacted(
        &mut self,
        room: RoomId,
        reply: Reply,
        result: Result<Written, Refusal>,
        now: HubTime,
    ) {
        let answer = match result {
            Ok(Written::Reacted { reacted, is_new }) => {
                if is_new {
                    self.gather_reactions(room, reacted, now);
                }
                Ok(Answer::Reacted(room, reacted))
            }
            Ok(other) => Err(unexpected(&other)),
            Err(refusal) => Err(refusal),
        };
        self.reply(reply, answer);
    }

    /// Schedules a message's reactions to be sent to the room.
    pub(super) fn gather_reactions(&mut self, room: RoomId, reacted: Reacted, now: HubTime) {
        let Some(live) = self.rooms.get_mut(&room) else {
            return;
        };
        if live.reacted.is_empty() {
            self.agenda.insert((now.after(GATHER), Due::Reactions(room)));
        }
        live.reacted.insert(reacted.seq, reacted);
    }

    /// Sends a room the reactions that were collected.
    pub(super) fn reactions_due(&mut self, room: RoomId) {
        let Some(live) = self.rooms.get_mut(&room) else {
            return;
        };
        let mut gathered: Vec<Reacted> = std::mem::take(&mut live.reacted).into_values().collect();
        // In the order of their changes: a client that loses its connection in between asks for changes after the
        // last one that it has.
        gathered.sort_by_key(|reacted| reacted.at);
        let to = live.people.audience();
        for reacted in gathered {
            self.broadcast(Arc::clone(&to), RoomEvent::Reactions { room, reacted });
        }
    }
}
