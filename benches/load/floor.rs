//! The floor: what a fan-out costs when nothing is done but writing.
//!
//! One thread, one epoll, one prepared frame. It says just as much Socket.IO as the crowd asks for:
//! whoever has joined gets the frame for each message that anybody says. It keeps nothing, checks
//! nothing, and a client that does not read ends it.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};

use rustix::event::epoll;

use crate::crowd::{CONTENT, NAMESPACE};
use crate::frames;

const UPGRADED: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

/// Serves until it is ended from outside.
pub fn run() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    rustix::net::listen(&listener, 1024).unwrap();
    println!("listening on http://{}", listener.local_addr().unwrap());
    let epoll = epoll::create(epoll::CreateFlags::CLOEXEC).unwrap();
    let waiting = epoll::EventData::new_u64(u64::MAX);
    epoll::add(&epoll, &listener, waiting, epoll::EventFlags::IN).unwrap();
    let mut floor = Floor { clients: Vec::new(), scratch: vec![0; 64 * 1024], frame: message() };
    let mut events = Vec::with_capacity(1024);
    loop {
        events.clear();
        let _woken = epoll::wait(&epoll, rustix::buffer::spare_capacity(&mut events), None);
        for event in &events {
            match event.data.u64() {
                u64::MAX => floor.accept(&listener, &epoll),
                number => floor.hear(number as usize),
            }
        }
    }
}

struct Floor {
    clients: Vec<Option<Client>>,
    scratch: Vec<u8>,
    frame: Vec<u8>,
}

struct Client {
    stream: TcpStream,
    upgraded: bool,
    joined: bool,
}

impl Floor {
    fn accept(&mut self, listener: &TcpListener, epoll: &impl std::os::fd::AsFd) {
        let (stream, _) = listener.accept().unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_nonblocking(true).unwrap();
        let data = epoll::EventData::new_u64(self.clients.len() as u64);
        epoll::add(epoll, &stream, data, epoll::EventFlags::IN).unwrap();
        self.clients.push(Some(Client { stream, upgraded: false, joined: false }));
    }

    fn hear(&mut self, number: usize) {
        let Some(client) = &mut self.clients[number] else { return };
        let read = match client.stream.read(&mut self.scratch) {
            Ok(0) => 0,
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return,
            Err(_) => 0,
        };
        if read == 0 {
            self.clients[number] = None;
            return;
        }
        if !client.upgraded {
            client.upgraded = true;
            client.send(UPGRADED.as_bytes());
            client.send(&frames::from_server(r#"0{"sid":"floor","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":65536}"#));
            return;
        }
        let bytes = self.scratch[..read].to_vec();
        let mut rest = bytes.as_slice();
        while let Some(frame) = frames::first(rest) {
            rest = &rest[frame.length..];
            let key = frame.mask.unwrap_or_default();
            let packet: Vec<u8> = frames::masked(frame.payload, key).collect();
            self.packet(number, &packet);
        }
    }

    fn packet(&mut self, number: usize, packet: &[u8]) {
        let Some(client) = &mut self.clients[number] else { return };
        match packet {
            [b'4', b'0', ..] => {
                client.send(&frames::from_server(&format!(r#"40/{NAMESPACE},{{"sid":"floor"}}"#)));
            }
            [b'4', b'2', ..] if !client.joined => {
                client.joined = true;
                client.send(&ack(0));
            }
            [b'4', b'2', ..] => {
                for client in self.clients.iter_mut().flatten().filter(|client| client.joined) {
                    client.send(&self.frame);
                }
                if let Some(client) = &mut self.clients[number] {
                    client.send(&ack(1));
                }
            }
            _ => {}
        }
    }
}

impl Client {
    fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).expect("the client reads");
    }
}

fn ack(number: u8) -> Vec<u8> {
    let text = format!(r#"43/{NAMESPACE},{number}[{{"success":true,"message":"","data":null}}]"#);
    frames::from_server(&text)
}

/// A message as the contract has it.
fn message() -> Vec<u8> {
    const SOMEBODY: &str = "0199b8a2-6c1e-7b3a-9d40-3f5e6a7b8c9d";
    const ROOM: &str = "0199b8a2-5a10-7c22-8e31-1a2b3c4d5e6f";
    const AT: &str = "2026-05-05T02:00:00.000Z";
    frames::from_server(&format!(
        r#"42/{NAMESPACE},["sendMessage",{{"id":1234,"type":"MESSAGE","content":"{CONTENT}","sentAt":"{AT}","roomId":"{ROOM}","chatterId":"{SOMEBODY}","chatter":{{"id":"{SOMEBODY}","nickname":"졸린 여우","createdAt":"{AT}","deletedAt":null,"isActive":true}}}}]"#
    ))
}
