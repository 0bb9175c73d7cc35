//! The chat's settings from the configuration: at the start, and when it changes.

use super::state::{Hub, Settings};
use crate::domain::names::OwnNames;
use crate::domain::text::{Namespace, Title};
use crate::store::Moment;

/// The chat's settings from the configuration.
pub struct ChatConfig {
    /// The settings.
    pub settings: Settings,
    /// The room that is created whenever none is open to everybody, if the host wants that.
    pub first_room: Option<(Namespace, Title)>,
    /// The hub's own names, which nobody may take.
    pub own_names: OwnNames,
}

impl std::fmt::Debug for ChatConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChatConfig").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Hub {
    /// Applies another configuration. Rooms, people, names and counts stay as they are, even if a limit is lower now:
    /// it applies to what comes next.
    pub(super) fn configure(&mut self, configuration: ChatConfig, at: Moment) {
        let ChatConfig { settings, first_room, own_names } = configuration;
        let limits = &settings.limits;
        self.rate_limits.set(limits);
        self.guesses.set_rate(limits.guesses);
        self.room_guesses.set_rate(limits.room_guesses);
        self.renames.set_rate(limits.renames);
        self.rooms_made.set_rate(limits.rooms_made);
        self.passwords.set_each(limits.passwords_each);
        self.places.set(limits.rooms_each, settings.rooms_max);
        self.settings = settings;
        self.own_names = own_names;
        self.stays_open(first_room, at);
    }
}
