//! One Engine.IO session: what the handshake told, kept small, for all the namespaces that a client
//! connects to over it.

use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use crate::domain::ids::IdentityId;
use crate::door::Place;
use crate::tcp::Line;

/// A client's session.
#[derive(Debug)]
pub(super) struct Session {
    /// Whose browser it is, as the handshake proved or as it was newly given.
    pub(super) identity: IdentityId,
    /// Where it comes from.
    pub(super) peer: IpAddr,
    /// Its place among the sessions, given back with it.
    _place: Place,
    /// The WebSocket's connection. None on polling, where every request may have another.
    line: Mutex<Option<Arc<Line>>>,
    /// For how many reasons nothing more should be read from it.
    holds: AtomicUsize,
    /// Told when the last reason is gone.
    free: Notify,
    /// How many namespaces it is connected to.
    pub(super) namespaces: AtomicUsize,
}

impl Session {
    pub(super) fn new(identity: IdentityId, (place, peer): (Place, IpAddr)) -> Self {
        Self {
            identity,
            peer,
            _place: place,
            line: Mutex::new(None),
            holds: AtomicUsize::new(0),
            free: Notify::new(),
            namespaces: AtomicUsize::new(0),
        }
    }

    /// The session runs over this WebSocket's connection from now on.
    pub(super) fn set_line(&self, line: Arc<Line>) {
        line.hold(self.is_held());
        *self.line.lock().unwrap_or_else(PoisonError::into_inner) = Some(line);
    }

    fn line(&self) -> Option<Arc<Line>> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// One more reason not to read on.
    pub(super) fn hold(&self) {
        if self.holds.fetch_add(1, Ordering::SeqCst) == 0
            && let Some(line) = self.line()
        {
            line.hold(true);
        }
    }

    /// One reason less.
    pub(super) fn release(&self) {
        if self.holds.fetch_sub(1, Ordering::SeqCst) == 1 {
            if let Some(line) = self.line() {
                line.hold(false);
            }
            self.free.notify_waiters();
        }
    }

    fn is_held(&self) -> bool {
        self.holds.load(Ordering::SeqCst) > 0
    }

    /// Waits until there is no reason left: how a polling client is slowed down, whose packets come
    /// in requests of their own.
    pub(super) async fn freed(&self) {
        loop {
            let told = self.free.notified();
            if !self.is_held() {
                return;
            }
            told.await;
        }
    }

    /// Ends the WebSocket's connection at once. Whether there was one.
    pub(super) fn hang_up(&self) -> bool {
        self.line().inspect(|line| line.hang_up()).is_some()
    }
}
