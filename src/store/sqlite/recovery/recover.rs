//! From any data folder to a usable database.
//!
//! Each start checks the database, within a bounded time. A damaged one is set aside and kept, and the newest
//! sound backup replaces it, or an empty database if there is none. If the disk takes no writes, the database
//! is opened read-only.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rusqlite::Connection;

use crate::domain::ids::HubId;
use crate::domain::time::{HubTime, WallTime};
use crate::store::FILE;
use crate::store::Past;
use crate::store::health::{ContinuedFrom, Health, Loss, Storage};
use crate::store::sqlite::disk::files::{self, with_suffix};
use crate::store::sqlite::disk::space::{Condition, Disk};
use crate::store::sqlite::past;
use crate::store::sqlite::recovery::backup::{self, Content};
use crate::store::sqlite::recovery::check::{self, Finding, is_damage};
use crate::store::sqlite::recovery::guard;
use crate::store::sqlite::recovery::guard::Strange;
use crate::store::sqlite::recovery::import::{self, ImportError};
use crate::store::sqlite::recovery::replace;
use crate::store::sqlite::recovery::salvage;
use crate::store::sqlite::recovery::wal::lost_commits;
use crate::store::sqlite::sql::schema::{self, OpenError};
use crate::store::sqlite::sql::statements;
use crate::store::sqlite::sql::wal;

/// How long the check may take after a crash, and after a clean stop.
const AFTER_A_CRASH: Duration = Duration::from_secs(4);
const AFTER_A_STOP: Duration = Duration::from_secs(1);

/// How long the check may take after damage was met in use.
const SUSPECT: Duration = Duration::from_secs(6);

/// A usable database.
pub(in crate::store) struct Opened {
    pub(in crate::store) db: Connection,
    pub(in crate::store) past: Past,
    /// Why it is read-only, if it is.
    pub(in crate::store) frozen: Option<Storage>,
    pub(in crate::store) loss: Option<Loss>,
}

/// Opens the database in this folder, recovering it if necessary.
///
/// # Errors
/// See [`OpenError`].
pub(in crate::store) fn open(folder: &Path, fresh: HubId) -> Result<Opened, OpenError> {
    let mut disk = Disk::of(folder);
    if disk.condition() == Condition::ReadOnly {
        return frozen(folder, fresh, Storage::ReadOnly);
    }
    let first = writable(folder, fresh);
    match first {
        Err(error) if disk.is_exhausted() => {
            tracing::warn!(%error, "the disk is full");
            if disk.drop_ballast()
                && let Ok(opened) = writable(folder, fresh)
            {
                return Ok(opened);
            }
            frozen(folder, fresh, Storage::Full).map_err(|_| error)
        }
        other => other,
    }
}

fn frozen(folder: &Path, fresh: HubId, storage: Storage) -> Result<Opened, OpenError> {
    let path = folder.join(FILE);
    let db = schema::open_frozen(&path)?;
    let known = schema::version_of(&db, &path)? == schema::NEWEST;
    let sqlite = |cause| OpenError::Sqlite { path: path.clone(), cause };
    if !known {
        return Err(OpenError::Frozen { path });
    }
    let past = past(&db, fresh).map_err(sqlite)?;
    let loss = replace::last_loss(&db).map_err(sqlite)?;
    tracing::warn!("the disk takes no writing: the hub starts all the same, for reading only");
    Ok(Opened { db, past, frozen: Some(storage), loss })
}

fn writable(folder: &Path, fresh: HubId) -> Result<Opened, OpenError> {
    let path = folder.join(FILE);
    let in_folder = |cause| OpenError::Folder { path: folder.to_owned(), cause };
    replace::finish(folder).map_err(in_folder)?;
    let mut damage = match size_of(&path)? {
        None | Some(0) if is_first_start(folder)? => None,
        None => Some("the database was not there".to_owned()),
        Some(0) => Some("the database was empty".to_owned()),
        Some(_) => examine(folder, fresh)?.map(damaged),
    };
    // Ends: each round uses up a backup, and the last resort is an empty database.
    loop {
        if let Some(cause) = damage.take() {
            go_on_from_a_copy(folder, fresh, &cause)?;
        }
        match opened(&path, fresh) {
            Err(OpenError::Sqlite { cause, .. } | OpenError::Migration { cause, .. })
                if is_damage(&cause) =>
            {
                damage = Some(damaged(cause.to_string()));
            }
            other => return other,
        }
    }
}

/// The database's size. `None` if there is none.
fn size_of(path: &Path) -> Result<Option<u64>, OpenError> {
    match fs::metadata(path) {
        Ok(file) if file.is_file() => Ok(Some(file.len())),
        Ok(_) => Err(OpenError::NoFile { path: path.to_owned() }),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(OpenError::Unreadable { path: path.to_owned(), cause }),
    }
}

/// Whether no hub has ever run here. One that has leaves a key, backups or files that were set aside.
fn is_first_start(folder: &Path) -> Result<bool, OpenError> {
    let in_folder = |cause| OpenError::Folder { path: folder.to_owned(), cause };
    let has_key = match folder.join("identity.key").symlink_metadata() {
        Ok(_) => true,
        Err(error) if error.kind() == ErrorKind::NotFound => false,
        Err(cause) => return Err(in_folder(cause)),
    };
    Ok(!has_key
        && copies(folder)?.is_empty()
        && !replace::has_set_aside(folder).map_err(in_folder)?)
}

/// The scheduled backups. Without knowing them, the hub must not begin again with an empty database.
fn copies(folder: &Path) -> Result<Vec<(u32, PathBuf)>, OpenError> {
    let path = || folder.join(backup::FOLDER);
    backup::list(folder).map_err(|cause| OpenError::Copies { path: path(), cause })
}

fn damaged(what: impl std::fmt::Display) -> String {
    format!("the database was damaged ({what})")
}

fn opened(path: &Path, fresh: HubId) -> Result<Opened, OpenError> {
    let sqlite = |cause| OpenError::Sqlite { path: path.to_owned(), cause };
    let db = schema::open_writer(path)?;
    let past = past(&db, fresh).map_err(sqlite)?;
    if past.hub == fresh {
        statements::set_meta(&db, "hub_id", fresh.as_bytes()).map_err(sqlite)?;
        // Written before the key, so that a key without a database always means a loss.
        let folded = db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        folded.map_err(sqlite)?;
        let in_folder = |cause| OpenError::Folder { path: folder_of(path).to_owned(), cause };
        files::sync_folder(path).map_err(in_folder)?;
    }
    let loss = replace::last_loss(&db).map_err(sqlite)?;
    Ok(Opened { db, past, frozen: None, loss })
}

/// Checks the database. Returns what is wrong if it has to be replaced.
fn examine(folder: &Path, fresh: HubId) -> Result<Option<String>, OpenError> {
    let path = folder.join(FILE);
    // If the marker cannot be checked, the database is examined.
    let is_suspect = marker(&path).try_exists().unwrap_or(true);
    let wal_size = files::size(&with_suffix(&path, "-wal"));
    let finding = match look(&path, is_suspect, wal_size > 0) {
        Ok((mut db, finding)) => {
            if finding == Finding::Sound && wal_size > 0 {
                tell_lost_tail(folder, &mut db, fresh)?;
            }
            finding
        }
        Err(OpenError::Sqlite { cause, .. }) if is_damage(&cause) => {
            Finding::Damaged(cause.to_string())
        }
        Err(error) => return Err(error),
    };
    match finding {
        Finding::Strange(what) => return rebuilt(folder, &what),
        Finding::Damaged(what) => return Ok(Some(what)),
        Finding::Unfinished if is_suspect => {
            return Ok(Some("damage was met in use, and it is too large to be checked".to_owned()));
        }
        Finding::Unfinished => {
            tracing::warn!(
                "the database is too large to be checked to the end at a start; what could be checked is sound"
            );
        }
        Finding::Sound => {}
    }
    // A transient error of the card or of memory: the file itself is sound.
    let _gone = fs::remove_file(marker(&path));
    Ok(None)
}

fn look(path: &Path, is_suspect: bool, was_cut: bool) -> Result<(Connection, Finding), OpenError> {
    let sqlite = |cause| OpenError::Sqlite { path: path.to_owned(), cause };
    let mut db = schema::open_beside(path).map_err(sqlite)?;
    let version = schema::version_of(&db, path)?;
    let strange = guard::strange(&db, version).map_err(sqlite)?;
    if version == 0 && strange == Strange::default() && !is_first_start(folder_of(path))? {
        return Ok((db, Finding::Damaged("it has no tables".to_owned())));
    }
    if let Some(complaint) = strange.complaint() {
        let is_whole = strange.wrong.is_empty() && version > 0;
        return Ok((
            db,
            if is_whole { Finding::Strange(complaint) } else { Finding::Damaged(complaint) },
        ));
    }
    let finding = if is_suspect {
        check::check_thoroughly(&mut db, SUSPECT)
    } else {
        check::check(&mut db, if was_cut { AFTER_A_CRASH } else { AFTER_A_STOP })
    };
    let finding = finding.map_err(sqlite)?;
    if was_cut && finding == Finding::Sound {
        tracing::info!("the hub had not been stopped; its database is sound");
    }
    Ok((db, finding))
}

fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new("."))
}

/// Reports a loss if the unreadable end of the WAL contained acknowledged messages.
fn tell_lost_tail(folder: &Path, db: &mut Connection, fresh: HubId) -> Result<(), OpenError> {
    let path = folder.join(FILE);
    let sqlite = |cause| OpenError::Sqlite { path: path.clone(), cause };
    let read: i64 =
        db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get(1)).map_err(sqlite)?;
    let file = with_suffix(&path, "-wal");
    let lost = lost_commits(&file, usize::try_from(read).unwrap_or(0));
    if lost == 0 {
        return Ok(());
    }
    let in_folder = |cause| OpenError::Folder { path: folder.to_owned(), cause };
    let (name, number) = replace::next_name(folder, replace::CORRUPT).map_err(in_folder)?;
    let kept_as = format!("{name}-wal");
    fs::copy(&file, folder.join(&kept_as)).map_err(in_folder)?;
    let cause =
        format!("the database was damaged ({lost} writes at the end of its WAL cannot be read)");
    let db = schema::open_writer(&path)?;
    let loss = loss(cause, kept_as, ContinuedFrom::SameDatabase);
    let loss = replace::stamp(&db, (number, fresh), loss).map_err(sqlite)?;
    wal::close(db, &path).map_err(sqlite)?;
    tracing::error!("{loss}");
    Ok(())
}

/// Rewrites a database that contains objects that no hub makes. No rows are lost. Returns what is wrong if
/// that fails.
fn rebuilt(folder: &Path, what: &str) -> Result<Option<String>, OpenError> {
    let in_folder = |cause| OpenError::Folder { path: folder.to_owned(), cause };
    let (path, filling) = (folder.join(FILE), replace::filling(folder));
    tracing::warn!(what, "the database is rewritten without it");
    let sqlite = |cause| OpenError::Sqlite { path: filling.clone(), cause };
    let from = schema::open_beside(&path)
        .map_err(|cause| OpenError::Sqlite { path: path.clone(), cause })?;
    let into = schema::open_writer(&filling)?;
    match import::import(&from, &into, &mut || {}) {
        Ok(imported) => {
            tracing::info!(rows = imported.rows, left_out = imported.left_out, "rewritten");
        }
        Err(ImportError::Into(cause)) => return Err(sqlite(cause)),
        Err(error) => {
            drop(into);
            replace::clear(&filling).map_err(in_folder)?;
            return Ok(Some(format!("{what}; {error}")));
        }
    }
    wal::close(into, &filling).map_err(sqlite)?;
    drop(from);
    let (kept_as, _) = replace::next_name(folder, replace::REPLACED).map_err(in_folder)?;
    replace::swap(folder, &filling, &kept_as).map_err(in_folder)?;
    tracing::warn!(kept_as, "the database was rewritten; the file that was there is kept");
    Ok(None)
}

pub(in crate::store) fn loss(
    cause: String,
    kept_as: String,
    continued_from: ContinuedFrom,
) -> Loss {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let at = WallTime(i64::try_from(since.as_millis()).unwrap_or(i64::MAX));
    Loss { at, at_hub: HubTime(0), cause, kept_as, continued_from, salvaged: 0 }
}

/// Sets the database aside and replaces it by the newest sound backup, or by an empty database.
fn go_on_from_a_copy(folder: &Path, fresh: HubId, cause: &str) -> Result<(), OpenError> {
    let in_folder = |cause| OpenError::Folder { path: folder.to_owned(), cause };
    let ready = replace::preparing(folder);
    let continued_from = match newest_good(folder, &ready)? {
        Some(continued_from) => continued_from,
        None => {
            replace::clear(&ready).map_err(in_folder)?;
            ContinuedFrom::Empty
        }
    };
    let (kept_as, number) = replace::next_name(folder, replace::CORRUPT).map_err(in_folder)?;
    let db = schema::open_writer(&ready)?;
    let sqlite = |cause| OpenError::Sqlite { path: ready.clone(), cause };
    let (path, wal) = (folder.join(FILE), with_suffix(&folder.join(FILE), "-wal"));
    // SQLite would remove the WAL of an empty file.
    let salvaged = if files::size(&path) > 0 { salvage::salvage(&path, &db) } else { 0 };
    let is_there = |path: &Path| path.try_exists().map_err(in_folder);
    let told = match (is_there(&path)?, is_there(&wal)?) {
        (true, _) => kept_as.clone(),
        (false, true) => format!("{kept_as}-wal"),
        (false, false) => String::new(),
    };
    let loss = Loss { salvaged, ..loss(cause.to_owned(), told, continued_from) };
    let loss = replace::stamp(&db, (number, fresh), loss).map_err(sqlite)?;
    // Closing checkpoints the WAL, so that the file is complete by itself.
    wal::close(db, &ready).map_err(sqlite)?;
    replace::swap(folder, &ready, &kept_as).map_err(in_folder)?;
    let _gone = fs::remove_file(marker(&folder.join(FILE)));
    tracing::error!("{loss}");
    Ok(())
}

/// Moves the newest sound backup to where it is prepared. It is not copied, which would take time and space
/// that may be missing; the next backup is soon made.
fn newest_good(folder: &Path, ready: &Path) -> Result<Option<ContinuedFrom>, OpenError> {
    for (_, copy) in copies(folder)? {
        let name = copy.file_name().map(|name| name.to_string_lossy().into_owned());
        let content = backup::is_good(&copy).and_then(|()| {
            let db = backup::open(&copy)?;
            Content::of(&db).map_err(|error| error.to_string())
        });
        match content {
            Ok(Content { wall, .. }) => {
                let moved = replace::clear(ready).and_then(|()| fs::rename(&copy, ready));
                if moved.is_ok() {
                    let copy = name.unwrap_or_default();
                    return Ok(Some(ContinuedFrom::Backup { copy, newest: wall }));
                }
            }
            Err(what) => tracing::error!(copy = %copy.display(), what, "this copy is damaged too"),
        }
    }
    Ok(None)
}

/// The file that says that damage was met in use, so that the next start checks thoroughly.
fn marker(path: &Path) -> PathBuf {
    with_suffix(path, ".suspect")
}

/// Notes that damage was met in use: the store has to be opened again and checked thoroughly.
pub(in crate::store) fn suspect(path: &Path, health: &Health, error: &rusqlite::Error) {
    let marked = fs::write(marker(path), error.to_string());
    if health.set(Storage::Outdated) {
        tracing::error!(%error, marked = marked.is_ok(), "the database is damaged; the hub starts anew");
    }
}
