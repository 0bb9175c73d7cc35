//! The host takes back messages over the control socket, and they are nowhere any more.

use serde_json::{Value, json};

use crate::host::{enters, hears, host, listed};
use crate::kit::{Hub, Signal};
use crate::sender::{Room, make_room, token};
use crate::socket::{Heard, Socket};

/// Asks, and gives the data of the answer.
pub fn asks(socket: &mut Socket, event: &str, payload: &Value) -> Value {
    let request = socket.ask(event, payload).unwrap();
    loop {
        if let Heard::Ack(number, envelope) = socket.hear().unwrap()
            && number == request
        {
            assert_eq!(envelope["success"], true, "{envelope}");
            return envelope["data"].clone();
        }
    }
}

pub fn says(socket: &mut Socket, room: &Room, content: &str, key: &str) -> Value {
    asks(socket, "sendMessage", &json!({"roomId": room.id, "content": content, "key": key}))
}

fn history(hub: &Hub, room: &Room, token: &str) -> Vec<Value> {
    let bearer = format!("Bearer {token}");
    let path = format!("/api/rooms/{}/messages?after=0", room.id);
    let answer = hub.get(&path, &[("authorization", &bearer)]);
    let answer: Value = serde_json::from_str(answer.text()).unwrap();
    answer["data"]["messages"].as_array().unwrap().clone()
}

#[test]
fn a_message_that_is_deleted_leaves_its_place_for_everybody_and_nothing_else() {
    let hub = Hub::start();
    let room = make_room(&hub, "n");
    let (mut bob, _) = enters(&hub, &room);
    let anns = token(&hub);
    let mut ann = Socket::connect(hub.address, "n", &anns).unwrap();
    let entry = asks(&mut ann, "joinRoom", &json!({"roomId": room.id}));
    let bad = says(&mut ann, &room, "my address is 1 Cola Street", "k1");
    let good = says(&mut ann, &room, "never mind", "k2");
    let seq = bad["seq"].to_string();
    let lines = listed(&hub, &["message", "list", &room.id, "--last", "2"]);
    assert_eq!(lines.len(), 2);
    assert_eq!((&lines[0]["seq"], &lines[0]["content"]), (&bad["seq"], &bad["content"]));
    let (done, text) = host(&hub, &["message", "delete", &room.id, &seq]);
    assert!(done && text.contains("1 message is deleted"), "{text}");

    let told = json!({"roomId": room.id, "id": bad["id"], "seq": bad["seq"]});
    assert_eq!(hears(&mut ann, "messageTakenBack"), told);
    assert_eq!(hears(&mut bob, "messageTakenBack"), told);
    let all = history(&hub, &room, &anns);
    let place = all.iter().find(|message| message["seq"] == bad["seq"]).unwrap();
    assert_eq!((&place["content"], &place["takenBack"]), (&json!(""), &json!(true)));
    assert_eq!((&place["id"], &place["type"]), (&bad["id"], &json!("MESSAGE")));
    let page = format!("/chat/messages/{}/1/{}", room.id, entry["id"].as_str().unwrap());
    let bearer = format!("Bearer {anns}");
    let page = hub.get(&page, &[("authorization", &bearer)]);
    assert!(!page.text().contains("Cola Street") && page.text().contains("never mind"));

    // A client that lost its acknowledgement sends it again.
    let again = says(&mut ann, &room, "my address is 1 Cola Street", "k1");
    assert_eq!((&again["seq"], &again["content"]), (&bad["seq"], &json!("")));
    let resume = |after: &Value| json!({"roomId": room.id, "after": after});
    let back = asks(&mut ann, "joinRoom", &resume(&good["seq"]));
    assert_eq!(back["takenBack"], json!([bad["seq"]]));
    let back = asks(&mut ann, "joinRoom", &resume(&json!(0)));
    assert!(!back.to_string().contains("Cola Street"), "{back}");

    hub.signal(Signal::KILL);
    let hub = Hub::start_in(hub.ended().1, &[]);
    assert!(history(&hub, &room, &anns).iter().all(|message| message["id"] != bad["id"]
        || (message["content"] == "" && message["takenBack"] == true)));
    let deed = listed(&hub, &["log"])[0].clone();
    assert_eq!(deed["deed"], "message delete");
    assert!(deed["what"].as_str().unwrap().ends_with(&format!("\"room\" #{seq}")), "{deed}");
}

#[test]
fn messages_of_an_ended_room_can_still_be_deleted() {
    let hub = Hub::start();
    let room = make_room(&hub, "n");
    let (mut ann, _) = enters(&hub, &room);
    let said = says(&mut ann, &room, "too late?", "k");
    assert!(host(&hub, &["room", "close", &room.id]).0);
    let (done, text) = host(&hub, &["message", "delete", &room.id, &said["seq"].to_string()]);
    assert!(done, "{text}");
    assert_eq!(hears(&mut ann, "messageTakenBack")["seq"], said["seq"], "who reads on is told");
    let lines = listed(&hub, &["message", "list", &room.id]);
    assert_eq!(lines.last().unwrap()["takenBack"], true);
    let (done, text) = host(&hub, &["message", "delete", &room.id, "1", "99"]);
    assert!(!done && text.contains("no message 1 "), "{text}");
}
