//! Saying things: messages, notes, names, typing.

use super::command::{Answer, Caller, News, Output, Reply, Tell};
use super::state::{Asker, Conn, Effect, Hub, Then, unexpected};
use crate::domain::chatter::Chatter;
use crate::domain::ids::{ChatterId, ConnId, RoomId};
use crate::domain::message::{Alert, Kind, Message};
use crate::domain::refusal::Refusal;
use crate::domain::text::{Content, Key, Nickname};
use crate::domain::throttle::{Bucket, Rate};
use crate::domain::time::HubTime;
use crate::store::{Moment, Rename, Say, Write, Written};

impl Hub {
    /// Somebody says something.
    pub(super) fn say(
        &mut self,
        conn: ConnId,
        room: RoomId,
        content: &Content,
        key: Option<Key>,
        reply: Reply,
        at: Moment,
    ) {
        match self.speaker(conn, room, at.hub) {
            Ok(chatter) => {
                let content = content.as_str().to_owned();
                let say = Say { room, chatter, kind: Kind::Said, content, key, at };
                self.write(Write::Say(say), Then::Said(Some(reply)));
            }
            Err(refusal) => self.reply(reply, Err(refusal)),
        }
    }

    /// Somebody puts a note of their own into the room.
    pub(super) fn note(
        &mut self,
        conn: ConnId,
        room: RoomId,
        content: &Content,
        reply: Reply,
        at: Moment,
    ) {
        let rate = self.settings.limits.notes;
        let speaker = self
            .speaker(conn, room, at.hub)
            .and_then(|chatter| self.pace(conn, |c| &mut c.notes, rate, at.hub).map(|()| chatter));
        match speaker {
            Ok(chatter) => {
                let kind = Kind::Alert(Alert::Note);
                let content = content.as_str().to_owned();
                let say = Say { room, chatter, kind, content, key: None, at };
                self.write(Write::Say(say), Then::Said(Some(reply)));
            }
            Err(refusal) => self.reply(reply, Err(refusal)),
        }
    }

    /// A message is committed, or was refused.
    pub(super) fn said(&mut self, reply: Option<Reply>, result: Result<Written, Refusal>) {
        let answer = match result {
            Ok(Written::Said { message, repeated }) => {
                if !repeated {
                    self.broadcast_message(message.clone());
                }
                Ok(Answer::Said(message))
            }
            Ok(other) => Err(unexpected(&other)),
            Err(refusal) => Err(refusal),
        };
        if let Some(reply) = reply {
            self.reply(reply, answer);
        }
    }

    /// Sends a committed message to everyone in its room.
    pub(super) fn broadcast_message(&mut self, message: Message) {
        let Some(live) = self.rooms.get_mut(&message.room) else {
            return;
        };
        let to = live.people.audience();
        let output = Output::Broadcast { to, except: None, news: News::Message(message) };
        self.effects.push_back(Effect::Output(output));
    }

    /// Somebody is typing. Never stored, never an error: it does not matter enough.
    pub(super) fn typing(&mut self, conn: ConnId, room: RoomId, is_typing: bool, now: HubTime) {
        let rate = self.settings.limits.typing;
        let limit = self.settings.roster_limit;
        let Ok(chatter) = self.speaker(conn, room, now) else {
            return;
        };
        let Some(live) = self.rooms.get_mut(&room) else {
            return;
        };
        // In a large room it would cost the square of the people and tell nobody anything.
        if live.people.count() > limit {
            return;
        }
        let to = live.people.audience();
        if self.pace(conn, |c| &mut c.typing, rate, now).is_err() {
            return;
        }
        let news = News::Typing { room, chatter, is_typing };
        let output = Output::Broadcast { to, except: Some(conn), news };
        self.effects.push_back(Effect::Output(output));
    }

    /// Somebody in a room goes by another name, and the room is told.
    pub(super) fn rename_here(
        &mut self,
        conn: ConnId,
        room: RoomId,
        nickname: Nickname,
        reply: Reply,
        at: Moment,
    ) {
        let paced = self.speaker(conn, room, at.hub).and_then(|chatter| {
            self.renames.take(chatter, at.hub).map_err(Refusal::TooFast)?;
            Ok(chatter)
        });
        match paced {
            Ok(chatter) => {
                let notice = Some((room, self.settings.language));
                let rename = Rename { chatter, owner: None, nickname, notice, at };
                self.write(Write::Rename(rename), Then::Renamed(Asker::Socket(reply)));
            }
            Err(refusal) => self.reply(reply, Err(refusal)),
        }
    }

    /// Somebody without a connection asks for another name. The room is not told: Cola Chat's front
    /// end does that with an alert of its own.
    pub(super) fn rename_by_call(
        &mut self,
        caller: Caller,
        bridge: bool,
        chatter: ChatterId,
        nickname: Nickname,
        tell: Tell<Chatter>,
        at: Moment,
    ) {
        let is_held = || self.rooms.keys().any(|room| self.holds(caller.peer, *room, chatter));
        let allowed = match caller.identity {
            Some(_) => Ok(()),
            None if bridge && is_held() => Ok(()),
            None => Err(Refusal::NotYours),
        };
        let paced =
            allowed.and_then(|()| self.renames.take(chatter, at.hub).map_err(Refusal::TooFast));
        if let Err(refusal) = paced {
            return drop(tell.send(Err(refusal)));
        }
        let rename = Rename { chatter, owner: caller.identity, nickname, notice: None, at };
        self.write(Write::Rename(rename), Then::Renamed(Asker::Call(tell)));
    }

    /// Another name is committed, or was refused.
    pub(super) fn renamed(&mut self, asker: Asker, result: Result<Written, Refusal>, now: HubTime) {
        let result = match result {
            Ok(Written::Renamed { chatter, alert }) => {
                self.show_renamed(&chatter, alert, now);
                Ok(chatter)
            }
            Ok(other) => Err(unexpected(&other)),
            Err(refusal) => Err(refusal),
        };
        match asker {
            Asker::Socket(reply) => self.reply(reply, result.map(Answer::Renamed)),
            Asker::Call(tell) => drop(tell.send(result)),
        }
    }

    fn show_renamed(&mut self, chatter: &Chatter, alert: Option<Message>, now: HubTime) {
        if let Some(alert) = alert {
            self.broadcast_message(alert);
        }
        let renamed = self.rooms.iter_mut();
        let rooms: Vec<RoomId> =
            renamed.filter_map(|(id, live)| live.people.rename(chatter).then_some(*id)).collect();
        for room in rooms {
            self.tell_roster(room, now);
        }
    }

    /// The chatter as whom a connection may speak in a room.
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

    /// Refuses what a connection does too often.
    pub(super) fn pace(
        &mut self,
        conn: ConnId,
        bucket: impl FnOnce(&mut Conn) -> &mut Bucket,
        rate: Rate,
        now: HubTime,
    ) -> Result<(), Refusal> {
        let conn = self.conns.get_mut(&conn).ok_or(Refusal::Unavailable)?;
        bucket(conn).take(rate, now).map_err(Refusal::TooFast)
    }
}
