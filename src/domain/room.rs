//! A room: its definition, and who may still come in.

use std::time::Duration;

use super::code::Code;
use super::ids::RoomId;
use super::refusal::Refusal;
use super::text::{Namespace, Title};
use super::time::{HubTime, WallTime};

/// Most people a room may be made for; more than one board can carry.
pub const CAPACITY_MAX: u32 = 10_000;

/// The lifetime of a room that lives until the host ends it: 146 million years, which SQLite and
/// the clocks can still add to a time.
pub const LASTING: Duration = Duration::from_millis(1 << 62);

/// A room's definition. It does not change once made, but for its door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// Its identifier.
    pub id: RoomId,
    /// Its short code.
    pub code: Code,
    /// Its title.
    pub title: Title,
    /// The namespace it lives in.
    pub namespace: Namespace,
    /// How many people may be in it at once; 0 is no limit.
    pub capacity: u32,
    /// The password's hash, for a locked room.
    pub lock: Option<PasswordHash>,
    /// When it was made, for people's eyes.
    pub created_at: WallTime,
    /// When it was made.
    pub created: HubTime,
    /// How long it lives; [`LASTING`] is until the host ends it.
    pub lifetime: Duration,
    /// Whether the host has shut it: nobody new comes in. A password is another matter.
    pub is_shut: bool,
    /// Whether the host made it: it does not count among those that people may make.
    pub by_host: bool,
}

/// Refuses a room for more people than a board can carry.
///
/// # Errors
/// [`Refusal::BadRequest`].
pub fn check_capacity(capacity: u32) -> Result<(), Refusal> {
    if capacity <= CAPACITY_MAX {
        return Ok(());
    }
    Err(Refusal::bad(format!("capacity must be at most {CAPACITY_MAX}")))
}

/// A password's Argon2id hash in PHC form. Never leaves the hub.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(pub String);

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

    /// Whether a password is needed.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.lock.is_some()
    }

    /// Refuses where the room is over.
    ///
    /// # Errors
    /// [`Refusal::Expired`].
    pub fn open_at(&self, now: HubTime) -> Result<(), Refusal> {
        if self.is_expired(now) { Err(Refusal::Expired) } else { Ok(()) }
    }

    /// Refuses one more person where `present` is all the room holds.
    ///
    /// # Errors
    /// [`Refusal::Full`].
    pub fn has_place(&self, present: usize) -> Result<(), Refusal> {
        let capacity = self.capacity as usize;
        if capacity != 0 && present >= capacity { Err(Refusal::Full) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(capacity: u32) -> Room {
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
            is_shut: false,
            by_host: false,
        }
    }

    #[test]
    fn a_room_is_over_exactly_when_its_lifetime_is() {
        assert_eq!(room(0).open_at(HubTime(1_999)), Ok(()));
        assert_eq!(room(0).open_at(HubTime(2_000)), Err(Refusal::Expired));
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
    fn a_room_holds_its_capacity_and_zero_is_no_limit() {
        assert_eq!(room(2).has_place(1), Ok(()));
        assert_eq!(room(2).has_place(2), Err(Refusal::Full));
        assert_eq!(room(0).has_place(1_000_000), Ok(()));
    }
}
