//! Wipes the hub of a data folder while it is stopped, and waits for a wipe at a start.

use std::convert::Infallible;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use sd_notify::NotifyState;

use super::{Lock, notify, random};
use crate::domain::ids::{HubId, WipeId};
use crate::store::{WipeReceipt, carry_out_wipe, is_wipe_ordered, order_wipe};

/// How often systemd is told that a wipe goes on: well within its watchdog's limit.
const TOLD_EVERY: Duration = Duration::from_secs(5);

/// For how long systemd then waits, in microseconds.
const EXTENDED: u32 = 60_000_000;

/// Orders a wipe and carries it out, or one that was ordered before. No hub may be running on the folder. `going_on` is
/// called with the bytes that were overwritten and their total.
///
/// # Errors
/// A hub is running on it, or a file cannot be written: a sentence for the host. What is ordered is carried out by the
/// next start.
pub fn wipe(
    folder: &Path,
    id: WipeId,
    keep_rooms: bool,
    going_on: impl FnMut(u64, u64),
) -> anyhow::Result<WipeReceipt> {
    let _lock = Lock::take(folder)?;
    order_wipe(folder, id, keep_rooms)?;
    let fresh = HubId::from_random(random());
    carry_out_wipe(folder, fresh, going_on)?.context("the order of the wipe is gone")
}

/// Tells systemd again and again that the start goes on, while a wipe is carried out. Overwriting takes as long as it
/// takes. Never returns.
pub(super) async fn keep_waiting(folder: &Path) -> Infallible {
    let mut ticks = tokio::time::interval(TOLD_EVERY);
    loop {
        ticks.tick().await;
        if is_wipe_ordered(folder).unwrap_or(false) {
            notify(&[
                NotifyState::Watchdog,
                NotifyState::ExtendTimeoutUsec(EXTENDED),
                NotifyState::Status("wiping everything that was said"),
            ]);
        }
    }
}
