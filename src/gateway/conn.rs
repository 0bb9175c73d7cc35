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
use crate::domain::pace::{Pace, Step};
use crate::domain::throttle::Rate;
use crate::domain::time::HubTime;
use crate::patience;
use crate::tcp::{Line, Past};

/// From how many undecided events on nothing more is read from a client.
const UNDECIDED_BUSY: usize = 32;

/// How many undecided events end a connection: more than the packets that were in its buffers when
/// reading stopped.
const UNDECIDED_MAX: usize = 8_192;

/// How many parcels may wait behind a full transport. They share the broadcasts' bytes.
const BACKLOG_MAX: usize = 4_096;

/// How many bytes of them, as if nothing were shared: a small room's are its own.
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
    pace: Mutex<Pace>,
    undecided: AtomicUsize,
    /// Whether this connection holds its session for undecided events.
    holds: AtomicBool,
    turns: Mutex<Turns>,
    out: Mutex<Out>,
}

/// What waits to go out.
#[derive(Default)]
struct Out {
    backlog: VecDeque<Parcel>,
    /// How many bytes that is.
    bytes: usize,
    /// Since somebody sees to what waits: when it last got less.
    moved: Option<Instant>,
    /// Whether the first parcel went to the library, behind its own word that the client is connected:
    /// nothing may be written past that.
    is_greeted: bool,
    is_over: bool,
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
    fn waits(&self, now: Instant) -> Sent {
        let is_stuck = self.moved.is_some_and(|moved| now - moved > patience::READING);
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
            pace: Mutex::default(),
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
        let was_behind = out.moved.is_some();
        let is_greeted = std::mem::replace(&mut out.is_greeted, true);
        if let Some(line) = self.direct.as_ref().filter(|_| is_greeted && !was_behind) {
            match line.write_past(bundle.frames(&self.namespace)) {
                Past::Written => return Sent::Flowing,
                Past::Begun => return self.falls_behind(&mut out),
                // They share their bytes here; the library would hold a copy of each.
                Past::Full => return self.keep(&mut out, bundle.parcels()),
                Past::No => {}
            }
        }
        let parcels = bundle.parcels();
        let taken = match was_behind {
            true => 0,
            false => parcels.iter().take_while(|parcel| self.deliver(parcel)).count(),
        };
        match parcels.get(taken..) {
            None | Some([]) => Sent::Flowing,
            Some(behind) => self.keep(&mut out, behind),
        }
    }

    /// Keeps parcels until the transport takes them.
    fn keep(&self, out: &mut Out, parcels: &[Parcel]) -> Sent {
        out.bytes += parcels.iter().map(Parcel::len).sum::<usize>();
        out.backlog.extend(parcels.iter().cloned());
        if out.backlog.len() > BACKLOG_MAX || out.bytes > BACKLOG_BYTES {
            return Sent::Stuck;
        }
        // Somebody sees to them already where others wait.
        if out.moved.is_some() { Sent::Flowing } else { self.falls_behind(out) }
    }

    /// From now on somebody sees to what waits.
    fn falls_behind(&self, out: &mut Out) -> Sent {
        // A client that does not take its answers is not read from either.
        self.session.hold();
        out.moved = Some(Instant::now());
        Sent::Waiting
    }

    /// Sends what waits, as far as the transport takes it.
    pub(super) fn flush(&self, now: Instant) -> Sent {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        if self.direct.as_ref().is_some_and(|line| !line.write_rest()) {
            return out.waits(now);
        }
        while let Some(parcel) = out.backlog.front() {
            let past = self.direct.as_ref().map_or(Past::No, |line| {
                line.write_past(Bundle::new(vec![parcel.clone()]).frames(&self.namespace))
            });
            if past == Past::Full || (past == Past::No && !self.deliver(parcel)) {
                return out.waits(now);
            }
            out.bytes -= parcel.len();
            out.backlog.pop_front();
            out.moved = Some(now);
            if past == Past::Begun {
                return Sent::Waiting;
            }
        }
        if out.moved.take().is_some() {
            self.session.release();
        }
        Sent::Flowing
    }

    /// Hands a parcel to the transport. False where its buffer is full.
    fn deliver(&self, parcel: &Parcel) -> bool {
        let give = || {
            let sent = match parcel {
                Parcel::Event(name, payload) => self.socket.emit(name, &**payload),
                Parcel::Ack(number, payload) => self.ack_sender(*number).send(&**payload),
            };
            !matches!(sent, Err(SendError::Socket(SocketError::InternalChannelFull)))
        };
        match &self.direct {
            Some(line) => line.give_packet(give),
            None => give(),
        }
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
        out.backlog.clear();
        out.bytes = 0;
        if out.moved.take().is_some() {
            self.session.release();
        }
    }

    /// Whether an event comes in time.
    pub(super) fn step(&self, rate: Rate, now: HubTime) -> Step {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner).step(rate, now)
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
