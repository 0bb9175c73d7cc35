//! The identity bridge: decides as which chatter a caller without a token counts. That is a chatter who is connected
//! from the same address, or who was the last one connected from it, for `identity.bridge_memory`. Cola Chat's front
//! end asks for its history before it is connected again; on a slow phone that is many seconds after the page was
//! left.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;
use std::time::Duration;

use crate::domain::ids::{ChatterId, IdentityId, RoomId};
use crate::domain::time::HubTime;

/// The most chatters that are remembered. Beyond that, the oldest entry of the address with the most entries is
/// removed.
const MOST: usize = 10_000;

/// A chatter in a room.
type Key = (RoomId, ChatterId);

#[derive(Debug, Clone, Copy)]
struct Last {
    peer: IpAddr,
    owner: IdentityId,
    until: HubTime,
}

/// The chatters whose last connection was closed a short time ago.
#[derive(Debug, Default)]
pub(super) struct BridgeMemory {
    last: HashMap<Key, Last>,
    /// The same entries by the time at which they expire.
    order: BTreeSet<(HubTime, Key)>,
    /// How many entries each address has.
    by: HashMap<IpAddr, usize>,
}

impl BridgeMemory {
    /// Remembers that a chatter's connection from this address was closed. Earlier connections no longer count.
    pub(super) fn remember(
        &mut self,
        key: Key,
        (peer, owner): (IpAddr, IdentityId),
        span: Duration,
        now: HubTime,
    ) {
        self.forget(key);
        self.expire(now);
        if span.is_zero() {
            return;
        }
        if self.last.len() >= MOST
            && let Some(oldest) = self.oldest_of_most()
        {
            self.forget(oldest);
        }
        let until = now.after(span);
        self.last.insert(key, Last { peer, owner, until });
        self.order.insert((until, key));
        *self.by.entry(peer).or_default() += 1;
    }

    /// Whether the last connection of this chatter came from this address.
    pub(super) fn was_at(&self, key: Key, peer: IpAddr, now: HubTime) -> bool {
        self.last.get(&key).is_some_and(|last| last.peer == peer && now < last.until)
    }

    /// Forgets a chatter who was kicked by the host.
    pub(super) fn forget_chatter(&mut self, chatter: ChatterId) {
        self.forget_those(|(_, other), _| *other == chatter);
    }

    /// Forgets the chatters of a browser that was banned by the host.
    pub(super) fn forget_owner(&mut self, owner: IdentityId) {
        self.forget_those(|_, last| last.owner == owner);
    }

    /// Forgets the entries that have expired.
    pub(super) fn expire(&mut self, now: HubTime) {
        while let Some(&(until, key)) = self.order.first()
            && until <= now
        {
            self.forget(key);
        }
    }

    /// How many chatters are remembered.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        debug_assert_eq!(self.last.len(), self.order.len());
        debug_assert_eq!(self.last.len(), self.by.values().sum::<usize>());
        self.last.len()
    }

    fn forget_those(&mut self, is_meant: impl Fn(&Key, &Last) -> bool) {
        let meant = self.last.iter().filter(|(key, last)| is_meant(key, last));
        for key in meant.map(|(key, _)| *key).collect::<Vec<_>>() {
            self.forget(key);
        }
    }

    fn forget(&mut self, key: Key) {
        let Some(Last { peer, until, .. }) = self.last.remove(&key) else { return };
        self.order.remove(&(until, key));
        if let Some(count) = self.by.get_mut(&peer) {
            *count -= 1;
            if *count == 0 {
                self.by.remove(&peer);
            }
        }
    }

    fn oldest_of_most(&self) -> Option<Key> {
        let (most, _) = self.by.iter().max_by_key(|(_, count)| **count)?;
        let of_most =
            |key: &&(HubTime, Key)| self.last.get(&key.1).is_some_and(|l| l.peer == *most);
        self.order.iter().find(of_most).map(|(_, key)| *key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPAN: Duration = Duration::from_secs(10);

    fn key(n: u16) -> Key {
        let mut bytes = [0; 16];
        bytes[..2].copy_from_slice(&n.to_le_bytes());
        (RoomId::from_random([1; 16]), ChatterId::from_random(bytes))
    }

    fn owner(n: u8) -> IdentityId {
        IdentityId::from_random([n; 16])
    }

    fn at(n: u8) -> IpAddr {
        IpAddr::from([127, 0, 0, n])
    }

    #[test]
    fn the_last_address_counts_and_for_a_while() {
        let mut memory = BridgeMemory::default();
        memory.remember(key(1), (at(1), owner(1)), SPAN, HubTime(0));
        assert!(memory.was_at(key(1), at(1), HubTime(9_999)));
        assert!(!memory.was_at(key(1), at(1), HubTime(10_000)));
        assert!(
            !memory.was_at(key(1), at(2), HubTime(0)) && !memory.was_at(key(2), at(1), HubTime(0))
        );
        memory.remember(key(1), (at(2), owner(1)), SPAN, HubTime(5_000));
        assert!(!memory.was_at(key(1), at(1), HubTime(5_000)), "they were elsewhere since");
        assert!(memory.was_at(key(1), at(2), HubTime(14_999)));
        memory.remember(key(3), (at(3), owner(3)), Duration::ZERO, HubTime(20_000));
        assert_eq!(memory.len(), 0, "what is over is forgotten, and nothing is kept for no time");
    }

    #[test]
    fn the_host_ends_it() {
        let mut memory = BridgeMemory::default();
        memory.remember(key(1), (at(1), owner(1)), SPAN, HubTime(0));
        memory.remember(key(2), (at(1), owner(2)), SPAN, HubTime(0));
        memory.forget_chatter(key(1).1);
        assert!(
            !memory.was_at(key(1), at(1), HubTime(0)) && memory.was_at(key(2), at(1), HubTime(0))
        );
        memory.forget_owner(owner(2));
        assert_eq!(memory.len(), 0);
    }

    #[test]
    fn one_address_crowds_out_itself_only() {
        let mut memory = BridgeMemory::default();
        memory.remember(key(0), (at(1), owner(1)), SPAN, HubTime(0));
        for n in 1..=u16::try_from(MOST).unwrap() + 100 {
            memory.remember(key(n), (at(2), owner(2)), SPAN, HubTime(u64::from(n) / 10));
        }
        assert_eq!(memory.len(), MOST);
        assert!(memory.was_at(key(0), at(1), HubTime(1_100)));
        assert!(!memory.was_at(key(1), at(2), HubTime(1_100)), "the oldest of the other went");
    }
}
