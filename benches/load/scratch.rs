//! A folder for data, on the disk that the build is on.

use std::path::{Path, PathBuf};

/// This run's own, named by its process; whoever uses a part of it makes it.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("load-{}", std::process::id()))
}

/// Removes what this run, and runs that were ended before they could, left behind.
pub fn tidy() {
    let _nothing_there = std::fs::remove_dir_all(folder());
    let Ok(entries) = std::fs::read_dir(env!("CARGO_TARGET_TMPDIR")) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let process = name.to_str().and_then(|name| name.strip_prefix("load-"));
        if process.is_some_and(|process| !Path::new("/proc").join(process).exists()) {
            let _gone_already = std::fs::remove_dir_all(entry.path());
        }
    }
}
