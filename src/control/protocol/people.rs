//! What the host is told of people and of what they say.

use serde::{Deserialize, Serialize};

use super::Said;

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
