//! Writes that are refused within a batch.

use std::path::Path;

use super::{
    Deed, HostAct, MakePoll, Prepare, Refusal, Seq, Write, Written, at, join, past, room, say,
};
use crate::domain::ids::{HubId, PollId};
use crate::domain::language::Language;
use crate::domain::poll::{POLLS_MAX, Poll, PollForm, PreparedPoll, Results, Tally};
use crate::domain::refusal::HostRefusal;
use crate::domain::text::Content;
use crate::domain::time::WallTime;
use crate::domain::words::host_name;
use crate::store::sqlite::sql::schema;
use crate::store::sqlite::writer::commit;

fn prepared(n: usize) -> PreparedPoll {
    let form = PollForm::parse(&format!("Which {n}?"), &["a", "b"], false, Results::AtEnd);
    let id = PollId::from_random([u8::try_from(n).unwrap(); 16]);
    PreparedPoll { id, place: 1, room: None, form: form.unwrap(), minutes: None }
}

fn deed(deed: Deed) -> Write {
    Write::Host(HostAct { deed, what: "x".into(), by: None, at: at(40) })
}

fn prepares(n: usize) -> Write {
    deed(Deed::Prepare(Prepare::New(Box::new(prepared(n)))))
}

/// Asks a poll that is prepared.
fn asks(n: usize) -> Write {
    let PreparedPoll { id, room, form, .. } = prepared(n);
    let (until, closed_at, tally) = (None, None, Tally::default());
    let poll = Poll { id, room, form, made_at: WallTime(1), until, closed_at, tally };
    let (host, notice) = (host_name(Language::En), Content::trusted("Poll".to_owned()));
    deed(Deed::MakePoll(Box::new(MakePoll { poll, host, notice, is_prepared: true })))
}

fn says(what: &str) -> Write {
    Write::Say(say(room(1).id, 1, what, None))
}

fn place(result: &Result<Written, Refusal>) -> (i64, Seq) {
    match result {
        Ok(Written::Said { message, repeated: false }) => (message.id.0, message.seq),
        other => panic!("{other:?}"),
    }
}

/// A poll is taken out of the list of those that are prepared before it is refused, since too many are open.
#[test]
fn a_write_that_is_refused_after_a_change_leaves_no_trace_and_the_batch_is_committed() {
    let db = schema::open_writer(Path::new(":memory:")).unwrap();
    let mut first = vec![Write::Room(room(1)), Write::Join(join(room(1).id, 1))];
    first.extend((1..=POLLS_MAX + 1).map(prepares));
    first.extend((1..=POLLS_MAX).map(asks));
    assert!(commit(&db, first.iter()).unwrap().iter().all(Result::is_ok));

    let stranger = Write::Say(say(room(1).id, 77, "who am I?", None));
    let batch = [Write::Ping, says("before"), asks(POLLS_MAX + 1), stranger, says("after")];
    let results = commit(&db, batch.iter()).unwrap();
    assert_eq!(results.len(), batch.len());
    assert_eq!(results[2], Err(Refusal::Host(HostRefusal::TooManyPolls)));
    assert_eq!(results[3], Err(Refusal::NoSuchChatter));
    let (before, after) = (place(&results[1]), place(&results[4]));
    assert_eq!((after.0 - before.0, after.1), (1, before.1.next()), "no place is left out");

    let past = past(&db, HubId::from_random([1; 16])).unwrap();
    assert_eq!(past.prepared, [prepared(POLLS_MAX + 1)]);
    assert_eq!(past.polls.len(), POLLS_MAX);
}

#[test]
fn a_write_that_breaks_a_rule_of_the_schema_is_refused_and_the_batch_is_committed() {
    let db = schema::open_writer(Path::new(":memory:")).unwrap();
    let first = [Write::Room(room(1)), Write::Join(join(room(1).id, 1))];
    assert!(commit(&db, first.iter()).unwrap().iter().all(Result::is_ok));
    let batch = [says("before"), Write::Room(room(1)), says("after")];
    let results = commit(&db, batch.iter()).unwrap();
    assert_eq!(results[1], Err(Refusal::Unavailable));
    assert_eq!(place(&results[2]).1, place(&results[0]).1.next());
}
