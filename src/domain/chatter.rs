//! A chatter: an anonymous person in the chat.

use super::ids::ChatterId;
use super::text::Nickname;
use super::time::WallTime;

/// A chatter as others see them. Who owns it is the store's business and never shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chatter {
    /// The identifier; their mark is derived from it.
    pub id: ChatterId,
    /// The name they go by now.
    pub nickname: Nickname,
    /// When they first came.
    pub created_at: WallTime,
    /// When they left the room, while they are away.
    pub left_at: Option<WallTime>,
}
