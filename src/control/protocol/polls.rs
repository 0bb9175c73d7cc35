//! Polls.

use serde::{Deserialize, Serialize};

/// A poll to be made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPoll {
    /// The question.
    pub question: String,
    /// Two to eight options.
    pub options: Vec<String>,
    /// Whether people may choose several.
    #[serde(default)]
    pub multiple: bool,
    /// When people see the votes: `at_once`, which holds unless said, `after_voting` or `at_end`.
    #[serde(default)]
    pub results: Option<String>,
    /// The living room that it is for: its code or id. `None` for all rooms.
    #[serde(default)]
    pub room: Option<String>,
    /// After how many minutes it closes by itself, at most a week. `None` if the host closes it.
    #[serde(default)]
    pub minutes: Option<u64>,
}

/// A poll that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadePoll {
    /// Its id.
    pub id: String,
}

/// A poll, as the host sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PollLine {
    /// Its id.
    pub id: String,
    /// The id of the room that it is for. `None` for all rooms.
    pub room: Option<String>,
    /// Its question.
    pub question: String,
    /// Its options with their votes.
    pub options: Vec<PollOption>,
    /// How many people have voted.
    pub voters: u32,
    /// Whether several options can be chosen.
    pub multiple: bool,
    /// When people see the votes: `at_once`, `after_voting` or `at_end`.
    pub results: String,
    /// When it was made, ISO 8601.
    pub at: String,
    /// When it closes by itself, ISO 8601, as estimated. `None` if it does not.
    pub until: Option<String>,
    /// When it was closed, ISO 8601. `None` while it is open.
    pub closed_at: Option<String>,
}

/// An option of a poll.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PollOption {
    /// Its text.
    pub text: String,
    /// How many people have chosen it.
    pub votes: u32,
}

/// A poll that is prepared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreparedLine {
    /// Its id, which the poll has, too, once it is asked.
    pub id: String,
    /// The id of the room that it is for. `None` for all rooms.
    pub room: Option<String>,
    /// Its question.
    pub question: String,
    /// Its options.
    pub options: Vec<String>,
    /// Whether several options can be chosen.
    pub multiple: bool,
    /// When people see the votes: `at_once`, `after_voting` or `at_end`.
    pub results: String,
    /// After how many minutes it closes by itself, once it is asked. `None` if the host closes it.
    pub minutes: Option<u64>,
}
