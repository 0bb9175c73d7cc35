//! The rows of questions that no longer wait.

use tokio_postgres::Row;
use tokio_postgres::types::Type;

use super::results::{Outcome, refusal};
use super::rows::{self, RowError};
use crate::domain::ids::HeldId;
use crate::domain::question::Dropped;
use crate::domain::refusal::Refusal;
use crate::domain::text::Key;
use crate::store::write::Written;

/// What became of the request to drop a question: outcome, room, author, key.
pub(super) fn dropped(id: HeldId, row: &Row) -> Outcome {
    let outcome: &str = row.try_get(0)?;
    if outcome != "done" {
        return Ok(Err(refusal(outcome)));
    }
    Ok(Ok(Written::QuestionsDropped(vec![one(id, row)?])))
}

fn one(id: HeldId, row: &Row) -> Result<Dropped, RowError> {
    let (room, author, key) = (rows::room_id(row, 1)?, rows::identity(row, 2)?, key(row, 3)?);
    Ok(Dropped { id, room, author, key })
}

/// What became of an action of the host that drops what waits: the questions, each with room, author and key, and then the
/// outcome, which a ban does not have.
pub(super) fn all_dropped(rows: &[Vec<Row>]) -> Outcome {
    let [dropped, done] = rows else { return Ok(Err(Refusal::Unavailable)) };
    let outcome = match done.first() {
        Some(row) if row.columns().first().is_some_and(|column| *column.type_() == Type::VOID) => {
            "done"
        }
        Some(row) => row.try_get(0)?,
        None => return Ok(Err(Refusal::Unavailable)),
    };
    if outcome != "done" {
        return Ok(Err(refusal(outcome)));
    }
    let all = dropped.iter().map(|row| one(HeldId(row.try_get(0)?), row));
    Ok(Ok(Written::dropping(all.collect::<Result<_, _>>()?)))
}

/// A question that no longer waits, and the message that it has become.
pub(super) fn let_through(outcome: &str, made: Option<&Vec<Row>>) -> Outcome {
    Ok(match (outcome, made.and_then(|rows| rows.first())) {
        ("said", Some(row)) => Ok(Written::Said { message: rows::message(row)?, repeated: false }),
        (outcome, _) => Err(refusal(outcome)),
    })
}

/// The key that a question was sent with.
pub(super) fn key(row: &Row, at: usize) -> Result<Option<Key>, RowError> {
    let key: Option<&str> = row.try_get(at)?;
    Ok(key.and_then(|key| Key::parse(key).ok()))
}
