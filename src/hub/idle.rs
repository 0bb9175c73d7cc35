//! Forgets connections that join no room, since each costs memory and counts towards the limits.

use std::time::Duration;

use super::state::Hub;
use crate::domain::ids::ConnId;
use crate::domain::time::HubTime;

impl Hub {
    /// Forgets and returns the connections that have been in no room for this long, counted from the first check that
    /// found them so. A join restarts the time, since its password may be waiting to be verified.
    pub(super) fn forget_idle(&mut self, limit: Duration, now: HubTime) -> Vec<ConnId> {
        let mut idle: Vec<ConnId> = Vec::new();
        for (id, conn) in &mut self.conns {
            if !conn.rooms.is_empty() {
                conn.roomless = None;
            } else if now.since(*conn.roomless.get_or_insert(now)) >= limit {
                idle.push(*id);
            }
        }
        // As if they had disconnected, so that a join under way does not succeed.
        for id in &idle {
            self.conns.remove(id);
        }
        idle
    }
}
