//! Free space on the disk, and the ballast, which is thrown off when none is left.
//!
//! A full disk blocks deleting, too. So the hub stops taking messages while there is still some space, and
//! keeps a file, the ballast, that is removed when others have filled the rest.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::fs::{FallocateFlags, StatVfsMountFlags, fallocate, statvfs};

/// The ballast's file.
const BALLAST: &str = "ballast";

/// Size of the ballast, in bytes: enough for a join, a checkpoint and the deletion of old messages.
const BALLAST_SIZE: u64 = 4 << 20;

/// The file with which a failed disk is tested.
const PROBE: &str = "probe";

/// How often the free space is read.
const LOOK: Duration = Duration::from_millis(500);

/// The condition of the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Condition {
    /// It takes messages.
    Roomy,
    /// So little space is left that only joins and the like are written.
    Tight,
    /// It takes no writes.
    ReadOnly,
}

/// The sizes of the file system.
#[derive(Debug, Clone, Copy)]
struct Space {
    total: u64,
    free: u64,
    read_only: bool,
}

impl Space {
    fn of(folder: &Path) -> Option<Self> {
        let disk = statvfs(folder).ok()?;
        Some(Self {
            total: disk.f_blocks.saturating_mul(disk.f_frsize),
            free: disk.f_bavail.saturating_mul(disk.f_frsize),
            read_only: disk.f_flag.contains(StatVfsMountFlags::RDONLY),
        })
    }

    /// The space that stays free: 5 %, less of a large disk, and at least what a WAL needs on a small one.
    fn reserve(self) -> u64 {
        const LEAST: u64 = 8 << 20;
        const MOST: u64 = 256 << 20;
        (self.total / 20).clamp(LEAST, MOST).min(self.total / 4)
    }

    /// Hysteresis: a tight disk is roomy again only some way above the limit.
    fn condition(self, before: Condition) -> Condition {
        let reserve = self.reserve();
        let wanted = if before == Condition::Roomy { reserve } else { reserve + reserve / 8 };
        match self {
            Self { read_only: true, .. } => Condition::ReadOnly,
            Self { free, .. } if free < wanted => Condition::Tight,
            _ => Condition::Roomy,
        }
    }
}

/// The disk that holds the data folder.
#[derive(Debug)]
pub(in crate::store) struct Disk {
    folder: PathBuf,
    looked: Option<Instant>,
    condition: Condition,
    /// Whether a write has failed and none has succeeded since.
    fails: bool,
}

impl Disk {
    pub(in crate::store) fn of(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), looked: None, condition: Condition::Roomy, fails: false }
    }

    /// The condition, at most half a second old. A disk that cannot be queried counts as roomy: SQLite will
    /// report what is wrong.
    pub(in crate::store) fn condition(&mut self) -> Condition {
        if self.looked.is_none_or(|looked| looked.elapsed() >= LOOK) {
            self.looked = Some(Instant::now());
            let space = Space::of(&self.folder);
            self.condition = space.map_or(Condition::Roomy, |s| s.condition(self.condition));
            self.fails = self.fails && !self.takes_a_file();
            if self.fails {
                self.condition = Condition::ReadOnly;
            }
        }
        self.condition
    }

    /// Notes that a write has failed, whatever the kernel says about the disk: a failing card often still
    /// looks well.
    pub(in crate::store) fn fails(&mut self) {
        self.looked = Some(Instant::now());
        self.condition = Condition::ReadOnly;
        self.fails = true;
    }

    fn takes_a_file(&self) -> bool {
        let path = self.folder.join(PROBE);
        let written = File::create(&path).and_then(|mut file| {
            file.write_all(b"?")?;
            file.sync_all()
        });
        let _gone = fs::remove_file(&path);
        written.is_ok()
    }

    /// Notes that a write has failed for lack of space, whatever the kernel says: it may be a quota, or
    /// others may fill the disk quickly.
    pub(in crate::store) fn is_full(&mut self) {
        self.looked = Some(Instant::now());
        self.condition = Condition::Tight;
    }

    /// Whether nothing can be added.
    pub(in crate::store) fn is_exhausted(&self) -> bool {
        Space::of(&self.folder).is_some_and(|space| space.free < 1 << 20)
    }

    /// Whether this many bytes can be added without making the disk tight.
    pub(in crate::store) fn has_room_for(&self, bytes: u64) -> bool {
        Space::of(&self.folder).is_none_or(|space| space.free >= space.reserve() + bytes)
    }

    /// Removes the ballast. Returns whether there was any.
    pub(in crate::store) fn drop_ballast(&self) -> bool {
        fs::remove_file(self.folder.join(BALLAST)).is_ok()
    }

    /// Creates the ballast, if there is none and there is enough space.
    pub(in crate::store) fn take_ballast(&self) {
        let path = self.folder.join(BALLAST);
        let twice = Space::of(&self.folder).is_some_and(|s| s.free >= 2 * s.reserve());
        if !twice {
            return;
        }
        // An existing file is left alone, also if its metadata cannot be read.
        let Ok(file) = OpenOptions::new().write(true).create_new(true).open(&path) else { return };
        if fill(file).is_err() {
            // A partial ballast is removed, and the hub runs without.
            let _gone = fs::remove_file(&path);
        }
    }
}

fn fill(mut file: File) -> std::io::Result<()> {
    if fallocate(&file, FallocateFlags::empty(), 0, BALLAST_SIZE).is_err() {
        // File systems without `fallocate` (FAT) get zeros.
        let zeros = vec![0; 64 * 1024];
        for _ in 0..BALLAST_SIZE / 65_536 {
            file.write_all(&zeros)?;
        }
    }
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIB: u64 = 1 << 30;

    #[test]
    fn a_file_in_the_place_of_the_ballast_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(BALLAST);
        std::os::unix::fs::symlink(&path, &path).unwrap();
        let disk = Disk::of(folder.path());
        disk.take_ballast();
        assert!(path.is_symlink(), "it was removed");
        fs::remove_file(&path).unwrap();
        disk.take_ballast();
        assert_eq!(fs::metadata(&path).unwrap().len(), BALLAST_SIZE);
    }

    fn space(total: u64, free: u64) -> Space {
        Space { total, free, read_only: false }
    }

    #[test]
    fn the_reserve_is_a_twentieth_within_reason() {
        assert_eq!(space(2 * GIB, 0).reserve(), 2 * GIB / 20);
        assert_eq!(space(1024 * GIB, 0).reserve(), 256 << 20, "of a large disk no more");
        assert_eq!(space(64 << 20, 0).reserve(), 8 << 20, "of a small one what a WAL needs");
        assert_eq!(space(16 << 20, 0).reserve(), 4 << 20, "of a tiny one a quarter");
    }

    #[test]
    fn a_disk_that_was_tight_is_roomy_only_with_some_distance() {
        let reserve = space(GIB, 0).reserve();
        assert_eq!(space(GIB, reserve).condition(Condition::Roomy), Condition::Roomy);
        assert_eq!(space(GIB, reserve - 1).condition(Condition::Roomy), Condition::Tight);
        assert_eq!(space(GIB, reserve).condition(Condition::Tight), Condition::Tight);
        assert_eq!(space(GIB, reserve * 2).condition(Condition::Tight), Condition::Roomy);
        let frozen = Space { read_only: true, ..space(GIB, GIB) };
        assert_eq!(frozen.condition(Condition::Roomy), Condition::ReadOnly);
    }

    #[test]
    fn the_ballast_exists_until_it_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::of(folder.path());
        disk.take_ballast();
        assert_eq!(fs::metadata(folder.path().join(BALLAST)).unwrap().len(), BALLAST_SIZE);
        assert!(disk.drop_ballast());
        assert!(!disk.drop_ballast());
    }
}
