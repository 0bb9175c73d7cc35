//! Requests about rooms and people.

use std::time::Duration;

use super::answer::{Acting, Denied};
use super::protocol::{self, Banned, EndedRoom, Made, RoomLine};
use crate::domain::code::Code;
use crate::domain::ids::{ChatterId, RoomId};
use crate::domain::refusal::Refusal;
use crate::domain::room::check_capacity;
use crate::domain::text::{Namespace, Password, Title};
use crate::hub::command::{Call, NewRoom, RoomView};
use crate::wire;

/// Lists the living rooms, oldest first.
pub(super) async fn rooms(parts: &Acting<'_>) -> Result<Vec<RoomLine>, Denied> {
    let rooms = parts.hub.call(Call::Rooms).await?;
    Ok(rooms.iter().map(line).collect())
}

/// Creates a room for the host.
pub(super) async fn create(parts: &Acting<'_>, room: &protocol::NewRoom) -> Result<Made, Denied> {
    let protocol::NewRoom { namespace, title, capacity, password, history } = room;
    let told_by = (password.as_deref(), history.as_deref());
    let room = new_room(namespace, title, *capacity, told_by);
    let room = room?;
    let made = parts.act(|tell| Call::Create(room, tell)).await;
    let RoomView { room, .. } = made?;
    let urls = parts.reach.urls();
    let links = urls.iter().map(|url| format!("{url}/r/{}", room.code)).collect();
    Ok(Made { room: room.id.to_string(), code: room.code.to_string(), links })
}

/// Builds the room, by the same rules as for everybody.
fn new_room(
    namespace: &str,
    title: &str,
    capacity: u32,
    (password, history): (Option<&str>, Option<&str>),
) -> Result<NewRoom, Refusal> {
    check_capacity(capacity)?;
    Ok(NewRoom {
        namespace: Namespace::for_room(namespace)?,
        title: Title::parse(title)?,
        capacity,
        password: password.map(Password::parse).transpose()?,
        from: None,
        by_host: true,
        by: None,
        history: history.map(str::parse).transpose()?,
        is_once: false,
    })
}

/// Shuts a room for newcomers, or opens it again. Returns how many people are in it.
pub(super) async fn shut(parts: &Acting<'_>, room: &str, is_shut: bool) -> Result<usize, Denied> {
    let none = || no_room(room);
    let id = find(parts, room).await?.ok_or_else(none)?;
    let people = parts.act(|tell| Call::Shut { room: id, is_shut, tell }).await;
    people.map_err(|refusal| match refusal {
        Refusal::NoSuchRoom => none(),
        Refusal::Expired => has_ended(room),
        other => other.into(),
    })
}

/// Changes where people who join a room from now on begin to read.
pub(super) async fn set_history(
    parts: &Acting<'_>,
    room: &str,
    history: &str,
) -> Result<(), Denied> {
    let none = || no_room(room);
    let history = history.parse()?;
    let room_id = find(parts, room).await?.ok_or_else(none)?;
    let set = parts.act(|tell| Call::SetHistory { room: room_id, history, tell }).await;
    set.map_err(|refusal| match refusal {
        Refusal::NoSuchRoom => none(),
        Refusal::Expired => has_ended(room),
        other => other.into(),
    })
}

/// Ends a room, by its code or id.
pub(super) async fn end_room(
    parts: &Acting<'_>,
    room: &str,
    deleted: bool,
) -> Result<EndedRoom, Denied> {
    let none = || no_room(room);
    let id = find(parts, room).await?.ok_or_else(none)?;
    let ended = parts.act(|tell| Call::EndRoom { room: id, deleted, tell }).await;
    let ended = ended.map_err(|refusal| match refusal {
        Refusal::NoSuchRoom => none(),
        Refusal::Expired => Denied::new(
            Refusal::Expired,
            format!("the room {room} has ended; it can still be deleted, by its id"),
        ),
        other => other.into(),
    })?;
    Ok(EndedRoom { room: ended.room.to_string(), people: ended.people })
}

/// Kicks a chatter.
pub(super) async fn kick(parts: &Acting<'_>, chatter: &str) -> Result<(), Denied> {
    let none =
        || no_chatter(format!("nobody present is {chatter}; `colahub chatter list` shows who is"));
    let id: ChatterId = chatter.parse().map_err(|_| none())?;
    let kicked = parts.act(|tell| Call::Kick(id, tell)).await;
    kicked.map_err(|refusal| match refusal {
        Refusal::NoSuchChatter => none(),
        other => other.into(),
    })
}

/// Bans a chatter's browser, and their address for a while.
pub(super) async fn ban(
    parts: &Acting<'_>,
    chatter: &str,
    address_for: Option<Duration>,
) -> Result<(), Denied> {
    let none = || {
        no_chatter(format!(
            "there is no chatter {chatter}; `colahub chatter list` shows who is here"
        ))
    };
    let id: ChatterId = chatter.parse().map_err(|_| none())?;
    let known = parts.reader.chatter(id).await?;
    let (known, identity) = known.ok_or_else(none)?;
    let elsewhere = match address_for {
        Some(_) => parts.reader.address_of(identity).await?,
        None => None,
    };
    let ban = |tell| Call::Ban { chatter: known, identity, address_for, elsewhere, tell };
    parts.act(ban).await.map_err(|refusal| match refusal {
        Refusal::NotJoined => Denied::new(
            Refusal::NotJoined,
            format!(
                "{chatter} is not connected, so their address is not known; \
                 without --address-for they are banned by their browser"
            ),
        ),
        other => other.into(),
    })
}

/// Lifts a ban.
pub(super) async fn unban(parts: &Acting<'_>, chatter: &str) -> Result<(), Denied> {
    let none = || {
        no_chatter(format!("{chatter} is not banned; `colahub chatter list --banned` shows who is"))
    };
    let id: ChatterId = chatter.parse().map_err(|_| none())?;
    let unbanned = parts.act(|tell| Call::Unban(id, tell)).await;
    unbanned.map_err(|refusal| match refusal {
        Refusal::NoSuchChatter => none(),
        other => other.into(),
    })
}

/// Lists the bans.
pub(super) async fn bans(parts: &Acting<'_>) -> Result<Vec<Banned>, Denied> {
    let bans = parts.hub.call(Call::Bans).await?;
    let told = bans.into_iter().map(|ban| Banned {
        id: ban.chatter.to_string(),
        nickname: ban.nickname.to_string(),
        with_address: ban.address.is_some(),
    });
    Ok(told.collect())
}

/// The room with this id or code. An id is not checked; a code must be that of a living room.
pub(super) async fn find(parts: &Acting<'_>, room: &str) -> Result<Option<RoomId>, Denied> {
    if let Ok(id) = room.parse() {
        return Ok(Some(id));
    }
    let Ok(code) = room.parse::<Code>() else {
        return Ok(None);
    };
    match parts.hub.call(|tell| Call::ByCode(code, tell)).await {
        Ok(view) => Ok(Some(view.room.id)),
        Err(Refusal::NoSuchRoom | Refusal::Expired) => Ok(None),
        Err(refusal) => Err(refusal.into()),
    }
}

fn line(view: &RoomView) -> RoomLine {
    RoomLine {
        id: view.room.id.to_string(),
        code: view.room.code.to_string(),
        title: view.room.title.as_str().to_owned(),
        namespace: view.room.namespace.as_str().to_owned(),
        capacity: view.room.capacity,
        people: view.present,
        is_password: view.room.is_locked(),
        is_shut: view.room.mode.is_shut(),
        mode: view.room.mode.mode.as_str().to_owned(),
        every: view.room.mode.mode.every(),
        here_for: view.room.mode.mode.here_for(),
        mode_until: view.mode_until.map(wire::iso),
        history: view.room.history.as_str().to_owned(),
        position: view.room.position,
        questions: view.room.questions.as_str().to_owned(),
        expires: wire::iso(view.expires_at),
    }
}

pub(super) fn no_room(room: &str) -> Denied {
    let sentence = format!("there is no room {room}; `colahub room list` shows those that live");
    Denied::new(Refusal::NoSuchRoom, sentence)
}

pub(super) fn has_ended(room: &str) -> Denied {
    let sentence = format!("the room {room} has ended");
    Denied::new(Refusal::Expired, sentence)
}

fn no_chatter(sentence: String) -> Denied {
    Denied::new(Refusal::NoSuchChatter, sentence)
}
