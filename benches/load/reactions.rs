//! Measures what it costs when everybody in a room reacts within ten seconds, while some go on talking.

use std::time::Duration;

use crate::guests::Guests;
use crate::server::{Kind, Server};
use crate::visit;

/// People who react, once each.
const PEOPLE: usize = 1_000;

/// Others, who talk.
const TALKERS: usize = 10;

/// Messages a second of all talkers together.
const A_SECOND: f64 = 20.0;

const WITHIN: Duration = Duration::from_secs(10);

/// The figures.
pub struct Reactions {
    /// Bytes of reactions that were sent to everybody, with their acknowledgements.
    pub bytes: u64,
    /// The 99th percentile of acknowledgements while nobody reacted, in ms.
    pub before: f64,
    /// The same while everybody did.
    pub during: f64,
}

/// Lets them react on a hub.
pub fn measure() -> Reactions {
    let server = Server::start(Kind::Hub);
    let room = server.rooms(1).remove(0);
    let mut guests = Guests::new(server.address, &room, TALKERS + PEOPLE, true);
    guests.come();
    guests.settle(visit::quiet(Kind::Hub), WITHIN);
    guests.talk(TALKERS, A_SECOND);
    guests.go_on(WITHIN / 3);
    guests.count_again();
    guests.go_on(WITHIN);
    let before = guests.tally.acks.at(0.99);
    guests.count_again();
    guests.react(TALKERS..TALKERS + PEOPLE, WITHIN);
    let during = guests.tally.acks.at(0.99);
    guests.be_quiet();
    guests.settle(Duration::from_secs(1), WITHIN);
    let bytes = guests.tally.reaction_bytes;
    println!(
        "{PEOPLE} reacted: {:.1} MB, others' acks {during:.1} ms, {before:.1} ms before",
        bytes as f64 / 1e6
    );
    Reactions { bytes, before, during }
}
