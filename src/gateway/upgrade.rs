//! Answers the request for a WebSocket (RFC 6455, section 4.2) and gives socketioxide the bare connection.
//! socketioxide's own upgrade would keep the request and a larger task for hyper's wrapper around the connection:
//! 2 KiB per session, for as long as it lives.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Version, header};
use axum::response::{IntoResponse, Response};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tower::Service;
use tungstenite::handshake::derive_accept_key;

use super::Engine;
use super::session::Session;
use crate::tcp::ConnectionIo;
use crate::wire::engine::{Target, Transport};

/// The answer to the client's key (`Sec-WebSocket-Accept`). `None` unless this is a complete request for a
/// WebSocket.
pub(super) fn accept(request: &Request) -> Option<HeaderValue> {
    let headers = request.headers();
    let lists = |name: HeaderName, word: &str| {
        let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).any(|item| item.trim().eq_ignore_ascii_case(word))
    };
    let is_whole = request.method() == Method::GET
        && request.version() == Version::HTTP_11
        && lists(header::CONNECTION, "upgrade")
        && lists(header::UPGRADE, "websocket")
        && lists(header::SEC_WEBSOCKET_VERSION, "13");
    let key = headers.get(header::SEC_WEBSOCKET_KEY).filter(|_| is_whole)?;
    HeaderValue::from_str(&derive_accept_key(key.as_bytes())).ok()
}

/// Answers a handshake, and gives socketioxide the connection as soon as the answer is sent.
pub(super) fn answer(
    engine: Engine,
    mut request: Request,
    session: Arc<Session>,
    accept: HeaderValue,
) -> Response {
    let upgrade = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        if let Some(io) = connection(upgrade).await {
            let target = Target { transport: Transport::WebSocket, sid: None };
            give(engine, io.into_websocket(), &target, Some(session)).await;
        }
    });
    switching(accept)
}

/// The answer that ends HTTP on a connection.
pub(super) fn switching(accept: HeaderValue) -> Response {
    let headers = [
        (header::CONNECTION, HeaderValue::from_static("Upgrade")),
        (header::UPGRADE, HeaderValue::from_static("websocket")),
        (header::SEC_WEBSOCKET_ACCEPT, accept),
    ];
    (StatusCode::SWITCHING_PROTOCOLS, headers).into_response()
}

/// Waits until the answer is sent and returns the bare connection. `None` if it has ended before.
pub(super) async fn connection(upgrade: OnUpgrade) -> Option<ConnectionIo> {
    let upgraded = match upgrade.await {
        Ok(upgraded) => upgraded,
        Err(error) => {
            tracing::debug!(%error, "a connection ended before its upgrade to a WebSocket");
            return None;
        }
    };
    let Ok(parts) = upgraded.downcast::<TokioIo<ConnectionIo>>() else {
        // The server makes all connections of this type; an update of hyper may wrap them differently.
        tracing::error!("a WebSocket was dropped: its connection is of an unexpected type");
        return None;
    };
    Some(parts.io.into_inner().behind(&parts.read_buf))
}

/// Gives socketioxide a WebSocket, with a request that it understands.
pub(super) async fn give(
    mut engine: Engine,
    io: ConnectionIo,
    target: &Target<'_>,
    session: Option<Arc<Session>>,
) {
    let mut request = axum::http::Request::new(());
    let Ok(uri) = target.uri().parse() else {
        tracing::error!("a WebSocket was dropped: its request could not be written");
        return;
    };
    *request.uri_mut() = uri;
    if let Some(session) = session {
        request.extensions_mut().insert(session);
    }
    // It spawns a task of its own.
    if engine.call((io, request)).await.is_err() {
        tracing::error!("a WebSocket was dropped: socketioxide refuses it");
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    const WHOLE: [(&str, &str); 4] = [
        ("connection", "keep-alive, Upgrade"),
        ("upgrade", "WebSocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];

    fn request(headers: &[(&str, &str)]) -> Request {
        let request = headers.iter().fold(Request::builder(), |all, (k, v)| all.header(*k, *v));
        request.body(Body::empty()).unwrap()
    }

    #[test]
    fn a_whole_request_is_accepted_as_the_rfc_says() {
        // The example of section 1.3.
        assert_eq!(accept(&request(&WHOLE)).unwrap(), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    #[test]
    fn a_request_that_lacks_a_header_is_no_upgrade() {
        for (place, lacking) in WHOLE.iter().enumerate() {
            let mut headers = WHOLE.to_vec();
            headers.remove(place);
            assert!(accept(&request(&headers)).is_none(), "without {lacking:?}");
        }
        let mut other = request(&WHOLE);
        *other.version_mut() = Version::HTTP_10;
        assert!(accept(&other).is_none());
        let mut other = request(&WHOLE);
        *other.method_mut() = Method::POST;
        assert!(accept(&other).is_none());
    }
}
