//! Writes about people: what somebody muted has said before, a ban, names, and what the host says.

use std::net::IpAddr;

use super::Moment;
use crate::domain::ids::{ChatterId, IdentityId, RoomId};
use crate::domain::language::Language;
use crate::domain::refusal::Refusal;
use crate::domain::text::{Content, Key, Nickname};
use crate::domain::time::HubTime;

/// Looks for the message that somebody sent with a key before they were muted: [`Written::Said`], repeated.
///
/// [`Written::Said`]: crate::store::Written::Said
#[derive(Debug)]
pub struct Recall {
    /// Who.
    pub chatter: ChatterId,
    /// The client's key for the message.
    pub key: Key,
    /// The refusal where there is none.
    pub refusal: Refusal,
}

/// The host gives somebody another name: [`Written::RenamedByHost`].
///
/// [`Written::RenamedByHost`]: crate::store::Written::RenamedByHost
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostRename {
    /// Who.
    pub chatter: ChatterId,
    /// The new name.
    pub nickname: Nickname,
    /// The rooms that are told.
    pub rooms: Vec<RoomId>,
    /// The language of the notices.
    pub language: Language,
    /// Whether they cannot change the name themselves: [`Refusal::NameHeld`].
    ///
    /// [`Refusal::NameHeld`]: crate::domain::refusal::Refusal::NameHeld
    pub is_held: bool,
}

/// The host says something in a room: [`Written::Said`]. [`Refusal::Expired`] if it has ended.
///
/// [`Written::Said`]: crate::store::Written::Said
/// [`Refusal::Expired`]: crate::domain::refusal::Refusal::Expired
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostSay {
    /// The room.
    pub room: RoomId,
    /// The host's name.
    pub host: Nickname,
    /// The text.
    pub content: Content,
    /// The client's key: a message that is sent again with the same key is not stored again.
    pub key: Option<Key>,
}

/// A chatter changes their name.
#[derive(Debug)]
pub struct Rename {
    /// Who.
    pub chatter: ChatterId,
    /// The identity that must own the chatter. `None` if the hub has checked it.
    pub owner: Option<IdentityId>,
    /// The new name.
    pub nickname: Nickname,
    /// Whether it may replace a name that the host gave: the hub tells two people apart. Otherwise
    /// [`Refusal::NameHeld`].
    ///
    /// [`Refusal::NameHeld`]: crate::domain::refusal::Refusal::NameHeld
    pub may_held: bool,
    /// The room that gets a notice, and its language.
    pub notice: Option<(RoomId, Language)>,
    /// When.
    pub at: Moment,
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
