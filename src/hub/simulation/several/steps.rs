//! The steps of a life, each drawn by the dice.

use std::time::Duration;

use tokio::sync::oneshot;

use super::super::asking::some_mark;
use super::super::client::{Client, Unacked, View, Wish};
use super::super::editing::some_edit;
use super::super::holding::{some_decision, some_holding};
use super::super::modes::some_mode;
use super::super::muting::{some, span};
use super::super::renaming::some_name;
use super::super::steps::{PASSWORD, words_of_the_host};
use super::super::walls::some_wall;
use super::super::world::{CLIENTS, Place};
use super::cluster::{Cluster, State};
use crate::domain::ids::{ChatterId, RoomId, Seq};
use crate::domain::mute::Mute;
use crate::domain::room::History;
use crate::domain::text::{Content, Key, Namespace, Nickname, Password, Title};
use crate::hub::command::{Call, Caller, Command, Event, NewRoom, PersonCall, RoomView};

/// Messages in a page over HTTP.
const PAGE: usize = 50;

impl Cluster {
    /// One thing happens, and all is as it should be.
    pub(in super::super) fn step(&mut self) {
        let n = self.dice.below(CLIENTS);
        let k = self.dice.below(self.nodes.len());
        let some = 1 + self.dice.below(16);
        match self.dice.below(1_000) {
            0..=139 => self.comes_in(n),
            140..=259 => self.says(n),
            260..=299 => self.does_a_deed(n),
            300..=329 => self.repeats(n),
            330..=336 => self.leaves(n),
            337..=354 => self.is_cut_off(n),
            355..=379 => self.notices_the_dead(),
            380..=439 => self.does_something_else(n),
            440..=445 => self.makes_a_room(k),
            446..=454 => self.checks_a_password(n, k),
            455..=634 => self.commits(k, some),
            635..=642 if self.acts(k) => self.fail(k, some),
            643..=819 if self.acts(k) => self.is_told(k, some),
            820..=834 if self.acts(k) => self.password(k),
            835..=914 => self.some_read(),
            915..=924 => self.reads_on(n),
            925..=939 if self.reaches(k) => self.hears(k),
            940..=947 => self.host_acts(k),
            948..=971 => self.some_time_passes(),
            972..=974 => self.is_killed(k),
            975..=977 => self.state_changes(k, State::Frozen),
            978..=979 => self.state_changes(k, State::CutOff),
            980..=989 => self.state_changes(k, State::Running),
            990..=999 => self.starts_again(k),
            _ => {}
        }
        self.learns_of_rooms();
        self.is_well();
    }

    /// Whether a hub runs and reaches the database.
    fn reaches(&self, k: usize) -> bool {
        self.nodes[k].as_ref().is_some_and(|node| node.state == State::Running)
    }

    /// Whether a client has a connection to a hub that answers.
    fn talks(&self, n: usize) -> bool {
        self.clients[n].conn.is_some_and(|conn| self.acts(self.ends[&conn]))
    }

    fn commits(&mut self, k: usize, some: usize) {
        if self.reaches(k) {
            let is_known = self.dice.percent(95);
            self.commit(k, some, is_known);
        }
    }

    fn comes_in(&mut self, n: usize) {
        if self.clients[n].conn.is_none() {
            let some = self.some_room().filter(|_| self.dice.percent(95));
            let namespace = some.map_or_else(|| name("elsewhere"), |room| room.namespace);
            let acting: Vec<usize> = (0..self.nodes.len()).filter(|k| self.acts(*k)).collect();
            let Some(k) = self.dice.one_of(&acting) else { return };
            self.connect(n, k, namespace);
        }
        if !self.talks(n) {
            return;
        }
        let k = self.ends[&self.clients[n].conn.unwrap()];
        let Some(room) = self.some_room_near(n) else { return self.makes_a_room(k) };
        if self.clients[n].rooms().contains(&room) && self.dice.percent(80) {
            return self.says(n);
        }
        let given = self.dice.percent(70).then_some(PASSWORD);
        self.joins(n, room, given);
    }

    fn some_room_near(&mut self, n: usize) -> Option<RoomId> {
        let here = self.lines[&self.clients[n].conn?].namespace.clone();
        let any = self.dice.percent(5);
        let now = self.database.now;
        let is_near = |place: &&Place| (place.namespace == here && place.ends > now) || any;
        let near: Vec<RoomId> = self.rooms.iter().filter(is_near).map(|place| place.id).collect();
        self.dice.one_of(&near)
    }

    pub(super) fn joins(&mut self, n: usize, room: RoomId, password: Option<&str>) {
        let after = self.clients[n].views.get(&room).and_then(View::after);
        let reactions_after = self.clients[n].views.get(&room).and_then(|view| view.reactions_at);
        let claims = self.dice.percent(10);
        let wanted = if claims { self.somebody() } else { view_chatter(&self.clients[n], room) };
        let password = password.map(|text| Password::parse(text).unwrap());
        let event = Event::Join { room, wanted, password, after, epoch: None, reactions_after };
        self.ask(n, event, Wish::Join { room, after });
    }

    fn somebody(&mut self) -> Option<ChatterId> {
        let ids: Vec<ChatterId> =
            self.clients.iter().flat_map(|c| c.views.values().filter_map(|v| v.chatter)).collect();
        self.dice.one_of(&ids)
    }

    fn says(&mut self, n: usize) {
        let Some(room) = self.room_of(n) else { return };
        let key = self.dice.percent(80).then(|| {
            let client = &mut self.clients[n];
            client.keys += 1;
            let key = format!("{n}/{}", client.keys);
            client.outbox.push(Unacked { room, key: key.clone() });
            key
        });
        let reply_to = self.clients[n].answers(room, &mut self.dice);
        self.sends(n, room, key, reply_to);
    }

    /// Does something with a message.
    fn does_a_deed(&mut self, n: usize) {
        let Some(room) = self.room_of(n) else { return };
        for _ in 0..=self.dice.below(3) {
            if let Some((event, wish)) = self.clients[n].deed(room, &mut self.dice) {
                self.ask(n, event, wish);
            }
        }
    }

    /// Sends again what was not acknowledged, in order, also what may still be on its way.
    pub(super) fn repeats(&mut self, n: usize) {
        if !self.talks(n) {
            return;
        }
        let inside = self.clients[n].rooms();
        for Unacked { room, key } in self.clients[n].outbox.clone() {
            if inside.contains(&room) {
                self.sends(n, room, Some(key), None);
            }
        }
    }

    fn sends(&mut self, n: usize, room: RoomId, key: Option<String>, reply_to: Option<Seq>) {
        let content = format!("{n}/{}", self.requests);
        let event = Event::Say {
            room,
            content: Content::parse(&content).unwrap(),
            key: key.as_deref().map(|key| Key::parse(key).unwrap()),
            reply_to,
            mentions: Vec::new(),
            is_question: self.dice.percent(30),
        };
        self.ask(n, event, Wish::Say { room, key, content });
    }

    fn leaves(&mut self, n: usize) {
        if self.talks(n) {
            self.ask(n, Event::Leave { room: None }, Wish::Leave);
        }
    }

    pub(super) fn is_cut_off(&mut self, n: usize) {
        let Some(conn) = self.clients[n].conn else { return };
        // The last of what was on its way may not arrive.
        let sent = self.lines[&conn].packets.len();
        let some = sent.saturating_sub(self.dice.below(4));
        self.reads(n, some);
        self.tell(format!("client {n} is cut off"));
        self.clients[n].is_cut_off();
        self.dead.push(conn);
    }

    /// A hub notices that a connection is dead; the client may be back, here or on another hub.
    pub(super) fn notices_the_dead(&mut self) {
        if self.dead.is_empty() {
            return;
        }
        let which = self.dice.below(self.dead.len());
        let k = self.ends[&self.dead[which]];
        if !self.acts(k) {
            return;
        }
        let conn = self.dead.remove(which);
        self.tell(format!("connection {} to hub {k} is gone", conn.0));
        self.lines.remove(&conn);
        self.ends.remove(&conn);
        self.command(k, Command::Gone(conn));
    }

    fn does_something_else(&mut self, n: usize) {
        let Some(room) = self.room_of(n) else { return };
        // Some want the same name.
        let number = self.dice.below(2);
        let nickname = Nickname::parse(&format!("n{number}")).unwrap();
        match self.dice.below(9) {
            6.. => self.votes(n),
            0..=2 => self.ask(n, Event::Rename { room, nickname }, Wish::Other),
            3 => self.ask(n, Event::Roster { room }, Wish::Other),
            4 => self.ask(n, Event::Typing { room, is_typing: true }, Wish::Other),
            _ => {
                let text = format!("note {}", self.requests);
                let content = Content::parse(&text).unwrap();
                self.ask(n, Event::Note { room, content }, Wish::Note { content: text });
            }
        }
    }

    fn makes_a_room(&mut self, k: usize) {
        if !self.acts(k) {
            return;
        }
        let is_locked = self.dice.percent(25);
        let capacity = self.dice.one_of(&[0, 0, 1, 2, 4]).unwrap();
        let namespace = name(self.dice.one_of(&["one", "one", "two"]).unwrap());
        let (tell, made) = oneshot::channel();
        self.tell(format!("hub {k} is asked for a room for {capacity}, locked: {is_locked}"));
        self.making.push(made);
        let password = is_locked.then(|| Password::parse(PASSWORD).unwrap());
        let title = Title::parse("room").unwrap();
        let by_host = self.dice.percent(10);
        let n = self.dice.below(CLIENTS);
        let from = Some(self.clients[n].peer);
        let history = (!by_host).then_some(History::Joined);
        let is_once = by_host && self.dice.percent(50);
        let new = NewRoom {
            namespace,
            title,
            capacity,
            password,
            from,
            by_host,
            by: None,
            history,
            is_once,
        };
        self.command(k, Command::Call(Call::Create(new, tell)));
    }

    pub(super) fn learns_of_rooms(&mut self) {
        let mut making = std::mem::take(&mut self.making);
        making.retain_mut(|made| match made.try_recv() {
            Ok(Ok(RoomView { room, .. })) => {
                self.rooms.push(Place {
                    id: room.id,
                    namespace: room.namespace.clone(),
                    is_locked: room.is_locked(),
                    ends: self.database.rooms[&room.id].expires(),
                });
                false
            }
            Ok(Err(_)) => false,
            Err(error) => error == oneshot::error::TryRecvError::Empty,
        });
        self.making.append(&mut making);
    }

    /// The host acts at the control socket of a hub.
    fn host_acts(&mut self, k: usize) {
        if !self.acts(k) {
            return;
        }
        let room = self.some_room().map(|place| place.id);
        let chatter = self.somebody();
        let banned: Vec<ChatterId> = self.database.bans.keys().copied().collect();
        let muted: Vec<Mute> = self.database.mutes.values().cloned().collect();
        let call = match (self.dice.below(28), room, chatter) {
            (17..=19, Some(room), _) => return self.host_polls(k, room),
            (10..=11, _, Some(id)) => {
                let (chatter, identity) = self.database.chatters[&id].clone();
                let (lasts, tell) = (span(&mut self.dice), oneshot::channel().0);
                Call::Person(PersonCall::Mute { chatter, identity, lasts, tell })
            }
            (12, ..) => match some(&mut self.dice, &muted) {
                Some(mute) => unmute(&mute),
                None => return,
            },
            (13..=14, Some(room), _) => {
                let shown: Vec<_> = self.database.announcements.iter().map(|one| one.id).collect();
                words_of_the_host(room, &shown, &mut self.dice)
            }
            (8..=9, Some(room), _) => {
                let last = usize::try_from(self.truth.last(room).0).unwrap();
                let seqs = vec![Seq(i64::try_from(self.dice.below(last + 1)).unwrap())];
                Call::TakeBack { room, seqs, tell: oneshot::channel().0 }
            }
            (21..=22, Some(room), _) => some_holding(room, &mut self.dice),
            (23..=25, ..) => match some_decision(&self.truth, &mut self.dice) {
                Some(call) => call,
                None => return,
            },
            (26..=27, _, Some(id)) => {
                some_name(self.database.chatters[&id].0.clone(), &mut self.dice)
            }
            (20, Some(room), _) => some_wall(room, &mut self.dice),
            (15, Some(room), _) => match some_mark(room, &self.truth, &mut self.dice) {
                Some(call) => call,
                None => return,
            },
            (16, Some(room), _) => some_edit(room, &mut self.dice),
            (0, Some(room), _) => {
                let (mode, span) = some_mode(&mut self.dice);
                let room = self.dice.percent(90).then_some(room);
                Call::SetMode { room, mode, span, tell: oneshot::channel().0 }
            }
            (1..=2, Some(room), _) => {
                let is_shut = self.dice.percent(40);
                Call::Shut { room, is_shut, tell: oneshot::channel().0 }
            }
            (3, Some(room), _) => {
                Call::EndRoom { room, deleted: false, tell: oneshot::channel().0 }
            }
            (4..=5, _, Some(chatter)) => Call::Kick(chatter, oneshot::channel().0),
            (6, _, Some(id)) => {
                let (chatter, identity) = self.database.chatters[&id].clone();
                let address_for = self.dice.percent(50).then_some(Duration::from_secs(300));
                let tell = oneshot::channel().0;
                Call::Ban { chatter, identity, address_for, elsewhere: None, tell }
            }
            _ => match self.dice.one_of(&banned) {
                Some(chatter) => Call::Unban(chatter, oneshot::channel().0),
                None => return,
            },
        };
        self.tell(format!("the host at hub {k}: {call:?}"));
        self.command(k, Command::Call(call));
    }

    /// The host lifts all mutes: what waits in the outboxes can be said.
    pub(super) fn all_may_speak(&mut self) {
        for mute in self.database.mutes.values().cloned().collect::<Vec<_>>() {
            self.command(0, Command::Call(unmute(&mute)));
        }
    }

    fn checks_a_password(&mut self, n: usize, k: usize) {
        let locked: Vec<RoomId> =
            self.rooms.iter().filter(|place| place.is_locked).map(|place| place.id).collect();
        let Some(room) = self.dice.one_of(&locked).filter(|_| self.acts(k)) else { return };
        let text = if self.dice.percent(70) { PASSWORD } else { "wrong" };
        let password = Some(Password::parse(text).unwrap());
        let (identity, peer) = (Some(self.clients[n].identity), self.clients[n].peer);
        let caller = Caller { identity, peer };
        let tell = oneshot::channel().0;
        self.command(k, Command::Call(Call::Check { caller, room, password, tell }));
    }

    fn some_read(&mut self) {
        for n in 0..CLIENTS {
            if self.dice.percent(60) {
                let most = self.dice.below(32);
                self.reads(n, most);
            }
        }
    }

    pub(super) fn reads(&mut self, n: usize, most: usize) {
        let Some(conn) = self.clients[n].conn else { return };
        let line = self.lines.get_mut(&conn).unwrap();
        let packets: Vec<_> = line.packets.drain(..most.min(line.packets.len())).collect();
        packets.into_iter().for_each(|packet| self.clients[n].reads(packet));
    }

    /// A client that is behind reads a page of what it has not, from any hub.
    pub(super) fn reads_on(&mut self, n: usize) {
        let behind = self.clients[n].views.iter().find(|(_, view)| view.is_behind);
        let Some(room) = behind.map(|(room, _)| *room) else { return };
        let view = self.clients[n].views.get_mut(&room).unwrap();
        let (messages, more) = self.database.after(room, view.have, PAGE);
        view.learn_all(&messages);
        view.is_behind = more;
    }

    fn some_time_passes(&mut self) {
        let ms = match self.dice.below(20) {
            0 => self.dice.between(60_000, 3_600_000),
            1..=8 => self.dice.between(1_000, 10_000),
            _ => self.dice.between(1, 1_000),
        };
        self.pass(ms);
    }

    /// A hub is killed; of what was on its way something may still arrive.
    fn is_killed(&mut self, k: usize) {
        if self.nodes[k].is_none() {
            return;
        }
        self.tell(format!("hub {k} is killed"));
        for n in 0..CLIENTS {
            if self.clients[n].conn.is_some_and(|conn| self.ends[&conn] == k) {
                let some = self.dice.below(10);
                self.reads(n, some);
            }
        }
        self.ends(k);
    }

    pub(super) fn state_changes(&mut self, k: usize, state: State) {
        if self.nodes[k].is_some() {
            self.tell(format!("hub {k}: {state:?}"));
            self.node(k).state = state;
        }
    }

    pub(super) fn starts_again(&mut self, k: usize) {
        if self.nodes[k].is_none() {
            self.starts(k);
        }
    }

    fn some_room(&mut self) -> Option<Place> {
        if self.rooms.is_empty() {
            return None;
        }
        let which = self.dice.below(self.rooms.len());
        Some(self.rooms[which].clone())
    }

    /// A room that a client is in, on a hub that answers.
    fn room_of(&mut self, n: usize) -> Option<RoomId> {
        if !self.talks(n) {
            return None;
        }
        let inside = self.clients[n].rooms();
        self.dice.one_of(&inside)
    }
}

/// The call that lifts a mute.
fn unmute(mute: &Mute) -> Call {
    let (chatter, identity, tell) = (mute.chatter, Some(mute.identity), oneshot::channel().0);
    Call::Person(PersonCall::Unmute { chatter, identity, tell })
}

fn view_chatter(client: &Client, room: RoomId) -> Option<ChatterId> {
    client.views.get(&room).and_then(|view| view.chatter)
}

fn name(text: &str) -> Namespace {
    Namespace::parse(text).unwrap()
}
