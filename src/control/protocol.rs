//! The requests and responses on the control socket.

mod event;
mod log;
mod people;
mod polls;
mod questions;
mod reports;
mod rooms;
mod state;
mod walls;

use serde::{Deserialize, Serialize};

pub use self::event::{EventApplied, EventChange, EventFileText, EventStep, RoomLeftAlone};
pub use self::log::{Deed, ModeLine};
pub use self::people::{
    ChatterRename, ChatterTakeBack, MINUTES, Muted, Person, RECENT_MAX, Streamed,
};
pub use self::polls::{MadePoll, NewPoll, PollLine, PollOption, PreparedLine};
pub use self::questions::{Asked, QUESTIONS_MAX, Waiting};
pub use self::reports::{REPORTS_MAX, Reported};
pub use self::rooms::{EditedRoom, NewRoom, RoomEdit, RoomLine};
pub use self::state::{ClockStatus, Data, Memory, Missing, SharedDatabase, Status};
pub use self::walls::{WallSet, WallState};

/// The most messages that one request lists or takes back.
pub const MESSAGES_MAX: usize = 1_000;

/// A request: `{"do":"status"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Request {
    /// Asks for the hub's state; answered with a [`Status`].
    Status,
    /// Lists the living rooms; answered with [`RoomLine`]s.
    RoomList,
    /// Creates a room for the host; answered with a [`Made`].
    RoomCreate(NewRoom),
    /// Shuts a room for newcomers; answered with how many people are in it.
    RoomLock {
        /// Its code or id.
        room: String,
    },
    /// Opens a shut room again; answered with how many people are in it.
    RoomUnlock {
        /// Its code or id.
        room: String,
    },
    /// Changes where people who join a room from now on begin to read; answered with `null`.
    RoomHistory {
        /// Its code or id.
        room: String,
        /// `all` or `joined`.
        history: String,
    },
    /// Changes a room; answered with an [`EditedRoom`].
    RoomEdit(RoomEdit),
    /// Sets the mode of a room, or ends it; answered with how many people are in it.
    RoomMode {
        /// Its code or id.
        room: String,
        /// `open`, `slow`, `members`, `read_only` or `ended`.
        mode: String,
        /// In slow mode, how many seconds a person waits between two messages, 1 to 3,600; 30 unless set.
        #[serde(default)]
        every: Option<u64>,
        /// In `members`, how many minutes people must have been here to come in and write, 1 to 60. `None`: nobody new
        /// comes in, and all in the room write.
        #[serde(default, rename = "hereFor")]
        here_for: Option<u64>,
        /// After how many minutes it goes back to `open` by itself, 1 to 1,440. `None` if it does not.
        #[serde(default)]
        minutes: Option<u64>,
    },
    /// The same for all living rooms; answered with how many have changed.
    HubMode {
        /// As of [`Request::RoomMode`].
        mode: String,
        /// As of [`Request::RoomMode`].
        #[serde(default)]
        every: Option<u64>,
        /// As of [`Request::RoomMode`].
        #[serde(default, rename = "hereFor")]
        here_for: Option<u64>,
        /// As of [`Request::RoomMode`].
        #[serde(default)]
        minutes: Option<u64>,
    },
    /// Changes the wall of a room; answered with a [`WallState`].
    WallSet(WallSet),
    /// Shows how the wall of a room is set; answered with a [`WallState`].
    WallShow {
        /// The room's code or id.
        room: String,
    },
    /// Lists a room's messages; answered with [`Said`]s, oldest first.
    MessageList {
        /// Its code or id.
        room: String,
        /// How many of the newest messages, at most [`MESSAGES_MAX`].
        #[serde(default = "last")]
        last: usize,
    },
    /// Lists what people have said in all living rooms; answered with [`Streamed`]s, oldest first.
    MessageStream {
        /// How many of the newest messages, at most [`MESSAGES_MAX`].
        #[serde(default = "last")]
        last: usize,
        /// Only those with an id above this one.
        #[serde(default)]
        after: i64,
    },
    /// Takes messages back; answered with how many were not taken back before.
    MessageDelete {
        /// The room's code or id.
        room: String,
        /// Their places in the room, at most [`MESSAGES_MAX`].
        seqs: Vec<i64>,
    },
    /// Says something in a living room as the host; answered with its `seq`.
    MessageSay {
        /// The room's code or id.
        room: String,
        /// The text.
        content: String,
        /// A key, at most 64 characters: the same key is the same message. `None` for a message that is said once.
        #[serde(default)]
        key: Option<String>,
    },
    /// Lists a room's questions; answered with [`Asked`]s, at most [`QUESTIONS_MAX`].
    QuestionList {
        /// Its code or id.
        room: String,
        /// `votes` or `time`.
        #[serde(default = "questions::by_votes")]
        sort: String,
    },
    /// Marks a question as answered, or not; answered with `null`.
    QuestionAnswered {
        /// The room's code or id.
        room: String,
        /// The question's place in the room.
        seq: i64,
        /// Whether it is answered.
        on: bool,
    },
    /// Announces something; answered with a [`MadeAnnouncement`].
    AnnounceAdd {
        /// The text.
        text: String,
        /// The living room that it is for: its code or id. `None` for all rooms.
        #[serde(default)]
        room: Option<String>,
        /// For how many minutes it is shown, at most a week. `None` until it is taken down.
        #[serde(default)]
        minutes: Option<u64>,
    },
    /// Lists the announcements that are shown; answered with [`AnnouncementLine`]s, the oldest first.
    AnnounceList,
    /// Takes an announcement down; answered with `null`.
    AnnounceDone {
        /// Its id.
        announcement: String,
    },
    /// Makes a poll; answered with a [`MadePoll`].
    PollAdd(NewPoll),
    /// Lists polls with their votes; answered with [`PollLine`]s, the oldest first.
    PollList {
        /// Whether polls that are closed are listed, too.
        #[serde(default)]
        all: bool,
    },
    /// Closes a poll; answered with `null`.
    PollClose {
        /// Its id.
        poll: String,
    },
    /// Lists the prepared polls; answered with [`PreparedLine`]s in their order.
    PollPrepared,
    /// Asks a prepared poll; answered with a [`MadePoll`].
    PollAsk {
        /// Its id.
        poll: String,
    },
    /// Drops a prepared poll; answered with `null`.
    PollDrop {
        /// Its id.
        poll: String,
    },
    /// Lists the questions that wait for the host; answered with [`Waiting`]s, the oldest first, at most
    /// [`QUESTIONS_MAX`].
    QuestionHeld {
        /// Only of this room: its code or id.
        #[serde(default)]
        room: Option<String>,
    },
    /// Makes a message of a question that waits; answered with a [`Said`].
    QuestionLetThrough {
        /// Its number.
        held: i64,
    },
    /// Drops a question that waits; answered with `null`.
    QuestionDrop {
        /// Its number.
        held: i64,
    },
    /// Lists the messages that people have reported; answered with [`Reported`]s, newest first, at most
    /// [`REPORTS_MAX`].
    ReportList {
        /// Whether reports that are done are listed, too.
        #[serde(default)]
        all: bool,
    },
    /// Marks a report as done; answered with `null`.
    ReportDone {
        /// Its number.
        report: i64,
    },
    /// Ends a room; answered with an [`EndedRoom`].
    RoomClose {
        /// Its code or id.
        room: String,
    },
    /// Ends a room and deletes its messages; answered with an [`EndedRoom`].
    RoomDelete {
        /// Its code or id.
        room: String,
    },
    /// Lists the people who are present; answered with [`Person`]s.
    ChatterList {
        /// Only in this room: its code or id.
        #[serde(default)]
        room: Option<String>,
        /// Behind them those, too, who have left in the last 24 hours: the last [`RECENT_MAX`], the last first.
        #[serde(default)]
        recent: bool,
    },
    /// Mutes a chatter's browser; answered with a [`Muted`].
    ChatterMute {
        /// The chatter's id.
        chatter: String,
        /// For how many minutes. `None` until it is lifted.
        #[serde(default)]
        minutes: Option<u64>,
    },
    /// Lifts a mute; answered with `null`.
    ChatterUnmute {
        /// The chatter's id.
        chatter: String,
    },
    /// Lists the mutes; answered with [`Muted`]s.
    ChatterMutes,
    /// Gives a chatter another name; answered with `null`.
    ChatterRename(ChatterRename),
    /// Takes back what a chatter's browser has said; answered with how many messages.
    ChatterTakeBack(ChatterTakeBack),
    /// Kicks a chatter; answered with `null`.
    ChatterKick {
        /// The chatter's id.
        chatter: String,
    },
    /// Bans a chatter's browser; answered with `null`.
    ChatterBan {
        /// The chatter's id.
        chatter: String,
        /// For how many seconds their address is banned, too.
        #[serde(default, alias = "addressFor")]
        address_for: Option<u64>,
    },
    /// Lifts a ban; answered with `null`.
    ChatterUnban {
        /// The chatter's id.
        chatter: String,
    },
    /// Lists the bans; answered with [`Banned`]s.
    ChatterBans,
    /// Writes the event file of what is there; answered with an [`EventFileText`].
    EventShow,
    /// Makes what an event file says; answered with an [`EventApplied`].
    EventApply {
        /// The file's text.
        file: String,
        /// Whether it is only said what would change.
        #[serde(default, rename = "dryRun")]
        dry_run: bool,
    },
    /// Sets the hub's time while the machine's clock cannot be relied on; answered with a [`ClockStatus`].
    ClockSet {
        /// The time that the host's phone shows, in milliseconds since 1970.
        now: i64,
    },
    /// Forgets the time that a host has set; answered with a [`ClockStatus`].
    ClockForget,
    /// Lists the host's actions; answered with [`Deed`]s, newest first.
    Log,
    /// Wipes everything that people have said, and who they were; answered with the id of the wipe, before it is carried
    /// out. The receipt is in the data folder.
    Wipe {
        /// An id for it, a UUID.
        id: String,
        /// Whether living rooms that hosts have made are kept.
        keep_rooms: bool,
    },
    /// Makes a key for a host; answered with a [`MadeKey`].
    HostAdd {
        /// Its holder's name.
        name: String,
        /// Whether they are a helper.
        helper: bool,
    },
    /// Lists the keys of hosts; answered with [`HostLine`]s.
    HostList,
    /// Revokes a key; answered with `null`.
    HostRevoke {
        /// Its holder's name.
        name: String,
    },
}

pub use crate::event_file::PLAZA;

/// How many messages are listed by default.
fn last() -> usize {
    50
}

/// A key that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeKey {
    /// Its id.
    pub id: String,
    /// Its secret, in base64url. It is in no other response.
    pub secret: String,
    /// The links that carry it: one for each of the hub's addresses, IPv4 first.
    pub links: Vec<String>,
}

/// An announcement that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeAnnouncement {
    /// Its id.
    pub id: String,
}

/// An announcement that is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnnouncementLine {
    /// Its id.
    pub id: String,
    /// The id of the room that it is for. `None` for all rooms.
    pub room: Option<String>,
    /// Its text.
    pub text: String,
    /// When it was made, ISO 8601.
    pub at: String,
    /// Up to when it is shown, ISO 8601, as estimated. `None` until it is taken down.
    pub until: Option<String>,
}

/// A host's key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HostLine {
    /// Its id.
    pub id: String,
    /// Its holder's name.
    pub name: String,
    /// `host` or `helper`.
    pub role: String,
    /// When it was made, ISO 8601.
    pub made_at: String,
    /// Whether it was used, and so belongs to the browser that used it first.
    pub is_used: bool,
}

/// A response: `{"ok":…}`, or a sentence for the host in `{"error":"…"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Response<T> {
    /// The request's result.
    Ok(T),
    /// Why the request failed.
    Error(String),
}

/// A created room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// Its id.
    pub room: String,
    /// Its code.
    pub code: String,
    /// Its links: one for each of the hub's addresses, IPv4 first.
    pub links: Vec<String>,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Said {
    /// Its `seq`.
    pub seq: i64,
    /// Its `id`.
    pub id: i64,
    /// When, ISO 8601, by the hub's estimate.
    pub at: String,
    /// The author, or the chatter whom a notice is about.
    pub chatter: String,
    /// Their nickname.
    pub nickname: String,
    /// Its text; empty if it was taken back.
    pub content: String,
    /// Whether it is a notice of the hub, which cannot be taken back.
    pub is_notice: bool,
    /// Whether the host took it back.
    pub taken_back: bool,
}

/// An ended room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndedRoom {
    /// Its id.
    pub room: String,
    /// How many people were in it.
    pub people: usize,
}

/// A ban.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Banned {
    /// The chatter's id.
    pub id: String,
    /// Their nickname.
    pub nickname: String,
    /// Whether their address was banned, too, for a while.
    pub with_address: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_and_answers_are_as_documented() {
        let request: Request = serde_json::from_str(r#"{"do":"status"}"#).unwrap();
        assert_eq!(request, Request::Status);
        let close: Request =
            serde_json::from_str(r#"{"do":"room-close","room":"K7PMX3"}"#).unwrap();
        assert_eq!(close, Request::RoomClose { room: "K7PMX3".to_owned() });
        let good = serde_json::to_string(&Response::Ok(1)).unwrap();
        let bad = serde_json::to_string(&Response::<u8>::Error("No.".to_owned())).unwrap();
        assert_eq!((good.as_str(), bad.as_str()), (r#"{"ok":1}"#, r#"{"error":"No."}"#));
    }
}
