//! Polls: making, voting, closing. News of votes is sent together, so that a thousand people who vote within a second cost
//! a few packets.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use super::command::{Answer, PollCall, PollView, Reply, Responder, RoomEvent};
use super::rate_limits::Action;
use super::rooms::named;
use super::state::{Due, Hub, Then, unexpected};
use crate::domain::ids::{ConnId, IdentityId, PollId, RoomId};
use crate::domain::poll::{CLOSED_MAX, Choices, POLLS_MAX, Poll, PollForm, Tally};
use crate::domain::refusal::{HostRefusal, Refusal};
use crate::domain::text::Content;
use crate::domain::time::{HubTime, WallTime};
use crate::domain::words;
use crate::store::{ClosePoll, Deed, MakePoll, Moment, VotePoll, Write, Written};

/// How long votes are collected before people are told.
const GATHER: Duration = Duration::from_millis(300);

/// After this time the end of a poll that could not be stored is tried again.
const CLOSE_AGAIN: Duration = Duration::from_secs(5);

/// A poll that the hub knows.
#[derive(Debug)]
pub(super) struct KnownPoll {
    pub(super) poll: Poll,
    /// Who has voted, while it is open.
    pub(super) votes: HashMap<IdentityId, Choices>,
    /// Who has voted since people were told last, and over which connection, which knows from its answer. `None` if that
    /// was on another hub, or there are several. All are told soon.
    voted_lately: HashMap<IdentityId, Option<ConnId>>,
    /// Whether its end is being committed.
    is_closing: bool,
    /// When it was closed in this run of the hub.
    over_at: Option<HubTime>,
}

/// Somebody's vote that is being committed.
#[derive(Debug)]
pub(super) struct Voting {
    conn: ConnId,
    identity: IdentityId,
    poll: PollId,
    reply: Reply,
}

impl KnownPoll {
    pub(super) fn new(poll: Poll) -> Self {
        let votes = HashMap::new();
        let voted_lately = HashMap::new();
        Self { poll, votes, voted_lately, is_closing: false, over_at: None }
    }

    fn mine(&self, identity: IdentityId) -> Choices {
        self.votes.get(&identity).copied().unwrap_or_default()
    }

    /// The poll as somebody sees it.
    fn seen_by(&self, identity: IdentityId, at: Moment) -> PollView {
        let mine = self.mine(identity);
        let shows_votes = self.poll.shows_votes(mine);
        PollView { mine: Some(mine), ..view(&self.poll, shows_votes, at) }
    }
}

impl Hub {
    /// Decides a call about polls.
    pub(super) fn poll_call(&mut self, call: PollCall, at: Moment) {
        match call {
            PollCall::Make { room, form, minutes, tell } => {
                let id = PollId::from_random((self.random)());
                self.ask((id, false), (room, form, minutes), tell, at);
            }
            PollCall::Close(poll, tell) => self.close_poll(poll, tell, at),
            PollCall::Prepared(call) => self.prepare_call(call, at),
            PollCall::All(tell) => {
                let all = self.polls.iter().map(|known| view(&known.poll, true, at));
                drop(tell.send(Ok(all.collect())));
            }
            PollCall::In { room, identity, most, tell } => {
                let here = self.polls.iter().filter(|known| known.poll.concerns(room));
                let mut seen: Vec<_> = here.map(|known| known.seen_by(identity, at)).collect();
                seen.drain(..seen.len().saturating_sub(most));
                drop(tell.send(self.live(room).map(|_| seen)));
            }
        }
    }

    /// Makes a poll with this id, which may have been prepared.
    pub(super) fn ask(
        &mut self,
        (id, is_prepared): (PollId, bool),
        (room, form, minutes): (Option<RoomId>, PollForm, Option<u64>),
        tell: Responder<PollId>,
        at: Moment,
    ) {
        if let Some(Err(refusal)) = room.map(|room| self.live(room)) {
            return drop(tell.send(Err(refusal)));
        }
        if self.polls.iter().filter(|known| known.poll.is_open()).count() >= POLLS_MAX {
            return drop(tell.send(Err(Refusal::Host(HostRefusal::TooManyPolls))));
        }
        let span = |minutes: u64| Duration::from_secs(minutes.saturating_mul(60));
        let language = self.settings.language;
        let notice = Content::trusted(words::polls::opened(language, &form));
        let until = minutes.map(|minutes| at.hub.after(span(minutes)));
        let (made_at, tally) = (at.wall, Tally::default());
        let poll = Poll { id, room, form, made_at, until, closed_at: None, tally };
        let (what, host) = (self.poll_in_words(id, room), words::host_name(language));
        let made = MakePoll { poll: poll.clone(), host, notice, is_prepared };
        let then = Then::PollMade(Box::new(poll), tell);
        self.host_does(Deed::MakePoll(Box::new(made)), what, then, at);
    }

    /// Goes on with a poll that is committed or was refused.
    pub(super) fn poll_made(
        &mut self,
        poll: Poll,
        tell: Responder<PollId>,
        result: Result<Written, Refusal>,
        at: Moment,
    ) {
        let notices = match result {
            Ok(Written::PollMade(notices)) => notices,
            Ok(other) => return drop(tell.send(Err(unexpected(&other)))),
            Err(refusal) => return drop(tell.send(Err(refusal))),
        };
        let id = poll.id;
        tracing::info!(poll = %id, rooms = notices.len(), "the host has made a poll");
        self.show_poll(poll, at);
        for notice in notices {
            self.broadcast_message(notice, at.hub);
        }
        drop(tell.send(Ok(id)));
    }

    /// A poll is committed: the people whom it concerns are told.
    pub(super) fn show_poll(&mut self, poll: Poll, at: Moment) {
        let id = poll.id;
        self.hide_prepared(id);
        if self.polls.iter().any(|known| known.poll.id == id) {
            return;
        }
        self.add_poll(poll, at.hub);
        self.tell_poll(id, at);
    }

    /// Adds a poll to those that the hub knows.
    pub(super) fn add_poll(&mut self, poll: Poll, now: HubTime) {
        // Its room may have ended since it was committed.
        let lives = poll.room.is_none_or(|room| self.rooms.contains_key(&room));
        let due = if lives { poll.until } else { Some(now) };
        match (poll.is_open(), due) {
            (true, Some(due)) => drop(self.agenda.insert((due, Due::Poll(poll.id)))),
            (false, _) if !lives => return,
            _ => {}
        }
        self.polls.push(KnownPoll::new(poll));
        self.forget_oldest_polls();
    }

    fn forget_oldest_polls(&mut self) {
        let closed = self.polls.iter().filter(|known| !known.poll.is_open()).count();
        for _ in CLOSED_MAX..closed {
            let oldest = self.polls.iter().position(|known| !known.poll.is_open());
            oldest.map(|place| self.polls.remove(place));
        }
    }

    /// Decides a vote.
    pub(super) fn vote_poll(
        &mut self,
        conn: ConnId,
        (poll, choices): (PollId, Choices),
        reply: Reply,
        at: Moment,
    ) {
        match self.may_vote(conn, (poll, choices), at.hub) {
            Ok(identity) => {
                let vote = VotePoll { poll, identity, choices, at };
                let voting = Voting { conn, identity, poll, reply };
                self.write(Write::VotePoll(vote), Then::PollVoted(voting));
            }
            Err(refusal) => self.reply(reply, Err(refusal)),
        }
    }

    /// Who votes over a connection, if they may. People who are muted may: a vote says nothing to others.
    fn may_vote(
        &mut self,
        conn: ConnId,
        (poll, choices): (PollId, Choices),
        now: HubTime,
    ) -> Result<IdentityId, Refusal> {
        let here = self.conns.get(&conn).ok_or(Refusal::Unavailable)?;
        let known = self.polls.iter().find(|known| known.poll.id == poll);
        let known = known.ok_or(Refusal::NoSuchPoll)?;
        let concerns = |room: &RoomId| known.poll.concerns(*room) && self.rooms.contains_key(room);
        if !here.rooms.keys().any(concerns) {
            return Err(Refusal::NotJoined);
        }
        known.poll.takes(choices, now)?;
        let identity = here.who.identity;
        self.limit(conn, Action::Message, now).map(|()| identity)
    }

    /// Goes on with a vote that is committed or was refused.
    pub(super) fn voted(
        &mut self,
        Voting { conn, identity, poll, reply }: Voting,
        result: Result<Written, Refusal>,
        at: Moment,
    ) {
        let answer = match result {
            Ok(Written::PollVoted { tally, choices, is_new }) => {
                if is_new {
                    self.show_vote(poll, (identity, choices), tally, (Some(conn), at.hub));
                }
                let known = self.polls.iter().find(|known| known.poll.id == poll);
                known
                    .map(|known| Answer::Voted(Box::new(known.seen_by(identity, at))))
                    .ok_or(Refusal::NoSuchPoll)
            }
            Ok(other) => Err(unexpected(&other)),
            Err(refusal) => Err(refusal),
        };
        self.reply(reply, answer);
    }

    /// A vote is committed: the people whom the poll concerns are told soon.
    pub(super) fn show_vote(
        &mut self,
        poll: PollId,
        (identity, choices): (IdentityId, Choices),
        tally: Tally,
        (by, now): (Option<ConnId>, HubTime),
    ) {
        let known = self.polls.iter_mut().find(|known| known.poll.id == poll);
        let Some(known) = known.filter(|known| known.poll.is_open()) else { return };
        match choices.is_empty() {
            true => drop(known.votes.remove(&identity)),
            false => drop(known.votes.insert(identity, choices)),
        }
        known.poll.tally = tally;
        if known.voted_lately.is_empty() {
            self.agenda.insert((now.after(GATHER), Due::PollNews(poll)));
        }
        let before = known.voted_lately.entry(identity).or_insert(by);
        if *before != by {
            *before = None;
        }
    }

    /// Tells people of the votes that were collected.
    pub(super) fn poll_news(&mut self, poll: PollId, at: Moment) {
        let known = self.polls.iter().find(|known| known.poll.id == poll);
        if known.is_some_and(|known| !known.voted_lately.is_empty()) {
            self.tell_poll(poll, at);
        }
    }

    /// Tells the people whom a poll concerns how it is: the other connections of a browser that has voted, with what
    /// was chosen; of all others those who may see the votes, and those who may not.
    fn tell_poll(&mut self, poll: PollId, at: Moment) {
        let Some(place) = self.polls.iter().position(|known| known.poll.id == poll) else { return };
        let room = self.polls.get(place).and_then(|known| known.poll.room);
        let all = self.listeners(room);
        let Some(known) = self.polls.get_mut(place) else { return };
        let voted_lately = std::mem::take(&mut known.voted_lately);
        let (mut voters, mut seeing, mut others) = (BTreeMap::new(), Vec::new(), Vec::new());
        for conn in all {
            let Some(here) = self.conns.get(&conn) else { continue };
            let who = here.who.identity;
            if voted_lately.get(&who).is_some_and(|by| *by != Some(conn)) {
                voters.entry(who).or_insert_with(Vec::new).push(conn);
            } else if known.poll.shows_votes(known.mine(who)) {
                seeing.push(conn);
            } else {
                others.push(conn);
            }
        }
        let theirs = voters.into_iter().map(|(who, to)| (to, known.seen_by(who, at)));
        let many = [(seeing, true), (others, false)];
        let many = many.map(|(to, shows)| (to, view(&known.poll, shows, at)));
        let told: Vec<(Vec<ConnId>, PollView)> = theirs.chain(many).collect();
        for (to, seen) in told.into_iter().filter(|(to, _)| !to.is_empty()) {
            self.broadcast(to.into(), RoomEvent::Poll(Box::new(seen)));
        }
    }

    fn close_poll(&mut self, id: PollId, tell: Responder<()>, at: Moment) {
        let known = self.polls.iter().find(|known| known.poll.id == id);
        let open = known.ok_or(Refusal::NoSuchPoll).and_then(|known| {
            known.poll.is_open().then_some(&known.poll).ok_or(Refusal::PollClosed)
        });
        match open {
            Ok(poll) => {
                let what = self.poll_in_words(poll.id, poll.room);
                let deed = Deed::ClosePoll(self.closing(poll));
                self.host_does(deed, what, Then::PollClosed(id, Some(tell)), at);
            }
            Err(refusal) => drop(tell.send(Err(refusal))),
        }
    }

    /// Closes a poll whose time has passed, or whose room has ended.
    pub(super) fn poll_over(&mut self, id: PollId, at: Moment) {
        let lives = |room: RoomId| self.rooms.contains_key(&room);
        let known = self.polls.iter().find(|known| known.poll.id == id);
        let over = known.filter(|known| {
            let is_due = known.poll.is_over(at.hub) || !known.poll.room.is_none_or(lives);
            known.poll.is_open() && is_due && !known.is_closing
        });
        let Some(close) = over.map(|known| self.closing(&known.poll)) else { return };
        let known = self.polls.iter_mut().filter(|known| known.poll.id == id);
        known.for_each(|known| known.is_closing = true);
        self.write(Write::ClosePoll(close, at), Then::PollClosed(id, None));
    }

    fn closing(&self, poll: &Poll) -> ClosePoll {
        let language = self.settings.language;
        let notice = words::polls::closed(language, &poll.form);
        ClosePoll { poll: poll.id, host: words::host_name(language), notice }
    }

    /// Goes on with the end of a poll that is committed or was refused.
    pub(super) fn poll_closed(
        &mut self,
        id: PollId,
        tell: Option<Responder<()>>,
        result: Result<Written, Refusal>,
        at: Moment,
    ) {
        let known = self.polls.iter_mut().filter(|known| known.poll.id == id);
        known.for_each(|known| known.is_closing = false);
        let closed = match result {
            Ok(Written::PollClosed { closed_at, tally, notices }) => {
                self.show_poll_closed(id, (closed_at, tally), at);
                for notice in notices {
                    self.broadcast_message(notice, at.hub);
                }
                Ok(())
            }
            Ok(other) => Err(unexpected(&other)),
            Err(refusal) => {
                if tell.is_none() && !matches!(refusal, Refusal::PollClosed | Refusal::NoSuchPoll) {
                    self.agenda.insert((at.hub.after(CLOSE_AGAIN), Due::Poll(id)));
                }
                Err(refusal)
            }
        };
        if let Some(tell) = tell {
            drop(tell.send(closed));
        }
    }

    /// A poll is closed: the people whom it concerns see the result, and nobody knows any more who has voted.
    pub(super) fn show_poll_closed(
        &mut self,
        id: PollId,
        (closed_at, tally): (WallTime, Tally),
        at: Moment,
    ) {
        let known = self.polls.iter_mut().find(|known| known.poll.id == id);
        let Some(known) = known.filter(|known| known.poll.is_open()) else { return };
        known.poll.closed_at = Some(closed_at);
        known.poll.tally = tally;
        known.votes.clear();
        known.voted_lately.clear();
        known.over_at = Some(at.hub);
        self.tell_poll(id, at);
        let rooms = &self.rooms;
        let lives = |poll: &Poll| poll.room.is_none_or(|room| rooms.contains_key(&room));
        self.polls.retain(|known| known.poll.is_open() || lives(&known.poll));
        self.forget_oldest_polls();
    }

    /// Closes the polls of a room that has ended, and forgets those that are closed.
    pub(super) fn forget_polls(&mut self, room: RoomId) {
        let of_room = |known: &&KnownPoll| known.poll.room == Some(room);
        for known in self.polls.iter().filter(of_room).filter(|known| known.poll.is_open()) {
            self.agenda.insert((HubTime(0), Due::Poll(known.poll.id)));
        }
        self.polls.retain(|known| known.poll.room != Some(room) || known.poll.is_open());
    }

    /// The open polls that somebody in a room sees.
    pub(super) fn polls_in(&self, room: RoomId, identity: IdentityId, at: Moment) -> Vec<PollView> {
        let open = self.polls.iter().filter(|known| known.poll.is_open());
        let here = open.filter(|known| known.poll.concerns(room));
        here.map(|known| known.seen_by(identity, at)).collect()
    }

    /// The poll that a wall of a room shows: the newest that is open, else the last that was closed. A wall has not voted.
    pub(super) fn poll_for_wall(&self, room: RoomId, at: Moment) -> Option<PollView> {
        let here = || self.polls.iter().filter(|known| known.poll.concerns(room));
        // Those of this run come after those of earlier ones, whatever the clock said then.
        let closed = || here().max_by_key(|known| (known.over_at, known.poll.closed_at));
        let shown = here().rfind(|known| known.poll.is_open()).or_else(closed)?;
        Some(view(&shown.poll, shown.poll.shows_votes(Choices::default()), at))
    }

    /// A poll in the host's log: its id, and where it is.
    pub(super) fn poll_in_words(&self, id: PollId, room: Option<RoomId>) -> String {
        let room = room.map(|room| match self.live(room) {
            Ok(live) => named(&live.room),
            Err(_) => room.to_string(),
        });
        format!("{id} {}", room.as_deref().unwrap_or("all rooms"))
    }
}

/// A poll as it is told to many.
fn view(poll: &Poll, shows_votes: bool, at: Moment) -> PollView {
    let until = poll.until.map(|until| at.wall_at(until));
    PollView { poll: poll.clone(), until, mine: None, shows_votes }
}
