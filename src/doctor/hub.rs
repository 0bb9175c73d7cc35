//! Asks the hub that runs on this machine about itself, over HTTP.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::config::Config;
use crate::network;
use crate::wire::AnnouncementStatus;

/// Time limit of each step of a request.
const TIMEOUT: Duration = Duration::from_secs(3);

/// The most bytes of an answer that are read.
const ANSWER_MAX: u64 = 64 * 1024;

/// A hub that answered: the fields of `GET /api/hub` that the checks need.
#[derive(Debug, Deserialize)]
pub(super) struct HubReport {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) announced: AnnouncementStatus,
    /// `restored` for a day after data was lost; the other values are in docs/wire.md.
    #[serde(default)]
    pub(super) storage: String,
    #[serde(default)]
    id: String,
    /// The URLs of other hubs with the same id.
    #[serde(skip)]
    pub(super) twins: Vec<String>,
}

/// Another hub: the fields of an entry of `GET /api/hubs` that the checks need.
#[derive(Debug, Deserialize)]
struct Other {
    id: String,
    url: String,
}

#[derive(Deserialize)]
struct Envelope<T> {
    data: T,
}

/// The hub that answers at one of the addresses that the configuration listens on.
pub(super) fn ask(config: &Config) -> Option<HubReport> {
    config.listen.iter().find_map(|listens| {
        let mut hub = at(*listens)?;
        let others: Vec<Other> = data(*listens, "/api/hubs").unwrap_or_default();
        let twins = others.into_iter().filter(|other| other.id == hub.id);
        hub.twins = twins.map(|other| other.url).collect();
        Some(hub)
    })
}

/// Whether this machine can be reached at this address at all.
pub(super) fn is_here(listens: SocketAddr) -> bool {
    network::is_own(listens.ip(), &network::own_addresses())
}

/// The hub that answers at this address.
pub(super) fn at(listens: SocketAddr) -> Option<HubReport> {
    data(listens, "/api/hub")
}

fn data<T: DeserializeOwned>(listens: SocketAddr, path: &str) -> Option<T> {
    // Otherwise another machine could answer, or the connection attempt could take until its timeout.
    let here = is_here(listens).then(|| from_here(listens))?;
    let answer = get(here, path).ok()?;
    let (_head, body) = answer.split_once("\r\n\r\n")?;
    Some(serde_json::from_str::<Envelope<T>>(body).ok()?.data)
}

/// The address at which this machine reaches a listener.
fn from_here(listens: SocketAddr) -> SocketAddr {
    let ip = match listens.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, listens.port())
}

fn get(address: SocketAddr, path: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.take(ANSWER_MAX).read_to_string(&mut answer)?;
    Ok(answer)
}
