//! Foreign files in the data folder, and how they are reported.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Stdio;

use rusqlite::Connection;
use serde_json::Value;

use crate::host::{host, listed};
use crate::kit::{Hub, Signal, colahub, run_in, told, wait_until};
use crate::sender::make_room;

/// So many messages that importing them takes a while.
const MANY: &str = "
    INSERT INTO chatters (n, id, identity, nickname, created_at)
    VALUES (1, zeroblob(16), zeroblob(16), 'ann', 0);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 150000)
    INSERT INTO messages (room, seq, chatter, kind, content, sent_at, sent_hub)
    SELECT 1, i, 1, 0, hex(randomblob(50)), 0, 0 FROM n;";

/// A folder of a hub that was stopped, whose database somebody has changed.
fn changed(sql: &str) -> tempfile::TempDir {
    let hub = Hub::start();
    make_room(&hub, "n");
    hub.signal(Signal::TERM);
    let folder = hub.ended().1;
    Connection::open(folder.path().join("hub.sqlite3")).unwrap().execute_batch(sql).unwrap();
    folder
}

fn comes(file: &Path) {
    wait_until(&format!("{} comes", file.display()), || file.exists());
}

#[test]
fn no_name_commands_the_hosts_terminal() {
    let esc = "'x' || char(27, 0x9b, 0x202e, 7)";
    let folder = changed(&format!(
        "UPDATE rooms SET title = {esc}, namespace = {esc};
         INSERT INTO chatters (n, id, identity, nickname, created_at)
         VALUES (1, zeroblob(16), zeroblob(16), {esc}, 0);
         INSERT INTO memberships VALUES (1, zeroblob(16), 1, 1, NULL, NULL);
         INSERT INTO messages (room, seq, chatter, kind, content, sent_at, sent_hub)
         VALUES (1, 1, 1, 0, {esc}, 0, 0);
         INSERT INTO bans VALUES (zeroblob(16), zeroblob(16), {esc}, NULL, NULL);
         INSERT INTO host_actions VALUES (1, 0, 0, {esc}, {esc}, {esc}, NULL);
         INSERT INTO losses VALUES (1, 0, 0, {esc}, {esc}, {esc}, 0, 0);"
    ));
    let hub = Hub::start_in(folder, &[]);
    let room = listed(&hub, &["room", "list"])[0]["id"].as_str().unwrap().to_owned();
    for args in [
        &["room", "list"][..],
        &["chatter", "list"],
        &["chatter", "list", "--banned"],
        &["message", "list", &room],
        &["log"],
        &["status"],
    ] {
        for json in [&[][..], &["--json"]] {
            let (done, text) = host(&hub, &[args, json].concat());
            assert!(
                done && (text.contains('x') || args == ["chatter", "list"]),
                "{args:?}: {text}"
            );
            let commands = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
            assert!(!text.contains(commands), "{args:?}: {text:?}");
        }
    }
    let banned = &listed(&hub, &["chatter", "list", "--banned"])[0];
    assert_eq!(
        banned["nickname"],
        Value::from("x\u{1b}\u{9b}\u{202e}\u{7}"),
        "programs see it all"
    );
}

#[test]
fn a_restore_that_is_stopped_leaves_the_database_unchanged() {
    let folder = changed("");
    let elsewhere = changed(MANY);
    let copy = elsewhere.path().join("hub.sqlite3");
    let before = fs::read(folder.path().join("hub.sqlite3")).unwrap();
    let data = folder.path().to_str().unwrap();
    let mut restore = colahub(&["restore", "--data-dir", data, copy.to_str().unwrap()])
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    comes(&folder.path().join("hub.sqlite3.filling"));
    let pid = rustix::process::Pid::from_child(&restore);
    rustix::process::kill_process(pid, Signal::TERM).unwrap();
    let ended = restore.wait().unwrap();
    assert_eq!(ended.signal(), Some(15), "{ended}");
    assert_eq!(fs::read(folder.path().join("hub.sqlite3")).unwrap(), before);
    let hub = Hub::start_in(folder, &[]);
    assert!(!hub.folder.path().join("hub.sqlite3.filling").exists(), "it is cleared away");
    assert_eq!(listed(&hub, &["room", "list"]).len(), 2);
}

#[test]
fn a_hub_stops_while_it_opens_its_database() {
    let folder = changed(&format!("{MANY} CREATE TABLE of_no_hub (a)"));
    let mut hub =
        run_in(folder.path()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    comes(&folder.path().join("hub.sqlite3.filling"));
    let pid = rustix::process::Pid::from_child(&hub);
    rustix::process::kill_process(pid, Signal::TERM).unwrap();
    let ended = hub.wait().unwrap();
    assert_eq!(ended.code(), Some(0), "{ended}");
    let mut said = String::new();
    std::io::Read::read_to_string(&mut hub.stdout.unwrap(), &mut said).unwrap();
    assert_eq!(said, "", "it never served");
    assert!(!folder.path().join("hub.sqlite3.replaced-1").exists(), "it was not yet rewritten");
}

#[test]
fn a_hostile_copy_is_put_back_without_what_is_hostile_in_it() {
    let folder = changed("");
    let elsewhere = changed(
        "CREATE TRIGGER spy AFTER INSERT ON messages BEGIN SELECT 1; END;
         UPDATE rooms SET lock = '$argon2id$v=19$m=4194304,t=2,p=1$AwMDAwMDAwMDAwMDAwMDAw$AAAA'
         WHERE n = 2;
         INSERT INTO chatters (n, id, identity, nickname, created_at) VALUES (7, x'00', x'00', 'short', 0);",
    );
    let copy = elsewhere.path().join("hub.sqlite3");
    let data = folder.path().to_str().unwrap();
    let (code, words) = told(&["restore", "--data-dir", data, copy.to_str().unwrap()]);
    assert_eq!(code, Some(0), "{words}");
    for part in ["1 were left out, 1 were changed", "trigger \"spy\""] {
        assert!(words.contains(part), "no {part} in {words}");
    }
    let hub = Hub::start_in(folder, &[]);
    let rooms = listed(&hub, &["room", "list"]);
    let locked = rooms.iter().find(|room| room["isPassword"] == true).unwrap();
    let check = format!("/chat/rooms/{}/access-check", locked["id"].as_str().unwrap());
    let answer = hub.post(&check, r#"{"password":"콜라"}"#);
    assert!(answer.text().contains(r#""data":false"#), "{}", answer.text());
}
