//! Shrinks a database that is too large: the largest room loses messages, and in it the largest author.

use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};

use crate::store::sqlite::sql::prune::{STEP, STEP_BYTES, oldest_of, part_of};
use crate::store::sqlite::sql::weights::{Authors, ROW, Weight, Weights, size};

/// The most places of a room that one step searches for an author's messages.
const SPAN: i64 = 2_000;

/// Does one step: empties messages of the largest author in the largest room. The messages keep their places,
/// which must not have gaps.
pub(in crate::store) fn step(db: &Connection, weights: &mut Weights) -> rusqlite::Result<usize> {
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

/// Deletes the beginning of a room, as far as it contains no words of people.
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
    last.map_or(Ok(0), |last| oldest_of(db, room, last, weights))
}

/// Empties the oldest messages of an author in a room, continuing the last step.
fn empty_some(
    db: &Connection,
    (room, author): (i64, i64),
    end: i64,
    authors: &mut Authors,
) -> rusqlite::Result<Weight> {
    let from = authors.losing.filter(|(losing, _)| *losing == author).map_or(0, |(_, seq)| seq);
    let mut lost = Weight::default();
    let (mut ids, mut count, mut at, mut is_all) = (Vec::new(), 0, from, true);
    let mut next = db.prepare_cached(
        "SELECT id, seq, octet_length(content),
             (SELECT count(*) FROM (SELECT 1 FROM reactions WHERE message = messages.id LIMIT ?5)) +
             (SELECT count(*) FROM (SELECT 1 FROM reports WHERE message = messages.id LIMIT ?5))
         FROM messages
         WHERE room = ?1 AND seq > ?2 AND seq <= ?3 AND chatter = ?4 AND kind IN (0, 1)
         AND octet_length(content) > 0 ORDER BY seq LIMIT ?5",
    )?;
    let mut rows =
        next.query(params![room, from, end.min(from.saturating_add(SPAN)), author, STEP])?;
    while let Some(row) = rows.next()? {
        let with_it: i64 = row.get(3)?;
        count += 1 + with_it;
        if !ids.is_empty() && count > STEP {
            is_all = false;
            break;
        }
        if with_it >= STEP {
            part_of(db, row.get(0)?)?;
            return Ok(Weight::default());
        }
        ids.push(row.get::<_, i64>(0)?);
        at = row.get(1)?;
        lost.rows += 1;
        lost.bytes += ROW + size(row.get(2)?);
        if lost.bytes > STEP_BYTES || count >= STEP {
            is_all = false;
            break;
        }
    }
    drop(rows);
    drop(next);
    if is_all {
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

/// Empties messages. They are deleted and inserted again, because SQLite does not free the space of a row
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
