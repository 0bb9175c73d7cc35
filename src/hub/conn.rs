//! A connection, and the rooms that it is in.

use std::collections::HashMap;

use super::command::ConnInfo;
use crate::domain::ids::{ChatterId, RoomId};
use crate::domain::time::HubTime;

/// A connection.
#[derive(Debug)]
pub(super) struct Conn {
    pub(super) who: ConnInfo,
    pub(super) rooms: HashMap<RoomId, ChatterId>,
    /// How often it has left. A join that was asked for before it left that room is void.
    pub(super) stay: u64,
    /// The `stay` from which on joins count again: of all rooms, and of those that it left by themselves.
    left_all: u64,
    left: HashMap<RoomId, u64>,
    /// When it was first found to be in no room.
    pub(super) roomless: Option<HubTime>,
}

impl Conn {
    pub(super) fn new(who: ConnInfo, now: HubTime) -> Self {
        let rooms = HashMap::new();
        Self { who, rooms, stay: 0, left_all: 0, left: HashMap::new(), roomless: Some(now) }
    }

    /// Whether a join that was asked for in this `stay` still counts.
    pub(super) fn still_wants(&self, room: RoomId, stay: u64) -> bool {
        stay >= self.left_all && self.left.get(&room).is_none_or(|from| stay >= *from)
    }

    /// Leaves all rooms. Returns those that it was in.
    pub(super) fn leaves(&mut self) -> HashMap<RoomId, ChatterId> {
        self.stay += 1;
        self.left_all = self.stay;
        self.left.clear();
        std::mem::take(&mut self.rooms)
    }

    /// Leaves a room of the hub. Returns as whom it was in it.
    pub(super) fn leaves_one(&mut self, room: RoomId) -> Option<ChatterId> {
        self.stay += 1;
        self.left.insert(room, self.stay);
        self.rooms.remove(&room)
    }
}
