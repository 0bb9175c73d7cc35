//! What the writer can be asked to write, and what comes of it.
//!
//! A write is a value: the hub decided it, the writer gives it its place.

use crate::domain::chatter::Chatter;
use crate::domain::ids::{ChatterId, IdentityId, RoomId, Seq};
use crate::domain::language::Language;
use crate::domain::message::{Kind, Message};
use crate::domain::room::Room;
use crate::domain::text::{Key, Nickname};
use crate::domain::time::{HubTime, WallTime};

/// One decided change.
#[derive(Debug)]
pub enum Write {
    /// A new room.
    Room(Room),
    /// Somebody comes into a room.
    Join(Join),
    /// Something is said.
    Say(Say),
    /// A chatter has left a room.
    Leave(Leave),
    /// A chatter goes by another name.
    Rename(Rename),
    /// The hub's own time, so that the next start goes on from here.
    Mark(HubTime),
    /// Nothing: answered through the queue without touching the disk.
    Ping,
}

/// When something happened, on both clocks.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// By the hub's own time.
    pub hub: HubTime,
    /// By the wall, for people's eyes.
    pub wall: WallTime,
}

/// Somebody comes into a room: as who they were there, or as `fresh`.
#[derive(Debug)]
pub struct Join {
    /// The room.
    pub room: RoomId,
    /// Whose browser it is.
    pub identity: IdentityId,
    /// The chatter they say they are, taken only where it is theirs.
    pub wanted: Option<ChatterId>,
    /// Who they will be if they are new here.
    pub fresh: Chatter,
    /// Whether they may enter although they were never here (an open room, or let in).
    pub admitted: bool,
    /// Whether the room is told of them alone, and in which language.
    pub notice: Option<Language>,
    /// The last message they saw: what came after goes into the answer.
    pub after: Option<Seq>,
    /// When.
    pub at: Moment,
}

/// Something is said in a room.
#[derive(Debug)]
pub struct Say {
    /// The room.
    pub room: RoomId,
    /// Who says it, or whom it is about.
    pub chatter: ChatterId,
    /// What sort of message.
    pub kind: Kind,
    /// What it says.
    pub content: String,
    /// The client's key for it.
    pub key: Option<Key>,
    /// When.
    pub at: Moment,
}

/// A chatter has left a room.
#[derive(Debug)]
pub struct Leave {
    /// The room.
    pub room: RoomId,
    /// Who.
    pub chatter: Chatter,
    /// Whether the room is told of them alone, and in which language.
    pub notice: Option<Language>,
    /// When.
    pub at: Moment,
}

/// A chatter goes by another name.
#[derive(Debug)]
pub struct Rename {
    /// Who.
    pub chatter: ChatterId,
    /// Whose they must be; nothing where the hub has seen to that.
    pub owner: Option<IdentityId>,
    /// The new name.
    pub nickname: Nickname,
    /// The room that is told, and in which language.
    pub notice: Option<(RoomId, Language)>,
    /// When.
    pub at: Moment,
}

/// What became of a write, once it is committed.
#[derive(Debug, PartialEq, Eq)]
pub enum Written {
    /// To [`Write::Room`], [`Write::Mark`], [`Write::Ping`].
    Done,
    /// To [`Write::Join`].
    Joined(Joined),
    /// To [`Write::Say`].
    Said {
        /// The message as it is stored.
        message: Message,
        /// Whether its key had been used: it is the message from then.
        repeated: bool,
    },
    /// To [`Write::Leave`].
    Left {
        /// The notice.
        alert: Option<Message>,
    },
    /// To [`Write::Rename`].
    Renamed {
        /// The chatter under the new name.
        chatter: Chatter,
        /// The notice.
        alert: Option<Message>,
    },
}

/// Somebody is in.
#[derive(Debug, PartialEq, Eq)]
pub struct Joined {
    /// As whom.
    pub chatter: Chatter,
    /// The notice.
    pub alert: Option<Message>,
    /// The first message that they may read.
    pub first: Seq,
    /// The room's newest message.
    pub last: Seq,
    /// What they missed, oldest first.
    pub missed: Vec<Message>,
    /// Whether there is more after that.
    pub more: bool,
}

/// Most messages that go into a join's answer.
pub const MISSED_MAX: usize = 200;
