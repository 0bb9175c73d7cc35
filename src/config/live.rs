//! The configuration in force.

use std::sync::{Arc, Mutex};

use super::Config;
use crate::sync::lock;

/// The configuration in force. Clones share it: a reload replaces it for all of them.
#[derive(Debug, Clone)]
pub struct LiveConfig(Arc<Mutex<Arc<Config>>>);

impl LiveConfig {
    /// This configuration, until another is put in its place.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self(Arc::new(Mutex::new(Arc::new(config))))
    }

    /// The configuration as it is now. Read settings that belong together from one such value.
    #[must_use]
    pub fn now(&self) -> Arc<Config> {
        Arc::clone(&lock(&self.0))
    }

    /// Puts another configuration in its place.
    pub fn set(&self, config: Config) {
        *lock(&self.0) = Arc::new(config);
    }
}
