//! An Engine.IO session: what the handshake told, kept small. A client uses one session for all the namespaces
//! that it connects to.

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};
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
use crate::sync::lock;
use crate::tcp::Connection;

/// No upgrade is under way.
const NONE: u8 = 0;
/// A WebSocket is open, and its probe is awaited.
const BEGUN: u8 = 1;
/// The probe is answered, and the client waits for its poll to end.
const PROBED: u8 = 2;

/// How long a poll is delayed that arrives after the probe was answered.
const PROBED_POLL: Duration = Duration::from_millis(100);

/// How many bytes socketioxide may hold for one client. Further packets wait in the client's backlog, where
/// broadcasts share their bytes.
const GIVEN_MAX: u64 = 64 * 1024;

/// An Engine.IO session.
#[derive(Debug)]
pub(super) struct Session {
    /// The browser's identity: proved by the handshake's token, or newly given.
    pub(super) identity: IdentityId,
    /// The client's address.
    pub(super) peer: IpAddr,
    /// Its part of the quota of sessions, freed with it.
    _place: Place,
    /// The WebSocket's connection. `None` on polling, where each request may use another.
    connection: Mutex<Option<Arc<Connection>>>,
    /// The rate limit of its events, in all its namespaces.
    flood_control: Mutex<FloodControl>,
    /// Whether the hub has ended it: further events are ignored.
    is_over: AtomicBool,
    /// Whether direct writes are possible: the session began as a WebSocket.
    is_direct: bool,
    /// For how many reasons reading is paused.
    pauses: AtomicUsize,
    /// Notified when reading is resumed, and when a probe has arrived.
    changed: Notify,
    /// The state of an upgrade to WebSocket: [`NONE`], [`BEGUN`] or [`PROBED`].
    probe: AtomicU8,
    /// How many bytes the answers to its polls had.
    polled: AtomicU64,
    /// How many bytes socketioxide was given; see [`Session::may_give`].
    given: AtomicU64,
    /// The quota of unsent bytes by address.
    unread: Quota<IpAddr>,
    /// How many bytes are in the backlogs of its clients.
    backlog: AtomicUsize,
    /// How many namespaces it is connected to.
    pub(super) namespaces: AtomicUsize,
    /// The Engine.IO sid: known from the handshake on; on a WebSocket, from the first namespace on.
    pub(super) sid: OnceLock<Sid>,
    /// Held until it is in a namespace.
    connecting: Mutex<Option<ConnectingPermit>>,
    idle: Mutex<Idle>,
}

/// Whether a session is in no namespace.
#[derive(Debug, Default)]
struct Idle {
    /// When it left its last namespace. `None` while it is in one.
    since: Option<Instant>,
    /// Whether it is among the candidates for eviction.
    is_watched: bool,
}

impl Session {
    /// A session that begins on this WebSocket's connection, or with polling.
    pub(super) fn new(
        identity: IdentityId,
        (place, peer): (Place, IpAddr),
        unread: Quota<IpAddr>,
        connecting: ConnectingPermit,
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
            backlog: AtomicUsize::new(0),
            namespaces: AtomicUsize::new(0),
            sid: OnceLock::new(),
            connecting: Mutex::new(Some(connecting)),
            idle: Mutex::default(),
        }
    }

    /// Sets the Engine.IO sid.
    pub(super) fn set_sid(&self, sid: Sid) {
        let _known = self.sid.set(sid);
    }

    /// Its client has connected to a namespace.
    pub(super) fn has_namespace(&self, sid: Sid) {
        self.set_sid(sid);
        drop(lock(&self.connecting).take());
        self.idle().since = None;
    }

    /// It has left its last namespace. Returns whether it becomes a candidate for eviction; false if it is one.
    pub(super) fn is_idle_since(&self, now: Instant) -> bool {
        let mut idle = self.idle();
        idle.since = Some(now);
        !std::mem::replace(&mut idle.is_watched, true)
    }

    /// For how long it has been in no namespace. `None` if it is in one: it is no candidate for eviction then.
    pub(super) fn idle_for(&self, now: Instant) -> Option<Duration> {
        let mut idle = self.idle();
        idle.is_watched = idle.since.is_some();
        idle.since.map(|since| now - since)
    }

    fn idle(&self) -> MutexGuard<'_, Idle> {
        lock(&self.idle)
    }

    /// Counts an event against the rate limit.
    pub(super) fn count_event(&self, rate: Rate, now: HubTime) -> Verdict {
        lock(&self.flood_control).count(rate, now)
    }

    /// Marks the session as ended by the hub. Returns false if it is marked already.
    pub(super) fn mark_over(&self) -> bool {
        !self.is_over.swap(true, Ordering::SeqCst)
    }

    /// Whether the hub has ended it.
    pub(super) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::SeqCst)
    }

    /// Begins an upgrade. Returns false if one is under way, or the session has a WebSocket.
    pub(super) fn begins_probe(&self) -> bool {
        let may_begin = self.connection().is_none();
        may_begin
            && self.probe.compare_exchange(NONE, BEGUN, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }

    /// The client's probe has arrived: its polls have to end.
    pub(super) fn is_probed(&self) {
        self.probe.store(PROBED, Ordering::SeqCst);
        self.changed.notify_waiters();
    }

    /// The upgrade has ended, successful or not.
    pub(super) fn ends_probe(&self) {
        self.probe.store(NONE, Ordering::SeqCst);
    }

    /// Waits until a probe has arrived. If one has already, a client that still polls is delayed for [`PROBED_POLL`],
    /// so that it does not poll in a busy loop.
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

    /// The upgrade has succeeded: the session uses this connection from now on.
    pub(super) fn upgrade_to(&self, connection: Arc<Connection>) {
        connection.set_paused(self.is_paused());
        *lock(&self.connection) = Some(connection);
    }

    fn connection(&self) -> Option<Arc<Connection>> {
        lock(&self.connection).clone()
    }

    /// Its connection, if direct writes are possible.
    pub(super) fn direct(&self) -> Option<Arc<Connection>> {
        if self.is_direct { self.connection() } else { None }
    }

    /// Adds a reason to pause reading.
    pub(super) fn pause_reading(&self) {
        if self.pauses.fetch_add(1, Ordering::SeqCst) == 0
            && let Some(connection) = self.connection()
        {
            connection.set_paused(true);
        }
    }

    /// Removes a reason to pause reading.
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

    /// Waits until there is no reason left to pause. This slows down a polling client, whose packets come in requests
    /// of their own.
    pub(super) async fn reading_resumed(&self) {
        loop {
            let told = self.changed.notified();
            if !self.is_paused() {
                return;
            }
            told.await;
        }
    }

    /// Counts the answer to a poll.
    pub(super) fn count_poll(&self, answer: &Response) {
        let bytes = answer.body().size_hint().lower();
        self.polled.fetch_add(bytes, Ordering::Relaxed);
    }

    /// How many bytes the client has taken: in answers to polls, and over its WebSocket.
    pub(super) fn taken(&self) -> u64 {
        self.polled.load(Ordering::Relaxed)
            + self.connection().map_or(0, |connection| connection.taken())
    }

    /// How many of [`Self::taken`] socketioxide has sent.
    fn taken_of_io(&self) -> u64 {
        self.polled.load(Ordering::Relaxed)
            + self.connection().map_or(0, |connection| connection.taken_of_io())
    }

    /// Whether socketioxide may be given more packets: not while it holds more than [`GIVEN_MAX`] bytes. Its own
    /// limit counts packets, each of which may be large.
    pub(super) fn may_give(&self) -> bool {
        let taken = self.taken_of_io();
        // Bytes taken include frame heads and event names, so `taken` may overtake `given`.
        let given = self.given.fetch_max(taken, Ordering::Relaxed).max(taken);
        given - taken <= GIVEN_MAX
    }

    /// Counts bytes that socketioxide was given.
    pub(super) fn count_given(&self, bytes: usize) {
        self.given.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Reserves bytes that wait for this client alone, from the quota of its address.
    ///
    /// # Errors
    /// The quota is exhausted.
    pub(super) fn unread(&self, bytes: usize) -> Result<Unread, QuotaExceeded> {
        self.unread.take_many(Some(self.peer), bytes)
    }

    /// Adds bytes to the count of the backlogs, in all namespaces. Returns the new count.
    pub(super) fn add_backlog(&self, bytes: usize) -> usize {
        self.backlog.fetch_add(bytes, Ordering::Relaxed) + bytes
    }

    /// Subtracts bytes from the count of the backlogs.
    pub(super) fn remove_backlog(&self, bytes: usize) {
        self.backlog.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Shuts the WebSocket's connection down at once. Returns whether there was one.
    pub(super) fn hang_up(&self) -> bool {
        self.connection().inspect(|connection| connection.hang_up()).is_some()
    }
}
