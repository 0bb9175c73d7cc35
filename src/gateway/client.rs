//! One client's connection to one namespace: what goes out to it, and how much may come in.

use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard};
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
use crate::metrics::Metrics;
use crate::sync::lock;
use crate::tcp::{Connection, DirectWrite, Drain};

/// The most packets in a client's backlog. Broadcasts in it share their bytes.
const BACKLOG_MAX: usize = 4_096;

/// The most bytes in one client's backlogs, in all its namespaces. Shared bytes count in full, since a small room
/// shares little.
const BACKLOG_BYTES: usize = 512 * 1024;

/// A client's connection to a namespace.
pub(super) struct Client {
    pub(super) id: ConnId,
    pub(super) socket: Arc<Socket<LocalAdapter>>,
    pub(super) session: Arc<Session>,
    /// The TCP connection, if it takes direct writes.
    direct: Option<Arc<Connection>>,
    /// The namespace's name in the protocol, shared by all its clients.
    namespace: Arc<str>,
    /// The browser's identity.
    pub(super) identity: IdentityId,
    backpressure: Arc<Backpressure>,
    metrics: Arc<Metrics>,
    inbound: Mutex<InboundQueue>,
    out: Mutex<Out>,
}

/// The outgoing side.
#[derive(Default)]
struct Out {
    backlog: VecDeque<Backlogged>,
    /// Watches how fast the client takes its backlog. `Some` while the broadcaster retries it.
    drain: Option<Drain>,
    /// Whether the first packet went through socketioxide. It follows socketioxide's own `CONNECT` packet, which
    /// no direct write may overtake.
    is_greeted: bool,
    is_over: bool,
}

/// A packet in the backlog.
struct Backlogged {
    packet: Packet,
    /// Counts its bytes against the quota of the client's address. `None` for a broadcast, which shares them.
    _own: Option<Unread>,
}

/// The fate of packets that were to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    /// They were sent, or added to a backlog that is being retried.
    Flowing,
    /// The transport is full and a backlog has begun: it has to be retried.
    Waiting,
    /// The client takes too little: it has to be dropped.
    Stuck,
}

impl Out {
    /// The backlog is not empty, and the client has taken `taken` bytes by now.
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
        metrics: Arc<Metrics>,
    ) -> Self {
        Self {
            id,
            socket,
            direct: session.direct(),
            backpressure: Backpressure::new(Arc::clone(&session)),
            session,
            namespace,
            identity,
            metrics,
            inbound: Mutex::default(),
            out: Mutex::default(),
        }
    }

    /// Sends a batch, behind the client's backlog if it has one.
    pub(super) fn send(&self, batch: &mut EncodedBatch) -> Sent {
        let mut out = lock(&self.out);
        if out.is_over {
            return Sent::Flowing;
        }
        let was_behind = out.drain.is_some();
        let is_greeted = std::mem::replace(&mut out.is_greeted, true);
        if let Some(connection) = self.direct.as_ref().filter(|_| is_greeted && !was_behind) {
            match self.write_direct(connection, batch) {
                DirectWrite::Done => return Sent::Flowing,
                DirectWrite::Partial => return self.falls_behind(&mut out),
                // The backlog shares the bytes; socketioxide would hold a copy.
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

    /// Adds a batch's packets to the backlog, without the first `taken`.
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
            let behind = self.session.add_backlog(packet.len());
            out.backlog.push_back(Backlogged { packet: packet.clone(), _own: own });
            if out.backlog.len() > BACKLOG_MAX || behind > BACKLOG_BYTES {
                return Sent::Stuck;
            }
        }
        if out.drain.is_some() { Sent::Flowing } else { self.falls_behind(out) }
    }

    /// Whether the client has a backlog.
    pub(super) fn is_behind(&self) -> bool {
        lock(&self.out).drain.is_some()
    }

    /// Begins a backlog.
    fn falls_behind(&self, out: &mut Out) -> Sent {
        // A client that does not read its answers is not read from either.
        self.session.pause_reading();
        out.drain = Some(Drain::new(Instant::now(), self.session.taken()));
        Sent::Waiting
    }

    /// Sends the backlog, as far as the transport takes it.
    pub(super) fn flush(&self, now: Instant) -> Sent {
        let mut out = lock(&self.out);
        if self.direct.as_ref().is_some_and(|connection| !connection.write_remainder()) {
            return out.waits(now, self.session.taken());
        }
        while let Some(Backlogged { packet, .. }) = out.backlog.front() {
            let written = self.direct.as_ref().map_or(DirectWrite::Unavailable, |connection| {
                self.write_direct(connection, &mut EncodedBatch::own(packet.clone()))
            });
            if written == DirectWrite::WouldBlock
                || (written == DirectWrite::Unavailable && !self.deliver(packet))
            {
                return out.waits(now, self.session.taken());
            }
            self.session.remove_backlog(packet.len());
            out.backlog.pop_front();
            if written == DirectWrite::Partial {
                return Sent::Waiting;
            }
        }
        if out.drain.take().is_some() {
            self.session.resume_reading();
        }
        Sent::Flowing
    }

    /// Writes a batch without socketioxide, if that is possible now.
    fn write_direct(&self, connection: &Connection, batch: &mut EncodedBatch) -> DirectWrite {
        let written = connection.write_direct(batch.frames(&self.namespace));
        if matches!(written, DirectWrite::Done | DirectWrite::Partial) {
            let packets = u64::try_from(batch.packets().len()).unwrap_or(u64::MAX);
            self.metrics.written_directly.fetch_add(packets, Ordering::Relaxed);
        }
        written
    }

    /// Gives a packet to socketioxide. False if that holds as much as it may.
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
            self.session.count_given(packet.len());
            self.metrics.written_by_socketioxide.fetch_add(1, Ordering::Relaxed);
        }
        is_taken
    }

    /// A new sender for each attempt: socketioxide's is used up even by one that fails.
    fn ack_sender(&self, number: i64) -> AckSender {
        let mut unread = Value::Bytes(axum::body::Bytes::new());
        let made = AckSender::from_message_parts(&self.socket, &mut unread, &Some(number));
        match made {
            Ok(sender) => sender,
            Err(never) => match never {},
        }
    }

    /// Its events that wait to be decided.
    pub(super) fn inbound(&self) -> MutexGuard<'_, InboundQueue> {
        lock(&self.inbound)
    }

    /// Drops the backlog and the queued events, and takes no more.
    pub(super) fn end(&self) {
        // Each queued event holds a reference to the session.
        drop(self.inbound().take_last());
        let mut out = lock(&self.out);
        out.is_over = true;
        let behind = std::mem::take(&mut out.backlog);
        self.session.remove_backlog(behind.iter().map(|behind| behind.packet.len()).sum());
        if out.drain.take().is_some() {
            self.session.resume_reading();
        }
    }

    /// Counts an event until its permit is dropped. `None` if far too many are undecided.
    pub(super) fn permit(&self) -> Option<Permit> {
        self.backpressure.permit()
    }
}
