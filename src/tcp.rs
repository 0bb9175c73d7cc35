//! One accepted TCP connection: its socket options, and the four things that neither the HTTP nor
//! the Socket.IO library can do to it.
//!
//! - **Hang up.** A client that stops reading holds its writer in a flush that nothing cancels; only
//!   shutting the connection down ends it.
//! - **Watch.** Of a WebSocket, whether a message was begun that does not end: [`Line::overdue`].
//! - **Hold.** What a client sends faster than the hub decides must wait in the client, not in the
//!   hub's memory: while a line is held nothing is read from it, and TCP slows the sender down.
//! - **Write past.** What is the same for a thousand is written by one hand: [`Line::write_past`].

mod frames;
mod outgoing;

use std::io;
use std::net::{IpAddr, Shutdown, SocketAddr};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::net::SendFlags;
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::domain::shares::Share;

use self::frames::Frames;
use self::outgoing::Outgoing;
use crate::patience;

/// How much may wait in the system for one connection before it counts as full, in bytes. Without it
/// the system alone takes megabytes for a client that does not read, where no budget of ours sees them.
const UNSENT_MAX: u32 = 128 * 1024;

/// An accepted connection, shared by whoever reads, writes, holds or hangs up.
#[derive(Debug)]
pub struct Line {
    stream: TcpStream,
    peer: IpAddr,
    held: AtomicBool,
    hung_up: AtomicBool,
    /// When it was accepted.
    since: Instant,
    /// Whether it is a WebSocket by now.
    is_websocket: AtomicBool,
    /// Since when a message is under way: milliseconds after `since`, and one more; 0 for none.
    message: AtomicU64,
    /// The reader that waits while the line is held.
    reader: Mutex<Option<Waker>>,
    outgoing: Mutex<Outgoing>,
    /// The connection's place among those that the hub may hold, given back with the line.
    _place: Option<Share<IpAddr>>,
}

impl Line {
    /// Takes an accepted connection over.
    ///
    /// # Errors
    /// The system refuses an option, as for a connection that is gone already.
    pub fn new(
        stream: TcpStream,
        peer: SocketAddr,
        place: Option<Share<IpAddr>>,
    ) -> io::Result<Arc<Self>> {
        stream.set_nodelay(true)?;
        let socket = SockRef::from(&stream);
        socket.set_tcp_user_timeout(Some(patience::UNACKNOWLEDGED))?;
        socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(patience::KEEPALIVE))?;
        socket.set_tcp_notsent_lowat(UNSENT_MAX)?;
        Ok(Arc::new(Self {
            stream,
            peer: peer.ip().to_canonical(),
            held: AtomicBool::new(false),
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

    /// Whether a WebSocket's message was begun longer ago than `patience` and has not ended. While the
    /// line is held that is not the client's fault.
    #[must_use]
    pub fn overdue(&self, patience: Duration) -> bool {
        let begun = self.message.load(Ordering::SeqCst);
        begun > 0 && !self.must_wait() && self.age() > begun.saturating_add(millis(patience))
    }

    /// How old it is: milliseconds, and one more.
    fn age(&self) -> u64 {
        millis(self.since.elapsed()) + 1
    }

    /// Follows what was read of a WebSocket.
    fn follow(&self, frames: &mut Frames, bytes: &[u8]) {
        if !self.is_websocket.load(Ordering::SeqCst) {
            return;
        }
        let was_between = frames.is_between();
        let has_ended = frames.take(bytes);
        if frames.is_between() {
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
    /// does not take of them goes out before anything else, with [`Self::write_rest`] or the library's
    /// next write.
    pub fn write_past(&self, frames: &[u8]) -> Past {
        let mut outgoing = self.outgoing();
        if !outgoing.lets_past() {
            return Past::No;
        }
        // Not through the runtime, whose own notes on the connection would have to be fetched for it; it
        // finds out by itself that the system takes nothing.
        match rustix::net::send(&self.stream, frames, SendFlags::DONTWAIT | SendFlags::NOSIGNAL) {
            Ok(count) if count == frames.len() => Past::Written,
            Ok(count @ 1..) => {
                outgoing.rest.extend_from_slice(frames.get(count..).unwrap_or_default());
                Past::Begun
            }
            Err(Errno::AGAIN) => Past::Full,
            // Whoever writes next learns what is wrong.
            Ok(0) | Err(_) => Past::No,
        }
    }

    /// Writes what [`Self::write_past`] has left. Whether nothing is left any more; so too where the
    /// connection has ended.
    pub fn write_rest(&self) -> bool {
        let mut outgoing = self.outgoing();
        while !outgoing.rest.is_empty() {
            match self.stream.try_write(&outgoing.rest) {
                Ok(count) => drop(outgoing.rest.drain(..count)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return false,
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
        self.outgoing().take(bytes);
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
    pub async fn read_head(&self, most: usize) -> io::Result<Vec<u8>> {
        const END: &[u8] = b"\r\n\r\n";
        let mut head = Vec::new();
        loop {
            self.stream.readable().await?;
            let mut chunk = [0; 2048];
            let count = match self.stream.try_read(&mut chunk) {
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
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

    /// Stops reading from the line, or goes on.
    pub fn hold(&self, held: bool) {
        self.held.store(held, Ordering::SeqCst);
        if !held {
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
        self.held.load(Ordering::SeqCst) && !self.hung_up.load(Ordering::SeqCst)
    }

    fn poll_unheld(&self, cx: &Context<'_>) -> Poll<()> {
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
pub enum Past {
    /// They are written.
    Written,
    /// They are written in part: somebody has to see to the rest.
    Begun,
    /// They could be, but the system takes nothing now.
    Full,
    /// They are not: the library has to, after what it still holds.
    No,
}

/// The line's bytes, for the one who speaks HTTP over it.
#[derive(Debug)]
pub struct LineIo {
    line: Arc<Line>,
    frames: Frames,
    /// What was read before.
    ahead: Vec<u8>,
}

impl LineIo {
    /// The bytes of this line, behind those that were read from it before.
    #[must_use]
    pub fn new(line: Arc<Line>, ahead: Vec<u8>) -> Self {
        Self { line, frames: Frames::default(), ahead }
    }

    /// From now on, all that is read and written is a WebSocket's, with what was read of that before; so it
    /// can be written past.
    #[must_use]
    pub fn into_websocket(self, ahead: &[u8]) -> Self {
        let Self { line, .. } = self;
        let mut frames = Frames::default();
        line.is_websocket_now();
        line.follow(&mut frames, ahead);
        line.outgoing().is_followed = true;
        Self { line, frames, ahead: ahead.to_vec() }
    }
}

impl AsyncRead for LineIo {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let Self { line, frames, ahead } = &mut *self;
        if !ahead.is_empty() {
            let count = ahead.len().min(buf.remaining());
            buf.put_slice(ahead.get(..count).unwrap_or_default());
            *ahead = ahead.split_off(count);
            return Poll::Ready(Ok(()));
        }
        ready!(line.poll_unheld(cx));
        loop {
            ready!(line.stream.poll_read_ready(cx))?;
            let unfilled = buf.initialize_unfilled();
            match line.stream.try_read(unfilled) {
                Ok(count) => {
                    line.follow(frames, unfilled.get(..count).unwrap_or_default());
                    buf.advance(count);
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl AsyncWrite for LineIo {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.line.poll_rest(cx))?;
        let count = ready!(self.line.poll_try(cx, |stream| stream.try_write(bytes)))?;
        self.line.wrote(bytes.get(..count).unwrap_or_default());
        Poll::Ready(Ok(count))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(SockRef::from(&self.line.stream).shutdown(Shutdown::Write))
    }
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

impl Line {
    /// What was written past goes first.
    fn poll_rest(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.write_rest() {
            ready!(self.stream.poll_write_ready(cx))?;
        }
        Poll::Ready(Ok(()))
    }

    fn poll_try(
        &self,
        cx: &mut Context<'_>,
        attempt: impl Fn(&TcpStream) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.stream.poll_write_ready(cx))?;
            match attempt(&self.stream) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                done => return Poll::Ready(done),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    async fn pair() -> (Arc<Line>, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (stream, peer) = listener.accept().await.unwrap();
        (Line::new(stream, peer, None).unwrap(), client)
    }

    #[tokio::test]
    async fn a_held_line_is_not_read_until_it_is_let_go() {
        let (line, mut client) = pair().await;
        line.hold(true);
        client.write_all(b"hello").await.unwrap();
        let mut io = LineIo::new(Arc::clone(&line), Vec::new());
        let mut buf = [0; 8];
        let mut read = tokio_test_poll(io.read(&mut buf));
        assert!(read.is_pending());
        line.hold(false);
        assert_eq!(read.finish().await.unwrap(), 5);
    }

    #[tokio::test]
    async fn a_head_is_read_to_its_end_and_comes_again() {
        let (line, mut client) = pair().await;
        let sent = b"GET / HTTP/1.1\r\nhost: a\r\n\r\nbody";
        let (head, ()) = tokio::join!(line.read_head(1 << 14), async {
            // The empty line in two pieces.
            let (first, second) = sent.split_at(sent.len() - 6);
            client.write_all(first).await.unwrap();
            tokio::task::yield_now().await;
            client.write_all(second).await.unwrap();
        });
        let head = head.unwrap();
        assert!(head.windows(4).any(|end| end == b"\r\n\r\n"));
        client.write_all(b"!").await.unwrap();
        client.shutdown().await.unwrap();
        let mut all = Vec::new();
        LineIo::new(line, head).read_to_end(&mut all).await.unwrap();
        assert_eq!(all, [&sent[..], b"!"].concat());
    }

    #[tokio::test]
    async fn what_is_no_head_or_has_no_end_is_handed_on() {
        for (sent, most) in [(&b"\x16\x03\x01"[..], 1 << 14), (&b"GET /aaaaaaaa"[..], 8)] {
            let (line, mut client) = pair().await;
            client.write_all(sent).await.unwrap();
            assert_eq!(line.read_head(most).await.unwrap(), sent);
        }
        let (line, mut client) = pair().await;
        client.write_all(b"GET").await.unwrap();
        client.shutdown().await.unwrap();
        assert_eq!(line.read_head(1 << 14).await.unwrap(), b"GET");
    }

    #[tokio::test]
    async fn hanging_up_ends_a_read_even_of_a_held_line() {
        let (line, mut client) = pair().await;
        line.hold(true);
        let mut io = LineIo::new(Arc::clone(&line), Vec::new());
        let mut buf = [0; 8];
        let mut read = tokio_test_poll(io.read(&mut buf));
        assert!(read.is_pending());
        line.hang_up();
        assert_eq!(read.finish().await.unwrap(), 0);
        assert_eq!(client.read(&mut [0; 8]).await.unwrap(), 0);
    }

    #[tokio::test]
    async fn a_websockets_message_is_overdue_until_it_ends() {
        let (line, mut client) = pair().await;
        let mut io = LineIo::new(Arc::clone(&line), Vec::new());
        let mut buf = [0; 8];
        client.write_all(b"G").await.unwrap();
        assert_eq!(io.read(&mut buf).await.unwrap(), 1);
        assert!(!line.overdue(Duration::ZERO), "HTTP has no messages");
        line.is_websocket_now();
        // The head of a text of two bytes, without a mask, and the first of them.
        client.write_all(&[0x81, 2, b'a']).await.unwrap();
        assert_eq!(io.read(&mut buf).await.unwrap(), 3);
        let begun = Instant::now();
        while !line.overdue(Duration::from_millis(2)) {
            assert!(begun.elapsed() < Duration::from_secs(5), "it never is overdue");
            tokio::task::yield_now().await;
        }
        line.hold(true);
        assert!(!line.overdue(Duration::ZERO), "nobody reads it");
        line.hold(false);
        client.write_all(b"b").await.unwrap();
        assert_eq!(io.read(&mut buf).await.unwrap(), 1);
        assert!(!line.overdue(Duration::ZERO));
    }

    /// A text in one frame, of a length that takes eight bytes to say.
    fn long_text(length: usize) -> Vec<u8> {
        let mut frame = vec![0x81, 127];
        frame.extend((length as u64).to_be_bytes());
        frame.resize(frame.len() + length, b'x');
        frame
    }

    #[tokio::test]
    async fn what_is_written_past_is_never_inside_or_before_what_the_library_holds() {
        let (line, mut client) = pair().await;
        let mut io = LineIo::new(Arc::clone(&line), Vec::new());
        assert_eq!(line.write_past(b"no WebSocket yet"), Past::No);
        io.write_all(b"the answer").await.unwrap();
        let mut io = io.into_websocket(b"");
        let event = [&[0x81, 4], &b"42[]"[..]].concat();
        assert!(!line.give_packet(|| false), "nothing was taken");
        assert!(line.give_packet(|| true));
        assert_eq!(line.write_past(b"before the event"), Past::No);
        io.write_all(&event).await.unwrap();
        // More than the system takes at once, and then the library writes again.
        let past = long_text(16 << 20);
        assert_eq!(line.write_past(&past), Past::Begun);
        assert_eq!(line.write_past(b"before the rest"), Past::No);
        let all = [b"the answer", &event[..], &past, &event].concat();
        let (written, read) = tokio::join!(
            async {
                io.write_all(&event).await.unwrap();
                io.shutdown().await
            },
            async {
                let mut read = Vec::new();
                client.read_to_end(&mut read).await.unwrap();
                read
            }
        );
        written.unwrap();
        assert!(read == all, "{} bytes came, not {}", read.len(), all.len());
    }

    #[tokio::test]
    async fn a_rest_goes_out_when_the_client_reads_again() {
        let (line, mut client) = pair().await;
        let _io = LineIo::new(Arc::clone(&line), Vec::new()).into_websocket(b"");
        let past = long_text(16 << 20);
        assert_eq!(line.write_past(&past), Past::Begun);
        assert!(!line.write_rest(), "nobody has read yet");
        assert_eq!(line.write_past(b"x"), Past::No, "a rest waits");
        let mut read = vec![0; past.len()];
        let (_, rest) = tokio::join!(client.read_exact(&mut read), async {
            while !line.write_rest() {
                tokio::task::yield_now().await;
            }
            line.write_past(b"x")
        });
        assert_eq!((rest, read == past), (Past::Written, true));
    }

    #[tokio::test]
    async fn what_came_with_the_upgrades_request_is_a_websockets() {
        let (line, mut client) = pair().await;
        let io = LineIo::new(Arc::clone(&line), Vec::new());
        // All but the last byte of a text.
        let mut io = io.into_websocket(&[0x81, 2, b'a']);
        let mut buf = [0; 8];
        assert_eq!(io.read(&mut buf).await.unwrap(), 3);
        assert_ne!(line.message.load(Ordering::SeqCst), 0, "a message is under way");
        client.write_all(b"b").await.unwrap();
        assert_eq!(io.read(&mut buf).await.unwrap(), 1);
        assert_eq!(line.message.load(Ordering::SeqCst), 0, "it has ended");
    }

    /// A future that has been polled once.
    struct Polled<F>(Pin<Box<F>>, bool);

    fn tokio_test_poll<F: Future>(future: F) -> Polled<F> {
        let mut future = Box::pin(future);
        let pending = future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending();
        Polled(future, pending)
    }

    impl<F: Future> Polled<F> {
        fn is_pending(&mut self) -> bool {
            self.1
        }

        async fn finish(self) -> F::Output {
            self.0.await
        }
    }
}
