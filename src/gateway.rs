//! Socket.IO: namespaces, events in, acknowledgements and broadcasts out.
//!
//! Events of one connection are decided in the order in which they came: socketioxide runs a
//! handler's body in order and only spawns the future it returns, so the body decodes and enqueues,
//! and the future is empty. Everything that goes out leaves from [`broadcaster`].

mod admission;
mod batch;
mod broadcaster;
mod client;
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
mod session;
mod upgrade;

use std::collections::{HashMap, HashSet};
use std::future::ready;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::{Duration, Instant};

use axum::Router;
use serde_json::value::RawValue;
use socketioxide::adapter::LocalAdapter;
use socketioxide::extract::{Event as Name, SocketRef, TryData};
use socketioxide::handler::{ConnectHandler, FromConnectParts, FromMessageParts, Value};
use socketioxide::service::SocketIoService;
use socketioxide::socket::{DisconnectReason, Sid, Socket};
use socketioxide::{ParserConfig, SocketIo, TransportType};
use tokio::sync::mpsc::Receiver;
use tokio::task::JoinHandle;

use self::admission::Admission;
use self::client::{Client, Packet};
use self::eviction::Eviction;
use self::inbound_queue::InboundEvent;
use self::namespaces::{Namespaces, ROOT};
use self::session::Session;
use crate::budget::Budget;
use crate::domain::flood_control::Verdict;
use crate::domain::ids::{ConnId, HubId, IdentityId};
use crate::domain::language::Language;
use crate::domain::limits::Limits;
use crate::domain::refusal::Refusal;
use crate::domain::text::Namespace;
use crate::domain::time::HubTime;
use crate::domain::words;
use crate::door::Door;
use crate::hub::HubHandle;
use crate::hub::command::{Answer, Command, ConnInfo, Event, Output};
use crate::identity::Signer;
use crate::metrics::Metrics;
use crate::timeouts;
use crate::wire;

/// How many packets socketioxide buffers for a client; what comes on top waits in its backlog.
const BUFFER: usize = 128;

/// What a WebSocket's messages are read through, in bytes: each connection has one, and nearly all
/// messages fit.
const READ_BUFFER: usize = 512;

/// How long the library may take to close its sessions at shutdown.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// What the gateway is built from.
pub struct Setup {
    /// The way to the hub.
    pub hub: HubHandle,
    /// What tells whose a token is.
    pub signer: Arc<Signer>,
    /// Fresh random bytes for new identities.
    pub random: fn() -> [u8; 16],
    /// The language of refusals.
    pub language: Language,
    /// How much anyone may do.
    pub limits: Limits,
    /// Who may begin a session.
    pub door: Arc<Door>,
    /// Which hub it is, for the greeting.
    pub hub_id: HubId,
    /// The hub's name for people.
    pub title: String,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// How much memory there is.
    pub budget: Budget,
    /// The namespaces of living rooms that break the rules for names, since they are older.
    pub unruly: HashSet<Namespace>,
}

/// The Socket.IO side of the hub.
pub struct Gateway {
    shared: Arc<Shared>,
    io: SocketIo,
    broadcaster: JoinHandle<()>,
}

/// What all handlers share.
struct Shared {
    hub: HubHandle,
    signer: Arc<Signer>,
    random: fn() -> [u8; 16],
    language: Language,
    hub_id: HubId,
    title: String,
    metrics: Arc<Metrics>,
    limits: Limits,
    door: Arc<Door>,
    namespaces: Namespaces,
    admission: Admission,
    io: OnceLock<SocketIo>,
    engine: OnceLock<Engine>,
    // Locks: each is taken alone and for a look-up only.
    clients: Mutex<HashMap<ConnId, Arc<Client>>>,
    sessions: Mutex<HashMap<Sid, Weak<Session>>>,
    /// Connections with a backlog.
    waiting: Mutex<Vec<Arc<Client>>>,
    eviction: Mutex<Eviction>,
    next: AtomicU64,
    started: Instant,
}

impl Gateway {
    /// Puts Socket.IO in front of a router and starts to carry out the hub's outputs.
    pub fn serve(setup: Setup, outputs: Receiver<Vec<Output>>, router: Router) -> (Self, Router) {
        // Each unfinished message may hold as much memory.
        let message = setup.limits.message_size;
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
        io.ns(ROOT, handler(&shared));
        if let Err(error) = io.dyn_ns("/{*namespace}", handler(&shared)) {
            tracing::error!(%error, "namespaces cannot be served");
        }
        let prepare = axum::middleware::from_fn_with_state(Arc::clone(&shared), handshake::prepare);
        let _first = shared.engine.set(engine);
        let router = router.layer(prepare);
        let broadcaster = tokio::spawn(broadcaster::run(Arc::clone(&shared), outputs));
        (Self { shared, io, broadcaster }, router)
    }

    /// Tells all clients that the hub goes, and ends their connections. To be called when the hub
    /// has closed: the last outputs are carried out first.
    pub async fn close(self) {
        let _ended = self.broadcaster.await;
        let closing = tokio::time::timeout(CLOSE_TIMEOUT, self.io.close()).await;
        // A client that does not read never lets the library finish.
        let stuck = self.shared.drain_clients();
        if closing.is_err() {
            tracing::info!(connections = stuck.len(), "clients that did not read were cut off");
        }
        for client in stuck {
            client.session.hang_up();
        }
    }
}

/// The library, for requests and for connections; what is not its own goes on to the router.
type Engine = SocketIoService<Router>;

/// The handler of every namespace: a check before, and the events after.
fn handler(
    shared: &Arc<Shared>,
) -> impl ConnectHandler<LocalAdapter, (Own, TryData<serde_json::Value>)> + use<> {
    let checking = Arc::clone(shared);
    let connecting = Arc::clone(shared);
    let connect = move |own: Own, auth: TryData<serde_json::Value>| {
        connecting.connected(&own.0, auth.0.ok().as_ref());
        ready(())
    };
    connect.with(move |socket: SocketRef, auth: TryData<serde_json::Value>| {
        ready(checking.check(&socket, auth.0.ok().as_ref()))
    })
}

/// The socket itself: socketioxide's `SocketRef` does not give its `Arc` away.
struct Own(Arc<Socket<LocalAdapter>>);

impl FromConnectParts<LocalAdapter> for Own {
    type Error = std::convert::Infallible;

    fn from_connect_parts(
        socket: &Arc<Socket<LocalAdapter>>,
        _: &Option<Value>,
    ) -> Result<Self, Self::Error> {
        Ok(Self(Arc::clone(socket)))
    }
}

/// The number that a client gave its acknowledgement, if it wants one.
struct AckNumber(Option<i64>);

impl FromMessageParts<LocalAdapter> for AckNumber {
    type Error = std::convert::Infallible;

    fn from_message_parts(
        _: &Arc<Socket<LocalAdapter>>,
        _: &mut Value,
        number: &Option<i64>,
    ) -> Result<Self, Self::Error> {
        Ok(Self(*number))
    }
}

/// Why a client cannot connect to a namespace, in the hub's language.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Rejected(String);

/// Why a connection cannot be served any longer.
#[derive(Debug, Clone, Copy)]
enum Dropped {
    SendsTooFast,
    DoesNotListen,
    DoesNotRead,
}

impl Dropped {
    /// For the metrics, and for the log.
    fn told(self) -> (&'static str, &'static str) {
        match self {
            Self::SendsTooFast => ("sends_too_fast", "it sends faster than it can be told to stop"),
            Self::DoesNotListen => ("events", "it goes on although its events are refused"),
            Self::DoesNotRead => ("does_not_read", "it does not read what it is sent"),
        }
    }
}

impl Shared {
    fn new(setup: Setup) -> Self {
        let channels = setup.hub.channels().clone();
        Self {
            hub: setup.hub,
            signer: setup.signer,
            random: setup.random,
            language: setup.language,
            hub_id: setup.hub_id,
            title: setup.title,
            metrics: setup.metrics,
            limits: setup.limits,
            door: setup.door,
            namespaces: Namespaces::new(&setup.limits, setup.unruly, channels),
            admission: Admission::new(setup.budget, setup.limits.sessions),
            io: OnceLock::new(),
            engine: OnceLock::new(),
            clients: Mutex::default(),
            sessions: Mutex::default(),
            waiting: Mutex::default(),
            eviction: Mutex::default(),
            next: AtomicU64::new(1),
            started: Instant::now(),
        }
    }

    fn check(&self, socket: &SocketRef, auth: Option<&serde_json::Value>) -> Result<(), Rejected> {
        let checked = match (self.io.get(), session_of(socket)) {
            (Some(io), Some(session)) => {
                let checked = self.check_in(io, socket.ns(), session, auth);
                checked.inspect_err(|_| self.namespaces.forget(io, socket.ns()))
            }
            _ => Err(Refusal::Unavailable),
        };
        checked.map_err(|refusal| Rejected(words::refusal(self.language, &refusal)))
    }

    fn check_in(
        &self,
        io: &SocketIo,
        name: &str,
        session: &Arc<Session>,
        auth: Option<&serde_json::Value>,
    ) -> Result<(), Refusal> {
        // As an event: nobody gets around that pace by connecting again.
        match session.step(self.limits.events, self.passed()) {
            Verdict::Allowed => {}
            Verdict::TooFast(wait) => {
                self.metrics.refusals.add("too_fast");
                return Err(Refusal::TooFast(wait));
            }
            Verdict::Flood => {
                self.drop_session(session, Dropped::DoesNotListen, None);
                return Err(Refusal::Unavailable);
            }
        }
        if let Err(full) = self.admission.socket(self.identity(auth, session.identity)) {
            self.metrics.refusals.add("hub_full");
            return Err(full);
        }
        let checked = self.namespaces.check(io, name, session, Instant::now());
        checked.inspect_err(|_| self.metrics.refusals.add("namespace"))
    }

    /// A client is connected to a namespace.
    fn connected(
        self: &Arc<Self>,
        socket: &Arc<Socket<LocalAdapter>>,
        auth: Option<&serde_json::Value>,
    ) {
        let Some(session) = session_of(socket).cloned() else {
            return;
        };
        if self.is_orphan(socket) {
            // Its namespace was freed between the look-up and the check: the client reconnects.
            if !session.hang_up() {
                let _closing = Arc::clone(socket).disconnect();
            }
            return;
        }
        let id = ConnId(self.next.fetch_add(1, Ordering::Relaxed));
        let identity = self.identity(auth, session.identity);
        session.is_in(socket.id);
        let name = self.namespaces.enter(socket.ns(), &session);
        let client = Client::new(id, Arc::clone(socket), Arc::clone(&session), identity, name);
        let client = Arc::new(client);
        lock(&self.clients).insert(id, Arc::clone(&client));
        let namespace = self.namespaces.named(socket.ns()).ok();
        tracing::info!(
            conn = id.0,
            namespace = bare(socket.ns()),
            transport = ?socket.transport_type(),
            "connected"
        );
        let peer = session.peer;
        self.hub.submit(Command::Connected(ConnInfo { id, identity, peer, namespace }));
        let now = self.hub.clock().wall();
        let hello = wire::hello(self.hub_id, &self.title, self.language, now);
        self.send_one(&client, Packet::Event("hello", Arc::from(hello)));
        self.listen(&client);
        self.listen_for_the_end(&client);
    }

    /// Whose connection it is: a token in the client's `auth`, else what the handshake proved.
    fn identity(&self, auth: Option<&serde_json::Value>, session: IdentityId) -> IdentityId {
        let token = auth.and_then(|auth| auth.get("token")).and_then(serde_json::Value::as_str);
        token.and_then(|token| self.signer.verify(token)).unwrap_or(session)
    }

    fn is_orphan(&self, socket: &Socket<LocalAdapter>) -> bool {
        let namespace = self.io.get().and_then(|io| io.of(socket.ns()));
        namespace.is_none_or(|namespace| namespace.get_socket(socket.id).is_none())
    }

    /// One handler for all events: a handler for each would cost every connection a table of them.
    /// An event that nobody knows does nothing, as in the original; but it counts, and a client that waits for an
    /// answer gets one: a newer client may ask an older hub.
    fn listen(self: &Arc<Self>, client: &Arc<Client>) {
        let (shared, id) = (Arc::clone(self), client.id);
        client.socket.on_fallback(
            move |name: Name, data: TryData<serde_json::Value>, ack: AckNumber| {
                if let Some(decode) = payload::decode(&name) {
                    shared.received(id, decode(data.0.map_err(|error| error.to_string())), ack.0);
                } else if let Some(client) = shared.client(id)
                    && shared.in_time(&client, ack.0)
                    && ack.0.is_some()
                {
                    let unknown = Refusal::bad("this hub does not know such an event");
                    shared.answer(&client, ack.0, &Err(unknown));
                }
                ready(())
            },
        );
    }

    /// How long the gateway has been running.
    fn passed(&self) -> HubTime {
        HubTime(u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX))
    }

    /// Whether a socket may send this event now. What is too fast is answered here.
    fn in_time(&self, client: &Arc<Client>, ack: Option<i64>) -> bool {
        if client.session.is_over() {
            return false;
        }
        match client.session.step(self.limits.events, self.passed()) {
            Verdict::Allowed => return true,
            Verdict::TooFast(wait) => self.answer(client, ack, &Err(Refusal::TooFast(wait))),
            Verdict::Flood => self.drop_client(client, Dropped::DoesNotListen),
        }
        false
    }

    /// An event came: it is enqueued right here, in order.
    fn received(self: &Arc<Self>, id: ConnId, event: Result<Event, Refusal>, ack: Option<i64>) {
        let Some(client) = self.client(id) else { return };
        if !self.in_time(&client, ack) {
            return;
        }
        let Some(permit) = client.permit() else {
            return self.drop_client(&client, Dropped::SendsTooFast);
        };
        match event {
            Ok(event) => {
                let is_join = matches!(event, Event::Join { .. });
                client.inbound().push(InboundEvent { event, ack, permit }, is_join);
                self.move_on(&client);
            }
            Err(refusal) => self.answer(&client, ack, &Err(refusal)),
        }
    }

    /// Acknowledges an event; a refusal is also told by the contract's `message` event.
    fn answer(&self, client: &Arc<Client>, ack: Option<i64>, answer: &Result<Answer, Refusal>) {
        if ack.is_none() && answer.is_ok() {
            return;
        }
        if let Ok(Answer::Joined(_)) = answer {
            self.admission.came_in(client.identity);
        }
        let payload: Arc<RawValue> = Arc::from(wire::ack(self.language, answer));
        if let Err(refusal) = answer {
            self.metrics.refusals.add(wire::code(refusal));
            let text = wire::encode(&payload.get());
            self.send_one(client, Packet::Event("message", Arc::from(text)));
        }
        if let Some(number) = ack {
            self.send_one(client, Packet::Ack(number, payload));
        }
    }

    fn listen_for_the_end(self: &Arc<Self>, client: &Arc<Client>) {
        let (shared, id) = (Arc::clone(self), client.id);
        client.socket.on_disconnect(move |reason: DisconnectReason| {
            shared.disconnected(id, reason);
            ready(())
        });
    }

    fn disconnected(self: &Arc<Self>, id: ConnId, reason: DisconnectReason) {
        let Some(client) = lock(&self.clients).remove(&id) else {
            return;
        };
        // What it said last is decided before it is gone; not so where the hub has had enough of it.
        let mut last_words = client.inbound().last_words();
        if !client.session.is_over() {
            last_words.retain(inbound_queue::worth_deciding());
            for asked in last_words {
                self.submit(&client, asked);
            }
        }
        client.end();
        let namespace = client.socket.ns();
        if let Some(io) = self.io.get() {
            self.namespaces.leave(io, namespace, &client.session, Instant::now());
        }
        if client.session.namespaces.load(Ordering::SeqCst) == 0 {
            self.has_no_namespace(&client.session, Instant::now());
        }
        tracing::info!(conn = id.0, namespace = bare(namespace), ?reason, "disconnected");
        self.hub.submit(Command::Gone(id));
    }

    /// Ends a connection that cannot be served any longer. The client may come back.
    fn drop_client(&self, client: &Arc<Client>, why: Dropped) {
        if self.drop_session(&client.session, why, Some(client.id)) {
            client.end();
            self.hub.submit(Command::Gone(client.id));
        }
    }

    /// Ends a session, in all its namespaces. False where it ends already: so it is done once, and told once.
    fn drop_session(&self, session: &Session, why: Dropped, client: Option<ConnId>) -> bool {
        if !session.is_to_end() {
            return false;
        }
        let (reason, why) = why.told();
        self.metrics.drops.add(reason);
        tracing::info!(conn = client.map(|id| id.0), why, "dropped");
        self.end(session);
        true
    }

    fn client(&self, id: ConnId) -> Option<Arc<Client>> {
        lock(&self.clients).get(&id).cloned()
    }

    /// Those of these connections that are still there.
    fn find<'a>(&self, ids: impl Iterator<Item = &'a ConnId>) -> Vec<Arc<Client>> {
        let clients = lock(&self.clients);
        ids.filter_map(|id| clients.get(id).cloned()).collect()
    }

    fn drain_clients(&self) -> Vec<Arc<Client>> {
        lock(&self.clients).drain().map(|(_, client)| client).collect()
    }

    /// What waits for this connection is tried again from now on. Each is here once: it comes when
    /// its backlog begins, and leaves for each try.
    fn wait(&self, client: &Arc<Client>) {
        lock(&self.waiting).push(Arc::clone(client));
    }

    fn has_waiting(&self) -> bool {
        !lock(&self.waiting).is_empty()
    }

    fn take_waiting(&self) -> Vec<Arc<Client>> {
        std::mem::take(&mut *lock(&self.waiting))
    }

    fn sweep(self: &Arc<Self>, now: Instant) {
        if let Some(io) = self.io.get() {
            self.namespaces.sweep(io, now);
        }
        self.forget_sessions();
        self.let_idle_go(now);
        self.count();
    }

    /// How many sockets there are; a transport changes by itself, so they are looked at.
    fn count(&self) {
        let clients = lock(&self.clients);
        let is_polling =
            |client: &&Arc<Client>| client.socket.transport_type() == TransportType::Polling;
        let polling = clients.values().filter(is_polling).count();
        self.metrics.polling.store(polling, Ordering::Relaxed);
        self.metrics.websocket.store(clients.len() - polling, Ordering::Relaxed);
        drop(clients);
        self.metrics.behind.store(lock(&self.waiting).len(), Ordering::Relaxed);
        self.metrics.namespaces.store(self.namespaces.count(), Ordering::Relaxed);
    }
}

fn session_of(socket: &Socket<LocalAdapter>) -> Option<&Arc<Session>> {
    socket.req_parts().extensions.get::<Arc<Session>>()
}

/// A namespace as rooms carry it and the log shows it, without the protocol's slash.
fn bare(namespace: &str) -> &str {
    namespace.strip_prefix('/').unwrap_or(namespace)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic elsewhere leaves these maps as usable as before.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
