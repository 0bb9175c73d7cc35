//! Many clients on one thread: they connect, join a room, say things, and count what they hear.
//!
//! Frames are read only as far as counting asks for, so that the server and not the clients is what
//! is measured.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::event::{Timespec, epoll};

use crate::frames;
use crate::waits::Waits;

/// The namespace everyone is in; Cola Chat's front end uses this one.
pub const NAMESPACE: &str = "anonymous";

/// What everyone says: 66 bytes, as people write.
pub const CONTENT: &str = "점심 줄 지금 짧아요! 식당 뒤쪽 문으로 오세요";

/// How many clients are on their way in at once.
const ON_THEIR_WAY: usize = 64;

/// How long nothing may come before a measurement is given up.
const PATIENCE: Duration = Duration::from_secs(20);

/// All that one read may bring.
const SCRATCH: usize = 256 * 1024;

/// Everyone who is connected to one server.
pub struct Crowd {
    address: SocketAddr,
    epoll: OwnedFd,
    members: Vec<Member>,
    rooms: Vec<Room>,
    events: Vec<epoll::Event>,
    scratch: Vec<u8>,
    /// What was counted so far.
    pub tally: Tally,
}

/// What a crowd counts.
#[derive(Default)]
pub struct Tally {
    /// Clients that are in their rooms.
    pub joined: usize,
    /// Bytes that came, of all kinds.
    pub bytes: u64,
    /// Messages that reached somebody, each as often as somebody.
    pub deliveries: u64,
    /// Bytes of those, with their frames' heads.
    pub delivery_bytes: u64,
    /// Messages that reached everybody in their room.
    pub rounds: u64,
    /// How long each delivery took since its message was due.
    pub waits: Waits,
}

struct Member {
    stream: TcpStream,
    phase: Phase,
    room: usize,
    /// How many messages of its room it has heard.
    heard: u64,
    /// The beginning of a frame whose end has not come.
    rest: Vec<u8>,
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

struct Room {
    join: Vec<u8>,
    say: Vec<u8>,
    members: Vec<usize>,
    /// Whose turn it is to speak.
    turn: usize,
    /// How many messages reached everybody.
    done: u64,
    /// Those which did not yet: how many have it, and when it was due.
    open: VecDeque<(usize, Instant)>,
}

impl Crowd {
    /// A crowd of nobody yet, for these rooms of a server.
    pub fn new(address: SocketAddr, rooms: &[String]) -> Self {
        Self {
            address,
            epoll: epoll::create(epoll::CreateFlags::CLOEXEC).unwrap(),
            members: Vec::new(),
            rooms: rooms.iter().map(|room| Room::new(room)).collect(),
            events: Vec::with_capacity(1024),
            scratch: vec![0; SCRATCH],
            tally: Tally::default(),
        }
    }

    /// Begins to count again; who is in stays in.
    pub fn count_anew(&mut self) {
        self.tally = Tally { joined: self.tally.joined, ..Tally::default() };
    }

    /// Brings in as many, evenly spread over the rooms, and waits until all are in.
    pub fn join(&mut self, many: usize) {
        let all = self.members.len() + many;
        while self.tally.joined < all {
            while self.members.len() < all && self.members.len() - self.tally.joined < ON_THEIR_WAY
            {
                self.dial();
            }
            self.listen();
        }
    }

    /// Brings in as many, one after the other over a time, and waits until all are in.
    pub fn arrive(&mut self, many: usize, over: Duration) {
        let (begun, before) = (Instant::now(), self.members.len());
        while self.tally.joined < before + many {
            let due = many as f64 * begun.elapsed().as_secs_f64() / over.as_secs_f64();
            while self.members.len() - before < many.min(due as usize + 1) {
                self.dial();
            }
            self.turn(Duration::from_millis(5));
        }
    }

    /// Hears what comes until nothing came for so long, at most for a time.
    pub fn settle(&mut self, quiet: Duration, most: Duration) {
        let begun = Instant::now();
        let mut heard = (self.tally.bytes, begun);
        while heard.1.elapsed() < quiet && begun.elapsed() < most {
            self.turn(Duration::from_millis(50));
            // Pings are no news.
            if self.tally.bytes > heard.0 + self.members.len() as u64 {
                heard = (self.tally.bytes, Instant::now());
            }
        }
    }

    /// Messages that have not reached everybody.
    pub fn under_way(&self) -> usize {
        self.rooms.iter().map(|room| room.open.len()).sum()
    }

    /// Keeps so many messages under way, over all rooms in turn, for a time.
    pub fn talk(&mut self, in_flight: usize, time: Duration) {
        let begun = Instant::now();
        let mut room = 0;
        while begun.elapsed() < time {
            for _ in self.under_way()..in_flight {
                self.say(room, Instant::now());
                room = (room + 1) % self.rooms.len();
            }
            self.listen();
        }
    }

    /// Says something so often a second whatever the server does, for a time. Each delivery's wait
    /// counts from when its message was due.
    pub fn keep_saying(&mut self, a_second: f64, time: Duration) {
        let mut due = Instant::now();
        let end = due + time;
        while due < end {
            match due.checked_duration_since(Instant::now()) {
                Some(early) if !early.is_zero() => _ = self.turn(early),
                _ => {
                    self.say(0, due);
                    due += Duration::from_secs_f64(1.0 / a_second);
                }
            }
        }
    }

    /// Waits until every message has reached everybody.
    pub fn finish(&mut self) {
        while self.under_way() > 0 {
            self.listen();
        }
    }

    /// The next member of a room says something that is due at this moment.
    fn say(&mut self, room: usize, due: Instant) {
        let room = &mut self.rooms[room];
        let speaker = room.members[room.turn % room.members.len()];
        room.turn += 1;
        room.open.push_back((0, due));
        self.members[speaker].stream.write_all(&room.say).expect("the server reads");
    }

    fn dial(&mut self) {
        let number = self.members.len();
        let room = number % self.rooms.len();
        let mut stream = TcpStream::connect(self.address).expect("the server accepts");
        stream.set_nodelay(true).unwrap();
        // In one write: the floor takes it for a whole request.
        let request = format!(
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {}\r\n\
             Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            self.address
        );
        stream.write_all(request.as_bytes()).unwrap();
        stream.set_nonblocking(true).unwrap();
        let data = epoll::EventData::new_u64(number as u64);
        epoll::add(&self.epoll, &stream, data, epoll::EventFlags::IN).unwrap();
        self.rooms[room].members.push(number);
        let heard = self.rooms[room].done + self.rooms[room].open.len() as u64;
        let rest = Vec::new();
        self.members.push(Member { stream, phase: Phase::Upgrading, room, heard, rest });
    }

    /// Hears what comes next, however long that takes within reason.
    fn listen(&mut self) {
        assert!(self.turn(PATIENCE) > 0, "nothing came for {PATIENCE:?}");
    }

    /// Hears what comes within a time, once; how many heard something.
    fn turn(&mut self, most: Duration) -> usize {
        let most = Timespec::try_from(most).unwrap();
        let mut events = std::mem::take(&mut self.events);
        events.clear();
        let spare = rustix::buffer::spare_capacity(&mut events);
        match epoll::wait(&self.epoll, spare, Some(&most)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => panic!("waiting for the server: {error}"),
        }
        let now = Instant::now();
        for event in &events {
            self.hear(event.data.u64() as usize, now);
        }
        self.events = events;
        self.events.len()
    }

    fn hear(&mut self, number: usize, now: Instant) {
        let member = &mut self.members[number];
        let read = match member.stream.read(&mut self.scratch) {
            Ok(0) => panic!("the server hung up on client {number}"),
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return,
            Err(error) => panic!("client {number}: {error}"),
        };
        self.tally.bytes += read as u64;
        if member.rest.is_empty() {
            let used = take(member, &mut self.rooms, &mut self.tally, &self.scratch[..read], now);
            member.rest.extend_from_slice(&self.scratch[used..read]);
        } else {
            let mut bytes = std::mem::take(&mut member.rest);
            bytes.extend_from_slice(&self.scratch[..read]);
            let used = take(member, &mut self.rooms, &mut self.tally, &bytes, now);
            bytes.drain(..used);
            member.rest = bytes;
        }
    }
}

/// Takes all that is whole; how many bytes that was.
fn take(
    member: &mut Member,
    rooms: &mut [Room],
    tally: &mut Tally,
    bytes: &[u8],
    now: Instant,
) -> usize {
    let mut used = 0;
    if member.phase == Phase::Upgrading {
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { return 0 };
        let head = String::from_utf8_lossy(&bytes[..end]);
        assert!(head.starts_with("HTTP/1.1 101"), "no WebSocket: {head}");
        member.phase = Phase::Opening;
        used = end + 4;
    }
    while let Some(frame) = frames::first(&bytes[used..]) {
        used += frame.length;
        if frame.opcode != frames::TEXT {
            panic!("the server closed or pinged by WebSocket: opcode {}", frame.opcode);
        }
        member.packet(&mut rooms[member.room], tally, &frame, now);
    }
    used
}

impl Member {
    fn packet(
        &mut self,
        room: &mut Room,
        tally: &mut Tally,
        frame: &frames::Frame<'_>,
        now: Instant,
    ) {
        const MESSAGE: &[u8] = b"42/anonymous,[\"sendMessage\"";
        const ACK: &[u8] = b"43/anonymous,";
        const ENTERED: &[u8] = b"40/anonymous,";
        let packet = frame.payload;
        if packet.starts_with(MESSAGE) {
            tally.deliveries += 1;
            tally.delivery_bytes += frame.length as u64;
            room.reached(self.heard, tally, now);
            self.heard += 1;
        } else if packet == b"2" {
            self.send(&frames::from_client("3"));
        } else if packet.starts_with(ACK) {
            let text = String::from_utf8_lossy(packet);
            assert!(text.contains("\"success\":true"), "the server refused: {text}");
            if self.phase == Phase::Joining {
                self.phase = Phase::In;
                tally.joined += 1;
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

    fn send(&mut self, frame: &[u8]) {
        self.stream.write_all(frame).expect("the server reads");
    }
}

impl Room {
    fn new(id: &str) -> Self {
        let join = format!(r#"42/{NAMESPACE},0["joinRoom",{{"roomId":"{id}","chatterId":null}}]"#);
        let say =
            format!(r#"42/{NAMESPACE},1["sendMessage",{{"roomId":"{id}","content":"{CONTENT}"}}]"#);
        Self {
            join: frames::from_client(&join),
            say: frames::from_client(&say),
            members: Vec::new(),
            turn: 0,
            done: 0,
            open: VecDeque::new(),
        }
    }

    /// One more member has the message with this number.
    fn reached(&mut self, number: u64, tally: &mut Tally, now: Instant) {
        let place = usize::try_from(number.checked_sub(self.done).expect("in order")).unwrap();
        let (have, due) = self.open.get_mut(place).expect("a message that was said");
        *have += 1;
        tally.waits.add(now - *due);
        while self.open.front().is_some_and(|(have, _)| *have == self.members.len()) {
            self.open.pop_front();
            self.done += 1;
            tally.rounds += 1;
        }
    }
}
