//! Counters and gauges of the hub, and Prometheus' text format.
//!
//! Every name and label is fixed in the program. Nothing that a client sends can become one, so the number of
//! series is bounded.

mod text;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use crate::sync::lock;

pub use text::Page;

/// The counters of a running hub.
#[derive(Debug, Default)]
pub struct Metrics {
    /// Sockets on WebSocket, as of the last half second.
    pub websocket: AtomicUsize,
    /// Sockets on long polling, as of the last half second.
    pub polling: AtomicUsize,
    /// Sockets with a backlog, as of the last half second.
    pub behind: AtomicUsize,
    /// Namespaces that are or recently were in use, as of the last half second.
    pub namespaces: AtomicUsize,
    /// Committed messages that were broadcast, by type.
    pub messages: Tally,
    /// Packets handed to sockets in broadcasts.
    pub deliveries: AtomicU64,
    /// Packets that were written directly, without socketioxide.
    pub written_directly: AtomicU64,
    /// Packets that socketioxide was given to write.
    pub written_by_socketioxide: AtomicU64,
    /// Refused requests and events, by code.
    pub refusals: Tally,
    /// Connections that were dropped or turned away, by reason.
    pub drops: Tally,
}

/// Counts by label.
#[derive(Debug, Default)]
pub struct Tally(Mutex<BTreeMap<&'static str, u64>>);

impl Tally {
    /// Adds one.
    pub fn add(&self, word: &'static str) {
        *lock(&self.0).entry(word).or_default() += 1;
    }

    /// The counts, by label.
    #[must_use]
    pub fn counts(&self) -> Vec<(&'static str, u64)> {
        let counts = lock(&self.0);
        counts.iter().map(|(word, count)| (*word, *count)).collect()
    }
}

/// Upper bounds of a histogram's buckets, in milliseconds: from a fast disk to a dying card.
pub const BUCKETS: [u64; 12] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000];

/// A histogram of durations.
#[derive(Debug, Default)]
pub struct Histogram {
    /// For each bucket, how many durations were within its bound and above the one before.
    buckets: [AtomicU64; BUCKETS.len()],
    count: AtomicU64,
    micros: AtomicU64,
}

/// The content of a histogram.
#[derive(Debug, PartialEq, Eq)]
pub struct Distribution {
    /// For each of [`BUCKETS`], how many durations were within the bound.
    pub at_most: Vec<u64>,
    /// Number of durations.
    pub count: u64,
    /// The sum of the durations.
    pub sum: Duration,
}

impl Histogram {
    /// Adds a duration.
    pub fn observe(&self, took: Duration) {
        let fits = |bound: &u64| took <= Duration::from_millis(*bound);
        if let Some(bucket) = BUCKETS.iter().position(fits) {
            self.buckets[bucket].fetch_add(1, Ordering::Relaxed);
        }
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.micros.fetch_add(micros, Ordering::Relaxed);
        self.count.fetch_add(1, Ordering::Relaxed);
    }

    /// The content now.
    #[must_use]
    pub fn distribution(&self) -> Distribution {
        let mut so_far = 0;
        let at_most = self.buckets.iter().map(|bucket| {
            so_far += bucket.load(Ordering::Relaxed);
            so_far
        });
        let at_most: Vec<u64> = at_most.collect();
        // Never less than a bucket, even while a duration is being added.
        let count = self.count.load(Ordering::Relaxed).max(at_most.last().copied().unwrap_or(0));
        Distribution {
            at_most,
            count,
            sum: Duration::from_micros(self.micros.load(Ordering::Relaxed)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tally_counts_each_word() {
        let tally = Tally::default();
        for word in ["full", "expired", "full"] {
            tally.add(word);
        }
        assert_eq!(tally.counts(), [("expired", 1), ("full", 2)]);
    }

    #[test]
    fn a_histogram_counts_up_to_each_bound_and_beyond_the_last() {
        let histogram = Histogram::default();
        for millis in [1, 3, 3, 60_000] {
            histogram.observe(Duration::from_millis(millis));
        }
        let Distribution { at_most, count, sum } = histogram.distribution();
        assert_eq!(at_most[..3], [1, 1, 3]);
        assert_eq!((at_most[BUCKETS.len() - 1], count), (3, 4));
        assert_eq!(sum, Duration::from_millis(60_007));
    }
}
