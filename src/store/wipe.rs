//! What a wipe removes: everything that people have said, and who they were.

use serde::{Deserialize, Serialize};

/// An export, as it is remembered until the next wipe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotedExport {
    /// The zip's SHA-256, in hexadecimal digits.
    pub sha256: String,
    /// When it was made, in ms since 1970, by the clock of the machine that made it.
    pub at: i64,
    /// How many messages are in it.
    pub messages: u64,
    /// The newest message when it was begun; 0 for none.
    pub newest: i64,
}

/// How much there is of what people have said, and of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Content {
    /// Messages, also those that were taken back, without notices of the hub.
    pub messages: u64,
    /// Browsers.
    pub people: u64,
    /// Rooms, living and ended.
    pub rooms: u64,
    /// The rooms among them that a wipe may keep: living ones that hosts have made.
    pub host_rooms: u64,
}

/// What a wipe has removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WipeReceipt {
    /// The number by which the wipe was ordered.
    pub id: String,
    /// When, in ms since 1970, by the hub's estimate.
    pub at: i64,
    /// What there was. `None` if the database could not be read.
    pub content: Option<Content>,
    /// How many rooms are kept, without what was said in them.
    pub rooms_kept: u64,
    /// How many copies of the database were overwritten.
    pub copies: u64,
    /// How many other files were, which had been set aside.
    pub set_aside: u64,
    /// How many bytes were overwritten; 0 for a shared database, whose server has its files.
    pub bytes: u64,
    /// The last export before it.
    pub export: Option<NotedExport>,
    /// How many messages are in no export: were said after the last one.
    pub said_since: Option<u64>,
    /// The files that were not overwritten.
    pub left: Vec<LeftFile>,
}

/// A file that a wipe does not overwrite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftFile {
    /// Its name in the data folder.
    pub name: String,
    /// The reason, as the end of a sentence.
    pub why: String,
}

/// What a wipe would remove.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WipeSurvey {
    /// What there is. `Err` with the reason if the database cannot be read.
    pub content: Result<Content, String>,
    /// The last export, and how many messages were said after it.
    pub export: Option<(NotedExport, u64)>,
    /// The names of the copies of the database, which are overwritten, too.
    pub copies: Vec<String>,
    /// The names of the files that were set aside, which are overwritten, too.
    pub set_aside: Vec<String>,
    /// The files beside the copies that stay.
    pub left: Vec<LeftFile>,
}
