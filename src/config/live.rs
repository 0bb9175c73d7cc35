//! The configuration in force.

use std::sync::{Arc, Mutex};

use super::Config;
use crate::sync::lock;

/// The configuration in force. Clones share it: a reload replaces it for all of them.
#[derive(Debug, Clone)]
pub struct LiveConfig(Arc<Mutex<Arc<Config>>>);

impl LiveConfig {
    /// Starts with this configuration.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self(Arc::new(Mutex::new(Arc::new(config))))
    }

    /// The configuration as it is now. Read settings that belong together from one returned value.
    #[must_use]
    pub fn now(&self) -> Arc<Config> {
        Arc::clone(&lock(&self.0))
    }

    /// Replaces the configuration, for all clones.
    pub fn set(&self, config: Config) {
        *lock(&self.0) = Arc::new(config);
    }
}
