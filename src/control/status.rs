//! The hub's state, for `colahub status`.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use super::clock;
use super::protocol::{Data, Memory, Missing, SharedDatabase, Status};
use crate::budget::Budget;
use crate::config::LiveConfig;
use crate::discovery;
use crate::domain::quota::Quota;
use crate::domain::refusal::Refusal;
use crate::domain::time::WallTime;
use crate::domain::words;
use crate::hub::HubHandle;
use crate::hub::command::Call;
use crate::identity::Signer;
use crate::network::Reach;
use crate::store::{ClusterState, Health, Reader, Size, Storage, forgets};
use crate::wire;

/// What the control socket needs.
pub struct ControlContext {
    /// Takes calls.
    pub hub: HubHandle,
    /// The configuration.
    pub config: LiveConfig,
    /// The state of the disk and the database.
    pub health: Health,
    /// The addresses at which the hub is reached.
    pub reach: Reach,
    /// The state of this hub's announcement.
    pub found: discovery::View,
    /// Reads the store.
    pub reader: Reader,
    /// The quota of connections.
    pub connections: Quota<IpAddr>,
    /// The memory budget.
    pub budget: Budget,
    /// Derives the secrets of hosts' keys.
    pub signer: Arc<Signer>,
    /// Returns fresh random bytes, for the ids of keys.
    pub random: fn() -> [u8; 16],
}

/// Returns the hub's state.
///
/// # Errors
/// The hub is overloaded or shutting down.
pub(super) async fn status(parts: &ControlContext) -> Result<Status, Refusal> {
    let facts = parts.hub.call(Call::Facts).await?;
    let mut status = Status {
        version: wire::VERSION.to_owned(),
        title: parts.config.now().title.as_str().to_owned(),
        uptime: facts.uptime.as_secs(),
        since: since(&parts.hub, facts.uptime),
        clock: Some(clock::line(parts.hub.clock().state())),
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
        said_last_minute: facts.said,
        removals: facts.removals,
        warnings: Vec::new(),
    };
    status.warnings = warnings(&status);
    Ok(status)
}

/// The host is warned if less of the disk is free, in bytes.
const LITTLE: u64 = 500_000_000;

/// The warnings: for each problem a sentence that says what to do.
fn warnings(status: &Status) -> Vec<String> {
    let Status { announced, memory, data, missing, twins, .. } = status;
    let mut all = Vec::new();
    let storage = match data.storage.as_str() {
        "ok" => None,
        "full" => Some("The disk is full, so messages are refused; make space on it."),
        "read_only" => {
            Some("The disk takes no writing, so messages are refused; look at its card.")
        }
        _ => Some("The database does not answer, so messages are refused; look at its machine."),
    };
    all.extend(storage.map(str::to_owned));
    if let Some(free) = data.free.filter(|free| *free < LITTLE && data.storage == "ok") {
        all.push(format!("Only {} are free on the disk; make space on it.", words::size(free)));
    }
    let short = match memory.state.as_str() {
        "tight" => Some("Memory is short, so newcomers wait; it passes when some leave."),
        "full" => Some("Memory is used up, so newcomers are turned away; close a room."),
        _ => None,
    };
    all.extend(short.map(str::to_owned));
    if let Some(reason) = &announced.reason {
        all.push(format!("The name is not announced: {reason}; give people the address."));
    }
    all.extend(missing.iter().map(|Missing { address, reason }| {
        format!(
            "Nobody can come in at {address}: {reason}; give people another address, or change \
                 listen and restart the hub."
        )
    }));
    if !twins.is_empty() {
        all.push(
            "Another hub has this hub's id; stop one and run colahub new-id there.".to_owned(),
        );
    }
    let copies = data.copies.as_ref();
    all.extend(copies.map(|why| {
        format!(
            "No copies of the database are made: {why}; mend that, or copy by hand with colahub \
             backup."
        )
    }));
    all
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
    let lost: Vec<String> =
        said.into_iter().chain(parts.signer.lost_key().map(str::to_owned)).collect();
    (!lost.is_empty()).then(|| lost.join("; "))
}

fn shared(health: &Health) -> Option<SharedDatabase> {
    let ClusterState { place, hubs, round_trip } = health.shared()?;
    Some(SharedDatabase {
        place,
        answers: health.storage() != Storage::Away,
        round_trip: u64::try_from(round_trip.as_micros()).unwrap_or(u64::MAX),
        hubs: hubs.iter().map(|hub| (hub.name.clone(), hub.url.clone())).collect(),
        differs: hubs
            .into_iter()
            .flat_map(|hub| hub.differs.into_iter().map(move |key| (hub.name.clone(), key)))
            .collect(),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::AnnouncementStatus;

    fn status() -> Status {
        Status {
            version: String::new(),
            title: String::new(),
            uptime: 1,
            since: None,
            clock: None,
            addresses: Vec::new(),
            missing: Vec::new(),
            announced: AnnouncementStatus {
                state: "off".into(),
                name: None,
                instance: None,
                reason: None,
            },
            twins: Vec::new(),
            people: 0,
            rooms: 1,
            said_last_minute: 0,
            removals: 0,
            warnings: Vec::new(),
            reports: None,
            places: 10,
            memory: Memory { taken: 1, most: None, state: "easy".into() },
            data: Data {
                folder: String::new(),
                database: 1,
                storage: "ok".into(),
                loss: None,
                copies: None,
                shared: None,
                free: Some(LITTLE),
                forgets: None,
            },
        }
    }

    #[test]
    fn a_hub_that_is_well_has_no_warnings_and_each_trouble_has_its_own() {
        assert_eq!(warnings(&status()), Vec::<String>::new());
        let mut ill = status();
        ill.data.free = Some(LITTLE - 1);
        assert!(warnings(&ill)[0].starts_with("Only 499.9 MB are free"), "{:?}", warnings(&ill));
        ill.data.storage = "full".into();
        ill.memory.state = "tight".into();
        ill.announced.reason = Some("no network".into());
        ill.twins.push("http://10.0.0.2".into());
        ill.data.copies = Some("the folder is gone".into());
        ill.missing.push(Missing { address: "10.0.0.9:80".into(), reason: "it is taken".into() });
        let told = warnings(&ill);
        assert_eq!(told.len(), 6, "full says more than little: {told:?}");
        assert!(told.iter().all(|line| line.ends_with('.')), "{told:?}");
    }
}
