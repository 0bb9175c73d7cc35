//! The types of polls.

use super::Responder;
use crate::domain::ids::{IdentityId, PollId, RoomId};
use crate::domain::poll::{Choices, Poll, PollForm, PreparedPoll};
use crate::domain::time::WallTime;

/// A poll, as it is now and as its reader may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollView {
    /// The poll.
    pub poll: Poll,
    /// When it closes by itself, in wall time as estimated now. `None` if it does not.
    pub until: Option<WallTime>,
    /// What the reader has chosen. `None` if it is told to many.
    pub mine: Option<Choices>,
    /// Whether the reader may see the number of votes for each answer.
    pub shows_votes: bool,
}

/// A call about polls.
#[derive(Debug)]
pub enum PollCall {
    /// Makes a poll, for the host. [`HostRefusal::TooManyPolls`] if as many are open as may be.
    ///
    /// [`HostRefusal::TooManyPolls`]: crate::domain::refusal::HostRefusal::TooManyPolls
    Make {
        /// The living room that it is for. `None` for all rooms.
        room: Option<RoomId>,
        /// Its question and answers.
        form: PollForm,
        /// After how many minutes it closes by itself. `None` if the host closes it.
        minutes: Option<u64>,
        /// Takes the answer.
        tell: Responder<PollId>,
    },
    /// Closes a poll, for the host.
    Close(PollId, Responder<()>),
    /// A call about prepared polls.
    Prepared(PrepareCall),
    /// Lists all polls with their votes, the oldest first, for the host.
    All(Responder<Vec<PollView>>),
    /// Lists the newest polls that concern a living room, the oldest first, as somebody sees them.
    In {
        /// The room.
        room: RoomId,
        /// Who.
        identity: IdentityId,
        /// The most polls to return.
        most: usize,
        /// Takes the answer.
        tell: Responder<Vec<PollView>>,
    },
}

/// A call of the host about prepared polls.
#[derive(Debug)]
pub enum PrepareCall {
    /// Prepares a poll. [`HostRefusal::TooManyPrepared`] if as many are prepared as may be.
    ///
    /// [`HostRefusal::TooManyPrepared`]: crate::domain::refusal::HostRefusal::TooManyPrepared
    New {
        /// Its place in the list.
        place: u32,
        /// The living room that it is for. `None` for all rooms.
        room: Option<RoomId>,
        /// Its question and answers.
        form: PollForm,
        /// After how many minutes it closes by itself, once it is asked. `None` if the host closes it.
        minutes: Option<u64>,
        /// Takes the answer.
        tell: Responder<()>,
    },
    /// Changes one that is prepared. [`Refusal::NoSuchPoll`] if it is not any more, as for the following.
    ///
    /// [`Refusal::NoSuchPoll`]: crate::domain::refusal::Refusal::NoSuchPoll
    Change(Box<PreparedPoll>, Responder<()>),
    /// Asks one: it becomes a poll with the same id.
    Ask(PollId, Responder<PollId>),
    /// Drops one.
    Drop(PollId, Responder<()>),
    /// Lists them in their order.
    All(Responder<Vec<PreparedPoll>>),
}
