//! The hub is killed again and again while people talk: what was acknowledged is there, once, and in
//! order.
//!
//! A plain run kills it ten times; `COLAHUB_TEST_CYCLES=300 cargo test --test it killed` more often.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::dice::Dice;
use crate::kit::{Hub, PATIENCE, Signal, run_in};
use crate::sender::{NO_PACE, Room, Sender, join, make_room, read_all, token};
use crate::socket::{Gone, Heard, Socket};

const CYCLES: u64 = 10;
const SENDERS: usize = 20;

/// Nothing is pruned: what is missing is lost.
const KEEP_ALL: &[(&str, &str)] = &[("COLAHUB_RETENTION_PER_ROOM", "0"), NO_PACE];

/// How soon a hub is ready again: a promise.
const READY: Duration = Duration::from_secs(2);

/// The messages known to be in the room, which must stay as they are.
struct Record {
    room: Room,
    /// The token of somebody who may read everything.
    token: String,
    /// By `seq`, which has no gaps: the id and the content.
    messages: Vec<(i64, String)>,
    /// How many messages of each sender are there; each is the one after the last.
    said: BTreeMap<String, u64>,
}

impl Record {
    fn new(hub: &Hub) -> Self {
        let room = make_room(hub, "killed");
        let token = token(hub);
        // The first to come in may read everything.
        let mut socket = Socket::connect(hub.address, &room.namespace, &token).unwrap();
        join(&mut socket, &room, None).unwrap();
        Self { room, token, messages: Vec::new(), said: BTreeMap::new() }
    }

    /// Reads what is new: it follows what was there, and nothing is in it twice.
    fn read_on(&mut self, hub: &Hub) {
        let after = i64::try_from(self.messages.len()).unwrap();
        for message in read_all(hub, &self.room, &self.token, after) {
            let (id, content) = entry(&message, self.messages.len() + 1);
            assert!(self.messages.last().is_none_or(|(last, _)| *last < id), "{message}");
            if message["type"] == "MESSAGE" {
                self.is_next(&content);
            }
            self.messages.push((id, content));
        }
    }

    /// Everybody's messages are there in the order in which they said them, each once.
    fn is_next(&mut self, content: &str) {
        let (name, number) = content.rsplit_once(' ').unwrap();
        let said = self.said.entry(name.to_owned()).or_default();
        *said += 1;
        assert_eq!(number.parse(), Ok(*said), "{content} is lost, doubled or out of order");
    }

    /// Every acknowledged message is there as it was acknowledged.
    fn holds(&self, sender: &Sender, from: usize) {
        for acked in &sender.acked[from..] {
            let place = usize::try_from(acked.seq - 1).unwrap();
            let expected = (acked.id, sender.content(acked.number));
            assert_eq!(self.messages.get(place), Some(&expected), "{acked:?} is lost");
        }
    }

    /// Every message that was read in any cycle is still there, and every one that was ever acknowledged.
    fn is_unchanged(&self, hub: &Hub, senders: &[Sender]) {
        let all = read_all(hub, &self.room, &self.token, 0);
        let all: Vec<_> = (1..).zip(&all).map(|(seq, message)| entry(message, seq)).collect();
        assert!(all == self.messages, "what was read before has changed");
        senders.iter().for_each(|sender| self.holds(sender, 0));
    }
}

/// A message's id and content; it has this place.
fn entry(message: &Value, seq: usize) -> (i64, String) {
    assert_eq!(message["seq"], seq, "{message}");
    (message["id"].as_i64().unwrap(), message["content"].as_str().unwrap().to_owned())
}

/// Somebody who only listens, and after each loss asks for what came since.
struct Listener {
    token: String,
    room: Room,
    first: i64,
    heard: Vec<(i64, String)>,
}

impl Listener {
    fn listen(&mut self, hub: &Hub, address: SocketAddr) -> Result<(), Gone> {
        let mut socket = Socket::connect(address, &self.room.namespace, &self.token)?;
        let entry = join(&mut socket, &self.room, Some(self.last()))?;
        if self.heard.is_empty() {
            self.first = entry["firstSeq"].as_i64().unwrap();
        }
        entry["missed"].as_array().unwrap().iter().for_each(|message| self.hears(message));
        if entry["more"] == true {
            let rest = read_all(hub, &self.room, &self.token, self.last());
            rest.iter().for_each(|message| self.hears(message));
        }
        loop {
            if let Heard::Event(event, message) = socket.hear()?
                && matches!(event.as_str(), "sendMessage" | "sendAlert")
            {
                self.hears(&message);
            }
        }
    }

    fn last(&self) -> i64 {
        self.first - 1 + i64::try_from(self.heard.len()).unwrap()
    }

    /// A message that follows what was heard; again what was heard already, as it was.
    fn hears(&mut self, message: &Value) {
        let seq = message["seq"].as_i64().unwrap();
        assert!(
            seq <= self.last() + 1,
            "between {} and {message} something is missing",
            self.last()
        );
        let place = usize::try_from(seq - self.first).unwrap();
        let heard = entry(message, usize::try_from(seq).unwrap());
        match self.heard.get(place) {
            Some(known) => assert_eq!(*known, heard),
            None => self.heard.push(heard),
        }
    }
}

/// Starts the hub again; it must be ready soon.
fn start_again(folder: TempDir) -> (Hub, Duration) {
    let begun = Instant::now();
    let hub = Hub::start_in(folder, KEEP_ALL);
    let took = begun.elapsed();
    assert!(took <= READY, "ready only after {took:?}");
    (hub, took)
}

/// Everybody talks until so many messages are acknowledged; then the hub is killed.
fn talk_until_killed(
    hub: Hub,
    most: u64,
    senders: &mut [Sender],
    listener: &mut Listener,
) -> TempDir {
    let address = hub.address;
    let (tell, told) = mpsc::channel();
    thread::scope(|scope| {
        for sender in senders {
            let tell = tell.clone();
            scope.spawn(move || sender.talk(address, || tell.send(()).is_ok()).unwrap_err());
        }
        let hub = &hub;
        scope.spawn(move || listener.listen(hub, address).unwrap_err());
        for _ in 0..most {
            told.recv_timeout(PATIENCE).expect("nothing is acknowledged any more");
        }
        hub.signal(Signal::KILL);
        // Kept open until all have noticed: nobody stops by themselves.
        scope.spawn(move || told.iter().count());
        drop(tell);
    });
    hub.ended().1
}

/// A hub that is killed while it starts.
fn kill_at_start(folder: &TempDir, after: Duration) {
    let mut hub =
        run_in(folder.path()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    thread::sleep(after);
    hub.kill().unwrap();
    hub.wait().unwrap();
}

#[test]
fn a_hub_killed_under_load_keeps_what_it_acknowledged_once_and_in_order() {
    let cycles = std::env::var("COLAHUB_TEST_CYCLES").map_or(CYCLES, |text| text.parse().unwrap());
    let mut dice = Dice::new(cycles);
    let mut hub = Hub::with(KEEP_ALL);
    let mut record = Record::new(&hub);
    let mut senders: Vec<Sender> =
        (0..SENDERS).map(|n| Sender::new(format!("sender{n}"), &hub, &record.room)).collect();
    let (token, room) = (token(&hub), record.room.clone());
    let mut listener = Listener { token, room, first: 1, heard: Vec::new() };
    let (mut slowest, mut repeated) = (Duration::ZERO, 0);
    for _ in 0..cycles {
        let known: Vec<usize> = senders.iter().map(|sender| sender.acked.len()).collect();
        let stored = i64::try_from(record.messages.len()).unwrap();
        let folder = talk_until_killed(hub, dice.between(1, 600), &mut senders, &mut listener);
        if dice.percent(12) {
            kill_at_start(&folder, Duration::from_millis(dice.between(0, 60)));
        }
        let took;
        (hub, took) = start_again(folder);
        slowest = slowest.max(took);
        record.read_on(&hub);
        for (sender, known) in senders.iter().zip(known) {
            record.holds(sender, known);
            // Stored before the kill, and acknowledged only when it was sent again.
            repeated += sender.acked[known..].iter().filter(|acked| acked.seq <= stored).count();
        }
    }
    record.is_unchanged(&hub, &senders);
    let first = usize::try_from(listener.first - 1).unwrap();
    let heard = &record.messages[first..first + listener.heard.len()];
    assert!(heard == listener.heard, "somebody heard something else than is stored");
    let acked: usize = senders.iter().map(|sender| sender.acked.len()).sum();
    let stored = record.messages.len();
    // Shown by `--nocapture`.
    println!(
        "{cycles} kills: {acked} acknowledged, {repeated} of them when sent again; {stored} stored; \
         ready in {slowest:?} at most"
    );
}
