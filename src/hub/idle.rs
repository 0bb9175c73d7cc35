//! Connections that are in no room are let go after a while: each takes memory, and a place.

use std::time::Duration;

use super::state::Hub;
use crate::domain::ids::ConnId;
use crate::domain::time::HubTime;

impl Hub {
    /// Forgets those that have been in no room for so long, and says who they were: counted from when it was first looked.
    /// Who asks to come in begins anew: their password may be waiting to be verified.
    pub(super) fn let_go(&mut self, patience: Duration, now: HubTime) -> Vec<ConnId> {
        let mut idle: Vec<ConnId> = Vec::new();
        for (id, conn) in &mut self.conns {
            if !conn.rooms.is_empty() {
                conn.roomless = None;
            } else if now.since(*conn.roomless.get_or_insert(now)) >= patience {
                idle.push(*id);
            }
        }
        // As if they had gone by themselves: nothing they asked for meanwhile brings them in.
        for id in &idle {
            self.conns.remove(id);
        }
        idle
    }
}
