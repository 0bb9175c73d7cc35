//! HTTP: Cola Chat's calls, the hub's own `/api`, health, and the page.

mod answers;
mod api;
mod body;
mod body_timeout;
mod callers;
mod chat;
mod connections;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod guard;
mod health;
mod hubs;
mod metrics;
mod pages;
mod request;
mod respond;
mod serve;
mod slices;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, Method, header};
use axum::middleware::map_response_with_state;
use tower_http::cors::{AllowOrigin, CorsLayer};

use self::answers::Answers;
pub use self::guard::Guard;
pub use self::pages::with_client;
pub use self::serve::Server;
use crate::budget::Budget;
use crate::config::{Config, CorsOrigin};
use crate::discovery;
use crate::domain::refusal::Refusal;
use crate::door::Door;
use crate::hub::HubHandle;
use crate::identity::Signer;
use crate::metrics::Metrics;
use crate::network::Reach;
use crate::store::{Health, Reader};

/// Largest body of a call, in bytes: a room's title and password, or a nickname, with room to spare.
const BODY_MAX: usize = 16 * 1024;

/// How long a browser may remember what CORS allows.
const CORS_AGE: std::time::Duration = std::time::Duration::from_secs(600);

/// The state that every handler can reach.
#[derive(Clone)]
pub struct App(Arc<HttpContext>, Answers);

/// What HTTP is built from.
pub struct HttpContext {
    /// Takes commands.
    pub hub: HubHandle,
    /// Reads the store.
    pub reader: Reader,
    /// Verifies and signs tokens.
    pub signer: Arc<Signer>,
    /// Returns fresh random bytes, for new identities.
    pub random: fn() -> [u8; 16],
    /// The configuration.
    pub config: Arc<Config>,
    /// The addresses at which the hub is reached.
    pub reach: Reach,
    /// What mDNS shows of this hub and of others.
    pub found: discovery::View,
    /// The state of the disk and the database.
    pub health: Health,
    /// Knows the trusted proxies, and so a request's client.
    pub door: Arc<Door>,
    /// Counters.
    pub metrics: Arc<Metrics>,
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
    let answers = Answers::new(parts.config.limits.answers_each, parts.budget.ceiling());
    let app = App(Arc::new(parts), answers);
    Router::new()
        .nest("/chat", chat::routes())
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

/// CORS for the configured origins, to be put around everything, including Socket.IO's handshake. `None` if
/// only the hub's own page may call.
#[must_use]
pub fn cors(origins: &[CorsOrigin]) -> Option<CorsLayer> {
    if origins.is_empty() {
        return None;
    }
    let any = origins.contains(&CorsOrigin::Any);
    let listed = origins.iter().filter_map(|origin| match origin {
        CorsOrigin::Any => None,
        CorsOrigin::Exact(origin) => origin.parse().ok(),
    });
    let allowed = if any { AllowOrigin::any() } else { AllowOrigin::list(listed) };
    const HEADERS: [HeaderName; 2] = [header::AUTHORIZATION, header::CONTENT_TYPE];
    Some(
        CorsLayer::new()
            .allow_origin(allowed)
            .allow_methods([Method::GET, Method::POST, Method::PATCH])
            .allow_headers(HEADERS)
            .max_age(CORS_AGE),
    )
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
