//! Calls of the host about questions.

use super::Responder;
use crate::domain::ids::{RoomId, Seq};

/// A call of the host about questions.
#[derive(Debug)]
pub enum QuestionCall {
    /// Marks a question as answered, or not. [`Refusal::NoMessage`] or [`Refusal::NoQuestion`].
    ///
    /// [`Refusal::NoMessage`]: crate::domain::refusal::Refusal::NoMessage
    /// [`Refusal::NoQuestion`]: crate::domain::refusal::Refusal::NoQuestion
    Answered {
        /// The room.
        room: RoomId,
        /// The question's sequence number.
        seq: Seq,
        /// Whether it is answered.
        is_answered: bool,
        /// Takes the answer.
        tell: Responder<()>,
    },
}
