//! The other hubs on the network. Anybody can announce anything, so every value is checked and the number is
//! bounded.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use if_addrs::Interface;

use crate::domain::ids::HubId;
use crate::network;

/// The most hubs that are listed.
pub(super) const MOST: usize = 64;

/// The longest version that is shown, in bytes.
const VERSION_MAX: usize = 32;

/// Another hub, with checked values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundHub {
    /// Its instance name: `cola (2)`; one line of at most 63 bytes.
    pub name: String,
    /// Its id, a UUID.
    pub id: String,
    /// Its version; may be empty.
    pub version: String,
    /// Its host name as people type it: `cola-2.local`.
    pub host: String,
    /// Its address and port.
    pub at: SocketAddr,
}

impl FoundHub {
    /// Its URL: `http://192.168.4.7`.
    #[must_use]
    pub fn url(&self) -> String {
        network::url(&self.at)
    }
}

/// A hub's announcement of itself, unchecked.
#[derive(Debug, Default)]
pub(super) struct Heard {
    pub(super) instance: String,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) addresses: Vec<IpAddr>,
    pub(super) id: String,
    pub(super) version: String,
}

impl Heard {
    /// Checks the values. `None` if they are invalid, or the hub is not a neighbour on one of these
    /// interfaces.
    ///
    /// With an address beyond the local network, a stranger could make the lobby link anywhere.
    pub(super) fn check(self, own: &[Interface]) -> Option<FoundHub> {
        let Self { instance, host, port, mut addresses, id, version } = self;
        let id = id.parse::<HubId>().ok()?.to_string();
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let label = host.strip_suffix(".local")?;
        let is_label = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let is_shown = is_plain_line(&instance) && instance.len() <= 63;
        if port == 0 || label.is_empty() || label.len() > 63 || !is_label || !is_shown {
            return None;
        }
        // Always the same one: IPv4 first, which is shorter.
        addresses.sort();
        let ip = addresses.into_iter().find(|ip| network::is_neighbour(own, *ip))?;
        let version = if is_version(&version) { version } else { String::new() };
        Some(FoundHub { name: instance, id, version, host, at: SocketAddr::new(ip, port) })
    }
}

/// The text without invisible and direction-changing characters.
fn is_plain_line(text: &str) -> bool {
    let hides = |c: char| {
        c.is_control()
            || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
    };
    !text.trim().is_empty() && !text.chars().any(hides)
}

fn is_version(text: &str) -> bool {
    text.len() <= VERSION_MAX && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The hubs that were heard, by the name of their service.
#[derive(Debug, Default)]
pub(super) struct Others {
    hubs: BTreeMap<String, Entry>,
}

#[derive(Debug)]
struct Entry {
    hub: FoundHub,
    /// Whether it was not heard since browsing was restarted.
    is_stale: bool,
}

impl Others {
    /// Adds or updates a hub. If the list is full, a new one is ignored.
    pub(super) fn heard(&mut self, service: String, hub: FoundHub) {
        if self.hubs.len() < MOST || self.hubs.contains_key(&service) {
            self.hubs.insert(service, Entry { hub, is_stale: false });
        }
    }

    /// Removes a hub that has said goodbye or expired.
    pub(super) fn gone(&mut self, service: &str) {
        self.hubs.remove(service);
    }

    /// Browsing is restarted: hubs that are still there will be heard again.
    pub(super) fn restart(&mut self) {
        self.hubs.values_mut().for_each(|entry| entry.is_stale = true);
    }

    /// Removes the hubs that were not heard again.
    pub(super) fn drop_stale(&mut self) {
        self.hubs.retain(|_, entry| !entry.is_stale);
    }

    /// Lists the hubs, by name.
    pub(super) fn list(&self) -> Vec<FoundHub> {
        let mut list: Vec<FoundHub> = self.hubs.values().map(|entry| entry.hub.clone()).collect();
        list.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.id.cmp(&b.id)));
        list
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use if_addrs::{IfAddr, IfOperStatus, Ifv4Addr};

    use super::*;

    const ID: &str = "0191f7c5-0000-7000-8000-000000000001";

    fn own() -> Vec<Interface> {
        let ip = Ipv4Addr::new(10, 77, 0, 2);
        let netmask = Ipv4Addr::new(255, 255, 255, 0);
        let addr = IfAddr::V4(Ifv4Addr { ip, netmask, prefixlen: 24, broadcast: None });
        vec![Interface {
            name: "eth0".into(),
            addr,
            index: Some(2),
            oper_status: IfOperStatus::Up,
            is_p2p: false,
        }]
    }

    fn heard() -> Heard {
        Heard {
            instance: "cola (2)".into(),
            host: "Cola-2.local.".into(),
            port: 8080,
            addresses: vec!["10.77.0.3".parse().unwrap()],
            id: ID.into(),
            version: "0.1.0".into(),
        }
    }

    #[test]
    fn a_hub_is_shown_as_it_is_reached() {
        let hub = heard().check(&own()).unwrap();
        assert_eq!(hub.url(), "http://10.77.0.3:8080");
        assert_eq!((hub.name.as_str(), hub.host.as_str()), ("cola (2)", "cola-2.local"));
        assert_eq!((hub.id.as_str(), hub.version.as_str()), (ID, "0.1.0"));
    }

    #[test]
    fn only_a_neighbours_address_is_linked() {
        let reached = |list: &[&str]| {
            let addresses = list.iter().map(|ip| ip.parse().unwrap()).collect();
            Heard { addresses, ..heard() }.check(&own()).map(|hub| hub.at.ip().to_string())
        };
        assert_eq!(reached(&["203.0.113.9"]), None);
        assert_eq!(reached(&["fd77::3", "203.0.113.9", "10.77.0.9"]), Some("10.77.0.9".into()));
        assert_eq!(reached(&["127.0.0.1"]), None);
        assert_eq!(reached(&[]), None);
    }

    #[test]
    fn hostile_words_are_not_shown() {
        let dropped = |change: fn(&mut Heard)| {
            let mut heard = heard();
            change(&mut heard);
            assert_eq!(heard.check(&own()), None);
        };
        dropped(|h| h.id = "../../etc".into());
        dropped(|h| h.port = 0);
        dropped(|h| h.host = "evil.example.".into());
        dropped(|h| h.host = ".local.".into());
        dropped(|h| h.host = "a\"><script>.local.".into());
        dropped(|h| h.instance = "cola\u{202e}gnp".into());
        dropped(|h| h.instance = "line\nbreak".into());
        dropped(|h| h.instance = "  ".into());
        dropped(|h| h.instance = "x".repeat(64));
        let odd = Heard { version: "1\u{1b}[31m".into(), ..heard() };
        assert_eq!(odd.check(&own()).unwrap().version, "");
    }

    #[test]
    fn the_list_is_bounded_and_keeps_known_hubs() {
        let mut others = Others::default();
        let hub = heard().check(&own()).unwrap();
        for n in 0..1000 {
            others.heard(format!("{n:04}"), hub.clone());
        }
        assert_eq!(others.list().len(), MOST);
        others.heard("0000".into(), FoundHub { name: "renamed".into(), ..hub.clone() });
        assert!(others.list().iter().any(|hub| hub.name == "renamed"));
        others.gone("0001");
        others.heard("late".into(), hub);
        assert!(others.hubs.contains_key("late"));
    }

    #[test]
    fn a_hub_that_is_not_heard_again_is_left_out() {
        let mut others = Others::default();
        let hub = heard().check(&own()).unwrap();
        others.heard("a".into(), hub.clone());
        others.heard("b".into(), hub.clone());
        others.restart();
        others.heard("b".into(), hub);
        others.drop_stale();
        assert!(others.hubs.keys().eq(["b"]));
    }
}
