//! Statements that several parts of the SQL share, and the error of a write.

use rusqlite::{Connection, OptionalExtension, params};

use crate::domain::ids::RoomId;
use crate::domain::refusal::Refusal;
use crate::domain::room::Room;
use crate::store::mode::ModeColumns;
use crate::store::sqlite::sql::rows;

/// Why a write did not happen.
#[derive(Debug)]
pub(in crate::store) enum WriteError {
    /// It was refused; the rest of the batch goes on.
    Refused(Refusal),
    /// The database failed; the whole batch is rolled back.
    Failed(rusqlite::Error),
}

impl From<rusqlite::Error> for WriteError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error)
    }
}

impl From<Refusal> for WriteError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Inserts a room.
pub(in crate::store) fn insert_room(db: &Connection, room: &Room) -> Result<(), WriteError> {
    let ModeColumns { shut, mode, every, until } = room.mode.into();
    db.prepare_cached(
        "INSERT INTO rooms (id, code, title, namespace, capacity, lock, created_at, created_hub, lifetime,
                            by_host, history, shut, mode, every, mode_until, position, hold_questions)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
    )?
    .execute(params![
        room.id.as_bytes(),
        room.code.as_str(),
        room.title.as_str(),
        room.namespace.as_str(),
        room.capacity,
        room.lock.as_ref().map(|hash| &hash.0),
        room.created_at.0,
        rows::sql(room.created),
        i64::try_from(room.lifetime.as_millis()).unwrap_or(i64::MAX),
        room.by_host,
        rows::history_number(room.history),
        shut,
        mode,
        every,
        until,
        room.position,
        room.questions.are_held(),
    ])?;
    Ok(())
}

pub(in crate::store) fn room_number(db: &Connection, room: RoomId) -> Result<i64, WriteError> {
    db.prepare_cached("SELECT n FROM rooms WHERE id = ?1 AND deleted = 0")?
        .query_row([room.as_bytes()], |row| row.get(0))
        .optional()?
        .ok_or(WriteError::Refused(Refusal::NoSuchRoom))
}

/// Sets one of the hub's own values.
pub(in crate::store) fn set_meta(
    db: &Connection,
    key: &str,
    value: impl rusqlite::ToSql,
) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)")?
        .execute(params![key, value])?;
    Ok(())
}
