//! Accepts connections and serves HTTP over them.
//!
//! Not `axum::serve`, which does not set TCP_NODELAY and never closes half-open connections.

use std::convert::Infallible;
use std::io::ErrorKind;
use std::net::Shutdown;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::Router;
use axum::http::header::CONNECTION;
use axum::http::{HeaderValue, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tower::ServiceExt;

use super::body_timeout::in_time;
use super::connections::Connections;
use super::slices::Slices;
use crate::config::LiveConfig;
use crate::door::{Door, TurnedAway};
use crate::metrics::Metrics;
use crate::tcp::{Connection, ConnectionIo};
use crate::timeouts;
use crate::wire;

/// The largest head of a request, in bytes. hyper also takes more of an answer, or another pipelined request,
/// only while less than this is unsent.
const HEAD_MAX: usize = 16 * 1024;

/// How long to wait when the process is out of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// `Connection: close`.
const CLOSE: HeaderValue = HeaderValue::from_static("close");

/// The most clients that are told at once that the hub is full.
const TURNED_AWAY: usize = 64;

/// The accepting tasks. Dropping it ends them.
#[derive(Debug)]
pub struct Server {
    accepting: JoinSet<()>,
    router: Router,
    door: Arc<Door>,
    watched: Arc<Connections>,
    config: LiveConfig,
    metrics: Arc<Metrics>,
}

impl Server {
    /// A server that accepts the connections that the door admits. The others are refused in the
    /// configured language.
    #[must_use]
    pub fn start(
        router: Router,
        door: Arc<Door>,
        config: LiveConfig,
        metrics: Arc<Metrics>,
    ) -> Self {
        let watched = Arc::new(Connections::default());
        let mut accepting = JoinSet::new();
        accepting.spawn(Arc::clone(&watched).look_after(Arc::clone(&metrics)));
        Self { accepting, router, door, watched, config, metrics }
    }

    /// Accepts on this listener from now on.
    pub fn accept_on(&mut self, listener: TcpListener) {
        let Self { accepting, router, door, watched, config, metrics } = self;
        let (door, watched, metrics) = (Arc::clone(door), Arc::clone(watched), Arc::clone(metrics));
        accepting.spawn(accept(listener, router.clone(), door, watched, config.clone(), metrics));
    }

    /// Stops accepting and ends every connection that still speaks HTTP.
    pub async fn close(mut self) {
        self.accepting.shutdown().await;
    }
}

async fn accept(
    listener: TcpListener,
    router: Router,
    door: Arc<Door>,
    watched: Arc<Connections>,
    config: LiveConfig,
    metrics: Arc<Metrics>,
) {
    let leaving = Arc::new(Semaphore::new(TURNED_AWAY));
    // Dropping the set with this task ends the connections.
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = connections.join_next() => continue,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        // Open connections are served meanwhile; new ones wait in the kernel's backlog.
        while let Err(wait) = door.arrival() {
            tokio::time::sleep(wait).await;
        }
        let place = match door.connection(peer.ip().to_canonical()) {
            Ok(place) => place,
            Err(TurnedAway { reason, refusal }) => {
                metrics.drops.add(reason);
                // Beyond these it is a flood, and the rest is closed without a word.
                if let Ok(leaving) = Arc::clone(&leaving).try_acquire_owned() {
                    let words = wire::farewell(config.now().language, &refusal);
                    connections.spawn(turn_away(stream, words, leaving));
                }
                continue;
            }
        };
        // It is normal that a connection has ended before it began.
        if let Ok(connection) = Connection::new(stream, peer, Some(place)) {
            connections.spawn(speak(connection, router.clone(), Arc::clone(&watched)));
        }
    }
}

/// Tells a client that the hub is full, and waits until it has read that: closing with its request unread
/// would discard the answer.
async fn turn_away(stream: TcpStream, words: Vec<u8>, _leaving: OwnedSemaphorePermit) {
    tracing::debug!("a connection was turned away: no place is left for it");
    let told = stream.try_write(&words).is_ok()
        && SockRef::from(&stream).shutdown(Shutdown::Write).is_ok();
    if told {
        let read = async {
            let mut unread = [0; 512];
            while stream.readable().await.is_ok() {
                match stream.try_read(&mut unread) {
                    Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                    Ok(1..) => {}
                    Ok(0) | Err(_) => return,
                }
            }
        };
        let _read_or_late = timeout(timeouts::GOODBYE, read).await;
    }
}

async fn speak(connection: Arc<Connection>, router: Router, watched: Arc<Connections>) {
    // hyper takes 20 kB for each connection, so it gets those that have sent a request only.
    if timeout(timeouts::FIRST_BYTE, connection.speaks()).await.is_err() {
        return;
    }
    if let Ok(Ok(head)) = timeout(timeouts::HEAD, connection.read_head(HEAD_MAX)).await {
        Box::pin(serve(connection, head, router, watched)).await;
    }
}

async fn serve(
    connection: Arc<Connection>,
    head: Vec<u8>,
    router: Router,
    watched: Arc<Connections>,
) {
    watched.watch(&connection);
    let io = TokioIo::new(ConnectionIo::new(Arc::clone(&connection), head));
    let stays = Arc::new(OnceLock::new());
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(Arc::clone(&connection));
        let (connection, watched, stays) =
            (Arc::clone(&connection), Arc::clone(&watched), Arc::clone(&stays));
        let answer = router.clone().oneshot(request.map(in_time));
        async move {
            let mut response = answer.await?;
            if response.status() == StatusCode::SWITCHING_PROTOCOLS {
                // From here on the client sends messages: it waits for this answer first.
                connection.set_websocket();
            } else if !watched.may_stay(&stays) {
                response.headers_mut().insert(CONNECTION, CLOSE);
            }
            Ok::<_, Infallible>(response.map(Slices::of))
        }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(timeouts::HEAD)
        .max_buf_size(HEAD_MAX)
        .serve_connection(io, service)
        .with_upgrades();
    if let Err(error) = served.await {
        tracing::debug!(%error, "a connection ended");
    }
}
