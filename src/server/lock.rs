//! The lock of a data folder: one hub at a time.

use std::fs::File;
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt, fchown};
use std::path::Path;

use anyhow::Context;
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use crate::store::make_folder;

/// Held while the hub runs. The kernel releases it even if the hub is killed.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Locks the folder. Creates it if it is missing.
    ///
    /// # Errors
    /// Another hub has locked it, or it cannot be written: a sentence for the host.
    pub fn take(folder: &Path) -> anyhow::Result<Self> {
        let shown = folder.display();
        make_folder(folder)
            .with_context(|| format!("the data folder {shown} cannot be {}", unmade(folder)))?;
        let path = folder.join("hub.lock");
        let file = File::create(&path)
            // On a disk that takes no writes, an existing file or the folder itself is locked.
            .or_else(|error| match is_frozen(&error) {
                true => File::open(&path).or_else(|_| File::open(folder)),
                false => Err(error),
            })
            .with_context(|| format!("the data folder {shown} cannot be written"))?;
        give_to_owner(&file, folder);
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Self { _file: file }),
            Err(Errno::WOULDBLOCK) => {
                anyhow::bail!("another colahub runs with the data folder {shown}")
            }
            Err(error) => {
                Err(error).with_context(|| format!("the data folder {shown} cannot be locked"))
            }
        }
    }
}

/// The verb for an error about a folder that cannot be created: without permission to look, it may exist already.
fn unmade(folder: &Path) -> &'static str {
    match folder.try_exists() {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            "looked into by this user (use sudo)"
        }
        _ => "made",
    }
}

fn is_frozen(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::ReadOnlyFilesystem | ErrorKind::StorageFull)
}

/// A lock file that root has created (for a restore) must not prevent a hub that runs as another user.
fn give_to_owner(file: &File, folder: &Path) {
    if let (Ok(file_now), Ok(owner)) = (file.metadata(), folder.metadata())
        && file_now.uid() != owner.uid()
    {
        // Only root can change the owner, and only root needs to.
        let _not_root = fchown(file, Some(owner.uid()), Some(owner.gid()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_one_hub_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let first = Lock::take(folder.path()).unwrap();
        let error = Lock::take(folder.path()).unwrap_err().to_string();
        assert!(error.contains("another colahub"), "{error}");
        drop(first);
        assert!(Lock::take(folder.path()).is_ok());
    }
}
