//! Checks the other programs on this machine that speak mDNS.

use std::fs;
use std::path::Path;

use super::Finding;
use crate::config::Config;
use crate::discovery::{self, Avahi, MDNS_PORT};

pub(super) fn check(config: &Config) -> Vec<Finding> {
    let avahi = discovery::avahi();
    let mut found = vec![avahis(avahi, config.mdns)];
    if config.mdns && !(avahi.runs && avahi.forbids_others) {
        found.push(ports(discovery::port_is_free()));
    }
    let lookup = fs::read_to_string("/etc/nsswitch.conf").unwrap_or_default();
    found.push(resolved(Path::new("/run/systemd/resolve").exists(), &lookup));
    found
}

fn avahis(avahi: Avahi, is_wanted: bool) -> Finding {
    const CHECK: &str = "avahi";
    match avahi {
        Avahi { runs: true, forbids_others: true } if is_wanted => Finding::bad(
            CHECK,
            "avahi-daemon forbids others to announce",
            "set disallow-other-stacks=no in /etc/avahi/avahi-daemon.conf and restart it, or let avahi \
             announce the hub: docs/discovery.md has the service file",
        ),
        Avahi { runs: true, .. } => Finding::good(CHECK, "avahi-daemon runs beside the hub"),
        Avahi { runs: false, .. } => {
            Finding::good(CHECK, "avahi-daemon does not run; none is needed")
        }
    }
}

fn ports(is_free: bool) -> Finding {
    const CHECK: &str = "mDNS port";
    if is_free {
        return Finding::good(CHECK, format!("UDP port {MDNS_PORT} is shared"));
    }
    Finding::bad(
        CHECK,
        format!("another program keeps UDP port {MDNS_PORT} for itself"),
        format!("`sudo ss -ulnp 'sport = :{MDNS_PORT}'` names it"),
    )
}

/// Judges whether this machine itself can resolve `.local` names. Phones do not depend on it.
fn resolved(runs: bool, nsswitch: &str) -> Finding {
    const CHECK: &str = "resolver";
    let hosts = nsswitch.lines().find_map(|line| line.trim().strip_prefix("hosts:"));
    let by_mdns = hosts.is_some_and(|hosts| hosts.contains("mdns"));
    match (by_mdns, runs) {
        (true, _) => Finding::good(CHECK, "this machine itself opens .local names, by nss-mdns"),
        (false, true) => {
            Finding::good(CHECK, "systemd-resolved runs; it shares mDNS where it is set to use it")
        }
        (false, false) => {
            Finding::note(CHECK, "this machine itself cannot open .local names; phones can")
                .and_advice("`sudo apt install libnss-mdns`, if you want to")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict::{Bad, Good, Note};
    use super::*;

    #[test]
    fn avahi_is_fine_unless_it_forbids_what_is_wanted() {
        let verdict = |runs, forbids_others, is_wanted| {
            avahis(Avahi { runs, forbids_others }, is_wanted).verdict
        };
        assert_eq!(verdict(true, true, true), Bad);
        assert_eq!(verdict(true, true, false), Good);
        assert_eq!(verdict(true, false, true), Good);
        assert_eq!(verdict(false, true, true), Good);
    }

    #[test]
    fn this_machines_own_resolver_is_reported() {
        let mdns = "passwd: files\nhosts:  files mdns4_minimal [NOTFOUND=return] dns\n";
        assert_eq!(resolved(false, mdns).verdict, Good);
        assert_eq!(resolved(true, "hosts: files dns").verdict, Good);
        assert_eq!(resolved(false, "hosts: files dns").verdict, Note);
    }
}
