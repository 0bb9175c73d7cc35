//! Writes about polls.

use crate::domain::ids::{IdentityId, PollId};
use crate::domain::poll::{Choices, Poll, PreparedPoll};
use crate::domain::text::{Content, Nickname};
use crate::store::write::Moment;

/// The host makes a poll: [`Written::PollMade`]. [`HostRefusal::TooManyPolls`] beyond [`POLLS_MAX`].
///
/// [`Written::PollMade`]: crate::store::Written::PollMade
/// [`HostRefusal::TooManyPolls`]: crate::domain::refusal::HostRefusal::TooManyPolls
/// [`POLLS_MAX`]: crate::domain::poll::POLLS_MAX
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MakePoll {
    /// The poll, without votes.
    pub poll: Poll,
    /// The host's name.
    pub host: Nickname,
    /// The notice of it, for the rooms that it concerns.
    pub notice: Content,
    /// Whether it was prepared: then it is prepared no more, and [`Refusal::NoSuchPoll`] tells that it was not any more.
    ///
    /// [`Refusal::NoSuchPoll`]: crate::domain::refusal::Refusal::NoSuchPoll
    pub is_prepared: bool,
}

/// The host prepares a poll: [`Written::Done`].
///
/// [`Written::Done`]: crate::store::Written::Done
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prepare {
    /// Prepares it. [`HostRefusal::TooManyPrepared`] beyond [`PREPARED_MAX`], [`HostRefusal::AlreadyThere`] if one with its
    /// question is prepared for its room, or for all, or was asked there and is kept.
    ///
    /// [`HostRefusal::TooManyPrepared`]: crate::domain::refusal::HostRefusal::TooManyPrepared
    /// [`PREPARED_MAX`]: crate::domain::poll::PREPARED_MAX
    New(Box<PreparedPoll>),
    /// Changes one that is prepared. [`Refusal::NoSuchPoll`] if it is not any more.
    ///
    /// [`Refusal::NoSuchPoll`]: crate::domain::refusal::Refusal::NoSuchPoll
    Change(Box<PreparedPoll>),
    /// Drops one that is prepared. [`Refusal::NoSuchPoll`] if it is not any more.
    ///
    /// [`Refusal::NoSuchPoll`]: crate::domain::refusal::Refusal::NoSuchPoll
    Drop(PollId),
}

/// Somebody votes: [`Written::PollVoted`]. An earlier vote of theirs is replaced, and without choices it is taken back.
/// [`Refusal::PollClosed`] if the poll is closed or its time has passed.
///
/// [`Written::PollVoted`]: crate::store::Written::PollVoted
/// [`Refusal::PollClosed`]: crate::domain::refusal::Refusal::PollClosed
#[derive(Debug)]
pub struct VotePoll {
    /// The poll.
    pub poll: PollId,
    /// Who votes.
    pub identity: IdentityId,
    /// The answers that they choose.
    pub choices: Choices,
    /// When.
    pub at: Moment,
}

/// Closes a poll: [`Written::PollClosed`]. Who has voted is deleted; only the counts stay. [`Refusal::PollClosed`] if it
/// was closed before.
///
/// [`Written::PollClosed`]: crate::store::Written::PollClosed
/// [`Refusal::PollClosed`]: crate::domain::refusal::Refusal::PollClosed
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosePoll {
    /// The poll.
    pub poll: PollId,
    /// The host's name.
    pub host: Nickname,
    /// The notice of the result, for the living rooms that the poll concerns, with places for the votes; see
    /// [`words::polls::closed`](crate::domain::words::polls::closed).
    pub notice: String,
}
