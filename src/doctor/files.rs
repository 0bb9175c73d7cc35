//! Checks whether a user can read and write the hub's files.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::fs::{Access, access};
use rustix::io::Errno;

use super::Finding;
use crate::store::{FILE, needed};

const CHECK: &str = "data";

/// The user whose access is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Eyes<'a> {
    /// The user who runs this process, who may be somebody else than the hub's user.
    Own,
    /// The service's user, by name.
    Service(&'a str),
}

impl Eyes<'_> {
    /// The subject of a sentence.
    pub(super) fn who(self) -> String {
        match self {
            Self::Own => "you".to_owned(),
            Self::Service(user) => format!("the service's user {user}"),
        }
    }
}

/// A finding for each file that the hub needs and that the user may not use.
pub(super) fn check(folder: &Path, eyes: Eyes<'_>) -> Vec<Finding> {
    let all = needed(folder).into_iter();
    all.filter_map(|path| {
        let is_key = path.file_name().is_some_and(|name| name == "identity.key");
        let refused = match fs::metadata(&path) {
            Ok(found) if found.is_dir() => {
                access(&path, Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK)
            }
            Ok(_) if is_key => access(&path, Access::READ_OK),
            Ok(_) => access(&path, Access::READ_OK | Access::WRITE_OK),
            Err(error) => Err(Errno::from_io_error(&error).unwrap_or(Errno::IO)),
        };
        judge(&path, eyes, refused.err()?)
    })
    .collect()
}

fn judge(path: &Path, eyes: Eyes<'_>, refused: Errno) -> Option<Finding> {
    let shown = path.display();
    match refused {
        // A file that does not exist yet is no fault, and a read-only disk has a finding of its own.
        Errno::NOENT | Errno::ROFS => None,
        Errno::ACCESS | Errno::PERM => {
            let whose = fs::symlink_metadata(path).ok().map(|file| whose(file.uid(), file.mode()));
            let seen = format!("{} may not use {shown}{}", eyes.who(), whose.unwrap_or_default());
            let advice = match eyes {
                Eyes::Own => {
                    format!("give it to the hub's user, as with `sudo chown USER {shown}`")
                }
                Eyes::Service(user) => {
                    format!("`sudo chown {user}: {shown}`, and `sudo chmod u+rwX {shown}`")
                }
            };
            Some(Finding::bad(CHECK, seen, advice))
        }
        error => {
            let error = std::io::Error::from(error);
            let advice = match path.ends_with(FILE) {
                true => "check the disk; `colahub backup` to another one, if it can be read",
                false => "check the disk",
            };
            Some(Finding::bad(CHECK, format!("{shown} cannot be looked at: {error}"), advice))
        }
    }
}

fn whose(uid: u32, mode: u32) -> String {
    let owner = match uid {
        0 => "root".to_owned(),
        uid => format!("user {uid}"),
    };
    format!(" (it belongs to {owner}, mode {:04o})", mode & 0o7777)
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn a_file_without_permission_is_reported_with_its_owner_and_the_remedy() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        fs::write(&path, "").unwrap();
        let found = judge(&path, Eyes::Service("colahub"), Errno::ACCESS).unwrap();
        assert_eq!(found.verdict, Verdict::Bad);
        assert!(
            found.seen.starts_with("the service's user colahub may not use /"),
            "{}",
            found.seen
        );
        assert!(found.seen.contains("(it belongs to "), "{}", found.seen);
        assert!(found.advice.unwrap().starts_with("`sudo chown colahub: /"));
    }

    #[test]
    fn an_error_does_not_count_as_absence() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(check(folder.path(), Eyes::Own), [], "an empty folder is a good one");
        let path = folder.path().join(FILE);
        std::os::unix::fs::symlink(FILE, &path).unwrap();
        let found = check(folder.path(), Eyes::Own);
        assert_eq!(found.len(), 1);
        assert!(found[0].seen.contains("cannot be looked at"), "{}", found[0].seen);
    }
}
