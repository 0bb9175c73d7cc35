//! A connection's byte stream, as hyper and socketioxide read and write it.
//!
//! Nothing is read while a write waits for the client. So everything that a client can make the hub answer
//! (pongs, acknowledgements, errors, pipelined requests) is bounded by what the client reads: its further
//! requests stay in its own buffers.

use std::io;
use std::net::Shutdown;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::Connection;
use super::incoming::Incoming;

/// A connection's byte stream.
#[derive(Debug)]
pub struct ConnectionIo {
    connection: Arc<Connection>,
    incoming: Incoming,
    /// Bytes that were read from the socket before and are returned first.
    ahead: Vec<u8>,
    /// Bytes that socketioxide will write first and that the client already has.
    swallowed: &'static [u8],
}

impl ConnectionIo {
    /// The bytes of this connection, behind those that were read from it before.
    #[must_use]
    pub fn new(connection: Arc<Connection>, ahead: Vec<u8>) -> Self {
        Self { connection, incoming: Incoming::default(), ahead, swallowed: &[] }
    }

    /// Returns `unread` before everything else.
    #[must_use]
    pub fn behind(mut self, unread: &[u8]) -> Self {
        self.ahead.splice(0..0, unread.iter().copied());
        self
    }

    /// Everything from here on belongs to a WebSocket, including bytes that were read ahead. Direct writes are
    /// possible.
    #[must_use]
    pub fn into_websocket(self) -> Self {
        let io = self.speaking_websocket();
        io.connection.outgoing().is_followed = true;
        io
    }

    /// A WebSocket whose first frames, `read` and `written`, were exchanged already: socketioxide reads `read`
    /// again, and what it writes of `written` is not sent again. Direct writes are not possible.
    #[must_use]
    pub fn into_websocket_again(self, read: &[u8], written: &'static [u8]) -> Self {
        Self { swallowed: written, ..self.behind(read).speaking_websocket() }
    }

    fn speaking_websocket(mut self) -> Self {
        self.incoming = Incoming::default();
        self.connection.set_websocket();
        self.connection.follow(&mut self.incoming, &self.ahead);
        self
    }

    /// The connection.
    #[must_use]
    pub fn connection(&self) -> &Arc<Connection> {
        &self.connection
    }
}

impl AsyncRead for ConnectionIo {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let Self { connection, incoming, ahead, .. } = &mut *self;
        if !ahead.is_empty() {
            let count = ahead.len().min(buf.remaining());
            buf.put_slice(ahead.get(..count).unwrap_or_default());
            *ahead = ahead.split_off(count);
            return Poll::Ready(Ok(()));
        }
        ready!(connection.poll_unpaused(cx));
        loop {
            ready!(connection.stream.poll_read_ready(cx))?;
            let unfilled = buf.initialize_unfilled();
            match connection.stream.try_read(unfilled) {
                Ok(count) => {
                    connection.follow(incoming, unfilled.get(..count).unwrap_or_default());
                    buf.advance(count);
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl AsyncWrite for ConnectionIo {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if let Some(count) = self.swallow(bytes) {
            return Poll::Ready(Ok(count));
        }
        let written = self.connection.poll_remainder(cx).map_ok(|()| 0);
        let written = match written {
            Poll::Ready(Ok(_)) => self.connection.poll_try(cx, |stream| stream.try_write(bytes)),
            other => other,
        };
        match &written {
            Poll::Pending => self.connection.blocked(),
            Poll::Ready(Ok(count)) => {
                self.connection.wrote(bytes.get(..*count).unwrap_or_default());
            }
            Poll::Ready(Err(_)) => {}
        }
        written
    }

    /// Called when everything is written: reading is resumed.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.connection.flushed();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(SockRef::from(&self.connection.stream).shutdown(Shutdown::Write))
    }
}

impl ConnectionIo {
    /// How many of these bytes the client already has. `None` if it has none.
    fn swallow(&mut self, bytes: &[u8]) -> Option<usize> {
        let count = self.swallowed.iter().zip(bytes).take_while(|(had, new)| had == new).count();
        // If socketioxide writes something else, all of it is sent.
        let is_same = count > 0 && count == self.swallowed.len().min(bytes.len());
        self.swallowed = if is_same { self.swallowed.get(count..)? } else { &[] };
        is_same.then_some(count)
    }
}
