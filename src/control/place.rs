//! Where the control socket is: in a runtime directory, or in the data folder.
//!
//! Not every data folder can hold a socket: exFAT has none, a read-only file system takes no new one, and
//! a socket's path has at most 107 bytes. So the service has its socket in `/run/colahub`, and a hub that
//! was started by hand goes to a runtime directory where its data folder refuses. In a runtime directory
//! the name of the socket is made of the data folder, so that several hubs of one machine can share it.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The socket's name inside the data folder.
const FILE: &str = "control.sock";

/// The service's runtime directory (`RuntimeDirectory=` of the unit).
const SERVICE: &str = "/run/colahub";

/// Where a process of this environment may put and find sockets.
#[derive(Debug, Clone)]
pub(super) struct Places {
    /// Of the unit that this process belongs to (`RUNTIME_DIRECTORY`).
    unit: Option<PathBuf>,
    /// Of the packaged service.
    service: PathBuf,
    /// Of the user's session (`XDG_RUNTIME_DIR`).
    session: Option<PathBuf>,
}

impl Places {
    pub(super) fn of_this_process() -> Self {
        let absolute = |path: PathBuf| Some(path).filter(|path| path.is_absolute());
        Self {
            // systemd joins several by colons; the first is ours.
            unit: env::var("RUNTIME_DIRECTORY")
                .ok()
                .and_then(|all| all.split(':').next().map(PathBuf::from))
                .and_then(absolute),
            service: SERVICE.into(),
            session: env::var_os("XDG_RUNTIME_DIR")
                .map(PathBuf::from)
                .and_then(absolute)
                .map(|session| session.join("colahub")),
        }
    }

    /// Where a hub tries to listen, the best place first.
    ///
    /// # Errors
    /// The data folder cannot be looked up.
    pub(super) fn to_listen(&self, data_dir: &Path) -> io::Result<Vec<PathBuf>> {
        let name = name(data_dir)?;
        let unit = self.unit.iter();
        let later = self.session.iter().chain([&self.service]);
        let places = unit.map(|unit| unit.join(&name)).chain([data_dir.join(FILE)]);
        let mut all: Vec<PathBuf> = Vec::new();
        for place in places.chain(later.map(|folder| folder.join(&name))) {
            // The unit's is mostly the service's: what was taken there must not look left behind.
            if !all.contains(&place) {
                all.push(place);
            }
        }
        Ok(all)
    }

    /// Where a command looks for a hub.
    ///
    /// # Errors
    /// The data folder cannot be looked up.
    pub(super) fn to_ask(&self, data_dir: &Path) -> io::Result<Vec<PathBuf>> {
        let name = name(data_dir)?;
        let folders = self.unit.iter().chain([&self.service]).chain(&self.session);
        let mut places: Vec<_> = folders.map(|folder| folder.join(&name)).collect();
        // Also where hubs up to now had it.
        places.push(data_dir.join(FILE));
        Ok(places)
    }
}

/// The name of the socket for this data folder in a directory that hubs share: the same from whatever
/// folder and by whatever link it is reached, and short.
fn name(data_dir: &Path) -> io::Result<String> {
    let path = match fs::canonicalize(data_dir) {
        // No hub runs there, and its name is not needed.
        Err(error) if error.kind() == io::ErrorKind::NotFound => std::path::absolute(data_dir)?,
        path => path?,
    };
    Ok(format!("control-{:016x}.sock", fnv(path.as_os_str().as_encoded_bytes())))
}

/// FNV-1a: the same in every version of the program. Nobody but the host chooses data folders, so nothing
/// is gained by two of one value.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(root: &Path) -> Places {
        Places {
            unit: Some(root.join("unit")),
            service: root.join("service"),
            session: Some(root.join("session")),
        }
    }

    #[test]
    fn commands_look_in_every_place_that_a_hub_may_take() {
        let root = tempfile::tempdir().unwrap();
        let places = places(root.path());
        let asked = places.to_ask(root.path()).unwrap();
        let listened = places.to_listen(root.path()).unwrap();
        assert_eq!(listened.len(), 4);
        assert!(listened.iter().all(|place| asked.contains(place)), "{listened:?} {asked:?}");
        assert!(asked.contains(&root.path().join(FILE)), "where older hubs have it");
        assert!(listened[0].starts_with(root.path().join("unit")), "the unit's own comes first");
    }

    #[test]
    fn a_place_that_is_the_units_and_the_services_is_tried_once() {
        let root = tempfile::tempdir().unwrap();
        let places = places(root.path());
        let places = Places { service: root.path().join("unit"), ..places };
        let listened = places.to_listen(root.path()).unwrap();
        assert_eq!(listened.len(), 3, "{listened:?}");
        assert!(listened[0].starts_with(root.path().join("unit")));
    }

    #[test]
    fn a_folder_has_one_name_by_every_way_to_it_and_each_folder_its_own() {
        let root = tempfile::tempdir().unwrap();
        let (folder, other) = (root.path().join("data"), root.path().join("other"));
        fs::create_dir(&folder).unwrap();
        fs::create_dir(&other).unwrap();
        std::os::unix::fs::symlink(&folder, root.path().join("link")).unwrap();
        let own = name(&folder).unwrap();
        assert_eq!(name(&root.path().join("link")).unwrap(), own);
        assert_eq!(name(&root.path().join("other/../data/")).unwrap(), own);
        assert_ne!(name(&other).unwrap(), own);
        // The service of one version and the commands of another.
        assert_eq!(fnv(b"/var/lib/colahub"), 0x6929_b89f_0661_2864);
    }
}
