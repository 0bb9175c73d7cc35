//! What is known of one daemon's life.

use std::time::Instant;

use super::Names;
use super::daemon::LookUp;
use super::watch::{OwnAddresses, Watch};

/// What belongs to one daemon's life.
pub(super) struct Life {
    pub(super) watch: Watch,
    /// The host name that this life claims.
    pub(super) host: String,
    /// The services that this life claims, and those of them that were not announced yet.
    services: Vec<String>,
    silent: Vec<String>,
    /// Whether there is an address to be reached at.
    pub(super) is_reached: bool,
    /// How often the addresses are still to be sent to every cache.
    pub(super) refresh: u8,
    /// The question that is under way.
    pub(super) look_up: Option<LookUp>,
    /// Whether that question was for the wished name.
    pub(super) asked_for_wish: bool,
}

impl Life {
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

    /// A service was announced. True where now all are.
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

    /// No interface is left to be announced on.
    pub(super) fn withdrawn(&mut self) {
        self.silent.clone_from(&self.services);
    }

    /// Whether another machine answers the question that is under way, with the host it is for.
    /// Waits for ever where there is none.
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
        let mut life = Life::new(&["a".into(), "b".into()], &names);
        assert!(!life.announced("a"));
        assert!(!life.announced("a"), "once for each interface");
        assert!(life.announced("b"));
        life.withdrawn();
        assert!(!life.is_announced() && !life.announced("b") && life.announced("a"));
    }
}
