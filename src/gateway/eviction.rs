//! Evicts clients that the hub cannot keep up with, and those that occupy a place without joining a room.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Method, Request};
use tower::ServiceExt;

use super::client::Client;
use super::session::Session;
use super::{Engine, Shared, bare};
use crate::budget::Pressure;
use crate::domain::ids::ConnId;
use crate::hub::command::{Call, Command};
use crate::sync::lock;
use crate::timeouts;
use crate::wire::engine::{Target, Transport};

/// How often the hub is asked for connections that are in no room.
const ASK: Duration = Duration::from_secs(2);

/// Candidates for eviction.
#[derive(Debug, Default)]
pub(super) struct Eviction {
    /// Sessions that are in no namespace any more.
    idle: Vec<Weak<Session>>,
    /// When the hub was last asked for connections that are in no room.
    asked: Option<Instant>,
}

/// Why the hub drops a connection that it cannot serve any longer.
#[derive(Debug, Clone, Copy)]
pub(super) enum DropReason {
    /// Too many of its events are undecided although reading is paused.
    SendsTooFast,
    /// It keeps sending although its events are refused as too fast.
    IgnoresRefusals,
    /// It does not read what it is sent.
    DoesNotRead,
}

impl DropReason {
    /// The label in the metrics, and the text for the log.
    fn describe(self) -> (&'static str, &'static str) {
        match self {
            Self::SendsTooFast => ("sends_too_fast", "it sends faster than it can be told to stop"),
            Self::IgnoresRefusals => ("events", "it goes on although its events are refused"),
            Self::DoesNotRead => ("does_not_read", "it does not read what it is sent"),
        }
    }
}

impl Shared {
    /// Drops a client, with its whole session. The client may reconnect.
    pub(super) fn drop_client(&self, client: &Arc<Client>, why: DropReason) {
        if self.drop_session(&client.session, why, Some(client.id)) {
            client.end();
            self.hub.submit(Command::Gone(client.id));
        }
    }

    /// Ends a session in all its namespaces. Returns false if it is ending already, so that it is counted and
    /// logged once.
    pub(super) fn drop_session(
        &self,
        session: &Session,
        why: DropReason,
        client: Option<ConnId>,
    ) -> bool {
        if !session.mark_over() {
            return false;
        }
        let (label, why) = why.describe();
        self.metrics.drops.add(label);
        tracing::info!(conn = client.map(|id| id.0), why, "dropped");
        self.end(session);
        true
    }

    /// A session has left its last namespace. It is ended unless it connects to one within
    /// [`timeouts::NAMESPACE`].
    pub(super) fn has_no_namespace(&self, session: &Arc<Session>, now: Instant) {
        if session.is_idle_since(now) {
            lock(&self.eviction).idle.push(Arc::downgrade(session));
        }
    }

    /// Ends sessions without a namespace, and connections that have joined no room in time.
    pub(super) fn evict_idle(self: &Arc<Self>, now: Instant) {
        let mut over = Vec::new();
        let mut eviction = lock(&self.eviction);
        eviction.idle.retain(|session| {
            let Some(session) = session.upgrade() else { return false };
            match session.idle_for(now) {
                None => false,
                Some(span) if span < timeouts::NAMESPACE => true,
                Some(_) => {
                    over.push(session);
                    false
                }
            }
        });
        let asks = eviction.asked.is_none_or(|asked| now - asked >= ASK);
        if asks {
            eviction.asked = Some(now);
        }
        drop(eviction);
        for session in over {
            self.metrics.drops.add("no_namespace");
            self.end(&session);
        }
        if asks && !self.registry.is_empty() {
            let limit = match self.admission.pressure() {
                Pressure::Easy => timeouts::ROOM,
                Pressure::Tight | Pressure::Full => timeouts::ROOM_WHEN_TIGHT,
            };
            tokio::spawn(Arc::clone(self).evict_roomless(limit));
        }
    }

    async fn evict_roomless(self: Arc<Self>, limit: Duration) {
        // An overloaded hub refuses the call: it is asked again with the next sweep.
        let roomless = self.hub.call(|tell| Call::ForgetIdle(limit, tell)).await;
        for id in roomless.unwrap_or_default() {
            self.evict(id);
        }
    }

    /// Disconnects a client that is in no room. It gets a `DISCONNECT` packet, after which Socket.IO's clients
    /// do not reconnect by themselves.
    fn evict(&self, id: ConnId) {
        let Some(client) = self.registry.client(id) else { return };
        self.metrics.drops.add("joins_nothing");
        tracing::info!(
            conn = id.0,
            namespace = bare(client.socket.ns()),
            "let go: it joins no room"
        );
        if Arc::clone(&client.socket).disconnect().is_err() {
            self.end(&client.session);
        }
    }

    /// Ends a session. A WebSocket is shut down. A polling session has no connection of its own, and Engine.IO
    /// lets only the client end it: the hub posts the client's `close` packet in its place.
    pub(super) fn end(&self, session: &Session) {
        if session.hang_up() {
            return;
        }
        let (Some(engine), Some(sid)) = (self.engine.get(), session.sid.get()) else { return };
        let sid = sid.to_string();
        let target = Target { transport: Transport::Polling, sid: Some(&sid) };
        let goodbye =
            Request::builder().method(Method::POST).uri(target.uri()).body(Body::from("1"));
        if let Ok(goodbye) = goodbye {
            tokio::spawn(say(engine.clone(), goodbye));
        }
    }
}

async fn say(engine: Engine, goodbye: Request<Body>) {
    // A session that is gone already is as good.
    let _answer = engine.oneshot(goodbye).await;
}
