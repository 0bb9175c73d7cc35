//! Whose a room's places are: of a room with a limit, the people of one address hold no more than their share.

use std::net::IpAddr;
use std::time::Duration;

use super::state::{Hub, LiveRoom};
use crate::domain::ids::ConnId;
use crate::domain::refusal::Refusal;

/// How many places of a room anyone may hold, however small it is: two people who share a network.
const PLACES_LEAST: usize = 2;

/// When to try again: nobody knows when one of them leaves.
const LATER: Duration = Duration::from_secs(10);

/// Somebody whose join is being committed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entrant {
    /// How many of their joins are under way.
    pub(super) joins: u32,
    /// Where they come from.
    peer: IpAddr,
}

impl Entrant {
    /// Somebody at this address, before their first join.
    pub(super) fn at(peer: IpAddr) -> Self {
        Self { joins: 0, peer }
    }
}

impl Hub {
    /// Whether one more person of this address may come in.
    ///
    /// # Errors
    /// They hold their share of the room.
    pub(super) fn has_share(&self, live: &LiveRoom, peer: IpAddr) -> Result<(), Refusal> {
        let capacity = usize::try_from(live.room.capacity).unwrap_or(usize::MAX);
        let percent = self.settings.limits.places_each;
        if capacity == 0 || percent >= 100 {
            return Ok(());
        }
        let most = capacity.saturating_mul(percent).div_ceil(100).max(PLACES_LEAST);
        // One address has no more sessions than that, so that nobody is counted in large rooms.
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
