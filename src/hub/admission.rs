//! Passed password checks: for a minute, the caller may join the locked room without the password.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use super::command::Caller;
use crate::domain::ids::{IdentityId, RoomId};
use crate::domain::time::HubTime;

/// How long a passed check counts (the contract's 60 s).
const ADMITS: Duration = Duration::from_secs(60);

/// Most passed checks that are remembered. Beyond that a check is still answered truly, but the caller has to
/// send the password again with the join.
const MOST: usize = 10_000;

/// The caller of a passed check: the browser if known, else the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Who {
    Identity(IdentityId),
    Peer(IpAddr),
}

/// The passed checks that still count.
#[derive(Debug, Default)]
pub(super) struct Admissions {
    until: HashMap<(RoomId, Who), HubTime>,
}

impl Admissions {
    /// Remembers a passed check.
    pub(super) fn admit(&mut self, room: RoomId, caller: Caller, now: HubTime) {
        if self.until.len() >= MOST {
            self.expire(now);
            if self.until.len() >= MOST {
                return;
            }
        }
        let who = caller.identity.map_or(Who::Peer(caller.peer), Who::Identity);
        self.until.insert((room, who), now.after(ADMITS));
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
        [Who::Identity(identity), Who::Peer(peer)]
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
