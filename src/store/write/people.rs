//! Writes about people: what somebody muted has said before, and a name that the host gives.

use crate::domain::ids::{ChatterId, RoomId};
use crate::domain::language::Language;
use crate::domain::refusal::Refusal;
use crate::domain::text::{Key, Nickname};

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
}
