use std::io::{Read, Write};

use crate::kit::Hub;

#[test]
fn a_connection_beyond_the_most_is_told_and_there_is_place_again_when_one_goes() {
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
fn a_client_that_sends_nothing_is_let_go() {
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
