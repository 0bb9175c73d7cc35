//! Answers over HTTP, in the contract's envelope.

use axum::body::Body;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::envelope::{Envelope, status};
use crate::domain::language::Language;
use crate::domain::refusal::Refusal;
use crate::domain::words;

/// The headers of every answer.
const HEADERS: [(HeaderName, &str); 3] = [
    (header::CONTENT_TYPE, "application/json; charset=utf-8"),
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
];

/// An answer with this body.
pub fn answer(status: StatusCode, body: &impl Serialize) -> Response {
    answer_as(status, body, Body::from)
}

/// An answer whose body `make` builds from the JSON.
pub fn answer_as(
    status: StatusCode,
    body: &impl Serialize,
    make: impl FnOnce(Vec<u8>) -> Body,
) -> Response {
    let json: Box<str> = super::encode(body).into();
    (status, HEADERS, make(String::from(json).into_bytes())).into_response()
}

/// An answer whose body is JSON that is encoded already.
pub fn encoded(status: StatusCode, body: Body) -> Response {
    (status, HEADERS, body).into_response()
}

/// The answer to a refused request, with `Retry-After` if the time is known.
#[must_use]
pub fn refused(language: Language, refusal: &Refusal) -> Response {
    let code = StatusCode::from_u16(status(refusal)).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = answer(code, &Envelope::refused(language, refusal));
    if let Some(wait) = refusal.wait() {
        response.headers_mut().insert(header::RETRY_AFTER, words::seconds(wait).into());
    }
    response
}

/// A refusal as the bytes of an HTTP answer, for a connection that hyper does not serve. The connection ends
/// with it.
#[must_use]
pub fn farewell(language: Language, refusal: &Refusal) -> Vec<u8> {
    let body = super::encode(&Envelope::refused(language, refusal));
    let status = StatusCode::from_u16(status(refusal)).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    let mut head = format!("HTTP/1.1 {status}\r\nconnection: close\r\n");
    for (name, value) in HEADERS {
        head += &format!("{name}: {value}\r\n");
    }
    if let Some(wait) = refusal.wait() {
        head += &format!("retry-after: {}\r\n", words::seconds(wait));
    }
    head += &format!("content-length: {}\r\n\r\n{}", body.get().len(), body.get());
    head.into_bytes()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_farewell_is_a_whole_answer() {
        let bytes = farewell(Language::En, &Refusal::HubFull(Duration::from_secs(10)));
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 503 Service Unavailable\r\n"), "{head}");
        assert!(head.contains("\r\nretry-after: 10\r\n"), "{head}");
        assert!(head.ends_with(&format!("content-length: {}", body.len())), "{head}");
        assert!(body.contains("This hub is full. Try again in 10 seconds."), "{body}");
    }
}
