//! A hub that is short of memory refuses newcomers with a sentence; people in a room are not affected.

use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};
use tungstenite::{Message, WebSocket};

use crate::kit::{Hub, PATIENCE, told, wait_for};
use crate::sender::{Room, join, make_room, token};
use crate::socket::{Heard, Socket};

const HANDSHAKE: &str = "/socket.io/?EIO=4&transport=polling";

fn memory(hub: &Hub) -> String {
    let answer: Value = serde_json::from_str(hub.get("/api/hub", &[]).text()).unwrap();
    answer["data"]["memory"].as_str().unwrap().to_owned()
}

fn waits_until_it_is(hub: &Hub, state: &str) {
    wait_for(&format!("memory gets {state}"), || {
        let is = memory(hub);
        if is == state { Ok(()) } else { Err(is) }
    });
}

#[test]
fn a_full_hub_gives_newcomers_no_session_and_says_so() {
    let hub = Hub::with(&[("COLAHUB_LIMITS_MEMORY", "8MB"), ("COLAHUB_LANGUAGE", "en")]);
    waits_until_it_is(&hub, "full");
    let answer = hub.get(HANDSHAKE, &[]);
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("10")));
    let body: Value = serde_json::from_str(answer.text()).unwrap();
    assert_eq!(
        body,
        json!({"success": false, "message": "This hub is full. Try again in 10 seconds.",
            "data": null, "code": "hub_full", "retryAfter": 10})
    );
    assert_eq!(hub.get("/", &[]).status, 200, "the page can say it in its own words");
    let page = hub.get("/metrics", &[]);
    assert!(page.text().contains("colahub_memory{state=\"full\"} 1"), "{}", page.text());
    assert!(page.text().contains("colahub_refusals_total{reason=\"hub_full\"} 1"));
    let (_, text) = told(&["status", "--data-dir", hub.folder.path().to_str().unwrap()]);
    assert!(text.contains("of 8.0 MB; full: newcomers are turned away"), "{text}");
}

#[test]
fn without_a_ceiling_it_is_never_full() {
    let hub = Hub::with(&[("COLAHUB_LIMITS_MEMORY", "off")]);
    assert_eq!(memory(&hub), "easy");
    assert_eq!(hub.get(HANDSHAKE, &[]).status, 200);
}

/// How often the hub looks, and a little more.
const LOOK: Duration = Duration::from_millis(600);

/// The hub's answer to a connect: the packet that says yes or no.
fn connects(hub: &Hub, room: &Room, token: &str) -> String {
    let stream = TcpStream::connect(hub.address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let url = format!("ws://{}/socket.io/?EIO=4&transport=websocket", hub.address);
    let (mut line, _): (WebSocket<TcpStream>, _) = tungstenite::client(url, stream).unwrap();
    let packet = format!("40/{},{}", room.namespace, json!({ "token": token }));
    line.send(Message::text(packet)).unwrap();
    loop {
        match line.read().unwrap() {
            Message::Text(text) if text.starts_with("4") => return text.as_str().to_owned(),
            _ => {}
        }
    }
}

#[test]
fn a_tight_hub_refuses_newcomers_and_serves_regulars() {
    let small = Hub::with(&[("COLAHUB_LIMITS_MEMORY", "off")]);
    let idle = resident(&small);
    drop(small);
    // It starts well below three quarters, and is above them once there are many sessions.
    let most = format!("{}MB", (idle + (6 << 20)) * 4 / 3 / 1_000_000);
    let hub = Hub::with(&[
        ("COLAHUB_LIMITS_MEMORY", &most),
        ("COLAHUB_LIMITS_PROFILE", "off"),
        ("COLAHUB_LANGUAGE", "en"),
    ]);
    waits_until_it_is(&hub, "easy");
    let (room, ours) = (make_room(&hub, "n"), token(&hub));
    let mut socket = Socket::connect(hub.address, &room.namespace, &ours).unwrap();
    join(&mut socket, &room, None).unwrap();

    let mut crowd = Vec::new();
    while memory(&hub) == "easy" {
        assert!(crowd.len() < 3_000, "memory never gets short");
        // Not so many between two of the hub's looks at itself that it is full at once.
        for _ in 0..50 {
            crowd.push(Socket::connect(hub.address, "elsewhere", &ours).unwrap());
        }
        std::thread::sleep(LOOK);
    }
    let refused = connects(&hub, &room, &token(&hub));
    assert!(refused.starts_with("44/"), "{refused}");
    assert!(refused.contains("This hub is full. Try again in 10 seconds."), "{refused}");
    let welcome = connects(&hub, &room, &ours);
    assert!(welcome.starts_with("40/"), "{welcome}");
    let said = socket.ask("sendMessage", &json!({"roomId": room.id, "content": "hi"})).unwrap();
    while !matches!(socket.hear().unwrap(), Heard::Ack(number, ref envelope)
        if number == said && envelope["success"] == true)
    {}

    drop(crowd);
    // The allocator may keep what it has, but somebody new gets in all the same.
    wait_for("somebody new gets in again", || {
        if connects(&hub, &room, &token(&hub)).starts_with("40/") {
            return Ok(());
        }
        // Each who asks takes memory, too.
        std::thread::sleep(Duration::from_millis(200));
        Err((memory(&hub), resident(&hub) >> 20))
    });
}

fn resident(hub: &Hub) -> u64 {
    let page = hub.get("/metrics", &[]);
    let line = page.text().lines().find_map(|line| line.strip_prefix("colahub_memory_bytes "));
    line.unwrap().parse().unwrap()
}
