//! One room, everybody in it, and messages that reach everybody.

use std::fmt;
use std::time::{Duration, Instant};

use crate::crowd::Crowd;
use crate::server::{Kind, Server, own_cpu};

/// What messages under way cost for a time.
pub struct Load {
    /// Deliveries a second.
    pub rate: f64,
    /// The server's processor time for a delivery, in microseconds.
    pub cpu: f64,
    /// The part of its core that the server used.
    pub server_share: f64,
    /// The part of its core that the crowd used.
    pub crowd_share: f64,
    /// Bytes of a delivery, with its frame's head.
    pub bytes: f64,
}

/// One and sixteen messages under way, on a fresh server.
pub fn measure(kind: Kind, size: usize, time: Duration) -> String {
    let server = Server::start(kind);
    let mut crowd = Crowd::new(server.address, &server.rooms(1));
    crowd.join(size);
    crowd.settle(Duration::from_millis(300), Duration::from_secs(6));
    let one = load(&server, &mut crowd, 1, time);
    let sixteen = load(&server, &mut crowd, 16, time);
    format!("1: {one}   16: {sixteen}")
}

/// Keeps messages under way for a time, after a third of it to warm up.
pub fn load(server: &Server, crowd: &mut Crowd, in_flight: usize, time: Duration) -> Load {
    crowd.talk(in_flight, time / 3);
    crowd.tally = crate::crowd::Tally { joined: crowd.tally.joined, ..Default::default() };
    let (begun, before, own_before) = (Instant::now(), server.cpu(), own_cpu());
    crowd.talk(in_flight, time);
    let (took, cpu) = (begun.elapsed().as_secs_f64(), (server.cpu() - before).as_secs_f64());
    let own = (own_cpu() - own_before).as_secs_f64();
    let deliveries = crowd.tally.deliveries as f64;
    let bytes = crowd.tally.delivery_bytes as f64 / deliveries;
    crowd.finish();
    Load {
        rate: deliveries / took,
        cpu: cpu * 1e6 / deliveries,
        server_share: cpu / took,
        crowd_share: own / took,
        bytes,
    }
}

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:>8.0}/s {:>6.2} µs ({:.0} % server, {:.0} % crowd, {:.0} B)",
            self.rate,
            self.cpu,
            self.server_share * 100.0,
            self.crowd_share * 100.0,
            self.bytes
        )?;
        if self.crowd_share > 0.9 { f.write_str(" the crowd was the bottleneck") } else { Ok(()) }
    }
}
