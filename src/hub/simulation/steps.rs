//! The steps of a life, each drawn by the dice.

use tokio::sync::oneshot;

use super::client::{Client, Unacked, Wish};
use super::dice::Dice;
use super::world::{CLIENTS, Place, World};
use crate::domain::ids::{AnnouncementId, ChatterId, RoomId, Seq};
use crate::domain::room::History;
use crate::domain::text::{Content, Key, Namespace, Nickname, Password, Title};
use crate::hub::command::{Call, Caller, Command, Event, NewRoom, RoomView};

/// Messages in a page over HTTP.
const PAGE: usize = 50;

/// The password of every locked room.
pub(super) const PASSWORD: &str = "cola";

impl World {
    /// One thing happens, and all is as it should be.
    pub(super) fn step(&mut self) {
        let n = self.dice.below(CLIENTS);
        let some = 1 + self.dice.below(8);
        match self.dice.below(1_000) {
            0..=119 => self.comes_in(n),
            120..=289 => self.says(n),
            290..=349 => self.does_a_deed(n),
            350..=389 => self.repeats(n),
            390..=394 => self.leaves(n),
            395..=409 => self.is_cut_off(n),
            410..=429 => self.notices_the_dead(),
            430..=469 => self.does_something_else(n),
            470..=484 => self.makes_a_room(),
            485..=494 => self.checks_a_password(n),
            495..=624 => self.commit(some),
            625..=634 => self.fail(some),
            635..=764 => self.end(some),
            765..=784 => {
                // Now and then there is no memory for it.
                let fails = self.dice.percent(5);
                self.password(fails);
            }
            785..=914 => self.some_read(),
            915..=926 => self.reads_on(n),
            927 => self.host_sets_a_wall(),
            928..=929 => self.looks_at_a_wall(),
            930..=932 => self.host_takes_back(),
            933 => self.host_marks(),
            934 => self.host_renames(),
            935..=936 => self.host_polls(),
            937 => self.host_shuts_or_opens(),
            938 => self.host_speaks(),
            989 => self.host_edits(),
            939 => self.host_sets_a_mode(),
            940..=942 => self.host_kicks(),
            943..=947 => self.host_mutes(),
            948..=949 => self.host_unmutes(),
            950..=969 => self.some_time_passes(),
            970..=979 => self.clock_jumps(),
            980..=984 => self.floods(n),
            985..=988 => self.host_reads_questions(),
            990..=994 => self.is_killed(),
            _ => self.stops(),
        }
        self.learns_of_rooms();
        self.is_well();
    }

    /// What must be so after every step, besides what is checked where it leaves the hub.
    pub(super) fn is_well(&self) {
        for client in &self.clients {
            client.views.values().for_each(|view| view.is_whole(client.conn));
        }
    }

    fn comes_in(&mut self, n: usize) {
        if self.clients[n].conn.is_none() {
            // Now and then to where no room is.
            let some = self.some_room().filter(|_| self.dice.percent(95));
            let namespace = some.map_or_else(|| name("elsewhere"), |room| room.namespace);
            self.connect(n, namespace);
        }
        let Some(room) = self.some_room_near(n) else { return self.makes_a_room() };
        if self.clients[n].rooms().contains(&room) && self.dice.percent(80) {
            return self.says(n);
        }
        let given = self.dice.percent(70).then_some(PASSWORD);
        self.joins(n, room, given);
    }

    /// A room in the namespace that a client is connected to; now and then any.
    fn some_room_near(&mut self, n: usize) -> Option<RoomId> {
        let here = self.lines[&self.clients[n].conn?].namespace.clone();
        let any = self.dice.percent(5);
        let is_near = |place: &&Place| place.namespace == here || any;
        let now = self.now.hub;
        let lives = |place: &&Place| place.ends > now || any;
        let near = self.rooms.iter().filter(is_near).filter(lives);
        let near: Vec<RoomId> = near.map(|place| place.id).collect();
        self.dice.one_of(&near)
    }

    pub(super) fn joins(&mut self, n: usize, room: RoomId, password: Option<&str>) {
        let view = self.clients[n].views.get(&room);
        let after = view.and_then(super::client::View::after);
        let reactions_after = view.and_then(|view| view.reactions_at);
        // A stranger may say that they are somebody else.
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
        let inside = self.clients[n].rooms();
        for Unacked { room, key } in self.clients[n].outbox.clone() {
            if inside.contains(&room) {
                // What it answers may be gone.
                self.sends(n, room, Some(key), None);
            }
        }
    }

    fn sends(&mut self, n: usize, room: RoomId, key: Option<String>, reply_to: Option<Seq>) {
        // Each try says something else, so that it shows which of them was stored.
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
        if self.clients[n].conn.is_some() {
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

    /// The hub notices that a connection is dead; the client may be back on another by then.
    pub(super) fn notices_the_dead(&mut self) {
        if self.dead.is_empty() {
            return;
        }
        let which = self.dice.below(self.dead.len());
        let conn = self.dead.remove(which);
        self.tell(format!("connection {} is gone", conn.0));
        self.lines.remove(&conn);
        self.command(Command::Gone(conn));
    }

    fn does_something_else(&mut self, n: usize) {
        let Some(room) = self.room_of(n) else { return };
        let nickname = Nickname::parse(&format!("n{}", self.requests)).unwrap();
        let chatter = view_chatter(&self.clients[n], room);
        match self.dice.below(9) {
            5.. => self.votes(n),
            0 => self.ask(n, Event::Rename { room, nickname }, Wish::Other),
            1 => self.ask(n, Event::Roster { room }, Wish::Other),
            2 => self.ask(n, Event::Typing { room, is_typing: true }, Wish::Other),
            3 => {
                let text = format!("note {}", self.requests);
                let content = Content::parse(&text).unwrap();
                self.ask(n, Event::Note { room, content }, Wish::Note { content: text });
            }
            _ => {
                let (tell, _unread) = oneshot::channel();
                let chatter = chatter.unwrap();
                let caller =
                    Caller { identity: Some(self.clients[n].identity), peer: self.clients[n].peer };
                self.tell(format!("client {n} renames itself by a call"));
                let owner = caller.identity.unwrap();
                let call = Call::Rename { caller, chatter, owner, nickname, tell };
                self.command(Command::Call(call));
            }
        }
    }

    fn makes_a_room(&mut self) {
        let is_locked = self.dice.percent(25);
        let capacity = self.dice.one_of(&[0, 0, 0, 2, 4]).unwrap();
        let namespace = name(self.dice.one_of(&["one", "one", "two"]).unwrap());
        let (tell, made) = oneshot::channel();
        self.tell(format!(
            "a room for {capacity} is to be made in {namespace}, locked: {is_locked}"
        ));
        self.making.push((self.now.hub, made));
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
        self.command(Command::Call(Call::Create(new, tell)));
    }

    pub(super) fn learns_of_rooms(&mut self) {
        let mut making = std::mem::take(&mut self.making);
        making.retain_mut(|(asked, made)| match made.try_recv() {
            Ok(Ok(RoomView { room, .. })) => {
                let is_now = *asked <= room.created && room.created <= self.now.hub;
                assert!(is_now, "made at another time than it was: {room:?}");
                self.rooms.push(Place {
                    id: room.id,
                    namespace: room.namespace.clone(),
                    is_locked: room.is_locked(),
                    ends: room.expires(),
                });
                false
            }
            Ok(Err(_)) => false,
            Err(error) => error == oneshot::error::TryRecvError::Empty,
        });
        self.making.append(&mut making);
    }

    /// The host takes something back: what is there, what is not, what was taken back before.
    fn host_takes_back(&mut self) {
        let Some(Place { id: room, .. }) = self.some_room() else { return };
        let last = self.truth.last(room).0;
        if last == 0 {
            return;
        }
        let first = i64::try_from(self.dice.below(usize::try_from(last).unwrap())).unwrap() + 1;
        let end = last.min(first + i64::try_from(self.dice.below(4)).unwrap());
        let mut seqs: Vec<Seq> = (first..=end).map(Seq).collect();
        if self.dice.percent(10) {
            seqs.push(Seq(last + 1_000_000));
        }
        self.tell(format!("the host takes back {seqs:?} of {last} in {room}"));
        let (tell, _unread) = oneshot::channel();
        self.command(Command::Call(Call::TakeBack { room, seqs, tell }));
    }

    fn host_shuts_or_opens(&mut self) {
        let Some(Place { id: room, .. }) = self.some_room() else { return };
        let is_shut = self.dice.percent(40);
        self.tell(format!("the host shuts {room}: {is_shut}"));
        let (tell, _unread) = oneshot::channel();
        self.command(Command::Call(Call::Shut { room, is_shut, tell }));
    }

    fn host_speaks(&mut self) {
        let Some(Place { id: room, .. }) = self.some_room() else { return };
        let shown: Vec<_> = self.hub.announcements.iter().map(|one| one.id).collect();
        let call = words_of_the_host(room, &shown, &mut self.dice);
        self.tell(format!("the host speaks: {call:?}"));
        self.command(Command::Call(call));
    }

    fn host_kicks(&mut self) {
        let Some(chatter) = self.somebody() else { return };
        self.tell(format!("the host takes out {chatter}"));
        let (tell, _unread) = oneshot::channel();
        self.command(Command::Call(Call::Kick(chatter, tell)));
    }

    fn checks_a_password(&mut self, n: usize) {
        let locked: Vec<RoomId> =
            self.rooms.iter().filter(|place| place.is_locked).map(|place| place.id).collect();
        let Some(room) = self.dice.one_of(&locked) else { return };
        let text = if self.dice.percent(70) { PASSWORD } else { "wrong" };
        let password = Some(Password::parse(text).unwrap());
        let caller =
            Caller { identity: Some(self.clients[n].identity), peer: self.clients[n].peer };
        let (tell, _unread) = oneshot::channel();
        self.tell(format!("client {n} tries the password {text}"));
        self.command(Command::Call(Call::Check { caller, room, password, tell }));
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
        self.tell(format!("client {n} reads {} packets", packets.len()));
        packets.into_iter().for_each(|packet| self.clients[n].reads(packet));
    }

    /// A client that is behind reads a page of what it has not.
    pub(super) fn reads_on(&mut self, n: usize) {
        let behind = self.clients[n].views.iter().find(|(_, view)| view.is_behind);
        let Some(room) = behind.map(|(room, _)| *room) else { return };
        let view = self.clients[n].views.get_mut(&room).unwrap();
        let (messages, more) = self.store.after(room, view.have, PAGE);
        view.learn_all(&messages);
        view.is_behind = more;
        self.tell(format!("client {n} reads a page, more: {more}"));
    }

    fn some_time_passes(&mut self) {
        let ms = match self.dice.below(20) {
            0 => self.dice.between(60_000, 3_600_000),
            1..=6 => self.dice.between(1_000, 20_000),
            _ => self.dice.between(1, 1_000),
        };
        self.pass(ms);
    }

    /// The system's clock is set: the hub has no say in it.
    fn clock_jumps(&mut self) {
        const DAY: i64 = 86_400_000;
        let shows = self.system.shows.0;
        let to = [0, 20_780 * DAY, shows - DAY, shows + 3_650 * DAY];
        self.system.shows.0 = self.dice.one_of(&to).unwrap();
        self.system.synchronised = self.dice.percent(20);
        self.tell(format!("the clock is set: {:?}", self.system));
        self.looks_at_the_clock();
    }

    /// More than a join's answer holds is said at once.
    fn floods(&mut self, n: usize) {
        for _ in 0..self.dice.between(100, 300) {
            self.says(n);
        }
    }

    /// The plug is pulled: of what was on its way something may still arrive.
    fn is_killed(&mut self) {
        self.tell("the hub is killed");
        for n in 0..CLIENTS {
            let some = self.dice.below(10);
            self.reads(n, some);
        }
        self.start_again();
    }

    /// The hub is told to stop, and finishes what it was given.
    pub(super) fn stops(&mut self) {
        self.tell("the hub is told to stop");
        let mark = crate::store::Write::Mark(self.now);
        self.submitted.push_back((mark, crate::hub::state::Then::Nothing));
        self.finish();
        self.learns_of_rooms();
        for n in 0..CLIENTS {
            self.reads(n, usize::MAX);
        }
        self.start_again();
    }

    pub(super) fn finish(&mut self) {
        while !(self.submitted.is_empty()
            && self.committed.is_empty()
            && self.hub.passwords.is_empty())
        {
            self.password(false);
            self.commit(usize::MAX);
            self.end(usize::MAX);
        }
    }

    pub(super) fn some_room(&mut self) -> Option<Place> {
        if self.rooms.is_empty() {
            return None;
        }
        let which = self.dice.below(self.rooms.len());
        Some(self.rooms[which].clone())
    }

    fn room_of(&mut self, n: usize) -> Option<RoomId> {
        let inside = self.clients[n].rooms();
        self.dice.one_of(&inside)
    }
}

fn view_chatter(client: &Client, room: RoomId) -> Option<ChatterId> {
    client.views.get(&room).and_then(|view| view.chatter)
}

fn name(text: &str) -> Namespace {
    Namespace::parse(text).unwrap()
}

/// The host says something in a room, announces something, or takes an announcement down.
pub(super) fn words_of_the_host(room: RoomId, shown: &[AnnouncementId], dice: &mut Dice) -> Call {
    let content = Content::parse("lunch is ready").unwrap();
    match (dice.below(4), dice.one_of(shown)) {
        (0, _) => {
            // Now and then with the key of an earlier one, as when that had no answer.
            let key = dice.percent(50).then(|| format!("host {}", dice.below(20)));
            let key = key.map(|key| Key::parse(&key).unwrap());
            Call::Say { room, content, key, tell: oneshot::channel().0 }
        }
        (1, Some(id)) => Call::TakeDown(id, oneshot::channel().0),
        _ => {
            let room = dice.percent(50).then_some(room);
            let minutes = dice.percent(60).then_some(1);
            Call::Announce {
                room,
                text: content,
                minutes,
                is_once: dice.percent(30),
                tell: oneshot::channel().0,
            }
        }
    }
}
