//! Salvages what can still be read of a damaged database, on top of the backup that replaces it.
//!
//! Damage mostly concerns a page or two. The other rows are sound, and those that the backup lacks were
//! acknowledged, too.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use crate::store::sqlite::recovery::import::{self, Put};
use crate::store::sqlite::recovery::rules::{self, MESSAGES, REACTIONS, REPORTS, TABLES, Table};
use crate::store::sqlite::sql::held;
use crate::store::sqlite::sql::host_actions;
use crate::store::sqlite::sql::polls;
use crate::store::sqlite::sql::reactions;
use crate::store::sqlite::sql::schema;

/// Time limit: people are waiting.
const LIMIT: Duration = Duration::from_secs(3);

/// A decision of the host: the query for it, and the change that it makes.
type Decision = (&'static str, &'static str);

/// Tables of which only newer rows are wanted, or none, or that refer to those.
const APART: [&str; 4] = ["messages", "reactions", "reports", "losses"];

/// The host's decisions about rows that the backup has: the query for the damaged file, and the change in the
/// backup.
const DECIDED: [Decision; 11] = [
    // So that an ended room does not come back.
    (
        "SELECT value FROM meta WHERE key = 'hub_time' AND typeof(value) = 'integer'",
        "INSERT INTO meta (key, value) VALUES ('hub_time', ?1)
         ON CONFLICT DO UPDATE SET value = max(value, excluded.value)",
    ),
    (
        "SELECT id FROM rooms NOT INDEXED WHERE deleted <> 0",
        "UPDATE rooms SET deleted = 1 WHERE id = ?1",
    ),
    (
        "SELECT id, lifetime FROM rooms NOT INDEXED",
        "UPDATE rooms SET lifetime = min(lifetime, ?2) WHERE id = ?1",
    ),
    ("SELECT id, shut FROM rooms NOT INDEXED", "UPDATE rooms SET shut = ?2 WHERE id = ?1"),
    (
        "SELECT id, mode, every, mode_until FROM rooms NOT INDEXED",
        "UPDATE rooms SET mode = ?2, every = ?3, mode_until = ?4 WHERE id = ?1",
    ),
    ("SELECT id, history FROM rooms NOT INDEXED", "UPDATE rooms SET history = ?2 WHERE id = ?1"),
    (
        "SELECT id, title, capacity, lock, position, hold_questions FROM rooms NOT INDEXED
         WHERE typeof(title) = 'text' AND typeof(capacity) = 'integer' AND typeof(position) = 'integer'",
        "UPDATE rooms SET title = ?2, capacity = ?3, lock = ?4, position = ?5, hold_questions = ?6 <> 0 WHERE id = ?1",
    ),
    (
        "SELECT id, done_at FROM reports NOT INDEXED WHERE typeof(done_at) = 'integer'",
        "UPDATE reports SET done_at = ?2 WHERE id = ?1",
    ),
    (
        "SELECT id, closed_at, voters, counts FROM polls NOT INDEXED WHERE typeof(closed_at) = 'integer'
         AND typeof(voters) = 'integer' AND (counts IS NULL OR length(counts) = 32)",
        "UPDATE polls SET closed_at = ?2, voters = ?3, counts = ?4 WHERE id = ?1",
    ),
    // Of somebody who has changed their mind.
    (
        "SELECT poll, identity, chosen FROM poll_votes NOT INDEXED WHERE typeof(chosen) = 'integer' AND chosen > 0",
        "UPDATE poll_votes SET chosen = ?3 WHERE poll = ?1 AND identity = ?2",
    ),
    ("SELECT id FROM held_questions NOT INDEXED WHERE dropped <> 0", held::DROP_ONE),
];
/// The walls with their links, so that a link that the host has revoked stays revoked, and one that is in use can be used
/// on.
const WALLS: Decision = (
    "SELECT room, view, delay, link FROM walls NOT INDEXED
     WHERE typeof(view) = 'integer' AND typeof(delay) = 'integer'
       AND (link IS NULL OR typeof(link) = 'blob' AND length(link) = 16)",
    "INSERT INTO walls (room, view, delay, link) SELECT ?1, ?2, ?3, ?4 FROM rooms WHERE n = ?1
     ON CONFLICT DO UPDATE SET view = excluded.view, delay = excluded.delay, link = excluded.link",
);

const TAKEN_BACK: Decision = ("SELECT id FROM messages WHERE taken_back <> 0", host_actions::EMPTY);

/// The same without the index, which may be damaged. Slow.
const TAKEN_BACK_ALL: Decision =
    ("SELECT id FROM messages NOT INDEXED WHERE taken_back <> 0", host_actions::EMPTY);

/// The ids of the hub, by which it recognises the copy as its own.
const ID: [Decision; 2] = [
    (
        "SELECT id.value, former.value FROM meta AS id, meta AS former
         WHERE id.key = 'hub_id' AND typeof(id.value) = 'blob' AND length(id.value) = 16
           AND former.key = 'former_ids' AND typeof(former.value) = 'blob'",
        "UPDATE meta SET value = ?1 WHERE key = 'hub_id' AND instr(?2, value) > 0",
    ),
    (
        "SELECT id.value, former.value FROM meta AS id, meta AS former
         WHERE id.key = 'hub_id' AND former.key = 'former_ids'
           AND typeof(former.value) = 'blob' AND length(former.value) % 16 = 0",
        "INSERT INTO meta (key, value) SELECT 'former_ids', ?2 FROM meta WHERE key = 'hub_id' AND value = ?1
         ON CONFLICT DO UPDATE SET value = excluded.value",
    ),
];

/// Adds the rooms, people and newer messages of a damaged database to another one. Returns how many messages.
/// Rows that cannot be read are lost, which is not an error.
pub(in crate::store) fn salvage(damaged: &Path, into: &Connection) -> usize {
    let saved = schema::open_frozen(damaged).ok().and_then(|from| {
        let until = Instant::now() + LIMIT;
        let tx = into.unchecked_transaction().ok()?;
        ID.iter().chain(&DECIDED).for_each(|decision| decide(&from, &tx, *decision, until));
        decide(&from, &tx, TAKEN_BACK, until);
        let newest: i64 =
            tx.query_row("SELECT coalesce(max(id), 0) FROM messages", [], |row| row.get(0)).ok()?;
        for table in TABLES.iter().filter(|table| !APART.contains(&table.name)) {
            table_from(&from, &tx, table, "", until).ok()?;
        }
        decide(&from, &tx, WALLS, until);
        let newer = format!("WHERE id > {newest}");
        let messages = table_from(&from, &tx, &MESSAGES, &newer, until).ok()?;
        tx.execute(held::FORGET_SAID, []).ok()?;
        let newer = format!("WHERE message > {newest}");
        table_from(&from, &tx, &REACTIONS, &newer, until).ok()?;
        reactions::recount(&tx, newest).ok()?;
        polls::recount(&tx).ok()?;
        table_from(&from, &tx, &REPORTS, "", until).ok()?;
        decide(&from, &tx, TAKEN_BACK_ALL, until);
        tx.commit().ok().map(|()| messages)
    });
    saved.unwrap_or(0)
}

/// Gives a backup from before the hub got a new id the present id.
pub(super) fn keep_id(from: &Connection, into: &Connection) -> rusqlite::Result<()> {
    let tx = into.unchecked_transaction()?;
    let until = Instant::now() + LIMIT;
    ID.iter().for_each(|decision| decide(from, &tx, *decision, until));
    tx.commit()
}

/// Takes messages back in a backup that the host has taken back since, as far as that can be read, so that
/// the backup does not bring them back.
pub(in crate::store) fn keep_taken_back(
    from: &Connection,
    into: &Connection,
) -> rusqlite::Result<()> {
    let tx = into.unchecked_transaction()?;
    let until = Instant::now() + LIMIT;
    decide(from, &tx, TAKEN_BACK, until);
    tx.commit()
}

fn decide(from: &Connection, into: &Connection, (look, change): Decision, until: Instant) {
    // An older schema lacks it, and what cannot be read is lost.
    let (Ok(mut select), Ok(mut change)) = (from.prepare(look), into.prepare(change)) else {
        return;
    };
    let width = select.column_count();
    let Ok(mut found) = select.query([]) else { return };
    while let (true, Ok(Some(row))) = (Instant::now() < until, found.next()) {
        let values = (0..width).map(|column| row.get(column));
        if let Ok(values) = values.collect::<Result<Vec<Value>, _>>() {
            // A corrupted value is not a decision.
            let _changed = change.execute(params_from_iter(values));
        }
    }
}

/// Copies the readable rows of a table: from its beginning up to the damage, and then from its end back to
/// it.
fn table_from(
    from: &Connection,
    into: &Connection,
    table: &Table,
    which: &str,
    until: Instant,
) -> rusqlite::Result<usize> {
    let columns = import::known(from, table);
    if columns.is_empty() {
        return Ok(0);
    }
    let (name, named) = (table.name, columns.join(", "));
    let forwards = table.key().collect::<Vec<_>>().join(", ");
    let backwards = forwards.replace(',', " DESC,") + " DESC";
    let mut added = 0;
    for order in [forwards, backwards] {
        // NOT INDEXED: an index may be damaged.
        let rows = format!("SELECT {named} FROM {name} NOT INDEXED {which} ORDER BY {order}");
        let (more, is_all) = rows_from(from, into, &rows, (table, &columns), until)?;
        added += more;
        if is_all {
            break;
        }
    }
    Ok(added)
}

fn rows_from(
    from: &Connection,
    into: &Connection,
    rows: &str,
    (table, columns): (&Table, &[&'static str]),
    until: Instant,
) -> rusqlite::Result<(usize, bool)> {
    let mut added = 0;
    let Ok(mut select) = from.prepare(rows) else {
        return Ok((0, false));
    };
    let Ok(mut found) = select.query([]) else {
        return Ok((0, false));
    };
    while Instant::now() < until {
        let row = match found.next() {
            Ok(Some(row)) => row,
            Ok(None) => return Ok((added, true)),
            Err(_) => return Ok((added, false)),
        };
        let values = (0..columns.len()).map(|column| row.get_ref(column).map(rules::value));
        let Ok(values) = values.collect::<Result<Vec<_>, _>>() else { continue };
        // Rows that exist already, or refer to unreadable ones, are left out.
        if import::put(into, table, columns, &values)? != Put::Not {
            added += 1;
        }
    }
    Ok((added, true))
}
