//! The settings that should be the same on all hubs of one database.

use std::collections::BTreeMap;

use super::Config;

impl Config {
    /// The settings that should be the same on all hubs of one database: pairs of key and value. Two values are the
    /// same if their texts are; hosts are shown them where they differ.
    #[must_use]
    pub fn common_settings(&self) -> BTreeMap<String, String> {
        let all: [(&str, &dyn std::fmt::Debug); 10] = [
            ("language", &self.language),
            ("messages.take_back", &self.messages_take_back),
            ("retention.age", &self.retention_age),
            ("retention.per_room", &self.retention_per_room),
            ("rooms.first", &self.rooms_first),
            ("rooms.first_namespace", &self.rooms_first_namespace),
            ("rooms.history", &self.rooms_history),
            ("rooms.lifetime", &self.rooms_lifetime),
            ("rooms.limit", &self.rooms_limit),
            ("rooms.roster_limit", &self.rooms_roster_limit),
        ];
        all.into_iter().map(|(key, value)| (key.to_owned(), format!("{value:?}"))).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::config::Config;
    use crate::config::settings::SETTINGS;

    #[test]
    fn they_are_settings_by_their_own_keys_and_change_with_them() {
        let config = Config::default();
        let common_settings = config.common_settings();
        assert!(
            common_settings.keys().all(|key| SETTINGS.iter().any(|setting| setting.key == key))
        );
        let other = Config { rooms_limit: config.rooms_limit + 1, ..config };
        let changed: Vec<_> = other
            .common_settings()
            .into_iter()
            .filter(|(key, value)| common_settings[key] != *value)
            .collect();
        assert_eq!(changed, [("rooms.limit".to_owned(), other.rooms_limit.to_string())]);
    }
}
