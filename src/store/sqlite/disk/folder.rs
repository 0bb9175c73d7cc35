//! The data folder and its permissions.
//!
//! New files are for the hub's user only: `colahub` sets the `umask` of the whole process. This module
//! handles files that existed before.

use std::fs::{self, File, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::store::FILE;
use crate::store::sqlite::disk::files::with_suffix;
use crate::store::sqlite::recovery::backup;

/// Mode for the hub's user only.
const PRIVATE: u32 = 0o600;

/// The hub's files in the data folder, besides those of the database, which begin with its name.
const OWN: [&str; 8] = [
    "hub.lock",
    "identity.key",
    "network-name",
    "host-clock",
    "ballast",
    "last-export",
    "wipe.order",
    "wipe-receipts.jsonl",
];

/// Whether the hub uses this name in the data folder.
pub(in crate::store) fn is_own(name: &str) -> bool {
    let others = [backup::FOLDER, "control.sock", "probe"];
    let own = OWN.iter().chain(&others);
    name.starts_with(FILE) || own.into_iter().any(|own| name.starts_with(own))
}

/// The files that a hub uses in a data folder, whether or not they are there: all but those that were set aside.
pub fn needed(folder: &Path) -> Vec<PathBuf> {
    let database = folder.join(FILE);
    let beside = ["-wal", "-shm"].map(|suffix| with_suffix(&database, suffix));
    let own = OWN.iter().map(|name| folder.join(name));
    let copies = backup::list(folder).unwrap_or_default().into_iter().map(|(_, copy)| copy);
    let all = [database].into_iter().chain(beside).chain(own);
    all.chain([folder.join(backup::FOLDER)]).chain(copies).collect()
}

/// Creates a folder and its missing parents, and syncs them: a file that is synced in an unsynced folder is
/// lost with the folder in a power cut.
///
/// # Errors
/// The kernel refuses.
pub fn make_folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let above = path.parent().filter(|above| !above.as_os_str().is_empty());
    let above = above.unwrap_or(Path::new("."));
    make_folder(above)?;
    match fs::create_dir(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        // It has just been created by another process; or it is not a folder, or nobody may look.
        Err(error) if !fs::metadata(path)?.is_dir() => Err(error),
        _ => File::open(above)?.sync_all(),
    }
}

/// Removes other users' permissions from the hub's files. The folder itself, which the host may have created
/// for more than the hub, is left as it is, with a warning.
pub(in crate::store) fn keep_private(folder: &Path) {
    let is_own = |name: &str| name.starts_with(FILE) || OWN.iter().any(|own| name.starts_with(own));
    let files = [folder.to_owned(), folder.join(backup::FOLDER)];
    let files =
        files.iter().flat_map(|folder| fs::read_dir(folder).into_iter().flatten().flatten());
    for file in files {
        let name = file.file_name().to_string_lossy().into_owned();
        let is_copy = name.starts_with("hub-") && name.contains(".sqlite3");
        // Links are not followed.
        let Ok(found) = file.path().symlink_metadata() else { continue };
        let is_open = found.is_file() && found.mode() & 0o077 != 0;
        if !is_open || !(is_own(&name) || is_copy) {
            continue;
        }
        let path = file.path();
        match fs::set_permissions(&path, Permissions::from_mode(PRIVATE)) {
            Ok(()) => tracing::info!(file = %path.display(), "others may not read this any more"),
            Err(error) => {
                tracing::warn!(file = %path.display(), %error, "others may read or change this file");
            }
        }
    }
    if is_for_all(folder) {
        tracing::warn!(
            folder = %folder.display(),
            "anybody on this machine may replace the hub's files; `chmod o-w` on the folder ends that"
        );
    }
}

/// Whether every user may replace files in a folder.
fn is_for_all(folder: &Path) -> bool {
    const STICKY: u32 = 0o1000;
    let mode = fs::metadata(folder).map_or(0, |folder| folder.mode());
    mode & 0o002 != 0 && mode & STICKY == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_made_from_the_top_and_once() {
        let root = tempfile::tempdir().unwrap();
        let deep = root.path().join("a/b/c");
        make_folder(&deep).unwrap();
        make_folder(&deep).unwrap();
        assert!(deep.is_dir());
        fs::write(root.path().join("file"), "").unwrap();
        assert!(make_folder(&root.path().join("file/d")).is_err());
        let unseen = root.path().join("unseen");
        std::os::unix::fs::symlink(&unseen, &unseen).unwrap();
        let error = make_folder(&unseen).unwrap_err();
        assert_ne!(error.kind(), ErrorKind::AlreadyExists, "it is why nobody can look that helps");
    }

    #[test]
    fn only_the_hubs_own_files_are_made_private_and_no_folder() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("data");
        make_folder(&folder.join(backup::FOLDER)).unwrap();
        let own = ["hub.sqlite3", "hub.sqlite3.corrupt-1-wal", "backups/hub-000001.sqlite3"];
        let foreign = ["notes.txt", "backups/mine.sqlite3", "../linked"];
        for name in own.iter().chain(&foreign) {
            fs::write(folder.join(name), "").unwrap();
            fs::set_permissions(folder.join(name), Permissions::from_mode(0o644)).unwrap();
        }
        std::os::unix::fs::symlink(root.path().join("linked"), folder.join("identity.key"))
            .unwrap();
        fs::set_permissions(&folder, Permissions::from_mode(0o777)).unwrap();
        keep_private(&folder);
        let mode = |name: &str| fs::metadata(folder.join(name)).unwrap().mode() & 0o777;
        assert_eq!(own.map(mode), [0o600; 3]);
        assert_eq!(foreign.map(mode), [0o644; 3]);
        assert_eq!(mode(""), 0o777);
        assert!(is_for_all(&folder));
    }
}
