//! The store's helpers for files.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

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
