//! Clients that hold a place and do nothing with it are let go.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Method, Request};
use tower::ServiceExt;

use super::session::Session;
use super::{Engine, Shared, bare, lock};
use crate::budget::Pressure;
use crate::domain::ids::ConnId;
use crate::hub::command::Call;
use crate::timeouts;
use crate::wire::engine::{Target, Transport};

/// How often the hub is asked who is in no room.
const ASK: Duration = Duration::from_secs(2);

/// Who may have to go.
#[derive(Debug, Default)]
pub(super) struct Eviction {
    /// Sessions that are in no namespace any more.
    idle: Vec<Weak<Session>>,
    /// When the hub was last asked who is in no room.
    asked: Option<Instant>,
}

impl Shared {
    /// A session has left its last namespace: it has a moment to connect to another.
    pub(super) fn has_no_namespace(&self, session: &Arc<Session>, now: Instant) {
        if session.is_idle_since(now) {
            lock(&self.eviction).idle.push(Arc::downgrade(session));
        }
    }

    /// Ends sessions without a namespace, and has the hub say who is in no room.
    pub(super) fn let_idle_go(self: &Arc<Self>, now: Instant) {
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
        if asks && !lock(&self.clients).is_empty() {
            let timeouts = match self.admission.pressure() {
                Pressure::Easy => timeouts::ROOM,
                Pressure::Tight | Pressure::Full => timeouts::ROOM_WHEN_TIGHT,
            };
            tokio::spawn(Arc::clone(self).let_roomless_go(timeouts));
        }
    }

    async fn let_roomless_go(self: Arc<Self>, timeouts: Duration) {
        // A hub that is overloaded is asked again.
        let roomless = self.hub.call(|tell| Call::LetGo(timeouts, tell)).await;
        for id in roomless.unwrap_or_default() {
            self.let_go(id);
        }
    }

    /// The hub has let a connection go that is in no room. Its client is told goodbye, so that it does
    /// not come back by itself.
    fn let_go(&self, id: ConnId) {
        let Some(client) = self.client(id) else { return };
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

    /// Ends a session: its WebSocket is hung up on. On polling there is no line to cut, and Engine.IO
    /// ends a session for its client alone: so it is told what a client says that goes.
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
