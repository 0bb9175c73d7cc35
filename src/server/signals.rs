//! The signals that the hub acts on: SIGTERM and SIGINT end it, SIGHUP has it read its configuration again.
//!
//! SIGHUP has a second meaning: the program's terminal was closed. A hub in the foreground of a terminal then shuts
//! down; one in the background, under `nohup` or as a service reloads.

use std::fs;

use anyhow::Context;
use rustix::fs::{Mode, OFlags, open};
use rustix::process::getpgrp;
use rustix::termios::tcgetpgrp;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The process's controlling terminal, if it has one.
const TERMINAL: &str = "/dev/tty";

/// SIGHUP's bit in a mask of signals, as in /proc/self/status.
const HANGUP: u64 = 1;

/// The handlers of the signals. While this exists, none of them ends the process by itself.
pub(super) struct Signals {
    term: Signal,
    int: Signal,
    hangup: Signal,
    /// Whether the hub ends with its terminal.
    has_terminal: bool,
}

impl Signals {
    pub(super) fn new() -> anyhow::Result<Self> {
        let listen = |kind| signal(kind).context("the system gives no signals");
        // Checked before the handler replaces the inherited setting.
        let has_terminal = !ignores_hangup() && is_in_foreground();
        Ok(Self {
            term: listen(SignalKind::terminate())?,
            int: listen(SignalKind::interrupt())?,
            hangup: listen(SignalKind::hangup())?,
            has_terminal,
        })
    }

    /// Waits until the hub is told to stop.
    pub(super) async fn stop(&mut self) {
        tokio::select! {
            _ = self.term.recv() => {}
            _ = self.int.recv() => {}
        }
    }

    /// Waits for the next signal. Without `may_reload` a SIGHUP is left for later. Signals that arrived while nobody
    /// waited count as one.
    pub(super) async fn next(&mut self, may_reload: bool) -> SignalAction {
        tokio::select! {
            _ = self.term.recv() => SignalAction::Stop,
            _ = self.int.recv() => SignalAction::Stop,
            _ = self.hangup.recv(), if may_reload => match self.has_terminal && !has_terminal() {
                true => SignalAction::Stop,
                false => SignalAction::Reload,
            },
        }
    }
}

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SignalAction {
    Stop,
    Reload,
}

/// Whether there is a terminal that this process belongs to.
fn has_terminal() -> bool {
    open(TERMINAL, FLAGS, Mode::empty()).is_ok()
}

const FLAGS: OFlags =
    OFlags::RDONLY.union(OFlags::NOCTTY).union(OFlags::NONBLOCK).union(OFlags::CLOEXEC);

/// Whether this process is in the foreground of its terminal.
fn is_in_foreground() -> bool {
    let terminal = open(TERMINAL, FLAGS, Mode::empty()).ok();
    terminal.and_then(|terminal| tcgetpgrp(terminal).ok()).is_some_and(|group| group == getpgrp())
}

/// Whether the process was started with SIGHUP ignored, as by `nohup`.
fn ignores_hangup() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    is_ignored(&status, HANGUP)
}

fn is_ignored(status: &str, signal: u64) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .is_some_and(|mask| mask & signal != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ignored_signal_is_read_from_the_mask() {
        assert!(is_ignored("Name:\tcolahub\nSigIgn:\t0000000000001001\n", HANGUP));
        assert!(!is_ignored("Name:\tcolahub\nSigIgn:\t0000000000001000\n", HANGUP));
        assert!(!is_ignored("", HANGUP));
    }
}
