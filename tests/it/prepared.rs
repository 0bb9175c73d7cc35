//! Prepared polls over the program: an event file prepares them, the host asks them one after the other, and nobody sees
//! them before.

use std::fs;

use serde_json::{Value, json};

use crate::host::{enters, hears, host, listed};
use crate::host_calls::{Holder, turned_away};
use crate::kit::{Hub, Signal};
use crate::sender::make_room;

const FILE: &str = r#"
[[rooms]]
title = "Stage"
questions = "held"

[[polls]]
question = "Which day?"
options = ["Monday", "Tuesday"]
multiple = true
results = "at_end"
minutes = 30

[[polls]]
question = "Lunch?"
options = ["soup", "rice"]
room = "Stage"
"#;

/// `colahub event apply`: what it said, line by line, but for the rooms that it left alone.
fn apply(hub: &Hub, text: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("event.toml");
    fs::write(&path, text).unwrap();
    let (done, told) = host(hub, &["event", "apply", path.to_str().unwrap()]);
    assert!(done, "{told}");
    let lines = told.lines().filter(|line| !line.contains("left alone: the room"));
    lines.map(str::to_owned).collect()
}

const NOTHING: &str = "nothing to change: all is as the file says";

fn questions(polls: &[Value]) -> Vec<&str> {
    polls.iter().map(|poll| poll["question"].as_str().unwrap()).collect()
}

#[test]
fn polls_of_a_file_wait_until_the_host_asks_them_in_their_order() {
    let hub = Hub::start();
    let made = apply(&hub, FILE);
    let prepared = [
        "prepared the poll \"Which day?\" for all rooms",
        "prepared the poll \"Lunch?\" for the room \"Stage\"",
    ];
    assert_eq!(made[1..], prepared);
    assert_eq!(apply(&hub, FILE), [NOTHING]);
    let rooms = listed(&hub, &["room", "list"]);
    let stage = rooms.iter().find(|room| room["title"] == "Stage").unwrap();
    assert_eq!(stage["questions"], "held", "of a new room, too");

    let room = make_room(&hub, "n");
    let (mut ann, entry) = enters(&hub, &room);
    assert_eq!(entry["polls"], json!([]), "people see nothing of it");
    hub.signal(Signal::KILL);
    let hub = Hub::start_in(hub.ended().1, &[]);
    let list = listed(&hub, &["poll", "prepared"]);
    assert_eq!(questions(&list), ["Which day?", "Lunch?"]);
    assert_eq!((&list[0]["minutes"], &list[0]["multiple"]), (&json!(30), &json!(true)));
    assert_eq!((&list[1]["room"], &list[1]["minutes"]), (&stage["id"], &Value::Null));
    drop(ann);

    (ann, _) = enters(&hub, &room);
    let (done, text) = host(&hub, &["poll", "ask"]);
    assert!(done && text.contains(list[0]["id"].as_str().unwrap()), "{text}");
    let poll = hears(&mut ann, "poll");
    assert_eq!((&poll["question"], &poll["id"]), (&json!("Which day?"), &list[0]["id"]));
    assert!(poll["closesAt"].is_string(), "{poll}");
    assert_eq!(apply(&hub, FILE), [NOTHING], "it was asked");
    let (_, shown) = host(&hub, &["event", "show"]);
    assert!(shown.contains("question = \"Lunch?\"") && !shown.contains("Which day?"), "{shown}");
    assert_eq!(apply(&hub, &shown), [NOTHING]);

    let changed = FILE.replace("\"rice\"", "\"bread\"");
    assert_eq!(
        apply(&hub, &changed),
        ["changed the poll \"Lunch?\" for the room \"Stage\": options"]
    );
    let one = listed(&hub, &["poll", "prepared"]);
    assert_eq!((&one[0]["id"], &one[0]["options"]), (&list[1]["id"], &json!(["soup", "bread"])));
    let left = apply(&hub, "title = \"x\"");
    assert_eq!(left[1..], ["left alone: a prepared poll is not in the file"]);
    let id = one[0]["id"].as_str().unwrap();
    assert!(host(&hub, &["poll", "drop", id]).0);
    let (done, text) = host(&hub, &["poll", "drop", id]);
    assert!(!done && text.contains(&format!("no poll {id} is prepared")), "{text}");
    let (done, text) = host(&hub, &["poll", "ask"]);
    assert!(!done && text.contains("no poll is prepared"), "{text}");
    assert_eq!(apply(&hub, FILE).len(), 1, "a file that has it prepares it again");
}

#[test]
fn a_host_asks_and_drops_over_the_network_and_a_helper_does_not() {
    let hub = Hub::start();
    apply(&hub, FILE);
    let mut mina = Holder::added(&hub, &["mina"]);
    let list = mina.asks(&hub, "GET", "polls/prepared", "");
    let list = list.as_array().unwrap();
    assert_eq!(questions(list), ["Which day?", "Lunch?"]);
    let path = |place: usize| format!("polls/prepared/{}", list[place]["id"].as_str().unwrap());
    let ask = format!("{}/ask", path(1));
    assert_eq!(mina.asks(&hub, "POST", &ask, "")["id"], list[1]["id"]);
    assert_eq!(turned_away(&hub, &mina.signs("POST", &ask, "")), (404, "no_such_poll".to_owned()));
    let polls = mina.asks(&hub, "GET", "polls", "");
    assert_eq!(questions(polls.as_array().unwrap()), ["Lunch?"]);
    let mut jun = Holder::added(&hub, &["jun", "--helper"]);
    for request in [jun.signs("GET", "polls/prepared", ""), jun.signs("DELETE", &path(0), "")] {
        assert_eq!(turned_away(&hub, &request), (403, "hosts_only".to_owned()));
    }
    mina.asks(&hub, "DELETE", &path(0), "");
    assert_eq!(mina.asks(&hub, "GET", "polls/prepared", ""), json!([]));
    let log = listed(&hub, &["log"]);
    let by_mina: Vec<_> =
        log.iter().filter(|deed| deed["by"] == "mina").map(|deed| &deed["deed"]).collect();
    assert_eq!(by_mina, [&json!("poll drop"), &json!("poll add")]);
}
