//! Checks whether the hub can write to its data folder, and whether that has space.

use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::fs::{Access, StatVfs, StatVfsMountFlags, access, statvfs};
use rustix::io::Errno;

use super::Finding;
use super::files::{self, Eyes};
use super::hub::HubReport;
use crate::config::Config;
use crate::domain::words;
use crate::store::{forgets, is_volatile};
use crate::unit::nearest;

const CHECK: &str = "data";

/// With less free space than this, in bytes, the hub will soon refuse messages.
const SCARCE: u64 = 200 << 20;

pub(super) fn check(config: &Config, eyes: Eyes<'_>, is_made: bool) -> Vec<Finding> {
    let folder = &config.data_dir;
    let mut found = match statvfs(folder) {
        Ok(disk) => {
            let mut found = vec![writable(folder, &disk, eyes, is_made)];
            // If the folder cannot be entered, `writable` has reported it already.
            if access(folder, Access::EXEC_OK).is_ok() {
                found.extend(files::check(folder, eyes));
            }
            found.push(space(folder, free(&disk), full(&disk)));
            found.extend(is_for_all(folder).then(|| open_to_all(folder)));
            found.extend(lost(folder));
            found
        }
        Err(error) => vec![missing(folder, home(folder).as_ref(), &error.into(), eyes, is_made)],
    };
    match forgets(folder) {
        Some(seen) => found.push(volatile(seen)),
        None => found.extend(is_volatile(Path::new("/etc")).then(volatile_configuration)),
    }
    found
}

/// The loss of data that a running hub reports for a day.
pub(super) fn restored(running: Option<&HubReport>) -> Option<Finding> {
    running.filter(|hub| hub.storage == "restored").map(|_| {
        let seen = "the database was lost or damaged, and the hub goes on from a copy, or without";
        Finding::note(CHECK, seen).and_advice("`colahub status` says what was lost")
    })
}

/// The file system on which a folder that is not there would be made.
fn home(folder: &Path) -> Option<StatVfs> {
    folder.ancestors().find_map(|above| statvfs(above).ok())
}

fn missing(
    folder: &Path,
    home: Option<&StatVfs>,
    error: &std::io::Error,
    eyes: Eyes<'_>,
    is_made: bool,
) -> Finding {
    if home.is_some_and(is_read_only) {
        return read_only(folder);
    }
    let (shown, who) = (folder.display(), eyes.who());
    let above = nearest(folder);
    let is_refused = || access(above, Access::WRITE_OK | Access::EXEC_OK).is_err();
    match (error.kind(), eyes) {
        (ErrorKind::NotFound, Eyes::Service(user)) if !is_made && is_refused() => Finding::bad(
            CHECK,
            format!("{shown} is not there, and {who} may not make it in {}", above.display()),
            format!("`sudo install -d -m 0700 -o {user} {shown}`"),
        ),
        (ErrorKind::NotFound, _) => {
            Finding::note(CHECK, format!("{shown} is not there yet; the hub makes it"))
        }
        (ErrorKind::PermissionDenied, Eyes::Own) => {
            Finding::note(CHECK, format!("you may not look into {shown}"))
                .and_advice("run this with sudo to see more")
        }
        (ErrorKind::PermissionDenied, Eyes::Service(_)) => Finding::bad(
            CHECK,
            format!("{who} may not look into {shown}"),
            "each folder above it has to let that user through: `chmod o+x`",
        ),
        _ => Finding::bad(CHECK, format!("{shown} cannot be read: {error}"), "check the disk"),
    }
}

/// Judges whether the hub can write to the folder. `is_made` if systemd makes the folder for the service, and changes
/// its owner to the service's user at each start.
fn writable(folder: &Path, disk: &StatVfs, eyes: Eyes<'_>, is_made: bool) -> Finding {
    let shown = folder.display();
    if is_read_only(disk) {
        return read_only(folder);
    }
    let refused = access(folder, Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK).err();
    match (refused, eyes) {
        (None, Eyes::Own) => Finding::good(CHECK, format!("{shown} can be written")),
        (None, Eyes::Service(user)) => {
            Finding::good(CHECK, format!("{shown} can be written by the service's user {user}"))
        }
        (Some(_), Eyes::Own) => Finding::note(CHECK, format!("you may not write to {shown}"))
            .and_advice(
                "the service has a user of its own, who may: run this with sudo to see more",
            ),
        (Some(Errno::ACCESS | Errno::PERM), Eyes::Service(_)) if is_made => {
            Finding::note(CHECK, format!("systemd gives {shown} to the service at its next start"))
        }
        (Some(error), Eyes::Service(user)) => Finding::bad(
            CHECK,
            format!("{} may not write to {shown}: {}", eyes.who(), std::io::Error::from(error)),
            format!("`sudo chown -R {user}: {shown}`, and `sudo chmod u+rwx {shown}`"),
        ),
    }
}

/// The finding for a machine that keeps the data folder over a restart, but not `/etc`.
fn volatile_configuration() -> Finding {
    let seen = "/etc is in memory or on an overlay: the data stays, but the configuration is as it was \
                before once the machine restarts";
    Finding::note(CHECK, seen).and_advice(
        "turn the overlay off while you change the configuration (on a Raspberry Pi: `sudo raspi-config`, \
         Performance Options)",
    )
}

fn volatile(seen: String) -> Finding {
    Finding::note(CHECK, seen).and_advice(
        "set `data_dir` to a folder on a disk (docs/storage.md says how), or turn the overlay off \
         (on a Raspberry Pi: `sudo raspi-config`, Performance Options); `colahub backup` makes a copy elsewhere",
    )
}

/// Whether every user of the machine may replace files in the folder (world-writable without the sticky bit).
fn is_for_all(folder: &Path) -> bool {
    const STICKY: u32 = 0o1000;
    let mode = std::fs::metadata(folder).map_or(0, |folder| folder.mode());
    mode & 0o002 != 0 && mode & STICKY == 0
}

fn open_to_all(folder: &Path) -> Finding {
    let folder = folder.display();
    Finding::bad(
        CHECK,
        format!("anybody on this machine may replace the files in {folder}"),
        format!("`chmod o-w {folder}`"),
    )
}

/// The damage that earlier starts of the hub have left traces of in the data folder.
fn lost(folder: &Path) -> Vec<Finding> {
    let mut found = Vec::new();
    let names = std::fs::read_dir(folder).and_then(|files| {
        files.map(|file| Ok(file?.file_name().to_string_lossy().into_owned())).collect()
    });
    let mut names: Vec<String> = names.unwrap_or_else(|error| {
        // A missing permission is reported by `writable`.
        let is_told = error.kind() == ErrorKind::PermissionDenied;
        found.extend((!is_told).then(|| unseen(folder, &error)));
        Vec::new()
    });
    names.sort();
    if let Some(key) = names.iter().rfind(|name| name.starts_with("identity.key.unusable-")) {
        let seen = format!(
            "the hub's key could not be used and is kept as {key}: everybody who came before is a new chatter"
        );
        let advice = "put an older identity.key back with the hub stopped, or remove that file";
        found.push(Finding::note(CHECK, seen).and_advice(advice));
    }
    let copies = folder.join("backups");
    // If its metadata cannot be read, `files::check` reports that.
    if std::fs::metadata(&copies).is_ok_and(|copies| !copies.is_dir()) {
        let seen = format!("{} is no folder, so no copies can be made", copies.display());
        found.push(Finding::bad(CHECK, seen, "move it away, and restart the hub"));
    }
    found
}

fn unseen(path: &Path, error: &std::io::Error) -> Finding {
    Finding::bad(CHECK, format!("{} cannot be listed: {error}", path.display()), "check the disk")
}

fn is_read_only(disk: &StatVfs) -> bool {
    disk.f_flag.contains(StatVfsMountFlags::RDONLY)
}

fn read_only(folder: &Path) -> Finding {
    Finding::bad(
        CHECK,
        format!("{} is on a file system that is read-only", folder.display()),
        "a worn-out card does that to save itself: `dmesg` tells; make a copy and change the card",
    )
}

fn space(folder: &Path, free: u64, all: u64) -> Finding {
    let shown = format!("{} free of {}", words::size(free), words::size(all));
    // The hub refuses messages below five percent.
    if free < SCARCE || free < all / 10 {
        let advice =
            format!("delete what is not needed, or move {} to a larger disk", folder.display());
        return Finding::bad(CHECK, format!("the disk is nearly full: {shown}"), advice);
    }
    Finding::good(CHECK, shown)
}

fn free(disk: &StatVfs) -> u64 {
    disk.f_bavail.saturating_mul(disk.f_frsize)
}

fn full(disk: &StatVfs) -> u64 {
    disk.f_blocks.saturating_mul(disk.f_frsize)
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn a_disk_that_fills_is_reported_in_time() {
        let verdict = |free, all| space(Path::new("/data"), free, all).verdict;
        assert_eq!(verdict(8_000_000_000, 16_000_000_000), Verdict::Good);
        assert_eq!(verdict(1_000_000_000, 16_000_000_000), Verdict::Bad);
        assert_eq!(verdict(100_000_000, 500_000_000), Verdict::Bad);
    }

    #[test]
    fn a_loss_is_reported() {
        let folder = tempfile::tempdir().unwrap();
        assert!(lost(folder.path()).is_empty());
        std::fs::write(folder.path().join("identity.key.unusable-1"), "").unwrap();
        std::fs::write(folder.path().join("backups"), "").unwrap();
        let verdicts: Vec<_> = lost(folder.path()).into_iter().map(|found| found.verdict).collect();
        assert_eq!(verdicts, [Verdict::Note, Verdict::Bad]);
    }

    #[test]
    fn a_folder_that_cannot_be_listed_is_reported() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        assert!(lost(&file)[0].seen.contains("cannot be listed"));
    }

    #[test]
    fn a_missing_folder_is_no_fault() {
        let error = std::io::Error::from(ErrorKind::NotFound);
        let verdict =
            |eyes, is_made| missing(Path::new("/data"), None, &error, eyes, is_made).verdict;
        assert_eq!(verdict(Eyes::Own, false), Verdict::Note);
        assert_eq!(verdict(Eyes::Service("colahub"), true), Verdict::Note, "systemd makes it");
    }
}
