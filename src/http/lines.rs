//! The WebSockets' connections, looked at now and then for messages that do not end.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::metrics::Metrics;
use crate::patience;
use crate::tcp::Line;

/// All that speak WebSocket.
#[derive(Debug, Default)]
pub(super) struct Lines(Mutex<Vec<Weak<Line>>>);

impl Lines {
    /// This one speaks WebSocket from now on.
    pub(super) fn watch(&self, line: &Arc<Line>) {
        line.is_websocket_now();
        self.all().push(Arc::downgrade(line));
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
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
