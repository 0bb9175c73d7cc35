//! The other hubs on the local network.

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::App;
use crate::wire::OtherHub;

/// The other hubs on the local network, by name.
pub(super) async fn hubs(State(app): State<App>, headers: HeaderMap) -> Response {
    let list = app.found.others().into_iter().map(OtherHub::from);
    app.listed("hubs", &headers, list.collect::<Vec<_>>(), Body::from)
}
