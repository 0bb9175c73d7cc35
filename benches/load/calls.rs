//! The hub's HTTP calls that a measurement needs, one after the other on one connection.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};

use serde_json::{Value, json};

use crate::crowd::NAMESPACE;

/// A connection that calls go over.
pub struct Calls {
    hub: SocketAddr,
    line: BufReader<TcpStream>,
    /// Header lines that go with each call.
    headers: String,
}

impl Calls {
    /// Connects, as whoever this token names.
    pub fn connect(hub: SocketAddr, token: Option<&str>) -> Self {
        let stream = TcpStream::connect(hub).unwrap();
        stream.set_nodelay(true).unwrap();
        let headers = token.map(|token| format!("authorization: Bearer {token}\r\n"));
        Self { hub, line: BufReader::new(stream), headers: headers.unwrap_or_default() }
    }

    /// Makes an open room without a limit; its id.
    pub fn make_room(&mut self, number: usize) -> String {
        let title = format!("room {number}");
        let body =
            json!({ "namespace": NAMESPACE, "title": title, "capacity": 0, "isPassword": false });
        let room = self.call("POST /chat/rooms", &body.to_string());
        room["data"]["id"].as_str().unwrap_or_else(|| panic!("no room: {room}")).to_owned()
    }

    /// A fresh identity's token.
    pub fn token(&mut self) -> String {
        self.call("POST /api/identity", "")["data"]["token"].as_str().unwrap().to_owned()
    }

    /// A call that answers JSON.
    pub fn call(&mut self, what: &str, body: &str) -> Value {
        let answer = self.ask(what, body);
        let text = String::from_utf8_lossy(&answer);
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("{what}: {text}"))
    }

    /// A call, and the body of its answer.
    pub fn ask(&mut self, what: &str, body: &str) -> Vec<u8> {
        let Self { hub, headers, .. } = self;
        let length = body.len();
        let request = format!(
            "{what} HTTP/1.1\r\nhost: {hub}\r\n{headers}\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        self.line.get_mut().write_all(request.as_bytes()).unwrap();
        let (mut line, mut length) = (String::new(), 0);
        while line != "\r\n" {
            line.clear();
            assert_ne!(self.line.read_line(&mut line).unwrap(), 0, "{what}: no answer");
            if let Some(number) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = number.trim().parse().unwrap();
            }
        }
        let mut answer = vec![0; length];
        self.line.read_exact(&mut answer).unwrap();
        answer
    }
}
