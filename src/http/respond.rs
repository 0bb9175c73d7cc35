//! Answers in the contract's envelope.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::App;
use super::answers::Reserved;
use super::request::Asker;
use crate::domain::language::Language;
use crate::domain::refusal::Refusal;
use crate::wire::{self, Envelope};

/// What a call ends with: data, or a refusal that becomes the envelope's.
pub(super) type Outcome = Result<Response, Refused>;

/// A refusal on its way out, with the language to say it in.
#[derive(Debug)]
pub(super) struct Refused {
    refusal: Refusal,
    language: Language,
}

impl App {
    /// 200 with data.
    pub(super) fn ok(&self, data: impl Serialize) -> Outcome {
        Ok(self.with(StatusCode::OK, data))
    }

    /// Memory for an answer that may be large: it is counted from here on, and for as long as the answer
    /// is not written out.
    pub(super) async fn reserve(&self, asker: &Asker, bytes: usize) -> Result<Reserved, Refused> {
        self.1.reserve(asker.peer, bytes).await.map_err(|refusal| self.refuse(refusal))
    }

    /// 200 with data that memory was reserved for.
    pub(super) fn ok_in(&self, reserved: Reserved, asker: &Asker, data: impl Serialize) -> Outcome {
        let envelope = Envelope::done(self.config.language, data);
        Ok(wire::answer_as(StatusCode::OK, &envelope, |json| reserved.body(json, asker)))
    }

    /// 201 with data.
    pub(super) fn created(&self, data: impl Serialize) -> Outcome {
        Ok(self.with(StatusCode::CREATED, data))
    }

    fn with(&self, status: StatusCode, data: impl Serialize) -> Response {
        wire::answer(status, &Envelope::done(self.config.language, data))
    }

    /// A refusal in the hub's language.
    pub(super) fn refuse(&self, refusal: Refusal) -> Refused {
        self.metrics.refusals.add(wire::code(&refusal));
        Refused { refusal, language: self.config.language }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        wire::refused(self.language, &self.refusal)
    }
}

/// 405 in the envelope.
pub(super) async fn method_not_allowed(State(app): State<App>) -> Response {
    let refused = app.refuse(Refusal::bad("this path does not take this method"));
    let mut response = refused.into_response();
    *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    response
}

/// 404 in the envelope, for a path that there is not.
pub(super) fn no_such_call(app: &App) -> Response {
    let mut response = app.refuse(Refusal::bad("there is no such call")).into_response();
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}
