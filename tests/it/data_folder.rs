use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use crate::kit::{Hub, Signal, run_in};

#[test]
fn a_second_hub_on_the_same_data_is_refused_with_a_sentence() {
    let hub = Hub::start();
    let second = run_in(hub.folder.path()).output().unwrap();
    let text = String::from_utf8(second.stderr).unwrap();
    assert_eq!(second.status.code(), Some(1));
    assert!(text.contains("another colahub runs with the data folder"), "{text}");
    assert_eq!(hub.get("/readyz", &[]).status, 200, "the first is not disturbed");
}

#[test]
fn the_signing_key_is_for_the_hubs_user_only_and_is_kept() {
    let hub = Hub::start();
    let file = hub.folder.path().join("identity.key");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let key = std::fs::read(&file).unwrap();
    hub.signal(Signal::TERM);
    let (_, folder) = hub.ended();
    let hub = Hub::start_in(folder, &[]);
    assert_eq!(std::fs::read(hub.folder.path().join("identity.key")).unwrap(), key);
}

#[test]
fn a_database_of_a_newer_hub_is_refused_and_left_as_it_is() {
    let hub = Hub::start();
    hub.signal(Signal::TERM);
    let (_, folder) = hub.ended();
    let database = folder.path().join("hub.sqlite3");
    // The schema's number stands at offset 60 of the file (SQLite's file format, 1.3).
    let mut bytes = std::fs::read(&database).unwrap();
    bytes[60..64].copy_from_slice(&99_u32.to_be_bytes());
    std::fs::write(&database, &bytes).unwrap();
    let refused = run_in(folder.path()).output().unwrap();
    let text = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(text.contains("newer colahub"), "{text}");
    assert_eq!(std::fs::read(&database).unwrap()[60..64], 99_u32.to_be_bytes());
}

#[test]
fn a_hub_that_starts_without_an_open_room_makes_one_and_keeps_it() {
    let rooms = |hub: &Hub| -> Vec<Value> {
        let answer: Value = serde_json::from_str(hub.get("/chat/rooms", &[]).text()).unwrap();
        answer["data"].as_array().unwrap().clone()
    };
    let none = [("COLAHUB_ROOMS_FIRST", "")];
    let hub = Hub::start_in(tempfile::tempdir().unwrap(), &none);
    let small = r#"{"namespace":"n","title":"t","capacity":2,"isPassword":false}"#;
    assert_eq!(hub.post("/chat/rooms", small).status, 201);
    assert_eq!(rooms(&hub).len(), 1, "the host wants no first room");
    hub.signal(Signal::TERM);
    let hub = Hub::start_in(hub.ended().1, &[]);
    let before = rooms(&hub);
    assert_eq!((before.len(), &before[1]["capacity"]), (2, &json!(0)));
    hub.signal(Signal::KILL);
    let hub = Hub::start_in(hub.ended().1, &[]);
    let now = rooms(&hub);
    assert_eq!((now.len(), &now[1]["id"]), (2, &before[1]["id"]));
    assert_eq!(now[1]["expiresAt"], before[1]["expiresAt"]);
}
