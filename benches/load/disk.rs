//! Measures what a message costs the hub's disk: bytes that the process has written, flushes that it has requested.
//!
//! `benches/disk.sh` measures the same at the device, with what the file system adds.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::crowd::Crowd;
use crate::scratch;
use crate::server::{Kind, Server};

/// People in the room.
const PEOPLE: usize = 100;

/// What a message cost while so many were said.
pub struct Cost {
    /// How they were said.
    pub how: &'static str,
    /// Messages a second.
    pub messages: f64,
    /// Bytes written for each.
    pub bytes: f64,
    /// Flushes for each.
    pub flushes: f64,
}

/// Twenty a second, then one and sixteen under way.
pub fn measure(time: Duration) -> Vec<Cost> {
    let log = scratch::folder().join("flushes");
    let flags =
        ["strace", "-D", "-f", "-q", "--seccomp-bpf", "-ttt", "-e", "trace=fsync,fdatasync", "-o"];
    let around: Vec<&str> = flags.into_iter().chain([log.to_str().unwrap()]).collect();
    let server = Server::start_with(Kind::Hub, &around, &[]);
    let mut crowd = Crowd::new(server.address, &server.rooms(1));
    crowd.join(PEOPLE);
    // The write-ahead log gets its size, which costs more than keeping it.
    crowd.talk(16, Duration::from_secs(1));
    crowd.finish();
    let mut costs = Vec::new();
    let spans = ["20 a second", "1 under way", "16 under way"].map(|how| {
        crowd.count_anew();
        let (begun, written) = (now(), server.written());
        match how {
            "20 a second" => crowd.keep_saying(20.0, time * 3),
            "1 under way" => crowd.talk(1, time),
            _ => crowd.talk(16, time),
        }
        crowd.finish();
        let span = (begun, now());
        let messages = crowd.tally.rounds as f64;
        let bytes = (server.written() - written) as f64 / messages;
        costs.push(Cost { how, messages: messages / (span.1 - span.0), bytes, flushes: 0.0 });
        span
    });
    drop(crowd);
    drop(server);
    let log = std::fs::read_to_string(log).unwrap();
    for (cost, span) in costs.iter_mut().zip(spans) {
        let flushes = log.lines().filter_map(moment).filter(|at| (span.0..span.1).contains(at));
        cost.flushes = flushes.count() as f64 / (cost.messages * (span.1 - span.0));
        println!(
            "{:>16} {:>5.0} messages/s: {:.0} bytes and {:.2} flushes each",
            cost.how, cost.messages, cost.bytes, cost.flushes
        );
    }
    costs
}

/// When a line of strace's log says that a flush was asked for.
fn moment(line: &str) -> Option<f64> {
    line.contains("sync(").then(|| line.split_whitespace().nth(1)?.parse().ok())?
}

fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64()
}
