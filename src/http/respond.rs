//! Answers in the contract's envelope.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::App;
use crate::domain::language::Language;
use crate::domain::refusal::Refusal;
use crate::domain::words;
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

    /// 201 with data.
    pub(super) fn created(&self, data: impl Serialize) -> Outcome {
        Ok(self.with(StatusCode::CREATED, data))
    }

    fn with(&self, status: StatusCode, data: impl Serialize) -> Response {
        json(status, &Envelope::done(self.config.language, data))
    }

    /// A refusal in the hub's language.
    pub(super) fn refuse(&self, refusal: Refusal) -> Refused {
        self.metrics.refusals.add(wire::code(&refusal));
        Refused { refusal, language: self.config.language }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let Self { refusal, language } = self;
        let status = StatusCode::from_u16(wire::status(&refusal));
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = json(status, &Envelope::refused(language, &refusal));
        if let Refusal::TooFast(wait) = refusal {
            response.headers_mut().insert(header::RETRY_AFTER, words::seconds(wait).into());
        }
        response
    }
}

/// A refusal outside of any call.
pub(super) fn refused(language: Language, refusal: &Refusal) -> Response {
    Refused { refusal: refusal.clone(), language }.into_response()
}

fn json(status: StatusCode, body: &impl Serialize) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (status, headers, wire::encode(body).get().to_owned()).into_response()
}

/// 405 in the envelope.
pub(super) async fn method_not_allowed(State(app): State<App>) -> Response {
    let refused = app.refuse(Refusal::bad("this path does not take this method"));
    let mut response = refused.into_response();
    *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    response
}

/// 404 in the envelope, for a path below `/chat` or `/api` that there is not.
pub(super) async fn no_such_call(State(app): State<App>) -> Response {
    let mut response = app.refuse(Refusal::bad("there is no such call")).into_response();
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}
