//! The walls of rooms, and what they show.

use rusqlite::{Connection, Row, params};

use crate::domain::ids::{RoomId, Seq};
use crate::domain::message::Message;
use crate::domain::room::wall::{DELAY, RoomWall, WallEdit};
use crate::domain::time::HubTime;
use crate::store::sqlite::sql::statements::{WriteError, room_number};
use crate::store::sqlite::sql::{queries, rows};
use crate::store::wall::{LOOKED_THROUGH, WallColumns, WallRead, delay_ms, view_number};

/// Changes the wall of a room. Returns it as it is now.
///
/// # Errors
/// [`Refusal::NoSuchRoom`] if the room is not there.
///
/// [`Refusal::NoSuchRoom`]: crate::domain::refusal::Refusal::NoSuchRoom
pub(in crate::store) fn set(
    db: &Connection,
    room: RoomId,
    edit: &WallEdit,
) -> Result<RoomWall, WriteError> {
    let room = room_number(db, room)?;
    let wall = db
        .prepare_cached(
            "INSERT INTO walls (room, view, delay, link)
             VALUES (?1, coalesce(?2, 0), coalesce(?3, ?4), CASE WHEN ?5 THEN ?6 END)
             ON CONFLICT (room) DO UPDATE SET view = coalesce(?2, view), delay = coalesce(?3, delay),
                 link = CASE WHEN NOT ?5 THEN link WHEN ?6 IS NULL THEN NULL ELSE coalesce(link, ?6) END
             RETURNING view, delay, link",
        )?
        .query_row(
            params![
                room,
                edit.view.map(view_number),
                edit.delay.map(delay_ms),
                delay_ms(DELAY),
                edit.link.is_some(),
                edit.link.flatten().map(|link| link.as_bytes().to_vec()),
            ],
            |row| wall(row, 0),
        )?;
    Ok(wall)
}

/// The walls of the living rooms that the host has set.
pub(in crate::store) fn all(
    db: &Connection,
    now: HubTime,
) -> rusqlite::Result<Vec<(RoomId, RoomWall)>> {
    let mut query = db.prepare_cached(
        "SELECT r.id, w.view, w.delay, w.link FROM walls w JOIN rooms r ON r.n = w.room
         WHERE r.deleted = 0 AND r.expires_hub > ?1",
    )?;
    let walls = query
        .query_map([rows::sql(now)], |row| Ok((RoomId::from_bytes(row.get(0)?), wall(row, 1)?)))?;
    rows::readable(walls)
}

/// A wall from three columns: view, delay, link.
fn wall(row: &Row<'_>, at: usize) -> rusqlite::Result<RoomWall> {
    // A link that a damaged file had counts as none.
    let link = row.get::<_, Option<[u8; 16]>>(at + 2).unwrap_or(None);
    let view = i16::try_from(row.get::<_, i64>(at)?).unwrap_or(i16::MAX);
    Ok(WallColumns { view, delay: row.get(at + 1)?, link }.into())
}

/// What a wall shows, the oldest first.
pub(in crate::store) fn shown(db: &Connection, read: &WallRead) -> rusqlite::Result<Vec<Message>> {
    let sql = format!(
        "WITH places AS MATERIALIZED (
             SELECT m.seq FROM messages m JOIN chatters c ON c.n = m.chatter
             WHERE m.room = (SELECT n FROM rooms WHERE id = ?1) AND m.seq <= ?2 AND m.seq > ?2 - ?3
             AND m.kind = 0 AND m.taken_back = 0 AND m.sent_hub <= ?4
             AND NOT EXISTS (SELECT 1 FROM bans WHERE bans.identity = c.identity)
             AND NOT EXISTS (SELECT 1 FROM mutes
                 WHERE mutes.identity = c.identity AND (mutes.until IS NULL OR mutes.until > ?5))
             ORDER BY m.seq DESC LIMIT ?6)
         SELECT {} WHERE m.room = (SELECT n FROM rooms WHERE id = ?1) AND m.seq IN (SELECT seq FROM places)
         ORDER BY m.seq",
        rows::MESSAGE
    );
    let mut query = db.prepare_cached(&sql)?;
    let found = query.query_map(
        params![
            read.room.as_bytes(),
            read.last.0,
            LOOKED_THROUGH,
            rows::sql(read.sent_until),
            rows::sql(read.now),
            read.limit(),
        ],
        rows::message,
    )?;
    rows::readable(found)
}

/// The questions that a wall shows: those that are not answered first, and the one with the most votes first.
pub(in crate::store) fn asked(db: &Connection, read: &WallRead) -> rusqlite::Result<Vec<Message>> {
    let mut query = db.prepare_cached(
        "SELECT m.seq FROM messages m INDEXED BY questions_by_votes JOIN chatters c ON c.n = m.chatter
         WHERE m.room = (SELECT n FROM rooms WHERE id = ?1) AND m.answered = ?2 AND m.votes IS NOT NULL AND m.seq <= ?3
         AND m.kind = 0 AND m.taken_back = 0 AND m.sent_hub <= ?4
         AND NOT EXISTS (SELECT 1 FROM bans WHERE bans.identity = c.identity)
         AND NOT EXISTS (SELECT 1 FROM mutes
             WHERE mutes.identity = c.identity AND (mutes.until IS NULL OR mutes.until > ?5))
         ORDER BY m.votes DESC, m.seq DESC LIMIT ?6",
    )?;
    let mut places = Vec::with_capacity(2 * read.most);
    for is_answered in [false, true] {
        let params = params![
            read.room.as_bytes(),
            is_answered,
            read.last.0,
            rows::sql(read.sent_until),
            rows::sql(read.now),
            read.limit(),
        ];
        for seq in query.query_map(params, |row| row.get(0).map(Seq))? {
            places.push(seq?);
        }
    }
    places.truncate(read.most);
    queries::at_places(db, (read.room, None), &places)
}
