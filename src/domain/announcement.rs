//! Announcements: what the host tells a room or all rooms, on top of the page until it is taken down or its time has
//! passed.

use super::ids::{AnnouncementId, RoomId};
use super::text::Content;
use super::time::{HubTime, WallTime};

/// Most announcements at a time.
pub const ANNOUNCEMENTS_MAX: usize = 20;

/// Longest time that an announcement is shown for, in minutes: a week.
pub const MINUTES_MAX: u64 = 7 * 24 * 60;

/// An announcement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcement {
    /// Its id, drawn at random.
    pub id: AnnouncementId,
    /// The room that it is for. `None` for all rooms, those too that are made later.
    pub room: Option<RoomId>,
    /// Its text.
    pub text: Content,
    /// When it was made, for people's eyes.
    pub made_at: WallTime,
    /// Up to when it is shown, in the hub's own time. `None` until it is taken down.
    pub until: Option<HubTime>,
}

impl Announcement {
    /// Whether people in this room see it.
    #[must_use]
    pub fn concerns(&self, room: RoomId) -> bool {
        self.room.is_none_or(|only| only == room)
    }

    /// Whether its time has passed.
    #[must_use]
    pub fn is_over(&self, now: HubTime) -> bool {
        self.until.is_some_and(|until| until <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_concerns_its_room_or_all_and_ends_at_its_time() {
        let (one, two) = (RoomId::from_random([1; 16]), RoomId::from_random([2; 16]));
        let for_one = Announcement {
            id: AnnouncementId::from_random([1; 16]),
            room: Some(one),
            text: Content::trusted("lunch".into()),
            made_at: WallTime(0),
            until: Some(HubTime(10)),
        };
        assert!(for_one.concerns(one) && !for_one.concerns(two));
        assert!(!for_one.is_over(HubTime(9)) && for_one.is_over(HubTime(10)));
        let for_all = Announcement { room: None, until: None, ..for_one };
        assert!(for_all.concerns(two) && !for_all.is_over(HubTime(u64::MAX)));
    }
}
