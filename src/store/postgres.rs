//! The shared store: PostgreSQL, for several hubs that are one chat.
//!
//! All that the hubs must agree on is one log without gaps (`migrations/postgres`). Each commit takes one lock, reads
//! what the other hubs have committed since, decides against the tables, and appends. So every hub sees every change in
//! one order, and knows by counting whether it misses any. `NOTIFY` only wakes a hub up; it may be lost.

mod announcements;
mod archive;
mod batch;
mod calls;
mod connect;
mod doubt;
mod feed;
mod lease;
mod migrate;
mod past;
mod polls;
mod prepared;
mod questions;
pub(super) mod reader;
mod reads;
mod results;
mod retention;
mod rows;
mod session;
mod settled;
mod statements;
mod task;
#[cfg(test)]
mod tests;
mod typing;
mod wipe;
pub(super) mod writer;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub(in crate::store) use archive::{
    archived_event, archived_page, archived_polls, archived_rooms, connect_to_read, newest_message,
};
pub use connect::{ConnectError, Database};
pub use wipe::{note_shared_export, shared_receipt, survey_shared, wipe_shared};

use crate::domain::ids::{Epoch, HubId, RunId};
use crate::domain::language::Language;
use crate::store::reader::Reader;
use crate::store::writer::Writer;
use crate::store::{Health, Retention, Storage, Store};

/// A hub without a sign of life for this long is declared dead.
const DEAD_AFTER: Duration = Duration::from_secs(5);

/// How long the places of a dead hub's people are kept.
const KEPT: Duration = Duration::from_secs(20);

/// A run of a hub on a shared store.
#[derive(Debug, Clone)]
pub struct HubRun {
    /// Its id.
    pub hub: HubId,
    /// Its name, for the other hubs' hosts.
    pub name: String,
    /// The address that people open, for the other hubs' hosts.
    pub url: String,
    /// This run of the hub, drawn at random.
    pub run: RunId,
    /// An epoch drawn at random, for a database that has none.
    pub epoch: Epoch,
    /// A signing key drawn at random, for a database that has none. All hubs sign with the database's key.
    pub key: [u8; 32],
    /// The language of the notices that the store writes for hubs that have died.
    pub language: Language,
    /// The most living rooms made by people.
    pub rooms_max: usize,
    /// Which messages and rooms are kept.
    pub retention: Retention,
    /// The settings that should be the same on all hubs.
    pub settings: CommonSettings,
}

/// Settings by their keys.
pub(in crate::store) type Settings = BTreeMap<String, String>;

/// Returns the settings that should be the same on all hubs, each value as a text. Called regularly, since a reload may
/// change them.
#[derive(Clone)]
pub struct CommonSettings(Arc<dyn Fn() -> Settings + Send + Sync>);

impl CommonSettings {
    /// Takes the function that returns the present settings.
    pub fn new(now: impl Fn() -> Settings + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The settings as they are now.
    fn now(&self) -> Settings {
        (self.0)()
    }
}

impl fmt::Debug for CommonSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CommonSettings").field(&self.now()).finish()
    }
}

/// Connects to the database and changes nothing there. Returns a sentence about it.
///
/// # Errors
/// See [`ConnectError`].
pub(super) fn try_it(database: &Database) -> Result<String, ConnectError> {
    runtime()?.block_on(async {
        let (client, _) = database.connect().await?;
        database.check_version(&client).await?;
        let known = migrate::check(database, &client).await?;
        Ok(format!("PostgreSQL at {} answers, and {known}", database.place()))
    })
}

/// A runtime for a caller that blocks.
fn runtime() -> Result<tokio::runtime::Runtime, ConnectError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| ConnectError::Failed {
        place: "this board".into(),
        cause: error.to_string(),
    })
}

/// Connects to the database, brings its schema up to date and joins the hubs on it. Blocks, up to some seconds.
///
/// # Errors
/// See [`ConnectError`].
pub(super) fn open<C: Send + 'static>(
    database: Database,
    hub: HubRun,
) -> Result<Store<C>, ConnectError> {
    let health = Health::new(Storage::Good, None);
    let reader = reader::Reader::new(database.clone(), health.clone());
    let (writer, reports, past) = writer::Writer::start(database, hub, health.clone())?;
    let (writer, reader) = (Writer::postgres(writer), Reader::postgres(reader));
    Ok(Store { writer, reports, reader, past, health })
}
