//! One client that waits for each answer.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};

use crate::crowd::NAMESPACE;
use crate::frames;

/// A connection to the namespace.
pub struct Visitor {
    stream: TcpStream,
    /// What came and was not read yet.
    bytes: Vec<u8>,
    asked: u64,
}

impl Visitor {
    /// Connects, as whoever this token names.
    pub fn connect(hub: SocketAddr, token: &str) -> Self {
        let mut stream = TcpStream::connect(hub).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let request = format!(
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {hub}\r\n\
             Authorization: Bearer {token}\r\n\
             Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut visitor = Self { stream, bytes: Vec::new(), asked: 0 };
        let head = |bytes: &[u8]| bytes.windows(4).position(|four| four == b"\r\n\r\n");
        while head(&visitor.bytes).is_none() {
            visitor.read();
        }
        let end = head(&visitor.bytes).unwrap();
        visitor.bytes.drain(..end + 4);
        visitor.send(&format!("40/{NAMESPACE},"));
        while !visitor.next().starts_with("40") {}
        visitor
    }

    /// Joins a room, as a chatter of before or as a new one; the chatter's id.
    pub fn join(&mut self, room: &str, chatter: Option<&str>) -> String {
        let joined = self.ask("joinRoom", &json!({ "roomId": room, "chatterId": chatter }));
        joined["data"]["id"].as_str().unwrap_or_else(|| panic!("not in: {joined}")).to_owned()
    }

    /// An event, and what its acknowledgement says.
    pub fn ask(&mut self, event: &str, payload: &Value) -> Value {
        self.asked += 1;
        let number = self.asked;
        self.send(&format!("42/{NAMESPACE},{number}{}", json!([event, payload])));
        let ack = format!("43/{NAMESPACE},{number}[");
        loop {
            let packet = self.next();
            if let Some(answer) = packet.strip_prefix(&ack) {
                let answer: Value = serde_json::from_str(answer.trim_end_matches(']')).unwrap();
                assert_eq!(answer["success"], true, "{event}: {answer}");
                return answer;
            }
        }
    }

    /// The next packet that is no ping; pings are answered.
    fn next(&mut self) -> String {
        loop {
            let Some(frame) = frames::first(&self.bytes) else {
                self.read();
                continue;
            };
            let packet = String::from_utf8(frame.payload.to_vec()).unwrap();
            let length = frame.length;
            self.bytes.drain(..length);
            match packet.as_str() {
                "2" => self.send("3"),
                _ => return packet,
            }
        }
    }

    fn read(&mut self) {
        let mut some = [0; 16 * 1024];
        let read = self.stream.read(&mut some).unwrap();
        assert_ne!(read, 0, "the hub hung up");
        self.bytes.extend_from_slice(&some[..read]);
    }

    fn send(&mut self, packet: &str) {
        self.stream.write_all(&frames::from_client(packet)).unwrap();
    }
}
