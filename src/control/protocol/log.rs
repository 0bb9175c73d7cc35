//! Responses about what hosts have done.

use serde::{Deserialize, Serialize};

/// An action of the host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deed {
    /// When, ISO 8601, by the hub's estimate.
    pub at: String,
    /// The action, as on the command line: `room close`.
    pub deed: String,
    /// Its object, as it was called then.
    pub what: String,
    /// The holder of the key that was used. `None` if it was done on the hub's own machine.
    #[serde(default)]
    pub by: Option<String>,
    /// What it was about, for a request that does the opposite: the id of a chatter, an announcement or a poll, or the code
    /// of a room. `None` if it was about none of these.
    #[serde(default)]
    pub subject: Option<String>,
    /// The mode that was set, if the action was to set one. `what` says the same in English.
    #[serde(default)]
    pub mode: Option<ModeLine>,
    /// The mode before, if it was one in all rooms that the action was about. `None` also for an entry of an older hub.
    #[serde(default)]
    pub was: Option<ModeLine>,
}

/// A mode of a room, with the fields of a request that sets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ModeLine {
    /// `open`, `slow`, `members` or `read_only`.
    pub mode: String,
    /// In slow mode, how many seconds a person waits between two messages.
    #[serde(default)]
    pub every: Option<u64>,
    /// In `members`, how many minutes people must have been here, if not nobody new comes in.
    #[serde(default)]
    pub here_for: Option<u64>,
    /// For how many minutes it was set, or lasted still, rounded up. `None` if it does not end by itself.
    #[serde(default)]
    pub minutes: Option<u64>,
}
