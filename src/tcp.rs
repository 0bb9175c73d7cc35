//! One accepted TCP connection: its socket options, and what neither hyper nor socketioxide can do to it.
//!
//! - **Hang up.** A client that stops reading blocks its writer in a flush that nothing cancels. Shutting
//!   the socket down does: [`Connection::hang_up`].
//! - **Time out messages.** [`Connection::overdue`] tells whether a WebSocket message has begun and does not end.
//! - **Pause reading.** Events that arrive faster than the hub decides them have to wait in the client, not
//!   in the hub's memory. While reading is paused, TCP's flow control slows the sender down. Reading is also
//!   paused while written bytes wait for the client to read ([`io`]).
//! - **Write directly.** A broadcast's bytes are the same for everyone and are written without a task, queue
//!   and buffer per connection: [`Connection::write_direct`].

mod drain;
mod incoming;
mod io;
mod outgoing;

use std::io::{ErrorKind, Result};
use std::net::{IpAddr, Shutdown, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker, ready};
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::net::SendFlags;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;

use crate::domain::quota::QuotaGuard;

pub use self::drain::Drain;
use self::incoming::Incoming;
pub use self::io::ConnectionIo;
use self::outgoing::Outgoing;
use crate::sync::lock;
use crate::timeouts;

/// How many unsent bytes the kernel takes for one connection (`TCP_NOTSENT_LOWAT`). Without it the kernel
/// buffers megabytes for a client that does not read, which the memory budget does not see. The socket
/// becomes writable again when half of it is sent.
const UNSENT_MAX: u32 = 64 * 1024;

/// An accepted connection. The tasks that read it, write it, pause it and end it share it.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    peer: IpAddr,
    paused: AtomicBool,
    /// Whether a write through hyper or socketioxide waits for the client to read.
    is_blocked: AtomicBool,
    hung_up: AtomicBool,
    /// How many bytes the kernel has taken, in all; the next field counts those that were not written directly.
    taken: AtomicU64,
    taken_of_io: AtomicU64,
    /// When it was accepted.
    since: Instant,
    /// Whether it is a WebSocket by now.
    is_websocket: AtomicBool,
    /// When the unfinished message began: milliseconds after `since`, plus one. 0 if there is none.
    message: AtomicU64,
    /// The task that waits to read while reading is paused.
    reader: Mutex<Option<Waker>>,
    outgoing: Mutex<Outgoing>,
    /// Its place in the quota of connections, given back when it is dropped.
    _place: Option<QuotaGuard<IpAddr>>,
}

impl Connection {
    /// Takes over an accepted connection.
    ///
    /// # Errors
    /// The kernel refuses a socket option, as for a connection that has ended already.
    pub fn new(
        stream: TcpStream,
        peer: SocketAddr,
        place: Option<QuotaGuard<IpAddr>>,
    ) -> Result<Arc<Self>> {
        stream.set_nodelay(true)?;
        let socket = SockRef::from(&stream);
        socket.set_tcp_user_timeout(Some(timeouts::UNACKNOWLEDGED))?;
        socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(timeouts::KEEPALIVE))?;
        socket.set_tcp_notsent_lowat(UNSENT_MAX)?;
        Ok(Arc::new(Self {
            stream,
            peer: peer.ip().to_canonical(),
            paused: AtomicBool::new(false),
            is_blocked: AtomicBool::new(false),
            taken: AtomicU64::new(0),
            taken_of_io: AtomicU64::new(0),
            hung_up: AtomicBool::new(false),
            since: Instant::now(),
            is_websocket: AtomicBool::new(false),
            message: AtomicU64::new(0),
            reader: Mutex::new(None),
            outgoing: Mutex::default(),
            _place: place,
        }))
    }

    /// The peer's address. An IPv4-mapped IPv6 address is returned as IPv4.
    #[must_use]
    pub fn peer(&self) -> IpAddr {
        self.peer
    }

    /// Marks the connection as a WebSocket.
    pub fn set_websocket(&self) {
        self.is_websocket.store(true, Ordering::SeqCst);
    }

    /// Whether a WebSocket message began longer than `limit` ago and has not ended. Never while reading is
    /// paused, which is not the client's fault.
    #[must_use]
    pub fn overdue(&self, limit: Duration) -> bool {
        let begun = self.message.load(Ordering::SeqCst);
        begun > 0 && !self.must_wait() && self.age() > begun.saturating_add(millis(limit))
    }

    /// Its age in milliseconds, plus one.
    fn age(&self) -> u64 {
        millis(self.since.elapsed()) + 1
    }

    /// Tracks the messages in bytes that were read from a WebSocket.
    fn follow(&self, incoming: &mut Incoming, bytes: &[u8]) {
        if !self.is_websocket.load(Ordering::SeqCst) {
            return;
        }
        let was_between = incoming.is_between();
        let has_ended = incoming.take(bytes);
        if incoming.is_between() {
            self.message.store(0, Ordering::SeqCst);
        } else if was_between || has_ended {
            self.message.store(self.age(), Ordering::SeqCst);
        }
    }

    /// Gives socketioxide an event or an acknowledgement by calling `give`, which returns whether it was taken.
    /// No direct write is possible until it has been written.
    pub fn give_packet(&self, give: impl FnOnce() -> bool) -> bool {
        // Counted before the call: socketioxide may have written it by the time that it returns.
        self.outgoing().given += 1;
        let is_taken = give();
        if !is_taken {
            self.outgoing().given -= 1;
        }
        is_taken
    }

    /// Writes whole frames directly, if socketioxide has written everything that it was given. Bytes that the
    /// kernel does not take are sent before anything else, by [`Self::write_remainder`] or with socketioxide's
    /// next write.
    pub fn write_direct(&self, frames: &[u8]) -> DirectWrite {
        let mut outgoing = self.outgoing();
        if !outgoing.allows_direct_write() {
            return DirectWrite::Unavailable;
        }
        // Bypasses tokio's readiness state, which would cost a cache miss per connection. Tokio notices by
        // itself that the socket is full.
        match rustix::net::send(&self.stream, frames, SendFlags::DONTWAIT | SendFlags::NOSIGNAL) {
            Ok(count) if count == frames.len() => {
                self.took(count);
                DirectWrite::Done
            }
            Ok(count @ 1..) => {
                self.took(count);
                outgoing.rest.extend_from_slice(frames.get(count..).unwrap_or_default());
                DirectWrite::Partial
            }
            Err(Errno::AGAIN) => DirectWrite::WouldBlock,
            // The next write reports the error.
            Ok(0) | Err(_) => DirectWrite::Unavailable,
        }
    }

    /// Writes what [`Self::write_direct`] left over. Returns true when nothing is left, or the connection has
    /// ended.
    pub fn write_remainder(&self) -> bool {
        let mut outgoing = self.outgoing();
        while !outgoing.rest.is_empty() {
            match self.stream.try_write(&outgoing.rest) {
                Ok(count) => {
                    self.took(count);
                    drop(outgoing.rest.drain(..count));
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return false,
                Err(_) => break,
            }
        }
        outgoing.rest = Vec::new();
        true
    }

    fn outgoing(&self) -> MutexGuard<'_, Outgoing> {
        lock(&self.outgoing)
    }

    /// Tracks bytes that were written through [`ConnectionIo`].
    fn wrote(&self, bytes: &[u8]) {
        self.took(bytes.len());
        self.taken_of_io.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        self.outgoing().take(bytes);
    }

    fn took(&self, count: usize) {
        self.taken.fetch_add(count as u64, Ordering::Relaxed);
    }

    /// How many bytes the kernel has taken for the client.
    #[must_use]
    pub fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    /// How many of [`Self::taken`] were not written directly.
    #[must_use]
    pub fn taken_of_io(&self) -> u64 {
        self.taken_of_io.load(Ordering::Relaxed)
    }

    /// Pauses reading after a write has blocked, until everything is flushed.
    fn blocked(&self) {
        self.is_blocked.store(true, Ordering::SeqCst);
    }

    /// Resumes reading, since everything is flushed.
    fn flushed(&self) {
        if self.is_blocked.swap(false, Ordering::SeqCst) {
            self.wake();
        }
    }

    /// Whether a write waits for the client to read.
    #[must_use]
    pub fn is_blocked(&self) -> bool {
        self.is_blocked.load(Ordering::SeqCst)
    }

    /// Waits until there is something to read, or the connection has ended.
    pub async fn speaks(&self) {
        // Not `readable`, which has false positives. Reading reports the error.
        let _peeked = self.stream.peek(&mut [0]).await;
    }

    /// Reads a request's head and the bytes that arrived with it, about `most` bytes at most. Returns early if
    /// it is not HTTP or the connection has ended.
    ///
    /// # Errors
    /// The connection is broken.
    pub async fn read_head(&self, most: usize) -> Result<Vec<u8>> {
        const END: &[u8] = b"\r\n\r\n";
        let mut head = Vec::new();
        loop {
            self.stream.readable().await?;
            let mut chunk = [0; 2048];
            let count = match self.stream.try_read(&mut chunk) {
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => continue,
                Err(error) => return Err(error),
            };
            let seen = head.len().saturating_sub(END.len());
            head.extend_from_slice(chunk.get(..count).unwrap_or_default());
            let has_end =
                head.get(seen..).is_some_and(|new| new.windows(END.len()).any(|w| w == END));
            let is_http = head.first().is_some_and(u8::is_ascii_uppercase);
            if count == 0 || has_end || !is_http || head.len() >= most {
                return Ok(head);
            }
        }
    }

    /// Pauses or resumes reading.
    pub fn set_paused(&self, paused: bool) {
        self.paused.store(paused, Ordering::SeqCst);
        if !paused {
            self.wake();
        }
    }

    /// Shuts the connection down at once and drops unsent bytes.
    pub fn hang_up(&self) {
        self.hung_up.store(true, Ordering::SeqCst);
        // Fails only if the connection has ended already.
        let _gone = SockRef::from(&self.stream).shutdown(Shutdown::Both);
        self.wake();
    }

    fn wake(&self) {
        let waiting = lock(&self.reader).take();
        if let Some(waker) = waiting {
            waker.wake();
        }
    }

    fn must_wait(&self) -> bool {
        let is_paused = self.paused.load(Ordering::SeqCst) || self.is_blocked();
        is_paused && !self.hung_up.load(Ordering::SeqCst)
    }

    fn poll_unpaused(&self, cx: &Context<'_>) -> Poll<()> {
        if !self.must_wait() {
            return Poll::Ready(());
        }
        let mut reader = lock(&self.reader);
        *reader = Some(cx.waker().clone());
        drop(reader);
        // Reading may have been resumed before the waker was registered.
        if self.must_wait() { Poll::Pending } else { Poll::Ready(()) }
    }
}

/// The outcome of [`Connection::write_direct`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DirectWrite {
    /// All frames are written.
    Done,
    /// The frames are written in part: [`Connection::write_remainder`] has to be called.
    Partial,
    /// Nothing is written: the socket's buffer is full.
    WouldBlock,
    /// Nothing is written: socketioxide has to write the packets, behind those that it still holds.
    Unavailable,
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

impl Connection {
    /// The remainder of a direct write is sent first.
    fn poll_remainder(&self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        while !self.write_remainder() {
            ready!(self.stream.poll_write_ready(cx))?;
        }
        Poll::Ready(Ok(()))
    }

    fn poll_try(
        &self,
        cx: &mut Context<'_>,
        attempt: impl Fn(&TcpStream) -> Result<usize>,
    ) -> Poll<Result<usize>> {
        loop {
            ready!(self.stream.poll_write_ready(cx))?;
            match attempt(&self.stream) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                done => return Poll::Ready(done),
            }
        }
    }
}

#[cfg(test)]
mod tests;
