//! One client of a crowd: what it answers, and what it counts.

use std::collections::VecDeque;
use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::time::Instant;

use crate::crowd::{NAMESPACE, Tally};
use crate::frames;
use crate::room::Room;

/// A connection, from its first request on.
pub struct Member {
    /// Where its bytes come from.
    pub stream: TcpStream,
    /// The number of the server that it is connected to.
    pub server: usize,
    /// The number of its room.
    pub room: usize,
    /// The beginning of a frame whose end has not come.
    pub rest: Vec<u8>,
    phase: Phase,
    /// How many messages of its room it has heard.
    heard: u64,
    /// Those that it said and that are not acknowledged: their numbers, and when they were due.
    said: VecDeque<(u64, Instant)>,
}

#[derive(Clone, Copy, PartialEq)]
enum Phase {
    /// Asked for a WebSocket.
    Upgrading,
    /// Waits for Engine.IO's first packet.
    Opening,
    /// Asked for the namespace.
    Entering,
    /// Asked for the room.
    Joining,
    /// In its room.
    In,
}

impl Member {
    /// Connects and asks for a WebSocket.
    pub fn dial(address: SocketAddr, server: usize, room: usize, heard: u64) -> Self {
        let mut stream = TcpStream::connect(address).expect("the server accepts");
        stream.set_nodelay(true).unwrap();
        // In one write: the floor takes it for a whole request.
        let request = format!(
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {address}\r\n\
             Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        stream.set_nonblocking(true).unwrap();
        Self {
            stream,
            server,
            room,
            rest: Vec::new(),
            phase: Phase::Upgrading,
            heard,
            said: VecDeque::new(),
        }
    }

    /// Takes all that is whole of what came; how many bytes that was.
    pub fn take(
        &mut self,
        bytes: &[u8],
        room: &mut Room,
        tally: &mut Tally,
        now: Instant,
    ) -> usize {
        let mut used = 0;
        if self.phase == Phase::Upgrading {
            let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { return 0 };
            let head = String::from_utf8_lossy(&bytes[..end]);
            assert!(head.starts_with("HTTP/1.1 101"), "no WebSocket: {head}");
            self.phase = Phase::Opening;
            used = end + 4;
        }
        while let Some(frame) = frames::first(&bytes[used..]) {
            used += frame.length;
            assert_eq!(frame.opcode, frames::TEXT, "the server sends something else than text");
            self.packet(&frame, room, tally, now);
        }
        used
    }

    fn packet(
        &mut self,
        frame: &frames::Frame<'_>,
        room: &mut Room,
        tally: &mut Tally,
        now: Instant,
    ) {
        const MESSAGE: &[u8] = b"42/anonymous,[\"sendMessage\"";
        const ANNOUNCEMENT: &[u8] = b"42/anonymous,[\"announcement\"";
        const ACK: &[u8] = b"43/anonymous,";
        const ENTERED: &[u8] = b"40/anonymous,";
        let packet = frame.payload;
        if packet.starts_with(MESSAGE) {
            tally.deliveries += 1;
            tally.delivery_bytes += frame.length as u64;
            room.reached(self.heard, self.server, tally, now);
            self.heard += 1;
        } else if packet.starts_with(ANNOUNCEMENT) {
            tally.announcements += 1;
        } else if packet == b"2" {
            self.send(&frames::from_client("3"));
        } else if packet.starts_with(ACK) {
            let text = String::from_utf8_lossy(packet);
            assert!(text.contains("\"success\":true"), "the server refused: {text}");
            if self.phase == Phase::Joining {
                self.phase = Phase::In;
                tally.joined += 1;
            } else if let Some((message, due)) = self.said.pop_front() {
                tally.acks.add(now - due);
                room.acknowledged(message, now);
            }
        } else if packet.starts_with(b"0") {
            self.phase = Phase::Entering;
            self.send(&frames::from_client(&format!("40/{NAMESPACE},")));
        } else if packet.starts_with(ENTERED) {
            self.phase = Phase::Joining;
            self.send(&room.join);
        } else if packet.starts_with(b"44") {
            panic!("the namespace was refused: {}", String::from_utf8_lossy(packet));
        }
    }

    /// Says the message with this number, which is due at this moment, in its room.
    pub fn say(&mut self, room: &Room, message: u64, due: Instant) {
        self.said.push_back((message, due));
        self.send(&room.say);
    }

    /// Sends a frame; all of it fits, since it is small and the server reads.
    pub fn send(&mut self, frame: &[u8]) {
        self.stream.write_all(frame).expect("the server reads");
    }
}
