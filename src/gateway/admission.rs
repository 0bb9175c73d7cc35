//! Admission, who are turned away while the hub is full. Who has been in a room is none.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::budget::{Budget, Pressure};
use crate::domain::ids::IdentityId;
use crate::domain::recent::Recent;
use crate::domain::refusal::Refusal;
use crate::door::TurnedAway;

/// Which part of all sessions may be between their handshake and their first namespace: each takes some
/// 14 kB, for [`crate::timeouts::NAMESPACE`] at most. Of a thousand people who come in one moment far fewer
/// are there at once, and the others' clients try again.
const WAITING: usize = 32;

/// How many browsers are remembered as having been in a room, at least: the last ones.
const REGULARS: usize = 10_000;

/// When somebody who was turned away should try again.
const AGAIN: Duration = Duration::from_secs(10);

/// That a session waits for its first namespace: as long as this is held.
pub(super) type Waits = OwnedSemaphorePermit;

/// Who is a newcomer, and whether there is room for them.
#[derive(Debug)]
pub(super) struct Admission {
    budget: Budget,
    strangers: Arc<Semaphore>,
    /// Apart, so that a flood of strangers leaves these theirs.
    known: Arc<Semaphore>,
    regulars: Mutex<Recent<IdentityId>>,
}

impl Admission {
    /// For a hub that may hold so many sessions.
    pub(super) fn new(budget: Budget, sessions: usize) -> Self {
        let places = || Arc::new(Semaphore::new((sessions / WAITING).max(1)));
        Self {
            budget,
            strangers: places(),
            known: places(),
            regulars: Mutex::new(Recent::new(REGULARS)),
        }
    }

    /// Whether a handshake gets a session; `proven` is the browser that it proves to be.
    ///
    /// # Errors
    /// The hub is full.
    pub(super) fn session(&self, proven: Option<IdentityId>) -> Result<Waits, TurnedAway> {
        let is_regular = proven.is_some_and(|identity| self.is_regular(identity));
        let is_full = self.budget.pressure() == Pressure::Full;
        if !is_regular && is_full && !self.budget.takes_one() {
            return Err(full());
        }
        let places = if is_regular { &self.known } else { &self.strangers };
        Arc::clone(places).try_acquire_owned().map_err(|_| full())
    }

    /// Whether a socket may connect to a namespace.
    ///
    /// # Errors
    /// The hub is full.
    pub(super) fn socket(&self, identity: IdentityId) -> Result<(), Refusal> {
        let is_easy = self.budget.pressure() == Pressure::Easy;
        let is_open = is_easy || self.is_regular(identity) || self.budget.takes_one();
        if is_open { Ok(()) } else { Err(Refusal::HubFull(AGAIN)) }
    }

    /// How short memory is.
    pub(super) fn pressure(&self) -> Pressure {
        self.budget.pressure()
    }

    /// This browser has come into a room.
    pub(super) fn has_joined(&self, identity: IdentityId) {
        self.regulars.lock().unwrap_or_else(PoisonError::into_inner).insert(identity);
    }

    fn is_regular(&self, identity: IdentityId) -> bool {
        self.regulars.lock().unwrap_or_else(PoisonError::into_inner).contains(&identity)
    }
}

fn full() -> TurnedAway {
    TurnedAway { reason: "hub_full", refusal: Refusal::HubFull(AGAIN) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn browser(n: usize) -> IdentityId {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&n.to_be_bytes());
        IdentityId::from_random(bytes)
    }

    #[test]
    fn a_flood_of_strangers_leaves_the_regulars_their_places() {
        let admission = Admission::new(Budget::new(None), 4 * WAITING);
        admission.has_joined(browser(1));
        let held: Vec<_> = (0..4).map(|_| admission.session(None).unwrap()).collect();
        assert_eq!(admission.session(None).unwrap_err().refusal, Refusal::HubFull(AGAIN));
        assert!(admission.session(Some(browser(2))).is_err(), "proven, but a stranger");
        assert!(admission.session(Some(browser(1))).is_ok());
        drop(held);
        assert!(admission.session(None).is_ok());
    }
}
