//! Questions that wait for the host.

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::domain::chatter::Chatter;
use crate::domain::ids::{ChatterId, HeldId, IdentityId, RoomId, Seq};
use crate::domain::message::{Kind, Message};
use crate::domain::question::{DROPPED_KEPT, Dropped, HELD_EACH, HELD_MAX, Held, HeldQuestion};
use crate::domain::refusal::{HeldRefusal, Refusal};
use crate::domain::text::{Key, Nickname};
use crate::domain::time::{HubTime, WallTime};
use crate::store::sqlite::sql::statements::{WriteError, room_number};
use crate::store::sqlite::sql::{apply, rows};
use crate::store::write::{Moment, Say};

/// Whether the host reads a room's questions first.
pub(in crate::store) fn holds(db: &Connection, room: RoomId) -> rusqlite::Result<bool> {
    let holds = db
        .prepare_cached("SELECT hold_questions FROM rooms WHERE id = ?1 AND deleted = 0")?
        .query_row([room.as_bytes()], |row| row.get::<_, bool>(0))
        .optional()?;
    Ok(holds.unwrap_or(false))
}

/// What became of the question that the chatter asked with this key before, unless it is a message by now.
pub(in crate::store) fn before(db: &Connection, say: &Say) -> Result<Option<Held>, WriteError> {
    let (true, Some(key)) = (say.is_question, &say.key) else {
        return Ok(None);
    };
    let found = db
        .prepare_cached(
            "SELECT h.id, h.content, h.asked_at, h.dropped, r.id
             FROM held_questions h JOIN rooms r ON r.n = h.room
             WHERE h.chatter = (SELECT n FROM chatters WHERE id = ?1) AND h.key = ?2",
        )?
        .query_row(params![say.chatter.as_bytes(), key.as_str()], |row| {
            let held = Held {
                id: HeldId(row.get(0)?),
                room: RoomId::from_bytes(row.get(4)?),
                content: rows::text(row, 1)?,
                at: WallTime(row.get(2)?),
            };
            Ok((held, row.get::<_, bool>(3)?))
        })
        .optional()?;
    match found {
        Some((_, true)) => Err(Refusal::Held(HeldRefusal::NotLetThrough).into()),
        found => Ok(found.map(|(held, _)| held)),
    }
}

/// Lets a question wait.
pub(in crate::store) fn hold(db: &Connection, say: &Say) -> Result<Held, WriteError> {
    let room = room_number(db, say.room)?;
    let (chatter, nickname) = db
        .prepare_cached("SELECT n, nickname FROM chatters WHERE id = ?1")?
        .query_row([say.chatter.as_bytes()], |row| Ok((row.get::<_, i64>(0)?, rows::text(row, 1)?)))
        .optional()?
        .ok_or(WriteError::Refused(Refusal::NoSuchChatter))?;
    if let Some(to) = say.reply_to {
        apply::quote(db, (room, to), chatter)?;
    }
    let (theirs, all): (usize, usize) = db
        .prepare_cached(
            "SELECT count(*) FILTER (WHERE chatter = ?2), count(*) FROM held_questions
             WHERE room = ?1 AND dropped = 0",
        )?
        .query_row([room, chatter], |row| {
            Ok((row.get::<_, u32>(0)? as usize, row.get::<_, u32>(1)? as usize))
        })?;
    if theirs >= HELD_EACH || all >= HELD_MAX {
        return Err(Refusal::Held(HeldRefusal::TooMany).into());
    }
    db.prepare_cached(
        "INSERT INTO held_questions (room, chatter, nickname, content, key, reply_to, mentions, asked_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        room,
        chatter,
        nickname,
        say.content,
        say.key.as_ref().map(Key::as_str),
        say.reply_to.map(|to| to.0),
        rows::mentions_column(&say.mentions),
        say.at.wall.0,
    ])?;
    let id = HeldId(db.last_insert_rowid());
    Ok(Held { id, room: say.room, content: say.content.clone(), at: say.at.wall })
}

/// Makes a message of a question that waits.
pub(in crate::store) fn let_through(
    db: &Connection,
    HeldId(id): HeldId,
    at: Moment,
) -> Result<Message, WriteError> {
    let (say, expires, is_used) = db
        .prepare_cached(
            "SELECT r.id, c.id, h.content, h.reply_to, h.mentions, h.key, r.expires_hub,
                    EXISTS (SELECT 1 FROM messages m WHERE m.chatter = h.chatter AND m.key = h.key)
             FROM held_questions h JOIN rooms r ON r.n = h.room AND r.deleted = 0
             JOIN chatters c ON c.n = h.chatter WHERE h.id = ?1 AND h.dropped = 0",
        )?
        .query_row([id], |row| {
            let say = Say {
                room: RoomId::from_bytes(row.get(0)?),
                chatter: ChatterId::from_bytes(row.get(1)?),
                kind: Kind::Said,
                content: rows::text(row, 2)?,
                reply_to: row.get::<_, Option<i64>>(3)?.map(Seq),
                mentions: rows::mentions(row.get::<_, Option<Vec<u8>>>(4)?.as_deref()),
                is_question: true,
                key: row.get::<_, Option<String>>(5)?.and_then(|key| Key::parse(&key).ok()),
                at,
            };
            Ok((say, rows::hub_time(row, 6)?, row.get::<_, bool>(7)?))
        })
        .optional()?
        .ok_or(WriteError::Refused(Refusal::Held(HeldRefusal::NotThere)))?;
    if expires <= at.hub {
        return Err(Refusal::Expired.into());
    }
    // The key may stand for another message: one that was sent with it, but not as a question.
    let say = if is_used { Say { key: None, ..say } } else { say };
    let message = match apply::insert_message(db, &say) {
        // The message that it answers may be gone by now.
        Err(WriteError::Refused(Refusal::NoMessage(_))) => {
            apply::insert_message(db, &Say { reply_to: None, ..say })?
        }
        inserted => inserted?,
    };
    db.prepare_cached("DELETE FROM held_questions WHERE id = ?1")?.execute([id])?;
    Ok(message)
}

/// Deletes a question but for its key, so that a retry does not ask it again.
pub(in crate::store) const DROP_ONE: &str =
    "UPDATE held_questions SET content = '', nickname = '', reply_to = NULL, mentions = NULL, dropped = 1
     WHERE id = ?1 AND dropped = 0";

/// Deletes the questions of a backup that have become messages since.
pub(in crate::store) const FORGET_SAID: &str =
    "DELETE FROM held_questions WHERE EXISTS (
         SELECT 1 FROM messages m WHERE m.chatter = held_questions.chatter AND m.key = held_questions.key)";

/// Drops a question that waits.
pub(in crate::store) fn drop_one(db: &Connection, held: HeldId) -> Result<Dropped, WriteError> {
    let dropped = drop_all(db, &[held])?.pop();
    dropped.ok_or(WriteError::Refused(Refusal::Held(HeldRefusal::NotThere)))
}

/// Drops the questions of a browser that wait.
pub(in crate::store) fn drop_of(
    db: &Connection,
    identity: IdentityId,
) -> rusqlite::Result<Vec<Dropped>> {
    let ids = db
        .prepare_cached(
            "SELECT h.id FROM chatters c JOIN memberships s INDEXED BY memberships_by_chatter ON s.chatter = c.n
             JOIN held_questions h ON h.room = s.room AND h.dropped = 0 AND h.chatter = s.chatter
             WHERE c.identity = ?1",
        )?
        .query_map([identity.as_bytes()], |row| row.get(0).map(HeldId))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    drop_all(db, &ids)
}

/// Drops the questions of a room that wait.
pub(in crate::store) fn drop_in(db: &Connection, room: RoomId) -> rusqlite::Result<Vec<Dropped>> {
    let ids = db
        .prepare_cached(
            "SELECT id FROM held_questions WHERE room = (SELECT n FROM rooms WHERE id = ?1) AND dropped = 0",
        )?
        .query_map([room.as_bytes()], |row| row.get(0).map(HeldId))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    drop_all(db, &ids)
}

/// Drops those of these questions that wait, the oldest first.
fn drop_all(db: &Connection, ids: &[HeldId]) -> rusqlite::Result<Vec<Dropped>> {
    let mut all = Vec::with_capacity(ids.len());
    for id in ids {
        let dropped = db
            .prepare_cached(
                "SELECT r.id, c.identity, h.key FROM held_questions h JOIN rooms r ON r.n = h.room
                 JOIN chatters c ON c.n = h.chatter WHERE h.id = ?1 AND h.dropped = 0",
            )?
            .query_row([id.0], |row| {
                let (room, author) = (RoomId::from_bytes(row.get(0)?), rows::identity(row, 1)?);
                let key = row.get::<_, Option<String>>(2)?.and_then(|key| Key::parse(&key).ok());
                Ok(Dropped { id: *id, room, author, key })
            })
            .optional()?;
        db.prepare_cached(DROP_ONE)?.execute([id.0])?;
        all.extend(dropped);
    }
    all.sort_unstable_by_key(|dropped| dropped.id);
    if !all.is_empty() {
        forget(db)?;
    }
    Ok(all)
}

/// Deletes the oldest of the dropped questions' keys.
fn forget(db: &Connection) -> rusqlite::Result<()> {
    db.prepare_cached(
        "DELETE FROM held_questions WHERE dropped = 1
         AND id <= (SELECT max(id) FROM held_questions) - ?1",
    )?
    .execute([DROPPED_KEPT])?;
    Ok(())
}

/// The questions that wait in the rooms that live at `now`, or in one of them, the oldest first, at most `most`.
pub(in crate::store) fn list(
    db: &Connection,
    room: Option<RoomId>,
    now: HubTime,
    most: usize,
) -> rusqlite::Result<Vec<HeldQuestion>> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let mut query = db.prepare_cached(
        "SELECT h.id, r.id, h.content, h.asked_at, r.code, c.id, h.nickname, c.created_at
         FROM rooms r JOIN held_questions h ON h.room = r.n AND h.dropped = 0
         JOIN chatters c ON c.n = h.chatter
         WHERE r.expires_hub > ?1 AND r.deleted = 0 AND (?2 IS NULL OR r.id = ?2)
         ORDER BY h.id LIMIT ?3",
    )?;
    let room = room.map(|room| *room.as_bytes());
    rows::readable(query.query_map(params![rows::sql(now), room, most], held_row)?)
}

fn held_row(row: &Row<'_>) -> rusqlite::Result<HeldQuestion> {
    let held = Held {
        id: HeldId(row.get(0)?),
        room: RoomId::from_bytes(row.get(1)?),
        content: rows::text(row, 2)?,
        at: WallTime(row.get(3)?),
    };
    let chatter = Chatter {
        id: ChatterId::from_bytes(row.get(5)?),
        nickname: Nickname::trusted(rows::text(row, 6)?),
        created_at: WallTime(row.get(7)?),
        left_at: None,
    };
    Ok(HeldQuestion { held, code: rows::parsed(row, 4)?, chatter })
}

/// Deletes the oldest rows of a room, at most `most`. Returns how many.
pub(in crate::store) fn prune(db: &Connection, room: i64, most: i64) -> rusqlite::Result<usize> {
    db.prepare_cached(
        "DELETE FROM held_questions WHERE id IN (SELECT id FROM held_questions WHERE room = ?1 LIMIT ?2)",
    )?
    .execute([room, most])
}
