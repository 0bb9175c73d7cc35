//! Rate limits over the hub's own time, by GCRA (the generic cell rate algorithm): a token bucket that is stored as one
//! time, `Bucket::empty_at`, which GCRA calls the theoretical arrival time.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::Duration;

use super::time::HubTime;

/// A rate: `burst` actions at once, and one more after each `every`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// The number of actions at once, at least 1.
    pub burst: u32,
    /// The time after which one more action is free: whole milliseconds, at least one.
    pub every: Duration,
}

/// A bucket's state: the time at which it will be unused again, at the rate at which it was used.
#[derive(Debug, Clone, Copy, Default)]
pub struct Bucket {
    empty_at: HubTime,
    /// That rate's `every`, in microseconds; 0 for a bucket that has not been used.
    every: u32,
}

impl Bucket {
    /// Takes one action from the bucket.
    ///
    /// # Errors
    /// No action is free; the error is the time until one is.
    pub fn take(&mut self, rate: Rate, now: HubTime) -> Result<(), Duration> {
        self.goes_on_at(rate, now);
        let start = self.empty_at.max(now);
        let full = now.after(rate.every * rate.burst);
        let next = start.after(rate.every);
        if next > full {
            return Err(next.since(full));
        }
        self.empty_at = next;
        Ok(())
    }

    /// Converts the state to a new rate, at which the bucket is as full as at the old one. So a limit that the host
    /// raises takes effect at once, also for clients that have to wait.
    fn goes_on_at(&mut self, rate: Rate, now: HubTime) {
        let every = u32::try_from(rate.every.as_micros()).unwrap_or(u32::MAX);
        let before = std::mem::replace(&mut self.every, every);
        if before == every || before == 0 {
            return;
        }
        let filled = self.empty_at.since(now).as_millis();
        let filled = u64::try_from(filled * u128::from(every) / u128::from(before));
        let filled = Duration::from_millis(filled.unwrap_or(u64::MAX));
        self.empty_at = now.after(filled.min(rate.every * rate.burst));
    }

    /// Gives back an action that turned out not to count.
    pub fn give_back(&mut self, rate: Rate) {
        let every = u64::try_from(rate.every.as_millis()).unwrap_or(u64::MAX);
        self.empty_at = HubTime(self.empty_at.0.saturating_sub(every));
    }
}

/// Buckets by key, at most `most` of them. While all are in use, a new key is refused, so that strangers can neither
/// make the map grow nor get rid of their own bucket by filling it.
#[derive(Debug)]
pub struct Throttle<K> {
    rate: Rate,
    most: usize,
    buckets: HashMap<K, Bucket>,
}

impl<K: Hash + Eq> Throttle<K> {
    /// An empty throttle.
    #[must_use]
    pub fn new(rate: Rate, most: usize) -> Self {
        Self { rate, most, buckets: HashMap::new() }
    }

    /// Takes an action for `key`.
    ///
    /// # Errors
    /// No action is free; the error is the time until one is.
    pub fn take(&mut self, key: K, now: HubTime) -> Result<(), Duration> {
        if self.buckets.len() >= self.most && !self.buckets.contains_key(&key) {
            self.expire(now);
            if self.buckets.len() >= self.most {
                return Err(self.rate.every);
            }
        }
        self.buckets.entry(key).or_default().take(self.rate, now)
    }

    /// Changes the rate, also for the keys that are tracked.
    pub fn set_rate(&mut self, rate: Rate) {
        self.rate = rate;
    }

    /// Forgets the keys whose buckets are unused again.
    pub fn expire(&mut self, now: HubTime) {
        self.buckets.retain(|_, bucket| bucket.empty_at > now);
    }

    /// How many keys are tracked.
    #[must_use]
    pub fn len(&self) -> usize {
        self.buckets.len()
    }

    /// Whether no key is tracked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.buckets.is_empty()
    }

    /// Gives back an action for `key`.
    pub fn give_back(&mut self, key: &K) {
        if let Some(bucket) = self.buckets.get_mut(key) {
            bucket.give_back(self.rate);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { burst: 2, every: Duration::from_secs(1) };

    #[test]
    fn a_burst_passes_and_then_one_at_a_time() {
        let mut bucket = Bucket::default();
        let t = HubTime(10_000);
        assert_eq!(bucket.take(RATE, t), Ok(()));
        assert_eq!(bucket.take(RATE, t), Ok(()));
        assert_eq!(bucket.take(RATE, t), Err(Duration::from_secs(1)));
        assert_eq!(bucket.take(RATE, HubTime(10_400)), Err(Duration::from_millis(600)));
        assert_eq!(bucket.take(RATE, HubTime(11_000)), Ok(()));
        bucket.give_back(RATE);
        assert_eq!(bucket.take(RATE, HubTime(11_000)), Ok(()));
    }

    #[test]
    fn a_bucket_stays_as_full_when_its_rate_changes() {
        let slow = Rate { burst: 4, every: Duration::from_secs(900) };
        let t = HubTime(10_000);
        let mut throttle = Throttle::new(slow, 9);
        let take = |throttle: &mut Throttle<_>, n| {
            (0..n).filter(|_| throttle.take("a", t).is_ok()).count()
        };
        assert_eq!(take(&mut throttle, 9), 4);
        throttle.set_rate(Rate { burst: 10, every: Duration::from_secs(1) });
        assert_eq!(take(&mut throttle, 9), 6, "four of ten are taken");
        throttle.set_rate(slow);
        assert_eq!(
            throttle.take("a", t),
            Err(Duration::from_secs(900)),
            "full, and no more than that"
        );
        throttle.set_rate(Rate { burst: 1, every: Duration::from_millis(1) });
        assert_eq!(throttle.take("a", HubTime(10_001)), Err(Duration::from_millis(1)));
        assert_eq!(throttle.take("a", HubTime(10_002)), Ok(()));
    }

    #[test]
    fn a_full_throttle_refuses_strangers_until_a_bucket_is_empty() {
        let mut throttle = Throttle::new(RATE, 1);
        assert_eq!(throttle.take("a", HubTime(0)), Ok(()));
        assert!(throttle.take("b", HubTime(500)).is_err());
        assert_eq!(throttle.take("b", HubTime(1_000)), Ok(()));
    }
}
