//! Health checks: whether the process answers, and whether it can write.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;

use super::App;
use crate::hub::command::Call;
use crate::store::Storage;

/// How long the writer may take to answer through its queue.
const READY: Duration = Duration::from_secs(5);

const HEALTHY: &str = "/healthz";
const READY_PATH: &str = "/readyz";

/// Whether this path is a health check's.
pub(super) fn is_path(path: &str) -> bool {
    [HEALTHY, READY_PATH].contains(&path)
}

pub(super) fn routes() -> Router<App> {
    Router::new().route(HEALTHY, get(async || "ok\n")).route(READY_PATH, get(ready))
}

/// Ready while the writer answers through its queue and the disk takes messages. Does not touch the disk, so
/// it may be called often.
async fn ready(State(app): State<App>) -> (StatusCode, &'static str) {
    if app.health.storage() == Storage::Away {
        // A load balancer that asks has other hubs; on this one a client would have to wait.
        return (StatusCode::SERVICE_UNAVAILABLE, "the shared database does not answer\n");
    }
    let answered = tokio::time::timeout(READY, app.hub.call(Call::Ping)).await;
    let why = match (answered, app.health.storage()) {
        (Ok(Ok(())), Storage::Good) => return (StatusCode::OK, "ready\n"),
        (Ok(Ok(())), Storage::Full) => "the disk is full: the hub can only be read\n",
        (Ok(Ok(())), Storage::ReadOnly) => "the disk is read-only: the hub can only be read\n",
        (_, Storage::Away) => "the shared database does not answer\n",
        (Ok(Ok(())), Storage::Outdated) => "the database is being opened again\n",
        _ => "the writer does not answer\n",
    };
    (StatusCode::SERVICE_UNAVAILABLE, why)
}
