//! Polls that the host has prepared: nobody else sees them before the host asks them.

use crate::domain::ids::{PollId, RoomId};

use super::PollForm;

/// Most polls that are prepared at a time.
pub const PREPARED_MAX: usize = 50;

/// A poll that is prepared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreparedPoll {
    /// Its id, drawn at random. The poll has it once it is asked.
    pub id: PollId,
    /// Its place in the list, by which the host asks one after the other. Of two in one place the lower id comes first.
    pub place: u32,
    /// The room that it is for. `None` for all rooms.
    pub room: Option<RoomId>,
    /// Its question and answers.
    pub form: PollForm,
    /// After how many minutes it closes by itself, counted from when it is asked. `None` if the host closes it.
    pub minutes: Option<u64>,
}

impl PreparedPoll {
    /// The order of the list.
    #[must_use]
    pub fn order(&self) -> (u32, PollId) {
        (self.place, self.id)
    }
}
