//! Work on passwords: what waits for Argon2, in which order, and what follows from its result.
//!
//! Addresses take turns, and each has a few places in the queue: one address that asks without pause
//! delays itself, not the others. What the hub could not do counts as no guess and as no room made.

use std::net::IpAddr;
use std::time::Duration;

use super::command::{Caller, Responder, RoomView};
use super::state::{Hub, JoinRequest, Making};
use crate::domain::ids::RoomId;
use crate::domain::refusal::Refusal;
use crate::domain::room::PasswordHash;
use crate::domain::text::Password;
use crate::domain::time::HubTime;
use crate::store::Moment;

/// Most passwords of all addresses together that may wait.
pub(super) const WAITING_MAX: usize = 64;

/// After how long an address whose places in the queue are taken may try again: a small board needs
/// about a second for each.
const TURN: Duration = Duration::from_secs(2);

/// A password that waits for Argon2, and what the result is for.
#[derive(Debug)]
pub(super) struct PasswordWork {
    pub(super) job: Job,
    pub(super) purpose: Purpose,
}

/// What Argon2 has to do.
#[derive(Debug)]
pub(super) enum Job {
    Hash { password: Password, salt: [u8; 16] },
    Verify { password: Password, hash: PasswordHash },
}

/// What the result is for.
#[derive(Debug)]
pub(super) enum Purpose {
    Make { new: Making, tell: Responder<RoomView> },
    Check { caller: Caller, room: RoomId, tell: Responder<bool> },
    Join(JoinRequest),
}

/// What Argon2 found.
#[derive(Debug)]
pub(super) enum Outcome {
    Hashed(PasswordHash),
    /// Whether the password is the right one.
    Verified(bool),
    /// It could not be done: there was no memory for it, or the stored hash is broken.
    Failed,
}

impl Purpose {
    /// The address that asked; nothing for the host.
    fn from(&self) -> Option<IpAddr> {
        match self {
            Self::Make { new, .. } => new.room.from,
            Self::Check { caller, .. } => Some(caller.peer),
            Self::Join(request) => Some(request.peer),
        }
    }
}

impl Hub {
    /// Puts a password into the queue, or refuses whichever finds no place there.
    pub(super) fn enqueue_password(&mut self, job: Job, purpose: Purpose) {
        let from = purpose.from();
        if self.passwords.count_of(&from) >= self.settings.limits.passwords_each {
            return self.refuse_password(purpose, &Refusal::TooFast(TURN));
        }
        if let Some(displaced) = self.passwords.push(from, PasswordWork { job, purpose }) {
            self.refuse_password(displaced.purpose, &Refusal::HubFull(TURN));
        }
    }

    /// The password whose turn it is.
    pub(super) fn next_password(&mut self) -> Option<PasswordWork> {
        self.passwords.pop()
    }

    /// Argon2 has finished with a password, or could not.
    pub(super) fn password_done(&mut self, purpose: Purpose, outcome: Outcome, at: Moment) {
        match (purpose, outcome) {
            (Purpose::Make { new, tell }, Outcome::Hashed(hash)) => {
                self.create_hashed(new, Some(hash), Some(tell), at);
            }
            (Purpose::Check { caller, room, tell }, Outcome::Verified(right)) => {
                self.check_verified(caller, room, tell, right, at.hub);
            }
            (Purpose::Join(request), Outcome::Verified(right)) => {
                self.join_verified(request, right, at);
            }
            (purpose, _) => self.refuse_password(purpose, &Refusal::Unavailable),
        }
    }

    fn refuse_password(&mut self, purpose: Purpose, why: &Refusal) {
        match purpose {
            Purpose::Make { new, tell } => {
                self.give_back_room_made(new.place.as_ref());
                drop(tell.send(Err(why.clone())));
            }
            Purpose::Check { caller, room, tell } => {
                self.give_back_guess(room, caller.peer);
                drop(tell.send(Err(why.clone())));
            }
            Purpose::Join(request) => {
                self.give_back_guess(request.room, request.peer);
                self.reply(request.reply, Err(why.clone()));
            }
        }
    }

    /// Counts a guess at a room's password: for the address, and for the room.
    ///
    /// # Errors
    /// The time to wait.
    pub(super) fn take_guess(
        &mut self,
        room: RoomId,
        peer: IpAddr,
        now: HubTime,
    ) -> Result<(), Refusal> {
        self.guesses.take((room, peer), now).map_err(Refusal::TooFast)?;
        self.room_guesses.take(room, now).map_err(|wait| {
            self.guesses.give_back(&(room, peer));
            Refusal::TooFast(wait)
        })
    }

    /// A guess that was right, or that could not be looked at, does not count.
    pub(super) fn give_back_guess(&mut self, room: RoomId, peer: IpAddr) {
        self.guesses.give_back(&(room, peer));
        self.room_guesses.give_back(&room);
    }
}
