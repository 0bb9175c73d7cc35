//! A message: what was said in a room, by people or by the hub.

use unicode_segmentation::UnicodeSegmentation;

use super::chatter::Chatter;
use super::ids::{ChatterId, MessageId, RoomId, Seq};
use super::reactions::{Chosen, Reactions};
use super::text::Nickname;
use super::time::WallTime;

/// A committed message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its place in the hub.
    pub id: MessageId,
    /// Its place in the room.
    pub seq: Seq,
    /// The room.
    pub room: RoomId,
    /// Whether a person said it or the hub told it.
    pub kind: Kind,
    /// The text, as written; for the hub's notices, a sentence in the hub's language.
    pub content: String,
    /// When it was said, for people's eyes.
    pub sent_at: WallTime,
    /// Whom it is by or about, as they are when the message is read.
    pub chatter: Chatter,
    /// Whether its author or the host took it back: then `content` is empty.
    pub is_taken_back: bool,
    /// The message that it answers.
    pub quote: Option<Box<Quote>>,
    /// The people whom it names with `@`, as the hub has checked.
    pub mentions: Vec<ChatterId>,
    /// How many people have reacted to it, and how.
    pub reactions: Reactions,
    /// How the reader has. Nothing where it is not read for somebody.
    pub mine: Chosen,
}

/// The message that another answers, as it is when the answer is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// Its place in the room.
    pub seq: Seq,
    /// Whom it is by. `None` if the message is no longer kept.
    pub chatter: Option<Chatter>,
    /// Its beginning. Empty if it was taken back or is no longer kept.
    pub excerpt: String,
    /// Whether it was taken back.
    pub is_taken_back: bool,
}

/// Most characters of a quote's excerpt.
pub const EXCERPT_MAX: usize = 100;

/// Most people whom one message names.
pub const MENTIONS_MAX: usize = 10;

/// Most bytes of it: a character may have many.
const EXCERPT_BYTES: usize = 2_500;

/// The beginning of a message on one line, at most [`EXCERPT_MAX`] characters with the `…` where it is cut.
#[must_use]
pub fn excerpt(content: &str) -> String {
    let line = content.split_whitespace().collect::<Vec<_>>().join(" ");
    let characters: Vec<&str> = line.graphemes(true).take(EXCERPT_MAX + 1).collect();
    let mut bytes = 0;
    let fitting = characters.iter().take_while(|character| {
        bytes += character.len();
        bytes <= EXCERPT_BYTES
    });
    let fitting = fitting.count();
    if fitting <= EXCERPT_MAX && fitting == characters.len() {
        return line;
    }
    let kept = fitting.min(EXCERPT_MAX - 1);
    format!("{}…", characters.into_iter().take(kept).collect::<String>())
}

/// The kind of a message, `MESSAGE` or `ALERT` on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Somebody said it (`MESSAGE`).
    Said,
    /// A notice (`ALERT`).
    Alert(Alert),
}

/// What a notice tells. Everything but a note comes from the hub itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Alert {
    /// This number of people joined at about the same time.
    Joined(u32),
    /// This number of people left at about the same time.
    Left(u32),
    /// The chatter goes by another name.
    Renamed {
        /// The name before.
        was: Nickname,
        /// The name from now on.
        now: Nickname,
    },
    /// A client's own words (`sendAlert`): never shown as if the hub had said it.
    Note,
    /// An announcement of the host, in its words.
    Announcement,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_one_line_and_says_where_it_is_cut() {
        assert_eq!(excerpt("one\n  two "), "one two");
        assert_eq!(excerpt(&"가".repeat(EXCERPT_MAX)), "가".repeat(EXCERPT_MAX));
        let cut = excerpt(&"👩‍👩‍👧".repeat(EXCERPT_MAX + 1));
        assert_eq!(cut, format!("{}…", "👩‍👩‍👧".repeat(EXCERPT_MAX - 1)));
        assert_eq!(excerpt(""), "");
        let towers = format!("e{}", "\u{301}".repeat(31)).repeat(90);
        assert!(excerpt(&towers).len() <= EXCERPT_BYTES + "…".len());
    }
}
