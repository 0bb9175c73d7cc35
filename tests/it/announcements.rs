//! What the host says, over the real socket: told to those in the rooms, met by newcomers, kept over a restart.

use serde_json::json;

use crate::host::{enters, hears, host, listed};
use crate::kit::{Hub, Signal};
use crate::sender::make_room;

#[test]
fn an_announcement_is_on_top_for_all_until_it_is_taken_down_also_over_a_restart() {
    let hub = Hub::start();
    let (one, two) = (make_room(&hub, "n"), make_room(&hub, "n"));
    let (mut ann, entry) = enters(&hub, &one);
    assert_eq!(entry["announcements"], json!([]));
    let (done, text) = host(&hub, &["announce", "add", "점심이 준비됐어요"]);
    assert!(done, "{text}");
    let up = hears(&mut ann, "announcement");
    assert_eq!((&up["text"], &up["roomId"]), (&json!("점심이 준비됐어요"), &json!(null)));
    assert_eq!(up["until"], json!(null));
    let alert = hears(&mut ann, "sendAlert");
    assert_eq!((&alert["content"], &alert["host"]), (&up["text"], &json!(true)));
    assert_eq!(alert["alert"]["kind"], "announcement");
    let only = ["announce", "add", "Stage", "--room", &two.id, "--minutes", "30"];
    assert!(host(&hub, &only).0);
    let about = hub.get("/api/hub", &[]);
    let about: serde_json::Value = serde_json::from_str(about.text()).unwrap();
    let shown = about["data"]["announcements"].as_array().unwrap();
    assert_eq!(shown.len(), 1, "those of one room are not for the lobby");
    assert_eq!(shown[0]["text"], up["text"]);
    hub.signal(Signal::KILL);
    let hub = Hub::start_in(hub.ended().1, &[]);
    let (_, entry) = enters(&hub, &two);
    let texts: Vec<_> =
        entry["announcements"].as_array().unwrap().iter().map(|a| &a["text"]).collect();
    assert_eq!(texts, ["점심이 준비됐어요", "Stage"]);
    let (mut ann, entry) = enters(&hub, &one);
    assert_eq!(entry["announcements"].as_array().unwrap().len(), 1, "not that of the other room");
    let id = listed(&hub, &["announce", "list"])[0]["id"].as_str().unwrap().to_owned();
    assert!(host(&hub, &["announce", "done", &id]).0);
    assert_eq!(hears(&mut ann, "announcementGone"), json!({ "id": id }));
    let (done, text) = host(&hub, &["announce", "done", &id]);
    assert!(!done && text.contains("there is no announcement"), "{text}");
    let long = "가".repeat(501);
    for (bad, why) in [
        (&["announce", "add", ""][..], "is empty"),
        (&["announce", "add", &long], "The announcement can have at most 500 characters"),
        (&["announce", "add", "x", "--minutes", "0"], "1 to 10080 minutes"),
    ] {
        let (done, text) = host(&hub, bad);
        assert!(!done && text.contains(why), "{bad:?}: {text}");
    }
    assert!(!host(&hub, &["announce", "add", "x", "--room", "ZZZZZZ"]).0);
    assert_eq!(listed(&hub, &["announce", "list"]).len(), 1);
}

#[test]
fn the_host_speaks_in_a_room_and_nobody_can_be_the_host() {
    let hub = Hub::start();
    let room = make_room(&hub, "n");
    let (mut ann, _) = enters(&hub, &room);
    assert!(host(&hub, &["message", "say", &room.id, "The stage is open"]).0);
    let said = hears(&mut ann, "sendMessage");
    assert_eq!((&said["content"], &said["host"]), (&json!("The stage is open"), &json!(true)));
    let id = said["chatterId"].as_str().unwrap();
    ann.ask("joinRoom", &json!({"roomId": room.id, "chatterId": id})).unwrap();
    ann.ask("sendMessage", &json!({"roomId": room.id, "content": "me", "host": true})).unwrap();
    let own = hears(&mut ann, "sendMessage");
    assert!(own["chatterId"] != said["chatterId"] && own["host"].is_null(), "{own}");
    assert!(!host(&hub, &["message", "say", "ZZZZZZ", "nowhere"]).0);
}
