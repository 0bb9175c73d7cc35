//! Guests of one room on one thread: they come, lose their connections, return and leave, while some of them talk.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::event::{Timespec, epoll};

use crate::guest::{Guest, Next, Tally};

/// How many are on their way in at once, when they come.
const ON_THEIR_WAY: usize = 64;

/// How long nothing may come before a measurement is given up.
const PATIENCE: Duration = Duration::from_secs(60);

/// All that one read may bring.
const SCRATCH: usize = 256 * 1024;

/// Set beside a guest's number if it is about their call over HTTP.
const CALL: u64 = 1 << 32;

/// Everybody, in the order in which they came.
pub struct Guests {
    address: SocketAddr,
    epoll: OwnedFd,
    guests: Vec<Guest>,
    /// The guests who are to connect or, with [`CALL`], to fetch what they lack, and when.
    due: BTreeSet<(Instant, u64)>,
    events: Vec<epoll::Event>,
    scratch: Vec<u8>,
    talk: Option<Talk>,
    /// Counters since the last `count_again`.
    pub tally: Tally,
}

/// The first guests talk in turn.
struct Talk {
    talkers: usize,
    every: Duration,
    due: Instant,
    turn: usize,
}

impl Guests {
    /// So many who have not come yet. `has_places` says whether the server numbers a room's messages.
    pub fn new(address: SocketAddr, room: &str, many: usize, has_places: bool) -> Self {
        Self {
            address,
            epoll: epoll::create(epoll::CreateFlags::CLOEXEC).unwrap(),
            guests: (0..many).map(|_| Guest::new(room, has_places)).collect(),
            due: BTreeSet::new(),
            events: Vec::with_capacity(1024),
            scratch: vec![0; SCRATCH],
            talk: None,
            tally: Tally::default(),
        }
    }

    /// Lets all of them come, and waits until they are in.
    pub fn come(&mut self) {
        let all = self.guests.len();
        let mut begun = 0;
        while self.tally.present < all {
            while begun < all && begun - self.tally.present < ON_THEIR_WAY {
                self.dial(begun);
                begun += 1;
            }
            self.turn(PATIENCE);
        }
    }

    /// Counts from zero again; whoever is in stays in.
    pub fn count_again(&mut self) {
        self.tally = Tally { present: self.tally.present, ..Tally::default() };
    }

    /// The first `talkers` guests say something in turn, so often a second, until `be_quiet`.
    pub fn talk(&mut self, talkers: usize, a_second: f64) {
        let every = Duration::from_secs_f64(1.0 / a_second);
        self.talk = Some(Talk { talkers, every, due: Instant::now(), turn: 0 });
    }

    /// These react to the message that is the newest now, one after the other over a time, and go on until all are
    /// acknowledged.
    pub fn react(&mut self, who: std::ops::Range<usize>, time: Duration) {
        let begun = Instant::now();
        let (mut next, all) = (who.start, who.len());
        let newest = self.guests.iter().map(|guest| guest.up_to).max().unwrap_or_default();
        while self.tally.reacted < all {
            let due = all as f64 * begun.elapsed().as_secs_f64() / time.as_secs_f64();
            while next < who.end && next - who.start < due as usize + 1 {
                self.guests[next].react(newest);
                next += 1;
            }
            self.turn(Duration::from_millis(5));
            assert!(
                begun.elapsed() < time + PATIENCE,
                "{} reactions are acknowledged",
                self.tally.reacted
            );
        }
    }

    /// Nobody says anything from now on.
    pub fn be_quiet(&mut self) {
        self.talk = None;
    }

    /// These lose their connections without a word: nothing is read from them, and the server learns nothing.
    pub fn lose(&mut self, who: impl Iterator<Item = usize>) {
        for number in who {
            let line = self.guests[number].line.as_ref().expect("they are connected");
            epoll::delete(&self.epoll, &line.stream).unwrap();
            self.tally.present -= 1;
        }
    }

    /// These come back, evenly spread over a time from now on. Their old connections are reset when they do.
    pub fn return_within(&mut self, who: &[usize], time: Duration) {
        let now = Instant::now();
        for (place, &number) in who.iter().enumerate() {
            self.due.insert((now + time.mul_f64(place as f64 / who.len() as f64), number as u64));
        }
    }

    /// These close their connections at once.
    pub fn leave(&mut self, who: impl Iterator<Item = usize>) {
        for number in who {
            self.guests[number].line = None;
            self.tally.present -= 1;
        }
    }

    /// Waits until all are in, with everything that they have missed; how long that took. `None` after `most`.
    pub fn all_back(&mut self, most: Duration) -> Option<Duration> {
        let begun = Instant::now();
        while self.tally.present < self.guests.len() || !self.guests.iter().all(Guest::is_back) {
            if begun.elapsed() > most {
                return None;
            }
            self.turn(Duration::from_millis(50));
        }
        Some(begun.elapsed())
    }

    /// Goes on for a time.
    pub fn go_on(&mut self, time: Duration) {
        let end = Instant::now() + time;
        while let Some(left) =
            end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())
        {
            self.turn(left);
        }
    }

    /// Goes on until nothing has come for so long, at most for a time.
    pub fn settle(&mut self, quiet: Duration, most: Duration) {
        let begun = Instant::now();
        let mut heard = (self.tally.bytes, begun);
        while heard.1.elapsed() < quiet && begun.elapsed() < most {
            self.turn(Duration::from_millis(50));
            // Pings are no news.
            if self.tally.bytes > heard.0 + self.guests.len() as u64 {
                heard = (self.tally.bytes, Instant::now());
            }
        }
    }

    /// How many of those who are in lack the newest message.
    pub fn behind(&self) -> usize {
        let present = || self.guests.iter().filter(|guest| guest.is_back());
        let last = present().map(|guest| guest.up_to).max();
        present().filter(|guest| Some(guest.up_to) != last).count()
    }

    /// What an entry of `due` is for.
    fn go(&mut self, data: u64) {
        let number = (data & (CALL - 1)) as usize;
        if data & CALL == 0 {
            self.dial(number);
        } else if self.guests[number].is_to_fetch() {
            self.fetch(number);
        }
    }

    fn fetch(&mut self, number: usize) {
        let guest = &mut self.guests[number];
        guest.fetch(self.address);
        let fetch = guest.fetch.as_ref().expect("just asked");
        let data = epoll::EventData::new_u64(number as u64 | CALL);
        epoll::add(&self.epoll, &fetch.stream, data, epoll::EventFlags::IN).unwrap();
    }

    fn dial(&mut self, number: usize) {
        let guest = &mut self.guests[number];
        guest.dial(self.address);
        let line = guest.line.as_ref().expect("just connected");
        let data = epoll::EventData::new_u64(number as u64);
        epoll::add(&self.epoll, &line.stream, data, epoll::EventFlags::IN).unwrap();
    }

    /// Does what is due, and hears what comes within a time, once.
    fn turn(&mut self, most: Duration) {
        let now = Instant::now();
        while let Some((_, data)) = self.due.first().copied().filter(|(due, _)| *due <= now) {
            self.due.pop_first();
            self.go(data);
        }
        if let Some(Talk { talkers, every, due, turn }) = &mut self.talk {
            while *due <= now {
                // From when it was due: a server that stalls the generator does not get away with it.
                self.guests[*turn % *talkers].say(*due);
                *turn += 1;
                *due += *every;
            }
        }
        let next = [self.due.first().map(|(due, _)| *due), self.talk.as_ref().map(|talk| talk.due)];
        let early = next.into_iter().flatten().min().map(|due| due.saturating_duration_since(now));
        self.listen(early.map_or(most, |early| early.min(most)));
    }

    fn listen(&mut self, most: Duration) {
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
            let data = event.data.u64();
            let number = (data & (CALL - 1)) as usize;
            let guest = &mut self.guests[number];
            let next = if data & CALL == 0 {
                guest.hear(&mut self.scratch, &mut self.tally, now)
            } else {
                guest.hear_page(&mut self.scratch, &mut self.tally)
            };
            match next {
                Next::Waits => {}
                Next::Fetches => self.fetch(number),
                Next::Retries(after) => _ = self.due.insert((now + after, data)),
            }
        }
        self.events = events;
    }
}
