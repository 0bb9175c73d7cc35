//! Measures what it costs when many people join one room within ten seconds.

use std::time::Duration;

use crate::crowd::Crowd;
use crate::server::{Kind, Server};
use crate::visit;

/// How long it takes them all to come.
const OVER: Duration = Duration::from_secs(10);

/// What they were sent.
pub struct Arrivals {
    /// Whose room.
    pub kind: Kind,
    /// How many came; all of them got in.
    pub people: usize,
    /// Bytes sent to all of them, from the first handshake until everybody knows of everybody.
    pub bytes: u64,
    /// The server's processor time for each, in microseconds.
    pub cpu: f64,
}

/// Lets them come, and waits until nothing more is told.
pub fn measure(kind: Kind, people: usize) -> Arrivals {
    let server = Server::start_with(kind, &[], &[("BENCH_ROSTER", "on")]);
    let mut crowd = Crowd::new(server.address, &server.rooms(1));
    let cpu = server.cpu();
    crowd.arrive(people, OVER);
    crowd.settle(visit::quiet(kind), Duration::from_secs(10));
    let cpu = (server.cpu() - cpu).as_secs_f64() * 1e6 / people as f64;
    let bytes = crowd.tally.bytes;
    println!(
        "{:>16} {people:>5} came: {:.1} MB in all, {cpu:.0} µs each",
        kind.name(),
        bytes as f64 / 1e6
    );
    Arrivals { kind, people, bytes, cpu }
}
