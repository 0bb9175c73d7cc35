//! The rows of questions that were dropped.

use tokio_postgres::Row;

use super::results::{Outcome, refusal};
use super::rows::{self, RowError};
use crate::domain::ids::HeldId;
use crate::domain::question::Dropped;
use crate::domain::text::Key;
use crate::store::write::Written;

/// What became of the request to drop a question: outcome, room, author, key.
pub(super) fn dropped(id: HeldId, row: &Row) -> Outcome {
    let outcome: &str = row.try_get(0)?;
    if outcome != "done" {
        return Ok(Err(refusal(outcome)));
    }
    let (room, author, key) = (rows::room_id(row, 1)?, rows::identity(row, 2)?, key(row, 3)?);
    Ok(Ok(Written::QuestionDropped(Dropped { id, room, author, key })))
}

/// The key that a question was sent with.
pub(super) fn key(row: &Row, at: usize) -> Result<Option<Key>, RowError> {
    let key: Option<&str> = row.try_get(at)?;
    Ok(key.and_then(|key| Key::parse(key).ok()))
}
