//! Storage: rooms, chatters, memberships and messages, in SQLite.
//!
//! One thread writes ([`writer`]), in the order in which the hub decided. What it reports is durably committed
//! (WAL, `synchronous=FULL`). Reads use other connections ([`reader`]). No other module knows SQL: another database
//! would go behind the same API.

mod backup_schedule;
mod batch;
mod disk;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod health;
mod maintenance;
#[cfg(any(test, fuzzing))]
pub(crate) mod memory;
mod reader;
mod recovery;
mod sql;
#[cfg(test)]
mod tests;
mod write;
mod writer;

use std::path::Path;
use std::time::Duration;

pub use backup_schedule::Schedule;
pub use disk::folder::make_folder;
pub use disk::volatile::forgets;
pub use health::{GoesOn, Health, Loss, Size, Storage};
pub use reader::Reader;
pub use recovery::backup::BackupError;
pub use recovery::renew::renew_id;
pub use recovery::restore::{CopyError, Restored, back_up, restore};
pub use sql::host_actions::Done;
pub use sql::prune::Retention;
pub use sql::queries::Member;
pub use sql::schema::OpenError;
use tokio::sync::mpsc::UnboundedReceiver;
pub use write::{
    Ban, Deed, HistorySlice, HostAct, Join, Joined, Leave, MISSED_MAX, Moment, RANGE_BYTES, Rename,
    Say, Write, Written,
};
pub use writer::{Completed, QUEUE_MAX, Writer};

use crate::domain::ids::HubId;
use crate::domain::room::Room;
use crate::domain::time::{HubTime, WallTime};

/// The database's name inside the data folder.
pub const FILE: &str = "hub.sqlite3";

/// An opened store.
#[derive(Debug)]
pub struct Store<C> {
    /// Takes writes.
    pub writer: Writer<C>,
    /// Yields the results of writes, batch by batch, in commit order.
    pub ended: UnboundedReceiver<Vec<Completed<C>>>,
    /// Reads.
    pub reader: Reader,
    /// The state that the hub continues from.
    pub past: Past,
    /// The state of the disk and the database, updated while the store is open.
    pub health: Health,
}

/// The state that a hub continues from.
#[derive(Debug)]
pub struct Past {
    /// The hub's id, made at its first start.
    pub hub: HubId,
    /// The hub's own time at its last write.
    pub time: HubTime,
    /// The latest wall time that was written.
    pub wall: WallTime,
    /// The rooms that have not expired, oldest first.
    pub rooms: Vec<Room>,
    /// The members who were present when it last ran.
    pub present: Vec<Member>,
    /// The bans.
    pub bans: Vec<Ban>,
}

/// Options of a store. By default it keeps everything and makes no copies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StoreOptions {
    /// How long a busy writer waits for more writes before it commits a batch.
    pub gather: Duration,
    /// Which messages and rooms are kept.
    pub retention: Retention,
    /// When backups are made. `None` for never.
    pub backups: Option<Schedule>,
}

impl<C: Send + 'static> Store<C> {
    /// Opens the database in this folder, making both where they are missing, and looks after it as
    /// said. One that is damaged is set aside, and the newest sound copy takes its place; where the
    /// disk takes no writing it is read only. Blocks, up to some seconds.
    ///
    /// `fresh` becomes the hub's identity where it has none.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(folder: &Path, fresh: HubId, options: StoreOptions) -> Result<Self, OpenError> {
        let in_folder = |cause| OpenError::Folder { path: folder.to_owned(), cause };
        make_folder(folder).map_err(in_folder)?;
        disk::folder::keep_private(folder);
        let recovery::recover::Opened { db, past, frozen, loss } =
            recovery::recover::open(folder, fresh)?;
        let path = folder.join(FILE);
        let health = Health::new(frozen.unwrap_or(Storage::Good), loss);
        let reader = Reader::new(path.clone(), frozen.is_some(), health.clone());
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
            gather: batch::BatchCollector::new(options.gather),
            maintenance,
            health: health.clone(),
        };
        let (writer, ended) = Writer::start(tools, backups).map_err(in_folder)?;
        Ok(Self { writer, ended, reader, past, health })
    }
}

/// What a hub goes on from; `fresh` is its identity where it has none yet.
fn past(db: &rusqlite::Connection, fresh: HubId) -> rusqlite::Result<Past> {
    let known = sql::queries::hub_id(db)?;
    let time = sql::queries::hub_time(db)?;
    Ok(Past {
        hub: known.unwrap_or(fresh),
        time,
        wall: sql::queries::wall_time(db)?,
        rooms: sql::queries::live_rooms(db, time)?,
        present: sql::queries::present(db, time)?,
        bans: sql::host_actions::bans(db)?,
    })
}
