//! Puts another file in the database's place, and keeps the one that was there.
//!
//! The new file is finished under another name first. A power cut at any moment leaves either the
//! old database or the new one, and never the WAL of one beside the other.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, params};

use crate::domain::ids::HubId;
use crate::domain::time::WallTime;
use crate::store::FILE;
use crate::store::disk::files::{sync_folder, with_suffix};
use crate::store::health::{GoesOn, Loss};
use crate::store::recovery::backup::{self};
use crate::store::sql::queries;
use crate::store::sql::rows;
use crate::store::sql::statements;

/// What a damaged file is called from then on, and one that the host has replaced.
pub(in crate::store) const CORRUPT: &str = "corrupt";
pub(in crate::store) const REPLACED: &str = "replaced";

/// How many files that were set aside are kept.
const KEEP: usize = 2;

/// By how much message ids are ahead of a copy that the hub goes on from, times how often that
/// happened: nobody shall meet an id twice, also not one that the copy knows nothing of.
const IDS_AHEAD: i64 = 10_000_000;

/// Where a copy that was moved out of its folder is made ready.
pub(in crate::store) fn preparing(folder: &Path) -> PathBuf {
    folder.join(format!("{FILE}.preparing"))
}

/// Where a new database is filled. Whatever a start finds there was cut off, and is nothing.
pub(in crate::store) fn filling(folder: &Path) -> PathBuf {
    folder.join(format!("{FILE}.filling"))
}

/// Where either is once it is ready.
pub(in crate::store) fn ready(folder: &Path) -> PathBuf {
    folder.join(format!("{FILE}.ready"))
}

/// The name under which the database is kept when it is set aside next, and its number.
pub(in crate::store) fn next_name(folder: &Path, why: &str) -> (String, i64) {
    let number = set_aside(folder).first().map_or(1, |(number, _)| number + 1);
    (format!("{FILE}.{why}-{number}"), number)
}

/// The files that were set aside, newest first, with their numbers.
fn set_aside(folder: &Path) -> Vec<(i64, PathBuf)> {
    let number = |path: &Path| -> Option<i64> {
        let name = path.file_name()?.to_str()?.strip_prefix(FILE)?;
        let name = name.strip_suffix("-wal").unwrap_or(name);
        let why = [CORRUPT, REPLACED].into_iter();
        why.filter_map(|why| name.strip_prefix(&format!(".{why}-"))).next()?.parse().ok()
    };
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<(i64, PathBuf)> =
        files.filter_map(|file| Some((number(&file.path())?, file.path()))).collect();
    found.sort_unstable_by(|a, b| b.cmp(a));
    found
}

/// Whether any file was ever set aside, and is still there.
pub(in crate::store) fn has_set_aside(folder: &Path) -> bool {
    !set_aside(folder).is_empty()
}

/// Makes a file that is about to become the database one of its own kind: ids go on beyond all that
/// were ever given, and clients can tell that places count anew.
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
    let [a, b, c, d, ..] = *fresh.as_bytes();
    statements::set_meta(&tx, "epoch", u32::from_be_bytes([a, b, c, d]))?;
    let (copy, copied) = match &loss.goes_on {
        GoesOn::WithTheRest => (Some(""), None),
        GoesOn::Anew => (None, None),
        GoesOn::From { copy, newest } => (Some(copy.as_str()), Some(newest.0)),
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

/// The last loss that a database remembers.
pub(in crate::store) fn last_loss(db: &Connection) -> rusqlite::Result<Option<Loss>> {
    let mut losses = db.prepare(
        "SELECT at, at_hub, cause, kept_as, copy, copied, salvaged
         FROM losses ORDER BY n DESC LIMIT 1",
    )?;
    let loss = losses.query_map([], |row| {
        let newest = WallTime(row.get::<_, Option<i64>>(5)?.unwrap_or(0));
        let goes_on = match row.get::<_, Option<String>>(4)? {
            None => GoesOn::Anew,
            Some(copy) if copy.is_empty() => GoesOn::WithTheRest,
            Some(copy) => GoesOn::From { copy, newest },
        };
        Ok(Loss {
            at: WallTime(row.get(0)?),
            at_hub: rows::hub_time(row, 1)?,
            cause: row.get(2)?,
            kept_as: row.get(3)?,
            goes_on,
            salvaged: row.get::<_, u32>(6)? as usize,
        })
    })?;
    Ok(rows::readable(loss)?.pop())
}

/// Sets the database aside under this name and puts its successor, which is closed, in its place.
///
/// # Errors
/// A file could not be renamed.
pub(in crate::store) fn swap(folder: &Path, successor: &Path, kept_as: &str) -> io::Result<()> {
    let path = folder.join(FILE);
    let kept = folder.join(kept_as);
    fs::rename(successor, ready(folder))?;
    sync_folder(&path)?;
    if path.exists() {
        fs::rename(&path, &kept)?;
    }
    move_wal(&path, &kept)?;
    fs::rename(ready(folder), &path)?;
    sync_folder(&path)?;
    for (_, old) in set_aside(folder).into_iter().filter(|(number, _)| is_old(folder, *number)) {
        // Not worth a failure: it is tried again the next time.
        let _gone = fs::remove_file(old);
    }
    Ok(())
}

fn is_old(folder: &Path, number: i64) -> bool {
    let mut numbers: Vec<i64> = set_aside(folder).into_iter().map(|(number, _)| number).collect();
    numbers.dedup();
    numbers.iter().position(|n| *n == number).is_some_and(|place| place >= KEEP)
}

fn move_wal(path: &Path, kept: &Path) -> io::Result<()> {
    let wal = with_suffix(path, "-wal");
    if wal.exists() {
        fs::rename(&wal, with_suffix(kept, "-wal"))?;
    }
    // It says where things are in a WAL that is there no more.
    let _none = fs::remove_file(with_suffix(path, "-shm"));
    Ok(())
}

/// Finishes a swap that a power cut came into, where the database is gone and its successor is ready;
/// removes what was not ready, and gives a copy back to its folder.
///
/// # Errors
/// A file could not be renamed or removed.
pub(in crate::store) fn finish(folder: &Path) -> io::Result<()> {
    let path = folder.join(FILE);
    clear(&filling(folder))?;
    if preparing(folder).exists() {
        if backup::is_good(&preparing(folder)).is_ok() {
            fs::rename(preparing(folder), backup::next(folder))?;
        }
        clear(&preparing(folder))?;
    }
    if path.exists() || !ready(folder).exists() {
        return clear(&ready(folder));
    }
    tracing::warn!("the database was being replaced when the hub stopped; that is finished now");
    let kept = set_aside(folder).into_iter().map(|(_, path)| path).next();
    let kept = kept.unwrap_or_else(|| folder.join(next_name(folder, CORRUPT).0));
    move_wal(&path, &kept)?;
    fs::rename(ready(folder), &path)?;
    sync_folder(&path)
}

/// Removes what an earlier attempt left.
pub(in crate::store) fn clear(ready: &Path) -> io::Result<()> {
    for file in [ready.to_owned(), with_suffix(ready, "-wal"), with_suffix(ready, "-shm")] {
        match fs::remove_file(file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}
