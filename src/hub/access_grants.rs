//! Access grants: a caller that passed the access check of a locked room may join it for a minute without the password.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use super::command::Caller;
use crate::domain::ids::{IdentityId, RoomId};
use crate::domain::time::HubTime;
use crate::store::{AccessGrant, GrantHolder};

/// How long a grant is valid (the wire contract's 60 s).
const LIFETIME: Duration = Duration::from_secs(60);

/// The most grants at a time. Beyond that, a check is still answered correctly, but the caller has to send the password
/// again with the join.
const MAX_GRANTS: usize = 10_000;

/// The grants that are still valid, and those that expired since [`AccessGrants::expire`] was last called.
#[derive(Debug, Default)]
pub(super) struct AccessGrants {
    until: HashMap<(RoomId, GrantHolder), HubTime>,
}

impl AccessGrants {
    /// Lets `caller` join `room` without the password for a minute from `now`. Returns the grant, for the other hubs.
    pub(super) fn grant(&mut self, room: RoomId, caller: Caller, now: HubTime) -> AccessGrant {
        if self.until.len() >= MAX_GRANTS {
            self.expire(now);
        }
        let holder =
            caller.identity.map_or(GrantHolder::Address(caller.peer), GrantHolder::Identity);
        let grant = AccessGrant { room, holder, until: now.after(LIFETIME) };
        self.put(grant);
        grant
    }

    /// Keeps a grant, of this hub or another one, if there is space. A grant that arrives late does not shorten a
    /// newer one.
    pub(super) fn put(&mut self, AccessGrant { room, holder, until }: AccessGrant) {
        if self.until.len() < MAX_GRANTS {
            let kept = self.until.entry((room, holder)).or_insert(until);
            *kept = until.max(*kept);
        }
    }

    /// Removes the grants for a room.
    pub(super) fn forget(&mut self, room: RoomId) {
        self.until.retain(|(of, _), _| *of != room);
    }

    /// Removes the grants that have expired.
    pub(super) fn expire(&mut self, now: HubTime) {
        self.until.retain(|_, until| *until > now);
    }

    /// The number of grants in memory.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.until.len()
    }

    /// Whether a connection of this browser from this address has a valid grant for `room`.
    pub(super) fn allows(
        &self,
        room: RoomId,
        identity: IdentityId,
        peer: IpAddr,
        now: HubTime,
    ) -> bool {
        [GrantHolder::Identity(identity), GrantHolder::Address(peer)]
            .into_iter()
            .any(|holder| self.until.get(&(room, holder)).is_some_and(|until| *until > now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_is_for_its_holder_only_and_lasts_a_minute() {
        let room = RoomId::from_random([1; 16]);
        let (ann, bob) = (IdentityId::from_random([1; 16]), IdentityId::from_random([2; 16]));
        let (here, there) = ([127, 0, 0, 1].into(), [127, 0, 0, 2].into());
        let mut grants = AccessGrants::default();
        grants.grant(room, Caller { identity: Some(ann), peer: here }, HubTime(0));
        assert!(grants.allows(room, ann, there, HubTime(59_999)));
        assert!(!grants.allows(room, ann, there, HubTime(60_000)));
        assert!(!grants.allows(room, bob, here, HubTime(0)), "the address is shared");
        grants.grant(room, Caller { identity: None, peer: here }, HubTime(0));
        assert!(grants.allows(room, bob, here, HubTime(0)));
        assert!(!grants.allows(room, bob, there, HubTime(0)));
    }
}
