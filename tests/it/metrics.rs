//! The metrics for Prometheus.

use serde_json::json;

use crate::kit::{Answer, Hub, wait_until};
use crate::sender::{join, make_room, token};
use crate::socket::{Heard, Socket};

fn metrics(hub: &Hub) -> Answer {
    hub.get("/metrics", &[])
}

/// The value of a series, as it stands there.
fn value(page: &str, series: &str) -> Option<f64> {
    let line = page.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '))?;
    Some(line.parse().unwrap())
}

#[test]
fn events_in_the_hub_are_counted() {
    let hub = Hub::start();
    let room = make_room(&hub, "n");
    let mut socket = Socket::connect(hub.address, &room.namespace, &token(&hub)).unwrap();
    join(&mut socket, &room, None).unwrap();
    let said = socket.ask("sendMessage", &json!({"roomId": room.id, "content": "hi"})).unwrap();
    while !matches!(socket.hear().unwrap(), Heard::Ack(number, _) if number == said) {}
    let lost = uuid(9);
    let refused =
        socket.ask("sendMessage", &json!({"roomId": lost, "content": "secret-word"})).unwrap();
    while !matches!(socket.hear().unwrap(), Heard::Ack(number, _) if number == refused) {}
    assert_eq!(hub.get(&format!("/chat/rooms/{lost}"), &[]).status, 404);
    // Gauges that are sampled now and then have to be sampled first.
    let looked_at = || value(metrics(&hub).text(), "colahub_namespaces") >= Some(1.0);
    wait_until("the namespaces are counted", looked_at);
    let answer = metrics(&hub);
    assert_eq!(answer.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    let page = answer.text();
    for (series, least) in [
        ("colahub_people", 1.0),
        ("colahub_rooms", 1.0),
        ("colahub_messages_total{type=\"message\"}", 1.0),
        ("colahub_messages_total{type=\"alert\"}", 1.0),
        ("colahub_deliveries_total", 2.0),
        ("colahub_tasks", 5.0),
        ("colahub_namespaces", 1.0),
        ("colahub_commit_seconds_count", 2.0),
        ("colahub_commit_seconds_bucket{le=\"+Inf\"}", 2.0),
        ("colahub_refusals_total{reason=\"no_such_room\"}", 2.0),
        ("colahub_database_bytes", 4096.0),
        ("colahub_wal_bytes", 1.0),
        ("colahub_queue_depth{queue=\"commands\"}", 0.0),
        ("colahub_storage{state=\"good\"}", 1.0),
        ("colahub_mdns{state=\"off\"}", 1.0),
    ] {
        let found = value(page, series);
        assert!(found >= Some(least), "{series} is {found:?} in {page}");
    }
    assert!(!page.contains("secret-word") && !page.contains(&room.id), "{page}");
}

#[test]
fn sockets_are_counted_by_transport_while_they_are_there() {
    let hub = Hub::start();
    let room = make_room(&hub, "n");
    let series = "colahub_sockets{transport=\"websocket\"}";
    let counts = |wanted: f64| {
        let is_so = || value(metrics(&hub).text(), series) == Some(wanted);
        wait_until(&format!("{wanted} sockets"), is_so);
    };
    counts(0.0);
    let socket = Socket::connect(hub.address, &room.namespace, &token(&hub)).unwrap();
    counts(1.0);
    drop(socket);
    counts(0.0);
}

#[test]
fn other_machines_read_the_metrics_only_if_the_host_allows_it() {
    // A request through a proxy on this machine comes from elsewhere.
    let passed_on = [("x-forwarded-for", "192.168.4.7")];
    let hub = Hub::start();
    let answer = hub.get("/metrics", &passed_on);
    assert_eq!(answer.status, 403);
    assert!(answer.text().contains("metrics.public"), "{}", answer.text());
    let open = Hub::with(&[("COLAHUB_METRICS_PUBLIC", "true")]);
    assert_eq!(open.get("/metrics", &passed_on).status, 200);
}

fn uuid(n: u8) -> String {
    format!("0191f7c5-0000-7000-8000-0000000000{n:02}")
}
