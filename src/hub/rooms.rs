//! Rooms: creating, listing, checking passwords, expiring.

use std::net::IpAddr;
use std::time::Duration;

use super::command::{Caller, NewRoom, Responder, RoomEvent, RoomView, WhyClosed};
use super::conn::Conn;
use super::passwords::{Job, Purpose};
use super::roster::Listed;
use super::state::{Due, Hub, LiveRoom, Making, RoomPlace, Then};
use crate::domain::code::Code;
use crate::domain::ids::{ChatterId, RoomId, Seq};
use crate::domain::mode::RoomMode;
use crate::domain::notices::Notices;
use crate::domain::presence::Presence;
use crate::domain::question::Questions;
use crate::domain::quota::QuotaExceeded;
use crate::domain::refusal::Refusal;
use crate::domain::room::ages::MessageAges;
use crate::domain::room::wall::RoomWall;
use crate::domain::room::{LASTING, Newest, PasswordHash, Room};
use crate::domain::text::Password;
use crate::domain::time::HubTime;
use crate::store::{Deed, HostAct, Moment, Write};

/// An empty room without a message for this long is ended if a new room needs its place.
const SILENT: Duration = Duration::from_secs(600);

/// The shortest time that somebody is told to wait for a room to end.
const SOON: Duration = Duration::from_secs(1);

impl Hub {
    /// Decides a new room.
    pub(super) fn create(&mut self, mut room: NewRoom, tell: Responder<RoomView>, at: Moment) {
        let place = match room.by_host {
            true => None,
            false => match self.place_for(room.from, at) {
                Ok(place) => Some(place),
                Err(refusal) => return drop(tell.send(Err(refusal))),
            },
        };
        let password = room.password.take();
        let new = Making { room, place };
        match password {
            Some(password) => {
                let salt = (self.random)();
                let job = Job::Hash { password, salt };
                self.enqueue_password(job, Purpose::Make { new, tell });
            }
            None => self.create_hashed(new, None, Some(tell), at),
        }
    }

    /// Takes a place for a room from this address, within the rate limit and the quota.
    fn place_for(&mut self, from: Option<IpAddr>, at: Moment) -> Result<RoomPlace, Refusal> {
        // Rooms from before a restart may exceed the limit.
        if self.peoples_rooms() >= self.settings.rooms_max {
            self.end_silent_room(at);
        }
        let now = at.hub;
        if self.peoples_rooms() >= self.settings.rooms_max {
            return Err(Refusal::TooManyRooms(self.first_end(None, now)));
        }
        let place = self.places.take(from).map_err(|none| match none {
            QuotaExceeded::All => Refusal::TooManyRooms(self.first_end(None, now)),
            QuotaExceeded::Each => Refusal::TooManyMade(self.first_end(from, now)),
        })?;
        if let Some(from) = from {
            self.rooms_made.take(from, now).map_err(Refusal::TooFast)?;
        }
        Ok(place)
    }

    /// How many living rooms were created by people.
    fn peoples_rooms(&self) -> usize {
        self.rooms.values().filter(|live| !live.room.by_host && !live.is_ending).count()
    }

    /// Begins to end the empty room that has been silent longest, at least for [`SILENT`], to free its place. It has
    /// ended once that is committed, since another hub may have let somebody in meanwhile.
    fn end_silent_room(&mut self, at: Moment) {
        let is_silent = |live: &&LiveRoom| {
            let is_empty = live.people.count() == 0 && live.joining.is_empty();
            let may_end = !live.room.by_host && !live.is_ending;
            is_empty && may_end && at.hub.since(live.heard) >= SILENT
        };
        let silent = self.rooms.values().filter(is_silent);
        let oldest = silent.min_by_key(|live| (live.heard, live.room.id));
        let Some(room) = oldest.map(|live| live.room.id) else {
            return;
        };
        if let Some(live) = self.rooms.get_mut(&room) {
            (live.is_ending, live.place) = (true, None);
        }
        self.write(Write::End { room, at }, Then::GaveUp(room));
    }

    /// Goes on with the end of an empty room that is committed or was refused.
    pub(super) fn gave_up(&mut self, room: RoomId, is_over: bool, at: Moment) {
        if is_over {
            tracing::info!(%room, "an empty room gave its place up");
            self.close_room(room, WhyClosed::Expired);
            self.keep_open(at);
        } else if let Some(live) = self.rooms.get_mut(&room) {
            (live.is_ending, live.place) = (false, self.places.take(None).ok());
        }
    }

    /// Gives back the rate limit of a room that was not created.
    pub(super) fn give_back_room_made(&mut self, place: Option<&RoomPlace>) {
        if let Some(from) = place.and_then(RoomPlace::key) {
            self.rooms_made.give_back(from);
        }
    }

    /// How long until the first room ends, of one address's rooms or of all.
    fn first_end(&self, from: Option<IpAddr>, now: HubTime) -> Duration {
        let is_meant = |live: &&LiveRoom| {
            live.place.as_ref().is_some_and(|place| from.is_none() || place.key() == from.as_ref())
        };
        let ends = self.rooms.values().filter(is_meant).map(|live| live.room.expires().since(now));
        ends.min().unwrap_or(SOON).max(SOON)
    }

    /// Creates a room whose password is hashed, or that has none.
    pub(super) fn create_hashed(
        &mut self,
        Making { room: new, place }: Making,
        lock: Option<PasswordHash>,
        tell: Option<Responder<RoomView>>,
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
            lifetime: if new.by_host { LASTING } else { self.settings.lifetime },
            mode: RoomMode::OPEN,
            by_host: new.by_host,
            history: new.history.unwrap_or(self.settings.history),
            position: 0,
            questions: Questions::Open,
        };
        // The hub's own first room is not logged as an action of the host.
        let write = match new.by_host && tell.is_some() {
            true => {
                let what = named(&room);
                let deed = match new.is_once {
                    true => Deed::CreateOnce(room.clone()),
                    false => Deed::Create(room.clone()),
                };
                Write::Host(HostAct { deed, what, by: new.by, at })
            }
            false if new.by_host => Write::FirstRoom(room.clone()),
            false => Write::Room(room.clone()),
        };
        self.write(write, Then::Made(Box::new(room), place, tell));
    }

    fn fresh_code(&mut self) -> Code {
        loop {
            let code = Code::from_random((self.random)());
            if !self.codes.contains_key(&code) {
                return code;
            }
        }
    }

    /// Goes on with a room that is committed or was refused.
    pub(super) fn room_made(
        &mut self,
        room: Room,
        place: Option<RoomPlace>,
        tell: Option<Responder<RoomView>>,
        result: Result<(), Refusal>,
        at: Moment,
    ) {
        let result = result.map(|()| {
            tracing::info!(room = %room.id, namespace = %room.namespace, "room made");
            view(&room, 0, Newest::default(), at)
        });
        if result.is_ok() {
            self.open_room(room, place, at.hub);
        } else {
            self.give_back_room_made(place.as_ref());
        }
        match tell {
            Some(tell) => drop(tell.send(result)),
            None => self.first_room_came(),
        }
    }

    /// Adds a living room.
    pub(super) fn open_room(&mut self, room: Room, place: Option<RoomPlace>, now: HubTime) {
        self.channels.opened(&room.namespace);
        if !room.lasts() {
            self.agenda.insert((room.expires(), Due::Expiry(room.id)));
        }
        self.codes.insert(room.code, room.id);
        let room = Room { mode: room.mode.at(now), ..room };
        self.expect_end_of_mode(room.id, room.mode);
        let live = LiveRoom {
            people: Presence::default(),
            joining: std::collections::HashMap::new(),
            notices: Notices::default(),
            listed: Listed::default(),
            heard: now,
            newest: Newest::default(),
            ages: MessageAges::default(),
            wall: RoomWall::default(),
            remembered: Seq(0),
            reacted: std::collections::BTreeMap::new(),
            is_ending: false,
            place,
            room,
        };
        self.rooms.insert(live.room.id, live);
    }

    /// Ends an expired room: its people are told, and nothing can be said in it any more.
    pub(super) fn expire(&mut self, room: RoomId, at: Moment) {
        if self.close_room(room, WhyClosed::Expired) {
            tracing::info!(%room, "room expired");
            // Stores the hub's time, so that the room stays ended if the hub restarts right now.
            self.write(Write::Mark(at), Then::Nothing);
            self.keep_open(at);
        }
    }

    /// Removes a living room and tells its people why. Returns whether it lived.
    pub(super) fn close_room(&mut self, room: RoomId, why: WhyClosed) -> bool {
        let Some(mut live) = self.rooms.remove(&room) else {
            return false;
        };
        self.removals += 1;
        self.codes.remove(&live.room.code);
        self.forget_announcements(room);
        self.forget_polls(room);
        self.forget_prepared(room);
        self.channels.closed(&live.room.namespace);
        if why != WhyClosed::Deleted {
            self.remember_over(room);
        }
        let event = RoomEvent::Closed { room, why };
        self.broadcast(live.people.audience(), event);
        true
    }

    /// Lists the living rooms, oldest first.
    pub(super) fn list(&self, at: Moment) -> Vec<RoomView> {
        let living = self.rooms.values().filter(|live| !live.room.is_expired(at.hub));
        let mut rooms: Vec<RoomView> = living.map(|live| live_view(live, at)).collect();
        rooms.sort_unstable_by_key(|view| (view.room.created, view.room.id));
        rooms
    }

    /// Returns a living room.
    pub(super) fn live_view(&self, room: RoomId, at: Moment) -> Result<RoomView, Refusal> {
        self.live(room).map(|live| live_view(live, at))
    }

    /// Returns the living room with this code.
    pub(super) fn view_by_code(&self, code: Code, at: Moment) -> Result<RoomView, Refusal> {
        let room = self.codes.get(&code).ok_or(Refusal::NoSuchRoom)?;
        self.live_view(*room, at)
    }

    /// Decides a password check.
    pub(super) fn check(
        &mut self,
        caller: Caller,
        room: RoomId,
        password: Option<Password>,
        tell: Responder<bool>,
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
        if let Err(refusal) = self.take_guess(room, caller.peer, now) {
            return drop(tell.send(Err(refusal)));
        }
        let purpose = Purpose::Check { caller, room, tell };
        self.enqueue_password(Job::Verify { password, hash }, purpose);
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

    /// Goes on with a check once the password is verified.
    pub(super) fn check_verified(
        &mut self,
        caller: Caller,
        room: RoomId,
        tell: Responder<bool>,
        right: bool,
        now: HubTime,
    ) {
        if right {
            self.give_back_guess(room, caller.peer);
            if caller.identity.is_some() || self.settings.bridge.is_some() {
                let grant = self.access_grants.grant(room, caller, now);
                // The other hubs have to know before the caller does, who may join through any of them.
                if self.run.is_some() {
                    return self.write(Write::Grant(grant), Then::Granted(tell));
                }
            }
        }
        drop(tell.send(Ok(right)));
    }

    /// Whether a chatter is present in a room or in their grace.
    pub(super) fn is_present(&self, room: RoomId, chatter: ChatterId) -> bool {
        self.rooms.get(&room).is_some_and(|live| live.people.get(chatter).is_some())
    }

    /// Whether a caller without a token, from this address, counts as this chatter: somebody at the address is
    /// connected as the chatter, or was until a short time ago. This also applies to expired rooms, whose messages
    /// can still be read.
    pub(super) fn holds(
        &self,
        peer: IpAddr,
        room: RoomId,
        chatter: ChatterId,
        now: HubTime,
    ) -> bool {
        if self.settings.bridge.is_none() {
            return false;
        }
        let peers = self.peers_of(room, chatter);
        if peers.is_empty() {
            return self.bridge.was_at((room, chatter), peer, now);
        }
        peers.contains(&peer)
    }

    /// The addresses from which a chatter is connected to a room.
    fn peers_of(&self, room: RoomId, chatter: ChatterId) -> Vec<IpAddr> {
        match self.rooms.get(&room) {
            Some(live) => {
                let conns = live.people.conns_of(chatter).iter();
                conns.filter_map(|conn| Some(self.conns.get(conn)?.who.peer)).collect()
            }
            None => {
                let is_in = |conn: &&Conn| conn.rooms.get(&room) == Some(&chatter);
                self.conns.values().filter(is_in).map(|conn| conn.who.peer).collect()
            }
        }
    }
}

/// A room's name in the log of the host's actions.
pub(super) fn named(room: &Room) -> String {
    format!("{} {:?}", room.code, room.title.as_str())
}

fn live_view(live: &LiveRoom, at: Moment) -> RoomView {
    view(&live.room, live.people.count(), live.newest, at)
}

fn view(room: &Room, present: usize, newest: Newest, at: Moment) -> RoomView {
    let (is_expired, expires_at) = (room.is_expired(at.hub), at.wall_at(room.expires()));
    let mode_until = room.mode.until.map(|until| at.wall_at(until));
    let room = room.clone();
    RoomView { room, present, newest: Some(newest), is_expired, expires_at, mode_until }
}
