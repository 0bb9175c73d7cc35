//! The request that wipes everything.

use super::answer::{Acting, Denied};
use crate::domain::ids::WipeId;
use crate::domain::refusal::Refusal;
use crate::store::order_wipe;

/// Orders a wipe, and has the store opened again, which carries it out. Returns the id of the wipe.
pub(super) async fn order(
    parts: &Acting<'_>,
    id: &str,
    keep_rooms: bool,
) -> Result<String, Denied> {
    let denied = |sentence: String| Denied::new(Refusal::Unavailable, sentence);
    let id: WipeId = id.parse().map_err(|_| denied("the id of a wipe is a UUID".to_owned()))?;
    let config = parts.config.now();
    if config.database_url.is_some() {
        return Err(denied("the database that hubs share is wiped there, not by a hub".to_owned()));
    }
    let folder = config.data_dir.clone();
    let ordered = tokio::task::spawn_blocking(move || order_wipe(&folder, id, keep_rooms)).await;
    let ordered = ordered.map_err(|_| Denied::from(Refusal::Unavailable))?;
    let ordered = ordered.map_err(|error| denied(error.to_string()))?;
    tracing::warn!(
        keep_rooms,
        "a host wipes everything that was said; the hub opens its database again"
    );
    parts.health.reopen();
    Ok(ordered)
}
