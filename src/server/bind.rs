//! Listening sockets.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};

use anyhow::Context;
use socket2::{Domain, Protocol, Socket, Type};

use super::kept::{self, KeptSockets};
use crate::network::Refused;

/// The most connections that wait to be accepted (backlog): a whole room may scan one code.
const BACKLOG: i32 = 1024;

/// The listening sockets, and the addresses that could not be bound.
#[derive(Debug)]
pub(super) struct Listeners {
    bound: Vec<TcpListener>,
    refused: Vec<Refused>,
}

/// A socket that was bound later than the others.
#[derive(Debug)]
pub(super) struct Late {
    /// The address as configured.
    pub(super) asked: SocketAddr,
    pub(super) listener: TcpListener,
}

impl Listeners {
    /// Binds all addresses, except those whose sockets systemd has kept. Addresses that cannot be bound are
    /// retried later, so that the others are served.
    ///
    /// # Errors
    /// No address can be bound: what prevents the first, and what to do.
    pub(super) fn bind(addresses: &[SocketAddr]) -> anyhow::Result<Self> {
        let mut kept = KeptSockets::take();
        let claimed: Vec<_> = addresses.iter().map(|address| kept.claim(*address)).collect();
        // First, since one of them may be holding a port.
        kept.let_go();
        let (mut bound, mut refused, mut first) = (Vec::new(), Vec::new(), None);
        for (address, claimed) in addresses.iter().zip(claimed) {
            match claimed.map_or_else(|| one(*address).inspect(kept::keep), Ok) {
                Ok(socket) => bound.push(socket),
                Err(error) => {
                    refused.push(Refused { address: *address, why: format!("{error:#}") });
                    first.get_or_insert(error);
                }
            }
        }
        match first {
            Some(error) if bound.is_empty() => Err(error),
            _ => Ok(Self { bound, refused }),
        }
    }

    /// Retries the addresses that could not be bound.
    pub(super) fn try_again(&mut self) -> Vec<Late> {
        let mut late = Vec::new();
        self.refused.retain(|refused| {
            let bound = one(refused.address).and_then(|socket| Ok((share(&socket)?, socket)));
            let Ok((listener, socket)) = bound else { return true };
            kept::keep(&socket);
            self.bound.push(socket);
            late.push(Late { asked: refused.address, listener });
            false
        });
        late
    }

    /// The addresses without a socket.
    pub(super) fn refused(&self) -> &[Refused] {
        &self.refused
    }

    /// Clones of the sockets: they stay open while the hub above them is rebuilt.
    pub(super) fn again(&self) -> anyhow::Result<Vec<TcpListener>> {
        self.bound.iter().map(share).collect()
    }
}

fn share(listener: &TcpListener) -> anyhow::Result<TcpListener> {
    listener.try_clone().context("a socket cannot be shared")
}

/// Binds the addresses and stores the sockets with systemd; [`Listeners::bind`] takes them from there.
///
/// An address that cannot be bound is stored already, or the hub itself will report the reason.
pub(super) fn hold(addresses: &[SocketAddr]) {
    addresses
        .iter()
        .filter_map(|address| one(*address).ok())
        .for_each(|socket| kept::keep(&socket));
    kept::settle();
}

fn one(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let bound = bind(address).or_else(|error| match (error.raw_os_error(), address.ip()) {
        // A machine without IPv6 can still serve people over IPv4.
        (Some(code), IpAddr::V6(ip))
            if ip.is_unspecified() && code == rustix::io::Errno::AFNOSUPPORT.raw_os_error() =>
        {
            bind(SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), address.port()))
        }
        _ => Err(error),
    });
    bound.with_context(|| sentence(address))
}

fn sentence(address: SocketAddr) -> String {
    let hint = if address.port() < 1024 {
        "is the port taken, or may this user not open ports below 1024?"
    } else {
        "is another program using the port? `listen` in the configuration chooses another"
    };
    format!("the hub cannot listen on {address}; {hint}")
}

fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        // `[::]` means both families, whatever the kernel's default.
        socket.set_only_v6(!address.ip().is_unspecified())?;
    }
    // An address that comes later (Wi-Fi that is not up yet, a cable) is served as soon as it is there,
    // also by a hub that may not open the port itself any more.
    match address.ip() {
        IpAddr::V4(ip) => socket.set_freebind_v4(!ip.is_unspecified())?,
        IpAddr::V6(ip) => socket.set_freebind_v6(!ip.is_unspecified())?,
    }
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// The addresses, with the ports that the kernel chose.
pub(super) fn addresses(listeners: &[TcpListener]) -> anyhow::Result<Vec<SocketAddr>> {
    listeners.iter().map(address).collect()
}

/// A socket's address, with the port that the kernel chose.
pub(super) fn address(listener: &TcpListener) -> anyhow::Result<SocketAddr> {
    listener.local_addr().context("a socket has no address")
}

/// The listener for the event loop.
pub(super) fn into_tokio(listener: TcpListener) -> anyhow::Result<tokio::net::TcpListener> {
    tokio::net::TcpListener::from_std(listener).context("the event loop takes no socket")
}

/// The URL at which it is opened on this machine.
pub(super) fn url(address: &SocketAddr) -> String {
    if address.ip().is_unspecified() {
        format!("http://localhost:{}", address.port())
    } else {
        format!("http://{address}")
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use super::*;

    #[test]
    fn every_address_of_both_families_reaches_an_unspecified_listener() {
        let listener = one("[::]:0".parse().unwrap()).unwrap();
        let port = listener.local_addr().unwrap().port();
        assert!(TcpStream::connect(("127.0.0.1", port)).is_ok());
        assert_eq!(url(&listener.local_addr().unwrap()), format!("http://localhost:{port}"));
    }

    #[test]
    fn a_taken_port_is_reported_with_the_address() {
        let first = one("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = first.local_addr().unwrap();
        let error = format!("{:#}", one(address).unwrap_err());
        assert!(error.contains(&address.to_string()), "{error}");
        assert!(error.contains("another program"), "{error}");
    }

    #[test]
    fn an_address_that_the_machine_does_not_have_yet_is_listened_on() {
        // From the address blocks for documentation.
        for at in ["192.0.2.1:0", "[2001:db8::1]:0"] {
            let address: SocketAddr = at.parse().unwrap();
            assert_eq!(one(address).unwrap().local_addr().unwrap().ip(), address.ip());
        }
    }

    #[test]
    fn a_blocked_address_does_not_stop_the_others_from_being_bound() {
        let other = one("127.0.0.1:0".parse().unwrap()).unwrap();
        let taken = other.local_addr().unwrap();
        assert!(Listeners::bind(&[taken]).is_err());
        let mut listeners = Listeners::bind(&[taken, "127.0.0.1:0".parse().unwrap()]).unwrap();
        assert_eq!(listeners.again().unwrap().len(), 1);
        assert_eq!(listeners.refused()[0].address, taken);
        assert!(listeners.refused()[0].why.contains("another program"));
        assert!(listeners.try_again().is_empty());
        drop(other);
        let late = listeners.try_again();
        assert_eq!((late.len(), late[0].asked), (1, taken));
        assert!(TcpStream::connect(taken).is_ok() && listeners.refused().is_empty());
        assert_eq!(listeners.again().unwrap().len(), 2);
    }
}
