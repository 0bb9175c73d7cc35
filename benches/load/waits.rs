//! How long things took, in steps of one part in sixty-four.

use std::time::Duration;

/// Counts of waits by length.
#[derive(Clone, Default)]
pub struct Waits {
    counts: Vec<u64>,
    all: u64,
}

/// Below this many microseconds every one counts by itself; above, steps grow with the wait.
const FINE: u64 = 128;

impl Waits {
    /// Counts one.
    pub fn add(&mut self, wait: Duration) {
        let place = place(wait.as_micros() as u64);
        if place >= self.counts.len() {
            self.counts.resize(place + 1, 0);
        }
        self.counts[place] += 1;
        self.all += 1;
    }

    /// The wait that this part of all did not exceed, in milliseconds.
    pub fn at(&self, part: f64) -> f64 {
        let mut left = (self.all as f64 * part).ceil() as u64;
        for (place, &count) in self.counts.iter().enumerate() {
            if count >= left {
                return micros(place) as f64 / 1_000.0;
            }
            left -= count;
        }
        0.0
    }
}

fn place(micros: u64) -> usize {
    if micros < FINE {
        return micros as usize;
    }
    let power = micros.ilog2() - 6;
    (u64::from(power) * 64 + (micros >> power)) as usize
}

/// The upper end of a place.
fn micros(place: usize) -> u64 {
    let place = place as u64;
    if place < FINE {
        return place;
    }
    let power = place / 64 - 1;
    ((place - power * 64 + 1) << power) - 1
}
