//! Storage: rooms, chatters, memberships and messages.
//!
//! [`sqlite`] is the embedded store of a single hub, [`postgres`] the one that several hubs share. No other module
//! knows SQL.
//! Above it are a [`Writer`], which takes [`Write`]s in the order in which the hub decided, a [`Reader`], and the
//! [`Report`]s of what has been committed.

mod archive;
mod batch;
mod change;
mod health;
mod mode;
mod postgres;
mod reader;
mod sqlite;
#[cfg(test)]
mod tests;
mod wall;
mod wipe;
mod write;
mod writer;

use std::path::Path;
use std::time::Duration;

pub use archive::{Archive, ArchiveError, ArchivedRoom};
pub use change::{AccessGrant, Change, EarlyEnd, GrantHolder, Report};
pub use health::{ClusterState, ContinuedFrom, Health, Loss, SharedHub, Size, Storage};
pub use postgres::{
    CommonSettings, ConnectError, Database, HubRun, note_shared_export, shared_receipt,
    survey_shared, wipe_shared,
};
pub use reader::{Departed, Found, Heard, QuestionPage, Reader};
pub use sqlite::Schedule;
pub use sqlite::disk::folder::{make_folder, needed};
pub use sqlite::disk::volatile::{forgets, is_volatile};
pub use sqlite::recovery::backup::BackupError;
pub use sqlite::recovery::renew::renew_id;
pub use sqlite::recovery::restore::{CopyError, Restored, back_up, restore};
pub use sqlite::recovery::wipe::{
    RECEIPTS as WIPE_RECEIPTS, WipeError, carry_out_wipe, is_wipe_ordered, note_export, order_wipe,
    survey_wipe, wipe_receipts,
};
pub use sqlite::sql::host_actions::Done;
pub use sqlite::sql::prune::Retention;
pub use sqlite::sql::queries::Member;
pub use sqlite::sql::schema::OpenError;
#[cfg(any(test, fuzzing))]
pub(crate) use sqlite::{fuzzing, memory};
use tokio::sync::mpsc::UnboundedReceiver;
pub use wall::WallRead;
pub use wipe::{Content, LeftFile, NotedExport, WipeReceipt, WipeSurvey};
pub use write::{
    Ban, ClosePoll, Deed, HistorySlice, HostAct, HostRename, HostSay, Join, Joined, Leave,
    MISSED_MAX, MakePoll, Moment, Prepare, RANGE_BYTES, React, Recall, Rename, ReportMessage, Say,
    SetMode, TakeBack, Vote, VotePoll, Write, Written,
};
pub use writer::{Completed, QUEUE_MAX, Writer};

use crate::domain::announcement::Announcement;
use crate::domain::event_settings::EventSettings;
use crate::domain::ids::{HubId, IdentityId, PollId, RoomId, RunId};
use crate::domain::mute::Mute;
use crate::domain::poll::{Choices, Poll, PreparedPoll};
use crate::domain::room::wall::RoomWall;
use crate::domain::room::{Newest, Room};
use crate::domain::time::{HubTime, WallTime};

/// The database's name inside the data folder.
pub const FILE: &str = "hub.sqlite3";

/// An opened store.
#[derive(Debug)]
pub struct Store<C> {
    /// Takes writes.
    pub writer: Writer<C>,
    /// Yields what was committed, in commit order.
    pub reports: UnboundedReceiver<Report<C>>,
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
    /// The latest activity in those rooms.
    pub newest: Vec<(RoomId, Newest)>,
    /// The members who were present when it last ran. They have a short time to return.
    pub present: Vec<Member>,
    /// The members who are present through other runs of hubs on the same store, once for each such run.
    pub elsewhere: Vec<(Member, RunId)>,
    /// The bans.
    pub bans: Vec<Ban>,
    /// The announcements that are shown, the oldest first.
    pub announcements: Vec<Announcement>,
    /// The polls, the oldest first: those that are not closed, and the closed ones that are kept.
    pub polls: Vec<Poll>,
    /// The polls that are prepared for living rooms or for all, in their order.
    pub prepared: Vec<PreparedPoll>,
    /// The votes of those that are not closed.
    pub votes: Vec<(PollId, IdentityId, Choices)>,
    /// The walls of living rooms that the host has set.
    pub walls: Vec<(RoomId, RoomWall)>,
    /// The mutes that have not ended.
    pub mutes: Vec<Mute>,
    /// What the host has set for the event.
    pub event: EventSettings,
    /// Access grants of other hubs that are still valid.
    pub grants: Vec<AccessGrant>,
    /// This run of the hub on a shared store. `None` for a hub with a database of its own.
    pub run: Option<RunId>,
    /// The key with which all hubs on a shared store sign tokens. `None` for a hub with a database of its own, which
    /// keeps its key in the data folder.
    pub key: Option<[u8; 32]>,
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
    /// Opens the database in this folder, creates both if they are missing, and maintains the database as `options`
    /// say. A damaged one is set aside and replaced by the newest sound backup. If the disk takes no writes, it is
    /// opened read-only. Blocks, up to some seconds.
    ///
    /// `fresh` becomes the hub's id if it has none.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(folder: &Path, fresh: HubId, options: StoreOptions) -> Result<Self, OpenError> {
        sqlite::open(folder, fresh, options)
    }

    /// Connects to a database that several hubs share, and joins them. Blocks, up to some seconds.
    ///
    /// # Errors
    /// See [`ConnectError`].
    pub fn connect(database: Database, hub: HubRun) -> Result<Self, ConnectError> {
        postgres::open(database, hub)
    }
}

/// Connects to a database that several hubs share and changes nothing there. Returns a sentence about it. Blocks, up to
/// some seconds.
///
/// # Errors
/// See [`ConnectError`].
pub fn try_database(database: &Database) -> Result<String, ConnectError> {
    postgres::try_it(database)
}
