//! A set of the most recent keys, in bounded memory.

use std::collections::HashSet;
use std::hash::Hash;

/// Remembers at least the last `least` keys, and never more than twice as many: when the newer half is full, the
/// older one is dropped.
#[derive(Debug)]
pub struct Recent<K> {
    least: usize,
    newer: HashSet<K>,
    older: HashSet<K>,
}

impl<K: Hash + Eq> Recent<K> {
    /// An empty set that will remember at least the last `least` keys.
    #[must_use]
    pub fn new(least: usize) -> Self {
        Self { least, newer: HashSet::new(), older: HashSet::new() }
    }

    /// Adds a key as the most recent one.
    pub fn insert(&mut self, key: K) {
        if self.newer.len() >= self.least && !self.newer.contains(&key) {
            self.older = std::mem::take(&mut self.newer);
        }
        self.newer.insert(key);
    }

    /// Whether a key is remembered.
    #[must_use]
    pub fn contains(&self, key: &K) -> bool {
        self.newer.contains(key) || self.older.contains(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_keys_are_remembered_and_at_most_twice_as_many() {
        let mut recent = Recent::new(10);
        (0..55).for_each(|n| recent.insert(n));
        assert!((45..55).all(|n| recent.contains(&n)));
        assert!(recent.newer.len() + recent.older.len() <= 20);
        recent.insert(54);
        assert!(recent.contains(&45), "one who comes again crowds nobody out");
    }
}
