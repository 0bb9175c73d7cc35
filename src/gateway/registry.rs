//! The registry of connections: every client by its id, every session by its Engine.IO sid, and the clients with a
//! backlog.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Weak};

use socketioxide::TransportType;
use socketioxide::socket::Sid;

use super::client::Client;
use super::session::Session;
use crate::domain::ids::ConnId;
use crate::sync::lock;

/// The connected clients and their sessions.
///
/// Each lock is taken alone, and for a look-up only.
pub(super) struct Registry {
    clients: Mutex<Clients>,
    sessions: Mutex<HashMap<Sid, Weak<Session>>>,
    /// Clients whose transport is full; the broadcaster retries them. A client is in here at most once: it
    /// is added when its backlog begins and taken out for each retry.
    backlogged: Mutex<Vec<Arc<Client>>>,
    next_id: AtomicU64,
}

/// The connected clients.
#[derive(Default)]
struct Clients {
    all: HashMap<ConnId, Arc<Client>>,
    /// Those of them that have polled and may still do.
    polling: HashSet<ConnId>,
}

impl Default for Registry {
    fn default() -> Self {
        Self {
            clients: Mutex::default(),
            sessions: Mutex::default(),
            backlogged: Mutex::default(),
            next_id: AtomicU64::new(1),
        }
    }
}

impl Registry {
    /// An id that no connection of this run has had.
    pub(super) fn next_id(&self) -> ConnId {
        ConnId(self.next_id.fetch_add(1, Ordering::Relaxed))
    }

    /// Adds a client that has just connected.
    pub(super) fn insert(&self, client: &Arc<Client>) {
        let mut clients = lock(&self.clients);
        if is_polling(client) {
            clients.polling.insert(client.id);
        }
        clients.all.insert(client.id, Arc::clone(client));
    }

    /// The client with this id, while it is connected.
    pub(super) fn client(&self, id: ConnId) -> Option<Arc<Client>> {
        lock(&self.clients).all.get(&id).cloned()
    }

    /// The clients with these ids that are still connected.
    pub(super) fn clients<'a>(&self, ids: impl Iterator<Item = &'a ConnId>) -> Vec<Arc<Client>> {
        let clients = lock(&self.clients);
        ids.filter_map(|id| clients.all.get(id).cloned()).collect()
    }

    /// Removes a client. `None` if it is gone already.
    pub(super) fn remove(&self, id: ConnId) -> Option<Arc<Client>> {
        let mut clients = lock(&self.clients);
        clients.polling.remove(&id);
        clients.all.remove(&id)
    }

    /// Removes all clients.
    pub(super) fn drain(&self) -> Vec<Arc<Client>> {
        std::mem::take(&mut *lock(&self.clients)).all.into_values().collect()
    }

    /// Whether nobody is connected.
    pub(super) fn is_empty(&self) -> bool {
        lock(&self.clients).all.is_empty()
    }

    /// How many clients use WebSocket, and how many use polling. Clients that poll are looked at on each call, since a
    /// transport upgrades without notice; it never goes back.
    pub(super) fn by_transport(&self) -> (usize, usize) {
        let Clients { all, polling } = &mut *lock(&self.clients);
        polling.retain(|id| all.get(id).is_some_and(|client| is_polling(client)));
        (all.len() - polling.len(), polling.len())
    }

    /// Has the broadcaster retry a client whose backlog has begun.
    pub(super) fn add_backlogged(&self, client: &Arc<Client>) {
        lock(&self.backlogged).push(Arc::clone(client));
    }

    /// How many clients have a backlog.
    pub(super) fn backlogged(&self) -> usize {
        lock(&self.backlogged).len()
    }

    /// Takes all clients with a backlog out, for a retry.
    pub(super) fn take_backlogged(&self) -> Vec<Arc<Client>> {
        std::mem::take(&mut *lock(&self.backlogged))
    }

    /// Adds a polling session, so that its requests find it.
    pub(super) fn insert_session(&self, sid: Sid, session: &Arc<Session>) {
        lock(&self.sessions).insert(sid, Arc::downgrade(session));
    }

    /// The session with this sid, as the client sent it.
    pub(super) fn session(&self, sid: &str) -> Option<Arc<Session>> {
        lock(&self.sessions).get(&sid.parse().ok()?).and_then(Weak::upgrade)
    }

    /// Forgets the sessions that have ended.
    pub(super) fn forget_ended_sessions(&self) {
        lock(&self.sessions).retain(|_, session| session.strong_count() > 0);
    }
}

fn is_polling(client: &Client) -> bool {
    client.socket.transport_type() == TransportType::Polling
}
