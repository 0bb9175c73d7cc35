//! Parses the JSON bodies of calls.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::de::DeserializeOwned;

use crate::domain::refusal::Refusal;

/// A body as axum reads it, within the router's limit.
pub(super) type Body = Result<Bytes, BytesRejection>;

/// Reads a body as it was sent, within the router's limit.
///
/// # Errors
/// 413 for too many bytes; 400 if it does not arrive whole.
pub(super) async fn whole(request: Request) -> Result<Bytes, Refusal> {
    Bytes::from_request(request, &()).await.map_err(refusal)
}

fn refusal(rejection: BytesRejection) -> Refusal {
    if rejection.into_response().status() == StatusCode::PAYLOAD_TOO_LARGE {
        Refusal::TooLarge
    } else {
        Refusal::bad("the body did not arrive whole")
    }
}

/// Parses a body. No body counts as `{}`.
///
/// # Errors
/// 413 for too many bytes; 400 with serde's message for everything else.
pub(super) fn parse<T: DeserializeOwned>(body: Body) -> Result<T, Refusal> {
    let bytes = body.map_err(refusal)?;
    let bytes: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
    serde_json::from_slice(bytes).map_err(|error| Refusal::BadRequest(error.to_string()))
}
