//! Listening sockets.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};

use anyhow::Context;
use socket2::{Domain, Protocol, Socket, Type};

use super::kept::{self, Kept};

/// How many connections may wait to be accepted: a whole room that scans one code.
const BACKLOG: i32 = 1024;

/// Binds all addresses, but for those whose sockets systemd kept.
///
/// # Errors
/// One is taken, or may not be used: which, and what to do.
pub(super) fn all(addresses: &[SocketAddr]) -> anyhow::Result<Vec<TcpListener>> {
    let mut kept = Kept::take();
    let claimed: Vec<_> = addresses.iter().map(|address| kept.claim(*address)).collect();
    // First, since one of them may be in the way.
    kept.let_go();
    let bind = |(address, claimed): (&SocketAddr, Option<TcpListener>)| match claimed {
        Some(socket) => Ok(socket),
        None => one(*address).inspect(kept::keep),
    };
    addresses.iter().zip(claimed).map(bind).collect()
}

/// Binds what can be bound and gives it to systemd to keep; [`all`] then takes it from there.
///
/// What cannot be bound is kept already, or the hub itself will say what is in the way.
pub(super) fn hold(addresses: &[SocketAddr]) {
    addresses
        .iter()
        .filter_map(|address| one(*address).ok())
        .for_each(|socket| kept::keep(&socket));
    kept::settle();
}

fn one(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let bound = bind(address).or_else(|error| match (error.raw_os_error(), address.ip()) {
        // A system without IPv6 still has people to serve.
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
        // `[::]` means both families, whatever the system's default.
        socket.set_only_v6(!address.ip().is_unspecified())?;
    }
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// The same sockets once more: they stay open while the hub above them is built anew.
pub(super) fn again(listeners: &[TcpListener]) -> anyhow::Result<Vec<TcpListener>> {
    let again = |listener: &TcpListener| listener.try_clone().context("a socket cannot be shared");
    listeners.iter().map(again).collect()
}

/// The addresses with the ports that the system gave.
pub(super) fn addresses(listeners: &[TcpListener]) -> anyhow::Result<Vec<SocketAddr>> {
    let address = |listener: &TcpListener| listener.local_addr().context("a socket has no address");
    listeners.iter().map(address).collect()
}

/// The listeners for the event loop.
pub(super) fn into_tokio(
    listeners: Vec<TcpListener>,
) -> anyhow::Result<Vec<tokio::net::TcpListener>> {
    let take = |listener| {
        tokio::net::TcpListener::from_std(listener).context("the event loop takes no socket")
    };
    listeners.into_iter().map(take).collect()
}

/// The address as one opens it on this machine.
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
    fn a_taken_port_is_told_with_the_address() {
        let first = one("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = first.local_addr().unwrap();
        let error = format!("{:#}", one(address).unwrap_err());
        assert!(error.contains(&address.to_string()), "{error}");
        assert!(error.contains("another program"), "{error}");
    }
}
