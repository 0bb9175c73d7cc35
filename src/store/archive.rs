//! Reads everything that was said, in short reads, beside the hubs that go on writing.
//!
//! Each read ends before the next one begins, so that no read keeps SQLite's WAL from being reused. What is taken back or
//! pruned meanwhile is missing from the reads that come after.

use std::path::Path;

use rusqlite::Connection;
use tokio::runtime::Runtime;
use tokio_postgres::Client;

use crate::domain::code::Code;
use crate::domain::event_settings::EventSettings;
use crate::domain::ids::{RoomId, Seq};
use crate::domain::message::Message;
use crate::domain::poll::Poll;
use crate::domain::text::Title;
use crate::domain::time::WallTime;
use crate::store::postgres::{self, ConnectError, Database};
use crate::store::sqlite::recovery::restore;
use crate::store::sqlite::sql::{event, polls, queries};
use crate::store::{CopyError, FILE};

/// The most messages of one read.
const PAGE: usize = 500;

/// The most bytes of one read, about.
const PAGE_BYTES: usize = 512 * 1024;

/// A room that is kept, living or ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchivedRoom {
    /// Its id.
    pub id: RoomId,
    /// Its code.
    pub code: Code,
    /// Its title.
    pub title: Title,
    /// When it was made.
    pub made_at: WallTime,
    /// The place of the last message that was pruned; 0 if none was.
    pub pruned: Seq,
    /// The place of its newest message.
    pub last: Seq,
    /// When that was sent; the time at which the room was made if it has no message.
    pub newest_at: WallTime,
}

/// Why the archive cannot be read: a sentence for the host.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// SQLite's message.
    #[error("the database could not be read: {0}")]
    Sqlite(rusqlite::Error),
    /// PostgreSQL's message.
    #[error("the shared database could not be read: {0}")]
    Postgres(String),
}

/// A database that is read from the beginning to the end. Blocks.
#[derive(Debug)]
pub struct Archive(Backend);

#[derive(Debug)]
enum Backend {
    Sqlite(Connection),
    Postgres(Runtime, Client),
}

impl Archive {
    /// Opens the database in this data folder, also while a hub runs on it.
    ///
    /// # Errors
    /// It is missing, damaged or none of a hub.
    pub fn open(folder: &Path) -> Result<Self, CopyError> {
        restore::open_to_read(&folder.join(FILE)).map(|db| Self(Backend::Sqlite(db)))
    }

    /// Connects to a database that several hubs share. Its schema has to be there.
    ///
    /// # Errors
    /// See [`ConnectError`].
    pub fn connect(database: &Database) -> Result<Self, ConnectError> {
        let (runtime, client) = postgres::connect_to_read(database)?;
        Ok(Self(Backend::Postgres(runtime, client)))
    }

    /// The newest message; 0 if there is none.
    ///
    /// # Errors
    /// See [`ArchiveError`].
    pub fn newest(&self) -> Result<i64, ArchiveError> {
        match &self.0 {
            Backend::Sqlite(db) => queries::newest_message(db).map_err(ArchiveError::Sqlite),
            Backend::Postgres(runtime, client) => {
                runtime.block_on(postgres::newest_message(client)).map_err(ArchiveError::Postgres)
            }
        }
    }

    /// All rooms that are kept, in the order in which they were made.
    ///
    /// # Errors
    /// See [`ArchiveError`].
    pub fn rooms(&self) -> Result<Vec<ArchivedRoom>, ArchiveError> {
        match &self.0 {
            Backend::Sqlite(db) => queries::archived_rooms(db).map_err(ArchiveError::Sqlite),
            Backend::Postgres(runtime, client) => {
                runtime.block_on(postgres::archived_rooms(client)).map_err(ArchiveError::Postgres)
            }
        }
    }

    /// All polls that are kept, the oldest first, also some of rooms that the host has deleted.
    ///
    /// # Errors
    /// See [`ArchiveError`].
    pub fn polls(&self) -> Result<Vec<Poll>, ArchiveError> {
        match &self.0 {
            Backend::Sqlite(db) => polls::all(db).map_err(ArchiveError::Sqlite),
            Backend::Postgres(runtime, client) => {
                runtime.block_on(postgres::archived_polls(client)).map_err(ArchiveError::Postgres)
            }
        }
    }

    /// What the host has set for the event.
    ///
    /// # Errors
    /// See [`ArchiveError`].
    pub fn event(&self) -> Result<EventSettings, ArchiveError> {
        match &self.0 {
            Backend::Sqlite(db) => event::settings(db).map_err(ArchiveError::Sqlite),
            Backend::Postgres(runtime, client) => {
                runtime.block_on(postgres::archived_event(client)).map_err(ArchiveError::Postgres)
            }
        }
    }

    /// Messages of a room after a place, oldest first, and whether there may be more.
    ///
    /// # Errors
    /// See [`ArchiveError`].
    pub fn page(&self, room: RoomId, after: Seq) -> Result<(Vec<Message>, bool), ArchiveError> {
        match &self.0 {
            Backend::Sqlite(db) => queries::after(db, (room, None), after, PAGE, PAGE_BYTES)
                .map_err(ArchiveError::Sqlite),
            Backend::Postgres(runtime, client) => runtime
                .block_on(postgres::archived_page(client, room, after, (PAGE, PAGE_BYTES)))
                .map_err(ArchiveError::Postgres),
        }
    }
}
