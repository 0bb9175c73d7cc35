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

/// The other hubs on the local network, by name.
pub(super) async fn hubs(State(app): State<App>) -> Outcome {
    let list = app.found.others().into_iter().map(|hub| {
        let url = hub.url();
        let discovery::Hub { name, id, version, host, .. } = hub;
        Hub { name, id, version, host, url }
    });
    app.ok(list.collect::<Vec<_>>())
}
