//! Replaces the database by another file, and keeps the old one.
//!
//! The new file is first finished under another name. A power cut at any moment leaves either the old
//! database or the new one, and never the WAL of one beside the other.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, params};

use crate::domain::ids::HubId;
use crate::domain::time::WallTime;
use crate::store::FILE;
use crate::store::health::{ContinuedFrom, Loss};
use crate::store::sqlite::disk::files::{self, sync_folder, with_suffix};
use crate::store::sqlite::recovery::backup::{self};
use crate::store::sqlite::sql::queries;
use crate::store::sqlite::sql::rows;
use crate::store::sqlite::sql::statements;

/// The suffixes of a damaged file, and of one that the host has replaced.
pub(in crate::store) const CORRUPT: &str = "corrupt";
pub(in crate::store) const REPLACED: &str = "replaced";

/// How many set-aside files are kept.
const KEEP: usize = 2;

/// After each recovery from a backup, message ids jump ahead by this much, so that no id is given twice, not
/// even one that the backup does not know.
const IDS_AHEAD: i64 = 10_000_000;

/// Where a backup is prepared to become the database.
pub(in crate::store) fn preparing(folder: &Path) -> PathBuf {
    folder.join(format!("{FILE}.preparing"))
}

/// Where a new database is filled. A start removes what it finds there: it was cut off.
pub(in crate::store) fn filling(folder: &Path) -> PathBuf {
    folder.join(format!("{FILE}.filling"))
}

/// Where either is moved once it is ready.
pub(in crate::store) fn ready(folder: &Path) -> PathBuf {
    folder.join(format!("{FILE}.ready"))
}

/// The name for the next database that is set aside, and its number.
///
/// # Errors
/// The folder cannot be listed, so that any name might be that of a file that is kept.
pub(in crate::store) fn next_name(folder: &Path, why: &str) -> io::Result<(String, i64)> {
    let number = set_aside(folder)?.first().map_or(1, |(number, _)| number + 1);
    Ok((format!("{FILE}.{why}-{number}"), number))
}

/// The set-aside files, newest first, with their numbers.
fn set_aside(folder: &Path) -> io::Result<Vec<(i64, PathBuf)>> {
    files::numbered(folder, |name| {
        let name = name.strip_prefix(FILE)?;
        let name = name.strip_suffix("-wal").unwrap_or(name);
        let why = [CORRUPT, REPLACED].into_iter();
        why.filter_map(|why| name.strip_prefix(&format!(".{why}-"))).next()?.parse().ok()
    })
}

/// Whether there is a set-aside file.
///
/// # Errors
/// The folder cannot be listed.
pub(in crate::store) fn has_set_aside(folder: &Path) -> io::Result<bool> {
    Ok(!set_aside(folder)?.is_empty())
}

/// Prepares a file that is about to become the database: ids jump ahead, and a new epoch tells clients that
/// their places are void.
pub(in crate::store) fn stamp(
    db: &Connection,
    (number, fresh): (i64, HubId),
    loss: Loss,
) -> rusqlite::Result<Loss> {
    let loss =
        Loss { at: loss.at.max(queries::wall_time(db)?), at_hub: queries::hub_time(db)?, ..loss };
    let tx = db.unchecked_transaction()?;
    let ahead = number.saturating_mul(IDS_AHEAD);
    tx.execute(
        "INSERT INTO sqlite_sequence (name, seq) SELECT 'messages', 0
         WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'messages')",
        [],
    )?;
    tx.execute("UPDATE sqlite_sequence SET seq = seq + ?1 WHERE name = 'messages'", [ahead])?;
    // The numbers that hosts' keys have used may be forgotten, so that old requests would count again.
    tx.execute("DELETE FROM host_keys WHERE id IS NOT NULL", [])?;
    let [a, b, c, d, ..] = *fresh.as_bytes();
    statements::set_meta(&tx, "epoch", u32::from_be_bytes([a, b, c, d]))?;
    let (copy, copied) = match &loss.continued_from {
        ContinuedFrom::SameDatabase => (Some(""), None),
        ContinuedFrom::Empty => (None, None),
        ContinuedFrom::Backup { copy, newest } => (Some(copy.as_str()), Some(newest.0)),
    };
    tx.execute(
        "INSERT INTO losses (at, at_hub, cause, kept_as, copy, copied, salvaged)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            loss.at.0,
            rows::sql(loss.at_hub),
            loss.cause,
            loss.kept_as,
            copy,
            copied,
            i64::try_from(loss.salvaged).unwrap_or(i64::MAX)
        ],
    )?;
    tx.commit()?;
    Ok(loss)
}

/// The last loss that is stored in a database.
pub(in crate::store) fn last_loss(db: &Connection) -> rusqlite::Result<Option<Loss>> {
    let mut losses = db.prepare(
        "SELECT at, at_hub, cause, kept_as, copy, copied, salvaged
         FROM losses ORDER BY n DESC LIMIT 1",
    )?;
    let loss = losses.query_map([], |row| {
        let newest = WallTime(row.get::<_, Option<i64>>(5)?.unwrap_or(0));
        let continued_from = match row.get::<_, Option<String>>(4)? {
            None => ContinuedFrom::Empty,
            Some(copy) if copy.is_empty() => ContinuedFrom::SameDatabase,
            Some(copy) => ContinuedFrom::Backup { copy, newest },
        };
        Ok(Loss {
            at: WallTime(row.get(0)?),
            at_hub: rows::hub_time(row, 1)?,
            cause: row.get(2)?,
            kept_as: row.get(3)?,
            continued_from,
            salvaged: row.get::<_, u32>(6)? as usize,
        })
    })?;
    Ok(rows::readable(loss)?.pop())
}

/// Sets the database aside under this name and replaces it by its successor, which must be closed.
///
/// # Errors
/// A file could not be renamed.
pub(in crate::store) fn swap(folder: &Path, successor: &Path, kept_as: &str) -> io::Result<()> {
    let path = folder.join(FILE);
    let kept = folder.join(kept_as);
    fs::rename(successor, ready(folder))?;
    sync_folder(&path)?;
    if path.try_exists()? {
        fs::rename(&path, &kept)?;
    }
    move_wal(&path, &kept)?;
    fs::rename(ready(folder), &path)?;
    sync_folder(&path)?;
    // Old ones that are not removed now are removed the next time.
    let kept = set_aside(folder).unwrap_or_default();
    let mut numbers: Vec<i64> = kept.iter().map(|(number, _)| *number).collect();
    numbers.dedup();
    let oldest = numbers.get(KEEP - 1).copied().unwrap_or(0);
    for (_, old) in kept.into_iter().filter(|(number, _)| *number < oldest) {
        let _gone = fs::remove_file(old);
    }
    Ok(())
}

fn move_wal(path: &Path, kept: &Path) -> io::Result<()> {
    let wal = with_suffix(path, "-wal");
    if wal.try_exists()? {
        fs::rename(&wal, with_suffix(kept, "-wal"))?;
    }
    // It indexes a WAL that is gone.
    let _none = fs::remove_file(with_suffix(path, "-shm"));
    Ok(())
}

/// Finishes a swap that a power cut interrupted. Removes what was not ready, and moves a backup back to its
/// folder.
///
/// # Errors
/// A file could not be renamed or removed.
pub(in crate::store) fn finish(folder: &Path) -> io::Result<()> {
    let path = folder.join(FILE);
    clear(&filling(folder))?;
    if preparing(folder).try_exists()? {
        if backup::is_good(&preparing(folder)).is_ok() {
            fs::rename(preparing(folder), backup::next(folder)?)?;
        }
        clear(&preparing(folder))?;
    }
    // An error is no answer: a database that cannot be looked at must not be replaced.
    if path.try_exists()? || !ready(folder).try_exists()? {
        return clear(&ready(folder));
    }
    tracing::warn!("the database was being replaced when the hub stopped; that is finished now");
    let kept = match set_aside(folder)?.into_iter().next() {
        Some((_, path)) => path,
        None => folder.join(next_name(folder, CORRUPT)?.0),
    };
    move_wal(&path, &kept)?;
    fs::rename(ready(folder), &path)?;
    sync_folder(&path)
}

/// Removes the remains of an earlier attempt.
pub(in crate::store) fn clear(ready: &Path) -> io::Result<()> {
    for file in [ready.to_owned(), with_suffix(ready, "-wal"), with_suffix(ready, "-shm")] {
        match fs::remove_file(file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_for_what_is_set_aside_is_given_only_where_it_is_known_to_be_free() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(next_name(folder.path(), CORRUPT).unwrap().1, 1);
        fs::write(folder.path().join("hub.sqlite3.replaced-4"), "").unwrap();
        assert_eq!(next_name(folder.path(), CORRUPT).unwrap().1, 5);
        let unseen = folder.path().join("unseen");
        std::os::unix::fs::symlink(&unseen, &unseen).unwrap();
        assert!(next_name(&unseen, CORRUPT).is_err() && has_set_aside(&unseen).is_err());
    }

    #[test]
    fn a_database_that_cannot_be_checked_does_not_count_as_missing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        // A link to itself: the kernel says neither that it is there nor that it is not.
        std::os::unix::fs::symlink(&path, &path).unwrap();
        fs::write(ready(folder.path()), "the successor").unwrap();
        assert!(finish(folder.path()).is_err());
        assert!(path.is_symlink(), "it was replaced");
        assert!(ready(folder.path()).is_file(), "the successor is still there for the next start");
        let successor = folder.path().join("another");
        fs::write(&successor, "another").unwrap();
        assert!(swap(folder.path(), &successor, "hub.sqlite3.replaced-1").is_err());
        assert!(path.is_symlink());
    }
}
