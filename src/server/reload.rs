//! Reads the configuration again while the hub runs (SIGHUP, `systemctl reload`), and reports the result.

use std::future::pending;
use std::sync::Arc;

use sd_notify::NotifyState;
use tokio::task::JoinHandle;

use super::notify;
use crate::config::{LiveConfig, Loaded, ReloadError, Reloaded, Sources};
use crate::telemetry::Levels;

/// The configuration in force, and the sources from which the next one is read.
pub(super) struct Reload {
    sources: Sources,
    loaded: Arc<Loaded>,
    config: LiveConfig,
    levels: Levels,
    /// The configuration that is being read: on a thread of its own, since a disk may be slow.
    reading: Option<JoinHandle<Result<Reloaded, ReloadError>>>,
}

impl Reload {
    pub(super) fn new(loaded: Loaded, sources: Sources, levels: Levels) -> Self {
        let config = LiveConfig::new(loaded.config.clone());
        Self { sources, loaded: Arc::new(loaded), config, levels, reading: None }
    }

    /// The configuration in force.
    pub(super) fn config(&self) -> &LiveConfig {
        &self.config
    }

    /// Whether a configuration is being read.
    pub(super) fn is_reading(&self) -> bool {
        self.reading.is_some()
    }

    /// Starts to read the configuration, and tells systemd.
    pub(super) fn start(&mut self) {
        // Without the time, systemd would take the message for one of an earlier reload.
        let since = NotifyState::monotonic_usec_now();
        let told: Vec<_> = [Ok(NotifyState::Reloading), since].into_iter().flatten().collect();
        notify(&told);
        let (loaded, sources) = (Arc::clone(&self.loaded), self.sources.clone());
        self.reading = Some(tokio::task::spawn_blocking(move || loaded.reload(sources)));
    }

    /// Waits until the configuration was read, and puts a good one in force. Returns whether it did; the caller then
    /// has to tell everything that has a copy of a setting. Never returns if nothing is being read.
    pub(super) async fn done(&mut self) -> bool {
        let Some(reading) = &mut self.reading else { return pending().await };
        let read = reading.await;
        self.reading = None;
        match read {
            Ok(Ok(Reloaded { loaded, changed, waiting })) => {
                self.levels.set(&loaded.config.log_level);
                self.config.set(loaded.config.clone());
                self.loaded = Arc::new(loaded);
                say(&changed, &waiting);
                true
            }
            Ok(Err(refused)) => {
                for why in refused.to_string().lines() {
                    tracing::error!(
                        "the configuration is not taken, the one before stays in force: {why}"
                    );
                }
                false
            }
            Err(error) => {
                tracing::error!(%error, "the configuration could not be read, the one before stays in force");
                false
            }
        }
    }
}

fn say(changed: &[&str], waiting: &[&str]) {
    match changed {
        [] => tracing::info!("the configuration was read again: nothing new is in force"),
        keys => tracing::info!(
            keys = keys.join(", "),
            "the configuration was read again: these settings are in force"
        ),
    }
    if !waiting.is_empty() {
        tracing::warn!(
            keys = waiting.join(", "),
            "these settings have changed, too, but need a restart of the hub"
        );
    }
}
