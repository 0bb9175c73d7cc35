//! Polls that the host has prepared.

use rusqlite::{Connection, Row, params};

use crate::domain::ids::{PollId, RoomId};
use crate::domain::poll::{PREPARED_MAX, PollForm, PreparedPoll, Results};
use crate::domain::refusal::{HostRefusal, Refusal};
use crate::domain::text::PollText;
use crate::domain::time::HubTime;
use crate::store::sqlite::sql::announcements::living;
use crate::store::sqlite::sql::polls::{answers, answers_column};
use crate::store::sqlite::sql::rows;
use crate::store::sqlite::sql::statements::WriteError;
use crate::store::write::Prepare;

/// Prepares a poll, changes one that is prepared, or drops it. Returns the deed's name, and whether it has
/// changed anything.
pub(in crate::store) fn prepare(
    db: &Connection,
    prepare: &Prepare,
    now: HubTime,
) -> Result<(&'static str, bool), WriteError> {
    match prepare {
        Prepare::New(poll) => {
            let room = poll.room.map(|room| living(db, room, now)).transpose()?;
            refuse_twice(db, poll, room)?;
            if was_asked(db, poll, room)? {
                return Err(Refusal::Host(HostRefusal::AlreadyThere).into());
            }
            make_place(db, now)?;
            put(
                db,
                "INSERT INTO prepared_polls (id, place, room, question, answers, multiple, results, minutes)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                (poll, room),
            )?;
            Ok(("poll prepare", true))
        }
        Prepare::Change(poll) => {
            let room = poll.room.map(|room| living(db, room, now)).transpose()?;
            refuse_twice(db, poll, room)?;
            let is_there: bool = db
                .prepare_cached("SELECT EXISTS (SELECT 1 FROM prepared_polls WHERE id = ?1)")?
                .query_row([poll.id.as_bytes()], |row| row.get(0))?;
            if !is_there {
                return Err(Refusal::NoSuchPoll.into());
            }
            let changed = put(
                db,
                "UPDATE prepared_polls SET place = ?2, room = ?3, question = ?4, answers = ?5, multiple = ?6, results = ?7,
                     minutes = ?8
                 WHERE id = ?1 AND (place, room, question, answers, multiple, results, minutes) IS NOT
                     (?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                (poll, room),
            )?;
            Ok(("poll prepare", changed))
        }
        Prepare::Drop(id) => {
            take(db, *id)?;
            Ok(("poll drop", true))
        }
    }
}

/// Refuses a poll if another is prepared that has its question and its room, or is for all: [`HostRefusal::AlreadyThere`].
fn refuse_twice(
    db: &Connection,
    PreparedPoll { id, form, .. }: &PreparedPoll,
    room: Option<i64>,
) -> Result<(), WriteError> {
    let is_there: bool = db
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM prepared_polls
                 WHERE coalesce(room, 0) = coalesce(?1, 0) AND question = ?2 AND id <> ?3)",
        )?
        .query_row(params![room, form.question.as_str(), id.as_bytes()], |row| row.get(0))?;
    if is_there { Err(Refusal::Host(HostRefusal::AlreadyThere).into()) } else { Ok(()) }
}

/// Whether a poll is kept that has this question and this room, or is for all.
fn was_asked(db: &Connection, poll: &PreparedPoll, room: Option<i64>) -> rusqlite::Result<bool> {
    db.prepare_cached("SELECT EXISTS (SELECT 1 FROM polls WHERE room IS ?1 AND question = ?2)")?
        .query_row(params![room, poll.form.question.as_str()], |row| row.get(0))
}

/// Deletes those of rooms that have ended. Refuses if there are as many others as there may be.
fn make_place(db: &Connection, now: HubTime) -> Result<(), WriteError> {
    db.prepare_cached(
        "DELETE FROM prepared_polls WHERE EXISTS
             (SELECT 1 FROM rooms r WHERE r.n = room AND (r.deleted <> 0 OR r.expires_hub <= ?1))",
    )?
    .execute([rows::sql(now)])?;
    let count: usize = db
        .prepare_cached("SELECT count(*) FROM prepared_polls")?
        .query_row([], |row| row.get::<_, u32>(0).map(|count| count as usize))?;
    if count >= PREPARED_MAX {
        return Err(Refusal::Host(HostRefusal::TooManyPrepared).into());
    }
    Ok(())
}

/// Whether a row was written.
fn put(
    db: &Connection,
    sql: &str,
    (PreparedPoll { id, place, form, minutes, .. }, room): (&PreparedPoll, Option<i64>),
) -> rusqlite::Result<bool> {
    let count = db.prepare_cached(sql)?.execute(params![
        id.as_bytes(),
        place,
        room,
        form.question.as_str(),
        answers_column(&form.answers),
        form.is_multiple,
        form.results.number(),
        minutes.map(|minutes| i64::try_from(minutes).unwrap_or(i64::MAX)),
    ])?;
    Ok(count > 0)
}

/// Takes a poll out of the list, because it is asked or dropped.
pub(in crate::store) fn take(db: &Connection, id: PollId) -> Result<(), WriteError> {
    let gone =
        db.prepare_cached("DELETE FROM prepared_polls WHERE id = ?1")?.execute([id.as_bytes()])?;
    if gone == 0 { Err(Refusal::NoSuchPoll.into()) } else { Ok(()) }
}

/// The polls that are prepared for living rooms or for all, in the order of the list.
pub(in crate::store) fn all(db: &Connection, now: HubTime) -> rusqlite::Result<Vec<PreparedPoll>> {
    let mut query = db.prepare_cached(
        "SELECT q.id, q.place, r.id, q.question, q.answers, q.multiple, q.results, q.minutes
         FROM prepared_polls q LEFT JOIN rooms r ON r.n = q.room
         WHERE q.room IS NULL OR (r.deleted = 0 AND r.expires_hub > ?1) ORDER BY q.place, q.id",
    )?;
    rows::readable(query.query_map([rows::sql(now)], poll)?)
}

fn poll(row: &Row<'_>) -> rusqlite::Result<PreparedPoll> {
    Ok(PreparedPoll {
        id: PollId::from_bytes(row.get(0)?),
        place: row.get(1)?,
        room: row.get::<_, Option<[u8; 16]>>(2)?.map(RoomId::from_bytes),
        form: PollForm {
            question: PollText::trusted(rows::text(row, 3)?),
            answers: answers(&rows::text(row, 4)?),
            is_multiple: row.get(5)?,
            results: Results::from_number(row.get(6)?),
        },
        minutes: row.get::<_, Option<i64>>(7)?.and_then(|minutes| u64::try_from(minutes).ok()),
    })
}
