//! The wall of a room, for the page on a projector or a television, which asks for it every few seconds. Nobody is present
//! for it.

use axum::extract::State;
use axum::http::{HeaderMap, header};

use super::App;
use super::request::{By, InPath, Nearby, Requester};
use super::respond::ApiResult;
use crate::domain::code::Code;
use crate::domain::message::Message;
use crate::domain::refusal::Refusal;
use crate::domain::room::wall::WallView;
use crate::hub::command::{Call, Caller, WallCall, WallState};
use crate::identity::WallSecret;
use crate::store::WallRead;
use crate::wire;

/// The most messages on a wall.
const MESSAGES: usize = 12;

/// The most questions on a wall: as many as fit a screen that stands upright.
const QUESTIONS: usize = 8;

/// Answers with the whole wall, or with 304 if nothing on it has changed.
pub(super) async fn wall(
    State(app): State<App>,
    By(caller): By,
    asker: Requester,
    Nearby(is_near): Nearby,
    headers: HeaderMap,
    InPath(code): InPath<String>,
) -> ApiResult {
    let reserved = app.reserve(&asker, (MESSAGES + 1) * wire::MESSAGE_BYTES).await?;
    let state = read_state(&app, caller, &headers, &code).await?;
    let messages = read_messages(&app, &state).await?;
    let config = app.config.now();
    let hub = wire::WallHub {
        name: config.title.as_str(),
        language: config.language.code(),
        addresses: app.reach.urls(),
        announced: app.found.announced().into(),
        wifi: super::api::wifi(&config, is_near),
    };
    let wall = wire::wall(hub, &state, &messages);
    Ok(app.listed("wall", &headers, wall, |body| reserved.body(body, &asker)))
}

/// The wall of a living room, if the caller may read it: with the link's secret, or because everybody may.
async fn read_state(
    app: &App,
    caller: Caller,
    headers: &HeaderMap,
    code: &str,
) -> Result<WallState, Refusal> {
    let code: Code = code.parse().map_err(|_| Refusal::NoSuchRoom)?;
    let state = match app.hub.call(|tell| Call::Wall(WallCall::Show(code, tell))).await {
        // The hub knows the codes of living rooms only.
        Err(Refusal::NoSuchRoom) if app.reader.has_code(code).await? => {
            return Err(Refusal::Expired);
        }
        known => known?,
    };
    let secret = headers.get(header::AUTHORIZATION);
    let secret = secret.and_then(|header| WallSecret::parse(header.as_bytes()));
    let is_linked = match (secret, state.wall.link) {
        (Some(secret), Some(link)) => app.signer.wall_secret(link).is(&secret),
        _ => false,
    };
    match (is_linked, state.is_open) {
        (true, _) => {}
        (false, true) => app.welcomes(caller).await?,
        (false, false) => return Err(Refusal::WallClosed),
    }
    Ok(state)
}

async fn read_messages(app: &App, state: &WallState) -> Result<Vec<Message>, Refusal> {
    let most = match state.wall.view {
        WallView::Messages => MESSAGES,
        WallView::Questions => QUESTIONS,
        WallView::Poll | WallView::Off => return Ok(Vec::new()),
    };
    let read = WallRead {
        room: state.room.room.id,
        last: state.last,
        sent_until: state.sent_until,
        now: state.now,
        most,
    };
    let mut messages = match state.wall.view {
        WallView::Questions => app.reader.wall_questions(read).await?,
        _ => app.reader.wall(read).await?,
    };
    for message in &mut messages {
        // A quote may be of somebody whose messages are not shown.
        message.quote = None;
        let id = message.chatter.id;
        if let Some((_, was)) = state.former_names.iter().find(|(chatter, _)| *chatter == id) {
            message.chatter.nickname = was.clone();
        }
    }
    Ok(messages)
}
