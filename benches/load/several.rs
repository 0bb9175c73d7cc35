//! Three hubs that are one chat on one PostgreSQL, beside one hub on SQLite.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::calls::Calls;
use crate::crowd::Crowd;
use crate::options::Plan;
use crate::scratch;
use crate::server::{Kind, Server, family_cpu, own_cpu};

/// People in the room, as many on each hub.
pub const PEOPLE: usize = 30;

const HUBS: usize = 3;

/// Messages a second at which waits are measured.
const CALM: f64 = 20.0;

/// The hubs, PostgreSQL and the crowd share both cores: that is what one machine has.
const ANYWHERE: [&str; 3] = ["taskset", "-c", "0,1"];

/// Where messages are kept.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Store {
    /// One hub.
    Sqlite,
    /// Three hubs.
    Postgres,
}

impl Store {
    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "one hub, SQLite",
            Self::Postgres => "three hubs, PostgreSQL",
        }
    }
}

/// What was measured. Pairs are the median and the 99th percentile, in milliseconds.
pub struct Several {
    pub store: Store,
    /// From when a message was due until its sender had the acknowledgement.
    pub ack: (f64, f64),
    /// From that acknowledgement until somebody on another hub had the message.
    pub crossing: Option<(f64, f64)>,
    /// Messages a second with one under way.
    pub one: f64,
    /// The same with sixteen.
    pub sixteen: f64,
}

/// Measures one hub, or three.
pub fn measure(store: Store, plan: &Plan) -> Several {
    let postgres = (store == Store::Postgres).then(Postgres::start);
    let hubs: Vec<Server> = match &postgres {
        None => vec![Server::start_with(Kind::Hub, &ANYWHERE, &[])],
        Some(postgres) => (0..HUBS).map(|number| postgres.hub(number)).collect(),
    };
    let addresses: Vec<SocketAddr> = hubs.iter().map(|hub| hub.address).collect();
    let rooms = hubs[0].rooms(1);
    addresses.iter().for_each(|hub| hear_of(*hub, &rooms[0]));
    let mut crowd = Crowd::over(&addresses, &rooms);
    crowd.join(PEOPLE);
    crowd.keep_saying(CALM, plan.time);
    crowd.finish();
    crowd.count_anew();
    crowd.keep_saying(CALM, plan.calm);
    crowd.finish();
    let (acks, crossings) = (crowd.tally.acks.clone(), crowd.tally.crossings.clone());
    let one = rate(&mut crowd, 1, plan.time);
    let before = used(&hubs, postgres.as_ref());
    let sixteen = rate(&mut crowd, 16, plan.time);
    let after = used(&hubs, postgres.as_ref());
    // With the third of the time to warm up.
    let messages = sixteen * plan.time.as_secs_f64() * 4.0 / 3.0;
    let each = |part: usize| (after[part] - before[part]).as_secs_f64() * 1e6 / messages;
    let several = Several {
        store,
        ack: (acks.at(0.50), acks.at(0.99)),
        crossing: (hubs.len() > 1).then(|| (crossings.at(0.50), crossings.at(0.99))),
        one,
        sixteen,
    };
    println!(
        "{:>24}: acknowledged in {:.1} ms, 1: {:.0}/s, 16: {:.0}/s",
        store.name(),
        several.ack.0,
        several.one,
        several.sixteen
    );
    println!(
        "{:>24}  of processor time a message takes about {:.0} µs in the hubs, {:.0} in PostgreSQL, {:.0} in the people",
        "",
        each(0),
        each(1),
        each(2)
    );
    several
}

/// The processor time so far of all hubs, of PostgreSQL, and of the people.
fn used(hubs: &[Server], postgres: Option<&Postgres>) -> [Duration; 3] {
    let hubs = hubs.iter().map(Server::cpu).sum();
    [hubs, postgres.map(Postgres::cpu).unwrap_or_default(), own_cpu()]
}

/// Waits until a hub has heard of a room that another has made.
fn hear_of(hub: SocketAddr, room: &str) {
    let mut calls = Calls::connect(hub, None);
    let begun = Instant::now();
    // The list is the hub's own; a single room is read from the database.
    let knows = |calls: &mut Calls| {
        let rooms = calls.call("GET /chat/rooms", "");
        rooms["data"].as_array().is_some_and(|all| all.iter().any(|one| one["id"] == room))
    };
    while !knows(&mut calls) {
        assert!(begun.elapsed() < Duration::from_secs(10), "{hub} does not hear of the room");
    }
}

/// Messages a second that reach everybody, after a third of the time to warm up.
fn rate(crowd: &mut Crowd, in_flight: usize, time: Duration) -> f64 {
    crowd.talk(in_flight, time / 3);
    crowd.count_anew();
    crowd.talk(in_flight, time);
    let rate = crowd.tally.rounds as f64 / time.as_secs_f64();
    crowd.finish();
    rate
}

/// A PostgreSQL as Debian configures it, so that each commit is flushed. It ends when it is dropped, or with this program.
struct Postgres {
    holder: Child,
    /// Of the server, whose children serve the connections.
    process: u32,
    database: String,
}

impl Postgres {
    fn start() -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/several/postgres.sh");
        let mut holder = Command::new(ANYWHERE[0])
            .args(&ANYWHERE[1..])
            .args([script, "hold"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut folder = String::new();
        BufReader::new(holder.stdout.take().unwrap()).read_line(&mut folder).unwrap();
        let folder = folder.trim();
        assert!(!folder.is_empty(), "PostgreSQL did not start");
        let mut sql = Command::new(script)
            .args(["sql", folder, "postgres"])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        sql.stdin.take().unwrap().write_all(b"CREATE DATABASE chat").unwrap();
        assert!(sql.wait().unwrap().success(), "PostgreSQL makes no database");
        let file = std::fs::read_to_string(format!("{folder}/data/postmaster.pid")).unwrap();
        let process = file.lines().next().unwrap().parse().unwrap();
        Self { holder, process, database: format!("host={folder} user=postgres dbname=chat") }
    }

    fn cpu(&self) -> Duration {
        family_cpu(self.process)
    }

    fn hub(&self, number: usize) -> Server {
        let folder = scratch::folder().join(format!("hub-{number}"));
        std::fs::create_dir_all(&folder).unwrap();
        let name = format!("cola-{number}");
        let settings = [("COLAHUB_DATABASE_URL", self.database.as_str()), ("COLAHUB_NAME", &name)];
        Server::start_in(Kind::Hub, &folder, &ANYWHERE, &settings)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.holder.stdin.take());
        let _status = self.holder.wait();
    }
}
