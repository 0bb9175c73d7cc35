//! What a host asks for when they change a room.

use super::Responder;
use crate::domain::ids::RoomId;
use crate::domain::question::Questions;
use crate::domain::room::{History, RoomField};
use crate::domain::text::{Password, Title};

/// A change of a living room, for the host.
#[derive(Debug)]
pub struct EditRoom {
    /// The room.
    pub room: RoomId,
    /// The values that it sets.
    pub values: RoomValues,
    /// Whether it is only looked at which of them the room has not.
    pub is_dry: bool,
    /// Receives the answer.
    pub tell: Responder<EditedRoom>,
}

/// New values of a room. `None` leaves a value as it is.
#[derive(Debug, Default)]
pub struct RoomValues {
    /// Its title.
    pub title: Option<Title>,
    /// How many people it holds; 0 is no limit.
    pub capacity: Option<u32>,
    /// Its password; `Some(None)` removes it.
    pub password: Option<Option<Password>>,
    /// Where people who join from then on begin to read.
    pub history: Option<History>,
    /// Its position in the lobby; 0 is none.
    pub position: Option<u32>,
    /// How it takes questions.
    pub questions: Option<Questions>,
}

/// A room that was edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditedRoom {
    /// The room.
    pub room: RoomId,
    /// How many people are in it.
    pub people: usize,
    /// The values that were changed: not those that the room had already.
    pub changed: Vec<RoomField>,
}
