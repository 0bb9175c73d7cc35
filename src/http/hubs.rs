//! The other hubs on the local network.

use axum::extract::State;
use axum::response::Response;

use super::App;
use crate::wire::OtherHub;

/// The other hubs on the local network, by name.
pub(super) async fn hubs(State(app): State<App>) -> Response {
    let list = app.found.others().into_iter().map(OtherHub::from);
    app.ok(list.collect::<Vec<_>>())
}
