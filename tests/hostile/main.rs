//! A hub among strangers: people talk in a room while others hold connections, send a byte a second, flood and never
//! read. Memory stays bounded, connections that do nothing are closed, and the talk goes on.
//!
//! Here in short; `./dev prove` runs it at its full size against the hub as it is released, and also holds
//! how long messages take to twice what they took before.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    unreachable_pub,
    reason = "a test may panic, and tells its figures"
)]

mod crowd;
#[path = "../it/kit.rs"]
#[allow(dead_code, reason = "shared with the stories, which ask for more")]
mod kit;
mod strangers;
mod wire;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs::File;
use std::rc::Rc;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::task::{JoinSet, LocalSet};
use tokio::time::sleep;

use self::crowd::{Crowd, Newcomers, Times};
use self::kit::Hub;
use self::strangers::{Asks, Flooded, Held, Reads, Way};

/// The most by which the hub may grow.
const GROWTH: u64 = 32 << 20;

/// The most that the hub may log meanwhile.
const LOGGED: u64 = 1_000_000;

/// The longest that a place may be held for nothing.
const REAPED: Duration = Duration::from_secs(15);

/// How long a client is waited for that does not read.
const UNREAD: Duration = Duration::from_secs(10);

/// How large an attack is.
struct Size {
    people: usize,
    deaf: usize,
    /// The newcomers who join while the others flood.
    newcomers: usize,
    /// Of each way to hold a place with a message or a body that does not end.
    unfinished: usize,
    /// Of each way to be half-open or idle.
    idle: usize,
    /// Of each way to make the hub answer and not to read.
    unread: usize,
    flood: Duration,
    /// How long the talk before is timed.
    before: Duration,
    /// How often somebody speaks.
    every: Duration,
}

const SHORT: Size = Size {
    people: 100,
    deaf: 10,
    newcomers: 8,
    unfinished: 8,
    idle: 40,
    unread: 3,
    flood: Duration::from_secs(4),
    before: Duration::from_secs(3),
    every: Duration::from_millis(200),
};

const FULL: Size = Size {
    people: 1_000,
    deaf: 100,
    newcomers: 24,
    unfinished: 40,
    idle: 334,
    unread: 10,
    flood: Duration::from_secs(12),
    before: Duration::from_secs(30),
    every: Duration::from_millis(100),
};

const UNFINISHED: [Way; 5] =
    [Way::HugeFrame, Way::EndlessMessage, Way::DrippedFrame, Way::HugeBody, Way::DrippedBody];

const IDLE: [Way; 6] = [
    Way::Silent,
    Way::DrippedHead,
    Way::KeptAlive,
    Way::NoNamespace,
    Way::NoPong,
    Way::HalfUpgraded,
];

const ASKS: [Asks; 6] =
    [Asks::Pings, Asks::Events, Asks::Joins, Asks::Namespaces, Asks::Posts, Asks::Requests];

/// Those who make the hub answer and do not read, or hardly.
fn unread() -> Vec<Way> {
    let ways = |reads| ASKS.map(|asks| Way::Unread(asks, reads));
    [ways(Reads::Nothing), ways(Reads::Little)].concat()
}

#[test]
fn people_talk_on_among_strangers() {
    let is_full = std::env::var_os("COLAHUB_TEST_STRANGERS").is_some();
    let size = if is_full { FULL } else { SHORT };
    raise_open_files();
    // The speaker stands for many: as one person they would have to wait.
    let (folder, log) = (tempfile::tempdir().unwrap(), tempfile::NamedTempFile::new().unwrap());
    let mut command = kit::run_in(folder.path());
    command.env("COLAHUB_LIMITS_MESSAGES", "100/s burst 1000");
    command.stderr(File::create(log.path()).unwrap());
    let hub = Hub::run_heard(command, folder);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (calm, stormy, attack) = LocalSet::new().block_on(&runtime, attacked(&hub, &size));
    attack.print(&calm, &stormy);
    let logged = log.as_file().metadata().unwrap().len();
    println!("log: {logged} bytes");
    assert!(logged > 0, "the hub's log went elsewhere");
    assert!(logged <= LOGGED, "the hub logged {logged} bytes");
    let grown = attack.peak.saturating_sub(attack.before);
    assert!(grown <= GROWTH, "the hub grew by {} KiB", grown >> 10);
    // Within its pace, a client that is refused namespaces is a slow one that joins no room: it has a minute, or as
    // long as a ping is waited for. Where it reads nothing, its buffers may be full before that, on a fast machine.
    let has_a_minute = |way: &Way| matches!(way, Way::Unread(Asks::Namespaces, _));
    for (way, longest) in attack.longest.iter().filter(|(way, _)| !has_a_minute(way)) {
        // Until its buffers are full, or its session has ended, a client that hardly reads is like any other.
        let most = if matches!(way, Way::Unread(..)) { REAPED + UNREAD } else { REAPED };
        assert!(*longest <= most, "{way:?} held its place for {longest:?}");
    }
    assert_eq!(stormy.lost, 0, "honest people lost their connection");
    assert_eq!(attack.came.len(), size.newcomers, "not all newcomers came in");
    if is_full {
        let (before, after) = (calm.all.p99, stormy.all.p99);
        assert!(after <= 2 * before, "the 99th percentile went from {before:?} to {after:?}");
    }
}

/// The outcome of an attack.
struct Attack {
    before: u64,
    peak: u64,
    after: u64,
    longest: BTreeMap<Way, Duration>,
    count: usize,
    flooded: Rc<Flooded>,
    /// How long it took honest newcomers to get in meanwhile.
    came: Vec<Duration>,
}

async fn attacked(hub: &Hub, size: &Size) -> (Times, Times, Attack) {
    let room = first_room(hub);
    let mut crowd = Crowd::come(hub.address, &room, size.people, size.deaf).await;
    let calm = crowd.speak(size.every, size.before).await;
    let before = resident(hub);

    let (held, flooded) = (Held::default(), Rc::new(Flooded::default()));
    let peak = Rc::new(Cell::new(before));
    crowd::alongside(watch(hub.pid(), Rc::clone(&peak)));
    crowd.some_stop_reading();
    let mut hostile = JoinSet::new();
    let unread = unread();
    let all =
        [(&UNFINISHED[..], size.unfinished), (&IDLE[..], size.idle), (&unread[..], size.unread)];
    for (ways, each) in all {
        for way in ways {
            for n in 0..each {
                let (room, held) = (room.clone(), Rc::clone(&held));
                hostile.spawn_local(strangers::hold(hub.address, *way, n, room, held));
            }
        }
    }
    let count = hostile.len();
    hostile.spawn_local(strangers::flood(hub.address, 8, size.flood, Rc::clone(&flooded)));
    hostile.spawn_local(strangers::babble(hub.address, room.clone(), size.flood));
    let newcomers = Rc::new(Newcomers::default());
    let (many, every) = (size.newcomers, size.flood / u32::try_from(size.newcomers).unwrap());
    hostile.spawn_local(Rc::clone(&newcomers).come(hub.address, room, many, every));
    let stormy = crowd.speak(size.every, size.flood + REAPED / 3).await;
    while hostile.join_next().await.is_some() {}
    sleep(Duration::from_secs(2)).await;
    let mut longest = BTreeMap::new();
    for (way, took) in held.borrow().iter() {
        let longest: &mut Duration = longest.entry(*way).or_default();
        *longest = (*longest).max(*took);
    }
    let (peak, after) = (peak.get(), resident(hub));
    let came = newcomers.took.take();
    (calm, stormy, Attack { before, peak, after, longest, count, flooded, came })
}

impl Attack {
    fn print(&self, calm: &Times, stormy: &Times) {
        let Self { before, peak, after, longest, count, flooded, came } = self;
        let mb = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1e6);
        println!("memory: {} before, {} at most, {} after", mb(*before), mb(*peak), mb(*after));
        println!("handshakes: {flooded:?}");
        let slowest = came.iter().max().copied().unwrap_or_default();
        println!("newcomers: {} came in, the slowest in {slowest:.1?}", came.len());
        println!("{count} places held for nothing; the longest of each:");
        for (way, longest) in longest {
            println!("  {way:?}: {longest:.1?}");
        }
        for (name, times) in [("calm", calm), ("stormy", stormy)] {
            let Times { one, all, missing, lost } = times;
            println!(
                "{name}: to one {:.1?} {:.1?}, to all {:.1?} {:.1?} (p50 p99); {missing} missing, {lost} lost",
                one.p50, one.p99, all.p50, all.p99
            );
        }
    }
}

async fn watch(pid: u32, peak: Rc<Cell<u64>>) {
    loop {
        peak.set(peak.get().max(resident_of(pid)));
        sleep(Duration::from_millis(50)).await;
    }
}

fn resident(hub: &Hub) -> u64 {
    resident_of(hub.pid())
}

/// Nothing where the hub has ended; what follows will say so.
fn resident_of(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok()).unwrap_or(0) << 10
}

fn first_room(hub: &Hub) -> String {
    let rooms: serde_json::Value =
        serde_json::from_str(hub.get("/chat/rooms", &[]).text()).unwrap();
    rooms["data"][0]["id"].as_str().unwrap().to_owned()
}

/// Both ends of every connection are here or in a child, which has the same limit.
fn raise_open_files() {
    let maximum = getrlimit(Resource::Nofile).maximum;
    let raised = Rlimit { current: maximum, maximum };
    setrlimit(Resource::Nofile, raised).expect("the limit of open files can be raised");
}
