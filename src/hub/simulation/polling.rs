//! Polls in these lives, and the truth about them: what each vote has to become, and that none is lost or counted twice.

use std::collections::{BTreeMap, BTreeSet};

use tokio::sync::oneshot;

use super::client::Wish;
use super::dice::Dice;
use super::truth::Truth;
use super::world::World;
use crate::domain::ids::{ConnId, IdentityId, PollId, RoomId};
use crate::domain::poll::{Choices, Poll, PollForm, PreparedPoll, Results, Tally};
use crate::domain::refusal::{HostRefusal, Refusal};
use crate::domain::time::HubTime;
use crate::hub::command::{Answer, Call, Command, Event, PollCall, PollView, PrepareCall};
use crate::hub::state::Hub;
use crate::store::{Deed, HostAct, Past, Prepare, VotePoll, Write, Written};

/// A poll, and its votes.
#[derive(Debug)]
pub(super) struct Polled {
    poll: Poll,
    is_closed: bool,
    by: BTreeMap<IdentityId, Choices>,
    /// All that anybody has ever chosen, and what the counts have ever been.
    ever: BTreeSet<(IdentityId, Choices)>,
    states: Vec<Tally>,
}

impl Polled {
    fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        self.by.values().for_each(|choices| tally.change(Choices::default(), *choices));
        tally
    }
}

impl Truth {
    /// The store has decided a write at this time. On several hubs it also refuses somebody who is in no room.
    pub(super) fn decides_poll(
        &mut self,
        write: &Write,
        result: &Result<Written, Refusal>,
        now: HubTime,
        may_be_out: bool,
    ) {
        match write {
            Write::Host(HostAct { deed: Deed::MakePoll(made), .. }) => match result {
                Ok(Written::PollMade(_)) => {
                    let polled = Polled {
                        poll: made.poll.clone(),
                        is_closed: false,
                        by: BTreeMap::new(),
                        ever: BTreeSet::new(),
                        states: vec![Tally::default()],
                    };
                    let prepared = self.prepared.remove(&made.poll.id);
                    assert_eq!(prepared.is_some(), made.is_prepared, "{made:?}");
                    let before = self.polls.insert(made.poll.id, polled);
                    assert!(before.is_none(), "made twice: {made:?}");
                }
                Err(Refusal::Host(HostRefusal::TooManyPolls) | Refusal::Expired) => {}
                Err(Refusal::NoSuchPoll) if made.is_prepared => {
                    assert!(!self.prepared.contains_key(&made.poll.id), "{made:?} is prepared");
                }
                other => panic!("{made:?} became {other:?}"),
            },
            Write::Host(HostAct { deed: Deed::Prepare(prepare), .. }) => {
                self.prepares(prepare, result);
            }
            Write::VotePoll(vote) => self.voted_in_poll(vote, result, now, may_be_out),
            Write::ClosePoll(close, _)
            | Write::Host(HostAct { deed: Deed::ClosePoll(close), .. }) => {
                let polled = self.polls.get_mut(&close.poll).expect("a poll that was made");
                match result {
                    Ok(Written::PollClosed { tally, .. }) => {
                        assert!(!polled.is_closed, "closed twice: {close:?}");
                        assert_eq!(*tally, polled.tally(), "{close:?}");
                        polled.is_closed = true;
                        polled.poll.tally = *tally;
                    }
                    other => {
                        assert!(polled.is_closed, "{close:?} became {other:?}");
                        assert_eq!(*other, Err(Refusal::PollClosed));
                    }
                }
            }
            _ => {}
        }
    }

    fn prepares(&mut self, prepare: &Prepare, result: &Result<Written, Refusal>) {
        let (id, is_there) = match prepare {
            Prepare::New(poll) => (poll.id, false),
            Prepare::Change(poll) => (poll.id, true),
            Prepare::Drop(id) => (*id, true),
        };
        match result {
            Ok(_) => {
                assert_eq!(self.prepared.contains_key(&id), is_there, "{prepare:?}");
                assert!(!self.is_twice(prepare), "{prepare:?} is there already");
                match prepare {
                    Prepare::New(poll) | Prepare::Change(poll) => {
                        drop(self.prepared.insert(id, (**poll).clone()));
                    }
                    Prepare::Drop(_) => drop(self.prepared.remove(&id)),
                }
            }
            Err(Refusal::Host(HostRefusal::TooManyPrepared) | Refusal::Expired) => {}
            Err(Refusal::Host(HostRefusal::AlreadyThere)) => {
                assert!(self.is_twice(prepare), "{prepare:?} is not there");
            }
            // Somebody was faster, or it went with its room.
            Err(Refusal::NoSuchPoll) if is_there => {
                let known = self.prepared.get(&id);
                assert!(known.is_none_or(|known| known.room.is_some()), "{prepare:?}");
            }
            other => panic!("{prepare:?} became {other:?}"),
        }
    }

    /// Whether another poll with this question is prepared for its room, or for all, or was asked there.
    fn is_twice(&self, prepare: &Prepare) -> bool {
        let (Prepare::New(poll) | Prepare::Change(poll)) = prepare else { return false };
        let is_same =
            |room, form: &PollForm| room == poll.room && form.question == poll.form.question;
        let mut prepared = self.prepared.values().filter(|known| known.id != poll.id);
        prepared.any(|known| is_same(known.room, &known.form))
            || matches!(prepare, Prepare::New(_))
                && self.polls.values().any(|known| is_same(known.poll.room, &known.poll.form))
    }

    /// The list has what is prepared for living rooms and for all, in its order.
    fn is_prepared(&self, list: &[PreparedPoll], lives: impl Fn(RoomId) -> bool) {
        let prepared = self.prepared.values();
        let mut prepared: Vec<PreparedPoll> =
            prepared.filter(|poll| poll.room.is_none_or(&lives)).cloned().collect();
        prepared.sort_by_key(PreparedPoll::order);
        assert_eq!(list, prepared, "prepared");
    }

    fn voted_in_poll(
        &mut self,
        vote: &VotePoll,
        result: &Result<Written, Refusal>,
        now: HubTime,
        may_be_out: bool,
    ) {
        let polled = self.polls.get_mut(&vote.poll).expect("a poll that was made");
        let may = !polled.is_closed && !polled.poll.is_over(now);
        match result {
            Ok(Written::PollVoted { tally, choices, is_new }) => {
                assert!(may, "{vote:?} is too late");
                let before = match choices.is_empty() {
                    true => polled.by.remove(&vote.identity),
                    false => polled.by.insert(vote.identity, *choices),
                };
                assert_eq!(*choices, vote.choices);
                assert_eq!(*is_new, before.unwrap_or_default() != *choices, "{vote:?}");
                assert_eq!(*tally, polled.tally(), "{vote:?}");
                polled.ever.insert((vote.identity, *choices));
                polled.states.push(*tally);
            }
            Err(Refusal::NotJoined) if may_be_out => {}
            other => {
                assert!(!may, "{vote:?} became {other:?}");
                assert_eq!(*other, Err(Refusal::PollClosed));
            }
        }
    }

    /// A hub tells of a poll: it has been so, and those who see the votes may.
    pub(super) fn poll_has_been(&self, view: &PollView, to: &[ConnId], hub: &Hub) {
        let polled = self.polls.get(&view.poll.id).expect("a poll that was made");
        assert!(polled.states.contains(&view.poll.tally), "never so: {view:?}");
        if !view.poll.is_open() {
            assert!(polled.is_closed && view.shows_votes, "{view:?}");
            return assert_eq!(view.poll.tally, polled.poll.tally, "another result");
        }
        let has_voted = |identity: IdentityId| polled.ever.iter().any(|(who, _)| *who == identity);
        match (view.shows_votes, polled.poll.form.results) {
            (true, Results::AtEnd) => panic!("before its end: {view:?}"),
            (true, Results::AfterVoting) => {
                let seeing = to.iter().filter_map(|conn| hub.conns.get(conn));
                for conn in seeing {
                    assert!(has_voted(conn.who.identity), "{conn:?} has not voted: {view:?}");
                }
            }
            _ => {}
        }
    }

    /// A hub has acknowledged a vote.
    pub(super) fn was_voted(&self, wish: &Wish, answer: &Result<Answer, Refusal>) {
        let (Wish::VotePoll { poll, identity }, Ok(answer)) = (wish, answer) else { return };
        let Answer::Voted(view) = answer else { panic!("{wish:?}: {answer:?}") };
        assert_eq!(view.poll.id, *poll);
        let polled = self.polls.get(poll).expect("a poll that was made");
        let mine = view.mine.expect("what they have chosen");
        let is_theirs = polled.ever.contains(&(*identity, mine)) || polled.is_closed;
        assert!(is_theirs, "{identity} has never chosen {mine:?}: {view:?}");
        assert!(polled.states.contains(&view.poll.tally), "never so: {view:?}");
    }

    /// What a hub goes on from has every vote of the open polls.
    pub(super) fn polls_are_known(&self, past: &Past) {
        let mut votes: BTreeMap<PollId, BTreeMap<IdentityId, Choices>> = BTreeMap::new();
        for (poll, identity, choices) in &past.votes {
            let before = votes.entry(*poll).or_default().insert(*identity, *choices);
            assert_eq!(before, None, "somebody votes twice");
        }
        for (id, polled) in &self.polls {
            let known = past.polls.iter().find(|known| known.id == *id);
            let known = known.unwrap_or_else(|| panic!("{id} is forgotten"));
            assert_eq!(known.is_open(), !polled.is_closed, "{known:?}");
            let (by, tally) = match polled.is_closed {
                true => (BTreeMap::new(), polled.poll.tally),
                false => (polled.by.clone(), polled.tally()),
            };
            assert_eq!(known.tally, tally, "{known:?}");
            assert_eq!(votes.remove(id).unwrap_or_default(), by, "votes of {known:?}");
        }
        assert!(votes.is_empty(), "votes of no poll: {votes:?}");
        let living: BTreeSet<RoomId> = past.rooms.iter().map(|room| room.id).collect();
        self.is_prepared(&past.prepared, |room| living.contains(&room));
    }

    /// A hub that has heard everything knows the open polls and who has voted.
    pub(super) fn polls_are_open_on(&self, hub: &Hub, now: HubTime) {
        let mut open = hub.polls.iter().filter(|known| known.poll.is_open());
        let is_open = |polled: &&Polled| !polled.is_closed && !polled.poll.is_over(now);
        for polled in self.polls.values().filter(is_open) {
            let known = open.clone().find(|known| known.poll.id == polled.poll.id);
            let known = known.unwrap_or_else(|| panic!("not known: {polled:?}"));
            let votes: BTreeMap<_, _> =
                known.votes.iter().map(|(who, what)| (*who, *what)).collect();
            assert_eq!((known.poll.tally, &votes), (polled.tally(), &polled.by), "{polled:?}");
        }
        assert!(open.all(|known| !self.polls[&known.poll.id].is_closed), "closed, and open here");
        self.is_prepared(&hub.prepared, |room| hub.rooms.contains_key(&room));
    }

    /// A vote of somebody in one of the polls, fit or not.
    pub(super) fn some_vote(&self, identity: IdentityId, dice: &mut Dice) -> Option<(Event, Wish)> {
        let newest: Vec<PollId> = self.polls.keys().copied().collect();
        let open: Vec<PollId> =
            newest.iter().filter(|id| !self.polls[*id].is_closed).copied().collect();
        let from = if dice.percent(95) { &open } else { &newest };
        let poll = dice.one_of(from)?;
        let choices = Choices::from_bits(i64::try_from(dice.below(9)).unwrap());
        Some((Event::VotePoll { poll, choices }, Wish::VotePoll { poll, identity }))
    }

    /// The host makes a poll, or closes one, or does something with the list of those that are prepared.
    pub(super) fn poll_of_the_host(&self, room: RoomId, dice: &mut Dice) -> Call {
        if dice.percent(40) {
            return Call::Poll(PollCall::Prepared(self.prepare_of_the_host(room, dice)));
        }
        let all: Vec<PollId> = self.polls.keys().copied().collect();
        let call = match dice.one_of(&all).filter(|_| dice.percent(30)) {
            Some(id) => PollCall::Close(id, oneshot::channel().0),
            None => {
                let when = [Results::AtOnce, Results::AfterVoting, Results::AtEnd];
                let results = dice.one_of(&when).unwrap();
                let form = form(dice.below(500), dice.percent(50), results);
                let room = dice.percent(50).then_some(room);
                let minutes = dice.percent(60).then_some(1);
                PollCall::Make { room, form, minutes, tell: oneshot::channel().0 }
            }
        };
        Call::Poll(call)
    }

    fn prepare_of_the_host(&self, room: RoomId, dice: &mut Dice) -> PrepareCall {
        let all: Vec<&PreparedPoll> = self.prepared.values().collect();
        let place = u32::try_from(dice.below(5)).unwrap();
        match (dice.one_of(&all).filter(|_| dice.percent(70)), dice.below(4)) {
            (Some(poll), 0) => {
                let changed = PreparedPoll { place, ..poll.clone() };
                PrepareCall::Change(Box::new(changed), oneshot::channel().0)
            }
            (Some(poll), 1) => PrepareCall::Drop(poll.id, oneshot::channel().0),
            (Some(poll), _) => PrepareCall::Ask(poll.id, oneshot::channel().0),
            (None, _) => {
                let form = form(dice.below(8), false, Results::AtOnce);
                let room = dice.percent(50).then_some(room);
                let (minutes, tell) = (dice.percent(60).then_some(1), oneshot::channel().0);
                PrepareCall::New { place, room, form, minutes, tell }
            }
        }
    }
}

/// Which one in few tells how often a question comes again.
fn form(n: usize, is_multiple: bool, results: Results) -> PollForm {
    PollForm::parse(&format!("Lunch {n}?"), &["soup", "rice", "both"], is_multiple, results)
        .unwrap()
}

impl World {
    pub(super) fn votes(&mut self, n: usize) {
        let identity = self.clients[n].identity;
        if let Some((event, wish)) = self.truth.some_vote(identity, &mut self.dice) {
            self.ask(n, event, wish);
        }
    }

    pub(super) fn host_polls(&mut self) {
        let Some(place) = self.some_room() else { return };
        let call = self.truth.poll_of_the_host(place.id, &mut self.dice);
        self.tell(format!("the host asks: {call:?}"));
        self.command(Command::Call(call));
    }
}
