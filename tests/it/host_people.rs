//! The host's hand on people, over the real socket and signed calls.

use serde_json::{Value, json};

use crate::host::{enters, hears, host, listed, refused};
use crate::host_calls::{Holder, refusal, turned_away};
use crate::host_words::{asks, says};
use crate::kit::{Hub, Signal, wait_for};
use crate::sender::{Room, make_room, token};
use crate::socket::{Heard, Socket};

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

/// Refused with this code, and after how many seconds it is worth trying again.
fn is_muted(socket: &mut Socket, room: &Room) -> Option<u64> {
    let request = socket.ask("sendMessage", &json!({"roomId": room.id, "content": "x"})).unwrap();
    loop {
        if let Heard::Ack(number, envelope) = socket.hear().unwrap()
            && number == request
        {
            assert_eq!(envelope["code"], "muted", "{envelope}");
            return envelope["retryAfter"].as_u64();
        }
    }
}

#[test]
fn somebody_muted_reads_on_in_all_rooms_also_after_a_restart() {
    let hub = Hub::start();
    let (fire, stage) = (make_room(&hub, "n"), make_room(&hub, "m"));
    let bobs = token(&hub);
    let mut bob = Socket::connect(hub.address, "n", &bobs).unwrap();
    let entry = asks(&mut bob, "joinRoom", &json!({"roomId": fire.id}));
    assert!(entry.get("muted").is_none(), "{entry}");
    let before = says(&mut bob, &fire, "before", "k");
    let (mut ann, _) = enters(&hub, &fire);
    let mut helper = Holder::added(&hub, &["helper", "--helper"]);
    let id = entry["id"].as_str().unwrap();
    let muted = helper.asks(&hub, "POST", &format!("chatters/{id}/mute"), r#"{"minutes":5}"#);
    assert_eq!((&muted["id"], &muted["nickname"]), (&entry["id"], &entry["nickname"]));
    assert_eq!(hears(&mut bob, "muted"), json!({"until": muted["until"]}));
    let wait = is_muted(&mut bob, &fire).unwrap();
    assert!((200..=300).contains(&wait), "{wait}");
    let react = json!({"roomId": fire.id, "seq": before["seq"], "emoji": "👍", "on": true});
    assert_eq!(refused(&mut bob, "react", &react), "muted");
    let alert = json!({"roomId": fire.id, "content": "look"});
    assert_eq!(refused(&mut bob, "sendAlert", &alert), "muted");
    assert_eq!(says(&mut bob, &fire, "before", "k")["id"], before["id"], "stored before the mute");
    asks(&mut bob, "takeBack", &json!({"roomId": fire.id, "seq": before["seq"]}));
    says(&mut ann, &fire, "still here", "k");
    assert_eq!(hears(&mut bob, "sendMessage")["content"], "still here");
    // In another room, where they are another chatter.
    let mut there = Socket::connect(hub.address, "m", &bobs).unwrap();
    let other = asks(&mut there, "joinRoom", &json!({"roomId": stage.id}));
    assert_ne!(other["id"], entry["id"]);
    assert_eq!(other["muted"], json!({"until": muted["until"]}));
    assert!(is_muted(&mut there, &stage).is_some());
    let people = helper.asks(&hub, "GET", "chatters", "");
    let muted_ids: Vec<_> =
        people.as_array().unwrap().iter().filter(|one| one["isMuted"] == true).collect();
    assert_eq!(muted_ids.len(), 2, "{people}");

    hub.signal(Signal::KILL);
    let hub = Hub::start_in(hub.ended().1, &[]);
    assert_eq!(listed(&hub, &["chatter", "list", "--muted"])[0]["id"], entry["id"]);
    let mut bob = Socket::connect(hub.address, "n", &bobs).unwrap();
    assert!(asks(&mut bob, "joinRoom", &json!({"roomId": fire.id}))["muted"].is_object());
    assert!(is_muted(&mut bob, &fire).is_some());
    // Until the host lifts it.
    let (done, text) = host(&hub, &["chatter", "mute", id]);
    assert!(done && text.contains("colahub chatter unmute"), "{text}");
    assert_eq!(hears(&mut bob, "muted"), json!({"until": null}));
    assert_eq!(is_muted(&mut bob, &fire), None);
    // By the other chatter of the same browser.
    let (done, text) = host(&hub, &["chatter", "unmute", other["id"].as_str().unwrap()]);
    assert!(done && text.contains("may speak again"), "{text}");
    assert_eq!(hears(&mut bob, "unmuted"), json!({}));
    says(&mut bob, &fire, "and on", "k2");
    let (done, text) = host(&hub, &["chatter", "unmute", id]);
    assert!(!done && text.contains("is not muted"), "{text}");
    let deeds = listed(&hub, &["log"]);
    let deeds: Vec<_> = deeds.iter().map(|deed| (&deed["deed"], &deed["by"])).collect();
    let by = json!("helper");
    assert_eq!(
        deeds[..2],
        [(&json!("chatter unmute"), &json!(null)), (&json!("chatter mute"), &json!(null))]
    );
    assert_eq!(deeds[2], (&json!("chatter mute"), &by));
}

#[test]
fn what_is_no_mute_name_or_span_is_refused_and_a_helper_renames_nobody() {
    let hub = Hub::start();
    let room = make_room(&hub, "n");
    let (mut bob, entry) = enters(&hub, &room);
    let id = entry["id"].as_str().unwrap();
    let (mut helper, mut stage) =
        (Holder::added(&hub, &["helper", "--helper"]), Holder::added(&hub, &["stage"]));
    for (path, body) in [
        ("mute", r#"{"minutes":0}"#),
        ("mute", r#"{"minutes":-1}"#),
        ("mute", r#"{"minutes":525601}"#),
        ("mute", r#"{"minutes":18446744073709551615}"#),
        ("mute", r#"{"minutes":"5"}"#),
        ("mute", r#"{"minutes":1.5}"#),
        ("take-back", r#"{"minutes":0}"#),
        ("take-back", r#"{"last":0}"#),
        ("take-back", r#"{"last":1001}"#),
        ("take-back", r#"{"last":3,"minutes":3}"#),
    ] {
        let bad = helper.signs("POST", &format!("chatters/{id}/{path}"), body);
        assert_eq!(turned_away(&hub, &bad), refusal(400, "bad_request"), "{path} {body}");
    }
    for path in ["mute", "unmute", "take-back"] {
        for nobody in ["nobody", "7d444840-9dc0-41d1-b245-5ffdce74fad2"] {
            let bad = helper.signs("POST", &format!("chatters/{nobody}/{path}"), "");
            assert_eq!(turned_away(&hub, &bad), refusal(404, "no_such_chatter"), "{path} {nobody}");
        }
    }
    let path = format!("chatters/{id}/rename");
    let bad = helper.signs("POST", &path, r#"{"nickname":"Bob"}"#);
    assert_eq!(turned_away(&hub, &bad), refusal(403, "hosts_only"));
    let (_ann, anns) = enters(&hub, &room);
    let taken = json!({"nickname": anns["nickname"]}).to_string();
    for (body, code) in [
        ("", "bad_request"),
        (r#"{"nickname":""}"#, "bad_request"),
        (r#"{"nickname":"a\u0000b"}"#, "bad_request"),
        (r#"{"nickname":"주최자"}"#, "name_reserved"),
        (taken.as_str(), "name_taken"),
    ] {
        let bad = stage.signs("POST", &path, body);
        assert_eq!(turned_away(&hub, &bad), refusal(400, code), "{body}");
    }
    assert!(listed(&hub, &["chatter", "list", "--muted"]).is_empty());
    assert!(
        listed(&hub, &["log"]).iter().all(|deed| deed["deed"] == "host add"),
        "nothing was done"
    );
    stage.asks(&hub, "POST", &path, r#"{"nickname":"Bob"}"#);
    let alert = loop {
        let alert = hears(&mut bob, "sendAlert");
        if alert["alert"]["kind"] == "renamed" {
            break alert;
        }
    };
    assert_eq!(
        (&alert["alert"]["was"], &alert["alert"]["now"]),
        (&entry["nickname"], &json!("Bob"))
    );
    let people = listed(&hub, &["chatter", "list"]);
    assert!(people.iter().any(|one| one["id"] == id && one["nickname"] == "Bob"), "{people:?}");
    let (done, text) = host(&hub, &["chatter", "rename", id, "Bobby"]);
    assert!(done && text.contains("is called \"Bobby\" now"), "{text}");
    let log = listed(&hub, &["log"]);
    assert_eq!((&log[0]["deed"], &log[1]["by"]), (&json!("chatter rename"), &json!("stage")));
}

#[test]
fn what_somebody_has_said_in_all_rooms_is_taken_back_also_when_they_have_left() {
    let hub = Hub::start();
    let (fire, stage) = (make_room(&hub, "n"), make_room(&hub, "m"));
    let bobs = token(&hub);
    let [(mut ann, anns), (mut cy, _)] = [&fire, &stage].map(|room| enters(&hub, room));
    let mut bob = Socket::connect(hub.address, "n", &bobs).unwrap();
    let entry = asks(&mut bob, "joinRoom", &json!({"roomId": fire.id}));
    let mut there = Socket::connect(hub.address, "m", &bobs).unwrap();
    asks(&mut there, "joinRoom", &json!({"roomId": stage.id}));
    let kept = says(&mut bob, &fire, "one", "k1");
    says(&mut ann, &fire, "mine", "k");
    let two = says(&mut there, &stage, "two", "k2");
    let three = says(&mut bob, &fire, "three", "k3");
    drop((bob, there));
    let id = entry["id"].as_str().unwrap();
    let mut helper = Holder::added(&hub, &["helper", "--helper"]);
    let path = format!("chatters/{id}/take-back");
    assert_eq!(helper.asks(&hub, "POST", &path, r#"{"last":2}"#), json!(2));
    assert_eq!(hears(&mut ann, "messageTakenBack")["seq"], three["seq"]);
    assert_eq!(hears(&mut cy, "messageTakenBack")["seq"], two["seq"]);
    let stream = helper.asks(&hub, "GET", "messages", "");
    let left: Vec<_> = stream.as_array().unwrap().iter().map(|said| &said["content"]).collect();
    assert_eq!(left, [&json!("one"), &json!("mine"), &json!(""), &json!("")]);
    let (done, text) = host(&hub, &["message", "delete", "--by", id, "--minutes", "5"]);
    assert!(done && text.contains("1 message is deleted"), "{text}");
    assert_eq!(hears(&mut ann, "messageTakenBack")["seq"], kept["seq"]);
    assert_eq!(helper.asks(&hub, "POST", &path, ""), json!(0), "all of it is gone");
    let log = listed(&hub, &["log"]);
    assert!(log.iter().take(3).all(|deed| deed["deed"] == "message delete"), "{log:?}");
    assert!(log[0]["what"].as_str().unwrap().contains(id), "{log:?}");
    // They have left, and can still be found and banned.
    let gone = wait_for("bob has left", || {
        let people = listed(&hub, &["chatter", "list", "--recent"]);
        people
            .iter()
            .find(|one| one["id"] == id && one["isPresent"] == false)
            .cloned()
            .ok_or(people)
    });
    assert!(gone["leftAt"].as_str().unwrap().ends_with('Z'), "{gone}");
    let recent = helper.asks(&hub, "GET", &format!("chatters?recent=true&room={}", fire.id), "");
    let ids: Vec<_> = recent.as_array().unwrap().iter().map(|one| &one["id"]).collect();
    assert_eq!(ids, [&anns["id"], &entry["id"]], "who is here first");
    assert!(host(&hub, &["chatter", "ban", id]).0);
    for wrong in [&["--minutes", "1", "--last", "1"][..], &["--minutes", "0"]] {
        assert!(!host(&hub, &[&["message", "delete", "--by", id], wrong].concat()).0);
    }
}
