//! What a wipe keeps of a database: the hub's own values, hosts' keys and, if asked for, hosts' rooms.

use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params_from_iter};

use crate::domain::ids::{HubId, host_chatter};
use crate::domain::time::HubTime;
use crate::store::FILE;
use crate::store::sqlite::recovery::import::{self, Put};
use crate::store::sqlite::recovery::replace;
use crate::store::sqlite::recovery::rules::{self, META, TABLES};
use crate::store::sqlite::sql::{queries, rows, schema, statements};
use crate::store::wipe::{Content, NotedExport};

/// What was filled into the new database, and what the old one has.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) content: Option<Content>,
    pub(super) rooms: u64,
    /// The latest wall time, in ms.
    pub(super) wall: i64,
}

/// Opens the old database so that closing it leaves its WAL: SQLite would remove that without overwriting it. `None` if
/// it cannot be opened.
pub(super) fn open(folder: &Path) -> Option<Connection> {
    let (path, ready) = (folder.join(FILE), replace::ready(folder));
    // It was being replaced when the power was cut.
    let path = if !path.exists() && ready.exists() { ready } else { path };
    if !path.exists() {
        return None;
    }
    let opened = schema::open_beside(&path).and_then(|db| {
        schema::keep_wal(&db)?;
        db.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        Ok(db)
    });
    opened
        .inspect_err(|error| {
            tracing::error!(%error, "the database cannot be read, so nothing of it is kept");
        })
        .ok()
}

/// Fills a new database.
///
/// # Errors
/// It cannot be written. What cannot be read of the old one is not kept.
pub(super) fn fill(
    from: Option<&Connection>,
    into: &Connection,
    keep_rooms: bool,
    fresh: HubId,
) -> rusqlite::Result<Kept> {
    let mut kept = Kept::default();
    let tx = into.unchecked_transaction()?;
    if let Some(from) = from {
        for (key, rule) in META {
            if let Some(value) = meta(from, key).and_then(|value| rule(&value)) {
                statements::set_meta(&tx, key, value)?;
            }
        }
        // What was written last says more than what a clean stop has noted.
        let time = time(from);
        statements::set_meta(&tx, "hub_time", rows::sql(time))?;
        kept.wall = queries::wall_time(from).map_or(0, |wall| wall.0);
        statements::set_meta(&tx, "wall_time", kept.wall)?;
        kept.content = content(from).ok();
        keys(from, &tx)?;
        if keep_rooms {
            kept.rooms = rooms(from, &tx)?;
        }
        // Ids of messages stay unique. What cannot be read begins again, under the new epoch.
        let _unread = import::ids_go_on(from, &tx);
    }
    // Clients begin again.
    let [a, b, c, d, ..] = *fresh.as_bytes();
    statements::set_meta(&tx, "epoch", u32::from_be_bytes([a, b, c, d]))?;
    tx.commit()?;
    Ok(kept)
}

/// The hub's own time at the last write.
fn time(db: &Connection) -> HubTime {
    queries::hub_time(db).unwrap_or_default()
}

fn meta(from: &Connection, key: &str) -> Option<Value> {
    let value = from.query_row("SELECT value FROM meta WHERE key = ?1", [key], |row| {
        row.get_ref(0).map(rules::value)
    });
    value.optional().ok().flatten()
}

/// Copies the keys of hosts. An old schema has none.
fn keys(from: &Connection, into: &Connection) -> rusqlite::Result<()> {
    let Ok(mut keys) = from
        .prepare("SELECT id, name, helper, made_at, number, browser FROM host_keys ORDER BY id")
    else {
        return Ok(());
    };
    let Ok(mut found) = keys.query([]) else { return Ok(()) };
    while let Ok(Some(row)) = found.next() {
        let values = (0..6).map(|column| row.get_ref(column).map(rules::value));
        if let Ok(values) = values.collect::<Result<Vec<Value>, _>>() {
            into.prepare_cached(
                "INSERT OR IGNORE INTO host_keys (id, name, helper, made_at, number, browser)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params_from_iter(values))?;
        }
    }
    Ok(())
}

/// Copies the living rooms that hosts have made, without what was said in them. Returns how many.
fn rooms(from: &Connection, into: &Connection) -> rusqlite::Result<u64> {
    let Some(table) = TABLES.iter().find(|table| table.name == "rooms") else { return Ok(0) };
    let columns = import::known(from, table);
    let named = columns.join(", ");
    let select = format!(
        "SELECT {named} FROM rooms NOT INDEXED WHERE by_host <> 0 AND deleted = 0
         AND expires_hub > ?1 ORDER BY n"
    );
    let Ok(mut rooms) = from.prepare(&select) else { return Ok(0) };
    let Ok(mut found) = rooms.query([rows::sql(time(from))]) else { return Ok(0) };
    let mut kept = 0;
    while let Ok(Some(row)) = found.next() {
        let values = (0..columns.len()).map(|column| row.get_ref(column).map(rules::value));
        let Ok(values) = values.collect::<Result<Vec<Value>, _>>() else { continue };
        if import::put(into, table, &columns, &values)? != Put::Not {
            kept += 1;
        }
    }
    into.execute("UPDATE rooms SET pruned = 0 WHERE n > 0", [])?;
    Ok(kept)
}

/// Counts what is in a database. Messages are what people have said, what hosts have said to them, and notes: no notices of
/// the hub.
pub(super) fn content(db: &Connection) -> rusqlite::Result<Content> {
    let number = |row: &Row<'_>| row.get::<_, u32>(0).map(u64::from);
    let count = |sql: &str| db.query_row(sql, [], number);
    Ok(Content {
        messages: count("SELECT count(*) FROM messages WHERE kind IN (0, 1, 5)")?,
        // The host's own chatter belongs to no browser.
        people: db.query_row(
            "SELECT count(DISTINCT identity) FROM chatters WHERE id <> ?1",
            [host_chatter().as_bytes()],
            number,
        )?,
        rooms: count("SELECT count(*) FROM rooms WHERE n > 0")?,
        host_rooms: db.query_row(
            "SELECT count(*) FROM rooms WHERE by_host <> 0 AND deleted = 0 AND expires_hub > ?1",
            [rows::sql(time(db))],
            number,
        )?,
    })
}

/// How many messages were said after an export, all of them without one. `None` if that cannot be read.
pub(super) fn said_since(db: Option<&Connection>, export: Option<&NotedExport>) -> Option<u64> {
    let newest = export.map_or(0, |export| export.newest);
    let said = db?.query_row(
        "SELECT count(*) FROM messages WHERE id > ?1 AND kind IN (0, 1, 5)",
        [newest],
        |row| row.get::<_, u32>(0),
    );
    said.ok().map(u64::from)
}
