//! Polls: told once they are committed, votes gathered, and nobody sees what they may not see yet.

use std::collections::BTreeMap;

use super::*;
use crate::domain::ids::PollId;
use crate::domain::poll::{Choices, POLLS_MAX, Poll, PollForm, Results, Tally};
use crate::domain::refusal::HostRefusal;
use crate::hub::command::{PollCall, PollView};
use crate::store::Change;

/// A chat with a store of one poll's votes.
struct Asked {
    chat: Chat,
    by: BTreeMap<IdentityId, Choices>,
    /// Whom the last news of a poll went to, and how they saw it.
    seen: Vec<(Vec<ConnId>, PollView)>,
}

/// Connections, the votes of the first two answers, and what they have chosen.
type Seen = (Vec<u64>, Option<[u32; 2]>, Option<Vec<usize>>);

impl Asked {
    fn new() -> Self {
        Self { chat: Chat::new(0, 50), by: BTreeMap::new(), seen: Vec::new() }
    }

    /// Goes on, and keeps what is told of polls.
    fn collects(&mut self) {
        let effects = std::mem::take(&mut self.chat.hub.effects);
        for effect in effects {
            match effect {
                Effect::Output(Output::Broadcast { to, event: RoomEvent::Poll(view), .. }) => {
                    let mut to = to.to_vec();
                    to.sort_unstable();
                    self.seen.push((to, *view));
                }
                other => self.chat.hub.effects.push_back(other),
            }
        }
        self.chat.collect();
    }

    fn commands(&mut self, command: Command) {
        let at = self.chat.at();
        self.chat.hub.command(command, at);
        self.collects();
    }

    fn commits(&mut self) {
        while let Some((write, then)) = self.chat.pending.pop_front() {
            let tally = |by: &BTreeMap<IdentityId, Choices>| {
                let mut tally = Tally::default();
                by.values().for_each(|choices| tally.change(Choices::default(), *choices));
                tally
            };
            let result = match write {
                Write::Host(HostAct { deed: Deed::MakePoll(made), .. }) => {
                    let kind = Kind::Alert(Alert::Announcement);
                    Ok(Written::PollMade(vec![self.chat.hosts(kind, made.host, &made.notice)]))
                }
                Write::VotePoll(vote) => {
                    let before = self.by.insert(vote.identity, vote.choices).unwrap_or_default();
                    let (tally, choices) = (tally(&self.by), vote.choices);
                    Ok(Written::PollVoted { tally, choices, is_new: before != choices })
                }
                Write::ClosePoll(..) | Write::Host(HostAct { deed: Deed::ClosePoll(_), .. }) => {
                    let (closed_at, notices) = (WallTime(1), Vec::new());
                    Ok(Written::PollClosed { closed_at, tally: tally(&self.by), notices })
                }
                write => Ok(self.chat.written(write)),
            };
            let at = self.chat.at();
            self.chat.hub.ended((then, result), at);
            self.collects();
        }
    }

    fn is_in(&mut self, who: u8) {
        self.chat.connects(who);
        self.chat.asks_in(who);
        self.commits();
    }

    fn passes(&mut self, ms: u64) {
        self.chat.now += ms;
        let at = self.chat.at();
        self.chat.hub.tick(at);
        self.collects();
    }

    fn makes(&mut self, results: Results, minutes: Option<u64>) -> Result<PollId, Refusal> {
        self.makes_in(Some(room(0).id), results, minutes)
    }

    fn makes_in(
        &mut self,
        room: Option<RoomId>,
        results: Results,
        minutes: Option<u64>,
    ) -> Result<PollId, Refusal> {
        let form = PollForm::parse("Lunch?", &["soup", "rice"], false, results).unwrap();
        let (tell, mut told) = tokio::sync::oneshot::channel();
        self.commands(Command::Call(Call::Poll(PollCall::Make { room, form, minutes, tell })));
        self.commits();
        told.try_recv().unwrap()
    }

    fn votes(&mut self, who: u8, poll: PollId, places: &[u64]) -> Answered {
        let choices = Choices::of(places.iter().copied()).unwrap();
        let (tell, answered) = channel();
        let reply = Reply::new(ConnId(who.into()), move |answer| drop(tell.send(answer)));
        let event = Event::VotePoll { poll, choices };
        self.commands(Command::Event { conn: ConnId(who.into()), event, reply });
        answered
    }

    fn voted(&mut self, who: u8, poll: PollId, places: &[u64]) -> Result<PollView, Refusal> {
        let answered = self.votes(who, poll, places);
        self.commits();
        answered.try_recv().unwrap().map(|answer| match answer {
            Answer::Voted(view) => *view,
            other => panic!("{other:?}"),
        })
    }

    fn closes(&mut self, poll: PollId) -> Result<(), Refusal> {
        let (tell, mut told) = tokio::sync::oneshot::channel();
        self.commands(Command::Call(Call::Poll(PollCall::Close(poll, tell))));
        self.commits();
        told.try_recv().unwrap()
    }

    /// The polls that come with the answer to a join.
    fn meets(&mut self, who: u8) -> Vec<PollView> {
        self.chat.connects(who);
        let joined = self.chat.asks_in(who);
        self.commits();
        match joined.try_recv().unwrap() {
            Ok(Answer::Joined(entry)) => entry.polls,
            other => panic!("{other:?}"),
        }
    }

    /// Who was told since the last look: connections, votes of the first two answers, and what they have chosen.
    fn seen(&mut self) -> Vec<Seen> {
        let seen = std::mem::take(&mut self.seen).into_iter();
        let told = seen.map(|(to, view)| {
            let counts = view.poll.tally.counts;
            let votes = view.shows_votes.then_some([counts[0], counts[1]]);
            let mine = view.mine.map(|mine| mine.iter().collect());
            (to.into_iter().map(|conn| conn.0).collect(), votes, mine)
        });
        told.collect()
    }
}

#[test]
fn a_poll_is_told_once_committed_and_met_by_newcomers_until_it_is_closed() {
    let mut asked = Asked::new();
    asked.is_in(1);
    let id = asked.makes(Results::AtOnce, None).unwrap();
    assert_eq!(asked.seen(), [(vec![1], Some([0, 0]), None)]);
    asked.voted(1, id, &[1]).unwrap();
    let met = asked.meets(2);
    assert_eq!((met.len(), met[0].poll.id, met[0].mine), (1, id, Some(Choices::default())));
    let met = asked.meets(1);
    assert_eq!(met[0].mine, Choices::of([1]), "also after a reconnect");
    asked.seen();
    asked.closes(id).unwrap();
    assert_eq!(asked.seen(), [(vec![1, 2], Some([0, 1]), None)]);
    assert_eq!(asked.closes(id), Err(Refusal::PollClosed));
    assert!(asked.meets(3).is_empty());
    assert_eq!(asked.voted(1, id, &[0]), Err(Refusal::PollClosed));
    assert!(asked.chat.hub.polls[0].votes.is_empty(), "nobody knows who has voted");
}

#[test]
fn a_thousand_votes_in_a_moment_are_one_packet() {
    let mut asked = Asked::new();
    (1..=9).for_each(|who| asked.is_in(who));
    let id = asked.makes(Results::AtOnce, None).unwrap();
    asked.seen();
    for _ in 0..10 {
        (1..=9).for_each(|who| drop(asked.votes(who, id, &[u64::from(who) % 2])));
    }
    asked.commits();
    assert!(asked.seen().is_empty(), "they are gathered");
    asked.passes(299);
    assert!(asked.seen().is_empty());
    asked.passes(1);
    assert_eq!(asked.seen(), [((1..=9).collect(), Some([4, 5]), None)]);
    asked.passes(1_000);
    assert!(asked.seen().is_empty());
}

#[test]
fn those_who_have_voted_see_the_votes_and_the_others_do_not() {
    let mut asked = Asked::new();
    (1..=3).for_each(|who| asked.is_in(who));
    let id = asked.makes(Results::AfterVoting, None).unwrap();
    assert_eq!(asked.seen(), [(vec![1, 2, 3], None, None)]);
    let view = asked.voted(1, id, &[0]).unwrap();
    assert!(view.shows_votes && view.mine == Choices::of([0]));
    asked.passes(300);
    assert_eq!(asked.seen(), [(vec![1], Some([1, 0]), None), (vec![2, 3], None, None)]);
    assert!(!asked.voted(1, id, &[]).unwrap().shows_votes);
    asked.passes(300);
    assert_eq!(asked.seen(), [(vec![1, 2, 3], None, None)]);
    asked.closes(id).unwrap();
    assert_eq!(asked.seen(), [(vec![1, 2, 3], Some([0, 0]), None)]);
}

#[test]
fn a_result_at_the_end_is_seen_by_nobody_before() {
    let mut asked = Asked::new();
    asked.is_in(1);
    let id = asked.makes(Results::AtEnd, None).unwrap();
    asked.seen();
    assert!(!asked.voted(1, id, &[0]).unwrap().shows_votes);
    asked.passes(300);
    assert_eq!(asked.seen(), [(vec![1], None, None)]);
    asked.closes(id).unwrap();
    assert_eq!(asked.seen(), [(vec![1], Some([1, 0]), None)]);
}

#[test]
fn a_poll_closes_by_itself_at_its_time_also_where_the_store_refuses_at_first() {
    let mut asked = Asked::new();
    asked.is_in(1);
    let id = asked.makes(Results::AtOnce, Some(1)).unwrap();
    asked.voted(1, id, &[0]).unwrap();
    asked.passes(59_999);
    asked.seen();
    assert!(asked.chat.pending.is_empty());
    asked.passes(1);
    assert_eq!(asked.votes(1, id, &[1]).try_recv().unwrap().unwrap_err(), Refusal::PollClosed);
    let (_, then) = asked.chat.pending.pop_front().unwrap();
    let at = asked.chat.at();
    asked.chat.hub.ended((then, Err(Refusal::Unavailable)), at);
    asked.passes(5_000);
    asked.commits();
    assert_eq!(asked.seen(), [(vec![1], Some([1, 0]), None)]);
}

#[test]
fn only_who_is_where_a_poll_is_votes_and_only_for_what_there_is() {
    let mut asked = Asked::new();
    asked.chat.connects(1);
    let id = asked.makes(Results::AtOnce, None).unwrap();
    let for_all = asked.makes_in(None, Results::AtOnce, None).unwrap();
    for poll in [id, for_all] {
        assert_eq!(asked.voted(1, poll, &[0]), Err(Refusal::NotJoined));
    }
    asked.is_in(1);
    let nothing = PollId::from_random([99; 16]);
    assert_eq!(asked.voted(1, nothing, &[0]), Err(Refusal::NoSuchPoll));
    for wrong in [&[2][..], &[0, 1]] {
        assert!(matches!(asked.voted(1, id, wrong), Err(Refusal::BadRequest(_))));
    }
    assert!(asked.voted(1, id, &[0]).is_ok() && asked.voted(1, for_all, &[0]).is_ok());
    let fast = (0..100).map(|_| asked.votes(1, id, &[0])).map(|answer| answer.try_recv());
    assert!(fast.flatten().any(|answer| matches!(answer, Err(Refusal::TooFast(_)))));
}

#[test]
fn another_tab_of_the_same_browser_learns_with_all_others_what_it_has_chosen() {
    let mut asked = Asked::new();
    (1..=2).for_each(|who| asked.is_in(who));
    let (id, identity) = (ConnId(9), owner(1));
    let peer = IpAddr::from([127, 0, 0, 1]);
    let namespace = Some(room(0).namespace);
    asked.commands(Command::Connected(ConnInfo { id, identity, peer, namespace }));
    asked.chat.asks_in(9);
    asked.commits();
    let poll = asked.makes(Results::AfterVoting, None).unwrap();
    asked.seen();
    asked.voted(1, poll, &[1]).unwrap();
    assert!(asked.seen().is_empty(), "votes are gathered");
    asked.passes(300);
    let (other, own) = ((vec![9], Some([0, 1]), Some(vec![1])), (vec![1], Some([0, 1]), None));
    assert_eq!(asked.seen(), [other, own, (vec![2], None, None)]);
    asked.voted(1, poll, &[0]).unwrap();
    asked.voted(9, poll, &[1]).unwrap();
    asked.passes(300);
    let both = (vec![1, 9], Some([0, 1]), Some(vec![1]));
    assert_eq!(asked.seen(), [both, (vec![2], None, None)]);
}

#[test]
fn a_poll_of_a_room_that_ends_is_closed_and_forgotten() {
    let mut asked = Asked::new();
    asked.is_in(1);
    asked.makes(Results::AtOnce, None).unwrap();
    let for_all = asked.makes_in(None, Results::AtOnce, None).unwrap();
    asked.passes(100_000);
    asked.passes(0);
    asked.commits();
    let left: Vec<_> = asked.chat.hub.polls.iter().map(|known| known.poll.id).collect();
    assert_eq!(left, [for_all]);
}

#[test]
fn there_are_only_so_many_polls_at_a_time() {
    let mut asked = Asked::new();
    for _ in 0..POLLS_MAX {
        asked.makes(Results::AtOnce, None).unwrap();
    }
    let full = Err(Refusal::Host(HostRefusal::TooManyPolls));
    assert_eq!(asked.makes(Results::AtOnce, None), full);
}

#[test]
fn votes_through_another_hub_count_here() {
    let mut asked = Asked::new();
    (1..=2).for_each(|who| asked.is_in(who));
    let form = PollForm::parse("Lunch?", &["soup", "rice"], false, Results::AfterVoting).unwrap();
    let (id, room, until) = (PollId::from_random([7; 16]), None, None);
    let made_at = WallTime(0);
    let poll = Poll { id, room, form, made_at, until, closed_at: None, tally: Tally::default() };
    let (at, identity) = (asked.chat.at(), owner(1));
    asked.chat.hub.changed(Change::PollMade(poll.clone()), at);
    asked.collects();
    assert_eq!(asked.seen(), [(vec![1, 2], None, None)]);
    let (tally, choices) = (Tally::from_counts(1, [1]), Choices::of([0]).unwrap());
    asked.chat.hub.changed(Change::PollVoted { poll: id, identity, choices, tally }, at);
    asked.collects();
    assert!(asked.seen().is_empty(), "votes are gathered");
    asked.passes(300);
    assert_eq!(asked.seen(), [(vec![1], Some([1, 0]), Some(vec![0])), (vec![2], None, None)]);
    let closed = Poll { closed_at: Some(WallTime(2)), tally, ..poll };
    asked.chat.hub.changed(Change::PollClosed(closed), at);
    asked.collects();
    assert_eq!(asked.seen(), [(vec![1, 2], Some([1, 0]), None)]);
}
