//! The names taken in a room, by their looks, so that no two can be confused.

use std::collections::HashMap;

use super::look::Look;
use crate::domain::ids::ChatterId;

/// The looks that are taken, with the chatters who hold them. A chatter may hold several for a moment: that of their
/// name, and that of the name they have asked for.
#[derive(Debug, Default)]
pub struct Taken(HashMap<String, Vec<ChatterId>>);

impl Taken {
    /// Whether a name is free for this chatter: nobody else's looks like it.
    #[must_use]
    pub fn is_free_for(&self, look: &Look, chatter: ChatterId) -> bool {
        let holders = look.keys().into_iter().filter_map(|key| self.0.get(key)).flatten();
        holders.into_iter().all(|holder| *holder == chatter)
    }

    /// Whether nobody holds a name.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes a name for a chatter.
    pub fn hold(&mut self, look: &Look, chatter: ChatterId) {
        for key in look.keys() {
            self.0.entry(key.to_owned()).or_default().push(chatter);
        }
    }

    /// Releases a name that a chatter holds. A name that was taken twice has to be released twice.
    pub fn release(&mut self, look: &Look, chatter: ChatterId) {
        for key in look.keys() {
            let Some(holders) = self.0.get_mut(key) else {
                continue;
            };
            if let Some(at) = holders.iter().position(|holder| *holder == chatter) {
                holders.swap_remove(at);
            }
            if holders.is_empty() {
                self.0.remove(key);
            }
        }
    }
}
