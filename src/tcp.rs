//! One accepted TCP connection: its socket options, and the four things that neither the HTTP nor
//! the Socket.IO library can do to it.
//!
//! - **Hang up.** A client that stops reading holds its writer in a flush that nothing cancels; only
//!   shutting the connection down ends it.
//! - **Watch.** Of a WebSocket, whether a message was begun that does not end: [`Connection::overdue`].
//! - **Hold.** What a client sends faster than the hub decides must wait in the client, not in the
//!   hub's memory: while a line is held nothing is read from it, and TCP slows the sender down. So too while
//!   something that was written waits for the client to read ([`io`]).
//! - **Write past.** What is the same for a thousand is written by one hand: [`Connection::write_direct`].

mod drain;
mod incoming;
mod io;
mod outgoing;

use std::io::{ErrorKind, Result};
use std::net::{IpAddr, Shutdown, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
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
use crate::timeouts;

/// How much may wait in the system for one connection before it counts as full, in bytes. Without it
/// the system alone takes megabytes for a client that does not read, where no budget of ours sees them.
/// The system asks for more when half of it is gone.
const UNSENT_MAX: u32 = 64 * 1024;

/// An accepted connection, shared by whoever reads, writes, holds or hangs up.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    peer: IpAddr,
    paused: AtomicBool,
    /// Whether something that the library writes waits for the client to read.
    is_blocked: AtomicBool,
    hung_up: AtomicBool,
    /// How many bytes the system has taken in all, and how many of them were the library's.
    taken: AtomicU64,
    taken_of_library: AtomicU64,
    /// When it was accepted.
    since: Instant,
    /// Whether it is a WebSocket by now.
    is_websocket: AtomicBool,
    /// Since when a message is under way: milliseconds after `since`, and one more; 0 for none.
    message: AtomicU64,
    /// The reader that waits while the line is paused.
    reader: Mutex<Option<Waker>>,
    outgoing: Mutex<Outgoing>,
    /// The connection's place among those that the hub may hold, given back with the connection.
    _place: Option<QuotaGuard<IpAddr>>,
}

impl Connection {
    /// Takes an accepted connection over.
    ///
    /// # Errors
    /// The system refuses an option, as for a connection that is gone already.
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
            taken_of_library: AtomicU64::new(0),
            hung_up: AtomicBool::new(false),
            since: Instant::now(),
            is_websocket: AtomicBool::new(false),
            message: AtomicU64::new(0),
            reader: Mutex::new(None),
            outgoing: Mutex::default(),
            _place: place,
        }))
    }

    /// The other end's address; an IPv4 address also where it came in through IPv6.
    #[must_use]
    pub fn peer(&self) -> IpAddr {
        self.peer
    }

    /// From now on it speaks WebSocket.
    pub fn is_websocket_now(&self) {
        self.is_websocket.store(true, Ordering::SeqCst);
    }

    /// Whether a WebSocket's message was begun longer ago than `timeouts` and has not ended. While the
    /// line is held that is not the client's fault.
    #[must_use]
    pub fn overdue(&self, timeouts: Duration) -> bool {
        let begun = self.message.load(Ordering::SeqCst);
        begun > 0 && !self.must_wait() && self.age() > begun.saturating_add(millis(timeouts))
    }

    /// How old it is: milliseconds, and one more.
    fn age(&self) -> u64 {
        millis(self.since.elapsed()) + 1
    }

    /// Follows what was read of a WebSocket.
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

    /// Gives the library that speaks WebSocket over this line an event or an acknowledgement by `give`,
    /// which tells whether it was taken: nothing is written past it until it is written.
    pub fn give_packet(&self, give: impl FnOnce() -> bool) -> bool {
        // Counted before: the library may have written it when this returns.
        self.outgoing().given += 1;
        let is_taken = give();
        if !is_taken {
            self.outgoing().given -= 1;
        }
        is_taken
    }

    /// Writes whole frames past the library, if that has written all that it was given. What the system
    /// does not take of them goes out before anything else, with [`Self::write_remainder`] or the library's
    /// next write.
    pub fn write_direct(&self, frames: &[u8]) -> DirectWrite {
        let mut outgoing = self.outgoing();
        if !outgoing.allows_direct_write() {
            return DirectWrite::Unavailable;
        }
        // Not through the runtime, whose own notes on the connection would have to be fetched for it; it
        // finds out by itself that the system takes nothing.
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
            // Whoever writes next learns what is wrong.
            Ok(0) | Err(_) => DirectWrite::Unavailable,
        }
    }

    /// Writes what [`Self::write_direct`] has left. Whether nothing is left any more; so too where the
    /// connection has ended.
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
        self.outgoing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The library has written these.
    fn wrote(&self, bytes: &[u8]) {
        self.took(bytes.len());
        self.taken_of_library.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        self.outgoing().take(bytes);
    }

    fn took(&self, count: usize) {
        self.taken.fetch_add(count as u64, Ordering::Relaxed);
    }

    /// How many bytes the system has taken for the client in all.
    #[must_use]
    pub fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    /// How many of them the library has written.
    #[must_use]
    pub fn taken_of_library(&self) -> u64 {
        self.taken_of_library.load(Ordering::Relaxed)
    }

    /// The library could not write: nothing is read until it has written all.
    fn blocked(&self) {
        self.is_blocked.store(true, Ordering::SeqCst);
    }

    /// The library has written all that it had.
    fn flushed(&self) {
        if self.is_blocked.swap(false, Ordering::SeqCst) {
            self.wake();
        }
    }

    /// Whether the library waits for the client to read.
    #[must_use]
    pub fn is_blocked(&self) -> bool {
        self.is_blocked.load(Ordering::SeqCst)
    }

    /// Waits until there is something to read, or the connection has ended.
    pub async fn speaks(&self) {
        // Not `readable`, which may be wrong. An error is one for who reads, too.
        let _peeked = self.stream.peek(&mut [0]).await;
    }

    /// Reads a request's head, and what came with it: at most about `most` bytes, and no more than has
    /// come where it is no head of HTTP or the connection has ended.
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

    /// Stops reading from the connection, or goes on.
    pub fn set_paused(&self, paused: bool) {
        self.paused.store(paused, Ordering::SeqCst);
        if !paused {
            self.wake();
        }
    }

    /// Ends the connection at once, whatever is still unsent.
    pub fn hang_up(&self) {
        self.hung_up.store(true, Ordering::SeqCst);
        // It fails only where the connection is gone already.
        let _gone = SockRef::from(&self.stream).shutdown(Shutdown::Both);
        self.wake();
    }

    fn wake(&self) {
        let waiting = self.reader.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(waker) = waiting {
            waker.wake();
        }
    }

    fn must_wait(&self) -> bool {
        let is_held = self.paused.load(Ordering::SeqCst) || self.is_blocked();
        is_held && !self.hung_up.load(Ordering::SeqCst)
    }

    fn poll_unpaused(&self, cx: &Context<'_>) -> Poll<()> {
        if !self.must_wait() {
            return Poll::Ready(());
        }
        let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        *reader = Some(cx.waker().clone());
        drop(reader);
        // Let go between the look and the registration: nobody would wake us.
        if self.must_wait() { Poll::Pending } else { Poll::Ready(()) }
    }
}

/// What became of frames that were to be written past the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DirectWrite {
    /// They are written.
    Done,
    /// They are written in part: somebody has to see to the rest.
    Partial,
    /// They could be, but the system takes nothing now.
    WouldBlock,
    /// They are not: the library has to, after what it still holds.
    Unavailable,
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

impl Connection {
    /// What was written past goes first.
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
