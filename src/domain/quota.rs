//! Quotas: how much of a resource one key may hold, and how much all keys together.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard};

use crate::sync::lock;

/// A quota per key, within a quota for all keys. A key is stored only while it holds something, so there are never
/// more keys than things held.
#[derive(Debug, Clone)]
pub struct Quota<K: Hash + Eq>(Arc<Counts<K>>);

#[derive(Debug)]
struct Counts<K: Hash + Eq> {
    held: Mutex<Held<K>>,
}

#[derive(Debug)]
struct Held<K> {
    each: usize,
    most: usize,
    all: usize,
    by: HashMap<K, usize>,
}

/// A taken part of a quota, which is given back when the guard is dropped.
#[derive(Debug)]
pub struct QuotaGuard<K: Hash + Eq> {
    counts: Arc<Counts<K>>,
    key: Option<K>,
    count: usize,
}

/// Why nothing could be taken from a quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuotaExceeded {
    /// The key's own quota is exhausted.
    Each,
    /// The quota for all keys is exhausted.
    All,
}

impl<K: Hash + Eq + Clone> Quota<K> {
    /// A quota of `each` per key, and `most` for all.
    #[must_use]
    pub fn new(each: usize, most: usize) -> Self {
        let held = Mutex::new(Held { each, most, all: 0, by: HashMap::new() });
        Self(Arc::new(Counts { held }))
    }

    /// Changes both quotas. What is held already is kept, even if it is more than the new quota.
    pub fn set(&self, each: usize, most: usize) {
        let mut held = self.0.lock();
        (held.each, held.most) = (each, most);
    }

    /// Takes 1 for `key`. Without a key it counts only against the quota for all.
    ///
    /// # Errors
    /// The key's quota or that for all is exhausted.
    pub fn take(&self, key: Option<K>) -> Result<QuotaGuard<K>, QuotaExceeded> {
        self.take_many(key, 1)
    }

    /// Takes `count` for `key`, all or nothing. Without a key it counts only against the quota for all.
    ///
    /// # Errors
    /// The key's quota or that for all has less left.
    pub fn take_many(&self, key: Option<K>, count: usize) -> Result<QuotaGuard<K>, QuotaExceeded> {
        let mut held = self.0.lock();
        let all = held.all.saturating_add(count);
        if all > held.most {
            return Err(QuotaExceeded::All);
        }
        if let Some(key) = &key {
            let own = held.by.get(key).copied().unwrap_or_default().saturating_add(count);
            if own > held.each {
                return Err(QuotaExceeded::Each);
            }
            held.by.insert(key.clone(), own);
        }
        held.all = all;
        Ok(QuotaGuard { counts: Arc::clone(&self.0), key, count })
    }

    /// How much all keys together may hold.
    #[must_use]
    pub fn most(&self) -> usize {
        self.0.lock().most
    }

    /// How much is held by all keys.
    #[must_use]
    pub fn held(&self) -> usize {
        self.0.lock().all
    }
}

impl<K: Hash + Eq> Counts<K> {
    fn lock(&self) -> MutexGuard<'_, Held<K>> {
        lock(&self.held)
    }
}

impl<K: Hash + Eq> QuotaGuard<K> {
    /// The key that holds it. `None` if it counts only against the quota for all.
    #[must_use]
    pub fn key(&self) -> Option<&K> {
        self.key.as_ref()
    }
}

impl<K: Hash + Eq> Drop for QuotaGuard<K> {
    fn drop(&mut self) {
        let mut held = self.counts.lock();
        held.all -= self.count;
        let Some(key) = self.key.take() else { return };
        if let Some(own) = held.by.get_mut(&key) {
            *own -= self.count;
            if *own == 0 {
                held.by.remove(&key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_exceeds_its_quota_nor_all_keys_theirs() {
        let quota = Quota::new(2, 3);
        let first = quota.take(Some("ann")).unwrap();
        let _second = quota.take(Some("ann")).unwrap();
        assert_eq!(quota.take(Some("ann")).unwrap_err(), QuotaExceeded::Each);
        let _third = quota.take(Some("bob")).unwrap();
        assert_eq!(quota.take(Some("eve")).unwrap_err(), QuotaExceeded::All);
        assert_eq!(quota.take(None).unwrap_err(), QuotaExceeded::All);
        drop(first);
        assert!(quota.take(Some("ann")).is_ok());
    }

    #[test]
    fn a_key_that_holds_nothing_is_forgotten() {
        let quota = Quota::new(1, 2);
        let hers = quota.take(Some("ann")).unwrap();
        let nobodys = quota.take(None).unwrap();
        assert_eq!(quota.held(), 2);
        drop(hers);
        drop(nobodys);
        assert_eq!((quota.held(), quota.0.lock().by.len()), (0, 0));
    }

    #[test]
    fn places_in_use_are_kept_when_a_quota_shrinks() {
        let quota = Quota::new(2, 3);
        let held = [quota.take(Some("ann")).unwrap(), quota.take(Some("ann")).unwrap()];
        quota.set(1, 1);
        assert_eq!(quota.held(), 2);
        assert_eq!(quota.take(Some("bob")).unwrap_err(), QuotaExceeded::All);
        drop(held);
        let _one = quota.take(Some("ann")).unwrap();
        quota.set(1, 2);
        assert_eq!(quota.take(Some("ann")).unwrap_err(), QuotaExceeded::Each);
        assert!(quota.take(Some("bob")).is_ok());
    }

    #[test]
    fn several_are_taken_all_or_nothing() {
        let quota = Quota::new(10, 15);
        let eight = quota.take_many(Some("ann"), 8).unwrap();
        assert_eq!(quota.take_many(Some("ann"), 3).unwrap_err(), QuotaExceeded::Each);
        assert_eq!(quota.take_many(Some("bob"), 8).unwrap_err(), QuotaExceeded::All);
        let _two = quota.take_many(Some("ann"), 2).unwrap();
        drop(eight);
        assert_eq!((quota.held(), quota.0.lock().by.get("ann")), (2, Some(&2)));
    }
}
