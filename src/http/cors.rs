//! CORS for the configured origins, around everything, including Socket.IO's handshake.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderName, Method, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use tower::{Layer, ServiceExt};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::config::{Config, CorsOrigin, LiveConfig};
use crate::sync::lock;

/// How long a browser may remember what CORS allows.
const AGE: Duration = Duration::from_secs(600);

/// The CORS layer for the present configuration.
struct Cors {
    config: LiveConfig,
    built: Mutex<Built>,
}

/// The layer for a configuration. `None` if only the hub's own page may call.
#[derive(Clone)]
struct Built {
    of: Arc<Config>,
    layer: Option<CorsLayer>,
}

/// Puts CORS around a router.
pub fn with_cors(router: Router, config: LiveConfig) -> Router {
    let built = Mutex::new(Built::of(config.now()));
    let cors = Arc::new(Cors { config, built });
    router.layer(middleware::from_fn_with_state(cors, through))
}

async fn through(State(cors): State<Arc<Cors>>, request: Request, next: Next) -> Response {
    match cors.layer() {
        None => next.run(request).await,
        Some(layer) => match layer.layer(next).oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        },
    }
}

impl Cors {
    fn layer(&self) -> Option<CorsLayer> {
        let (now, mut built) = (self.config.now(), lock(&self.built));
        if !Arc::ptr_eq(&now, &built.of) {
            *built = Built::of(now);
        }
        built.layer.clone()
    }
}

impl Built {
    fn of(config: Arc<Config>) -> Self {
        let layer = layer(&config.cors_origins);
        Self { of: config, layer }
    }
}

fn layer(origins: &[CorsOrigin]) -> Option<CorsLayer> {
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
            .max_age(AGE),
    )
}
