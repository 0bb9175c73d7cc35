//! Measures what an export takes from those who go on talking.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::crowd::Crowd;
use crate::server::{CORE, Server, hub_program};

/// People in the room that goes on.
const PEOPLE: usize = 100;

/// Messages a second in it.
const RATE: f64 = 20.0;

/// How long it is measured before and after.
const CALM: Duration = Duration::from_secs(30);

/// Half of the acknowledgements, and 99 of 100, took at most so many milliseconds.
pub type Acks = (f64, f64);

/// An export, and how the room went on meanwhile.
pub struct Exported {
    /// How long it took.
    pub took: Duration,
    /// The most memory that it had, in bytes.
    pub memory: f64,
    /// The size of its file, in bytes.
    pub bytes: u64,
    /// Before the export, and after it.
    pub calm: Acks,
    /// While it ran.
    pub during: Acks,
}

/// Exports everything that the hub with its data in `folder` has, on the hub's own core, while people talk in one of its rooms.
pub fn measure(server: &Server, folder: &Path, room: &str) -> Exported {
    let mut crowd = Crowd::new(server.address, &[room.to_owned()]);
    crowd.join(PEOPLE);
    crowd.keep_saying(RATE, CALM / 10);
    crowd.finish();
    crowd.count_anew();
    crowd.keep_saying(RATE, CALM);
    crowd.finish();
    let before = std::mem::take(&mut crowd.tally.acks);
    let file = folder.join("export.zip");
    let (mut export, begun, mut memory) = (begins(folder, &file), Instant::now(), 0.0);
    let status = loop {
        if let Some(status) = export.try_wait().unwrap() {
            break status;
        }
        memory = f64::max(memory, most(&export));
        crowd.keep_saying(RATE, Duration::from_secs(1));
    };
    assert!(status.success(), "the export failed: {status}");
    let took = begun.elapsed();
    crowd.finish();
    let during = std::mem::take(&mut crowd.tally.acks);
    crowd.tally.acks = before;
    crowd.keep_saying(RATE, CALM);
    crowd.finish();
    let [calm, during] = [&crowd.tally.acks, &during].map(|acks| (acks.at(0.5), acks.at(0.99)));
    let bytes = file.metadata().unwrap().len();
    println!(
        "{:>24}: {:.0} s, {:.1} MB at most; acknowledgements meanwhile {:.1} ms, 99 of 100 {:.1} ms ({:.1}, {:.1} without it)",
        "exporting",
        took.as_secs_f64(),
        memory / 1e6,
        during.0,
        during.1,
        calm.0,
        calm.1
    );
    Exported { took, memory, bytes, calm, during }
}

fn begins(folder: &Path, file: &Path) -> Child {
    Command::new("setpriv")
        .args(["--pdeathsig", "KILL", "taskset", "-c", CORE, &hub_program(), "export"])
        .arg(file)
        .arg("--data-dir")
        .arg(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// The most memory that a process has had, in bytes; 0 when it has just ended.
fn most(process: &Child) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id()));
    let status = status.unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kibibytes.unwrap_or(0.0) * 1024.0
}
