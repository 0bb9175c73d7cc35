//! The store's helpers for files.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt, chown};
use std::path::{Path, PathBuf};

/// How much is overwritten at a time, in bytes.
static ZEROS: [u8; 64 << 10] = [0; 64 << 10];

/// Overwrites a file of this size with zeros from `at` on, and cuts that off.
///
/// # Errors
/// The system's message.
pub(in crate::store) fn cut_off_overwritten(file: &File, at: u64, size: u64) -> io::Result<()> {
    let mut written = at;
    while written < size {
        let length = ZEROS.len().min(usize::try_from(size - written).unwrap_or(usize::MAX));
        file.write_all_at(ZEROS.get(..length).unwrap_or_default(), written)?;
        written += length as u64;
    }
    // Before its blocks are given back, or they might be without having been written.
    file.sync_all()?;
    file.set_len(at)
}

/// The size of a file in bytes; 0 if it does not exist.
pub(in crate::store) fn size(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |file| file.len())
}

/// The files in a folder that have a number in their name, by `number`, the highest first. Empty if the folder does not
/// exist.
///
/// # Errors
/// The folder cannot be listed: whether there are any is then unknown.
pub(in crate::store) fn numbered<N: Ord>(
    folder: &Path,
    number: impl Fn(&str) -> Option<N>,
) -> io::Result<Vec<(N, PathBuf)>> {
    let files = match fs::read_dir(folder) {
        // If it is not a folder, there are none, either.
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        files => files?,
    };
    let mut found = Vec::new();
    for file in files {
        let file = file?;
        if let Some(number) = file.file_name().to_str().and_then(&number) {
            found.push((number, file.path()));
        }
    }
    found.sort_unstable_by(|a, b| b.cmp(a));
    Ok(found)
}

/// The path with a suffix appended to its whole name, as SQLite names its `-wal` and `-shm` files.
pub(in crate::store) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Syncs the folder that this file is in, so that the file's creation or renaming survives a power cut.
pub(in crate::store) fn sync_folder(of: &Path) -> std::io::Result<()> {
    let folder = of.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// The URI by which SQLite opens a file that nobody writes to, without making files beside it.
pub(in crate::store) fn immutable(path: &Path) -> String {
    let mut uri = "file:".to_owned();
    for character in path.to_string_lossy().chars() {
        match character {
            '%' => uri.push_str("%25"),
            '?' => uri.push_str("%3f"),
            '#' => uri.push_str("%23"),
            plain => uri.push(plain),
        }
    }
    uri + "?immutable=1"
}

/// Gives a file that root has made to the user that owns the folder.
pub(in crate::store) fn give_to_owner(folder: &Path, file: &Path) -> io::Result<()> {
    let (owner, own) = (fs::metadata(folder)?, fs::metadata(file)?);
    if (owner.uid(), owner.gid()) == (own.uid(), own.gid()) {
        return Ok(());
    }
    chown(file, Some(owner.uid()), Some(owner.gid()))
}

/// Replaces a small file in the data folder: after a power cut it has its old content or this one, whole.
pub(in crate::store) fn put(folder: &Path, name: &str, content: &[u8]) -> io::Result<()> {
    let (path, fresh) = (folder.join(name), folder.join(format!("{name}.new")));
    // The remains of an attempt that was interrupted, which may be another user's.
    match fs::remove_file(&fresh) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&fresh)?;
    file.write_all(content)?;
    give_to_owner(folder, &fresh)?;
    file.sync_all()?;
    fs::rename(&fresh, &path)?;
    sync_folder(&path)
}
