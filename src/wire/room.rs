//! The JSON of rooms.

use serde::Serialize;

use super::{Json, encode, iso};
use crate::domain::question::Questions;
use crate::domain::room::Room;
use crate::hub::command::RoomView;

/// A room. Neither its password nor the hash is a field.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WireRoom<'a> {
    id: String,
    title: &'a str,
    namespace: &'a str,
    capacity: u32,
    created_at: String,
    expires_at: String,
    is_expired: bool,
    is_password: bool,
    user_id: Option<()>,
    /// Additional: whether nobody new comes in, which is the mode `members`.
    is_shut: bool,
    /// Additional: `open`, `slow`, `members` or `read_only`.
    mode: &'static str,
    /// Additional, in slow mode: how many seconds a person waits between two messages.
    #[serde(skip_serializing_if = "Option::is_none")]
    every: Option<u64>,
    /// Additional, in the mode `members`: how many minutes people must have been here to come in and write, if the host
    /// asks for that instead of letting nobody new in.
    #[serde(skip_serializing_if = "Option::is_none")]
    here_for: Option<u64>,
    /// Additional: whether it lives until the host ends it. `expiresAt` is in the year 9999 then.
    is_lasting: bool,
    /// Additional: where people who join begin to read: `all` or `joined`.
    history: &'static str,
    /// Additional: the short code.
    code: &'a str,
    /// Additional: how many people are present.
    present: usize,
    /// Additional: the `seq` of its newest message.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_seq: Option<i64>,
    /// Additional: when somebody last said something.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_said_at: Option<String>,
    /// Additional, where it has one: its place in the lobby, from 1.
    #[serde(skip_serializing_if = "is_none")]
    position: u32,
    /// Additional, where the host reads questions first: `held`.
    #[serde(skip_serializing_if = "Option::is_none")]
    questions: Option<&'static str>,
    /// Only in the answer to `GET /chat/rooms/{id}`, where it is empty, as in Cola Chat's own server.
    #[serde(skip_serializing_if = "Option::is_none")]
    room_chatters: Option<[(); 0]>,
}

/// A room.
#[must_use]
pub fn room(view: &RoomView) -> WireRoom<'_> {
    WireRoom {
        id: view.room.id.to_string(),
        title: view.room.title.as_str(),
        namespace: view.room.namespace.as_str(),
        capacity: view.room.capacity,
        created_at: iso(view.room.created_at),
        expires_at: iso(view.expires_at),
        is_expired: view.is_expired,
        is_password: view.room.is_locked(),
        user_id: None,
        is_shut: view.room.mode.is_shut(),
        mode: view.room.mode.mode.as_str(),
        every: view.room.mode.mode.every(),
        here_for: view.room.mode.mode.here_for(),
        is_lasting: view.room.lasts(),
        history: view.room.history.as_str(),
        code: view.room.code.as_str(),
        present: view.present,
        last_seq: view.newest.map(|newest| newest.last.0),
        last_said_at: view.newest.and_then(|newest| newest.said_at).map(iso),
        position: view.room.position,
        questions: held(view.room.questions),
        room_chatters: None,
    }
}

/// A room with the (always empty) list of chatters that one answer of the wire contract has.
#[must_use]
pub fn room_with_chatters(view: &RoomView) -> WireRoom<'_> {
    WireRoom { room_chatters: Some([]), ..room(view) }
}

/// How a room takes questions, unless that is `open`.
fn held(questions: Questions) -> Option<&'static str> {
    questions.are_held().then_some(questions.as_str())
}

/// Whether a room has no position in the lobby.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields so")]
const fn is_none(position: &u32) -> bool {
    *position == 0
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WireEdited<'a> {
    room_id: String,
    title: &'a str,
    capacity: u32,
    is_password: bool,
    #[serde(skip_serializing_if = "is_none")]
    position: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    questions: Option<&'static str>,
}

/// What the people in a room are told once the host has changed it.
pub(super) fn edited(room: &Room) -> Json {
    encode(&WireEdited {
        room_id: room.id.to_string(),
        title: room.title.as_str(),
        capacity: room.capacity,
        is_password: room.is_locked(),
        position: room.position,
        questions: held(room.questions),
    })
}
