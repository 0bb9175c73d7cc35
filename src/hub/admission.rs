//! Passed password checks: for a minute, the caller may join the locked room without the password.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use super::command::Caller;
use crate::domain::ids::{IdentityId, RoomId};
use crate::domain::time::HubTime;
use crate::store::{Admission, Admitted};

/// How long a passed check counts (the contract's 60 s).
const ADMITS: Duration = Duration::from_secs(60);

/// Most passed checks that are remembered. Beyond that a check is still answered truly, but the caller has to
/// send the password again with the join.
const MOST: usize = 10_000;

/// The passed checks that still count.
#[derive(Debug, Default)]
pub(super) struct Admissions {
    until: HashMap<(RoomId, Admitted), HubTime>,
}

impl Admissions {
    /// Remembers a passed check.
    pub(super) fn admit(&mut self, room: RoomId, caller: Caller, now: HubTime) -> Admission {
        if self.until.len() >= MOST {
            self.expire(now);
        }
        let who = caller.identity.map_or(Admitted::Address(caller.peer), Admitted::Identity);
        let admission = Admission { room, who, until: now.after(ADMITS) };
        self.put(admission);
        admission
    }

    /// Remembers a check that was passed on another hub.
    pub(super) fn put(&mut self, Admission { room, who, until }: Admission) {
        if self.until.len() < MOST {
            self.until.insert((room, who), until);
        }
    }

    /// Forgets the checks whose time is over.
    pub(super) fn expire(&mut self, now: HubTime) {
        self.until.retain(|_, until| *until > now);
    }

    /// How many checks are remembered.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.until.len()
    }

    /// Whether a connection of this browser at this address has been let in.
    pub(super) fn admits(
        &self,
        room: RoomId,
        identity: IdentityId,
        peer: IpAddr,
        now: HubTime,
    ) -> bool {
        [Admitted::Identity(identity), Admitted::Address(peer)]
            .into_iter()
            .any(|who| self.until.get(&(room, who)).is_some_and(|until| *until > now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_admits_its_caller_only_and_for_a_minute() {
        let room = RoomId::from_random([1; 16]);
        let (ann, bob) = (IdentityId::from_random([1; 16]), IdentityId::from_random([2; 16]));
        let (here, there) = ([127, 0, 0, 1].into(), [127, 0, 0, 2].into());
        let mut admissions = Admissions::default();
        admissions.admit(room, Caller { identity: Some(ann), peer: here }, HubTime(0));
        assert!(admissions.admits(room, ann, there, HubTime(59_999)));
        assert!(!admissions.admits(room, ann, there, HubTime(60_000)));
        assert!(!admissions.admits(room, bob, here, HubTime(0)), "the address is shared");
        admissions.admit(room, Caller { identity: None, peer: here }, HubTime(0));
        assert!(admissions.admits(room, bob, here, HubTime(0)));
        assert!(!admissions.admits(room, bob, there, HubTime(0)));
    }
}
