//! Empties the WAL so that nothing that was said stays behind in freed blocks.
//!
//! SQLite shortens and removes a WAL without overwriting it, and no wipe reaches blocks that belong to no file. Here the
//! WAL begins again at its start (`wal_checkpoint(RESTART)` and a small commit), and what is behind that is overwritten
//! with zeros and cut off, piece by piece from its end. Frames behind the last commit have other salts, so that nobody
//! reads them, also after a power cut: <https://sqlite.org/fileformat2.html#walformat>.

use std::fs::OpenOptions;
use std::io;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::store::sqlite::disk::files;
use crate::store::sqlite::sql::schema;

const HEADER: u64 = 32;
const FRAME_HEADER: u64 = 24;

/// The most frames that the commit behind a restart takes.
const RESTARTED: u64 = 8;

/// Why the WAL could not be emptied. Nothing in it is lost.
#[derive(Debug, thiserror::Error)]
pub(in crate::store) enum WalError {
    /// SQLite's message.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// The system's message.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// What one step towards an empty WAL has reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Step {
    /// Somebody was reading or writing.
    Busy,
    /// A piece was overwritten, and there is more.
    More,
    /// Nothing of before is left.
    Done,
}

/// Begins the WAL again at its start. Waits for readers no longer than `patience`.
///
/// # Errors
/// SQLite's message.
pub(in crate::store) fn restart(db: &Connection, patience: Duration) -> rusqlite::Result<Step> {
    db.busy_timeout(patience)?;
    let restarted = begin_again(db);
    db.busy_timeout(schema::BUSY_TIMEOUT)?;
    restarted
}

fn begin_again(db: &Connection) -> rusqlite::Result<Step> {
    if !checkpoint(db, "RESTART")?.is_complete {
        return Ok(Step::Busy);
    }
    // The next commit, though it changes nothing, is the first in the WAL.
    let tx = Transaction::new_unchecked(db, TransactionBehavior::Immediate)?;
    let version: i32 = tx.pragma_query_value(None, "user_version", |row| row.get(0))?;
    tx.pragma_update(None, "user_version", version)?;
    tx.commit()?;
    let frames = checkpoint(db, "PASSIVE")?.frames;
    Ok(if frames <= RESTARTED { Step::More } else { Step::Busy })
}

/// Overwrites the last `piece` bytes of a WAL that was begun again, and cuts them off.
///
/// # Errors
/// See [`WalError`].
pub(in crate::store) fn overwrite(
    db: &Connection,
    path: &Path,
    piece: u64,
) -> Result<Step, WalError> {
    let version = data_version(db)?;
    let frames = checkpoint(db, "PASSIVE")?.frames;
    // Another program must not add frames meanwhile.
    let _locked = Transaction::new_unchecked(db, TransactionBehavior::Immediate)?;
    if data_version(db)? != version {
        return Ok(Step::Busy);
    }
    let page: u32 = db.pragma_query_value(None, "page_size", |row| row.get(0))?;
    let wal = files::with_suffix(path, "-wal");
    Ok(overwrite_behind(&wal, HEADER + frames * (FRAME_HEADER + u64::from(page)), piece)?)
}

/// Empties the WAL and closes the database.
///
/// # Errors
/// SQLite's message.
pub(in crate::store) fn close(db: Connection, path: &Path) -> rusqlite::Result<()> {
    match empty(&db, path) {
        Ok(Step::Done) => {}
        Ok(_) => tracing::warn!("somebody reads: the WAL is shortened without being overwritten"),
        Err(error) => tracing::warn!(%error, "the WAL is shortened without being overwritten"),
    }
    // What began the WAL again is still in it. Only the last connection removes the file, and one that reads may be
    // that: the next start would take the hub for one that was not stopped.
    checkpoint(&db, "TRUNCATE")?;
    db.close().map_err(|(_, cause)| cause)
}

fn empty(db: &Connection, path: &Path) -> Result<Step, WalError> {
    let mut step = restart(db, schema::BUSY_TIMEOUT)?;
    while step == Step::More {
        step = overwrite(db, path, u64::MAX)?;
    }
    Ok(step)
}

/// The WAL after a checkpoint.
struct Checkpointed {
    frames: u64,
    /// Whether all of it is in the database, and nobody was in the way.
    is_complete: bool,
}

fn checkpoint(db: &Connection, mode: &str) -> rusqlite::Result<Checkpointed> {
    db.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |row| {
        let (busy, frames, folded): (bool, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let is_complete = !busy && frames == folded;
        Ok(Checkpointed { frames: frames.try_into().unwrap_or(0), is_complete })
    })
}

/// A number that changes with each commit of another connection.
fn data_version(db: &Connection) -> rusqlite::Result<i64> {
    db.pragma_query_value(None, "data_version", |row| row.get(0))
}

/// Overwrites the last `piece` bytes of what is behind `end`.
fn overwrite_behind(wal: &Path, end: u64, piece: u64) -> io::Result<Step> {
    let file = OpenOptions::new().write(true).open(wal)?;
    let size = file.metadata()?.len();
    let from = size.saturating_sub(piece).max(end);
    if from < size {
        files::cut_off_overwritten(&file, from, size)?;
    }
    Ok(if from == end || size <= end { Step::Done } else { Step::More })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::store::FILE;

    /// Puts this into the database, and so into the WAL.
    fn say(db: &Connection, text: &str) {
        db.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, zeroblob(9000))", [text])
            .unwrap();
    }

    fn take_back(db: &Connection, text: &str) {
        db.execute("DELETE FROM meta WHERE key = ?1", [text]).unwrap();
    }

    fn holds(path: &Path, text: &str) -> bool {
        let bytes = fs::read(files::with_suffix(path, "-wal")).unwrap();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    }

    /// What is there after a power cut at this moment.
    fn after_a_cut(path: &Path) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join(FILE);
        for suffix in ["", "-wal"] {
            fs::copy(files::with_suffix(path, suffix), files::with_suffix(&copy, suffix)).unwrap();
        }
        let db = schema::open_writer(&copy).unwrap();
        let sound: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(sound, "ok");
        let mut said = db.prepare("SELECT key FROM meta WHERE key LIKE 'said%'").unwrap();
        said.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }

    #[test]
    fn a_wal_is_emptied_piece_by_piece_while_others_write_and_the_power_fails() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        let db = schema::open_writer(&path).unwrap();
        say(&db, "said 0");
        for _ in 0..50 {
            say(&db, "taken back");
        }
        take_back(&db, "taken back");
        assert!(holds(&path, "taken back"));

        assert_eq!(restart(&db, Duration::ZERO).unwrap(), Step::More);
        let mut expected = vec!["said 0".to_owned()];
        loop {
            assert_eq!(after_a_cut(&path), expected);
            let step = overwrite(&db, &path, 50_000).unwrap();
            assert_eq!(after_a_cut(&path), expected);
            if step == Step::Done {
                break;
            }
            expected.push(format!("said {}", expected.len()));
            say(&db, expected.last().unwrap());
        }
        assert!(expected.len() > 3, "it was done at once");
        assert!(!holds(&path, "taken back"));
        assert_eq!(after_a_cut(&path), expected);
    }

    #[test]
    fn nobody_waits_for_a_reader_and_its_data_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        let db = schema::open_writer(&path).unwrap();
        say(&db, "said 0");
        let reader = schema::open_reader(&path).unwrap();
        let count = |db: &Connection| -> i64 {
            db.query_row("SELECT count(*) FROM meta WHERE key LIKE 'said%'", [], |row| row.get(0))
                .unwrap()
        };
        let reading = reader.unchecked_transaction().unwrap();
        assert_eq!(count(&reading), 1);
        say(&db, "said 1");
        assert_eq!(restart(&db, Duration::ZERO).unwrap(), Step::Busy);
        assert_eq!(count(&reading), 1);
        drop(reading);
        assert_eq!(restart(&db, Duration::ZERO).unwrap(), Step::More);
        // Who begins to read now does not need what is overwritten.
        let reading = reader.unchecked_transaction().unwrap();
        assert_eq!(count(&reading), 2);
        say(&db, "said 2");
        assert_eq!(overwrite(&db, &path, u64::MAX).unwrap(), Step::Done);
        assert_eq!(count(&reading), 2);
        drop(reading);
        assert_eq!(count(&reader), 3);
        assert_eq!(after_a_cut(&path).len(), 3);
    }

    #[test]
    fn what_another_program_has_written_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        let db = schema::open_writer(&path).unwrap();
        say(&db, "said 0");
        assert_eq!(restart(&db, Duration::ZERO).unwrap(), Step::More);
        let other = schema::open_beside(&path).unwrap();
        for number in 1..40 {
            say(&other, &format!("said {number}"));
        }
        while overwrite(&db, &path, u64::MAX).unwrap() != Step::Done {}
        assert_eq!(after_a_cut(&path).len(), 40);
    }

    #[test]
    fn closing_leaves_no_wal() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        let db = schema::open_writer(&path).unwrap();
        say(&db, "said 0");
        let reader = schema::open_reader(&path).unwrap();
        reader.query_row("SELECT count(*) FROM meta", [], |_| Ok(())).unwrap();
        close(db, &path).unwrap();
        drop(reader);
        assert_eq!(files::size(&files::with_suffix(&path, "-wal")), 0, "whoever ends last");
        let db = schema::open_alone(&path).unwrap();
        let said: i64 = db
            .query_row("SELECT count(*) FROM meta WHERE key = 'said 0'", [], |row| row.get(0))
            .unwrap();
        assert_eq!(said, 1);
    }
}
