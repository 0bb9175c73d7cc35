//! HTTP: Cola Chat's calls, the hub's own `/api`, health, and the page.

mod answers;
mod api;
mod body;
mod body_timeout;
mod callers;
mod chat;
mod closing;
mod connections;
mod cors;
mod export;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod guard;
mod health;
mod host;
mod hubs;
mod lists;
mod metrics;
mod negotiation;
mod pages;
mod questions;
mod request;
mod respond;
mod serve;
mod slices;
mod walls;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::map_response_with_state;

use self::answers::Answers;
pub use self::cors::with_cors;
pub use self::guard::Guard;
use self::lists::Lists;
pub use self::pages::with_client;
pub use self::serve::Server;
use crate::budget::Budget;
use crate::config::LiveConfig;
use crate::control::ControlContext;
use crate::discovery;
use crate::domain::refusal::Refusal;
use crate::door::Door;
use crate::export::Source;
use crate::hub::HubHandle;
use crate::identity::Signer;
use crate::metrics::Metrics;
use crate::network::Reach;
use crate::store::{Health, Reader};

/// The largest body of a call, in bytes. The body with a room's title and password is far smaller.
const BODY_MAX: usize = 16 * 1024;

/// The state that every handler can reach.
#[derive(Clone)]
pub struct App(Arc<HttpContext>, Answers, Lists);

/// What the HTTP side needs.
pub struct HttpContext {
    /// Takes commands.
    pub hub: HubHandle,
    /// Answers the requests of hosts.
    pub control: Arc<ControlContext>,
    /// Reads the store.
    pub reader: Reader,
    /// Verifies and signs tokens.
    pub signer: Arc<Signer>,
    /// Returns fresh random bytes, for new identities.
    pub random: fn() -> [u8; 16],
    /// The configuration.
    pub config: LiveConfig,
    /// The addresses at which the hub is reached.
    pub reach: Reach,
    /// The state of this hub's announcement, and other hubs on the network.
    pub found: discovery::View,
    /// The state of the disk and the database.
    pub health: Health,
    /// Finds a request's client, since it knows the trusted proxies.
    pub door: Arc<Door>,
    /// Counters.
    pub metrics: Arc<Metrics>,
    /// Where an export reads.
    pub export: Source,
    /// Tells how short memory is.
    pub budget: Budget,
}

impl std::ops::Deref for App {
    type Target = HttpContext;

    fn deref(&self) -> &HttpContext {
        &self.0
    }
}

/// All routes except Socket.IO's.
pub fn router(parts: HttpContext) -> Router {
    let answers = Answers::new();
    let app = App(Arc::new(parts), answers, Lists::default());
    Router::new()
        .nest("/chat", chat::routes())
        .merge(host::routes())
        .nest("/api", api::routes())
        .merge(health::routes())
        .merge(metrics::routes())
        .merge(pages::routes())
        .fallback(pages::nothing_here)
        .method_not_allowed_fallback(respond::method_not_allowed)
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(map_response_with_state(app.clone(), respond::in_envelope))
        .with_state(app)
}

impl App {
    /// The refusal for a room that does not live: it has expired, or never existed.
    async fn missing(&self, room: crate::domain::ids::RoomId) -> Refusal {
        match self.reader.room(room).await {
            Ok(Some(_)) => Refusal::Expired,
            Ok(None) => Refusal::NoSuchRoom,
            Err(refusal) => refusal,
        }
    }
}
