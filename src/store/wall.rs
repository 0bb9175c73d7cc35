//! The wall of a room in the columns of both stores, and what is read for it.

use std::time::Duration;

use crate::domain::ids::{RoomId, Seq, WallLinkId};
use crate::domain::room::wall::{DELAY_MAX, RoomWall, WallView};
use crate::domain::time::HubTime;

/// How many of a room's newest places are looked through for messages. Notices of joins and leaves take places, too.
pub(super) const LOOKED_THROUGH: i64 = 10_000;

/// What a wall shows: the newest messages of people in a room, or the questions with the most votes. Those that were taken back, and those of people who are
/// banned or muted, are left out.
#[derive(Debug, Clone, Copy)]
pub struct WallRead {
    /// The room.
    pub room: RoomId,
    /// The newest message that may be shown.
    pub last: Seq,
    /// Only messages that were sent up to this time may be shown.
    pub sent_until: HubTime,
    /// The time, at which mutes are in force.
    pub now: HubTime,
    /// The most messages or questions.
    pub most: usize,
}

impl WallRead {
    /// The limit of rows.
    pub(super) fn limit(&self) -> i64 {
        i64::try_from(self.most).unwrap_or(i64::MAX)
    }
}

/// The columns `view`, `delay` in ms, and `link`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct WallColumns {
    pub(super) view: i16,
    pub(super) delay: i64,
    pub(super) link: Option<[u8; 16]>,
}

/// The number of a view.
pub(super) fn view_number(view: WallView) -> i16 {
    match view {
        WallView::Messages => 0,
        WallView::Questions => 1,
        WallView::Poll => 2,
        WallView::Off => 3,
    }
}

/// A delay in ms.
pub(super) fn delay_ms(delay: Duration) -> i64 {
    i64::try_from(delay.as_millis()).unwrap_or(i64::MAX)
}

impl From<WallColumns> for RoomWall {
    /// Values that a damaged file had become those that show the least.
    fn from(WallColumns { view, delay, link }: WallColumns) -> Self {
        let view = match view {
            0 => WallView::Messages,
            1 => WallView::Questions,
            2 => WallView::Poll,
            _ => WallView::Off,
        };
        let delay = u64::try_from(delay).map_or(DELAY_MAX, Duration::from_millis).min(DELAY_MAX);
        Self { view, delay, link: link.map(WallLinkId::from_bytes) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wall_is_the_same_once_stored() {
        for view in [WallView::Messages, WallView::Questions, WallView::Poll, WallView::Off] {
            let link = WallLinkId::from_random([7; 16]);
            let wall = RoomWall { view, delay: Duration::from_secs(30), link: Some(link) };
            let columns = WallColumns {
                view: view_number(view),
                delay: delay_ms(wall.delay),
                link: Some(*link.as_bytes()),
            };
            assert_eq!(RoomWall::from(columns), wall);
        }
        let damaged = RoomWall::from(WallColumns { view: 9, delay: -1, link: None });
        assert_eq!((damaged.view, damaged.delay), (WallView::Off, DELAY_MAX));
    }
}
