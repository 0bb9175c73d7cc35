//! For those who watch the hub: whether the process answers, and whether it can write.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;

use super::App;
use crate::hub::command::Call;

/// How long the writer may take to answer through its queue.
const READY: Duration = Duration::from_secs(5);

pub(super) fn routes() -> Router<App> {
    Router::new().route("/healthz", get(async || "ok\n")).route("/readyz", get(ready))
}

/// Ready while the writer answers through its queue. It touches no disk, so it may be asked often.
async fn ready(State(app): State<App>) -> (StatusCode, &'static str) {
    match tokio::time::timeout(READY, app.hub.call(Call::Ping)).await {
        Ok(Ok(())) => (StatusCode::OK, "ready\n"),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "the writer does not answer\n"),
    }
}
