//! The hub's state and its decisions: commands, commits and time go in, effects come out.
//!
//! Nothing here waits or does I/O, so every step is one decision, and a run of steps can be
//! replayed. What a decision leads to is an [`Effect`]; [`super::run`] carries them out in order.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use super::admission::Admissions;
use super::bridge::BridgeMemory;
use super::channels::Channels;
use super::command::{
    Answer, Call, Command, ConnInfo, Entry, Event, Facts, NewRoom, Output, Reply, Responder,
    RoomEvent, RoomView,
};
use super::host::{Banning, Ending, Shutting};
use super::names::Claim;
use super::open::FirstRoom;
use super::passwords::{PasswordWork, WAITING_MAX};
use super::places::Entrant;
use super::rate_limits::RateLimits;
use super::roster::Listed;
use crate::domain::chatter::Chatter;
use crate::domain::code::Code;
use crate::domain::fair::FairQueue;
use crate::domain::ids::{ChatterId, ConnId, Epoch, HubId, IdentityId, RoomId, Seq};
use crate::domain::language::Language;
use crate::domain::limits::Limits;
use crate::domain::names::OwnNames;
use crate::domain::notices::Notices;
use crate::domain::presence::Presence;
use crate::domain::quota::{Quota, QuotaGuard};
use crate::domain::refusal::Refusal;
use crate::domain::room::Room;
use crate::domain::text::Password;
use crate::domain::throttle::Throttle;
use crate::domain::time::HubTime;
use crate::store::{Ban, Completed, Moment, Past, Write, Written};

/// How long the places of those who were present are kept when the hub starts again.
const RETURN: Duration = Duration::from_secs(20);

/// How often the hub's own time is written down while nothing else is.
const MARK: Duration = Duration::from_secs(300);

/// How many rooms that expired in this run are remembered as such.
const OVER_MAX: usize = 1_024;

/// Most rooms and addresses whose guesses are counted at once.
const THROTTLES: usize = 10_000;

/// What a host decides about the hub.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// The language of notices, refusals and nicknames.
    pub language: Language,
    /// Most living rooms.
    pub rooms_max: usize,
    /// How long a room lives.
    pub lifetime: Duration,
    /// Up to how many people a room is told of everyone.
    pub roster_limit: usize,
    /// For how long a caller without a token counts as whoever was the last to be connected from the same
    /// address, after that connection went; nothing where they never do.
    pub bridge: Option<Duration>,
    /// How much anyone may do.
    pub limits: Limits,
}

/// Where fresh identifiers come from.
pub(super) type Random = Box<dyn FnMut() -> [u8; 16] + Send>;

/// What a decision leads to.
#[derive(Debug)]
pub(super) enum Effect {
    /// Commit this, and come back with what became of it.
    Write(Write, Then),
    /// Responder connections.
    Output(Output),
}

/// What to do once a write is committed.
#[derive(Debug)]
pub(super) enum Then {
    Nothing,
    Pong(Responder<()>),
    Made(Room, Option<RoomPlace>, Option<Responder<RoomView>>),
    Looked(JoinRequest),
    Joined(Joining, Reply),
    Said(Option<Reply>),
    Left(RoomId),
    Renamed(Asker, Claim),
    RoomEnded(Ending),
    Kicked(ChatterId, Responder<()>),
    Banned(Banning),
    Unbanned(ChatterId, Responder<()>),
    Shut(Shutting),
    TakenBack(RoomId, Responder<usize>),
}

/// A join that is being committed.
#[derive(Debug)]
pub(super) struct Joining {
    pub(super) conn: ConnId,
    pub(super) stay: u64,
    pub(super) room: RoomId,
    pub(super) identity: IdentityId,
    /// On the name they get if they are new.
    pub(super) claim: Claim,
}

/// Who asked for another name.
#[derive(Debug)]
pub(super) enum Asker {
    Socket(Reply),
    Call(Responder<Chatter>),
    /// The hub itself, to tell two apart.
    Hub,
}

/// A room's place, given back when the room is gone or did not come to be.
pub(super) type RoomPlace = QuotaGuard<IpAddr>;

/// A room that is being made, and its place.
#[derive(Debug)]
pub(super) struct Making {
    pub(super) room: NewRoom,
    pub(super) place: Option<RoomPlace>,
}

/// Somebody at the door.
#[derive(Debug)]
pub(super) struct JoinRequest {
    pub(super) conn: ConnId,
    pub(super) peer: IpAddr,
    /// The connection's stay in which they asked.
    pub(super) stay: u64,
    pub(super) room: RoomId,
    pub(super) wanted: Option<ChatterId>,
    pub(super) password: Option<Password>,
    pub(super) after: Option<Seq>,
    pub(super) epoch: Option<Epoch>,
    pub(super) reply: Reply,
}

/// A room that lives.
#[derive(Debug)]
pub(super) struct LiveRoom {
    pub(super) room: Room,
    pub(super) people: Presence,
    /// Those whose join is being committed: they have a place already.
    pub(super) joining: HashMap<IdentityId, Entrant>,
    pub(super) notices: Notices,
    pub(super) listed: Listed,
    /// When something was last told in it.
    pub(super) heard: HubTime,
    /// Its place among the rooms that may live; with whoever made it in this run.
    pub(super) place: Option<RoomPlace>,
}

/// A connection.
#[derive(Debug)]
pub(super) struct Conn {
    pub(super) who: ConnInfo,
    pub(super) rooms: HashMap<RoomId, ChatterId>,
    /// How often they have left all rooms: a join from before a leaving does not outlive it.
    pub(super) stay: u64,
    /// Since when they are known to be in no room.
    pub(super) roomless: Option<HubTime>,
}

/// What is due at some time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Due {
    Grace(RoomId, ChatterId),
    Expiry(RoomId),
    Notices(RoomId),
    Mark,
}

/// The hub.
pub(super) struct Hub {
    pub(super) id: HubId,
    pub(super) settings: Settings,
    pub(super) rooms: HashMap<RoomId, LiveRoom>,
    pub(super) codes: HashMap<Code, RoomId>,
    /// What the hub itself is called.
    pub(super) own_names: OwnNames,
    /// The room that is made whenever none is open to everybody, if the host wants that.
    pub(super) first_room: Option<FirstRoom>,
    /// Rooms that expired in this run, the last of them at the end.
    pub(super) over: VecDeque<RoomId>,
    pub(super) conns: HashMap<ConnId, Conn>,
    pub(super) agenda: BTreeSet<(HubTime, Due)>,
    /// Who may not come in, by the chatter as whom they were banned.
    pub(super) bans: HashMap<ChatterId, Ban>,
    pub(super) admissions: Admissions,
    pub(super) rate_limits: RateLimits,
    pub(super) bridge: BridgeMemory,
    pub(super) guesses: Throttle<(RoomId, IpAddr)>,
    pub(super) room_guesses: Throttle<RoomId>,
    /// Passwords that wait for Argon2, by the address that asked; the host's have none.
    pub(super) passwords: FairQueue<Option<IpAddr>, PasswordWork>,
    pub(super) renames: Throttle<ChatterId>,
    pub(super) rooms_made: Throttle<IpAddr>,
    /// The namespaces of the living rooms.
    pub(super) channels: Channels,
    /// The living rooms and those being made, by where they are made from.
    pub(super) places: Quota<IpAddr>,
    pub(super) random: Random,
    pub(super) effects: VecDeque<Effect>,
    /// When this run began.
    started: HubTime,
}

impl Hub {
    /// A hub that goes on from its past.
    pub(super) fn new(settings: Settings, past: Past, random: Random, now: HubTime) -> Self {
        let mut hub = Self {
            id: past.hub,
            settings,
            rooms: HashMap::new(),
            codes: HashMap::new(),
            own_names: OwnNames::default(),
            first_room: None,
            over: VecDeque::new(),
            conns: HashMap::new(),
            agenda: BTreeSet::from([(now.after(MARK), Due::Mark)]),
            bans: past.bans.into_iter().map(|ban| (ban.chatter, ban)).collect(),
            admissions: Admissions::default(),
            rate_limits: RateLimits::new(&settings.limits),
            bridge: BridgeMemory::default(),
            guesses: Throttle::new(settings.limits.guesses, THROTTLES),
            room_guesses: Throttle::new(settings.limits.room_guesses, THROTTLES),
            passwords: FairQueue::new(settings.limits.passwords_each, WAITING_MAX),
            renames: Throttle::new(settings.limits.renames, THROTTLES),
            rooms_made: Throttle::new(settings.limits.rooms_made, THROTTLES),
            channels: Channels::default(),
            places: Quota::new(settings.limits.rooms_each, settings.rooms_max),
            random,
            effects: VecDeque::new(),
            started: now,
        };
        for room in past.rooms {
            // More than the host lets now may live on from before; the host's own take no place.
            let place = (!room.by_host).then(|| hub.places.take(None).ok()).flatten();
            hub.open_room(room, place, now);
        }
        let until = now.after(RETURN);
        for member in past.present {
            if let Some(live) = hub.rooms.get_mut(&member.room) {
                hub.agenda.insert((until, Due::Grace(member.room, member.chatter.id)));
                hub.rate_limits.knows(member.owner);
                live.people.expect(member.chatter, member.owner, until);
            }
        }
        hub
    }

    /// Decides one command.
    pub(super) fn command(&mut self, command: Command, at: Moment) {
        match command {
            Command::Connected(who) => {
                let conn = Conn { rooms: HashMap::new(), stay: 0, roomless: Some(at.hub), who };
                self.conns.insert(conn.who.id, conn);
            }
            Command::Gone(conn) => {
                self.leave_rooms(conn, at.hub);
                self.conns.remove(&conn);
            }
            Command::Event { conn, event, reply } => self.event(conn, event, reply, at),
            Command::Call(call) => self.call(call, at),
        }
    }

    fn event(&mut self, conn: ConnId, event: Event, reply: Reply, at: Moment) {
        match event {
            Event::Join { room, wanted, password, after, epoch } => {
                let Some(Conn { who, stay, roomless, .. }) = self.conns.get_mut(&conn) else {
                    return self.reply(reply, Err(Refusal::Unavailable));
                };
                *roomless = None;
                let (peer, stay) = (who.peer, *stay);
                let request =
                    JoinRequest { conn, peer, stay, room, wanted, password, after, epoch, reply };
                self.join(request, at);
            }
            Event::Leave => {
                self.leave_rooms(conn, at.hub);
                self.reply(reply, Ok(Answer::Done));
            }
            Event::Say { room, content, key } => self.say(conn, room, &content, key, reply, at),
            Event::Note { room, content } => self.note(conn, room, &content, reply, at),
            Event::Roster { room } => self.ask_roster(conn, room, reply, at.hub),
            Event::Rename { room, nickname } => self.rename_here(conn, room, nickname, reply, at),
            Event::Typing { room, is_typing } => self.typing(conn, room, is_typing, at.hub),
        }
    }

    fn call(&mut self, call: Call, at: Moment) {
        // A caller who has gone away meanwhile is normal: their answer is dropped.
        match call {
            Call::Rooms(tell) => drop(tell.send(Ok(self.list(at)))),
            Call::Room(room, tell) => drop(tell.send(self.live_view(room, at))),
            Call::ByCode(code, tell) => drop(tell.send(self.view_by_code(code, at))),
            Call::Create(room, tell) => self.create(room, tell, at),
            Call::Check { caller, room, password, tell } => {
                self.check(caller, room, password, tell, at.hub);
            }
            Call::IsPresent(room, chatter, tell) => {
                drop(tell.send(Ok(self.is_present(room, chatter))));
            }
            Call::Holds { peer, room, chatter, tell } => {
                drop(tell.send(Ok(self.holds(peer, room, chatter, at.hub))));
            }
            Call::Rename { caller, chatter, owner, nickname, tell } => {
                self.rename_by_call(caller, (chatter, owner), nickname, tell, at);
            }
            Call::Roster { room, skip, most, tell } => {
                drop(tell.send(self.roster_page(room, skip, most)));
            }
            Call::People(tell) => drop(tell.send(Ok(self.present()))),
            Call::EndRoom { room, deleted, tell } => self.end_room(room, deleted, tell, at),
            Call::Shut { room, is_shut, tell } => self.shut(room, is_shut, tell, at),
            Call::TakeBack { room, seqs, tell } => self.take_back(room, seqs, tell, at),
            Call::Welcome(caller, tell) => drop(tell.send(self.welcome(caller, at.hub))),
            Call::Kick(chatter, tell) => self.kick(chatter, tell, at),
            Call::Ban { chatter, identity, address_for, tell } => {
                self.ban(&chatter, identity, address_for, tell, at);
            }
            Call::Unban(chatter, tell) => self.unban(chatter, tell, at),
            Call::Bans(tell) => drop(tell.send(Ok(self.bans.values().cloned().collect()))),
            Call::Facts(tell) => drop(tell.send(Ok(self.facts(at)))),
            Call::LetGo(patience, tell) => drop(tell.send(Ok(self.let_go(patience, at.hub)))),
            Call::Ping(tell) => self.write(Write::Ping, Then::Pong(tell)),
        }
    }

    /// Goes on with what was committed or refused by the store.
    pub(super) fn ended(&mut self, (then, result): Completed<Then>, at: Moment) {
        match then {
            Then::Nothing => {}
            Then::Pong(tell) => drop(tell.send(result.map(|_| ()))),
            Then::Made(room, place, tell) => {
                self.room_made(room, place, tell, result.map(|_| ()), at);
            }
            Then::Looked(request) => self.looked(request, result, at),
            Then::Joined(joining, reply) => self.joined(joining, reply, result, at),
            Then::Said(reply) => self.said(reply, result, at.hub),
            Then::Left(room) => self.has_left(room, result, at.hub),
            Then::Renamed(asker, claim) => self.renamed(asker, &claim, result, at.hub),
            Then::Shut(shutting) => self.has_shut(shutting, result.map(|_| ())),
            Then::TakenBack(room, tell) => self.taken_back(room, tell, result),
            Then::Banned(banning) => self.banned(banning, result.map(|_| ()), at),
            Then::Unbanned(chatter, tell) => self.unbanned(chatter, tell, result.map(|_| ())),
            Then::RoomEnded(ending) => {
                self.room_ended(ending, result.map(|_| ()));
                self.keep_open(at);
            }
            Then::Kicked(chatter, tell) => self.kicked(chatter, tell, result.map(|_| ()), at),
        }
    }

    /// Does what is due by now.
    pub(super) fn tick(&mut self, at: Moment) {
        while let Some(&(time, due)) = self.agenda.first() {
            if time > at.hub {
                break;
            }
            self.agenda.pop_first();
            match due {
                Due::Grace(room, chatter) => self.grace_over(room, chatter, at),
                Due::Expiry(room) => self.expire(room, at),
                Due::Notices(room) => self.notices_due(room, at),
                Due::Mark => {
                    self.forget(at.hub);
                    self.agenda.insert((at.hub.after(MARK), Due::Mark));
                    self.write(Write::Mark(at), Then::Nothing);
                    self.keep_open(at);
                }
            }
        }
    }

    /// Forgets what counts for nobody any more.
    fn forget(&mut self, now: HubTime) {
        self.bridge.expire(now);
        self.admissions.expire(now);
        self.guesses.expire(now);
        self.room_guesses.expire(now);
        self.renames.expire(now);
        self.rooms_made.expire(now);
    }

    /// When something is due next.
    pub(super) fn next_due(&self) -> Option<HubTime> {
        self.agenda.first().map(|(time, _)| *time)
    }

    fn facts(&self, at: Moment) -> Facts {
        Facts {
            hub: self.id,
            rooms: self.rooms.len(),
            people: self.rooms.values().map(|live| live.people.count()).sum(),
            uptime: at.hub.since(self.started),
        }
    }

    /// The living room that this connection may use: one of its own namespace.
    pub(super) fn room_for(&self, conn: &Conn, room: RoomId) -> Result<&LiveRoom, Refusal> {
        let live = self.live(room)?;
        let namespace = Some(&live.room.namespace);
        if conn.who.namespace.as_ref() == namespace { Ok(live) } else { Err(Refusal::NoSuchRoom) }
    }

    /// A living room, or why there is none.
    pub(super) fn live(&self, room: RoomId) -> Result<&LiveRoom, Refusal> {
        self.rooms.get(&room).ok_or_else(|| self.missing(room))
    }

    fn missing(&self, room: RoomId) -> Refusal {
        if self.over.contains(&room) { Refusal::Expired } else { Refusal::NoSuchRoom }
    }

    /// Remembers that a room's time is over.
    pub(super) fn remember_over(&mut self, room: RoomId) {
        if self.over.len() == OVER_MAX {
            self.over.pop_front();
        }
        self.over.push_back(room);
    }

    pub(super) fn reply(&mut self, reply: Reply, answer: Result<Answer, Refusal>) {
        self.effects.push_back(Effect::Output(Output::Reply(reply, answer)));
    }

    /// Sends an event to these connections.
    pub(super) fn broadcast(&mut self, to: Arc<[ConnId]>, event: RoomEvent) {
        self.effects.push_back(Effect::Output(Output::Broadcast { to, except: None, event }));
    }

    /// Sends an event to these connections but for one.
    pub(super) fn broadcast_except(&mut self, to: Arc<[ConnId]>, except: ConnId, event: RoomEvent) {
        let except = Some(except);
        self.effects.push_back(Effect::Output(Output::Broadcast { to, except, event }));
    }

    /// Commits a write; `then` goes on with its result.
    pub(super) fn write(&mut self, write: Write, then: Then) {
        self.effects.push_back(Effect::Write(write, then));
    }
}

/// The entry that a committed join becomes.
pub(super) fn entry(joined: crate::store::Joined, room: RoomView) -> Answer {
    Answer::Joined(Box::new(Entry { chatter: joined.chatter, room, history: joined.history }))
}

/// What the store answered, where it can only be one thing.
pub(super) fn unexpected(written: &Written) -> Refusal {
    tracing::error!(?written, "the store answered something else than was asked");
    Refusal::Unavailable
}
