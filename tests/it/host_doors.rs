//! The host makes rooms, shuts and opens them, over the control socket.

use std::io::Write;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::host::{enters, hears, host, listed, refused};
use crate::kit::{Hub, Signal, colahub, wait_until};
use crate::sender::{join, make_room, token};
use crate::socket::Socket;

fn answer(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_hosts_room_is_made_with_a_link_and_counts_towards_no_limit() {
    let hub = Hub::with(&[("COLAHUB_ROOMS_LIMIT", "2")]);
    let create = ["room", "create", "--namespace", "stage", "--capacity", "500", "Lost & found"];
    let (done, text) = host(&hub, &create);
    assert!(done, "{text}");
    let rooms = listed(&hub, &["room", "list"]);
    let line = rooms.iter().find(|line| line["namespace"] == "stage").unwrap();
    assert_eq!((&line["capacity"], &line["title"]), (&json!(500), &json!("Lost & found")));
    let (id, code) = (line["id"].as_str().unwrap(), line["code"].as_str().unwrap());
    assert!(text.contains(id) && text.contains(&format!("/r/{code}")), "{text}");
    // People may make two, whatever the host and the hub itself make.
    let (_first, _second) = (make_room(&hub, "n"), make_room(&hub, "n"));
    let body = r#"{"namespace":"n","title":"t","capacity":0,"isPassword":false}"#;
    assert_eq!(hub.post("/chat/rooms", body).status, 503);
    assert!(host(&hub, &["room", "create", "one more"]).0);
    hub.signal(Signal::KILL);
    let hub = Hub::start_in(hub.ended().1, &[("COLAHUB_ROOMS_LIMIT", "3")]);
    let _third = make_room(&hub, "n");
    let deeds = listed(&hub, &["log"]);
    assert_eq!((deeds.len(), &deeds[1]["deed"]), (2, &json!("room create")));
    assert_eq!(deeds[1]["what"], format!("{code} \"Lost & found\""));
}

#[test]
fn the_password_of_the_hosts_room_comes_from_standard_input() {
    let hub = Hub::start();
    let folder = hub.folder.path().to_str().unwrap();
    let args = ["room", "create", "--password-stdin", "--data-dir", folder, "crew"];
    let mut child = colahub(&args).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"cola1\n").unwrap();
    assert!(child.wait().unwrap().success());
    let rooms = listed(&hub, &["room", "list"]);
    let line = rooms.iter().find(|line| line["title"] == "crew").unwrap();
    assert_eq!((&line["isPassword"], &line["isShut"]), (&json!(true), &json!(false)));
    let mut ann = Socket::connect(hub.address, "anonymous", &token(&hub)).unwrap();
    let wrong = json!({"roomId": line["id"], "password": "cola2"});
    assert_eq!(refused(&mut ann, "joinRoom", &wrong), "wrong_password");
    let (done, text) = host(&hub, &["room", "create", "--password", "crew"]);
    assert!(!done && text.contains("no terminal"), "{text}");
}

#[test]
fn a_shut_room_takes_no_newcomers_but_its_people_can_come_back() {
    let hub = Hub::start();
    let room = make_room(&hub, "n");
    let (mut ann, _) = enters(&hub, &room);
    let bobs = token(&hub);
    let mut bob = Socket::connect(hub.address, "n", &bobs).unwrap();
    let bob_id = join(&mut bob, &room, None).unwrap()["id"].clone();
    drop(bob);
    let (done, text) = host(&hub, &["room", "lock", &room.id]);
    assert!(done && text.contains("is shut"), "{text}");
    assert_eq!(hears(&mut ann, "roomShut"), json!({"roomId": room.id, "isShut": true}));
    let say = ann.ask("sendMessage", &json!({"roomId": room.id, "content": "still in"})).unwrap();
    assert!(say > 0 && hears(&mut ann, "sendMessage")["content"] == "still in");
    hub.signal(Signal::KILL);
    let hub = Hub::start_in(hub.ended().1, &[]);
    let listed = listed(&hub, &["room", "list"]);
    let line = listed.iter().find(|line| line["id"] == room.id.as_str()).unwrap();
    assert_eq!((&line["isShut"], &line["isPassword"]), (&json!(true), &json!(false)));
    let shown = answer(hub.get(&format!("/chat/rooms/{}", room.id), &[]).text());
    assert_eq!(shown["data"]["isShut"], true);
    let stranger = token(&hub);
    let mut eve = Socket::connect(hub.address, "n", &stranger).unwrap();
    assert_eq!(refused(&mut eve, "joinRoom", &json!({"roomId": room.id})), "shut");
    let check = format!("/chat/rooms/{}/access-check", room.id);
    let checks = |token: &str| {
        let bearer = format!("Bearer {token}");
        hub.post_with(&check, "{}", &[("authorization", &bearer)]).status
    };
    assert_eq!((checks(&stranger), checks(&bobs)), (403, 200));
    let mut bob = Socket::connect(hub.address, "n", &bobs).unwrap();
    assert_eq!(join(&mut bob, &room, None).unwrap()["id"], bob_id);
    let (done, text) = host(&hub, &["room", "unlock", &room.id]);
    assert!(done && text.contains("is open again"), "{text}");
    assert_eq!(hears(&mut bob, "roomShut")["isShut"], false);
    join(&mut eve, &room, None).unwrap();
}

#[test]
fn newcomers_read_what_was_said_before_where_the_host_says_so() {
    let hub = Hub::with(&[("COLAHUB_ROOMS_FIRST", "plaza")]);
    let history = |hub: &Hub, id: &str| {
        let rooms = listed(hub, &["room", "list"]);
        rooms.iter().find(|line| line["id"] == id).unwrap()["history"].clone()
    };
    let firsts = listed(&hub, &["room", "list"])[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(history(&hub, &firsts), "all");
    let room = make_room(&hub, "n");
    assert_eq!(history(&hub, &room.id), "joined");
    let (mut ann, _) = enters(&hub, &room);
    let first_of = |hub: &Hub| enters(hub, &room).1["firstSeq"].clone();
    assert_eq!(first_of(&hub), 2);
    let (done, text) = host(&hub, &["room", "history", &room.id, "all"]);
    assert!(done && text.contains("what was said before"), "{text}");
    assert_eq!(hears(&mut ann, "roomHistory"), json!({"roomId": room.id, "history": "all"}));
    assert_eq!(first_of(&hub), 1);
    let (done, text) = host(&hub, &["room", "history", &room.id, "some"]);
    assert!(!done && text.contains("possible values: all, joined"), "{text}");
    let (done, text) = host(&hub, &["room", "history", "ABCDEF", "all"]);
    assert!(!done && text.contains("there is no room ABCDEF"), "{text}");
    assert!(host(&hub, &["room", "create", "--history", "joined", "crew"]).0);
    hub.signal(Signal::KILL);
    let hub = Hub::start_in(hub.ended().1, &[("COLAHUB_ROOMS_HISTORY", "joined")]);
    assert_eq!((history(&hub, &room.id), first_of(&hub)), (json!("all"), json!(1)));
    assert!(host(&hub, &["room", "create", "stage"]).0);
    let rooms = listed(&hub, &["room", "list"]);
    for title in ["crew", "stage"] {
        let line = rooms.iter().find(|line| line["title"] == title).unwrap();
        assert_eq!(line["history"], "joined", "{title}");
    }
    assert_eq!(listed(&hub, &["log"])[2]["deed"], "room history");
}

#[test]
fn a_banned_browser_reads_nothing_and_makes_no_rooms() {
    let hub = Hub::start();
    let room = make_room(&hub, "n");
    let bobs = token(&hub);
    let bearer = format!("Bearer {bobs}");
    let headers = [("authorization", bearer.as_str())];
    let mut bob = Socket::connect(hub.address, "n", &bobs).unwrap();
    let bob_id = join(&mut bob, &room, None).unwrap()["id"].as_str().unwrap().to_owned();
    let paths = [
        format!("/api/rooms/{}/messages", room.id),
        format!("/api/rooms/{}/chatters", room.id),
        format!("/chat/messages/{}/1/{bob_id}", room.id),
    ];
    let body = r#"{"namespace":"n","title":"t","capacity":0,"isPassword":false}"#;
    let statuses = |hub: &Hub| {
        let mut all: Vec<u16> = paths.iter().map(|path| hub.get(path, &headers).status).collect();
        all.push(hub.post_with("/chat/rooms", body, &headers).status);
        let check = format!("/chat/rooms/{}/access-check", room.id);
        all.push(hub.post_with(&check, "{}", &headers).status);
        all
    };
    assert_eq!(statuses(&hub), [200, 200, 200, 201, 200]);
    assert!(host(&hub, &["chatter", "ban", &bob_id]).0);
    assert_eq!(statuses(&hub), [403; 5]);
    let said = answer(hub.get(&paths[0], &headers).text());
    assert_eq!(said["code"], "banned");
    assert!(said["message"].as_str().unwrap().contains("들어오지 못하게"), "{said}");
    assert_eq!(hub.post("/chat/rooms", body).status, 201, "others may");
    assert!(host(&hub, &["chatter", "unban", &bob_id]).0);
    assert_eq!(statuses(&hub), [200, 200, 200, 201, 200]);
}

#[test]
fn rooms_of_the_hosts_and_the_first_one_outlive_those_of_people() {
    let hub = Hub::with(&[("COLAHUB_ROOMS_LIFETIME", "1s"), ("COLAHUB_ROOMS_FIRST", "plaza")]);
    assert!(host(&hub, &["room", "create", "stage"]).0);
    let peoples = make_room(&hub, "n");
    let rooms = || {
        let rooms = answer(hub.get("/chat/rooms", &[]).text())["data"].clone();
        rooms.as_array().unwrap().clone()
    };
    let is_peoples = |room: &Value| room["id"] == peoples.id.as_str();
    wait_until("a room that people made ends", || !rooms().iter().any(is_peoples));
    let lasting = rooms();
    let titles: Vec<&Value> = lasting.iter().map(|room| &room["title"]).collect();
    assert_eq!(titles, ["plaza", "stage"]);
    for room in &lasting {
        assert_eq!(room["isLasting"], true);
        assert_eq!(room["expiresAt"], "9999-12-31T23:59:59.999Z", "an old client can read it");
    }
    // Ended by the host, there is another.
    assert!(host(&hub, &["room", "close", lasting[0]["id"].as_str().unwrap()]).0);
    assert!(host(&hub, &["room", "close", lasting[1]["id"].as_str().unwrap()]).0);
    wait_until("the lobby has a room again", || !rooms().is_empty());
    let first = rooms();
    assert_eq!((first.len(), &first[0]["title"]), (1, &json!("plaza")));
    assert_ne!(first[0]["id"], lasting[0]["id"]);
}

#[test]
fn a_room_is_edited_while_people_are_in_it() {
    let hub = Hub::start();
    let room = make_room(&hub, "n");
    let (mut ann, _) = enters(&hub, &room);
    let edit = ["room", "edit", &room.id, "--title", "night", "--capacity", "1", "--position", "2"];
    let (done, text) = host(&hub, &edit);
    assert!(done && text.contains("has changed: title, capacity, position; 1 person is"), "{text}");
    let told = json!({"roomId": room.id, "title": "night", "capacity": 1, "isPassword": false, "position": 2});
    assert_eq!(hears(&mut ann, "roomEdited"), told);
    let (done, text) = host(&hub, &edit);
    assert!(done && text.contains("was like that already"), "{text}");
    let mut bob = Socket::connect(hub.address, "n", &token(&hub)).unwrap();
    assert_eq!(refused(&mut bob, "joinRoom", &json!({"roomId": room.id})), "full");
    let folder = hub.folder.path().to_str().unwrap();
    let args =
        ["room", "edit", "--password-stdin", "--capacity", "0", "--data-dir", folder, &room.id];
    let mut child = colahub(&args).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"cola1\n").unwrap();
    assert!(child.wait().unwrap().success());
    hub.signal(Signal::KILL);
    let hub = Hub::start_in(hub.ended().1, &[]);
    let shown = answer(hub.get(&format!("/chat/rooms/{}", room.id), &[]).text());
    let shown =
        ["title", "capacity", "isPassword", "position"].map(|key| shown["data"][key].clone());
    assert_eq!(shown, [json!("night"), json!(0), json!(true), json!(2)]);
    let mut bob = Socket::connect(hub.address, "n", &token(&hub)).unwrap();
    assert_eq!(refused(&mut bob, "joinRoom", &json!({"roomId": room.id})), "locked");
    bob.ask("joinRoom", &json!({"roomId": room.id, "password": "cola1"})).unwrap();
    let deeds = listed(&hub, &["log"]);
    assert_eq!(deeds[0]["deed"], "room edit");
    assert!(!deeds[0]["what"].as_str().unwrap().contains("cola1"), "{}", deeds[0]["what"]);
    let (done, text) = host(&hub, &["room", "edit", &room.id]);
    assert!(!done && text.contains("say what to change"), "{text}");
}
