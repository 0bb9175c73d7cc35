//! The host sets the mode of rooms.

use crate::domain::ids::RoomId;
use crate::domain::mode::{Mode, RoomMode};

/// The host sets the mode of rooms. One that is no longer there is left out; [`Refusal::NoSuchRoom`] if none is.
///
/// [`Refusal::NoSuchRoom`]: crate::domain::refusal::Refusal::NoSuchRoom
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetMode {
    /// The rooms.
    pub rooms: Vec<RoomId>,
    /// Their mode from now on.
    pub mode: RoomMode,
    /// The action as the log has it: `room mode`, `hub mode`, or `room lock` and `room unlock`.
    pub deed: &'static str,
}

impl SetMode {
    /// Shuts a room for newcomers, or opens it.
    #[must_use]
    pub fn shut(room: RoomId, is_shut: bool) -> Self {
        let (mode, deed) = match is_shut {
            true => (Mode::Members(None), "room lock"),
            false => (Mode::Open, "room unlock"),
        };
        Self { rooms: vec![room], mode: RoomMode { mode, until: None }, deed }
    }
}
