//! The host's actions over the control socket: their effect on connected people, and what is stored.

use serde_json::{Value, json};

use crate::kit::{Hub, Signal, told};
use crate::sender::{Room, join, make_room, token};
use crate::socket::{Heard, Socket};

/// `colahub …` about this hub: whether it succeeded, and what it said.
pub fn host(hub: &Hub, args: &[&str]) -> (bool, String) {
    let folder = hub.folder.path().to_str().unwrap();
    let (code, text) = told(&[args, &["--data-dir", folder]].concat());
    (code == Some(0), text)
}

pub fn listed(hub: &Hub, args: &[&str]) -> Vec<Value> {
    let (done, text) = host(hub, &[args, &["--json"]].concat());
    assert!(done, "{text}");
    serde_json::from_str(&text).unwrap()
}

pub fn enters(hub: &Hub, room: &Room) -> (Socket, Value) {
    let mut socket = Socket::connect(hub.address, &room.namespace, &token(hub)).unwrap();
    let entry = join(&mut socket, room, None).unwrap();
    (socket, entry)
}

pub fn hears(socket: &mut Socket, wanted: &str) -> Value {
    loop {
        if let Heard::Event(event, payload) = socket.hear().unwrap()
            && event == wanted
        {
            return payload;
        }
    }
}

pub fn refused(socket: &mut Socket, event: &str, payload: &Value) -> Value {
    let request = socket.ask(event, payload).unwrap();
    loop {
        if let Heard::Ack(number, envelope) = socket.hear().unwrap()
            && number == request
        {
            assert_eq!(envelope["success"], false, "{envelope}");
            return envelope["code"].clone();
        }
    }
}

/// The code with which a call is refused.
fn code_of(hub: &Hub, path: &str) -> Value {
    let envelope: Value = serde_json::from_str(hub.get(path, &[]).text()).unwrap();
    assert_eq!(envelope["success"], false, "{envelope}");
    envelope["code"].clone()
}

#[test]
fn a_room_that_is_closed_ends_at_once_and_stays_so_over_a_restart() {
    let hub = Hub::start();
    let room = make_room(&hub, "n");
    let (mut ann, _) = enters(&hub, &room);
    let rooms = listed(&hub, &["room", "list"]);
    let line = rooms.iter().find(|line| line["id"] == room.id.as_str()).unwrap();
    assert_eq!((&line["people"], &line["namespace"]), (&json!(1), &json!("n")));
    let (done, text) = host(&hub, &["room", "close", line["code"].as_str().unwrap()]);
    assert!(done && text.contains("; 1 person was in it."), "{text}");
    let closed = hears(&mut ann, "roomClosed");
    assert_eq!(closed, json!({"roomId": room.id, "reason": "closed"}));
    let say = json!({"roomId": room.id, "content": "still here?"});
    assert_eq!(refused(&mut ann, "sendMessage", &say), "expired");
    let (done, text) = host(&hub, &["room", "close", &room.id]);
    assert!(!done && text.contains("has ended"), "{text}");
    let link = format!("/api/codes/{}", line["code"].as_str().unwrap());
    assert_eq!(code_of(&hub, &link), "expired", "the link of a room that has ended says so");
    hub.signal(Signal::KILL);
    let hub = Hub::start_in(hub.ended().1, &[]);
    let rooms = listed(&hub, &["room", "list"]);
    assert!(rooms.iter().all(|line| line["id"] != room.id.as_str()), "{rooms:?}");
    assert_eq!(code_of(&hub, &link), "expired");
    let log = listed(&hub, &["log"]);
    assert_eq!(log.len(), 1, "the refusal is no deed: {log:?}");
    assert_eq!(log[0]["deed"], "room close");
    assert!(log[0]["what"].as_str().unwrap().ends_with("\"room\""), "{log:?}");
}

#[test]
fn a_deleted_room_is_gone_for_everybody() {
    let hub = Hub::start();
    let room = make_room(&hub, "n");
    let (mut ann, entry) = enters(&hub, &room);
    let link = format!("/api/codes/{}", entry["room"]["code"].as_str().unwrap());
    let (done, text) = host(&hub, &["room", "delete", &room.id]);
    assert!(done, "{text}");
    assert_eq!(code_of(&hub, &link), "no_such_room");
    assert_eq!(hears(&mut ann, "roomClosed")["reason"], "deleted");
    assert_eq!(hub.get(&format!("/chat/rooms/{}", room.id), &[]).status, 404);
    let history = format!("/chat/messages/{}/1/{}", room.id, entry["id"].as_str().unwrap());
    let history: Value = serde_json::from_str(hub.get(&history, &[]).text()).unwrap();
    assert_eq!(history["data"], json!([]));
    let rejoin = json!({"roomId": room.id});
    assert_eq!(refused(&mut ann, "joinRoom", &rejoin), "no_such_room");
    let (done, text) = host(&hub, &["room", "delete", &room.id]);
    assert!(!done && text.contains("there is no room"), "{text}");
}

#[test]
fn a_kicked_chatter_is_out_at_once_the_others_are_told_and_the_chatter_may_come_back() {
    let hub = Hub::start();
    let room = make_room(&hub, "n");
    let (mut ann, _) = enters(&hub, &room);
    let (mut bob, entry) = enters(&hub, &room);
    let bob_id = entry["id"].as_str().unwrap();
    assert_eq!(hears(&mut ann, "presence")["present"], 2);
    assert_eq!(listed(&hub, &["chatter", "list", &room.id]).len(), 2);
    let (done, text) = host(&hub, &["chatter", "kick", bob_id]);
    assert!(done, "{text}");
    assert_eq!(hears(&mut bob, "roomClosed")["reason"], "kicked");
    let say = json!({"roomId": room.id, "content": "hey"});
    assert_eq!(refused(&mut bob, "sendMessage", &say), "not_joined");
    let left = hears(&mut ann, "sendAlert");
    assert_eq!((&left["alert"]["kind"], &left["chatterId"]), (&json!("left"), &json!(bob_id)));
    assert_eq!(hears(&mut ann, "presence")["present"], 1);
    let people = listed(&hub, &["chatter", "list"]);
    assert!(people.iter().all(|person| person["id"] != bob_id), "{people:?}");
    assert_eq!(join(&mut bob, &room, None).unwrap()["id"], bob_id);
    assert_eq!(listed(&hub, &["log"])[0]["deed"], "chatter kick");
}

#[test]
fn a_banned_browser_stays_out_over_a_restart_until_unbanned() {
    let hub = Hub::start();
    let room = make_room(&hub, "n");
    let bobs = token(&hub);
    let mut bob = Socket::connect(hub.address, "n", &bobs).unwrap();
    let bob_id = join(&mut bob, &room, None).unwrap()["id"].as_str().unwrap().to_owned();
    let (done, text) = host(&hub, &["chatter", "ban", &bob_id, "--address-for", "1s"]);
    assert!(done, "{text}");
    assert_eq!(hears(&mut bob, "roomClosed")["reason"], "banned");
    let rejoin = json!({"roomId": room.id});
    assert_eq!(refused(&mut bob, "joinRoom", &rejoin), "banned");
    hub.signal(Signal::KILL);
    let hub = Hub::start_in(hub.ended().1, &[]);
    let mut bob = Socket::connect(hub.address, "n", &bobs).unwrap();
    assert_eq!(refused(&mut bob, "joinRoom", &rejoin), "banned");
    let banned = listed(&hub, &["chatter", "list", "--banned"]);
    assert_eq!((banned.len(), &banned[0]["id"]), (1, &json!(bob_id)));
    let (done, text) = host(&hub, &["chatter", "unban", &bob_id]);
    assert!(done && text.contains("may come in again"), "{text}");
    assert_eq!(join(&mut bob, &room, None).unwrap()["id"], bob_id.as_str());
    let deeds: Vec<Value> =
        listed(&hub, &["log"]).iter().map(|deed| deed["deed"].clone()).collect();
    assert_eq!(deeds, ["chatter unban", "chatter ban"]);
}

#[test]
fn a_missing_room_or_person_is_a_sentence() {
    let hub = Hub::start();
    for (args, part) in [
        (&["room", "close", "nowhere"][..], "there is no room nowhere"),
        (&["room", "delete", "7d444840-9dc0-41d1-b245-5ffdce74fad2"][..], "there is no room"),
        (&["chatter", "kick", "nobody"][..], "nobody present is nobody"),
        (&["chatter", "unban", "nobody"][..], "nobody is not banned"),
        (&["chatter", "ban", "nobody"][..], "there is no chatter nobody"),
        (&["chatter", "list", "nowhere"][..], "there is no room nowhere"),
        (&["room", "lock", "nowhere"][..], "there is no room nowhere"),
        (&["message", "list", "nowhere"][..], "there is no room nowhere"),
        (&["message", "delete", "nowhere", "1"][..], "there is no room nowhere"),
        (&["room", "create", "a\u{202e}b"][..], "The title"),
        (&["room", "create", "--capacity", "10001", "t"][..], "capacity must be at most"),
    ] {
        let (done, text) = host(&hub, args);
        assert!(!done && text.starts_with("colahub: ") && text.contains(part), "{text}");
    }
    assert!(listed(&hub, &["log"]).is_empty());
}
