//! The wall of a room, for those who show it and for the host.

use std::time::Duration;

use super::{AnnouncementView, PollView, Responder, RoomView};
use crate::domain::code::Code;
use crate::domain::ids::{ChatterId, RoomId, Seq};
use crate::domain::room::wall::{RoomWall, WallView};
use crate::domain::text::Nickname;
use crate::domain::time::HubTime;

/// A call about the wall of a living room.
#[derive(Debug)]
pub enum WallCall {
    /// Returns the wall of the room with this code.
    Show(Code, Responder<WallState>),
    /// Changes the wall of a room, for the host. What it sets already is no change.
    Set {
        /// The room.
        room: RoomId,
        /// The change.
        change: WallChange,
        /// Takes the answer.
        tell: Responder<WallState>,
    },
}

/// The wall of a living room, and which messages it may show now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WallState {
    /// The room.
    pub room: RoomView,
    /// Its wall.
    pub wall: RoomWall,
    /// Whether everybody can read it, without a link.
    pub is_open: bool,
    /// The newest message that was committed at least the delay ago, in this run of the hub.
    pub last: Seq,
    /// Messages that were sent up to this time are older than the delay.
    pub sent_until: HubTime,
    /// The hub's time.
    pub now: HubTime,
    /// The chatters who have changed their name within the delay, with the name that they had before.
    pub former_names: Vec<(ChatterId, Nickname)>,
    /// The announcements that concern the room, the oldest first.
    pub announcements: Vec<AnnouncementView>,
    /// The poll, if it shows one and there is one.
    pub poll: Option<PollView>,
}

/// A change of a wall. `None` leaves a value as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WallChange {
    /// What it shows.
    pub view: Option<WallView>,
    /// How old a message is before it is shown.
    pub delay: Option<Duration>,
    /// Whether there is a link with which the wall of any room is read. One that there is stays the same.
    pub link: Option<bool>,
}
