//! Tracks interfaces that lost IPv6 and have it again, on which the running daemon can no longer be relied on.
//!
//! Pure: it gets what was seen and when, and decides when another daemon has to be started.
//!
//! mdns-sd 0.21 joins IPv6's multicast group on an interface with its first IPv6 address, and leaves it only if the
//! interface loses its last address of any kind. If IPv4 stayed, joining again fails, and the hub is not found over
//! IPv6 any more.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::time::{Duration, Instant};

use if_addrs::Interface;

/// How long IPv6 has to stay before a daemon is started for it, the first time. An interface on which it keeps coming
/// and going must not keep the hub from being found on the others.
const STAYS: Duration = Duration::from_secs(1);

/// How often that span doubles at most.
const DOUBLINGS: u32 = 5;

/// The interfaces with IPv6 during one run of the daemon.
#[derive(Debug, Default)]
pub(super) struct Links {
    /// The IPv6 addresses of each interface, by its index.
    present: BTreeMap<u32, BTreeSet<IpAddr>>,
    /// The interfaces that were without one at some time since the daemon was started.
    lost: BTreeSet<u32>,
    /// Since when one of these has one again.
    back_since: Option<Instant>,
}

impl Links {
    /// The state for a daemon that is started with these interfaces.
    pub(super) fn of(interfaces: &[Interface]) -> Self {
        Self { present: by_index(interfaces), ..Self::default() }
    }

    /// Notes that the daemon has reported an address as gone. It may be back before the interfaces are checked.
    pub(super) fn lose(&mut self, address: IpAddr) {
        for (index, addresses) in &mut self.present {
            if addresses.remove(&address) && addresses.is_empty() {
                self.lost.insert(*index);
            }
        }
    }

    /// Whether an interface has lost IPv6 since the daemon was started.
    pub(super) fn is_any_lost(&self) -> bool {
        !self.lost.is_empty()
    }

    /// Takes the interfaces as they are now. Returns true if IPv6 came back and has stayed for long enough; `returns`
    /// is how many daemons were ended for that lately.
    pub(super) fn are(&mut self, interfaces: &[Interface], returns: u32, now: Instant) -> bool {
        let before = std::mem::replace(&mut self.present, by_index(interfaces));
        let gone = before.into_keys().filter(|index| !self.present.contains_key(index));
        self.lost.extend(gone);
        let is_back = self.lost.iter().any(|index| self.present.contains_key(index));
        self.back_since = is_back.then(|| self.back_since.unwrap_or(now));
        let stays = STAYS * 2_u32.pow(returns.min(DOUBLINGS));
        self.back_since.is_some_and(|since| now.duration_since(since) >= stays)
    }
}

fn by_index(interfaces: &[Interface]) -> BTreeMap<u32, BTreeSet<IpAddr>> {
    let mut found: BTreeMap<u32, BTreeSet<IpAddr>> = BTreeMap::new();
    for own in interfaces.iter().filter(|own| own.ip().is_ipv6()) {
        found.entry(own.index.unwrap_or_default()).or_default().insert(own.ip());
    }
    found
}

#[cfg(test)]
mod tests {
    use if_addrs::{IfAddr, IfOperStatus, Ifv4Addr, Ifv6Addr};

    use super::*;

    fn interface(index: u32, addr: IfAddr) -> Interface {
        let name = format!("eth{index}");
        Interface { name, addr, index: Some(index), oper_status: IfOperStatus::Up, is_p2p: false }
    }

    fn v4(index: u32) -> Interface {
        let (ip, netmask) = ("10.0.0.7".parse().unwrap(), "255.255.255.0".parse().unwrap());
        interface(index, IfAddr::V4(Ifv4Addr { ip, netmask, prefixlen: 24, broadcast: None }))
    }

    fn v6(index: u32, ip: &str) -> Interface {
        let (ip, netmask) = (ip.parse().unwrap(), "ffff::".parse().unwrap());
        interface(index, IfAddr::V6(Ifv6Addr { ip, netmask, prefixlen: 16, broadcast: None }))
    }

    /// The result of a check in each second.
    fn seen(looks: &[&[Interface]], returns: u32) -> Vec<bool> {
        let start = Instant::now();
        let mut links = Links::default();
        let at = |second: usize| start + Duration::from_secs(second as u64);
        looks.iter().enumerate().map(|(n, own)| links.are(own, returns, at(n))).collect()
    }

    #[test]
    fn ipv6_that_went_and_came_back_needs_another_daemon() {
        let (with, without) = ([v4(1), v6(1, "fd00::7")], [v4(1)]);
        assert_eq!(seen(&[&with, &without, &with, &with], 0), [false, false, false, true]);
        assert_eq!(seen(&[&with, &[], &with, &with], 0), [false, false, false, true]);
    }

    #[test]
    fn a_new_lost_or_readdressed_link_needs_no_restart() {
        let one = [v4(1), v6(1, "fd00::7")];
        assert_eq!(seen(&[&[v4(1)], &one, &one], 0), [false; 3]);
        assert_eq!(seen(&[&one, &[v4(1)], &[v4(1)], &[v4(1), v6(2, "fd00::7")]], 0), [false; 4]);
        assert_eq!(seen(&[&one, &[v4(1), v6(1, "fd00::8")], &one], 0), [false; 3]);
        assert_eq!(seen(&[&one, &[v6(1, "fd00::7")], &one, &one], 0), [false; 4]);
    }

    #[test]
    fn a_flap_between_two_looks_is_known_from_the_daemon() {
        let now = Instant::now();
        let own = [v6(1, "fe80::1"), v6(1, "fd00::7")];
        let mut links = Links::of(&own);
        links.lose(own[1].ip());
        assert!(!links.is_any_lost(), "it has another");
        links.lose(own[0].ip());
        assert!(links.is_any_lost() && !links.are(&own, 0, now));
        assert!(links.are(&own, 0, now + STAYS));
    }

    #[test]
    fn ipv6_that_does_not_stay_is_waited_for() {
        let (one, two) = ([v4(1)], [v4(1), v6(2, "fd00::7")]);
        assert_eq!(seen(&[&two, &one, &two, &one, &two, &one, &two], 0), [false; 7]);
        let slowly = seen(&[&two, &one, &two, &two, &two, &two], 1);
        assert_eq!(slowly, [false, false, false, false, true, true]);
    }
}
