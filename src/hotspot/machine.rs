//! The machine that makes the network: its files and its programs.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::Fault;

/// Where the machine's files and programs are. Tests have others than those of the machine that they run on.
#[derive(Debug, Clone)]
pub struct Machine {
    root: PathBuf,
    programs: Option<PathBuf>,
}

impl Machine {
    /// The machine that runs this program.
    #[must_use]
    pub fn own() -> Self {
        Self { root: PathBuf::from("/"), programs: None }
    }

    #[cfg(test)]
    pub(super) fn new(root: &Path) -> Self {
        Self { root: root.to_owned(), programs: Some(root.join("bin")) }
    }

    /// The path of a file that is at this absolute path of the machine.
    pub(super) fn path(&self, absolute: impl AsRef<Path>) -> PathBuf {
        let path = absolute.as_ref();
        self.root.join(path.strip_prefix("/").unwrap_or(path))
    }

    /// Runs a program, in the C locale: its words are then the same everywhere. Returns its standard output.
    ///
    /// # Errors
    /// [`Fault::NoProgram`], or what it said when it failed.
    pub(super) fn run(&self, program: &str, args: &[&str]) -> Result<String, Fault> {
        let path = self.programs.as_ref().map_or_else(|| program.into(), |dir| dir.join(program));
        let done =
            Command::new(path).args(args).env("LC_ALL", "C.UTF-8").stdin(Stdio::null()).output();
        let done = done.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Fault::NoProgram(program.to_owned()),
            _ => Fault::Said(format!("{program}: {error}")),
        })?;
        if done.status.success() {
            return Ok(String::from_utf8_lossy(&done.stdout).into_owned());
        }
        let said = String::from_utf8_lossy(&done.stderr);
        let first = said.lines().find(|line| !line.trim().is_empty()).unwrap_or("it says nothing");
        let first = first.trim_start_matches("Error: ").trim_end_matches('.');
        Err(Fault::Said(format!("{program}: {first}")))
    }

    /// Reads a text file; `None` if there is none.
    pub(super) fn read(&self, absolute: impl AsRef<Path>) -> Result<Option<String>, Fault> {
        let path = self.path(absolute);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Fault::file(&path, &error)),
        }
    }

    /// Writes a file as a whole or not at all. One that is there keeps its owner and mode; a new one gets `mode`.
    pub(super) fn write(
        &self,
        absolute: impl AsRef<Path>,
        text: &str,
        mode: u32,
    ) -> Result<(), Fault> {
        let path = self.path(absolute);
        // What a symbolic link points to is replaced, not the link.
        let path = fs::canonicalize(&path).unwrap_or(path);
        replace(&path, text, mode).map_err(|error| Fault::file(&path, &error))
    }

    /// Deletes a file, if it is there.
    pub(super) fn delete(&self, absolute: impl AsRef<Path>) -> Result<(), Fault> {
        let path = self.path(absolute);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(Fault::file(&path, &error))
            }
            _ => Ok(()),
        }
    }
}

fn replace(path: &Path, text: &str, mode: u32) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    if !folder.exists() {
        fs::create_dir_all(folder)?;
        // Whatever the umask of this process is, others may look for the file.
        fs::set_permissions(folder, Permissions::from_mode(0o755))?;
    }
    let before = fs::metadata(path).ok();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let fresh = folder.join(format!(".{name}.new"));
    let _ = fs::remove_file(&fresh);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&fresh)?;
    file.write_all(text.as_bytes())?;
    if let Some(before) = &before {
        chown(&fresh, Some(before.uid()), Some(before.gid()))?;
    }
    let mode = before.map_or(mode, |before| before.mode() & 0o7777);
    file.set_permissions(Permissions::from_mode(mode))?;
    file.sync_all()?;
    fs::rename(&fresh, path)?;
    File::open(folder)?.sync_all()
}
