//! The event file: an event's title and language, its rooms, announcements and prepared polls, in TOML. docs/event.md describes it.
//!
//! [`read`] makes an [`EventFile`] of a text, or says what is wrong in which line; [`plan`] compares it with what is
//! there, and lists the steps that are missing; [`write`] makes the file of what is there. All of it is pure; `control`
//! carries the steps out.

#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod plan;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub use plan::{
    Lock, Plan, Present, PresentAnnouncement, PresentRoom, RoomRef, RoomStep, Step, passwords, plan,
};
pub use read::read;
pub use write::write;

use crate::domain::language::Language;
use crate::domain::mode::Mode;
use crate::domain::poll::Results;
use crate::domain::question::Questions;
use crate::domain::room::History;
use crate::domain::text::{Content, Namespace, Password, PollText, Title};

/// The longest event file, in bytes: in JSON it still fits into a request on the control socket. Over HTTP the limit of
/// bodies is lower.
pub const FILE_MAX: usize = 48 * 1024;

/// The channel of rooms that name none: that of Cola Chat's own page.
pub const PLAZA: &str = "anonymous";

/// A file that was read. `None` stands for a key that is not in it: then what it is about stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EventFile {
    /// The event's title; `Some(None)` goes back to the configuration's.
    pub title: Option<Option<Title>>,
    /// The event's language; `Some(None)` goes back to the configuration's.
    pub language: Option<Option<Language>>,
    /// The rooms, in the order in which the lobby is to show them.
    pub rooms: Vec<FileRoom>,
    /// The announcements.
    pub announcements: Vec<FileAnnouncement>,
    /// The polls that are to be prepared, in the order in which the host will ask them.
    pub polls: Vec<FilePoll>,
}

/// A room of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRoom {
    /// The line at which it begins.
    pub line: usize,
    /// The line of its password.
    pub password_line: usize,
    /// Its channel.
    pub namespace: Namespace,
    /// Its title.
    pub title: Title,
    /// Its former title: the room that still has it is renamed.
    pub was: Option<Title>,
    /// How many people it holds; 0 is no limit.
    pub capacity: Option<u32>,
    /// What becomes of its password.
    pub password: FilePassword,
    /// Where people who join begin to read.
    pub history: Option<History>,
    /// Who may write in it. A mode of the file has no end.
    pub mode: Option<Mode>,
    /// How it takes questions.
    pub questions: Option<Questions>,
    /// Its place in the lobby.
    pub place: Place,
}

/// What becomes of a room's password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FilePassword {
    /// It stays as it is; a new room has none.
    Untouched,
    /// The room has one, which stays.
    Kept,
    /// It becomes this one.
    Set(Password),
    /// The room has none from then on.
    Removed,
}

/// A room's place in the lobby.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Where the order of the file puts it.
    InOrder,
    /// This one; 0 is none, behind the rooms that have one.
    At(u32),
}

/// An announcement of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileAnnouncement {
    /// The line at which it begins.
    pub line: usize,
    /// Its text.
    pub text: Content,
    /// The channel and title of its room. `None` for all rooms.
    pub room: Option<(Namespace, Title)>,
    /// For how many minutes it is shown, counted from when it is made. `None` until it is taken down.
    pub minutes: Option<u64>,
}

/// A poll of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePoll {
    /// The line at which it begins.
    pub line: usize,
    /// Its question. With its room it says which poll it is.
    pub question: PollText,
    /// The channel and title of its room. `None` for all rooms.
    pub room: Option<(Namespace, Title)>,
    /// Its answers.
    pub options: Vec<PollText>,
    /// Whether people may choose several.
    pub is_multiple: Option<bool>,
    /// When people see the votes.
    pub results: Option<Results>,
    /// After how many minutes it closes by itself, once it is asked; 0 if the host closes it.
    pub minutes: Option<u64>,
}
