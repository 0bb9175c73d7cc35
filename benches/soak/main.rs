//! An hour of coming and going: 300 people on both transports join, talk, rename themselves, reload, leave,
//! fall silent and vanish, in rooms that expire after three minutes, while the hub's memory, descriptors,
//! tasks and files are looked at every half minute. At the end each must be where it was after five minutes,
//! and once all have gone, where it was before they came. `./dev soak [MINUTES]`.
//!
//! Each person holds the hub to its word: places in a room come without gaps, what they said comes back to
//! them once, every question is answered.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    unreachable_pub,
    reason = "a bench may panic, and tells"
)]

#[path = "../../src/hub/simulation/dice.rs"]
#[allow(dead_code, reason = "shared with the simulation")]
mod dice;
#[path = "../../tests/it/kit.rs"]
#[allow(dead_code, reason = "shared with the stories of the program")]
mod kit;
mod line;
mod person;
mod socket;
mod town;
mod watch;

use std::process::ExitCode;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use kit::Hub;
use person::Person;
use town::Town;
use watch::{Levels, Watch};

const PEOPLE: u16 = 300;

/// How long a room lives, so that some expire all the time.
const LIFETIME: &str = "3min";

/// How often the hub is looked at.
const EVERY: Duration = Duration::from_secs(30);

/// How long the hub may take, once all have gone, to be as before they came: those who vanished are noticed
/// by a ping that is not answered, within 45 s.
const REST: Duration = Duration::from_secs(90);

fn main() -> ExitCode {
    let minutes = std::env::args().skip(1).find_map(|argument| argument.parse::<u64>().ok());
    let Some(minutes) = minutes else {
        println!("an hour of coming and going: ./dev soak [MINUTES] runs it");
        return ExitCode::SUCCESS;
    };
    match soak(Duration::from_secs(minutes * 60)) {
        Ok(()) => {
            println!("\nThe hub is as it was.");
            ExitCode::SUCCESS
        }
        Err(faults) => {
            println!("\n{}", faults.join("\n"));
            ExitCode::FAILURE
        }
    }
}

fn soak(length: Duration) -> Result<(), Vec<String>> {
    let hub = Hub::with(&[("COLAHUB_ROOMS_LIFETIME", LIFETIME)]);
    let watch = Watch::new(&hub);
    let town = Arc::new(Town::new(hub.address));
    let before = watch.levels();
    println!("{}\n{}", Levels::HEAD, before.line(Duration::ZERO, 0));
    let people: Vec<_> = (0..PEOPLE).map(|number| live(number, &town)).collect();

    let begun = Instant::now();
    let mut samples = Vec::new();
    while begun.elapsed() < length && town.is_good() {
        thread::sleep(EVERY.min(length.saturating_sub(begun.elapsed())));
        let levels = watch.levels();
        println!("{}", levels.line(begun.elapsed(), town.said()));
        samples.push((begun.elapsed(), levels));
    }
    town.close();
    for person in people {
        if person.join().is_err() {
            town.complain("somebody's life ended in a panic".to_owned());
        }
    }
    let mut faults = town.complaints();
    println!("{}", town.summary());
    if faults.is_empty() {
        faults.extend(watch::grown(&samples));
        faults.extend(rests(&watch, before));
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// Somebody comes, in a thread of their own, and lives until the town closes.
fn live(number: u16, town: &Arc<Town>) -> thread::JoinHandle<()> {
    let town = Arc::clone(town);
    let life = move || Person::new(number, town).live();
    thread::Builder::new().stack_size(512 * 1024).spawn(life).unwrap()
}

/// Once all have gone nothing of them is left.
fn rests(watch: &Watch, before: Levels) -> Vec<String> {
    let begun = Instant::now();
    loop {
        let now = watch.levels();
        let left = now.left_since(before);
        if left.is_empty() || begun.elapsed() > REST {
            println!("{}", now.line(Duration::ZERO, 0));
            return left;
        }
        thread::sleep(Duration::from_secs(1));
    }
}
