//! The embedded store: SQLite, one file on the board's own disk.
//!
//! One thread writes ([`writer`]), in the order in which the hub decided. What it reports is durably committed
//! (WAL, `synchronous=FULL`). Reads use other connections ([`reader`]).

mod backup_schedule;
pub(super) mod disk;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod maintenance;
#[cfg(any(test, fuzzing))]
pub(crate) mod memory;
pub(super) mod reader;
pub(super) mod recovery;
pub(super) mod sql;
#[cfg(test)]
mod tests;
pub(super) mod writer;

use std::path::Path;

pub use backup_schedule::Schedule;
use recovery::recover;
use recovery::wipe::carry_out_wipe;

use crate::domain::ids::HubId;
use crate::store::batch::BatchCollector;
use crate::store::health::{Health, Storage};
use crate::store::reader::Reader;
use crate::store::writer::Writer;
use crate::store::{FILE, OpenError, Past, Store, StoreOptions};

/// Opens the database in this folder, creates both if they are missing, and maintains the database as `options` say.
/// A damaged one is set aside and replaced by the newest sound backup. If the disk takes no writes, it is opened
/// read-only. Blocks, up to some seconds.
///
/// `fresh` becomes the hub's id if it has none.
///
/// # Errors
/// See [`OpenError`].
pub(super) fn open<C: Send + 'static>(
    folder: &Path,
    fresh: HubId,
    options: StoreOptions,
) -> Result<Store<C>, OpenError> {
    let in_folder = |cause| OpenError::Folder { path: folder.to_owned(), cause };
    disk::folder::make_folder(folder).map_err(in_folder)?;
    disk::folder::keep_private(folder);
    finish_wipe(folder, fresh)?;
    let recover::Opened { db, past, frozen, loss } = recover::open(folder, fresh)?;
    let path = folder.join(FILE);
    let health = Health::new(frozen.unwrap_or(Storage::Good), loss);
    let reader =
        Reader::sqlite(reader::Reader::new(path.clone(), frozen.is_some(), health.clone()));
    let backups = match options.backups {
        Some(schedule) if frozen.is_none() => Some(
            backup_schedule::BackupThread::start(folder, schedule, past.time, health.clone())
                .map_err(in_folder)?,
        ),
        _ => None,
    };
    let mut maintenance = maintenance::Maintenance::new(options.retention, past.time);
    // A hub that was killed may have left in the WAL what its host had deleted.
    if sql::host_actions::has_deleted(&db)
        .map_err(|cause| OpenError::Sqlite { path: path.clone(), cause })?
    {
        maintenance.forget();
    }
    let tools = writer::Tools {
        db,
        path,
        frozen: frozen.is_some(),
        disk: disk::space::Disk::of(folder),
        collector: BatchCollector::new(options.gather),
        maintenance,
        health: health.clone(),
    };
    let (writer, reports) = writer::Writer::start(tools, backups).map_err(in_folder)?;
    Ok(Store { writer: Writer::sqlite(writer), reports, reader, past, health })
}

/// Carries out a wipe that was ordered.
fn finish_wipe(folder: &Path, fresh: HubId) -> Result<(), OpenError> {
    let mut told = 0;
    let going_on = |done: u64, total: u64| {
        let percent = done.saturating_mul(100) / total.max(1);
        if percent >= told + 10 {
            told = percent;
            tracing::info!(percent, "the wipe goes on");
        }
    };
    let wiped = carry_out_wipe(folder, fresh, going_on);
    if let Some(receipt) = wiped.map_err(|error| OpenError::Wipe(Box::new(error)))? {
        tracing::warn!(
            bytes = receipt.bytes,
            rooms_kept = receipt.rooms_kept,
            "everything that people had said was wiped, as a host has ordered"
        );
    }
    Ok(())
}

/// Reads the state that a hub continues from; `fresh` becomes its id if it has none.
fn past(db: &rusqlite::Connection, fresh: HubId) -> rusqlite::Result<Past> {
    let known = sql::queries::hub_id(db)?;
    let time = sql::queries::hub_time(db)?;
    Ok(Past {
        hub: known.unwrap_or(fresh),
        time,
        wall: sql::queries::wall_time(db)?,
        rooms: sql::queries::live_rooms(db, time)?,
        newest: sql::queries::newest(db, time)?,
        present: sql::queries::present(db, time)?,
        // Nobody else uses the file.
        elsewhere: Vec::new(),
        bans: sql::host_actions::bans(db)?,
        mutes: sql::people::mutes(db, time)?,
        announcements: sql::announcements::shown(db, time)?,
        polls: sql::polls::all(db)?,
        votes: sql::polls::votes(db)?,
        prepared: sql::prepared::all(db, time)?,
        event: sql::event::settings(db)?,
        walls: sql::walls::all(db, time)?,
        grants: Vec::new(),
        run: None,
        key: None,
    })
}
