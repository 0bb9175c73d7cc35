//! Messages: what people said in a room, and the hub's notices.

use unicode_segmentation::UnicodeSegmentation;

use super::chatter::Chatter;
use super::ids::{ChatterId, MessageId, RoomId, Seq};
use super::question::Question;
use super::reactions::{Chosen, Reactions};
use super::text::Nickname;
use super::time::WallTime;

/// A committed message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its number in the hub.
    pub id: MessageId,
    /// Its sequence number in the room.
    pub seq: Seq,
    /// The room.
    pub room: RoomId,
    /// Whether it is a person's message or a notice.
    pub kind: Kind,
    /// The text as it was written, or a notice's sentence in the hub's language. Empty if it was taken back.
    pub content: String,
    /// When it was sent, for display only.
    pub sent_at: WallTime,
    /// Its author, or the person that a notice is about, with the name that they have when the message is read.
    pub chatter: Chatter,
    /// Whether its author or the host took it back.
    pub is_taken_back: bool,
    /// The message that it answers.
    pub quote: Option<Box<Quote>>,
    /// The people that it mentions with `@`. The hub has checked that they exist.
    pub mentions: Vec<ChatterId>,
    /// How many people have chosen each reaction to it.
    pub reactions: Reactions,
    /// The reactions and the vote of the person for whom it is read. Empty if it is read for nobody in particular.
    pub mine: Chosen,
    /// Its votes, if it was asked as a question. One that is taken back is none any more.
    pub question: Option<Question>,
}

/// The message that another one answers, in its state when the answer is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// Its sequence number in the room.
    pub seq: Seq,
    /// Its author. `None` if the message is no longer kept.
    pub chatter: Option<Chatter>,
    /// Its beginning, at most [`EXCERPT_MAX`] characters. Empty if it was taken back or is no longer kept.
    pub excerpt: String,
    /// Whether it was taken back.
    pub is_taken_back: bool,
}

/// The most characters of a quote's excerpt.
pub const EXCERPT_MAX: usize = 100;

/// The most people that one message mentions.
pub const MENTIONS_MAX: usize = 10;

/// The most bytes of an excerpt, since a character may have many.
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
    /// A message of a person (`MESSAGE`).
    Said,
    /// A notice (`ALERT`).
    Alert(Alert),
}

/// The kinds of notices. All but [`Alert::Note`] are made by the hub itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Alert {
    /// This number of people joined at about the same time.
    Joined(u32),
    /// This number of people left at about the same time.
    Left(u32),
    /// The chatter has changed their name.
    Renamed {
        /// The name before.
        was: Nickname,
        /// The name from now on.
        now: Nickname,
    },
    /// A client's own text (`sendAlert`). Never shown as if it were the hub's.
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
