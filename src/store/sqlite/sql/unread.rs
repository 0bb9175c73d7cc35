//! Counting the messages that somebody has not read yet.

use rusqlite::{Connection, OptionalExtension, params};

use crate::domain::ids::{RoomId, Seq};
use crate::store::reader::{UNREAD_MAX, UNREAD_SPAN};
use crate::store::sqlite::sql::queries;

/// How many messages and announcements have come into each room after a place and were not taken back.
pub(in crate::store) fn unread(
    db: &Connection,
    places: &[(RoomId, Seq)],
) -> rusqlite::Result<Vec<(RoomId, u32)>> {
    let mut rooms = db.prepare_cached("SELECT n FROM rooms WHERE id = ?1 AND deleted = 0")?;
    let mut count = db.prepare_cached(
        "SELECT count(*) FROM (SELECT 1 FROM messages
             WHERE room = ?1 AND seq > ?2 AND kind IN (0, 5) AND taken_back = 0 LIMIT ?3)",
    )?;
    let mut found = Vec::with_capacity(places.len());
    for (room, after) in places {
        let number = rooms.query_row([room.as_bytes()], |row| row.get::<_, i64>(0)).optional()?;
        let Some(number) = number else { continue };
        let after = after.0.max(queries::last_seq(db, number)?.0 - UNREAD_SPAN);
        let unread = count.query_row(params![number, after, UNREAD_MAX], |row| row.get(0))?;
        found.push((*room, unread));
    }
    Ok(found)
}
