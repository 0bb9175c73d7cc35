//! Calls of the host about questions.

use super::Responder;
use crate::domain::ids::{HeldId, RoomId, Seq};
use crate::domain::message::Message;

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
    /// Makes a message of a question that waits. [`HeldRefusal::NotThere`] or [`Refusal::Expired`].
    ///
    /// [`HeldRefusal::NotThere`]: crate::domain::refusal::HeldRefusal::NotThere
    /// [`Refusal::Expired`]: crate::domain::refusal::Refusal::Expired
    LetThrough(HeldId, Responder<Message>),
    /// Drops a question that waits. [`HeldRefusal::NotThere`].
    ///
    /// [`HeldRefusal::NotThere`]: crate::domain::refusal::HeldRefusal::NotThere
    Drop(HeldId, Responder<()>),
}
