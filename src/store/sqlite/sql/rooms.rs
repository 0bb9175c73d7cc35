//! What the host changes about a room after it was made.

use rusqlite::{Connection, params};

use crate::domain::ids::RoomId;
use crate::domain::question::Questions;
use crate::domain::room::RoomEdit;
use crate::domain::text::Title;
use crate::store::sqlite::sql::rows;
use crate::store::sqlite::sql::statements::{WriteError, room_number};

/// Changes a room.
///
/// # Errors
/// [`Refusal::NoSuchRoom`] if it is not there.
///
/// [`Refusal::NoSuchRoom`]: crate::domain::refusal::Refusal::NoSuchRoom
pub(in crate::store) fn edit(
    db: &Connection,
    room: RoomId,
    edit: &RoomEdit,
) -> Result<(), WriteError> {
    let room = room_number(db, room)?;
    let RoomEdit { title, capacity, lock, history, position, questions } = edit;
    db.prepare_cached(
        "UPDATE rooms SET title = coalesce(?2, title), capacity = coalesce(?3, capacity),
         lock = CASE WHEN ?4 THEN ?5 ELSE lock END, history = coalesce(?6, history),
         position = coalesce(?7, position), hold_questions = coalesce(?8, hold_questions) WHERE n = ?1",
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
    Ok(())
}
