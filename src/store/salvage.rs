//! What can still be read of a damaged database, on top of the copy that takes its place.
//!
//! Damage is mostly a page or two. Rows before and behind them are as good as ever, and those that
//! the copy does not have were acknowledged too.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::types::Value;
use rusqlite::{Connection, ErrorCode, params_from_iter};

use super::schema;

/// How long may be spent on it: people are waiting.
const LIMIT: Duration = Duration::from_secs(3);

/// A table, its columns, and the order in which its rows lie.
type Table = (&'static str, &'static str, &'static str);

/// What refers to others comes after them.
const TABLES: [Table; 5] = [
    (
        "rooms",
        "n, id, code, title, namespace, capacity, lock, created_at, created_hub, lifetime, pruned, deleted",
        "n",
    ),
    ("chatters", "n, id, identity, nickname, created_at", "n"),
    ("memberships", "room, identity, chatter, first_seq, left_at", "room, identity"),
    ("bans", "chatter, identity, nickname, address, until", "chatter"),
    ("host_actions", "n, at, at_hub, deed, what", "n"),
];
const MESSAGES: Table = (
    "messages",
    "id, room, seq, chatter, kind, content, count, was, now, sent_at, sent_hub, key",
    "id",
);

/// Adds to a database what it lacks of the rooms, people and newer messages in a damaged one: how many
/// messages. Nothing of this is worth a failure: what cannot be read is lost.
pub(super) fn salvage(damaged: &Path, into: &Connection) -> usize {
    let saved = schema::open_frozen(damaged).ok().and_then(|from| {
        let until = Instant::now() + LIMIT;
        let tx = into.unchecked_transaction().ok()?;
        let newest: i64 =
            tx.query_row("SELECT coalesce(max(id), 0) FROM messages", [], |row| row.get(0)).ok()?;
        for table in TABLES {
            table_from(&from, &tx, table, "", until).ok()?;
        }
        let newer = format!("WHERE id > {newest}");
        let messages = table_from(&from, &tx, MESSAGES, &newer, until).ok()?;
        tx.commit().ok().map(|()| messages)
    });
    saved.unwrap_or(0)
}

/// Copies the rows of a table that can be read: from its beginning up to the damage, and if there is
/// any, from its end down to it.
fn table_from(
    from: &Connection,
    into: &Connection,
    (table, columns, order): Table,
    which: &str,
    until: Instant,
) -> rusqlite::Result<usize> {
    let backwards = order.replace(',', " DESC,") + " DESC";
    let mut added = 0;
    for order in [order, &backwards] {
        // NOT INDEXED: an index may be what is damaged.
        let rows = format!("SELECT {columns} FROM {table} NOT INDEXED {which} ORDER BY {order}");
        let (more, is_all) = rows_from(from, into, &rows, (table, columns), until)?;
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
    (table, columns): (&str, &str),
    until: Instant,
) -> rusqlite::Result<(usize, bool)> {
    let width = columns.split(',').count();
    let places = vec!["?"; width].join(", ");
    let sql = format!("INSERT OR IGNORE INTO {table} ({columns}) VALUES ({places})");
    let mut insert = into.prepare_cached(&sql)?;
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
        let values = (0..width).map(|column| row.get(column)).collect::<Result<Vec<Value>, _>>();
        // A text that is none any more.
        let Ok(values) = values else { continue };
        match insert.execute(params_from_iter(values)) {
            Ok(new) => added += new,
            // Of a room or a person that could not be read, or not what it should be.
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {}
            Err(error) => return Err(error),
        }
    }
    Ok((added, true))
}
