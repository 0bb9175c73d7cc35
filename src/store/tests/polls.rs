//! Polls: one vote a person, changed until the poll closes, and nothing of who has voted afterwards.

use super::*;
use crate::domain::ids::{IdentityId, PollId, host_chatter};
use crate::domain::message::Alert;
use crate::domain::poll::{CLOSED_MAX, Choices, POLLS_MAX, Poll, PollForm, Results, Tally};
use crate::domain::refusal::HostRefusal;
use crate::domain::text::Content;
use crate::domain::words::{self, host_name};

/// Farther ahead than any test takes, on the database's clock, too.
const LATER: u64 = 1 << 50;

fn id(n: u8) -> PollId {
    PollId::from_random([n; 16])
}

fn poll(n: u8, room: Option<RoomId>, until: Option<u64>) -> Poll {
    let question = format!("Which {n}?");
    let answers = ["soup", "rice", "both"];
    Poll {
        id: id(n),
        room,
        form: PollForm::parse(&question, &answers, true, Results::AfterVoting).unwrap(),
        made_at: WallTime(i64::from(n)),
        until: until.map(HubTime),
        closed_at: None,
        tally: Tally::default(),
    }
}

fn choices(places: &[u64]) -> Choices {
    Choices::of(places.iter().copied()).unwrap()
}

fn close(poll: &Poll) -> ClosePoll {
    let notice = words::polls::closed(Language::En, &poll.form);
    ClosePoll { poll: poll.id, host: host_name(Language::En), notice }
}

/// How many people have voted, and how many have chosen each of the three answers.
fn shown(tally: Tally) -> (u32, [u32; 3]) {
    (tally.voters, [tally.counts[0], tally.counts[1], tally.counts[2]])
}

impl Kit {
    async fn polls(&mut self, poll: &Poll) -> Result<Vec<Message>, Refusal> {
        let notice = Content::trusted(words::polls::opened(Language::En, &poll.form));
        let host = host_name(Language::En);
        let made = MakePoll { poll: poll.clone(), host, notice, is_prepared: false };
        match self.host(Deed::MakePoll(Box::new(made))).await? {
            Written::PollMade(notices) => Ok(notices),
            other => panic!("{other:?}"),
        }
    }

    async fn votes_in(
        &mut self,
        poll: u8,
        who: u8,
        places: &[u64],
    ) -> Result<((u32, [u32; 3]), bool), Refusal> {
        let (poll, identity, choices) = (id(poll), identity(who), choices(places));
        let vote = VotePoll { poll, identity, choices, at: at(50) };
        match self.write(Write::VotePoll(vote)).await? {
            Written::PollVoted { tally, choices: mine, is_new } => {
                assert_eq!(mine, choices);
                Ok((shown(tally), is_new))
            }
            other => panic!("{other:?}"),
        }
    }

    async fn closes(&mut self, poll: &Poll) -> Result<(Tally, Vec<Message>), Refusal> {
        match self.host(Deed::ClosePoll(close(poll))).await? {
            Written::PollClosed { tally, notices, .. } => Ok((tally, notices)),
            other => panic!("{other:?}"),
        }
    }
}

on_both! { async fn each_person_counts_once_also_by_a_retry_and_after_a_restart(mut kit: Kit) {
    let room = kit.room(1).await;
    for who in 1..=3 {
        kit.join(room, who).await;
    }
    kit.polls(&poll(1, Some(room), None)).await.unwrap();
    assert_eq!(kit.votes_in(1, 1, &[0]).await, Ok(((1, [1, 0, 0]), true)));
    assert_eq!(kit.votes_in(1, 1, &[0]).await, Ok(((1, [1, 0, 0]), false)), "a retry");
    assert_eq!(kit.votes_in(1, 2, &[0, 2]).await, Ok(((2, [2, 0, 1]), true)));
    let mut kit = kit.reopened();
    assert_eq!(shown(kit.store.past.polls[0].tally), (2, [2, 0, 1]));
    let mut votes = kit.store.past.votes.clone();
    votes.sort_by_key(|(_, who, _)| *who);
    let mut expected: Vec<(PollId, IdentityId, Choices)> =
        vec![(id(1), identity(1), choices(&[0])), (id(1), identity(2), choices(&[0, 2]))];
    expected.sort_by_key(|(_, who, _)| *who);
    assert_eq!(votes, expected);
    assert_eq!(kit.votes_in(1, 1, &[1]).await, Ok(((2, [1, 1, 1]), true)), "a changed mind");
    assert_eq!(kit.votes_in(1, 2, &[]).await, Ok(((1, [0, 1, 0]), true)), "taken back");
    assert_eq!(kit.votes_in(1, 2, &[]).await, Ok(((1, [0, 1, 0]), false)));
    assert_eq!(kit.votes_in(1, 3, &[2]).await, Ok(((2, [0, 1, 1]), true)));
    assert_eq!(kit.votes_in(2, 1, &[0]).await, Err(Refusal::NoSuchPoll));
} }

on_both! { async fn a_closed_poll_keeps_its_counts_and_forgets_who_has_voted(mut kit: Kit) {
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    kit.join(room, 2).await;
    let one = poll(1, None, None);
    kit.polls(&one).await.unwrap();
    kit.votes_in(1, 1, &[1]).await.unwrap();
    kit.votes_in(1, 2, &[1, 2]).await.unwrap();
    let (tally, notices) = kit.closes(&one).await.unwrap();
    assert_eq!(shown(tally), (2, [0, 2, 1]));
    let text = "Result of the poll: Which 1? (voters: 2)\n1. soup: 0\n2. rice: 2\n3. both: 1";
    assert_eq!((notices.len(), notices[0].room, notices[0].content.as_str()), (1, room, text));
    assert_eq!(kit.store.reader.newest(room, 1).await.unwrap(), notices);
    assert_eq!(kit.votes_in(1, 1, &[0]).await, Err(Refusal::PollClosed));
    assert_eq!(kit.closes(&one).await, Err(Refusal::PollClosed));
    assert_eq!(kit.closes(&poll(2, None, None)).await, Err(Refusal::NoSuchPoll));
    let kit = kit.reopened();
    assert_eq!(kit.store.past.votes, []);
    let stored = &kit.store.past.polls[0];
    assert_eq!((shown(stored.tally), stored.is_open()), ((2, [0, 2, 1]), false));
    let log = kit.store.reader.host_log(9).await.unwrap();
    assert_eq!(log.iter().map(|done| done.deed.as_str()).collect::<Vec<_>>(), ["poll close", "poll add"]);
} }

on_both! { async fn a_poll_is_announced_where_it_concerns_and_is_there_at_the_next_start(mut kit: Kit) {
    let (one, two) = (kit.room(1).await, kit.room(2).await);
    let (all, only) = (poll(1, None, None), poll(2, Some(two), Some(LATER)));
    let notices = kit.polls(&all).await.unwrap();
    assert_eq!(notices.iter().map(|notice| notice.room).collect::<Vec<_>>(), [one, two]);
    assert_eq!(notices[0].kind, Kind::Alert(Alert::Announcement));
    assert_eq!(notices[0].chatter.id, host_chatter());
    assert_eq!(notices[0].content, "Poll: Which 1?\n1. soup\n2. rice\n3. both\nChoose one or several.");
    let notices = kit.polls(&only).await.unwrap();
    assert_eq!((notices.len(), notices[0].room), (1, two));
    let mut kit = kit.reopened();
    assert_eq!(kit.store.past.polls, [all, only.clone()]);
    kit.host(Deed::Close(two)).await.unwrap();
    let closed = kit.write(Write::ClosePoll(close(&only), at(60))).await;
    let Ok(Written::PollClosed { notices, .. }) = closed else { panic!("{closed:?}") };
    assert_eq!(notices, [], "its room has ended");
    let nowhere = kit.polls(&poll(3, Some(self::room(7).id), None)).await;
    assert_eq!(nowhere, Err(Refusal::NoSuchRoom));
    assert_eq!(kit.polls(&poll(4, Some(two), None)).await, Err(Refusal::Expired));
} }

on_both! { async fn nobody_votes_once_its_time_has_passed(mut kit: Kit) {
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    kit.polls(&poll(1, None, Some(0))).await.unwrap();
    assert_eq!(kit.votes_in(1, 1, &[0]).await, Err(Refusal::PollClosed));
    let past = &kit.reopened().store.past;
    assert!(past.polls[0].is_open(), "the hub that goes on closes it");
} }

on_both! { async fn there_are_only_so_many_polls(mut kit: Kit) {
    let last = u8::try_from(POLLS_MAX).unwrap();
    for n in 1..=last {
        kit.polls(&poll(n, None, None)).await.unwrap();
    }
    let full = Refusal::Host(HostRefusal::TooManyPolls);
    assert_eq!(kit.polls(&poll(99, None, None)).await, Err(full));
    for n in 1..=u8::try_from(CLOSED_MAX).unwrap() + 2 {
        let one = poll(n, None, None);
        if n > last {
            kit.polls(&one).await.unwrap();
        }
        kit.closes(&one).await.unwrap();
    }
    kit.polls(&poll(250, None, None)).await.unwrap();
    let past = &kit.reopened().store.past;
    assert_eq!(past.polls.len(), CLOSED_MAX + 1);
    assert_eq!(past.polls[0].id, id(3), "the oldest are gone");
} }

on_both! { async fn where_no_room_lives_a_poll_waits_for_the_first(mut kit: Kit) {
    let one = poll(1, None, None);
    assert_eq!(kit.polls(&one).await, Ok(vec![]));
    assert_eq!(kit.closes(&one).await, Ok((Tally::default(), vec![])));
} }

#[tokio::test]
async fn a_vote_needs_a_place_in_a_room_that_the_poll_concerns() {
    // On PostgreSQL only: on SQLite the hub alone knows who is present.
    let Some(mut kit) = Kit::on_postgres() else { return };
    let (one, two) = (kit.room(1).await, kit.room(2).await);
    kit.join(one, 1).await;
    kit.join(two, 2).await;
    kit.polls(&poll(1, Some(one), None)).await.unwrap();
    kit.polls(&poll(2, None, None)).await.unwrap();
    assert!(kit.votes_in(1, 1, &[0]).await.is_ok());
    assert_eq!(kit.votes_in(1, 2, &[0]).await, Err(Refusal::NotJoined));
    assert!(kit.votes_in(2, 2, &[0]).await.is_ok());
    assert_eq!(kit.votes_in(2, 3, &[0]).await, Err(Refusal::NotJoined));
}

#[tokio::test]
async fn other_hubs_hear_of_polls_and_votes_and_of_no_voter_once_it_is_closed() {
    let Some(mut one) = Kit::on_postgres() else { return };
    let room = one.room(1).await;
    one.join(room, 1).await;
    let mut two = one.another(8);
    let made = poll(1, Some(room), None);
    one.polls(&made).await.unwrap();
    let mut heard = two.hears_until(|change| matches!(change, Change::Message(_))).await;
    assert_eq!(heard.remove(0), Change::PollMade(made.clone()));
    one.votes_in(1, 1, &[1, 2]).await.unwrap();
    let heard = two.hears_until(|change| matches!(change, Change::PollVoted { .. })).await;
    let (poll, identity, choices) = (id(1), identity(1), choices(&[1, 2]));
    let tally = Tally::from_counts(1, [0, 1, 1]);
    assert_eq!(heard, [Change::PollVoted { poll, identity, choices, tally }]);
    one.votes_in(1, 1, &[0]).await.unwrap();
    one.closes(&made).await.unwrap();
    let late = one.another(7);
    assert_eq!(late.store.past.votes, []);
    let heard = two.hears_until(|change| matches!(change, Change::PollClosed(_))).await;
    let closed = heard.iter().find_map(|change| match change {
        Change::PollClosed(poll) => Some(poll),
        _ => None,
    });
    let closed = closed.unwrap();
    assert_eq!((shown(closed.tally), closed.is_open()), ((1, [1, 0, 0]), false));
}

impl Kit {
    /// What other hubs have committed, up to a change that is waited for.
    pub(super) async fn hears_until(&mut self, is_it: impl Fn(&Change) -> bool) -> Vec<Change> {
        let mut heard = Vec::new();
        while !heard.iter().any(&is_it) {
            match self.store.reports.recv().await {
                Some(Report::Changes(changes)) => heard.extend(changes),
                Some(_) => {}
                None => panic!("the store has ended"),
            }
        }
        heard
    }
}

#[test]
fn votes_are_counted_again_when_rows_are_imported_and_closed_polls_keep_their_counts() {
    let counts = format!("09000000{}", "00".repeat(28));
    let rows = format!(
        "INSERT INTO polls (id, question, answers, multiple, results, made_at, voters, counts) VALUES
            (zeroblob(16), 'open', 'a' || char(10) || 'b', 1, 0, 1, 9, zeroblob(32));
        INSERT INTO polls (id, question, answers, multiple, results, made_at, closed_at, voters, counts) VALUES
            (randomblob(16), 'closed', 'a' || char(10) || 'b', 1, 0, 2, 3, 9, x'{counts}');
        INSERT INTO poll_votes VALUES (zeroblob(16), randomblob(16), 3), (zeroblob(16), randomblob(16), 2);
        INSERT INTO poll_votes SELECT id, randomblob(16), 1 FROM polls WHERE closed_at IS NOT NULL;"
    );
    let (from, into) = (empty_database(), empty_database());
    from.execute_batch(&rows).unwrap();
    crate::store::sqlite::recovery::import::import(&from, &into, &mut || {}).unwrap();
    let polls = crate::store::sqlite::sql::polls::all(&into).unwrap();
    assert_eq!(shown(polls[0].tally), (2, [1, 2, 0]));
    assert_eq!(shown(polls[1].tally), (9, [9, 0, 0]));
    assert_eq!(crate::store::sqlite::sql::polls::votes(&into).unwrap().len(), 2);
}

fn empty_database() -> rusqlite::Connection {
    crate::store::sqlite::sql::schema::open_writer(std::path::Path::new(":memory:")).unwrap()
}
