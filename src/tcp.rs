//! One accepted TCP connection: its socket options, and the two things that neither the HTTP nor
//! the Socket.IO library can do to it.
//!
//! - **Hang up.** A client that stops reading holds its writer in a flush that nothing cancels; only
//!   shutting the connection down ends it.
//! - **Hold.** What a client sends faster than the hub decides must wait in the client, not in the
//!   hub's memory: while a line is held nothing is read from it, and TCP slows the sender down.

use std::io;
use std::net::{IpAddr, Shutdown, SocketAddr};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::domain::shares::Share;

/// How long sent data may stay unacknowledged before the system gives the connection up.
const USER_TIMEOUT: Duration = Duration::from_secs(5);

/// After how long of silence the system asks whether the other end is still there.
const KEEPALIVE: Duration = Duration::from_secs(30);

/// An accepted connection, shared by whoever reads, writes, holds or hangs up.
#[derive(Debug)]
pub struct Line {
    stream: TcpStream,
    peer: IpAddr,
    held: AtomicBool,
    hung_up: AtomicBool,
    /// The reader that waits while the line is held.
    reader: Mutex<Option<Waker>>,
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
        socket.set_tcp_user_timeout(Some(USER_TIMEOUT))?;
        socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(KEEPALIVE))?;
        Ok(Arc::new(Self {
            stream,
            peer: peer.ip().to_canonical(),
            held: AtomicBool::new(false),
            hung_up: AtomicBool::new(false),
            reader: Mutex::new(None),
            _place: place,
        }))
    }

    /// The other end's address; an IPv4 address also where it came in through IPv6.
    #[must_use]
    pub fn peer(&self) -> IpAddr {
        self.peer
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

/// The line's bytes, for the one who speaks HTTP over it.
#[derive(Debug)]
pub struct LineIo(pub Arc<Line>);

impl AsyncRead for LineIo {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let line = &self.0;
        ready!(line.poll_unheld(cx));
        loop {
            ready!(line.stream.poll_read_ready(cx))?;
            match line.stream.try_read(buf.initialize_unfilled()) {
                Ok(count) => {
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
        self.0.poll_try(cx, |stream| stream.try_write(bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.0.poll_try(cx, |stream| stream.try_write_vectored(slices))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(SockRef::from(&self.0.stream).shutdown(Shutdown::Write))
    }
}

impl Line {
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
        let mut io = LineIo(Arc::clone(&line));
        let mut buf = [0; 8];
        let mut read = tokio_test_poll(io.read(&mut buf));
        assert!(read.is_pending());
        line.hold(false);
        assert_eq!(read.finish().await.unwrap(), 5);
    }

    #[tokio::test]
    async fn hanging_up_ends_a_read_even_of_a_held_line() {
        let (line, mut client) = pair().await;
        line.hold(true);
        let mut io = LineIo(Arc::clone(&line));
        let mut buf = [0; 8];
        let mut read = tokio_test_poll(io.read(&mut buf));
        assert!(read.is_pending());
        line.hang_up();
        assert_eq!(read.finish().await.unwrap(), 0);
        assert_eq!(client.read(&mut [0; 8]).await.unwrap(), 0);
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
