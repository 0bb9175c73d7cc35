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
    use std::convert::Infallible;
    use std::fs::{self, File};
    use std::sync::Mutex;

    use axum::Router;
    use axum::body::Body;
    use hyper::server::conn::http1;
    use hyper::service::service_fn;
    use socketioxide::SocketIo;
    use tempfile::NamedTempFile;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
    use tokio::net::{TcpListener, TcpStream};
    use tokio::sync::oneshot;
    use tracing::subscriber::{DefaultGuard, set_default};

    use super::*;
    use crate::tcp::Connection;

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

    /// Captures the log of this thread until the guard is dropped.
    fn log() -> (NamedTempFile, DefaultGuard) {
        let log = NamedTempFile::new().unwrap();
        let lines = tracing_subscriber::fmt().with_ansi(false).without_time();
        let lines = lines.with_max_level(tracing::Level::DEBUG).with_target(false);
        let file = File::create(log.path()).unwrap();
        let guard = set_default(lines.with_writer(Mutex::new(file)).finish());
        (log, guard)
    }

    /// The lines of a log at this level.
    fn said(log: &NamedTempFile, level: &str) -> String {
        let log = fs::read_to_string(log.path()).unwrap();
        log.lines().filter(|line| line.trim_start().starts_with(level)).collect()
    }

    /// Has hyper accept an upgrade over a connection that is not of the server's type.
    async fn upgraded_over_a_pipe() -> Option<ConnectionIo> {
        let (mut client, server) = duplex(1024);
        let (tell, told) = oneshot::channel();
        let tell = Mutex::new(Some(tell));
        let service = service_fn(|mut request: hyper::Request<hyper::body::Incoming>| {
            let upgrade = hyper::upgrade::on(&mut request);
            let tell = tell.lock().unwrap().take().unwrap();
            tokio::spawn(async move { tell.send(connection(upgrade).await) });
            let key = HeaderValue::from_static("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
            async { Ok::<_, Infallible>(switching(key)) }
        });
        let serving = http1::Builder::new().serve_connection(TokioIo::new(server), service);
        let asking = async {
            let lines = WHOLE.map(|(key, value)| format!("{key}: {value}\r\n")).concat();
            let request = format!("GET / HTTP/1.1\r\nhost: x\r\n{lines}\r\n");
            client.write_all(request.as_bytes()).await.unwrap();
            let mut answer = [0; 12];
            client.read_exact(&mut answer).await.unwrap();
            assert_eq!(&answer, b"HTTP/1.1 101");
            told.await.unwrap()
        };
        let (served, io) = tokio::join!(serving.with_upgrades(), asking);
        served.unwrap();
        io
    }

    #[tokio::test]
    async fn an_accepted_upgrade_of_an_unexpected_connection_is_dropped_and_logged() {
        let (log, _guard) = log();
        assert!(upgraded_over_a_pipe().await.is_none());
        let said = said(&log, "ERROR");
        assert!(said.contains("dropped: its connection is of an unexpected type"), "{said}");
    }

    #[tokio::test]
    async fn a_client_that_disconnects_before_its_upgrade_is_no_error() {
        let (log, _guard) = log();
        let upgrade = hyper::upgrade::on(request(&WHOLE));
        assert!(connection(upgrade).await.is_none());
        assert!(said(&log, "DEBUG").contains("ended before its upgrade to a WebSocket"));
        assert_eq!(said(&log, "ERROR"), "");
    }

    /// The error that is logged when socketioxide is given a WebSocket of a session with this id.
    async fn given_with(sid: &str) -> String {
        let (log, _guard) = log();
        let (engine, _io) = SocketIo::builder().build_with_inner_svc(Router::new());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (stream, peer) = listener.accept().await.unwrap();
        let io = ConnectionIo::new(Connection::new(stream, peer, None).unwrap(), Vec::new());
        let target = Target { transport: Transport::WebSocket, sid: Some(sid) };
        give(engine, io, &target, None).await;
        assert_eq!(client.read(&mut [0]).await.unwrap(), 0, "the connection is left open");
        said(&log, "ERROR")
    }

    #[tokio::test]
    async fn a_websocket_with_an_unusable_request_is_dropped_and_logged() {
        let said = given_with("no sid").await;
        assert!(said.contains("dropped: its request could not be written"), "{said}");
    }

    #[tokio::test]
    async fn a_websocket_that_socketioxide_refuses_is_dropped_and_logged() {
        // Well-formed in a URL, but shorter than socketioxide's own ids.
        let said = given_with("short").await;
        assert!(said.contains("dropped: socketioxide refuses it"), "{said}");
    }
}
