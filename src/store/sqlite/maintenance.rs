//! Maintenance in the writer's quiet moments: pruning, freeing space, keeping the ballast, emptying the WAL.

use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::domain::time::HubTime;
use crate::store::sqlite::disk::space::{Condition, Disk};
use crate::store::sqlite::sql::prune::{self, Retention};
use crate::store::sqlite::sql::schema;
use crate::store::sqlite::sql::weights::Weights;

/// The least time between two steps, so that maintenance uses only a part of the card's bandwidth.
const BETWEEN: Duration = Duration::from_millis(50);

/// Time until the next step after one that had nothing to do.
const REST: Duration = Duration::from_secs(15);

/// Time until the WAL is tried again after a reader was in the way.
const AGAIN: Duration = Duration::from_secs(1);

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
    /// Whether the WAL may still contain messages that the host has deleted.
    wal_tells: bool,
}

impl Maintenance {
    /// Maintenance with these rules. `base` is the hub's own time now.
    pub(super) fn new(keep: Retention, base: HubTime) -> Self {
        let start = Instant::now();
        let due = start + BETWEEN;
        let (pruned, failed, wal_tells) = (0, false, false);
        Self { keep, base, start, due, weights: Weights::default(), pruned, failed, wal_tells }
    }

    /// The host has deleted something: the WAL has to be emptied as soon as possible.
    pub(super) fn forget(&mut self) {
        self.wal_tells = true;
        self.due = Instant::now();
    }

    /// When the next step is due.
    pub(super) fn due(&self) -> Instant {
        self.due
    }

    /// Does one short step.
    pub(super) fn step(&mut self, db: &Connection, disk: &mut Disk) {
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
            self.rest(db, disk);
        }
    }

    fn rest(&mut self, db: &Connection, disk: &mut Disk) {
        if self.wal_tells {
            self.wal_tells = !empty_wal(db);
            self.due = Instant::now() + if self.wal_tells { AGAIN } else { REST };
        }
        if self.pruned > 0 {
            tracing::info!(steps = self.pruned, "what is no longer kept was pruned");
            self.pruned = 0;
        }
        if disk.condition() == Condition::Roomy {
            disk.take_ballast();
        }
    }
}

/// Checkpoints the WAL and truncates it, unless somebody is reading. Returns whether it was done.
fn empty_wal(db: &Connection) -> bool {
    // A long read, such as a backup, must not block writes.
    let emptied = db.busy_timeout(Duration::ZERO).and_then(|()| {
        db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| Ok(row.get::<_, i64>(0)? == 0))
    });
    let patient = db.busy_timeout(schema::BUSY_TIMEOUT);
    emptied.is_ok_and(|emptied| emptied) && patient.is_ok()
}
