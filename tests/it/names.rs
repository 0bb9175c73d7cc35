//! Names of namespaces: which are allowed, where they are shown, and those from before these rules.

use std::fs::File;

use serde_json::{Value, json};

use crate::kit::{Hub, Signal, run_in};
use crate::sender::{Room, make_room, token};
use crate::socket::{Heard, Socket};

/// Names of namespaces with something in them that cannot be seen, or turns the text around.
const UNSEEN: [&str; 6] =
    ["\u{202E}gnp", "a\u{200B}b", "\u{3164}", "\u{E0061}\u{E0062}", "a\u{1b}[31m", "a\nb"];

fn create(hub: &Hub, namespace: &str) -> (u16, Value) {
    let body = json!({"namespace": namespace, "title": "t", "capacity": 0, "isPassword": false});
    let answer = hub.post("/chat/rooms", &body.to_string());
    (answer.status, serde_json::from_str(answer.text()).unwrap())
}

fn asks(socket: &mut Socket, event: &str, payload: &Value) -> Value {
    let asked = socket.ask(event, payload).unwrap();
    loop {
        if let Heard::Ack(number, envelope) = socket.hear().unwrap()
            && number == asked
        {
            return envelope;
        }
    }
}

#[test]
fn a_namespace_with_invisible_characters_is_refused_everywhere() {
    let hub = Hub::start();
    let mut ann = Socket::connect(hub.address, "anonymous", &token(&hub)).unwrap();
    let stacked = format!("a{}", "\u{301}".repeat(900));
    for name in UNSEEN.iter().copied().chain([stacked.as_str()]) {
        let shown = name.escape_unicode();
        let (status, answer) = create(&hub, name);
        assert_eq!(status, 400, "{shown}: {answer}");
        let refused = ann.connect_also(name).expect_err("it breaks the rules");
        assert_eq!(answer["message"], refused.as_str(), "{shown}");
        assert!(!refused.contains(|c: char| c.is_control() || c == '\u{202E}'), "{refused:?}");
    }
    for plain in ["a[b]", "no room here", "광장"] {
        assert_eq!(ann.connect_also(plain), Ok(()), "any other name may be connected to");
    }
    assert_eq!(create(&hub, "a[b]").0, 400, "Socket.IO's own client cannot connect to it");
}

#[test]
fn every_room_can_be_entered_however_long_its_namespace() {
    let hub = Hub::start();
    let families = "👨‍👩‍👧‍👦".repeat(64);
    for name in [&"각".repeat(64), "\u{1100}\u{1161}\u{11A8}".repeat(64).as_str(), &families] {
        let (status, answer) = create(&hub, name);
        assert_eq!(status, 201, "{answer}");
        let mut ann = Socket::connect(hub.address, name, &token(&hub)).unwrap();
        let entry = asks(&mut ann, "joinRoom", &json!({ "roomId": answer["data"]["id"] }));
        assert_eq!(entry["success"], true, "{entry}");
    }
}

#[test]
fn a_room_from_before_the_rules_is_still_there_and_can_be_entered() {
    let hub = Hub::start();
    let Room { id, .. } = make_room(&hub, "before");
    hub.signal(Signal::TERM);
    let (_, folder) = hub.ended();
    let old = "a \u{200B} [b]";
    let database = rusqlite::Connection::open(folder.path().join("hub.sqlite3")).unwrap();
    let sql = "UPDATE rooms SET namespace = ?1 WHERE namespace = 'before'";
    assert_eq!(database.execute(sql, [old]).unwrap(), 1);
    drop(database);
    let hub = Hub::start_in(folder, &[]);
    let mut ann = Socket::connect(hub.address, old, &token(&hub)).unwrap();
    let entry = asks(&mut ann, "joinRoom", &json!({ "roomId": id }));
    assert_eq!(entry["success"], true, "{entry}");
    assert!(ann.connect_also("b\u{200B}").is_err(), "it is one of a room, not a door for all");
}

#[test]
fn a_namespace_cannot_forge_a_line_of_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("stderr");
    let mut command = run_in(&folder.path().join("data"));
    command.stderr(File::create(&log).unwrap());
    let hub = Hub::run_heard(command, folder);
    let forged = "x address=9.9.9.9 WARN forged";
    let mut ann = Socket::connect(hub.address, forged, &token(&hub)).unwrap();
    // Answered, so what came before is in the log.
    assert!(ann.connect_also("a\n2026 WARN forged").is_err());
    assert_eq!(ann.connect_also("광장"), Ok(()));
    let text = std::fs::read_to_string(&log).unwrap();
    assert!(text.contains(r#" namespace="x address=9.9.9.9 WARN forged" "#), "{text}");
    assert!(text.contains(" namespace=광장 "), "{text}");
    assert!(!text.contains("namespace=x address"), "{text}");
    assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
}

#[test]
fn the_hubs_name_cannot_be_taken() {
    let hub = Hub::with(&[("COLAHUB_TITLE", "여름 캠프"), ("COLAHUB_NAME", "lakeside")]);
    let room = make_room(&hub, "n");
    let mut ann = Socket::connect(hub.address, "n", &token(&hub)).unwrap();
    asks(&mut ann, "joinRoom", &json!({ "roomId": room.id }));
    for name in ["여름캠프", "L4keside", "the host", "4dmin"] {
        let refused =
            asks(&mut ann, "renameChatter", &json!({ "roomId": room.id, "nickname": name }));
        assert_eq!(refused["code"], "name_reserved", "{name}: {refused}");
    }
    let taken = asks(&mut ann, "renameChatter", &json!({ "roomId": room.id, "nickname": "Hosea" }));
    assert_eq!(taken["success"], true, "{taken}");
}
