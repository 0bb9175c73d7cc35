//! Listening sockets that systemd keeps while the hub restarts (its file descriptor store), so that new
//! connections wait instead of being refused.
//!
//! `listen` still decides: kept sockets that are no longer wanted are closed. A host's own socket unit works,
//! too, if its addresses are those of `listen`.

use std::io::{self, Read};
use std::net::{SocketAddr, TcpListener};
use std::os::fd::AsFd;

use listenfd::ListenFd;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use sd_notify::NotifyState;

/// How long systemd may take to close a socket.
const TIMEOUT: Timespec = Timespec { tv_sec: 5, tv_nsec: 0 };

/// The sockets that were passed at the start.
#[derive(Debug)]
pub(super) struct KeptSockets(Vec<TcpListener>);

impl KeptSockets {
    /// Takes the sockets that were passed, if any.
    pub(super) fn take() -> Self {
        let mut handed = ListenFd::from_env();
        let sockets = (0..handed.len()).filter_map(|index| {
            // Anything but a TCP listener is not the hub's.
            handed.take_tcp_listener(index).ok().flatten()
        });
        Self(sockets.collect())
    }

    /// The socket that listens on this address.
    pub(super) fn claim(&mut self, address: SocketAddr) -> Option<TcpListener> {
        let is_it = |socket: &TcpListener| socket.local_addr().is_ok_and(|own| own == address);
        let index = self.0.iter().position(is_it)?;
        let socket = self.0.swap_remove(index);
        // A socket that the hub has not created itself may still be in blocking mode.
        socket.set_nonblocking(true).ok()?;
        Some(socket)
    }

    /// Closes the sockets that nobody has claimed, and waits until systemd has closed them, too, so that
    /// their addresses can be bound again.
    pub(super) fn let_go(self) {
        if self.0.is_empty() {
            return;
        }
        let addresses: Vec<_> = self.0.iter().filter_map(|own| own.local_addr().ok()).collect();
        for address in addresses {
            let name = name(address);
            super::notify(&[NotifyState::FdStoreRemove, NotifyState::FdName(&name)]);
        }
        drop(self);
        settle();
    }
}

/// Stores a socket with systemd until the service is stopped. Does nothing without systemd.
pub(super) fn keep(socket: &TcpListener) {
    let Ok(address) = socket.local_addr() else { return };
    let state = [NotifyState::FdStore, NotifyState::FdName(&name(address))];
    if let Err(error) = sd_notify::notify_with_fds(&state, &[socket.as_fd()]) {
        tracing::warn!(%error, "systemd does not keep the listening socket over restarts");
    }
}

/// Waits until systemd has processed all messages.
pub(super) fn settle() {
    if std::env::var_os("NOTIFY_SOCKET").is_some()
        && let Err(error) = barrier()
    {
        tracing::warn!(%error, "systemd does not say whether it keeps the listening sockets");
    }
}

/// A name in the store, which must not contain colons.
fn name(address: SocketAddr) -> String {
    address.to_string().replace(':', "_")
}

/// Waits until systemd has read all messages: it then closes the pipe.
fn barrier() -> io::Result<()> {
    let (mut closed, held) = io::pipe()?;
    sd_notify::notify_with_fds(&[NotifyState::Custom("BARRIER=1")], &[held.as_fd()])?;
    drop(held);
    let waiting = PollFd::new(&closed, PollFlags::IN);
    if poll(&mut [waiting], Some(&TIMEOUT))? == 0 {
        return Err(io::ErrorKind::TimedOut.into());
    }
    closed.read(&mut [0]).map(|_| ())
}
