//! The memory budget: how much memory the hub may use, and how near it is to that.
//!
//! A board has hardly any swap and often no memory cgroup, so only the kernel's OOM killer would limit the hub.
//! Therefore the hub watches its own size and sheds load in steps; connected clients stay. `gateway::admission`
//! decides what a step means for new clients.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rustix::system::sysinfo;
use tokio::task::JoinHandle;
use tokio::time::interval;

/// How often the hub reads its own size.
const LOOK: Duration = Duration::from_millis(500);

/// The lowest ceiling of `auto`, in bytes. An idle hub uses a sixth of it.
const LEAST: u64 = 48 << 20;

/// The highest ceiling of `auto`, in bytes. Five thousand people use a tenth of it.
const MOST: u64 = 1 << 30;

/// While memory is short, how long the hub must not have grown before a few newcomers are admitted.
const STILL: Duration = Duration::from_secs(10);

/// How many newcomers are then admitted between two readings. The allocator keeps freed memory, so the hub's size
/// does not show that a crowd has left. If it does not grow with a few newcomers, there is free memory.
const FEW: usize = 16;

/// Growth below this many bytes is noise.
const GROWTH: u64 = 256 << 10;

/// How near the hub is to its ceiling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pressure {
    /// Everyone is admitted.
    Easy,
    /// Only a few newcomers can connect to a namespace.
    Tight,
    /// Only a few newcomers get a session.
    Full,
}

impl Pressure {
    /// The names of all steps, in order.
    pub const NAMES: [&'static str; 3] = ["easy", "tight", "full"];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Easy => "easy",
            Self::Tight => "tight",
            Self::Full => "full",
        }
    }

    /// The next step, given the size in percent of the ceiling. A step is left ten percent below where it is
    /// entered, so that the hub does not alternate between two steps.
    fn next(self, percent: u64) -> Self {
        match (self, percent) {
            (_, 90..) | (Self::Full, 80..) => Self::Full,
            (_, 75..) | (Self::Tight | Self::Full, 65..) => Self::Tight,
            _ => Self::Easy,
        }
    }
}

/// The budget of a running hub. Clones share it.
#[derive(Debug, Clone)]
pub struct Budget(Arc<BudgetState>);

#[derive(Debug)]
struct BudgetState {
    /// `u64::MAX` without a limit.
    ceiling: AtomicU64,
    resident: AtomicU64,
    pressure: AtomicU8,
    /// How many newcomers may still be admitted until the next reading, although memory is short.
    few: AtomicUsize,
}

/// Whether the hub's size has grown lately.
#[derive(Debug, Clone, Copy)]
struct Growth {
    /// The size that it has not exceeded, in bytes.
    mark: u64,
    /// Since when it has not.
    since: Instant,
}

impl Growth {
    /// Takes a reading. Returns whether the size has not grown for [`STILL`].
    fn is_still(&mut self, resident: u64, now: Instant) -> bool {
        if resident > self.mark + GROWTH {
            *self = Self { mark: resident, since: now };
        }
        self.mark = self.mark.min(resident);
        now - self.since >= STILL
    }
}

impl Budget {
    /// A budget of `ceiling` bytes, or without a limit.
    #[must_use]
    pub fn new(ceiling: Option<u64>) -> Self {
        let budget = Self(Arc::new(BudgetState {
            ceiling: AtomicU64::new(ceiling.unwrap_or(u64::MAX)),
            resident: AtomicU64::new(0),
            pressure: AtomicU8::new(0),
            few: AtomicUsize::new(0),
        }));
        if let Some(resident) = resident_now() {
            budget.0.resident.store(resident, Ordering::Relaxed);
        }
        budget
    }

    /// The limit, in bytes.
    #[must_use]
    pub fn ceiling(&self) -> Option<u64> {
        let ceiling = self.0.ceiling.load(Ordering::Relaxed);
        (ceiling != u64::MAX).then_some(ceiling)
    }

    /// Changes the limit. It counts from the next reading of the hub's size.
    pub fn set_ceiling(&self, ceiling: Option<u64>) {
        self.0.ceiling.store(ceiling.unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// The resident size at the last reading, in bytes.
    #[must_use]
    pub fn resident(&self) -> u64 {
        self.0.resident.load(Ordering::Relaxed)
    }

    /// How near the hub is to the limit.
    #[must_use]
    pub fn pressure(&self) -> Pressure {
        match self.0.pressure.load(Ordering::Relaxed) {
            0 => Pressure::Easy,
            1 => Pressure::Tight,
            _ => Pressure::Full,
        }
    }

    /// Admits a newcomer although memory is short, if one of the few places is left.
    #[must_use]
    pub fn takes_one(&self) -> bool {
        let one_less = |few: usize| few.checked_sub(1);
        self.0.few.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less).is_ok()
    }

    /// Reads the hub's size every [`LOOK`] until the watch is dropped.
    #[must_use]
    pub fn watch(&self) -> Watch {
        let budget = self.clone();
        Watch(tokio::spawn(async move {
            let mut look = interval(LOOK);
            let mut growth = Growth { mark: 0, since: Instant::now() };
            loop {
                look.tick().await;
                if let Some(resident) = resident_now() {
                    budget.is_at(resident);
                    let is_still = growth.is_still(resident, Instant::now());
                    budget.lets_in(is_still);
                }
            }
        }))
    }

    /// Allows a few newcomers until the next reading, if the size does not grow and is below the limit.
    fn lets_in(&self, is_still: bool) {
        let is_below = self.ceiling().is_none_or(|ceiling| self.resident() < ceiling);
        self.0.few.store(if is_still && is_below { FEW } else { 0 }, Ordering::Relaxed);
    }

    fn is_at(&self, resident: u64) {
        self.0.resident.store(resident, Ordering::Relaxed);
        let ceiling = self.0.ceiling.load(Ordering::Relaxed);
        let (before, percent) = (self.pressure(), resident.saturating_mul(100) / ceiling.max(1));
        let now = before.next(percent);
        if now == before {
            return;
        }
        self.0.pressure.store(now as u8, Ordering::Relaxed);
        if now > before {
            tracing::warn!(memory = now.name(), resident, ceiling, "memory gets short");
        } else {
            tracing::info!(memory = now.name(), resident, ceiling, "there is memory again");
        }
    }
}

/// The task that reads the size. Dropping it ends the task.
#[derive(Debug)]
pub struct Watch(JoinHandle<()>);

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A third of the board's memory, between 48 MiB and 1 GiB: the kernel, the page cache and other programs need the
/// rest. Uses `sysinfo`, because the service's sandbox hides `/proc/meminfo`.
#[must_use]
pub fn fair_share() -> u64 {
    let board = sysinfo();
    let total = (board.totalram as u64).saturating_mul(u64::from(board.mem_unit));
    (total / 3).clamp(LEAST, MOST)
}

/// The resident size of this process, in bytes. `None` if `/proc` cannot be read.
fn resident_now() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib << 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_entered_high_and_left_low() {
        let budget = Budget::new(Some(1_000));
        let steps = [
            (740, Pressure::Easy),
            (750, Pressure::Tight),
            (700, Pressure::Tight),
            (900, Pressure::Full),
            (800, Pressure::Full),
            (799, Pressure::Tight),
            (650, Pressure::Tight),
            (649, Pressure::Easy),
            (5_000, Pressure::Full),
            (10, Pressure::Easy),
        ];
        for (resident, expected) in steps {
            budget.is_at(resident);
            assert_eq!((budget.pressure(), budget.resident()), (expected, resident));
        }
    }

    #[test]
    fn without_a_ceiling_it_is_never_short() {
        let budget = Budget::new(None);
        budget.is_at(u64::MAX);
        assert_eq!(budget.pressure(), Pressure::Easy);
    }

    #[test]
    fn a_few_are_admitted_once_the_size_is_stable_below_the_ceiling() {
        let budget = Budget::new(Some(1_000));
        budget.is_at(950);
        budget.lets_in(false);
        assert!(!budget.takes_one());
        budget.lets_in(true);
        assert_eq!((0..100).filter(|_| budget.takes_one()).count(), FEW);
        budget.is_at(1_000);
        budget.lets_in(true);
        assert!(!budget.takes_one(), "that is all there is");
    }

    #[test]
    fn growth_below_the_noise_is_none() {
        let begun = Instant::now();
        let after = |secs| begun + Duration::from_secs(secs);
        let mut growth = Growth { mark: 1 << 30, since: begun };
        assert!(!growth.is_still(1 << 30, after(9)));
        assert!(growth.is_still((1 << 30) + GROWTH, after(10)));
        assert!(!growth.is_still((1 << 30) + GROWTH + 1, after(11)), "it has grown");
        assert!(growth.is_still(1 << 29, after(21)));
        assert!(!growth.is_still(1 << 30, after(22)), "from less, it has grown too");
    }

    #[test]
    fn the_system_tells_how_large_it_and_we_are() {
        assert!((LEAST..=MOST).contains(&fair_share()));
        let resident = resident_now().unwrap();
        assert!((1 << 20..1 << 40).contains(&resident), "{resident}");
    }
}
