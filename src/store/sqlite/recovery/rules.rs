//! The rules for each column of a foreign file, by the domain's parsers.
//!
//! A text is mended if possible: rules have become stricter since some backups were made, and no message
//! should be lost for that. A row without valid ids is left out.

mod texts;

use rusqlite::types::{Value, ValueRef};

use self::texts::{address, code, content, key, line, lock, namespace, nickname, reason, title};
use crate::domain::mode::EVERY_MAX;
use crate::domain::room::{CAPACITY_MAX, LASTING, POSITION_MAX};

/// Checks or mends a value. `None` leaves out the row.
type Rule = fn(&Value) -> Option<Value>;

/// The largest row number, id and place: exact in JavaScript, with room to count on.
pub(in crate::store) const NUMBER_MAX: i64 = 1 << 52;

/// The latest time of either clock, in ms: the end of the year 9999 in wall time.
const TIME_MAX: i64 = 253_402_300_799_999;

/// A table of the hub's own.
pub(in crate::store) struct Table {
    pub(in crate::store) name: &'static str,
    /// Its columns with their rules. The key comes first.
    columns: &'static [(&'static str, Rule)],
    /// How many columns its key has.
    pub(in crate::store) key_width: usize,
    settle: fn(&mut Row<'_>),
}

/// A row, with the columns that its table has in the file.
pub(in crate::store) struct Row<'a> {
    columns: &'a [&'static str],
    pub(in crate::store) values: Vec<Value>,
}

/// The entries of `meta`.
pub(in crate::store) const META: [(&str, Rule); 7] = [
    ("hub_id", uuid),
    ("former_ids", uuids),
    ("hub_time", time),
    ("wall_time", time),
    ("epoch", count),
    ("event_title", title),
    ("event_language", flag),
];

/// All other tables. A table comes after those that it refers to.
pub(in crate::store) const TABLES: [Table; 16] = [
    Table {
        name: "rooms",
        columns: &[
            ("n", number),
            ("id", uuid),
            ("code", code),
            ("title", title),
            ("namespace", namespace),
            ("capacity", capacity),
            ("lock", lock),
            ("created_at", time),
            ("created_hub", time),
            ("lifetime", lifetime),
            ("pruned", number_or_none),
            ("deleted", flag),
            ("shut", flag),
            ("by_host", flag),
            ("history", flag),
            ("mode", room_mode),
            ("every", room_every),
            ("mode_until", maybe_time),
            ("position", position),
            ("hold_questions", flag),
        ],
        key_width: 1,
        settle: |_| {},
    },
    Table {
        name: "chatters",
        columns: &[
            ("n", number),
            ("id", uuid),
            ("identity", uuid),
            ("nickname", nickname),
            ("created_at", time),
            ("held", flag),
            ("created_hub", time),
        ],
        key_width: 1,
        settle: |_| {},
    },
    Table {
        name: "memberships",
        columns: &[
            ("room", number),
            ("identity", uuid),
            ("chatter", number),
            ("first_seq", number),
            ("left_at", maybe_time),
            ("said_hub", maybe_time),
        ],
        key_width: 2,
        settle: |_| {},
    },
    host::ANNOUNCEMENTS,
    host::POLLS,
    host::VOTES,
    host::PREPARED,
    Table {
        name: "bans",
        columns: &[
            ("chatter", uuid),
            ("identity", uuid),
            ("nickname", nickname),
            ("address", address),
            ("until", maybe_time),
        ],
        key_width: 1,
        settle: settle_ban,
    },
    Table {
        name: "mutes",
        columns: &[
            ("identity", uuid),
            ("chatter", uuid),
            ("nickname", nickname),
            ("until", maybe_time),
        ],
        key_width: 1,
        settle: |_| {},
    },
    Table {
        name: "host_actions",
        columns: &[
            ("n", number),
            ("at", time),
            ("at_hub", time),
            ("deed", line),
            ("what", line),
            ("by", maybe_line),
            ("said", maybe_number),
        ],
        key_width: 1,
        settle: |_| {},
    },
    Table {
        name: "losses",
        columns: &[
            ("n", number),
            ("at", time),
            ("at_hub", time),
            ("cause", line),
            ("kept_as", line),
            ("copy", maybe_line),
            ("copied", maybe_time),
            ("salvaged", count),
        ],
        key_width: 1,
        settle: |_| {},
    },
    walls::WALLS,
    MESSAGES,
    REACTIONS,
    REPORTS,
    HELD_QUESTIONS,
];

/// Who has chosen which reactions. Their counts are computed again.
pub(in crate::store) const REACTIONS: Table = Table {
    name: "reactions",
    columns: &[("message", number), ("chatter", number), ("chosen", chosen)],
    key_width: 2,
    settle: |_| {},
};

/// Questions that wait for the host.
const HELD_QUESTIONS: Table = Table {
    name: "held_questions",
    columns: &[
        ("id", number),
        ("room", number),
        ("chatter", number),
        ("nickname", nickname),
        ("content", content),
        ("key", key),
        ("reply_to", maybe_number),
        ("mentions", maybe_uuids),
        ("asked_at", time),
        ("dropped", flag),
    ],
    key_width: 1,
    settle: settle_held,
};

/// Reports of messages.
pub(in crate::store) const REPORTS: Table = Table {
    name: "reports",
    columns: &[
        ("id", number),
        ("message", number),
        ("chatter", number),
        ("reason", reason),
        ("at", time),
        ("done_at", maybe_time),
    ],
    key_width: 1,
    settle: |_| {},
};

pub(in crate::store) const MESSAGES: Table = Table {
    name: "messages",
    columns: &[
        ("id", number),
        ("room", number),
        ("seq", number),
        ("chatter", number),
        ("kind", kind),
        ("content", content),
        ("count", maybe_count),
        ("was", maybe_nickname),
        ("now", maybe_nickname),
        ("sent_at", time),
        ("sent_hub", time),
        ("key", key),
        ("taken_back", flag),
        ("reply_to", maybe_number),
        ("mentions", maybe_uuids),
        ("votes", maybe_votes),
        ("answered", flag),
    ],
    key_width: 1,
    settle: settle_message,
};

impl Table {
    /// The columns for which `is_there` holds.
    pub(in crate::store) fn columns(&self, is_there: impl Fn(&str) -> bool) -> Vec<&'static str> {
        let names = self.columns.iter().map(|(name, _)| *name);
        names.filter(|name| is_there(name)).collect()
    }

    /// The columns of its key.
    pub(in crate::store) fn key(&self) -> impl DoubleEndedIterator<Item = &'static str> {
        self.columns.iter().take(self.key_width).map(|(name, _)| *name)
    }

    /// The row as a hub would have written it. `None` if no hub would.
    pub(in crate::store) fn row<'a>(
        &self,
        columns: &'a [&'static str],
        values: &[Value],
    ) -> Option<Row<'a>> {
        let mut fit = Vec::with_capacity(values.len());
        for (name, value) in columns.iter().zip(values) {
            let (_, rule) = self.columns.iter().find(|(column, _)| column == name)?;
            fit.push(rule(value)?);
        }
        let mut row = Row { columns, values: fit };
        (self.settle)(&mut row);
        Some(row)
    }
}

impl Row<'_> {
    fn get(&self, column: &str) -> Option<&Value> {
        let at = self.columns.iter().position(|name| *name == column)?;
        self.values.get(at)
    }

    fn set(&mut self, column: &str, value: Value) {
        let at = self.columns.iter().position(|name| *name == column);
        if let Some(place) = at.and_then(|at| self.values.get_mut(at)) {
            *place = value;
        }
    }
}

/// A value from a file. Invalid UTF-8 is replaced.
pub(in crate::store) fn value(found: ValueRef<'_>) -> Value {
    match found {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(number) => Value::Real(number),
        ValueRef::Text(bytes) => Value::Text(String::from_utf8_lossy(bytes).into_owned()),
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
    }
}

/// A message that cannot be shown keeps its place, as if it had been taken back.
fn settle_message(row: &mut Row<'_>) {
    let renamed = row.get("kind") == Some(&Value::Integer(4));
    let lacks_name = ["was", "now"].iter().any(|name| row.get(name) == Some(&Value::Null));
    let is_empty = row.get("content") == Some(&Value::Text(String::new()));
    let is_taken = row.get("taken_back") == Some(&Value::Integer(1));
    if is_empty || is_taken || (renamed && lacks_name) {
        row.set("content", Value::Text(String::new()));
        row.set("taken_back", Value::Integer(1));
        if ![1, 5].iter().any(|kind| row.get("kind") == Some(&Value::Integer(*kind))) {
            row.set("kind", Value::Integer(0));
        }
        ["count", "was", "now", "reply_to", "mentions", "votes"]
            .iter()
            .for_each(|column| row.set(column, Value::Null));
    }
}

/// A question without words is one that was dropped.
fn settle_held(row: &mut Row<'_>) {
    if row.get("content") == Some(&Value::Text(String::new())) {
        row.set("dropped", Value::Integer(1));
    }
}

/// A banned address needs an end, and an end needs an address; one without the other is dropped.
fn settle_ban(row: &mut Row<'_>) {
    if ["address", "until"].iter().any(|name| row.get(name) == Some(&Value::Null)) {
        ["address", "until"].iter().for_each(|column| row.set(column, Value::Null));
    }
}

fn between(value: &Value, least: i64, most: i64) -> Option<Value> {
    match value {
        Value::Integer(number) if (least..=most).contains(number) => Some(value.clone()),
        _ => None,
    }
}

fn within(value: &Value, least: i64, most: i64) -> Option<Value> {
    match value {
        Value::Integer(number) => Some(Value::Integer((*number).clamp(least, most))),
        _ => None,
    }
}

fn number(value: &Value) -> Option<Value> {
    between(value, 1, NUMBER_MAX)
}

fn number_or_none(value: &Value) -> Option<Value> {
    within(value, 0, NUMBER_MAX)
}

fn time(value: &Value) -> Option<Value> {
    within(value, 0, TIME_MAX)
}

/// A room's lifetime. That of a room without an end is [`LASTING`].
fn lifetime(value: &Value) -> Option<Value> {
    let lasting = i64::try_from(LASTING.as_millis()).ok()?;
    if *value == Value::Integer(lasting) { Some(value.clone()) } else { time(value) }
}

fn count(value: &Value) -> Option<Value> {
    within(value, 0, u32::MAX.into())
}

fn capacity(value: &Value) -> Option<Value> {
    within(value, 0, CAPACITY_MAX.into())
}

fn position(value: &Value) -> Option<Value> {
    within(value, 0, POSITION_MAX.into())
}

fn room_mode(value: &Value) -> Option<Value> {
    within(value, 0, 2)
}

fn room_every(value: &Value) -> Option<Value> {
    within(value, 0, EVERY_MAX.as_secs() as i64)
}

fn flag(value: &Value) -> Option<Value> {
    within(value, 0, 1)
}

fn chosen(value: &Value) -> Option<Value> {
    between(value, 1, 0b111_1111)
}

fn kind(value: &Value) -> Option<Value> {
    between(value, 0, 5)
}

fn maybe(value: &Value, rule: Rule) -> Option<Value> {
    Some(rule(value).unwrap_or(Value::Null))
}

fn maybe_time(value: &Value) -> Option<Value> {
    maybe(value, time)
}

fn maybe_number(value: &Value) -> Option<Value> {
    maybe(value, number)
}

/// A number, or that there is none. Another value is no row: it must not count as "all".
fn number_or_null(value: &Value) -> Option<Value> {
    if *value == Value::Null { Some(Value::Null) } else { number(value) }
}

fn maybe_uuids(value: &Value) -> Option<Value> {
    maybe(value, uuids)
}

fn maybe_count(value: &Value) -> Option<Value> {
    maybe(value, |value| within(value, 1, u32::MAX.into()))
}

/// They are counted again.
fn maybe_votes(value: &Value) -> Option<Value> {
    maybe(value, count)
}

fn maybe_nickname(value: &Value) -> Option<Value> {
    maybe(value, nickname)
}

fn maybe_line(value: &Value) -> Option<Value> {
    maybe(value, line)
}

fn uuid(value: &Value) -> Option<Value> {
    matches!(value, Value::Blob(bytes) if bytes.len() == 16).then(|| value.clone())
}

/// Up to 16 of them.
fn uuids(value: &Value) -> Option<Value> {
    let fits = |bytes: &[u8]| bytes.len() <= 16 * 16 && bytes.len().is_multiple_of(16);
    matches!(value, Value::Blob(bytes) if fits(bytes)).then(|| value.clone())
}

mod host;
#[cfg(test)]
mod tests;
mod walls;
