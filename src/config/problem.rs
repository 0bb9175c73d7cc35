//! The problems of a configuration, each in one sentence that a host can act on.

use std::fmt;
use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::encoding::Encoding;
use super::setting::Setting;
use super::settings::SETTINGS;

/// Everything that is wrong with a configuration, one sentence a line; never empty.
#[derive(Debug, Error)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(f, "{separator}{problem}")?;
        }
        Ok(())
    }
}

/// One thing that is wrong with a configuration.
#[derive(Debug, Error)]
pub enum Problem {
    /// A setting has a value that it does not take.
    #[error("{place}: {key} is {found}, but must be {allowed}")]
    NotAllowed {
        /// Where the value is written.
        place: Location,
        /// The setting.
        key: &'static str,
        /// The value, or words for it.
        found: String,
        /// The values that the setting takes, in words.
        allowed: &'static str,
    },
    /// The file has a key that is no setting.
    #[error("{place}: there is no setting {key:?}{hint}")]
    UnknownKey {
        /// Where the key is written.
        place: Location,
        /// The key as it is written.
        key: String,
        /// The setting that was probably meant.
        hint: Hint,
    },
    /// The environment has a `COLAHUB_*` variable that is no setting.
    #[error("there is no variable {}{hint}", .name.escape_debug())]
    UnknownVariable {
        /// The variable as it is written.
        name: String,
        /// The variable that was probably meant.
        hint: Hint,
    },
    /// A variable holds bytes that are not UTF-8.
    #[error("{} is not UTF-8 text", .name.escape_debug())]
    NotText {
        /// The variable.
        name: String,
    },
    /// The file cannot be read.
    #[error("{} cannot be read: {reason}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why it cannot be read.
        reason: io::Error,
    },
    /// The file is not UTF-8.
    #[error("{} is {encoding}, but has to be UTF-8{}", .path.display(), .encoding.advice())]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// The encoding that it seems to have.
        encoding: Encoding,
    },
    /// The file is not TOML.
    #[error("{place}: this is not TOML: {reason}")]
    NotToml {
        /// Where the file stops being TOML.
        place: Location,
        /// The parser's message.
        reason: String,
    },
    /// Settings that are good by themselves do not go together.
    #[error("{0}")]
    Contradiction(&'static str),
}

impl Problem {
    pub(super) fn unknown_key(place: Location, key: String) -> Self {
        let hint = Hint(closest(&key).map(|setting| setting.key.to_owned()));
        Self::UnknownKey { place, key, hint }
    }
}

/// Where something is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// In a file.
    File {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
    },
    /// In a variable of the environment.
    Variable(String),
    /// On the command line.
    Flag(&'static str),
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, line } => write!(f, "{}, line {line}", path.display()),
            Self::Variable(name) => f.write_str(name),
            Self::Flag(name) => f.write_str(name),
        }
    }
}

/// The setting that was probably meant, as the end of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint(pub(super) Option<String>);

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(meant) => write!(f, "; did you mean {meant}?"),
            None => f.write_str("; colahub check-config --help lists all settings"),
        }
    }
}

/// The setting that `wrong` was probably meant to be: one at a small edit distance, or one that differs only in its
/// group, as for a line under the wrong `[table]`.
///
/// A variable has `_` where a key has `.`, so both count as the same.
pub(super) fn closest(wrong: &str) -> Option<&'static Setting> {
    let flat = |key: &str| key.replace('.', "_");
    let slips = |setting: &Setting| strsim::osa_distance(&flat(wrong), &flat(setting.key));
    let nearest = SETTINGS.iter().min_by_key(|setting| slips(setting))?;
    if slips(nearest) <= nearest.key.len().div_ceil(5) {
        return Some(nearest);
    }
    SETTINGS.iter().find(|setting| last_part(setting.key) == last_part(wrong))
}

fn last_part(key: &str) -> &str {
    key.rsplit_once('.').map_or(key, |(_, last)| last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(wrong: &str) -> Option<&'static str> {
        closest(wrong).map(|setting| setting.key)
    }

    #[test]
    fn a_key_a_few_slips_away_is_meant() {
        assert_eq!(meant("nmae"), Some("name"));
        assert_eq!(meant("rooms.lifetme"), Some("rooms.lifetime"));
        assert_eq!(meant("cors_origin"), Some("cors.origins"));
        assert_eq!(meant("limits.conections"), Some("limits.connections"));
        assert_eq!(meant("colour"), None);
        assert_eq!(meant("port"), None);
    }

    #[test]
    fn a_key_in_the_wrong_group_is_meant() {
        assert_eq!(meant("lifetime"), Some("rooms.lifetime"));
        assert_eq!(meant("rooms.data_dir"), Some("data_dir"));
    }
}
