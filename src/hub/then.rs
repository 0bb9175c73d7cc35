//! How the hub goes on once a write is committed or refused.

use super::command::{Reply, Responder, RoomView, WallState};
use super::edit::Edited;
use super::event::SettingEvent;
use super::host::{Banning, Ending};
use super::join::{JoinRequest, Joining, Leaving};
use super::modes::SettingMode;
use super::mutes::Muting;
use super::names::Claim;
use super::polls::Voting;
use super::state::RoomPlace;
use crate::domain::announcement::Announcement;
use crate::domain::chatter::Chatter;
use crate::domain::host::HostKey;
use crate::domain::ids::{AnnouncementId, ChatterId, IdentityId, PollId, RoomId, Seq};
use crate::domain::message::Message;
use crate::domain::poll::Poll;
use crate::domain::room::{History, Room};
use crate::store::Prepare;

/// How to go on once a write is committed or refused.
#[derive(Debug)]
pub(super) enum Then {
    Nothing,
    Pong(Responder<()>),
    Made(Box<Room>, Option<RoomPlace>, Option<Responder<RoomView>>),
    Looked(JoinRequest),
    Joined(Joining, Reply),
    /// A message, and who sent it, unless the hub did.
    Said(RoomId, Option<Reply>),
    Left(Leaving),
    Granted(Responder<bool>),
    Renamed(RenameSource, Claim),
    RoomEnded(Ending),
    /// The end of an empty, silent room.
    GaveUp(RoomId),
    Kicked(ChatterId, Responder<()>),
    Banned(Banning),
    Unbanned(ChatterId, Responder<()>),
    Muted(Muting),
    Unmuted(IdentityId, Responder<()>),
    RenamedByHost(Claim, Responder<()>),
    ModeSet(SettingMode),
    Edited(Edited),
    WallSet(RoomId, Responder<WallState>),
    HistorySet(RoomId, History, Responder<()>),
    KeyUsed(Responder<HostKey>),
    KeyChanged(Responder<()>),
    TakenBack(RoomId, Responder<usize>),
    TakenBackOwn(RoomId, Reply),
    Reacted(RoomId, Reply),
    /// A question that the host marks as answered, or not.
    Answered(RoomId, Responder<()>),
    Reported((RoomId, Seq), Reply),
    ReportDone(Responder<()>),
    /// A question that waited and is dropped.
    Dropped(Responder<()>),
    /// The host's own words in a room.
    HostSaid(Responder<Message>),
    Announced(Announcement, Responder<AnnouncementId>),
    TakenDown(AnnouncementId, Responder<()>),
    PollMade(Box<Poll>, Responder<PollId>),
    PollVoted(Voting),
    Prepared(Prepare, Responder<()>),
    /// The end of a poll; by itself where nobody is told.
    PollClosed(PollId, Option<Responder<()>>),
    EventSet(SettingEvent),
}

/// The origin of a request for a nickname.
#[derive(Debug)]
pub(super) enum RenameSource {
    Socket(Reply),
    Call(Responder<Chatter>),
    /// The hub itself, to tell apart two people in this room.
    Hub(RoomId),
}
