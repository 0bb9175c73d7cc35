//! Explains that systemd's sandbox may prevent the service from writing to its data folder: the unit makes everything
//! but its state directory read-only (`ProtectSystem=strict`, systemd.exec(5)).

use std::path::Path;

use anyhow::Context;
use rustix::fs::{Access, access};
use rustix::io::Errno;

use crate::unit::{self, drop_in, nearest, real};

/// Adds advice to a failure with the data folder, if systemd's sandbox may be the cause.
///
/// # Errors
/// Those of `result`.
pub(super) fn explained<T>(result: anyhow::Result<T>, data_dir: &Path) -> anyhow::Result<T> {
    match result {
        Err(error) => match looked(data_dir) {
            Some(hint) => Err(error).context(hint),
            None => Err(error),
        },
        good => good,
    }
}

/// Warns if the hub starts read-only and systemd's sandbox may be the cause.
pub(super) fn warn(data_dir: &Path) {
    if let Some(hint) = looked(data_dir) {
        tracing::warn!("{hint}");
    }
}

fn looked(data_dir: &Path) -> Option<String> {
    let folder = real(data_dir);
    let writable = || access(nearest(&folder), Access::WRITE_OK);
    unit::is_inside().then(|| hint(&folder, writable()))?
}

/// The advice, given the result of a write check on the folder. The sandbox answers `EROFS`, as does a read-only
/// disk; any other error has another cause.
fn hint(folder: &Path, writable: Result<(), Errno>) -> Option<String> {
    (writable == Err(Errno::ROFS)).then(|| {
        format!("systemd may keep this service from {}: {}", folder.display(), drop_in(folder))
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

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
    fn a_linked_folder_is_resolved_and_a_missing_one_is_judged_by_its_parent() {
        let root = tempfile::tempdir().unwrap();
        let (stick, link) = (root.path().join("stick"), root.path().join("link"));
        fs::create_dir(&stick).unwrap();
        std::os::unix::fs::symlink(&stick, &link).unwrap();
        assert_eq!(real(&link), fs::canonicalize(&stick).unwrap());
        assert_eq!(nearest(&stick.join("not/there")), stick);
    }
}
