//! In front of Engine.IO: who a new session belongs to, where its bytes flow, and when it may send.

use std::net::IpAddr;
use std::sync::{Arc, Weak};

use axum::extract::{OriginalUri, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tower::ServiceExt;

use super::session::Session;
use super::{Engine, PATH, Shared, upgrade};
use crate::domain::ids::IdentityId;
use crate::domain::refusal::Refusal;
use crate::door::Place;
use crate::identity::Signer;
use crate::tcp::Line;
use crate::wire;

/// What Engine.IO looks at. Everything else would stay in memory as long as the session, and with
/// it the 16 KiB that the request was read into.
const KEPT: [HeaderName; 8] = [
    header::CONNECTION,
    header::UPGRADE,
    header::HOST,
    header::CONTENT_TYPE,
    header::SEC_WEBSOCKET_KEY,
    header::SEC_WEBSOCKET_VERSION,
    header::SEC_WEBSOCKET_PROTOCOL,
    header::SEC_WEBSOCKET_EXTENSIONS,
];

/// Prepares each request for Engine.IO; passes all others by.
pub(super) async fn prepare(
    State(shared): State<Arc<Shared>>,
    mut request: Request,
    next: Next,
) -> Response {
    if !request.uri().path().starts_with(PATH) {
        return next.run(request).await;
    }
    // Nobody comes in before the gateway is whole.
    let Some(engine) = shared.engine.get().cloned() else {
        return wire::refused(shared.language, &Refusal::Unavailable);
    };
    let query = request.uri().query().unwrap_or_default();
    let is_websocket = parameter(query, "transport") == Some("websocket");
    let session = parameter(query, "sid").map(|sid| shared.session(sid));
    // Taken out, not copied: Engine.IO keeps the request, and with it would keep the connection.
    let line = request.extensions_mut().remove::<Arc<Line>>();
    match (session, line) {
        (Some(Some(session)), Some(line)) if is_websocket => {
            session.set_line(line);
            trim(&mut request);
        }
        (Some(Some(session)), _) if request.method() == Method::POST => {
            if let Some(refused) = shared.too_large(&request) {
                return refused;
            }
            session.freed().await;
        }
        (Some(_), _) => {}
        (None, Some(line)) => {
            return match shared.admit(&line, &request) {
                Ok(admitted) => open(&shared, engine, &line, admitted, is_websocket, request).await,
                Err(away) => shared.turn_away(&away),
            };
        }
        // Without a line (which the server always gives) there is nobody to open a session for.
        (None, None) => {}
    }
    shared.in_words(ask(engine, request).await)
}

/// The library's answer.
async fn ask(engine: Engine, request: Request) -> Response {
    match engine.oneshot(request).await {
        Ok(response) => response.into_response(),
        Err(never) => match never {},
    }
}

/// A handshake: it gets a session, and a browser without an identity gets one to keep.
async fn open(
    shared: &Shared,
    engine: Engine,
    line: &Arc<Line>,
    admitted: (Place, IpAddr),
    is_websocket: bool,
    mut request: Request,
) -> Response {
    let known = identify(&shared.signer, request.headers());
    let waits = match shared.newcomers.session(known) {
        Ok(waits) => waits,
        Err(away) => return shared.turn_away(&away),
    };
    let identity = known.unwrap_or_else(|| IdentityId::from_random((shared.random)()));
    let query = request.uri().query().unwrap_or_default();
    let is_ours = is_websocket && parameter(query, "EIO") == Some("4");
    let accept = if is_ours { upgrade::accept(&request) } else { None };
    let websocket = is_websocket.then(|| Arc::clone(line));
    let session = Session::new(identity, admitted, waits, websocket, accept.is_some());
    let session = Arc::new(session);
    let mut response = match accept {
        Some(accept) => upgrade::answer(engine, request, session, accept),
        None => {
            trim(&mut request);
            request.extensions_mut().insert(session);
            ask(engine, request).await
        }
    };
    let is_open = response.status().is_success() || response.status().as_u16() == 101;
    if known.is_none()
        && is_open
        && let Ok(cookie) = HeaderValue::from_str(&shared.signer.set_cookie(identity))
    {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Whose browser a handshake comes from: a Bearer token, else the cookie. A token that is not ours
/// is as none: who reconnects after the hub lost its key must not be locked out.
pub(super) fn identify(signer: &Signer, headers: &HeaderMap) -> Option<IdentityId> {
    let authorization = headers.get(header::AUTHORIZATION).map(HeaderValue::as_bytes);
    let bearer = authorization.and_then(Signer::bearer);
    let by_bearer = bearer.and_then(|token| signer.verify(token));
    let cookie = || headers.get(header::COOKIE).map(HeaderValue::as_bytes);
    by_bearer.or_else(|| signer.verify_cookie(cookie()?))
}

fn trim(request: &mut Request) {
    let headers = request.headers();
    let kept: HeaderMap = KEPT
        .iter()
        .filter_map(|name| {
            // A copy, not a handle on the buffer of the whole request.
            let value = HeaderValue::from_bytes(headers.get(name)?.as_bytes()).ok()?;
            Some((name.clone(), value))
        })
        .collect();
    *request.headers_mut() = kept;
    if let Ok(uri) = request.uri().to_string().parse() {
        *request.uri_mut() = uri;
    }
    request.extensions_mut().remove::<OriginalUri>();
}

fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.filter(|(key, _)| *key == name).map(|(_, value)| value).next()
}

impl Shared {
    fn session(&self, sid: &str) -> Option<Arc<Session>> {
        let sid = sid.parse().ok()?;
        let sessions = self.sessions.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        sessions.get(&sid).and_then(Weak::upgrade)
    }
}
