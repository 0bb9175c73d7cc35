//! One hub for one data folder.

use std::fs::File;
use std::path::Path;

use anyhow::Context;
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use crate::store::make_folder;

/// Held as long as the hub runs; the system lets go of it even when the hub is killed.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the folder, making it where it is missing.
    ///
    /// # Errors
    /// Another hub has it, or it cannot be written: a sentence for the host.
    pub(super) fn take(folder: &Path) -> anyhow::Result<Self> {
        let shown = folder.display();
        make_folder(folder).with_context(|| format!("the data folder {shown} cannot be made"))?;
        let file = File::create(folder.join("hub.lock"))
            .with_context(|| format!("the data folder {shown} cannot be written"))?;
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
