//! The hub's state and its decisions: commands, commits and time go in, effects come out.
//!
//! Nothing here waits or does I/O, so every step is one decision, and a sequence of steps can be replayed. A
//! decision leads to [`Effect`]s, which [`super::run`] carries out in order.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use super::access_grants::AccessGrants;
use super::bridge::BridgeMemory;
use super::channels::Channels;
use super::command::{
    AnnouncementView, Answer, Command, Entry, Event, Facts, MuteNotice, NewRoom, Output, PollView,
    Reply, Responder, RoomEvent, RoomView,
};
use super::conn::Conn;
use super::former_names::FormerNames;
use super::host_keys::key_used;
use super::join::JoinRequest;
use super::mutes::Mutes;
use super::open::FirstRoom;
use super::passwords::{PasswordWork, WAITING_MAX};
use super::places::Entrant;
use super::polls::KnownPoll;
use super::rate_limits::RateLimits;
use super::roster::Listed;
use super::say::NewMessage;
pub(super) use super::then::{RenameSource, Then};
use crate::domain::announcement::Announcement;
use crate::domain::code::Code;
use crate::domain::event_settings::EventSettings;
use crate::domain::fair::FairQueue;
use crate::domain::host::HostName;
use crate::domain::ids::{
    AnnouncementId, ChatterId, ConnId, HubId, IdentityId, PollId, RoomId, RunId, Seq,
};
use crate::domain::language::Language;
use crate::domain::limits::Limits;
use crate::domain::names::OwnNames;
use crate::domain::notices::Notices;
use crate::domain::pace::LastMinute;
use crate::domain::poll::PreparedPoll;
use crate::domain::presence::Presence;
use crate::domain::quota::{Quota, QuotaGuard};
use crate::domain::reactions::Reacted;
use crate::domain::refusal::Refusal;
use crate::domain::room::ages::MessageAges;
use crate::domain::room::wall::RoomWall;
use crate::domain::room::{History, Newest, Room};
use crate::domain::throttle::Throttle;
use crate::domain::time::HubTime;
use crate::store::{Ban, Completed, Moment, Past, Write, Written};

/// How often the hub's time is stored while nothing else is written.
const MARK: Duration = Duration::from_secs(300);

/// How many of the rooms that have expired in this run are remembered.
const OVER_MAX: usize = 1_024;

/// The most keys that a throttle tracks at once.
const THROTTLES: usize = 10_000;

/// The settings of the hub.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// The language of notices, refusals and nicknames.
    pub language: Language,
    /// The most living rooms.
    pub rooms_max: usize,
    /// How long a room lives.
    pub lifetime: Duration,
    /// Where people who join a room of the hub or the host begin to read it.
    pub history: History,
    /// How long people can take back a message of their own. Zero turns that off.
    pub take_back: Duration,
    /// Up to this many people, a room gets full rosters and every notice.
    pub roster_limit: usize,
    /// How long a caller without a token counts as the last person who was connected from the same address; see
    /// `bridge`. `None` turns the bridge off.
    pub bridge: Option<Duration>,
    /// The limits in force.
    pub limits: Limits,
}

/// Returns random bytes, for ids.
pub(super) type Random = Box<dyn FnMut() -> [u8; 16] + Send>;

/// An effect of a decision.
#[derive(Debug)]
pub(super) enum Effect {
    /// Commit a write, and go on with its result as `Then` says.
    Write(Write, Then),
    /// Send something to connections.
    Output(Output),
    /// Pass on the event's settings, then answer the host who has changed them.
    Event(EventSettings, Option<Responder<()>>),
    /// Tell the other hubs that somebody is typing, or has stopped.
    Typing(RoomId, ChatterId, bool),
}

/// A room's place in the quota of rooms, given back when the room has ended or could not be created.
pub(super) type RoomPlace = QuotaGuard<IpAddr>;

/// A room that is being created, and its place in the quota.
#[derive(Debug)]
pub(super) struct Making {
    pub(super) room: NewRoom,
    pub(super) place: Option<RoomPlace>,
}

/// A living room.
#[derive(Debug)]
pub(super) struct LiveRoom {
    pub(super) room: Room,
    pub(super) people: Presence,
    /// The people whose join is being committed: they have a place already.
    pub(super) joining: HashMap<IdentityId, Entrant>,
    pub(super) notices: Notices,
    pub(super) listed: Listed,
    /// When its last message or notice was sent.
    pub(super) heard: HubTime,
    pub(super) newest: Newest,
    /// How old its newest messages are.
    pub(super) ages: MessageAges,
    pub(super) wall: RoomWall,
    /// The newest message on its wall when the hub's time was last stored for that.
    pub(super) remembered: Seq,
    /// Reactions that its people have not been told of yet, by the message.
    pub(super) reacted: BTreeMap<Seq, Reacted>,
    /// Whether its end is being committed, since it was empty and silent. Its place is free already.
    pub(super) is_ending: bool,
    /// Its place in the quota of rooms, which counts for the creator's address if it was created in this run.
    pub(super) place: Option<RoomPlace>,
}

/// Something that is due at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Due {
    Grace(RoomId, ChatterId),
    Expiry(RoomId),
    Mode(RoomId),
    Notices(RoomId),
    Reactions(RoomId),
    Name(RoomId, ChatterId),
    Mute(IdentityId),
    Announcement(AnnouncementId),
    Poll(PollId),
    PollNews(PollId),
    Mark,
}

/// The hub.
pub(super) struct Hub {
    pub(super) id: HubId,
    pub(super) settings: Settings,
    pub(super) rooms: HashMap<RoomId, LiveRoom>,
    pub(super) codes: HashMap<Code, RoomId>,
    /// The hub's own names.
    pub(super) own_names: OwnNames,
    /// The room that is created whenever none is open to everybody, if the host wants that.
    pub(super) first_room: Option<FirstRoom>,
    /// Rooms that have expired in this run, the last one at the end.
    pub(super) over: VecDeque<RoomId>,
    pub(super) conns: HashMap<ConnId, Conn>,
    pub(super) agenda: BTreeSet<(HubTime, Due)>,
    /// The bans, by the chatter who was banned.
    pub(super) bans: HashMap<ChatterId, Ban>,
    /// Bans that are being committed. They are in force already.
    pub(super) bans_coming: Vec<Ban>,
    pub(super) mutes: Mutes,
    /// The announcements that are shown, the oldest first.
    pub(super) announcements: Vec<Announcement>,
    /// The open polls, and closed ones of living rooms, the oldest first.
    pub(super) polls: Vec<KnownPoll>,
    /// The polls that are prepared, in their order.
    pub(super) prepared: Vec<PreparedPoll>,
    pub(super) event_settings: EventSettings,
    pub(super) access_grants: AccessGrants,
    pub(super) rate_limits: RateLimits,
    pub(super) bridge: BridgeMemory,
    pub(super) guesses: Throttle<(RoomId, IpAddr)>,
    pub(super) room_guesses: Throttle<RoomId>,
    /// Passwords that wait for Argon2, by the address that asked; `None` for the host's.
    pub(super) passwords: FairQueue<Option<IpAddr>, PasswordWork>,
    pub(super) renames: Throttle<ChatterId>,
    pub(super) rooms_made: Throttle<IpAddr>,
    /// The namespaces of the living rooms.
    pub(super) channels: Channels,
    /// The quota of rooms, by the creator's address.
    pub(super) places: Quota<IpAddr>,
    pub(super) random: Random,
    pub(super) effects: VecDeque<Effect>,
    /// Counts the messages of people in all rooms.
    pub(super) said_lately: LastMinute,
    /// How many messages were taken back and how many rooms ended in this run. A list of messages that was read at the same
    /// number shows nothing that is gone.
    pub(super) removals: u64,
    /// The holder of the key with which the present call was signed.
    pub(super) acting: Option<HostName>,
    /// This run, if several hubs share the store.
    pub(super) run: Option<RunId>,
    pub(super) former_names: FormerNames,
    /// When the hub's time was last stored for a wall.
    pub(super) shown_at: Option<HubTime>,
    /// When this run began.
    started: HubTime,
}

impl Hub {
    /// A hub that continues from the stored state.
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
            bans: HashMap::new(),
            bans_coming: Vec::new(),
            mutes: Mutes::default(),
            announcements: Vec::new(),
            polls: Vec::new(),
            prepared: Vec::new(),
            event_settings: EventSettings::default(),
            access_grants: AccessGrants::default(),
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
            said_lately: LastMinute::default(),
            removals: 0,
            acting: None,
            run: past.run,
            former_names: FormerNames::default(),
            shown_at: None,
            started: now,
        };
        hub.go_on_from(past, now);
        hub
    }

    /// Decides one command.
    pub(super) fn command(&mut self, command: Command, at: Moment) {
        match command {
            Command::Connected(who) => {
                let conn = Conn::new(who, at.hub);
                self.conns.insert(conn.who.id, conn);
            }
            Command::Gone(conn) => {
                self.leave_rooms(conn, at.hub);
                self.conns.remove(&conn);
            }
            Command::Event { conn, event, reply } => self.event(conn, event, reply, at),
            Command::Call(call) => self.call(call, at),
            Command::Configure(configuration) => self.configure(*configuration, at),
        }
    }

    fn event(&mut self, conn: ConnId, event: Event, reply: Reply, at: Moment) {
        match event {
            Event::Join { room, wanted, password, after, epoch, reactions_after } => {
                let Some(Conn { who, stay, roomless, .. }) = self.conns.get_mut(&conn) else {
                    return self.reply(reply, Err(Refusal::Unavailable));
                };
                *roomless = None;
                let (peer, stay) = (who.peer, *stay);
                let request = JoinRequest {
                    conn,
                    peer,
                    stay,
                    room,
                    wanted,
                    password,
                    after,
                    epoch,
                    reactions_after,
                    reply,
                };
                self.join(request, at);
            }
            Event::Leave { room } => {
                match room {
                    Some(room) => self.leave_one(conn, room, at.hub),
                    None => self.leave_rooms(conn, at.hub),
                }
                self.reply(reply, Ok(Answer::Done));
            }
            Event::Say { room, content, key, reply_to, mentions, is_question } => {
                let message = NewMessage { room, content, key, reply_to, mentions, is_question };
                self.say(conn, message, reply, at);
            }
            Event::React { room, seq, emoji, is_on } => {
                self.react(conn, (room, seq), (emoji, is_on), reply, at);
            }
            Event::Vote { room, seq, is_on } => self.vote(conn, (room, seq), is_on, reply, at),
            Event::VotePoll { poll, choices } => self.vote_poll(conn, (poll, choices), reply, at),
            Event::TakeBack { room, seq } => self.take_back_own(conn, (room, seq), reply, at),
            Event::Report(report) => self.report(conn, report, reply, at),
            Event::Note { room, content } => self.note(conn, room, &content, reply, at),
            Event::Roster { room } => self.ask_roster(conn, room, reply, at.hub),
            Event::Rename { room, nickname } => self.rename_here(conn, room, nickname, reply, at),
            Event::Typing { room, is_typing } => self.typing(conn, room, is_typing, at.hub),
        }
    }

    /// Goes on with a write that the store has committed or refused.
    pub(super) fn ended(&mut self, (then, result): Completed<Then>, at: Moment) {
        // Before its author is taken out of the room.
        if let Ok(Written::QuestionsDropped(dropped)) = &result {
            dropped.iter().for_each(|one| self.tell_dropped(one.clone()));
        }
        match then {
            Then::Nothing => {}
            Then::Pong(tell) => drop(tell.send(result.map(|_| ()))),
            Then::Made(room, place, tell) => {
                self.room_made(*room, place, tell, result.map(|_| ()), at);
            }
            Then::Looked(request) => self.looked(request, result, at),
            Then::Joined(joining, reply) => self.joined(joining, reply, result, at),
            Then::Said(room, reply) => self.said((room, reply), result, at.hub),
            Then::Left(leaving) => self.has_left(leaving, result, at.hub),
            // Even if the other hubs could not be told, the caller may try to join.
            Then::Granted(tell) => drop(tell.send(Ok(true))),
            Then::Renamed(asker, claim) => self.renamed(asker, &claim, result, at.hub),
            Then::ModeSet(setting) => self.mode_set(setting, result.map(|_| ()), at.hub),
            Then::Edited(edited) => self.edited(edited, result.map(|_| ()), at),
            Then::WallSet(room, tell) => self.wall_set(room, tell, result, at),
            Then::HistorySet(room, history, tell) => {
                self.history_set((room, history), tell, result.map(|_| ()));
            }
            Then::KeyUsed(tell) => drop(tell.send(result.and_then(key_used))),
            Then::KeyChanged(tell) => drop(tell.send(result.map(|_| ()))),
            Then::TakenBack(room, tell) => self.taken_back(room, tell, result),
            Then::Reacted(room, reply) => self.reacted(room, reply, result, at.hub),
            Then::Answered(room, tell) => self.answered(room, tell, result, at.hub),
            Then::TakenBackOwn(room, reply) => self.taken_back_own(room, reply, result),
            Then::Reported(place, reply) => self.reported(place, reply, result),
            Then::ReportDone(tell) => drop(tell.send(result.map(|_| ()))),
            Then::Dropped(tell) => drop(tell.send(result.map(|_| ()))),
            Then::HostSaid(tell) => self.host_said(tell, result, at.hub),
            Then::Announced(announcement, tell) => {
                self.has_announced(announcement, tell, result, at);
            }
            Then::TakenDown(id, tell) => self.taken_down(id, tell, result.map(|_| ())),
            Then::PollMade(poll, tell) => self.poll_made(*poll, tell, result, at),
            Then::Prepared(prepare, tell) => {
                self.has_prepared(prepare, tell, result.map(|_| ()));
            }
            Then::PollVoted(voting) => self.voted(voting, result, at),
            Then::PollClosed(id, tell) => self.poll_closed(id, tell, result, at),
            Then::EventSet(setting) => self.event_set(setting, result.map(|_| ())),
            Then::Banned(banning) => self.banned(banning, result.map(|_| ()), at),
            Then::Unbanned(chatter, tell) => self.unbanned(chatter, tell, result.map(|_| ())),
            Then::Muted(muting) => self.muted(muting, result.map(|_| ()), at),
            Then::Unmuted(identity, tell) => {
                self.unmuted(identity, tell, result.map(|_| ()), at);
            }
            Then::RenamedByHost(claim, tell) => self.renamed_by_host(&claim, tell, result, at.hub),
            Then::GaveUp(room) => self.gave_up(room, result.is_ok(), at),
            Then::RoomEnded(ending) => {
                self.room_ended(ending, result.map(|_| ()));
                self.keep_open(at);
            }
            Then::Kicked(chatter, tell) => self.kicked(chatter, tell, result.map(|_| ()), at),
        }
    }

    /// Handles what is due by now.
    pub(super) fn tick(&mut self, at: Moment) {
        while let Some(&(time, due)) = self.agenda.first() {
            if time > at.hub {
                break;
            }
            self.agenda.pop_first();
            match due {
                Due::Grace(room, chatter) => self.grace_over(room, chatter, at),
                Due::Expiry(room) => self.expire(room, at),
                Due::Mode(room) => self.mode_over(room, at.hub),
                Due::Notices(room) => self.notices_due(room, at),
                Due::Reactions(room) => self.reactions_due(room),
                Due::Mute(identity) => self.mute_over(identity, at),
                Due::Poll(id) => self.poll_over(id, at),
                Due::PollNews(id) => self.poll_news(id, at),
                Due::Announcement(id) => self.announcement_over(id, at.hub),
                Due::Name(room, chatter) => self.tell_apart_again(room, chatter, at),
                Due::Mark => {
                    self.forget(at.hub);
                    self.agenda.insert((at.hub.after(MARK), Due::Mark));
                    self.write(Write::Mark(at), Then::Nothing);
                    self.keep_open(at);
                }
            }
        }
    }

    /// Forgets expired grants, and counts that no longer matter.
    fn forget(&mut self, now: HubTime) {
        self.bridge.expire(now);
        self.access_grants.expire(now);
        self.guesses.expire(now);
        self.room_guesses.expire(now);
        self.renames.expire(now);
        self.rooms_made.expire(now);
    }

    /// When something is due next.
    pub(super) fn next_due(&self) -> Option<HubTime> {
        self.agenda.first().map(|(time, _)| *time)
    }

    pub(super) fn facts(&self, at: Moment) -> Facts {
        Facts {
            hub: self.id,
            rooms: self.rooms.len(),
            people: self.rooms.values().map(|live| live.people.count()).sum(),
            said: self.said_lately.count(at.hub),
            removals: self.removals,
            uptime: at.hub.since(self.started),
        }
    }

    /// The living room with this id, if it is in the connection's namespace.
    pub(super) fn room_for(&self, conn: &Conn, room: RoomId) -> Result<&LiveRoom, Refusal> {
        let live = self.live(room)?;
        let namespace = Some(&live.room.namespace);
        if conn.who.namespace.as_ref() == namespace { Ok(live) } else { Err(Refusal::NoSuchRoom) }
    }

    /// The living room with this id. The refusal says whether it has expired or is unknown.
    pub(super) fn live(&self, room: RoomId) -> Result<&LiveRoom, Refusal> {
        self.rooms.get(&room).ok_or_else(|| self.missing(room))
    }

    fn missing(&self, room: RoomId) -> Refusal {
        if self.over.contains(&room) { Refusal::Expired } else { Refusal::NoSuchRoom }
    }

    /// Remembers that a room has expired.
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

/// The answer to a committed join.
pub(super) fn entry(
    joined: crate::store::Joined,
    room: RoomView,
    muted: Option<MuteNotice>,
    (announcements, polls): (Vec<AnnouncementView>, Vec<PollView>),
) -> Answer {
    let (chatter, history) = (joined.chatter, joined.history);
    Answer::Joined(Box::new(Entry { chatter, room, history, muted, announcements, polls }))
}

/// The refusal for an answer of the store that does not belong to the write.
pub(super) fn unexpected(written: &Written) -> Refusal {
    tracing::error!(?written, "the store answered something else than was asked");
    Refusal::Unavailable
}
