//! What the writer does in quiet moments: prunes, gives space back, keeps ballast.

use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::domain::time::HubTime;
use crate::store::disk::space::{Condition, Disk};
use crate::store::sql::prune::{self, Retention};
use crate::store::sql::schema;
use crate::store::sql::weights::Weights;

/// How long after a step the next may come: so that upkeep takes a part of the card only.
const BETWEEN: Duration = Duration::from_millis(50);

/// How long after a step that found nothing to do.
const REST: Duration = Duration::from_secs(15);

/// How long after a try to empty the WAL while somebody was reading.
const AGAIN: Duration = Duration::from_secs(1);

/// The writer's maintenance.
#[derive(Debug)]
pub(super) struct Maintenance {
    keep: Retention,
    base: HubTime,
    start: Instant,
    due: Instant,
    weights: Weights,
    pruned: usize,
    failed: bool,
    /// Whether what the host deleted may still stand in the WAL.
    wal_tells: bool,
}

impl Maintenance {
    /// Maintenance by these rules, on a hub whose own time is `base` now.
    pub(super) fn new(keep: Retention, base: HubTime) -> Self {
        let start = Instant::now();
        let due = start + BETWEEN;
        let (pruned, failed, wal_tells) = (0, false, false);
        Self { keep, base, start, due, weights: Weights::default(), pruned, failed, wal_tells }
    }

    /// The host had something deleted: the WAL is to be emptied as soon as it can be.
    pub(super) fn forget(&mut self) {
        self.wal_tells = true;
        self.due = Instant::now();
    }

    /// When its next turn is.
    pub(super) fn due(&self) -> Instant {
        self.due
    }

    /// Takes its turn: one short step.
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

/// Folds the WAL in and cuts it to nothing, unless somebody is reading. Whether that was done.
fn empty_wal(db: &Connection) -> bool {
    // Whoever reads for long, such as a copy being made, must not hold up who wants to write.
    let emptied = db.busy_timeout(Duration::ZERO).and_then(|()| {
        db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| Ok(row.get::<_, i64>(0)? == 0))
    });
    let patient = db.busy_timeout(schema::PATIENCE);
    emptied.is_ok_and(|emptied| emptied) && patient.is_ok()
}
