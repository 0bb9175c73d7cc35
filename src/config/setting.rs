//! The declaration of a setting: its key, its documentation and its check.

use super::draft::Draft;
use super::raw::{NotAllowed, Raw};
use super::settings::SETTINGS;

/// A setting: it can be given in the file, in the environment and, for some, on the command line.
pub struct Setting {
    /// Its name in the file; a dot separates the group.
    pub key: &'static str,
    /// Its documentation, in one line.
    pub doc: &'static str,
    /// When a change of it in the file takes effect.
    pub applies: Applies,
    /// The values it takes, as the end of "it must be …".
    pub(super) allowed: &'static str,
    pub(super) apply: fn(&mut Draft, &Raw) -> Result<(), NotAllowed>,
}

/// When a changed setting takes effect on a running hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applies {
    /// At the next reload (SIGHUP).
    OnReload,
    /// When the hub is started again.
    OnRestart,
}

impl Setting {
    /// Its variable: `COLAHUB_ROOMS_LIMIT` for `rooms.limit`.
    pub fn variable(&self) -> String {
        format!("COLAHUB_{}", self.key.replace('.', "_").to_ascii_uppercase())
    }
}

/// The setting with this key.
pub(super) fn find(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}

/// The setting with this variable.
pub(super) fn find_variable(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.variable() == name)
}

/// Whether some settings are grouped under `name`, as `rooms.limit` is under `rooms`.
pub(super) fn is_group(name: &str) -> bool {
    let inner = |key: &str| key.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
    SETTINGS.iter().any(|setting| inner(setting.key))
}
