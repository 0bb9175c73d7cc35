//! Which namespaces are alive: any name may be connected to, none may stay behind.
//!
//! socketioxide makes a namespace for every name that somebody tries, before it asks whether they
//! may, and never frees it. Here each is counted, refused names are freed at once, and a namespace
//! goes a moment after its last connection.

use std::collections::{HashMap, HashSet, VecDeque};
use std::net::IpAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use socketioxide::SocketIo;

use super::bare;
use super::session::Session;
use crate::domain::limits::Limits;
use crate::domain::quota::{Quota, QuotaExceeded, QuotaGuard};
use crate::domain::refusal::Refusal;
use crate::domain::text::{Namespace, TextError};
use crate::hub::Channels;

/// The namespace that is always there: the protocol's own.
pub(super) const ROOT: &str = "/";

/// How long an empty namespace stays, so that a page refresh finds it.
const LINGER: Duration = Duration::from_secs(2);

/// How many empty namespaces may stay; the longest empty goes first.
const EMPTY_MAX: usize = 128;

/// The living namespaces.
#[derive(Debug)]
pub(super) struct Namespaces {
    each: usize,
    /// Those of living rooms that were made before the rules for names held here.
    unruly: HashSet<Namespace>,
    /// One for each namespace that is alive without a room, counted at the address whose client was its first.
    places: Quota<IpAddr>,
    /// Where rooms live: nobody else's namespaces keep people from those.
    channels: Channels,
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    live: HashMap<Arc<str>, Live>,
    /// Those that may be empty, and when they became so, the earliest first.
    empty: VecDeque<(Instant, String)>,
}

#[derive(Debug)]
struct Live {
    sockets: usize,
    /// When somebody last came, tried or left.
    touched: Instant,
    /// None where a room lived when it was opened.
    _place: Option<QuotaGuard<IpAddr>>,
}

impl Namespaces {
    pub(super) fn new(limits: &Limits, unruly: HashSet<Namespace>, channels: Channels) -> Self {
        let Limits { namespaces_each, namespaces_opened, namespaces, .. } = *limits;
        let places = Quota::new(namespaces_opened, namespaces);
        Self { each: namespaces_each, unruly, places, channels, table: Mutex::default() }
    }

    /// The namespace that a client means by this name.
    ///
    /// # Errors
    /// The name breaks the rules for names, and no room from before them lives there.
    pub(super) fn named(&self, name: &str) -> Result<Namespace, TextError> {
        let old = || self.unruly.get(&Namespace::unruly(name)).cloned();
        match self.unruly.is_empty() {
            true => Namespace::parse(name),
            false => old().map_or_else(|| Namespace::parse(name), Ok),
        }
    }

    /// Whether this session may connect to a namespace, which socketioxide has made by now.
    ///
    /// # Errors
    /// It may not; the namespace is gone again unless others are in it.
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
            // Until it is in: a connection can still fail, and then nobody says so.
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
        let namespace = self.named(name)?;
        if session.namespaces.load(Ordering::SeqCst) >= self.each {
            return Err(Refusal::TooManyNamespaces);
        }
        if let Some(entry) = table.live.get_mut(name) {
            entry.touched = now;
            return Ok(());
        }
        let place = match self.is_a_rooms(name, &namespace) {
            true => None,
            false => Some(self.place(table, io, session.peer, now)?),
        };
        table.live.insert(Arc::from(name), Live { sockets: 0, touched: now, _place: place });
        Ok(())
    }

    /// Whether it is the namespace of a living room, written as the room has it: of one name there are many
    /// spellings, and each would be a namespace of its own.
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
        let first = self.places.take(Some(peer));
        let place = first.or_else(|_| {
            table.free_empty(io, now, 0);
            self.places.take(Some(peer))
        });
        place.map_err(|none| match none {
            QuotaExceeded::All => Refusal::HubFull(LINGER),
            QuotaExceeded::Each => Refusal::TooManyNamespaces,
        })
    }

    /// Somebody was turned away for another reason: the name that they tried is freed unless others are in it.
    pub(super) fn forget(&self, io: &SocketIo, name: &str) {
        if name != ROOT && !self.table().live.contains_key(name) {
            io.delete_ns(name);
        }
    }

    /// A connection is in; the name, which all who are in share.
    pub(super) fn enter(&self, name: &str, session: &Session) -> Arc<str> {
        session.namespaces.fetch_add(1, Ordering::SeqCst);
        let mut table = self.table();
        if let Some(entry) = table.live.get_mut(name) {
            entry.sockets += 1;
        }
        let shared = table.live.get_key_value(name).map(|(name, _)| Arc::clone(name));
        shared.unwrap_or_else(|| Arc::from(name))
    }

    /// A connection is out.
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

    /// How many are alive, those that are empty for a moment included.
    pub(super) fn count(&self) -> usize {
        self.table().live.len()
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn may_be_empty(&mut self, io: &SocketIo, name: &str, now: Instant) {
        self.empty.push_back((now, name.to_owned()));
        self.free_empty(io, now.checked_sub(LINGER).unwrap_or(now), EMPTY_MAX);
    }

    /// Frees what is empty since before `until`, and as many more as leave at most `keep`.
    fn free_empty(&mut self, io: &SocketIo, until: Instant, keep: usize) {
        while let Some((since, _)) = self.empty.front()
            && (*since < until || self.empty.len() > keep)
        {
            let Some((since, name)) = self.empty.pop_front() else { return };
            // Somebody may be in again, or have tried since: then a later entry stands for it.
            if self.live.get(&*name).is_some_and(|e| e.sockets == 0 && e.touched <= since) {
                self.live.remove(&*name);
                io.delete_ns(&name);
            }
        }
    }
}
