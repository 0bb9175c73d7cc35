//! Questions on the wire. All of these shapes are additional.

use serde::Serialize;

use crate::domain::question::Question;

#[derive(Debug, Serialize)]
pub(super) struct WireQuestion {
    votes: u32,
    /// Whether the reader has voted. Absent in an event for a room.
    #[serde(skip_serializing_if = "Option::is_none")]
    mine: Option<bool>,
    answered: bool,
}

/// The votes of a question; `mine` is whether the reader has voted.
pub(super) fn question(question: Question, mine: Option<bool>) -> WireQuestion {
    let Question { votes, is_answered } = question;
    WireQuestion { votes, mine, answered: is_answered }
}
