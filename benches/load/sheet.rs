//! What was measured, and the medians of it.

use std::collections::BTreeMap;

use crate::server::Kind;

/// What one number tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Figure {
    /// Deliveries a second with one message under way.
    Rate1,
    /// Deliveries a second with sixteen.
    Rate16,
    /// The server's processor time for a delivery, in microseconds, with one message under way.
    Cpu1,
    /// The same with sixteen.
    Cpu16,
    /// The part of its core, in percent, that the server used with one message under way.
    Share1,
    /// The same with sixteen.
    Share16,
    /// The part of its own core, in percent, that the crowd used at most.
    Crowd,
    /// Half of all deliveries took no longer than this many milliseconds.
    P50,
    /// Ninety-nine of a hundred.
    P99,
    /// Clients a second that got connected and into the room.
    Connects,
    /// The server's processor time for one of them, in microseconds.
    ConnectCpu,
    /// Resident memory for each idle connection, in KiB.
    MemberRss,
    /// The same, with shared pages divided among those who share them.
    MemberPss,
    /// Bytes of a delivery, with its frame's head.
    Bytes,
    /// Milliseconds from exec until a connection was accepted.
    Ready,
    /// Resident memory without anybody there, in MB.
    IdleRss,
    /// The same, with shared pages divided among those who share them.
    IdlePss,
}

/// Every number, by whose it is and in how large a room.
#[derive(Default)]
pub struct Sheet {
    numbers: BTreeMap<(Kind, usize, Figure), Vec<f64>>,
}

impl Sheet {
    /// Adds what one round measured.
    pub fn add(&mut self, kind: Kind, size: usize, figures: Vec<(Figure, f64)>) {
        for (figure, number) in figures {
            self.numbers.entry((kind, size, figure)).or_default().push(number);
        }
    }

    /// The median of all rounds.
    pub fn median(&self, kind: Kind, size: usize, figure: Figure) -> Option<f64> {
        self.numbers.get(&(kind, size, figure)).map(|all| median(all.clone()))
    }

    /// The median over all rooms and rounds.
    pub fn overall(&self, kind: Kind, figure: Figure) -> Option<f64> {
        let of_all = self.numbers.iter().filter(|(key, _)| key.0 == kind && key.2 == figure);
        let all: Vec<f64> = of_all.flat_map(|(_, numbers)| numbers).copied().collect();
        (!all.is_empty()).then(|| median(all))
    }

    /// One server's figure as a multiple of another's.
    pub fn ratio(&self, of: Kind, to: Kind, size: usize, figure: Figure) -> Option<f64> {
        Some(self.median(of, size, figure)? / self.median(to, size, figure)?)
    }
}

/// The middle one; of an even number, the mean of the two.
pub fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    let middle = numbers.len() / 2;
    if numbers.len() % 2 == 1 {
        numbers[middle]
    } else {
        f64::midpoint(numbers[middle - 1], numbers[middle])
    }
}
