//! The listening sockets that systemd keeps while the hub restarts (its file descriptor store), so that
//! people who come meanwhile wait in line and are not refused.
//!
//! `listen` decides all the same: what is kept and no longer wanted is let go. A socket unit that a host
//! wrote works too, where its addresses are those of `listen`.

use std::io::{self, Read};
use std::net::{SocketAddr, TcpListener};
use std::os::fd::AsFd;

use listenfd::ListenFd;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use sd_notify::NotifyState;

/// How long systemd may take to close a socket.
const PATIENCE: Timespec = Timespec { tv_sec: 5, tv_nsec: 0 };

/// The sockets handed over at the start.
#[derive(Debug)]
pub(super) struct Kept(Vec<TcpListener>);

impl Kept {
    /// Takes what was handed over; nothing, where nobody keeps sockets for us.
    pub(super) fn take() -> Self {
        let mut handed = ListenFd::from_env();
        let sockets = (0..handed.len()).filter_map(|index| {
            // What is no TCP listener cannot be ours.
            handed.take_tcp_listener(index).ok().flatten()
        });
        Self(sockets.collect())
    }

    /// The socket that listens on this address.
    pub(super) fn claim(&mut self, address: SocketAddr) -> Option<TcpListener> {
        let is_it = |socket: &TcpListener| socket.local_addr().is_ok_and(|own| own == address);
        let index = self.0.iter().position(is_it)?;
        let socket = self.0.swap_remove(index);
        // Only one from somewhere else may still block.
        socket.set_nonblocking(true).ok()?;
        Some(socket)
    }

    /// Lets go of all that nobody claimed, and waits until systemd has closed them: their addresses can
    /// then be bound anew.
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

/// Gives systemd a socket to keep until the service is stopped. Does nothing without systemd.
pub(super) fn keep(socket: &TcpListener) {
    let Ok(address) = socket.local_addr() else { return };
    let state = [NotifyState::FdStore, NotifyState::FdName(&name(address))];
    if let Err(error) = sd_notify::notify_with_fds(&state, &[socket.as_fd()]) {
        tracing::warn!(%error, "systemd does not keep the listening socket over restarts");
    }
}

/// Waits until systemd has done what it was told.
pub(super) fn settle() {
    if std::env::var_os("NOTIFY_SOCKET").is_some()
        && let Err(error) = barrier()
    {
        tracing::warn!(%error, "systemd does not say whether it keeps the listening sockets");
    }
}

/// A name in the store must not have colons.
fn name(address: SocketAddr) -> String {
    address.to_string().replace(':', "_")
}

/// Waits until systemd has read all that it was told: it then closes the pipe.
fn barrier() -> io::Result<()> {
    let (mut closed, held) = io::pipe()?;
    sd_notify::notify_with_fds(&[NotifyState::Custom("BARRIER=1")], &[held.as_fd()])?;
    drop(held);
    let waiting = PollFd::new(&closed, PollFlags::IN);
    if poll(&mut [waiting], Some(&PATIENCE))? == 0 {
        return Err(io::ErrorKind::TimedOut.into());
    }
    closed.read(&mut [0]).map(|_| ())
}
