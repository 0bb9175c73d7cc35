//! A chatter: an anonymous person in the chat.

use super::ids::ChatterId;
use super::text::Nickname;
use super::time::WallTime;

/// A chatter as others see them. Which identity owns a chatter is known to the store only, and never shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chatter {
    /// The identifier. The page derives the chatter's mark from it.
    pub id: ChatterId,
    /// Their current name.
    pub nickname: Nickname,
    /// When they first came.
    pub created_at: WallTime,
    /// When they left the room. `None` while they are in it.
    pub left_at: Option<WallTime>,
}
