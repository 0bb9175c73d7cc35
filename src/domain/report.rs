//! Reports: messages that people have told the host of.

use super::chatter::Chatter;
use super::code::Code;
use super::ids::{ReportId, RoomId, Seq};
use super::time::WallTime;

/// How many reports are kept in all: the newest.
pub const REPORTS_KEPT: i64 = 10_000;

/// A message that somebody has told the host of, as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageReport {
    /// Its id.
    pub id: ReportId,
    /// When it was made.
    pub at: WallTime,
    /// When the host was done with it.
    pub done_at: Option<WallTime>,
    /// The person who has reported the message.
    pub by: Chatter,
    /// Their reason.
    pub reason: Option<String>,
    /// The room of the message.
    pub room: RoomId,
    /// The room's code.
    pub code: Code,
    /// The message's place in the room.
    pub seq: Seq,
    /// The message's author.
    pub author: Chatter,
    /// The message's text; empty if it was taken back.
    pub content: String,
    /// Whether the message was taken back.
    pub is_taken_back: bool,
}
