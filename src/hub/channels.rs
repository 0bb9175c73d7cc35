//! The namespaces that have a living room. Transports must accept connections to these, whatever their limits.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use crate::domain::text::Namespace;
use crate::sync::lock;

/// The namespaces of the living rooms, with the number of rooms in each. Clones share the state.
#[derive(Debug, Clone, Default)]
pub struct Channels(Arc<Mutex<HashMap<Namespace, usize>>>);

impl Channels {
    /// Whether a room lives in this namespace.
    #[must_use]
    pub fn has(&self, namespace: &Namespace) -> bool {
        self.rooms().contains_key(namespace)
    }

    /// Counts a room that was opened in this namespace.
    pub(super) fn opened(&self, namespace: &Namespace) {
        *self.rooms().entry(namespace.clone()).or_default() += 1;
    }

    /// Counts a room that was closed in this namespace.
    pub(super) fn closed(&self, namespace: &Namespace) {
        let mut rooms = self.rooms();
        if let Some(count) = rooms.get_mut(namespace) {
            *count -= 1;
            if *count == 0 {
                rooms.remove(namespace);
            }
        }
    }

    fn rooms(&self) -> MutexGuard<'_, HashMap<Namespace, usize>> {
        lock(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_has_a_room_until_its_last_one_ends() {
        let (channels, name) = (Channels::default(), Namespace::parse("camp").unwrap());
        channels.opened(&name);
        channels.opened(&name);
        channels.closed(&name);
        assert!(channels.has(&name));
        channels.closed(&name);
        assert!(!channels.has(&name));
    }
}
