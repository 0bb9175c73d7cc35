//! Counts connections per namespace, so that any name may be connected to and unused names are freed.
//!
//! socketioxide creates a namespace for every name that a client tries, before it asks whether the client may
//! connect, and never frees it. Here a refused name is freed at once, and a namespace soon after its last
//! connection.

use std::collections::{HashMap, HashSet, VecDeque};
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use socketioxide::SocketIo;

use super::bare;
use super::session::Session;
use crate::domain::limits::Limits;
use crate::domain::quota::{Quota, QuotaExceeded, QuotaGuard};
use crate::domain::refusal::Refusal;
use crate::domain::text::{Namespace, TextError};
use crate::hub::Channels;
use crate::sync::lock;

/// The protocol's default namespace, which always exists.
pub(super) const ROOT: &str = "/";

/// How long an empty namespace stays, so that a page refresh finds it.
const LINGER: Duration = Duration::from_secs(2);

/// The most empty namespaces that stay; the one that has been empty longest is freed first.
const EMPTY_MAX: usize = 128;

/// The living namespaces.
#[derive(Debug)]
pub(super) struct Namespaces {
    each: AtomicUsize,
    /// Namespaces of living rooms that are older than today's rules for names.
    unruly: HashSet<Namespace>,
    /// The quota of namespaces without a room, by the address of the first client.
    quota: Quota<IpAddr>,
    /// The namespaces of rooms, which need no quota: people can always reach a room.
    channels: Channels,
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    live: HashMap<Arc<str>, Live>,
    /// Namespaces that may be empty, and since when, the earliest first.
    empty: VecDeque<(Instant, String)>,
}

#[derive(Debug)]
struct Live {
    /// Its name, parsed once.
    namespace: Namespace,
    sockets: usize,
    /// When a client last connected, tried to, or disconnected.
    touched: Instant,
    /// `None` if a room lived in it when it was opened.
    _quota: Option<QuotaGuard<IpAddr>>,
}

impl Namespaces {
    pub(super) fn new(limits: &Limits, unruly: HashSet<Namespace>, channels: Channels) -> Self {
        let Limits { namespaces_each, namespaces_opened, namespaces, .. } = *limits;
        let quota = Quota::new(namespaces_opened, namespaces);
        let each = AtomicUsize::new(namespaces_each);
        Self { each, unruly, quota, channels, table: Mutex::default() }
    }

    /// Changes the limits. Namespaces that are open stay, even above a lower limit.
    pub(super) fn set(&self, limits: &Limits) {
        self.each.store(limits.namespaces_each, Ordering::Relaxed);
        self.quota.set(limits.namespaces_opened, limits.namespaces);
    }

    /// Parses the name of a namespace.
    ///
    /// # Errors
    /// The name breaks the rules for names, and no older room lives there.
    pub(super) fn named(&self, name: &str) -> Result<Namespace, TextError> {
        let old = || self.unruly.get(&Namespace::unruly(name)).cloned();
        match self.unruly.is_empty() {
            true => Namespace::parse(name),
            false => old().map_or_else(|| Namespace::parse(name), Ok),
        }
    }

    /// Checks whether this session may connect to a namespace, which socketioxide has created by now.
    ///
    /// # Errors
    /// It may not. The namespace is freed unless others are connected to it.
    pub(super) fn check(
        &self,
        io: &SocketIo,
        name: &str,
        session: &Session,
        now: Instant,
    ) -> Result<(), Refusal> {
        if name == ROOT {
            return Ok(());
        }
        let mut table = self.table();
        let verdict = self.verdict(&mut table, io, name, session, now);
        if verdict.is_ok() {
            // Connecting can still fail without notice.
            table.may_be_empty(io, name, now);
        } else if !table.live.contains_key(name) {
            io.delete_ns(name);
        }
        verdict
    }

    fn verdict(
        &self,
        table: &mut Table,
        io: &SocketIo,
        name: &str,
        session: &Session,
        now: Instant,
    ) -> Result<(), Refusal> {
        if session.namespaces.load(Ordering::SeqCst) >= self.each.load(Ordering::Relaxed) {
            return Err(Refusal::TooManyNamespaces);
        }
        if let Some(entry) = table.live.get_mut(name) {
            entry.touched = now;
            return Ok(());
        }
        let namespace = self.named(name)?;
        let place = match self.is_a_rooms(name, &namespace) {
            true => None,
            false => Some(self.place(table, io, session.peer, now)?),
        };
        let live = Live { namespace, sockets: 0, touched: now, _quota: place };
        table.live.insert(Arc::from(name), live);
        Ok(())
    }

    /// Whether a room lives in this namespace, with exactly this spelling: other spellings of the name would be
    /// namespaces of their own.
    fn is_a_rooms(&self, name: &str, namespace: &Namespace) -> bool {
        bare(name) == namespace.as_str() && self.channels.has(namespace)
    }

    fn place(
        &self,
        table: &mut Table,
        io: &SocketIo,
        peer: IpAddr,
        now: Instant,
    ) -> Result<QuotaGuard<IpAddr>, Refusal> {
        let first = self.quota.take(Some(peer));
        let place = first.or_else(|_| {
            table.free_empty(io, now, 0);
            self.quota.take(Some(peer))
        });
        place.map_err(|none| match none {
            QuotaExceeded::All => Refusal::HubFull(LINGER),
            QuotaExceeded::Each => Refusal::TooManyNamespaces,
        })
    }

    /// Frees a namespace after a refusal, unless others are connected to it.
    pub(super) fn forget(&self, io: &SocketIo, name: &str) {
        if name != ROOT && !self.table().live.contains_key(name) {
            io.delete_ns(name);
        }
    }

    /// Counts a connection. Returns the name, shared by all connections, and the namespace, which the root is none.
    pub(super) fn enter(&self, name: &str, session: &Session) -> (Arc<str>, Option<Namespace>) {
        session.namespaces.fetch_add(1, Ordering::SeqCst);
        let mut table = self.table();
        if let Some(entry) = table.live.get_mut(name) {
            entry.sockets += 1;
        }
        match table.live.get_key_value(name) {
            Some((name, live)) => (Arc::clone(name), Some(live.namespace.clone())),
            None => (Arc::from(name), None),
        }
    }

    /// Counts a connection out.
    pub(super) fn leave(&self, io: &SocketIo, name: &str, session: &Session, now: Instant) {
        session.namespaces.fetch_sub(1, Ordering::SeqCst);
        let mut table = self.table();
        let Some(entry) = table.live.get_mut(name) else { return };
        entry.sockets = entry.sockets.saturating_sub(1);
        entry.touched = now;
        if entry.sockets == 0 {
            table.may_be_empty(io, name, now);
        }
    }

    /// Frees the namespaces that have been empty for a while.
    pub(super) fn sweep(&self, io: &SocketIo, now: Instant) {
        self.table().free_empty(io, now.checked_sub(LINGER).unwrap_or(now), EMPTY_MAX);
    }

    /// How many namespaces exist, including those that have been empty for less than [`LINGER`].
    pub(super) fn count(&self) -> usize {
        self.table().live.len()
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        lock(&self.table)
    }
}

impl Table {
    fn may_be_empty(&mut self, io: &SocketIo, name: &str, now: Instant) {
        self.empty.push_back((now, name.to_owned()));
        self.free_empty(io, now.checked_sub(LINGER).unwrap_or(now), EMPTY_MAX);
    }

    /// Frees the namespaces that have been empty since before `until`, and more until at most `keep` are left.
    fn free_empty(&mut self, io: &SocketIo, until: Instant, keep: usize) {
        while let Some((since, _)) = self.empty.front()
            && (*since < until || self.empty.len() > keep)
        {
            let Some((since, name)) = self.empty.pop_front() else { return };
            // If a client has connected or tried since, a later entry stands for the namespace.
            if self.live.get(&*name).is_some_and(|e| e.sockets == 0 && e.touched <= since) {
                self.live.remove(&*name);
                io.delete_ns(&name);
            }
        }
    }
}
