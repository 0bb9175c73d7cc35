use std::io::{Read, Write};

use crate::kit::Hub;

#[test]
fn a_connection_above_the_limit_is_refused_until_another_one_ends() {
    let hub = Hub::with(&[("COLAHUB_LIMITS_CONNECTIONS", "16")]);
    let mut held: Vec<_> = (0..16).map(|_| hub.connect()).collect();
    // Each is known to be accepted once it was answered.
    for stream in &mut held {
        write!(stream, "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
        stream.read_exact(&mut [0; 32]).unwrap();
    }
    assert_eq!(hub.get("/healthz", &[]).status, 503);
    drop(held);
    let mut tries = 0;
    while hub.get("/healthz", &[]).status != 200 {
        tries += 1;
        assert!(tries < 1_000, "there is no place again");
    }
}

#[test]
fn a_client_that_sends_nothing_is_disconnected() {
    let hub = Hub::start();
    let mut silent = hub.connect();
    let mut half = hub.connect();
    write!(half, "GET / HTTP/1.1\r\nhost:").unwrap();
    // Blocks until the hub ends the connection, or the story's patience does.
    for stream in [&mut silent, &mut half] {
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).expect("the hub lets go before the story's patience ends");
    }
}

/// A request for a WebSocket with these lines beside the usual ones.
fn upgrade(hub: &Hub, lines: &str) -> String {
    format!(
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nhost: {}\r\nconnection: Upgrade\r\n\
         upgrade: websocket\r\n{lines}\r\n",
        hub.address
    )
}

/// A text in one frame, as a client sends it; the mask is all zero.
fn frame(text: &str) -> Vec<u8> {
    let length = u8::try_from(text.len()).unwrap();
    [&[0x81, 0x80 | length, 0, 0, 0, 0], text.as_bytes()].concat()
}

#[test]
fn events_sent_along_with_the_upgrade_are_heard() {
    let hub = Hub::start();
    let mut stream = hub.connect();
    let lines = "sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let both = [upgrade(&hub, lines).as_bytes(), &frame("40/lobby,")].concat();
    stream.write_all(&both).unwrap();
    let mut heard = Vec::new();
    let has = |heard: &[u8], part: &[u8]| heard.windows(part.len()).any(|these| these == part);
    while !has(&heard, b"40/lobby,{\"sid\"") {
        let mut chunk = [0; 1024];
        let count = stream.read(&mut chunk).expect("the hub heard it");
        assert!(count > 0, "the hub hung up");
        heard.extend(&chunk[..count]);
    }
    let head = String::from_utf8_lossy(&heard).to_lowercase();
    assert!(head.starts_with("http/1.1 101 "));
    assert!(String::from_utf8_lossy(&heard).contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    assert!(head.contains("\r\nset-cookie: "), "a browser that is new gets its identity");
}

#[test]
fn an_upgrade_that_lacks_its_key_is_refused() {
    let hub = Hub::start();
    let answer = hub.raw_on(hub.connect(), &upgrade(&hub, "sec-websocket-version: 13\r\n"));
    assert!((400..500).contains(&answer.status), "{}", answer.status);
}
