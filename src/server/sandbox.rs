//! A service that systemd keeps from its data folder: the unit makes all but its state directory read-only
//! (`ProtectSystem=strict`, systemd.exec(5)).

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use rustix::fs::{Access, access};
use rustix::io::Errno;

/// Adds to a failure with the data folder what helps, if it may be systemd that keeps the service from it.
///
/// # Errors
/// Those of `result`.
pub(super) fn explained<T>(result: anyhow::Result<T>, data_dir: &Path) -> anyhow::Result<T> {
    let is_service = env::var_os("STATE_DIRECTORY").is_some_and(|states| !states.is_empty());
    match result {
        Err(error) if is_service => {
            let folder = real(data_dir);
            match hint(&folder, access(nearest(&folder), Access::WRITE_OK)) {
                Some(hint) => Err(error).context(hint),
                None => Err(error),
            }
        }
        other => other,
    }
}

/// The folder itself, behind links: a linked `/var/lib/colahub` is as read-only as what it leads to.
fn real(folder: &Path) -> PathBuf {
    fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned())
}

/// The folder, or the nearest one above it that exists.
fn nearest(folder: &Path) -> &Path {
    let is_there = |above: &&Path| above.try_exists().unwrap_or(true);
    folder.ancestors().find(is_there).unwrap_or(folder)
}

/// Advice, given whether the service may write to the folder. The sandbox answers `EROFS`, as does a disk
/// that is read-only itself; a lack of permission is something else.
fn hint(folder: &Path, writable: Result<(), Errno>) -> Option<String> {
    let folder = folder.display();
    (writable == Err(Errno::ROFS)).then(|| {
        format!(
            "systemd may keep this service from {folder}: `sudo systemctl edit colahub` with the lines \
             \"[Service]\" and \"ReadWritePaths={folder}\" lets it write there (docs/storage.md, Moving the data)"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_read_only_folder_is_the_sandboxs_doing() {
        let folder = Path::new("/mnt/stick/cola");
        let told = hint(folder, Err(Errno::ROFS)).unwrap();
        assert!(told.contains("\"ReadWritePaths=/mnt/stick/cola\""), "{told}");
        assert_eq!(hint(folder, Ok(())), None, "it is another failure");
        assert_eq!(hint(folder, Err(Errno::ACCESS)), None, "it is a lack of permission");
    }

    #[test]
    fn a_linked_folder_is_named_as_it_is_and_a_missing_one_judged_by_what_is_above() {
        let root = tempfile::tempdir().unwrap();
        let (stick, link) = (root.path().join("stick"), root.path().join("link"));
        fs::create_dir(&stick).unwrap();
        std::os::unix::fs::symlink(&stick, &link).unwrap();
        assert_eq!(real(&link), fs::canonicalize(&stick).unwrap());
        assert_eq!(nearest(&stick.join("not/there")), stick);
    }
}
