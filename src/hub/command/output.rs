//! The hub's outputs: answers, and events for the people in a room.

use std::sync::Arc;

use super::{AnnouncementView, Entry, MuteNotice, PollView, Reply};
use crate::domain::chatter::Chatter;
use crate::domain::ids::{AnnouncementId, ChatterId, ConnId, MessageId, RoomId, Seq};
use crate::domain::message::Message;
use crate::domain::mode::Mode;
use crate::domain::question::{Dropped, Held};
use crate::domain::reactions::Reacted;
use crate::domain::refusal::Refusal;
use crate::domain::room::{History, Room};

/// An output for connections. The order of outputs is the same for all connections.
#[derive(Debug)]
pub enum Output {
    /// The same event to many connections.
    Broadcast {
        /// The receivers.
        to: Arc<[ConnId]>,
        /// A connection that is left out.
        except: Option<ConnId>,
        /// The event.
        event: RoomEvent,
    },
    /// The answer to an event.
    Reply(Reply, Result<Answer, Refusal>),
}

/// The answer to an event.
#[derive(Debug)]
pub enum Answer {
    /// Done, with nothing to report.
    Done,
    /// The chatter has joined.
    Joined(Box<Entry>),
    /// The stored message.
    Said(Message),
    /// The question waits for the host.
    Held(Held),
    /// The present reactions to a message in this room, and its votes.
    Reacted(RoomId, Reacted),
    /// The poll in which the vote was given.
    Voted(Box<PollView>),
    /// The chatter under the new name.
    Renamed(Chatter),
}

/// An event for the people in a room.
#[derive(Debug)]
pub enum RoomEvent {
    /// A committed message.
    Message(Message),
    /// The people who are present, up to the roster's limit.
    Roster(Vec<Chatter>),
    /// The number of people who are present.
    Presence {
        /// The room.
        room: RoomId,
        /// The number.
        present: usize,
    },
    /// The room has ended for the receivers.
    Closed {
        /// The room.
        room: RoomId,
        /// The reason.
        why: WhyClosed,
    },
    /// The room is in another mode.
    Mode {
        /// The room.
        room: RoomId,
        /// Its mode.
        mode: Mode,
    },
    /// The same for older clients: the host has shut the room for newcomers, or opened it again.
    Shut {
        /// The room.
        room: RoomId,
        /// Whether it is shut.
        is_shut: bool,
    },
    /// The host has changed the room: as it is now.
    Edited(Box<Room>),
    /// The host has changed where people who join from now on begin to read.
    History {
        /// The room.
        room: RoomId,
        /// The new beginning.
        history: History,
    },
    /// The reactions to a message, or its votes, have changed.
    Reactions {
        /// The room.
        room: RoomId,
        /// The message, its reactions and its votes.
        reacted: Reacted,
    },
    /// A message was taken back: clients must not show its content any more.
    TakenBack {
        /// The room.
        room: RoomId,
        /// Its sequence number.
        seq: Seq,
        /// Its number in the hub.
        id: MessageId,
    },
    /// The host has muted who is told, in all rooms.
    Muted(MuteNotice),
    /// Who is told may speak again.
    Unmuted,
    /// The host has dropped a question of who is told.
    QuestionDropped(Dropped),
    /// An announcement.
    Announcement(AnnouncementView),
    /// An announcement was taken down, or its time has passed.
    AnnouncementGone(AnnouncementId),
    /// A new poll, one whose votes have changed, or one that was closed.
    Poll(Box<PollView>),
    /// Somebody is typing, or has stopped.
    Typing {
        /// The room.
        room: RoomId,
        /// The chatter.
        chatter: ChatterId,
        /// Whether they are typing.
        is_typing: bool,
    },
}

/// Why a room has ended for somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyClosed {
    /// It has expired.
    Expired,
    /// The host has closed it. Its messages can still be read.
    Closed,
    /// The host has deleted it with its messages.
    Deleted,
    /// The host has kicked them; the room goes on for the others.
    Kicked,
    /// The host has banned them.
    Banned,
}
