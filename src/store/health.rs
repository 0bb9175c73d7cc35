//! The state of the store, shared with everything that shows it or depends on it.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::watch;

use crate::domain::time::{HubTime, WallTime};
use crate::metrics::Histogram;
use crate::store::sqlite::disk::files;
use crate::sync::lock;

/// Whether the store takes writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Storage {
    /// It takes writes.
    Good,
    /// The disk is full: the store is read-only until there is space.
    Full,
    /// The disk takes no writes: the store is read-only until it does.
    ReadOnly,
    /// The shared database does not answer. Writes wait, and are refused after `database.patience`.
    Away,
    /// The store has to be opened again: the file is damaged, or has become writable.
    Outdated,
}

/// A loss of data, and what the hub continued from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// When the hub noticed it, in wall time.
    pub at: WallTime,
    /// The same, in the hub's own time.
    pub at_hub: HubTime,
    /// The cause, in English.
    pub cause: String,
    /// The name under which the damaged file is kept in the data folder; empty if there was none.
    pub kept_as: String,
    /// The database that the hub continued from.
    pub continued_from: ContinuedFrom,
    /// How many newer messages were salvaged from the damaged file.
    pub salvaged: usize,
}

/// The database that a hub continues from after a loss.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContinuedFrom {
    /// A backup.
    Backup {
        /// Its name.
        copy: String,
        /// The time of its newest message: later ones are lost, but for those that were salvaged.
        newest: WallTime,
    },
    /// An empty database: there was no sound backup.
    Empty,
    /// The same database, without the last writes.
    SameDatabase,
}

impl std::fmt::Display for Loss {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { cause, kept_as, continued_from, salvaged, .. } = self;
        write!(f, "{cause}; ")?;
        match (continued_from, salvaged) {
            (ContinuedFrom::Backup { copy, .. }, 0) => {
                write!(f, "the hub goes on from its copy {copy}: messages since then are gone")?;
            }
            (ContinuedFrom::Backup { copy, .. }, some) => write!(
                f,
                "the hub goes on from its copy {copy} and {some} newer messages that could still be read: others since then are gone"
            )?,
            (ContinuedFrom::Empty, 0) => {
                f.write_str(
                    "there was no good copy, so the hub begins again: all messages are gone",
                )?;
            }
            (ContinuedFrom::Empty, some) => write!(
                f,
                "there was no good copy, so the hub goes on with the {some} messages that could still be read: others are gone"
            )?,
            (ContinuedFrom::SameDatabase, _) => {
                f.write_str("the messages written last are gone")?;
            }
        }
        // If there was no file, none is kept.
        if kept_as.is_empty() {
            return Ok(());
        }
        write!(f, "; what was there is kept as {kept_as}")
    }
}

/// How much space the database takes, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// The file itself.
    pub database: u64,
    /// Its write-ahead log.
    pub wal: u64,
}

impl Size {
    /// Reads the sizes of the files in a data folder; 0 for missing ones.
    #[must_use]
    pub fn of(folder: &Path) -> Self {
        let size = |name: &str| files::size(&folder.join(name));
        Self {
            database: size(crate::store::FILE),
            wal: size(&format!("{}-wal", crate::store::FILE)),
        }
    }
}

/// The hubs on a shared database, and how it answers.
#[derive(Debug, Clone, PartialEq)]
pub struct ClusterState {
    /// Host and port of the database.
    pub place: String,
    /// The running hubs by name, including this one.
    pub hubs: Vec<SharedHub>,
    /// How long the last round trip took.
    pub round_trip: Duration,
}

/// A hub on a shared database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedHub {
    /// Its name.
    pub name: String,
    /// The address that people open.
    pub url: String,
    /// The keys of settings that should be the same on all hubs, and differ from this hub's.
    pub differs: Vec<String>,
}

/// The state of a store. Clones share it.
#[derive(Debug, Clone)]
pub struct Health {
    state: Arc<watch::Sender<Storage>>,
    loss: Option<Arc<Loss>>,
    commits: Arc<Histogram>,
    /// Why the last scheduled backup failed. `None` if it did not.
    copies: Arc<Mutex<Option<String>>>,
    /// `None` for a hub with a database of its own.
    shared: Arc<Mutex<Option<ClusterState>>>,
}

impl Health {
    pub(super) fn new(state: Storage, loss: Option<Loss>) -> Self {
        Self {
            state: Arc::new(watch::Sender::new(state)),
            loss: loss.map(Arc::new),
            commits: Arc::default(),
            copies: Arc::default(),
            shared: Arc::default(),
        }
    }

    /// The state now.
    #[must_use]
    pub fn storage(&self) -> Storage {
        *self.state.borrow()
    }

    /// The last loss that is stored in the database.
    #[must_use]
    pub fn loss(&self) -> Option<&Loss> {
        self.loss.as_deref()
    }

    /// The durations of commits, including the fsync.
    #[must_use]
    pub fn commits(&self) -> &Histogram {
        &self.commits
    }

    /// Why the last scheduled backup failed. `None` if it did not.
    #[must_use]
    pub fn copies(&self) -> Option<String> {
        lock(&self.copies).clone()
    }

    pub(super) fn set_copies(&self, trouble: Option<String>) {
        *lock(&self.copies) = trouble;
    }

    /// The hubs on the shared database. `None` for a hub with a database of its own.
    #[must_use]
    pub fn shared(&self) -> Option<ClusterState> {
        lock(&self.shared).clone()
    }

    pub(super) fn set_shared(&self, shared: ClusterState) {
        *lock(&self.shared) = Some(shared);
    }

    /// Has the store opened again, for a wipe that was ordered.
    pub fn reopen(&self) {
        self.set(Storage::Outdated);
    }

    /// Waits until the store has to be opened again.
    pub async fn outdated(&self) {
        let mut changes = self.state.subscribe();
        // The sender lives as long as `self`.
        let _outdated = changes.wait_for(|state| *state == Storage::Outdated).await;
    }

    /// Sets the state. Returns whether it has changed.
    pub(super) fn set(&self, state: Storage) -> bool {
        self.state.send_if_modified(|now| {
            let changes = *now != state && *now != Storage::Outdated;
            if changes {
                *now = state;
            }
            changes
        })
    }
}
