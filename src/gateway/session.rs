//! One Engine.IO session: what the handshake told, kept small, for all the namespaces that a client
//! connects to over it.

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use axum::body::HttpBody;
use axum::response::Response;
use socketioxide::socket::Sid;
use tokio::sync::Notify;

use super::admission::ConnectingPermit;
use crate::domain::flood_control::{FloodControl, Verdict};
use crate::domain::ids::IdentityId;
use crate::domain::quota::{Quota, QuotaExceeded};
use crate::domain::throttle::Rate;
use crate::domain::time::HubTime;
use crate::door::{Place, Unread};
use crate::tcp::Connection;

/// No probe is under way.
const NONE: u8 = 0;
/// A WebSocket is open for one.
const BEGUN: u8 = 1;
/// It has been answered, and the client waits for its poll to end.
const PROBED: u8 = 2;

/// How long a poll takes that comes while a probe waits for the client.
const PROBED_POLL: Duration = Duration::from_millis(100);

/// How many bytes may wait in the library for one client; what comes on top waits in the connection's backlog,
/// where broadcasts share theirs.
const GIVEN_MAX: u64 = 64 * 1024;

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
    connection: Mutex<Option<Arc<Connection>>>,
    /// How fast its events have come, in all its namespaces.
    flood_control: Mutex<FloodControl>,
    /// Whether the hub ends it: nothing more is heard of it then.
    is_over: AtomicBool,
    /// Whether the library has had it from its first frame on: then it can be written past.
    is_direct: bool,
    /// For how many reasons nothing more should be read from it.
    pauses: AtomicUsize,
    /// Told when the last reason is gone, and when a probe has arrived.
    changed: Notify,
    /// How far a change to a WebSocket has come: [`NONE`], [`BEGUN`] or [`PROBED`].
    probe: AtomicU8,
    /// How many bytes were in the answers to its polls.
    polled: AtomicU64,
    /// How many bytes the library was given, as far as it may hold them still.
    given: AtomicU64,
    /// Counts what waits for the clients of one address.
    unread: Quota<IpAddr>,
    /// How many bytes wait behind the library.
    behind: AtomicUsize,
    /// How many namespaces it is connected to.
    pub(super) namespaces: AtomicUsize,
    /// What Engine.IO calls it: known from its handshake on, or on a WebSocket from its first namespace on.
    pub(super) sid: OnceLock<Sid>,
    /// Held until it is in a namespace.
    waits: Mutex<Option<ConnectingPermit>>,
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
        unread: Quota<IpAddr>,
        waits: ConnectingPermit,
        connection: Option<Arc<Connection>>,
    ) -> Self {
        Self {
            identity,
            peer,
            _place: place,
            is_direct: connection.is_some(),
            connection: Mutex::new(connection),
            flood_control: Mutex::default(),
            is_over: AtomicBool::new(false),
            pauses: AtomicUsize::new(0),
            changed: Notify::new(),
            probe: AtomicU8::new(NONE),
            polled: AtomicU64::new(0),
            given: AtomicU64::new(0),
            unread,
            behind: AtomicUsize::new(0),
            namespaces: AtomicUsize::new(0),
            sid: OnceLock::new(),
            waits: Mutex::new(Some(waits)),
            idle: Mutex::default(),
        }
    }

    /// What Engine.IO calls it.
    pub(super) fn is_called(&self, sid: Sid) {
        let _known = self.sid.set(sid);
    }

    /// It is in a namespace.
    pub(super) fn has_namespace(&self, sid: Sid) {
        self.is_called(sid);
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

    /// Whether an event comes in time.
    pub(super) fn count_event(&self, rate: Rate, now: HubTime) -> Verdict {
        self.flood_control.lock().unwrap_or_else(PoisonError::into_inner).count(rate, now)
    }

    /// The hub ends it from now on. False where it does so already.
    pub(super) fn is_to_end(&self) -> bool {
        !self.is_over.swap(true, Ordering::SeqCst)
    }

    /// Whether the hub ends it.
    pub(super) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::SeqCst)
    }

    /// A probe begins. Not where one is under way, nor where the session has a WebSocket.
    pub(super) fn begins_probe(&self) -> bool {
        let may_begin = self.connection().is_none();
        may_begin
            && self.probe.compare_exchange(NONE, BEGUN, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }

    /// The client's probe has arrived: its polls are to end.
    pub(super) fn is_probed(&self) {
        self.probe.store(PROBED, Ordering::SeqCst);
        self.changed.notify_waiters();
    }

    /// The probe is over, whatever came of it.
    pub(super) fn ends_probe(&self) {
        self.probe.store(NONE, Ordering::SeqCst);
    }

    /// ConnectingPermit until a probe has arrived. Where one has already, a client that polls all the same is made to wait
    /// for a moment, so that it does not do so without end.
    pub(super) async fn probed(&self) {
        let is_probed = || self.probe.load(Ordering::SeqCst) == PROBED;
        if is_probed() {
            return tokio::time::sleep(PROBED_POLL).await;
        }
        loop {
            let told = self.changed.notified();
            if is_probed() {
                return;
            }
            told.await;
        }
    }

    /// The client has changed: the session runs over this WebSocket's connection from now on.
    pub(super) fn moves_to(&self, connection: Arc<Connection>) {
        connection.set_paused(self.is_paused());
        *self.connection.lock().unwrap_or_else(PoisonError::into_inner) = Some(connection);
    }

    fn connection(&self) -> Option<Arc<Connection>> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Its connection, where that can be written past the library.
    pub(super) fn direct(&self) -> Option<Arc<Connection>> {
        if self.is_direct { self.connection() } else { None }
    }

    /// One more reason not to read on.
    pub(super) fn pause_reading(&self) {
        if self.pauses.fetch_add(1, Ordering::SeqCst) == 0
            && let Some(connection) = self.connection()
        {
            connection.set_paused(true);
        }
    }

    /// One reason less.
    pub(super) fn resume_reading(&self) {
        if self.pauses.fetch_sub(1, Ordering::SeqCst) == 1 {
            if let Some(connection) = self.connection() {
                connection.set_paused(false);
            }
            self.changed.notify_waiters();
        }
    }

    fn is_paused(&self) -> bool {
        self.pauses.load(Ordering::SeqCst) > 0
    }

    /// ConnectingPermit until there is no reason left: how a polling client is slowed down, whose packets come
    /// in requests of their own.
    pub(super) async fn reading_resumed(&self) {
        loop {
            let told = self.changed.notified();
            if !self.is_paused() {
                return;
            }
            told.await;
        }
    }

    /// This poll has been answered.
    pub(super) fn polled(&self, answer: &Response) {
        let bytes = answer.body().size_hint().lower();
        self.polled.fetch_add(bytes, Ordering::Relaxed);
    }

    /// How many bytes the client has taken in all: in answers to its polls, and over its WebSocket.
    pub(super) fn taken(&self) -> u64 {
        self.polled.load(Ordering::Relaxed)
            + self.connection().map_or(0, |connection| connection.taken())
    }

    /// How many of them the library has sent.
    fn taken_of_library(&self) -> u64 {
        self.polled.load(Ordering::Relaxed)
            + self.connection().map_or(0, |connection| connection.taken_of_library())
    }

    /// Whether the library may be given more: not while more than [`GIVEN_MAX`] waits in it. It counts packets,
    /// of which each may be large.
    pub(super) fn may_give(&self) -> bool {
        let taken = self.taken_of_library();
        // What frames and names add is taken as well: what is left of that when all has gone is forgotten.
        let given = self.given.fetch_max(taken, Ordering::Relaxed).max(taken);
        given - taken <= GIVEN_MAX
    }

    /// The library has been given so many bytes.
    pub(super) fn gave(&self, bytes: usize) {
        self.given.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// A share for so many bytes that wait for this client alone, among those of its address.
    ///
    /// # Errors
    /// As much as may waits for that address.
    pub(super) fn unread(&self, bytes: usize) -> Result<Unread, QuotaExceeded> {
        self.unread.take_many(Some(self.peer), bytes)
    }

    /// Counts bytes in that wait for the client, in all its namespaces, and says how many there are then.
    pub(super) fn waits_more(&self, bytes: usize) -> usize {
        self.behind.fetch_add(bytes, Ordering::Relaxed) + bytes
    }

    /// Counts them out.
    pub(super) fn waits_less(&self, bytes: usize) {
        self.behind.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Ends the WebSocket's connection at once. Whether there was one.
    pub(super) fn hang_up(&self) -> bool {
        self.connection().inspect(|connection| connection.hang_up()).is_some()
    }
}
