//! Writes about questions.

use crate::domain::ids::{ChatterId, RoomId, Seq};
use crate::store::write::Moment;

/// A chatter votes for a question, or takes their vote back: [`Written::Reacted`]. Repeating it changes nothing.
///
/// [`Written::Reacted`]: crate::store::Written::Reacted
#[derive(Debug)]
pub struct Vote {
    /// The room.
    pub room: RoomId,
    /// Who.
    pub chatter: ChatterId,
    /// The question. [`Refusal::NoMessage`] unless there is such a message and the chatter may read it,
    /// [`Refusal::NoQuestion`] if it is none, [`Refusal::OwnQuestion`] if it is their own.
    ///
    /// [`Refusal::NoMessage`]: crate::domain::refusal::Refusal::NoMessage
    /// [`Refusal::NoQuestion`]: crate::domain::refusal::Refusal::NoQuestion
    /// [`Refusal::OwnQuestion`]: crate::domain::refusal::Refusal::OwnQuestion
    pub seq: Seq,
    /// True to vote, false to take the vote back.
    pub is_on: bool,
    /// When.
    pub at: Moment,
}
