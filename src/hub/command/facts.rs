//! The hub's state, as a call returns it.

use std::time::Duration;

use crate::domain::ids::HubId;

/// The hub's state.
#[derive(Debug, Clone, Copy)]
pub struct Facts {
    /// The hub's identity.
    pub hub: HubId,
    /// Living rooms.
    pub rooms: usize,
    /// People present, counted once in each room.
    pub people: usize,
    /// Messages that people have sent in the last minute, in all rooms.
    pub said: usize,
    /// How many messages were taken back and how many rooms ended since it was started.
    pub removals: u64,
    /// How long it has been up.
    pub uptime: Duration,
}
