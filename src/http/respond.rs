//! Answers in the contract's envelope.
//!
//! A handler returns data, or a [`Refusal`] with `?`. The [`in_envelope`] layer around all routes turns the refusal
//! into the envelope, with its status and in the hub's language, and counts it.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::App;
use super::answers::Reserved;
use super::request::Requester;
use crate::domain::refusal::Refusal;
use crate::wire::{self, Envelope};

/// The result of a handler.
pub(super) type ApiResult = Result<Response, Refusal>;

/// A refusal on its way to [`in_envelope`], with a status of its own if it has one.
#[derive(Debug, Clone)]
struct Refused(Refusal, Option<StatusCode>);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        Refused(self, None).into_response()
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = Response::default();
        response.extensions_mut().insert(self);
        response
    }
}

/// The layer that answers refusals.
pub(super) async fn in_envelope(State(app): State<App>, mut response: Response) -> Response {
    let Some(Refused(refusal, status)) = response.extensions_mut().remove() else {
        return response;
    };
    app.metrics.refusals.add(wire::code(&refusal));
    let mut response = wire::refused(app.config.now().language, &refusal);
    if let Some(status) = status {
        *response.status_mut() = status;
    }
    response
}

impl App {
    /// 200 with data.
    pub(super) fn ok(&self, data: impl Serialize) -> Response {
        self.with(StatusCode::OK, data)
    }

    /// Reserves memory for an answer of at most `bytes` bytes. The memory counts until the answer is written out.
    ///
    /// # Errors
    /// Others' answers, or those of this client's address, use up the memory and are not read in time.
    pub(super) async fn reserve(
        &self,
        asker: &Requester,
        bytes: usize,
    ) -> Result<Reserved, Refusal> {
        let each = self.config.now().limits.answers_each;
        self.1.set(each, self.budget.ceiling());
        self.1.reserve(asker.peer, bytes).await
    }

    /// 200 with data, in memory that was reserved for it.
    pub(super) fn ok_in(
        &self,
        reserved: Reserved,
        asker: &Requester,
        data: impl Serialize,
    ) -> Response {
        let envelope = Envelope::done(self.config.now().language, data);
        wire::answer_as(StatusCode::OK, &envelope, |json| reserved.body(json, asker))
    }

    /// 201 with data.
    pub(super) fn created(&self, data: impl Serialize) -> Response {
        self.with(StatusCode::CREATED, data)
    }

    fn with(&self, status: StatusCode, data: impl Serialize) -> Response {
        wire::answer(status, &Envelope::done(self.config.now().language, data))
    }
}

/// 405, for a method that a path does not take.
pub(super) async fn method_not_allowed() -> Response {
    let refusal = Refusal::bad("this path does not take this method");
    Refused(refusal, Some(StatusCode::METHOD_NOT_ALLOWED)).into_response()
}

/// 404, for a path that does not exist.
pub(super) fn no_such_call() -> Response {
    let refusal = Refusal::bad("there is no such call");
    Refused(refusal, Some(StatusCode::NOT_FOUND)).into_response()
}
