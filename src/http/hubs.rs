//! What the network shows of this hub and of others.

use axum::extract::State;
use serde::Serialize;

use super::App;
use super::respond::Outcome;
use crate::discovery;

/// Whether people find the hub by its name.
#[derive(Serialize)]
pub(super) struct Announced {
    state: &'static str,
    /// The host name as people type it: `cola-2.local`.
    name: Option<String>,
    /// The name in browsers of services: `cola (2)`.
    instance: Option<String>,
    /// Why it is not announced: a sentence.
    reason: Option<String>,
}

impl From<discovery::Announced> for Announced {
    fn from(announced: discovery::Announced) -> Self {
        let plain = |state| Self { state, name: None, instance: None, reason: None };
        match announced {
            discovery::Announced::Off => plain("off"),
            discovery::Announced::Starting => plain("starting"),
            discovery::Announced::Yes(names) => Self {
                state: "announced",
                name: Some(names.local()),
                instance: Some(names.instance),
                reason: None,
            },
            discovery::Announced::No(reason) => {
                Self { reason: Some(reason.to_string()), ..plain("not_announced") }
            }
        }
    }
}

/// Another hub on the local network.
#[derive(Serialize)]
struct Hub {
    name: String,
    id: String,
    version: String,
    host: String,
    /// Where it is opened, with its address: every phone can.
    url: String,
}

impl From<discovery::Hub> for Hub {
    fn from(hub: discovery::Hub) -> Self {
        let url = hub.url();
        let discovery::Hub { name, id, version, host, at: _ } = hub;
        Self { name, id, version, host, url }
    }
}

/// The other hubs on the local network, by name.
pub(super) async fn hubs(State(app): State<App>) -> Outcome {
    let list = app.found.others().into_iter().map(Hub::from);
    app.ok(list.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discovery::{Names, Reason};

    #[test]
    fn the_list_has_the_shape_that_the_page_expects() {
        let hub = discovery::Hub {
            name: "cola (2)".into(),
            id: "0e0c6a9e-3c5b-4a35-8a43-2f6d1c0b9a88".into(),
            version: "0.1.0".into(),
            host: "cola-2.local".into(),
            at: "192.168.4.7:8080".parse().unwrap(),
        };
        let golden: serde_json::Value =
            serde_json::from_str(include_str!("../../web/golden/hubs.json")).unwrap();
        assert_eq!(serde_json::to_value([Hub::from(hub)]).unwrap(), golden);
    }

    #[test]
    fn what_is_announced_is_told_with_its_name_or_the_reason() {
        let names = Names { host: "cola-2".into(), instance: "cola (2)".into() };
        let yes = Announced::from(discovery::Announced::Yes(names));
        assert_eq!(yes.name.as_deref(), Some("cola-2.local"));
        let no = Announced::from(discovery::Announced::No(Reason::NoInterface));
        assert_eq!(no.state, "not_announced");
        assert!(no.name.is_none() && no.reason.unwrap().contains("no network interface"));
    }
}
