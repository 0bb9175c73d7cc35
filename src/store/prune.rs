//! What is kept no longer: old messages, and rooms long after they ended.
//!
//! Each step touches a bounded number of rows and is a transaction of its own, so that whoever wants
//! to write waits for one step at most. Messages go from the oldest on: what is left of a room is
//! always its end, and `rooms.pruned` says from where on.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, params};

use super::rows;
use crate::domain::time::HubTime;

/// Most rows that one step deletes: some ten milliseconds on a slow card.
const STEP: i64 = 200;

/// Most pages that one step gives back to the disk.
const PAGES: i64 = 64;

/// So many free pages are kept for what is written next.
const SPARE_PAGES: i64 = 512;

/// How much is kept. Nothing set keeps all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Retention {
    /// How long a message is kept, and a room after it has ended.
    pub age: Option<Duration>,
    /// Most messages of one room; 0 is no limit.
    pub per_room: usize,
    /// Most bytes of the database in use.
    pub size: Option<u64>,
}

/// One step of pruning: how many rows it deleted or pages it gave back. 0: there is nothing to do.
pub(super) fn step(db: &Connection, keep: &Retention, now: HubTime) -> rusqlite::Result<usize> {
    let old = keep.age.and_then(|age| now.0.checked_sub(HubTime(0).after(age).0)).map(HubTime);
    for step in [
        &|| old.map_or(Ok(0), |old| messages_until(db, oldest_before(db, old)?)),
        &|| if is_too_large(db, keep)? { messages_until(db, oldest(db)?) } else { Ok(0) },
        &|| if keep.per_room == 0 { Ok(0) } else { overlong_room(db, keep.per_room) },
        &|| old.map_or(Ok(0), |old| ended_room(db, old)),
        &|| spare_pages(db),
    ] as [&dyn Fn() -> rusqlite::Result<usize>; 5]
    {
        let done = step()?;
        if done > 0 {
            return Ok(done);
        }
    }
    Ok(0)
}

/// The last of the oldest messages that are older than this.
fn oldest_before(db: &Connection, old: HubTime) -> rusqlite::Result<Option<i64>> {
    db.prepare_cached(
        "SELECT max(id) FROM (SELECT id, sent_hub FROM messages ORDER BY id LIMIT ?1)
         WHERE sent_hub <= ?2",
    )?
    .query_row(params![STEP, rows::sql(old)], |row| row.get(0))
}

fn oldest(db: &Connection) -> rusqlite::Result<Option<i64>> {
    db.prepare_cached("SELECT max(id) FROM (SELECT id FROM messages ORDER BY id LIMIT ?1)")?
        .query_row([STEP], |row| row.get(0))
}

fn is_too_large(db: &Connection, keep: &Retention) -> rusqlite::Result<bool> {
    let Some(most) = keep.size else {
        return Ok(false);
    };
    let used = pragma(db, "page_count")? - pragma(db, "freelist_count")?;
    let bytes = used.saturating_mul(pragma(db, "page_size")?);
    Ok(u64::try_from(bytes).unwrap_or(0) > most)
}

/// Deletes the oldest messages up to this one, a step's worth at most.
fn messages_until(db: &Connection, last: Option<i64>) -> rusqlite::Result<usize> {
    let Some(last) = last else {
        return Ok(0);
    };
    let tx = db.unchecked_transaction()?;
    tx.prepare_cached(
        "UPDATE rooms SET pruned = gone.seq
         FROM (SELECT room, max(seq) AS seq FROM messages WHERE id <= ?1 GROUP BY room) AS gone
         WHERE rooms.n = gone.room",
    )?
    .execute([last])?;
    let deleted = tx.prepare_cached("DELETE FROM messages WHERE id <= ?1")?.execute([last])?;
    tx.commit()?;
    Ok(deleted)
}

/// Shortens a room that has more messages than one may have.
fn overlong_room(db: &Connection, most: usize) -> rusqlite::Result<usize> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let room: Option<(i64, i64)> = db
        .prepare_cached(
            "SELECT n, min(pruned + ?2, last - ?1) FROM
                 (SELECT n, pruned, (SELECT max(seq) FROM messages WHERE room = n) AS last FROM rooms)
             WHERE last - pruned > ?1 LIMIT 1",
        )?
        .query_row(params![most, STEP], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    match room {
        Some((room, seq)) => room_until(db, room, seq),
        None => Ok(0),
    }
}

fn room_until(db: &Connection, room: i64, seq: i64) -> rusqlite::Result<usize> {
    let tx = db.unchecked_transaction()?;
    tx.prepare_cached("UPDATE rooms SET pruned = ?2 WHERE n = ?1")?.execute([room, seq])?;
    tx.prepare_cached("DELETE FROM messages WHERE room = ?1 AND seq <= ?2")?
        .execute([room, seq])?;
    tx.commit()?;
    // A room restored or mended may have holes: the step is done even if it found nothing.
    Ok(1)
}

/// Takes away a room that ended before this: its messages, then its people, then itself.
fn ended_room(db: &Connection, old: HubTime) -> rusqlite::Result<usize> {
    let room: Option<(i64, i64)> = db
        .prepare_cached(
            "SELECT n, pruned FROM rooms WHERE expires_hub <= ?1 ORDER BY expires_hub LIMIT 1",
        )?
        .query_row([rows::sql(old)], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((room, _)) = room else {
        return Ok(0);
    };
    let next: Option<i64> = db
        .prepare_cached(
            "SELECT max(seq) FROM (SELECT seq FROM messages WHERE room = ?1 ORDER BY seq LIMIT ?2)",
        )?
        .query_row([room, STEP], |row| row.get(0))?;
    if let Some(seq) = next {
        return room_until(db, room, seq);
    }
    let people = ended_members(db, room)?;
    if people > 0 {
        return Ok(people);
    }
    db.prepare_cached("DELETE FROM rooms WHERE n = ?1")?.execute([room])
}

/// Takes people out of an ended room, and forgets those who are in no other.
fn ended_members(db: &Connection, room: i64) -> rusqlite::Result<usize> {
    // SQLite would look through all messages for each chatter that goes. There can be none: who has
    // a message in a room is a member there, and this room's messages are gone.
    db.pragma_update(None, "foreign_keys", false)?;
    let gone = delete_members(db, room);
    db.pragma_update(None, "foreign_keys", true)?;
    gone
}

fn delete_members(db: &Connection, room: i64) -> rusqlite::Result<usize> {
    let tx = db.unchecked_transaction()?;
    let mut members = tx.prepare_cached(
        "SELECT chatter FROM memberships WHERE room = ?1 ORDER BY identity LIMIT ?2",
    )?;
    let chatters: Vec<i64> =
        members.query_map([room, STEP], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    drop(members);
    for chatter in &chatters {
        tx.prepare_cached("DELETE FROM memberships WHERE chatter = ?1 AND room = ?2")?
            .execute([*chatter, room])?;
        tx.prepare_cached(
            "DELETE FROM chatters WHERE n = ?1
             AND NOT EXISTS (SELECT 1 FROM memberships WHERE chatter = ?1)",
        )?
        .execute([*chatter])?;
    }
    tx.commit()?;
    Ok(chatters.len())
}

/// Gives pages back to the disk that are free beyond what the next messages will take.
fn spare_pages(db: &Connection) -> rusqlite::Result<usize> {
    let free = pragma(db, "freelist_count")?;
    if free <= SPARE_PAGES {
        return Ok(0);
    }
    let pages = PAGES.min(free - SPARE_PAGES);
    let mut vacuum = db.prepare(&format!("PRAGMA incremental_vacuum({pages})"))?;
    let mut each = vacuum.query([])?;
    // It frees one page a row.
    while each.next()?.is_some() {}
    Ok(usize::try_from(free - pragma(db, "freelist_count")?).unwrap_or(0))
}

fn pragma(db: &Connection, name: &str) -> rusqlite::Result<i64> {
    db.pragma_query_value(None, name, |row| row.get(0))
}
