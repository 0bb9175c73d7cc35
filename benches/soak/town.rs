//! What the people share: the rooms there are, what they have seen go wrong, and whether it goes on.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

use crate::dice::Dice;

/// How many rooms people keep open, and in how many namespaces.
pub const ROOMS: usize = 16;
pub const NAMESPACES: usize = 8;

/// A room that somebody made.
#[derive(Debug, Clone)]
pub struct Room {
    pub id: String,
    pub namespace: String,
    pub password: Option<String>,
    /// Nobody goes there any more after that: not all rooms are to end at once, and it would end soon.
    until: Instant,
}

impl Room {
    pub fn new(
        id: String,
        namespace: String,
        password: Option<String>,
        good_for: Duration,
    ) -> Self {
        Self { id, namespace, password, until: Instant::now() + good_for }
    }
}

/// What the people share.
pub struct Town {
    pub hub: SocketAddr,
    rooms: Mutex<Vec<Room>>,
    /// Rooms that somebody is making right now.
    making: Mutex<usize>,
    closed: Mutex<bool>,
    closing: Condvar,
    bad: AtomicBool,
    complaints: Mutex<Vec<String>>,
    pub counts: Counts,
}

/// What the people did.
#[derive(Default)]
pub struct Counts {
    pub said: AtomicU64,
    pub heard: AtomicU64,
    pub joined: AtomicU64,
    pub resumed: AtomicU64,
    pub rooms: AtomicU64,
    pub refused: AtomicU64,
    pub cut: AtomicU64,
}

impl Town {
    pub fn new(hub: SocketAddr) -> Self {
        Self {
            hub,
            rooms: Mutex::default(),
            making: Mutex::default(),
            closed: Mutex::default(),
            closing: Condvar::new(),
            bad: AtomicBool::new(false),
            complaints: Mutex::default(),
            counts: Counts::default(),
        }
    }

    /// A room to go to; nothing where whoever asks should make one.
    pub fn room(&self, dice: &mut Dice) -> Option<Room> {
        let mut rooms = self.rooms.lock().unwrap();
        rooms.retain(|room| Instant::now() < room.until);
        let mut making = self.making.lock().unwrap();
        if rooms.len() + *making < ROOMS || rooms.is_empty() {
            *making += 1;
            return None;
        }
        Some(rooms[dice.below(rooms.len())].clone())
    }

    /// What came of making a room.
    pub fn made(&self, room: Option<Room>) {
        *self.making.lock().unwrap() -= 1;
        self.counts.rooms.fetch_add(1, Relaxed);
        self.rooms.lock().unwrap().extend(room);
    }

    /// Nobody goes to this room any more.
    pub fn is_over(&self, id: &str) {
        self.rooms.lock().unwrap().retain(|room| room.id != id);
    }

    /// Waits so long, or until the town closes; whether it is still open.
    pub fn pause(&self, time: Duration) -> bool {
        let closed = self.closed.lock().unwrap();
        let (closed, _) = self.closing.wait_timeout_while(closed, time, |closed| !*closed).unwrap();
        !*closed
    }

    pub fn is_open(&self) -> bool {
        !*self.closed.lock().unwrap()
    }

    pub fn close(&self) {
        *self.closed.lock().unwrap() = true;
        self.closing.notify_all();
    }

    /// The hub has broken its word: the soak ends.
    pub fn complain(&self, what: String) {
        self.bad.store(true, Relaxed);
        self.complaints.lock().unwrap().push(what);
        self.close();
    }

    pub fn is_good(&self) -> bool {
        !self.bad.load(Relaxed)
    }

    pub fn complaints(&self) -> Vec<String> {
        self.complaints.lock().unwrap().clone()
    }

    pub fn said(&self) -> u64 {
        self.counts.said.load(Relaxed)
    }

    pub fn summary(&self) -> String {
        let of = |count: &AtomicU64| count.load(Relaxed);
        let Counts { said, heard, joined, resumed, rooms, refused, cut } = &self.counts;
        format!(
            "{} messages were acknowledged and {} heard, in {} rooms; people came {} times and came back {} times; \
             {} requests were refused by a rule, {} connections were cut",
            of(said),
            of(heard),
            of(rooms),
            of(joined),
            of(resumed),
            of(refused),
            of(cut)
        )
    }
}
