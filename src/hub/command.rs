//! The hub's commands and their answers: the seam to any transport.
//!
//! A transport (Socket.IO today) knows connections and wire formats. The hub knows connection ids, commands and
//! committed messages.

mod edit;
mod event;
mod facts;
mod output;
mod people;
mod polls;
mod questions;
mod rooms;
mod wall;

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use tokio::sync::oneshot;

pub use self::edit::{EditRoom, EditedRoom, RoomValues};
pub use self::event::EventCall;
pub use self::facts::Facts;
pub use self::output::{Answer, Output, RoomEvent, WhyClosed};
pub use self::people::{MuteNotice, PersonCall};
pub use self::polls::{PollCall, PollView, PrepareCall};
pub use self::questions::QuestionCall;
pub use self::rooms::NewRoom;
pub use self::wall::{WallCall, WallChange, WallState};
use super::configure::ChatConfig;
pub use super::reports::NewReport;

use crate::domain::announcement::Announcement;
use crate::domain::chatter::Chatter;
use crate::domain::code::Code;
use crate::domain::host::{HostKey, HostName, KeyUse};
use crate::domain::ids::{
    AnnouncementId, ChatterId, ConnId, Epoch, IdentityId, PollId, ReportId, RoomId, Seq,
};
use crate::domain::message::Message;
use crate::domain::mode::Mode;
use crate::domain::poll::Choices;
use crate::domain::reactions::Emoji;
use crate::domain::refusal::Refusal;
use crate::domain::room::{History, Newest, Room};
use crate::domain::text::{Content, Key, Namespace, Nickname, Password};
use crate::domain::time::{HubTime, WallTime};
use crate::store::{Ban, HistorySlice};

/// A command to the hub. Commands are decided in order of arrival.
#[derive(Debug)]
pub enum Command {
    /// A client has connected to a namespace.
    Connected(ConnInfo),
    /// A client has disconnected. Nothing can be sent to it any more.
    Gone(ConnId),
    /// A connected client sent an event.
    Event {
        /// The client's connection.
        conn: ConnId,
        /// The event.
        event: Event,
        /// Receives the answer.
        reply: Reply,
    },
    /// A call that needs no connection, over HTTP or from the host.
    Call(Call),
    /// The configuration has changed.
    Configure(Box<ChatConfig>),
}

/// A connection, as the transport reports it.
#[derive(Debug, Clone)]
pub struct ConnInfo {
    /// Its id, unique within this run.
    pub id: ConnId,
    /// The browser's identity.
    pub identity: IdentityId,
    /// The client's address.
    pub peer: IpAddr,
    /// Its namespace. `None` if no room can have that name.
    pub namespace: Option<Namespace>,
}

/// An event of a connected client.
#[derive(Debug)]
pub enum Event {
    /// Joins a room.
    Join {
        /// The room.
        room: RoomId,
        /// The chatter as whom the client wants to join. Ignored if it does not belong to the client's identity.
        wanted: Option<ChatterId>,
        /// The room's password.
        password: Option<Password>,
        /// The last message that the client has. Later ones are sent with the answer.
        after: Option<Seq>,
        /// The epoch of `after`: the id of the database's history.
        epoch: Option<Epoch>,
        /// Up to when the client knows of reactions. Later ones are sent with the answer.
        reactions_after: Option<HubTime>,
    },
    /// Leaves a room.
    Leave {
        /// The room; `None` for all rooms of this connection.
        room: Option<RoomId>,
    },
    /// Sends a message.
    Say {
        /// The room.
        room: RoomId,
        /// The text.
        content: Content,
        /// The client's idempotency key: a message that is sent again with the same key is not stored again.
        key: Option<Key>,
        /// The message that it answers.
        reply_to: Option<Seq>,
        /// The people to mention. Only people count who are present and whose name follows an `@` in the text.
        mentions: Vec<ChatterId>,
        /// Whether it is asked as a question.
        is_question: bool,
    },
    /// Votes for a question, or takes the vote back.
    Vote {
        /// The room.
        room: RoomId,
        /// The question's sequence number.
        seq: Seq,
        /// True to vote, false to take the vote back.
        is_on: bool,
    },
    /// Sets or removes a reaction to a message.
    React {
        /// The room.
        room: RoomId,
        /// The message's sequence number.
        seq: Seq,
        /// The reaction.
        emoji: Emoji,
        /// True to set it, false to remove it.
        is_on: bool,
    },
    /// Takes back a message of the chatter's own.
    TakeBack {
        /// The room.
        room: RoomId,
        /// The message's sequence number.
        seq: Seq,
    },
    /// Votes in a poll. An earlier vote is replaced, and without choices it is taken back.
    VotePoll {
        /// The poll.
        poll: PollId,
        /// The answers that are chosen.
        choices: Choices,
    },
    /// Reports a message to the host.
    Report(NewReport),
    /// Sends an alert to the room (`sendAlert`).
    Note {
        /// The room.
        room: RoomId,
        /// The text.
        content: Content,
    },
    /// Asks for the roster to be sent to the room (`returnChatters`).
    Roster {
        /// The room.
        room: RoomId,
    },
    /// Changes the chatter's nickname.
    Rename {
        /// The room of the chatter.
        room: RoomId,
        /// The name.
        nickname: Nickname,
    },
    /// Shows the others that the chatter is typing, or has stopped.
    Typing {
        /// The room.
        room: RoomId,
        /// Whether the chatter is typing.
        is_typing: bool,
    },
}

/// Receives the answer to an event.
pub struct Reply {
    conn: ConnId,
    to: Box<dyn FnOnce(Result<Answer, Refusal>) + Send>,
}

impl Reply {
    /// Will call this function once with the answer, in order with the broadcasts to this connection.
    pub fn new(conn: ConnId, to: impl FnOnce(Result<Answer, Refusal>) + Send + 'static) -> Self {
        Self { conn, to: Box::new(to) }
    }

    /// The connection that has asked.
    pub fn conn(&self) -> ConnId {
        self.conn
    }

    /// Gives the answer.
    pub fn give(self, answer: Result<Answer, Refusal>) {
        (self.to)(answer);
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reply(…)")
    }
}

/// The answer to a join.
#[derive(Debug)]
pub struct Entry {
    /// The chatter as which the client has joined.
    pub chatter: Chatter,
    /// The room.
    pub room: RoomView,
    /// The range of messages that the chatter may read, and the messages that the client has missed.
    pub history: HistorySlice,
    /// Whether the host has muted them.
    pub muted: Option<MuteNotice>,
    /// The announcements that concern the room, the oldest first.
    pub announcements: Vec<AnnouncementView>,
    /// The open polls that concern the room, the oldest first.
    pub polls: Vec<PollView>,
}

/// An announcement, as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnnouncementView {
    /// The announcement.
    pub announcement: Announcement,
    /// Up to when it is shown, in wall time as estimated now. `None` until it is taken down.
    pub until: Option<WallTime>,
}

/// A room and its present state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomView {
    /// Its definition.
    pub room: Room,
    /// How many people are present.
    pub present: usize,
    /// Its latest activity. `None` if it ended before this run of the hub.
    pub newest: Option<Newest>,
    /// Whether it has expired.
    pub is_expired: bool,
    /// When it expires or expired, in wall time by the present estimate, since the clock may have been set after the
    /// room was made.
    pub expires_at: WallTime,
    /// When it goes back to open by itself, likewise in wall time. `None` if it does not.
    pub mode_until: Option<WallTime>,
}

/// The sender of a call over HTTP.
#[derive(Debug, Clone, Copy)]
pub struct Caller {
    /// The browser's identity, if a token or cookie proved it.
    pub identity: Option<IdentityId>,
    /// The client's address.
    pub peer: IpAddr,
}

/// Receives the answer to a call. If the caller has dropped the other end, the answer is dropped.
pub type Responder<T> = oneshot::Sender<Result<T, Refusal>>;

/// A call, which needs no connection.
#[derive(Debug)]
pub enum Call {
    /// Lists the living rooms, oldest first.
    Rooms(Responder<Vec<RoomView>>),
    /// Returns a living room.
    Room(RoomId, Responder<RoomView>),
    /// Returns the living room with this code.
    ByCode(Code, Responder<RoomView>),
    /// Creates a room.
    Create(NewRoom, Responder<RoomView>),
    /// Checks a room's password. If it is right, the caller may join without it for a minute.
    Check {
        /// The caller.
        caller: Caller,
        /// The room.
        room: RoomId,
        /// The password, if one was given.
        password: Option<Password>,
        /// Takes the answer.
        tell: Responder<bool>,
    },
    /// Returns whether a chatter is present in a room.
    IsPresent(RoomId, ChatterId, Responder<bool>),
    /// Returns whether a caller without a token, from this address, counts as this chatter in this room.
    Holds {
        /// The address.
        peer: IpAddr,
        /// The room.
        room: RoomId,
        /// The chatter.
        chatter: ChatterId,
        /// Takes the answer.
        tell: Responder<bool>,
    },
    /// Changes a chatter's nickname.
    Rename {
        /// The caller.
        caller: Caller,
        /// The chatter.
        chatter: ChatterId,
        /// The identity that owns the chatter.
        owner: IdentityId,
        /// The name.
        nickname: Nickname,
        /// Takes the answer.
        tell: Responder<Chatter>,
    },
    /// Lists a page of the people in a room, and returns how many are present in all.
    Roster {
        /// The room.
        room: RoomId,
        /// How many people to skip.
        skip: usize,
        /// The most people to return.
        most: usize,
        /// Takes the answer.
        tell: Responder<(Vec<Chatter>, usize)>,
    },
    /// Lists everybody who is present in any room.
    People(Responder<Vec<Present>>),
    /// Ends a room, for the host.
    EndRoom {
        /// The room.
        room: RoomId,
        /// Whether its messages are deleted, too. Then it may have ended already.
        deleted: bool,
        /// Takes the answer.
        tell: Responder<RoomEnded>,
    },
    /// Sets a living room to [`Mode::Members`], or to [`Mode::Open`], for the host. Returns how many people are in it.
    Shut {
        /// The room.
        room: RoomId,
        /// True to shut it, false to open it.
        is_shut: bool,
        /// Takes the answer.
        tell: Responder<usize>,
    },
    /// Sets the mode of a living room, for the host. Returns how many people are in it. `None` for all living rooms:
    /// returns how many were in another mode.
    SetMode {
        /// The room.
        room: Option<RoomId>,
        /// The mode.
        mode: Mode,
        /// After which time it goes back to open by itself. `None` if it does not.
        span: Option<Duration>,
        /// Takes the answer.
        tell: Responder<usize>,
    },
    /// Changes where people who join a living room from now on begin to read, for the host.
    SetHistory {
        /// The room.
        room: RoomId,
        /// The new beginning.
        history: History,
        /// Receives the answer.
        tell: Responder<()>,
    },
    /// A call about the wall of a living room.
    Wall(WallCall),
    /// Changes a living room, for the host. What it sets already is no change.
    Edit(EditRoom),
    /// Takes back messages for the host, also in a room that has ended. Returns how many were not taken back before.
    /// [`Refusal::NoSuchMessage`] if one of them cannot be taken back; then none is.
    TakeBack {
        /// The room.
        room: RoomId,
        /// The messages' sequence numbers.
        seqs: Vec<Seq>,
        /// Takes the answer.
        tell: Responder<usize>,
    },
    /// Refuses a banned caller: [`Refusal::Banned`].
    Welcome(Caller, Responder<()>),
    /// Removes a chatter from all rooms, for the host. They may come back.
    Kick(ChatterId, Responder<()>),
    /// Bans a chatter's browser from all rooms, for the host.
    Ban {
        /// The chatter, as the host sees them.
        chatter: Chatter,
        /// The identity that owns the chatter.
        identity: IdentityId,
        /// How long their address is banned, too. [`Refusal::NotJoined`] if the address is unknown, since they are not
        /// connected to any hub.
        address_for: Option<Duration>,
        /// Their address, if they are connected to another hub.
        elsewhere: Option<IpAddr>,
        /// Takes the answer.
        tell: Responder<()>,
    },
    /// Lifts a ban, for the host. [`Refusal::NoSuchChatter`] if there is none.
    Unban(ChatterId, Responder<()>),
    /// A call of the host about somebody.
    Person(PersonCall),
    /// A call of the host about questions.
    Question(QuestionCall),
    /// A call of the host about the event's settings.
    Event(EventCall),
    /// Marks a report as done, for the host. [`Refusal::NoSuchReport`] if there is none.
    ReportDone(ReportId, Responder<()>),
    /// Says something in a living room, as the host.
    Say {
        /// The room.
        room: RoomId,
        /// The text.
        content: Content,
        /// The client's key, as of [`Event::Say`].
        key: Option<Key>,
        /// Takes the answer.
        tell: Responder<Message>,
    },
    /// Announces something, for the host. [`HostRefusal::TooManyAnnouncements`] if there are as many as there may be.
    ///
    /// [`HostRefusal::TooManyAnnouncements`]: crate::domain::refusal::HostRefusal::TooManyAnnouncements
    Announce {
        /// The living room that it is for. `None` for all rooms.
        room: Option<RoomId>,
        /// The text.
        text: Content,
        /// For how many minutes it is shown. `None` until it is taken down.
        minutes: Option<u64>,
        /// Whether an event file says it: [`HostRefusal::AlreadyThere`] if the text is up there.
        ///
        /// [`HostRefusal::AlreadyThere`]: crate::domain::refusal::HostRefusal::AlreadyThere
        is_once: bool,
        /// Takes the answer.
        tell: Responder<AnnouncementId>,
    },
    /// Takes an announcement down, for the host.
    TakeDown(AnnouncementId, Responder<()>),
    /// Lists the announcements that are shown, the oldest first.
    Announcements(Responder<Vec<AnnouncementView>>),
    /// A call about polls.
    Poll(PollCall),
    /// Lists the bans.
    Bans(Responder<Vec<Ban>>),
    /// A host's call that is logged with the name of the key's holder.
    By(HostName, Box<Call>),
    /// Adds a host's key.
    AddKey(HostKey, Responder<()>),
    /// Revokes the host's key with this name.
    RevokeKey(HostName, Responder<()>),
    /// Uses up a number of a host's key. Returns the key once that is committed.
    UseKey(KeyUse, Responder<HostKey>),
    /// Returns the hub's state.
    Facts(Responder<Facts>),
    /// Returns the connections that have been in no room for this long. The hub forgets them: the gateway has to
    /// disconnect them.
    ForgetIdle(Duration, Responder<Vec<ConnId>>),
    /// Answered by the writer through its queue, so that the answer shows that the writer works.
    Ping(Responder<()>),
}

/// A chatter who is present in a room.
#[derive(Debug, Clone)]
pub struct Present {
    /// The room.
    pub room: RoomId,
    /// Its code.
    pub code: Code,
    /// The chatter.
    pub chatter: Chatter,
    /// The identity that owns the chatter.
    pub owner: IdentityId,
    /// How many connections to the room they have; 0 during the grace after the last one was closed.
    pub sockets: usize,
}

/// A room that the host has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoomEnded {
    /// The room.
    pub room: RoomId,
    /// How many people were in it.
    pub people: usize,
}
