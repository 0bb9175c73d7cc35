//! Copies of the database: made while the hub runs, each whole and checked before it counts.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;

use crate::domain::time::{HubTime, WallTime};
use crate::store::disk::files::{self, sync_folder, with_suffix};
use crate::store::recovery::check::{self, Finding};
use crate::store::recovery::guard;
use crate::store::sql::queries;
use crate::store::sql::schema;

/// The folder of the scheduled copies inside the data folder.
pub(in crate::store) const FOLDER: &str = "backups";

/// How long the check of a copy may take.
pub(in crate::store) const CHECK: Duration = Duration::from_secs(3);

/// Why no copy could be made.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// SQLite could not read the database or write the copy.
    #[error("the copy {} could not be made: {cause}", to.display())]
    Sqlite {
        /// The copy.
        to: PathBuf,
        /// What SQLite said.
        cause: rusqlite::Error,
    },
    /// The copy could not be put in its place.
    #[error("the copy {} could not be made: {cause}", to.display())]
    File {
        /// The copy.
        to: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The copy is there already.
    #[error("{} is there already; choose another name, or move it away", to.display())]
    Exists {
        /// The copy.
        to: PathBuf,
    },
    /// The copy was damaged when it was read again.
    #[error("the copy {} was damaged as it was written ({what}); the disk may be failing", to.display())]
    Damaged {
        /// The copy.
        to: PathBuf,
        /// What SQLite said.
        what: String,
    },
}

/// Copies a database to a file of its own, while others write: as it is at this moment. `going_on`
/// is asked all the while with how many bytes are written, of about how many in all; false ends it.
///
/// # Errors
/// See [`BackupError`]; nothing is left behind.
pub(in crate::store) fn copy(
    from: &mut Connection,
    to: &Path,
    mut going_on: impl FnMut(u64, u64) -> bool + Send + 'static,
) -> Result<(), BackupError> {
    if to.exists() {
        return Err(BackupError::Exists { to: to.to_owned() });
    }
    let part = with_suffix(to, ".part");
    // From a copy that was cut off: VACUUM INTO wants a new file.
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

/// The bytes that are in use.
pub(in crate::store) fn used(db: &Connection) -> rusqlite::Result<u64> {
    let number = |name: &str| db.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let pages = number("page_count")? - number("freelist_count")?;
    Ok(u64::try_from(pages * number("page_size")?).unwrap_or(0))
}

/// Whether a copy is one of ours and sound, as far as can be seen in seconds. Else what is wrong.
pub(in crate::store) fn is_good(copy: &Path) -> Result<(), String> {
    let mut db = open(copy)?;
    match check::check(&mut db, CHECK) {
        Ok(Finding::Sound | Finding::Unfinished) => Ok(()),
        Ok(Finding::Damaged(what) | Finding::Strange(what)) => Err(what),
        Err(error) => Err(error.to_string()),
    }
}

/// Opens a finished copy: nobody writes to it, and nothing is to be left beside it. One in which
/// something stands that no hub makes is none: somebody else may have laid it there.
pub(in crate::store) fn open(copy: &Path) -> Result<Connection, String> {
    let db = schema::open_alone(copy).map_err(|error| error.to_string())?;
    let version = schema::version_of(&db, copy).map_err(|error| error.to_string())?;
    match guard::strange(&db, version).map_err(|error| error.to_string())?.complaint() {
        Some(complaint) => Err(complaint),
        None => Ok(db),
    }
}

/// What a copy holds: how new it is, and how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) struct Content {
    /// The hub's own time when it was made.
    pub(in crate::store) hub: HubTime,
    /// The latest wall time in it.
    pub(in crate::store) wall: WallTime,
    /// The newest message, room and chatter: where they are the same, nothing was added.
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

/// The scheduled copies in a data folder, the newest first, with their numbers.
pub(in crate::store) fn list(folder: &Path) -> Vec<(u32, PathBuf)> {
    let number = |path: &Path| {
        let name = path.file_name()?.to_str()?;
        name.strip_prefix("hub-")?.strip_suffix(".sqlite3")?.parse().ok()
    };
    let files = fs::read_dir(folder.join(FOLDER)).into_iter().flatten().flatten();
    let mut copies: Vec<(u32, PathBuf)> =
        files.filter_map(|file| Some((number(&file.path())?, file.path()))).collect();
    copies.sort_unstable_by(|a, b| b.cmp(a));
    copies
}

/// Makes the folder of the scheduled copies. A file of that name is a copy that somebody made there
/// before the folder was: it becomes one of them, or is set aside.
///
/// # Errors
/// It cannot be made.
pub(in crate::store) fn make_folder(data: &Path) -> Result<(), BackupError> {
    let folder = data.join(FOLDER);
    let failed = |cause| BackupError::File { to: folder.clone(), cause };
    if folder.is_file() {
        let aside = with_suffix(&folder, ".set-aside");
        fs::rename(&folder, &aside).map_err(failed)?;
        tracing::warn!(kept_as = %aside.display(), "a file was in the place of the folder of copies");
        crate::store::make_folder(&folder).map_err(failed)?;
        if is_good(&aside).is_ok() {
            fs::rename(&aside, next(data)).map_err(failed)?;
        }
        return Ok(());
    }
    crate::store::make_folder(&folder).map_err(failed)
}

/// Where the next scheduled copy goes.
pub(in crate::store) fn next(folder: &Path) -> PathBuf {
    let newest = list(folder).first().map_or(0, |(number, _)| *number);
    folder.join(FOLDER).join(format!("hub-{:06}.sqlite3", newest + 1))
}

/// Removes scheduled copies but the newest `keep`.
pub(in crate::store) fn thin_out(folder: &Path, keep: usize) {
    for (_, path) in list(folder).into_iter().skip(keep) {
        if let Err(error) = fs::remove_file(&path) {
            tracing::warn!(copy = %path.display(), %error, "an old copy could not be removed");
        }
    }
}
