//! Backup and restore at the host's request.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::domain::ids::HubId;
use crate::store::FILE;
use crate::store::health::ContinuedFrom;
use crate::store::sqlite::disk::files::{self};
use crate::store::sqlite::disk::folder;
use crate::store::sqlite::disk::space::Disk;
use crate::store::sqlite::recovery::backup::{self, BackupError, Content};
use crate::store::sqlite::recovery::check::{self, Finding};
use crate::store::sqlite::recovery::guard::{self, Strange};
use crate::store::sqlite::recovery::import::{self, ImportError, Imported};
use crate::store::sqlite::recovery::recover;
use crate::store::sqlite::recovery::replace;
use crate::store::sqlite::recovery::salvage;
use crate::store::sqlite::recovery::wipe;
use crate::store::sqlite::sql::queries;
use crate::store::sqlite::sql::schema::{self, OpenError};
use crate::store::sqlite::sql::wal;

/// Why a backup or restore failed: a sentence for the host.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The file does not exist.
    #[error("{} is not there", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be read, mostly for lack of permission. It may not even exist.
    #[error("{} cannot be read: {}", path.display(), refused(cause))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The kernel's error.
        cause: io::Error,
    },
    /// The hub uses this name for a file of its own.
    #[error(
        "{} is a name that the hub itself uses in its data folder; choose another, such as {}",
        path.display(), path.with_file_name("backups/by-hand.sqlite3").display()
    )]
    Reserved {
        /// The path that was asked for.
        path: PathBuf,
    },
    /// It is not a regular file.
    #[error("{} is not a file{hint}", path.display())]
    NoFile {
        /// The path.
        path: PathBuf,
        /// For a folder, which file in it may be meant: the end of the sentence.
        hint: String,
    },
    /// It is not a database of a hub.
    #[error("{} is not a colahub database{what}", path.display())]
    NotOurs {
        /// The file.
        path: PathBuf,
        /// Why, after a colon, if it is known.
        what: String,
    },
    /// It is damaged.
    #[error("{} is damaged ({what}); nothing was changed", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// SQLite's error.
        what: String,
    },
    /// It was written by an older program.
    #[error("{} is from an older colahub; start the hub once, which updates it", path.display())]
    Old {
        /// The file.
        path: PathBuf,
    },
    /// It could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// It could not be copied.
    #[error(transparent)]
    Copy(#[from] BackupError),
    /// The data folder could not be changed.
    #[error("the data folder {} cannot be changed: {cause}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The kernel's error.
        cause: io::Error,
    },
}

/// The kernel's error, with advice.
fn refused(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "this user may not look there; use sudo".to_owned(),
        _ => error.to_string(),
    }
}

/// Copies the database of a data folder to a new file, also while a hub runs on it. `going_on` is called with
/// the bytes written so far and their estimated total.
///
/// # Errors
/// See [`CopyError`]; nothing is left behind.
pub fn back_up(
    folder: &Path,
    to: &Path,
    mut going_on: impl FnMut(u64, u64) + Send + 'static,
) -> Result<(), CopyError> {
    let path = folder.join(FILE);
    let is_inside = make_way(folder, to)?;
    // Beside a hub that may be writing; or read-only, on a disk that takes no writes.
    let mut db =
        sound(&path, |path| schema::open_beside(path).or_else(|_| schema::open_frozen(path)))?;
    backup::copy(&mut db, to, move |written, total| {
        going_on(written, total);
        true
    })?;
    if is_inside {
        // So that the hub can overwrite it in a wipe.
        let in_folder = |cause| CopyError::Folder { path: folder.to_owned(), cause };
        files::give_to_owner(folder, to).map_err(in_folder)?;
    }
    Ok(())
}

/// Opens a database for reading, also while a hub writes to it.
///
/// # Errors
/// See [`CopyError`].
pub(in crate::store) fn open_to_read(path: &Path) -> Result<Connection, CopyError> {
    let db = sound(path, |path| schema::open_beside(path).or_else(|_| schema::open_frozen(path)))?;
    match schema::version_of(&db, path)? {
        schema::NEWEST => Ok(db),
        _ => Err(CopyError::Old { path: path.to_owned() }),
    }
}

/// Checks the target. It may be in the data folder, but not under a name that the hub uses. Returns whether it is in the
/// folder for backups, which is created then.
fn make_way(folder: &Path, to: &Path) -> Result<bool, CopyError> {
    let is_same = |one: &Path, other: &Path| {
        fs::canonicalize(one)
            .is_ok_and(|one| fs::canonicalize(other).is_ok_and(|other| one == other))
    };
    let above = to.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = to.file_name().unwrap_or_default().to_string_lossy();
    if is_same(above, folder) && folder::is_own(&name) {
        return Err(CopyError::Reserved { path: to.to_owned() });
    }
    let backups = folder.join(backup::FOLDER);
    let is_inside = above.file_name() == backups.file_name()
        && above.parent().is_some_and(|above| is_same(above, folder));
    let in_folder = |cause| CopyError::Folder { path: folder.to_owned(), cause };
    if is_inside && !above.try_exists().map_err(in_folder)? {
        backup::make_folder(folder)?;
        files::give_to_owner(folder, &backups).map_err(in_folder)?;
    }
    Ok(is_inside)
}

/// The result of a restore.
#[derive(Debug)]
pub struct Restored {
    /// The name under which the former database is kept in the data folder. `None` if there was none.
    pub kept_as: Option<String>,
    /// How many rows were left out, because no hub would have written them.
    pub left_out: u64,
    /// How many rows were changed, so that a hub could have written them.
    pub mended: u64,
    /// Objects in the copy that are not the hub's, which were left out.
    pub extra: Vec<String>,
}

/// Replaces a data folder's database by a copy, and sets the database aside. The copy is not trusted: its
/// rows are checked one by one and imported into a new file. No hub may be running on the folder. `fresh` is
/// the source of the new epoch; `going_on` is called with the bytes written so far and their estimated total.
///
/// # Errors
/// See [`CopyError`]. The database is then unchanged, also if the process is killed.
pub fn restore(
    folder: &Path,
    from: &Path,
    fresh: HubId,
    mut going_on: impl FnMut(u64, u64),
) -> Result<Restored, CopyError> {
    let in_folder = |cause| CopyError::Folder { path: folder.to_owned(), cause };
    let path = folder.join(FILE);
    wipe::none_ordered(folder)?;
    let (copy, extra) = strange(from)?;
    replace::finish(folder).map_err(in_folder)?;
    let filling = replace::filling(folder);
    let sqlite = |cause| BackupError::Sqlite { to: path.clone(), cause };
    let total = backup::used(&copy).map_err(sqlite)?;
    if !Disk::of(folder).has_room_for(total) {
        return Err(in_folder(io::ErrorKind::StorageFull.into()));
    }
    let db = schema::open_writer(&filling)?;
    let progress = || {
        let wal = files::with_suffix(&filling, "-wal");
        going_on(files::size(&filling) + files::size(&wal), total);
    };
    let filled = fill(folder, from, (&copy, &db), fresh, progress).and_then(|done| {
        wal::close(db, &filling).map_err(sqlite)?;
        files::give_to_owner(folder, &filling).map_err(in_folder)?;
        Ok(done)
    });
    let (imported, kept_as) = match filled {
        Ok(done) => done,
        Err(error) => {
            // Not worth an error: the next start does it.
            let _gone = replace::clear(&filling);
            return Err(error);
        }
    };
    let had_one = path.try_exists().map_err(in_folder)?;
    replace::swap(folder, &filling, &kept_as).map_err(in_folder)?;
    let Imported { left_out, mended, .. } = imported;
    Ok(Restored { kept_as: had_one.then_some(kept_as), left_out, mended, extra })
}

/// Fills a new database from a copy. Returns what was imported, and the name under which the current database
/// will be kept.
fn fill(
    folder: &Path,
    from: &Path,
    (copy, db): (&Connection, &Connection),
    fresh: HubId,
    mut progress: impl FnMut(),
) -> Result<(Imported, String), CopyError> {
    let path = folder.join(FILE);
    let sqlite = |cause| BackupError::Sqlite { to: path.clone(), cause };
    let imported = import::import(copy, db, &mut progress).map_err(|error| match error {
        ImportError::Into(cause) => CopyError::Copy(sqlite(cause)),
        error => CopyError::Damaged { path: from.to_owned(), what: error.to_string() },
    })?;
    let newest = Content::of(db).map_err(sqlite)?.wall;
    let (kept_as, number) = replace::next_name(folder, replace::REPLACED)
        .map_err(|cause| CopyError::Folder { path: folder.to_owned(), cause })?;
    // Messages that the host has taken back since the copy stay taken back, if the current database can be
    // read.
    if let Ok(there) = schema::open_frozen(&path) {
        salvage::keep_id(&there, db).map_err(sqlite)?;
        if queries::hub_id(&there).ok().flatten() == queries::hub_id(db).map_err(sqlite)? {
            salvage::keep_taken_back(&there, db).map_err(sqlite)?;
        }
    }
    let name = from.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let continued_from = ContinuedFrom::Backup { copy: name, newest };
    let loss =
        recover::loss("the host put a copy back".to_owned(), kept_as.clone(), continued_from);
    replace::stamp(db, (number, fresh), loss).map_err(sqlite)?;
    Ok((imported, kept_as))
}

/// Opens a foreign copy for its rows. Returns the other objects in it, too.
fn strange(path: &Path) -> Result<(Connection, Vec<String>), CopyError> {
    let not_ours = |what: String| CopyError::NotOurs { path: path.to_owned(), what };
    // Nobody writes to a copy, and no files must be created beside it.
    let (mut db, version) = ours(path, schema::open_frozen)?;
    let sqlite = |cause| OpenError::Sqlite { path: path.to_owned(), cause };
    let Strange { wrong, extra } = guard::strange(&db, version).map_err(sqlite)?;
    if let Some(complaint) = (Strange { wrong, extra: Vec::new() }).complaint() {
        return Err(not_ours(format!(": {complaint}")));
    }
    is_undamaged(path, check::check_strange(&mut db, backup::CHECK))?;
    Ok((db, extra))
}

/// Opens a sound database of a hub.
fn sound(
    path: &Path,
    open: impl FnOnce(&Path) -> Result<Connection, OpenError>,
) -> Result<Connection, CopyError> {
    let (mut db, _) = ours(path, open)?;
    is_undamaged(path, check::check(&mut db, backup::CHECK))?;
    Ok(db)
}

/// Opens a database of a hub. Returns the version of its schema, too.
fn ours(
    path: &Path,
    open: impl FnOnce(&Path) -> Result<Connection, OpenError>,
) -> Result<(Connection, usize), CopyError> {
    match fs::metadata(path) {
        Ok(file) if file.is_file() => {}
        Ok(file) => {
            let hint = if file.is_dir() { inside(path) } else { String::new() };
            return Err(CopyError::NoFile { path: path.to_owned(), hint });
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(CopyError::Missing { path: path.to_owned() });
        }
        Err(cause) => return Err(CopyError::Unreadable { path: path.to_owned(), cause }),
    }
    // SQLite would not say why it cannot.
    if let Err(cause) = fs::File::open(path) {
        return Err(CopyError::Unreadable { path: path.to_owned(), cause });
    }
    let not_ours = || CopyError::NotOurs { path: path.to_owned(), what: String::new() };
    let db = open(path)?;
    match schema::version_of(&db, path) {
        Ok(0) => Err(not_ours()),
        Ok(version) => Ok((db, version)),
        Err(OpenError::Sqlite { cause, .. }) if check::is_damage(&cause) => Err(not_ours()),
        Err(error) => Err(error.into()),
    }
}

/// The file that a person who names a folder may mean.
fn inside(folder: &Path) -> String {
    let newest = backup::list(folder).unwrap_or_default().into_iter().map(|(_, copy)| copy).next();
    let database = Some(folder.join(FILE)).filter(|path| path.is_file());
    match newest.or(database) {
        Some(file) => format!(" but a folder; the database in it is {}", file.display()),
        None => " but a folder; name the copy itself".to_owned(),
    }
}

fn is_undamaged(path: &Path, found: rusqlite::Result<Finding>) -> Result<(), CopyError> {
    match found {
        Ok(Finding::Damaged(what) | Finding::Strange(what)) => {
            Err(CopyError::Damaged { path: path.to_owned(), what })
        }
        Ok(Finding::Sound | Finding::Unfinished) => Ok(()),
        Err(cause) => Err(OpenError::Sqlite { path: path.to_owned(), cause }.into()),
    }
}
