//! Ends connections whose client does not read, or whose WebSocket message does not end; and limits how many
//! HTTP connections wait for another request.

use std::sync::{Arc, Mutex, OnceLock, Weak};
use std::time::Instant;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::metrics::Metrics;
use crate::sync::lock;
use crate::tcp::{Connection, Drain};
use crate::timeouts;

/// The most connections that may wait for another request, each with about 20 kB of buffers. Others are closed after
/// their answer, and browsers open new ones.
const IDLE: usize = 256;

/// A connection's permit to stay open after its answer.
pub(super) type KeepAlivePermit = OnceLock<OwnedSemaphorePermit>;

/// The open connections.
#[derive(Debug)]
pub(super) struct Connections {
    all: Mutex<Vec<Watched>>,
    idle: Arc<Semaphore>,
}

/// A connection that is checked.
#[derive(Debug)]
struct Watched {
    connection: Weak<Connection>,
    /// `Some` while the client does not read.
    drain: Option<Drain>,
}

impl Watched {
    /// Why the connection has to be ended, if it has.
    fn judge(&mut self, connection: &Connection, now: Instant) -> Option<&'static str> {
        if connection.overdue(timeouts::MESSAGE) {
            return Some("unfinished");
        }
        if !connection.is_blocked() {
            self.drain = None;
            return None;
        }
        let taken = connection.taken();
        let drain = self.drain.get_or_insert_with(|| Drain::new(now, taken));
        drain.is_stuck(now, taken).then_some("does_not_read")
    }
}

impl Default for Connections {
    fn default() -> Self {
        Self { all: Mutex::default(), idle: Arc::new(Semaphore::new(IDLE)) }
    }
}

impl Connections {
    /// Checks this connection from now on.
    pub(super) fn watch(&self, connection: &Arc<Connection>) {
        self.all().push(Watched { connection: Arc::downgrade(connection), drain: None });
    }

    /// Whether a connection may stay open after its answer. A connection keeps its permit.
    pub(super) fn may_stay(&self, stay: &KeepAlivePermit) -> bool {
        if stay.get().is_some() {
            return true;
        }
        let place = Arc::clone(&self.idle).try_acquire_owned();
        place.is_ok_and(|place| stay.set(place).is_ok())
    }

    /// Ends connections whose client does not read, or whose message does not end. Runs until it is dropped.
    pub(super) async fn look_after(self: Arc<Self>, metrics: Arc<Metrics>) {
        let mut look = tokio::time::interval(timeouts::LOOK);
        loop {
            look.tick().await;
            let now = Instant::now();
            self.all().retain_mut(|watched| {
                let Some(connection) = watched.connection.upgrade() else { return false };
                let why = watched.judge(&connection, now);
                if let Some(why) = why {
                    metrics.drops.add(why);
                    connection.hang_up();
                }
                why.is_none()
            });
        }
    }

    fn all(&self) -> std::sync::MutexGuard<'_, Vec<Watched>> {
        lock(&self.all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permits_are_limited_and_given_back() {
        let connections = Connections::default();
        let stays: Vec<KeepAlivePermit> = (0..IDLE).map(|_| KeepAlivePermit::new()).collect();
        assert!(stays.iter().all(|stay| connections.may_stay(stay)));
        let one_more = KeepAlivePermit::new();
        assert!(!connections.may_stay(&one_more));
        assert!(connections.may_stay(&stays[0]), "who stays may stay on");
        drop(stays);
        assert!(connections.may_stay(&one_more));
    }
}
