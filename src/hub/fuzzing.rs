//! A hub of a few people in memory, and what holds of all that it answers and tells.

#![allow(clippy::panic, reason = "it is how a broken rule is told")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use super::command::{Answer, Command, ConnInfo, Event, Output, Reply, RoomEvent};
use super::passwords::{Job, PasswordResult, PasswordWork};
use super::state::{Effect, Hub, Settings};
use crate::domain::code::Code;
use crate::domain::ids::{ChatterId, ConnId, IdentityId, MessageId, PollId, RoomId, Seq};
use crate::domain::language::Language;
use crate::domain::limits::Limits;
use crate::domain::message::Message;
use crate::domain::mode::RoomMode;
use crate::domain::names::look::Look;
use crate::domain::poll::{Poll, PollForm, Results, Tally};
use crate::domain::question::Questions;
use crate::domain::refusal::Refusal;
use crate::domain::room::{History, PasswordHash, Room};
use crate::domain::text::{Content, Namespace, Title};
use crate::domain::time::{HubTime, WallTime};
use crate::store::memory::Memory;
use crate::store::{Deed, HostAct, MakePoll, Moment, Write};

/// Rooms by the byte that their ids are made of: an open one, a locked one, one in another namespace,
/// one for a single person.
const OPEN: u8 = 1;
const LOCKED: u8 = 2;
const ELSEWHERE: u8 = 3;
const SMALL: u8 = 4;

/// The password of the locked room.
const PASSWORD: &[u8] = "sésame".as_bytes();

/// The browsers of the connections `a`, `b` and `c`.
const BROWSERS: [u8; 3] = [1, 2, 1];

const LIFETIME: Duration = Duration::from_secs(3_600);

/// The hub's outputs.
#[derive(Debug)]
pub(crate) enum Observed {
    /// To who asked.
    Answer(Result<Answer, Refusal>),
    /// To a room.
    Event(RoomEvent),
}

/// The hub, its store, and what its people know of themselves.
pub(crate) struct Life {
    store: Memory,
    hub: Hub,
    now: Moment,
    answers: (Sender<Answered>, Receiver<Answered>),
    /// As whom a connection is in which room.
    joined: BTreeMap<(ConnId, RoomId), ChatterId>,
    /// Everybody who was ever admitted to the locked room.
    members: BTreeSet<u8>,
    last: (MessageId, BTreeMap<RoomId, Seq>),
}

type Answered = Result<Answer, Refusal>;

/// The part of an event that is still needed once it has been decided.
struct Asked {
    conn: ConnId,
    browser: u8,
    what: What,
}

enum What {
    Join { room: RoomId, password: Option<Vec<u8>> },
    Leave { room: Option<RoomId> },
    Say { room: RoomId, content: Content, is_note: bool },
    Rename { room: RoomId },
    Typing,
    Roster,
    TakeBack,
    React,
    VotePoll,
    Report,
}

/// The result of one step.
#[derive(Default)]
struct Came {
    answers: Vec<Result<Answer, Refusal>>,
    events: Vec<(Vec<ConnId>, RoomEvent)>,
    stored: Vec<Message>,
}

impl Life {
    pub(crate) fn new() -> Self {
        let now = Moment { hub: HubTime(1_000), wall: WallTime(1_795_000_000_000) };
        let store = Memory::new();
        // Before there are rooms, in which notices of it would stand.
        let made = store.commit([poll(now)].iter());
        assert!(made.iter().all(Result::is_ok), "{made:?}");
        let rooms = [OPEN, LOCKED, ELSEWHERE, SMALL].map(|n| Write::Room(room(n, now)));
        let made = store.commit(rooms.iter());
        assert!(made.iter().all(Result::is_ok), "{made:?}");
        let settings = Settings {
            language: Language::Ko,
            rooms_max: 10,
            lifetime: LIFETIME,
            history: History::Joined,
            take_back: Duration::from_secs(600),
            roster_limit: 50,
            bridge: Some(Duration::from_secs(600)),
            limits: Limits::EVENT,
        };
        let mut count = 0_u128;
        let random = move || {
            count += 1;
            (count.wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835)).to_le_bytes()
        };
        let mut hub = Hub::new(settings, store.past(), Box::new(random), now.hub);
        for (at, browser) in BROWSERS.into_iter().enumerate() {
            let who = ConnInfo {
                id: ConnId(at as u64),
                identity: IdentityId::from_random([browser; 16]),
                peer: [192, 168, 4, browser].into(),
                namespace: Namespace::parse("anonymous").ok(),
            };
            hub.command(Command::Connected(who), now);
        }
        let last = (MessageId(0), BTreeMap::new());
        let (joined, members) = (BTreeMap::new(), BTreeSet::new());
        Self { store, hub, now, answers: channel(), joined, members, last }
    }

    /// A connection asks for something: what it and the rooms are told.
    pub(crate) fn ask(&mut self, who: usize, event: Event) -> Vec<Observed> {
        let conn = ConnId(who as u64);
        let asked = Asked { conn, browser: BROWSERS[who], what: What::of(&event) };
        let answers = self.answers.0.clone();
        let reply = Reply::new(conn, move |answer| drop(answers.send(answer)));
        self.hub.command(Command::Event { conn, event, reply }, self.now);
        let came = self.settle();
        self.is_just(&asked, &came);
        self.is_consistent(&came);
        came.told()
    }

    /// Time passes.
    pub(crate) fn pass(&mut self, ms: u32) -> Vec<Observed> {
        self.now.hub.0 += u64::from(ms);
        self.now.wall.0 += i64::from(ms);
        self.hub.tick(self.now);
        let came = self.settle();
        assert!(came.answers.is_empty(), "nobody asked");
        self.is_consistent(&came);
        came.told()
    }

    /// All that follows from the last step, to its end.
    fn settle(&mut self) -> Came {
        let mut came = Came::default();
        while let Some(effect) = self.next_effect() {
            match effect {
                // There is no other hub, and no server above this one.
                Effect::Typing(..) | Effect::Event(..) => {}
                Effect::Write(write, then) => {
                    if let Some(result) = self.store.commit([&write].into_iter()).pop() {
                        self.hub.ended((then, result), self.now);
                    }
                }
                Effect::Output(Output::Reply(reply, answer)) => {
                    reply.give(answer);
                    came.answers.extend(self.answers.1.try_iter());
                }
                Effect::Output(Output::Broadcast { to, except, event }) => {
                    let to = to.iter().copied().filter(|conn| Some(*conn) != except).collect();
                    came.events.push((to, event));
                }
            }
        }
        let stored = self.store.messages_above(self.last.0.0);
        came.stored = stored.into_iter().map(|(message, _)| message).collect();
        came
    }

    /// The next effect; a password has its turn if there is none.
    fn next_effect(&mut self) -> Option<Effect> {
        if self.hub.effects.is_empty()
            && let Some(PasswordWork { job, purpose }) = self.hub.next_password()
        {
            let outcome = match job {
                Job::Verify { password, hash } => {
                    PasswordResult::Verified(hash.0.as_bytes() == password.as_bytes())
                }
                Job::Hash { .. } => PasswordResult::Failed,
            };
            self.hub.password_done(purpose, outcome, self.now);
        }
        self.hub.effects.pop_front()
    }

    /// The answer to an event is the one that the rules give.
    fn is_just(&mut self, asked: &Asked, came: &Came) {
        if let What::Typing = asked.what {
            assert!(came.answers.is_empty() && came.stored.is_empty());
            return;
        }
        let [answer] = came.answers.as_slice() else { panic!("answers: {:?}", came.answers) };
        let answer = match answer {
            Ok(answer) => answer,
            Err(_) => {
                assert!(came.stored.is_empty(), "refused, and stored: {:?}", came.stored);
                assert!(came.events.is_empty(), "refused, and told: {:?}", came.events);
                return;
            }
        };
        let place = |room| self.joined.get(&(asked.conn, room)).copied();
        match (&asked.what, answer) {
            (What::Join { room, password }, Answer::Joined(entry)) => {
                assert!([OPEN, LOCKED, SMALL].map(id).contains(room), "a room of elsewhere");
                if *room == id(LOCKED) {
                    let knows = password.as_deref() == Some(PASSWORD);
                    assert!(knows || self.members.contains(&asked.browser), "not let in");
                    self.members.insert(asked.browser);
                }
                self.joined.insert((asked.conn, *room), entry.chatter.id);
            }
            (What::Leave { room: left }, Answer::Done) => self.joined.retain(|(conn, room), _| {
                *conn != asked.conn || left.is_some_and(|left| left != *room)
            }),
            (What::Say { room, content, is_note }, Answer::Said(said)) => {
                assert_eq!(Some(said.chatter.id), place(*room), "said as somebody else");
                assert_eq!(said.room, *room);
                let is_new = came.stored.len() == 1;
                assert!(is_new || !is_note, "a note is never a repetition");
                if is_new {
                    assert_eq!((said.content.as_str(), said), (content.as_str(), &came.stored[0]));
                    assert_eq!(came.events.len(), 1);
                } else {
                    assert!(came.stored.is_empty() && came.events.is_empty());
                }
            }
            (What::Rename { room }, Answer::Renamed(chatter)) => {
                assert_eq!(Some(chatter.id), place(*room), "somebody else goes by another name");
            }
            (What::React, Answer::Reacted(..)) | (What::VotePoll, Answer::Voted(_)) => {
                assert!(came.stored.is_empty());
            }
            (What::Roster | What::TakeBack | What::Report, Answer::Done) => {
                assert!(came.stored.is_empty());
            }
            (_, answer) => panic!("another answer than to this question: {answer:?}"),
        }
    }

    /// Messages have their places without gaps, events reach those in the room, and nobody there can be
    /// taken for another.
    fn is_consistent(&mut self, came: &Came) {
        for message in &came.stored {
            let last = self.last.1.entry(message.room).or_default();
            assert_eq!(message.seq, last.next(), "a gap, or a place given twice");
            assert!(message.id > self.last.0);
            *last = message.seq;
            self.last.0 = message.id;
        }
        let told = came.events.iter().filter_map(|(_, event)| match event {
            RoomEvent::Message(message) => Some(message),
            _ => None,
        });
        // Its chatter may go by another name by now.
        let place = |message: &Message| (message.id, message.seq, message.content.clone());
        let told: Vec<_> = told.map(place).collect();
        assert_eq!(told, came.stored.iter().map(place).collect::<Vec<_>>());
        for (to, event) in &came.events {
            let room = room_of(event);
            if let Some(room) = room {
                let is_in = |conn: &ConnId| self.joined.contains_key(&(*conn, room));
                assert!(to.iter().all(is_in), "{event:?} goes to {to:?}");
            }
            if let RoomEvent::Closed { room, .. } = event {
                self.joined.retain(|(_, place), _| place != room);
            }
        }
        for live in self.hub.rooms.values() {
            let people = live.people.roster(0, usize::MAX);
            assert_eq!(people.len(), live.people.count());
            assert!(live.room.capacity == 0 || people.len() <= live.room.capacity as usize);
            let looks: Vec<Look> = people.iter().map(|one| Look::of(&one.nickname)).collect();
            for (at, look) in looks.iter().enumerate() {
                assert!(!looks[..at].iter().any(|other| other.is_like(look)), "{people:?}");
            }
        }
    }
}

impl Came {
    fn told(self) -> Vec<Observed> {
        let answers = self.answers.into_iter().map(Observed::Answer);
        answers.chain(self.events.into_iter().map(|(_, event)| Observed::Event(event))).collect()
    }
}

impl What {
    fn of(event: &Event) -> Self {
        match event {
            Event::Join { room, password, .. } => {
                let password = password.as_ref().map(|password| password.as_bytes().to_owned());
                Self::Join { room: *room, password }
            }
            Event::Leave { room } => Self::Leave { room: *room },
            Event::Say { room, content, .. } => {
                Self::Say { room: *room, content: content.clone(), is_note: false }
            }
            Event::Note { room, content } => {
                Self::Say { room: *room, content: content.clone(), is_note: true }
            }
            Event::TakeBack { .. } => Self::TakeBack,
            Event::React { .. } | Event::Vote { .. } => Self::React,
            Event::VotePoll { .. } => Self::VotePoll,
            Event::Report(_) => Self::Report,
            Event::Roster { .. } => Self::Roster,
            Event::Rename { room, .. } => Self::Rename { room: *room },
            Event::Typing { .. } => Self::Typing,
        }
    }
}

/// The room that an event is about; a roster is of people and names none.
fn room_of(event: &RoomEvent) -> Option<RoomId> {
    match event {
        RoomEvent::Message(message) => Some(message.room),
        RoomEvent::Presence { room, .. }
        | RoomEvent::Closed { room, .. }
        | RoomEvent::Mode { room, .. }
        | RoomEvent::Shut { room, .. }
        | RoomEvent::History { room, .. }
        | RoomEvent::Reactions { room, .. }
        | RoomEvent::TakenBack { room, .. }
        | RoomEvent::Typing { room, .. } => Some(*room),
        RoomEvent::Edited(room) => Some(room.id),
        RoomEvent::QuestionDropped(dropped) => Some(dropped.room),
        RoomEvent::Announcement(view) => view.announcement.room,
        RoomEvent::Poll(view) => view.poll.room,
        RoomEvent::Roster(_)
        | RoomEvent::AnnouncementGone(_)
        | RoomEvent::Muted(_)
        | RoomEvent::Unmuted => None,
    }
}

fn id(n: u8) -> RoomId {
    RoomId::from_random([n; 16])
}

/// A poll for all rooms, with the id of the open one.
fn poll(now: Moment) -> Write {
    let form = PollForm::parse("점심?", &["국", "밥", "둘 다"], true, Results::AfterVoting);
    let Ok(form) = form else { panic!("{form:?}") };
    let poll = Poll {
        id: PollId::from_random([OPEN; 16]),
        room: None,
        form,
        made_at: now.wall,
        until: None,
        closed_at: None,
        tally: Tally::default(),
    };
    let host = crate::domain::words::host_name(Language::Ko);
    let (notice, is_prepared) = (Content::trusted(String::new()), false);
    let made = MakePoll { poll, host, notice, is_prepared };
    let (what, by, at) = (String::new(), None, now);
    Write::Host(HostAct { deed: Deed::MakePoll(Box::new(made)), what, by, at })
}

fn room(n: u8, now: Moment) -> Room {
    let namespace = if n == ELSEWHERE { "elsewhere" } else { "anonymous" };
    // Instead of Argon2, which is slow on purpose.
    let lock = || PasswordHash(String::from_utf8_lossy(PASSWORD).into_owned());
    Room {
        id: id(n),
        code: Code::from_random([n; 16]),
        title: Title::trusted("방".to_owned()),
        namespace: Namespace::trusted(namespace.to_owned()),
        capacity: u32::from(n == SMALL),
        lock: (n == LOCKED).then(lock),
        created_at: now.wall,
        created: now.hub,
        lifetime: LIFETIME,
        history: History::Joined,
        mode: RoomMode::OPEN,
        by_host: false,
        position: 0,
        questions: Questions::Open,
    }
}
