//! The host's calls over the network: requests under `/api/host`, signed with a host's key. docs/host.md describes
//! them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{Method, header};
use axum::routing::any;

use super::App;
use super::body::whole;
use super::export::{self, Turn};
use super::request::From;
use super::respond::{ApiResult, no_such_call};
use crate::control::called;
use crate::domain::host::{BrowserMark, HostKey, HostRole, KeyUse};
use crate::domain::refusal::{HostRefusal, Refusal};
use crate::hub::command::Call;
use crate::identity::Signature;
use crate::network::comes_by;
use crate::sync::lock;

/// After a refusal is logged, refusals for the same reason are only counted for this long.
const QUIET: Duration = Duration::from_secs(10);

/// The path of the calls.
const BASE: &str = "/api/host/";

pub(super) fn routes() -> Router<App> {
    let log = Arc::new(RefusalLog::default());
    let turn = export::turn();
    let calls = any(move |app: State<App>, from: From, request: Request| async move {
        call(app, from, request, (&log, &turn)).await
    });
    Router::new().route("/api/host", calls.clone()).route("/api/host/{*call}", calls)
}

/// Answers a signed call. Without a valid signature the refusal is the same whether the call exists or not.
async fn call(
    State(app): State<App>,
    From(peer): From,
    request: Request,
    (log, turn): (&RefusalLog, &Turn),
) -> ApiResult {
    let (parts, body) = request.into_parts();
    let interfaces = &app.config.now().host_interfaces;
    if !interfaces.is_empty() && !comes_by(interfaces, peer) {
        return Err(Refusal::Host(HostRefusal::HostsElsewhere));
    }
    // The body is read only after the header was parsed, so that other requests cost their head only.
    let signature = signature(&parts)
        .ok_or(Refusal::Host(HostRefusal::BadSignature))
        .inspect_err(|refusal| log.note(refusal))?;
    let body = whole(Request::from_parts(parts.clone(), body)).await?;
    let key =
        used(&app, &parts, &signature, &body).await.inspect_err(|refusal| log.note(refusal))?;
    let path = path(&parts).strip_prefix(BASE).unwrap_or_default();
    if let Some(query) = exports(&parts, path) {
        if !key.role.may(HostRole::Host) {
            return Err(Refusal::Host(HostRefusal::HostsOnly));
        }
        return export::download(&app, query, turn).await;
    }
    let Some((call, request)) = called(parts.method.as_str(), path, &body) else {
        return Ok(no_such_call());
    };
    if !key.role.may(call.role) {
        return Err(Refusal::Host(HostRefusal::HostsOnly));
    }
    let answer = app.control.answer(Some(key.name), request?).await;
    answer.map(|answer| app.ok(answer)).map_err(|denied| denied.refusal)
}

/// The query of a download of everything, the one call whose answer is no JSON.
fn exports<'p>(parts: &Parts, path: &'p str) -> Option<&'p str> {
    let (name, query) = path.split_once('?').unwrap_or((path, ""));
    (parts.method == Method::GET && name == "export").then_some(query)
}

/// The one `Authorization` header, if it is a host's signature.
fn signature(parts: &Parts) -> Option<Signature> {
    let mut headers = parts.headers.get_all(header::AUTHORIZATION).iter();
    let first = headers.next()?;
    headers.next().is_none().then(|| Signature::parse(first.as_bytes()))?
}

/// The path with its query, as it was sent and signed.
fn path(parts: &Parts) -> &str {
    parts.uri.path_and_query().map_or("", |path| path.as_str())
}

/// Checks a signature and uses up its number durably. Returns the key.
async fn used(
    app: &App,
    parts: &Parts,
    signature: &Signature,
    body: &[u8],
) -> Result<HostKey, Refusal> {
    if !app.signer.is_signed(signature, parts.method.as_str(), path(parts), body) {
        return Err(Refusal::Host(HostRefusal::BadSignature));
    }
    let browser = browser(parts.uri.query().unwrap_or_default())?;
    let key_use = KeyUse { id: signature.id, number: signature.number, browser };
    app.hub.call(|tell| Call::UseKey(key_use, tell)).await
}

/// The browser's mark in a query; empty for a program, which sends none.
fn browser(query: &str) -> Result<BrowserMark, Refusal> {
    let mut marks = query.split('&').filter_map(|pair| pair.strip_prefix("browser="));
    let mark = marks.next().unwrap_or_default().parse();
    match marks.next() {
        None => mark.map_err(|_| Refusal::bad("browser is not 1 to 64 of A-Z a-z 0-9 - _")),
        Some(_) => Err(Refusal::bad("browser is there twice")),
    }
}

/// Logs refused signatures: one line for each reason, at most every ten seconds, with the number of those in between.
/// `/metrics` counts all of them.
#[derive(Debug, Default)]
struct RefusalLog(Mutex<HashMap<&'static str, (Instant, u64)>>);

impl RefusalLog {
    fn note(&self, refusal: &Refusal) {
        let why = match refusal {
            Refusal::Host(HostRefusal::BadSignature) => "its signature is none of a host's",
            Refusal::Host(HostRefusal::Replayed) => "its number was used before",
            Refusal::Host(HostRefusal::OtherBrowser) => "its key belongs to another browser",
            _ => return,
        };
        if let Some(before) = self.due(why, Instant::now()) {
            tracing::warn!(why, before, "a request for hosts was refused");
        }
    }

    /// If another line for this reason may be logged now, the number of refusals since the last one.
    fn due(&self, why: &'static str, now: Instant) -> Option<u64> {
        // At most one entry for each reason above.
        let mut logged = lock(&self.0);
        match logged.get_mut(why) {
            Some((at, unlogged)) if now.saturating_duration_since(*at) < QUIET => {
                *unlogged += 1;
                None
            }
            known => {
                let before = known.map_or(0, |(_, unlogged)| *unlogged);
                logged.insert(why, (now, 0));
                Some(before)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_there_once() {
        assert_eq!(browser("last=1&browser=ab-_9").unwrap().as_str(), "ab-_9");
        assert_eq!(browser("").unwrap().as_str(), "");
        for bad in ["browser=a&browser=a", "browser=a%20", "browser=a=b"] {
            assert!(browser(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn of_a_flood_one_line_is_logged_and_the_rest_is_a_number() {
        let (log, begun) = (RefusalLog::default(), Instant::now());
        assert_eq!(log.due("a", begun), Some(0));
        for _ in 0..100 {
            assert_eq!(log.due("a", begun + QUIET / 2), None);
        }
        assert_eq!(log.due("b", begun), Some(0), "each reason has its own");
        assert_eq!(log.due("a", begun + QUIET), Some(100));
    }
}
