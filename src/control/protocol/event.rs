//! The answers about event files.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Request;

/// An event file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventFileText {
    /// Its text, TOML.
    pub file: String,
}

/// What an event file has changed, or would change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventApplied {
    /// The steps in order; empty if all was like that already.
    pub steps: Vec<EventStep>,
    /// The rooms of the host that are not in the file.
    pub left_rooms: Vec<RoomLeftAlone>,
    /// How many announcements that are shown are not in the file.
    pub left_announcements: usize,
    /// How many polls that are prepared are not in the file.
    #[serde(default)]
    pub left_polls: usize,
}

/// A step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventStep {
    /// What it changes.
    #[serde(flatten)]
    pub change: EventChange,
    /// Why it failed: a sentence. Absent if it was done, or was not tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// What a step changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum EventChange {
    /// The event's title.
    Title {
        /// The title; `None` for the configuration's.
        to: Option<String>,
    },
    /// The event's language.
    Language {
        /// Its code; `None` for the configuration's.
        to: Option<String>,
    },
    /// A room is made.
    RoomCreate {
        /// Its channel.
        channel: String,
        /// Its title.
        title: String,
    },
    /// A room is changed.
    RoomEdit {
        /// Its channel.
        channel: String,
        /// Its title before.
        title: String,
        /// Its title from then on, if that changes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        renamed: Option<String>,
        /// What changes: `title`, `capacity`, `password`, `history`, `position`, `questions`.
        changed: Vec<String>,
    },
    /// The mode of a room is set.
    RoomMode {
        /// Its channel.
        channel: String,
        /// Its title.
        title: String,
        /// The mode.
        mode: String,
        /// In slow mode, how many seconds a person waits between two messages.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        every: Option<u64>,
        /// In `members`, how many minutes people must have been here to come in and write.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        here_for: Option<u64>,
    },
    /// Something is announced.
    Announce {
        /// The text.
        text: String,
        /// The title of its room. `None` for all rooms.
        room: Option<String>,
    },
    /// A poll is prepared.
    PollPrepare {
        /// Its question.
        question: String,
        /// The title of its room. `None` for all rooms.
        room: Option<String>,
    },
    /// A prepared poll is changed.
    PollEdit {
        /// Its question.
        question: String,
        /// The title of its room. `None` for all rooms.
        room: Option<String>,
        /// What changes: `options`, `multiple`, `results`, `minutes`, `position`.
        changed: Vec<String>,
    },
}

/// A room that is left alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomLeftAlone {
    /// Its code.
    pub code: String,
    /// Its channel.
    pub channel: String,
    /// Its title.
    pub title: String,
}

/// How long the hub may take for an answer.
const ANSWER: Duration = Duration::from_secs(5);

/// The same for an event file: a small board needs a second or two for each password in it.
const EVENT_FILE: Duration = Duration::from_secs(120);

impl Request {
    /// How long the hub may take for the answer.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        if matches!(self, Self::EventApply { .. }) { EVENT_FILE } else { ANSWER }
    }
}
