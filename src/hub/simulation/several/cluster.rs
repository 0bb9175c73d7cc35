//! Hubs on one database, their clients, and how a step of one reaches the others.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use tokio::sync::oneshot;

use super::super::client::{Client, Packet, Wish};
use super::super::dice::Dice;
use super::super::truth::{Truth, Try};
use super::super::world::{CLIENTS, Line, Place, client, first_room, hashed};
use super::database::Database;
use crate::domain::ids::{ConnId, RoomId, RunId};
use crate::domain::language::Language;
use crate::domain::limits::Limits;
use crate::domain::refusal::Refusal;
use crate::domain::room::History;
use crate::domain::text::Namespace;
use crate::domain::time::HubTime;
use crate::hub::command::{Answer, Command, ConnInfo, Event, Output, Reply, RoomView};
use crate::hub::passwords::{Job, PasswordResult, PasswordWork};
use crate::hub::state::{Effect, Hub, Settings, Then};
use crate::store::{Change, Completed, Deed, HostAct, Moment, Write};

/// A hub's relation to the rest of the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Running,
    /// The whole hub stands still.
    Frozen,
    /// It does not reach the database.
    CutOff,
}

/// A hub that runs.
pub(super) struct Node {
    pub(super) hub: Hub,
    pub(super) run: RunId,
    pub(super) state: State,
    /// How far its store has read the log.
    cursor: usize,
    /// Submitted and not committed.
    pub(super) submitted: VecDeque<(Write, Then)>,
    /// Reports of its store that the hub has not handled yet.
    reports: VecDeque<Heard>,
    /// How far its clock is ahead of the database's.
    pub(super) ahead: u64,
    now: HubTime,
}

enum Heard {
    Completed(Box<Completed<Then>>),
    Change(Box<Change>),
}

type Answered = (u64, Result<Answer, Refusal>);

pub(in super::super) struct Cluster {
    pub(super) dice: Dice,
    pub(in super::super) trace: Vec<String>,
    pub(super) database: Database,
    /// The hubs; `None` for one that is dead.
    pub(super) nodes: Vec<Option<Node>>,
    runs: i64,
    settings: Settings,
    pub(in super::super) truth: Truth,
    pub(super) clients: Vec<Client>,
    pub(super) lines: BTreeMap<ConnId, Line>,
    /// The hub at the end of each connection.
    pub(super) ends: BTreeMap<ConnId, usize>,
    /// Connections that are dead without the hub's knowing it yet.
    pub(super) dead: Vec<ConnId>,
    asked: BTreeMap<u64, (ConnId, Wish)>,
    /// Contents that were refused since nobody knew whether they were committed.
    doubtful: BTreeSet<String>,
    pub(super) requests: u64,
    conns: u64,
    answers: (Sender<Answered>, Receiver<Answered>),
    pub(super) rooms: Vec<Place>,
    pub(super) making: Vec<oneshot::Receiver<Result<RoomView, Refusal>>>,
}

impl Cluster {
    pub(in super::super) fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let count = 1 + dice.below(3);
        let settings = Settings {
            language: Language::En,
            rooms_max: 6,
            lifetime: Duration::from_secs(dice.between(60, 7_200)),
            history: History::All,
            take_back: Duration::from_secs(600),
            roster_limit: dice.one_of(&[2, 3, 50, 50]).unwrap(),
            bridge: Some(Duration::from_secs(600)),
            limits: Limits {
                messages: Limits::OFF.messages,
                joins: Limits::OFF.joins,
                newcomers: Limits::OFF.newcomers,
                reports: Limits::OFF.reports,
                ..Limits::EVENT
            },
        };
        let database = Database::new(settings.rooms_max);
        let mut cluster = Self {
            dice,
            trace: Vec::new(),
            database,
            nodes: (0..count).map(|_| None).collect(),
            runs: 0,
            settings,
            truth: Truth::default(),
            clients: (1..=CLIENTS).map(|n| client(u8::try_from(n).unwrap())).collect(),
            lines: BTreeMap::new(),
            ends: BTreeMap::new(),
            dead: Vec::new(),
            asked: BTreeMap::new(),
            doubtful: BTreeSet::new(),
            requests: 0,
            conns: 0,
            answers: channel(),
            rooms: Vec::new(),
            making: Vec::new(),
        };
        (0..count).for_each(|k| cluster.starts(k));
        cluster
    }

    pub(super) fn tell(&mut self, what: impl Into<String>) {
        let now = self.database.now.0;
        self.trace.push(format!("{now:>9} ms  {}", what.into()));
    }

    /// A hub reads everything and begins.
    pub(super) fn starts(&mut self, k: usize) {
        self.runs += 1;
        let run = RunId(self.runs);
        self.tell(format!("hub {k} starts as run {}", run.0));
        let (past, cursor) = self.database.begin(run);
        self.truth.starts_again(k);
        let mut random = Dice::new(self.dice.between(0, u64::MAX));
        let now = self.database.now;
        let mut hub = Hub::new(self.settings, past, Box::new(move || random.bytes()), now);
        hub.stays_open(first_room(), Moment { hub: now, wall: self.database.wall() });
        let (submitted, reports) = (VecDeque::new(), VecDeque::new());
        let (state, ahead) = (State::Running, self.dice.between(0, 300));
        self.nodes[k] = Some(Node { hub, run, state, cursor, submitted, reports, ahead, now });
        self.carry_out(k);
    }

    /// A hub ends as it is. Its clients lose their connections.
    pub(super) fn ends(&mut self, k: usize) {
        self.nodes[k] = None;
        let theirs: Vec<ConnId> =
            self.ends.iter().filter(|(_, end)| **end == k).map(|(conn, _)| *conn).collect();
        for conn in theirs {
            self.ends.remove(&conn);
            self.lines.remove(&conn);
            self.dead.retain(|dead| *dead != conn);
            for client in self.clients.iter_mut().filter(|client| client.conn == Some(conn)) {
                client.is_cut_off();
            }
            let asked: Vec<u64> =
                self.asked.iter().filter(|(_, (of, _))| *of == conn).map(|(n, _)| *n).collect();
            for number in asked {
                let (_, wish) = self.asked.remove(&number).unwrap();
                if let Wish::Say { content, .. } | Wish::Note { content } = wish {
                    self.truth.lost(&content);
                }
            }
        }
    }

    pub(super) fn node(&mut self, k: usize) -> &mut Node {
        self.nodes[k].as_mut().unwrap()
    }

    /// Whether a hub decides anything.
    pub(super) fn acts(&self, k: usize) -> bool {
        self.nodes[k].as_ref().is_some_and(|node| node.state != State::Frozen)
    }

    pub(super) fn at(&mut self, k: usize) -> Moment {
        let (now, wall) = (self.database.now, self.database.wall());
        let node = self.node(k);
        node.now = node.now.max(now.after(Duration::from_millis(node.ahead)));
        Moment { hub: node.now, wall }
    }

    pub(super) fn command(&mut self, k: usize, command: Command) {
        let at = self.at(k);
        self.node(k).hub.command(command, at);
        self.carry_out(k);
    }

    /// A client connects to a hub.
    pub(super) fn connect(&mut self, n: usize, k: usize, namespace: Namespace) {
        self.conns += 1;
        let id = ConnId(self.conns);
        self.tell(format!("client {n} connects to {namespace} on hub {k} as connection {}", id.0));
        let client = &mut self.clients[n];
        client.conn = Some(id);
        client.left = 0;
        let (identity, peer) = (client.identity, client.peer);
        let (packets, next) = (VecDeque::new(), BTreeMap::new());
        self.lines.insert(id, Line { namespace: namespace.clone(), packets, next, left: 0 });
        self.ends.insert(id, k);
        let namespace = Some(namespace);
        self.command(k, Command::Connected(ConnInfo { id, identity, peer, namespace }));
    }

    /// A client asks for something over its connection.
    pub(super) fn ask(&mut self, n: usize, event: Event, wish: Wish) {
        let conn = self.clients[n].conn.unwrap();
        let k = self.ends[&conn];
        self.requests += 1;
        let number = self.requests;
        self.tell(format!("client {n} asks hub {k} #{number}: {wish:?}"));
        let attempt = |room, key, (reply_to, is_question)| Try {
            room,
            conn,
            key,
            number,
            reply_to,
            is_question,
            is_refused: false,
        };
        match (&wish, &event) {
            (Wish::Say { content, key, room }, Event::Say { reply_to, is_question, .. }) => {
                let is = (*reply_to, *is_question);
                self.truth.tried(content, attempt(*room, key.clone(), is));
            }
            (Wish::Note { content }, Event::Note { room, .. }) => {
                self.truth.tried(content, attempt(*room, None, (None, false)));
            }
            (Wish::Leave, _) => {
                self.clients[n].left = number;
                self.clients[n].views.values_mut().for_each(|view| view.is_in = None);
                self.lines.get_mut(&conn).unwrap().next.clear();
            }
            _ => {}
        }
        self.asked.insert(number, (conn, wish));
        let answers = self.answers.0.clone();
        let reply = Reply::new(conn, move |answer| answers.send((number, answer)).unwrap());
        self.command(k, Command::Event { conn, event, reply });
    }

    /// A hub's store commits some of what was submitted. `is_known` is whether it learns that it is committed.
    pub(super) fn commit(&mut self, k: usize, most: usize, is_known: bool) {
        if !self.lives(k) {
            return;
        }
        let count = most.min(self.node(k).submitted.len());
        let batch: Vec<(Write, Then)> = self.node(k).submitted.drain(..count).collect();
        if is_known {
            self.hears(k);
        }
        let run = self.node(k).run;
        let mut completed = Vec::new();
        for (write, then) in batch {
            let result = self.database.apply(run, &write);
            self.learns();
            if result.is_ok() {
                self.was_done(&write);
            }
            self.decided(&write, &result);
            match (is_known, write) {
                (true, _) => completed.push((then, result)),
                (false, write) => {
                    if let Write::Say(say) = write {
                        self.doubtful.insert(say.content);
                    }
                    completed.push((then, Err(Refusal::Unavailable)));
                }
            }
        }
        let end = self.database.log.len();
        let node = self.node(k);
        if is_known {
            node.cursor = end;
        }
        node.reports.extend(completed.into_iter().map(|one| Heard::Completed(Box::new(one))));
        let doubt = if is_known { "" } else { ", which it does not know" };
        self.tell(format!("{count} writes of hub {k} are committed{doubt}"));
        self.database_is_well();
    }

    /// Looks at the messages that were committed.
    fn learns(&mut self) {
        let news = usize::try_from(self.truth.newest()).unwrap();
        self.truth.learn_all(self.database.messages[news..].to_vec());
    }

    fn was_done(&mut self, write: &Write) {
        let now = self.database.now;
        let room = match write {
            Write::End { room, .. } => *room,
            Write::Host(HostAct { deed: Deed::Close(room), .. }) => *room,
            _ => return,
        };
        for place in self.rooms.iter_mut().filter(|place| place.id == room) {
            place.ends = place.ends.min(now);
        }
    }

    /// A hub's store refuses some of what was submitted, and nothing of it is committed.
    pub(super) fn fail(&mut self, k: usize, most: usize) {
        let node = self.node(k);
        let count = most.min(node.submitted.len());
        let refused = node.submitted.drain(..count);
        node.reports.extend(
            refused.map(|(_, then)| Heard::Completed(Box::new((then, Err(Refusal::Unavailable))))),
        );
        self.tell(format!("{count} writes of hub {k} fail"));
    }

    /// A hub's store reads what others have committed.
    pub(super) fn hears(&mut self, k: usize) {
        let (database, node) = (&self.database, self.nodes[k].as_mut().unwrap());
        let told = database.log[node.cursor..].iter().filter(|change| database.is_told(change));
        let heard = told.map(|change| database.as_it_is_now(change));
        node.reports.extend(heard.map(|change| Heard::Change(Box::new(change))));
        node.cursor = database.log.len();
    }

    /// The fence: whether a hub's run still lives. If not, the hub reads everything again.
    pub(super) fn lives(&mut self, k: usize) -> bool {
        let run = self.node(k).run;
        if self.database.leases.contains_key(&run) {
            return true;
        }
        self.tell(format!("hub {k} was declared dead"));
        self.ends(k);
        self.starts(k);
        false
    }

    /// A hub is told some of what its store has reported.
    pub(super) fn is_told(&mut self, k: usize, most: usize) {
        let count = most.min(self.node(k).reports.len());
        if count > 0 {
            self.tell(format!("hub {k} is told of {count} things"));
        }
        for _ in 0..count {
            let at = self.at(k);
            let node = self.node(k);
            match node.reports.pop_front().unwrap() {
                Heard::Completed(completed) => node.hub.ended(*completed, at),
                Heard::Change(change) => node.hub.changed(*change, at),
            }
            self.carry_out(k);
        }
    }

    /// The next password is hashed or verified.
    pub(super) fn password(&mut self, k: usize) {
        let Some(PasswordWork { job, purpose }) = self.node(k).hub.next_password() else { return };
        let outcome = match job {
            Job::Hash { password, .. } => PasswordResult::Hashed(hashed(&password)),
            Job::Verify { password, hash } => PasswordResult::Verified(hash == hashed(&password)),
        };
        let at = self.at(k);
        self.node(k).hub.password_done(purpose, outcome, at);
        self.carry_out(k);
    }

    /// Time passes for all.
    pub(super) fn pass(&mut self, ms: u64) {
        self.database.now.0 += ms;
        self.tell(format!("{ms} ms have passed"));
        for k in 0..self.nodes.len() {
            let is_running = |node: &Node| node.state == State::Running;
            if self.nodes[k].as_ref().is_some_and(is_running) && self.lives(k) {
                let run = self.node(k).run;
                assert!(self.database.beat(run));
            }
        }
        self.database.sweep();
        self.learns();
        for k in 0..self.nodes.len() {
            if self.acts(k) {
                let at = self.at(k);
                self.node(k).hub.tick(at);
                self.carry_out(k);
            }
        }
        self.database_is_well();
    }

    pub(super) fn carry_out(&mut self, k: usize) {
        while let Some(effect) = self.node(k).hub.effects.pop_front() {
            match effect {
                Effect::Typing(room, chatter, is_typing) => {
                    let others = self.nodes.iter_mut().enumerate().filter(|(other, _)| *other != k);
                    for node in others.filter_map(|(_, node)| node.as_mut()) {
                        let change = Change::Typing { room, chatter, is_typing };
                        node.reports.push_back(Heard::Change(Box::new(change)));
                    }
                }
                // There is no server above.
                Effect::Event(..) => {}
                Effect::Write(write, then) => self.node(k).submitted.push_back((write, then)),
                Effect::Output(Output::Broadcast { to, except, event }) => {
                    self.broadcast(k, &to, except, &event);
                }
                Effect::Output(Output::Reply(reply, answer)) => {
                    reply.give(answer);
                    let (number, answer) = self.answers.1.try_recv().unwrap();
                    self.answered(k, number, answer);
                }
            }
        }
    }

    fn answered(&mut self, k: usize, number: u64, answer: Result<Answer, Refusal>) {
        let (conn, wish) = self.asked.remove(&number).expect("each is answered once");
        match (&wish, &answer) {
            (Wish::Say { key, content, .. }, Ok(Answer::Said(said))) => {
                self.truth.holds(k, said);
                match key {
                    Some(key) => {
                        let first = self.truth.by_key(said.chatter.id, key);
                        assert_eq!(first, Some(said.id), "a key names one message");
                    }
                    None => assert_eq!(*content, said.content),
                }
            }
            (Wish::Say { key, content, .. }, Ok(Answer::Held(held))) => {
                self.truth.was_held(held, key.as_deref(), content);
            }
            (Wish::Say { content, .. } | Wish::Note { content }, Err(_))
                if !self.doubtful.contains(content) =>
            {
                self.truth.refused(content);
            }
            (Wish::Join { room, after }, Ok(Answer::Joined(entry))) => {
                let line = self.lines.get_mut(&conn).expect("nobody enters without a connection");
                line.enters(number, *room, *after, entry, (k, &self.truth));
            }
            (Wish::Say { .. } | Wish::Join { .. }, Ok(_)) => panic!("{wish:?}: {answer:?}"),
            _ => self.truth.was_done(k, &wish, &answer),
        }
        if let Some(line) = self.lines.get_mut(&conn) {
            if wish == Wish::Leave {
                line.left = number;
            }
            line.packets.push_back(Packet::Answer { number, wish, answer });
        }
    }

    /// Whether the next answer to a connection may be that it is in.
    pub(super) fn is_entering(&self, id: ConnId, left: u64, room: RoomId) -> bool {
        let is_it = |wish: &Wish| matches!(wish, Wish::Join { room: of, .. } if *of == room);
        self.asked.range(left..).any(|(_, (conn, wish))| *conn == id && is_it(wish))
    }

    /// Something that was asked over a living connection and not answered.
    pub(super) fn is_owed(&self) -> Option<&Wish> {
        let lives = |conn: &ConnId| self.lines.contains_key(conn) && !self.dead.contains(conn);
        self.asked.values().find(|(conn, _)| lives(conn)).map(|(_, wish)| wish)
    }

    /// Whether a hub has nothing more to do.
    pub(super) fn is_quiet(&self, k: usize) -> bool {
        self.nodes[k].as_ref().is_none_or(|node| {
            let has_heard = node.cursor == self.database.log.len() && node.reports.is_empty();
            has_heard && node.submitted.is_empty() && node.hub.passwords.is_empty()
        })
    }
}
