//! The guard in front of everything, Socket.IO included: it asks [`callers`](super::callers) and turns
//! away, in words that a person or a developer can act on.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};

use super::callers::{Knock, Rules, Verdict, host_of};
use crate::config::Config;
use crate::discovery::{self, Announced};
use crate::domain::refusal::Refusal;
use crate::domain::words;
use crate::metrics::Metrics;
use crate::network::{self, Reach};
use crate::wire;
use crate::wire::engine;

/// How long names are believed: another one is followed within it.
const BELIEVED: Duration = Duration::from_secs(2);

/// What the guard knows of the hub.
pub struct Guard {
    config: Arc<Config>,
    reach: Reach,
    found: discovery::View,
    metrics: Arc<Metrics>,
    called: Mutex<Called>,
}

/// What the hub is called, as of some moment.
#[derive(Clone)]
struct Called {
    at: Instant,
    names: Arc<[String]>,
}

impl Guard {
    /// A guard for this hub.
    #[must_use]
    pub fn new(
        config: Arc<Config>,
        reach: Reach,
        found: discovery::View,
        metrics: Arc<Metrics>,
    ) -> Self {
        let called = Mutex::new(Called::now(&config, &found));
        Self { config, reach, found, metrics, called }
    }

    /// Puts the guard in front of everything that `router` serves.
    pub fn before(self, router: Router) -> Router {
        router.layer(middleware::from_fn_with_state(Arc::new(self), watch))
    }

    fn judge(&self, parts: &Parts) -> Verdict {
        let Ok(knock) = knock(parts) else { return Verdict::WrongHost };
        let called = self.called();
        let rules = Rules {
            names: &called.names,
            origins: &self.config.cors_origins,
            origin_required: self.config.http_require_origin,
        };
        rules.judge(knock)
    }

    fn called(&self) -> Called {
        let mut called = self.called.lock().unwrap_or_else(PoisonError::into_inner);
        if called.at.elapsed() > BELIEVED {
            *called = Called::now(&self.config, &self.found);
        }
        called.clone()
    }

    fn turn_away(&self, verdict: Verdict, parts: &Parts) -> Response {
        let language = self.config.language;
        let refusal = match verdict {
            Verdict::Welcome | Verdict::WrongHost => Refusal::WrongHost,
            Verdict::ForeignOrigin => Refusal::ForeignOrigin,
        };
        // Apart, since both are `forbidden` to who was turned away.
        self.metrics.refusals.add(match verdict {
            Verdict::ForeignOrigin => "foreign_origin",
            Verdict::Welcome | Verdict::WrongHost => "wrong_host",
        });
        if is_call(parts) {
            return wire::refused(language, &refusal);
        }
        // A person's browser: where the hub really is helps more than an envelope.
        let url = self.reach.urls().into_iter().next().map(|url| format!("\n{url}\n"));
        let text = format!("{}\n{}", words::refusal(language, &refusal), url.unwrap_or_default());
        let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
        (StatusCode::MISDIRECTED_REQUEST, kind, text).into_response()
    }
}

impl Called {
    /// All names: as wished, as announced, the machine's own, and those that the host gave.
    fn now(config: &Config, found: &discovery::View) -> Self {
        let mut names = config.http_hosts.clone();
        names.push(format!("{}.local", config.name));
        if let Announced::Yes(announced) = found.announced() {
            names.push(announced.local());
        }
        if let Some(machine) = network::machine_name() {
            names.push(format!("{machine}.local"));
            names.push(machine);
        }
        names.extend(config.http_public_url.as_deref().and_then(host_of).map(str::to_owned));
        Self { at: Instant::now(), names: names.into() }
    }
}

async fn watch(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    match guard.judge(&parts) {
        Verdict::Welcome => next.run(Request::from_parts(parts, body)).await,
        verdict => guard.turn_away(verdict, &parts),
    }
}

/// Two hosts in one request are none that could be trusted.
pub(super) struct TwoHosts;

pub(super) fn knock(parts: &Parts) -> Result<Knock<'_>, TwoHosts> {
    let origin = one(parts, header::ORIGIN)?;
    let host = one(parts, header::HOST)?;
    // The target outweighs the header (RFC 9112, section 3.2.2), so they must not differ.
    let target = parts.uri.authority().map(axum::http::uri::Authority::as_str);
    match (target, host) {
        (Some(target), Some(host)) if !target.eq_ignore_ascii_case(host) => Err(TwoHosts),
        _ => Ok(Knock { host, origin, changes: changes(parts) }),
    }
}

/// The header's value, if it is there once. A value that is no text is as another hub's.
fn one(parts: &Parts, name: HeaderName) -> Result<Option<&str>, TwoHosts> {
    let mut values = parts.headers.get_all(name).iter();
    let first = values.next().map(|value| value.to_str().unwrap_or("?"));
    if values.next().is_some() { Err(TwoHosts) } else { Ok(first) }
}

/// Engine.IO's handshake makes a session by GET, and so does a WebSocket.
pub(super) fn changes(parts: &Parts) -> bool {
    let reads = matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS);
    !reads || engine::is_path(parts.uri.path()) || parts.headers.contains_key(header::UPGRADE)
}

fn is_call(parts: &Parts) -> bool {
    let path = parts.uri.path();
    parts.method != Method::GET
        || ["/chat/", "/api/", engine::PATH].iter().any(|calls| path.starts_with(calls))
}
