//! The calls of Cola Chat, `/chat/…`, as the wire contract defines them.

use std::net::IpAddr;

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, patch, post};
use serde::Deserialize;

use super::App;
use super::body::{Body, parse};
use super::pages::nothing_here;
use super::request::{By, InPath, Requester};
use super::respond::ApiResult;
use crate::domain::ids::{ChatterId, RoomId};
use crate::domain::mode::Mode;
use crate::domain::refusal::Refusal;
use crate::domain::room::{History, check_capacity};
use crate::domain::text::{Namespace, Nickname, Password, Title};
use crate::hub::command::{Call, Caller, NewRoom, RoomView};
use crate::store::Member;
use crate::wire;

/// The number of messages on a page of history.
const PAGE: u32 = 20;

/// The chatter id that the front end sends while it has none.
const UNDEFINED: &str = "undefined";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/rooms", post(create).get(list))
        .route("/rooms/{room}", get(show))
        .route("/rooms/{room}/access-check", post(check))
        .route("/rooms/{room}/{chatter}/reentry-check", get(is_present))
        .route("/messages/{room}/{page}", get(page_of_nobody))
        .route("/messages/{room}/{page}/{chatter}", get(page))
        .route("/chatters/{chatter}/nickname", patch(rename))
        .fallback(nothing_here)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CreateBody {
    namespace: String,
    title: String,
    capacity: u32,
    is_password: bool,
    password: Option<String>,
    history: Option<String>,
}

impl CreateBody {
    fn into_room(self, from: IpAddr) -> Result<NewRoom, Refusal> {
        check_capacity(self.capacity)?;
        let password = self.password.filter(|password| !password.is_empty());
        if self.is_password != password.is_some() {
            return Err(Refusal::LockMismatch);
        }
        let history = self.history.as_deref().map_or(Ok(History::Joined), str::parse)?;
        Ok(NewRoom {
            namespace: Namespace::for_room(&self.namespace)?,
            title: Title::parse(&self.title)?,
            capacity: self.capacity,
            password: password.as_deref().map(Password::parse).transpose()?,
            from: Some(from),
            by_host: false,
            by: None,
            history: Some(history),
            is_once: false,
        })
    }
}

async fn create(State(app): State<App>, By(caller): By, body: Body) -> ApiResult {
    app.welcomes(caller).await?;
    let room = parse::<CreateBody>(body)?.into_room(caller.peer)?;
    let view = app.hub.call(|tell| Call::Create(room, tell)).await?;
    Ok(app.created(wire::room(&view)))
}

async fn list(State(app): State<App>, asker: Requester, headers: HeaderMap) -> ApiResult {
    let facts = app.hub.call(Call::Facts).await?;
    let reserved = app.reserve(&asker, (facts.rooms + 1) * wire::ROOM_BYTES).await?;
    let rooms = app.hub.call(Call::Rooms).await?;
    let rooms: Vec<_> = rooms.iter().map(wire::room).collect();
    Ok(app.listed("rooms", &headers, rooms, |body| reserved.body(body, &asker)))
}

async fn show(State(app): State<App>, InPath(room): InPath<String>) -> ApiResult {
    let view = find(&app, &room).await?;
    Ok(app.ok(wire::room_with_chatters(&view)))
}

/// The room with this id: a living one, or one that has expired and is still stored.
async fn find(app: &App, room: &str) -> Result<RoomView, Refusal> {
    let id = room_id(room)?;
    match app.hub.call(|tell| Call::Room(id, tell)).await {
        Err(Refusal::NoSuchRoom | Refusal::Expired) => {}
        other => return other,
    }
    let room = app.reader.room(id).await?.ok_or(Refusal::NoSuchRoom)?;
    let expires_at = app.hub.clock().wall_at(room.expires());
    let (newest, mode_until) = (None, None);
    Ok(RoomView { room, present: 0, newest, is_expired: true, expires_at, mode_until })
}

#[derive(Deserialize)]
struct CheckBody {
    password: Option<String>,
}

async fn check(
    State(app): State<App>,
    By(caller): By,
    InPath(room): InPath<String>,
    body: Body,
) -> ApiResult {
    let room = room_id(&room)?;
    app.welcomes(caller).await?;
    app.may_knock(caller, room).await?;
    let CheckBody { password } = parse(body)?;
    // A text that cannot be a password is a wrong password, not an error.
    let password = password.and_then(|text| Password::parse(&text).ok());
    let ask = |tell| Call::Check { caller, room, password, tell };
    match app.hub.call(ask).await {
        Err(Refusal::NoSuchRoom) => Err(app.missing(room).await),
        passed => Ok(app.ok(passed?)),
    }
}

async fn is_present(
    State(app): State<App>,
    InPath((room, chatter)): InPath<(String, String)>,
) -> ApiResult {
    let room = room_id(&room)?;
    let Ok(chatter) = chatter.parse::<ChatterId>() else {
        return Ok(app.ok(false));
    };
    let present = app.hub.call(|tell| Call::IsPresent(room, chatter, tell)).await?;
    Ok(app.ok(present))
}

async fn page_of_nobody(State(app): State<App>) -> Response {
    app.ok([(); 0])
}

async fn page(
    State(app): State<App>,
    By(caller): By,
    asker: Requester,
    InPath((room, page, chatter)): InPath<(String, String, String)>,
) -> ApiResult {
    let reserved = app.reserve(&asker, PAGE as usize * wire::MESSAGE_BYTES).await?;
    let messages = read_page(&app, caller, &room, &page, &chatter).await?;
    Ok(app.ok_in(reserved, &asker, wire::messages(&messages)))
}

async fn read_page(
    app: &App,
    caller: Caller,
    room: &str,
    page: &str,
    chatter: &str,
) -> Result<Vec<crate::domain::message::Message>, Refusal> {
    let room = room_id(room)?;
    // Cola Chat's front end sends `undefined` for a chatter that it does not know yet, also with a page number
    // appended.
    let Ok(chatter) = chatter.parse::<ChatterId>() else {
        return Ok(Vec::new());
    };
    if page.ends_with(UNDEFINED) {
        return Ok(Vec::new());
    }
    let page = page.parse::<u32>().ok().filter(|page| *page > 0);
    let page = page.ok_or_else(|| Refusal::bad("page must be a whole number from 1 on"))?;
    app.welcomes(caller).await?;
    let Some(member) = app.reader.member(room, chatter).await? else {
        return Ok(Vec::new());
    };
    app.may_read(caller, &member).await?;
    app.reader.page(member, page, PAGE).await
}

impl App {
    /// Refuses a banned caller.
    pub(super) async fn welcomes(&self, caller: Caller) -> Result<(), Refusal> {
        self.hub.call(|tell| Call::Welcome(caller, tell)).await
    }

    /// Refuses a newcomer to a shut room. A caller without a token may have been in it before, and one with a token may
    /// have been here for long enough, which only the join can decide, so they are let through.
    async fn may_knock(&self, caller: Caller, room: RoomId) -> Result<(), Refusal> {
        let Some(identity) = caller.identity else { return Ok(()) };
        match self.hub.call(|tell| Call::Room(room, tell)).await {
            Ok(view) if view.room.mode.mode == Mode::Members(None) => {
                match self.reader.member_of(room, identity).await? {
                    Some(_) => Ok(()),
                    None => Err(Refusal::Shut),
                }
            }
            // Other refusals come from the check itself.
            _ => Ok(()),
        }
    }

    /// Refuses a caller who is not this member: by their token, or, without a token, by the connection that
    /// the same address holds as the member.
    pub(super) async fn may_read(&self, caller: Caller, member: &Member) -> Result<(), Refusal> {
        let allowed = match caller.identity {
            Some(identity) => identity == member.owner,
            None => {
                let (peer, room, chatter) = (caller.peer, member.room, member.chatter.id);
                self.hub.call(|tell| Call::Holds { peer, room, chatter, tell }).await?
            }
        };
        if allowed { Ok(()) } else { Err(Refusal::NotYours) }
    }
}

#[derive(Deserialize)]
struct RenameBody {
    nickname: String,
}

async fn rename(
    State(app): State<App>,
    By(caller): By,
    InPath(chatter): InPath<String>,
    body: Body,
) -> ApiResult {
    let chatter = chatter.parse().map_err(|_| Refusal::NoSuchChatter)?;
    app.welcomes(caller).await?;
    let RenameBody { nickname } = parse(body)?;
    let nickname = Nickname::parse(&nickname)?;
    let known = app.reader.chatter(chatter).await?;
    let (_, owner) = known.ok_or(Refusal::NoSuchChatter)?;
    let ask = |tell| Call::Rename { caller, chatter, owner, nickname, tell };
    let renamed = app.hub.call(ask).await?;
    Ok(app.ok(wire::chatter(&renamed)))
}

pub(super) fn room_id(text: &str) -> Result<RoomId, Refusal> {
    text.parse().map_err(|_| Refusal::NoSuchRoom)
}
