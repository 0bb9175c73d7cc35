//! Requests and responses about the walls of rooms.

use serde::{Deserialize, Serialize};

/// A change of a wall. What is left out stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct WallSet {
    /// The room's code or id.
    pub room: String,
    /// What it shows: `messages` or `off`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub view: Option<String>,
    /// How old a message is before it is shown, in seconds, 0 to 300.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay: Option<u64>,
    /// Whether there is a link with which the wall of any room is read; `false` revokes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<bool>,
}

/// The wall of a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WallState {
    /// The room's id.
    pub room: String,
    /// The room's code.
    pub code: String,
    /// What it shows: `messages`, `questions`, `poll` or `off`.
    pub view: String,
    /// How old a message is before it is shown, in seconds.
    pub delay: u64,
    /// Whether everybody can read it at its plain address: the room has no password, newcomers come in, and they read it
    /// from its beginning.
    pub is_open: bool,
    /// The secret of its link. `None` if there is no link.
    pub link: Option<String>,
    /// Its addresses, with the link's secret if there is one: one for each of the hub's, IPv4 first.
    pub links: Vec<String>,
}
