//! The responses about questions.

use serde::{Deserialize, Serialize};

/// The most questions that one request lists.
pub const QUESTIONS_MAX: usize = 200;

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    /// Its `seq`.
    pub seq: i64,
    /// Its `id`.
    pub id: i64,
    /// When, ISO 8601, by the hub's estimate.
    pub at: String,
    /// The id of its author.
    pub chatter: String,
    /// Their nickname.
    pub nickname: String,
    /// Its text.
    pub content: String,
    /// How many people have voted for it.
    pub votes: u32,
    /// Whether it is marked as answered.
    pub is_answered: bool,
}

/// A question that waits for the host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Waiting {
    /// Its number.
    pub id: i64,
    /// When it was asked, ISO 8601, by the hub's estimate.
    pub at: String,
    /// The id of its room.
    pub room: String,
    /// The room's code.
    pub code: String,
    /// The id of its author.
    pub chatter: String,
    /// Their nickname of then.
    pub nickname: String,
    /// Its text.
    pub content: String,
}

/// The order in which questions are listed, unless one is given.
pub(super) fn by_votes() -> String {
    "votes".to_owned()
}
