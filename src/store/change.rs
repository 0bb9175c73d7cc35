//! The store's reports: the results of this hub's writes, and the changes that other hubs on the same store have
//! committed.

use std::net::IpAddr;

use crate::domain::announcement::Announcement;
use crate::domain::chatter::Chatter;
use crate::domain::event_settings::EventSettings;
use crate::domain::ids::{
    AnnouncementId, ChatterId, IdentityId, MessageId, PollId, RoomId, RunId, Seq,
};
use crate::domain::message::Message;
use crate::domain::mode::RoomMode;
use crate::domain::mute::Mute;
use crate::domain::poll::{Choices, Poll, PreparedPoll, Tally};
use crate::domain::question::Dropped;
use crate::domain::reactions::Reacted;
use crate::domain::room::wall::RoomWall;
use crate::domain::room::{History, Room};
use crate::domain::time::HubTime;
use crate::store::write::Ban;
use crate::store::writer::Completed;

/// A report of the store. Reports come in the order of commits.
#[derive(Debug)]
pub enum Report<C> {
    /// A batch of this hub's writes is completed.
    Completed(Vec<Completed<C>>),
    /// Other hubs have committed these changes. Never reported by SQLite, which has one hub only.
    Changes(Vec<Change>),
    /// The store's time, about once a second. Hubs that share a store share its clock.
    Time(HubTime),
}

/// A change that another hub has committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A message or a notice.
    Message(Message),
    /// A new room.
    RoomMade(Room),
    /// The mode of a room was changed.
    RoomMode {
        /// The room.
        room: RoomId,
        /// Its mode by now, which may be a later one.
        mode: RoomMode,
    },
    /// The host has changed a room: as it is by now, which may be later.
    RoomEdited(Room),
    /// The host has changed the wall of a room: as it is by now, which may be later.
    WallSet {
        /// The room.
        room: RoomId,
        /// Its wall by now.
        wall: RoomWall,
    },
    /// The host has changed where people who join a room from now on begin to read.
    RoomHistory {
        /// The room.
        room: RoomId,
        /// The new beginning.
        history: History,
    },
    /// The reactions to a message, or its votes, have changed.
    Reacted {
        /// The room.
        room: RoomId,
        /// The message's reactions and votes now.
        reacted: Reacted,
    },
    /// A room was ended before it expired.
    RoomEnded {
        /// The room.
        room: RoomId,
        /// The reason.
        end: EarlyEnd,
    },
    /// Somebody has joined a room through another hub, or joined it again there.
    Entered {
        /// The room.
        room: RoomId,
        /// The chatter.
        chatter: Chatter,
        /// The identity that owns the chatter.
        owner: IdentityId,
        /// The run of the hub that they are connected to.
        run: RunId,
    },
    /// Somebody is no longer present in a room through this run of a hub. They may still be through others.
    Left {
        /// The room.
        room: RoomId,
        /// The chatter.
        chatter: ChatterId,
        /// The run of the hub.
        run: RunId,
    },
    /// The host has removed somebody from all rooms, on all hubs.
    Kicked(ChatterId),
    /// A chatter has another nickname.
    Renamed(Chatter),
    /// A ban.
    Banned(Ban),
    /// A ban was lifted.
    Unbanned(ChatterId),
    /// A mute.
    Muted(Mute),
    /// A browser's mute was lifted.
    Unmuted(IdentityId),
    /// A message was taken back.
    TakenBack {
        /// The room.
        room: RoomId,
        /// Its sequence number.
        seq: Seq,
        /// Its id.
        id: MessageId,
    },
    /// The host has made an announcement. Its notices are messages of their own.
    Announced(Announcement),
    /// An announcement was taken down.
    AnnouncementGone(AnnouncementId),
    /// The host has made a poll. Its notices are messages of their own.
    PollMade(Poll),
    /// Somebody has voted.
    PollVoted {
        /// The poll.
        poll: PollId,
        /// Who.
        identity: IdentityId,
        /// What they have chosen by now.
        choices: Choices,
        /// The poll's votes by now, which may be later.
        tally: Tally,
    },
    /// The host has dropped a question that waited.
    QuestionDropped(Dropped),
    /// A poll was prepared, or a prepared one was changed.
    PollPrepared(PreparedPoll),
    /// A prepared poll was dropped.
    PreparedGone(PollId),
    /// A poll was closed. The notices of the result are messages of their own.
    PollClosed(Poll),
    /// The host has set what outweighs the configuration: as it is by now, which may be later.
    EventSet(EventSettings),
    /// Somebody passed the access check of a locked room.
    Granted(AccessGrant),
    /// Somebody is typing, or has stopped. Not stored, and reported at any time.
    Typing {
        /// The room.
        room: RoomId,
        /// The chatter.
        chatter: ChatterId,
        /// Whether they are typing.
        is_typing: bool,
    },
}

/// Why a room ended before it expired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EarlyEnd {
    /// It was empty and silent, and a new room needed its place.
    Silent,
    /// The host closed it.
    Closed,
    /// The host deleted it and its messages.
    Deleted,
}

/// A passed access check of a locked room: its holder may join without the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccessGrant {
    /// The room.
    pub room: RoomId,
    /// The holder, who may join it.
    pub holder: GrantHolder,
    /// Until when, in the hub's own time.
    pub until: HubTime,
}

/// The holder of a grant: the browser if its identity is known, else the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GrantHolder {
    /// A browser.
    Identity(IdentityId),
    /// Everybody at an address.
    Address(IpAddr),
}
