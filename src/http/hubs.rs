//! The other hubs on the local network.

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;

use super::App;
use crate::discovery;

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
pub(super) async fn hubs(State(app): State<App>) -> Response {
    let list = app.found.others().into_iter().map(Hub::from);
    app.ok(list.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
