//! The addresses at which people reach the hub, on the interfaces that the host allows.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard};

use if_addrs::{IfAddr, Interface};

use crate::config::{InterfacePattern, Interfaces};
use crate::sync::lock;

/// Where the hub listens, and which interfaces people may use. Clones share it.
#[derive(Debug, Clone)]
pub struct Reach {
    listening: Arc<Mutex<Listening>>,
    interfaces: Interfaces,
}

/// Where the hub listens now.
#[derive(Debug, Default)]
struct Listening {
    /// The sockets' own addresses, in the order of the configuration.
    at: Vec<SocketAddr>,
    refused: Vec<Refused>,
    /// `http.public_url`.
    public: Option<String>,
}

/// An address of `listen` that could not be bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The address, as configured.
    pub address: SocketAddr,
    /// The reason: a sentence for the host.
    pub why: String,
}

impl Reach {
    /// A hub that listens at these addresses, with their actual ports.
    #[must_use]
    pub fn new(listening: Vec<SocketAddr>, interfaces: Interfaces) -> Self {
        let listening = Listening { at: listening, ..Listening::default() };
        Self { listening: Arc::new(Mutex::new(listening)), interfaces }
    }

    /// Notes addresses that could not be bound yet.
    #[must_use]
    pub fn without(self, refused: Vec<Refused>) -> Self {
        self.listening().refused = refused;
        self
    }

    /// Adds an address that was bound later. `asked` is the configured address.
    pub fn add(&self, asked: SocketAddr, address: SocketAddr) {
        let mut listening = self.listening();
        listening.refused.retain(|refused| refused.address != asked);
        listening.at.push(address);
    }

    /// The listening addresses that this machine has now.
    #[must_use]
    pub fn present(&self) -> Vec<SocketAddr> {
        let own = own_addresses();
        self.listening().at.iter().filter(|at| is_own(at.ip(), &own)).copied().collect()
    }

    /// The listening addresses that this machine does not have now.
    #[must_use]
    pub fn absent(&self) -> Vec<SocketAddr> {
        let own = own_addresses();
        self.listening().at.iter().filter(|at| !is_own(at.ip(), &own)).copied().collect()
    }

    /// The addresses that could not be bound.
    #[must_use]
    pub fn refused(&self) -> Vec<Refused> {
        self.listening().refused.clone()
    }

    fn listening(&self) -> MutexGuard<'_, Listening> {
        // `lock` also works after a panic.
        lock(&self.listening)
    }

    /// Sets the URL that people are shown. `None` shows the addresses.
    pub fn set_public(&self, public: Option<String>) {
        self.listening().public = public;
    }

    /// The URLs at which people open the hub, the best first: the configured one, or else the addresses.
    #[must_use]
    pub fn urls(&self) -> Vec<String> {
        let public = self.listening().public.clone();
        match public {
            Some(public) => vec![public],
            None => self.addresses().iter().map(url).collect(),
        }
    }

    /// The interfaces, with an address each, at which people reach the hub now.
    #[must_use]
    pub fn interfaces_now(&self) -> Vec<Interface> {
        let mut found = suitable(&self.interfaces);
        found.retain(|own| self.covers(&own.name, own.ip()));
        found
    }

    /// Like [`Self::interfaces`], with link-local addresses, for mDNS.
    #[must_use]
    pub fn links_now(&self) -> Vec<Interface> {
        let mut found = if_addrs::get_if_addrs().unwrap_or_default();
        found.retain(|own| own.is_oper_up() && self.covers(&own.name, own.ip()));
        found
    }

    /// The port that people use: that of the first listener.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        self.listening().at.first().map(SocketAddr::port)
    }

    /// Whether the hub listens for other machines at all.
    #[must_use]
    pub fn is_open(&self) -> bool {
        let listening = self.listening();
        let refused = listening.refused.iter().map(|refused| refused.address);
        listening.at.iter().copied().chain(refused).any(|at| !at.ip().is_loopback())
    }

    /// Whether people can reach the hub at this address of the interface with this name.
    #[must_use]
    pub fn covers(&self, name: &str, ip: IpAddr) -> bool {
        let listens = |at: &SocketAddr| at.ip() == ip || is_any(at.ip(), ip);
        !ip.is_loopback() && self.interfaces.suits(name) && self.listening().at.iter().any(listens)
    }

    /// The addresses at which people join now: IPv4 first, which is shorter to read out and works on every
    /// phone, and of those the one in the network that this machine makes, where the join page sends people. Link-local addresses are left out: browsers cannot open most of them.
    #[must_use]
    pub fn addresses(&self) -> Vec<SocketAddr> {
        let own: Vec<_> = suitable(&self.interfaces);
        let mut found: Vec<SocketAddr> = Vec::new();
        for listens in self.present() {
            if listens.ip().is_unspecified() {
                let reached = own.iter().filter(|own| is_any(listens.ip(), own.ip()));
                found.extend(reached.map(|own| SocketAddr::new(own.ip(), listens.port())));
            } else {
                found.push(listens);
            }
        }
        found.sort_by_key(|at| (at.is_ipv6(), !is_of_hotspot(at.ip()), is_makeshift(at.ip())));
        found.dedup();
        found
    }
}

/// The machine's interfaces with an address that people can type.
#[must_use]
pub fn suitable(interfaces: &Interfaces) -> Vec<Interface> {
    let mut found = if_addrs::get_if_addrs().unwrap_or_default();
    found.retain(|own| own.is_oper_up() && interfaces.suits(&own.name) && is_typeable(own.ip()));
    found
}

/// All addresses of this machine, those of every interface and kind.
#[must_use]
pub fn own_addresses() -> Vec<IpAddr> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    interfaces.iter().map(Interface::ip).collect()
}

/// Whether `ip` is an address of this machine, which has the addresses `own`.
#[must_use]
pub fn is_own(ip: IpAddr, own: &[IpAddr]) -> bool {
    // All of 127.0.0.0/8 is this machine.
    ip.is_unspecified() || ip.is_loopback() || own.contains(&ip)
}

/// Whether this link-local IPv6 address is the only address of its interface. Otherwise it is better not
/// announced: link-local addresses are valid on one link only.
#[must_use]
pub fn is_last_resort(name: &str, ip: IpAddr) -> bool {
    let is_link_local = |ip: IpAddr| matches!(ip, IpAddr::V6(ip) if ip.is_unicast_link_local());
    let has_better = || {
        let own = if_addrs::get_if_addrs().unwrap_or_default();
        own.iter().any(|own| own.name == name && is_typeable(own.ip()))
    };
    is_link_local(ip) && !has_better()
}

/// The machine's host name: its first label, in lower case.
#[must_use]
pub fn machine_name() -> Option<String> {
    let system = rustix::system::uname();
    let name = system.nodename().to_str().ok()?.split('.').next()?;
    (!name.is_empty()).then(|| name.to_ascii_lowercase())
}

/// Whether `ip` is in the network of one of these interfaces: a neighbour, reached directly.
#[must_use]
pub fn is_neighbour(interfaces: &[Interface], ip: IpAddr) -> bool {
    interfaces.iter().any(|own| match (&own.addr, ip) {
        (IfAddr::V4(own), IpAddr::V4(ip)) => {
            let mask = u32::from(own.netmask);
            u32::from(own.ip) & mask == u32::from(ip) & mask
        }
        (IfAddr::V6(own), IpAddr::V6(ip)) => {
            let mask = u128::from(own.netmask);
            u128::from(own.ip) & mask == u128::from(ip) & mask
        }
        _ => false,
    })
}

/// Whether `ip` is in the network of an interface that one of these patterns matches, including this machine's own
/// addresses. Answers to such an address leave by that interface, so nobody elsewhere can hold a connection from it. A
/// link-local IPv6 address may be on any interface, so it counts for none.
#[must_use]
pub fn comes_by(patterns: &[InterfacePattern], ip: IpAddr) -> bool {
    if matches!(ip, IpAddr::V6(ip) if ip.is_unicast_link_local()) {
        return false;
    }
    let mut named = if_addrs::get_if_addrs().unwrap_or_default();
    named.retain(|own| patterns.iter().any(|pattern| pattern.matches(&own.name)));
    is_neighbour(&named, ip.to_canonical())
}

/// A URL as people type it: without port 80.
#[must_use]
pub fn url(address: &SocketAddr) -> String {
    match (address, address.port()) {
        (SocketAddr::V4(v4), 80) => format!("http://{}", v4.ip()),
        (SocketAddr::V6(v6), 80) => format!("http://[{}]", v6.ip()),
        _ => format!("http://{address}"),
    }
}

/// Whether a listener at the unspecified address `any` is reached at `ip`. `[::]` accepts both families.
fn is_any(any: IpAddr, ip: IpAddr) -> bool {
    any.is_unspecified() && (any.is_ipv6() || ip.is_ipv4())
}

/// Whether an address is one that NetworkManager gives the machine in a network that it shares: 10.42.N.1.
fn is_of_hotspot(ip: IpAddr) -> bool {
    matches!(ip, IpAddr::V4(ip) if matches!(ip.octets(), [10, 42, _, 1]))
}

/// Whether an address is self-assigned (RFC 3927).
fn is_makeshift(ip: IpAddr) -> bool {
    matches!(ip, IpAddr::V4(ip) if ip.is_link_local())
}

/// Whether a browser on another machine can open this address.
#[must_use]
pub fn is_typeable(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => !ip.is_loopback() && !ip.is_unspecified(),
        IpAddr::V6(ip) => !ip.is_loopback() && !ip.is_unspecified() && !ip.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_as_people_type_them() {
        let shown = |text: &str| url(&text.parse().unwrap());
        assert_eq!(shown("192.168.4.1:80"), "http://192.168.4.1");
        assert_eq!(shown("192.168.4.1:8080"), "http://192.168.4.1:8080");
        assert_eq!(shown("[fd00::1]:80"), "http://[fd00::1]");
        assert_eq!(shown("[fd00::1]:8080"), "http://[fd00::1]:8080");
    }

    #[test]
    fn the_address_in_a_network_of_ones_own_is_known() {
        let is_own = |ip: &str| is_of_hotspot(ip.parse().unwrap());
        assert!(is_own("10.42.0.1") && is_own("10.42.255.1"));
        assert!(!is_own("10.42.0.7") && !is_own("10.43.0.1") && !is_own("fd00::1"));
    }

    #[test]
    fn a_client_is_on_the_interface_of_its_network() {
        let comes_by = |name, ip: &str| {
            comes_by(&[InterfacePattern::parse(name).unwrap()], ip.parse().unwrap())
        };
        assert!(comes_by("lo", "127.0.0.1") && comes_by("lo", "127.9.9.9"));
        assert!(comes_by("l*", "::ffff:127.0.0.1"), "as a socket of both families sees it");
        assert!(!comes_by("eth-none", "127.0.0.1"));
        assert!(!comes_by("lo", "192.0.2.1") && !comes_by("*", "fe80::1"));
    }

    #[test]
    fn only_what_is_listened_on_is_covered() {
        let reach = |at: &str| Reach::new(vec![at.parse().unwrap()], Interfaces::default());
        let (v4, v6) = ("10.0.0.7".parse().unwrap(), "fd00::7".parse().unwrap());
        assert!(reach("[::]:80").covers("eth0", v4) && reach("[::]:80").covers("eth0", v6));
        assert!(reach("0.0.0.0:80").covers("eth0", v4) && !reach("0.0.0.0:80").covers("eth0", v6));
        assert!(reach("10.0.0.7:80").covers("eth0", v4));
        assert!(!reach("10.0.0.8:80").covers("eth0", v4));
        assert!(!reach("[::]:80").covers("docker0", v4));
        assert!(!reach("[::]:80").covers("lo", "127.0.0.1".parse().unwrap()));
        assert!(!reach("127.0.0.1:80").is_open() && reach("[::]:80").is_open());
    }
}
