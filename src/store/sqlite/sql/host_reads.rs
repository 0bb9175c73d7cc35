//! What the host reads of all rooms.

use std::time::{Duration, Instant};

use rusqlite::{Connection, Row, params};

use crate::domain::chatter::Chatter;
use crate::domain::ids::{IdentityId, MessageId, RoomId, Seq};
use crate::domain::text::Title;
use crate::domain::time::{HubTime, WallTime};
use crate::store::reader::{Departed, Heard, RECENT, STREAM_SPAN, newest_departed};
use crate::store::sqlite::sql::rows;
use crate::store::write::Moment;

/// How long the messages of somebody are looked for.
const LOOK: Duration = Duration::from_secs(2);

/// What people have said in the rooms that live at `now`, with an id above `after`: the newest, oldest first.
pub(in crate::store) fn stream(
    db: &Connection,
    MessageId(after): MessageId,
    most: usize,
    now: HubTime,
) -> rusqlite::Result<Vec<Heard>> {
    // The sign keeps SQLite from beginning with the rooms, whose messages it would have to sort.
    let sql = format!(
        "SELECT {} WHERE m.id > max(?1, (SELECT max(id) FROM messages) - ?2) AND m.kind IN (0, 1)
         AND r.deleted = 0 AND +r.expires_hub > ?3 ORDER BY m.id DESC LIMIT ?4",
        rows::message_with_room()
    );
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let mut query = db.prepare_cached(&sql)?;
    let heard = query.query_map(params![after, STREAM_SPAN, rows::sql(now), most], |row| {
        let title = Title::trusted(rows::text(row, 27)?);
        Ok(Heard { message: rows::message(row)?, code: rows::parsed(row, 26)?, title })
    })?;
    let mut heard = rows::readable(heard)?;
    heard.reverse();
    Ok(heard)
}

/// Who has left a room lately, or was in it when it ended; the last first.
pub(in crate::store) fn departed(
    db: &Connection,
    room: Option<RoomId>,
    most: usize,
    at: Moment,
) -> rusqlite::Result<Vec<Departed>> {
    let room = room.as_ref().map(|id| id.as_bytes().as_slice());
    let limit = i64::try_from(most).unwrap_or(i64::MAX);
    let since = at.wall.0.saturating_sub(i64::try_from(RECENT.as_millis()).unwrap_or(i64::MAX));
    let mut left = db.prepare_cached(
        "SELECT c.id, c.nickname, c.created_at, s.left_at, s.identity, r.code, r.expires_hub
         FROM memberships s INDEXED BY memberships_left JOIN rooms r ON r.n = s.room
         JOIN chatters c ON c.n = s.chatter
         WHERE s.left_at > ?1 AND (?2 IS NULL OR r.id = ?2) ORDER BY s.left_at DESC LIMIT ?3",
    )?;
    let mut departed =
        rows::readable(left.query_map(params![since, room, limit], |row| left_row(row, at))?)?;
    // Of the people in a room that ends nobody leaves it.
    let begin = HubTime(at.hub.0.saturating_sub(u64::try_from(RECENT.as_millis()).unwrap_or(0)));
    let mut stayed = db.prepare_cached(
        "SELECT c.id, c.nickname, c.created_at, s.left_at, s.identity, r.code, r.expires_hub
         FROM rooms r INDEXED BY rooms_by_expiry JOIN memberships s ON s.room = r.n
         JOIN chatters c ON c.n = s.chatter
         WHERE r.expires_hub > ?1 AND r.expires_hub <= ?2 AND s.left_at IS NULL
         AND (?3 IS NULL OR ?3 = r.id) ORDER BY r.expires_hub DESC LIMIT ?4",
    )?;
    let span = params![rows::sql(begin), rows::sql(at.hub), room, limit];
    departed.extend(rows::readable(stayed.query_map(span, |row| left_row(row, at))?)?);
    Ok(newest_departed(departed, most))
}

fn left_row(row: &Row<'_>, at: Moment) -> rusqlite::Result<Departed> {
    let chatter = rows::chatter(row, 0)?;
    let end: WallTime = match chatter.left_at {
        Some(left) => left,
        None => at.wall_at(rows::hub_time(row, 6)?),
    };
    let chatter = Chatter { left_at: Some(end), ..chatter };
    Ok(Departed { chatter, owner: rows::identity(row, 4)?, code: rows::parsed(row, 5)? })
}

/// The places of what a browser has said since a time and not taken back, the newest first.
pub(in crate::store) fn said_by(
    db: &Connection,
    identity: IdentityId,
    since: HubTime,
    most: usize,
) -> rusqlite::Result<Vec<(RoomId, Seq)>> {
    let begun = Instant::now();
    let mut rooms = db.prepare_cached(
        "SELECT s.room, s.chatter, s.first_seq, r.id
         FROM chatters c INDEXED BY chatters_by_identity
         JOIN memberships s INDEXED BY memberships_by_chatter ON s.chatter = c.n
         JOIN rooms r ON r.n = s.room WHERE c.identity = ?1 AND r.deleted = 0",
    )?;
    let mut rooms = rooms.query([identity.as_bytes()])?;
    let mut found: Vec<(i64, RoomId, Seq)> = Vec::new();
    while let Some(stay) = rooms.next()? {
        let (room, chatter, first): (i64, i64, i64) = (stay.get(0)?, stay.get(1)?, stay.get(2)?);
        let id = RoomId::from_bytes(stay.get(3)?);
        let mut messages = db.prepare_cached(
            "SELECT id, seq, chatter, kind IN (0, 1) AND NOT taken_back, sent_hub FROM messages
             WHERE room = ?1 AND seq >= ?2 ORDER BY seq DESC",
        )?;
        let mut messages = messages.query([room, first])?;
        let mut here = 0;
        while let Some(row) = messages.next()? {
            if here == most || rows::hub_time(row, 4)? < since || begun.elapsed() > LOOK {
                break;
            }
            if row.get::<_, i64>(2)? == chatter && row.get(3)? {
                found.push((row.get(0)?, id, Seq(row.get(1)?)));
                here += 1;
            }
        }
    }
    found.sort_unstable_by_key(|(id, ..)| std::cmp::Reverse(*id));
    Ok(found.into_iter().take(most).map(|(_, room, seq)| (room, seq)).collect())
}
