//! The upgrade to a WebSocket (RFC 6455, section 4.2): the hub answers the request itself, and gives the
//! library the bare connection. Left to itself the library keeps the request, and takes a larger
//! task for what hyper wraps a connection in: 2 KiB for as long as the session lives.

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

/// The answer to the client's key, where this is a whole request for a WebSocket.
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

/// Answers a handshake, and hands the connection over as soon as the answer is out.
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

/// The bare connection, once the answer is out. None where it has ended before.
pub(super) async fn connection(upgrade: OnUpgrade) -> Option<ConnectionIo> {
    let parts = upgrade.await.ok()?.downcast::<TokioIo<ConnectionIo>>().ok()?;
    Some(parts.io.into_inner().behind(&parts.read_buf))
}

/// Gives the library a WebSocket, as if this had been its request.
pub(super) async fn give(
    mut engine: Engine,
    io: ConnectionIo,
    target: &Target<'_>,
    session: Option<Arc<Session>>,
) {
    let mut request = axum::http::Request::new(());
    let Ok(uri) = target.uri().parse() else { return };
    *request.uri_mut() = uri;
    if let Some(session) = session {
        request.extensions_mut().insert(session);
    }
    // It begins at once, in a task of its own.
    let _begun = engine.call((io, request)).await;
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
    fn what_lacks_anything_is_not() {
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
