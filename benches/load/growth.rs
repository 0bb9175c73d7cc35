//! How the hub's cost grows with people and with rooms.

use std::time::Duration;

use crate::crowd::Crowd;
use crate::server::{Kind, Server};
use crate::visit;

/// People who are all in one room.
const ONE_ROOM: [usize; 4] = [10, 100, 1_000, 5_000];

/// Rooms with ten people in each.
const SMALL_ROOMS: [usize; 4] = [1, 10, 100, 500];

/// What messages cost among so many.
pub struct Point {
    /// Rooms that are talked in.
    pub rooms: usize,
    /// People, over all rooms.
    pub people: usize,
    /// Deliveries a second, with sixteen messages under way.
    pub rate: f64,
    /// Messages a second.
    pub messages: f64,
    /// The hub's processor time for a delivery, in microseconds.
    pub delivery: f64,
    /// The same for a message.
    pub message: f64,
}

/// How it grows.
pub struct Growth {
    /// In one room.
    pub people: Vec<Point>,
    /// Over many rooms of ten.
    pub rooms: Vec<Point>,
}

/// Measures every point on a fresh hub.
pub fn measure(time: Duration) -> Growth {
    Growth {
        people: ONE_ROOM.map(|people| point(1, people, time)).into(),
        rooms: SMALL_ROOMS.map(|rooms| point(rooms, rooms * 10, time)).into(),
    }
}

fn point(rooms: usize, people: usize, time: Duration) -> Point {
    let server = Server::start(Kind::Hub);
    let mut crowd = Crowd::new(server.address, &server.rooms(rooms));
    crowd.join(people);
    crowd.settle(visit::quiet(Kind::Hub), Duration::from_secs(10));
    let load = visit::load(&server, &mut crowd, 16, time);
    let message = load.cpu * load.rate / load.messages;
    println!(
        "{rooms:>10} rooms {people:>5} people: {:>8.0} deliveries/s, {:>6.2} µs each, {message:.0} µs a message",
        load.rate, load.cpu
    );
    let visit::Load { rate, messages, cpu: delivery, .. } = load;
    Point { rooms, people, rate, messages, delivery, message }
}
