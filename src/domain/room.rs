//! A room: its definition, and the rules for joining it.

pub mod ages;
mod edit;
pub mod wall;

use std::str::FromStr;
use std::time::Duration;

pub use self::edit::{RoomEdit, RoomField};
use super::code::Code;
use super::ids::{RoomId, Seq};
use super::message::{Kind, Message};
use super::mode::RoomMode;
use super::question::Questions;
use super::refusal::Refusal;
use super::text::{Namespace, Title};
use super::time::{HubTime, WallTime};

/// The highest capacity of a room; more people than one board can serve.
pub const CAPACITY_MAX: u32 = 10_000;

/// The highest position of a room in the lobby.
pub const POSITION_MAX: u32 = 9_999;

/// The lifetime of a room that lives until the host ends it: 146 million years, which can still be added to a time
/// without overflow, here and in SQLite.
pub const LASTING: Duration = Duration::from_millis(1 << 62);

/// A room's definition. A host can change its title, its capacity, its password, its mode, its history, its position and
/// how it takes questions after the room was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// Its identifier.
    pub id: RoomId,
    /// Its short code.
    pub code: Code,
    /// Its title.
    pub title: Title,
    /// Its namespace.
    pub namespace: Namespace,
    /// How many people may be in it at once; 0 is no limit.
    pub capacity: u32,
    /// The password's hash, for a locked room.
    pub lock: Option<PasswordHash>,
    /// When it was made, for display only.
    pub created_at: WallTime,
    /// When it was made.
    pub created: HubTime,
    /// How long it lives; [`LASTING`] is until the host ends it.
    pub lifetime: Duration,
    /// Who may come in, who may write, and how often. This is independent of `lock`.
    pub mode: RoomMode,
    /// Whether the host made it. Such a room does not count towards the limits of rooms that people make.
    pub by_host: bool,
    /// Where people who join from now on begin to read.
    pub history: History,
    /// Its place in the lobby, before the rooms that have none, from 1 to [`POSITION_MAX`]; 0 is none.
    pub position: u32,
    /// How it takes questions.
    pub questions: Questions,
}

/// A room's latest activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Newest {
    /// The sequence number of its newest message or notice; 0 if there was none.
    pub last: Seq,
    /// When somebody last said something, for display only. `None` if nobody has, or not among the newest messages
    /// and notices.
    pub said_at: Option<WallTime>,
}

impl Newest {
    /// Takes note of a committed message of the room.
    pub fn comes(&mut self, message: &Message) {
        self.last = self.last.max(message.seq);
        if message.kind == Kind::Said {
            self.said_at = self.said_at.max(Some(message.sent_at));
        }
    }
}

/// Where somebody who joins a room for the first time begins to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum History {
    /// At the room's beginning, as far as it is kept.
    All,
    /// At the notice of their own joining.
    Joined,
}

impl History {
    /// Its name on the wire, in the configuration and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Joined => "joined",
        }
    }

    /// The first message that a person may read if they join when `last` is the room's newest.
    #[must_use]
    pub fn first_for_newcomer(self, last: Seq) -> Seq {
        match self {
            Self::All => Seq(1),
            Self::Joined => last.next(),
        }
    }
}

impl FromStr for History {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        match text {
            "all" => Ok(Self::All),
            "joined" => Ok(Self::Joined),
            _ => Err(Refusal::bad("history must be \"all\" or \"joined\"")),
        }
    }
}

/// Checks the capacity for a new room.
///
/// # Errors
/// [`Refusal::BadRequest`] if it is above [`CAPACITY_MAX`].
pub fn check_capacity(capacity: u32) -> Result<(), Refusal> {
    if capacity <= CAPACITY_MAX {
        return Ok(());
    }
    Err(Refusal::bad(format!("capacity must be at most {CAPACITY_MAX}")))
}

/// Checks a position in the lobby.
///
/// # Errors
/// [`Refusal::BadRequest`] if it is above [`POSITION_MAX`].
pub fn check_position(position: u32) -> Result<(), Refusal> {
    if position <= POSITION_MAX {
        return Ok(());
    }
    Err(Refusal::bad(format!("position must be at most {POSITION_MAX}")))
}

/// A password's Argon2id hash in PHC form. Never leaves the hub.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(pub String);

/// The most KiB of memory, passes and lanes of a hash that the hub is willing to compute: well above what it uses
/// itself (19 MiB, 2 passes, 1 lane), and within the means of a small board.
const MEMORY_MAX: u32 = 32 * 1024;
const PASSES_MAX: u32 = 4;
const LANES_MAX: u32 = 4;

impl PasswordHash {
    /// Whether it is a hash in the hub's form with a bounded cost. A hash may come from a file that somebody else has
    /// made, and checking a password against one that asks for gigabytes would kill the hub.
    #[must_use]
    pub fn is_bearable(&self) -> bool {
        let parts: Vec<&str> = self.0.split('$').collect();
        let ["", "argon2id", "v=19", params, salt, hash] = parts.as_slice() else {
            return false;
        };
        let is_base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/');
        let is_sized = (11..=64).contains(&salt.len()) && hash.len() == 43;
        is_sized && [salt, hash].iter().all(|text| text.chars().all(is_base64)) && is_cheap(params)
    }
}

/// Whether the parameters `m=…,t=…,p=…` are within the bounds.
fn is_cheap(params: &str) -> bool {
    let limits = [("m=", MEMORY_MAX), ("t=", PASSES_MAX), ("p=", LANES_MAX)];
    let params: Vec<&str> = params.split(',').collect();
    let is_within = |(param, (name, max)): (&&str, (&str, u32))| {
        let number = param.strip_prefix(name).and_then(|number| number.parse::<u32>().ok());
        number.is_some_and(|number| (1..=max).contains(&number))
    };
    params.len() == limits.len() && params.iter().zip(limits).all(is_within)
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

impl Room {
    /// Whether it lives until the host ends it.
    #[must_use]
    pub fn lasts(&self) -> bool {
        self.lifetime == LASTING
    }

    /// When it expires.
    #[must_use]
    pub fn expires(&self) -> HubTime {
        self.created.after(self.lifetime)
    }

    /// Whether it has expired by `now`.
    #[must_use]
    pub fn is_expired(&self, now: HubTime) -> bool {
        self.expires() <= now
    }

    /// Whether the room has a password.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.lock.is_some()
    }

    /// Checks that the room has not ended by `now`.
    ///
    /// # Errors
    /// [`Refusal::Expired`] if it has.
    pub fn open_at(&self, now: HubTime) -> Result<(), Refusal> {
        if self.is_expired(now) { Err(Refusal::Expired) } else { Ok(()) }
    }

    /// Checks that the room has a place for one more person if `present` people are in it.
    ///
    /// # Errors
    /// [`Refusal::Full`] if it has none.
    pub fn has_place(&self, present: usize) -> Result<(), Refusal> {
        let capacity = self.capacity as usize;
        if capacity != 0 && present >= capacity { Err(Refusal::Full) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn room(capacity: u32) -> Room {
        Room {
            id: RoomId::from_random([1; 16]),
            code: Code::from_random([1; 16]),
            title: Title::parse("t").unwrap(),
            namespace: Namespace::parse("n").unwrap(),
            capacity,
            lock: None,
            created_at: WallTime(0),
            created: HubTime(1_000),
            lifetime: Duration::from_secs(1),
            mode: RoomMode::OPEN,
            by_host: false,
            history: History::Joined,
            position: 0,
            questions: Questions::Open,
        }
    }

    #[test]
    fn a_room_has_ended_exactly_after_its_lifetime() {
        assert_eq!(room(0).open_at(HubTime(1_999)), Ok(()));
        assert_eq!(room(0).open_at(HubTime(2_000)), Err(Refusal::Expired));
    }

    #[test]
    fn a_newcomer_reads_from_the_beginning_or_from_their_own_first_message() {
        assert_eq!("all".parse::<History>().unwrap().first_for_newcomer(Seq(7)), Seq(1));
        assert_eq!("joined".parse::<History>().unwrap().first_for_newcomer(Seq(7)), Seq(8));
        assert!("ALL".parse::<History>().is_err());
    }

    #[test]
    fn a_room_that_lasts_is_never_over_and_its_end_is_a_number_for_sqlite() {
        let old = HubTime(1_000_000_000_000_000);
        let room = Room { lifetime: LASTING, created: old, ..room(0) };
        assert!(room.lasts());
        assert_eq!(room.open_at(old.after(Duration::from_secs(1_000_000_000))), Ok(()));
        assert!(i64::try_from(room.expires().0).is_ok());
    }

    #[test]
    fn only_hashes_of_a_bounded_cost_are_computed() {
        let is_bearable = |params: &str| {
            let (salt, hash) = ("AwMDAwMDAwMDAwMDAwMDAw", "A".repeat(43));
            PasswordHash(format!("$argon2id$v=19${params}${salt}${hash}")).is_bearable()
        };
        assert!(is_bearable("m=19456,t=2,p=1"));
        for params in [
            "m=4194304,t=2,p=1",
            "m=19456,t=4000000000,p=1",
            "m=19456,t=2,p=9",
            "m=0,t=2,p=1",
            "m=19456,t=2",
            "m=19456,t=2,p=1,keyid=AA",
            "t=2,m=19456,p=1",
            "m=-1,t=2,p=1",
        ] {
            assert!(!is_bearable(params), "{params}");
        }
        for hash in ["", "broken", "$argon2i$v=19$m=19456,t=2,p=1$AwMDAwMDAwMDAwMDAwMDAw$AAAA"] {
            assert!(!PasswordHash(hash.to_owned()).is_bearable(), "{hash}");
        }
    }

    #[test]
    fn a_room_holds_its_capacity_and_zero_is_no_limit() {
        assert_eq!(room(2).has_place(1), Ok(()));
        assert_eq!(room(2).has_place(2), Err(Refusal::Full));
        assert_eq!(room(0).has_place(1_000_000), Ok(()));
    }
}
