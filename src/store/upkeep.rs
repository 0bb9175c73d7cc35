//! What the writer does in quiet moments: prunes, gives space back, keeps ballast.

use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::prune::{self, Retention};
use super::space::{Condition, Disk};
use crate::domain::time::HubTime;

/// How long after a step the next may come: so that upkeep takes a part of the card only.
const BETWEEN: Duration = Duration::from_millis(50);

/// How long after a step that found nothing to do.
const REST: Duration = Duration::from_secs(15);

/// The writer's upkeep.
#[derive(Debug)]
pub(super) struct Upkeep {
    keep: Retention,
    base: HubTime,
    start: Instant,
    due: Instant,
    pruned: usize,
    failed: bool,
}

impl Upkeep {
    /// Upkeep by these rules, on a hub whose own time is `base` now.
    pub(super) fn new(keep: Retention, base: HubTime) -> Self {
        let start = Instant::now();
        Self { keep, base, start, due: start + BETWEEN, pruned: 0, failed: false }
    }

    /// When its next turn is.
    pub(super) fn due(&self) -> Instant {
        self.due
    }

    /// Takes its turn: one short step.
    pub(super) fn step(&mut self, db: &Connection, disk: &mut Disk) {
        let now = self.base.after(self.start.elapsed());
        let done = match prune::step(db, &self.keep, now) {
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
            self.rest(disk);
        }
    }

    fn rest(&mut self, disk: &mut Disk) {
        if self.pruned > 0 {
            tracing::info!(steps = self.pruned, "what is no longer kept was pruned");
            self.pruned = 0;
        }
        if disk.condition() == Condition::Roomy {
            disk.take_ballast();
        }
    }
}
