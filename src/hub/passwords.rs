//! The queue of passwords for Argon2, and what follows from its results.
//!
//! Addresses take turns, and each has a few places in the queue, so that an address with many requests delays only
//! itself. Work that fails counts neither as a guess nor as a created room.

use std::net::IpAddr;
use std::time::Duration;

use super::command::{Caller, Responder, RoomView};
use super::edit::Editing;
use super::join::JoinRequest;
use super::state::{Hub, Making};
use crate::domain::ids::RoomId;
use crate::domain::refusal::Refusal;
use crate::domain::room::PasswordHash;
use crate::domain::text::Password;
use crate::domain::time::HubTime;
use crate::store::Moment;

/// The most passwords in the queue, of all addresses together.
pub(super) const WAITING_MAX: usize = 64;

/// After this time an address whose places are taken should retry. A small board needs about a second per password.
const TURN: Duration = Duration::from_secs(2);

/// A password in the queue, and what its result is for.
#[derive(Debug)]
pub(super) struct PasswordWork {
    pub(super) job: Job,
    pub(super) purpose: Purpose,
}

/// The work for Argon2.
#[derive(Debug)]
pub(super) enum Job {
    Hash { password: Password, salt: [u8; 16] },
    Verify { password: Password, hash: PasswordHash },
}

/// The purpose of the result.
#[derive(Debug)]
pub(super) enum Purpose {
    Make {
        new: Making,
        tell: Responder<RoomView>,
    },
    Check {
        caller: Caller,
        room: RoomId,
        tell: Responder<bool>,
    },
    Join(JoinRequest),
    /// A host changes a room: whether it has the password already, or its hash.
    Edit(Editing),
}

/// The result of the work.
#[derive(Debug)]
pub(super) enum PasswordResult {
    Hashed(PasswordHash),
    /// Whether the password is right.
    Verified(bool),
    /// The work failed: no memory, or a broken hash.
    Failed,
}

impl Purpose {
    /// The address that asked. `None` for the host.
    fn from(&self) -> Option<IpAddr> {
        match self {
            Self::Make { new, .. } => new.room.from,
            Self::Check { caller, .. } => Some(caller.peer),
            Self::Join(request) => Some(request.peer),
            Self::Edit(_) => None,
        }
    }
}

impl Hub {
    /// Queues a password. If the queue is full, the address with the most passwords in it loses one.
    pub(super) fn enqueue_password(&mut self, job: Job, purpose: Purpose) {
        let from = purpose.from();
        if self.passwords.count_of(&from) >= self.settings.limits.passwords_each {
            return self.refuse_password(purpose, &Refusal::TooFast(TURN));
        }
        if let Some(displaced) = self.passwords.push(from, PasswordWork { job, purpose }) {
            self.refuse_password(displaced.purpose, &Refusal::HubFull(TURN));
        }
    }

    /// Takes the next password from the queue.
    pub(super) fn next_password(&mut self) -> Option<PasswordWork> {
        self.passwords.pop()
    }

    /// Goes on with a result.
    pub(super) fn password_done(&mut self, purpose: Purpose, outcome: PasswordResult, at: Moment) {
        match (purpose, outcome) {
            (Purpose::Make { new, tell }, PasswordResult::Hashed(hash)) => {
                self.create_hashed(new, Some(hash), Some(tell), at);
            }
            (Purpose::Check { caller, room, tell }, PasswordResult::Verified(right)) => {
                self.check_verified(caller, room, tell, right, at.hub);
            }
            (Purpose::Join(request), PasswordResult::Verified(right)) => {
                self.join_verified(request, right, at);
            }
            (Purpose::Edit(editing), PasswordResult::Verified(is_same)) => {
                self.edit_verified(editing, is_same, at);
            }
            (Purpose::Edit(editing), PasswordResult::Hashed(hash)) => {
                self.edit_hashed(editing, hash, at);
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
            Purpose::Edit(editing) => editing.refuse(why.clone()),
            Purpose::Join(request) => {
                self.give_back_guess(request.room, request.peer);
                self.reply(request.reply, Err(why.clone()));
            }
        }
    }

    /// Counts a password guess, for the address and for the room.
    ///
    /// # Errors
    /// How long to wait.
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

    /// Takes back a guess that was right, or that failed.
    pub(super) fn give_back_guess(&mut self, room: RoomId, peer: IpAddr) {
        self.guesses.give_back(&(room, peer));
        self.room_guesses.give_back(&room);
    }
}
