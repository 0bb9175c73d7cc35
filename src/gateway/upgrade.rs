//! The upgrade of a session that begins with a WebSocket (RFC 6455, section 4.2): the hub answers it, and
//! gives the library the bare connection. Left to itself the library keeps the request, and takes a larger
//! task for what hyper wraps a connection in: 2 KiB for as long as the session lives.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri, Version, header};
use axum::response::{IntoResponse, Response};
use hyper_util::rt::TokioIo;
use tower::Service;
use tungstenite::handshake::derive_accept_key;

use super::Engine;
use super::session::Session;
use crate::tcp::LineIo;

/// What the library reads of the request: the protocol and the transport.
const TARGET: &str = "/socket.io/?EIO=4&transport=websocket";

/// The answer to the client's key, where this is a whole request for a WebSocket. Of any other the library
/// says what it lacks.
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

/// Answers the request, and hands the connection over as soon as the answer is out.
pub(super) fn answer(
    mut engine: Engine,
    mut request: Request,
    session: Arc<Session>,
    accept: HeaderValue,
) -> Response {
    let upgrade = hyper::upgrade::on(&mut request);
    // It ends with the connection: then there is nothing to hand over.
    tokio::spawn(async move {
        let parts = upgrade.await.ok().and_then(|io| io.downcast::<TokioIo<LineIo>>().ok());
        let Some(parts) = parts else { return };
        let io = parts.io.into_inner().into_websocket(&parts.read_buf);
        let mut request = axum::http::Request::new(());
        *request.uri_mut() = Uri::from_static(TARGET);
        request.extensions_mut().insert(session);
        // It begins at once, in a task of its own.
        let _begun = engine.call((io, request)).await;
    });
    let headers = [
        (header::CONNECTION, HeaderValue::from_static("Upgrade")),
        (header::UPGRADE, HeaderValue::from_static("websocket")),
        (header::SEC_WEBSOCKET_ACCEPT, accept),
    ];
    (StatusCode::SWITCHING_PROTOCOLS, headers).into_response()
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
