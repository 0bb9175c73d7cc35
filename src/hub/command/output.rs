//! What goes out: answers, and events for the people in a room.

use std::sync::Arc;

use super::{Answer, Reply};
use crate::domain::chatter::Chatter;
use crate::domain::ids::{ChatterId, ConnId, MessageId, RoomId, Seq};
use crate::domain::message::Message;
use crate::domain::mode::Mode;
use crate::domain::reactions::Reacted;
use crate::domain::refusal::Refusal;
use crate::domain::room::History;

/// An output for connections, in one order for all.
#[derive(Debug)]
pub enum Output {
    /// The same to many.
    Broadcast {
        /// To whom.
        to: Arc<[ConnId]>,
        /// But not to this one.
        except: Option<ConnId>,
        /// The event.
        event: RoomEvent,
    },
    /// The answer to an event.
    Reply(Reply, Result<Answer, Refusal>),
}

/// An event for the people in a room.
#[derive(Debug)]
pub enum RoomEvent {
    /// A committed message.
    Message(Message),
    /// The people who are present, up to the roster's limit.
    Roster(Vec<Chatter>),
    /// How many are present.
    Presence {
        /// The room.
        room: RoomId,
        /// How many.
        present: usize,
    },
    /// The room is over for who is told.
    Closed {
        /// The room.
        room: RoomId,
        /// Why.
        why: WhyClosed,
    },
    /// The room is in another mode.
    Mode {
        /// The room.
        room: RoomId,
        /// Its mode.
        mode: Mode,
    },
    /// The same for older clients: whether nobody new comes in.
    Shut {
        /// The room.
        room: RoomId,
        /// Whether it is shut.
        is_shut: bool,
    },
    /// The host changed from where those may read who join from now on.
    History {
        /// The room.
        room: RoomId,
        /// From where.
        history: History,
    },
    /// The reactions to a message have changed.
    Reactions {
        /// The room.
        room: RoomId,
        /// They.
        reacted: Reacted,
    },
    /// The host took a message back: nobody is to see its content any more.
    TakenBack {
        /// The room.
        room: RoomId,
        /// Its place.
        seq: Seq,
        /// Its place in the hub.
        id: MessageId,
    },
    /// Somebody is typing, or no more.
    Typing {
        /// The room.
        room: RoomId,
        /// The chatter.
        chatter: ChatterId,
        /// Whether they are.
        is_typing: bool,
    },
}

/// Why a room is over for somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyClosed {
    /// Its time is over.
    Expired,
    /// The host closed it. What was said there can still be read.
    Closed,
    /// The host deleted it, and what was said there.
    Deleted,
    /// The host took them out of it; it goes on for the others.
    Kicked,
    /// The host took them out of it and lets them in no more.
    Banned,
}
