//! A room's mode in the columns of both stores.

use std::time::Duration;

use crate::domain::mode::{Mode, RoomMode};
use crate::domain::time::HubTime;

/// How many of a room's newest messages are looked through for when its people last wrote, when it becomes slow.
pub(super) const LOOKED_THROUGH: i64 = 10_000;

/// The columns `shut`, `mode`, `every` in seconds (where it is shut, how long people must have been here; 0: nobody new), and `mode_until` in ms of hub time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ModeColumns {
    pub(super) shut: bool,
    pub(super) mode: i16,
    pub(super) every: i64,
    pub(super) until: Option<i64>,
}

impl From<RoomMode> for ModeColumns {
    fn from(RoomMode { mode, until }: RoomMode) -> Self {
        Self {
            shut: matches!(mode, Mode::Members(_)),
            mode: match mode {
                Mode::Open | Mode::Members(_) => 0,
                Mode::Slow(_) => 1,
                Mode::ReadOnly => 2,
            },
            every: match mode {
                Mode::Slow(span) | Mode::Members(Some(span)) => {
                    i64::try_from(span.as_secs()).unwrap_or(i64::MAX)
                }
                Mode::Open | Mode::Members(None) | Mode::ReadOnly => 0,
            },
            until: until.map(|until| i64::try_from(until.0).unwrap_or(i64::MAX)),
        }
    }
}

impl From<ModeColumns> for RoomMode {
    fn from(ModeColumns { shut, mode, every, until }: ModeColumns) -> Self {
        let every = Duration::from_secs(u64::try_from(every).unwrap_or(0));
        let mode = match (shut, mode) {
            (true, _) => Mode::Members((!every.is_zero()).then_some(every)),
            (false, 1) => Mode::Slow(every),
            (false, 2) => Mode::ReadOnly,
            (false, _) => Mode::Open,
        };
        Self { mode, until: until.map(|until| HubTime(u64::try_from(until).unwrap_or(0))) }
    }
}
