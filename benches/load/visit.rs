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

/// Until a server that has just started is done with starting.
const MOMENT: Duration = Duration::from_millis(500);

/// Longer than the hub gathers who came and went.
const NOTICES: Duration = Duration::from_millis(3_300);

/// What one visit measured.
pub type Figures = Vec<(Figure, f64)>;

/// Measures one server once.
pub fn visit(plan: &Plan, kind: Kind, size: usize) -> Figures {
    let server = Server::start(kind);
    let mut crowd = Crowd::new(server.address, &server.rooms(1));
    let coming = come(&server, &mut crowd, size, kind);
    let calm = wait(&mut crowd, size, plan);
    let hurry = talk(&server, &mut crowd, plan.time);
    let figures = [coming, calm, hurry].concat();
    let of = |figure| figures.iter().find(|(other, _)| *other == figure).map_or(0.0, |pair| pair.1);
    println!(
        "{:>16} {size:>5}   1: {:>8.0}/s {:>6.2} µs   16: {:>8.0}/s {:>6.2} µs   p99 {:>6.1} ms{}",
        kind.name(),
        of(Figure::Rate1),
        of(Figure::Cpu1),
        of(Figure::Rate16),
        of(Figure::Cpu16),
        of(Figure::P99),
        if of(Figure::Crowd) > 90.0 { "   the generator was the bottleneck" } else { "" },
    );
    figures
}

/// The server alone, and everybody coming in.
fn come(server: &Server, crowd: &mut Crowd, size: usize, kind: Kind) -> Figures {
    server.be_looked_at();
    std::thread::sleep(MOMENT);
    let (idle, cpu, begun) = (server.memory(), server.cpu(), Instant::now());
    crowd.join(size);
    let took = begun.elapsed();
    crowd.settle(quiet(kind), Duration::from_secs(10));
    let (full, cpu) = (server.memory(), server.cpu() - cpu);
    let each = |all: f64| all / size as f64;
    vec![
        (Figure::Ready, server.ready.as_secs_f64() * 1e3),
        (Figure::IdleRss, idle.rss / 1e6),
        (Figure::IdlePss, idle.pss / 1e6),
        (Figure::Connects, size as f64 / took.as_secs_f64()),
        (Figure::ConnectCpu, each(cpu.as_secs_f64() * 1e6)),
        (Figure::MemberRss, each((full.rss - idle.rss) / 1024.0)),
        (Figure::MemberPss, each((full.pss - idle.pss) / 1024.0)),
    ]
}

/// How long people wait for a message while few are said, after a time to warm up.
fn wait(crowd: &mut Crowd, size: usize, plan: &Plan) -> Figures {
    let calm = CALM_MESSAGES.min(CALM / size as f64);
    crowd.keep_saying(calm, plan.time);
    crowd.finish();
    crowd.count_anew();
    crowd.keep_saying(calm, plan.calm);
    crowd.finish();
    let waits = &crowd.tally.waits;
    vec![(Figure::P50, waits.at(0.50)), (Figure::P99, waits.at(0.99))]
}

/// One and sixteen messages under way.
fn talk(server: &Server, crowd: &mut Crowd, time: Duration) -> Figures {
    let one = load(server, crowd, 1, time);
    let sixteen = load(server, crowd, 16, time);
    vec![
        (Figure::Rate1, one.rate),
        (Figure::Cpu1, one.cpu),
        (Figure::Share1, one.server_share * 100.0),
        (Figure::Rate16, sixteen.rate),
        (Figure::Cpu16, sixteen.cpu),
        (Figure::Share16, sixteen.server_share * 100.0),
        (Figure::Crowd, one.crowd_share.max(sixteen.crowd_share) * 100.0),
        (Figure::Bytes, one.bytes),
    ]
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
