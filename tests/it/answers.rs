//! The memory of large answers is bounded: clients that request them and read nothing use a part of it only.

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};

use serde_json::{Value, json};
use socket2::{Domain, Type};

use crate::kit::{Hub, PATIENCE};
use crate::sender::{Room, join, make_room, read_all, token};
use crate::socket::{Heard, Socket};

/// A message of the widest kind that people send: 25 kB.
fn wide(number: usize) -> String {
    format!("{number} {}", "👨‍👩‍👧‍👦".repeat(990))
}

/// A room with this many of the largest messages, and the token of their author.
fn told(hub: &Hub, count: usize) -> (Room, String, String) {
    let room = make_room(hub, "n");
    let anns = token(hub);
    let mut ann = Socket::connect(hub.address, "n", &anns).unwrap();
    let id = join(&mut ann, &room, None).unwrap()["id"].as_str().unwrap().to_owned();
    for number in 0..count {
        let say = json!({"roomId": room.id, "content": wide(number)});
        let asked = ann.ask("sendMessage", &say).unwrap();
        loop {
            if let Heard::Ack(told, envelope) = ann.hear().unwrap() {
                assert_eq!((told, &envelope["success"]), (asked, &json!(true)), "{envelope}");
                break;
            }
        }
    }
    (room, anns, id)
}

/// A phone at this address that takes next to nothing of what it is sent.
fn unread(hub: &Hub, phone: u8) -> TcpStream {
    let socket = socket2::Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    socket.bind(&SocketAddr::from((Ipv4Addr::new(127, 0, 7, phone), 0)).into()).unwrap();
    socket.connect(&hub.address.into()).unwrap();
    let stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Asks without reading the answer.
fn asks(hub: &Hub, phone: u8, path: &str, token: &str) -> TcpStream {
    let mut stream = unread(hub, phone);
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {token}\r\n\r\n",
        hub.address
    )
    .unwrap();
    stream
}

/// The most memory that the hub has used since the mark was reset, in KiB.
fn peak(hub: &Hub) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", hub.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
fn two_hundred_answers_that_nobody_reads_take_a_share_of_memory_and_others_get_theirs() {
    let hub = Hub::with(&[("COLAHUB_LIMITS_MEMORY", "100MB"), ("COLAHUB_LANGUAGE", "en")]);
    let (room, anns, id) = told(&hub, 20);
    let path = format!("/chat/messages/{}/1/{id}", room.id);
    let by = format!("Bearer {anns}");
    let page = hub.get(&path, &[("authorization", &by)]);
    let all: Value = serde_json::from_str(page.text()).unwrap();
    assert_eq!(all["data"].as_array().unwrap().len(), 20, "a page is whole, however large");
    assert!(page.body.len() > 450_000);
    fs::write(format!("/proc/{}/clear_refs", hub.pid()), "5").unwrap();
    let before = peak(&hub);
    let mut flood: Vec<TcpStream> = (0..200).map(|_| asks(&hub, 1, &path, &anns)).collect();
    // More than may wait were asked for, so the last is refused at once.
    let mut told = [0; 4096];
    let count = flood.last_mut().unwrap().read(&mut told).unwrap();
    let told = String::from_utf8_lossy(&told[..count]).to_lowercase();
    assert!(told.starts_with("http/1.1 429") && told.contains("retry-after: 2"), "{told}");
    let theirs = hub.get(&path, &[("authorization", &by)]);
    assert_eq!(theirs.body.len(), page.body.len(), "another address gets all of it");
    let grown = peak(&hub) - before;
    assert!(grown < 16 * 1024, "{grown} KiB more");
    drop(flood);
    assert_eq!(hub.get("/api/hub", &[]).status, 200);
}

#[test]
fn a_long_history_comes_in_ranges_of_some_size_and_whole() {
    let hub = Hub::start();
    let (room, anns, _) = told(&hub, 30);
    let path = format!("/api/rooms/{}/messages?after=0&limit=100", room.id);
    let first = hub.get(&path, &[("authorization", &format!("Bearer {anns}"))]);
    let range: Value = serde_json::from_str(first.text()).unwrap();
    let count = range["data"]["messages"].as_array().unwrap().len();
    assert!((2..30).contains(&count) && first.body.len() < 300_000, "{count}");
    assert_eq!(range["data"]["more"], true);
    let all = read_all(&hub, &room, &anns, 0);
    let said: Vec<&str> = all.iter().filter_map(|m| m["content"].as_str()).collect();
    let wide: Vec<String> = (0..30).map(wide).collect();
    assert_eq!(said[said.len() - 30..], wide);
    // A client that comes back gets the messages it missed within the same limit.
    let mut ann = Socket::connect(hub.address, "n", &anns).unwrap();
    let entry = join(&mut ann, &room, Some(0)).unwrap();
    let missed = entry["missed"].as_array().unwrap();
    assert_eq!((missed.len(), &entry["more"]), (count, &json!(true)));
    assert_eq!(missed[0]["seq"], 1);
}
