//! Questions on the wire. All of these shapes are additional.

use serde::Serialize;

use crate::domain::question::{Dropped, Held, Question};
use crate::domain::text::Key;

#[derive(Debug, Serialize)]
pub(super) struct WireQuestion {
    votes: u32,
    /// Whether the reader has voted. Absent in an event for a room.
    #[serde(skip_serializing_if = "Option::is_none")]
    mine: Option<bool>,
    answered: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireHeld<'a> {
    room_id: String,
    held: HeldAs<'a>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct HeldAs<'a> {
    id: i64,
    content: &'a str,
    sent_at: String,
}

/// What the author of a question that waits is told.
pub(super) fn held(held: &Held) -> WireHeld<'_> {
    let Held { id, room, content, at } = held;
    let as_held = HeldAs { id: id.0, content, sent_at: super::iso(*at) };
    WireHeld { room_id: room.to_string(), held: as_held }
}

/// That the host has dropped a question.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireDropped<'a> {
    room_id: String,
    id: i64,
    /// As its author has sent it. Absent if it came without.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
}

/// What the author of a dropped question is told.
pub(super) fn dropped(Dropped { id, room, key, .. }: &Dropped) -> WireDropped<'_> {
    let key = key.as_ref().map(Key::as_str);
    WireDropped { room_id: room.to_string(), id: id.0, key }
}

/// The votes of a question; `mine` is whether the reader has voted.
pub(super) fn question(question: Question, mine: Option<bool>) -> WireQuestion {
    let Question { votes, is_answered } = question;
    WireQuestion { votes, mine, answered: is_answered }
}
