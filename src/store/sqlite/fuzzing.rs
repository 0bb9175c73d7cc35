//! Rules for every copy that is put back, whatever is in its rows.

#![allow(clippy::panic, reason = "it is how a broken rule is told")]
#![allow(clippy::unwrap_used, reason = "a rule that cannot be looked at is broken")]

use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use crate::domain::ids::{HubId, Seq};
use crate::domain::message::{Alert, Kind};
use crate::domain::room::PasswordHash;
use crate::domain::text::{Content, Namespace, Nickname, Title};
use crate::store::sqlite::past;
use crate::store::sqlite::recovery::import::{Imported, import};
use crate::store::sqlite::recovery::replace;
use crate::store::sqlite::sql::host_actions;
use crate::store::sqlite::sql::queries;
use crate::store::sqlite::sql::rows;
use crate::store::sqlite::sql::schema;

/// Fuzzes a restore of rows, a line each: the table, then the values of its columns, with `|` before each. `=` begins a
/// number, `#` a blob (a single byte stands for sixteen of it), `-` is NULL, and everything else is text.
pub fn restore(data: &[u8]) {
    let copy = loose();
    for line in data.split(|byte| *byte == b'\n').take(200) {
        let mut fields = line.split(|byte| *byte == b'|');
        let table = String::from_utf8_lossy(fields.next().unwrap_or_default()).into_owned();
        let values: Vec<Value> = fields.map(value).collect();
        let casts = values.iter().map(|value| match value {
            // From bytes, so that a text need not be valid UTF-8.
            Value::Text(_) => "CAST(CAST(? AS BLOB) AS TEXT)",
            _ => "?",
        });
        let casts = casts.collect::<Vec<_>>().join(", ");
        if table.chars().all(|c| c.is_ascii_lowercase() || c == '_') {
            // Rows for an unknown table, or with a wrong number of columns, are skipped.
            let sql = format!("INSERT INTO {table} VALUES ({casts})");
            let _added = copy.execute(&sql, params_from_iter(values));
        }
    }
    let once = schema::open_writer(Path::new(":memory:")).unwrap();
    let imported = import(&copy, &once, &mut || {}).unwrap();
    assert!(imported.left_out + imported.mended <= imported.rows, "{imported:?}");
    is_as_a_hub_writes(&once);
    let twice = schema::open_writer(Path::new(":memory:")).unwrap();
    let again = import(&once, &twice, &mut || {}).unwrap();
    let kept = imported.rows - imported.left_out;
    assert_eq!(again, Imported { rows: kept, left_out: 0, mended: 0 }, "it is another again");
}

/// A hub's tables without most of their constraints, since a file from elsewhere need not keep them.
fn loose() -> Connection {
    let strict = schema::empty(schema::NEWEST).unwrap();
    let loose = Connection::open_in_memory().unwrap();
    loose.pragma_update(None, "foreign_keys", false).unwrap();
    let mut query = strict
        .prepare("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        .unwrap();
    let all = query.query_map([], |row| row.get::<_, String>(0)).unwrap();
    for sql in all.map(Result::unwrap) {
        let strict = [" STRICT,", " STRICT", " ANY", " UNIQUE", " NOT NULL"];
        let generated = [" GENERATED ALWAYS AS (created_hub + lifetime) STORED"];
        let rules = generated.iter().chain(&strict);
        loose.execute_batch(&rules.fold(sql, |sql, rule| sql.replace(rule, ""))).unwrap();
    }
    loose
}

fn value(field: &[u8]) -> Value {
    let text = || String::from_utf8_lossy(field).into_owned();
    match field {
        b"-" => Value::Null,
        [b'=', number @ ..] => {
            let number = std::str::from_utf8(number).ok().and_then(|number| number.parse().ok());
            number.map_or_else(|| Value::Text(text()), Value::Integer)
        }
        [b'#', one] => Value::Blob(vec![*one; 16]),
        [b'#', bytes @ ..] => Value::Blob(bytes.to_vec()),
        _ => Value::Text(text()),
    }
}

/// Holds that everything can be read, by the rules for texts that people write.
fn is_as_a_hub_writes(db: &Connection) {
    let whole: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(whole, "ok");
    let past = past(db, HubId::from_random([1; 16])).unwrap();
    for room in &past.rooms {
        assert_eq!(Title::parse(room.title.as_str()).as_ref(), Ok(&room.title));
        assert_eq!(Namespace::parse(room.namespace.as_str()).as_ref(), Ok(&room.namespace));
        let is_good = |hash: &PasswordHash| hash.is_bearable() || hash.0 == "none";
        assert!(room.lock.as_ref().is_none_or(is_good));
    }
    assert_eq!(count(db, "rooms WHERE expires_hub > 0"), past.rooms.len() + expired(db));
    for ban in &past.bans {
        assert_eq!(Nickname::parse(ban.nickname.as_str()).as_ref(), Ok(&ban.nickname));
    }
    assert_eq!(past.bans.len(), count(db, "bans"));
    for mute in &past.mutes {
        assert_eq!(Nickname::parse(mute.nickname.as_str()).as_ref(), Ok(&mute.nickname));
    }
    assert_eq!(host_actions::log(db, usize::MAX).unwrap().len(), count(db, "host_actions"));
    let _loss = replace::last_loss(db).unwrap();
    messages(db);
    queries::epoch(db).unwrap();
}

fn messages(db: &Connection) {
    let sql = format!("SELECT {} ORDER BY m.id", rows::MESSAGE);
    let mut query = db.prepare(&sql).unwrap();
    let all: Vec<_> = query.query_map([], rows::message).unwrap().map(Result::unwrap).collect();
    assert_eq!(all.len(), count(db, "messages"));
    for message in all {
        assert!(message.seq > Seq(0) && message.id.0 > 0);
        assert_eq!(message.is_taken_back, message.content.is_empty(), "{message:?}");
        assert!(message.is_taken_back || Content::parse(&message.content).is_ok(), "{message:?}");
        let mut names = vec![message.chatter.nickname];
        if let Kind::Alert(Alert::Renamed { was, now }) = message.kind {
            names.extend([was, now]);
        }
        for name in names {
            assert_eq!(Nickname::parse(name.as_str()).as_ref(), Ok(&name));
        }
    }
}

fn count(db: &Connection, rows: &str) -> usize {
    let count = format!("SELECT count(*) FROM {rows}");
    let count: i64 = db.query_row(&count, [], |row| row.get(0)).unwrap();
    usize::try_from(count).unwrap()
}

/// The number of rooms that have expired by the file's own time.
fn expired(db: &Connection) -> usize {
    let now = i64::try_from(queries::hub_time(db).unwrap().0).unwrap();
    count(db, &format!("rooms WHERE expires_hub > 0 AND expires_hub <= {now}"))
}
