//! Backups: made while the hub runs, and checked before they count.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;

use crate::domain::time::{HubTime, WallTime};
use crate::store::sqlite::disk::files::{self, sync_folder, with_suffix};
use crate::store::sqlite::recovery::check::{self, Finding};
use crate::store::sqlite::recovery::guard;
use crate::store::sqlite::sql::queries;
use crate::store::sqlite::sql::schema;

/// The folder for scheduled backups in the data folder.
pub(in crate::store) const FOLDER: &str = "backups";

/// Time limit for checking a backup.
pub(in crate::store) const CHECK: Duration = Duration::from_secs(3);

/// Why a backup failed.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// SQLite could not read the database or write the copy.
    #[error("the copy {} could not be made: {cause}", to.display())]
    Sqlite {
        /// The copy.
        to: PathBuf,
        /// SQLite's error.
        cause: rusqlite::Error,
    },
    /// The backup could not be moved to its place.
    #[error("the copy {} could not be made: {cause}", to.display())]
    File {
        /// The copy.
        to: PathBuf,
        /// The kernel's error.
        cause: std::io::Error,
    },
    /// The file exists already.
    #[error("{} is there already; choose another name, or move it away", to.display())]
    Exists {
        /// The copy.
        to: PathBuf,
    },
    /// The finished backup is damaged.
    #[error("the copy {} was damaged as it was written ({what}); the disk may be failing", to.display())]
    Damaged {
        /// The copy.
        to: PathBuf,
        /// SQLite's error.
        what: String,
    },
}

/// Copies a database to a new file, as of this moment, while others write. `going_on` is called with the
/// bytes written so far and their estimated total; returning false aborts.
///
/// # Errors
/// See [`BackupError`]. No file is left behind.
pub(in crate::store) fn copy(
    from: &mut Connection,
    to: &Path,
    mut going_on: impl FnMut(u64, u64) -> bool + Send + 'static,
) -> Result<(), BackupError> {
    // One that cannot be looked at is not written over, either.
    if to.try_exists().unwrap_or(true) {
        return Err(BackupError::Exists { to: to.to_owned() });
    }
    let part = with_suffix(to, ".part");
    // The remains of an aborted backup: VACUUM INTO needs a new file.
    let _stale = fs::remove_file(&part);
    let sqlite = |cause| BackupError::Sqlite { to: to.to_owned(), cause };
    let total = used(from).map_err(sqlite)?;
    let private = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part);
    private.map_err(|cause| BackupError::File { to: to.to_owned(), cause })?;
    let watched = part.clone();
    let handler = move || !going_on(files::size(&watched), total);
    from.progress_handler(50_000, Some(handler)).map_err(sqlite)?;
    let copied = from.execute("VACUUM INTO ?1", [part.to_string_lossy()]).map(drop);
    let unwatched = from.progress_handler(0, None::<fn() -> bool>);
    let done = copied.and(unwatched).map_err(sqlite).and_then(|()| put_in_place(&part, to));
    if done.is_err() {
        let _gone = fs::remove_file(&part);
    }
    done
}

fn put_in_place(part: &Path, to: &Path) -> Result<(), BackupError> {
    let file = |cause| BackupError::File { to: to.to_owned(), cause };
    if let Err(what) = is_good(part) {
        return Err(BackupError::Damaged { to: to.to_owned(), what });
    }
    File::open(part).and_then(|file| file.sync_all()).map_err(file)?;
    fs::rename(part, to).and_then(|()| sync_folder(to)).map_err(file)
}

/// The bytes in use in a database.
pub(in crate::store) fn used(db: &Connection) -> rusqlite::Result<u64> {
    let number = |name: &str| db.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let pages = number("page_count")? - number("freelist_count")?;
    Ok(u64::try_from(pages * number("page_size")?).unwrap_or(0))
}

/// Checks within seconds whether a backup is a sound database of a hub. Returns what is wrong.
pub(in crate::store) fn is_good(copy: &Path) -> Result<(), String> {
    let mut db = open(copy)?;
    match check::check(&mut db, CHECK) {
        Ok(Finding::Sound | Finding::Unfinished) => Ok(()),
        Ok(Finding::Damaged(what) | Finding::Strange(what)) => Err(what),
        Err(error) => Err(error.to_string()),
    }
}

/// Opens a finished backup, without creating files beside it. A file with objects that no hub makes is
/// refused: somebody else may have put it there.
pub(in crate::store) fn open(copy: &Path) -> Result<Connection, String> {
    let db = schema::open_alone(copy).map_err(|error| error.to_string())?;
    let version = schema::version_of(&db, copy).map_err(|error| error.to_string())?;
    match guard::strange(&db, version).map_err(|error| error.to_string())?.complaint() {
        Some(complaint) => Err(complaint),
        None => Ok(db),
    }
}

/// A summary of a database's content, to compare two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) struct Content {
    /// The hub's own time.
    pub(in crate::store) hub: HubTime,
    /// The latest wall time in it.
    pub(in crate::store) wall: WallTime,
    /// The newest message, room and chatter. If they are equal, nothing has been added.
    newest: (i64, i64, i64),
}

impl Content {
    pub(in crate::store) fn of(db: &Connection) -> rusqlite::Result<Self> {
        let newest = db.query_row(
            "SELECT coalesce((SELECT max(id) FROM messages), 0),
                    coalesce((SELECT max(n) FROM rooms), 0),
                    coalesce((SELECT max(n) FROM chatters), 0)",
            [],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )?;
        Ok(Self { hub: queries::hub_time(db)?, wall: queries::wall_time(db)?, newest })
    }

    pub(in crate::store) fn is_as_new_as(&self, other: &Self) -> bool {
        self.newest == other.newest
    }
}

/// The scheduled backups in a data folder, newest first, with their numbers.
///
/// # Errors
/// Their folder cannot be listed.
pub(in crate::store) fn list(folder: &Path) -> io::Result<Vec<(u32, PathBuf)>> {
    files::numbered(&folder.join(FOLDER), |name| {
        name.strip_prefix("hub-")?.strip_suffix(".sqlite3")?.parse().ok()
    })
}

/// Creates the folder for scheduled backups. A file with that name is moved into it if it is a sound backup,
/// and set aside otherwise.
///
/// # Errors
/// The folder cannot be created.
pub(in crate::store) fn make_folder(data: &Path) -> Result<(), BackupError> {
    let folder = data.join(FOLDER);
    let failed = |cause| BackupError::File { to: folder.clone(), cause };
    let is_in_the_way = match fs::metadata(&folder) {
        Ok(found) => found.is_file(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(cause) => return Err(failed(cause)),
    };
    if is_in_the_way {
        let aside = with_suffix(&folder, ".set-aside");
        fs::rename(&folder, &aside).map_err(failed)?;
        tracing::warn!(kept_as = %aside.display(), "a file was in the place of the folder of copies");
        crate::store::make_folder(&folder).map_err(failed)?;
        if is_good(&aside).is_ok() {
            fs::rename(&aside, next(data).map_err(failed)?).map_err(failed)?;
        }
        return Ok(());
    }
    crate::store::make_folder(&folder).map_err(failed)
}

/// The path of the next scheduled backup.
///
/// # Errors
/// Their folder cannot be listed.
pub(in crate::store) fn next(folder: &Path) -> io::Result<PathBuf> {
    let newest = list(folder)?.first().map_or(0, |(number, _)| *number);
    Ok(folder.join(FOLDER).join(format!("hub-{:06}.sqlite3", newest + 1)))
}

/// Deletes all scheduled backups but the newest `keep`.
pub(in crate::store) fn thin_out(folder: &Path, keep: usize) {
    let copies = list(folder).unwrap_or_else(|error| {
        tracing::warn!(%error, "old copies could not be looked for");
        Vec::new()
    });
    for (_, path) in copies.into_iter().skip(keep) {
        if let Err(error) = fs::remove_file(&path) {
            tracing::warn!(copy = %path.display(), %error, "an old copy could not be removed");
        }
    }
}
