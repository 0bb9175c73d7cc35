use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::kit::{Hub, Signal};

/// What a host waits for patiently, and what the contract of a shutdown is.
const WITHIN: Duration = Duration::from_secs(5);

#[test]
fn either_signal_ends_a_hub_well() {
    for signal in [Signal::TERM, Signal::INT] {
        let hub = Hub::start();
        hub.signal(signal);
        assert_eq!(hub.ended().0, Some(0), "{signal:?}");
    }
}

#[test]
fn a_client_that_does_not_read_does_not_delay_the_shutdown() {
    let hub = Hub::start();
    let mut stream = hub.connect();
    let key = "dGhlIHNhbXBsZSBub25jZQ==";
    write!(
        stream,
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\n\
         upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: {key}\r\n\r\n"
    )
    .unwrap();
    stream.read_exact(&mut [0; 64]).unwrap();
    hub.signal(Signal::TERM);
    let begun = Instant::now();
    assert_eq!(hub.ended().0, Some(0));
    assert!(begun.elapsed() < WITHIN, "it took {:?}", begun.elapsed());
}

/// Asks on a connection that stays open, and returns it.
fn idle(hub: &Hub) -> TcpStream {
    let mut stream = hub.connect();
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    stream.read_exact(&mut [0; 64]).unwrap();
    stream
}

/// Whether a request is answered whose first part is sent before the hub is told to stop, and its rest afterwards.
fn is_answered(first: &str, rest: &str) -> bool {
    let hub = Hub::start();
    let mut asking = hub.connect();
    asking.write_all(first.as_bytes()).unwrap();
    // Connections are accepted in their order, so that `asking` is by then.
    let mut idle = idle(&hub);
    hub.signal(Signal::TERM);
    // It ends as soon as the hub begins to stop.
    idle.read_to_end(&mut Vec::new()).unwrap();
    let sent = asking.write_all(rest.as_bytes());
    let mut answer = String::new();
    let read = asking.read_to_string(&mut answer);
    assert_eq!(hub.ended().0, Some(0));
    sent.is_ok() && read.is_ok() && answer.starts_with("HTTP/1.1 200")
}

#[test]
fn what_is_asked_when_the_hub_stops_is_answered() {
    let rest = "host: localhost\r\n\r\n";
    for (first, rest) in [
        ("", format!("GET /healthz HTTP/1.1\r\n{rest}")),
        ("GET /healthz HTTP/1.1\r\n", rest.to_owned()),
        ("GET /api/hub HTTP/1.1\r\nho", rest["ho".len()..].to_owned()),
    ] {
        // The hub waits for a second only, and a busy machine may be late.
        assert!((0..20).any(|_| is_answered(first, &rest)), "after {first:?}");
    }
}

#[test]
fn an_idle_connection_and_a_poll_do_not_delay_the_shutdown() {
    let hub = Hub::start();
    let _idle = idle(&hub);
    let path = "/socket.io/?EIO=4&transport=polling";
    let handshake = hub.get(path, &[]);
    let handshake = handshake.text();
    let sid = handshake.split("\"sid\":\"").nth(1).unwrap().split('"').next().unwrap();
    let mut poll = hub.connect();
    write!(poll, "GET {path}&sid={sid} HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    assert_eq!(hub.get("/healthz", &[]).status, 200);
    hub.signal(Signal::TERM);
    let begun = Instant::now();
    assert_eq!(hub.ended().0, Some(0));
    assert!(begun.elapsed() < WITHIN, "it took {:?}", begun.elapsed());
}
