//! A message: what was said in a room, by people or by the hub.

use super::chatter::Chatter;
use super::ids::{MessageId, RoomId, Seq};
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
    /// Whether the host took it back: then `content` is empty.
    pub is_taken_back: bool,
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
}
