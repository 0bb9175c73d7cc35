//! Stores the host's time over restarts of the hub, for as long as the machine is up.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use crate::domain::wall::HostTime;

/// The file in the data folder: the id of the machine's start and the offset in ms.
const FILE: &str = "host-clock";

/// The kernel's id of the machine's start.
const BOOT_ID: &str = "/proc/sys/kernel/random/boot_id";

/// The variable that has it (`%b` in the unit) where the service's sandbox hides the file.
const BOOT_VARIABLE: &str = "BOOT_ID";

/// The stored time of a host.
#[derive(Debug, Clone)]
pub struct RememberedTime {
    path: PathBuf,
    /// The id of the machine's start, without hyphens. `None` if it is not known, so that nothing is stored.
    boot: Option<String>,
}

impl RememberedTime {
    /// The time that is stored in this data folder.
    #[must_use]
    pub fn of(folder: &Path) -> Self {
        let file = fs::read_to_string(BOOT_ID).ok();
        let boot = file.or_else(|| std::env::var(BOOT_VARIABLE).ok());
        Self { path: folder.join(FILE), boot: boot.as_deref().and_then(plain) }
    }

    /// Reads it. A time from before the machine was last started is of no use, since what it was held against began
    /// again: it is deleted, as is a damaged file.
    pub(super) fn read(&self) -> Option<HostTime> {
        let text = fs::read_to_string(&self.path).ok()?;
        let (boot, offset) = text.trim().split_once(' ').unwrap_or_default();
        let offset = offset.parse().ok();
        if self.boot.is_some() && self.boot.as_deref() == Some(boot) && offset.is_some() {
            return offset.map(HostTime::from_offset);
        }
        tracing::info!(
            "the machine was started again, so the time that a host had set is given up"
        );
        self.forget();
        None
    }

    /// Stores it. Errors are only logged, since the hub works without it until it ends.
    pub(super) fn keep(&self, time: HostTime) {
        if let Err(error) = self.write(time) {
            tracing::warn!(%error, "the host's time will not be remembered over a restart of the hub");
        }
    }

    /// Deletes it.
    pub(super) fn forget(&self) {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(%error, "the time that a host had set could not be deleted");
            }
            _ => {}
        }
    }

    fn write(&self, time: HostTime) -> io::Result<()> {
        let unknown = || io::Error::other("the id of the machine's start is not known");
        let boot = self.boot.as_ref().ok_or_else(unknown)?;
        let fresh = self.path.with_extension("new");
        let mut file = fs::File::create(&fresh)?;
        writeln!(file, "{boot} {}", time.offset())?;
        file.sync_all()?;
        fs::rename(fresh, &self.path)
    }
}

/// How long the machine has been up, with the time that it was suspended.
pub(super) fn up() -> Duration {
    let up = clock_gettime(ClockId::Boottime);
    let (seconds, nanos) = (u64::try_from(up.tv_sec), u32::try_from(up.tv_nsec));
    Duration::new(seconds.unwrap_or(0), nanos.unwrap_or(0))
}

/// An id in hexadecimal, without the hyphens that the kernel writes and systemd does not.
fn plain(id: &str) -> Option<String> {
    let id = id.trim().replace('-', "");
    (!id.is_empty() && id.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(folder: &Path, boot: Option<&str>) -> RememberedTime {
        RememberedTime { path: folder.join(FILE), boot: boot.and_then(plain) }
    }

    #[test]
    fn a_time_is_kept_until_the_machine_is_started_again() {
        let folder = tempfile::tempdir().unwrap();
        let time = HostTime::from_offset(1_795_000_000_000);
        let first = at(folder.path(), Some("27b1a43d-9b6a\n"));
        assert_eq!(first.read(), None);
        first.keep(time);
        assert_eq!(first.read(), Some(time));
        assert_eq!(at(folder.path(), Some("27b1a43d9b6a")).read(), Some(time), "as systemd has it");
        assert_eq!(at(folder.path(), Some("27b1a43d9b6b")).read(), None);
        assert!(!folder.path().join(FILE).exists(), "and never again");
        first.keep(time);
        first.forget();
        assert_eq!(first.read(), None);
    }

    #[test]
    fn without_an_id_of_the_machines_start_nothing_is_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let time = HostTime::from_offset(5);
        for none in [None, Some(""), Some("no id")] {
            at(folder.path(), none).keep(time);
            assert!(!folder.path().join(FILE).exists());
        }
        fs::write(folder.path().join(FILE), " 5").unwrap();
        assert_eq!(at(folder.path(), None).read(), None);
    }

    #[test]
    fn a_damaged_file_counts_as_none() {
        let folder = tempfile::tempdir().unwrap();
        for text in ["", "ab", "ab x", "ab 1.5", "ab 99999999999999999999", "\0\0"] {
            fs::write(folder.path().join(FILE), text).unwrap();
            assert_eq!(at(folder.path(), Some("ab")).read(), None, "{text:?}");
        }
    }
}
