//! `/metrics`, for Prometheus. Served to this machine only, unless `metrics.public` is set, since it shows how many
//! people are here.

use std::net::IpAddr;
use std::sync::atomic::Ordering::Relaxed;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use tokio::runtime::Handle;

use super::App;
use super::request::By;
use super::respond::ApiResult;
use crate::budget::Pressure;
use crate::hub::command::{Call, Facts};
use crate::metrics::Page;
use crate::store::{ClusterState, Size, Storage};
use crate::wire;
use crate::wire::AnnouncementStatus;

const ELSEWHERE: &str =
    "The metrics are for the hub's own machine; `metrics.public = true` opens them to everyone.\n";

/// Headers that proxies add. A request with one of them comes from another machine, even if the proxy is on this one.
const PASSED_ON: [&str; 4] = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];

pub(super) fn routes() -> Router<App> {
    Router::new().route("/metrics", get(metrics))
}

async fn metrics(State(app): State<App>, By(caller): By, headers: HeaderMap) -> ApiResult {
    if !app.config.now().metrics_public && !is_from_here(caller.peer, &headers) {
        return Ok((StatusCode::FORBIDDEN, ELSEWHERE).into_response());
    }
    let facts = app.hub.call(Call::Facts).await?;
    let kind = [(header::CONTENT_TYPE, Page::CONTENT_TYPE), (header::CACHE_CONTROL, "no-store")];
    Ok((kind, page(&app, &facts)).into_response())
}

fn is_from_here(peer: IpAddr, headers: &HeaderMap) -> bool {
    peer.is_loopback() && !PASSED_ON.iter().any(|name| headers.contains_key(*name))
}

fn page(app: &App, facts: &Facts) -> String {
    let mut page = Page::default();
    people(&mut page, app, facts);
    work(&mut page, app);
    refused(&mut page, app);
    memory(&mut page, app);
    kept(&mut page, app);
    page.into_text()
}

fn people(page: &mut Page, app: &App, facts: &Facts) {
    let counted = &app.metrics;
    let version = [(wire::VERSION, 1)];
    page.gauges("colahub_info", "The program's version.", "version", version);
    page.gauge("colahub_uptime_seconds", "How long the hub has been up.", facts.uptime.as_secs());
    page.gauge("colahub_rooms", "Living rooms.", facts.rooms);
    page.gauge("colahub_people", "People present, counted once in each room.", facts.people);
    let sockets = [
        ("websocket", counted.websocket.load(Relaxed)),
        ("polling", counted.polling.load(Relaxed)),
    ];
    page.gauges("colahub_sockets", "Clients connected to a namespace.", "transport", sockets);
    let help = "Sockets whose client reads slower than it is sent to.";
    page.gauge("colahub_sockets_behind", help, counted.behind.load(Relaxed));
    let help = "Namespaces that somebody is connected to, or was a moment ago.";
    page.gauge("colahub_namespaces", help, counted.namespaces.load(Relaxed));
}

fn work(page: &mut Page, app: &App) {
    let counted = &app.metrics;
    let help = "Committed messages that went out, by type.";
    page.counters("colahub_messages_total", help, "type", counted.messages.counts());
    let help = "Packets handed to sockets in broadcasts.";
    page.counter("colahub_deliveries_total", help, counted.deliveries.load(Relaxed));
    let help = "Packets by how they were written: directly to WebSockets, or by socketioxide.";
    let written = [
        ("direct", counted.written_directly.load(Relaxed)),
        ("socketioxide", counted.written_by_socketioxide.load(Relaxed)),
    ];
    page.counters("colahub_packets_total", help, "way", written);
    let help = "What waits: commands to be decided, writes to be committed.";
    let (commands, writes) = app.hub.waiting();
    let waiting = [("commands", commands), ("writes", writes)];
    page.gauges("colahub_queue_depth", help, "queue", waiting);
    let tasks = Handle::current().metrics().num_alive_tasks();
    page.gauge(
        "colahub_tasks",
        "What the hub is doing at once: a few of its own, some a client.",
        tasks,
    );
    let help = "How long commits took, fsync included.";
    page.durations("colahub_commit_seconds", help, &app.health.commits().distribution());
}

fn refused(page: &mut Page, app: &App) {
    let counted = &app.metrics;
    let help = "Requests and events that were refused, by the code that the client was told.";
    page.counters("colahub_refusals_total", help, "reason", counted.refusals.counts());
    let help = "Connections that were ended or turned away, by why.";
    page.counters("colahub_drops_total", help, "reason", counted.drops.counts());
}

fn memory(page: &mut Page, app: &App) {
    let budget = &app.budget;
    let help = "How much memory the hub takes.";
    page.gauge("colahub_memory_bytes", help, budget.resident());
    let help = "How much memory it may take; 0 is no limit.";
    page.gauge("colahub_memory_limit_bytes", help, budget.ceiling().unwrap_or(0));
    let help = "How near the hub is to that: when tight, newcomers' sockets are refused, when full their sessions too.";
    page.state("colahub_memory", help, &Pressure::NAMES, budget.pressure().name());
}

fn kept(page: &mut Page, app: &App) {
    let Size { database, wal } = Size::of(&app.config.now().data_dir);
    page.gauge("colahub_database_bytes", "Size of the database, without its WAL.", database);
    page.gauge("colahub_wal_bytes", "Size of the database's write-ahead log.", wal);
    let storage = match app.health.storage() {
        Storage::Good => "good",
        Storage::Full => "full",
        Storage::ReadOnly => "read_only",
        Storage::Away => "away",
        Storage::Outdated => "outdated",
    };
    let all = ["good", "full", "read_only", "away", "outdated"];
    page.state("colahub_storage", "Whether the disk takes what is said.", &all, storage);
    if let Some(ClusterState { hubs, round_trip, .. }) = app.health.shared() {
        let help = "Hubs that share the database, this one among them.";
        page.gauge("colahub_hubs", help, hubs.len());
        let help = "How long the last round trip to the shared database took.";
        page.gauge("colahub_database_round_trip_seconds", help, round_trip.as_secs_f64());
    }
    let told = AnnouncementStatus::from(app.found.announced());
    let all = ["off", "starting", "announced", "not_announced"];
    page.state("colahub_mdns", "Whether the hub's name is announced.", &all, &told.state);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_local_and_not_clients_of_its_proxy() {
        let plain = HeaderMap::new();
        for (peer, is_here) in [("127.0.0.1", true), ("::1", true), ("192.168.4.7", false)] {
            assert_eq!(is_from_here(peer.parse().unwrap(), &plain), is_here, "{peer}");
        }
        for name in PASSED_ON {
            let passed_on = HeaderMap::from_iter([(name.parse().unwrap(), "x".parse().unwrap())]);
            assert!(!is_from_here("127.0.0.1".parse().unwrap(), &passed_on), "{name}");
        }
    }
}
