//! Stores the number after the hub's name over restarts, so that `cola-2.local` stays `cola-2.local`.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The file in the data folder: the configured name and the number, such as `cola 2`.
const FILE: &str = "network-name";

/// The stored number.
#[derive(Debug)]
pub(super) struct Remembered {
    path: PathBuf,
    wish: String,
    /// The file's content, so that it is written only when that changes.
    number: Option<u32>,
}

impl Remembered {
    /// Reads the number for this configured name; for another name it begins at 1.
    pub(super) fn open(folder: &Path, wish: &str) -> Self {
        let path = folder.join(FILE);
        let number = fs::read_to_string(&path).ok().and_then(|text| {
            let (name, number) = text.trim().split_once(' ')?;
            (name == wish).then(|| number.parse().ok())?
        });
        Self { path, wish: wish.to_owned(), number }
    }

    pub(super) fn number(&self) -> Option<u32> {
        self.number
    }

    /// Stores the number. Errors are ignored, since the hub works without it.
    pub(super) fn keep(&mut self, number: u32) {
        let number = (number > 1).then_some(number);
        if self.number == number {
            return;
        }
        match self.write(number) {
            Ok(()) => self.number = number,
            Err(error) => {
                tracing::warn!(%error, "the name on the network will not be remembered");
            }
        }
    }

    fn write(&self, number: Option<u32>) -> io::Result<()> {
        let Some(number) = number else { return fs::remove_file(&self.path) };
        let fresh = self.path.with_extension("new");
        let mut file = fs::File::create(&fresh)?;
        writeln!(file, "{} {number}", self.wish)?;
        file.sync_all()?;
        fs::rename(fresh, &self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_kept_for_its_wish_only() {
        let dir = tempfile::tempdir().unwrap();
        let open = |wish| Remembered::open(dir.path(), wish);
        assert_eq!(open("cola").number(), None);
        open("cola").keep(2);
        assert_eq!(open("cola").number(), Some(2));
        assert_eq!(open("camp").number(), None);
        open("cola").keep(1);
        assert_eq!(open("cola").number(), None);
        assert!(!dir.path().join(FILE).exists());
    }

    #[test]
    fn a_damaged_file_counts_as_no_number() {
        let dir = tempfile::tempdir().unwrap();
        for text in ["", "cola", "cola two", "cola -1", "\0\0\0\0"] {
            fs::write(dir.path().join(FILE), text).unwrap();
            assert_eq!(Remembered::open(dir.path(), "cola").number(), None, "{text:?}");
        }
    }
}
