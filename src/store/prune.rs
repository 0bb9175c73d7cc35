//! What is kept no longer: old messages, and rooms long after they ended.
//!
//! Each step touches a bounded number of rows and bytes and is a transaction of its own, so that whoever
//! wants to write waits for one step at most. Messages go from the oldest on: what is left of a room is
//! always its end, and `rooms.pruned` says from where on. Where the database is too large, those who
//! take most of it lose first ([`weights`]).
//!
//! [`weights`]: super::weights

use std::time::Duration;

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Rows, params, params_from_iter};

use super::rows;
use super::weights::{Authors, ROW, Weight, Weights, size};
use crate::domain::time::HubTime;

/// Most rows that one step deletes: some ten milliseconds on a slow card.
const STEP: i64 = 200;

/// Most bytes of messages that one step deletes or empties, the one aside that is larger.
const STEP_BYTES: u64 = 256 * 1024;

/// Most places of a room in which one step looks for somebody's messages.
const SPAN: i64 = 2_000;

/// Most pages that one step gives back to the disk.
const PAGES: i64 = 64;

/// So many free pages are kept for what is written next.
const SPARE_PAGES: i64 = 512;

type Step = fn(&Connection, Option<HubTime>, &Retention, &mut Weights) -> rusqlite::Result<usize>;

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

/// One step of pruning: how much it did. 0: there is nothing to do.
pub(super) fn step(
    db: &Connection,
    keep: &Retention,
    weights: &mut Weights,
    now: HubTime,
) -> rusqlite::Result<usize> {
    let old = keep.age.and_then(|age| now.0.checked_sub(HubTime(0).after(age).0)).map(HubTime);
    for step in [
        |db, _, _, weights| deleted_room(db, weights),
        |db, old, _, weights| old.map_or(Ok(0), |old| older(db, old, weights)),
        |db, _, keep, weights| if is_too_large(db, keep)? { largest(db, weights) } else { Ok(0) },
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

/// Deletes messages that are older than this.
fn older(db: &Connection, old: HubTime, weights: &mut Weights) -> rusqlite::Result<usize> {
    let mut oldest = db.prepare_cached(
        "SELECT id, octet_length(content) FROM messages WHERE sent_hub <= ?2 AND id <=
             (SELECT max(id) FROM (SELECT id FROM messages ORDER BY id LIMIT ?1))
         ORDER BY id",
    )?;
    let last = within_a_step(oldest.query(params![STEP, rows::sql(old)])?)?;
    drop(oldest);
    last.map_or(Ok(0), |last| messages_until(db, last, weights))
}

/// The last of these rows, each with its key and the length of its text, that one step can take.
fn within_a_step(mut rows: Rows<'_>) -> rusqlite::Result<Option<i64>> {
    let (mut last, mut bytes) = (None, 0);
    while let Some(row) = rows.next()? {
        bytes += ROW + size(row.get(1)?);
        if last.is_some() && bytes > STEP_BYTES {
            break;
        }
        last = Some(row.get(0)?);
    }
    Ok(last)
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
    tx.prepare_cached(
        "UPDATE rooms SET pruned = gone.seq
         FROM (SELECT room, max(seq) AS seq FROM messages WHERE id <= ?1 GROUP BY room) AS gone
         WHERE rooms.n = gone.room",
    )?
    .execute([last])?;
    let mut lost = tx.prepare_cached(
        "SELECT room, count(*), sum(octet_length(content)) FROM messages WHERE id <= ?1 GROUP BY room",
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

/// A step towards a smaller database: the largest room loses, and in it the largest author. Their
/// messages keep their places, since those have no gaps.
fn largest(db: &Connection, weights: &mut Weights) -> rusqlite::Result<usize> {
    if !weights.count(db)? {
        return Ok(1);
    }
    let Some((room, newest)) = weights.largest() else {
        return Ok(0);
    };
    let last: Option<i64> = db
        .prepare_cached("SELECT max(seq) FROM messages WHERE room = ?1")?
        .query_row([room], |row| row.get(0))?;
    let end = last.map_or(0, |last| last.saturating_sub(i64::try_from(newest).unwrap_or(0)));
    let emptied = empty_places(db, room, end, weights)?;
    if emptied > 0 {
        return Ok(emptied);
    }
    let authors = weights.authors(room);
    if !authors.count(db, end)? {
        return Ok(1);
    }
    if let Some(author) = authors.largest() {
        let lost = empty_some(db, (room, author), end, authors)?;
        weights.lose(room, Weight { rows: 0, ..lost });
        return Ok(1);
    }
    let gone = oldest_of(db, room, end, weights)?;
    if gone == 0 {
        weights.forget(room);
    }
    Ok(gone.max(1))
}

/// Deletes what a room begins with, where nobody's words are in it.
fn empty_places(
    db: &Connection,
    room: i64,
    end: i64,
    weights: &mut Weights,
) -> rusqlite::Result<usize> {
    let last: Option<i64> = db
        .prepare_cached(
            "WITH first AS (SELECT seq, kind <= 1 AND octet_length(content) > 0 AS is_said FROM messages
                            WHERE room = ?1 AND seq <= ?2 ORDER BY seq LIMIT ?3)
             SELECT max(seq) FROM first
             WHERE seq < coalesce((SELECT min(seq) FROM first WHERE is_said), ?2 + 1)",
        )?
        .query_row(params![room, end, STEP], |row| row.get(0))?;
    last.map_or(Ok(0), |last| room_until(db, room, last, weights))
}

/// Deletes the oldest messages of a room, up to this place.
fn oldest_of(
    db: &Connection,
    room: i64,
    end: i64,
    weights: &mut Weights,
) -> rusqlite::Result<usize> {
    let mut oldest = db.prepare_cached(
        "SELECT seq, octet_length(content) FROM messages
         WHERE room = ?1 AND seq <= ?2 ORDER BY seq LIMIT ?3",
    )?;
    let last = within_a_step(oldest.query(params![room, end, STEP])?)?;
    drop(oldest);
    last.map_or(Ok(0), |last| room_until(db, room, last, weights))
}

/// Empties the oldest messages of an author in a room, from where the last step ended.
fn empty_some(
    db: &Connection,
    (room, author): (i64, i64),
    end: i64,
    authors: &mut Authors,
) -> rusqlite::Result<Weight> {
    let from = authors.losing.filter(|(losing, _)| *losing == author).map_or(0, |(_, seq)| seq);
    let mut lost = Weight::default();
    let (mut ids, mut looked, mut at) = (Vec::new(), 0, from);
    let mut next = db.prepare_cached(
        "SELECT id, seq, octet_length(content) FROM messages
         WHERE room = ?1 AND seq > ?2 AND seq <= ?3 AND chatter = ?4 AND kind IN (0, 1)
         AND octet_length(content) > 0 ORDER BY seq LIMIT ?5",
    )?;
    let mut rows =
        next.query(params![room, from, end.min(from.saturating_add(SPAN)), author, STEP])?;
    while let Some(row) = rows.next()? {
        ids.push(row.get::<_, i64>(0)?);
        at = row.get(1)?;
        lost.rows += 1;
        lost.bytes += ROW + size(row.get(2)?);
        looked += 1;
        if lost.bytes > STEP_BYTES {
            break;
        }
    }
    drop(rows);
    drop(next);
    if looked < STEP && lost.bytes <= STEP_BYTES {
        at = from.saturating_add(SPAN);
    }
    empty(db, &ids)?;
    authors.lose(author, lost);
    authors.losing = Some((author, at));
    if at >= end {
        authors.forget(author);
    }
    Ok(Weight { rows: 0, bytes: lost.bytes - lost.rows * ROW })
}

/// Empties messages. They are deleted and written anew: SQLite does not give back the space of a row
/// that got shorter.
fn empty(db: &Connection, ids: &[i64]) -> rusqlite::Result<()> {
    let tx = db.unchecked_transaction()?;
    let mut kept = Vec::with_capacity(ids.len());
    for id in ids {
        let row = tx
            .prepare_cached(
                "SELECT room, seq, chatter, kind, sent_at, sent_hub, key FROM messages WHERE id = ?1",
            )?
            .query_row([id], |row| (0..7).map(|column| row.get::<_, Value>(column)).collect())?;
        tx.prepare_cached("DELETE FROM messages WHERE id = ?1")?.execute([id])?;
        let row: Vec<Value> = row;
        kept.push((*id, row));
    }
    for (id, row) in kept {
        let id = std::iter::once(Value::Integer(id));
        tx.prepare_cached(
            "INSERT INTO messages (id, room, seq, chatter, kind, sent_at, sent_hub, key, content, taken_back)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, '', 1)",
        )?
        .execute(params_from_iter(id.chain(row)))?;
    }
    tx.commit()
}

/// Shortens a room that has more messages than one may have; 0 is no limit.
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
        // A room restored or mended may have holes: then only its beginning is written down.
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
    // A room restored or mended may have holes: the step is done even if it found nothing.
    Ok(1)
}

/// A step towards taking away a room that the host deleted.
fn deleted_room(db: &Connection, weights: &mut Weights) -> rusqlite::Result<usize> {
    let room: Option<i64> = db
        .prepare_cached("SELECT n FROM rooms WHERE deleted <> 0 LIMIT 1")?
        .query_row([], |row| row.get(0))
        .optional()?;
    room.map_or(Ok(0), |room| take_away(db, room, weights))
}

/// A step towards taking away a room that ended before this.
fn ended_room(db: &Connection, old: HubTime, weights: &mut Weights) -> rusqlite::Result<usize> {
    let room: Option<i64> = db
        .prepare_cached("SELECT n FROM rooms WHERE expires_hub <= ?1 ORDER BY expires_hub LIMIT 1")?
        .query_row([rows::sql(old)], |row| row.get(0))
        .optional()?;
    room.map_or(Ok(0), |room| take_away(db, room, weights))
}

/// Takes away of a room its messages, then its people, then itself.
fn take_away(db: &Connection, room: i64, weights: &mut Weights) -> rusqlite::Result<usize> {
    let messages = oldest_of(db, room, i64::MAX, weights)?;
    if messages > 0 {
        return Ok(messages);
    }
    let people = ended_members(db, room)?;
    if people > 0 {
        return Ok(people);
    }
    weights.forget(room);
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
