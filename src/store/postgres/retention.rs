//! Prunes the shared database, in small steps, on whichever hub gets the lock for it.
//!
//! Nothing is pruned that a living hub has not read yet.

use tokio_postgres::Error;

use super::session::Session;
use crate::domain::time::HubTime;
use crate::store::Retention;

/// The most rows of one step.
const STEP: i64 = 200;

/// How long events and commits are kept, in ms. A hub that comes back after a short absence needs them.
const LOG_KEPT: i64 = 10 * 60 * 1_000;

/// Prunes old messages, rooms, events and commits.
#[derive(Debug)]
pub(super) struct Pruning {
    keep: Retention,
}

impl Pruning {
    /// Prunes by this rule.
    pub(super) fn new(keep: Retention) -> Self {
        Self { keep }
    }

    /// Does one step.
    ///
    /// # Errors
    /// The connection is lost.
    pub(super) async fn step(&self, session: &Session, now: HubTime) -> Result<(), Error> {
        let now = super::rows::sql(now);
        let age = self.keep.age.map(|age| i64::try_from(age.as_millis()).unwrap_or(i64::MAX));
        let per_room = i64::try_from(self.keep.per_room).unwrap_or(i64::MAX);
        let old = age.map(|age| now.saturating_sub(age));
        session
            .client
            .query("SELECT prune($1, $2, $3, $4)", &[&(now - LOG_KEPT), &old, &per_room, &STEP])
            .await?;
        Ok(())
    }
}
