//! Finds the files that a wipe removes, and overwrites them.
//!
//! Whether the medium writes in the same place is up to it: a memory card or an SSD mostly does not.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

use crate::store::FILE;
use crate::store::sqlite::disk::files;
use crate::store::sqlite::recovery::{backup, replace};
use crate::store::wipe::LeftFile;

/// How much is overwritten before it is synced and cut off the file, in bytes: a wipe that is interrupted goes on
/// behind what it has done.
const PIECE: u64 = 4 << 20;

/// What SQLite's files begin with.
const SQLITE: &[u8] = b"SQLite format 3\0";

/// Why a link is left.
pub(super) const IS_LINK: &str = "it is a link, and what it leads to is not overwritten";

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// A copy of the database.
    Copy,
    /// A file that was set aside.
    SetAside,
    /// The remains of something that was interrupted.
    Remains,
    /// The database, its WAL and the index of that. Last: whoever still has it open could write to it what is in a copy.
    Database,
}

/// A file that a wipe removes.
#[derive(Debug)]
pub(super) struct Doomed {
    pub(super) kind: Kind,
    pub(super) path: PathBuf,
    /// The name in the data folder.
    pub(super) name: String,
    pub(super) size: u64,
    /// Whether it counts as a file of its own, and not as a part of another.
    pub(super) is_whole: bool,
}

/// The files that a wipe removes, in the order in which it does.
pub(super) fn doomed(folder: &Path) -> io::Result<Vec<Doomed>> {
    let mut found = Vec::new();
    for (name, path) in list(folder)? {
        if let Some(kind) = kind_of(&name) {
            found.extend(file(kind, path, name)?);
        }
    }
    for (name, path) in list(&folder.join(backup::FOLDER))? {
        if is_copy(&path, &name) {
            found.extend(file(Kind::Copy, path, format!("{}/{name}", backup::FOLDER))?);
        }
    }
    // The WAL before the database, so that nothing can be folded in once the database is overwritten.
    found.sort_by_cached_key(|file| (file.kind, file.name == FILE, file.name.clone()));
    Ok(found)
}

/// The same, with files that an interrupted wipe has noted and that are still there.
pub(super) fn doomed_with(folder: &Path, noted: &[String]) -> io::Result<Vec<Doomed>> {
    let mut found = doomed(folder)?;
    let copies = noted.iter().filter(|name| {
        let copy = name.strip_prefix(backup::FOLDER).and_then(|name| name.strip_prefix('/'));
        copy.is_some_and(|name| !name.contains('/') && name != "..")
    });
    let unknown = copies.filter(|name| found.iter().all(|file| file.name != **name));
    let mut more = Vec::new();
    for name in unknown {
        more.extend(file(Kind::Copy, folder.join(name), name.clone())?);
    }
    // Before the database, as all copies.
    found.splice(0..0, more);
    Ok(found)
}

/// The files beside the copies that a wipe leaves, with the reasons.
pub(super) fn left(folder: &Path) -> io::Result<Vec<LeftFile>> {
    let mut left = Vec::new();
    for (name, path) in list(&folder.join(backup::FOLDER))? {
        if is_copy(&path, &name) {
            continue;
        }
        let why = match path.symlink_metadata()?.is_file() {
            true => "it is no copy of a database",
            false => "it is no file",
        };
        let name = format!("{}/{name}", backup::FOLDER);
        left.push(LeftFile { name, why: why.to_owned() });
    }
    left.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(left)
}

/// What the hub's own files in the data folder are. `None` for those that a wipe keeps.
fn kind_of(name: &str) -> Option<Kind> {
    let is_in = |prefix: &str| name.starts_with(prefix);
    let filling = format!("{FILE}.filling");
    if let Some(rest) = name.strip_prefix(FILE) {
        let aside = [replace::CORRUPT, replace::REPLACED].map(|why| format!(".{why}-"));
        return match rest {
            "" | "-wal" | "-shm" | "-journal" => Some(Kind::Database),
            // The new database, which may be complete.
            _ if name == filling => None,
            _ if aside.iter().any(|aside| rest.starts_with(aside)) => Some(Kind::SetAside),
            _ if rest.starts_with(".before-") => Some(Kind::Copy),
            _ if rest.starts_with('.') => Some(Kind::Remains),
            _ => None,
        };
    }
    if is_in("identity.key.unusable-") || is_in("identity.key.replaced-") || is_in("backups.") {
        return Some(Kind::SetAside);
    }
    is_in(".colahub-export-").then_some(Kind::Remains)
}

/// Whether a file beside the backups is one, or another database. A host may have made it by hand.
fn is_copy(path: &Path, name: &str) -> bool {
    let is_own = name.starts_with("hub-") && name.contains(".sqlite3");
    let beside = ["-wal", "-shm", "-journal", ".part"];
    let stem = beside.iter().find_map(|end| name.strip_suffix(end));
    let is_part = stem.is_some_and(|stem| begins(&path.with_file_name(stem)));
    let is_file = path.symlink_metadata().is_ok_and(|found| found.is_file());
    is_file && (is_own || is_part || begins(path))
}

fn begins(path: &Path) -> bool {
    let mut head = [0; SQLITE.len()];
    open(path, OpenOptions::new().read(true))
        .and_then(|mut file| file.read_exact(&mut head))
        .is_ok_and(|()| head == SQLITE)
}

fn file(kind: Kind, path: PathBuf, name: String) -> io::Result<Option<Doomed>> {
    let size = match path.symlink_metadata() {
        Ok(found) if found.is_dir() => return Ok(None),
        Ok(found) => found.len(),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let is_whole = !["-wal", "-shm", "-journal"].iter().any(|end| name.ends_with(end));
    Ok(Some(Doomed { kind, path, name, size, is_whole }))
}

/// The names and paths in a folder; nothing if it is not there.
fn list(folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let files = match fs::read_dir(folder) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        files => files?,
    };
    let named = |file: io::Result<fs::DirEntry>| {
        let file = file?;
        Ok((file.file_name().to_string_lossy().into_owned(), file.path()))
    };
    files.map(named).collect()
}

/// Overwrites a file with zeros, from its end to its beginning, and removes it. Nothing if it is not there. What a link
/// leads to is not touched. `going_on` is called with the bytes of each piece.
pub(super) fn destroy(path: &Path, going_on: &mut dyn FnMut(u64)) -> io::Result<()> {
    if path.is_symlink() {
        fs::remove_file(path)?;
        return Err(io::Error::other(IS_LINK));
    }
    let overwritten = match open(path, OpenOptions::new().write(true)) {
        Ok(file) => overwrite(&file, going_on),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => Err(error),
    };
    // Removed in any case: it must not come back as a copy that the hub goes on from.
    fs::remove_file(path)?;
    overwritten
}

/// Opens a file, but not what a link leads to.
fn open(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    let flags = OFlags::NOFOLLOW.union(OFlags::NONBLOCK).bits();
    options.custom_flags(i32::try_from(flags).unwrap_or(0)).open(path)
}

fn overwrite(file: &File, going_on: &mut dyn FnMut(u64)) -> io::Result<()> {
    let mut size = file.metadata()?.len();
    while size > 0 {
        let piece = (size - 1) / PIECE * PIECE;
        files::cut_off_overwritten(file, piece, size)?;
        going_on(size - piece);
        size = piece;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_of_the_hub_is_removed_or_kept() {
        for (name, kind) in [
            ("hub.sqlite3", Some(Kind::Database)),
            ("hub.sqlite3-wal", Some(Kind::Database)),
            ("hub.sqlite3-shm", Some(Kind::Database)),
            ("hub.sqlite3.filling", None),
            ("hub.sqlite3.filling-wal", Some(Kind::Remains)),
            ("hub.sqlite3.ready", Some(Kind::Remains)),
            ("hub.sqlite3.preparing-shm", Some(Kind::Remains)),
            ("hub.sqlite3.suspect", Some(Kind::Remains)),
            ("hub.sqlite3.corrupt-1", Some(Kind::SetAside)),
            ("hub.sqlite3.replaced-2-wal", Some(Kind::SetAside)),
            ("hub.sqlite3.before-0009", Some(Kind::Copy)),
            ("backups.set-aside", Some(Kind::SetAside)),
            ("identity.key", None),
            ("identity.key.unusable-1", Some(Kind::SetAside)),
            ("hub.lock", None),
            ("network-name", None),
            ("host-clock", None),
            ("wipe.order", None),
            ("notes.txt", None),
        ] {
            assert_eq!(kind_of(name), kind, "{name}");
        }
    }

    #[test]
    fn the_database_is_overwritten_last_and_a_foreign_file_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let backups = folder.path().join(backup::FOLDER);
        fs::create_dir(&backups).unwrap();
        let all = [
            ("hub.sqlite3", "x"),
            ("hub.sqlite3-wal", "x"),
            ("hub.sqlite3.corrupt-1", "x"),
            ("backups/hub-000001.sqlite3", "damaged"),
            ("backups/by-hand", "SQLite format 3\0 and more"),
            ("backups/by-hand-journal", "x"),
            ("backups/chat.zip", "PK"),
        ];
        for (name, content) in all {
            fs::write(folder.path().join(name), content).unwrap();
        }
        std::os::unix::fs::symlink(folder.path().join("hub.sqlite3"), backups.join("link"))
            .unwrap();
        let found = doomed(folder.path()).unwrap();
        let names: Vec<_> = found.iter().map(|file| file.name.as_str()).collect();
        let wanted = [
            "backups/by-hand",
            "backups/by-hand-journal",
            "backups/hub-000001.sqlite3",
            "hub.sqlite3.corrupt-1",
            "hub.sqlite3-wal",
            "hub.sqlite3",
        ];
        assert_eq!(names, wanted);
        let left = left(folder.path()).unwrap();
        let left: Vec<_> =
            left.iter().map(|left| (left.name.as_str(), left.why.as_str())).collect();
        let wanted = [
            ("backups/chat.zip", "it is no copy of a database"),
            ("backups/link", "it is no file"),
        ];
        assert_eq!(left, wanted);
    }

    #[test]
    fn a_file_is_zeros_before_it_is_gone_and_a_link_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (path, other) = (folder.path().join("file"), folder.path().join("other"));
        let size = PIECE * 2 + 5;
        fs::write(&path, vec![7; usize::try_from(size).unwrap()]).unwrap();
        // Its bytes can be seen by another name.
        fs::hard_link(&path, &other).unwrap();
        let mut pieces = Vec::new();
        let seen = other.clone();
        destroy(&path, &mut |bytes| {
            pieces.push((bytes, fs::metadata(&seen).unwrap().len()));
        })
        .unwrap();
        assert_eq!(pieces, [(5, PIECE * 2), (PIECE, PIECE), (PIECE, 0)]);
        assert!(!path.exists());
        fs::write(&other, "stays").unwrap();
        std::os::unix::fs::symlink(&other, &path).unwrap();
        assert!(destroy(&path, &mut |_| ()).is_err());
        assert!(!path.is_symlink() && fs::read(&other).unwrap() == b"stays");
        destroy(&path, &mut |_| ()).unwrap();
    }
}
