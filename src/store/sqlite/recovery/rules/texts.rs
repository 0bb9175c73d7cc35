//! The rules for texts, which are mended where that is possible.

use rusqlite::types::Value;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

use super::maybe;
use crate::domain::names::is_visible;
use crate::domain::room::PasswordHash;
use crate::domain::text::{
    CONTENT_MAX, Content, Key, NAMESPACE_MAX, NICKNAME_MAX, Namespace, Nickname, REASON_MAX,
    Reason, TITLE_MAX, Title,
};

/// The longest text in the host's log and in losses.
const LINE_MAX: usize = 500;

/// The most consecutive combining marks in a mended text.
const MARKS_MAX: usize = 5;

/// The hash of a locked room whose own is invalid. No password matches it.
const NO_HASH: &str = "none";

pub(super) fn text(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

pub(super) fn code(value: &Value) -> Option<Value> {
    let code: crate::domain::code::Code = text(value)?.parse().ok()?;
    Some(Value::Text(code.to_string()))
}

pub(super) fn title(value: &Value) -> Option<Value> {
    let parse = |text: &str| Title::parse(text).ok().map(|title| title.to_string());
    Some(Value::Text(mended(text(value)?, TITLE_MAX, parse).unwrap_or_else(|| "?".into())))
}

pub(super) fn nickname(value: &Value) -> Option<Value> {
    let parse = |text: &str| Nickname::parse(text).ok().map(|name| name.to_string());
    Some(Value::Text(mended(text(value)?, NICKNAME_MAX, parse).unwrap_or_else(|| "?".into())))
}

/// A room must be reachable: without a valid namespace it goes to Cola Chat's own.
pub(super) fn namespace(value: &Value) -> Option<Value> {
    let parse = |text: &str| Namespace::parse(text).ok().map(|name| name.to_string());
    let name = mended(text(value)?, NAMESPACE_MAX, parse);
    Some(Value::Text(name.unwrap_or_else(|| "anonymous".into())))
}

pub(super) fn content(value: &Value) -> Option<Value> {
    let parse = |text: &str| Content::parse(text).ok().map(|content| content.as_str().to_owned());
    Some(Value::Text(mended(text(value)?, CONTENT_MAX, parse).unwrap_or_default()))
}

/// A report without a reason counts, too.
pub(super) fn reason(value: &Value) -> Option<Value> {
    let parse = |text: &str| Reason::parse(text).ok().flatten().map(|reason| reason.to_string());
    let reason = text(value).and_then(|text| mended(text, REASON_MAX, parse));
    Some(reason.map_or(Value::Null, Value::Text))
}

pub(super) fn key(value: &Value) -> Option<Value> {
    maybe(value, |value| Key::parse(text(value)?).ok().map(|_| value.clone()))
}

pub(super) fn address(value: &Value) -> Option<Value> {
    maybe(value, |value| {
        let address: std::net::IpAddr = text(value)?.parse().ok()?;
        Some(Value::Text(address.to_string()))
    })
}

/// A locked room stays locked.
pub(super) fn lock(value: &Value) -> Option<Value> {
    let is_good = |text: &str| PasswordHash(text.to_owned()).is_bearable();
    match value {
        Value::Null => Some(Value::Null),
        Value::Text(text) if is_good(text) => Some(value.clone()),
        _ => Some(Value::Text(NO_HASH.to_owned())),
    }
}

pub(super) fn line(value: &Value) -> Option<Value> {
    let seen = text(value)?.chars().filter(|c| is_visible(*c) || *c == ' ');
    Some(Value::Text(seen.take(LINE_MAX).collect()))
}

/// The text if it is valid; else without invisible characters, and truncated.
pub(super) fn mended(
    text: &str,
    max: usize,
    parse: impl Fn(&str) -> Option<String>,
) -> Option<String> {
    parse(text).or_else(|| {
        let mut marks = 0;
        let seen = text.chars().filter(|c| {
            marks = if is_combining_mark(*c) { marks + 1 } else { 0 };
            marks <= MARKS_MAX && (is_visible(*c) || matches!(*c, ' ' | '\n'))
        });
        let seen: String = seen.collect();
        parse(&seen.graphemes(true).take(max).collect::<String>())
    })
}
