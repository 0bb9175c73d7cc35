//! Rules that hold for any handshake and any event.

use axum::http::{HeaderMap, HeaderValue, header};
use serde_json::Value;

use super::handshake::identify;
use super::payload::EVENTS;
use crate::domain::ids::IdentityId;
use crate::domain::language::Language;
use crate::domain::refusal::Refusal;
use crate::hub::fuzzing::{Life, Observed};
use crate::identity::fuzzing::{owners, signer, with_pieces};
use crate::wire;

/// The most lines of an input that are read. Longer ones show nothing that shorter ones do not.
const LINES_MAX: usize = 64;

/// Fuzzes events. Each line has a client (`a`, `b`, or `c`, which is `a` in a second tab), an event and its payload, or
/// `t` and a number of milliseconds that pass.
pub fn events(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    // Created for the first event that can be decoded, since most input has none.
    let mut life = None;
    for line in text.lines().take(LINES_MAX) {
        let (who, rest) = line.split_once(' ').unwrap_or((line, ""));
        let told = match who {
            "t" => rest
                .parse()
                .map_or(Vec::new(), |ms: u32| life.get_or_insert_with(Life::new).pass(ms)),
            "a" | "b" | "c" => event(usize::from(who.as_bytes()[0] - b'a'), rest, &mut life),
            _ => Vec::new(),
        };
        told.iter().for_each(is_good_json);
    }
}

fn event(who: usize, line: &str, life: &mut Option<Life>) -> Vec<Observed> {
    let (name, payload) = line.split_once(' ').unwrap_or((line, ""));
    let Some((_, decode)) = EVENTS.iter().find(|(known, _)| *known == name) else {
        return Vec::new();
    };
    let payload = serde_json::from_str(payload).map_err(|error| error.to_string());
    match decode(payload) {
        Ok(event) => life.get_or_insert_with(Life::new).ask(who, event),
        Err(refusal) => vec![Observed::Answer(Err(refusal))],
    }
}

/// Holds that answers have the JSON of the wire contract.
fn is_good_json(told: &Observed) {
    for language in [Language::Ko, Language::En] {
        match told {
            Observed::Answer(answer) => is_envelope(language, answer),
            Observed::Event(event) => {
                let (name, json) = wire::room_event(event);
                let read: Result<Value, _> = serde_json::from_str(json.get());
                assert!(read.is_ok_and(|value| !value.is_null()), "{name} {json}");
            }
        }
    }
}

fn is_envelope(language: Language, answer: &Result<crate::hub::command::Answer, Refusal>) {
    let json = wire::ack(language, answer);
    let envelope: Value = serde_json::from_str(json.get()).unwrap_or_default();
    assert_eq!(envelope["success"], answer.is_ok(), "{json}");
    assert!(envelope["message"].as_str().is_some_and(|message| !message.is_empty()), "{json}");
    assert!(envelope.get("data").is_some(), "{json}");
    if let Err(refusal) = answer {
        assert!(envelope["code"].is_string() && envelope["data"].is_null(), "{json}");
        assert!((400..=599).contains(&wire::status(refusal)));
    }
}

/// Fuzzes an `Authorization` header, and on the next line a `Cookie` header.
pub fn tokens(data: &[u8]) {
    let text = with_pieces(&String::from_utf8_lossy(data));
    let (authorization, cookie) = text.split_once('\n').unwrap_or((&text, ""));
    let mut headers = HeaderMap::new();
    let fields = [(header::AUTHORIZATION, authorization), (header::COOKIE, cookie)];
    for (name, value) in &fields {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    let token_of = |text: &str| owners().into_iter().find(|id| signer().token(*id) == text);
    let in_bearer = headers.get(header::AUTHORIZATION).and_then(|value| {
        let words: Vec<&str> = value.to_str().ok()?.split([' ', '\t']).collect();
        let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        let [scheme, token] = words.as_slice() else { return None };
        token_of(token).filter(|_| scheme.to_lowercase() == "bearer")
    });
    let in_cookie = headers.contains_key(header::COOKIE).then_some(cookie);
    let in_cookie = in_cookie.and_then(|cookie| cookie_of(cookie, token_of));
    let known = identify(&signer(), &headers);
    assert_eq!(known, in_bearer.or(in_cookie), "{authorization:?} {cookie:?}");
}

fn cookie_of(cookies: &str, token_of: impl Fn(&str) -> Option<IdentityId>) -> Option<IdentityId> {
    let values = cookies
        .split(';')
        .filter_map(|pair| pair.trim_matches([' ', '\t']).strip_prefix("colahub="));
    values.filter_map(token_of).next()
}

/// Fuzzes other cookies of the same host, before the hub's and, on the next connection, after it. They are bytes,
/// since a browser sends whatever a page has set.
pub fn cookies(data: &[u8]) {
    let mut lines = data.splitn(2, |byte| *byte == b'\n');
    let (before, after) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let [ann, _] = owners();
    let set = signer().set_cookie(ann);
    let ours = set.split(';').next().unwrap_or_default();
    let whole = [before, b"; ", ours.as_bytes(), b"; ", after].concat();
    if let Ok(whole) = HeaderValue::from_bytes(&whole) {
        let headers = HeaderMap::from_iter([(header::COOKIE, whole)]);
        assert_eq!(identify(&signer(), &headers), Some(ann), "our cookie is lost among others");
    }
    if let Ok(others) = HeaderValue::from_bytes(&[before, b"; ", after].concat()) {
        let headers = HeaderMap::from_iter([(header::COOKIE, others)]);
        assert_eq!(identify(&signer(), &headers), None, "a cookie of others lends an identity");
    }
}
