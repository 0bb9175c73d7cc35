//! One Engine.IO session: what the handshake told, kept small, for all the namespaces that a client
//! connects to over it.

use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use socketioxide::socket::Sid;
use tokio::sync::Notify;

use super::newcomers::Waits;
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
    /// Whether the library has had it from its first frame on: then it can be written past.
    is_direct: bool,
    /// For how many reasons nothing more should be read from it.
    holds: AtomicUsize,
    /// Told when the last reason is gone.
    free: Notify,
    /// How many namespaces it is connected to.
    pub(super) namespaces: AtomicUsize,
    /// What Engine.IO calls it, known from its first namespace on.
    pub(super) sid: OnceLock<Sid>,
    /// Held until it is in a namespace.
    waits: Mutex<Option<Waits>>,
    idle: Mutex<Idle>,
}

/// Whether a session has left all its namespaces.
#[derive(Debug, Default)]
struct Idle {
    /// Since when.
    since: Option<Instant>,
    /// Whether somebody looks after it already.
    is_watched: bool,
}

impl Session {
    /// A session that is opened by this WebSocket's connection; or by polling.
    pub(super) fn new(
        identity: IdentityId,
        (place, peer): (Place, IpAddr),
        waits: Waits,
        line: Option<Arc<Line>>,
        is_direct: bool,
    ) -> Self {
        Self {
            identity,
            peer,
            _place: place,
            is_direct,
            line: Mutex::new(line),
            holds: AtomicUsize::new(0),
            free: Notify::new(),
            namespaces: AtomicUsize::new(0),
            sid: OnceLock::new(),
            waits: Mutex::new(Some(waits)),
            idle: Mutex::default(),
        }
    }

    /// It is in a namespace.
    pub(super) fn is_in(&self, sid: Sid) {
        let _known = self.sid.set(sid);
        drop(self.waits.lock().unwrap_or_else(PoisonError::into_inner).take());
        self.idle().since = None;
    }

    /// It is in no namespace since now. Whether it has to be watched from now on.
    pub(super) fn is_idle_since(&self, now: Instant) -> bool {
        let mut idle = self.idle();
        idle.since = Some(now);
        !std::mem::replace(&mut idle.is_watched, true)
    }

    /// For how long it has been in no namespace. Where it is in one, it is watched no more.
    pub(super) fn idle_for(&self, now: Instant) -> Option<Duration> {
        let mut idle = self.idle();
        idle.is_watched = idle.since.is_some();
        idle.since.map(|since| now - since)
    }

    fn idle(&self) -> MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session runs over this WebSocket's connection from now on.
    pub(super) fn set_line(&self, line: Arc<Line>) {
        line.hold(self.is_held());
        *self.line.lock().unwrap_or_else(PoisonError::into_inner) = Some(line);
    }

    fn line(&self) -> Option<Arc<Line>> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Its connection, where that can be written past the library.
    pub(super) fn direct(&self) -> Option<Arc<Line>> {
        if self.is_direct { self.line() } else { None }
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
