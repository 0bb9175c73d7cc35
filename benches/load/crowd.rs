//! Many clients on one thread: they connect, join a room, say things, and count what they hear.
//!
//! Frames are read only as far as counting asks for, so that the server and not the clients is what
//! is measured.

use std::io::{ErrorKind, Read};
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::event::{Timespec, epoll};

use crate::member::Member;
use crate::room::Room;
use crate::waits::Waits;

/// The namespace everyone is in; Cola Chat's front end uses this one.
pub const NAMESPACE: &str = "anonymous";

/// What everyone says: 66 bytes, as people write.
pub const CONTENT: &str = "점심 줄 지금 짧아요! 식당 뒤쪽 문으로 오세요 :-)";

/// How many clients are on their way in at once.
const ON_THEIR_WAY: usize = 64;

/// How long nothing may come before a measurement is given up.
const PATIENCE: Duration = Duration::from_secs(20);

/// All that one read may bring.
const SCRATCH: usize = 256 * 1024;

/// Everyone who is connected to one server, or to several that are one chat.
pub struct Crowd {
    addresses: Vec<SocketAddr>,
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
    /// Announcements that reached somebody, each as often as somebody.
    pub announcements: u64,
    /// Messages that reached everybody in their room.
    pub rounds: u64,
    /// How long each delivery took since its message was due.
    pub waits: Waits,
    /// How long each acknowledgement of a message took, since the message was due.
    pub acks: Waits,
    /// How long after its message's acknowledgement each delivery through another server came; nothing where it came before.
    pub crossings: Waits,
}

impl Crowd {
    /// A crowd of nobody yet, for these rooms of a server.
    pub fn new(address: SocketAddr, rooms: &[String]) -> Self {
        Self::over(&[address], rooms)
    }

    /// The same for several servers that are one chat: members of a room connect to one after the other.
    pub fn over(addresses: &[SocketAddr], rooms: &[String]) -> Self {
        Self {
            addresses: addresses.to_vec(),
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
        self.rooms.iter().map(Room::under_way).sum()
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

    /// Waits until the members together have received so many announcements.
    pub fn hear_announcements(&mut self, many: u64) {
        while self.tally.announcements < many {
            self.listen();
        }
    }

    /// The next member of a room says something that is due at this moment.
    fn say(&mut self, room: usize, due: Instant) {
        let room = &mut self.rooms[room];
        let (speaker, message) = room.speaker(due, |member| self.members[member].server);
        self.members[speaker].say(room, message, due);
    }

    fn dial(&mut self) {
        let number = self.members.len();
        let room = number % self.rooms.len();
        let heard = self.rooms[room].enter(number);
        let server = number / self.rooms.len() % self.addresses.len();
        let member = Member::dial(self.addresses[server], server, room, heard);
        let data = epoll::EventData::new_u64(number as u64);
        epoll::add(&self.epoll, &member.stream, data, epoll::EventFlags::IN).unwrap();
        self.members.push(member);
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
        let (room, tally) = (&mut self.rooms[member.room], &mut self.tally);
        if member.rest.is_empty() {
            let used = member.take(&self.scratch[..read], room, tally, now);
            member.rest.extend_from_slice(&self.scratch[used..read]);
        } else {
            let mut bytes = std::mem::take(&mut member.rest);
            bytes.extend_from_slice(&self.scratch[..read]);
            let used = member.take(&bytes, room, tally, now);
            bytes.drain(..used);
            member.rest = bytes;
        }
    }
}
