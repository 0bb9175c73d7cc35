//! The wall of a room: what a projector or a television shows of it.

use std::time::Duration;

use super::{History, Room};
use crate::domain::ids::WallLinkId;
use crate::domain::refusal::Refusal;
use crate::domain::time::HubTime;

/// How old a message is before the wall shows it, unless the host sets another delay.
pub const DELAY: Duration = Duration::from_secs(10);

/// The longest delay.
pub const DELAY_MAX: Duration = Duration::from_secs(300);

/// What a wall shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WallView {
    /// The newest messages.
    Messages,
    /// The questions with the most votes.
    Questions,
    /// The newest poll that is open, or the last that was closed.
    Poll,
    /// Only how to join the room.
    Off,
}

impl WallView {
    /// The views that a host can choose.
    pub const OFFERED: [Self; 4] = [Self::Messages, Self::Questions, Self::Poll, Self::Off];

    /// Its name on the wire and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Messages => "messages",
            Self::Questions => "questions",
            Self::Poll => "poll",
            Self::Off => "off",
        }
    }

    /// Parses the name of an offered view.
    ///
    /// # Errors
    /// [`Refusal::BadRequest`] for any other text.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let found = Self::OFFERED.into_iter().find(|view| view.as_str() == text);
        found.ok_or_else(|| {
            let [messages, questions, poll, off] = Self::OFFERED.map(Self::as_str);
            Refusal::bad(format!("view must be {messages:?}, {questions:?}, {poll:?} or {off:?}"))
        })
    }
}

/// The wall of a room, as the host has set it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoomWall {
    /// What it shows.
    pub view: WallView,
    /// How old a message is before it is shown. One that is taken back within that time is never shown.
    pub delay: Duration,
    /// The link with which the wall of any room is read. `None` if there is no link.
    pub link: Option<WallLinkId>,
}

impl Default for RoomWall {
    fn default() -> Self {
        Self { view: WallView::Messages, delay: DELAY, link: None }
    }
}

impl RoomWall {
    /// Whether everybody can read the wall of this room, without a link: those who can come into the room and read it
    /// from its beginning.
    #[must_use]
    pub fn is_open(room: &Room, now: HubTime) -> bool {
        let is_shut = room.mode.at(now).is_shut();
        !room.is_locked() && !is_shut && room.history == History::All
    }
}

/// A change of a wall. `None` leaves a value as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WallEdit {
    /// What it shows.
    pub view: Option<WallView>,
    /// The delay.
    pub delay: Option<Duration>,
    /// The id of a new link, which is used if there is none yet; `Some(None)` revokes the link.
    pub link: Option<Option<WallLinkId>>,
}

impl WallEdit {
    /// The edit without the values that the wall has already.
    #[must_use]
    pub fn beyond(self, wall: &RoomWall) -> Self {
        Self {
            view: self.view.filter(|view| *view != wall.view),
            delay: self.delay.filter(|delay| *delay != wall.delay),
            link: self.link.filter(|link| link.is_some() != wall.link.is_some()),
        }
    }

    /// The wall after the edit.
    #[must_use]
    pub fn of(self, wall: RoomWall) -> RoomWall {
        RoomWall {
            view: self.view.unwrap_or(wall.view),
            delay: self.delay.unwrap_or(wall.delay),
            link: match self.link {
                Some(Some(fresh)) => wall.link.or(Some(fresh)),
                Some(None) => None,
                None => wall.link,
            },
        }
    }

    /// The edit in words for the host's log, without the link: `view off, delay 30s, link made`.
    #[must_use]
    pub fn words(&self) -> String {
        let words = [
            self.view.map(|view| format!("view {}", view.as_str())),
            self.delay.map(|delay| format!("delay {}s", delay.as_secs())),
            self.link.map(|link| match link {
                Some(_) => "link made".to_owned(),
                None => "link revoked".to_owned(),
            }),
        ];
        words.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

/// Checks a delay, in seconds.
///
/// # Errors
/// [`Refusal::BadRequest`] if it is above [`DELAY_MAX`].
pub fn parse_delay(seconds: u64) -> Result<Duration, Refusal> {
    let most = DELAY_MAX.as_secs();
    if seconds <= most {
        return Ok(Duration::from_secs(seconds));
    }
    Err(Refusal::bad(format!("delay must be 0 to {most} seconds")))
}

#[cfg(test)]
mod tests {
    use super::super::PasswordHash;
    use super::super::tests::room;
    use super::*;
    use crate::domain::mode::{Mode, RoomMode};

    fn link(n: u8) -> WallLinkId {
        WallLinkId::from_random([n; 16])
    }

    #[test]
    fn an_edit_changes_what_it_names_and_is_not_repeated() {
        let wall = RoomWall::default();
        let delay = Some(Duration::from_secs(30));
        let edit = WallEdit { view: Some(WallView::Messages), delay, link: Some(Some(link(1))) };
        let left = edit.beyond(&wall);
        assert_eq!(left, WallEdit { view: None, ..edit });
        assert_eq!(left.words(), "delay 30s, link made");
        let wall = left.of(wall);
        assert_eq!(wall.link, Some(link(1)));
        assert_eq!(edit.beyond(&wall), WallEdit::default());
        let again = WallEdit { link: Some(Some(link(2))), ..WallEdit::default() };
        assert_eq!(again.of(wall).link, Some(link(1)), "a link stays until it is revoked");
        let none = WallEdit { link: Some(None), view: Some(WallView::Off), delay: None };
        assert_eq!(none.words(), "view off, link revoked");
        let wall = none.of(wall);
        assert_eq!((wall.link, again.of(wall).link), (None, Some(link(2))));
    }

    #[test]
    fn everybody_reads_the_wall_of_a_room_that_everybody_can_enter_and_read() {
        let open = Room { history: History::All, ..room(0) };
        let members = RoomMode { mode: Mode::Members(None), until: Some(HubTime(9_000)) };
        assert!(RoomWall::is_open(&open, HubTime(0)));
        let lock = Some(PasswordHash("hash".to_owned()));
        for closed in [
            Room { history: History::Joined, ..open.clone() },
            Room { lock, ..open.clone() },
            Room { mode: members, ..open.clone() },
        ] {
            assert!(!RoomWall::is_open(&closed, HubTime(0)), "{closed:?}");
        }
        assert!(RoomWall::is_open(&Room { mode: members, ..open }, HubTime(9_000)));
    }

    #[test]
    fn a_view_and_a_delay_are_checked() {
        assert_eq!(WallView::parse("off"), Ok(WallView::Off));
        let names = "view must be \"messages\", \"questions\", \"poll\" or \"off\"";
        assert_eq!(WallView::parse("clock"), Err(Refusal::bad(names)));
        assert_eq!(parse_delay(0), Ok(Duration::ZERO));
        assert_eq!(parse_delay(300), Ok(DELAY_MAX));
        assert_eq!(parse_delay(301), Err(Refusal::bad("delay must be 0 to 300 seconds")));
    }
}
