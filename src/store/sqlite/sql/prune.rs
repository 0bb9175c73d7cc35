//! Pruning: deletes old messages, and rooms long after they have ended.
//!
//! Each step touches a bounded number of rows and bytes in a transaction of its own, so that a write waits
//! for one step at most. The oldest messages are deleted first: a room always keeps its end, and
//! `rooms.pruned` says where that begins. If the database is too large, those who use most of it lose first
//! ([`weights`]).
//!
//! [`weights`]: crate::store::sqlite::sql::weights

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Rows, params};

use crate::domain::time::HubTime;
use crate::store::sqlite::sql::held;
use crate::store::sqlite::sql::rows;
use crate::store::sqlite::sql::shrink;
use crate::store::sqlite::sql::weights::{ROW, Weight, Weights, size};

/// The most rows that one step deletes, with those that go with messages: about ten milliseconds on a slow card.
pub(in crate::store) const STEP: i64 = 200;

/// The most bytes of messages that one step deletes or empties; a single larger message is possible.
pub(in crate::store) const STEP_BYTES: u64 = 256 * 1024;

/// The most pages that one step returns to the disk.
const PAGES: i64 = 64;

/// Free pages that are kept for further writes.
const SPARE_PAGES: i64 = 512;

type Step = fn(&Connection, Option<HubTime>, &Retention, &mut Weights) -> rusqlite::Result<usize>;

/// How much is kept. The default keeps everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Retention {
    /// How long messages are kept, and rooms after they have ended.
    pub age: Option<Duration>,
    /// Most messages of one room; 0 is no limit.
    pub per_room: usize,
    /// Most bytes of the database in use.
    pub size: Option<u64>,
}

/// Does one step. Returns how much it has done, mostly a number of rows; 0 if there is nothing to do.
pub(in crate::store) fn step(
    db: &Connection,
    keep: &Retention,
    weights: &mut Weights,
    now: HubTime,
) -> rusqlite::Result<usize> {
    let old = keep.age.and_then(|age| now.0.checked_sub(HubTime(0).after(age).0)).map(HubTime);
    for step in [
        |db, _, _, weights| deleted_room(db, weights),
        |db, old, _, weights| old.map_or(Ok(0), |old| older(db, old, weights)),
        |db, _, keep, weights| {
            if is_too_large(db, keep)? { shrink::step(db, weights) } else { Ok(0) }
        },
        |db, _, keep, weights| overlong_room(db, keep.per_room, weights),
        |db, old, _, weights| old.map_or(Ok(0), |old| ended_room(db, old, weights)),
        |db, _, _, _| spare_pages(db),
    ] as [Step; 6]
    {
        let done = step(db, old, keep, weights)?;
        if done > 0 {
            return Ok(done);
        }
    }
    Ok(0)
}

/// Deletes messages that are older than `old`.
fn older(db: &Connection, old: HubTime, weights: &mut Weights) -> rusqlite::Result<usize> {
    let mut oldest = db.prepare_cached(
        "SELECT id, octet_length(content), id,
             (SELECT count(*) FROM (SELECT 1 FROM reactions WHERE message = messages.id LIMIT ?1)) +
             (SELECT count(*) FROM (SELECT 1 FROM reports WHERE message = messages.id LIMIT ?1))
         FROM messages WHERE sent_hub <= ?2 AND id <=
             (SELECT max(id) FROM (SELECT id FROM messages ORDER BY id LIMIT ?1))
         ORDER BY id",
    )?;
    let piece = within_a_step(oldest.query(params![STEP, rows::sql(old)])?)?;
    drop(oldest);
    match piece {
        Some(Piece::Until(last)) => messages_until(db, last, weights),
        Some(Piece::PartOf(message)) => part_of(db, message),
        None => Ok(0),
    }
}

/// What one step deletes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    /// Messages up to this key.
    Until(i64),
    /// Some of the reactions and reports of this message, the first one, which are too many for one step.
    PartOf(i64),
}

/// How many of these rows one step can delete. Each has a key, the length of a text, a message's id, and the numbers of
/// its reactions and reports, counted up to [`STEP`] each.
fn within_a_step(mut rows: Rows<'_>) -> rusqlite::Result<Option<Piece>> {
    let (mut last, mut bytes, mut count) = (None, 0, 0);
    while let Some(row) = rows.next()? {
        let with_it: i64 = row.get(3)?;
        bytes += ROW + size(row.get(1)?);
        count += 1 + with_it;
        if last.is_some() && (bytes > STEP_BYTES || count > STEP) {
            break;
        }
        if with_it >= STEP {
            return row.get(2).map(Piece::PartOf).map(Some);
        }
        last = Some(row.get(0)?);
    }
    Ok(last.map(Piece::Until))
}

/// Deletes some of the reactions, then of the reports, of a message that is about to be deleted.
pub(in crate::store) fn part_of(db: &Connection, message: i64) -> rusqlite::Result<usize> {
    let reactions = db
        .prepare_cached(
            "DELETE FROM reactions WHERE message = ?1 AND chatter IN
                 (SELECT chatter FROM reactions WHERE message = ?1 LIMIT ?2)",
        )?
        .execute([message, STEP])?;
    if reactions > 0 {
        return Ok(reactions);
    }
    db.prepare_cached(
        "DELETE FROM reports WHERE id IN (SELECT id FROM reports WHERE message = ?1 LIMIT ?2)",
    )?
    .execute([message, STEP])
}

fn is_too_large(db: &Connection, keep: &Retention) -> rusqlite::Result<bool> {
    let Some(most) = keep.size else {
        return Ok(false);
    };
    let used = pragma(db, "page_count")? - pragma(db, "freelist_count")?;
    let bytes = used.saturating_mul(pragma(db, "page_size")?);
    Ok(u64::try_from(bytes).unwrap_or(0) > most)
}

/// Deletes the oldest messages up to this one.
fn messages_until(db: &Connection, last: i64, weights: &mut Weights) -> rusqlite::Result<usize> {
    let tx = db.unchecked_transaction()?;
    // `+` prevents an index on rooms, whose order would read all messages.
    tx.prepare_cached(
        "UPDATE rooms SET pruned = gone.seq
         FROM (SELECT room, max(seq) AS seq FROM messages WHERE id <= ?1 GROUP BY +room) AS gone
         WHERE rooms.n = gone.room",
    )?
    .execute([last])?;
    let mut lost = tx.prepare_cached(
        "SELECT room, count(*), sum(octet_length(content)) FROM messages WHERE id <= ?1
         GROUP BY +room",
    )?;
    let mut rows = lost.query([last.min(weights.seen())])?;
    while let Some(row) = rows.next()? {
        weights.lose(row.get(0)?, weight(row.get(1)?, row.get(2)?));
    }
    drop(rows);
    drop(lost);
    let deleted = tx.prepare_cached("DELETE FROM messages WHERE id <= ?1")?.execute([last])?;
    tx.commit()?;
    Ok(deleted)
}

fn weight(rows: i64, text: i64) -> Weight {
    let rows = size(rows);
    Weight { rows, bytes: rows * ROW + size(text) }
}

/// Deletes the oldest messages of a room, up to this place.
pub(in crate::store) fn oldest_of(
    db: &Connection,
    room: i64,
    end: i64,
    weights: &mut Weights,
) -> rusqlite::Result<usize> {
    let mut oldest = db.prepare_cached(
        "SELECT seq, octet_length(content), id,
             (SELECT count(*) FROM (SELECT 1 FROM reactions WHERE message = messages.id LIMIT ?3)) +
             (SELECT count(*) FROM (SELECT 1 FROM reports WHERE message = messages.id LIMIT ?3))
         FROM messages WHERE room = ?1 AND seq <= ?2 ORDER BY seq LIMIT ?3",
    )?;
    let piece = within_a_step(oldest.query(params![room, end, STEP])?)?;
    drop(oldest);
    match piece {
        Some(Piece::Until(last)) => room_until(db, room, last, weights),
        Some(Piece::PartOf(message)) => part_of(db, message),
        None => Ok(0),
    }
}

/// Deletes the oldest messages of a room with more than `most` messages; 0 is no limit.
fn overlong_room(db: &Connection, most: usize, weights: &mut Weights) -> rusqlite::Result<usize> {
    if most == 0 {
        return Ok(0);
    }
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let room: Option<(i64, i64)> = db
        .prepare_cached(
            "SELECT n, last - ?1 FROM
                 (SELECT n, pruned, (SELECT max(seq) FROM messages WHERE room = n) AS last FROM rooms)
             WHERE last - pruned > ?1 LIMIT 1",
        )?
        .query_row(params![most], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((room, end)) = room else {
        return Ok(0);
    };
    match oldest_of(db, room, end, weights)? {
        // A restored room may have gaps: then only its new beginning is stored.
        0 => room_until(db, room, end, weights),
        done => Ok(done),
    }
}

fn room_until(
    db: &Connection,
    room: i64,
    seq: i64,
    weights: &mut Weights,
) -> rusqlite::Result<usize> {
    let tx = db.unchecked_transaction()?;
    let lost = tx
        .prepare_cached(
            "SELECT count(*), coalesce(sum(octet_length(content)), 0) FROM messages
             WHERE room = ?1 AND seq <= ?2 AND id <= ?3",
        )?
        .query_row([room, seq, weights.seen()], |row| Ok(weight(row.get(0)?, row.get(1)?)))?;
    tx.prepare_cached("UPDATE rooms SET pruned = ?2 WHERE n = ?1")?.execute([room, seq])?;
    tx.prepare_cached("DELETE FROM messages WHERE room = ?1 AND seq <= ?2")?
        .execute([room, seq])?;
    tx.commit()?;
    weights.lose(room, lost);
    // A restored room may have gaps: the step is done even if it found nothing.
    Ok(1)
}

/// Does a step of deleting a room that the host has deleted.
fn deleted_room(db: &Connection, weights: &mut Weights) -> rusqlite::Result<usize> {
    let room: Option<i64> = db
        .prepare_cached("SELECT n FROM rooms WHERE deleted <> 0 LIMIT 1")?
        .query_row([], |row| row.get(0))
        .optional()?;
    room.map_or(Ok(0), |room| take_away(db, room, weights))
}

/// Does a step of deleting a room that ended before `old`.
fn ended_room(db: &Connection, old: HubTime, weights: &mut Weights) -> rusqlite::Result<usize> {
    let room: Option<i64> = db
        .prepare_cached("SELECT n FROM rooms WHERE expires_hub <= ?1 ORDER BY expires_hub LIMIT 1")?
        .query_row([rows::sql(old)], |row| row.get(0))
        .optional()?;
    room.map_or(Ok(0), |room| take_away(db, room, weights))
}

/// Deletes a room's messages, then what waits in it, then its members, then the room.
fn take_away(db: &Connection, room: i64, weights: &mut Weights) -> rusqlite::Result<usize> {
    let messages = oldest_of(db, room, i64::MAX, weights)?;
    if messages > 0 {
        return Ok(messages);
    }
    // Before their authors.
    let questions = held::prune(db, room, STEP)?;
    if questions > 0 {
        return Ok(questions);
    }
    let people = ended_members(db, room)?;
    if people > 0 {
        return Ok(people);
    }
    weights.forget(room);
    db.prepare_cached("DELETE FROM rooms WHERE n = ?1")?.execute([room])
}

/// Deletes the members of an ended room, and chatters that are in no other room.
fn ended_members(db: &Connection, room: i64) -> rusqlite::Result<usize> {
    // SQLite would search all messages for each deleted chatter. There are none: an author is a member of the
    // room, and this room's messages are deleted.
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
        tx.prepare_cached(
            "DELETE FROM memberships INDEXED BY memberships_by_chatter WHERE chatter = ?1 AND room = ?2",
        )?
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

/// Returns free pages to the disk, but for those that the next writes will use.
fn spare_pages(db: &Connection) -> rusqlite::Result<usize> {
    let free = pragma(db, "freelist_count")?;
    if free <= SPARE_PAGES {
        return Ok(0);
    }
    let pages = PAGES.min(free - SPARE_PAGES);
    let mut vacuum = db.prepare(&format!("PRAGMA incremental_vacuum({pages})"))?;
    let mut each = vacuum.query([])?;
    // It frees one page per row.
    while each.next()?.is_some() {}
    Ok(usize::try_from(free - pragma(db, "freelist_count")?).unwrap_or(0))
}

fn pragma(db: &Connection, name: &str) -> rusqlite::Result<i64> {
    db.pragma_query_value(None, name, |row| row.get(0))
}
