//! Imports the rows of a foreign file into a fresh database.
//!
//! Each table is read from beginning to end, without indexes, and each row is checked by [`rules`]. Rows that
//! refer to missing ones are left out.

use std::cmp::Ordering;

use rusqlite::types::Value;
use rusqlite::{Connection, ErrorCode, OptionalExtension, params, params_from_iter};

use crate::store::sqlite::recovery::rules::{self, META, TABLES, Table};
use crate::store::sqlite::sql::{polls, reactions, statements};

/// How many rows are committed together: few enough that the WAL stays small.
const BATCH: u64 = 5_000;

/// How many rows were imported.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) struct Imported {
    /// Rows that were read.
    pub(in crate::store) rows: u64,
    /// Rows that no hub would have written, and that were left out.
    pub(in crate::store) left_out: u64,
    /// Rows that were changed, so that a hub could have written them.
    pub(in crate::store) mended: u64,
}

/// Why an import failed.
#[derive(Debug, thiserror::Error)]
pub(in crate::store) enum ImportError {
    /// The file cannot be read.
    #[error("{0}")]
    From(rusqlite::Error),
    /// Its rows are not in the order of their keys, so that reading it may never end.
    #[error("rows of {0} are out of order")]
    OutOfOrder(&'static str),
    /// The new database cannot be written.
    #[error("{0}")]
    Into(rusqlite::Error),
}

/// Imports everything. `going_on` is called after each batch.
///
/// # Errors
/// See [`ImportError`]. The rows that were imported by then are committed.
pub(in crate::store) fn import(
    from: &Connection,
    into: &Connection,
    going_on: &mut dyn FnMut(),
) -> Result<Imported, ImportError> {
    let mut imported = Imported::default();
    for (key, rule) in META {
        let found = from
            .query_row("SELECT value FROM meta WHERE key = ?1", [key], |row| {
                row.get_ref(0).map(rules::value)
            })
            .optional()
            .map_err(ImportError::From)?;
        if let Some(value) = found.and_then(|found| rule(&found)) {
            statements::set_meta(into, key, value).map_err(ImportError::Into)?;
        }
    }
    for table in &TABLES {
        table_from(from, into, table, &mut imported, going_on)?;
    }
    reactions::recount(into, 0).map_err(ImportError::Into)?;
    polls::recount(into).map_err(ImportError::Into)?;
    ids_go_on(from, into)?;
    Ok(imported)
}

fn table_from(
    from: &Connection,
    into: &Connection,
    table: &Table,
    imported: &mut Imported,
    going_on: &mut dyn FnMut(),
) -> Result<(), ImportError> {
    let columns = known(from, table);
    if columns.is_empty() {
        return Ok(());
    }
    let order = table.key().collect::<Vec<_>>().join(", ");
    let (named, name) = (columns.join(", "), table.name);
    let rows = format!("SELECT {named} FROM {name} NOT INDEXED ORDER BY {order}");
    let mut rows = from.prepare(&rows).map_err(ImportError::From)?;
    let mut rows = rows.query([]).map_err(ImportError::From)?;
    let mut tx = into.unchecked_transaction().map_err(ImportError::Into)?;
    let mut last: Option<Vec<Value>> = None;
    while let Some(row) = rows.next().map_err(ImportError::From)? {
        let values = (0..columns.len()).map(|column| row.get_ref(column).map(rules::value));
        let values: Vec<Value> = values.collect::<Result<_, _>>().map_err(ImportError::From)?;
        let key: Vec<Value> = values.iter().take(table.key_width).cloned().collect();
        // Pages that refer to each other have endless rows, whose keys repeat.
        if last.is_some_and(|last| order_of(&last, &key) != Ordering::Less) {
            return Err(ImportError::OutOfOrder(name));
        }
        last = Some(key);
        match put(&tx, table, &columns, &values).map_err(ImportError::Into)? {
            Put::As => {}
            Put::Mended => imported.mended += 1,
            Put::Not => imported.left_out += 1,
        }
        imported.rows += 1;
        if imported.rows.is_multiple_of(BATCH) {
            tx.commit().map_err(ImportError::Into)?;
            going_on();
            tx = into.unchecked_transaction().map_err(ImportError::Into)?;
        }
    }
    tx.commit().map_err(ImportError::Into)
}

/// The outcome of a row.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::store) enum Put {
    /// Imported unchanged.
    As,
    /// Imported with changes.
    Mended,
    /// Left out.
    Not,
}

/// Inserts a row as a hub would have written it. A row that exists already, or refers to a missing one, is
/// left out.
pub(in crate::store) fn put(
    into: &Connection,
    table: &Table,
    columns: &[&'static str],
    values: &[Value],
) -> rusqlite::Result<Put> {
    let Some(row) = table.row(columns, values) else {
        return Ok(Put::Not);
    };
    let places = vec!["?"; columns.len()].join(", ");
    let sql = format!("INSERT INTO {} ({}) VALUES ({places})", table.name, columns.join(", "));
    let inserted = into.prepare_cached(&sql)?.execute(params_from_iter(&row.values));
    match inserted {
        Ok(_) if row.values == values => Ok(Put::As),
        Ok(_) => Ok(Put::Mended),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
            Ok(Put::Not)
        }
        Err(error) => Err(error),
    }
}

/// The columns of a table that exist in this file. An older schema lacks some, which get their defaults.
/// Empty if there is no such table.
pub(in crate::store) fn known(from: &Connection, table: &Table) -> Vec<&'static str> {
    let name = table.name;
    table.columns(|column| from.prepare(&format!("SELECT {column} FROM {name}")).is_ok())
}

/// Continues the ids of messages, reports and waiting questions, so that none is given twice, not even that of a deleted one.
pub(in crate::store) fn ids_go_on(from: &Connection, into: &Connection) -> Result<(), ImportError> {
    for table in ["messages", "reports", "held_questions"] {
        let given: Option<i64> = from
            .query_row(
                "SELECT max(seq) FROM sqlite_sequence WHERE name = ?1 AND typeof(seq) = 'integer'",
                [table],
                |row| row.get(0),
            )
            .map_err(ImportError::From)?;
        // No hub counts beyond that; its rows tell how far it was.
        let given = given.filter(|given| (0..=rules::NUMBER_MAX).contains(given)).unwrap_or(0);
        into.execute(
            "INSERT INTO sqlite_sequence (name, seq) SELECT ?1, 0
             WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?1)",
            [table],
        )
        .and_then(|_| {
            into.execute(
                "UPDATE sqlite_sequence SET seq = max(seq, ?1) WHERE name = ?2",
                params![given, table],
            )
        })
        .map_err(ImportError::Into)?;
    }
    Ok(())
}

/// How SQLite orders two keys.
fn order_of(one: &[Value], other: &[Value]) -> Ordering {
    let sort = |value: &Value| match value {
        Value::Null => 0,
        Value::Integer(_) | Value::Real(_) => 1,
        Value::Text(_) => 2,
        Value::Blob(_) => 3,
    };
    let each = |(one, other): (&Value, &Value)| match (one, other) {
        (Value::Integer(one), Value::Integer(other)) => one.cmp(other),
        (Value::Real(one), Value::Real(other)) => one.total_cmp(other),
        (Value::Text(one), Value::Text(other)) => one.cmp(other),
        (Value::Blob(one), Value::Blob(other)) => one.cmp(other),
        (one, other) => sort(one).cmp(&sort(other)),
    };
    one.iter().zip(other).map(each).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}
