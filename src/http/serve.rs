//! Accepts connections and serves HTTP over them.
//!
//! Not `axum::serve`, which does not set TCP_NODELAY and never closes half-open connections.

use std::convert::Infallible;
use std::io::ErrorKind;
use std::net::{Shutdown, SocketAddr};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
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
use tokio::time::{Instant, sleep_until, timeout};
use tower::ServiceExt;

use super::body_timeout::in_time;
use super::closing::{Closing, StopSignal};
use super::connections::Connections;
use super::slices::Slices;
use crate::config::LiveConfig;
use crate::door::{Door, TurnedAway};
use crate::metrics::Metrics;
use crate::tcp::{Connection, ConnectionIo};
use crate::timeouts;
use crate::wire::{self, engine};

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
    /// Looks after the open connections.
    watching: JoinSet<()>,
    stop: StopSignal,
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
        let mut watching = JoinSet::new();
        watching.spawn(Arc::clone(&watched).look_after(Arc::clone(&metrics)));
        let (accepting, stop) = (JoinSet::new(), StopSignal::default());
        Self { accepting, watching, stop, router, door, watched, config, metrics }
    }

    /// Accepts on this listener from now on.
    pub fn accept_on(&mut self, listener: TcpListener) {
        let acceptor = Acceptor {
            router: self.router.clone(),
            door: Arc::clone(&self.door),
            watched: Arc::clone(&self.watched),
            config: self.config.clone(),
            metrics: Arc::clone(&self.metrics),
            closing: self.stop.closing(),
        };
        self.accepting.spawn(acceptor.accept(listener));
    }

    /// Stops accepting, and ends every connection that still speaks HTTP. Requests that came before are answered, for
    /// [`timeouts::LAST_ANSWERS`] at most: while a package is upgraded, nobody's request may be lost.
    pub async fn close(mut self) {
        self.stop.stop();
        let answered = async { while self.accepting.join_next().await.is_some() {} };
        let _answered_or_late = timeout(timeouts::LAST_ANSWERS, answered).await;
        self.accepting.shutdown().await;
        self.watching.shutdown().await;
    }
}

/// What accepts on one listener.
struct Acceptor {
    router: Router,
    door: Arc<Door>,
    watched: Arc<Connections>,
    config: LiveConfig,
    metrics: Arc<Metrics>,
    closing: Closing,
}

impl Acceptor {
    /// Accepts until the hub closes, and then ends with the last connection.
    async fn accept(self, listener: TcpListener) {
        let leaving = Arc::new(Semaphore::new(TURNED_AWAY));
        // Dropping the set with this task ends the connections.
        let mut connections = JoinSet::new();
        let mut closing = pin!(self.closing.begun());
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                Some(_) = connections.join_next() => continue,
                () = closing.as_mut() => break,
            };
            match accepted {
                Ok((stream, peer)) => self.admit(stream, peer, &mut connections, &leaving).await,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
        drop(listener);
        while connections.join_next().await.is_some() {}
    }

    async fn admit(
        &self,
        stream: TcpStream,
        peer: SocketAddr,
        connections: &mut JoinSet<()>,
        leaving: &Arc<Semaphore>,
    ) {
        // Open connections are served meanwhile; new ones wait in the kernel's backlog.
        while let Err(wait) = self.door.arrival() {
            tokio::time::sleep(wait).await;
        }
        let place = match self.door.connection(peer.ip().to_canonical()) {
            Ok(place) => place,
            Err(TurnedAway { reason, refusal }) => {
                self.metrics.drops.add(reason);
                // Beyond these it is a flood, and the rest is closed without a word.
                if let Ok(leaving) = Arc::clone(leaving).try_acquire_owned() {
                    let words = wire::farewell(self.config.now().language, &refusal);
                    connections.spawn(turn_away(stream, words, leaving));
                }
                return;
            }
        };
        // It is normal that a connection has ended before it began.
        if let Ok(connection) = Connection::new(stream, peer, Some(place)) {
            let (router, watched) = (self.router.clone(), Arc::clone(&self.watched));
            connections.spawn(speak(connection, router, watched, self.closing.clone()));
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

async fn speak(
    connection: Arc<Connection>,
    router: Router,
    watched: Arc<Connections>,
    closing: Closing,
) {
    let accepted = Instant::now();
    // A client that has connected in the last moment has its request on the way.
    let silent = async {
        closing.begun().await;
        sleep_until(accepted + timeouts::LAST_ANSWERS).await;
    };
    // hyper takes 20 kB for each connection, so it gets those that have sent a request only.
    let spoke = tokio::select! {
        spoke = timeout(timeouts::FIRST_BYTE, connection.speaks()) => spoke.is_ok(),
        () = silent => false,
    };
    if !spoke {
        return;
    }
    if let Ok(Ok(head)) = timeout(timeouts::HEAD, connection.read_head(HEAD_MAX)).await {
        Box::pin(serve(connection, head, router, watched, closing)).await;
    }
}

async fn serve(
    connection: Arc<Connection>,
    head: Vec<u8>,
    router: Router,
    watched: Arc<Connections>,
    closing: Closing,
) {
    watched.watch(&connection);
    let io = TokioIo::new(ConnectionIo::new(Arc::clone(&connection), head));
    let stays = Arc::new(OnceLock::new());
    // Whether the last request is one of Engine.IO's.
    let polls = Arc::new(AtomicBool::new(false));
    let polling = Arc::clone(&polls);
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        polling.store(engine::is_path(request.uri().path()), Ordering::Relaxed);
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
    let mut served = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(timeouts::HEAD)
            .max_buf_size(HEAD_MAX)
            .serve_connection(io, service)
            .with_upgrades()
    );
    let ended = tokio::select! {
        // First, so that hyper has begun with the request: it would end a connection that has none.
        biased;
        ended = served.as_mut() => ended,
        () = closing.begun() => {
            if polls.load(Ordering::Relaxed) {
                // Its session ends with the hub, and the poll would only delay that.
                return;
            }
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended");
    }
}
