//! Single mDNS queries, for the command line. They block.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use mdns_sd::{HostnameResolutionEvent, ScopedIp, ServiceEvent};

use super::daemon::{HUBS, heard_of, listener};
use super::others::{FoundHub, Others};
use crate::config::Interfaces;
use crate::network;

/// Why a query could not be sent.
#[derive(Debug, thiserror::Error)]
#[error("the network cannot be asked: {0}")]
pub struct Failed(mdns_sd::Error);

// By hand: with thiserror's `from` the cause would be told twice.
impl From<mdns_sd::Error> for Failed {
    fn from(error: mdns_sd::Error) -> Self {
        Self(error)
    }
}

/// The hubs that answer within `wait`, including this machine's own; at most 64.
///
/// # Errors
/// mDNS cannot be used on this machine.
pub fn hubs(interfaces: &Interfaces, wait: Duration) -> Result<Vec<FoundHub>, Failed> {
    let daemon = listener(interfaces)?;
    let events = daemon.browse(HUBS)?;
    let own = network::suitable(interfaces);
    let mut others = Others::default();
    let until = Instant::now() + wait;
    while let Ok(event) = events.recv_deadline(until) {
        match event {
            ServiceEvent::ServiceResolved(service) => {
                if let Some(hub) = heard_of(&service).check(&own) {
                    others.heard(service.fullname, hub);
                }
            }
            ServiceEvent::ServiceRemoved(_, service) => others.gone(&service),
            _ => {}
        }
    }
    // The process ends soon, so it does not matter if the daemon has not ended before.
    let _ending = daemon.shutdown();
    Ok(others.list())
}

/// The addresses that any device on the network answers with for a host (`cola` for `cola.local`) within `wait`.
///
/// # Errors
/// mDNS cannot be used on this machine.
pub fn resolve(
    interfaces: &Interfaces,
    host: &str,
    wait: Duration,
) -> Result<BTreeSet<IpAddr>, Failed> {
    let daemon = listener(interfaces)?;
    let timeout = u64::try_from(wait.as_millis()).ok();
    let events = daemon.resolve_hostname(&format!("{host}.local."), timeout)?;
    let mut found = BTreeSet::new();
    let until = Instant::now() + wait;
    while let Ok(event) = events.recv_deadline(until) {
        match event {
            HostnameResolutionEvent::AddressesFound(_, ips) => {
                found.extend(ips.iter().map(ScopedIp::to_ip_addr));
            }
            HostnameResolutionEvent::SearchTimeout(_) => break,
            _ => {}
        }
    }
    let _ending = daemon.shutdown();
    Ok(found)
}
