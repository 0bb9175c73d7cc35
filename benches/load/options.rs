//! The options: what is measured, and for how long.

use std::time::Duration;

use clap::{Parser, ValueEnum};

use crate::server::Kind;

/// What a chat costs, beside other servers. Without options everything is measured, in a quarter of an
/// hour, and written into BENCHMARKS.md.
#[derive(Parser)]
#[command(name = "./dev bench")]
pub struct Options {
    /// One round of everything, shorter and with less; only printed.
    #[arg(value_enum)]
    pub how: Option<How>,
    /// The servers, in turn.
    #[arg(long, value_enum, value_delimiter = ',')]
    pub servers: Vec<Kind>,
    /// How many people are in the room.
    #[arg(long, value_delimiter = ',')]
    pub sizes: Vec<usize>,
    /// Parts to measure.
    #[arg(long, value_enum, value_delimiter = ',')]
    pub parts: Vec<Part>,
    /// How often each server is measured, each time afresh; the median counts.
    #[arg(long)]
    pub rounds: Option<usize>,
    /// How long each rate is measured, in seconds.
    #[arg(long)]
    pub seconds: Option<f64>,
    /// Writes into BENCHMARKS.md what options chose, too.
    #[arg(long)]
    pub write: bool,
}

/// How thoroughly.
#[derive(Clone, Copy, PartialEq, ValueEnum)]
pub enum How {
    /// In four minutes.
    Quick,
}

/// What can be measured by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// The servers beside each other, in one room.
    Beside,
    /// People who come within ten seconds.
    Arrivals,
    /// People who lose their connection in one moment and come back, and who leave at once.
    Returns,
    /// People who react within ten seconds.
    Reactions,
    /// Announcements to 1,000 people in 20 rooms.
    Announcements,
    /// Bytes and flushes for a message of the hub.
    Disk,
    /// More rooms and more people.
    Growth,
    /// A database of a million messages.
    Database,
    /// Three hubs on one PostgreSQL.
    Several,
}

/// What is measured in this run.
pub struct Plan {
    /// The servers, in turn.
    pub servers: Vec<Kind>,
    /// People in the room.
    pub sizes: Vec<usize>,
    /// People who come into one room within ten seconds.
    pub arriving: Vec<usize>,
    /// People who lose their connection in one moment.
    pub returning: Vec<usize>,
    /// How often each server is measured.
    pub rounds: usize,
    /// How long each rate is measured.
    pub time: Duration,
    /// How long waits are measured.
    pub calm: Duration,
    /// Messages in the large database.
    pub messages: u32,
    /// Whether the result goes into BENCHMARKS.md.
    pub write: bool,
    parts: Vec<Part>,
}

impl Plan {
    /// Whether this is to be measured.
    pub fn has(&self, part: Part) -> bool {
        self.parts.contains(&part)
    }
}

impl From<Options> for Plan {
    fn from(options: Options) -> Self {
        let quick = options.how == Some(How::Quick);
        let whole = !quick
            && options.servers.is_empty()
            && options.sizes.is_empty()
            && options.parts.is_empty()
            && options.rounds.is_none()
            && options.seconds.is_none();
        let seconds = options.seconds.unwrap_or(if quick { 1.0 } else { 2.5 });
        let sizes = |all: &[usize]| chosen(options.sizes.clone(), all);
        let arriving = if quick { vec![1_000, 100] } else { sizes(&[5_000, 1_000, 100]) };
        let returning = if quick { vec![1_000] } else { sizes(&[1_000, 5_000]) };
        Self {
            servers: chosen(options.servers, Kind::value_variants()),
            sizes: sizes(if quick { &[1_000] } else { &[100, 1_000, 5_000] }),
            arriving,
            returning,
            rounds: options.rounds.unwrap_or(if quick { 1 } else { 3 }),
            time: Duration::from_secs_f64(seconds),
            calm: Duration::from_secs_f64(seconds * 3.0),
            messages: if quick { 100_000 } else { 1_000_000 },
            write: whole || options.write,
            parts: chosen(options.parts, Part::value_variants()),
        }
    }
}

fn chosen<T: Clone>(asked: Vec<T>, all: &[T]) -> Vec<T> {
    if asked.is_empty() { all.to_vec() } else { asked }
}
