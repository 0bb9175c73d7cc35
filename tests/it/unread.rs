//! Clients that make the hub answer and do not read: their further requests stay in their own buffers.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use socket2::{Domain, Type};

use crate::kit::{Hub, PATIENCE, wait_for};
use crate::polling::frame;
use crate::socket::{Heard, Socket};

/// The most by which the hub may grow for one client: what is noise, and its share.
const GROWTH: u64 = 12 << 20;

/// The least that the kernel buffers for a connection.
const SMALL: usize = 4_096;

/// A connection of this phone's, for which the system keeps so much.
fn narrow(hub: &Hub, phone: u8, window: usize) -> TcpStream {
    let socket = socket2::Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(window).unwrap();
    socket.bind(&SocketAddr::from((Ipv4Addr::new(127, 0, 7, phone), 0)).into()).unwrap();
    socket.connect(&hub.address.into()).unwrap();
    let stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// A WebSocket in the namespace of the first room, as the browser that the token names.
fn websocket(hub: &Hub, phone: u8, window: usize, token: &str) -> TcpStream {
    let mut stream = narrow(hub, phone, window);
    let head = format!(
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nhost: {}\r\nconnection: upgrade\r\n\
         upgrade: websocket\r\nsec-websocket-version: 13\r\n\
         sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
        hub.address
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream
        .write_all(&frame(0x81, format!("40/anonymous,{}", json!({ "token": token })).as_bytes()))
        .unwrap();
    let mut read = Vec::new();
    while !read.windows(6).any(|part| part == b"40/ano") {
        let mut some = [0; 256];
        let count = stream.read(&mut some).unwrap();
        assert_ne!(count, 0, "the hub has ended it");
        read.extend_from_slice(&some[..count]);
    }
    // The first ping comes at once, the next long after the story.
    stream.write_all(&frame(0x81, b"3")).unwrap();
    stream
}

fn resident(hub: &Hub) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", hub.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() << 10
}

/// Ends a connection, so that nobody writes to it any more where a story fails.
struct Cut(TcpStream);

impl Drop for Cut {
    fn drop(&mut self) {
        // It may have ended before.
        let _ended = self.0.shutdown(Shutdown::Both);
    }
}

/// Sends this without end until the hub ends the connection; the most memory that the hub took meanwhile.
fn pour(hub: &Hub, mut stream: TcpStream, packets: &[u8]) -> u64 {
    let many = packets.repeat(256 * 1024 / packets.len() + 1);
    let poured = AtomicUsize::new(0);
    let cut = Cut(stream.try_clone().unwrap());
    std::thread::scope(|threads| {
        let _cut = cut;
        let pouring = threads.spawn(|| {
            while let Ok(count) = stream.write(&many[poured.load(Ordering::Relaxed) % many.len()..])
            {
                poured.fetch_add(count, Ordering::Relaxed);
            }
        });
        let mut peak = 0;
        wait_for("the hub ends it", || {
            peak = peak.max(resident(hub));
            if pouring.is_finished() { Ok(()) } else { Err(poured.load(Ordering::Relaxed)) }
        });
        peak
    })
}

fn grows_little(what: &str, hub: &Hub, stream: TcpStream, packets: &[u8]) {
    let before = resident(hub);
    let peak = pour(hub, stream, packets);
    let grown = peak.saturating_sub(before);
    assert!(grown <= GROWTH, "{what}: the hub grew by {} KiB", grown >> 10);
    assert_eq!(hub.get("/healthz", &[]).status, 200, "{what}");
}

#[test]
fn pongs_do_not_pile_up() {
    let hub = Hub::start();
    let stream = websocket(&hub, 1, SMALL, "");
    grows_little("pings", &hub, stream, &frame(0x89, &[b'x'; 100]));
}

#[test]
fn answers_to_events_do_not_pile_up() {
    // Without a pace, which would end them soon.
    let hub = Hub::with(&[("COLAHUB_LIMITS_EVENTS", "1000/s burst 1000000")]);
    let rooms: Value = serde_json::from_str(hub.get("/chat/rooms", &[]).text()).unwrap();
    let join = json!(["joinRoom", {"roomId": rooms["data"][0]["id"], "after": 0}]);
    let events = [
        "42/anonymous,1[\"sendMessage\",{}]".to_owned(),
        "42/anonymous,1[\"nonsense\"]".to_owned(),
        format!("42/anonymous,1{join}"),
        format!("40/{},", "x".repeat(90)),
        "40/anonymous,".to_owned(),
    ];
    for (phone, event) in (1..).zip(events) {
        let stream = websocket(&hub, phone, SMALL, "");
        grows_little(&event, &hub, stream, &frame(0x81, event.as_bytes()));
    }
}

#[test]
fn answers_over_http_do_not_pile_up() {
    let hub = Hub::start();
    for (phone, path) in (1..).zip(["/", "/api/hub", "/chat/rooms", "/socket.io/?EIO=4"]) {
        let request = format!("GET {path} HTTP/1.1\r\nhost: {}\r\n\r\n", hub.address);
        grows_little(path, &hub, narrow(&hub, phone, SMALL), request.as_bytes());
    }
}

/// One character as people count them, of 25 bytes.
const FAMILY: &str = "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}\u{200D}\u{1F466}";

#[test]
fn a_client_on_a_slow_link_gets_all_that_it_missed() {
    let hub = Hub::with(&[("COLAHUB_LIMITS_PROFILE", "off")]);
    let rooms: Value = serde_json::from_str(hub.get("/chat/rooms", &[]).text()).unwrap();
    let room = &rooms["data"][0]["id"];
    let token: Value = serde_json::from_str(hub.post("/api/identity", "{}").text()).unwrap();
    let token = token["data"]["token"].as_str().unwrap();
    let mut speaker = Socket::connect(hub.address, "anonymous", "").unwrap();
    let ask = |speaker: &mut Socket, event: &str, payload: &Value| {
        let number = speaker.ask(event, payload).unwrap();
        while !matches!(speaker.hear().unwrap(), Heard::Ack(of, _) if of == number) {}
    };
    ask(&mut speaker, "joinRoom", &json!({ "roomId": room }));
    let join = |after: Value| {
        let mut reader = websocket(&hub, 1, 256 * 1024, token);
        let join = json!(["joinRoom", {"roomId": room, "after": after}]);
        reader.write_all(&frame(0x81, format!("42/anonymous,1{join}").as_bytes())).unwrap();
        reader
    };
    read_until(&mut join(Value::Null), b"43/anonymous,1", Duration::ZERO);
    for _ in 0..100 {
        ask(&mut speaker, "sendMessage", &json!({"roomId": room, "content": FAMILY.repeat(1_000)}));
    }
    let mut reader = join(json!(1));
    // While the answer is on its way, more is said: it waits behind.
    let is_in = |heard: &Heard| matches!(heard, Heard::Event(of, told) if of == "presence" && told["present"] == 2);
    while !is_in(&speaker.hear().unwrap()) {}
    ask(&mut speaker, "sendMessage", &json!({"roomId": room, "content": "the last word"}));
    let begun = Instant::now();
    read_until(&mut reader, b"the last word", Duration::from_millis(400));
    assert!(begun.elapsed() > Duration::from_secs(11), "the link was too fast to show anything");
}

/// Reads until this has come, and pauses after each piece.
fn read_until(stream: &mut TcpStream, expected: &[u8], pause: Duration) {
    let mut read = Vec::new();
    while !read.windows(expected.len()).any(|part| part == expected) {
        let mut some = [0; 8 * 1024];
        let count = stream.read(&mut some).expect("it is waited for");
        assert_ne!(count, 0, "cut off after {} bytes", read.len());
        read.extend_from_slice(&some[..count]);
        std::thread::sleep(pause);
    }
}
