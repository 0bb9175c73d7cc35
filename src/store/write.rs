//! What the writer can be asked to write, and what comes of it.
//!
//! A write is a value: the hub decided it, the writer gives it its place.

use std::net::IpAddr;

use crate::domain::chatter::Chatter;
use crate::domain::ids::{ChatterId, Epoch, IdentityId, MessageId, RoomId, Seq};
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
    /// Nothing: whether somebody was in a room before is read, in order with what is written.
    Look {
        /// The room.
        room: RoomId,
        /// Whose browser it is.
        identity: IdentityId,
    },
    /// A room ends before its time.
    End {
        /// The room.
        room: RoomId,
        /// When.
        at: Moment,
    },
    /// Somebody comes into a room.
    Join(Join),
    /// Something is said.
    Say(Say),
    /// A chatter has left a room.
    Leave(Leave),
    /// A chatter goes by another name.
    Rename(Rename),
    /// The host does something with their own hand.
    Host(HostAct),
    /// What both clocks show, so that the next start goes on from here.
    Mark(Moment),
    /// Nothing: answered through the queue without touching the disk.
    Ping,
}

impl Write {
    /// Whether the host wants something to be found no more.
    pub(super) fn deletes(&self) -> bool {
        let Self::Host(HostAct { deed, .. }) = self else { return false };
        matches!(deed, Deed::Delete(_) | Deed::TakeBack(..))
    }

    /// Whether it adds what the disk has to hold from now on, and can do without.
    pub(super) fn adds(&self) -> bool {
        matches!(
            self,
            Self::Room(_) | Self::Say(_) | Self::Host(HostAct { deed: Deed::Create(_), .. })
        )
    }
}

/// When something happened, on both clocks.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// By the hub's own time.
    pub hub: HubTime,
    /// By the wall, for people's eyes.
    pub wall: WallTime,
}

impl Moment {
    /// The wall time at another moment of the hub's time: whatever the wall clock showed then, this
    /// is what agrees with what it shows now.
    #[must_use]
    pub fn wall_at(self, time: HubTime) -> WallTime {
        let ms = |time: HubTime| i64::try_from(time.0).unwrap_or(i64::MAX);
        WallTime(self.wall.0.saturating_add(ms(time)).saturating_sub(ms(self.hub)))
    }
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
    /// The epoch in which they saw it, where they say so.
    pub epoch: Option<Epoch>,
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

/// The host does something with their own hand.
#[derive(Debug)]
pub struct HostAct {
    /// What.
    pub deed: Deed,
    /// To what or whom, in words for the log of it.
    pub what: String,
    /// When.
    pub at: Moment,
}

/// What the host can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// A room of the host's own.
    Create(Room),
    /// Nobody new comes into a room any more; or, with `false`, they do again.
    Shut(RoomId, bool),
    /// Messages are taken back: their places stay, their content goes.
    TakeBack(RoomId, Vec<Seq>),
    /// A room ends before its time, and can still be read.
    Close(RoomId),
    /// A room ends, and what was said there goes.
    Delete(RoomId),
    /// Somebody is taken out of all rooms. Their leaving is a write of its own.
    Kick,
    /// Somebody may not come in any more.
    Ban(Ban),
    /// They may again.
    Unban(ChatterId),
}

/// Somebody who may not come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ban {
    /// As whom they were banned.
    pub chatter: ChatterId,
    /// Their browser.
    pub identity: IdentityId,
    /// What they called themselves.
    pub nickname: Nickname,
    /// An address that is kept out too, and until when.
    pub address: Option<(IpAddr, HubTime)>,
}

/// What became of a write, once it is committed.
#[derive(Debug, PartialEq, Eq)]
pub enum Written {
    /// To [`Write::Room`], [`Write::End`], [`Write::Host`], [`Write::Mark`], [`Write::Ping`].
    Done,
    /// To [`Deed::TakeBack`]: those whose content went now.
    TakenBack(Vec<(Seq, MessageId)>),
    /// To [`Write::Look`].
    Looked {
        /// Whether they have a place in the room.
        is_member: bool,
    },
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
    /// What of the room they may read, and what of it they missed.
    pub history: HistorySlice,
}

/// What of a room somebody may read, and what of it they missed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistorySlice {
    /// The first message that they may read and that is still kept.
    pub first: Seq,
    /// The room's newest message.
    pub last: Seq,
    /// Whether messages that they could once read have been pruned: all before `first`.
    pub pruned: bool,
    /// The epoch in which these places count.
    pub epoch: Epoch,
    /// Whether what they saw counts no more, so that `missed` begins with the first they may read.
    pub reset: bool,
    /// What they missed, oldest first.
    pub missed: Vec<Message>,
    /// Whether there is more after that.
    pub more: bool,
    /// The places, among those they have seen, of which the host took the messages back.
    pub taken_back: Vec<Seq>,
}

/// Most messages that the host can have taken back of what somebody has seen, before they are told
/// to begin anew instead of being told of each.
pub(super) const TAKEN_BACK_MAX: usize = 500;

/// Most messages that go into a join's answer.
pub const MISSED_MAX: usize = 200;

/// Most bytes of messages that are given at once, with what they are wrapped in; but always one message.
/// A phone that gets 30 kB a second has them within ten.
pub const RANGE_BYTES: usize = 256 * 1024;
