//! Whether a database is sound, within a bounded time.

use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode};

use crate::store::recovery::rules;

/// Tables that are small and without which nothing works; they are checked even where the time is
/// too short for all.
const FIRST: [&str; 4] = ["meta", "rooms", "chatters", "memberships"];

/// What a check found.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::store) enum Finding {
    /// All is well.
    Sound,
    /// What could be checked in time is well.
    Unfinished,
    /// It has what no hub makes: what that is.
    Strange(String),
    /// Something is wrong: what SQLite says.
    Damaged(String),
}

/// Checks the database for about as long as `limit`.
///
/// # Errors
/// It could not be read, which is not its own fault.
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

/// Checks a database that somebody else may have made: its own tables, and nothing else in it.
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

/// Checks the database and its indexes against each other: slower, and sees more.
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

/// Whether an error means that the file is not what it should be. A place of the card that can be
/// read no more counts: the file will not come back. So does a value of another type than its column
/// has, which SQLite never writes into a strict table, and finds where it checks indexes too.
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
    fn a_check_that_has_no_time_says_so() {
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
