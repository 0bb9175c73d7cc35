//! What is kept: rooms, chatters, memberships and messages, in SQLite.
//!
//! One thread writes ([`writer`]), in the order in which the hub decided; what it reports was
//! durably committed (WAL, `synchronous=FULL`). Reading goes beside it ([`reader`]). Nothing outside
//! this module knows SQL: another database would go behind the same API.

mod folder;
mod perform;
mod read;
mod reader;
mod rows;
mod schema;
mod write;
mod writer;

use std::path::Path;

pub use folder::make_folder;
pub use read::Member;
pub use reader::Reader;
use rusqlite::OptionalExtension;
pub use schema::OpenError;
use tokio::sync::mpsc::UnboundedReceiver;
pub use write::{Join, Joined, Leave, MISSED_MAX, Moment, Rename, Say, Write, Written};
pub use writer::{Ended, QUEUE_MAX, Writer};

use crate::domain::ids::HubId;
use crate::domain::room::Room;
use crate::domain::time::HubTime;

/// The database's name inside the data folder.
pub const FILE: &str = "hub.sqlite3";

/// A store just opened: its two sides, and what the hub goes on from.
#[derive(Debug)]
pub struct Store<C> {
    /// The writing side.
    pub writer: Writer<C>,
    /// What was written comes out here, batch by batch, in commit order.
    pub ended: UnboundedReceiver<Vec<Ended<C>>>,
    /// The reading side.
    pub reader: Reader,
    /// What the hub goes on from.
    pub past: Past,
}

/// What the hub goes on from.
#[derive(Debug)]
pub struct Past {
    /// The hub's identity, made at its first start.
    pub hub: HubId,
    /// The hub's own time when it last wrote.
    pub time: HubTime,
    /// The rooms that have not expired, oldest first.
    pub rooms: Vec<Room>,
    /// Who was present when it last ran.
    pub present: Vec<Member>,
}

impl<C: Send + 'static> Store<C> {
    /// Opens the database in this folder, making both where they are missing. Blocks.
    ///
    /// `fresh` becomes the hub's identity where it has none.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(folder: &Path, fresh: HubId) -> Result<Self, OpenError> {
        let in_folder = |source| OpenError::Folder { path: folder.to_owned(), source };
        make_folder(folder).map_err(in_folder)?;
        let path = folder.join(FILE);
        let db = schema::open_writer(&path)?;
        let past =
            past(&db, fresh).map_err(|source| OpenError::Sqlite { path: path.clone(), source })?;
        let (writer, ended) = Writer::start(db).map_err(in_folder)?;
        Ok(Self { writer, ended, reader: Reader::new(path), past })
    }
}

fn past(db: &rusqlite::Connection, fresh: HubId) -> rusqlite::Result<Past> {
    let known: Option<[u8; 16]> = db
        .query_row("SELECT value FROM meta WHERE key = 'hub_id'", [], |row| row.get(0))
        .optional()?;
    if known.is_none() {
        perform::set_meta(db, "hub_id", fresh.as_bytes())?;
    }
    let time = read::hub_time(db)?;
    Ok(Past {
        hub: known.map_or(fresh, HubId::from_bytes),
        time,
        rooms: read::live_rooms(db, time)?,
        present: read::present(db, time)?,
    })
}

#[cfg(test)]
pub(crate) mod memory;
#[cfg(test)]
mod tests;
