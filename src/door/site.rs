//! The unit that counts as one address. An IPv6 address of another network is reduced to its /64, which one phone or
//! one home has (RFC 6177, section 2; RFC 7934). In the hub's own networks everybody shares a /64, so each
//! address counts by itself there, as do link-local addresses and IPv4.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::network;
use crate::sync::lock;

/// How long the machine's addresses are cached.
const BELIEVED: Duration = Duration::from_secs(2);

/// The hub's own networks, cached.
#[derive(Debug, Default)]
pub(super) struct Sites {
    own: Mutex<Option<(Instant, Vec<u64>)>>,
}

impl Sites {
    /// The address under which a client is counted.
    pub(super) fn of(&self, address: IpAddr) -> IpAddr {
        match address {
            IpAddr::V6(v6) if !is_local(v6) => {
                let mut own = lock(&self.own);
                let is_old = own.as_ref().is_none_or(|(at, _)| at.elapsed() > BELIEVED);
                if is_old {
                    *own = Some((Instant::now(), networks(&network::own_addresses())));
                }
                let own = own.as_ref().map_or(&[][..], |(_, networks)| networks);
                IpAddr::V6(site(v6, own))
            }
            _ => address,
        }
    }
}

fn is_local(address: Ipv6Addr) -> bool {
    address.is_loopback() || address.is_unicast_link_local()
}

/// The networks of these addresses.
fn networks(own: &[IpAddr]) -> Vec<u64> {
    let v6 = own.iter().filter_map(|address| match address {
        IpAddr::V6(v6) => Some(prefix(*v6)),
        IpAddr::V4(_) => None,
    });
    v6.collect()
}

/// The first 64 bits.
fn prefix(address: Ipv6Addr) -> u64 {
    (address.to_bits() >> 64) as u64
}

fn site(address: Ipv6Addr, own: &[u64]) -> Ipv6Addr {
    let prefix = prefix(address);
    if own.contains(&prefix) { address } else { Ipv6Addr::from_bits(u128::from(prefix) << 64) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_another_network_stands_for_its_64() {
        let own = networks(&["2001:db8:1:2::1".parse().unwrap(), "192.168.4.1".parse().unwrap()]);
        let is = |address: &str, counted: &str| {
            let address: Ipv6Addr = address.parse().unwrap();
            assert_eq!(site(address, &own), counted.parse::<Ipv6Addr>().unwrap(), "{address}");
        };
        is("2001:db8:1:2::77", "2001:db8:1:2::77");
        is("2001:db8:1:3::77", "2001:db8:1:3::");
        is("2001:db8:1:3:aaaa:bbbb:cccc:dddd", "2001:db8:1:3::");
        is("fd00:1::5", "fd00:1::");
    }

    #[test]
    fn neighbours_and_ipv4_are_counted_one_by_one() {
        let sites = Sites::default();
        for address in ["fe80::1", "fe80::2", "::1", "10.0.0.7", "203.0.113.9"] {
            let address: IpAddr = address.parse().unwrap();
            assert_eq!(sites.of(address), address);
        }
        // Documentation's own network: no machine is in it.
        let other: IpAddr = "2001:db8:ffff:1::9".parse().unwrap();
        assert_eq!(sites.of(other), "2001:db8:ffff:1::".parse::<IpAddr>().unwrap());
    }
}
