//! `colahub new-id`, for a hub whose card is a copy of another's.

use serde_json::Value;
use tempfile::TempDir;

use crate::kit::{Hub, Signal, told};
use crate::sender::{join, make_room, token};
use crate::socket::Socket;

fn new_id(folder: &TempDir, flags: &[&str]) -> (Option<i32>, String) {
    told(&[&["new-id", "--data-dir", folder.path().to_str().unwrap()], flags].concat())
}

fn stopped(hub: Hub) -> TempDir {
    hub.signal(Signal::TERM);
    hub.ended().1
}

fn id(hub: &Hub) -> String {
    let answer: Value = serde_json::from_str(hub.get("/api/hub", &[]).text()).unwrap();
    answer["data"]["id"].as_str().unwrap().to_owned()
}

/// Whom a browser with this token is in a room.
fn chatter(hub: &Hub, room: &crate::sender::Room, token: &str) -> String {
    let mut socket = Socket::connect(hub.address, &room.namespace, token).unwrap();
    join(&mut socket, room, None).unwrap()["id"].as_str().unwrap().to_owned()
}

#[test]
fn people_are_new_to_a_hub_with_a_new_id_unless_its_key_is_kept() {
    let hub = Hub::start();
    let room = make_room(&hub, "anonymous");
    let (token, first) = (token(&hub), id(&hub));
    let ann = chatter(&hub, &room, &token);
    let (code, words) = new_id(&hub.folder, &[]);
    assert!(code == Some(1) && words.contains("while it is stopped"), "{words}");

    let folder = stopped(hub);
    let (code, words) = new_id(&folder, &["--keep-key"]);
    assert!(code == Some(0) && words.contains("stay who they are"), "{words}");
    let hub = Hub::start_in(folder, &[]);
    let second = id(&hub);
    assert!(second != first && words.contains(&second), "{words}");
    assert_eq!(chatter(&hub, &room, &token), ann);

    let folder = stopped(hub);
    let (code, words) = new_id(&folder, &[]);
    assert!(
        code == Some(0) && words.contains("everybody who came before is a new chatter"),
        "{words}"
    );
    let hub = Hub::start_in(folder, &[]);
    let third = id(&hub);
    assert!(third != second && words.contains(&third), "{words}");
    assert_ne!(chatter(&hub, &room, &token), ann);
}

#[test]
fn nothing_is_made_in_a_folder_where_no_hub_has_run() {
    let folder = tempfile::tempdir().unwrap();
    let (code, words) = new_id(&folder, &[]);
    assert!(code == Some(0) && words.contains("at its first start"), "{words}");
    assert!(!folder.path().join("identity.key").exists());
    let nowhere = folder.path().join("nowhere");
    let (code, words) = told(&["new-id", "--data-dir", nowhere.to_str().unwrap()]);
    assert!(code == Some(1) && words.contains("there is no data folder"), "{words}");
    assert!(!nowhere.exists());
}
