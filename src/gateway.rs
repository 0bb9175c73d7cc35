//! Socket.IO: namespaces, events in, acknowledgements and broadcasts out.
//!
//! Events of one connection are decided in the order in which they arrive: socketioxide runs a handler's
//! body in order and only spawns the future that it returns, so the body decodes and enqueues, and the
//! future is empty. Everything that goes out is sent by the [`broadcaster`].

mod admission;
mod backpressure;
mod batch;
mod broadcaster;
mod client;
mod connect;
mod events;
mod eviction;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod handshake;
mod inbound_queue;
mod namespaces;
mod packet;
mod payload;
mod probe;
mod refusals;
mod registry;
mod session;
mod upgrade;

use std::collections::HashSet;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Instant;

use axum::Router;
use socketioxide::service::SocketIoService;
use socketioxide::{ParserConfig, SocketIo};
use tokio::sync::mpsc::Receiver;
use tokio::task::JoinHandle;

use self::admission::Admission;
use self::eviction::Eviction;
use self::namespaces::{Namespaces, ROOT};
use self::registry::Registry;
use crate::budget::Budget;
use crate::domain::ids::HubId;
use crate::domain::language::Language;
use crate::domain::limits::Limits;
use crate::domain::text::Namespace;
use crate::domain::time::HubTime;
use crate::door::Door;
use crate::hub::HubHandle;
use crate::hub::command::Output;
use crate::identity::Signer;
use crate::metrics::Metrics;
use crate::sync::lock;
use crate::{timeouts, wire};

/// How many packets socketioxide buffers for a client. Further packets wait in the client's backlog.
const BUFFER: usize = 128;

/// Size of a WebSocket's read buffer, in bytes. Each connection has one; nearly all messages fit.
const READ_BUFFER: usize = 512;

/// The parts that the gateway is built from.
pub struct Setup {
    /// Takes commands.
    pub hub: HubHandle,
    /// Verifies tokens.
    pub signer: Arc<Signer>,
    /// Returns fresh random bytes, for new identities.
    pub random: fn() -> [u8; 16],
    /// The settings from the configuration.
    pub settings: GatewaySettings,
    /// Limits connections and sessions by address.
    pub door: Arc<Door>,
    /// The hub's id, for `hello`.
    pub hub_id: HubId,
    /// Counters.
    pub metrics: Arc<Metrics>,
    /// Tells how short memory is.
    pub budget: Budget,
    /// Namespaces of living rooms that break today's rules for names, because the rooms are older.
    pub unruly: HashSet<Namespace>,
}

/// The gateway's settings from the configuration. A reload may change them.
#[derive(Debug, Clone)]
pub struct GatewaySettings {
    /// The language of refusals.
    pub language: Language,
    /// The hub's title, for `hello`.
    pub title: String,
    /// The limits. Of these only `message_size` needs a restart.
    pub limits: Limits,
}

/// The Socket.IO side of the hub.
pub struct Gateway {
    shared: Arc<Shared>,
    io: SocketIo,
    broadcaster: JoinHandle<()>,
}

/// State shared by all handlers.
struct Shared {
    hub: HubHandle,
    signer: Arc<Signer>,
    random: fn() -> [u8; 16],
    settings: Mutex<Arc<GatewaySettings>>,
    hub_id: HubId,
    metrics: Arc<Metrics>,
    door: Arc<Door>,
    namespaces: Namespaces,
    admission: Admission,
    io: OnceLock<SocketIo>,
    engine: OnceLock<Engine>,
    registry: Registry,
    eviction: Mutex<Eviction>,
    started: Instant,
}

impl Gateway {
    /// Puts Socket.IO in front of a router and starts to carry out the hub's outputs.
    pub fn serve(setup: Setup, outputs: Receiver<Vec<Output>>, router: Router) -> (Self, Router) {
        // Each unfinished message may hold as much memory.
        let message = setup.settings.limits.message_size;
        let parser = ParserConfig::common()
            .max_incoming_binaries(4)
            .max_incoming_binary_buf_size(message)
            .packet_completion_timeout(timeouts::MESSAGE);
        let (engine, io) = SocketIo::builder()
            .req_path(wire::engine::PATH)
            .max_buffer_size(BUFFER)
            .max_payload(u64::try_from(message).unwrap_or(u64::MAX))
            .ws_max_message_size(message)
            .ws_max_frame_size(message)
            .ws_read_buffer_size(READ_BUFFER)
            .connect_timeout(timeouts::NAMESPACE)
            .upgrade_timeout(timeouts::UPGRADE)
            .ping_interval(timeouts::PING)
            .ping_timeout(timeouts::PONG)
            .with_parser(parser)
            .build_with_inner_svc(router.clone());
        let shared = Arc::new(Shared::new(setup));
        // Set once, right here; nobody connects before.
        let _first = shared.io.set(io.clone());
        io.ns(ROOT, connect::handler(&shared));
        if let Err(error) = io.dyn_ns("/{*namespace}", connect::handler(&shared)) {
            tracing::error!(%error, "namespaces cannot be served");
        }
        let prepare = axum::middleware::from_fn_with_state(Arc::clone(&shared), handshake::prepare);
        let _first = shared.engine.set(engine);
        let router = router.layer(prepare);
        let broadcaster = tokio::spawn(broadcaster::run(Arc::clone(&shared), outputs));
        (Self { shared, io, broadcaster }, router)
    }

    /// Changes the settings. Sessions that are there go on, even above a lower limit.
    pub fn set(&self, settings: GatewaySettings) {
        self.shared.namespaces.set(&settings.limits);
        self.shared.admission.set(settings.limits.sessions);
        *lock(&self.shared.settings) = Arc::new(settings);
    }

    /// Tells all clients that the hub is shutting down, and ends their connections. Call it after the hub has
    /// closed: it waits until the hub's last outputs are sent.
    pub async fn close(self) {
        let _ended = self.broadcaster.await;
        let closing = tokio::time::timeout(timeouts::CLOSE, self.io.close()).await;
        // socketioxide never finishes closing a client that does not read.
        let stuck = self.shared.registry.drain();
        if closing.is_err() {
            tracing::info!(connections = stuck.len(), "clients that did not read were cut off");
        }
        for client in stuck {
            client.session.hang_up();
        }
    }
}

/// socketioxide's service. Requests that are not Engine.IO's go on to the router.
type Engine = SocketIoService<Router>;

impl Shared {
    fn new(setup: Setup) -> Self {
        let channels = setup.hub.channels().clone();
        Self {
            hub: setup.hub,
            signer: setup.signer,
            random: setup.random,
            hub_id: setup.hub_id,
            metrics: setup.metrics,
            door: setup.door,
            namespaces: Namespaces::new(&setup.settings.limits, setup.unruly, channels),
            admission: Admission::new(setup.budget, setup.settings.limits.sessions),
            settings: Mutex::new(Arc::new(setup.settings)),
            io: OnceLock::new(),
            engine: OnceLock::new(),
            registry: Registry::default(),
            eviction: Mutex::default(),
            started: Instant::now(),
        }
    }

    /// The settings as they are now.
    fn settings(&self) -> Arc<GatewaySettings> {
        Arc::clone(&lock(&self.settings))
    }

    fn language(&self) -> Language {
        lock(&self.settings).language
    }

    /// How long the gateway has been running.
    fn uptime(&self) -> HubTime {
        HubTime(u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX))
    }

    /// Frees what has ended, and updates the gauges. Called every [`broadcaster::SWEEP`].
    fn sweep(self: &Arc<Self>, now: Instant) {
        if let Some(io) = self.io.get() {
            self.namespaces.sweep(io, now);
        }
        self.registry.forget_ended_sessions();
        self.evict_idle(now);
        let (websocket, polling) = self.registry.by_transport();
        self.metrics.websocket.store(websocket, Ordering::Relaxed);
        self.metrics.polling.store(polling, Ordering::Relaxed);
        self.metrics.behind.store(self.registry.backlogged(), Ordering::Relaxed);
        self.metrics.namespaces.store(self.namespaces.count(), Ordering::Relaxed);
    }
}

/// A namespace as rooms carry it and the log shows it, without the protocol's slash.
fn bare(namespace: &str) -> &str {
    namespace.strip_prefix('/').unwrap_or(namespace)
}
