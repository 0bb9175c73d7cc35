//! Middleware in front of Engine.IO: identifies the browser of a new session, admits it, and routes each request to
//! its session.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{OriginalUri, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use socketioxide::socket::Sid;
use tower::ServiceExt;

use super::session::Session;
use super::{Engine, Shared, probe, upgrade};
use crate::domain::ids::IdentityId;
use crate::domain::refusal::Refusal;
use crate::door::Place;
use crate::identity::Signer;
use crate::tcp::Connection;
use crate::wire;
use crate::wire::engine::{self, BadTarget, Target, Transport};

/// The headers that Engine.IO reads. The others would stay in memory as long as the session, together with the
/// 16 KiB buffer that the request was read into.
const KEPT: [HeaderName; 2] = [header::HOST, header::CONTENT_TYPE];

/// The longest `open` packet, in bytes.
const OPEN_MAX: usize = 1_024;

/// Answers Engine.IO's requests and passes on all others.
pub(super) async fn prepare(
    State(shared): State<Arc<Shared>>,
    mut request: Request,
    next: Next,
) -> Response {
    if !engine::is_path(request.uri().path()) {
        return next.run(request).await;
    }
    let query = request.uri().query().unwrap_or_default().to_owned();
    let target = match Target::parse(&query) {
        Ok(target) => target,
        Err(bad) => return bad.answer(),
    };
    // Removed, not cloned: Engine.IO keeps the request, and would keep the connection with it.
    let connection = request.extensions_mut().remove::<Arc<Connection>>();
    // Both are always there: the engine is set before the server accepts, and the server adds the connection.
    let (Some(engine), Some(connection)) = (shared.engine.get().cloned(), connection) else {
        return wire::refused(shared.language(), &Refusal::Unavailable);
    };
    let answer = match target.sid.map(|sid| shared.registry.session(sid)) {
        None if request.method() != Method::GET => return BadTarget::Method.answer(),
        None => match shared.admit(&connection, &request) {
            Ok(admitted) => open(&shared, engine, connection, admitted, &target, request).await,
            Err(away) => return shared.turn_away(&away),
        },
        Some(None) => return BadTarget::Session.answer(),
        Some(Some(session)) => go_on(&shared, engine, &session, &target, request).await,
    };
    shared.in_words(answer)
}

/// Answers a request of an existing session.
async fn go_on(
    shared: &Shared,
    engine: Engine,
    session: &Arc<Session>,
    target: &Target<'_>,
    mut request: Request,
) -> Response {
    let sid = target.sid.unwrap_or_default();
    match (target.transport, request.method()) {
        (Transport::WebSocket, _) => probe::answer(engine, request, session, sid),
        (Transport::Polling, &Method::GET) => {
            trim(&mut request, target);
            let answer = probe::poll(engine, request, session).await;
            session.count_poll(&answer);
            answer
        }
        (Transport::Polling, &Method::POST) => {
            if let Some(refused) = shared.too_large(&request) {
                return refused;
            }
            session.reading_resumed().await;
            trim(&mut request, target);
            ask(engine, request).await
        }
        _ => BadTarget::Request.answer(),
    }
}

/// socketioxide's answer.
pub(super) async fn ask(engine: Engine, request: Request) -> Response {
    match engine.oneshot(request).await {
        Ok(response) => response.into_response(),
        Err(never) => match never {},
    }
}

/// Answers a handshake with a session. A browser without an identity gets one, in a cookie.
async fn open(
    shared: &Shared,
    engine: Engine,
    connection: Arc<Connection>,
    admitted: (Place, IpAddr),
    target: &Target<'_>,
    request: Request,
) -> Response {
    let known = identify(&shared.signer, request.headers());
    let waits = match shared.admission.session(known) {
        Ok(waits) => waits,
        Err(away) => return shared.turn_away(&away),
    };
    let identity = known.unwrap_or_else(|| IdentityId::from_random((shared.random)()));
    let unread = shared.door.unread();
    let mut response = match target.transport {
        Transport::WebSocket => {
            let Some(accept) = upgrade::accept(&request) else {
                return BadTarget::Request.answer();
            };
            let session = Session::new(identity, admitted, unread, waits, Some(connection));
            upgrade::answer(engine, request, Arc::new(session), accept)
        }
        Transport::Polling => {
            let session = Arc::new(Session::new(identity, admitted, unread, waits, None));
            open_polling(shared, engine, session, target, request).await
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

/// Lets socketioxide open a polling session, and learns the sid from its answer.
async fn open_polling(
    shared: &Shared,
    engine: Engine,
    session: Arc<Session>,
    target: &Target<'_>,
    mut request: Request,
) -> Response {
    trim(&mut request, target);
    request.extensions_mut().insert(Arc::clone(&session));
    let (head, body) = ask(engine, request).await.into_parts();
    let body = axum::body::to_bytes(body, OPEN_MAX).await.unwrap_or_default();
    match opened(&body) {
        Some(sid) => {
            session.set_sid(sid);
            shared.registry.insert_session(sid, &session);
            Response::from_parts(head, body.into())
        }
        None => wire::refused(shared.language(), &Refusal::Unavailable),
    }
}

/// The id in Engine.IO's first packet, `0{"sid":…}`.
fn opened(packet: &[u8]) -> Option<Sid> {
    let json: serde_json::Value = serde_json::from_slice(packet.strip_prefix(b"0")?).ok()?;
    json.get("sid")?.as_str()?.parse().ok()
}

/// The browser that sent a handshake, from its Bearer token, else from its cookie. An invalid token counts as no
/// token, so that browsers can still reconnect after the hub has lost its key.
pub(super) fn identify(signer: &Signer, headers: &HeaderMap) -> Option<IdentityId> {
    let authorization = headers.get(header::AUTHORIZATION).map(HeaderValue::as_bytes);
    let bearer = authorization.and_then(Signer::bearer);
    let by_bearer = bearer.and_then(|token| signer.verify(token));
    let cookie = || headers.get(header::COOKIE).map(HeaderValue::as_bytes);
    by_bearer.or_else(|| signer.verify_cookie(cookie()?))
}

/// Reduces a request to what Engine.IO reads.
fn trim(request: &mut Request, target: &Target<'_>) {
    let headers = request.headers();
    let kept: HeaderMap = KEPT
        .iter()
        .filter_map(|name| {
            // Copied: a clone would keep the whole request's buffer.
            let value = HeaderValue::from_bytes(headers.get(name)?.as_bytes()).ok()?;
            Some((name.clone(), value))
        })
        .collect();
    *request.headers_mut() = kept;
    if let Ok(uri) = target.uri().parse() {
        *request.uri_mut() = uri;
    }
    request.extensions_mut().remove::<OriginalUri>();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_called_as_its_first_packet_says() {
        let sid = "AAAAAAAAAAAAAAHs";
        let packet = format!("0{{\"sid\":\"{sid}\",\"upgrades\":[]}}");
        assert_eq!(opened(packet.as_bytes()).map(|sid| sid.to_string()).as_deref(), Some(sid));
        for other in ["", "0", "0{}", "0{\"sid\":1}", "2", "{\"code\":1}"] {
            assert!(opened(other.as_bytes()).is_none(), "{other}");
        }
    }
}
