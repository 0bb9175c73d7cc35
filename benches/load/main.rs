//! What a chat costs, beside other servers: `./dev bench` runs it.
//!
//! One thread speaks for everyone in the room, on a core of its own; each server in turn has the
//! other. BENCHMARKS.md says what is measured and how to read it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench may panic, and tells"
)]

mod calls;
mod crowd;
mod fanout;
mod floor;
mod frames;
mod server;
mod waits;

use std::time::Duration;

use clap::Parser;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::thread::{CpuSet, sched_setaffinity};

use server::Kind;

/// The crowd's core.
const CORE: usize = 1;

/// What a chat costs, beside other servers.
#[derive(Parser)]
struct Options {
    /// The servers, in turn.
    #[arg(long, value_enum, value_delimiter = ',', default_value = "hub,node,floor")]
    servers: Vec<Kind>,
    /// How many people are in the room.
    #[arg(long, value_delimiter = ',', default_value = "1000")]
    sizes: Vec<usize>,
    /// How often each is measured, with a fresh server; the median counts.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// How long each figure is measured, in seconds.
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
}

fn main() {
    let arguments: Vec<String> = std::env::args().filter(|arg| arg != "--bench").collect();
    many_files();
    if arguments.get(1).is_some_and(|arg| arg == "floor") {
        return floor::run();
    }
    let options = Options::parse_from(arguments);
    let mut own = CpuSet::new();
    own.set(CORE);
    sched_setaffinity(None, &own).expect("two cores");
    for &size in &options.sizes {
        for _ in 0..options.rounds {
            for &kind in &options.servers {
                let time = Duration::from_secs_f64(options.seconds);
                println!("{:>16} {size:>5} {}", kind.name(), fanout::measure(kind, size, time));
            }
        }
    }
}

/// A connection is a file: as many as the system allows.
fn many_files() {
    let limit = getrlimit(Resource::Nofile);
    let most = Rlimit { current: limit.maximum, maximum: limit.maximum };
    setrlimit(Resource::Nofile, most).unwrap();
}
