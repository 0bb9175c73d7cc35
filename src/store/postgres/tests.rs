//! Tests of the plans that PostgreSQL makes for each statement, including those inside functions.

use super::connect::{PLANS, SETTINGS};
use super::{reads, statements};
use crate::store::tests::postgres::Postgres;
use crate::store::tests::prepared::{ONCE, TWICE};

/// A large chat: 400 rooms, 3,000 people of the largest, 60,000 messages, 6,000 of them by one author.
const LARGE: &str = "
    INSERT INTO rooms (id, code, title, namespace, capacity, created_at, created_hub, lifetime, shut, by_host)
        SELECT gen_random_uuid(), 'R' || n, 't', 'n', CASE n WHEN 1 THEN 9999 ELSE 0 END, 1, 1, 1::bigint << 50, false, false
        FROM generate_series(1, 400) n;
    INSERT INTO chatters (id, identity, nickname, looks, created_at)
        SELECT gen_random_uuid(), gen_random_uuid(), 'c' || n, ARRAY['c' || n], 1 FROM generate_series(1, 6000) n;
    INSERT INTO memberships SELECT 1, identity, n, 1, NULL FROM chatters WHERE n <= 3000;
    INSERT INTO memberships SELECT 2 + n % 300, identity, n, 1, NULL FROM chatters;
    INSERT INTO people SELECT room, identity, chatter FROM memberships;
    INSERT INTO stays SELECT room, identity, chatter % 3, '10.0.0.1', NULL FROM memberships;
    INSERT INTO names SELECT room, 'c' || chatter, chatter FROM memberships;
    INSERT INTO messages (id, room, seq, chatter, kind, content, sent_at, sent_hub, key)
        SELECT n, 1 + n % 300, 1 + n / 300, CASE WHEN n % 10 = 9 THEN 5 ELSE 1 + n % 6000 END, 0, 'x', 1, 1, 'k' || n FROM generate_series(1, 60000) n;
    UPDATE messages SET votes = seq % 20, answered = seq % 40 = 0 WHERE seq % 2 = 1;
    INSERT INTO events (n, at_hub, what) SELECT n, 1, 9 FROM generate_series(60001, 80000) n;
    INSERT INTO commits SELECT n, 1, n, 1 FROM generate_series(60001, 80000) n;
    INSERT INTO hubs SELECT n, gen_random_uuid(), 'n', 'u', 1, 80000 FROM generate_series(1, 3) n;
    INSERT INTO bans SELECT gen_random_uuid(), gen_random_uuid(), 'b', '10.0.0.2', 1 FROM generate_series(1, 5000);
    INSERT INTO mutes SELECT gen_random_uuid(), gen_random_uuid(), 'm', 1 + n FROM generate_series(1, 5000) n;
    UPDATE memberships SET left_at = chatter WHERE chatter % 3 = 0;
    INSERT INTO reports (message, chatter, at, done_at) SELECT n, 1 + n % 3000, 1, CASE WHEN n % 20 > 0 THEN 1 END
        FROM generate_series(1, 5000) n;
    INSERT INTO held_questions (room, chatter, nickname, content, key, asked_at, dropped)
        SELECT 1 + n % 300, n, 'c', 'x', 'h' || n, 1, n % 3 > 0 FROM generate_series(1, 5000) n;
    INSERT INTO reactions SELECT 1 + n % 20000, 1 + n % 3001, 1 FROM generate_series(1, 60000) n ON CONFLICT DO NOTHING;
    INSERT INTO polls (id, question, answers, multiple, results, made_at, closed_at)
        SELECT ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'q', E'a\\nb', false, 0, n, CASE WHEN n > 9 THEN 1 END
        FROM generate_series(1, 200) n;
    INSERT INTO prepared_polls SELECT ('00000000-0000-4000-8000-' || lpad((1000 + n)::text, 12, '0'))::uuid, n, NULL, 'q' || n, E'a\\nb', false, 0, NULL
        FROM generate_series(1, 40) n;
    INSERT INTO poll_votes SELECT '00000000-0000-4000-8000-000000000007', identity, 1 FROM chatters;
    INSERT INTO host_keys (id, name, helper, made_at) SELECT gen_random_uuid(), 'k' || n, false, 1 FROM generate_series(1, 2000) n;
    INSERT INTO walls SELECT n, 0, 10000, gen_random_uuid() FROM rooms WHERE n > 9;
    INSERT INTO host_actions (at, deed, what) SELECT 1, 'd', 'w' FROM generate_series(1, 5000);
    ANALYZE;";

/// A call of each function, in the order of `migrations/postgres`, with rows that exist.
const CALLS: &str = "
    SELECT make_room(gen_random_uuid(), 'ZZZ', 't', 'n', 4, NULL, 1, 1, 60000, false, false, 0::smallint, false, 500, NULL);
    SELECT make_room_once(gen_random_uuid(), 'ZZW', 't', 'm', 0, NULL, 1, 1, 60000, false, 1::smallint, 'w');
    SELECT make_room(gen_random_uuid(), 'ZZY', 't', 'n', 0, NULL, 1, 1, 60000, false, true, 1::smallint, true, 500, NULL);
    SELECT set_history((SELECT id FROM rooms WHERE n = 3), 1::smallint, 'w');
    SELECT edit_room((SELECT id FROM rooms WHERE n = 3), 'other', 8, true, NULL, NULL, 2, NULL, 'w');
    SELECT edit_room((SELECT id FROM rooms WHERE n = 4), NULL, NULL, false, NULL, 1::smallint, NULL, true, 'w');
    SELECT * FROM set_wall((SELECT id FROM rooms WHERE n = 3), 3::smallint, NULL, 10000, true, gen_random_uuid(), 'w');
    SELECT * FROM set_wall((SELECT id FROM rooms WHERE n = 3), NULL, 5000, 10000, true, NULL, 'w');
    SELECT set_mode(ARRAY(SELECT id FROM rooms WHERE n IN (1, 3)), false, 1::smallint, 30, NULL, 10000, 'd', 'w');
    SELECT set_mode(ARRAY(SELECT id FROM rooms WHERE n = 6), true, 0::smallint, 600, NULL, 10000, 'd', 'w');
    SELECT * FROM join_room(1, (SELECT id FROM rooms WHERE n = 6), (SELECT identity FROM chatters WHERE n = 5), NULL,
        gen_random_uuid(), 'new', '{new}', 1, true, 'x', '10.0.0.1');
    SELECT * FROM join_room(1, (SELECT id FROM rooms WHERE n = 4), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(),
        'new', '{new}', 1, true, 'x', '10.0.0.1');
    SELECT * FROM join_room(1, (SELECT id FROM rooms WHERE n = 1), (SELECT identity FROM chatters WHERE n = 5), NULL,
        gen_random_uuid(), 'new', '{new}', 1, true, 'x', '10.0.0.1');
    SELECT * FROM say(ARRAY(SELECT id FROM rooms WHERE n = 1), ARRAY(SELECT id FROM chatters WHERE n = 5), '{0}', '{x}', '{NULL}', '{k4}', '{3}', '{NULL}', '{false}');
    ALTER FUNCTION say_any RENAME TO not_any;
    SELECT * FROM say(ARRAY(SELECT id FROM rooms WHERE n = 7), ARRAY(SELECT id FROM chatters WHERE n = 5), '{0}', '{x}', '{NULL}', '{new}', '{NULL}', '{NULL}', '{true}');
    SELECT * FROM say(ARRAY(SELECT id FROM rooms WHERE n IN (2, 12) ORDER BY n), ARRAY(SELECT id FROM chatters WHERE n IN (300, 310) ORDER BY n),
        '{0,0}', '{x,x}', '{NULL,NULL}', '{new,new}', '{NULL,NULL}', '{NULL,NULL}', '{false,false}');
    ALTER FUNCTION not_any RENAME TO say_any;
    SELECT * FROM say(ARRAY(SELECT id FROM rooms WHERE n = 1), ARRAY(SELECT id FROM chatters WHERE n = 6), '{0}', '{x}', '{NULL}', '{new}', '{NULL}', '{NULL}', '{true}');
    SELECT * FROM ask((SELECT id FROM rooms WHERE n = 1), (SELECT id FROM chatters WHERE n = 7), 'x', 'asked', NULL, NULL, 5, 200);
    UPDATE rooms SET hold_questions = true WHERE n = 1;
    SELECT * FROM ask((SELECT id FROM rooms WHERE n = 1), (SELECT id FROM chatters WHERE n = 7), 'x', 'asked', NULL, NULL, 5, 200);
    SELECT * FROM ask((SELECT id FROM rooms WHERE n = 1), (SELECT id FROM chatters WHERE n = 7), 'x', 'waits', 3, NULL, 5, 200);
    SELECT * FROM ask((SELECT id FROM rooms WHERE n = 1), (SELECT id FROM chatters WHERE n = 7), 'x', 'waits', 3, NULL, 5, 200);
    SELECT let_through((SELECT id FROM held_questions WHERE key = 'waits'), 'w');
    SELECT * FROM drop_question((SELECT id FROM held_questions WHERE key = 'h300'), 'w');
    SELECT * FROM drop_waiting(held_of((SELECT identity FROM chatters WHERE n = 303)));
    SELECT * FROM drop_waiting(held_in((SELECT id FROM rooms WHERE n = 5)));
    SELECT * FROM react((SELECT id FROM rooms WHERE n = 1), (SELECT id FROM chatters WHERE n = 5), 7, 1::smallint, 1, true);
    SELECT * FROM vote((SELECT id FROM rooms WHERE n = 1), (SELECT id FROM chatters WHERE n = 6), 9, true);
    SELECT * FROM mark_answered((SELECT id FROM rooms WHERE n = 1), 9, true, 'w');
    SELECT report_message((SELECT id FROM rooms WHERE n = 1), (SELECT id FROM chatters WHERE n = 5), 7, 'x');
    SELECT report_done(7, 'w');
    SELECT report_done(999999, 'w');
    SELECT * FROM host_say((SELECT id FROM rooms WHERE n = 1), '00000000-0000-8000-8000-000000000001', 'Host', 'x', 'k', 'w');
    SELECT * FROM announce(gen_random_uuid(), (SELECT id FROM rooms WHERE n = 1), 'x', 1, NULL, 20,
        '00000000-0000-8000-8000-000000000001', 'Host', 'w');
    SELECT * FROM announce_once(gen_random_uuid(), (SELECT id FROM rooms WHERE n = 1), 'once', 1, NULL, 20,
        '00000000-0000-0000-0000-000000000001', 'h', 'w');
    SELECT take_down((SELECT id FROM announcements LIMIT 1), 'w');
    SELECT * FROM make_poll(gen_random_uuid(), (SELECT id FROM rooms WHERE n = 1), 'q', E'a\\nb', true, 1::smallint, 1, NULL, 10, 100,
        '00000000-0000-8000-8000-000000000001', 'Host', 'x', 'w');
    SELECT * FROM vote_poll('00000000-0000-4000-8000-000000000007', (SELECT identity FROM chatters WHERE n = 5), 2::smallint);
    SELECT * FROM vote_poll('00000000-0000-4000-8000-000000000007', (SELECT identity FROM chatters WHERE n = 5), 0::smallint);
    SELECT * FROM close_poll('00000000-0000-4000-8000-000000000007', '00000000-0000-8000-8000-000000000001', 'Host', 'x', 'w');
    SELECT prepare_poll(true, gen_random_uuid(), 1, (SELECT id FROM rooms WHERE n = 1), 'q', E'a\\nb', true, 1::smallint, 5, 50, 'w');
    SELECT prepare_poll(false, '00000000-0000-4000-8000-000000001001', 9, NULL, 'r', E'a\\nb', true, 1::smallint, NULL, 50, 'w');
    SELECT drop_prepared('00000000-0000-4000-8000-000000001002', 'w');
    SELECT * FROM ask_prepared('00000000-0000-4000-8000-000000001001', NULL, 'q', E'a\\nb', true, 1::smallint, 1, NULL, 10, 100,
        '00000000-0000-8000-8000-000000000001', 'Host', 'x', 'w');
    SELECT set_event('event_title', 't', 'w');
    SELECT set_event('event_title', NULL, 'w');
    SELECT add_host_key(gen_random_uuid(), 'new', false, 1, 'w');
    SELECT add_host_key((SELECT id FROM host_keys WHERE name = 'k7'), 'k7', false, 1, 'w');
    SELECT * FROM use_host_key((SELECT id FROM host_keys WHERE name = 'k7'), 8, 'b');
    SELECT revoke_host_key('k9', 'w');
    SELECT * FROM take_back_own((SELECT id FROM rooms WHERE n = 1), (SELECT id FROM chatters WHERE n = 5), 7, 600000);
    SELECT * FROM rename_chatter((SELECT id FROM chatters WHERE n = 7), NULL, 'other', '{other}', (SELECT id FROM rooms WHERE n = 1), 'x', false);
    SELECT * FROM take_back((SELECT id FROM rooms WHERE n = 1), '{5,6}', 'w');
    SELECT * FROM leave_room(0, (SELECT id FROM rooms WHERE n = 1), (SELECT id FROM chatters WHERE n = 9), false, 'x');
    SELECT kick((SELECT id FROM chatters WHERE n = 11), 'w');
    SELECT ban((SELECT id FROM chatters WHERE n = 12), (SELECT identity FROM chatters WHERE n = 12), 'b', NULL, NULL, 'w');
    SELECT mute((SELECT id FROM chatters WHERE n = 12), (SELECT identity FROM chatters WHERE n = 12), 'b', 9, 'w');
    SELECT mute((SELECT id FROM chatters WHERE n = 13), (SELECT identity FROM chatters WHERE n = 13), 'b', NULL, 'w');
    SELECT unmute((SELECT id FROM chatters WHERE n = 12), (SELECT identity FROM chatters WHERE n = 12), 'w');
    SELECT * FROM rename_by_host((SELECT id FROM chatters WHERE n = 8), 'third', '{third}', ARRAY(SELECT id FROM rooms WHERE n < 3), 'x', true, 'w');
    SELECT unban((SELECT id FROM chatters WHERE n = 12), 'w');
    SELECT end_room((SELECT id FROM rooms WHERE n = 5), 2::smallint, 'w');
    SELECT fence(1);
    SELECT * FROM open_batch(1, 79990);
    CALL settle(79990);
    SELECT begin_run(9, gen_random_uuid(), 'n', 'u');
    SELECT end_run(9, 20000);
    SELECT * FROM sweep(1000000000, 20000, 'x', 'y');
    SELECT prune(1, 1, 100, 200);";

/// Tables that a statement may read whole, and why.
const MAY_SCAN: [(&str, &str, &str); 21] = [
    ("messages", "kind IN (0, 1, 5)", "before a wipe and in it"),
    ("chatters", "count(DISTINCT identity)", "before a wipe and in it"),
    ("rooms", "count(DISTINCT identity)", "before a wipe and in it"),
    ("rooms", "pruned > 0", "the rooms that a wipe keeps"),
    ("rooms", "a.created_at", "every room, once in an export"),
    ("announcements", "", "20 at most"),
    ("polls", "", "210 at most"),
    ("prepared_polls", "", "50 at most"),
    ("poll_votes", "DELETE FROM poll_votes", "all votes of a poll that closes"),
    ("rooms", "of_room IS NULL OR", "the living rooms, when something is announced"),
    (
        "rooms",
        "ANY (told)",
        "every room, when the host renames somebody: a plan for any list reads them in order",
    ),
    ("host_keys", "made_at, name", "the keys of an event, a few dozen"),
    ("hubs", "", "eight at most"),
    ("meta", "", "a few rows"),
    ("rooms", "by_host", "the living rooms, when one is made: 500 unless the host says otherwise"),
    ("people", "count", "the people of a room with a capacity"),
    ("reports", "count(*)", "an index of the open ones; at most 10,000"),
    ("rooms", "gone.seq", "the rooms of the messages that are pruned"),
    ("rooms", "last_seq", "each room once a second, by whichever hub prunes"),
    ("rooms", "deleted OR", "each room once a second, by whichever hub prunes"),
    ("rooms", "is_locked :=", "an index of the rooms that are deleted, until the first"),
];

/// Each plan that the server reports, with the statement's text before it.
fn plans(said: &str) -> Vec<&str> {
    said.split("NOTICE:").filter(|plan| plan.contains("Query Text")).collect()
}

/// Makes a database with the schema, runs more SQL in it, and returns its name.
fn database(postgres: &Postgres, more: &str) -> String {
    let url = postgres.database();
    let name = url.rsplit('=').next().unwrap();
    let migration = super::migrate::MIGRATIONS.concat();
    let set_up = format!(
        "CREATE SCHEMA colahub; SET search_path = colahub, pg_catalog; {migration}
         INSERT INTO meta VALUES ('born', '0'), ('epoch', '1');{more}"
    );
    postgres.sql(name, &set_up);
    name.to_owned()
}

#[test]
fn every_statement_is_found_by_an_index() {
    let Some(postgres) = Postgres::shared() else { return };
    let name = &database(postgres, LARGE);
    let mut calls = CALLS.to_owned();
    for (name, sql) in plain() {
        calls.push_str(&prepare(name, &sql));
        calls.push_str(&execute(name, &sql));
    }
    // The readers' connections plan with the values.
    calls.push_str("\nRESET plan_cache_mode; RESET enable_hashjoin; RESET enable_memoize; RESET seq_page_cost; RESET random_page_cost;");
    for (name, sql, values) in reads::all() {
        let list = if values.is_empty() { String::new() } else { format!("({values})") };
        calls.push_str(&format!("\nPREPARE {name} AS {sql}; EXECUTE {name}{list};"));
    }
    calls.push_str("\nSELECT * FROM survey_wipe(); SELECT * FROM wipe(true);");
    let watched = format!(
        "{SETTINGS}; {PLANS}; {EXPLAIN} {SUBJECTS} SET client_min_messages = notice; {calls}"
    );
    let said = postgres.sql(name, &watched);
    let plans = plans(&said);
    assert!(plans.len() > 100, "only {} plans were reported", plans.len());
    let mut scans = Vec::new();
    for plan in plans {
        for table in read_whole(plan) {
            if !may_read(&table, plan, &MAY_SCAN) {
                scans.push(format!("{table}: {}", plan.trim()));
            }
        }
    }
    assert!(scans.is_empty(), "{}", scans.join("\n\n"));
}

/// The tables that a plan reads whole: one after the other, or in an index's order from one end to the other.
fn read_whole(plan: &str) -> Vec<String> {
    let mut lines = plan.lines().peekable();
    let mut tables = Vec::new();
    while let Some(line) = lines.next() {
        let is_bounded = lines.peek().is_some_and(|next| next.contains("Index Cond:"));
        // The newest row, or the oldest few.
        let is_limited = line.contains("Backward") || plan.contains("Limit");
        let scanned = match line.split_once(" on ") {
            Some((scan, table)) if scan.ends_with("Seq Scan") => Some(table),
            Some((scan, table)) if scan.contains("Scan using") && !is_bounded && !is_limited => {
                Some(table)
            }
            _ => None,
        };
        tables.extend(scanned.and_then(|table| table.split(' ').next()).map(str::to_owned));
    }
    tables
}

/// Reports the plan of every statement that is run.
const EXPLAIN: &str = "LOAD 'auto_explain'; SET auto_explain.log_min_duration = 0;
    SET auto_explain.log_nested_statements = on; SET auto_explain.log_level = notice;";

/// The room and the person that the statements name.
const SUBJECTS: &str = "
    SELECT id AS room FROM rooms WHERE n = 1 \\gset
    SELECT identity AS who FROM chatters WHERE n = 5 \\gset
    SELECT id AS chatter FROM chatters WHERE n = 5 \\gset
";

/// Deletes all that [`LARGE`] inserts. `TRUNCATE` would bring new plans.
const EMPTY: &str = "
    DO $$ DECLARE x record; BEGIN
        FOR i IN 1..9 LOOP
            FOR x IN SELECT tablename FROM pg_tables WHERE schemaname = 'colahub' AND tablename <> 'meta' LOOP
                BEGIN EXECUTE 'DELETE FROM ' || x.tablename;
                EXCEPTION WHEN foreign_key_violation THEN NULL; END;
            END LOOP;
        END LOOP;
        FOR x IN SELECT sequencename FROM pg_sequences LOOP PERFORM setval(x.sequencename::regclass, 1, false); END LOOP;
    END $$;";

/// Turns autovacuum off: its statistics, which come a minute after the rows or never, would bring new plans.
const STALE: &str = "
    DO $$ DECLARE x record; BEGIN
        FOR x IN SELECT tablename FROM pg_tables WHERE schemaname = 'colahub' LOOP
            EXECUTE 'ALTER TABLE ' || x.tablename || ' SET (autovacuum_enabled = off)';
        END LOOP;
    END $$;";

/// Tables of which a plan made for an empty chat may read more, and why.
const MAY_READ: [(&str, &str, &str); 4] = [
    ("poll_votes", "DELETE FROM", "all votes of a poll that closes or is deleted"),
    ("mutes", "until_hub <= t", "the mutes that are over, once"),
    ("stays", "run = of_run", "the people of a hub that ends"),
    ("names", "ANY (new_looks)", "the names in the rooms of somebody who takes another name"),
];

/// The most rows that a scan may read for a statement.
const ROWS_MAX: f64 = 1000.0;

#[test]
fn a_plan_made_for_an_empty_chat_reads_little_of_a_large_one() {
    read_little_without_statistics("");
}

#[test]
fn a_plan_made_for_a_large_chat_without_statistics_reads_little_of_it() {
    read_little_without_statistics("DISCARD PLANS;");
}

/// Plans everything for a small chat, fills it, and runs everything after `between`.
fn read_little_without_statistics(between: &str) {
    let Some(postgres) = Postgres::shared() else { return };
    let name = &database(postgres, STALE);
    let large = LARGE.replace("ANALYZE;", "");
    // Renaming a function brings new plans, too.
    let calls: String = CALLS.split_inclusive(';').filter(|call| !call.contains("ALTER")).collect();
    let plain = plain();
    let prepares: String = plain.iter().map(|(name, sql)| prepare(name, sql)).collect();
    let executes: String = plain.iter().map(|(name, sql)| execute(name, sql)).collect();
    let small = bounded(&large);
    let said = postgres.sql(
        name,
        &format!(
            "{SETTINGS}; {PLANS}; {small} {SUBJECTS} {prepares} {calls} {executes} {EMPTY} {large} {SUBJECTS}
             {between} {EXPLAIN} SET auto_explain.log_analyze = on; SET auto_explain.log_timing = off;
             SET client_min_messages = notice; {calls} {executes}"
        ),
    );
    let plans = plans(&said);
    assert!(plans.len() > 100, "only {} plans were reported", plans.len());
    let long: Vec<&str> = plans.into_iter().filter(|plan| reads_much(plan)).collect();
    assert!(long.is_empty(), "{}", long.join("\n\n"));
}

/// The same rows, but at most as many of each kind as the statements name.
fn bounded(large: &str) -> String {
    let mut parts = large.split("generate_series(1, ");
    let mut small = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (count, rest) = part.split_once(')').unwrap();
        // Later rows refer to chatters and messages, so there are a few more of these.
        let most = if small.contains("INSERT INTO events") { 320 } else { 330 };
        let count = count.parse().map_or(most, |count: u32| count.min(most));
        small.push_str(&format!("generate_series(1, {count}){rest}"));
    }
    small
}

/// Whether a scan of a plan has read more rows than it may.
fn reads_much(plan: &str) -> bool {
    let excused = |table| may_read(table, plan, &MAY_SCAN) || may_read(table, plan, &MAY_READ);
    let (mut table, mut loops) = ("", 0.0);
    for line in plan.lines() {
        let read = if let Some((node, actual)) = line.split_once("(actual rows=") {
            let (rows, times) = actual.trim_end_matches(')').split_once(" loops=").unwrap();
            loops = times.parse::<f64>().unwrap();
            let is_scan = node.contains(" on ") && !node.contains("Bitmap Index Scan");
            table = node.split_once(" on ").map_or("", |(_, rest)| rest.split(' ').next().unwrap());
            if is_scan { rows.parse::<f64>().unwrap() } else { 0.0 }
        } else if line.contains("Rows Removed by ") {
            line.rsplit(' ').next().unwrap().parse().unwrap()
        } else {
            0.0
        };
        if read * loops > ROWS_MAX && !excused(table) {
            return true;
        }
    }
    false
}

fn may_read(table: &str, plan: &str, excuses: &[(&str, &str, &str)]) -> bool {
    excuses.iter().any(|(of, part, _)| *of == table && plan.contains(part))
}

/// The statements that are not functions.
fn plain() -> Vec<(&'static str, String)> {
    let plain = [
        "new_messages",
        "new_events",
        "log_end",
        "past_of",
        "commit_of",
        "close_batch",
        "missed",
        "taken_back",
        "reacted",
        "recall",
        "let_through_as",
        "beat",
        "tell_settings",
    ];
    statements::all().into_iter().filter(|(name, _)| plain.contains(name)).collect()
}

fn prepare(name: &str, sql: &str) -> String {
    format!("\nPREPARE {name} AS {sql};")
}

/// A statement with parameters, run once: its plan is that of every run.
fn execute(name: &str, sql: &str) -> String {
    let most = (1..=9).rev().find(|n| sql.contains(&format!("${n}"))).unwrap_or(0);
    let value = |n: usize| match (name, n) {
        ("missed" | "taken_back" | "reacted", 1) => ":'room'",
        ("missed" | "reacted", 2) => ":'who'",
        ("missed", 4) => "false",
        ("recall", 1) => ":'chatter'",
        ("recall", 2) => "'k4'",
        // Near the end of the log, as for every hub that lives.
        _ => "79990",
    };
    let values: Vec<&str> = (1..=most).map(value).collect();
    let list = if values.is_empty() { String::new() } else { format!("({})", values.join(", ")) };
    format!("\nEXECUTE {name}{list};")
}

/// A room of six messages, to each of which some have reacted, and to the third very many; those have reported it, too.
const LOVED: &str = "
    INSERT INTO rooms (id, code, title, namespace, capacity, created_at, created_hub, lifetime, shut, by_host)
        VALUES (gen_random_uuid(), 'R', 't', 'n', 0, 1, 1, 1::bigint << 40, false, false);
    INSERT INTO chatters (id, identity, nickname, looks, created_at)
        SELECT gen_random_uuid(), gen_random_uuid(), 'c' || n, ARRAY['c' || n], 1 FROM generate_series(1, 1000) n;
    INSERT INTO messages (id, room, seq, chatter, kind, content, sent_at, sent_hub)
        SELECT n, 1, n, 1, 0, 'x', 1, 1 FROM generate_series(1, 6) n;
    INSERT INTO reactions SELECT 3, n, 1 FROM chatters;
    INSERT INTO reports (message, chatter, at) SELECT 3, n, 1 FROM chatters WHERE n > 1;
    INSERT INTO reactions SELECT m.id, c.n, 1 FROM messages m, chatters c WHERE m.id <> 3 AND c.n <= 70;
    INSERT INTO hubs VALUES (1, gen_random_uuid(), 'n', 'u', 1, 6);";

/// Prunes step by step until nothing changes; an error if one step deletes more than 200 rows, or not all are gone.
const STEPS: &str = "
    DO $$
    DECLARE rows_left bigint; rows_now bigint;
    BEGIN
        LOOP
            SELECT (SELECT count(*) FROM messages) + (SELECT count(*) FROM reactions) + (SELECT count(*) FROM reports)
                INTO rows_now;
            IF rows_left - rows_now > 200 THEN
                RAISE EXCEPTION '% rows in one step', rows_left - rows_now;
            END IF;
            EXIT WHEN rows_now = rows_left;
            rows_left := rows_now;
            PERFORM prune(0, {old}, 0, 200);
        END LOOP;
        IF rows_left > 0 THEN RAISE EXCEPTION '% rows are left', rows_left; END IF;
    END $$;";

#[test]
fn a_step_of_pruning_is_bounded_by_what_goes_with_its_messages_too() {
    let Some(postgres) = Postgres::shared() else { return };
    for (before, old) in [("", "1"), ("UPDATE rooms SET deleted = true;", "NULL")] {
        database(postgres, &[LOVED, before, &STEPS.replace("{old}", old)].concat());
    }
}

#[test]
fn of_a_poll_that_was_prepared_twice_the_first_of_the_list_stays() {
    let Some(postgres) = Postgres::shared() else { return };
    let url = postgres.database();
    let name = url.rsplit('=').next().unwrap();
    let (before, once) =
        (super::migrate::MIGRATIONS[..21].concat(), super::migrate::MIGRATIONS[21]);
    let kept = ONCE.map(|id| id.to_string()).join(" ");
    // What is not as it should be is an error, at which the helper panics.
    postgres.sql(
        name,
        &format!(
            "CREATE SCHEMA colahub; SET search_path = colahub, pg_catalog; {before}
             INSERT INTO meta VALUES ('born', '0'), ('epoch', '1');
             INSERT INTO rooms (id, code, title, namespace, capacity, created_at, created_hub, lifetime, shut, by_host)
                 VALUES (gen_random_uuid(), 'AAA', 't', 'n', 0, 1, 1, 60000, false, true);
             WITH twice (id, place, room, question) AS (VALUES {TWICE})
             INSERT INTO prepared_polls SELECT lpad(id::text, 32, '0')::uuid, place, room::bigint, question, E'a\nb', false, 0, NULL
                 FROM twice;
             {once}
             DO $$ BEGIN
                 IF (SELECT string_agg(right(id::text, 1), ' ' ORDER BY id) FROM prepared_polls) <> '{kept}' THEN
                     RAISE EXCEPTION 'others are kept';
                 END IF;
             END $$;"
        ),
    );
}
