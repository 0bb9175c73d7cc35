//! The writes, and their results.
//!
//! A write is a value that the hub has decided. The writer gives it its place in the order.

use std::net::IpAddr;
use std::time::Duration;

use crate::domain::chatter::Chatter;
use crate::domain::host::{HostKey, HostName, KeyUse};
use crate::domain::ids::{ChatterId, Epoch, IdentityId, MessageId, ReportId, RoomId, Seq};
use crate::domain::language::Language;
use crate::domain::message::{Kind, Message};
use crate::domain::mode::{Mode, RoomMode};
use crate::domain::reactions::{Emoji, Reacted};
use crate::domain::room::{History, Room};
use crate::domain::text::{Key, Nickname, Reason};
use crate::domain::time::{HubTime, WallTime};
use crate::store::change::AccessGrant;

/// A write.
#[derive(Debug)]
pub enum Write {
    /// Creates a room.
    Room(Room),
    /// Creates the first room, unless another hub on the same store has just done so:
    /// [`Refusal::Unavailable`], and the other's is reported.
    ///
    /// [`Refusal::Unavailable`]: crate::domain::refusal::Refusal::Unavailable
    FirstRoom(Room),
    /// Tells the other hubs that somebody passed an access check.
    Grant(AccessGrant),
    /// Reads, in order with the writes, whether somebody is a member of a room.
    Look {
        /// The room.
        room: RoomId,
        /// The browser's identity.
        identity: IdentityId,
    },
    /// Ends a room.
    End {
        /// The room.
        room: RoomId,
        /// The time.
        at: Moment,
    },
    /// Joins a room.
    Join(Join),
    /// Stores a message.
    Say(Say),
    /// Takes back a message of one's own.
    TakeBack(TakeBack),
    /// Reacts to a message, or no more.
    React(React),
    /// Tells the host of a message.
    Report(ReportMessage),
    /// Notes that a chatter has left a room.
    Leave(Leave),
    /// Changes a chatter's nickname.
    Rename(Rename),
    /// An action of the host.
    Host(HostAct),
    /// Takes the next number of a host's key: [`Written::KeyUsed`]. What the request asks for is done after that is
    /// committed, so that no request counts twice. Else [`HostRefusal::BadSignature`] if there is no such key,
    /// [`HostRefusal::OtherBrowser`] or [`HostRefusal::Replayed`].
    ///
    /// [`HostRefusal::BadSignature`]: crate::domain::refusal::HostRefusal::BadSignature
    /// [`HostRefusal::OtherBrowser`]: crate::domain::refusal::HostRefusal::OtherBrowser
    /// [`HostRefusal::Replayed`]: crate::domain::refusal::HostRefusal::Replayed
    UseKey(KeyUse),
    /// Stores both clocks, so that the next start continues from them.
    Mark(Moment),
    /// Does nothing: it is answered through the queue, without touching the disk.
    Ping,
}

impl Write {
    /// Whether it deletes something, which must not be found in the file any more.
    pub(super) fn deletes(&self) -> bool {
        match self {
            Self::TakeBack(_) => true,
            Self::Host(HostAct { deed, .. }) => {
                matches!(deed, Deed::Delete(_) | Deed::TakeBack(..))
            }
            _ => false,
        }
    }

    /// Whether it adds data that a full disk can refuse.
    pub(super) fn adds(&self) -> bool {
        matches!(
            self,
            Self::Room(_)
                | Self::FirstRoom(_)
                | Self::Say(_)
                | Self::Report(_)
                | Self::Host(HostAct { deed: Deed::Create(_), .. })
        )
    }
}

/// A time on both clocks.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// The hub's own time.
    pub hub: HubTime,
    /// Wall time, only for display.
    pub wall: WallTime,
}

impl Moment {
    /// The wall time at another moment of the hub's time, as estimated from this one: the wall clock may have
    /// been set in between.
    #[must_use]
    pub fn wall_at(self, time: HubTime) -> WallTime {
        let ms = |time: HubTime| i64::try_from(time.0).unwrap_or(i64::MAX);
        WallTime(self.wall.0.saturating_add(ms(time)).saturating_sub(ms(self.hub)))
    }
}

/// A join: as the chatter that the identity owns in the room, or as `fresh`.
#[derive(Debug)]
pub struct Join {
    /// The room.
    pub room: RoomId,
    /// Whose browser it is.
    pub identity: IdentityId,
    /// The address that they join from.
    pub peer: IpAddr,
    /// The chatter that the client says it is. It counts only if the identity owns it.
    pub wanted: Option<ChatterId>,
    /// The chatter to create for a newcomer.
    pub fresh: Chatter,
    /// Whether a newcomer may join: the room is open, or a password was right.
    pub admitted: bool,
    /// The language of the notice. `None` if the room gets a coalesced one.
    pub notice: Option<Language>,
    /// The last message that the client has. Later ones are returned.
    pub after: Option<Seq>,
    /// The epoch of `after`, if the client sent it.
    pub epoch: Option<Epoch>,
    /// Up to when the client knows of reactions to the messages up to `after`. Later ones are returned.
    pub reactions_after: Option<HubTime>,
    /// When.
    pub at: Moment,
}

/// A message.
#[derive(Debug)]
pub struct Say {
    /// The room.
    pub room: RoomId,
    /// The author, or the chatter whom a notice is about.
    pub chatter: ChatterId,
    /// The kind of message.
    pub kind: Kind,
    /// The text.
    pub content: String,
    /// The message that it answers: one that the author may read. [`Refusal::NoMessage`] if it is not there.
    ///
    /// [`Refusal::NoMessage`]: crate::domain::refusal::Refusal::NoMessage
    pub reply_to: Option<Seq>,
    /// The people whom it names.
    pub mentions: Vec<ChatterId>,
    /// The client's key for the message.
    pub key: Option<Key>,
    /// When.
    pub at: Moment,
}

impl Say {
    /// A message that answers nothing and names nobody.
    #[must_use]
    pub fn plain(
        room: RoomId,
        chatter: ChatterId,
        kind: Kind,
        content: String,
        at: Moment,
    ) -> Self {
        Self { room, chatter, kind, content, reply_to: None, mentions: Vec::new(), key: None, at }
    }
}

/// Somebody takes back what they have said: [`Written::TakenBack`], with nothing in it if it was before.
#[derive(Debug)]
pub struct TakeBack {
    /// The room.
    pub room: RoomId,
    /// Who. [`Refusal::NotYourMessage`] if the message is not theirs, or none that was said.
    ///
    /// [`Refusal::NotYourMessage`]: crate::domain::refusal::Refusal::NotYourMessage
    pub chatter: ChatterId,
    /// The message's place.
    pub seq: Seq,
    /// For how long it can be taken back. [`Refusal::TooLate`] afterwards.
    ///
    /// [`Refusal::TooLate`]: crate::domain::refusal::Refusal::TooLate
    pub within: Duration,
    /// When.
    pub at: Moment,
}

/// Somebody reacts to a message, or no more. Done twice, it changes nothing.
#[derive(Debug)]
pub struct React {
    /// The room.
    pub room: RoomId,
    /// Who.
    pub chatter: ChatterId,
    /// The message: one that was said and that they may read. Else [`Refusal::NoMessage`].
    ///
    /// [`Refusal::NoMessage`]: crate::domain::refusal::Refusal::NoMessage
    pub seq: Seq,
    /// With which.
    pub emoji: Emoji,
    /// Whether they do, or no more.
    pub is_on: bool,
    /// When.
    pub at: Moment,
}

/// Somebody tells the host of a message of somebody else: [`Written::Reported`]. Done twice, it is stored once.
#[derive(Debug)]
pub struct ReportMessage {
    /// The room.
    pub room: RoomId,
    /// Who.
    pub chatter: ChatterId,
    /// The message: one that somebody else has said and that they may read. Else [`Refusal::NoMessage`] or
    /// [`Refusal::OwnMessage`].
    ///
    /// [`Refusal::NoMessage`]: crate::domain::refusal::Refusal::NoMessage
    /// [`Refusal::OwnMessage`]: crate::domain::refusal::Refusal::OwnMessage
    pub seq: Seq,
    /// Why.
    pub reason: Option<Reason>,
    /// When.
    pub at: Moment,
}

/// A chatter has left a room.
#[derive(Debug)]
pub struct Leave {
    /// The room.
    pub room: RoomId,
    /// The chatter.
    pub chatter: Chatter,
    /// Whether the host has removed them from the room, through whichever hub they were there. Else they leave
    /// through this hub, and the room is told only if they are not there through another.
    pub everywhere: bool,
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
    /// The identity that must own the chatter. `None` if the hub has checked it.
    pub owner: Option<IdentityId>,
    /// The new name.
    pub nickname: Nickname,
    /// The room that gets a notice, and its language.
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
    /// Whose key it is done with. `None` on the hub's own machine.
    pub by: Option<HostName>,
    /// When.
    pub at: Moment,
}

/// The host's actions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// Creates a room for the host.
    Create(Room),
    /// Sets the mode of rooms.
    SetMode(SetMode),
    /// Changes from where those may read who join from now on.
    History(RoomId, History),
    /// Takes messages back: their places stay, their content is deleted.
    TakeBack(RoomId, Vec<Seq>),
    /// Ends a room, which can still be read.
    Close(RoomId),
    /// Ends a room and deletes its messages.
    Delete(RoomId),
    /// Kicks a chatter. The leave is a write of its own.
    Kick(ChatterId),
    /// Bans somebody.
    Ban(Ban),
    /// Lifts a ban.
    Unban(ChatterId),
    /// Adds a host's key. [`HostRefusal::KeyNameTaken`] if one has its name.
    ///
    /// [`HostRefusal::KeyNameTaken`]: crate::domain::refusal::HostRefusal::KeyNameTaken
    AddKey(HostKey),
    /// Revokes the host's key of this name. [`HostRefusal::NoSuchKey`] if there is none.
    ///
    /// [`HostRefusal::NoSuchKey`]: crate::domain::refusal::HostRefusal::NoSuchKey
    RevokeKey(HostName),
    /// Is done with a report. [`Refusal::NoSuchReport`] if there is none with this number; done twice, it is logged
    /// once.
    ///
    /// [`Refusal::NoSuchReport`]: crate::domain::refusal::Refusal::NoSuchReport
    ReportDone(ReportId),
}

/// The host sets the mode of rooms. One that is no longer there is left out; [`Refusal::NoSuchRoom`] if none is.
///
/// [`Refusal::NoSuchRoom`]: crate::domain::refusal::Refusal::NoSuchRoom
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetMode {
    /// The rooms.
    pub rooms: Vec<RoomId>,
    /// Their mode from now on.
    pub mode: RoomMode,
    /// The action as the log has it: `room mode`, `hub mode`, or `room lock` and `room unlock`.
    pub deed: &'static str,
}

impl SetMode {
    /// Shuts a room for newcomers, or opens it.
    #[must_use]
    pub fn shut(room: RoomId, is_shut: bool) -> Self {
        let (mode, deed) = match is_shut {
            true => (Mode::Members, "room lock"),
            false => (Mode::Open, "room unlock"),
        };
        Self { rooms: vec![room], mode: RoomMode { mode, until: None }, deed }
    }
}

/// A ban.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ban {
    /// The chatter who was banned.
    pub chatter: ChatterId,
    /// The identity that is banned.
    pub identity: IdentityId,
    /// The chatter's nickname.
    pub nickname: Nickname,
    /// An address that is banned, too, and until when, in the hub's own time.
    pub address: Option<(IpAddr, HubTime)>,
}

/// The result of a committed write.
#[derive(Debug, PartialEq, Eq)]
pub enum Written {
    /// Of [`Write::Room`], [`Write::End`], [`Write::Host`], [`Write::Mark`] and [`Write::Ping`].
    Done,
    /// Of [`Write::TakeBack`] and [`Deed::TakeBack`]: the messages whose content was deleted now.
    TakenBack(Vec<(Seq, MessageId)>),
    /// Of [`Write::Look`].
    Looked {
        /// Whether they are a member.
        is_member: bool,
    },
    /// Of [`Write::UseKey`].
    KeyUsed(HostKey),
    /// Of [`Write::Join`].
    Joined(Joined),
    /// Of [`Write::Say`].
    Said {
        /// The stored message.
        message: Message,
        /// Whether its key had been used before: this is then the earlier message.
        repeated: bool,
    },
    /// Of [`Write::React`].
    Reacted {
        /// The message's reactions now.
        reacted: Reacted,
        /// Whether this one has changed them.
        is_new: bool,
    },
    /// Of [`Write::Report`].
    Reported {
        /// Whether they had not reported the message before.
        is_new: bool,
    },
    /// Of [`Write::Leave`].
    Left {
        /// The notice.
        alert: Option<Message>,
        /// Whether they are still in the room through another hub, so that nobody is told.
        still_here: bool,
    },
    /// Of [`Write::Rename`].
    Renamed {
        /// The chatter under the new name.
        chatter: Chatter,
        /// The notice.
        alert: Option<Message>,
    },
}

/// The result of a join.
#[derive(Debug, PartialEq, Eq)]
pub struct Joined {
    /// The chatter.
    pub chatter: Chatter,
    /// The notice.
    pub alert: Option<Message>,
    /// The range that they may read, and the messages that they missed.
    pub history: HistorySlice,
}

/// The range of a room's messages that a member may read, and the messages that they missed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistorySlice {
    /// The first message that they may read and that is still stored.
    pub first: Seq,
    /// The room's newest message.
    pub last: Seq,
    /// Whether messages before `first`, which they could once read, have been pruned.
    pub pruned: bool,
    /// The epoch in which these places are valid.
    pub epoch: Epoch,
    /// Whether the places that the client has are void, so that `missed` begins with the first message that
    /// they may read.
    pub reset: bool,
    /// The missed messages, oldest first.
    pub missed: Vec<Message>,
    /// Whether there are more.
    pub more: bool,
    /// The places of messages that were taken back and that the client has, or has the beginning of in an answer.
    pub taken_back: Vec<Seq>,
    /// Reactions to messages that the client has, as far as they have changed.
    pub reacted: Vec<Reacted>,
    /// The time up to which the client knows of reactions from now on.
    pub reactions_at: HubTime,
}

/// Most places in `taken_back`. Beyond that, the client is told to begin again.
pub(super) const TAKEN_BACK_MAX: usize = 500;

/// The places of messages that were taken back, for somebody who may read from `first` on and returns: from the last
/// places up to which they have, oldest first. `None` if there are too many.
///
/// Those before `first` are among them as far as there is room: what they may read may answer them.
pub(super) fn places_taken_back(mut from_last: Vec<Seq>, first: Seq) -> Option<Vec<Seq>> {
    let readable = from_last.iter().filter(|seq| **seq >= first).count();
    from_last.truncate(TAKEN_BACK_MAX);
    from_last.reverse();
    (readable <= TAKEN_BACK_MAX).then_some(from_last)
}

/// Most messages in `reacted`. Beyond that, the client is told to begin again.
pub(super) const REACTED_MAX: usize = 500;

/// Most messages in the answer to a join.
pub const MISSED_MAX: usize = 200;

/// Most bytes of messages in one answer, with the JSON around them; but always one message. A phone with 30
/// kB a second gets them within ten seconds.
pub const RANGE_BYTES: usize = 256 * 1024;
