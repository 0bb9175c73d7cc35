//! Rooms: made, listed, checked, told of their people, and over.

use std::net::IpAddr;

use super::command::{Answer, Caller, NewRoom, News, Output, Reply, RoomView, Tell};
use super::state::{Conn, Due, Effect, Hub, LiveRoom, PasswordWork, Purpose, Then};
use crate::domain::chatter::Chatter;
use crate::domain::code::Code;
use crate::domain::ids::{ChatterId, ConnId, RoomId};
use crate::domain::message::{Alert, Kind};
use crate::domain::notices::{Gathered, Notices};
use crate::domain::presence::Presence;
use crate::domain::refusal::Refusal;
use crate::domain::room::{PasswordHash, Room};
use crate::domain::text::Password;
use crate::domain::time::HubTime;
use crate::domain::words;
use crate::store::{Moment, Say, Write};

impl Hub {
    /// A room is to be made.
    pub(super) fn create(&mut self, mut new: NewRoom, tell: Tell<RoomView>, at: Moment) {
        if self.rooms.len() >= self.settings.rooms_max {
            return drop(tell.send(Err(Refusal::TooManyRooms)));
        }
        match new.password.take() {
            Some(password) => {
                let salt = (self.random)();
                let work = PasswordWork::Hash { password, salt, room: new, tell };
                self.effects.push_back(Effect::Password(work));
            }
            None => self.create_hashed(new, None, Some(tell), at),
        }
    }

    /// A room whose password is hashed, or that has none.
    pub(super) fn create_hashed(
        &mut self,
        new: NewRoom,
        lock: Option<PasswordHash>,
        tell: Option<Tell<RoomView>>,
        at: Moment,
    ) {
        let room = Room {
            id: RoomId::from_random((self.random)()),
            code: self.fresh_code(),
            title: new.title,
            namespace: new.namespace,
            capacity: new.capacity,
            lock,
            created_at: at.wall,
            created: at.hub,
            lifetime: self.settings.lifetime,
        };
        self.write(Write::Room(room.clone()), Then::Made(room, tell));
    }

    fn fresh_code(&mut self) -> Code {
        loop {
            let code = Code::from_random((self.random)());
            if !self.codes.contains_key(&code) {
                return code;
            }
        }
    }

    /// A room is committed, or was refused.
    pub(super) fn room_made(
        &mut self,
        room: Room,
        tell: Option<Tell<RoomView>>,
        result: Result<(), Refusal>,
        now: HubTime,
    ) {
        let result = result.map(|()| {
            tracing::info!(room = %room.id, namespace = %room.namespace, "room made");
            view(&room, 0, now)
        });
        if result.is_ok() {
            self.open_room(room);
        }
        if let Some(tell) = tell {
            drop(tell.send(result));
        }
    }

    /// A room lives from now on, in this run.
    pub(super) fn open_room(&mut self, room: Room) {
        self.agenda.insert((room.expires(), Due::Expiry(room.id)));
        self.codes.insert(room.code, room.id);
        let live = LiveRoom {
            people: Presence::default(),
            joining: std::collections::HashMap::new(),
            notices: Notices::default(),
            room,
        };
        self.rooms.insert(live.room.id, live);
    }

    /// A room's time is over: those inside are told, and nothing can be said any more.
    pub(super) fn expire(&mut self, room: RoomId, now: HubTime) {
        let Some(mut live) = self.rooms.remove(&room) else {
            return;
        };
        tracing::info!(%room, namespace = %live.room.namespace, "room expired");
        self.codes.remove(&live.room.code);
        self.remember_over(room);
        let to = live.people.audience();
        let output = Output::Broadcast { to, except: None, news: News::Expired { room } };
        self.effects.push_back(Effect::Output(output));
        self.write(Write::Mark(now), Then::Nothing);
    }

    /// The living rooms, oldest first.
    pub(super) fn list(&self, now: HubTime) -> Vec<RoomView> {
        let living = self.rooms.values().filter(|live| !live.room.is_expired(now));
        let mut rooms: Vec<RoomView> =
            living.map(|live| view(&live.room, live.people.count(), now)).collect();
        rooms.sort_unstable_by_key(|view| (view.room.created, view.room.id));
        rooms
    }

    /// A living room as it is now.
    pub(super) fn live_view(&self, room: RoomId, now: HubTime) -> Result<RoomView, Refusal> {
        self.live(room).map(|live| view(&live.room, live.people.count(), now))
    }

    /// The living room with this code.
    pub(super) fn view_by_code(&self, code: Code, now: HubTime) -> Result<RoomView, Refusal> {
        let room = self.codes.get(&code).ok_or(Refusal::NoSuchRoom)?;
        self.live_view(*room, now)
    }

    /// Somebody asks whether a password opens a room.
    pub(super) fn check(
        &mut self,
        caller: Caller,
        room: RoomId,
        password: Option<Password>,
        tell: Tell<bool>,
        now: HubTime,
    ) {
        let hash = match self.checked(caller, room, now) {
            Ok(hash) => hash,
            Err(refusal) => return drop(tell.send(Err(refusal))),
        };
        let (hash, password) = match (hash, password) {
            (None, _) => return drop(tell.send(Ok(true))),
            (Some(_), None) => return drop(tell.send(Ok(false))),
            (Some(hash), Some(password)) => (hash, password),
        };
        if let Err(wait) = self.guesses.take((room, caller.peer), now) {
            return drop(tell.send(Err(Refusal::TooFast(wait))));
        }
        let purpose = Purpose::Check { caller, room, tell };
        let work = PasswordWork::Verify { password, hash, purpose };
        self.effects.push_back(Effect::Password(work));
    }

    fn checked(
        &self,
        caller: Caller,
        room: RoomId,
        now: HubTime,
    ) -> Result<Option<PasswordHash>, Refusal> {
        let live = self.live(room)?;
        live.room.open_at(now)?;
        let is_in =
            caller.identity.is_some_and(|identity| live.people.chatter_of(identity).is_some());
        if !is_in {
            live.room.has_place(live.people.count() + live.joining.len())?;
        }
        Ok(live.room.lock.clone())
    }

    /// The password of a check has been verified.
    pub(super) fn check_verified(
        &mut self,
        caller: Caller,
        room: RoomId,
        tell: Tell<bool>,
        right: bool,
        now: HubTime,
    ) {
        if right {
            self.guesses.give_back(&(room, caller.peer));
            self.admissions.admit(room, caller, now);
        }
        drop(tell.send(Ok(right)));
    }

    /// Whether a chatter is present in a room, their grace included.
    pub(super) fn is_present(&self, room: RoomId, chatter: ChatterId) -> bool {
        self.rooms.get(&room).is_some_and(|live| live.people.get(chatter).is_some())
    }

    /// Whether somebody at this address holds a connection as this chatter. Also in a room that has
    /// expired meanwhile: what was said there can still be read.
    pub(super) fn holds(&self, peer: IpAddr, room: RoomId, chatter: ChatterId) -> bool {
        let at_peer = |conn: &Conn| conn.who.peer == peer;
        match self.rooms.get(&room) {
            Some(live) => {
                let conns = live.people.conns_of(chatter);
                conns.iter().any(|conn| self.conns.get(conn).is_some_and(at_peer))
            }
            None => self
                .conns
                .values()
                .any(|conn| at_peer(conn) && conn.rooms.get(&room) == Some(&chatter)),
        }
    }

    /// A page of a room's people, and how many there are in all.
    pub(super) fn roster_page(
        &self,
        room: RoomId,
        skip: usize,
        most: usize,
    ) -> Result<(Vec<Chatter>, usize), Refusal> {
        let people = &self.live(room)?.people;
        Ok((people.roster(skip, most), people.count()))
    }

    /// A member asks that the room be sent its roster.
    pub(super) fn ask_roster(&mut self, conn: ConnId, room: RoomId, reply: Reply, now: HubTime) {
        let rate = self.settings.limits.rosters;
        let asked = self
            .speaker(conn, room, now)
            .and_then(|_| self.pace(conn, |c| &mut c.rosters, rate, now));
        if asked.is_ok() {
            self.tell_roster(room, now);
        }
        self.reply(reply, asked.map(|()| Answer::Done));
    }

    /// The room's roster is to be sent: at once in a small room, at its next turn in a large one.
    pub(super) fn tell_roster(&mut self, room: RoomId, now: HubTime) {
        let Some(live) = self.rooms.get_mut(&room) else {
            return;
        };
        if live.people.count() <= self.settings.roster_limit {
            self.send_roster(room);
        } else {
            live.notices.roster();
            self.plan_notices(room, now);
        }
    }

    fn send_roster(&mut self, room: RoomId) {
        let Some(live) = self.rooms.get_mut(&room) else {
            return;
        };
        let to = live.people.audience();
        let present = live.people.count();
        let roster = News::Roster(live.people.roster(0, self.settings.roster_limit));
        for news in [roster, News::Presence { room, present }] {
            let output = Output::Broadcast { to: std::sync::Arc::clone(&to), except: None, news };
            self.effects.push_back(Effect::Output(output));
        }
    }

    /// Plans the turn at which a large room is told what was gathered.
    pub(super) fn plan_notices(&mut self, room: RoomId, now: HubTime) {
        let Some(live) = self.rooms.get_mut(&room) else {
            return;
        };
        if let Some(due) = live.notices.plan(now) {
            self.agenda.insert((due, Due::Notices(room)));
        }
    }

    /// A large room's turn.
    pub(super) fn notices_due(&mut self, room: RoomId, at: Moment) {
        let Some(live) = self.rooms.get_mut(&room) else {
            return;
        };
        let Some(turn) = live.notices.turn(at.hub) else {
            return;
        };
        if let Some(Gathered { first, count }) = turn.joined {
            self.write_notice(room, &first, Alert::Joined(count), at);
        }
        if let Some(Gathered { first, count }) = turn.left {
            self.write_notice(room, &first, Alert::Left(count), at);
        }
        if turn.roster {
            self.send_roster(room);
        }
    }

    fn write_notice(&mut self, room: RoomId, about: &Chatter, alert: Alert, at: Moment) {
        let content = words::alert(self.settings.language, &alert, &about.nickname);
        let (chatter, kind) = (about.id, Kind::Alert(alert));
        let say = Say { room, chatter, kind, content, key: None, at };
        self.write(Write::Say(say), Then::Said(None));
    }
}

fn view(room: &Room, present: usize, now: HubTime) -> RoomView {
    RoomView { room: room.clone(), present, is_expired: room.is_expired(now) }
}
