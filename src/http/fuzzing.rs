//! Rules that hold for every caller, with any `Host` and `Origin`.

#![allow(clippy::panic, reason = "it is how a broken rule is told")]

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, Uri, header};

use super::callers::{Rules, Verdict};
use super::guard::{changes, knock};
use crate::config::{CorsOrigin, Network};
use crate::domain::limits::Limits;
use crate::door::Door;
use crate::wire::engine::{self, Target};

const NAMES: [&str; 3] = ["cola.local", "chat.example", "203.0.113.7"];
const LISTED: &str = "http://192.168.4.1:3000";

/// Fuzzes the head of a request: method and target, then a line for each header.
pub fn callers(data: &[u8]) {
    let Some(parts) = head(data) else { return };
    the_proxys_address_counts(&parts.headers);
    engine_io_is_read_one_way(&parts);
    let verdict = judge(&parts);
    let all = |name| parts.headers.get_all(name).iter().collect::<Vec<_>>();
    let (hosts, origins) = (all(header::HOST), all(header::ORIGIN));
    if verdict != Verdict::WrongHost {
        let [host] = hosts[..] else { panic!("welcome with {hosts:?}") };
        let place = place(host, None).unwrap_or_else(|| panic!("{host:?} is no host"));
        assert!(is_own(&place.0), "{host:?} is not this hub");
        if let Some(target) = parts.uri.authority() {
            assert_eq!(place, self::place(target.as_str().as_bytes(), None).unwrap_or_default());
        }
        own_page_is_welcome(&parts, host);
    }
    if verdict == Verdict::Welcome && changes(&parts) && !origins.is_empty() {
        let [origin] = origins[..] else { panic!("welcome with {origins:?}") };
        assert!(is_friend(origin.as_bytes(), hosts[0].as_bytes()), "{origin:?} at {hosts:?}");
    }
}

/// Holds that the guard and the gateway agree on which requests are Engine.IO's, and that socketioxide reads the same
/// in them as the gateway.
fn engine_io_is_read_one_way(parts: &Parts) {
    let path = parts.uri.path();
    assert_eq!(engine::is_path(path), ["/socket.io", "/socket.io/"].contains(&path), "{path}");
    if !engine::is_path(path) {
        return;
    }
    assert!(changes(parts), "it may be asked from anywhere: {}", parts.uri);
    let Ok(target) = Target::parse(parts.uri.query().unwrap_or_default()) else { return };
    let again: Uri = target.uri().parse().unwrap_or_else(|error| panic!("{target:?}: {error}"));
    assert!(engine::is_path(again.path()), "{again}");
    assert_eq!(Target::parse(again.query().unwrap_or_default()), Ok(target), "{again}");
}

/// Holds that the last address of `X-Forwarded-For` counts, which a trusted proxy has appended, whatever a client wrote
/// before it.
fn the_proxys_address_counts(headers: &HeaderMap) {
    const NAME: HeaderName = HeaderName::from_static("x-forwarded-for");
    let proxies = ["10.0.0.0/24", "fd00::1"].into_iter().filter_map(Network::parse).collect();
    let door = Door::new(&Limits::EVENT, proxies, 1);
    let [proxy, client] =
        [Ipv4Addr::new(10, 0, 0, 1), Ipv4Addr::new(203, 0, 113, 9)].map(IpAddr::V4);
    for added in ["203.0.113.9", "203.0.113.9:4711, 10.0.0.2", "[::ffff:203.0.113.9]:1,fd00::1"] {
        let mut apart = headers.clone();
        apart.append(NAME, HeaderValue::from_static(added));
        assert_eq!(door.client(proxy, &apart), client, "in a line of its own: {apart:?}");
        assert_eq!(door.client(client, &apart), client, "who is no proxy is believed: {apart:?}");
        let lines: Vec<&[u8]> = headers.get_all(NAME).iter().map(HeaderValue::as_bytes).collect();
        let joined = [&lines.join(&b", "[..]), &b", "[..], added.as_bytes()].concat();
        if let Ok(joined) = HeaderValue::from_bytes(&joined) {
            let joined = HeaderMap::from_iter([(NAME, joined)]);
            assert_eq!(door.client(proxy, &joined), client, "behind the others: {joined:?}");
        }
    }
}

/// Holds that a page that was opened at the request's `Host` may use the hub.
fn own_page_is_welcome(parts: &Parts, host: &HeaderValue) {
    let origin = HeaderValue::from_bytes(&[b"http://", host.as_bytes()].concat());
    let mut parts = parts.clone();
    if let Ok(origin) = origin {
        parts.headers.insert(header::ORIGIN, origin);
        assert_eq!(judge(&parts), Verdict::Welcome, "the hub's own page at {host:?}");
    }
}

fn judge(parts: &Parts) -> Verdict {
    let names = NAMES.map(str::to_owned);
    let origins = [CorsOrigin::Exact(LISTED.to_owned())];
    let rules = Rules { names: &names, origins: &origins, origin_required: false };
    knock(parts).map_or(Verdict::WrongHost, |knock| rules.judge(knock))
}

fn head(data: &[u8]) -> Option<Parts> {
    let mut lines = data.split(|byte| *byte == b'\n');
    let first = std::str::from_utf8(lines.next()?).ok()?;
    let (method, target) = first.split_once(' ')?;
    let mut headers = HeaderMap::new();
    for line in lines {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let name = HeaderName::from_bytes(&line[..colon]).ok()?;
        headers.append(name, HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).ok()?);
    }
    let request = Request::builder().method(method).uri(target).body(()).ok()?;
    let mut parts = request.into_parts().0;
    parts.headers = headers;
    Some(parts)
}

/// Whether a page of this origin may change something at this host, decided independently of the hub's own code: by
/// exactly what browsers send in these headers.
fn is_friend(origin: &[u8], host: &[u8]) -> bool {
    if origin.eq_ignore_ascii_case(LISTED.as_bytes()) {
        return true;
    }
    let schemes = [(&b"http://"[..], 80), (&b"https://"[..], 443)];
    schemes.into_iter().any(|(scheme, port)| {
        let page = origin.strip_prefix(scheme).and_then(|rest| place(rest, Some(port)));
        page.is_some() && page == place(host, Some(port))
    })
}

/// Parses host and port by RFC 3986, as far as browsers use it: a name, an IPv4 address, or an IPv6 address in
/// brackets, and digits after a colon.
fn place(authority: impl AsRef<[u8]>, default: Option<u16>) -> Option<(String, Option<u16>)> {
    let text = std::str::from_utf8(authority.as_ref()).ok()?.to_ascii_lowercase();
    let end = if text.starts_with('[') {
        text.find(']')? + 1
    } else {
        text.find(':').unwrap_or(text.len())
    };
    let (name, port) = text.split_at(end);
    let port = match port.strip_prefix(':') {
        None if port.is_empty() => default,
        Some("") => default,
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok(),
        _ => return None,
    };
    let name = name.strip_suffix('.').unwrap_or(name);
    let letters =
        |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
    let inside = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let is_host = match inside.map(|v6| v6.split_once('%').unwrap_or((v6, "any"))) {
        Some((v6, zone)) => v6.parse::<Ipv6Addr>().is_ok() && !zone.is_empty() && letters(zone),
        None => !name.is_empty() && letters(name),
    };
    is_host.then(|| (name.to_owned(), port))
}

fn is_own(name: &str) -> bool {
    let inside = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let is_address = match inside {
        Some(v6) => v6.split('%').next().is_some_and(|v6| v6.parse::<Ipv6Addr>().is_ok()),
        None => name.parse::<Ipv4Addr>().is_ok(),
    };
    name == "localhost" || NAMES.contains(&name) || is_address
}
