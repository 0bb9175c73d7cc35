//! A slip in an event file: what is wrong, and in which line.

use std::ops::RangeInclusive;

use super::text::TextError;

/// A slip. [`words::slip`] puts it into a sentence.
///
/// [`words::slip`]: super::words::slip
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slip {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong there.
    pub what: SlipKind,
}

/// What is wrong in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SlipKind {
    /// The file stops being TOML there. The parser's message, in English.
    NotToml(String),
    /// A key that does not exist.
    UnknownKey {
        /// The key as it is written, shortened.
        key: String,
        /// The table that it stands in: `rooms`, `announcements`, `polls`, or empty for none.
        table: &'static str,
        /// The key that was probably meant.
        meant: Option<&'static str>,
    },
    /// A table lacks a key that it needs.
    Missing {
        /// The table: `rooms`, `announcements` or `polls`.
        table: &'static str,
        /// The key.
        key: &'static str,
    },
    /// A value of another kind or range than the key takes.
    Wrong {
        /// The key.
        key: &'static str,
        /// The value, or words for it.
        found: String,
        /// The values that the key takes.
        allowed: Allowed,
    },
    /// A text that breaks the rules for its field.
    Text(TextError),
    /// A room is in the file twice.
    RoomTwice {
        /// Its title.
        title: String,
        /// The line of the first.
        first: usize,
    },
    /// Two rooms have the same former title.
    WasTwice {
        /// The former title.
        title: String,
        /// The line of the first.
        first: usize,
    },
    /// An announcement is in the file twice.
    AnnouncementTwice {
        /// The line of the first.
        first: usize,
    },
    /// A poll is in the file twice: the same question in the same room.
    PollTwice {
        /// The line of the first.
        first: usize,
    },
    /// Two options of a poll are the same.
    OptionTwice {
        /// The option.
        option: String,
    },
    /// A key that belongs to one mode only.
    OnlyInMode {
        /// The key: `every` or `here_for`.
        key: &'static str,
        /// The mode.
        mode: &'static str,
    },
    /// A room is to keep its password, but has none.
    NoPassword {
        /// The room's title.
        title: String,
    },
    /// An announcement or a poll for a room that neither the file nor the hub has.
    NoRoom {
        /// The room's title.
        title: String,
    },
    /// With this announcement there would be more than there may be at a time.
    TooManyAnnouncements {
        /// The most.
        most: usize,
    },
    /// With this poll more would be prepared than may be.
    TooManyPrepared {
        /// The most.
        most: usize,
    },
}

/// The values that a key of an event file takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Allowed {
    /// A text.
    Text,
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// `true` or `false`.
    Flag,
    /// The options of a poll.
    Options,
    /// A whole number.
    Number(RangeInclusive<u64>),
    /// A text, or `true` or `false`.
    Password,
    /// `false`, or a place from 1 on.
    Place(u64),
    /// Tables of this name, each under its own header.
    Tables(&'static str),
}
