//! Polls over the real socket and the command line: kept over a kill, closed at their time, exported without a voter.

use serde_json::{Value, json};

use crate::host::{enters, hears, host, listed};
use crate::host_words::asks;
use crate::kit::{Hub, Signal};
use crate::sender::make_room;

/// The number of votes for each option.
fn votes(poll: &Value) -> Vec<Option<u64>> {
    let options = poll["options"].as_array().unwrap().iter();
    options.map(|option| option["votes"].as_u64()).collect()
}

#[test]
fn an_acknowledged_vote_survives_a_kill_and_its_poll_is_closed_on_the_command_line() {
    let hub = Hub::start();
    let room = make_room(&hub, "n");
    let (mut ann, entry) = enters(&hub, &room);
    assert_eq!(entry["polls"], json!([]));
    let (done, text) = host(&hub, &["poll", "add", "점심?", "국", "밥", "--room", &room.id]);
    assert!(done && text.contains("is open."), "{text}");
    let poll = hears(&mut ann, "poll");
    let id = poll["id"].as_str().unwrap().to_owned();
    let voted = asks(&mut ann, "votePoll", &json!({"pollId": id, "options": [1]}));
    assert_eq!(voted["mine"], json!([1]));
    hub.signal(Signal::KILL);
    let hub = Hub::start_in(hub.ended().1, &[]);
    let (mut ben, entry) = enters(&hub, &room);
    assert_eq!(votes(&entry["polls"][0]), [Some(0), Some(1)]);
    let line = &listed(&hub, &["poll", "list"])[0];
    assert_eq!((&line["voters"], &line["options"][1]["votes"]), (&json!(1), &json!(1)));
    assert!(host(&hub, &["poll", "close", &id]).0);
    let closed = hears(&mut ben, "poll");
    assert_eq!((votes(&closed), &closed["isClosed"]), (vec![Some(0), Some(1)], &json!(true)));
    let (done, text) = host(&hub, &["poll", "close", &id]);
    assert!(!done && text.contains("is closed already"), "{text}");
    assert!(listed(&hub, &["poll", "list"]).is_empty());
    assert_eq!(listed(&hub, &["poll", "list", "--all"]).len(), 1);
    let log = listed(&hub, &["log"]);
    assert_eq!((&log[0]["deed"], &log[1]["deed"]), (&json!("poll close"), &json!("poll add")));
}

#[test]
fn a_poll_that_makes_no_sense_is_refused_with_a_sentence() {
    let hub = Hub::start();
    let long = "가".repeat(61);
    for (bad, why) in [
        (&["poll", "add", "", "a", "b"][..], "The poll's question is empty"),
        (&["poll", "add", "?", "a"], "2 to 8 answers"),
        (&["poll", "add", "?", "a", " a "], "stands twice"),
        (&["poll", "add", "?", "a", &long], "at most 60 characters"),
        (&["poll", "add", "?", "a", "b", "--minutes", "0"], "1 to 10080 minutes"),
        (&["poll", "close", "x"], "there is no poll x"),
    ] {
        let (done, text) = host(&hub, bad);
        assert!(!done && text.contains(why), "{bad:?}: {text}");
    }
    assert!(!host(&hub, &["poll", "add", "?", "a", "b", "--room", "ZZZZZZ"]).0);
    assert!(listed(&hub, &["poll", "list", "--all"]).is_empty());
}
