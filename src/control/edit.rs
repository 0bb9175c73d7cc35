//! The request that changes a room.

use super::answer::{Acting, Denied};
use super::host::{find, has_ended, no_room};
use super::protocol::{EditedRoom, RoomEdit};
use crate::domain::refusal::Refusal;
use crate::domain::room::{RoomField, check_capacity, check_position};
use crate::domain::text::{Password, Title};
use crate::hub::command::{Call, EditRoom, RoomValues};

/// Changes a room, by its code or id.
pub(super) async fn edit(parts: &Acting<'_>, edit: RoomEdit) -> Result<EditedRoom, Denied> {
    let values = values(&edit)?;
    let RoomEdit { room, .. } = edit;
    let none = || no_room(&room);
    let id = find(parts, &room).await?.ok_or_else(none)?;
    let call = |tell| Call::Edit(EditRoom { room: id, values, is_dry: false, tell });
    let edited = parts.act(call).await.map_err(|refusal| match refusal {
        Refusal::NoSuchRoom => none(),
        Refusal::Expired => has_ended(&room),
        other => other.into(),
    })?;
    let changed = edited.changed.into_iter().map(RoomField::as_str).map(str::to_owned).collect();
    Ok(EditedRoom { room: id.to_string(), people: edited.people, changed })
}

/// The new values, by the same rules as for a new room.
fn values(edit: &RoomEdit) -> Result<RoomValues, Refusal> {
    let RoomEdit { title, capacity, password, history, position, questions, .. } = edit;
    if let Some(capacity) = *capacity {
        check_capacity(capacity)?;
    }
    if let Some(position) = *position {
        check_position(position)?;
    }
    let password = match password {
        Some(Some(password)) => Some(Some(Password::parse(password)?)),
        Some(None) => Some(None),
        None => None,
    };
    Ok(RoomValues {
        title: title.as_deref().map(Title::parse).transpose()?,
        capacity: *capacity,
        password,
        history: history.as_deref().map(str::parse).transpose()?,
        position: *position,
        questions: questions.as_deref().map(str::parse).transpose()?,
    })
}
