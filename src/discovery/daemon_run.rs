//! The state that belongs to one run of mdns-sd's daemon.

use std::time::Instant;

use super::Names;
use super::daemon::LookUp;
use super::watch::{OwnAddresses, Watch};

/// The state of one run of the daemon.
pub(super) struct DaemonRun {
    pub(super) watch: Watch,
    /// The host name that this run claims.
    pub(super) host: String,
    /// The services that this run claims, and those that are not announced yet.
    services: Vec<String>,
    silent: Vec<String>,
    /// Whether there is an address to announce.
    pub(super) is_reached: bool,
    /// How often the addresses still have to be sent to every cache.
    pub(super) refresh: u8,
    /// The pending query.
    pub(super) look_up: Option<LookUp>,
    /// Whether that query is for the configured name.
    pub(super) asked_for_wish: bool,
}

impl DaemonRun {
    pub(super) fn new(services: &[String], names: &Names) -> Self {
        Self {
            watch: Watch::new(Instant::now()),
            host: names.host.clone(),
            services: services.to_vec(),
            silent: services.to_vec(),
            is_reached: true,
            refresh: 0,
            look_up: None,
            asked_for_wish: false,
        }
    }

    /// Notes an announced service. Returns whether all are announced now.
    pub(super) fn announced(&mut self, service: &str) -> bool {
        self.silent.retain(|name| name != service);
        if self.is_announced() {
            self.watch.announced();
        }
        self.is_announced()
    }

    pub(super) fn is_announced(&self) -> bool {
        self.silent.is_empty()
    }

    /// Notes that no interface is left.
    pub(super) fn withdrawn(&mut self) {
        self.silent.clone_from(&self.services);
    }

    /// Waits for the result of the pending query: the host, and whether another machine has the name.
    /// Waits for ever if there is none.
    pub(super) async fn answer(&mut self, own: &OwnAddresses) -> (String, bool) {
        let Some(look_up) = &self.look_up else { return std::future::pending().await };
        let is_answered = look_up.is_answered(|ip| !own.has(ip)).await;
        let host = look_up.host.clone();
        self.look_up = None;
        (host, is_answered)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hub_is_announced_once_all_its_services_are() {
        let names = Names { host: "cola".into(), instance: "cola".into() };
        let mut life = DaemonRun::new(&["a".into(), "b".into()], &names);
        assert!(!life.announced("a"));
        assert!(!life.announced("a"), "once for each interface");
        assert!(life.announced("b"));
        life.withdrawn();
        assert!(!life.is_announced() && !life.announced("b") && life.announced("a"));
    }
}
