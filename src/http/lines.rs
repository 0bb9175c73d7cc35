//! The connections: WebSockets, looked at now and then for messages that do not end; and how many of the
//! others may wait for their next request.

use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::metrics::Metrics;
use crate::patience;
use crate::tcp::Line;

/// How many connections may wait for their next request at once, each with some 20 kB of buffers. The others
/// are closed after their answer, and browsers open new ones.
const IDLE: usize = 256;

/// A connection's leave to stay after its answer.
pub(super) type Stay = OnceLock<OwnedSemaphorePermit>;

/// All that speak WebSocket, and how many of the others may stay.
#[derive(Debug)]
pub(super) struct Lines {
    websockets: Mutex<Vec<Weak<Line>>>,
    idle: Arc<Semaphore>,
}

impl Default for Lines {
    fn default() -> Self {
        Self { websockets: Mutex::default(), idle: Arc::new(Semaphore::new(IDLE)) }
    }
}

impl Lines {
    /// This one speaks WebSocket from now on.
    pub(super) fn watch(&self, line: &Arc<Line>) {
        line.is_websocket_now();
        self.all().push(Arc::downgrade(line));
    }

    /// Whether a connection may stay open after its answer: once it may, it may always.
    pub(super) fn may_stay(&self, stay: &Stay) -> bool {
        if stay.get().is_some() {
            return true;
        }
        let place = Arc::clone(&self.idle).try_acquire_owned();
        place.is_ok_and(|place| stay.set(place).is_ok())
    }

    /// Hangs up on those whose message does not end, for as long as it is polled.
    pub(super) async fn look_after(self: Arc<Self>, metrics: Arc<Metrics>) {
        let mut look = tokio::time::interval(patience::LOOK);
        loop {
            look.tick().await;
            self.all().retain(|line| {
                let Some(line) = line.upgrade() else { return false };
                let is_overdue = line.overdue(patience::MESSAGE);
                if is_overdue {
                    metrics.drops.add("unfinished");
                    line.hang_up();
                }
                !is_overdue
            });
        }
    }

    fn all(&self) -> std::sync::MutexGuard<'_, Vec<Weak<Line>>> {
        self.websockets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_may_stay_and_their_places_come_free() {
        let lines = Lines::default();
        let stays: Vec<Stay> = (0..IDLE).map(|_| Stay::new()).collect();
        assert!(stays.iter().all(|stay| lines.may_stay(stay)));
        let one_more = Stay::new();
        assert!(!lines.may_stay(&one_more));
        assert!(lines.may_stay(&stays[0]), "who stays may stay on");
        drop(stays);
        assert!(lines.may_stay(&one_more));
    }
}
