//! Requests about rooms and people.

use std::time::Duration;

use super::protocol::{Banned, Deed, EndedRoom, Made, Person, RoomLine};
use super::status::ControlContext;
use crate::domain::code::Code;
use crate::domain::ids::{ChatterId, RoomId};
use crate::domain::language::Language;
use crate::domain::refusal::Refusal;
use crate::domain::room::check_capacity;
use crate::domain::text::{Namespace, Password, Title};
use crate::domain::words;
use crate::hub::command::{Call, NewRoom, Present, RoomView};
use crate::wire;

/// How many entries of the log are listed.
const LOG_SHOWN: usize = 100;

/// Lists the living rooms, oldest first.
pub(super) async fn rooms(parts: &ControlContext) -> Result<Vec<RoomLine>, String> {
    let rooms = parts.hub.call(Call::Rooms).await.map_err(|refusal| plain(&refusal))?;
    Ok(rooms.iter().map(line).collect())
}

/// Creates a room for the host.
pub(super) async fn create(
    parts: &ControlContext,
    namespace: &str,
    title: &str,
    capacity: u32,
    (password, history): (Option<&str>, Option<&str>),
) -> Result<Made, String> {
    let room = new_room(namespace, title, capacity, (password, history));
    let room = room.map_err(|refusal| plain(&refusal))?;
    let made = parts.hub.call(|tell| Call::Create(room, tell)).await;
    let RoomView { room, .. } = made.map_err(|refusal| plain(&refusal))?;
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
        history: history.map(str::parse).transpose()?,
    })
}

/// Shuts a room for newcomers, or opens it again. Returns how many people are in it.
pub(super) async fn shut(
    parts: &ControlContext,
    room: &str,
    is_shut: bool,
) -> Result<usize, String> {
    let none = || format!("there is no room {room}; `colahub room list` shows those that live");
    let id = find(parts, room).await?.ok_or_else(none)?;
    let people = parts.hub.call(|tell| Call::Shut { room: id, is_shut, tell }).await;
    people.map_err(|refusal| match refusal {
        Refusal::NoSuchRoom => none(),
        Refusal::Expired => format!("the room {room} has ended: nobody comes in any more"),
        other => plain(&other),
    })
}

/// Changes from where those may read who join a room from now on.
pub(super) async fn set_history(
    parts: &ControlContext,
    room: &str,
    history: &str,
) -> Result<(), String> {
    let none = || format!("there is no room {room}; `colahub room list` shows those that live");
    let history = history.parse().map_err(|refusal| plain(&refusal))?;
    let room_id = find(parts, room).await?.ok_or_else(none)?;
    let set = parts.hub.call(|tell| Call::SetHistory { room: room_id, history, tell }).await;
    set.map_err(|refusal| match refusal {
        Refusal::NoSuchRoom => none(),
        Refusal::Expired => format!("the room {room} has ended: nobody comes in any more"),
        other => plain(&other),
    })
}

/// Ends a room, by its code or id.
pub(super) async fn end_room(
    parts: &ControlContext,
    room: &str,
    deleted: bool,
) -> Result<EndedRoom, String> {
    let none = || format!("there is no room {room}; `colahub room list` shows those that live");
    let id = find(parts, room).await?.ok_or_else(none)?;
    let ended = parts.hub.call(|tell| Call::EndRoom { room: id, deleted, tell }).await;
    let ended = ended.map_err(|refusal| match refusal {
        Refusal::NoSuchRoom => none(),
        Refusal::Expired => {
            format!("the room {room} has ended; it can still be deleted, by its id")
        }
        other => plain(&other),
    })?;
    Ok(EndedRoom { room: ended.room.to_string(), people: ended.people })
}

/// Lists the people who are present, in one room or in all.
pub(super) async fn people(
    parts: &ControlContext,
    room: Option<&str>,
) -> Result<Vec<Person>, String> {
    let only = match room {
        None => None,
        Some(room) => Some(find(parts, room).await?.ok_or_else(|| {
            format!("there is no room {room}; `colahub room list` shows those that live")
        })?),
    };
    let people = parts.hub.call(Call::People).await.map_err(|refusal| plain(&refusal))?;
    let wanted = people.iter().filter(|person| only.is_none_or(|room| person.room == room));
    Ok(wanted.map(person).collect())
}

/// Kicks a chatter.
pub(super) async fn kick(parts: &ControlContext, chatter: &str) -> Result<(), String> {
    let none = || format!("nobody present is {chatter}; `colahub chatter list` shows who is");
    let id: ChatterId = chatter.parse().map_err(|_| none())?;
    let kicked = parts.hub.call(|tell| Call::Kick(id, tell)).await;
    kicked.map_err(|refusal| match refusal {
        Refusal::NoSuchChatter => none(),
        other => plain(&other),
    })
}

/// Bans a chatter's browser, and their address for a while.
pub(super) async fn ban(
    parts: &ControlContext,
    chatter: &str,
    address_for: Option<Duration>,
) -> Result<(), String> {
    let none =
        || format!("there is no chatter {chatter}; `colahub chatter list` shows who is here");
    let id: ChatterId = chatter.parse().map_err(|_| none())?;
    let known = parts.reader.chatter(id).await.map_err(|refusal| plain(&refusal))?;
    let (known, identity) = known.ok_or_else(none)?;
    let elsewhere = match address_for {
        Some(_) => parts.reader.address_of(identity).await.map_err(|refusal| plain(&refusal))?,
        None => None,
    };
    let ban = |tell| Call::Ban { chatter: known, identity, address_for, elsewhere, tell };
    parts.hub.call(ban).await.map_err(|refusal| match refusal {
        Refusal::NotJoined => format!(
            "{chatter} is not connected, so their address is not known; \
             without --address-for they are banned by their browser"
        ),
        other => plain(&other),
    })
}

/// Lifts a ban.
pub(super) async fn unban(parts: &ControlContext, chatter: &str) -> Result<(), String> {
    let none = || format!("{chatter} is not banned; `colahub chatter list --banned` shows who is");
    let id: ChatterId = chatter.parse().map_err(|_| none())?;
    let unbanned = parts.hub.call(|tell| Call::Unban(id, tell)).await;
    unbanned.map_err(|refusal| match refusal {
        Refusal::NoSuchChatter => none(),
        other => plain(&other),
    })
}

/// Lists the bans.
pub(super) async fn bans(parts: &ControlContext) -> Result<Vec<Banned>, String> {
    let bans = parts.hub.call(Call::Bans).await.map_err(|refusal| plain(&refusal))?;
    let told = bans.into_iter().map(|ban| Banned {
        id: ban.chatter.to_string(),
        nickname: ban.nickname.to_string(),
        with_address: ban.address.is_some(),
    });
    Ok(told.collect())
}

/// Lists the host's actions, newest first.
pub(super) async fn log(parts: &ControlContext) -> Result<Vec<Deed>, String> {
    let done = parts.reader.host_log(LOG_SHOWN).await.map_err(|refusal| plain(&refusal))?;
    let told = done.into_iter().map(|done| Deed {
        at: wire::iso(done.at),
        deed: done.deed,
        what: done.what,
    });
    Ok(told.collect())
}

/// The room with this id or code. An id is not checked; a code must be that of a living room.
pub(super) async fn find(parts: &ControlContext, room: &str) -> Result<Option<RoomId>, String> {
    if let Ok(id) = room.parse() {
        return Ok(Some(id));
    }
    let Ok(code) = room.parse::<Code>() else {
        return Ok(None);
    };
    match parts.hub.call(|tell| Call::ByCode(code, tell)).await {
        Ok(view) => Ok(Some(view.room.id)),
        Err(Refusal::NoSuchRoom | Refusal::Expired) => Ok(None),
        Err(refusal) => Err(plain(&refusal)),
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
        is_shut: view.room.is_shut,
        history: view.room.history.as_str().to_owned(),
        expires: wire::iso(view.expires_at),
    }
}

fn person(present: &Present) -> Person {
    Person {
        id: present.chatter.id.to_string(),
        nickname: present.chatter.nickname.to_string(),
        room: present.code.to_string(),
        sockets: present.sockets,
    }
}

/// A refusal in English, the language of the command line.
pub(super) fn plain(refusal: &Refusal) -> String {
    words::refusal(Language::En, refusal)
}
