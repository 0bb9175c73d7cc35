//! The writes, and their results.
//!
//! A write is a value that the hub has decided on. The writer commits writes in the order in which they are submitted.

mod history_slice;
mod kind;
mod modes;
mod people;
mod polls;
mod questions;

use std::net::IpAddr;
use std::time::Duration;

pub use self::history_slice::{HistorySlice, MISSED_MAX, RANGE_BYTES};
pub(super) use self::history_slice::{REACTED_MAX, TAKEN_BACK_MAX, places_taken_back};
pub use self::modes::SetMode;
pub use self::people::{Ban, HostRename, HostSay, Recall, Rename};
pub use self::polls::{ClosePoll, MakePoll, Prepare, VotePoll};
pub use self::questions::Vote;

use crate::domain::announcement::Announcement;
use crate::domain::chatter::Chatter;
use crate::domain::event_settings::EventEdit;
use crate::domain::host::{HostKey, HostName, KeyUse};
use crate::domain::ids::{
    AnnouncementId, ChatterId, Epoch, HeldId, IdentityId, MessageId, ReportId, RoomId, Seq,
};
use crate::domain::language::Language;
use crate::domain::message::{Kind, Message};
use crate::domain::mute::Mute;
use crate::domain::poll::{Choices, Tally};
use crate::domain::question::{Dropped, Held};
use crate::domain::reactions::{Emoji, Reacted};
use crate::domain::room::wall::{RoomWall, WallEdit};
use crate::domain::room::{History, Room, RoomEdit};
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
    /// Looks for what somebody muted has said before.
    Recall(Recall),
    /// Takes back a message for its author.
    TakeBack(TakeBack),
    /// Sets or removes a reaction to a message.
    React(React),
    /// Votes for a question, or takes the vote back.
    Vote(Vote),
    /// Votes in a poll.
    VotePoll(VotePoll),
    /// Closes a poll whose time has passed, or whose room has ended, at this time.
    ClosePoll(ClosePoll, Moment),
    /// Reports a message to the host.
    Report(ReportMessage),
    /// Notes that a chatter has left a room.
    Leave(Leave),
    /// Changes a chatter's nickname.
    Rename(Rename),
    /// An action of the host.
    Host(HostAct),
    /// Uses up a number of a host's key: [`Written::KeyUsed`]. The request is carried out after that is committed, so
    /// that no request is accepted twice. Refused with [`HostRefusal::BadSignature`] if there is no such key, with
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
    /// The browser's identity.
    pub identity: IdentityId,
    /// The address that they join from.
    pub peer: IpAddr,
    /// The chatter as whom the client wants to join. Ignored if the identity does not own it.
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
    /// The people whom it mentions.
    pub mentions: Vec<ChatterId>,
    /// Whether it is asked as a question, which may have to wait for the host: [`Written::Held`], or
    /// [`HeldRefusal::TooMany`], or [`HeldRefusal::NotLetThrough`] where the host has dropped it.
    ///
    /// [`HeldRefusal::TooMany`]: crate::domain::refusal::HeldRefusal::TooMany
    /// [`HeldRefusal::NotLetThrough`]: crate::domain::refusal::HeldRefusal::NotLetThrough
    pub is_question: bool,
    /// The client's key for the message.
    pub key: Option<Key>,
    /// When.
    pub at: Moment,
}

impl Say {
    /// A message without a quote and mentions.
    #[must_use]
    pub fn plain(
        room: RoomId,
        chatter: ChatterId,
        kind: Kind,
        content: String,
        at: Moment,
    ) -> Self {
        let (reply_to, mentions, is_question, key) = (None, Vec::new(), false, None);
        Self { room, chatter, kind, content, reply_to, mentions, is_question, key, at }
    }
}

/// An author takes back a message: [`Written::TakenBack`], which is empty if it was taken back before.
#[derive(Debug)]
pub struct TakeBack {
    /// The room.
    pub room: RoomId,
    /// The author. [`Refusal::NotYourMessage`] if the message is not theirs, or is a notice.
    ///
    /// [`Refusal::NotYourMessage`]: crate::domain::refusal::Refusal::NotYourMessage
    pub chatter: ChatterId,
    /// The message's sequence number.
    pub seq: Seq,
    /// How long after it was sent it can be taken back. [`Refusal::TooLate`] afterwards.
    ///
    /// [`Refusal::TooLate`]: crate::domain::refusal::Refusal::TooLate
    pub within: Duration,
    /// When.
    pub at: Moment,
}

/// Sets or removes a reaction of a chatter to a message. Repeating it changes nothing.
#[derive(Debug)]
pub struct React {
    /// The room.
    pub room: RoomId,
    /// Who.
    pub chatter: ChatterId,
    /// The message. [`Refusal::NoMessage`] unless it was said by somebody and the chatter may read it.
    ///
    /// [`Refusal::NoMessage`]: crate::domain::refusal::Refusal::NoMessage
    pub seq: Seq,
    /// The reaction.
    pub emoji: Emoji,
    /// True to set it, false to remove it.
    pub is_on: bool,
    /// When.
    pub at: Moment,
}

/// A chatter reports somebody else's message to the host: [`Written::Reported`]. A second report is not stored.
#[derive(Debug)]
pub struct ReportMessage {
    /// The room.
    pub room: RoomId,
    /// Who.
    pub chatter: ChatterId,
    /// The message. [`Refusal::NoMessage`] unless it was said by somebody and the chatter may read it;
    /// [`Refusal::OwnMessage`] if it is their own.
    ///
    /// [`Refusal::NoMessage`]: crate::domain::refusal::Refusal::NoMessage
    /// [`Refusal::OwnMessage`]: crate::domain::refusal::Refusal::OwnMessage
    pub seq: Seq,
    /// The reason, if one was given.
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
    /// Whether the host has removed them from the room, on all hubs. Otherwise they leave through this hub, and the
    /// room is told only if they are not present through another.
    pub everywhere: bool,
    /// The language of the notice. `None` if the room gets a coalesced one.
    pub notice: Option<Language>,
    /// When.
    pub at: Moment,
}

/// An action of the host, with what is logged of it.
#[derive(Debug)]
pub struct HostAct {
    /// The action.
    pub deed: Deed,
    /// Its object, in words for the log.
    pub what: String,
    /// The holder of the key that was used. `None` if it was done on the hub's own machine.
    pub by: Option<HostName>,
    /// When.
    pub at: Moment,
}

/// The host's actions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// Creates a room for the host.
    Create(Room),
    /// The same, as an event file says. [`HostRefusal::AlreadyThere`] if a living room of the host has its channel and
    /// title.
    ///
    /// [`HostRefusal::AlreadyThere`]: crate::domain::refusal::HostRefusal::AlreadyThere
    CreateOnce(Room),
    /// Sets the mode of rooms. Where all of them are in it already, nothing is logged.
    SetMode(SetMode),
    /// Changes where people who join from now on begin to read.
    History(RoomId, History),
    /// Changes a room. [`Refusal::Expired`] if it has ended. What changes nothing is not logged.
    ///
    /// [`Refusal::Expired`]: crate::domain::refusal::Refusal::Expired
    Edit(RoomId, RoomEdit),
    /// Changes the wall of a room: [`Written::WallSet`].
    SetWall(RoomId, WallEdit),
    /// Takes messages back: their places stay, their content is deleted.
    TakeBack(RoomId, Vec<Seq>),
    /// Marks a question as answered, or not: [`Written::Reacted`]. [`Refusal::NoMessage`] or [`Refusal::NoQuestion`].
    /// Repeating it is not logged again.
    ///
    /// [`Refusal::NoMessage`]: crate::domain::refusal::Refusal::NoMessage
    /// [`Refusal::NoQuestion`]: crate::domain::refusal::Refusal::NoQuestion
    Answered(RoomId, Seq, bool),
    /// Makes a message of a question that waits: [`Written::Said`]. [`HeldRefusal::NotThere`] if it does not wait,
    /// [`Refusal::Expired`] if its room has ended.
    ///
    /// [`HeldRefusal::NotThere`]: crate::domain::refusal::HeldRefusal::NotThere
    /// [`Refusal::Expired`]: crate::domain::refusal::Refusal::Expired
    LetThrough(HeldId),
    /// Deletes a question that waits, but for its key, so that a retry does not ask it again. [`HeldRefusal::NotThere`]
    /// if it does not wait.
    ///
    /// [`HeldRefusal::NotThere`]: crate::domain::refusal::HeldRefusal::NotThere
    DropHeld(HeldId),
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
    /// Mutes somebody. An earlier mute of the same browser is replaced.
    Mute(Mute),
    /// Lifts the mute of a browser, in the name of one of its chatters.
    Unmute(ChatterId, IdentityId),
    /// Gives somebody another name.
    Rename(HostRename),
    /// Says something in a room as the host.
    Say(HostSay),
    /// Makes an announcement, under this name. [`HostRefusal::TooManyAnnouncements`] beyond [`ANNOUNCEMENTS_MAX`].
    ///
    /// [`HostRefusal::TooManyAnnouncements`]: crate::domain::refusal::HostRefusal::TooManyAnnouncements
    /// [`ANNOUNCEMENTS_MAX`]: crate::domain::announcement::ANNOUNCEMENTS_MAX
    Announce(Announcement, Nickname),
    /// The same, as an event file says. [`HostRefusal::AlreadyThere`] if its text is up in its room, or in all.
    ///
    /// [`HostRefusal::AlreadyThere`]: crate::domain::refusal::HostRefusal::AlreadyThere
    AnnounceOnce(Announcement, Nickname),
    /// Takes an announcement down. [`HostRefusal::NoSuchAnnouncement`] if there is none.
    ///
    /// [`HostRefusal::NoSuchAnnouncement`]: crate::domain::refusal::HostRefusal::NoSuchAnnouncement
    TakeDown(AnnouncementId),
    /// Makes a poll.
    MakePoll(Box<MakePoll>),
    /// Closes a poll.
    ClosePoll(ClosePoll),
    /// Prepares a poll, or changes or drops one that is prepared.
    Prepare(Prepare),
    /// Sets one of what outweighs the configuration during the event. What is set already is not logged again.
    SetEvent(EventEdit),
    /// Adds a host's key. [`HostRefusal::KeyNameTaken`] if another key has its name.
    ///
    /// [`HostRefusal::KeyNameTaken`]: crate::domain::refusal::HostRefusal::KeyNameTaken
    AddKey(HostKey),
    /// Revokes the host's key with this name. [`HostRefusal::NoSuchKey`] if there is none.
    ///
    /// [`HostRefusal::NoSuchKey`]: crate::domain::refusal::HostRefusal::NoSuchKey
    RevokeKey(HostName),
    /// Marks a report as done. [`Refusal::NoSuchReport`] if there is none with this number. Repeating it is not logged
    /// again.
    ///
    /// [`Refusal::NoSuchReport`]: crate::domain::refusal::Refusal::NoSuchReport
    ReportDone(ReportId),
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
        /// When their browser first came into a room of the hub.
        came: Option<HubTime>,
    },
    /// Of [`Write::UseKey`].
    KeyUsed(HostKey),
    /// Of [`Deed::Announce`]: its notice in each living room that it concerns.
    Announced(Vec<Message>),
    /// Of [`Deed::DropHeld`]; also of [`Deed::Mute`], [`Deed::Ban`], [`Deed::Close`] and [`Deed::Delete`] where questions
    /// waited, which are dropped with it.
    QuestionsDropped(Vec<Dropped>),
    /// Of [`Deed::MakePoll`]: its notice in each living room that it concerns.
    PollMade(Vec<Message>),
    /// Of [`Write::VotePoll`].
    PollVoted {
        /// The poll's votes now.
        tally: Tally,
        /// What the person has chosen now.
        choices: Choices,
        /// Whether the write has changed it.
        is_new: bool,
    },
    /// Of [`Write::ClosePoll`] and [`Deed::ClosePoll`].
    PollClosed {
        /// When.
        closed_at: WallTime,
        /// The poll's votes.
        tally: Tally,
        /// The notice of the result in each living room that the poll concerns.
        notices: Vec<Message>,
    },
    /// Of [`Deed::SetWall`]: the wall as it is now.
    WallSet(RoomWall),
    /// Of [`Write::Join`].
    Joined(Joined),
    /// Of [`Write::Say`], [`Deed::Say`], [`Deed::LetThrough`] and [`Write::Recall`].
    Said {
        /// The stored message.
        message: Message,
        /// Whether its key had been used before: this is then the earlier message.
        repeated: bool,
    },
    /// Of [`Write::Say`]: the question waits for the host. A retry gives the same.
    Held(Held),
    /// Of [`Write::React`], [`Write::Vote`] and [`Deed::Answered`].
    Reacted {
        /// The message's reactions and votes now.
        reacted: Reacted,
        /// Whether the write has changed them.
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
    /// Of [`Deed::Rename`].
    RenamedByHost {
        /// The chatter under the new name.
        chatter: Chatter,
        /// The notices, one for each room that is told.
        alerts: Vec<Message>,
    },
}

impl Written {
    /// What became of an action that drops the questions that wait, if any do.
    pub(super) fn dropping(dropped: Vec<Dropped>) -> Self {
        if dropped.is_empty() { Self::Done } else { Self::QuestionsDropped(dropped) }
    }
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
