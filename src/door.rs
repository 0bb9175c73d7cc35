//! Limits connections, handshakes and sessions by address, before anything is spent on them.

mod forwarded;
mod site;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use axum::http::HeaderMap;

use self::site::Sites;
use crate::config::Network;
use crate::domain::limits::Limits;
use crate::domain::quota::{Quota, QuotaExceeded, QuotaGuard};
use crate::domain::refusal::Refusal;
use crate::domain::throttle::{Bucket, Rate, Throttle};
use crate::domain::time::HubTime;
use crate::sync::lock;

/// The most addresses whose handshakes are counted at once. An address is forgotten a moment after its last handshake,
/// so the table cannot stay full for long; while it is, new addresses wait.
const ADDRESSES: usize = 10_000;

/// When to retry if it cannot be known when something is freed.
const LATER: Duration = Duration::from_secs(10);

/// A connection's or session's part of its quota, freed when it is dropped.
pub type Place = QuotaGuard<IpAddr>;

/// Unsent bytes for clients of one address, freed when it is dropped.
pub type Unread = QuotaGuard<IpAddr>;

/// The quota of unsent bytes for all addresses is this many times that of one.
const UNREAD_ADDRESSES: usize = 8;

/// The limits by address. A running hub has one.
#[derive(Debug)]
pub struct Door {
    proxies: Mutex<Vec<Network>>,
    sites: Sites,
    connections: Quota<IpAddr>,
    sessions: Quota<IpAddr>,
    arrivals: Mutex<(Rate, Bucket)>,
    handshakes: Mutex<Throttle<IpAddr>>,
    unread: Quota<IpAddr>,
    started: Instant,
}

/// Why a client is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TurnedAway {
    /// The label in the metrics.
    pub reason: &'static str,
    /// The refusal that the client gets.
    pub refusal: Refusal,
}

impl Door {
    /// A door with these limits, and at most `places` connections in all.
    #[must_use]
    pub fn new(limits: &Limits, proxies: Vec<Network>, places: usize) -> Self {
        Self {
            proxies: Mutex::new(proxies),
            sites: Sites::default(),
            connections: Quota::new(limits.connections_each, places),
            sessions: Quota::new(limits.sessions_each, limits.sessions),
            arrivals: Mutex::new((limits.arrivals, Bucket::default())),
            handshakes: Mutex::new(Throttle::new(limits.handshakes, ADDRESSES)),
            unread: Quota::new(limits.unread_each, unread_most(limits)),
            started: Instant::now(),
        }
    }

    /// Changes the limits. Connections and sessions that are there stay, even above a lower limit.
    pub fn set(&self, limits: &Limits, proxies: Vec<Network>, places: usize) {
        *lock(&self.proxies) = proxies;
        self.connections.set(limits.connections_each, places);
        self.sessions.set(limits.sessions_each, limits.sessions);
        lock(&self.arrivals).0 = limits.arrivals;
        lock(&self.handshakes).set_rate(limits.handshakes);
        self.unread.set(limits.unread_each, unread_most(limits));
    }

    /// The quota of connections, by the peers' address.
    #[must_use]
    pub fn connections(&self) -> Quota<IpAddr> {
        self.connections.clone()
    }

    /// The quota of unsent bytes, by the clients' address.
    #[must_use]
    pub fn unread(&self) -> Quota<IpAddr> {
        self.unread.clone()
    }

    /// Admits a connection from this peer.
    ///
    /// # Errors
    /// The hub is full, or this peer holds as many as it may.
    pub fn connection(&self, peer: IpAddr) -> Result<Place, TurnedAway> {
        let many_behind = is_this_machine(peer) || self.is_proxy(peer);
        let place = self.connections.take((!many_behind).then(|| self.sites.of(peer)));
        place.map_err(|none| turned_away(none, "connections", "connections_each"))
    }

    /// Counts a new connection against `limits.arrivals`.
    ///
    /// # Errors
    /// How long the connection has to wait.
    pub fn arrival(&self) -> Result<(), Duration> {
        let (rate, bucket) = &mut *lock(&self.arrivals);
        bucket.take(*rate, self.now())
    }

    fn now(&self) -> HubTime {
        HubTime(u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX))
    }

    /// Admits a handshake of this client.
    ///
    /// # Errors
    /// The hub is full, the client has as many as it may, or it asks too often.
    pub fn session(&self, client: IpAddr) -> Result<Place, TurnedAway> {
        let mut handshakes = lock(&self.handshakes);
        let in_time = handshakes.take(client, self.now());
        drop(handshakes);
        in_time
            .map_err(|wait| TurnedAway { reason: "handshakes", refusal: Refusal::TooFast(wait) })?;
        let place = self.sessions.take(Some(client));
        place.map_err(|none| turned_away(none, "sessions", "sessions_each"))
    }

    /// The client's address: the peer's, or the one that a trusted proxy names. IPv6 addresses of other networks
    /// are reduced to their /64, which is what one client controls.
    #[must_use]
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let named = || forwarded::client(headers, |address| self.is_proxy(address));
        let client = if self.is_proxy(peer) { named().unwrap_or(peer) } else { peer };
        self.sites.of(client)
    }

    fn is_proxy(&self, address: IpAddr) -> bool {
        lock(&self.proxies).iter().any(|network| network.contains(address))
    }
}

fn unread_most(limits: &Limits) -> usize {
    limits.unread_each.saturating_mul(UNREAD_ADDRESSES)
}

fn turned_away(none: QuotaExceeded, all: &'static str, each: &'static str) -> TurnedAway {
    match none {
        QuotaExceeded::All => TurnedAway { reason: all, refusal: Refusal::HubFull(LATER) },
        QuotaExceeded::Each => TurnedAway { reason: each, refusal: Refusal::TooManyHere(LATER) },
    }
}

/// Whether the peer is this machine: a proxy or a front end's server, which calls for many people.
fn is_this_machine(peer: IpAddr) -> bool {
    peer == Ipv4Addr::LOCALHOST || peer == Ipv6Addr::LOCALHOST
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;
    use crate::domain::throttle::Rate;

    fn door(proxies: &[&str]) -> Door {
        let limits = Limits {
            connections_each: 1,
            sessions: 3,
            sessions_each: 2,
            handshakes: Rate { burst: 3, every: Duration::from_secs(3_600) },
            ..Limits::EVENT
        };
        let proxies = proxies.iter().map(|text| Network::parse(text).unwrap()).collect();
        Door::new(&limits, proxies, 4)
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn connections_beyond_the_rate_of_arrivals_wait() {
        let arrivals = Rate { burst: 2, every: Duration::from_secs(3_600) };
        let door = Door::new(&Limits { arrivals, ..Limits::EVENT }, Vec::new(), 16);
        assert_eq!((door.arrival(), door.arrival()), (Ok(()), Ok(())));
        assert!(door.arrival().unwrap_err() > Duration::from_secs(3_500));
    }

    #[test]
    fn only_this_machine_and_proxies_may_hold_all_connections() {
        let door = door(&["10.0.0.1"]);
        let _phone = door.connection(ip("10.0.0.9")).unwrap();
        let again = door.connection(ip("10.0.0.9")).unwrap_err();
        assert_eq!(
            (again.reason, again.refusal),
            ("connections_each", Refusal::TooManyHere(LATER))
        );
        let many = ["10.0.0.1", "127.0.0.1", "::1"].map(|peer| door.connection(ip(peer)).unwrap());
        let full = door.connection(ip("127.0.0.1")).unwrap_err();
        assert_eq!((full.reason, full.refusal), ("connections", Refusal::HubFull(LATER)));
        drop(many);
        let _other = door.connection(ip("127.0.0.2")).unwrap();
        assert!(door.connection(ip("127.0.0.2")).is_err(), "a loopback address like any other");
    }

    #[test]
    fn sessions_are_counted_by_client_and_in_all_and_paced() {
        let door = door(&[]);
        let why = |client| door.session(ip(client)).unwrap_err().reason;
        let held = [door.session(ip("fe80::1")).unwrap(), door.session(ip("fe80::1")).unwrap()];
        assert_eq!(why("fe80::1"), "sessions_each");
        assert_eq!(why("fe80::1"), "handshakes", "a refused one was a handshake too");
        let _other = door.session(ip("fe80::2")).unwrap();
        assert_eq!(why("fe80::3"), "sessions");
        drop(held);
        assert!(door.session(ip("fe80::3")).is_ok());
    }

    #[test]
    fn changed_limits_count_for_whoever_comes_next() {
        let door = door(&["10.0.0.1"]);
        let _held = door.connection(ip("10.0.0.9")).unwrap();
        assert!(door.connection(ip("10.0.0.9")).is_err());
        let _session = door.session(ip("10.0.0.9")).unwrap();
        let wider = Limits { connections_each: 2, sessions_each: 1, ..Limits::EVENT };
        door.set(&wider, vec![Network::parse("10.0.0.9").unwrap()], 5);
        let _second = door.connection(ip("10.0.0.1")).unwrap();
        let _third = door.connection(ip("10.0.0.1")).unwrap();
        assert!(door.connection(ip("10.0.0.1")).is_err(), "a proxy no longer");
        let _more = [0; 2].map(|_| door.connection(ip("10.0.0.9")).unwrap());
        assert_eq!(door.connection(ip("10.0.0.9")).unwrap_err().reason, "connections");
        assert_eq!(door.connections().most(), 5);
        assert_eq!(door.session(ip("10.0.0.9")).unwrap_err().reason, "sessions_each");
    }

    #[test]
    fn only_a_proxy_is_believed() {
        let door = door(&["10.0.0.1"]);
        let headers = HeaderMap::from_iter([(
            "x-forwarded-for".parse().unwrap(),
            HeaderValue::from_static("203.0.113.9"),
        )]);
        assert_eq!(door.client(ip("10.0.0.1"), &headers), ip("203.0.113.9"));
        assert_eq!(door.client(ip("10.0.0.2"), &headers), ip("10.0.0.2"));
        assert_eq!(door.client(ip("10.0.0.1"), &HeaderMap::new()), ip("10.0.0.1"));
        let one = door.client(ip("2001:db8:ffff:1::9"), &HeaderMap::new());
        assert_eq!(one, door.client(ip("2001:db8:ffff:1::7"), &HeaderMap::new()), "of one /64");
    }
}
