//! The host's hand on people, over the real socket and signed calls.

use serde_json::{Value, json};

use crate::host::{enters, host, listed};
use crate::host_calls::{Holder, refusal, turned_away};
use crate::host_words::says;
use crate::kit::Hub;
use crate::sender::make_room;

#[test]
fn a_helper_hears_what_is_said_in_all_living_rooms_and_asks_for_what_is_new() {
    let hub = Hub::start();
    let (fire, stage, over) = (make_room(&hub, "n"), make_room(&hub, "m"), make_room(&hub, "n"));
    let [(mut ann, _), (mut bob, bobs), (mut cy, _)] =
        [&fire, &stage, &over].map(|room| enters(&hub, room));
    let mut helper = Holder::added(&hub, &["helper", "--helper"]);
    says(&mut cy, &over, "gone", "k");
    let first = says(&mut ann, &fire, "one", "k");
    let second = says(&mut bob, &stage, "two", "k");
    assert!(host(&hub, &["room", "close", &over.id]).0);
    let all = helper.asks(&hub, "GET", "messages", "");
    let texts = |all: &Value| {
        let all = all.as_array().unwrap().iter();
        all.map(|said| said["content"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(texts(&all), ["one", "two"]);
    let said = &all[1];
    assert_eq!((&said["id"], &said["seq"]), (&second["id"], &second["seq"]));
    assert_eq!((&said["room"], &said["chatter"]), (&json!(stage.id), &bobs["id"]));
    assert_eq!(
        (&said["title"], &said["isNotice"], &said["takenBack"]),
        (&json!("room"), &json!(false), &json!(false))
    );
    let after = |id: &Value| format!("messages?after={id}&last=10");
    assert_eq!(texts(&helper.asks(&hub, "GET", &after(&first["id"]), "")), ["two"]);
    assert!(texts(&helper.asks(&hub, "GET", &after(&second["id"]), "")).is_empty());
    assert_eq!(texts(&helper.asks(&hub, "GET", "messages?last=1", "")), ["two"]);
    for bad in ["messages?after=x", "messages?last=-1", "messages?last="] {
        let bad = helper.signs("GET", bad, "");
        assert_eq!(turned_away(&hub, &bad), refusal(400, "bad_request"));
    }
    let lines = listed(&hub, &["message", "list", "--all", "--last", "1"]);
    assert_eq!((lines.len(), &lines[0]["id"]), (1, &second["id"]));
    let (done, text) = host(&hub, &["message", "list", "--all"]);
    let code = said["code"].as_str().unwrap();
    assert!(done && text.lines().last().unwrap().starts_with(code), "{text}");
    assert_eq!(text.lines().count(), 2, "{text}");
    assert!(
        !host(&hub, &["message", "list"]).0 && !host(&hub, &["message", "list", "--all", code]).0
    );
}
