//! Removes everything that people have said and who they were, in the database and in all files made of it.
//!
//! The order stands in a file of the data folder. Whoever finds it there carries it out, under the folder's lock: the
//! hub that was asked, `colahub wipe` while no hub runs, or the next start after a power cut. The steps, each of
//! which can be cut off:
//!
//! 1. A new database is filled with what is kept, and synced. Nothing of the old one has changed.
//! 2. What there was is noted in the order, which says from now on that the old database is void.
//! 3. The copies, the files that were set aside, the WAL and the old database are overwritten, synced and removed.
//! 4. The new database gets its name. If it has it, 3 is done.
//! 5. The receipt is kept, and the order is removed.

mod kept;
mod overwrite;

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use self::overwrite::{Doomed, Kind};
use crate::domain::ids::{HubId, WipeId};
use crate::store::FILE;
use crate::store::sqlite::disk::files;
use crate::store::sqlite::disk::space::Disk;
use crate::store::sqlite::recovery::replace;
use crate::store::sqlite::sql::schema::{self, OpenError};
use crate::store::wipe::{LeftFile, NotedExport, WipeReceipt, WipeSurvey};

/// The file of the order.
const ORDER: &str = "wipe.order";

/// The file of the receipts: a line of JSON each, the newest last.
pub const RECEIPTS: &str = "wipe-receipts.jsonl";

/// How many receipts are kept.
const RECEIPTS_MAX: usize = 100;

/// The file of the last export.
const EXPORT: &str = "last-export";

/// Why a wipe could not be ordered or carried out: a sentence for the host.
#[derive(Debug, thiserror::Error)]
pub enum WipeError {
    /// A file in the data folder cannot be read or written.
    #[error("the data folder {} cannot be wiped: {cause}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The kernel's error.
        cause: io::Error,
    },
    /// The order is none of a hub's.
    #[error("{} is no order of a wipe; remove it if nothing is to be wiped", path.display())]
    Strange {
        /// The file.
        path: PathBuf,
    },
    /// The new database could not be made. Nothing has changed.
    #[error("the empty database could not be made: {0}")]
    Open(Box<OpenError>),
    /// The same.
    #[error("the empty database could not be filled: {0}")]
    Fill(rusqlite::Error),
}

/// An order.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Order {
    id: String,
    keep_rooms: bool,
    /// What is removed. `None` while the new database is not complete.
    receipt: Option<WipeReceipt>,
    /// The names of the files that are removed. One that is overwritten in part may not be known any more by what it holds.
    #[serde(default)]
    files: Vec<String>,
}

/// Orders a wipe. The order is on the disk once this returns. If one is there already, that one stays. Returns the id of
/// the order that is there.
///
/// # Errors
/// See [`WipeError`]. Nothing is ordered then.
pub fn order_wipe(folder: &Path, id: WipeId, keep_rooms: bool) -> Result<String, WipeError> {
    if let Some(order) = read(folder)? {
        return Ok(order.id);
    }
    let order = Order { id: id.to_string(), keep_rooms, receipt: None, files: Vec::new() };
    write(folder, &order).map_err(in_folder(folder))?;
    Ok(order.id)
}

/// Whether a wipe was ordered and is not done.
///
/// # Errors
/// The folder cannot be looked into.
pub fn is_wipe_ordered(folder: &Path) -> Result<bool, WipeError> {
    folder.join(ORDER).try_exists().map_err(in_folder(folder))
}

/// Refuses to change a database that is to be wiped.
pub(in crate::store) fn none_ordered(folder: &Path) -> Result<(), OpenError> {
    // If that is unknown, it may be, and what is changed now may be lost.
    match is_wipe_ordered(folder).unwrap_or(true) {
        true => Err(OpenError::WipeFirst { folder: folder.to_owned() }),
        false => Ok(()),
    }
}

/// Carries out the wipe that was ordered. `None` if there is no order. Nobody may have the database open, and the
/// folder must be locked. `fresh` is the source of the new epoch; `going_on` is called with the bytes that were
/// overwritten and their total.
///
/// # Errors
/// See [`WipeError`]. It can be tried again at any time.
pub fn carry_out_wipe(
    folder: &Path,
    fresh: HubId,
    mut going_on: impl FnMut(u64, u64),
) -> Result<Option<WipeReceipt>, WipeError> {
    let Some(mut order) = read(folder)? else { return Ok(None) };
    let failed = in_folder(folder);
    let mut receipt = match order.receipt.take() {
        Some(receipt) => receipt,
        None => {
            let (receipt, files) = fill(folder, &order, fresh)?;
            order.files = files;
            let order = Order { receipt: Some(receipt.clone()), ..order.clone() };
            write(folder, &order).map_err(&failed)?;
            receipt
        }
    };
    let successor = replace::filling(folder);
    if successor.try_exists().map_err(&failed)? {
        let left = overwrite_all(folder, &order.files, &mut going_on).map_err(&failed)?;
        if !left.is_empty() {
            receipt.left.extend(left);
            let order = Order { receipt: Some(receipt.clone()), ..order.clone() };
            write(folder, &order).map_err(&failed)?;
        }
        let path = folder.join(FILE);
        fs::rename(&successor, &path).and_then(|()| files::sync_folder(&path)).map_err(&failed)?;
    }
    keep_receipt(folder, &receipt).map_err(&failed)?;
    remove(&folder.join(EXPORT)).map_err(&failed)?;
    remove(&folder.join(ORDER)).map_err(&failed)?;
    files::sync_folder(&folder.join(ORDER)).map_err(&failed)?;
    Ok(Some(receipt))
}

/// Fills the new database. Returns what is removed, and the names of the files.
fn fill(
    folder: &Path,
    order: &Order,
    fresh: HubId,
) -> Result<(WipeReceipt, Vec<String>), WipeError> {
    let failed = in_folder(folder);
    let successor = replace::filling(folder);
    for stale in ["", "-wal", "-shm"] {
        overwrite::destroy(&files::with_suffix(&successor, stale), &mut |_| ()).map_err(&failed)?;
    }
    let disk = Disk::of(folder);
    if disk.is_exhausted() {
        disk.drop_ballast();
    }
    let from = kept::open(folder);
    let into = schema::open_writer(&successor).map_err(|error| WipeError::Open(error.into()))?;
    let kept =
        kept::fill(from.as_ref(), &into, order.keep_rooms, fresh).map_err(WipeError::Fill)?;
    into.close().map_err(|(_, cause)| WipeError::Fill(cause))?;
    files::give_to_owner(folder, &successor)
        .and_then(|()| fs::File::open(&successor)?.sync_all())
        .and_then(|()| files::sync_folder(&successor))
        .map_err(&failed)?;
    let doomed = overwrite::doomed(folder).map_err(&failed)?;
    let count =
        |kind| doomed.iter().filter(|file| file.kind == kind && file.is_whole).count() as u64;
    let export = noted_export(folder);
    let said_since = kept::said_since(from.as_ref(), export.as_ref());
    let receipt = WipeReceipt {
        id: order.id.clone(),
        at: kept.wall.max(now()),
        content: kept.content,
        rooms_kept: kept.rooms,
        copies: count(Kind::Copy),
        set_aside: count(Kind::SetAside),
        bytes: doomed.iter().map(|file| file.size).sum(),
        export,
        said_since,
        left: overwrite::left(folder).map_err(&failed)?,
    };
    Ok((receipt, doomed.into_iter().map(|file| file.name).collect()))
}

/// Overwrites and removes everything that a wipe removes. Returns the files with which that was not possible.
fn overwrite_all(
    folder: &Path,
    noted: &[String],
    going_on: &mut dyn FnMut(u64, u64),
) -> io::Result<Vec<LeftFile>> {
    let doomed = overwrite::doomed_with(folder, noted)?;
    let total = doomed.iter().map(|file| file.size).sum();
    let (mut done, mut left) = (0, Vec::new());
    for Doomed { path, name, kind, .. } in &doomed {
        let written = overwrite::destroy(path, &mut |more| {
            done += more;
            going_on(done, total);
        });
        match written {
            Ok(()) => {}
            // On a read-only disk the order stands until the disk takes writes.
            Err(error) if *kind == Kind::Database && path.try_exists()? => return Err(error),
            Err(error) => {
                tracing::error!(%error, file = %path.display(), "this file could not be overwritten");
                left.push(LeftFile { name: name.clone(), why: error.to_string() });
            }
        }
    }
    files::sync_folder(&folder.join(FILE))?;
    let backups = folder.join(super::backup::FOLDER);
    if backups.is_dir() {
        fs::File::open(&backups)?.sync_all()?;
    }
    Ok(left)
}

/// What a wipe would remove. A hub may be running.
///
/// # Errors
/// The folder cannot be listed.
pub fn survey_wipe(folder: &Path) -> Result<WipeSurvey, WipeError> {
    let failed = in_folder(folder);
    let doomed = overwrite::doomed(folder).map_err(&failed)?;
    let names = |kind| {
        let files = doomed.iter().filter(|file| file.kind == kind && file.is_whole);
        files.map(|file| file.name.clone()).collect()
    };
    let db = super::restore::open_to_read(&folder.join(FILE));
    let content = match &db {
        Ok(db) => kept::content(db).map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    let noted = noted_export(folder);
    let said_since = kept::said_since(db.as_ref().ok(), noted.as_ref());
    let links = doomed.iter().filter(|file| file.path.is_symlink());
    let links =
        links.map(|file| LeftFile { name: file.name.clone(), why: overwrite::IS_LINK.into() });
    let mut left: Vec<LeftFile> = links.collect();
    left.extend(overwrite::left(folder).map_err(&failed)?);
    Ok(WipeSurvey {
        content,
        export: noted.zip(said_since),
        copies: names(Kind::Copy),
        set_aside: names(Kind::SetAside),
        left,
    })
}

/// Remembers an export until the next wipe.
///
/// # Errors
/// The folder cannot be written.
pub fn note_export(folder: &Path, export: &NotedExport) -> io::Result<()> {
    files::put(folder, EXPORT, &serde_json::to_vec(export)?)
}

fn noted_export(folder: &Path) -> Option<NotedExport> {
    serde_json::from_slice(&fs::read(folder.join(EXPORT)).ok()?).ok()
}

/// The receipts that are kept, the oldest first.
///
/// # Errors
/// They cannot be read.
pub fn wipe_receipts(folder: &Path) -> Result<Vec<WipeReceipt>, WipeError> {
    let text = match fs::read_to_string(folder.join(RECEIPTS)) {
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        text => text.map_err(in_folder(folder))?,
    };
    // A line that somebody has changed is no receipt.
    Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
}

/// Adds a receipt to those that are kept, once.
fn keep_receipt(folder: &Path, receipt: &WipeReceipt) -> io::Result<()> {
    let before = match fs::read_to_string(folder.join(RECEIPTS)) {
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        text => text?,
    };
    let line = serde_json::to_string(receipt)?;
    let mut lines: Vec<&str> = before.lines().collect();
    if lines.last() != Some(&line.as_str()) {
        lines.push(&line);
    }
    let kept = lines.split_off(lines.len().saturating_sub(RECEIPTS_MAX));
    files::put(folder, RECEIPTS, (kept.join("\n") + "\n").as_bytes())
}

fn read(folder: &Path) -> Result<Option<Order>, WipeError> {
    let path = folder.join(ORDER);
    match fs::read(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(in_folder(folder)(cause)),
        Ok(text) => match serde_json::from_slice(&text) {
            Ok(order) => Ok(Some(order)),
            Err(_) => Err(WipeError::Strange { path }),
        },
    }
}

fn write(folder: &Path, order: &Order) -> io::Result<()> {
    files::put(folder, ORDER, &serde_json::to_vec(order)?)
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn in_folder(folder: &Path) -> impl Fn(io::Error) -> WipeError {
    let path = folder.to_owned();
    move |cause| WipeError::Folder { path: path.clone(), cause }
}

/// The time that the machine's clock shows, in ms since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
