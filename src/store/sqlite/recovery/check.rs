//! Checks whether a database is sound, within a bounded time.

use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode};

use crate::store::sqlite::recovery::rules;

/// Small tables that are indispensable. They are checked even if the time is too short for all.
const FIRST: [&str; 4] = ["meta", "rooms", "chatters", "memberships"];

/// The result of a check.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::store) enum Finding {
    /// The database is sound.
    Sound,
    /// The part that could be checked in time is sound.
    Unfinished,
    /// It contains objects that no hub makes.
    Strange(String),
    /// It is damaged: what SQLite says.
    Damaged(String),
}

/// Checks a database for about `limit`.
///
/// # Errors
/// It could not be read, although the file may be sound.
pub(in crate::store) fn check(db: &mut Connection, limit: Duration) -> rusqlite::Result<Finding> {
    match one(db, "PRAGMA quick_check(1)", limit)? {
        Finding::Unfinished => {}
        found => return Ok(found),
    }
    for table in FIRST {
        match one(db, &format!("PRAGMA quick_check({table})"), limit / 16)? {
            Finding::Sound | Finding::Unfinished => {}
            found => return Ok(found),
        }
    }
    Ok(Finding::Unfinished)
}

/// Checks the hub's own tables in a foreign database.
pub(in crate::store) fn check_strange(
    db: &mut Connection,
    limit: Duration,
) -> rusqlite::Result<Finding> {
    for table in rules::TABLES {
        // An older schema lacks some.
        let is_there = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?1";
        if db.query_row(is_there, [table.name], |row| row.get::<_, i64>(0))? == 0 {
            continue;
        }
        match one(db, &format!("PRAGMA quick_check({})", table.name), limit)? {
            Finding::Sound | Finding::Unfinished => {}
            found => return Ok(found),
        }
    }
    Ok(Finding::Sound)
}

/// Checks tables and indexes against each other: slower and more thorough.
pub(in crate::store) fn check_thoroughly(
    db: &mut Connection,
    limit: Duration,
) -> rusqlite::Result<Finding> {
    one(db, "PRAGMA integrity_check(1)", limit)
}

fn one(db: &mut Connection, pragma: &str, limit: Duration) -> rusqlite::Result<Finding> {
    let until = Instant::now() + limit;
    db.progress_handler(10_000, Some(move || Instant::now() > until))?;
    let answer = db.query_row(pragma, [], |row| row.get::<_, String>(0));
    db.progress_handler(0, None::<fn() -> bool>)?;
    match answer {
        Ok(ok) if ok == "ok" => Ok(Finding::Sound),
        Ok(what) => Ok(Finding::Damaged(in_a_line(&what))),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) => {
            Ok(Finding::Unfinished)
        }
        Err(error) if is_damage(&error) => Ok(Finding::Damaged(error.to_string())),
        Err(error) => Err(error),
    }
}

fn in_a_line(what: &str) -> String {
    what.lines()
        .map(str::trim)
        .filter(|line| !line.starts_with("***"))
        .collect::<Vec<_>>()
        .join("; ")
}

/// Whether an error means that the file is damaged. That includes an unreadable block of the card, which will
/// not come back, and a value of a wrong type, which SQLite never writes into a strict table.
pub(in crate::store) fn is_damage(error: &rusqlite::Error) -> bool {
    const READ: i32 = 10 | (1 << 8);
    const SHORT_READ: i32 = 10 | (2 << 8);
    if matches!(error, rusqlite::Error::InvalidColumnType(..)) {
        return true;
    }
    let code = error.sqlite_error_code();
    let extended = error.sqlite_error().map(|error| error.extended_code);
    matches!(code, Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
        || matches!(extended, Some(READ | SHORT_READ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_without_enough_time_says_so() {
        let mut db = Connection::open_in_memory().unwrap();
        db.execute_batch(
            "CREATE TABLE t (a); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 200000)
             INSERT INTO t SELECT i FROM n; CREATE TABLE meta (a);
             CREATE TABLE rooms (a); CREATE TABLE chatters (a); CREATE TABLE memberships (a);",
        )
        .unwrap();
        assert_eq!(check(&mut db, Duration::from_secs(60)).unwrap(), Finding::Sound);
        assert_eq!(check(&mut db, Duration::ZERO).unwrap(), Finding::Unfinished);
    }
}
