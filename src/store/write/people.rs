//! Writes about people: what somebody muted has said before, a name that the host gives, and what the host says.

use crate::domain::ids::{ChatterId, RoomId};
use crate::domain::language::Language;
use crate::domain::refusal::Refusal;
use crate::domain::text::{Content, Key, Nickname};

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
