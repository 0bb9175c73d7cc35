//! A server under load: started on its own core, watched, ended.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::calls::Calls;
use crate::scratch;

/// The core that servers run on; the crowd has another.
pub const CORE: &str = "0";

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, clap::ValueEnum)]
pub enum Kind {
    /// The hub as it is installed: everything is kept, and committed before it is sent.
    Hub,
    /// Node.js with socket.io.
    Node,
    /// NestJS with the gateway of Cola Chat's articles.
    Nest,
    /// Bun with its own engine for socket.io.
    Bun,
    /// One thread that writes one prepared frame to everyone.
    Floor,
}

impl Kind {
    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hub => "hub",
            Self::Node => "Node socket.io",
            Self::Nest => "NestJS",
            Self::Bun => "Bun",
            Self::Floor => "floor",
        }
    }

    /// The words of its command line; data, if it keeps any, goes to this folder.
    fn command(self, folder: &Path) -> Vec<String> {
        match self {
            Self::Hub => [
                &hub_program(),
                "run",
                "--listen",
                "127.0.0.1:0",
                "--data-dir",
                folder.to_str().unwrap(),
            ]
            .map(str::to_owned)
            .to_vec(),
            Self::Node => vec!["node".into(), peer("node/server.mjs")],
            Self::Nest => vec!["node".into(), peer("nest/dist/main.js")],
            Self::Bun => vec![peer("bun/node_modules/.bin/bun"), peer("bun/server.mjs")],
            Self::Floor => {
                vec![std::env::current_exe().unwrap().to_str().unwrap().into(), "floor".into()]
            }
        }
    }
}

/// A file of `benches/peers`.
pub fn peer(file: &str) -> String {
    format!("{}/benches/peers/{file}", env!("CARGO_MANIFEST_DIR"))
}

/// The hub that is measured: `COLAHUB_BIN`, else the one built beside this program.
pub fn hub_program() -> String {
    std::env::var("COLAHUB_BIN").unwrap_or_else(|_| env!("CARGO_BIN_EXE_colahub").into())
}

/// A server that runs until it is dropped.
pub struct Server {
    child: Child,
    kind: Kind,
    /// Where it listens.
    pub address: SocketAddr,
    /// From its start until it had a connection accepted.
    pub ready: Duration,
}

impl Server {
    /// Starts one with nothing in its memory and nothing on its disk.
    pub fn start(kind: Kind) -> Self {
        Self::start_with(kind, &[], &[])
    }

    /// The same, with this around its command, and these variables.
    pub fn start_with(kind: Kind, around: &[&str], settings: &[(&str, &str)]) -> Self {
        let folder = scratch::folder().join("fresh");
        let _nothing_there = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        Self::start_in(kind, &folder, around, settings)
    }

    /// The same, with its data in this folder.
    pub fn start_in(kind: Kind, folder: &Path, around: &[&str], settings: &[(&str, &str)]) -> Self {
        let begun = Instant::now();
        // setpriv and taskset become the server: it has the child's process id, and it ends with us,
        // whatever ends us.
        let mut child = Command::new("setpriv")
            .args(["--pdeathsig", "KILL", "taskset", "-c", CORE])
            .args(around)
            .args(kind.command(folder))
            .env("COLAHUB_LIMITS_PROFILE", "off")
            .env("COLAHUB_ROOMS_LIMIT", "1000")
            .env("COLAHUB_LIMITS_CONNECTIONS", "20000")
            .env("NODE_ENV", "production")
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://");
        let address = address.unwrap_or_else(|| panic!("{}: it says {line:?}", kind.name()));
        let address: SocketAddr = address.parse().unwrap();
        TcpStream::connect(address).unwrap();
        Self { child, kind, address, ready: begun.elapsed() }
    }

    /// Somebody opens the page, where there is one.
    pub fn be_looked_at(&self) {
        if self.kind == Kind::Hub {
            let mut calls = Calls::connect(self.address, None);
            let page = calls.ask("GET /", "");
            let page = String::from_utf8_lossy(&page);
            for file in page.split('"').filter(|word| word.starts_with("/assets/")) {
                calls.ask(&format!("GET {file}"), "");
            }
        }
    }

    /// So many open rooms, by their ids; servers without a store take any.
    pub fn rooms(&self, many: usize) -> Vec<String> {
        if self.kind == Kind::Hub {
            let mut calls = Calls::connect(self.address, None);
            return (0..many).map(|number| calls.make_room(number)).collect();
        }
        (0..many).map(|number| format!("0199b8a2-5a10-7c22-8e31-{number:012}")).collect()
    }

    /// The processor time it has used, in all its threads.
    pub fn cpu(&self) -> Duration {
        cpu(&format!("/proc/{}/stat", self.child.id()))
    }

    /// What it has caused to be written to disk, in bytes.
    pub fn written(&self) -> u64 {
        let io = std::fs::read_to_string(format!("/proc/{}/io", self.child.id())).unwrap();
        let bytes = io.lines().find_map(|line| line.strip_prefix("write_bytes: ")).unwrap();
        bytes.parse().unwrap()
    }

    /// What it holds in memory, in bytes.
    pub fn memory(&self) -> Memory {
        let rollup = std::fs::read_to_string(format!("/proc/{}/smaps_rollup", self.child.id()));
        let rollup = rollup.unwrap();
        let field = |name: &str| {
            let line = rollup.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.split_whitespace().next().unwrap().parse::<f64>().unwrap() * 1024.0
        };
        Memory { rss: field("Rss:"), pss: field("Pss:") }
    }
}

/// Resident memory of a process, in bytes.
#[derive(Clone, Copy)]
pub struct Memory {
    /// With all of the pages it shares.
    pub rss: f64,
    /// With its part of them.
    pub pss: f64,
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.kind == Kind::Hub {
            let pid = Pid::from_raw(self.child.id().try_into().unwrap()).unwrap();
            let _gone_already = kill_process(pid, Signal::TERM);
        } else {
            let _gone_already = self.child.kill();
        }
        let _status = self.child.wait();
    }
}

/// The processor time that this program has used.
pub fn own_cpu() -> Duration {
    cpu("/proc/self/stat")
}

/// The processor time of a process and of those that it has started, as far as they live.
pub fn family_cpu(parent: u32) -> Duration {
    let parent = parent.to_string();
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(|entry| {
        let entry = entry.ok()?;
        let id = entry.file_name().into_string().ok()?;
        // It may have ended meanwhile, and not everything there is a process.
        let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
        (id == parent || fields(&stat).get(1) == Some(&parent.as_str())).then(|| time_used(&stat))
    });
    processes.sum()
}

fn cpu(stat: &str) -> Duration {
    time_used(&std::fs::read_to_string(stat).unwrap())
}

fn time_used(stat: &str) -> Duration {
    let fields = fields(stat);
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    Duration::from_secs_f64(ticks as f64 / rustix::param::clock_ticks_per_second() as f64)
}

/// The fields of `/proc/PID/stat` behind the name, which may hold anything in its brackets.
fn fields(stat: &str) -> Vec<&str> {
    stat.rsplit_once(") ").map(|(_, fields)| fields.split(' ').collect()).unwrap_or_default()
}
