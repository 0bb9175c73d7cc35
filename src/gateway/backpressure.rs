//! Limits how many events of one client may be undecided at once. While there are too many, nothing is read from the
//! client's connection, so that TCP's flow control slows the client down.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::session::Session;

/// At this many undecided events, reading from the session is paused. It is resumed at half as many.
const UNDECIDED_BUSY: usize = 32;

/// At this many undecided events the connection is ended. It is more than the packets that can be in its buffers when
/// reading is paused.
const UNDECIDED_MAX: usize = 8_192;

/// Counts one client's undecided events and pauses its session while there are too many.
pub(super) struct Backpressure {
    session: Arc<Session>,
    undecided: AtomicUsize,
    /// Whether this counter is one of the reasons for which the session is paused.
    has_paused: AtomicBool,
}

impl Backpressure {
    pub(super) fn new(session: Arc<Session>) -> Arc<Self> {
        let (undecided, has_paused) = (AtomicUsize::new(0), AtomicBool::new(false));
        Arc::new(Self { session, undecided, has_paused })
    }

    /// Counts an event until its permit is dropped. `None` beyond [`UNDECIDED_MAX`].
    pub(super) fn permit(self: &Arc<Self>) -> Option<Permit> {
        let before = self.undecided.fetch_add(1, Ordering::SeqCst);
        let permit = Permit(Arc::clone(self));
        if before >= UNDECIDED_MAX {
            return None;
        }
        if before + 1 >= UNDECIDED_BUSY && !self.has_paused.swap(true, Ordering::SeqCst) {
            self.session.pause_reading();
        }
        Some(permit)
    }
}

/// An undecided event.
pub(super) struct Permit(Arc<Backpressure>);

impl Drop for Permit {
    fn drop(&mut self) {
        let before = self.0.undecided.fetch_sub(1, Ordering::SeqCst);
        if before <= UNDECIDED_BUSY / 2 && self.0.has_paused.swap(false, Ordering::SeqCst) {
            self.0.session.resume_reading();
        }
    }
}
