//! Messages, alerts from clients, and typing.

use super::command::{Answer, Reply, RoomEvent};
use super::rate_limits::Action;
use super::state::{Effect, Hub, Then, unexpected};
use crate::domain::ids::{ChatterId, ConnId, RoomId, Seq};
use crate::domain::message::{Alert, Kind, Message};
use crate::domain::refusal::Refusal;
use crate::domain::text::{Content, Key};
use crate::domain::time::HubTime;
use crate::store::{Moment, Say, Write, Written};

/// A message that somebody sends.
pub(super) struct NewMessage {
    pub(super) room: RoomId,
    pub(super) content: Content,
    pub(super) key: Option<Key>,
    pub(super) reply_to: Option<Seq>,
    pub(super) mentions: Vec<ChatterId>,
    pub(super) is_question: bool,
}

impl Hub {
    /// Decides a message.
    pub(super) fn say(&mut self, conn: ConnId, message: NewMessage, reply: Reply, at: Moment) {
        let NewMessage { room, content, key, reply_to, mentions, is_question } = message;
        match self.paced_speaker(conn, room, Action::Message, at.hub) {
            Ok(chatter) => {
                if let Some(refusal) = self.silenced(conn, at.hub) {
                    return self.say_muted((room, chatter), key, refusal, reply);
                }
                let content = content.as_str().to_owned();
                let mentions = self.named(room, &content, mentions);
                let kind = Kind::Said;
                let say =
                    Say { room, chatter, kind, content, reply_to, mentions, is_question, key, at };
                self.write(Write::Say(say), Then::Said(room, Some(reply)));
            }
            Err(refusal) => self.reply(reply, Err(refusal)),
        }
    }

    /// The people whom a message mentions: those of `mentions` who are present and whose name follows an `@` in the
    /// text.
    fn named(&self, room: RoomId, content: &str, mentions: Vec<ChatterId>) -> Vec<ChatterId> {
        let mut named = mentions;
        named.retain(|id| {
            let live = self.rooms.get(&room);
            let chatter = live.and_then(|live| live.people.get(*id));
            chatter.is_some_and(|chatter| content.contains(&format!("@{}", chatter.nickname)))
        });
        named.sort_unstable();
        named.dedup();
        named
    }

    /// Decides an alert that a client sends.
    pub(super) fn note(
        &mut self,
        conn: ConnId,
        room: RoomId,
        content: &Content,
        reply: Reply,
        at: Moment,
    ) {
        let chatter = self.paced_speaker(conn, room, Action::Alert, at.hub);
        match chatter.and_then(|chatter| self.silenced(conn, at.hub).map_or(Ok(chatter), Err)) {
            Ok(chatter) => {
                let kind = Kind::Alert(Alert::Note);
                let say = Say::plain(room, chatter, kind, content.as_str().to_owned(), at);
                self.write(Write::Say(say), Then::Said(room, Some(reply)));
            }
            Err(refusal) => self.reply(reply, Err(refusal)),
        }
    }

    /// Goes on with a message that is committed or was refused.
    pub(super) fn said(
        &mut self,
        (room, reply): (RoomId, Option<Reply>),
        result: Result<Written, Refusal>,
        now: HubTime,
    ) {
        let answer = match result {
            Ok(Written::Said { message, repeated }) => {
                if !repeated {
                    self.broadcast_message(message.clone(), now);
                }
                Ok(Answer::Said(message))
            }
            Ok(Written::Held(held)) => Ok(Answer::Held(held)),
            Ok(other) => Err(unexpected(&other)),
            // The store goes by the mode; for how long is known here.
            Err(Refusal::RoomReadOnly(None)) => {
                Err(Refusal::RoomReadOnly(self.rest_of_mode(room, now)))
            }
            Err(refusal) => Err(refusal),
        };
        if let Some(reply) = reply {
            self.reply(reply, answer);
        }
    }

    /// Sends a committed message to everyone in its room.
    pub(super) fn broadcast_message(&mut self, message: Message, now: HubTime) {
        let Some(live) = self.rooms.get_mut(&message.room) else {
            return;
        };
        if message.kind == Kind::Said {
            self.said_lately.note(now);
        }
        live.heard = now;
        live.newest.comes(&message);
        live.ages.note(message.seq, now);
        let to = live.people.audience();
        self.broadcast(to, RoomEvent::Message(message));
    }

    /// Shows that a chatter is typing. Never stored, and silently dropped if it is not allowed.
    pub(super) fn typing(&mut self, conn: ConnId, room: RoomId, is_typing: bool, now: HubTime) {
        let limit = self.settings.roster_limit;
        let Ok(chatter) = self.speaker(conn, room, now) else {
            return;
        };
        if self.silenced(conn, now).is_some() {
            return;
        }
        let Some(live) = self.rooms.get_mut(&room) else {
            return;
        };
        // In a large room the cost would grow with the square of the people, and nobody could read it.
        if live.people.count() > limit {
            return;
        }
        let (to, any_elsewhere) = (live.people.audience(), live.people.any_elsewhere());
        if self.limit(conn, Action::Typing, now).is_err() {
            return;
        }
        if any_elsewhere {
            self.effects.push_back(Effect::Typing(room, chatter, is_typing));
        }
        let event = RoomEvent::Typing { room, chatter, is_typing };
        self.broadcast_except(to, conn, event);
    }

    /// The chatter as which a connection may speak in a room.
    pub(super) fn speaker(
        &self,
        conn: ConnId,
        room: RoomId,
        now: HubTime,
    ) -> Result<ChatterId, Refusal> {
        let conn = self.conns.get(&conn).ok_or(Refusal::Unavailable)?;
        let live = self.room_for(conn, room)?;
        live.room.open_at(now)?;
        conn.rooms.get(&room).copied().ok_or(Refusal::NotJoined)
    }

    /// Like [`speaker`](Self::speaker), within the rate limit of an action.
    pub(super) fn paced_speaker(
        &mut self,
        conn: ConnId,
        room: RoomId,
        action: Action,
        now: HubTime,
    ) -> Result<ChatterId, Refusal> {
        let chatter = self.speaker(conn, room, now)?;
        self.limit(conn, action, now).map(|()| chatter)
    }
}
