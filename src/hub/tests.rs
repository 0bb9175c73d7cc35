//! Decisions, step by step, with a store that commits when the story says so.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use super::command::{Answer, Call, Command, ConnInfo, Event, Output, Reply, RoomEvent};
use super::join::JoinRequest;
use super::state::{Effect, Hub, Settings, Then};
use crate::domain::chatter::Chatter;
use crate::domain::code::Code;
use crate::domain::event_settings::EventSettings;
use crate::domain::ids::{ChatterId, ConnId, Epoch, HubId, IdentityId, MessageId, RoomId, Seq};
use crate::domain::language::Language;
use crate::domain::limits::Limits;
use crate::domain::message::{Alert, Kind, Message};
use crate::domain::mode::RoomMode;
use crate::domain::question::Questions;
use crate::domain::reactions::{Chosen, Reactions};
use crate::domain::refusal::Refusal;
use crate::domain::room::{History, Room};
use crate::domain::text::{Content, Namespace, Nickname, Title};
use crate::domain::time::{HubTime, WallTime};
use crate::store::{
    Deed, HistorySlice, HostAct, Join, Joined, Member, Moment, Past, Rename, Write, Written,
};

mod announcements;
mod changes;
mod edit;
mod event;
mod host;
mod idle;
mod joins;
mod modes;
mod mutes;
mod names;
mod open;
mod passwords;
mod places;
mod polls;
mod questions;
mod reactions;
mod rosters;
mod walls;

type Answered = Receiver<Result<Answer, Refusal>>;

struct Chat {
    hub: Hub,
    now: u64,
    /// Writes that the store has not committed yet.
    pending: VecDeque<(Write, Then)>,
    /// The room's events, as short words: `joined 1`, `roster 3`, `said hi`.
    told: Vec<String>,
    /// The receivers of the last roster.
    listed_to: Vec<ConnId>,
    last_seq: i64,
    /// The chatter of each browser, as the store would know.
    members: HashMap<IdentityId, Chatter>,
}

impl Chat {
    fn new(capacity: u32, roster_limit: usize) -> Self {
        Self::with_past(capacity, roster_limit, &[])
    }

    fn with_past(capacity: u32, roster_limit: usize, present: &[Member]) -> Self {
        Self::with_past_of(vec![room(capacity)], roster_limit, present)
    }

    fn with_rooms(rooms: Vec<Room>) -> Self {
        Self::with_past_of(rooms, 50, &[])
    }

    fn with_past_of(rooms: Vec<Room>, roster_limit: usize, present: &[Member]) -> Self {
        let settings = Settings {
            language: Language::En,
            rooms_max: 10,
            lifetime: Duration::from_secs(100),
            history: History::Joined,
            take_back: Duration::from_secs(50),
            roster_limit,
            bridge: Some(Duration::from_secs(600)),
            limits: Limits::EVENT,
        };
        let past = Past {
            hub: HubId::from_random([1; 16]),
            time: HubTime(0),
            wall: WallTime(0),
            rooms,
            newest: Vec::new(),
            present: present.to_vec(),
            elsewhere: Vec::new(),
            bans: Vec::new(),
            mutes: Vec::new(),
            announcements: Vec::new(),
            polls: Vec::new(),
            prepared: Vec::new(),
            votes: Vec::new(),
            event: EventSettings::default(),
            walls: Vec::new(),
            grants: Vec::new(),
            run: None,
            key: None,
        };
        let known = present.iter().map(|member| (member.owner, member.chatter.clone()));
        let members = known.collect();
        let mut next = 0_u8;
        let random = Box::new(move || {
            next += 1;
            [next; 16]
        });
        let hub = Hub::new(settings, past, random, HubTime(0));
        let (pending, told, listed_to) = (VecDeque::new(), Vec::new(), Vec::new());
        Self { hub, now: 0, pending, told, listed_to, last_seq: 0, members }
    }

    fn at(&self) -> Moment {
        Moment { hub: HubTime(self.now), wall: WallTime(0) }
    }

    fn command(&mut self, command: Command) {
        let at = self.at();
        self.hub.command(command, at);
        self.collect();
    }

    fn event(&mut self, who: u8, event: Event) -> Answered {
        let (tell, answered) = channel();
        // The story may not care for the answer.
        let reply = Reply::new(ConnId(who.into()), move |answer| drop(tell.send(answer)));
        self.command(Command::Event { conn: ConnId(who.into()), event, reply });
        answered
    }

    fn connects(&mut self, who: u8) {
        self.command(Command::Connected(ConnInfo {
            id: ConnId(who.into()),
            identity: owner(who),
            peer: IpAddr::from([127, 0, 0, who]),
            namespace: Some(room(0).namespace),
        }));
    }

    fn asks_in(&mut self, who: u8) -> Answered {
        self.asks_into(who, room(0).id)
    }

    fn asks_into(&mut self, who: u8, room: RoomId) -> Answered {
        let (wanted, password, after, epoch) = (None, None, None, None);
        self.event(who, Event::Join { room, wanted, password, after, epoch, reactions_after: None })
    }

    /// How many are in a room.
    fn people(&self, room: RoomId) -> usize {
        self.hub.rooms[&room].people.count()
    }

    fn is_in(&mut self, who: u8) {
        self.connects(who);
        let answered = self.asks_in(who);
        self.commits();
        assert!(matches!(answered.try_recv().unwrap(), Ok(Answer::Joined(_))));
    }

    fn goes(&mut self, who: u8) {
        self.command(Command::Gone(ConnId(who.into())));
    }

    fn time_passes(&mut self, ms: u64) {
        self.now += ms;
        let at = self.at();
        self.hub.tick(at);
        self.collect();
    }

    fn collect(&mut self) {
        while let Some(effect) = self.hub.effects.pop_front() {
            match effect {
                // There is no other hub.
                Effect::Typing(..) => {}
                Effect::Event(settings, tell) => {
                    self.told.push(format!("event {settings:?}"));
                    drop(tell.map(|tell| tell.send(Ok(()))));
                }
                Effect::Write(write, then) => self.pending.push_back((write, then)),
                Effect::Output(Output::Reply(reply, answer)) => reply.give(answer),
                Effect::Output(Output::Broadcast { to, event, .. }) => {
                    if matches!(event, RoomEvent::Roster(_)) {
                        self.listed_to = to.to_vec();
                    }
                    self.told.push(words(&event));
                }
            }
        }
    }

    fn commits(&mut self) {
        while let Some((write, then)) = self.pending.pop_front() {
            let written = self.written(write);
            let at = self.at();
            self.hub.ended((then, Ok(written)), at);
            self.collect();
        }
    }

    fn written(&mut self, write: Write) -> Written {
        let at = self.at();
        match write {
            Write::Look { identity, .. } => {
                let is_member = self.members.contains_key(&identity);
                Written::Looked { is_member, came: None }
            }
            Write::Join(Join { fresh, notice, identity, .. }) => {
                let chatter = self.members.entry(identity).or_insert(fresh).clone();
                let alert = notice.map(|_| self.message(Kind::Alert(Alert::Joined(1)), &chatter));
                let last = Seq(self.last_seq);
                let history = HistorySlice {
                    first: last,
                    last,
                    pruned: false,
                    epoch: Epoch(0),
                    reset: false,
                    missed: Vec::new(),
                    more: false,
                    taken_back: Vec::new(),
                    reacted: Vec::new(),
                    reactions_at: HubTime(0),
                };
                Written::Joined(Joined { chatter, alert, history })
            }
            Write::Leave(leave) => {
                let left = Kind::Alert(Alert::Left(1));
                let alert = leave.notice.map(|_| self.message(left, &leave.chatter));
                Written::Left { alert, still_here: false }
            }
            Write::Say(say) if say.content == questions::WAITS => {
                Written::Held(questions::held(say.room, at))
            }
            Write::Say(say) => {
                let chatter = self.hub.rooms[&say.room].people.get(say.chatter).cloned();
                let chatter = chatter.unwrap_or_else(|| member(99).chatter);
                let said = self.message(say.kind, &chatter);
                let message = Message { content: say.content, sent_at: at.wall, ..said };
                Written::Said { message, repeated: say.key.is_some() }
            }
            Write::Vote(vote) => questions::changed(vote.seq, vote.is_on, at),
            Write::Host(HostAct { deed: Deed::Answered(_, seq, is_on), .. }) => {
                questions::changed(seq, is_on, at)
            }
            Write::Host(HostAct { deed: Deed::LetThrough(_), .. }) => {
                let message = self.message(Kind::Said, &member(99).chatter);
                Written::Said { message, repeated: false }
            }
            Write::Host(HostAct { deed: Deed::Say(say), .. }) => {
                let said = self.hosts(Kind::Said, say.host, &say.content);
                Written::Said { message: said, repeated: say.key.is_some() }
            }
            Write::Host(HostAct { deed: Deed::Announce(announcement, host), .. }) => {
                let kind = Kind::Alert(Alert::Announcement);
                Written::Announced(vec![self.hosts(kind, host, &announcement.text)])
            }
            Write::Rename(Rename { chatter, nickname, notice, at, .. }) => {
                let member = self.members.values_mut().find(|member| member.id == chatter);
                let member = member.unwrap();
                let was = std::mem::replace(&mut member.nickname, nickname);
                let chatter = member.clone();
                let now = chatter.nickname.clone();
                let alert = notice
                    .map(|_| self.message(Kind::Alert(Alert::Renamed { was, now }), &chatter))
                    .map(|alert| Message { sent_at: at.wall, ..alert });
                Written::Renamed { chatter, alert }
            }
            _ => Written::Done,
        }
    }

    fn message(&mut self, kind: Kind, chatter: &Chatter) -> Message {
        self.last_seq += 1;
        Message {
            id: MessageId(self.last_seq),
            seq: Seq(self.last_seq),
            room: room(0).id,
            kind,
            content: String::new(),
            sent_at: WallTime(0),
            chatter: chatter.clone(),
            is_taken_back: false,
            quote: None,
            mentions: Vec::new(),
            reactions: Reactions::default(),
            question: None,
            mine: Chosen::default(),
        }
    }

    /// Words of the host.
    fn hosts(&mut self, kind: Kind, nickname: Nickname, content: &Content) -> Message {
        let id = crate::domain::ids::host_chatter();
        let host = Chatter { id, nickname, created_at: WallTime(0), left_at: None };
        Message { content: content.to_string(), ..self.message(kind, &host) }
    }

    fn told(&mut self) -> Vec<String> {
        std::mem::take(&mut self.told)
    }
}

fn words(event: &RoomEvent) -> String {
    match event {
        RoomEvent::Message(Message { kind: Kind::Alert(Alert::Joined(count)), .. }) => {
            format!("joined {count}")
        }
        RoomEvent::Message(Message { kind: Kind::Alert(Alert::Left(count)), .. }) => {
            format!("left {count}")
        }
        RoomEvent::Message(Message { kind: Kind::Alert(Alert::Renamed { was, now }), .. }) => {
            format!("{was} is {now}")
        }
        RoomEvent::Message(message) => format!("said {}", message.content),
        RoomEvent::Roster(list) => format!("roster {}", list.len()),
        RoomEvent::Presence { present, .. } => format!("present {present}"),
        RoomEvent::Closed { why, .. } => format!("{why:?}").to_lowercase(),
        RoomEvent::Reactions { reacted, .. } => format!("reactions to {}", reacted.seq.0),
        RoomEvent::History { history, .. } => format!("history {}", history.as_str()),
        RoomEvent::Mode { mode, .. } => format!("mode {}", mode.as_str()),
        RoomEvent::Shut { is_shut, .. } => if *is_shut { "shut" } else { "open" }.into(),
        RoomEvent::Edited(room) => {
            let lock = if room.is_locked() { " locked" } else { "" };
            format!("edited {} {}{lock}", room.title.as_str(), room.capacity)
        }
        RoomEvent::TakenBack { seq, .. } => format!("taken back {}", seq.0),
        RoomEvent::Muted(notice) => {
            if notice.until.is_some() { "muted for a time" } else { "muted" }.into()
        }
        RoomEvent::Unmuted => "unmuted".into(),
        RoomEvent::QuestionDropped(dropped) => format!("question {} dropped", dropped.id.0),
        RoomEvent::Announcement(view) => format!("announced {}", view.announcement.text),
        RoomEvent::Poll(view) => format!("poll {}", view.poll.form.question),
        RoomEvent::AnnouncementGone(_) => "announcement gone".into(),
        RoomEvent::Typing { .. } => "typing".into(),
    }
}

fn room(capacity: u32) -> Room {
    Room {
        id: RoomId::from_random([1; 16]),
        code: Code::from_random([1; 16]),
        title: Title::parse("room").unwrap(),
        namespace: Namespace::parse("anonymous").unwrap(),
        capacity,
        lock: None,
        created_at: WallTime(0),
        created: HubTime(0),
        lifetime: Duration::from_secs(100),
        history: History::Joined,
        mode: RoomMode::OPEN,
        by_host: false,
        position: 0,
        questions: Questions::Open,
    }
}

fn owner(who: u8) -> IdentityId {
    IdentityId::from_random([who; 16])
}

fn member(who: u8) -> Member {
    let chatter = Chatter {
        id: ChatterId::from_random([who; 16]),
        nickname: Nickname::parse(&format!("guest {who}")).unwrap(),
        created_at: WallTime(0),
        left_at: None,
    };
    Member { room: room(0).id, chatter, owner: owner(who), first: Seq(1), pruned: false }
}

#[test]
fn a_restarted_hub_keeps_the_places_of_people_who_were_present() {
    let mut chat = Chat::with_past(2, 50, &[member(1), member(2)]);
    chat.connects(3);
    let stranger = chat.asks_in(3);
    assert_eq!(stranger.try_recv().unwrap().unwrap_err(), Refusal::Full);
    chat.is_in(1);
    assert_eq!(chat.told(), ["roster 2", "present 2"], "the return is silent");
    chat.time_passes(20_000);
    chat.commits();
    assert_eq!(chat.told(), ["left 1", "roster 1", "present 1"], "the other did not come back");
}

#[test]
fn a_message_that_came_twice_is_broadcast_once_and_answered_twice() {
    let mut chat = Chat::new(0, 50);
    chat.is_in(1);
    chat.told();
    let key = crate::domain::text::Key::parse("k").unwrap();
    let say = |key| Event::Say {
        room: room(0).id,
        content: Content::parse("hi").unwrap(),
        key,
        reply_to: None,
        mentions: Vec::new(),
        is_question: false,
    };
    let first = chat.event(1, say(None));
    let again = chat.event(1, say(Some(key)));
    chat.commits();
    assert_eq!(chat.told(), ["said hi"]);
    assert!(first.try_recv().unwrap().is_ok() && again.try_recv().unwrap().is_ok());
}

#[test]
fn an_expired_room_says_so_and_takes_nothing() {
    let mut chat = Chat::new(0, 50);
    chat.is_in(1);
    chat.told();
    chat.time_passes(100_000);
    assert_eq!(chat.told(), ["expired"]);
    let say = Event::Say {
        room: room(0).id,
        content: Content::parse("hi").unwrap(),
        key: None,
        reply_to: None,
        mentions: Vec::new(),
        is_question: false,
    };
    assert_eq!(chat.event(1, say).try_recv().unwrap().unwrap_err(), Refusal::Expired);
}

#[test]
fn setting_the_clock_changes_what_is_shown_but_no_decision() {
    let mut chat = Chat::new(0, 50);
    chat.is_in(1);
    let today = 1_795_000_000_000;
    let shown = |chat: &Chat, wall| {
        let at = Moment { wall: WallTime(wall), ..chat.at() };
        chat.hub.list(at).first().map(|view| view.expires_at)
    };
    chat.time_passes(99_000);
    assert_eq!(shown(&chat, 99_000), Some(WallTime(100_000)), "made in 1970, as the clock said");
    assert_eq!(shown(&chat, today), Some(WallTime(today + 1_000)), "and ends in a second");
    let say = || Event::Say {
        room: room(0).id,
        content: Content::parse("hi").unwrap(),
        key: None,
        reply_to: None,
        mentions: Vec::new(),
        is_question: false,
    };
    for wall in [today, today - 86_400_000, today + 315_360_000_000] {
        let at = Moment { wall: WallTime(wall), ..chat.at() };
        let (tell, answered) = channel();
        let reply = Reply::new(ConnId(1), move |answer| drop(tell.send(answer)));
        chat.hub.command(Command::Event { conn: ConnId(1), event: say(), reply }, at);
        chat.hub.tick(at);
        chat.collect();
        chat.commits();
        assert!(answered.try_recv().unwrap().is_ok(), "at {wall}");
    }
    chat.time_passes(1_000);
    assert_eq!(chat.event(1, say()).try_recv().unwrap().unwrap_err(), Refusal::Expired);
}

#[test]
fn a_room_of_another_namespace_is_not_there() {
    let mut chat = Chat::new(0, 50);
    chat.command(Command::Connected(ConnInfo {
        id: ConnId(1),
        identity: owner(1),
        peer: IpAddr::from([127, 0, 0, 1]),
        namespace: Some(Namespace::parse("elsewhere").unwrap()),
    }));
    assert_eq!(chat.asks_in(1).try_recv().unwrap().unwrap_err(), Refusal::NoSuchRoom);
}
