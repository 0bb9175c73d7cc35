use std::io::{Read, Write};
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
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\n\
         upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: {key}\r\n\r\n"
    )
    .unwrap();
    stream.read_exact(&mut [0; 64]).unwrap();
    hub.signal(Signal::TERM);
    let begun = Instant::now();
    assert_eq!(hub.ended().0, Some(0));
    assert!(begun.elapsed() < WITHIN, "it took {:?}", begun.elapsed());
}
