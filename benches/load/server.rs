//! A server under load: started on its own core, watched, ended.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::calls;

/// The core that servers run on; the crowd has another.
const CORE: &str = "0";

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, clap::ValueEnum)]
pub enum Kind {
    /// The hub as it is installed: everything is kept, and committed before it is sent.
    Hub,
    /// Node.js with socket.io.
    Node,
    /// One thread that writes one prepared frame to everyone.
    Floor,
}

impl Kind {
    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hub => "hub",
            Self::Node => "Node socket.io",
            Self::Floor => "floor",
        }
    }

    fn command(self, folder: &std::path::Path) -> Vec<String> {
        let peers = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peers");
        let own = std::env::current_exe().unwrap();
        let words = match self {
            Self::Hub => vec![
                hub_program(),
                "run".into(),
                "--listen".into(),
                "127.0.0.1:0".into(),
                "--data-dir".into(),
                folder.to_str().unwrap().into(),
            ],
            Self::Node => vec!["node".into(), format!("{peers}/node/server.mjs")],
            Self::Floor => vec![own.to_str().unwrap().into(), "floor".into()],
        };
        words
    }
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
    folder: PathBuf,
}

impl Server {
    /// Starts one with nothing in its memory and nothing on its disk.
    pub fn start(kind: Kind) -> Self {
        let folder =
            PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("load-{}", std::process::id()));
        let _nothing_there = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        Self::start_in(kind, folder, &[])
    }

    /// Starts one with its data in this folder.
    pub fn start_in(kind: Kind, folder: PathBuf, settings: &[(&str, &str)]) -> Self {
        let begun = Instant::now();
        // setpriv and taskset become the server: it has the child's process id, and it ends with us,
        // whatever ends us.
        let mut child = Command::new("setpriv")
            .args(["--pdeathsig", "KILL", "taskset", "-c", CORE])
            .args(kind.command(&folder))
            .env("COLAHUB_LIMITS_PROFILE", "off")
            .env("COLAHUB_HTTP_MAX_CONNECTIONS", "20000")
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
        Self { child, kind, address, ready: begun.elapsed(), folder }
    }

    /// So many open rooms, by their ids; servers without a store take any.
    pub fn rooms(&self, many: usize) -> Vec<String> {
        let made = |number| match self.kind {
            Kind::Hub => calls::make_room(self.address, number),
            _ => format!("0199b8a2-5a10-7c22-8e31-{number:012}"),
        };
        (0..many).map(made).collect()
    }

    /// The processor time it has used, in all its threads.
    pub fn cpu(&self) -> Duration {
        cpu(&format!("/proc/{}/stat", self.child.id()))
    }

    /// What it holds in memory, in bytes.
    pub fn memory(&self) -> Memory {
        let rollup = std::fs::read_to_string(format!("/proc/{}/smaps_rollup", self.child.id()));
        let rollup = rollup.unwrap();
        let field = |name: &str| {
            let line = rollup.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.split_whitespace().next().unwrap().parse::<u64>().unwrap() * 1024
        };
        Memory { rss: field("Rss:"), pss: field("Pss:") }
    }
}

/// Resident memory of a process, in bytes.
#[derive(Clone, Copy)]
pub struct Memory {
    /// With all of the pages it shares.
    pub rss: u64,
    /// With its part of them.
    pub pss: u64,
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
        let _gone_already = std::fs::remove_dir_all(&self.folder);
    }
}

/// The processor time that this program has used.
pub fn own_cpu() -> Duration {
    cpu("/proc/self/stat")
}

fn cpu(stat: &str) -> Duration {
    let stat = std::fs::read_to_string(stat).unwrap();
    // The name, in brackets, may hold anything.
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    let fields: Vec<&str> = fields.split(' ').collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    Duration::from_secs_f64(ticks as f64 / rustix::param::clock_ticks_per_second() as f64)
}
