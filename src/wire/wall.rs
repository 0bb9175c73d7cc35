//! The wall of a room: the answer to `GET /api/walls/{code}`.

use serde::Serialize;

use super::polls::{WirePoll, poll};
use super::{AnnouncementStatus, WifiInfo, WireAnnouncement, announcement, messages};
use crate::domain::message::Message;
use crate::domain::room::wall::WallView;
use crate::hub::command::WallState;

/// Everything that a wall shows. It is whole each time, so that a wall has nothing to catch up with.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WireWall<'a, M> {
    /// The hub's title.
    hub: &'a str,
    /// The hub's language: `ko` or `en`.
    language: &'static str,
    room: WireWallRoom<'a>,
    /// `messages`, `questions`, `poll` or `off`.
    view: &'static str,
    /// How old a message is before it is shown, in seconds.
    delay: u64,
    /// The newest messages that are old enough, the oldest first. Without quotes.
    messages: Vec<M>,
    /// Where the view is `questions`: the questions that are old enough, in the order of their votes, those that are
    /// answered last.
    questions: Vec<M>,
    /// Where the view is `poll`: the newest poll that is open, or the last that was closed. Null if there is none.
    poll: Option<WirePoll<'a>>,
    /// The announcements that concern the room, the oldest first.
    announcements: Vec<WireAnnouncement<'a>>,
    /// The URLs at which people join, with IP addresses, which every phone can open.
    addresses: Vec<String>,
    /// Whether the hub is announced on the network, and under which name.
    announced: AnnouncementStatus,
    /// The wireless network; only for callers nearby.
    #[serde(skip_serializing_if = "Option::is_none")]
    wifi: Option<WifiInfo<'a>>,
}

#[derive(Debug, Serialize)]
struct WireWallRoom<'a> {
    code: &'a str,
    title: &'a str,
    /// How many people are present.
    present: usize,
}

/// What a wall needs to know of the hub.
#[derive(Debug)]
pub struct WallHub<'a> {
    /// Its title.
    pub name: &'a str,
    /// Its language.
    pub language: &'static str,
    /// The URLs at which people join.
    pub addresses: Vec<String>,
    /// Whether it is announced.
    pub announced: AnnouncementStatus,
    /// The wireless network, if the caller may see it.
    pub wifi: Option<WifiInfo<'a>>,
}

/// A wall with these messages or questions.
pub fn wall<'a>(
    hub: WallHub<'a>,
    state: &'a WallState,
    list: &'a [Message],
) -> impl Serialize + 'a {
    let WallHub { name, language, addresses, announced, wifi } = hub;
    let (said, asked): (&[Message], &[Message]) = match state.wall.view {
        WallView::Questions => (&[], list),
        WallView::Messages | WallView::Poll | WallView::Off => (list, &[]),
    };
    WireWall {
        hub: name,
        language,
        room: WireWallRoom {
            code: state.room.room.code.as_str(),
            title: state.room.room.title.as_str(),
            present: state.room.present,
        },
        view: state.wall.view.as_str(),
        delay: state.wall.delay.as_secs(),
        messages: messages(said),
        questions: messages(asked),
        poll: state.poll.as_ref().map(poll),
        announcements: state.announcements.iter().map(announcement).collect(),
        addresses,
        announced,
        wifi,
    }
}
