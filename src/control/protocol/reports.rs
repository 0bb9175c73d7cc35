//! Responses about reports of messages.

use serde::{Deserialize, Serialize};

/// The most reports that one request lists.
pub const REPORTS_MAX: usize = 200;

/// A message that somebody has reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reported {
    /// The report's number.
    pub id: i64,
    /// When it was made, ISO 8601, by the hub's estimate.
    pub at: String,
    /// When the host marked it as done. `None` if it is not done.
    pub done_at: Option<String>,
    /// The id of the chatter who made it.
    pub by: String,
    /// Their nickname.
    pub by_nickname: String,
    /// Their reason, if they gave one.
    pub reason: Option<String>,
    /// The id of the message's room.
    pub room: String,
    /// The room's code.
    pub code: String,
    /// The message's `seq`.
    pub seq: i64,
    /// The id of its author.
    pub chatter: String,
    /// Their nickname.
    pub nickname: String,
    /// Its text; empty if it was taken back.
    pub content: String,
    /// Whether it was taken back.
    pub taken_back: bool,
}
