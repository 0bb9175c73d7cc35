//! Finds out why nothing is announced, as far as this machine can tell.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use socket2::{Domain, Protocol, Socket, Type};

use super::Reason;
use crate::network::Reach;

/// The UDP port of multicast DNS (RFC 6762, section 3).
pub const MDNS_PORT: u16 = 5353;

const AVAHI_CONFIG: &str = "/etc/avahi/avahi-daemon.conf";
const AVAHI_PID: &str = "/run/avahi-daemon/pid";

/// The state of avahi-daemon, the usual mDNS program of a Linux machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Avahi {
    /// Whether it runs.
    pub runs: bool,
    /// Whether its configuration prevents other programs from using mDNS.
    pub forbids_others: bool,
}

/// Reads the state of avahi-daemon.
#[must_use]
pub fn avahi() -> Avahi {
    let config = fs::read_to_string(AVAHI_CONFIG).unwrap_or_default();
    Avahi { runs: runs(Path::new(AVAHI_PID)), forbids_others: forbids_others(&config) }
}

/// Whether a program that shares the mDNS port can bind it.
#[must_use]
pub fn port_is_free() -> bool {
    let bind = || -> std::io::Result<()> {
        let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
        socket.set_reuse_address(true)?;
        socket.set_reuse_port(true)?;
        socket.bind(&SocketAddr::from((Ipv4Addr::UNSPECIFIED, MDNS_PORT)).into())
    };
    bind().is_ok()
}

/// The most likely reason why nothing was sent.
pub(super) fn of(reach: &Reach) -> Reason {
    if reach.addresses().is_empty() {
        return Reason::NoInterface;
    }
    if port_is_free() {
        return Reason::Unknown;
    }
    let avahi = avahi();
    if avahi.runs && avahi.forbids_others { Reason::AvahiForbids } else { Reason::PortTaken }
}

/// Whether the process with the id in this file is running.
fn runs(pid_file: &Path) -> bool {
    let pid = fs::read_to_string(pid_file).unwrap_or_default();
    let pid = pid.trim();
    !pid.is_empty() && Path::new("/proc").join(pid).exists()
}

fn forbids_others(config: &str) -> bool {
    config.lines().any(|line| {
        let line = line.split('#').next().unwrap_or_default();
        line.split_once('=').is_some_and(|(key, value)| {
            key.trim() == "disallow-other-stacks" && value.trim().eq_ignore_ascii_case("yes")
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn avahis_configuration_is_read_as_avahi_reads_it() {
        assert!(forbids_others("[server]\nuse-ipv4=yes\ndisallow-other-stacks=yes\n"));
        assert!(forbids_others(" disallow-other-stacks = YES "));
        assert!(!forbids_others("[server]\n#disallow-other-stacks=yes\n"));
        assert!(!forbids_others("disallow-other-stacks=no"));
        assert!(!forbids_others(""));
    }

    #[test]
    fn an_ended_process_is_not_running() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("pid");
        assert!(!runs(&file));
        fs::write(&file, format!("{}\n", std::process::id())).unwrap();
        assert!(runs(&file));
        fs::write(&file, "999999999\n").unwrap();
        assert!(!runs(&file));
        fs::write(&file, "\n").unwrap();
        assert!(!runs(&file));
    }
}
