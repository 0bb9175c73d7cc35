//! Copies at the host's request: out of the data folder, and back into it.

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::backup::{self, BackupError, Content};
use super::health::GoesOn;
use super::schema::{self, OpenError};
use super::{FILE, check, read, recover, replace, salvage};
use crate::domain::ids::HubId;

/// Why a copy could not be made or put back: a sentence for the host.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// There is nothing to copy.
    #[error("{} is not there", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// It is no database of a hub.
    #[error("{} is not a colahub database", path.display())]
    NotOurs {
        /// The file.
        path: PathBuf,
    },
    /// It is damaged.
    #[error("{} is damaged ({what}); nothing was changed", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        what: String,
    },
    /// It could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// It could not be copied.
    #[error(transparent)]
    Copy(#[from] BackupError),
    /// The data folder could not be changed.
    #[error("the data folder {} cannot be changed: {source}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Copies the database of a data folder to a file that is not there yet, also while a hub runs on
/// it. `going_on` is told all the while how many bytes are written, of about how many.
///
/// # Errors
/// See [`CopyError`]; nothing is left behind.
pub fn back_up(
    folder: &Path,
    to: &Path,
    mut going_on: impl FnMut(u64, u64) + Send + 'static,
) -> Result<(), CopyError> {
    let path = folder.join(FILE);
    // Beside a hub that may be writing; or, on a disk that takes no writing, alone.
    let mut db =
        sound(&path, |path| schema::open_beside(path).or_else(|_| schema::open_frozen(path)))?;
    backup::copy(&mut db, to, move |written, total| {
        going_on(written, total);
        true
    })?;
    Ok(())
}

/// Puts a copy in the place of a data folder's database, which is set aside; under which name, if
/// there was one. No hub may be running on the folder. `fresh` marks where places count anew.
///
/// # Errors
/// See [`CopyError`]; the database is then as it was.
pub fn restore(
    folder: &Path,
    from: &Path,
    fresh: HubId,
    mut going_on: impl FnMut(u64, u64) + Send + 'static,
) -> Result<Option<String>, CopyError> {
    let in_folder = |source| CopyError::Folder { path: folder.to_owned(), source };
    let path = folder.join(FILE);
    // Nobody writes to a copy, and nothing is to be left beside it.
    let mut copy = sound(from, schema::open_frozen)?;
    let sqlite = |source| BackupError::Sqlite { to: path.clone(), source };
    let newest = Content::of(&copy).map_err(sqlite)?.wall;
    replace::finish(folder).map_err(in_folder)?;
    let ready = replace::preparing(folder);
    recover::clear(&ready).map_err(in_folder)?;
    backup::copy(&mut copy, &ready, move |written, total| {
        going_on(written, total);
        true
    })?;
    let (kept_as, number) = replace::next_name(folder, replace::REPLACED);
    let db = schema::open_writer(&ready)?;
    // What the host took back since that copy stays so; from a database that cannot be read nothing
    // can be known.
    if let Ok(there) = schema::open_frozen(&path)
        && read::hub_id(&there).ok().flatten() == read::hub_id(&db).map_err(sqlite)?
    {
        salvage::keep_taken_back(&there, &db).map_err(sqlite)?;
    }
    let name = from.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let goes_on = GoesOn::From { copy: name, newest };
    let loss = recover::loss("the host put a copy back".to_owned(), kept_as.clone(), goes_on);
    replace::stamp(&db, (number, fresh), loss).map_err(sqlite)?;
    db.close().map_err(|(_, source)| sqlite(source))?;
    give_to_owner(folder, &ready).map_err(in_folder)?;
    let had_one = path.exists();
    replace::swap(folder, &kept_as).map_err(in_folder)?;
    Ok(had_one.then_some(kept_as))
}

/// A database of ours that can be copied.
fn sound(
    path: &Path,
    open: impl FnOnce(&Path) -> Result<Connection, OpenError>,
) -> Result<Connection, CopyError> {
    let missing = || CopyError::Missing { path: path.to_owned() };
    if !fs::metadata(path).map_err(|_| missing())?.is_file() {
        return Err(missing());
    }
    let mut db = open(path)?;
    match schema::version_of(&db, path) {
        Ok(1..) => {}
        Ok(0) => return Err(CopyError::NotOurs { path: path.to_owned() }),
        Err(OpenError::Sqlite { source, .. }) if check::is_damage(&source) => {
            return Err(CopyError::NotOurs { path: path.to_owned() });
        }
        Err(error) => return Err(error.into()),
    }
    match check::check(&mut db, backup::CHECK) {
        Ok(check::Finding::Damaged(what)) => {
            Err(CopyError::Damaged { path: path.to_owned(), what })
        }
        Ok(_) => Ok(db),
        Err(source) => Err(OpenError::Sqlite { path: path.to_owned(), source }.into()),
    }
}

/// What root has made for a hub that runs as somebody else has to be theirs.
fn give_to_owner(folder: &Path, file: &Path) -> io::Result<()> {
    let (owner, own) = (fs::metadata(folder)?, fs::metadata(file)?);
    if (owner.uid(), owner.gid()) == (own.uid(), own.gid()) {
        return Ok(());
    }
    chown(file, Some(owner.uid()), Some(owner.gid()))
}
