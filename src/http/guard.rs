//! The guard in front of everything, including Socket.IO. It applies the rules of [`callers`](super::callers)
//! and refuses with a sentence that a person or a developer can act on.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, Method, StatusCode, Version, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};

use super::callers::{RequestFacts, Rules, Verdict, host_of};
use super::health;
use crate::config::{Config, LiveConfig};
use crate::discovery::{self, Announced};
use crate::domain::refusal::Refusal;
use crate::domain::words;
use crate::metrics::Metrics;
use crate::network::{self, Reach};
use crate::sync::lock;
use crate::wire;
use crate::wire::engine;

/// How long the hub's names are cached.
const BELIEVED: Duration = Duration::from_secs(2);

/// Decides which requests are answered, by their `Host`, `Origin` and address.
pub struct Guard {
    config: LiveConfig,
    reach: Reach,
    found: discovery::View,
    metrics: Arc<Metrics>,
    called: Mutex<Called>,
}

/// The hub's names, cached for a configuration until they are too old.
#[derive(Clone)]
struct Called {
    at: Instant,
    config: Arc<Config>,
    names: Arc<[String]>,
}

impl Guard {
    /// A guard for this hub.
    #[must_use]
    pub fn new(
        config: LiveConfig,
        reach: Reach,
        found: discovery::View,
        metrics: Arc<Metrics>,
    ) -> Self {
        let called = Mutex::new(Called::now(config.now(), &found));
        Self { config, reach, found, metrics, called }
    }

    /// Puts the guard in front of everything that `router` serves.
    pub fn before(self, router: Router) -> Router {
        router.layer(middleware::from_fn_with_state(Arc::new(self), watch))
    }

    fn judge(&self, parts: &Parts) -> Verdict {
        let Ok(knock) = knock(parts) else { return Verdict::WrongHost };
        // Balancers check with HTTP/1.0, which needs no `Host`. A browser always sends one, so it is no foreign page.
        let is_old = parts.version == Version::HTTP_10;
        if is_old && knock.host.is_none() && health::is_path(parts.uri.path()) {
            return Verdict::Welcome;
        }
        let called = self.called();
        let rules = Rules {
            names: &called.names,
            origins: &called.config.cors_origins,
            origin_required: called.config.http_require_origin,
        };
        rules.judge(knock)
    }

    fn called(&self) -> Called {
        let (config, mut called) = (self.config.now(), lock(&self.called));
        if called.at.elapsed() > BELIEVED || !Arc::ptr_eq(&config, &called.config) {
            *called = Called::now(config, &self.found);
        }
        called.clone()
    }

    fn turn_away(&self, verdict: Verdict, parts: &Parts) -> Response {
        let language = self.config.now().language;
        let refusal = match verdict {
            Verdict::Welcome | Verdict::WrongHost => Refusal::WrongHost,
            Verdict::ForeignOrigin => Refusal::ForeignOrigin,
        };
        // Counted separately, although the client is told `forbidden` for both.
        self.metrics.refusals.add(match verdict {
            Verdict::ForeignOrigin => "foreign_origin",
            Verdict::Welcome | Verdict::WrongHost => "wrong_host",
        });
        if is_call(parts) {
            return wire::refused(language, &refusal);
        }
        // A person reads this in a browser, so the hub's real address helps more than an envelope.
        let url = self.reach.urls().into_iter().next().map(|url| format!("\n{url}\n"));
        let text = format!("{}\n{}", words::refusal(language, &refusal), url.unwrap_or_default());
        let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
        (StatusCode::MISDIRECTED_REQUEST, kind, text).into_response()
    }
}

impl Called {
    /// All names: the configured one, also as the DNS of a hotspot answers it, the announced one, the machine's own, and
    /// `http.hosts`.
    fn now(config: Arc<Config>, found: &discovery::View) -> Self {
        let mut names = config.http_hosts.clone();
        names.push(format!("{}.local", config.name));
        names.push(format!("{}.internal", config.name));
        if let Announced::Yes(announced) = found.announced() {
            names.push(announced.local());
        }
        if let Some(machine) = network::machine_name() {
            names.push(format!("{machine}.local"));
            names.push(machine);
        }
        names.extend(config.http_public_url.as_deref().and_then(host_of).map(str::to_owned));
        Self { at: Instant::now(), config, names: names.into() }
    }
}

async fn watch(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    match guard.judge(&parts) {
        Verdict::Welcome => next.run(Request::from_parts(parts, body)).await,
        verdict => guard.turn_away(verdict, &parts),
    }
}

/// The error for a request with two hosts.
pub(super) struct TwoHosts;

pub(super) fn knock(parts: &Parts) -> Result<RequestFacts<'_>, TwoHosts> {
    let origin = one(parts, header::ORIGIN)?;
    let host = one(parts, header::HOST)?;
    // The target takes precedence over the header (RFC 9112, section 3.2.2), so they must not differ.
    let target = parts.uri.authority().map(axum::http::uri::Authority::as_str);
    match (target, host) {
        (Some(target), Some(host)) if !target.eq_ignore_ascii_case(host) => Err(TwoHosts),
        _ => Ok(RequestFacts { host, origin, changes: changes(parts) }),
    }
}

/// A header's value, if the header occurs once. A value that is not text counts as a foreign one.
fn one(parts: &Parts, name: HeaderName) -> Result<Option<&str>, TwoHosts> {
    let mut values = parts.headers.get_all(name).iter();
    let first = values.next().map(|value| value.to_str().unwrap_or("?"));
    if values.next().is_some() { Err(TwoHosts) } else { Ok(first) }
}

/// Whether the request could change anything. Engine.IO's handshake opens a session by GET, and so does a
/// WebSocket.
pub(super) fn changes(parts: &Parts) -> bool {
    let reads = matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS);
    !reads || engine::is_path(parts.uri.path()) || parts.headers.contains_key(header::UPGRADE)
}

fn is_call(parts: &Parts) -> bool {
    let path = parts.uri.path();
    parts.method != Method::GET
        || ["/chat/", "/api/", engine::PATH].iter().any(|calls| path.starts_with(calls))
}
