//! Reports: messages that people have reported to the host.

use super::chatter::Chatter;
use super::code::Code;
use super::ids::{ReportId, RoomId, Seq};
use super::time::WallTime;

/// How many reports are kept; older ones are deleted.
pub const REPORTS_KEPT: i64 = 10_000;

/// A reported message, in its current state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageReport {
    /// The report's number.
    pub id: ReportId,
    /// When it was reported.
    pub at: WallTime,
    /// When the host marked the report as done.
    pub done_at: Option<WallTime>,
    /// The person who reported the message.
    pub by: Chatter,
    /// Their reason.
    pub reason: Option<String>,
    /// The room of the message.
    pub room: RoomId,
    /// The room's code.
    pub code: Code,
    /// The message's sequence number in the room.
    pub seq: Seq,
    /// The message's author.
    pub author: Chatter,
    /// The message's text; empty if it was taken back.
    pub content: String,
    /// Whether the message was taken back.
    pub is_taken_back: bool,
}
