//! The calls that make rooms, and change them.

use super::super::rows::{self, sql, uuid};
use super::{Call, Context, call, params};
use crate::domain::ids::RoomId;
use crate::domain::question::Questions;
use crate::domain::room::wall::{DELAY, WallEdit};
use crate::domain::room::{Room, RoomEdit};
use crate::store::wall::{delay_ms, view_number};

impl<'s> Context<'s> {
    pub(super) fn make_room(&self, room: &Room, is_first: bool, what: Option<String>) -> Call<'s> {
        let lifetime = i64::try_from(room.lifetime.as_millis()).unwrap_or(i64::MAX);
        let most = i64::try_from(self.hub.rooms_max).unwrap_or(i64::MAX);
        let params = params![
            uuid(room.id.as_bytes()),
            room.code.as_str().to_owned(),
            room.title.as_str().to_owned(),
            room.namespace.as_str().to_owned(),
            i64::from(room.capacity),
            room.lock.as_ref().map(|hash| hash.0.clone()),
            room.created_at.0,
            sql(room.created),
            lifetime,
            room.mode.is_shut(),
            room.by_host,
            rows::history_number(room.history),
            is_first,
            most,
            what,
        ];
        call(&self.statements.make_room, params)
    }

    pub(super) fn make_room_once(&self, room: &Room, what: String) -> Call<'s> {
        let lifetime = i64::try_from(room.lifetime.as_millis()).unwrap_or(i64::MAX);
        let params = params![
            uuid(room.id.as_bytes()),
            room.code.as_str().to_owned(),
            room.title.as_str().to_owned(),
            room.namespace.as_str().to_owned(),
            i64::from(room.capacity),
            room.lock.as_ref().map(|hash| hash.0.clone()),
            room.created_at.0,
            sql(room.created),
            lifetime,
            room.mode.is_shut(),
            rows::history_number(room.history),
            what,
        ];
        call(&self.statements.make_room_once, params)
    }

    pub(super) fn edit_room(&self, room: RoomId, edit: &RoomEdit, what: String) -> Call<'s> {
        let lock = edit.lock.clone().flatten();
        let params = params![
            uuid(room.as_bytes()),
            edit.title.as_ref().map(|title| title.as_str().to_owned()),
            edit.capacity.map(i64::from),
            edit.lock.is_some(),
            lock.map(|hash| hash.0),
            edit.history.map(rows::history_number),
            edit.position.map(i64::from),
            edit.questions.map(Questions::are_held),
            what,
        ];
        call(&self.statements.edit_room, params)
    }

    pub(super) fn set_wall(&self, room: RoomId, edit: &WallEdit, what: String) -> Call<'s> {
        let params = params![
            uuid(room.as_bytes()),
            edit.view.map(view_number),
            edit.delay.map(delay_ms),
            delay_ms(DELAY),
            edit.link.is_some(),
            edit.link.flatten().map(|link| uuid(link.as_bytes())),
            what,
        ];
        call(&self.statements.set_wall, params)
    }
}
