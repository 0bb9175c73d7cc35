//! What the host is told of people and of what they say.

use serde::{Deserialize, Serialize};

use super::Said;

/// Most people in a list who have left.
pub const RECENT_MAX: usize = 500;

/// How many minutes back somebody's messages are taken back unless it is said.
pub const MINUTES: u64 = 10;

/// Another name for a chatter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChatterRename {
    /// The chatter's id.
    pub chatter: String,
    /// The name.
    pub nickname: String,
    /// Whether they may change it themselves.
    #[serde(default)]
    pub may_change: bool,
}

/// What a chatter's browser has said is taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatterTakeBack {
    /// The chatter's id.
    pub chatter: String,
    /// What was said in the last minutes; [`MINUTES`] where neither this nor `last` is given.
    #[serde(default)]
    pub minutes: Option<u64>,
    /// The last messages, at most [`MESSAGES_MAX`](super::MESSAGES_MAX).
    #[serde(default)]
    pub last: Option<usize>,
}

/// A person who is present, or was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// The chatter's id.
    pub id: String,
    /// Their nickname.
    pub nickname: String,
    /// The code of the room they are in, or were.
    pub room: String,
    /// How many connections they hold; 0 during the grace after the last one went.
    pub sockets: usize,
    /// Whether they are in the room.
    #[serde(default)]
    pub is_present: bool,
    /// When they left it, or it ended, ISO 8601, by the hub's estimate. `None` if they are present.
    #[serde(default)]
    pub left_at: Option<String>,
    /// Whether the host has muted them.
    #[serde(default)]
    pub is_muted: bool,
}

/// A mute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Muted {
    /// The id of the chatter as whom they were muted.
    pub id: String,
    /// Their nickname at that time.
    pub nickname: String,
    /// Until when, ISO 8601, by the hub's estimate. `None` until it is lifted.
    pub until: Option<String>,
}

/// A message of any living room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Streamed {
    /// The id of its room.
    pub room: String,
    /// The room's code.
    pub code: String,
    /// The room's title.
    pub title: String,
    /// The message.
    #[serde(flatten)]
    pub said: Said,
}
