//! Places in a room with a capacity. The people of one address may take only a part of them.

use std::net::IpAddr;
use std::time::Duration;

use super::state::{Hub, LiveRoom};
use crate::domain::ids::ConnId;
use crate::domain::refusal::Refusal;

/// An address may take at least this many places, even in a small room, for two people who share a network.
const PLACES_LEAST: usize = 2;

/// After this time a refused person should retry. It is a guess, since nobody knows when somebody leaves.
const LATER: Duration = Duration::from_secs(10);

/// A person whose join is being committed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entrant {
    /// How many joins of theirs are being committed.
    pub(super) joins: u32,
    /// Their address.
    peer: IpAddr,
}

impl Entrant {
    /// A person at this address, without a join so far.
    pub(super) fn at(peer: IpAddr) -> Self {
        Self { joins: 0, peer }
    }
}

impl Hub {
    /// Checks whether one more person of this address may join.
    ///
    /// # Errors
    /// The address has taken all its places.
    pub(super) fn has_share(&self, live: &LiveRoom, peer: IpAddr) -> Result<(), Refusal> {
        let capacity = usize::try_from(live.room.capacity).unwrap_or(usize::MAX);
        let percent = self.settings.limits.places_each;
        if capacity == 0 || percent >= 100 {
            return Ok(());
        }
        let most = capacity.saturating_mul(percent).div_ceil(100).max(PLACES_LEAST);
        // An address cannot have more sessions than that, so there is nothing to count in large rooms.
        if most >= self.settings.limits.sessions_each {
            return Ok(());
        }
        let is_here =
            |conn: &ConnId| self.conns.get(conn).is_some_and(|conn| conn.who.peer == peer);
        let present = live.people.count_by(|conns| conns.iter().any(is_here));
        let joining = live.joining.values().filter(|entrant| entrant.peer == peer).count();
        if present + joining < most { Ok(()) } else { Err(Refusal::TooManyHere(LATER)) }
    }
}
