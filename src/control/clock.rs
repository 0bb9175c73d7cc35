//! Requests about the hub's clock.

use super::answer::{Acting, Denied};
use super::protocol::ClockStatus;
use crate::domain::refusal::Refusal;
use crate::domain::time::WallTime;
use crate::hub::{Clock, ClockState};
use crate::wire;

/// Sets the hub's time to this one, in ms since 1970.
pub(super) async fn set(parts: &Acting<'_>, now: i64) -> Result<ClockStatus, Denied> {
    let set = with_clock(parts, move |clock| clock.set_by_host(WallTime(now)));
    Ok(line(set.await??))
}

/// Forgets the time that a host has set, if there is one.
pub(super) async fn forget(parts: &Acting<'_>) -> Result<ClockStatus, Denied> {
    Ok(line(with_clock(parts, Clock::forget_hosts).await?))
}

/// On a thread of its own, since the host's time is in a file.
async fn with_clock<T: Send + 'static>(
    parts: &Acting<'_>,
    act: impl FnOnce(&Clock) -> T + Send + 'static,
) -> Result<T, Refusal> {
    let clock = parts.hub.clock().clone();
    let done = tokio::task::spawn_blocking(move || act(&clock)).await;
    done.map_err(|_| Refusal::Unavailable)
}

/// The clock for an answer.
pub(super) fn line(state: ClockState) -> ClockStatus {
    let ClockState { time, machine, is_trusted, is_hosts, is_shared } = state;
    let (time, machine) = (wire::iso(time), wire::iso(machine));
    ClockStatus { time, machine, is_trusted, is_hosts, is_shared }
}
