//! Whether the hub has its ports, or could have them.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener};

use super::Finding;
use super::hub::{self, HubReport};
use crate::config::Config;

const CHECK: &str = "port";

pub(super) fn check(config: &Config, running: Option<&HubReport>) -> Vec<Finding> {
    let one = |listens: &SocketAddr| {
        if !hub::is_here(*listens) {
            return absent(*listens);
        }
        let hub = hub::at(*listens);
        let bound = if hub.is_some() { Ok(()) } else { TcpListener::bind(listens).map(drop) };
        judge(*listens, hub.as_ref(), running.is_some(), bound)
    };
    config.listen.iter().map(one).collect()
}

/// `bound` is what came of trying to have the address ourselves, where no hub answers at it.
fn judge(
    at: SocketAddr,
    hub: Option<&HubReport>,
    is_running: bool,
    bound: io::Result<()>,
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
        Err(error) if error.kind() == ErrorKind::AddrInUse => Finding::bad(
            CHECK,
            format!("another program has port {port}"),
            format!("`sudo ss -tlnp 'sport = :{port}'` names it; stop it, or set another `listen`"),
        ),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Finding::note(
            CHECK,
            format!("no hub answers at {at}, and you may not open port {port}"),
        )
        .and_advice("run this with sudo to see more"),
        // It went a moment ago, or comes in one.
        Err(error) if error.kind() == ErrorKind::AddrNotAvailable => absent(at),
        Err(error) => Finding::bad(
            CHECK,
            format!("{at} cannot be listened on: {error}"),
            "set another `listen`",
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
        judge(at, None, is_running, bound.map_err(io::Error::from)).verdict
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
