//! The host's rooms of an event file, and what the host changes about a room after it was made.

use rusqlite::{Connection, params};

use crate::domain::ids::RoomId;
use crate::domain::question::Questions;
use crate::domain::refusal::{HostRefusal, Refusal};
use crate::domain::room::{Room, RoomEdit};
use crate::domain::text::Title;
use crate::domain::time::HubTime;
use crate::store::sqlite::sql::rows;
use crate::store::sqlite::sql::statements::{WriteError, insert_room, room_number};

/// Creates a room of the host.
///
/// # Errors
/// [`HostRefusal::AlreadyThere`] if a living one of the host has its channel and title.
pub(in crate::store) fn insert_once(
    db: &Connection,
    room: &Room,
    now: HubTime,
) -> Result<(), WriteError> {
    let is_there: bool = db
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM rooms WHERE by_host <> 0 AND deleted = 0 AND expires_hub > ?1
                 AND namespace = ?2 AND title = ?3)",
        )?
        .query_row(params![rows::sql(now), room.namespace.as_str(), room.title.as_str()], |row| {
            row.get(0)
        })?;
    match is_there {
        true => Err(Refusal::Host(HostRefusal::AlreadyThere).into()),
        false => insert_room(db, room),
    }
}

/// Changes a room. Returns whether it was different.
///
/// # Errors
/// [`Refusal::NoSuchRoom`] if it is not there.
///
/// [`Refusal::NoSuchRoom`]: crate::domain::refusal::Refusal::NoSuchRoom
pub(in crate::store) fn edit(
    db: &Connection,
    room: RoomId,
    edit: &RoomEdit,
) -> Result<bool, WriteError> {
    let room = room_number(db, room)?;
    let RoomEdit { title, capacity, lock, history, position, questions } = edit;
    let changed = db
        .prepare_cached(
            "UPDATE rooms SET title = coalesce(?2, title), capacity = coalesce(?3, capacity),
             lock = CASE WHEN ?4 THEN ?5 ELSE lock END, history = coalesce(?6, history),
             position = coalesce(?7, position), hold_questions = coalesce(?8, hold_questions)
             WHERE n = ?1 AND (title, capacity, lock, history, position, hold_questions) IS NOT
                 (coalesce(?2, title), coalesce(?3, capacity), CASE WHEN ?4 THEN ?5 ELSE lock END,
                  coalesce(?6, history), coalesce(?7, position), coalesce(?8, hold_questions))",
        )?
        .execute(params![
            room,
            title.as_ref().map(Title::as_str),
            capacity,
            lock.is_some(),
            lock.as_ref().and_then(|lock| lock.as_ref()).map(|hash| &hash.0),
            history.map(rows::history_number),
            position,
            questions.map(Questions::are_held),
        ])?;
    Ok(changed > 0)
}
