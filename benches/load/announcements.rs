//! Measures how soon everybody hears an announcement: 1,000 people in 20 rooms.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::crowd::Crowd;
use crate::scratch;
use crate::server::{Kind, Server, hub_program};
use crate::visit;

const PEOPLE: usize = 1_000;
const ROOMS: usize = 20;

/// Announcements that are made, one after the other.
const MADE: u64 = 10;

/// The figures.
pub struct Announcements {
    /// From the start of `colahub announce` until the last one heard the slowest announcement, in ms.
    pub worst: f64,
}

/// Announces on a hub.
pub fn measure() -> Announcements {
    let server = Server::start(Kind::Hub);
    let mut crowd = Crowd::new(server.address, &server.rooms(ROOMS));
    crowd.join(PEOPLE);
    crowd.settle(visit::quiet(Kind::Hub), Duration::from_secs(10));
    let mut took: Vec<f64> = (1..=MADE)
        .map(|number| {
            let begun = Instant::now();
            let mut command = Command::new(hub_program())
                .args(["announce", "add", "Supper is ready", "--data-dir"])
                .arg(scratch::folder().join("fresh"))
                .stdout(Stdio::null())
                .spawn()
                .unwrap();
            crowd.hear_announcements(number * PEOPLE as u64);
            let took = begun.elapsed();
            assert!(command.wait().unwrap().success(), "it was not announced");
            took.as_secs_f64() * 1e3
        })
        .collect();
    took.sort_by(f64::total_cmp);
    let (median, worst) = (took[took.len() / 2], took[took.len() - 1]);
    println!(
        "{PEOPLE} people in {ROOMS} rooms hear an announcement in {median:.0} ms, at most {worst:.0} ms"
    );
    Announcements { worst }
}
