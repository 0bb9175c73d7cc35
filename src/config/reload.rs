//! Reloading: a running hub reads its configuration again.
//!
//! A new configuration is checked as at a start, and taken as a whole or not at all. Settings that apply on reload take
//! effect at once; the others keep the value that the hub was started with, and are reported.

use std::path::PathBuf;

use super::draft::Given;
use super::setting::{Applies, Setting};
use super::settings::SETTINGS;
use super::{Config, Loaded, Problems, Sources, load, merge};

/// A configuration that was read again.
pub struct Reloaded {
    /// The configuration in force from now on. The next reload starts from it.
    pub loaded: Loaded,
    /// The keys whose new value is in force.
    pub changed: Vec<&'static str>,
    /// The keys whose new value takes effect after a restart.
    pub waiting: Vec<&'static str>,
}

/// Why a configuration that was read again is rejected.
#[derive(Debug, thiserror::Error)]
pub enum ReloadError {
    /// The file does not exist any more. Without it every setting would fall back to its default.
    #[error("{} is not there any more", .0.display())]
    Gone(PathBuf),
    /// The configuration has problems.
    #[error(transparent)]
    Wrong(#[from] Problems),
}

impl Loaded {
    /// Reads these sources again, for a hub that runs with this configuration.
    ///
    /// # Errors
    /// The configuration is rejected, and the hub keeps the one that it has.
    pub fn reload(&self, sources: Sources) -> Result<Reloaded, ReloadError> {
        self.take(load(sources)?)
    }

    /// Takes from a checked configuration the settings that a reload may change.
    pub(super) fn take(&self, fresh: Self) -> Result<Reloaded, ReloadError> {
        if let (Some(before), None) = (&self.file, &fresh.file) {
            return Err(ReloadError::Gone(before.clone()));
        }
        let kept = self.given.iter().filter(|given| given.setting.applies == Applies::OnRestart);
        let live = fresh.given.iter().filter(|given| given.setting.applies == Applies::OnReload);
        let given: Vec<Given> = live.chain(kept).cloned().collect();
        let config = merged(&given)?;
        let changed = |setting: &&Setting| match setting.applies {
            Applies::OnReload => is_changed(setting, (&self.config, &self.given), &fresh.given),
            Applies::OnRestart => is_changed(setting, (&config, &given), &fresh.given),
        };
        let changed: Vec<&Setting> = SETTINGS.iter().filter(changed).collect();
        let keys = |applies| {
            let those = changed.iter().filter(|setting| setting.applies == applies);
            those.map(|setting| setting.key).collect()
        };
        let (changed, waiting) = (keys(Applies::OnReload), keys(Applies::OnRestart));
        Ok(Reloaded { loaded: Self { config, file: fresh.file, given }, changed, waiting })
    }
}

/// Whether the configuration is another one with the values that `fresh` has for this setting. A value that is only
/// spelled differently has not changed.
fn is_changed(setting: &Setting, (config, given): (&Config, &[Given]), fresh: &[Given]) -> bool {
    let is_it = |given: &&Given| given.setting.key == setting.key;
    let others = given.iter().filter(|given| !is_it(given));
    let given: Vec<Given> = others.chain(fresh.iter().filter(is_it)).cloned().collect();
    // A value that is a contradiction without another changed setting has changed, too.
    merged(&given).map_or(true, |other| other != *config)
}

fn merged(given: &[Given]) -> Result<Config, Problems> {
    merge(given.iter().cloned().map(Ok)).map(|(config, _)| config)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::super::load_or;
    use super::*;
    use crate::domain::limits::Limits;

    /// The file before the reload: a network, of which each setting can then be changed alone.
    const BEFORE: &str = "
        wifi.ssid = 'Cola'
        wifi.security = 'WPA'
        wifi.password = 'fireside'
    ";

    /// A value for every setting that differs from the one before.
    const CHANGES: &str = "
        name = 'camp'
        title = '여름 캠프'
        language = 'en'
        listen = '127.0.0.1:81'
        data_dir = '/srv/hub'
        mdns = false
        network.only = ['wlan0']
        network.skip = ['eth1']
        rooms.lifetime = '2h'
        rooms.limit = 9
        rooms.roster_limit = 9
        rooms.first = ''
        rooms.first_namespace = 'camp'
        retention.age = '1day'
        retention.per_room = 9
        retention.size = '9MB'
        backup.every = '9h'
        backup.keep = 9
        database.gather = '9ms'
        database.url = 'postgres://colahub@10.0.0.9/chat'
        database.password_file = '/srv/password'
        database.patience = '9s'
        cors.origins = ['https://chat.example']
        identity.bridge = false
        identity.bridge_memory = '9min'
        limits.profile = 'nat'
        limits.memory = '9MB'
        limits.proxies = ['10.0.0.1']
        limits.message_size = '32KiB'
        limits.connections = 99
        limits.connections_each = 9
        limits.arrivals = '9/s'
        limits.sessions = 99
        limits.sessions_each = 9
        limits.handshakes = '9/s'
        limits.unread_each = '9MiB'
        limits.events = '9/s'
        limits.messages = '9/s'
        limits.people_each = 9
        limits.rooms_each = 9
        limits.rooms_made = '9/s'
        limits.guesses = '9/s'
        limits.room_guesses = '9/s'
        limits.passwords_each = 9
        limits.answers_each = '9MiB'
        limits.alerts = '9/s'
        limits.reports = '9/s'
        limits.rosters = '9/s'
        limits.typing = '9/s'
        limits.renames = '9/s'
        limits.joins = '9/s'
        limits.newcomers = '9/s'
        limits.places_each = 9
        limits.rooms_joined = 9
        limits.namespaces_each = 9
        limits.namespaces_opened = 9
        limits.namespaces = 99
        rooms.history = 'joined'
        messages.take_back = '0'
        log.level = 'debug'
        http.hosts = ['chat.example']
        http.public_url = 'https://chat.example'
        http.require_origin = true
        host.interfaces = ['eth0']
        metrics.public = true
        wifi.ssid = 'Camp'
        wifi.security = 'WEP'
        wifi.password = 'campfire'
    ";

    /// `key = value` by its key.
    fn lines(text: &str) -> impl Iterator<Item = (&str, &str)> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.map(|line| (line.split(" = ").next().unwrap(), line))
    }

    fn loaded(text: &str) -> Loaded {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("hub.toml");
        fs::write(&path, text).unwrap();
        load(Sources { file: Some(path), ..Sources::default() }).unwrap()
    }

    /// The file before the reload, with this setting changed.
    fn changed(key: &str, line: &str) -> Loaded {
        let others = lines(BEFORE).filter(|(before, _)| *before != key);
        let text: Vec<&str> = others.map(|(_, line)| line).chain([line]).collect();
        loaded(&text.join("\n"))
    }

    #[test]
    fn every_setting_applies_when_its_class_says() {
        let keys: BTreeSet<&str> = lines(CHANGES).map(|(key, _)| key).collect();
        assert_eq!(keys, SETTINGS.iter().map(|setting| setting.key).collect());
        for (key, line) in lines(CHANGES) {
            let (before, after) = (loaded(BEFORE), changed(key, line));
            assert_ne!(before.config, after.config, "{line} changes nothing");
            let applies = SETTINGS.iter().find(|setting| setting.key == key).unwrap().applies;
            let (asked, now) =
                (after.config.clone(), before.take(after).unwrap_or_else(|_| panic!("{key}")));
            match applies {
                Applies::OnReload => {
                    assert_eq!((now.changed, now.waiting), (vec![key], vec![]));
                    assert_eq!(now.loaded.config, asked);
                }
                Applies::OnRestart => {
                    assert_eq!((now.changed, now.waiting), (vec![], vec![key]));
                    assert_eq!(now.loaded.config, before.config, "{key}");
                }
            }
        }
    }

    #[test]
    fn settings_that_wait_for_a_restart_are_named_until_they_are_changed_back() {
        let before = loaded("name = 'cola'\nmetrics.public = false");
        let Ok(first) = before.take(loaded("name = 'camp'\nmetrics.public = true")) else {
            panic!()
        };
        assert_eq!((first.changed, first.waiting), (vec!["metrics.public"], vec!["name"]));
        assert_eq!(first.loaded.config.title.as_str(), "cola", "the title goes with the name");
        let Ok(again) = first.loaded.take(loaded("name = 'camp'\nmetrics.public = true")) else {
            panic!()
        };
        assert_eq!((again.changed, again.waiting), (vec![], vec!["name"]));
        let Ok(back) = again.loaded.take(loaded("metrics.public = true")) else { panic!() };
        assert_eq!((back.changed, back.waiting), (vec![], vec![]));
    }

    #[test]
    fn a_value_spelled_differently_has_not_changed() {
        let before = loaded("listen = '80'\nretention.age = '1day'\nlimits.messages = '2/s'");
        let same = "listen = ['[::]:80']\nretention.age = '24h'\nlimits.messages = '2/s burst 2'";
        let Ok(now) = before.take(loaded(same)) else { panic!() };
        assert_eq!((now.changed, now.waiting), (vec![], vec![]));
    }

    #[test]
    fn settings_that_belong_together_change_together() {
        let Ok(now) = loaded("").take(loaded(BEFORE)) else { panic!() };
        assert_eq!(now.changed, ["wifi.ssid", "wifi.security", "wifi.password"]);
        assert!(now.loaded.config.wifi.is_some());
        let Ok(now) = loaded(BEFORE).take(loaded("")) else { panic!() };
        assert_eq!(now.loaded.config.wifi, None);
    }

    #[test]
    fn a_missing_file_does_not_reset_the_configuration() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config.toml");
        fs::write(&path, "metrics.public = true").unwrap();
        let read = |path: &Path| load_or(Sources::default(), path).unwrap();
        let before = read(&path);
        fs::remove_file(&path).unwrap();
        let refused = before.take(read(&path)).err().unwrap().to_string();
        assert!(refused.ends_with("config.toml is not there any more"), "{refused}");
        assert!(read(&path).take(read(&path)).is_ok(), "there was none before");
    }

    #[test]
    fn no_profile_changes_what_needs_a_restart() {
        let sizes = [Limits::EVENT, Limits::NAT, Limits::OFF].map(|limits| limits.message_size);
        assert_eq!(sizes, [Limits::EVENT.message_size; 3]);
    }
}
