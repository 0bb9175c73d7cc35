//! Tests of the plans that SQLite makes for every statement of the store, as it is in the source.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rusqlite::Connection;

use super::{Deed, HostAct, Join, Leave, Seq, SetMode, Write, at, chatter, join, room, say};
use crate::domain::language::Language;
use crate::domain::mode::{Mode, RoomMode};
use crate::store::sqlite::sql::schema;
use crate::store::sqlite::sql::{queries, rows};
use crate::store::sqlite::writer;

/// Statements that read a whole table, and why they may. Each is named by how it begins.
const MAY_SCAN: [(&str, &str); 54] = [
    ("SELECT id, name, helper, made_at, number, browser FROM host_keys", "a few rows, in a wipe"),
    ("SELECT count(*) FROM messages WHERE kind IN", "before a wipe and in it"),
    ("SELECT count(DISTINCT identity) FROM chatters", "before a wipe and in it"),
    ("SELECT count(*) FROM rooms WHERE by_host", "before a wipe and in it"),
    ("SELECT id, code, title, created_at, pruned, coalesce(", "every room, once in an export"),
    ("DELETE FROM announcements WHERE until", "20 rows at most"),
    ("SELECT count(*) FROM announcements", "20 rows at most"),
    ("SELECT count(*) FROM polls", "210 rows at most"),
    ("SELECT EXISTS (SELECT 1 FROM polls WHERE room", "210 rows at most"),
    (
        "SELECT EXISTS (SELECT 1 FROM rooms WHERE by_host",
        "the living rooms, when an event file makes one",
    ),
    ("SELECT count(*) FROM prepared_polls", "50 rows at most"),
    ("DELETE FROM prepared_polls WHERE EXISTS", "50 rows at most"),
    ("DELETE FROM polls WHERE closed_at", "210 rows at most"),
    ("SELECT poll, identity, chosen FROM poll_votes", "once a start; a damaged file"),
    ("DELETE FROM poll_votes WHERE poll IN", "rows of another file"),
    ("SELECT id, closed_at, voters, counts FROM polls NOT INDEXED", "a damaged file"),
    ("SELECT id FROM rooms WHERE expires_hub", "when the host announces something"),
    ("DELETE FROM chatters WHERE n = ?1", "the look for their messages is off there: foreign_keys"),
    ("SELECT EXISTS (SELECT 1 FROM host_actions", "once a start; at most 10,000 rows"),
    ("SELECT at, at_hub, cause, kept_as", "the newest row alone, once a start"),
    ("SELECT at, deed, what, by, (SELECT m.content", "the newest rows alone"),
    ("SELECT chatter, identity, nickname, address, until FROM bans", "once a start"),
    ("SELECT chatter, identity, nickname, until FROM mutes", "once a start"),
    (
        "SELECT id FROM messages NOT INDEXED WHERE taken_back",
        "a damaged file, within three seconds",
    ),
    ("SELECT id FROM messages WHERE taken_back <> 0", "an index of nothing but these"),
    ("DELETE FROM host_keys WHERE id IS NOT NULL", "a few rows, when an older copy is taken"),
    ("SELECT id, name, helper, made_at, browser FROM host_keys ORDER", "a few rows"),
    ("SELECT id FROM rooms NOT INDEXED", "a damaged file"),
    ("SELECT id, lifetime FROM rooms NOT INDEXED", "a damaged file"),
    ("SELECT id, shut FROM rooms NOT INDEXED", "a damaged file"),
    ("SELECT id, mode, every, mode_until FROM rooms NOT INDEXED", "a damaged file"),
    ("SELECT id, history FROM rooms NOT INDEXED", "a damaged file"),
    (
        "SELECT id, title, capacity, lock, position, hold_questions FROM rooms NOT INDEXED",
        "a damaged file",
    ),
    ("SELECT room, view, delay, link FROM walls NOT INDEXED", "a damaged file"),
    ("UPDATE walls SET link = NULL", "a row a room, when a hub gets a new id"),
    ("SELECT r.id, w.view, w.delay, w.link FROM walls", "once a start: a row a room"),
    ("WITH places AS MATERIALIZED", "a wall: mostly a dozen places, 10,000 at most"),
    (
        "SELECT m.seq FROM messages m INDEXED BY questions_by_votes",
        "a wall: the first questions in order, but for what was taken back",
    ),
    ("SELECT id, done_at FROM reports NOT INDEXED", "a damaged file"),
    ("SELECT id FROM held_questions NOT INDEXED", "a damaged file"),
    ("DELETE FROM held_questions WHERE EXISTS", "a damaged file"),
    ("DELETE FROM held_questions WHERE dropped = 1", "those before the newest 10,000"),
    ("SELECT count(*) FILTER (WHERE chatter", "an index of those that wait; 200 at most"),
    ("SELECT id, code, title, namespace", "once a start"),
    ("SELECT count(*) FROM reports x", "an index of the open ones; at most 10,000 rows"),
    ("SELECT x.id, x.at, x.done_at", "at most 10,000 rows"),
    ("SELECT seq, content FROM messages WHERE room", "a search, for 200 ms"),
    (
        "SELECT count(*) FROM (SELECT 1 FROM messages",
        "what is unread in a room, among its newest 2,000 places",
    ),
    (
        "SELECT r.id, r.last, (SELECT m.sent_at",
        "once a start: the newest 200 places of each living room",
    ),
    ("SELECT id, octet_length(content), id, (SELECT count(*)", "the 200 oldest alone"),
    (
        "SELECT max( coalesce((SELECT value FROM meta WHERE key = 'hub_time')",
        "once a start: two newest",
    ),
    (
        "SELECT max( coalesce((SELECT value FROM meta WHERE key = 'wall_time')",
        "once a start: two newest",
    ),
    ("SELECT n FROM rooms WHERE deleted <> 0", "an index of nothing but these"),
    ("SELECT n, last - ?1 FROM", "each room once, by an index, in the writer's quiet moments"),
];

/// Statements that are put together from tables and columns: each reads or writes all rows on purpose,
/// of a file that is put back or rescued, or is only prepared.
const MADE: [&str; 4] = [
    "SELECT {named} FROM rooms NOT INDEXED WHERE by_host",
    "SELECT {named} FROM {name} NOT INDEXED",
    "SELECT {column} FROM {name}",
    "INSERT INTO {} ({})",
];

/// Keys that one row at most has.
const UNIQUE: [&[&str]; 7] = [
    &["rowid"],
    &["id"],
    &["code"],
    &["room", "identity"],
    &["room", "seq"],
    &["chatter", "key"],
    &["key"],
];

/// The source of a file without its tests.
fn source(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    text.split("#[cfg(test)]\nmod tests").next().unwrap().to_owned()
}

/// The texts between quotation marks in a Rust source, as the program has them.
fn literals(source: &str) -> Vec<String> {
    let (mut found, mut chars) = (Vec::new(), source.chars().peekable());
    while let Some(c) = chars.next() {
        match c {
            '/' if chars.peek() == Some(&'/') => while chars.next_if(|c| *c != '\n').is_some() {},
            '\'' => {
                // A character, not a lifetime: `'"'`.
                chars.next_if_eq(&'"');
            }
            '"' => {
                let mut text = String::new();
                loop {
                    match chars.next().unwrap() {
                        '"' => break,
                        '\\' => match chars.next().unwrap() {
                            '\n' => while chars.next_if(|c| c.is_whitespace()).is_some() {},
                            other => text.push(other),
                        },
                        other => text.push(other),
                    }
                }
                found.push(text);
            }
            _ => {}
        }
    }
    found
}

/// The files that the store is made of, without its tests.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let is_test = |path: &PathBuf| {
        ["tests", "tests.rs", "fuzzing.rs", "memory.rs"].iter().any(|name| path.ends_with(name))
    };
    let inner = folders.into_iter().filter(|path| !is_test(path)).flat_map(|path| sources(&path));
    inner.chain(files.into_iter().filter(|path| !is_test(path))).collect()
}

/// Every statement that the store can run, whole.
fn statements() -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for path in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/sqlite")) {
        for text in literals(&source(&path)) {
            let verb = text.split_whitespace().next().unwrap_or_default();
            if ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"].contains(&verb)
                && text.contains(' ')
            {
                all.insert(text.split_whitespace().collect::<Vec<_>>().join(" "));
            }
        }
    }
    all.remove(&queries::MEMBER.split_whitespace().collect::<Vec<_>>().join(" "));
    let whole = |sql: String| {
        let sql = sql.replace("SELECT {} FROM rooms", &format!("SELECT {} FROM rooms", rows::ROOM));
        let sql = sql.replace("SELECT {} WHERE", &format!("SELECT {} WHERE", rows::MESSAGE));
        sql.replace("{MEMBER}", queries::MEMBER)
    };
    all.into_iter().map(whole).collect()
}

fn plan(db: &Connection, sql: &str) -> Vec<String> {
    let mut query =
        db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap_or_else(|e| panic!("{sql}: {e}"));
    let mut rows = query.raw_query();
    let mut plan = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        plan.push(row.get(3).unwrap());
    }
    plan
}

fn columns(db: &Connection, table: &str) -> Vec<String> {
    let mut query = db.prepare("SELECT name FROM pragma_table_xinfo(?1)").unwrap();
    query.query_map([table], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

/// The table that a statement calls so.
fn table_of(sql: &str, called: &str) -> String {
    let words: Vec<&str> =
        sql.split([' ', ',', '(', ')']).filter(|word| !word.is_empty()).collect();
    let named = words.windows(2).find(|pair| pair[1] == called && columns_are_of(pair[0]));
    named.map_or(called, |pair| pair[0]).to_owned()
}

fn columns_are_of(word: &str) -> bool {
    ["rooms", "chatters", "memberships", "messages", "reactions", "reports", "walls"]
        .contains(&word)
}

/// The columns of a table that a statement wants equal to something.
fn equalities(db: &Connection, sql: &str, called: &str, others: &[String]) -> BTreeSet<String> {
    let (own, sql) = (columns(db, &table_of(sql, called)), without_set(sql));
    let mut found = BTreeSet::new();
    let words: Vec<&str> = sql.split_whitespace().collect();
    for pair in words.windows(2).filter(|pair| pair[1] == "=") {
        let word = pair[0].trim_start_matches('(');
        let (qualifier, column) = word.split_once('.').unwrap_or(("", word));
        let is_others = others.iter().any(|other| {
            other != called && columns(db, &table_of(&sql, other)).iter().any(|own| own == column)
        });
        let is_own = qualifier == called || (qualifier.is_empty() && !is_others);
        if is_own && own.iter().any(|own| own == column) {
            found.insert(column.to_owned());
        }
    }
    found
}

/// A statement without what it assigns.
fn without_set(sql: &str) -> String {
    match (sql.find(" SET "), sql.find(" FROM ").or_else(|| sql.find(" WHERE "))) {
        (Some(set), Some(end)) if set < end => format!("{}{}", &sql[..set], &sql[end..]),
        _ => sql.to_owned(),
    }
}

/// The fault of a plan: a table that is read as a whole, or a column that is compared but not searched by.
fn complaints(db: &Connection, sql: &str) -> Vec<String> {
    let plan = plan(db, sql);
    let called = |step: &String| step.split(' ').nth(1).unwrap_or_default().to_owned();
    let searched: Vec<String> =
        plan.iter().filter(|step| step.starts_with("SEARCH")).map(called).collect();
    let mut wrong = Vec::new();
    for step in &plan {
        let name = called(step);
        // Those of SQLite's own have a handful of rows.
        let is_table =
            !name.starts_with("sqlite_") && !columns(db, &table_of(sql, &name)).is_empty();
        if step.starts_with("SCAN") && is_table {
            wrong.push(step.clone());
        }
        let Some((_, by)) =
            step.split_once(" (").filter(|_| step.starts_with("SEARCH") && is_table)
        else {
            continue;
        };
        let by = by.split(')').next().unwrap_or_default();
        let by: BTreeSet<&str> =
            by.split(" AND ").filter_map(|one| one.strip_suffix("=?")).collect();
        let is_unique = UNIQUE.iter().any(|key| key.iter().all(|column| by.contains(column)));
        let missing: Vec<String> = equalities(db, sql, &name, &searched)
            .into_iter()
            .filter(|column| !by.contains(column.as_str()))
            .collect();
        if !is_unique && !missing.is_empty() {
            wrong.push(format!("{step}, and not by {}", missing.join(", ")));
        }
    }
    wrong
}

#[test]
fn every_statement_is_found_by_an_index() {
    let db = schema::open_writer(Path::new(":memory:")).unwrap();
    let all = statements();
    assert!(all.len() > 60, "{} statements were found", all.len());
    let mut wrong = Vec::new();
    let mut scanned = BTreeSet::new();
    for sql in &all {
        if MADE.iter().any(|made| sql.starts_with(made)) {
            continue;
        }
        let complaints = complaints(&db, sql);
        match MAY_SCAN.iter().find(|(may, _)| sql.starts_with(may)) {
            Some((may, _)) if !complaints.is_empty() => {
                scanned.insert(*may);
            }
            _ => wrong.extend(complaints.into_iter().map(|what| format!("{what}\n    in {sql}"))),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let unused: Vec<_> = MAY_SCAN.iter().filter(|(may, _)| !scanned.contains(may)).collect();
    assert!(unused.is_empty(), "these need no leave: {unused:?}");
}

#[test]
fn a_statement_that_reads_a_whole_room_or_table_is_seen() {
    let db = schema::open_writer(Path::new(":memory:")).unwrap();
    for (sql, seen) in [
        ("SELECT id FROM messages WHERE content = ?1", "SCAN messages"),
        (
            "UPDATE memberships NOT INDEXED SET left_at = ?3 WHERE room = ?1 AND chatter = ?2",
            "and not by chatter",
        ),
        ("SELECT seq FROM messages WHERE room = ?1 AND kind = ?2", "and not by kind"),
    ] {
        let complaints = complaints(&db, sql).join("; ");
        assert!(complaints.contains(seen), "{sql}: {complaints}");
    }
}

/// A database with a room in which this many people have been, and one is present.
fn with_people(people: u32) -> Connection {
    let db = schema::open_writer(Path::new(":memory:")).unwrap();
    let first = [Write::Room(room(1)), Write::Join(join(room(1).id, 1))];
    assert!(writer::commit(&db, first.iter()).unwrap().iter().all(Result::is_ok));
    db.execute_batch(&format!(
        "WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n LIMIT {people})
         INSERT INTO chatters (n, id, identity, nickname, created_at) SELECT i, randomblob(16), randomblob(16), 'n', 0 FROM n;
         INSERT INTO memberships SELECT 1, identity, n, 1, NULL, NULL FROM chatters WHERE n >= 100;
         WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n LIMIT {people})
         INSERT INTO messages (room, seq, chatter, kind, content, sent_at, sent_hub)
         SELECT 1, i, 98 + i, 0, 'hi', 0, 0 FROM n;"
    ))
    .unwrap();
    db
}

/// How many steps SQLite's machine makes for a write.
fn steps(db: &mut Connection, write: Write) -> u64 {
    let count = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&count);
    let each = move || {
        counter.fetch_add(1, Ordering::Relaxed);
        false
    };
    db.progress_handler(1, Some(each)).unwrap();
    let done = writer::commit(db, [write].iter()).unwrap();
    db.progress_handler(0, None::<fn() -> bool>).unwrap();
    assert!(done[0].is_ok(), "{done:?}");
    count.load(Ordering::Relaxed)
}

/// An action of somebody in a room, and how much of it they have seen.
type Does = fn(super::RoomId, Option<Seq>) -> Write;

#[test]
fn peoples_actions_cost_the_same_in_a_large_room() {
    let (mut small, mut large) = (with_people(100), with_people(3_000));
    let id = room(1).id;
    let last = |people: i64| Some(Seq(people + 1 - 50));
    let slow = RoomMode { mode: Mode::Slow(Duration::ZERO), until: None };
    let set = SetMode { rooms: vec![id], mode: slow, deed: "room mode" };
    for db in [&mut small, &mut large] {
        db.execute("UPDATE memberships SET said_hub = 0", []).unwrap();
        let (deed, what, by) = (Deed::SetMode(set.clone()), String::new(), None);
        steps(db, Write::Host(HostAct { deed, what, by, at: at(9_999) }));
    }
    let writes: [(&str, Does); 4] = [
        ("a join", |id, _| Write::Join(join(id, 2))),
        ("a message", |id, _| Write::Say(say(id, 1, "hi", Some("k")))),
        ("a leave", |id, _| {
            Write::Leave(Leave {
                room: id,
                chatter: chatter(1),
                everywhere: false,
                notice: Some(Language::En),
                at: at(9),
            })
        }),
        ("a return", |id, after| Write::Join(Join { after, ..join(id, 1) })),
    ];
    for (what, write) in writes {
        let (one, other) =
            (steps(&mut small, write(id, last(100))), steps(&mut large, write(id, last(3_000))));
        assert!(other * 10 <= one * 13, "{what}: {one} steps among 100, {other} among 3,000");
    }
}
