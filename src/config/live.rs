//! The configuration in force.

use std::sync::{Arc, Mutex};

use tokio::sync::Notify;

use super::Config;
use crate::domain::event_settings::EventSettings;
use crate::sync::lock;

/// The configuration in force. Clones share it: a reload replaces it for all of them.
///
/// What the host has set for the event outweighs the file, the variables and the flags, and a reload, too.
#[derive(Debug, Clone)]
pub struct LiveConfig(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    live: Mutex<Live>,
    event: Notify,
}

#[derive(Debug)]
struct Live {
    configured: Config,
    event: EventSettings,
    in_force: Arc<Config>,
}

impl LiveConfig {
    /// Starts with this configuration.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let (in_force, event) = (Arc::new(config.clone()), EventSettings::default());
        let live = Mutex::new(Live { configured: config, event, in_force });
        Self(Arc::new(Shared { live, event: Notify::new() }))
    }

    /// The configuration as it is now. Read settings that belong together from one returned value.
    #[must_use]
    pub fn now(&self) -> Arc<Config> {
        Arc::clone(&lock(&self.0.live).in_force)
    }

    /// Replaces the configuration, for all clones.
    pub fn set(&self, config: Config) {
        self.change(|live| live.configured = config);
    }

    /// Replaces what the host has set for the event, for all clones.
    pub fn set_event(&self, event: EventSettings) {
        self.change(|live| live.event = event);
        self.0.event.notify_one();
    }

    /// Returns once the event's settings have changed since the last call; whoever has copies of settings has to be told.
    pub async fn event_changed(&self) {
        self.0.event.notified().await;
    }

    fn change(&self, change: impl FnOnce(&mut Live)) {
        let mut live = lock(&self.0.live);
        change(&mut live);
        let mut config = live.configured.clone();
        if let Some(title) = &live.event.title {
            config.title = title.clone();
        }
        if let Some(language) = live.event.language {
            config.language = language;
        }
        live.in_force = Arc::new(config);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Language;
    use crate::domain::text::Title;

    #[test]
    fn what_is_set_for_the_event_outweighs_the_configuration_until_it_is_unset() {
        let live = LiveConfig::new(Config::default());
        let title = |text: &str| Title::parse(text).unwrap();
        let shown = |live: &LiveConfig| {
            let now = live.now();
            (now.title.as_str().to_owned(), now.language)
        };
        live.set_event(EventSettings { title: Some(title("camp")), language: Some(Language::En) });
        assert_eq!(shown(&live.clone()), ("camp".to_owned(), Language::En));
        live.set(Config { title: title("hub"), ..Config::default() });
        assert_eq!(shown(&live), ("camp".to_owned(), Language::En), "after a reload, too");
        live.set_event(EventSettings::default());
        assert_eq!(shown(&live), ("hub".to_owned(), Language::Ko));
    }
}
