//! Sends the hub's addresses to every cache of every listener.
//!
//! mdns-sd announces and withdraws IPv4 addresses over IPv4 only and IPv6 addresses over IPv6 only, but answers for
//! both over either. A listener with a cache for each protocol (avahi) therefore keeps addresses that no goodbye
//! reaches, for two minutes. This sends all addresses over both, as intended by RFC 6762, section 20.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use if_addrs::Interface;
use socket2::{Domain, Protocol, SockAddr, Socket, Type};

use super::MDNS_PORT;

/// The groups of multicast DNS (RFC 6762, section 3).
const GROUP_V4: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 251);
const GROUP_V6: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0xfb);

/// How long an address of a host is good, in seconds (RFC 6762, section 10).
pub(super) const GOOD: u32 = 120;

/// A time to live of zero is a goodbye (RFC 6762, section 10.1).
pub(super) const GONE: u32 = 0;

/// Announces, on each of these interfaces, the addresses that `host` (`cola` for `cola.local`) has there, with a time
/// to live of `ttl` seconds. Errors are ignored: mdns-sd has announced most of it, and few listeners need the rest.
pub(super) fn send(host: &str, own: &[Interface], ttl: u32) {
    let mut by_interface: BTreeMap<u32, Vec<IpAddr>> = BTreeMap::new();
    for own in own {
        by_interface.entry(own.index.unwrap_or_default()).or_default().push(own.ip());
    }
    for (index, addresses) in by_interface {
        let packet = packet(host, &addresses, ttl);
        let v4 = addresses.iter().find_map(|ip| match ip {
            IpAddr::V4(ip) => Some(*ip),
            IpAddr::V6(_) => None,
        });
        let over_v4 = v4.map_or(Ok(()), |ip| send_v4(&packet, ip));
        if let Err(error) = over_v4.and(send_v6(&packet, index)) {
            tracing::debug!(%error, "addresses were not sent to every cache");
        }
    }
}

fn send_v4(packet: &[u8], from: Ipv4Addr) -> io::Result<()> {
    let socket = shared(Domain::IPV4, Ipv4Addr::UNSPECIFIED.into())?;
    socket.set_multicast_if_v4(&from)?;
    socket.set_multicast_ttl_v4(255)?;
    socket.send_to(packet, &SockAddr::from(SocketAddr::from((GROUP_V4, MDNS_PORT)))).map(drop)
}

fn send_v6(packet: &[u8], index: u32) -> io::Result<()> {
    let socket = shared(Domain::IPV6, Ipv6Addr::UNSPECIFIED.into())?;
    socket.set_multicast_if_v6(index)?;
    socket.set_multicast_hops_v6(255)?;
    socket.send_to(packet, &SockAddr::from(SocketAddr::from((GROUP_V6, MDNS_PORT)))).map(drop)
}

/// A socket on the mDNS port, from which every answer has to be sent (RFC 6762, section 6).
fn shared(domain: Domain, any: IpAddr) -> io::Result<Socket> {
    let socket = Socket::new(domain, Type::DGRAM, Some(Protocol::UDP))?;
    if domain == Domain::IPV6 {
        socket.set_only_v6(true)?;
    }
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&SockAddr::from(SocketAddr::from((any, MDNS_PORT))))?;
    Ok(socket)
}

/// An unsolicited response (RFC 6762, section 18; RFC 1035, section 4.1) with a record for each address.
fn packet(host: &str, addresses: &[IpAddr], ttl: u32) -> Vec<u8> {
    const ANSWER: u16 = 0x8400; // an authoritative response
    const FLUSH: u16 = 0x8001; // class IN, and older records are to be forgotten
    let count = u16::try_from(addresses.len()).unwrap_or(u16::MAX);
    let header = [0, ANSWER, 0, count, 0, 0];
    let mut packet: Vec<u8> = header.iter().flat_map(|field| field.to_be_bytes()).collect();
    for address in addresses {
        for label in [host, "local"] {
            packet.push(u8::try_from(label.len()).unwrap_or_default());
            packet.extend_from_slice(label.as_bytes());
        }
        packet.push(0);
        let (kind, bytes): (u16, Vec<u8>) = match address {
            IpAddr::V4(ip) => (1, ip.octets().into()),
            IpAddr::V6(ip) => (28, ip.octets().into()),
        };
        packet.extend(kind.to_be_bytes());
        packet.extend(FLUSH.to_be_bytes());
        packet.extend(ttl.to_be_bytes());
        packet.extend(u16::try_from(bytes.len()).unwrap_or_default().to_be_bytes());
        packet.extend(bytes);
    }
    packet
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_has_the_format_of_the_rfcs() {
        let packet = packet("cola", &["10.0.0.7".parse().unwrap()], GOOD);
        let mut expected = vec![0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0];
        expected.extend(b"\x04cola\x05local\0");
        expected.extend([0, 1, 0x80, 1, 0, 0, 0, 120, 0, 4, 10, 0, 0, 7]);
        assert_eq!(packet, expected);
    }

    #[test]
    fn a_goodbye_names_every_address() {
        let all = ["10.0.0.7".parse().unwrap(), "fd00::7".parse().unwrap()];
        let packet = packet("cola", &all, GONE);
        assert_eq!(packet[7], 2);
        let end = &packet[packet.len() - 26..];
        assert_eq!(&end[..10], [0, 28, 0x80, 1, 0, 0, 0, 0, 0, 16]);
        assert_eq!(end[25], 7);
    }
}
