//! One client's connection to one namespace: what goes out to it, and how much may come in.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use serde_json::value::RawValue;
use socketioxide::adapter::LocalAdapter;
use socketioxide::extract::AckSender;
use socketioxide::handler::{FromMessageParts, Value};
use socketioxide::socket::Socket;
use socketioxide::{SendError, SocketError};

use super::frame::Bundle;
use super::session::Session;
use super::turns::Turns;
use crate::domain::ids::{ConnId, IdentityId};
use crate::door::Unread;
use crate::tcp::{Drain, Line, Past};

/// From how many undecided events on nothing more is read from a client.
const UNDECIDED_BUSY: usize = 32;

/// How many undecided events end a connection: more than the packets that were in its buffers when
/// reading stopped.
const UNDECIDED_MAX: usize = 8_192;

/// How many parcels may wait behind a full transport. They share the broadcasts' bytes.
const BACKLOG_MAX: usize = 4_096;

/// How many bytes may wait for one client in all its namespaces, as if nothing were shared: a small room's are
/// its own.
const BACKLOG_BYTES: usize = 512 * 1024;

/// A connection to a namespace.
pub(super) struct Conn {
    pub(super) id: ConnId,
    pub(super) socket: Arc<Socket<LocalAdapter>>,
    pub(super) session: Arc<Session>,
    /// The session's connection, where that can be written past the library.
    direct: Option<Arc<Line>>,
    /// What the protocol calls the namespace; all who are in it share this.
    namespace: Arc<str>,
    /// Whose browser it is.
    pub(super) identity: IdentityId,
    undecided: AtomicUsize,
    /// Whether this connection holds its session for undecided events.
    holds: AtomicBool,
    turns: Mutex<Turns>,
    out: Mutex<Out>,
}

/// What waits to go out.
#[derive(Default)]
struct Out {
    backlog: VecDeque<Behind>,
    /// While somebody sees to what waits: how the client takes it.
    drain: Option<Drain>,
    /// Whether the first parcel went to the library, behind its own word that the client is connected:
    /// nothing may be written past that.
    is_greeted: bool,
    is_over: bool,
}

/// A parcel that waits.
struct Behind {
    parcel: Parcel,
    /// Its bytes among those that wait for clients of this address, where nobody shares them.
    _own: Option<Unread>,
}

/// Something to go out.
#[derive(Clone)]
pub(super) enum Parcel {
    /// An event, its payload shared with all who get it.
    Event(&'static str, Arc<RawValue>),
    /// The acknowledgement that the client gave this number.
    Ack(i64, Arc<RawValue>),
}

impl Parcel {
    /// How many bytes wait with it.
    fn len(&self) -> usize {
        let (Self::Event(_, payload) | Self::Ack(_, payload)) = self;
        payload.get().len()
    }
}

/// What became of parcels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    /// They went out, or wait behind others that somebody sees to already.
    Flowing,
    /// The transport is full: somebody has to see to what waits.
    Waiting,
    /// The client takes too little; the connection is to be ended.
    Stuck,
}

impl Out {
    /// Something still waits, of a client that has taken so many bytes by now.
    fn waits(&mut self, now: Instant, taken: u64) -> Sent {
        let is_stuck = self.drain.as_mut().is_some_and(|drain| drain.is_stuck(now, taken));
        if is_stuck { Sent::Stuck } else { Sent::Waiting }
    }
}

impl Conn {
    pub(super) fn new(
        id: ConnId,
        socket: Arc<Socket<LocalAdapter>>,
        session: Arc<Session>,
        identity: IdentityId,
        namespace: Arc<str>,
    ) -> Self {
        Self {
            id,
            socket,
            direct: session.direct(),
            session,
            namespace,
            identity,
            undecided: AtomicUsize::new(0),
            holds: AtomicBool::new(false),
            turns: Mutex::default(),
            out: Mutex::default(),
        }
    }

    /// Sends parcels, after all that wait already.
    pub(super) fn send(&self, bundle: &mut Bundle) -> Sent {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        if out.is_over {
            return Sent::Flowing;
        }
        let was_behind = out.drain.is_some();
        let is_greeted = std::mem::replace(&mut out.is_greeted, true);
        if let Some(line) = self.direct.as_ref().filter(|_| is_greeted && !was_behind) {
            match line.write_past(bundle.frames(&self.namespace)) {
                Past::Written => return Sent::Flowing,
                Past::Begun => return self.falls_behind(&mut out),
                // They share their bytes here; the library would hold a copy of each.
                Past::Full => return self.keep(&mut out, bundle, 0),
                Past::No => {}
            }
        }
        let taken = match was_behind {
            true => 0,
            false => bundle.parcels().iter().take_while(|parcel| self.deliver(parcel)).count(),
        };
        if taken == bundle.parcels().len() {
            Sent::Flowing
        } else {
            self.keep(&mut out, bundle, taken)
        }
    }

    /// Keeps a bundle's parcels, but for the first ones, until the transport takes them.
    fn keep(&self, out: &mut Out, bundle: &Bundle, taken: usize) -> Sent {
        let parcels = bundle.parcels().get(taken..).unwrap_or_default();
        for parcel in parcels {
            let own = match bundle.is_shared() {
                true => None,
                false => match self.session.unread(parcel.len()) {
                    Ok(own) => Some(own),
                    Err(_) => return Sent::Stuck,
                },
            };
            let behind = self.session.waits_more(parcel.len());
            out.backlog.push_back(Behind { parcel: parcel.clone(), _own: own });
            if out.backlog.len() > BACKLOG_MAX || behind > BACKLOG_BYTES {
                return Sent::Stuck;
            }
        }
        // Somebody sees to them already where others wait.
        if out.drain.is_some() { Sent::Flowing } else { self.falls_behind(out) }
    }

    /// Whether something waits for the client, and somebody sees to it.
    pub(super) fn is_behind(&self) -> bool {
        self.out.lock().unwrap_or_else(PoisonError::into_inner).drain.is_some()
    }

    /// From now on somebody sees to what waits.
    fn falls_behind(&self, out: &mut Out) -> Sent {
        // A client that does not take its answers is not read from either.
        self.session.hold();
        out.drain = Some(Drain::new(Instant::now(), self.session.taken()));
        Sent::Waiting
    }

    /// Sends what waits, as far as the transport takes it.
    pub(super) fn flush(&self, now: Instant) -> Sent {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        if self.direct.as_ref().is_some_and(|line| !line.write_rest()) {
            return out.waits(now, self.session.taken());
        }
        while let Some(Behind { parcel, .. }) = out.backlog.front() {
            let past = self.direct.as_ref().map_or(Past::No, |line| {
                line.write_past(Bundle::own(parcel.clone()).frames(&self.namespace))
            });
            if past == Past::Full || (past == Past::No && !self.deliver(parcel)) {
                return out.waits(now, self.session.taken());
            }
            self.session.waits_less(parcel.len());
            out.backlog.pop_front();
            if past == Past::Begun {
                return Sent::Waiting;
            }
        }
        if out.drain.take().is_some() {
            self.session.release();
        }
        Sent::Flowing
    }

    /// Hands a parcel to the transport. False where that holds as much as it may.
    fn deliver(&self, parcel: &Parcel) -> bool {
        let give = || {
            let sent = match parcel {
                Parcel::Event(name, payload) => self.socket.emit(name, &**payload),
                Parcel::Ack(number, payload) => self.ack_sender(*number).send(&**payload),
            };
            !matches!(sent, Err(SendError::Socket(SocketError::InternalChannelFull)))
        };
        let is_taken = self.session.may_give()
            && match &self.direct {
                Some(line) => line.give_packet(give),
                None => give(),
            };
        if is_taken {
            self.session.gave(parcel.len());
        }
        is_taken
    }

    /// socketioxide's sender is used up by a try that fails; this makes it anew for each.
    fn ack_sender(&self, number: i64) -> AckSender {
        let mut unread = Value::Bytes(axum::body::Bytes::new());
        let made = AckSender::from_message_parts(&self.socket, &mut unread, &Some(number));
        match made {
            Ok(sender) => sender,
            Err(never) => match never {},
        }
    }

    /// Its events that wait for their turn.
    pub(super) fn turns(&self) -> MutexGuard<'_, Turns> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets what waits and takes no more.
    pub(super) fn end(&self) {
        // Each holds the connection: without this it would stay for ever.
        drop(self.turns().last_words());
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        out.is_over = true;
        let behind = std::mem::take(&mut out.backlog);
        self.session.waits_less(behind.iter().map(|behind| behind.parcel.len()).sum());
        if out.drain.take().is_some() {
            self.session.release();
        }
    }

    /// Counts an event in until its permit is dropped. None where there are far too many.
    pub(super) fn permit(self: &Arc<Self>) -> Option<Permit> {
        let before = self.undecided.fetch_add(1, Ordering::SeqCst);
        let permit = Permit(Arc::clone(self));
        if before >= UNDECIDED_MAX {
            return None;
        }
        if before + 1 >= UNDECIDED_BUSY && !self.holds.swap(true, Ordering::SeqCst) {
            self.session.hold();
        }
        Some(permit)
    }
}

/// An event under way.
pub(super) struct Permit(Arc<Conn>);

impl Drop for Permit {
    fn drop(&mut self) {
        let before = self.0.undecided.fetch_sub(1, Ordering::SeqCst);
        if before <= UNDECIDED_BUSY / 2 && self.0.holds.swap(false, Ordering::SeqCst) {
            self.0.session.release();
        }
    }
}
