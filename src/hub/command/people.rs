//! Calls of the host about people.

use std::time::Duration;

use super::Responder;
use crate::domain::chatter::Chatter;
use crate::domain::ids::{ChatterId, IdentityId, RoomId, Seq};
use crate::domain::mute::Mute;
use crate::domain::text::Nickname;
use crate::domain::time::WallTime;

/// A call of the host about somebody.
#[derive(Debug)]
pub enum PersonCall {
    /// Mutes a chatter's browser in all rooms. Returns the mute once it is committed.
    Mute {
        /// The chatter, as the host sees them.
        chatter: Chatter,
        /// The identity that owns the chatter.
        identity: IdentityId,
        /// For how long. `None` until it is lifted.
        lasts: Option<Duration>,
        /// Takes the answer.
        tell: Responder<Mute>,
    },
    /// Lifts a mute. [`Refusal::NoSuchChatter`] if there is none.
    ///
    /// [`Refusal::NoSuchChatter`]: crate::domain::refusal::Refusal::NoSuchChatter
    Unmute {
        /// The chatter as whom they were muted, or another of the same browser.
        chatter: ChatterId,
        /// The identity that owns the chatter, if the chatter is still stored.
        identity: Option<IdentityId>,
        /// Takes the answer.
        tell: Responder<()>,
    },
    /// Lists the mutes.
    Mutes(Responder<Vec<Mute>>),
    /// Gives somebody another name, by the rules for everybody's.
    Rename {
        /// The chatter, as they are called now.
        chatter: Chatter,
        /// The name.
        nickname: Nickname,
        /// Whether they cannot change it themselves.
        is_held: bool,
        /// Takes the answer.
        tell: Responder<()>,
    },
    /// Takes back what somebody has said in a room, as [`Call::TakeBack`] does; the log names them.
    ///
    /// [`Call::TakeBack`]: super::Call::TakeBack
    TakeBack {
        /// Whose messages they are.
        author: Chatter,
        /// The room.
        room: RoomId,
        /// The messages' places in the room.
        seqs: Vec<Seq>,
        /// Takes the answer.
        tell: Responder<usize>,
    },
}

/// What somebody muted is told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MuteNotice {
    /// Until when, in wall time as estimated now. `None` until the host lifts it.
    pub until: Option<WallTime>,
}
