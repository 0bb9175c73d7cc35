//! The hub's HTTP calls that a measurement needs.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use serde_json::{Value, json};

use crate::crowd::NAMESPACE;

/// Makes an open room without a limit; its id.
pub fn make_room(hub: SocketAddr, number: usize) -> String {
    let body = json!({
        "namespace": NAMESPACE, "title": format!("room {number}"), "capacity": 0, "isPassword": false,
    });
    let room = call(hub, "POST /chat/rooms", &body.to_string());
    room["data"]["id"].as_str().unwrap_or_else(|| panic!("no room: {room}")).to_owned()
}

/// A call, and what it answered.
pub fn call(hub: SocketAddr, what: &str, body: &str) -> Value {
    let mut stream = TcpStream::connect(hub).unwrap();
    let length = body.len();
    write!(
        stream,
        "{what} HTTP/1.1\r\nhost: {hub}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (_, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{what}: {answer}"));
    serde_json::from_str(body).unwrap_or_else(|_| panic!("{what}: {answer}"))
}
