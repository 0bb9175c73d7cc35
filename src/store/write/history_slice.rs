//! The part of a room's history that comes with the answer to a join, and its limits.

use crate::domain::ids::{Epoch, Seq};
use crate::domain::message::Message;
use crate::domain::reactions::Reacted;
use crate::domain::time::HubTime;

/// The range of a room's messages that a member may read, and the messages that they missed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistorySlice {
    /// The first message that they may read and that is still stored.
    pub first: Seq,
    /// The room's newest message.
    pub last: Seq,
    /// Whether messages before `first`, which they could once read, have been pruned.
    pub pruned: bool,
    /// The epoch in which these places are valid.
    pub epoch: Epoch,
    /// Whether the sequence numbers that the client has are void, so that `missed` begins with the first message that
    /// they may read.
    pub reset: bool,
    /// The missed messages, oldest first.
    pub missed: Vec<Message>,
    /// Whether there are more.
    pub more: bool,
    /// The places of messages that were taken back and that the client has, or has an excerpt of in a quote.
    pub taken_back: Vec<Seq>,
    /// The reactions that have changed to messages that the client has.
    pub reacted: Vec<Reacted>,
    /// The time up to which the client knows of reactions from now on.
    pub reactions_at: HubTime,
}

/// The most places in `taken_back`. Beyond that, the client is told to begin again.
pub(in crate::store) const TAKEN_BACK_MAX: usize = 500;

/// Selects the places of messages that were taken back for a returning member who may read from `first` on, oldest
/// first. `from_last` has them last first. `None` if there are too many.
///
/// Places before `first` are included as far as there is space, since messages that the member may read may quote them.
pub(in crate::store) fn places_taken_back(mut from_last: Vec<Seq>, first: Seq) -> Option<Vec<Seq>> {
    let readable = from_last.iter().filter(|seq| **seq >= first).count();
    from_last.truncate(TAKEN_BACK_MAX);
    from_last.reverse();
    (readable <= TAKEN_BACK_MAX).then_some(from_last)
}

/// The most messages in `reacted`. Beyond that, the client is told to begin again.
pub(in crate::store) const REACTED_MAX: usize = 500;

/// The most messages in the answer to a join.
pub const MISSED_MAX: usize = 200;

/// The most bytes of messages in one answer, with the JSON around them; a single message may have more. A phone with
/// 30 kB a second receives them within ten seconds.
pub const RANGE_BYTES: usize = 256 * 1024;
