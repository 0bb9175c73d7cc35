//! Maintenance in the writer's quiet moments: pruning, freeing space, keeping the ballast, emptying the WAL.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::domain::time::HubTime;
use crate::store::sqlite::disk::files;
use crate::store::sqlite::disk::space::{Condition, Disk};
use crate::store::sqlite::sql::prune::{self, Retention};
use crate::store::sqlite::sql::wal::{self, Step};
use crate::store::sqlite::sql::weights::Weights;

/// The least time between two steps, so that maintenance uses only a part of the card's bandwidth.
const BETWEEN: Duration = Duration::from_millis(50);

/// Time until the next step after one that had nothing to do.
const REST: Duration = Duration::from_secs(15);

/// Time until the WAL is tried again after a reader was in the way.
const AGAIN: Duration = Duration::from_secs(1);

/// Bytes of the WAL that are overwritten in one step: on a slow card, 50 ms.
const WAL_PIECE: u64 = 512 << 10;

/// The size from which the WAL is shortened, in bytes. SQLite folds it in from 4 MB on, but a long read, such as an
/// export's, makes it larger.
const WAL_LARGE: u64 = 8 << 20;

/// What is to be done with the WAL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WalState {
    /// Nothing.
    Good,
    /// It is to be emptied: it is too large, or may still contain messages that the host has deleted.
    ToRestart,
    /// It has begun again, and what it had before is being overwritten.
    ToOverwrite,
}

/// The state of the writer's maintenance.
#[derive(Debug)]
pub(super) struct Maintenance {
    keep: Retention,
    base: HubTime,
    start: Instant,
    due: Instant,
    weights: Weights,
    pruned: usize,
    failed: bool,
    wal: WalState,
    wal_failed: bool,
}

impl Maintenance {
    /// Maintenance with these rules. `base` is the hub's own time now.
    pub(super) fn new(keep: Retention, base: HubTime) -> Self {
        let start = Instant::now();
        let due = start + BETWEEN;
        Self {
            keep,
            base,
            start,
            due,
            weights: Weights::default(),
            pruned: 0,
            failed: false,
            wal: WalState::Good,
            wal_failed: false,
        }
    }

    /// The host has deleted something: the WAL has to be emptied as soon as possible.
    pub(super) fn forget(&mut self) {
        self.wal = WalState::ToRestart;
        self.due = Instant::now();
    }

    /// When the next step is due.
    pub(super) fn due(&self) -> Instant {
        self.due
    }

    /// Does one short step.
    pub(super) fn step(&mut self, db: &Connection, path: &Path, disk: &mut Disk) {
        let now = self.base.after(self.start.elapsed());
        let done = match prune::step(db, &self.keep, &mut self.weights, now) {
            Ok(done) => {
                self.failed = false;
                done
            }
            Err(error) => {
                if !self.failed {
                    tracing::warn!(%error, "old messages could not be pruned; it is tried again");
                }
                self.failed = true;
                0
            }
        };
        self.pruned += done;
        self.due = Instant::now() + if done > 0 { BETWEEN } else { REST };
        if done == 0 {
            self.rest(db, path, disk);
        }
    }

    fn rest(&mut self, db: &Connection, path: &Path, disk: &mut Disk) {
        if self.wal == WalState::Good && files::size(&files::with_suffix(path, "-wal")) >= WAL_LARGE
        {
            self.wal = WalState::ToRestart;
        }
        if self.wal != WalState::Good {
            self.due = Instant::now() + self.empty_wal(db, path);
        }
        if self.pruned > 0 {
            tracing::info!(steps = self.pruned, "what is no longer kept was pruned");
            self.pruned = 0;
        }
        if disk.condition() == Condition::Roomy {
            disk.take_ballast();
        }
    }

    /// Does one step to empty the WAL. Returns the time until the next.
    fn empty_wal(&mut self, db: &Connection, path: &Path) -> Duration {
        let step = match self.wal {
            // A long read, such as a backup, must not block writes.
            WalState::ToRestart => wal::restart(db, Duration::ZERO).map_err(Into::into),
            _ => wal::overwrite(db, path, WAL_PIECE),
        };
        match step {
            Ok(Step::Done) => {
                (self.wal, self.wal_failed) = (WalState::Good, false);
                REST
            }
            Ok(Step::More) => {
                self.wal = WalState::ToOverwrite;
                BETWEEN
            }
            Ok(Step::Busy) => AGAIN,
            Err(error) => {
                if !self.wal_failed {
                    tracing::warn!(%error, "the WAL could not be emptied; it is tried again");
                }
                (self.wal, self.wal_failed) = (WalState::ToRestart, true);
                AGAIN
            }
        }
    }
}
