//! Admission of new clients, which are refused while memory is short. A browser that has been in a room counts as a
//! regular and is still admitted.

use std::sync::Mutex;
use std::time::Duration;

use crate::budget::{Budget, Pressure};
use crate::domain::ids::IdentityId;
use crate::domain::quota::{Quota, QuotaGuard};
use crate::domain::recent::Recent;
use crate::domain::refusal::Refusal;
use crate::door::TurnedAway;
use crate::sync::lock;

/// One session in this many may be between its handshake and its first namespace. Each of those takes about
/// 14 kB, for [`crate::timeouts::NAMESPACE`] at most. Even when a thousand people arrive at once far fewer are
/// in that state together; the others' clients retry.
const CONNECTING: usize = 32;

/// At least this many browsers are remembered as regulars; those that joined a room last.
const REGULARS: usize = 10_000;

/// After this time a refused client should retry.
const RETRY_AFTER: Duration = Duration::from_secs(10);

/// Held by a session until it connects to its first namespace.
pub(super) type ConnectingPermit = QuotaGuard<()>;

/// Knows which browsers are regulars, and whether the hub can take new ones.
#[derive(Debug)]
pub(super) struct Admission {
    budget: Budget,
    strangers: Quota<()>,
    /// Separate, so that a flood of strangers takes nothing from the regulars.
    known: Quota<()>,
    regulars: Mutex<Recent<IdentityId>>,
}

impl Admission {
    /// `sessions` is the most sessions that the hub may hold.
    pub(super) fn new(budget: Budget, sessions: usize) -> Self {
        let places = || Quota::new(0, connecting(sessions));
        Self {
            budget,
            strangers: places(),
            known: places(),
            regulars: Mutex::new(Recent::new(REGULARS)),
        }
    }

    /// Changes the most sessions that the hub may hold.
    pub(super) fn set(&self, sessions: usize) {
        for places in [&self.strangers, &self.known] {
            places.set(0, connecting(sessions));
        }
    }

    /// Admits a handshake. `proven` is the browser whose token it carries.
    ///
    /// # Errors
    /// The hub is full.
    pub(super) fn session(
        &self,
        proven: Option<IdentityId>,
    ) -> Result<ConnectingPermit, TurnedAway> {
        let is_regular = proven.is_some_and(|identity| self.is_regular(identity));
        let is_full = self.budget.pressure() == Pressure::Full;
        if !is_regular && is_full && !self.budget.takes_one() {
            return Err(full());
        }
        let places = if is_regular { &self.known } else { &self.strangers };
        places.take(None).map_err(|_| full())
    }

    /// Admits a connection to a namespace.
    ///
    /// # Errors
    /// The hub is full.
    pub(super) fn socket(&self, identity: IdentityId) -> Result<(), Refusal> {
        let is_easy = self.budget.pressure() == Pressure::Easy;
        let is_open = is_easy || self.is_regular(identity) || self.budget.takes_one();
        if is_open { Ok(()) } else { Err(Refusal::HubFull(RETRY_AFTER)) }
    }

    /// How short memory is.
    pub(super) fn pressure(&self) -> Pressure {
        self.budget.pressure()
    }

    /// Makes a browser that has joined a room a regular.
    pub(super) fn has_joined(&self, identity: IdentityId) {
        lock(&self.regulars).insert(identity);
    }

    fn is_regular(&self, identity: IdentityId) -> bool {
        lock(&self.regulars).contains(&identity)
    }
}

/// The most sessions between their handshake and their first namespace.
fn connecting(sessions: usize) -> usize {
    (sessions / CONNECTING).max(1)
}

fn full() -> TurnedAway {
    TurnedAway { reason: "hub_full", refusal: Refusal::HubFull(RETRY_AFTER) }
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
        let admission = Admission::new(Budget::new(None), 4 * CONNECTING);
        admission.has_joined(browser(1));
        let held: Vec<_> = (0..4).map(|_| admission.session(None).unwrap()).collect();
        assert_eq!(admission.session(None).unwrap_err().refusal, Refusal::HubFull(RETRY_AFTER));
        assert!(admission.session(Some(browser(2))).is_err(), "proven, but a stranger");
        assert!(admission.session(Some(browser(1))).is_ok());
        drop(held);
        assert!(admission.session(None).is_ok());
    }
}
