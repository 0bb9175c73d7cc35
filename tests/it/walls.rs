//! Walls over HTTP: what is old enough, who may read, and what the host sets.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::host::{enters, hears, host};
use crate::host_calls::{Holder, refusal, turned_away};
use crate::host_words::asks;
use crate::kit::{Answer, Hub, Signal, wait_for, wait_until};
use crate::sender::{Room, make_room};
use crate::socket::Socket;

/// The code of a room that everybody can read.
fn open_room(hub: &Hub) -> (Room, String) {
    let room = make_room(hub, "n");
    assert!(host(hub, &["room", "history", &room.id, "all"]).0);
    let code = code_of(hub, &room);
    (room, code)
}

fn code_of(hub: &Hub, room: &Room) -> String {
    let shown = hub.get(&format!("/chat/rooms/{}", room.id), &[]);
    let shown: Value = serde_json::from_str(shown.text()).unwrap();
    shown["data"]["code"].as_str().unwrap().to_owned()
}

fn asked(hub: &Hub, code: &str, secret: Option<&str>) -> Answer {
    let header = secret.map(|secret| format!("ColaHub-Wall {secret}"));
    let headers: Vec<_> = header.iter().map(|header| ("authorization", header.as_str())).collect();
    hub.get(&format!("/api/walls/{code}"), &headers)
}

fn wall(hub: &Hub, code: &str) -> Value {
    data(&asked(hub, code, None))
}

fn data(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let envelope: Value = serde_json::from_str(answer.text()).unwrap();
    envelope["data"].clone()
}

/// The status and the code of a refusal.
fn denied(answer: &Answer) -> (u16, String) {
    let envelope: Value = serde_json::from_str(answer.text()).unwrap();
    (answer.status, envelope["code"].as_str().unwrap_or_default().to_owned())
}

fn texts(wall: &Value) -> Vec<String> {
    let messages = wall["messages"].as_array().unwrap().iter();
    messages.map(|message| message["content"].as_str().unwrap().to_owned()).collect()
}

fn sets(hub: &Hub, room: &Room, args: &[&str]) -> Value {
    let (done, text) = host(hub, &[&["wall", "set", &room.id, "--json"], args].concat());
    assert!(done, "{text}");
    serde_json::from_str(&text).unwrap()
}

fn says(socket: &mut Socket, room: &Room, content: &str) -> i64 {
    socket.ask("sendMessage", &json!({"roomId": room.id, "content": content})).unwrap();
    loop {
        let said = hears(socket, "sendMessage");
        if said["content"] == content {
            return said["seq"].as_i64().unwrap();
        }
    }
}

/// Waits until the wall shows this, and returns all that it has shown on the way.
fn shows(hub: &Hub, code: &str, wanted: &str) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    wait_for("the wall shows it", || {
        let shown = texts(&wall(hub, code));
        seen.extend(shown.iter().cloned());
        // The delay passes, whatever is shown.
        if seen.contains(wanted) { Ok(()) } else { Err(Instant::now()) }
    });
    seen
}

#[test]
fn a_message_is_shown_after_the_delay_and_never_if_it_is_taken_back_before() {
    let hub = Hub::start();
    let (room, code) = open_room(&hub);
    let delay = Duration::from_secs(3);
    assert_eq!(sets(&hub, &room, &["--delay", "3"])["delay"], 3);
    let (mut ann, _) = enters(&hub, &room);
    let begun = Instant::now();
    let rude = says(&mut ann, &room, "rude");
    assert!(host(&hub, &["message", "delete", &room.id, &rude.to_string()]).0);
    let own = says(&mut ann, &room, "oops");
    ann.ask("takeBack", &json!({"roomId": room.id, "seq": own})).unwrap();
    while hears(&mut ann, "messageTakenBack")["seq"] != own {}
    let in_time = begun.elapsed() < delay;
    let said = Instant::now();
    says(&mut ann, &room, "hello");
    let seen = shows(&hub, &code, "hello");
    assert!(said.elapsed() >= delay, "shown after {:?}", said.elapsed());
    if in_time {
        assert_eq!(seen, BTreeSet::from(["hello".to_owned()]));
    }
    let shown = wall(&hub, &code);
    assert_eq!((&shown["view"], &shown["delay"]), (&json!("messages"), &json!(3)));
    let room_shown = json!({"code": code, "title": "room", "present": 1});
    assert_eq!(shown["room"], room_shown, "a wall is nobody");
    assert_eq!(shown["messages"][0]["chatter"]["isActive"], true);
    assert!(shown["addresses"].is_array() && shown["language"].is_string(), "{shown}");
    let hello = shown["messages"][0]["seq"].to_string();
    assert!(host(&hub, &["message", "delete", &room.id, &hello]).0);
    assert_eq!(texts(&wall(&hub, &code)), Vec::<String>::new(), "and it vanishes at once");
}

#[test]
fn a_wall_shows_nothing_of_the_muted_and_quotes_nobody() {
    let hub = Hub::start();
    let (room, code) = open_room(&hub);
    sets(&hub, &room, &["--delay", "0"]);
    let (mut ann, entry) = enters(&hub, &room);
    let (mut bob, _) = enters(&hub, &room);
    let first = says(&mut ann, &room, "of ann");
    let answer = json!({"roomId": room.id, "content": "of bob", "replyTo": first});
    bob.ask("sendMessage", &answer).unwrap();
    shows(&hub, &code, "of bob");
    assert_eq!(wall(&hub, &code)["messages"][1]["replyTo"], Value::Null);
    assert!(host(&hub, &["chatter", "mute", entry["id"].as_str().unwrap()]).0);
    assert_eq!(texts(&wall(&hub, &code)), ["of bob"]);
}

#[test]
fn a_closed_room_is_shown_with_the_hosts_link_only_until_it_is_revoked() {
    let hub = Hub::start();
    let (room, code) = open_room(&hub);
    let (mut ann, _) = enters(&hub, &room);
    sets(&hub, &room, &["--delay", "0"]);
    says(&mut ann, &room, "hello");
    shows(&hub, &code, "hello");
    let closed = (403, "wall_closed".to_owned());
    assert!(host(&hub, &["room", "lock", &room.id]).0);
    assert_eq!(denied(&asked(&hub, &code, None)), closed, "nobody new reads a shut room");
    assert!(host(&hub, &["room", "unlock", &room.id]).0);
    assert!(host(&hub, &["room", "history", &room.id, "joined"]).0);
    assert_eq!(denied(&asked(&hub, &code, None)), closed);
    let set = sets(&hub, &room, &["--link"]);
    let secret = set["link"].as_str().unwrap().to_owned();
    let link = set["links"][0].as_str().unwrap();
    assert!(link.ends_with(&format!("/wall/{code}#{secret}")), "{link}");
    assert_eq!(sets(&hub, &room, &["--link"])["link"], set["link"], "there is one");
    assert_eq!(texts(&data(&asked(&hub, &code, Some(&secret)))), ["hello"]);
    assert_eq!(denied(&asked(&hub, &code, Some("acde-fghj-kmnp-qrtw"))), closed);
    assert_eq!(denied(&asked(&hub, &code, Some(""))), closed);
    hub.signal(Signal::KILL);
    let hub = Hub::start_in(hub.ended().1, &[]);
    assert_eq!(asked(&hub, &code, Some(&secret)).status, 200, "also after a restart");
    let set = sets(&hub, &room, &["--no-link"]);
    assert_eq!((&set["link"], &set["isOpen"]), (&Value::Null, &json!(false)));
    assert_eq!(denied(&asked(&hub, &code, Some(&secret))), closed);
    let other = sets(&hub, &room, &["--link"])["link"].as_str().unwrap().to_owned();
    assert_ne!(other, secret);
    assert_eq!(denied(&asked(&hub, &code, Some(&secret))), closed);
    assert_eq!(asked(&hub, &code, Some(&other)).status, 200);
}

#[test]
fn a_hub_that_was_killed_shows_what_it_has_shown_and_nothing_young() {
    let hub = Hub::start();
    let (room, code) = open_room(&hub);
    sets(&hub, &room, &["--delay", "6"]);
    let (mut ann, _) = enters(&hub, &room);
    says(&mut ann, &room, "old");
    shows(&hub, &code, "old");
    let said = Instant::now();
    // Committed behind the time at which the wall was read.
    says(&mut ann, &room, "young");
    hub.signal(Signal::KILL);
    let hub = Hub::start_in(hub.ended().1, &[]);
    assert_eq!(texts(&wall(&hub, &code)), ["old"]);
    shows(&hub, &code, "young");
    assert!(said.elapsed() >= Duration::from_secs(6), "shown after {:?}", said.elapsed());
    assert_eq!(texts(&wall(&hub, &code)), ["old", "young"]);
    let (done, text) = host(&hub, &["wall", "show", &room.id]);
    assert!(done && text.contains("shows messages that are 6 s old"), "{text}");
}

#[test]
fn a_wall_that_has_not_changed_is_not_sent_again() {
    let hub = Hub::start();
    let (room, code) = open_room(&hub);
    sets(&hub, &room, &["--delay", "0"]);
    let path = format!("/api/walls/{code}");
    let first = hub.get(&path, &[]);
    let tag = first.header("etag").unwrap().to_owned();
    let again = hub.get(&path, &[("if-none-match", &tag)]);
    assert_eq!((again.status, again.body.len()), (304, 0));
    let (mut ann, _) = enters(&hub, &room);
    says(&mut ann, &room, "hello");
    wait_until("it has changed", || hub.get(&path, &[("if-none-match", &tag)]).status == 200);
}

#[test]
fn a_wall_that_is_off_shows_only_how_to_join() {
    let hub = Hub::start();
    let (room, code) = open_room(&hub);
    sets(&hub, &room, &["--delay", "0"]);
    let (mut ann, _) = enters(&hub, &room);
    says(&mut ann, &room, "hello");
    shows(&hub, &code, "hello");
    let (done, text) = host(&hub, &["wall", "set", &room.id, "--view", "off"]);
    assert!(done && text.contains("shows only how to join"), "{text}");
    let shown = wall(&hub, &code);
    assert_eq!((&shown["view"], texts(&shown).len()), (&json!("off"), 0));
    assert!(host(&hub, &["announce", "add", "lunch", "--room", &room.id]).0);
    assert_eq!(wall(&hub, &code)["announcements"][0]["text"], "lunch");
}

#[test]
fn a_wrong_request_is_answered_with_what_to_do() {
    let hub = Hub::start();
    let (room, code) = open_room(&hub);
    assert_eq!(denied(&asked(&hub, "ACDEFG", None)), (404, "no_such_room".to_owned()));
    assert_eq!(denied(&asked(&hub, "x", None)), (404, "no_such_room".to_owned()));
    let long = host(&hub, &["wall", "set", &room.id, "--delay", "301"]);
    assert!(!long.0 && long.1.contains("delay must be 0 to 300 seconds"), "{}", long.1);
    let nothing = host(&hub, &["wall", "set", &room.id]);
    assert!(!nothing.0 && nothing.1.contains("say what to change"), "{}", nothing.1);
    let none = host(&hub, &["wall", "show", "ACDEFG"]);
    assert!(!none.0 && none.1.contains("there is no room ACDEFG"), "{}", none.1);
    assert!(host(&hub, &["room", "close", &room.id]).0);
    assert_eq!(denied(&asked(&hub, &code, None)), (404, "expired".to_owned()));
    let ended = host(&hub, &["wall", "set", &room.id, "--link"]);
    assert!(!ended.0 && ended.1.contains("has ended"), "{}", ended.1);
}

#[test]
fn a_host_sets_a_wall_over_the_network_and_a_helper_does_not() {
    let hub = Hub::start();
    let (room, _) = open_room(&hub);
    let mut stage = Holder::added(&hub, &["stage"]);
    let path = format!("rooms/{}/wall", room.id);
    let shown = stage.asks(&hub, "GET", &path, "");
    assert_eq!((&shown["delay"], &shown["isOpen"]), (&json!(10), &json!(true)));
    assert_eq!((&shown["view"], &shown["link"]), (&json!("messages"), &Value::Null));
    let set = stage.asks(&hub, "POST", &path, r#"{"view":"off","delay":20,"link":true}"#);
    assert_eq!((&set["view"], &set["delay"]), (&json!("off"), &json!(20)));
    assert_eq!(stage.asks(&hub, "GET", &path, ""), set);
    for bad in [r#"{"view":"clock"}"#, r#"{"delay":-1}"#, r#"{"delay":999}"#, r#"{"link":1}"#] {
        let request = stage.signs("POST", &path, bad);
        assert_eq!(turned_away(&hub, &request), refusal(400, "bad_request"), "{bad}");
    }
    let log = stage.asks(&hub, "GET", "log", "");
    assert_eq!((&log[0]["deed"], &log[0]["by"]), (&json!("wall set"), &json!("stage")));
    let what = log[0]["what"].as_str().unwrap();
    assert!(what.ends_with("view off, delay 20s, link made"), "{what}");
    let mut helper = Holder::added(&hub, &["--helper", "gate"]);
    let request = helper.signs("GET", &path, "");
    assert_eq!(turned_away(&hub, &request), refusal(403, "hosts_only"));
}

/// The questions on the wall, with their votes.
fn questions_on(wall: &Value) -> Vec<(String, u64)> {
    let questions = wall["questions"].as_array().unwrap().iter();
    let asked = questions.map(|one| (one["content"].as_str(), one["question"]["votes"].as_u64()));
    asked.map(|(content, votes)| (content.unwrap().to_owned(), votes.unwrap())).collect()
}

#[test]
fn a_wall_of_questions_has_them_by_votes_and_never_one_that_is_taken_back_before() {
    let hub = Hub::start();
    let (room, code) = open_room(&hub);
    sets(&hub, &room, &["--delay", "3", "--view", "questions"]);
    let (mut ann, _) = enters(&hub, &room);
    let (mut ben, _) = enters(&hub, &room);
    let asks_for = |socket: &mut Socket, content: &str| {
        let question = json!({"roomId": room.id, "content": content, "question": true});
        asks(socket, "sendMessage", &question)["seq"].clone()
    };
    let begun = Instant::now();
    let rude = asks_for(&mut ann, "rude?");
    asks(&mut ann, "takeBack", &json!({"roomId": room.id, "seq": rude}));
    let in_time = begun.elapsed() < Duration::from_secs(3);
    let done = asks_for(&mut ann, "done?");
    let liked = asks_for(&mut ann, "liked?");
    asks_for(&mut ann, "new?");
    says(&mut ann, &room, "no question");
    for seq in [&done, &liked] {
        asks(&mut ben, "vote", &json!({"roomId": room.id, "seq": seq, "on": true}));
    }
    assert!(host(&hub, &["question", "answered", &room.id, &done.to_string()]).0);
    let mut seen = BTreeSet::new();
    wait_for("the wall shows them", || {
        let shown = questions_on(&wall(&hub, &code));
        seen.extend(shown.iter().map(|(content, _)| content.clone()));
        if shown.len() == 3 { Ok(()) } else { Err(Instant::now()) }
    });
    assert!(!in_time || !seen.contains("rude?"), "{seen:?}");
    let expected = [("liked?", 1), ("new?", 0), ("done?", 1)];
    let shown = wall(&hub, &code);
    assert_eq!(questions_on(&shown), expected.map(|(content, votes)| (content.to_owned(), votes)));
    assert_eq!((texts(&shown).len(), &shown["view"]), (0, &json!("questions")));
    assert_eq!(shown["questions"][2]["question"]["answered"], true);
    assert!(host(&hub, &["message", "delete", &room.id, &liked.to_string()]).0);
    assert_eq!(questions_on(&wall(&hub, &code)).len(), 2, "and it vanishes at once");
}

#[test]
fn a_wall_of_a_poll_has_the_votes_once_somebody_who_has_not_voted_may_see_them() {
    let hub = Hub::start();
    let (room, code) = open_room(&hub);
    let (mut ann, _) = enters(&hub, &room);
    sets(&hub, &room, &["--view", "poll"]);
    assert_eq!(wall(&hub, &code)["poll"], Value::Null);
    let votes = |poll: &Value| [0, 1].map(|at| poll["options"][at]["votes"].as_u64());
    for results in ["after_voting", "at_end", "at_once"] {
        let add = ["poll", "add", results, "a", "b", "--results", &results.replace('_', "-")];
        assert!(host(&hub, &add).0, "{results}");
        let poll = wall(&hub, &code)["poll"].clone();
        assert_eq!((&poll["question"], &poll["mine"]), (&json!(results), &Value::Null));
        asks(&mut ann, "votePoll", &json!({"pollId": poll["id"], "options": [1]}));
        let poll = wall(&hub, &code)["poll"].clone();
        let expected = if results == "at_once" { [Some(0), Some(1)] } else { [None, None] };
        assert_eq!((votes(&poll), &poll["voters"]), (expected, &json!(1)), "{results}");
        assert!(host(&hub, &["poll", "close", poll["id"].as_str().unwrap()]).0);
        let poll = wall(&hub, &code)["poll"].clone();
        assert_eq!((votes(&poll), &poll["isClosed"]), ([Some(0), Some(1)], &json!(true)));
    }
    let other = make_room(&hub, "n");
    assert!(host(&hub, &["poll", "add", "elsewhere", "a", "b", "--room", &other.id]).0);
    assert_eq!(wall(&hub, &code)["poll"]["question"], "at_once", "the last that was closed here");
    sets(&hub, &room, &["--view", "messages"]);
    assert_eq!(wall(&hub, &code)["poll"], Value::Null);
}
