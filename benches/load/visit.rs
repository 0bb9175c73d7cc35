//! One fresh server, one room, everybody in it.

use std::time::{Duration, Instant};

use crate::crowd::Crowd;
use crate::options::Plan;
use crate::server::{Kind, Server, own_cpu};
use crate::sheet::Figure;

/// Deliveries a second at which waits are measured, as far as that is twenty messages or fewer.
const CALM: f64 = 20_000.0;

/// Messages a second at which waits are measured.
const CALM_MESSAGES: f64 = 20.0;

/// Longer than the hub gathers who came and went.
const NOTICES: Duration = Duration::from_millis(3_300);

/// Measures one server once.
pub fn visit(plan: &Plan, kind: Kind, size: usize) -> Vec<(Figure, f64)> {
    let server = Server::start(kind);
    let mut crowd = Crowd::new(server.address, &server.rooms(1));
    server.be_looked_at();
    crowd.settle(Duration::from_millis(500), Duration::from_millis(500));
    let idle = server.memory();
    let mut figures = Vec::new();
    let mut add = |figure, number| figures.push((figure, number));
    add(Figure::Ready, server.ready.as_secs_f64() * 1e3);
    add(Figure::IdleRss, idle.rss / 1e6);
    add(Figure::IdlePss, idle.pss / 1e6);

    let (begun, cpu) = (Instant::now(), server.cpu());
    crowd.join(size);
    add(Figure::Connects, size as f64 / begun.elapsed().as_secs_f64());
    crowd.settle(quiet(kind), Duration::from_secs(10));
    add(Figure::ConnectCpu, (server.cpu() - cpu).as_secs_f64() * 1e6 / size as f64);
    let full = server.memory();
    add(Figure::MemberRss, (full.rss - idle.rss) / 1024.0 / size as f64);
    add(Figure::MemberPss, (full.pss - idle.pss) / 1024.0 / size as f64);

    let calm = CALM_MESSAGES.min(CALM / size as f64);
    crowd.keep_saying(calm, plan.time);
    crowd.finish();
    crowd.count_anew();
    crowd.keep_saying(calm, plan.calm);
    crowd.finish();
    let p99 = crowd.tally.waits.at(0.99);
    add(Figure::P50, crowd.tally.waits.at(0.50));
    add(Figure::P99, p99);

    let one = load(&server, &mut crowd, 1, plan.time);
    let sixteen = load(&server, &mut crowd, 16, plan.time);
    add(Figure::Rate1, one.rate);
    add(Figure::Cpu1, one.cpu);
    add(Figure::Share1, one.server_share * 100.0);
    add(Figure::Rate16, sixteen.rate);
    add(Figure::Cpu16, sixteen.cpu);
    add(Figure::Share16, sixteen.server_share * 100.0);
    add(Figure::Crowd, one.crowd_share.max(sixteen.crowd_share) * 100.0);
    add(Figure::Bytes, one.bytes);
    println!(
        "{:>16} {size:>5}   1: {:>8.0}/s {:>6.2} µs   16: {:>8.0}/s {:>6.2} µs   p99 {p99:>6.1} ms{}",
        kind.name(),
        one.rate,
        one.cpu,
        sixteen.rate,
        sixteen.cpu,
        if sixteen.crowd_share.max(one.crowd_share) > 0.9 {
            "   the generator was the bottleneck"
        } else {
            ""
        },
    );
    figures
}

/// What messages under way cost for a time.
pub struct Load {
    /// Deliveries a second.
    pub rate: f64,
    /// Messages a second.
    pub messages: f64,
    /// The server's processor time for a delivery, in microseconds.
    pub cpu: f64,
    /// The part of its core that the server used.
    pub server_share: f64,
    /// The part of its core that the crowd used.
    pub crowd_share: f64,
    /// Bytes of a delivery, with its frame's head.
    pub bytes: f64,
}

/// Keeps messages under way for a time, after a third of it to warm up.
pub fn load(server: &Server, crowd: &mut Crowd, in_flight: usize, time: Duration) -> Load {
    crowd.talk(in_flight, time / 3);
    crowd.count_anew();
    let (begun, before, own_before) = (Instant::now(), server.cpu(), own_cpu());
    crowd.talk(in_flight, time);
    let (took, cpu) = (begun.elapsed().as_secs_f64(), (server.cpu() - before).as_secs_f64());
    let own = (own_cpu() - own_before).as_secs_f64();
    let (deliveries, messages) = (crowd.tally.deliveries as f64, crowd.tally.rounds as f64);
    let bytes = crowd.tally.delivery_bytes as f64 / deliveries;
    crowd.finish();
    Load {
        rate: deliveries / took,
        messages: messages / took,
        cpu: cpu * 1e6 / deliveries,
        server_share: cpu / took,
        crowd_share: own / took,
        bytes,
    }
}

/// How long a server must send nothing to have told everybody of everybody.
pub fn quiet(kind: Kind) -> Duration {
    if kind == Kind::Hub { NOTICES } else { Duration::from_millis(300) }
}
