//! How the store is, for whoever wants to know.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use crate::domain::time::{HubTime, WallTime};
use crate::metrics::Histogram;
use crate::store::disk::files;

/// Whether the store does what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Storage {
    /// It keeps what is said.
    Good,
    /// The disk is full: it is read only, until there is space.
    Full,
    /// The disk takes no writing: it is read only, until it does.
    ReadOnly,
    /// It has to be opened anew: the file is damaged, or can be written again.
    Outdated,
}

/// What was lost, and what the hub went on from. Times are for people's eyes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// When the hub found out.
    pub at: WallTime,
    /// The same, by the hub's own time.
    pub at_hub: HubTime,
    /// What happened, in English.
    pub cause: String,
    /// The name in the data folder of what was there; empty where nothing was.
    pub kept_as: String,
    /// What the hub goes on with.
    pub goes_on: GoesOn,
    /// How many newer messages could still be read in what was damaged, and were kept.
    pub salvaged: usize,
}

/// What a hub goes on with after a loss.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GoesOn {
    /// A copy made earlier.
    From {
        /// Its name.
        copy: String,
        /// The time of the newest in it: what came later is gone.
        newest: WallTime,
    },
    /// An empty database: there was no good copy.
    Anew,
    /// The same database, without what was written last.
    WithTheRest,
}

impl std::fmt::Display for Loss {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { cause, kept_as, goes_on, salvaged, .. } = self;
        write!(f, "{cause}; ")?;
        match (goes_on, salvaged) {
            (GoesOn::From { copy, .. }, 0) => {
                write!(f, "the hub goes on from its copy {copy}: messages since then are gone")?;
            }
            (GoesOn::From { copy, .. }, some) => write!(
                f,
                "the hub goes on from its copy {copy} and {some} newer messages that could still be read: others since then are gone"
            )?,
            (GoesOn::Anew, 0) => {
                f.write_str(
                    "there was no good copy, so the hub begins anew: all messages are gone",
                )?;
            }
            (GoesOn::Anew, some) => write!(
                f,
                "there was no good copy, so the hub goes on with the {some} messages that could still be read: others are gone"
            )?,
            (GoesOn::WithTheRest, _) => f.write_str("the messages written last are gone")?,
        }
        // Where nothing was there, nothing is kept.
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
    /// Looks at the files in a data folder; what is not there is nothing.
    #[must_use]
    pub fn of(folder: &Path) -> Self {
        let size = |name: &str| files::size(&folder.join(name));
        Self {
            database: size(crate::store::FILE),
            wal: size(&format!("{}-wal", crate::store::FILE)),
        }
    }
}

/// How the store is. Cheap to clone; all clones tell the same.
#[derive(Debug, Clone)]
pub struct Health {
    state: Arc<watch::Sender<Storage>>,
    loss: Option<Arc<Loss>>,
    commits: Arc<Histogram>,
    /// Why no copy is made, while that is so.
    copies: Arc<Mutex<Option<String>>>,
}

impl Health {
    pub(super) fn new(state: Storage, loss: Option<Loss>) -> Self {
        Self {
            state: Arc::new(watch::Sender::new(state)),
            loss: loss.map(Arc::new),
            commits: Arc::default(),
            copies: Arc::default(),
        }
    }

    /// How it is now.
    #[must_use]
    pub fn storage(&self) -> Storage {
        *self.state.borrow()
    }

    /// The last loss that the database remembers.
    #[must_use]
    pub fn loss(&self) -> Option<&Loss> {
        self.loss.as_deref()
    }

    /// How long commits take, fsync included.
    #[must_use]
    pub fn commits(&self) -> &Histogram {
        &self.commits
    }

    /// Why the last scheduled copy could not be made; nothing where it could.
    #[must_use]
    pub fn copies(&self) -> Option<String> {
        self.copies.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set_copies(&self, trouble: Option<String>) {
        *self.copies.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
    }

    /// Waits until the store has to be opened anew.
    pub async fn outdated(&self) {
        let mut changes = self.state.subscribe();
        // The sender lives as long as we do.
        let _outdated = changes.wait_for(|state| *state == Storage::Outdated).await;
    }

    /// The store is like this from now on. Whether it was not before.
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
