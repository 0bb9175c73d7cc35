//! A client that uses Engine.IO by polling, and upgrades to a WebSocket or begins to.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::kit::{Answer, Hub};

/// A session that began with polling.
pub struct Polling<'a> {
    hub: &'a Hub,
    pub sid: String,
}

impl<'a> Polling<'a> {
    /// A session in no namespace.
    pub fn open(hub: &'a Hub) -> Self {
        let opened = hub.get("/socket.io/?EIO=4&transport=polling", &[]);
        let sid = opened.text().split('"').nth(3).expect("a session").to_owned();
        Self { hub, sid }
    }

    /// A session in this namespace.
    pub fn connect(hub: &'a Hub, namespace: &str) -> Self {
        let session = Self::open(hub);
        assert_eq!(session.post(&format!("40/{namespace},")).text(), "ok");
        let mut heard = String::new();
        while !heard.contains("40/") {
            heard = session.poll().text().to_owned();
        }
        session
    }

    pub fn path(&self, transport: &str) -> String {
        format!("/socket.io/?EIO=4&transport={transport}&sid={}", self.sid)
    }

    pub fn post(&self, packets: &str) -> Answer {
        self.hub.post(&self.path("polling"), packets)
    }

    /// What waits; a ping is answered.
    pub fn poll(&self) -> Answer {
        let answer = self.hub.get(&self.path("polling"), &[]);
        if answer.text().split('\u{1e}').any(|packet| packet == "2") {
            self.post("3");
        }
        answer
    }

    /// A WebSocket for this session, upgraded and nothing more.
    pub fn websocket(&self) -> WebSocket {
        WebSocket::open(self.hub, &self.path("websocket"))
    }
}

/// A WebSocket of which each frame is written and read by hand.
pub struct WebSocket {
    pub stream: TcpStream,
    /// The answer to the upgrade.
    pub head: String,
}

impl WebSocket {
    /// A WebSocket at this path, upgraded and nothing more.
    pub fn open(hub: &Hub, path: &str) -> Self {
        let mut stream = hub.connect();
        let head = format!(
            "GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
            hub.address
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).expect("an answer");
            answer.push(byte[0]);
        }
        Self { stream, head: String::from_utf8(answer).unwrap() }
    }

    /// Sends a text in one frame.
    pub fn say(&mut self, text: &str) {
        self.frame(0x81, text.as_bytes());
    }

    /// Sends a frame that begins so; with a mask of zeros, which leaves the payload as it is.
    pub fn frame(&mut self, first: u8, payload: &[u8]) {
        // A hub that has hung up is seen when it is read.
        let _sent = self.stream.write_all(&frame(first, payload));
    }

    /// The next text, or nothing where the hub has ended the connection.
    pub fn hear(&mut self) -> Option<String> {
        let (head, payload) = self.hear_frame()?;
        (head[0] == 0x81).then(|| String::from_utf8(payload).unwrap())
    }

    /// The next frame of less than 64 KiB, as it is on the wire: its head and its payload.
    pub fn hear_frame(&mut self) -> Option<(Vec<u8>, Vec<u8>)> {
        let mut head = vec![0; 2];
        self.stream.read_exact(&mut head).ok()?;
        let mut length = usize::from(head[1]);
        if length == 126 {
            let mut long = [0; 2];
            self.stream.read_exact(&mut long).ok()?;
            length = usize::from(u16::from_be_bytes(long));
            head.extend(long);
        }
        let mut payload = vec![0; length];
        self.stream.read_exact(&mut payload).ok()?;
        Some((head, payload))
    }
}

/// A client's frame of less than 64 KiB.
pub fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match u8::try_from(payload.len()) {
        Ok(short @ 0..126) => frame.push(0x80 | short),
        _ => {
            frame.push(0x80 | 126);
            frame.extend(u16::try_from(payload.len()).unwrap().to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend(payload);
    frame
}
