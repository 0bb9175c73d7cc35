//! A client connects to a namespace (Socket.IO protocol, `CONNECT`) and disconnects from it.

use std::future::ready;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use serde_json::Value as Json;
use socketioxide::SocketIo;
use socketioxide::adapter::LocalAdapter;
use socketioxide::extract::{SocketRef, TryData};
use socketioxide::handler::{ConnectHandler, FromConnectParts, Value};
use socketioxide::socket::{DisconnectReason, Socket};

use super::client::Client;
use super::eviction::DropReason;
use super::packet::Packet;
use super::session::Session;
use super::{Shared, bare, inbound_queue};
use crate::domain::flood_control::Verdict;
use crate::domain::ids::{ConnId, IdentityId};
use crate::domain::refusal::Refusal;
use crate::domain::words;
use crate::hub::command::{Command, ConnInfo};
use crate::wire;

/// The handler of every namespace: first the check, then the client's events.
pub(super) fn handler(
    shared: &Arc<Shared>,
) -> impl ConnectHandler<LocalAdapter, (SocketArc, TryData<Json>)> + use<> {
    let checking = Arc::clone(shared);
    let connecting = Arc::clone(shared);
    let connect = move |socket: SocketArc, auth: TryData<Json>| {
        connecting.connected(&socket.0, auth.0.ok().as_ref());
        ready(())
    };
    connect.with(move |socket: SocketRef, auth: TryData<Json>| {
        ready(checking.check(&socket, auth.0.ok().as_ref()))
    })
}

/// Extracts the socket's `Arc`, which socketioxide's `SocketRef` keeps to itself.
pub(super) struct SocketArc(Arc<Socket<LocalAdapter>>);

impl FromConnectParts<LocalAdapter> for SocketArc {
    type Error = std::convert::Infallible;

    fn from_connect_parts(
        socket: &Arc<Socket<LocalAdapter>>,
        _: &Option<Value>,
    ) -> Result<Self, Self::Error> {
        Ok(Self(Arc::clone(socket)))
    }
}

/// Why a client cannot connect to a namespace, in the hub's language.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Rejected(String);

impl Shared {
    fn check(&self, socket: &SocketRef, auth: Option<&Json>) -> Result<(), Rejected> {
        let checked = match (self.io.get(), session_of(socket)) {
            (Some(io), Some(session)) => self
                .may_connect(io, socket.ns(), session, auth)
                .inspect_err(|_| self.namespaces.forget(io, socket.ns())),
            _ => Err(Refusal::Unavailable),
        };
        checked.map_err(|refusal| Rejected(words::refusal(self.language(), &refusal)))
    }

    fn may_connect(
        &self,
        io: &SocketIo,
        name: &str,
        session: &Arc<Session>,
        auth: Option<&Json>,
    ) -> Result<(), Refusal> {
        // Counts as an event, so that connecting again does not get around the rate limit.
        match session.count_event(self.settings().limits.events, self.uptime()) {
            Verdict::Allowed => {}
            Verdict::TooFast(wait) => {
                self.metrics.refusals.add("too_fast");
                return Err(Refusal::TooFast(wait));
            }
            Verdict::Flood => {
                self.drop_session(session, DropReason::IgnoresRefusals, None);
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

    /// A client has connected to a namespace.
    fn connected(self: &Arc<Self>, socket: &Arc<Socket<LocalAdapter>>, auth: Option<&Json>) {
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
        let id = self.registry.next_id();
        let identity = self.identity(auth, session.identity);
        session.has_namespace(socket.id);
        let (name, namespace) = self.namespaces.enter(socket.ns(), &session);
        let (socket_of, metrics) = (Arc::clone(socket), Arc::clone(&self.metrics));
        let client = Client::new(id, socket_of, Arc::clone(&session), identity, name, metrics);
        let client = Arc::new(client);
        self.registry.insert(&client);
        tracing::info!(
            conn = id.0,
            namespace = bare(socket.ns()),
            transport = ?socket.transport_type(),
            "connected"
        );
        let peer = session.peer;
        self.hub.submit(Command::Connected(ConnInfo { id, identity, peer, namespace }));
        let (now, settings) = (self.hub.clock().wall(), self.settings());
        let hello = wire::hello(self.hub_id, &settings.title, settings.language, now);
        self.send_one(&client, Packet::Event("hello", Arc::from(hello)));
        self.listen(&client);
        self.listen_for_disconnect(&client);
    }

    /// The owner of the connection: from the token in the client's `auth`, else what the handshake proved.
    fn identity(&self, auth: Option<&Json>, session: IdentityId) -> IdentityId {
        let token = auth.and_then(|auth| auth.get("token")).and_then(Json::as_str);
        token.and_then(|token| self.signer.verify(token)).unwrap_or(session)
    }

    fn is_orphan(&self, socket: &Socket<LocalAdapter>) -> bool {
        let namespace = self.io.get().and_then(|io| io.of(socket.ns()));
        namespace.is_none_or(|namespace| namespace.get_socket(socket.id).is_none())
    }

    fn listen_for_disconnect(self: &Arc<Self>, client: &Arc<Client>) {
        let (shared, id) = (Arc::clone(self), client.id);
        client.socket.on_disconnect(move |reason: DisconnectReason| {
            shared.disconnected(id, reason);
            ready(())
        });
    }

    fn disconnected(self: &Arc<Self>, id: ConnId, reason: DisconnectReason) {
        let Some(client) = self.registry.remove(id) else {
            return;
        };
        // Events that still wait are decided first, unless the hub itself ended the session.
        let mut last = client.inbound().take_last();
        if !client.session.is_over() {
            last.retain(inbound_queue::worth_deciding());
            for event in last {
                self.submit(&client, event);
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
}

fn session_of(socket: &Socket<LocalAdapter>) -> Option<&Arc<Session>> {
    socket.req_parts().extensions.get::<Arc<Session>>()
}
