//! The hub's state, for `colahub status`.

use std::net::IpAddr;
use std::time::Duration;

use super::protocol::{Data, Memory, Missing, SharedDatabase, Status};
use crate::budget::Budget;
use crate::config::LiveConfig;
use crate::discovery;
use crate::domain::quota::Quota;
use crate::domain::refusal::Refusal;
use crate::domain::time::WallTime;
use crate::hub::HubHandle;
use crate::hub::command::Call;
use crate::network::Reach;
use crate::store::{Health, Reader, Shared, Size, Storage, forgets};
use crate::wire;

/// What the control socket is built from.
pub struct ControlContext {
    /// Takes calls.
    pub hub: HubHandle,
    /// The configuration.
    pub config: LiveConfig,
    /// The state of the disk and the database.
    pub health: Health,
    /// The addresses at which the hub is reached.
    pub reach: Reach,
    /// What mDNS shows of this hub.
    pub found: discovery::View,
    /// What happened to an unusable key, while its file is kept.
    pub lost_key: Option<String>,
    /// Reads the store.
    pub reader: Reader,
    /// The quota of connections.
    pub connections: Quota<IpAddr>,
    /// The memory budget.
    pub budget: Budget,
}

/// Returns the hub's state.
///
/// # Errors
/// The hub is overloaded or shutting down.
pub(super) async fn status(parts: &ControlContext) -> Result<Status, Refusal> {
    let facts = parts.hub.call(Call::Facts).await?;
    Ok(Status {
        version: wire::VERSION.to_owned(),
        title: parts.config.now().title.as_str().to_owned(),
        uptime: facts.uptime.as_secs(),
        since: since(&parts.hub, facts.uptime),
        addresses: parts.reach.urls(),
        missing: missing(&parts.reach),
        announced: parts.found.announced().into(),
        twins: parts.found.twins().iter().map(discovery::FoundHub::url).collect(),
        people: facts.people,
        rooms: facts.rooms,
        reports: parts.reader.open_reports().await.ok(),
        places: parts.connections.most(),
        memory: memory(&parts.budget),
        data: data(parts),
    })
}

fn missing(reach: &Reach) -> Vec<Missing> {
    let refused = reach
        .refused()
        .into_iter()
        .map(|refused| Missing { address: refused.address.to_string(), reason: refused.why });
    let absent = reach.absent().into_iter().map(|address| Missing {
        address: address.to_string(),
        reason: "this machine does not have this address; the hub serves there as soon as it comes"
            .to_owned(),
    });
    refused.chain(absent).collect()
}

fn since(hub: &HubHandle, uptime: Duration) -> Option<String> {
    let up = i64::try_from(uptime.as_millis()).ok()?;
    let (now, trusted) = hub.clock().wall();
    trusted.then(|| wire::iso(WallTime(now.0.saturating_sub(up))))
}

fn storage(health: &Health) -> &'static str {
    match health.storage() {
        Storage::Good => "ok",
        Storage::Full => "full",
        Storage::ReadOnly => "read_only",
        Storage::Away => "the shared database does not answer",
        Storage::Outdated => "being opened again",
    }
}

fn memory(budget: &Budget) -> Memory {
    Memory {
        taken: budget.resident(),
        most: budget.ceiling(),
        state: budget.pressure().name().to_owned(),
    }
}

/// The last losses, of messages and of the signing key.
fn loss(parts: &ControlContext) -> Option<String> {
    let said = parts.health.loss().map(|loss| format!("{}: {loss}", wire::iso(loss.at)));
    let lost: Vec<String> = said.into_iter().chain(parts.lost_key.clone()).collect();
    (!lost.is_empty()).then(|| lost.join("; "))
}

fn shared(health: &Health) -> Option<SharedDatabase> {
    let Shared { place, hubs, round_trip } = health.shared()?;
    Some(SharedDatabase {
        place,
        answers: health.storage() != Storage::Away,
        round_trip: u64::try_from(round_trip.as_micros()).unwrap_or(u64::MAX),
        hubs: hubs.into_iter().map(|hub| (hub.name, hub.url)).collect(),
    })
}

fn data(parts: &ControlContext) -> Data {
    let config = parts.config.now();
    let Size { database, wal } = Size::of(&config.data_dir);
    let free = rustix::fs::statvfs(&config.data_dir).ok();
    Data {
        folder: config.data_dir.display().to_string(),
        database: database + wal,
        storage: storage(&parts.health).to_owned(),
        loss: loss(parts),
        copies: parts.health.copies(),
        shared: shared(&parts.health),
        free: free.map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize)),
        forgets: forgets(&config.data_dir).filter(|_| config.database_url.is_none()),
    }
}
