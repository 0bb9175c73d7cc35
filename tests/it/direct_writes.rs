//! Packets that the hub writes directly are, byte for byte, those that socketioxide would have written.
//!
//! Direct writes depend on how socketioxide frames its packets and on what it calls an event. If an update changes
//! that, they stop, or packets are garbled: this tells.

use serde_json::json;

use crate::kit::Hub;
use crate::polling::{Polling, WebSocket};

const NAMESPACE: &str = "anonymous";

/// A client in the first room that was a WebSocket from its first byte on: it gets direct writes.
fn direct(hub: &Hub, room: &str) -> WebSocket {
    let mut socket = WebSocket::open(hub, "/socket.io/?EIO=4&transport=websocket");
    socket.say(&format!("40/{NAMESPACE},"));
    // Events that come before the connection are dropped.
    until(&mut socket, "40/");
    enter(&mut socket, room);
    socket
}

/// A client in the first room that began with polling: socketioxide writes all that it gets.
fn through_socketioxide(hub: &Hub, room: &str) -> WebSocket {
    let session = Polling::connect(hub, NAMESPACE);
    let mut socket = session.websocket();
    socket.say("2probe");
    assert_eq!(socket.hear().as_deref(), Some("3probe"));
    socket.say("5");
    enter(&mut socket, room);
    socket
}

fn enter(socket: &mut WebSocket, room: &str) {
    socket.say(&format!("42/{NAMESPACE},1{}", json!(["joinRoom", {"roomId": room}])));
    until(socket, "[{\"success\":true");
}

/// The next frame whose packet contains this. Pings are answered.
fn until(socket: &mut WebSocket, wanted: &str) -> (Vec<u8>, String) {
    loop {
        let (head, payload) = socket.hear_frame().expect("the hub goes on");
        let packet = String::from_utf8(payload).unwrap();
        match packet.as_str() {
            "2" => socket.say("3"),
            packet if packet.contains(wanted) => return (head, packet.to_owned()),
            _ => {}
        }
    }
}

/// How many packets were written in this way so far.
fn written(hub: &Hub, way: &str) -> u64 {
    let page = hub.get("/metrics", &[]);
    let series = format!("colahub_packets_total{{way=\"{way}\"}} ");
    let count = page.text().lines().find_map(|line| line.strip_prefix(&series)?.parse().ok());
    count.expect("the ways are counted")
}

#[test]
fn a_packet_is_the_same_bytes_on_both_ways() {
    let hub = Hub::start();
    let rooms: serde_json::Value =
        serde_json::from_str(hub.get("/chat/rooms", &[]).text()).unwrap();
    let room = rooms["data"][0]["id"].as_str().unwrap().to_owned();
    let mut one = direct(&hub, &room);
    let mut other = through_socketioxide(&hub, &room);
    // A head of two bytes and one of four; and a text that JSON and UTF-8 have to carry.
    for text in ["short".to_owned(), "길게 \"말하기\" \\ ".repeat(40)] {
        let before = (written(&hub, "direct"), written(&hub, "socketioxide"));
        let said = json!(["sendMessage", {"roomId": room, "content": text.trim()}]);
        other.say(&format!("42/{NAMESPACE},7{said}"));
        let event = "[\"sendMessage\",";
        assert_eq!(until(&mut one, event), until(&mut other, event));
        let (_, acknowledged) = until(&mut other, "7[");
        assert!(acknowledged.starts_with(&format!("43/{NAMESPACE},7[")), "{acknowledged}");
        assert!(written(&hub, "direct") > before.0, "nothing was written directly");
        assert!(written(&hub, "socketioxide") > before.1);
    }
    // An acknowledgement, too: the one of each is of the same shape.
    let acknowledged = |socket: &mut WebSocket| {
        socket.say(&format!("42/{NAMESPACE},9{}", json!(["sendMessage", {"roomId": "x"}])));
        until(socket, "9[")
    };
    assert_eq!(acknowledged(&mut one), acknowledged(&mut other));
}
