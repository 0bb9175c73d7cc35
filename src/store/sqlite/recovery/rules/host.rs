//! The rules for announcements, polls, their votes, and those that are prepared.

use rusqlite::types::Value;

use super::texts::{content, mended, text};
use super::{
    Row, Table, between, count, flag, maybe, maybe_time, number_or_null, time, uuid, within,
};
use crate::domain::poll::{ANSWERS_MAX, ANSWERS_MIN, MINUTES_MAX};
use crate::domain::text::{POLL_ANSWER_MAX, POLL_QUESTION_MAX, PollText};

/// Announcements.
pub(super) const ANNOUNCEMENTS: Table = Table {
    name: "announcements",
    columns: &[
        ("id", uuid),
        ("room", number_or_null),
        ("text", content),
        ("made_at", time),
        ("until", maybe_time),
    ],
    key_width: 1,
    settle: |_: &mut Row<'_>| {},
};

/// Polls. The votes of open ones are counted again.
pub(super) const POLLS: Table = Table {
    name: "polls",
    columns: &[
        ("id", uuid),
        ("room", number_or_null),
        ("question", question),
        ("answers", answers),
        ("multiple", flag),
        ("results", |value| within(value, 0, 2)),
        ("made_at", time),
        ("until", maybe_time),
        ("closed_at", maybe_time),
        ("voters", count),
        ("counts", counts),
    ],
    key_width: 1,
    settle: |_: &mut Row<'_>| {},
};

/// Who has voted.
pub(super) const VOTES: Table = Table {
    name: "poll_votes",
    columns: &[("poll", uuid), ("identity", uuid), ("chosen", |value| between(value, 1, 0xff))],
    key_width: 2,
    settle: |_: &mut Row<'_>| {},
};

/// Polls that are prepared.
pub(super) const PREPARED: Table = Table {
    name: "prepared_polls",
    columns: &[
        ("id", uuid),
        ("place", count),
        ("room", number_or_null),
        ("question", question),
        ("answers", answers),
        ("multiple", flag),
        ("results", |value| within(value, 0, 2)),
        ("minutes", minutes),
    ],
    key_width: 1,
    settle: |_: &mut Row<'_>| {},
};

fn minutes(value: &Value) -> Option<Value> {
    maybe(value, |value| within(value, 1, i64::try_from(MINUTES_MAX).unwrap_or(i64::MAX)))
}

fn question(value: &Value) -> Option<Value> {
    let parse = |text: &str| PollText::question(text).ok().map(|text| text.to_string());
    Some(Value::Text(mended(text(value)?, POLL_QUESTION_MAX, parse).unwrap_or_else(|| "?".into())))
}

/// Two to eight lines, each of which keeps its place.
fn answers(value: &Value) -> Option<Value> {
    let parse = |text: &str| PollText::answer(text).ok().map(|text| text.to_string());
    let answer = |line: &str| mended(line, POLL_ANSWER_MAX, parse).unwrap_or_else(|| "?".into());
    let lines: Vec<String> = text(value)?.lines().take(ANSWERS_MAX).map(answer).collect();
    (lines.len() >= ANSWERS_MIN).then(|| Value::Text(lines.join("\n")))
}

fn counts(value: &Value) -> Option<Value> {
    maybe(value, |value| {
        matches!(value, Value::Blob(bytes) if bytes.len() == 4 * ANSWERS_MAX).then(|| value.clone())
    })
}
