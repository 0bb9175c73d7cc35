//! Lists of a room's questions.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use serde::Deserialize;

use super::App;
use super::chat::room_id;
use super::request::{By, InPath, Requester};
use super::respond::ApiResult;
use crate::domain::question::QuestionOrder;
use crate::domain::refusal::Refusal;
use crate::hub::command::Caller;
use crate::store::{QuestionPage, RANGE_BYTES};
use crate::wire;

/// The number of questions in an answer, by default and at most.
const LIMIT: usize = 50;
const LIMIT_MAX: usize = 100;

#[derive(Deserialize)]
pub(super) struct Asked {
    sort: Option<String>,
    after: Option<String>,
    limit: Option<usize>,
}

/// Lists a room's questions for its member, page by page.
pub(super) async fn questions(
    State(app): State<App>,
    By(caller): By,
    asker: Requester,
    InPath(room): InPath<String>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> ApiResult {
    let reserved = app.reserve(&asker, RANGE_BYTES + wire::MESSAGE_BYTES).await?;
    let page = read_page(&app, caller, &room, asked).await?;
    let messages = wire::messages(&page.questions);
    let body = wire::QuestionList { messages, more: page.after.is_some(), after: page.after };
    Ok(app.ok_in(reserved, &asker, body))
}

async fn read_page(
    app: &App,
    caller: Caller,
    room: &str,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<QuestionPage, Refusal> {
    let room = room_id(room)?;
    let Query(asked) = asked.map_err(|error| Refusal::BadRequest(error.body_text()))?;
    let sort = asked.sort.as_deref().unwrap_or("votes");
    let order = QuestionOrder::parse(sort, asked.after.as_deref())?;
    app.welcomes(caller).await?;
    let member = app.member(caller, room).await?;
    let most = asked.limit.unwrap_or(LIMIT).clamp(1, LIMIT_MAX);
    app.reader.questions(member, order, most).await
}
