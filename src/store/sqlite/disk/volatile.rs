//! Checks whether a folder's content survives a restart of the machine.
//!
//! On some boards the card is never written: an overlay in memory takes all writes (Raspberry Pi OS calls it the
//! overlay file system), and they are lost in a restart. There even a synced database is only as durable as memory.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{StatFs, major, minor, statfs};

/// Linux's numbers for types of file systems (`statfs(2)`).
const TMPFS: u64 = 0x0102_1994;
const RAMFS: u64 = 0x8584_58f6;
const OVERLAY: u64 = 0x794c_7630;

/// Why the folder's content is lost, or may be lost, when the machine restarts: a sentence without a full stop.
/// `None` if the folder is on a disk, or cannot be checked.
#[must_use]
pub fn forgets(folder: &Path) -> Option<String> {
    let shown = folder.display();
    // If it does not exist yet, it will be on the file system of its nearest existing parent.
    match layer(folder.ancestors().find(|above| above.try_exists().unwrap_or(true))?)? {
        Layer::Memory => Some(format!(
            "{shown} is in memory: everything the hub keeps is lost when the machine restarts"
        )),
        Layer::Overlay => Some(format!(
            "{shown} is on an overlay: everything the hub keeps may be lost when the machine restarts"
        )),
    }
}

/// Whether a folder is in memory, or may be. False if it cannot be checked.
#[must_use]
pub fn is_volatile(folder: &Path) -> bool {
    layer(folder).is_some()
}

/// The file system below a folder that may be volatile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layer {
    /// A file system in memory.
    Memory,
    /// An overlay whose upper layer is in memory, or cannot be checked.
    Overlay,
}

fn layer(folder: &Path) -> Option<Layer> {
    let disk = statfs(folder).ok()?;
    let device = fs::metadata(folder).ok()?.dev();
    match kind(&disk) {
        TMPFS | RAMFS => Some(Layer::Memory),
        OVERLAY => {
            let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
            let upper = upper(&mounts, device);
            overlay(upper.as_deref().map(|upper| upper.exists().then(|| layer(upper))))
        }
        _ if is_in_memory(device) => Some(Layer::Memory),
        _ => None,
    }
}

/// Judges an overlay by its upper layer: `None` if no upper layer is listed, `Some(None)` if it cannot be seen from
/// here, else the kind of memory that it is in, `None` for a disk.
#[allow(clippy::option_option, reason = "each level is another thing that is not known")]
fn overlay(upper: Option<Option<Option<Layer>>>) -> Option<Layer> {
    match upper {
        // The upper layer is on a disk, so it survives a restart.
        Some(Some(None)) => None,
        _ => Some(Layer::Overlay),
    }
}

#[allow(clippy::unnecessary_cast, reason = "32 bits on a 32-bit board, signed on a 64-bit one")]
fn kind(disk: &StatFs) -> u64 {
    disk.f_type as u64
}

/// Whether a block device is in memory: a RAM disk, or zram.
fn is_in_memory(device: u64) -> bool {
    let link = format!("/sys/dev/block/{}:{}", major(device), minor(device));
    let name = fs::read_link(link).ok();
    let name = name.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy());
    name.is_some_and(|name| name.starts_with("zram") || name.starts_with("ram"))
}

/// The upper layer of the overlay that is mounted with this device, by `/proc/self/mountinfo` (`proc(5)`).
fn upper(mounts: &str, device: u64) -> Option<PathBuf> {
    let number = format!("{}:{}", major(device), minor(device));
    let mount = mounts.lines().find(|line| line.split(' ').nth(2) == Some(&number))?;
    let options = mount.split_once(" - ")?.1.split(' ').nth(2)?;
    let upper = options.split(',').find_map(|option| option.strip_prefix("upperdir="))?;
    Some(PathBuf::from(OsString::from_vec(unescaped(upper.as_bytes()))))
}

/// Decodes a path of `mountinfo`, in which the kernel writes spaces, tabs, newlines, commas and backslashes as three
/// octal digits, such as `\040`.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, behind)) = rest.split_first() {
        let octal = behind.get(..3).and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = octal.and_then(|digits| u8::from_str_radix(digits, 8).ok());
        match (first, byte) {
            (b'\\', Some(byte)) => {
                plain.push(byte);
                rest = behind.get(3..).unwrap_or_default();
            }
            _ => {
                plain.push(first);
                rest = behind;
            }
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_forgets_and_says_so() {
        // Every Linux has it, and it is one in every container.
        let folder = tempfile::tempdir_in("/dev/shm").unwrap();
        let told = forgets(folder.path()).unwrap();
        assert!(told.contains("is in memory"), "{told}");
        assert!(forgets(&folder.path().join("not/there/yet")).is_some());
    }

    #[test]
    fn an_overlay_remembers_only_where_its_upper_layer_is_seen_on_a_disk() {
        assert_eq!(overlay(Some(Some(None))), None);
        for forgetting in [None, Some(None), Some(Some(Some(Layer::Memory)))] {
            assert_eq!(overlay(forgetting), Some(Layer::Overlay), "{forgetting:?}");
        }
    }

    #[test]
    fn the_upper_layer_is_read_from_the_mounts() {
        let mounts = "21 1 0:19 / /media/root-rw rw - tmpfs tmpfs-root rw\n\
                      22 1 0:20 / / rw,relatime shared:1 - overlay overlayroot \
                      rw,lowerdir=/media/root-ro,upperdir=/media/root-rw/overlay,workdir=/media/root-rw/w\n";
        let device = rustix::fs::makedev(0, 20);
        assert_eq!(upper(mounts, device), Some("/media/root-rw/overlay".into()));
        assert_eq!(upper(mounts, rustix::fs::makedev(0, 19)), None);
        assert_eq!(upper("", device), None);
        let spaced = r"22 1 0:20 / / rw - overlay overlay rw,upperdir=/media/my\040stick\054b\134c,workdir=/w";
        assert_eq!(upper(spaced, device), Some(r"/media/my stick,b\c".into()));
        assert_eq!(unescaped(br"\9\04"), br"\9\04");
    }
}
