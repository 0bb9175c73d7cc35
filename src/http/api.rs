//! The hub's own calls, in addition to those of Cola Chat, in the same envelope.

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;

use super::App;
use super::chat::room_id;
use super::hubs::hubs;
use super::pages::nothing_here;
use super::questions::questions;
use super::request::{By, InPath, Nearby, Requester};
use super::respond::ApiResult;
use super::walls::wall;
use crate::config::Config;
use crate::domain::ids::{IdentityId, RoomId, Seq};
use crate::domain::message::Message;
use crate::domain::refusal::Refusal;
use crate::domain::search::Needle;
use crate::domain::text::{CONTENT_MAX, NAMESPACE_MAX, NICKNAME_MAX, PASSWORD_MAX, TITLE_MAX};
use crate::domain::time::WallTime;
use crate::hub::command::{Call, Caller, PollCall, PollView};
use crate::store::{ClusterState, Found, Loss, Member, RANGE_BYTES, SharedHub, Storage};
use crate::wire;

/// The number of messages in an answer, by default and at most.
const LIMIT: usize = 50;
const LIMIT_MAX: usize = 100;

/// The most messages that one search returns.
const FOUND_MAX: usize = 20;

/// The most rooms whose unread messages one call counts.
const UNREAD_ROOMS: usize = 20;

/// The most polls that are listed.
const POLLS: usize = 50;

/// The number of people on a page of the roster.
const PEOPLE: usize = 100;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/hub", get(hub))
        .route("/hubs", get(hubs))
        .route("/identity", post(identity))
        .route("/codes/{code}", get(by_code))
        .route("/rooms/{room}/messages", get(messages))
        .route("/rooms/{room}/search", get(search))
        .route("/unread", get(unread))
        .route("/rooms/{room}/questions", get(questions))
        .route("/rooms/{room}/polls", get(polls))
        .route("/rooms/{room}/chatters", get(chatters))
        .route("/walls/{code}", get(wall))
        .fallback(nothing_here)
}

async fn hub(State(app): State<App>, Nearby(is_near): Nearby, headers: HeaderMap) -> ApiResult {
    let facts = app.hub.call(Call::Facts).await?;
    let announced = app.hub.call(Call::Announcements).await?;
    let for_all = announced.iter().filter(|view| view.announcement.room.is_none());
    let (time, time_trusted) = app.hub.clock().wall();
    let config = app.config.now();
    let wifi = wifi(&config, is_near);
    let info = wire::HubInfo {
        id: facts.hub.to_string(),
        name: config.title.as_str(),
        version: wire::VERSION,
        language: config.language.code(),
        uptime: facts.uptime.as_secs(),
        time: wire::iso(time),
        time_trusted,
        addresses: app.reach.urls(),
        rooms: facts.rooms,
        people: facts.people,
        announced: app.found.announced().into(),
        announcements: for_all.map(wire::announcement).collect(),
        storage: storage(&app, time),
        shared: shared(&app),
        memory: app.budget.pressure().name(),
        limits: wire::TextLimits {
            title: TITLE_MAX,
            password: PASSWORD_MAX,
            nickname: NICKNAME_MAX,
            content: CONTENT_MAX,
            namespace: NAMESPACE_MAX,
            roster_limit: config.rooms_roster_limit,
        },
        wifi,
    };
    Ok(app.compressed(&headers, info))
}

/// The wireless network, for callers nearby.
pub(super) fn wifi(config: &Config, is_near: bool) -> Option<wire::WifiInfo<'_>> {
    let wifi = config.wifi.as_ref().filter(|_| is_near)?;
    Some(wire::WifiInfo {
        ssid: &wifi.ssid,
        password: wifi.password.as_ref().map(crate::config::Secret::expose),
        security: wifi.security.as_str(),
    })
}

/// The state of storage: `ok`, `full`, `read_only`, or `restored` for a day after the hub had to continue from a
/// backup.
fn storage(app: &App, now: WallTime) -> &'static str {
    const DAY: i64 = 24 * 60 * 60 * 1000;
    let is_recent = |loss: &Loss| now.0.saturating_sub(loss.at.0) < DAY;
    match app.health.storage() {
        Storage::Full => "full",
        Storage::ReadOnly | Storage::Away | Storage::Outdated => "read_only",
        Storage::Good if app.health.loss().is_some_and(is_recent) => "restored",
        Storage::Good => "ok",
    }
}

fn shared(app: &App) -> Option<wire::SharedDatabase> {
    let ClusterState { place: _, hubs, round_trip } = app.health.shared()?;
    let hub = |SharedHub { name, url, .. }| wire::SharedHub { name, url };
    Some(wire::SharedDatabase {
        answers: app.health.storage() != Storage::Away,
        milliseconds: round_trip.as_secs_f64() * 1_000.0,
        hubs: hubs.into_iter().map(hub).collect(),
    })
}

/// Creates an identity, for clients without cookies.
async fn identity(State(app): State<App>) -> Response {
    let identity = IdentityId::from_random((app.random)());
    app.created(wire::Token { token: app.signer.token(identity) })
}

async fn by_code(State(app): State<App>, InPath(code): InPath<String>) -> ApiResult {
    let code = code.parse().map_err(|_| Refusal::NoSuchRoom)?;
    let view = app.hub.call(|tell| Call::ByCode(code, tell)).await;
    let view = match view {
        // The hub knows the codes of living rooms only.
        Err(Refusal::NoSuchRoom) => match app.reader.has_code(code).await {
            Ok(true) => Err(Refusal::Expired),
            Ok(false) => Err(Refusal::NoSuchRoom),
            Err(refusal) => Err(refusal),
        },
        known => known,
    };
    Ok(app.ok(wire::room(&view?)))
}

#[derive(Deserialize)]
struct Range {
    after: Option<i64>,
    before: Option<i64>,
    around: Option<i64>,
    limit: Option<usize>,
}

async fn messages(
    State(app): State<App>,
    By(caller): By,
    asker: Requester,
    InPath(room): InPath<String>,
    range: Result<Query<Range>, QueryRejection>,
) -> ApiResult {
    let reserved = app.reserve(&asker, RANGE_BYTES + wire::MESSAGE_BYTES).await?;
    let (first, pruned, list, more) = read_range(&app, caller, &room, range).await?;
    let messages = wire::messages(&list);
    let time = wire::iso(app.hub.clock().wall().0);
    let body = wire::HistoryPage { messages, more, first_seq: first.0, pruned, time };
    Ok(app.ok_in(reserved, &asker, body))
}

async fn read_range(
    app: &App,
    caller: Caller,
    room: &str,
    range: Result<Query<Range>, QueryRejection>,
) -> Result<(Seq, bool, Vec<Message>, bool), Refusal> {
    let room = room_id(room)?;
    let Query(range) = range.map_err(|error| Refusal::BadRequest(error.body_text()))?;
    app.welcomes(caller).await?;
    let member = app.member(caller, room).await?;
    let (first, pruned) = (member.first, member.pruned);
    let most = range.limit.unwrap_or(LIMIT).clamp(1, LIMIT_MAX);
    let (list, more) = match (range.after, range.before, range.around) {
        (Some(after), None, None) => app.reader.after(member, Seq(after), most).await?,
        (None, None, Some(around)) => {
            read_around(app, member, Seq(around.clamp(0, i64::MAX - 1)), most).await?
        }
        (None, before, None) => {
            let before = Seq(before.unwrap_or(i64::MAX));
            app.reader.before(member, before, most).await?
        }
        _ => return Err(Refusal::bad("give one of after, before and around")),
    };
    Ok((first, pruned, list, more))
}

/// The messages around a sequence number, with that message in the first half, and whether there are older ones.
async fn read_around(
    app: &App,
    member: Member,
    around: Seq,
    most: usize,
) -> Result<(Vec<Message>, bool), Refusal> {
    let half = most.div_ceil(2);
    let (mut list, more) = app.reader.before(member.clone(), around.next(), half).await?;
    if most > half {
        list.extend(app.reader.after(member, around, most - half).await?.0);
    }
    Ok((list, more))
}

#[derive(Deserialize)]
struct Search {
    q: Option<String>,
    before: Option<i64>,
    limit: Option<usize>,
}

/// Searches a room for its member.
async fn search(
    State(app): State<App>,
    By(caller): By,
    asker: Requester,
    InPath(room): InPath<String>,
    asked: Result<Query<Search>, QueryRejection>,
) -> ApiResult {
    let reserved = app.reserve(&asker, FOUND_MAX * wire::MESSAGE_BYTES).await?;
    let found = read_found(&app, caller, &room, asked).await?;
    let messages = wire::messages(&found.messages);
    let body = wire::SearchPage {
        messages,
        more: found.before.is_some(),
        before: found.before.map(|seq| seq.0),
        is_early: found.is_early,
    };
    Ok(app.ok_in(reserved, &asker, body))
}

async fn read_found(
    app: &App,
    caller: Caller,
    room: &str,
    asked: Result<Query<Search>, QueryRejection>,
) -> Result<Found, Refusal> {
    let room = room_id(room)?;
    let Query(asked) = asked.map_err(|error| Refusal::BadRequest(error.body_text()))?;
    let needle = Needle::parse(asked.q.as_deref().unwrap_or_default())?;
    app.welcomes(caller).await?;
    let member = app.member(caller, room).await?;
    let before = Seq(asked.before.unwrap_or(i64::MAX));
    let most = asked.limit.unwrap_or(FOUND_MAX).clamp(1, FOUND_MAX);
    app.reader.search(member, needle, before, most).await
}

#[derive(Deserialize)]
struct Places {
    after: Option<String>,
}

/// Counts the unread messages of rooms in which the caller need not be.
async fn unread(
    State(app): State<App>,
    By(caller): By,
    places: Result<Query<Places>, QueryRejection>,
) -> ApiResult {
    let Query(Places { after }) = places.map_err(|error| Refusal::BadRequest(error.body_text()))?;
    let after = after.unwrap_or_default();
    let places: Option<Vec<_>> = after.split(',').map(place).collect();
    let Some(places) = places.filter(|places| places.len() <= UNREAD_ROOMS) else {
        let what = "after has up to 20 places, each a room's id, a colon and a seq, with commas between them";
        return Err(Refusal::bad(what));
    };
    app.welcomes(caller).await?;
    let counts = app.reader.unread(places).await?;
    Ok(app.ok(wire::UnreadRooms::new(&counts)))
}

/// A room's id and a place in it.
fn place(text: &str) -> Option<(RoomId, Seq)> {
    let (room, seq) = text.split_once(':')?;
    Some((room.parse().ok()?, Seq(seq.parse::<u32>().ok()?.into())))
}

/// Lists the open and the newest closed polls that concern a living room, for its members.
async fn polls(
    State(app): State<App>,
    By(caller): By,
    asker: Requester,
    InPath(room): InPath<String>,
) -> ApiResult {
    let reserved = app.reserve(&asker, POLLS * wire::POLL_BYTES).await?;
    let polls = read_polls(&app, caller, &room).await?;
    Ok(app.ok_in(reserved, &asker, wire::poll_list(&polls, app.hub.clock().wall().0)))
}

async fn read_polls(app: &App, caller: Caller, room: &str) -> Result<Vec<PollView>, Refusal> {
    let room = room_id(room)?;
    app.welcomes(caller).await?;
    app.member(caller, room).await?;
    let identity = caller.identity.ok_or(Refusal::NotJoined)?;
    let ask = |tell| Call::Poll(PollCall::In { room, identity, most: POLLS, tell });
    app.hub.call(ask).await
}

impl App {
    /// The caller's membership in a room, by their token.
    pub(super) async fn member(&self, caller: Caller, room: RoomId) -> Result<Member, Refusal> {
        let identity = caller.identity.ok_or(Refusal::NotJoined)?;
        match self.reader.member_of(room, identity).await? {
            Some(member) => Ok(member),
            None if self.reader.room(room).await?.is_none() => Err(Refusal::NoSuchRoom),
            None => Err(Refusal::NotJoined),
        }
    }
}

#[derive(Deserialize)]
struct Page {
    page: Option<usize>,
}

/// Lists the people in a room, page by page. The people in a locked room are shown to its members only.
async fn chatters(
    State(app): State<App>,
    By(caller): By,
    asker: Requester,
    InPath(room): InPath<String>,
    page: Result<Query<Page>, QueryRejection>,
) -> ApiResult {
    let reserved = app.reserve(&asker, PEOPLE * wire::CHATTER_BYTES).await?;
    let (list, present, end) = read_people(&app, caller, &room, page).await?;
    let people =
        wire::ChatterPage { chatters: wire::chatters(&list), present, more: end < present };
    Ok(app.ok_in(reserved, &asker, people))
}

async fn read_people(
    app: &App,
    caller: Caller,
    room: &str,
    page: Result<Query<Page>, QueryRejection>,
) -> Result<(Vec<crate::domain::chatter::Chatter>, usize, usize), Refusal> {
    let room = room_id(room)?;
    let Query(Page { page }) = page.map_err(|error| Refusal::BadRequest(error.body_text()))?;
    let skip = page.unwrap_or(1).saturating_sub(1).saturating_mul(PEOPLE);
    let view = app.hub.call(|tell| Call::Room(room, tell)).await?;
    app.welcomes(caller).await?;
    if view.room.is_locked() {
        app.member(caller, room).await?;
    }
    let ask = |tell| Call::Roster { room, skip, most: PEOPLE, tell };
    let (list, present) = app.hub.call(ask).await?;
    Ok((list, present, skip.saturating_add(PEOPLE)))
}
