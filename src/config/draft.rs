//! A configuration that is being filled in, value by value.

use super::Config;
use super::limits::LimitsDraft;
use super::problem::{Location, Problem};
use super::raw::{NotAllowed, Raw};
use super::setting::Setting;
use super::types::HubName;
use super::wifi::WifiDraft;
use crate::domain::language::Language;
use crate::domain::text::{TITLE_MAX, Title};
use crate::domain::words;

/// A value that a source gives a setting.
#[derive(Clone)]
pub(super) struct Given {
    pub(super) setting: &'static Setting,
    pub(super) raw: Raw,
    pub(super) place: Location,
}

impl Given {
    /// Writes the value into `draft` if the setting takes it.
    pub(super) fn apply(&self, draft: &mut Draft) -> Result<(), Problem> {
        let Setting { key, allowed, apply, .. } = *self.setting;
        apply(draft, &self.raw).map_err(|NotAllowed { found }| Problem::NotAllowed {
            place: self.place.clone(),
            key,
            found,
            allowed,
        })
    }
}

/// A configuration that is still being filled in.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) config: Config,
    // These depend on other settings, so they are kept until all are read.
    pub(super) title: Option<Title>,
    /// `Some(None)` if the host wants no room.
    pub(super) rooms_first: Option<Option<Title>>,
    pub(super) wifi: WifiDraft,
    pub(super) limits: LimitsDraft,
}

impl Draft {
    /// Fills in the settings that depend on others, and returns the configuration.
    ///
    /// # Errors
    /// Settings that contradict each other.
    pub(super) fn finish(self) -> Result<Config, Problem> {
        let Self { config, title, rooms_first, wifi, limits } = self;
        let title = title.unwrap_or_else(|| title_of(&config.name));
        let rooms_first = rooms_first.unwrap_or_else(|| Some(first_room(config.language)));
        let limits = limits.finish();
        Ok(Config { title, rooms_first, wifi: wifi.finish()?, limits, ..config })
    }
}

/// The title of the first room, unless the host chooses one.
pub(super) fn first_room(language: Language) -> Title {
    Title::trusted(words::first_room(language).to_owned())
}

/// The hub's title, unless the host chooses one: the name on the network (which is ASCII), cut to the length of a
/// title.
pub(super) fn title_of(name: &HubName) -> Title {
    Title::trusted(name.as_str().chars().take(TITLE_MAX).collect())
}
