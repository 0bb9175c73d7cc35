//! Prepared polls: they wait on the store until they are asked or dropped.

use super::*;
use crate::domain::ids::PollId;
use crate::domain::poll::{PREPARED_MAX, Poll, PollForm, PreparedPoll, Results, Tally};
use crate::domain::refusal::HostRefusal;
use crate::domain::text::Content;
use crate::domain::words::host_name;

fn prepared(n: u8, place: u32, room: Option<RoomId>) -> PreparedPoll {
    let form = PollForm::parse(&format!("Which {n}?"), &["a", "b"], n > 1, Results::AtEnd);
    let minutes = (n > 1).then_some(n.into());
    PreparedPoll { id: PollId::from_random([n; 16]), place, room, form: form.unwrap(), minutes }
}

impl Kit {
    async fn prepares(&mut self, prepare: Prepare) -> Result<(), Refusal> {
        self.host(Deed::Prepare(prepare)).await.map(|written| assert_eq!(written, Written::Done))
    }

    async fn prepares_new(&mut self, poll: &PreparedPoll) -> Result<(), Refusal> {
        self.prepares(Prepare::New(Box::new(poll.clone()))).await
    }

    async fn asks_prepared(&mut self, poll: &PreparedPoll) -> Result<Poll, Refusal> {
        let PreparedPoll { id, room, form, .. } = poll.clone();
        let (until, closed_at, tally) = (None, None, Tally::default());
        let poll = Poll { id, room, form, made_at: WallTime(1), until, closed_at, tally };
        let (host, notice) = (host_name(Language::En), Content::trusted("Poll".to_owned()));
        let made = MakePoll { poll: poll.clone(), host, notice, is_prepared: true };
        self.host(Deed::MakePoll(Box::new(made))).await.map(|_| poll)
    }
}

on_both! { async fn a_prepared_poll_waits_until_it_is_asked_changed_or_dropped(mut kit: Kit) {
    let room = kit.room(1).await;
    let (one, two, three) = (prepared(1, 2, None), prepared(2, 1, Some(room)), prepared(3, 3, None));
    for poll in [&one, &two, &three] {
        kit.prepares_new(poll).await.unwrap();
    }
    let mut kit = kit.reopened();
    assert_eq!(kit.store.past.prepared, [two.clone(), one.clone(), three.clone()]);
    let changed = PreparedPoll { minutes: None, room: None, ..prepared(4, 9, None) };
    let changed = PreparedPoll { id: two.id, ..changed };
    kit.prepares(Prepare::Change(Box::new(changed.clone()))).await.unwrap();
    kit.prepares(Prepare::Drop(three.id)).await.unwrap();
    assert_eq!(kit.prepares(Prepare::Drop(three.id)).await, Err(Refusal::NoSuchPoll));
    let late = kit.prepares(Prepare::Change(Box::new(three))).await;
    assert_eq!(late, Err(Refusal::NoSuchPoll));
    let asked = kit.asks_prepared(&one).await.unwrap();
    assert_eq!(kit.asks_prepared(&one).await, Err(Refusal::NoSuchPoll), "a second host");
    let kit = kit.reopened();
    assert_eq!(kit.store.past.prepared, [changed]);
    assert_eq!(kit.store.past.polls, [asked]);
    let log = kit.store.reader.host_log(9).await.unwrap();
    let deeds: Vec<&str> = log.iter().map(|done| done.deed.as_str()).collect();
    assert_eq!(deeds[..3], ["poll add", "poll drop", "poll prepare"]);
} }

on_both! { async fn there_are_only_so_many_prepared_and_none_for_a_room_that_has_ended(mut kit: Kit) {
    let (room, other) = (kit.room(1).await, self::room(7).id);
    let last = u8::try_from(PREPARED_MAX).unwrap();
    kit.prepares_new(&prepared(1, 1, Some(room))).await.unwrap();
    for n in 2..=last {
        kit.prepares_new(&prepared(n, 1, None)).await.unwrap();
    }
    let full = Refusal::Host(HostRefusal::TooManyPrepared);
    assert_eq!(kit.prepares_new(&prepared(last + 1, 1, None)).await, Err(full));
    let nowhere = kit.prepares_new(&prepared(last + 1, 1, Some(other))).await;
    assert_eq!(nowhere, Err(Refusal::NoSuchRoom));
    kit.host(Deed::Close(room)).await.unwrap();
    let mut kit = kit.reopened();
    assert_eq!(kit.store.past.prepared.len(), PREPARED_MAX - 1);
    let late = kit.prepares_new(&prepared(last + 1, 1, Some(room))).await;
    assert_eq!(late, Err(Refusal::Expired));
    kit.prepares_new(&prepared(last + 1, 1, None)).await.expect("that of the room is gone");
} }

on_both! { async fn a_poll_is_prepared_once_for_a_room_or_for_all(mut kit: Kit) {
    let (room, other) = (kit.room(1).await, kit.room(7).await);
    let there = Refusal::Host(HostRefusal::AlreadyThere);
    let same = |n: u8, room| PreparedPoll { id: PollId::from_random([n; 16]), ..prepared(1, 5, room) };
    for (n, room) in [(11, None), (12, Some(room)), (13, Some(other))] {
        kit.prepares_new(&same(n, room)).await.unwrap();
        assert_eq!(kit.prepares_new(&same(n + 10, room)).await, Err(there.clone()));
    }
    let moved = PreparedPoll { room: Some(room), ..same(11, None) };
    assert_eq!(kit.prepares(Prepare::Change(Box::new(moved))).await, Err(there.clone()));
    // Once it was asked, it is not prepared again, as long as it is kept.
    kit.asks_prepared(&same(11, None)).await.unwrap();
    assert_eq!(kit.prepares_new(&same(14, None)).await, Err(there));
    let kit = kit.reopened();
    assert_eq!(kit.store.past.prepared, [same(12, Some(room)), same(13, Some(other))]);
    let log = kit.store.reader.host_log(9).await.unwrap();
    assert_eq!(log.iter().filter(|done| done.deed == "poll prepare").count(), 3);
} }

on_both! { async fn a_poll_that_cannot_be_asked_stays_prepared(mut kit: Kit) {
    use crate::domain::poll::POLLS_MAX;
    let last = u8::try_from(POLLS_MAX).unwrap() + 1;
    for n in 1..=last {
        kit.prepares_new(&prepared(n, n.into(), None)).await.unwrap();
    }
    for n in 1..last {
        kit.asks_prepared(&prepared(n, n.into(), None)).await.unwrap();
    }
    let full = Refusal::Host(HostRefusal::TooManyPolls);
    let one = prepared(last, last.into(), None);
    assert_eq!(kit.asks_prepared(&one).await, Err(full));
    assert_eq!(kit.reopened().store.past.prepared, [one]);
} }

/// Three polls as they could be prepared before each was prepared once: two of them twice.
pub(in crate::store) const TWICE: &str = "(1, 7, NULL, 'a'), (2, 3, NULL, 'a'), (3, 3, NULL, 'a'), (4, 9, 1, 'a'), (5, 8, 1, 'a'), (6, 1, 1, 'b')";

/// Those of [`TWICE`] that stay.
pub(in crate::store) const ONCE: [u8; 3] = [2, 5, 6];

#[tokio::test]
async fn of_a_poll_that_was_prepared_twice_the_first_of_the_list_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE);
    crate::store::sqlite::sql::schema::write_as_of(&path, 16);
    let db = rusqlite::Connection::open(&path).unwrap();
    let twice = format!(
        "WITH twice (id, place, room, question) AS (VALUES {TWICE})
         INSERT INTO prepared_polls (id, place, room, question, answers, multiple, results)
         SELECT unhex(printf('%032d', id)), place, room, question, 'a' || char(10) || 'b', 0, 0 FROM twice"
    );
    db.execute_batch(&twice).unwrap();
    drop(db);
    let kit = Kit::in_folder(folder, 7);
    let mut kept: Vec<u8> =
        kit.store.past.prepared.iter().map(|poll| poll.id.as_bytes()[15]).collect();
    kept.sort_unstable();
    assert_eq!(kept, ONCE);
}

#[tokio::test]
async fn other_hubs_hear_of_prepared_polls() {
    let Some(mut one) = Kit::on_postgres() else { return };
    let (poll, other) = (prepared(1, 1, None), prepared(2, 2, None));
    let mut two = one.another(8);
    one.prepares_new(&poll).await.unwrap();
    let prepared = Change::PollPrepared(poll.clone());
    two.hears_until(|change| *change == prepared).await;
    one.prepares_new(&other).await.unwrap();
    one.prepares(Prepare::Drop(other.id)).await.unwrap();
    let asked = Change::PollMade(one.asks_prepared(&poll).await.unwrap());
    let heard = two.hears_until(|change| *change == asked).await;
    assert!(heard.contains(&Change::PreparedGone(other.id)), "{heard:?}");
}
