//! One run of mdns-sd's daemon: it is started for one set of names, and ended when they change.
//!
//! After a rename, mdns-sd answers under a new host name while its services still refer to the old one. So
//! the hub never renames within a run but starts another.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use mdns_sd::{
    DaemonEvent, HostnameResolutionEvent, IfKind, IfPredicate, Metrics, Receiver, ResolvedService,
    ScopedIp, ServiceDaemon, ServiceEvent, ServiceInfo,
};
use tokio::time::timeout;

use super::others::Heard;
use super::{Names, Setup};
use crate::config::Interfaces;
use crate::network::{self, Reach};

/// The service type that service browsers show.
const HTTP: &str = "_http._tcp.local.";

/// The service type by which hubs find each other.
pub(super) const HUBS: &str = "_colahub._tcp.local.";

/// How often mdns-sd checks for changed interfaces, in seconds.
const INTERFACES_EVERY: u32 = 1;

/// How long mdns-sd may take to answer a question about itself.
const ANSWER: Duration = Duration::from_secs(1);

/// mdns-sd sends each goodbye twice, the second time after 120 ms.
const GOODBYE: Duration = Duration::from_millis(200);

/// How long after a goodbye to check whether the hub has come back, perhaps under another name; the last
/// first.
const AFTER_GOODBYE: [Duration; 2] = [Duration::from_secs(8), Duration::from_secs(2)];

/// How long to wait for the answer to a query: the query is delayed by up to 120 ms, and so is an answer (RFC
/// 6762, sections 5.2 and 6).
const LOOK_UP: Duration = Duration::from_millis(800);

/// A running daemon and its reports.
pub(super) struct Daemon {
    inner: ServiceDaemon,
    services: Vec<String>,
    events: Receiver<DaemonEvent>,
    /// `None` while mdns-sd does not browse: it ends browsing if its events are not taken in time.
    hubs: Option<Receiver<ServiceEvent>>,
    /// When to browse again, because a hub has said goodbye.
    listen_again: Vec<Instant>,
}

/// A report of the daemon.
pub(super) enum Event {
    /// This service was announced on an interface.
    Announced(String),
    /// Another device has one of the names.
    Conflict,
    /// A hub was heard, this one among them.
    Heard(String, Heard),
    /// A hub said goodbye.
    Gone(String),
    /// This machine has lost this address.
    AddressGone(IpAddr),
    /// Nothing of interest.
    Other,
}

impl Daemon {
    /// Starts to listen on the allowed interfaces.
    pub(super) fn listen(reach: &Reach) -> mdns_sd::Result<Self> {
        let inner = ServiceDaemon::new()?;
        inner.set_ip_check_interval(INTERFACES_EVERY)?;
        inner.disable_interface(IfKind::Predicate(all_but(reach.clone())))?;
        let events = inner.monitor()?;
        let hubs = inner.browse(HUBS).ok();
        Ok(Self { inner, services: Vec::new(), events, hubs, listen_again: Vec::new() })
    }

    /// Starts to announce `names`. Once per run.
    pub(super) fn announce(&mut self, setup: &Setup, names: &Names) -> mdns_sd::Result<()> {
        let host = format!("{}.", names.local());
        let port = setup.reach.port().unwrap_or_default();
        for (kind, text) in [(HTTP, vec![("path", "/")]), (HUBS, hub_text(setup))] {
            let mut info =
                ServiceInfo::new(kind, &names.instance, &host, "", port, text.as_slice())?
                    .enable_addr_auto();
            info.set_interfaces(vec![IfKind::Predicate(worth_announcing())]);
            self.services.push(info.get_fullname().to_owned());
            self.inner.register(info)?;
        }
        Ok(())
    }

    /// The full names of the announced services.
    pub(super) fn services(&self) -> &[String] {
        &self.services
    }

    /// The next report. Waits for ever if there is none.
    pub(super) async fn event(&mut self) -> Event {
        let heard = async {
            match &self.hubs {
                Some(hubs) => hubs.recv_async().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            Ok(event) = self.events.recv_async() => match event {
                DaemonEvent::Announce(service, _) => Event::Announced(service),
                DaemonEvent::NameChange(_) => Event::Conflict,
                DaemonEvent::IpDel(address) => Event::AddressGone(address),
                _ => Event::Other,
            },
            event = heard => match event {
                Ok(ServiceEvent::ServiceResolved(service)) => {
                    Event::Heard(service.fullname.clone(), heard_of(&service))
                }
                Ok(ServiceEvent::ServiceRemoved(_, service)) => {
                    self.listen_again = AFTER_GOODBYE.map(|span| Instant::now() + span).into();
                    Event::Gone(service)
                }
                Ok(_) => Event::Other,
                Err(_) => {
                    self.hubs = None;
                    Event::Other
                }
            },
        }
    }

    /// Browses for hubs again if mdns-sd has stopped, and some time after a goodbye: mdns-sd does not report
    /// a hub that is back within the second that a goodbye takes (RFC 6762, section 10.1).
    pub(super) fn listen_again(&mut self, now: Instant) {
        let is_due = self.listen_again.pop_if(|at| now >= *at).is_some();
        if is_due || self.hubs.is_none() {
            self.hubs = self.inner.browse(HUBS).ok();
        }
    }

    /// How many records of others mdns-sd holds, including their timers.
    pub(super) async fn cached(&self) -> i64 {
        let count = async { self.inner.get_metrics().ok()?.recv_async().await.ok() };
        // A daemon that is too busy to answer counts as full.
        timeout(ANSWER, count).await.ok().flatten().map_or(i64::MAX, |metrics| in_cache(&metrics))
    }

    /// Queries the addresses of a host: `cola` for `cola.local`.
    pub(super) fn look_up(&self, host: &str) -> Option<LookUp> {
        let wait = u64::try_from(LOOK_UP.as_millis()).ok();
        let events = self.inner.resolve_hostname(&format!("{host}.local."), wait).ok()?;
        Some(LookUp { host: host.to_owned(), events })
    }

    /// Ends at once, because it holds too much.
    pub(super) async fn cut(self) {
        if let Ok(done) = self.inner.shutdown() {
            let _told = timeout(ANSWER, done.recv_async()).await;
        }
    }

    /// Withdraws the names, and ends.
    pub(super) async fn end(self) {
        for service in &self.services {
            if let Ok(done) = self.inner.unregister(service) {
                let _told = timeout(ANSWER, done.recv_async()).await;
            }
        }
        tokio::time::sleep(GOODBYE).await;
        self.cut().await;
    }
}

/// A pending query for a host's addresses.
pub(super) struct LookUp {
    pub(super) host: String,
    events: Receiver<HostnameResolutionEvent>,
}

impl LookUp {
    /// Waits until somebody answers for whom `is_another` holds, or the time is over. Returns whether
    /// somebody did.
    pub(super) async fn is_answered(&self, is_another: impl Fn(&IpAddr) -> bool) -> bool {
        loop {
            match self.events.recv_async().await {
                Ok(HostnameResolutionEvent::AddressesFound(_, ips)) => {
                    if ips.iter().any(|ip| is_another(&ip.to_ip_addr())) {
                        return true;
                    }
                }
                Ok(HostnameResolutionEvent::SearchTimeout(_)) | Err(_) => return false,
                Ok(_) => {}
            }
        }
    }
}

/// A daemon that only listens and queries, on the allowed interfaces.
pub(super) fn listener(interfaces: &Interfaces) -> mdns_sd::Result<ServiceDaemon> {
    let inner = ServiceDaemon::new()?;
    let interfaces = interfaces.clone();
    let unsuitable = IfPredicate::new(move |own| own.is_loopback() || !interfaces.suits(&own.name));
    inner.disable_interface(IfKind::Predicate(unsuitable))?;
    Ok(inner)
}

/// The properties of a hub in a resolved service.
pub(super) fn heard_of(service: &ResolvedService) -> Heard {
    let text = |key| service.get_property_val_str(key).unwrap_or_default().to_owned();
    let suffix = format!(".{HUBS}");
    Heard {
        instance: unescaped(service.fullname.strip_suffix(&suffix).unwrap_or_default()),
        host: service.host.clone(),
        port: service.port,
        addresses: service.addresses.iter().map(ScopedIp::to_ip_addr).collect(),
        id: text("id"),
        version: text("version"),
    }
}

fn hub_text(setup: &Setup) -> Vec<(&str, &str)> {
    vec![("txtvers", "1"), ("version", setup.version), ("id", &setup.hub), ("path", "/")]
}

fn all_but(reach: Reach) -> IfPredicate {
    IfPredicate::new(move |own| !reach.covers(&own.name, own.ip()))
}

/// The addresses with which the services are announced. The daemon still listens on the others, because some
/// devices query there.
fn worth_announcing() -> IfPredicate {
    IfPredicate::new(|own| {
        network::is_typeable(own.ip()) || network::is_last_resort(&own.name, own.ip())
    })
}

fn in_cache(metrics: &Metrics) -> i64 {
    let counts = metrics.iter().filter(|(name, _)| name.starts_with("cached-") || *name == "timer");
    counts.map(|(_, count)| *count).sum()
}

/// An instance's name as it was written, without the escapes of a full name.
fn unescaped(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    let mut chars = name.chars();
    while let Some(c) = chars.next() {
        text.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instances_name_is_read_as_it_was_written() {
        assert_eq!(unescaped("cola (2)"), "cola (2)");
        assert_eq!(unescaped(r"st\. john\\s"), r"st. john\s");
        assert_eq!(unescaped(r"cut\"), "cut");
    }
}
