//! The database that the hubs share, in memory: it decides as the functions in `migrations/postgres` do, and keeps one
//! log of all changes.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::domain::announcement::Announcement;
use crate::domain::chatter::Chatter;
use crate::domain::event_settings::EventSettings;
use crate::domain::ids::{ChatterId, Epoch, HubId, IdentityId, PollId, RoomId, RunId, Seq};
use crate::domain::message::{Alert, Kind, Message};
use crate::domain::mute::Mute;
use crate::domain::names::look::Look;
use crate::domain::poll::PreparedPoll;
use crate::domain::question::Question;
use crate::domain::reactions::Chosen;
use crate::domain::refusal::{HostRefusal, Refusal};
use crate::domain::room::Room;
use crate::domain::room::wall::RoomWall;
use crate::domain::text::Nickname;
use crate::domain::time::{HubTime, WallTime};
use crate::store::{
    AccessGrant, Ban, Change, Deed, EarlyEnd, HistorySlice, Join, Joined, Leave, MISSED_MAX,
    Member, Past, Say, Write, Written,
};

/// How long a run may give no sign of life.
const DEAD_AFTER: Duration = Duration::from_secs(5);

/// How long the people of a run that has ended keep their places.
const KEPT: Duration = Duration::from_secs(20);

/// All tables, and the log.
#[derive(Debug, Default)]
pub(super) struct Database {
    pub(super) now: HubTime,
    rooms_max: usize,
    pub(super) rooms: BTreeMap<RoomId, Room>,
    /// How many people were in a room when its capacity was last changed.
    pub(super) crowds: BTreeMap<RoomId, usize>,
    pub(super) chatters: BTreeMap<ChatterId, (Chatter, IdentityId)>,
    pub(super) members: BTreeMap<(RoomId, IdentityId), (ChatterId, Seq)>,
    pub(super) people: BTreeMap<(RoomId, IdentityId), ChatterId>,
    /// Through which runs people are present, and until when if the run has ended.
    pub(super) stays: BTreeMap<(RoomId, IdentityId, RunId), Option<HubTime>>,
    pub(super) names: BTreeMap<(RoomId, String), ChatterId>,
    /// Who may not change the name that the host gave them.
    pub(super) named: BTreeSet<ChatterId>,
    pub(super) messages: Vec<(Message, Option<String>)>,
    /// When a chatter last wrote in a room.
    wrote: BTreeMap<(RoomId, ChatterId), HubTime>,
    /// When a browser first came into a room.
    came: BTreeMap<IdentityId, HubTime>,
    pub(super) bans: BTreeMap<ChatterId, Ban>,
    pub(super) mutes: BTreeMap<IdentityId, Mute>,
    pub(super) announcements: Vec<Announcement>,
    pub(super) polls: BTreeMap<PollId, super::polls::Polled>,
    pub(super) prepared: Vec<PreparedPoll>,
    /// The questions that wait, or were dropped, and how many there were.
    pub(super) held: Vec<super::holding::Waiting>,
    pub(super) asked: i64,
    pub(super) event: EventSettings,
    pub(super) walls: BTreeMap<RoomId, RoomWall>,
    pub(super) grants: Vec<AccessGrant>,
    /// Who has reacted to what, and when that last changed.
    pub(super) reactions: BTreeMap<(RoomId, Seq), (HubTime, BTreeMap<ChatterId, Chosen>)>,
    pub(super) reports: BTreeSet<(RoomId, Seq, ChatterId)>,
    /// The runs that live, and their last signs of life.
    pub(super) leases: BTreeMap<RunId, HubTime>,
    pub(super) log: Vec<Change>,
}

impl Database {
    pub(super) fn new(rooms_max: usize) -> Self {
        Self { rooms_max, ..Self::default() }
    }

    /// Begins a run, which hears the log from its end on.
    pub(super) fn begin(&mut self, run: RunId) -> (Past, usize) {
        self.leases.insert(run, self.now);
        let living = self.rooms.values().filter(|room| !room.is_expired(self.now));
        let elsewhere = self.stays.keys().map(|(room, owner, run)| {
            let (chatter, first) = self.members[&(*room, *owner)];
            let chatter = self.chatters[&chatter].0.clone();
            (Member { room: *room, chatter, owner: *owner, first, pruned: false }, *run)
        });
        let (polls, votes) = self.polled();
        let past = Past {
            hub: HubId::from_random([1; 16]),
            time: self.now,
            wall: self.wall(),
            rooms: living.cloned().collect(),
            newest: Vec::new(),
            present: Vec::new(),
            elsewhere: elsewhere.collect(),
            bans: self.bans.values().cloned().collect(),
            mutes: self.mutes.values().cloned().collect(),
            announcements: self.announced(),
            polls,
            prepared: self.prepared_now(),
            votes,
            event: self.event.clone(),
            walls: self.walls.clone().into_iter().collect(),
            grants: self.grants.iter().filter(|grant| grant.until > self.now).copied().collect(),
            run: Some(run),
            key: None,
        };
        (past, self.log.len())
    }

    pub(super) fn wall(&self) -> WallTime {
        WallTime(i64::try_from(self.now.0).unwrap())
    }

    /// Gives a sign of life. Returns whether the run still lives.
    pub(super) fn beat(&mut self, run: RunId) -> bool {
        let now = self.now;
        self.leases.get_mut(&run).map(|seen| *seen = now).is_some()
    }

    /// Ends the runs that give no sign of life, and the stays whose time is over.
    pub(super) fn sweep(&mut self) {
        let is_dead = |seen: &HubTime| seen.after(DEAD_AFTER) < self.now;
        let dead: Vec<RunId> =
            self.leases.iter().filter(|(_, seen)| is_dead(seen)).map(|(run, _)| *run).collect();
        for run in dead {
            self.end_run(run);
        }
        let now = self.now;
        let over = self.rooms.values().filter(|room| room.is_expired(now));
        for room in over.map(|room| room.id).collect::<Vec<_>>() {
            self.empty(|of, _| of == room);
        }
        let is_over = |until: &Option<HubTime>| until.is_some_and(|until| until <= now);
        let over = self.stays.iter().filter(|(_, until)| is_over(until));
        let mut gone: BTreeMap<RoomId, Vec<ChatterId>> = BTreeMap::new();
        for (room, owner, run) in over.map(|(stay, _)| *stay).collect::<Vec<_>>() {
            let chatter = self.people[&(room, owner)];
            if self.leaves_run(room, (chatter, owner), run) {
                gone.entry(room).or_default().push(chatter);
            }
        }
        for (room, people) in gone {
            self.notice(room, people[0], Alert::Left(u32::try_from(people.len()).unwrap()));
        }
    }

    /// A run is over: its people keep their places for a time.
    pub(super) fn end_run(&mut self, run: RunId) {
        self.leases.remove(&run);
        let until = self.now.after(KEPT);
        let of_run =
            self.stays.iter_mut().filter(|((.., of), until)| *of == run && until.is_none());
        of_run.for_each(|(_, kept)| *kept = Some(until));
    }

    /// Decides a write and does it.
    pub(super) fn apply(&mut self, run: RunId, write: &Write) -> Result<Written, Refusal> {
        match write {
            Write::Room(room) => self.make(room, false),
            Write::FirstRoom(room) => {
                let is_open =
                    |room: &Room| room.lock.is_none() && (room.by_host || room.capacity == 0);
                let now = self.now;
                let mut living = self.rooms.values().filter(|room| !room.is_expired(now));
                if living.any(is_open) { Err(Refusal::Unavailable) } else { self.make(room, true) }
            }
            Write::Grant(grant) => {
                self.grants.push(*grant);
                self.log.push(Change::Granted(*grant));
                Ok(Written::Done)
            }
            Write::Look { room, identity } => {
                let is_member = self.members.contains_key(&(*room, *identity));
                Ok(Written::Looked { is_member, came: self.came.get(identity).copied() })
            }
            Write::End { room, .. } => {
                self.end_room(*room, EarlyEnd::Silent).map(|_| Written::Done)
            }
            Write::Join(join) => self.join(run, join).map(Written::Joined),
            Write::Say(say) => self.say(say),
            Write::Recall(recall) => self.recall(recall),
            Write::TakeBack(back) => self.take_back_own(back),
            Write::React(react) => self.react(react),
            Write::Vote(vote) => self.vote(vote),
            Write::VotePoll(vote) => self.vote_poll(vote),
            Write::ClosePoll(close, _) => self.close_poll(close),
            Write::Report(report) => self.report(report),
            Write::Leave(leave) => Ok(self.leave(run, leave)),
            Write::Rename(rename) => self.rename(rename),
            Write::Host(act) => self.host(&act.deed),
            Write::UseKey(_) => panic!("not in these lives: {write:?}"),
            Write::Mark(_) | Write::Ping => Ok(Written::Done),
        }
    }

    fn make(&mut self, room: &Room, by_host: bool) -> Result<Written, Refusal> {
        let counts = |room: &&Room| !room.is_expired(self.now) && !room.by_host;
        if !by_host && self.rooms.values().filter(counts).count() >= self.rooms_max {
            return Err(Refusal::TooManyRooms(Duration::from_secs(60)));
        }
        assert!(self.rooms.insert(room.id, room.clone()).is_none(), "a room is made twice");
        self.log.push(Change::RoomMade(room.clone()));
        Ok(Written::Done)
    }

    fn make_once(&mut self, room: &Room) -> Result<Written, Refusal> {
        let is_same = |known: &&Room| {
            known.by_host && (&known.namespace, &known.title) == (&room.namespace, &room.title)
        };
        if self.rooms.values().filter(is_same).any(|known| !known.is_expired(self.now)) {
            return Err(Refusal::Host(HostRefusal::AlreadyThere));
        }
        self.make(room, true)
    }

    fn end_room(&mut self, room: RoomId, end: EarlyEnd) -> Result<Written, Refusal> {
        let (now, count) = (self.now, self.count(room));
        let stored = self.rooms.get_mut(&room).ok_or(Refusal::NoSuchRoom)?;
        if end == EarlyEnd::Silent && count > 0 {
            return Err(Refusal::Unavailable);
        }
        stored.lifetime = stored.lifetime.min(now.since(stored.created));
        self.empty(|of, _| of == room);
        self.log.push(Change::RoomEnded { room, end });
        Ok(self.drop_in(room))
    }

    fn join(&mut self, run: RunId, join: &Join) -> Result<Joined, Refusal> {
        let Join { room, identity, .. } = *join;
        let stored = self.rooms.get(&room).ok_or(Refusal::NoSuchRoom)?;
        stored.open_at(self.now)?;
        if self.is_banned(identity, join.peer, self.now) {
            return Err(Refusal::Banned);
        }
        let is_new = !self.people.contains_key(&(room, identity));
        if is_new {
            stored.has_place(self.count(room))?;
        }
        if !self.members.contains_key(&(room, identity)) {
            let came = self.came.get(&identity).copied();
            match (stored.mode.at(self.now).mode.admits(came, self.now), join.admitted) {
                (false, _) => return Err(Refusal::Shut),
                (true, false) => return Err(Refusal::Locked),
                (true, true) => {}
            }
            let theirs =
                |id: &ChatterId| self.chatters.get(id).is_some_and(|(_, of)| *of == identity);
            let id = join.wanted.filter(theirs).unwrap_or(join.fresh.id);
            self.chatters.entry(id).or_insert_with(|| (join.fresh.clone(), identity));
            self.came.entry(identity).or_insert(self.now);
            let first = self.rooms[&room].history.first_for_newcomer(self.last(room));
            self.members.insert((room, identity), (id, first));
        }
        let (id, first) = self.members[&(room, identity)];
        let chatter = self.chatters[&id].0.clone();
        if is_new {
            self.people.insert((room, identity), id);
            self.take_name(room, &chatter);
        }
        if let std::collections::btree_map::Entry::Vacant(stay) =
            self.stays.entry((room, identity, run))
        {
            stay.insert(None);
            let (chatter, owner) = (chatter.clone(), identity);
            self.log.push(Change::Entered { room, chatter, owner, run });
        }
        let alert =
            (is_new && join.notice.is_some()).then(|| self.notice(room, id, Alert::Joined(1)));
        let last = self.last(room);
        let (missed, more) = match join.after {
            Some(after) => self.after(room, after.max(Seq(first.0 - 1)), MISSED_MAX),
            None => (Vec::new(), false),
        };
        let reset = join.after.is_some_and(|after| after > last);
        let (taken_back, reacted) = self.changed_since(join, (id, first));
        let (pruned, epoch) = (false, Epoch(0));
        let reactions_at = self.now;
        let history = HistorySlice {
            first,
            last,
            pruned,
            epoch,
            reset,
            missed,
            more,
            taken_back,
            reacted,
            reactions_at,
        };
        Ok(Joined { chatter, alert, history })
    }

    /// Takes the looks of a name, unless somebody else in the room has one of them.
    pub(super) fn take_name(&mut self, room: RoomId, chatter: &Chatter) {
        if self.is_free(room, &chatter.nickname, chatter.id) {
            for key in Look::of(&chatter.nickname).keys() {
                self.names.insert((room, key.to_owned()), chatter.id);
            }
        }
    }

    pub(super) fn is_free(&self, room: RoomId, name: &Nickname, whose: ChatterId) -> bool {
        let holder = |key: &str| self.names.get(&(room, key.to_owned()));
        Look::of(name).keys().iter().all(|key| holder(key).is_none_or(|holder| *holder == whose))
    }

    fn leave(&mut self, run: RunId, leave: &Leave) -> Written {
        let (room, id) = (leave.room, leave.chatter.id);
        let Some((_, owner)) = self.chatters.get(&id) else {
            return Written::Left { alert: None, still_here: false };
        };
        let owner = *owner;
        let is_gone = match leave.everywhere {
            true => !self.people.contains_key(&(room, owner)),
            false if !self.stays.contains_key(&(room, owner, run)) => {
                return Written::Left { alert: None, still_here: false };
            }
            false => self.leaves_run(room, (id, owner), run),
        };
        let is_told = is_gone && leave.notice.is_some();
        let alert = is_told.then(|| self.notice(room, id, Alert::Left(1)));
        Written::Left { alert, still_here: !is_gone }
    }

    /// Ends a stay. Returns whether they have left the room with it.
    fn leaves_run(
        &mut self,
        room: RoomId,
        (chatter, owner): (ChatterId, IdentityId),
        run: RunId,
    ) -> bool {
        self.stays.remove(&(room, owner, run));
        self.log.push(Change::Left { room, chatter, run });
        let is_gone = !self.stays.keys().any(|(of, whose, _)| (*of, *whose) == (room, owner));
        if is_gone {
            self.empty(|of, whose| (of, whose) == (room, owner));
        }
        is_gone
    }

    /// Takes these people out, with their stays and names.
    fn empty(&mut self, is_meant: impl Fn(RoomId, IdentityId) -> bool) {
        let chatters = &self.chatters;
        self.people.retain(|(room, owner), _| !is_meant(*room, *owner));
        self.stays.retain(|(room, owner, _), _| !is_meant(*room, *owner));
        self.names.retain(|(room, _), chatter| !is_meant(*room, chatters[chatter].1));
    }

    /// The message that a chatter has sent with this key.
    pub(super) fn said_before(&self, author: ChatterId, key: Option<&String>) -> Option<Message> {
        let key = key?;
        let is_it = |(message, known): &&(Message, Option<String>)| {
            message.chatter.id == author && known.as_ref() == Some(key)
        };
        self.messages.iter().find(is_it).map(|(message, _)| message.clone())
    }

    fn say(&mut self, say: &Say) -> Result<Written, Refusal> {
        let key = say.key.as_ref().map(|key| key.as_str().to_owned());
        if let Some(message) = self.said_before(say.chatter, key.as_ref()) {
            return Ok(Written::Said { message, repeated: true });
        }
        if let Some(known) = self.asked_before(say) {
            return known;
        }
        let room = self.rooms.get(&say.room).ok_or(Refusal::NoSuchRoom)?;
        let (_, owner) = self.chatters.get(&say.chatter).ok_or(Refusal::NoSuchChatter)?;
        if matches!(say.kind, Kind::Said | Kind::Alert(Alert::Note)) {
            room.open_at(self.now)?;
            if self.people.get(&(say.room, *owner)) != Some(&say.chatter) {
                return Err(Refusal::NotJoined);
            }
            let wrote = self.wrote.get(&(say.room, say.chatter)).copied();
            let came = self.came.get(owner).copied().unwrap_or(HubTime(0));
            room.mode.at(self.now).mode.may_write(wrote, came, self.now)?;
        }
        let quote = say.reply_to.map(|to| self.quote(say.room, to, say.chatter)).transpose()?;
        if say.is_question && self.rooms[&say.room].questions.are_held() {
            let held = self.hold(say)?;
            self.wrote.insert((say.room, say.chatter), self.now);
            return Ok(held);
        }
        let content = say.content.clone();
        let author = (say.room, say.chatter);
        let question = say.is_question.then(Question::default);
        let kind = say.kind.clone();
        let message = self.append_as(author, kind, (content, quote), (key, question));
        if matches!(say.kind, Kind::Said | Kind::Alert(Alert::Note)) {
            self.wrote.insert((say.room, say.chatter), self.now);
        }
        Ok(Written::Said { message, repeated: false })
    }

    fn host(&mut self, deed: &Deed) -> Result<Written, Refusal> {
        match deed {
            Deed::Create(room) => return self.make(room, true),
            Deed::CreateOnce(room) => return self.make_once(room),
            Deed::SetMode(set) => {
                let known = set.rooms.iter().filter(|room| self.rooms.contains_key(*room));
                let known: Vec<RoomId> = known.copied().collect();
                for room in &known {
                    self.rooms.get_mut(room).unwrap().mode = set.mode;
                    self.log.push(Change::RoomMode { room: *room, mode: set.mode });
                }
                if known.is_empty() {
                    return Err(Refusal::NoSuchRoom);
                }
            }
            Deed::Edit(room, edit) => {
                let (now, count) = (self.now, self.count(*room));
                let stored = self.rooms.get_mut(room).ok_or(Refusal::NoSuchRoom)?;
                stored.open_at(now)?;
                edit.apply(stored);
                if edit.lock.is_some() {
                    // Whoever passed the check of the former password has to pass that of the new one.
                    self.grants.retain(|grant| grant.room != *room);
                }
                self.log.push(Change::RoomEdited(stored.clone()));
                // Those who are in it stay.
                self.crowds.insert(*room, count);
            }
            Deed::SetWall(room, edit) => return self.set_wall(*room, edit),
            Deed::Close(room) => return self.end_room(*room, EarlyEnd::Closed),
            Deed::Kick(chatter) => {
                let owner = self.chatters[chatter].1;
                let rooms = self.people.iter().filter(|(_, present)| *present == chatter);
                let rooms: Vec<RoomId> = rooms.map(|((room, _), _)| *room).collect();
                self.empty(|room, whose| whose == owner && rooms.contains(&room));
                self.log.push(Change::Kicked(*chatter));
            }
            Deed::Ban(ban) => {
                self.bans.insert(ban.chatter, ban.clone());
                self.empty(|_, whose| whose == ban.identity);
                self.log.push(Change::Banned(ban.clone()));
                return Ok(self.drop_of(ban.identity));
            }
            Deed::Unban(chatter) => {
                self.bans.remove(chatter);
                self.log.push(Change::Unbanned(*chatter));
            }
            Deed::Rename(rename) => return self.rename_by_host(rename),
            Deed::Mute(mute) => return self.mute(mute),
            Deed::Unmute(_, identity) => return self.unmute(*identity),
            Deed::Say(say) => return self.host_says(say),
            Deed::Announce(announcement, host) => return self.announce(announcement, host),
            Deed::AnnounceOnce(announcement, host) => {
                return self.announce_once(announcement, host);
            }
            Deed::TakeDown(id) => return self.take_down(*id),
            Deed::MakePoll(made) => return self.make_poll(made),
            Deed::ClosePoll(close) => return self.close_poll(close),
            Deed::Prepare(prepare) => return self.prepare(prepare),
            Deed::LetThrough(held) => return self.let_through(*held),
            Deed::DropHeld(held) => return self.drop_held(*held),
            Deed::TakeBack(room, seqs) => return self.take_back(*room, seqs),
            Deed::Answered(room, seq, on) => return self.mark((*room, *seq), *on),
            Deed::SetEvent(edit) => {
                self.event = self.event.with(edit.clone());
                self.log.push(Change::EventSet(self.event.clone()));
            }
            _ => panic!("not in these lives: {deed:?}"),
        }
        Ok(Written::Done)
    }
}
