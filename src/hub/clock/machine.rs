//! The machine's clock, and what keeps it right.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::domain::time::WallTime;
use crate::domain::wall::Reading;

/// The file that systemd-timesyncd creates once it is synchronised. A hub without internet usually has no
/// time server.
const SYNCHRONISED: &str = "run/systemd/timesync/synchronized";

/// Other programs that set the clock. They do not say in a file whether it is synchronised, so it counts as kept.
const TIME_DAEMONS: [&str; 3] = ["run/chrony", "run/ntpd.pid", "run/openntpd.sock"];

/// The battery-backed clocks that the kernel knows.
const REAL_TIME_CLOCKS: &str = "sys/class/rtc";

/// How far a battery-backed clock may be from the system's, in seconds. One without a battery began in 1970.
const DRIFT: u64 = 24 * 60 * 60;

/// How often the file is checked.
const LOOK: Duration = Duration::from_secs(5);

/// The machine's clock.
#[derive(Debug)]
pub(super) struct MachineClock {
    synchronised: bool,
    is_kept: bool,
    looked: Instant,
}

impl MachineClock {
    pub(super) fn new() -> Self {
        let root = Path::new("/");
        // Once, since a battery-backed clock is there from the machine's start, and is slow to read.
        let is_kept = is_kept(root, seconds());
        Self { synchronised: is_synchronised(root), is_kept, looked: Instant::now() }
    }

    pub(super) fn read(&mut self) -> Reading {
        if self.looked.elapsed() > LOOK {
            self.looked = Instant::now();
            self.synchronised = is_synchronised(Path::new("/"));
        }
        let shows = WallTime(i64::try_from(since_1970().as_millis()).unwrap_or(i64::MAX));
        Reading { shows, synchronised: self.synchronised, is_kept: self.is_kept }
    }
}

fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

fn seconds() -> u64 {
    since_1970().as_secs()
}

fn is_synchronised(root: &Path) -> bool {
    root.join(SYNCHRONISED).exists()
}

/// Whether something keeps the time while the machine is off, or sets it without saying so.
fn is_kept(root: &Path, now: u64) -> bool {
    let clocks = fs::read_dir(root.join(REAL_TIME_CLOCKS)).into_iter().flatten().flatten();
    let mut shown = clocks.filter_map(|clock| {
        fs::read_to_string(clock.path().join("since_epoch")).ok()?.trim().parse::<u64>().ok()
    });
    shown.any(|seconds| seconds.abs_diff(now) < DRIFT)
        || TIME_DAEMONS.iter().any(|daemon| root.join(daemon).exists())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_795_000_000;

    #[test]
    fn a_battery_keeps_the_time_and_nothing_else_on_a_board_does() {
        let root = tempfile::tempdir().unwrap();
        let file = |path: &str, text: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        assert!(!is_kept(root.path(), NOW) && !is_synchronised(root.path()));
        file("sys/class/rtc/rtc0/since_epoch", "312\n");
        assert!(!is_kept(root.path(), NOW), "a clock without a battery");
        file("sys/class/rtc/rtc1/since_epoch", &format!("{}\n", NOW + 3));
        assert!(is_kept(root.path(), NOW));
        assert!(
            !is_kept(root.path(), NOW + 3 * DRIFT),
            "the system's clock goes by something else"
        );
        file("run/systemd/timesync/synchronized", "");
        assert!(is_synchronised(root.path()));
    }

    #[test]
    fn a_program_that_sets_the_clock_without_saying_so_is_believed() {
        for daemon in TIME_DAEMONS {
            let root = tempfile::tempdir().unwrap();
            fs::create_dir_all(root.path().join(daemon)).unwrap();
            assert!(is_kept(root.path(), NOW), "{daemon}");
        }
    }
}
