//! One client's connection to one namespace: what goes out to it, and how much may come in.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use socketioxide::adapter::LocalAdapter;
use socketioxide::extract::AckSender;
use socketioxide::handler::{FromMessageParts, Value};
use socketioxide::socket::Socket;
use socketioxide::{SendError, SocketError};

use super::backpressure::{Backpressure, Permit};
use super::inbound_queue::InboundQueue;
use super::packet::{EncodedBatch, Packet};
use super::session::Session;
use crate::domain::ids::{ConnId, IdentityId};
use crate::door::Unread;
use crate::tcp::{Connection, DirectWrite, Drain};

/// How many packets may wait behind a full transport. They share the broadcasts' bytes.
const BACKLOG_MAX: usize = 4_096;

/// How many bytes may wait for one client in all its namespaces, as if nothing were shared: a small room's are
/// its own.
const BACKLOG_BYTES: usize = 512 * 1024;

/// A connection to a namespace.
pub(super) struct Client {
    pub(super) id: ConnId,
    pub(super) socket: Arc<Socket<LocalAdapter>>,
    pub(super) session: Arc<Session>,
    /// The session's connection, where that can be written past the library.
    direct: Option<Arc<Connection>>,
    /// What the protocol calls the namespace; all who are in it share this.
    namespace: Arc<str>,
    /// Whose browser it is.
    pub(super) identity: IdentityId,
    backpressure: Arc<Backpressure>,
    inbound: Mutex<InboundQueue>,
    out: Mutex<Out>,
}

/// What waits to go out.
#[derive(Default)]
struct Out {
    backlog: VecDeque<Behind>,
    /// While somebody sees to what waits: how the client takes it.
    drain: Option<Drain>,
    /// Whether the first packet went to the library, behind its own word that the client is connected:
    /// nothing may be written past that.
    is_greeted: bool,
    is_over: bool,
}

/// A packet that waits.
struct Behind {
    packet: Packet,
    /// Its bytes among those that wait for clients of this address, where nobody shares them.
    _own: Option<Unread>,
}

/// What became of packets.
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

impl Client {
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
            backpressure: Backpressure::new(Arc::clone(&session)),
            session,
            namespace,
            identity,
            inbound: Mutex::default(),
            out: Mutex::default(),
        }
    }

    /// Sends packets, after all that wait already.
    pub(super) fn send(&self, batch: &mut EncodedBatch) -> Sent {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        if out.is_over {
            return Sent::Flowing;
        }
        let was_behind = out.drain.is_some();
        let is_greeted = std::mem::replace(&mut out.is_greeted, true);
        if let Some(connection) = self.direct.as_ref().filter(|_| is_greeted && !was_behind) {
            match connection.write_direct(batch.frames(&self.namespace)) {
                DirectWrite::Done => return Sent::Flowing,
                DirectWrite::Partial => return self.falls_behind(&mut out),
                // They share their bytes here; the library would hold a copy of each.
                DirectWrite::WouldBlock => return self.keep(&mut out, batch, 0),
                DirectWrite::Unavailable => {}
            }
        }
        let taken = match was_behind {
            true => 0,
            false => batch.packets().iter().take_while(|packet| self.deliver(packet)).count(),
        };
        if taken == batch.packets().len() {
            Sent::Flowing
        } else {
            self.keep(&mut out, batch, taken)
        }
    }

    /// Keeps a batch's packets, but for the first ones, until the transport takes them.
    fn keep(&self, out: &mut Out, batch: &EncodedBatch, taken: usize) -> Sent {
        let packets = batch.packets().get(taken..).unwrap_or_default();
        for packet in packets {
            let own = match batch.is_shared() {
                true => None,
                false => match self.session.unread(packet.len()) {
                    Ok(own) => Some(own),
                    Err(_) => return Sent::Stuck,
                },
            };
            let behind = self.session.waits_more(packet.len());
            out.backlog.push_back(Behind { packet: packet.clone(), _own: own });
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
        self.session.pause_reading();
        out.drain = Some(Drain::new(Instant::now(), self.session.taken()));
        Sent::Waiting
    }

    /// Sends what waits, as far as the transport takes it.
    pub(super) fn flush(&self, now: Instant) -> Sent {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        if self.direct.as_ref().is_some_and(|connection| !connection.write_remainder()) {
            return out.waits(now, self.session.taken());
        }
        while let Some(Behind { packet, .. }) = out.backlog.front() {
            let past = self.direct.as_ref().map_or(DirectWrite::Unavailable, |connection| {
                connection.write_direct(EncodedBatch::own(packet.clone()).frames(&self.namespace))
            });
            if past == DirectWrite::WouldBlock
                || (past == DirectWrite::Unavailable && !self.deliver(packet))
            {
                return out.waits(now, self.session.taken());
            }
            self.session.waits_less(packet.len());
            out.backlog.pop_front();
            if past == DirectWrite::Partial {
                return Sent::Waiting;
            }
        }
        if out.drain.take().is_some() {
            self.session.resume_reading();
        }
        Sent::Flowing
    }

    /// Hands a packet to the transport. False where that holds as much as it may.
    fn deliver(&self, packet: &Packet) -> bool {
        let give = || {
            let sent = match packet {
                Packet::Event(name, payload) => self.socket.emit(name, &**payload),
                Packet::Ack(number, payload) => self.ack_sender(*number).send(&**payload),
            };
            !matches!(sent, Err(SendError::Socket(SocketError::InternalChannelFull)))
        };
        let is_taken = self.session.may_give()
            && match &self.direct {
                Some(connection) => connection.give_packet(give),
                None => give(),
            };
        if is_taken {
            self.session.gave(packet.len());
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
    pub(super) fn inbound(&self) -> MutexGuard<'_, InboundQueue> {
        self.inbound.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets what waits and takes no more.
    pub(super) fn end(&self) {
        // Each holds the connection: without this it would stay for ever.
        drop(self.inbound().take_last());
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        out.is_over = true;
        let behind = std::mem::take(&mut out.backlog);
        self.session.waits_less(behind.iter().map(|behind| behind.packet.len()).sum());
        if out.drain.take().is_some() {
            self.session.resume_reading();
        }
    }

    /// Counts an event until its permit is dropped. `None` if far too many are undecided.
    pub(super) fn permit(&self) -> Option<Permit> {
        self.backpressure.permit()
    }
}
