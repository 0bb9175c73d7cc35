//! Networks in CIDR notation.

use std::net::IpAddr;

/// An address, or a network in CIDR notation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    /// The length of the prefix, 0 to 32 or 128.
    bits: u8,
}

impl Network {
    /// Takes `192.168.4.2`, `fd00::1`, `10.0.0.0/8` or `fd00::/8`.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u8>().ok()?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let width = width(address);
        let bits = bits.unwrap_or(width);
        (bits <= width).then_some(Self { address, bits })
    }

    /// Whether the network contains this address. An IPv6 network contains no IPv4 address: the caller has to unmap
    /// an IPv4 address that came in through an IPv6 socket.
    #[must_use]
    pub fn contains(&self, other: IpAddr) -> bool {
        let apart = number(self.address) ^ number(other);
        let tail = width(self.address) - self.bits;
        width(self.address) == width(other) && apart.checked_shr(tail.into()).unwrap_or(0) == 0
    }
}

fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => v4.to_bits().into(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(network: &str, address: &str) -> bool {
        Network::parse(network).unwrap().contains(address.parse().unwrap())
    }

    #[test]
    fn a_network_has_the_addresses_that_begin_like_it() {
        assert!(has("192.168.4.2", "192.168.4.2") && !has("192.168.4.2", "192.168.4.3"));
        assert!(has("10.0.0.0/8", "10.255.1.2") && !has("10.0.0.0/8", "11.0.0.0"));
        assert!(has("192.168.4.128/25", "192.168.4.200"));
        assert!(!has("192.168.4.128/25", "192.168.4.100"));
        assert!(has("fd00::/8", "fdff::1") && !has("fd00::/8", "fe80::1"));
        assert!(has("0.0.0.0/0", "203.0.113.9") && has("::/0", "2001:db8::1"));
    }

    #[test]
    fn the_two_worlds_do_not_mix() {
        assert!(!has("0.0.0.0/0", "::1") && !has("::/0", "127.0.0.1"));
        assert!(!has("::7f00:1", "127.0.0.1"));
    }

    #[test]
    fn text_that_is_no_network_is_refused() {
        for bad in ["", "10", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/-1", "cola.local"] {
            assert_eq!(Network::parse(bad), None, "{bad}");
        }
    }
}
