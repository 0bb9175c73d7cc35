//! Measures how much of each resource the hub uses, and checks that it does not grow.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use crate::kit::Hub;

/// When the hub has settled: what it uses then is what it may use at the end.
const SETTLED: Duration = Duration::from_secs(300);

/// Samples on either side of a moment that count for it: a single one may fall on a commit, a copy of the
/// database, a wave of people. Their median does not.
const AROUND: Duration = Duration::from_secs(60);

/// Memory may grow by a tenth and 2 MB: the allocator keeps what it once needed, in pages.
const MEMORY: (f64, f64) = (0.1, 2_048.0);

/// Descriptors and tasks go with the people who are connected, one and about three for each; how many those
/// are differs by some in a hundred at any moment, and polling needs twice as many. Whatever was left
/// behind by each who came and went would be thousands.
const COUNTS: (f64, f64) = (0.1, 12.0);

/// The WAL is cut back to 4 MiB whenever all of it is in the database; one more checkpoint may be due.
const WAL: (f64, f64) = (0.0, 4.5 * 1024.0);

/// A password that is being hashed holds 19 MiB, so the least counts of several looks in a second.
const MOMENT: Duration = Duration::from_secs(1);
const LOOKS: u32 = 8;

/// The number of descriptors that may be left when nobody is there: connections that read the database stay open.
const READERS: u64 = 8;

/// The resources that a hub uses at one moment.
#[derive(Debug, Clone, Copy, Default)]
pub struct Levels {
    rss: u64,
    descriptors: u64,
    threads: u64,
    tasks: u64,
    wal: u64,
    database: u64,
    rooms: u64,
    namespaces: u64,
    websocket: u64,
    polling: u64,
}

impl Levels {
    pub const HEAD: &str = "  time  memory, KiB  descriptors  threads  tasks  WAL, KiB  database, KiB  \
                            rooms  namespaces  sockets (polling)   messages";

    pub fn line(&self, at: Duration, said: u64) -> String {
        let Self { rss, descriptors, threads, tasks, wal, database, rooms, namespaces, .. } = self;
        let (minutes, seconds) = (at.as_secs() / 60, at.as_secs() % 60);
        format!(
            "{minutes:>3}:{seconds:02} {rss:>12} {descriptors:>12} {threads:>8} {tasks:>6} {wal:>9} \
             {database:>14} {rooms:>6} {namespaces:>11} {:>8} ({:>3}) {said:>15}",
            self.sockets(),
            self.polling
        )
    }

    fn sockets(&self) -> u64 {
        self.websocket + self.polling
    }

    /// Resources left behind by people who have gone, in sentences.
    pub fn left_since(&self, before: Self) -> Vec<String> {
        [
            ("sockets", self.sockets(), 0),
            ("namespaces", self.namespaces, before.namespaces),
            ("tasks", self.tasks, before.tasks),
            ("descriptors", self.descriptors, before.descriptors + READERS),
        ]
        .into_iter()
        .filter(|(_, now, may)| now > may)
        .map(|(what, now, may)| {
            format!("Nobody is there any more, but {now} {what} are; before they came {may} were.")
        })
        .collect()
    }
}

/// Looks at a running hub.
pub struct Watch<'a> {
    hub: &'a Hub,
    pid: String,
}

impl<'a> Watch<'a> {
    pub fn new(hub: &'a Hub) -> Self {
        Self { hub, pid: hub.pid().to_string() }
    }

    pub fn levels(&self) -> Levels {
        let proc = Path::new("/proc").join(&self.pid);
        let of = |name: &str| {
            let status = fs::read_to_string(proc.join("status")).expect("the hub runs");
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.split_whitespace().next().unwrap().parse().unwrap()
        };
        let look = |_| {
            thread::sleep(MOMENT / LOOKS);
            of("VmRSS:")
        };
        let answer = self.hub.get("/metrics", &[]);
        let page = answer.text();
        let series = |name: &str| value(page, name);
        Levels {
            rss: (0..LOOKS).map(look).min().unwrap_or_default(),
            threads: of("Threads:"),
            descriptors: fs::read_dir(proc.join("fd")).unwrap().count() as u64,
            tasks: series("colahub_tasks"),
            wal: series("colahub_wal_bytes") / 1024,
            database: series("colahub_database_bytes") / 1024,
            rooms: series("colahub_rooms"),
            namespaces: series("colahub_namespaces"),
            websocket: series("colahub_sockets{transport=\"websocket\"}"),
            polling: series("colahub_sockets{transport=\"polling\"}"),
        }
    }
}

fn value(page: &str, series: &str) -> u64 {
    let line = page.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {series} in {page}")).parse().unwrap()
}

type Level = fn(&Levels) -> u64;

/// What has grown between the time when the hub had settled and the end, in sentences.
pub fn grown(samples: &[(Duration, Levels)]) -> Vec<String> {
    let Some((end, _)) = samples.last() else { return vec!["Nothing was measured.".to_owned()] };
    let settled = SETTLED.min(*end / 2);
    let near = |moment: Duration| {
        let near = samples.iter().filter(move |(at, _)| at.abs_diff(moment) <= AROUND);
        near.map(|(_, levels)| *levels).collect::<Vec<_>>()
    };
    let (then, now) = (near(settled), near(*end));
    let sockets = |of: &[Levels]| median(of, Levels::sockets);
    // So many more or fewer are there now.
    let crowd = sockets(&now) / sockets(&then).max(1.0);
    let of: [(&str, Level, f64, (f64, f64)); 4] = [
        ("KiB of memory", |levels| levels.rss, 1.0, MEMORY),
        ("descriptors", |levels| levels.descriptors, crowd, COUNTS),
        ("tasks", |levels| levels.tasks, crowd, COUNTS),
        ("KiB of WAL", |levels| levels.wal, 1.0, WAL),
    ];
    let mut faults = Vec::new();
    for (what, level, scale, (part, more)) in of {
        let (then, now) = (median(&then, level), median(&now, level));
        let most = then * scale * (1.0 + part) + more;
        println!(
            "{what}: {then:.0} after {} s, {now:.0} at the end, at most {most:.0}",
            settled.as_secs()
        );
        if now > most {
            faults.push(format!("The hub uses {now:.0} {what}, where {most:.0} would do."));
        }
    }
    faults
}

fn median(of: &[Levels], level: Level) -> f64 {
    let mut values: Vec<u64> = of.iter().map(level).collect();
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or_default() as f64
}
