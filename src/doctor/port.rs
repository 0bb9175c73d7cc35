//! Checks whether the hub listens on its ports, or could.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener};

use super::Finding;
use super::hub::{self, HubReport};
use crate::config::Config;
use crate::unit::{ServiceState, Unit};

const CHECK: &str = "port";

pub(super) fn check(
    config: &Config,
    running: Option<&HubReport>,
    unit: Option<&Unit>,
) -> Vec<Finding> {
    // A port that looks taken may be held by systemd for the service.
    let held = unit.filter(|unit| unit.stored > 0);
    let held = held
        .map(|unit| StoredSockets { state: unit.state, all: unit.stored >= config.listen.len() });
    let one = |listens: &SocketAddr| {
        if !hub::is_here(*listens) {
            return absent(*listens);
        }
        let hub = hub::at(*listens);
        let bound = if hub.is_some() { Ok(()) } else { TcpListener::bind(listens).map(drop) };
        judge(*listens, hub.as_ref(), running.is_some(), bound, held)
    };
    config.listen.iter().map(one).collect()
}

/// Sockets that systemd stores for the service (its file descriptor store).
#[derive(Debug, Clone, Copy)]
struct StoredSockets {
    /// The state of the service.
    state: ServiceState,
    /// Whether there are enough of them for all addresses.
    all: bool,
}

/// Judges one address. `bound` is the result of binding it here, which is tried when no hub answers at it.
fn judge(
    at: SocketAddr,
    hub: Option<&HubReport>,
    is_running: bool,
    bound: io::Result<()>,
    held: Option<StoredSockets>,
) -> Finding {
    let port = at.port();
    if let Some(HubReport { name, version, .. }) = hub {
        return Finding::good(
            CHECK,
            format!("the hub \"{name}\" answers at {at} (colahub {version})"),
        );
    }
    match bound {
        Ok(()) if is_running => Finding::bad(
            CHECK,
            format!("the hub runs, but not at {at}"),
            "its configuration has changed since: start it again",
        ),
        Ok(()) => Finding::note(CHECK, format!("{at} is free; no hub runs"))
            .and_advice("start it: `sudo systemctl start colahub`, or `colahub run`"),
        Err(error) if error.kind() == ErrorKind::AddrInUse => taken(port, held),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Finding::note(
            CHECK,
            format!("no hub answers at {at}, and you may not open port {port}"),
        )
        .and_advice("run this with sudo to see more"),
        // The address was removed a moment ago, or is about to be added.
        Err(error) if error.kind() == ErrorKind::AddrNotAvailable => absent(at),
        Err(error) => Finding::bad(
            CHECK,
            format!("{at} cannot be listened on: {error}"),
            "set another `listen`",
        ),
    }
}

fn taken(port: u16, held: Option<StoredSockets>) -> Finding {
    let name = format!("`sudo ss -tlnp 'sport = :{port}'` names it");
    match held {
        None => Finding::bad(
            CHECK,
            format!("another program has port {port}"),
            format!("{name}; stop it, or set another `listen`"),
        ),
        Some(StoredSockets { all: false, .. }) => Finding::bad(
            CHECK,
            format!(
                "no hub answers on port {port}, which systemd holds for it, or another program has"
            ),
            format!(
                "{name}: \"systemd\" is the hub's own; stop any other, or set another `listen`"
            ),
        ),
        Some(StoredSockets { state: ServiceState::Active, .. }) => Finding::bad(
            CHECK,
            format!("the service runs, but does not answer on port {port}"),
            "systemd starts it again within half a minute; `sudo journalctl -u colahub` says why",
        ),
        Some(_) => Finding::note(
            CHECK,
            format!("systemd holds port {port} for the service, which is not up"),
        ),
    }
}

fn absent(at: SocketAddr) -> Finding {
    Finding::bad(
        CHECK,
        format!(
            "this machine does not have the address {}: nobody reaches the hub at {at}",
            at.ip()
        ),
        "the hub serves there as soon as the address comes: look at the network, or set `listen` to a port \
         alone, which means every address",
    )
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    fn verdict(is_running: bool, bound: Result<(), ErrorKind>) -> Verdict {
        let at = "[::]:80".parse().unwrap();
        judge(at, None, is_running, bound.map_err(io::Error::from), None).verdict
    }

    #[test]
    fn a_port_that_systemd_holds_for_the_service_is_not_another_programs() {
        let seen = |state, all| {
            let bound = Err(ErrorKind::AddrInUse.into());
            let at = "[::]:80".parse().unwrap();
            judge(at, None, false, bound, Some(StoredSockets { state, all })).seen
        };
        for state in [
            ServiceState::Looping,
            ServiceState::Starting,
            ServiceState::Failed,
            ServiceState::Stopped,
            ServiceState::Active,
        ] {
            assert!(!seen(state, true).contains("another program"), "{}", seen(state, true));
        }
        assert!(seen(ServiceState::Looping, false).contains("or another program"));
    }

    #[test]
    fn a_port_is_ours_free_or_another_programs() {
        assert_eq!(verdict(false, Ok(())), Verdict::Note);
        assert_eq!(verdict(true, Ok(())), Verdict::Bad);
        assert_eq!(verdict(false, Err(ErrorKind::AddrInUse)), Verdict::Bad);
        assert_eq!(verdict(false, Err(ErrorKind::PermissionDenied)), Verdict::Note);
        assert_eq!(verdict(false, Err(ErrorKind::AddrNotAvailable)), Verdict::Bad);
    }
}
