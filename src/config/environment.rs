//! The environment: a variable `COLAHUB_…` for every setting, and one that names the file.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use super::draft::Given;
use super::problem::{self, Hint, Location, Problem};
use super::raw::Raw;
use super::setting::{self, Setting};

/// The variable that names the configuration file.
const FILE: &str = "COLAHUB_CONFIG";

const PREFIX: &str = "COLAHUB_";

/// The file that the environment names; an empty variable names none.
pub(super) fn named_file(environment: &[(OsString, OsString)]) -> Option<PathBuf> {
    let (_, path) = environment.iter().find(|(name, _)| name == FILE)?;
    (!path.is_empty()).then(|| PathBuf::from(path))
}

/// Reads the settings that the environment gives.
///
/// A variable whose name is close to a setting's is a typing mistake and an error. Other unknown variables are ignored:
/// unlike the file, the environment belongs to other programs too (wrappers, tests, images).
pub(super) fn read(
    environment: Vec<(OsString, OsString)>,
) -> impl Iterator<Item = Result<Given, Problem>> {
    environment
        .into_iter()
        .filter(|(name, _)| is_ours(name) && name != FILE)
        .filter_map(|(name, value)| given(name.to_string_lossy().into_owned(), value))
}

fn is_ours(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(PREFIX.as_bytes())
}

fn given(name: String, value: OsString) -> Option<Result<Given, Problem>> {
    let Some(setting) = setting::find_variable(&name) else {
        let meant = closest(&name)?;
        return Some(Err(Problem::UnknownVariable { name, hint: Hint(Some(meant)) }));
    };
    Some(match value.into_string() {
        Ok(text) => Ok(Given { setting, raw: Raw::Untyped(text), place: Location::Variable(name) }),
        Err(_) => Err(Problem::NotText { name }),
    })
}

fn closest(name: &str) -> Option<String> {
    let key = name.strip_prefix(PREFIX).unwrap_or(name).to_ascii_lowercase();
    problem::closest(&key).map(Setting::variable)
}
