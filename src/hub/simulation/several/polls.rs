//! What the database decides of polls, as the functions in `migrations/postgres` do.

use std::collections::BTreeMap;

use super::cluster::Cluster;
use super::database::Database;
use crate::domain::ids::{IdentityId, PollId, RoomId, host_chatter};
use crate::domain::message::{Alert, Kind, Message};
use crate::domain::poll::{Choices, POLLS_MAX, PREPARED_MAX, Poll, PollForm, PreparedPoll, Tally};
use crate::domain::refusal::{HostRefusal, Refusal};
use crate::domain::words;
use crate::hub::command::Command;
use crate::store::{Change, ClosePoll, MakePoll, Prepare, VotePoll, Written};

/// A poll, and who has voted.
pub(super) type Polled = (Poll, BTreeMap<IdentityId, Choices>);

impl Database {
    pub(super) fn make_poll(&mut self, made: &MakePoll) -> Result<Written, Refusal> {
        let MakePoll { poll, host, notice, is_prepared } = made;
        if let Some(room) = poll.room {
            self.rooms.get(&room).ok_or(Refusal::NoSuchRoom)?.open_at(self.now)?;
        }
        if *is_prepared && self.prepared.iter().all(|known| known.id != poll.id) {
            return Err(Refusal::NoSuchPoll);
        }
        if self.polls.values().filter(|(poll, _)| poll.is_open()).count() >= POLLS_MAX {
            return Err(Refusal::Host(HostRefusal::TooManyPolls));
        }
        self.prepared.retain(|known| known.id != poll.id);
        self.polls.insert(poll.id, (poll.clone(), BTreeMap::new()));
        self.log.push(Change::PollMade(poll.clone()));
        self.enter_host(host);
        Ok(Written::PollMade(self.host_tells(poll.room, notice.as_str())))
    }

    pub(super) fn vote_poll(&mut self, vote: &VotePoll) -> Result<Written, Refusal> {
        let VotePoll { poll: id, identity, choices, at: _ } = *vote;
        let now = self.now;
        let (poll, by) = self.polls.get_mut(&id).ok_or(Refusal::NoSuchPoll)?;
        if !poll.is_open() || poll.is_over(now) {
            return Err(Refusal::PollClosed);
        }
        let mut here = self.people.keys().filter(|(_, whose)| *whose == identity);
        if !here.any(|(room, _)| poll.concerns(*room)) {
            return Err(Refusal::NotJoined);
        }
        let before = match choices.is_empty() {
            true => by.remove(&identity),
            false => by.insert(identity, choices),
        };
        let is_new = before.unwrap_or_default() != choices;
        poll.tally = Tally::default();
        by.values().for_each(|choices| poll.tally.change(Choices::default(), *choices));
        let tally = poll.tally;
        if is_new {
            self.log.push(Change::PollVoted { poll: id, identity, choices, tally });
        }
        Ok(Written::PollVoted { tally, choices, is_new })
    }

    pub(super) fn close_poll(&mut self, close: &ClosePoll) -> Result<Written, Refusal> {
        let closed_at = self.wall();
        let (poll, by) = self.polls.get_mut(&close.poll).ok_or(Refusal::NoSuchPoll)?;
        if !poll.is_open() {
            return Err(Refusal::PollClosed);
        }
        poll.closed_at = Some(closed_at);
        by.clear();
        let (tally, room) = (poll.tally, poll.room);
        self.log.push(Change::PollClosed(poll.clone()));
        self.enter_host(&close.host);
        let notices = self.host_tells(room, &words::polls::filled(&close.notice, &tally));
        Ok(Written::PollClosed { closed_at, tally, notices })
    }

    pub(super) fn prepare(&mut self, prepare: &Prepare) -> Result<Written, Refusal> {
        if let Prepare::New(poll) | Prepare::Change(poll) = prepare
            && let Some(room) = poll.room
        {
            self.rooms.get(&room).ok_or(Refusal::NoSuchRoom)?.open_at(self.now)?;
        }
        if let Prepare::New(poll) | Prepare::Change(poll) = prepare {
            let is_same =
                |room, form: &PollForm| room == poll.room && form.question == poll.form.question;
            let mut prepared = self.prepared.iter().filter(|known| known.id != poll.id);
            let is_new = matches!(prepare, Prepare::New(_));
            if prepared.any(|known| is_same(known.room, &known.form))
                || is_new && self.polls.values().any(|(known, _)| is_same(known.room, &known.form))
            {
                return Err(Refusal::Host(HostRefusal::AlreadyThere));
            }
        }
        match prepare {
            Prepare::New(poll) => {
                self.prepared = self.prepared_now();
                if self.prepared.len() >= PREPARED_MAX {
                    return Err(Refusal::Host(HostRefusal::TooManyPrepared));
                }
                self.prepared.push((**poll).clone());
                self.log.push(Change::PollPrepared((**poll).clone()));
            }
            Prepare::Change(poll) => {
                let known = self.prepared.iter_mut().find(|known| known.id == poll.id);
                let known = known.ok_or(Refusal::NoSuchPoll)?;
                if *known == **poll {
                    return Ok(Written::Done);
                }
                *known = (**poll).clone();
                self.log.push(Change::PollPrepared((**poll).clone()));
            }
            Prepare::Drop(id) => {
                let place = self.prepared.iter().position(|known| known.id == *id);
                self.prepared.remove(place.ok_or(Refusal::NoSuchPoll)?);
                self.log.push(Change::PreparedGone(*id));
            }
        }
        Ok(Written::Done)
    }

    /// The polls that are prepared for living rooms or for all, in their order.
    pub(super) fn prepared_now(&self) -> Vec<PreparedPoll> {
        let lives = |room: RoomId| self.rooms.get(&room).is_some_and(|r| !r.is_expired(self.now));
        let prepared = self.prepared.iter().filter(|poll| poll.room.is_none_or(lives));
        let mut prepared: Vec<PreparedPoll> = prepared.cloned().collect();
        prepared.sort_by_key(PreparedPoll::order);
        prepared
    }

    fn host_tells(&mut self, room: Option<RoomId>, text: &str) -> Vec<Message> {
        let living = self.rooms.values().filter(|living| !living.is_expired(self.now));
        let concerned = living.map(|living| living.id);
        let concerned = concerned.filter(|living| room.is_none_or(|only| only == *living));
        let concerned: Vec<RoomId> = concerned.collect();
        let tell = |room| {
            let (kind, text) = (Kind::Alert(Alert::Announcement), text.to_owned());
            self.append((room, host_chatter()), kind, (text, None), None)
        };
        concerned.into_iter().map(tell).collect()
    }

    /// All polls, and the votes of those that are open.
    pub(super) fn polled(&self) -> (Vec<Poll>, Vec<(PollId, IdentityId, Choices)>) {
        let polls = self.polls.values().map(|(poll, _)| poll.clone()).collect();
        let votes = self.polls.iter().flat_map(|(id, (_, by))| {
            by.iter().map(|(identity, choices)| (*id, *identity, *choices))
        });
        (polls, votes.collect())
    }

    /// Whether a change is still told: not who has voted in a poll that is closed.
    pub(super) fn is_told(&self, change: &Change) -> bool {
        match change {
            Change::PollVoted { poll, .. } => self.polls[poll].0.is_open(),
            Change::PollPrepared(poll) => self.prepared.iter().any(|known| known.id == poll.id),
            _ => true,
        }
    }

    /// A change of a poll as it is read: as the poll is now.
    pub(super) fn poll_as_it_is_now(&self, change: &Change) -> Change {
        let now = |id: &PollId| self.polls[id].0.clone();
        match change {
            Change::PollMade(poll) => Change::PollMade(now(&poll.id)),
            Change::PollClosed(poll) => Change::PollClosed(now(&poll.id)),
            Change::PollPrepared(poll) => {
                let known = self.prepared.iter().find(|known| known.id == poll.id);
                Change::PollPrepared(known.expect("it is told").clone())
            }
            Change::PollVoted { poll, identity, .. } => {
                let (stored, by) = &self.polls[poll];
                let choices = by.get(identity).copied().unwrap_or_default();
                let (poll, identity, tally) = (*poll, *identity, stored.tally);
                Change::PollVoted { poll, identity, choices, tally }
            }
            other => other.clone(),
        }
    }
}

impl Cluster {
    pub(super) fn votes(&mut self, n: usize) {
        let identity = self.clients[n].identity;
        if let Some((event, wish)) = self.truth.some_vote(identity, &mut self.dice) {
            self.ask(n, event, wish);
        }
    }

    pub(super) fn host_polls(&mut self, k: usize, room: RoomId) {
        let call = self.truth.poll_of_the_host(room, &mut self.dice);
        self.tell(format!("the host at hub {k} asks: {call:?}"));
        self.command(k, Command::Call(call));
    }
}
