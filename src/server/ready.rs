//! Announces the addresses that are served: once the hub is ready, and when an address appears later.

use std::collections::BTreeSet;
use std::io::Write;
use std::net::SocketAddr;
use std::sync::Once;
use std::time::Duration;

use sd_notify::NotifyState;

use super::bind;
use crate::network::Reach;

/// How often missing addresses are retried.
pub(super) const LOOK: Duration = Duration::from_secs(2);

/// Both are done once per process, even if the store is opened again.
static PRINTED: Once = Once::new();
static SYSTEMD: Once = Once::new();

/// The addresses that have been announced so far.
#[derive(Debug)]
pub(super) struct Ready {
    reach: Reach,
    told: BTreeSet<SocketAddr>,
}

impl Ready {
    /// Announces that the hub is ready, with the addresses that are served and those that are not yet.
    pub(super) fn announce(reach: Reach) -> Self {
        for refused in reach.refused() {
            tracing::warn!("{}; the others are served, and this one is tried again", refused.why);
        }
        for address in reach.absent() {
            tracing::warn!(
                "this machine does not have the address of {address} yet; the hub serves there as soon as it comes"
            );
        }
        let present = reach.present();
        if !present.is_empty() {
            tracing::info!(address = %print(&present), "listening");
        }
        // Even if no address is present: the hub can do no more, and restarting it would not help.
        SYSTEMD.call_once(|| super::notify(&[NotifyState::Ready]));
        Self { reach, told: present.into_iter().collect() }
    }

    /// Announces addresses that have appeared. Returns false once none is missing.
    pub(super) fn look(&mut self) -> bool {
        let present = self.reach.present();
        let fresh: Vec<_> = present.into_iter().filter(|at| !self.told.contains(at)).collect();
        if !fresh.is_empty() {
            tracing::info!(address = %print(&fresh), "listening, now that the address is there");
            self.told.extend(fresh);
        }
        self.is_waiting()
    }

    fn is_waiting(&self) -> bool {
        !self.reach.refused().is_empty() || !self.reach.absent().is_empty()
    }
}

/// Prints the ready line on standard output, with the addresses that are present first.
fn print(present: &[SocketAddr]) -> String {
    let urls: Vec<String> = present.iter().map(bind::url).collect();
    let urls = urls.join(" and ");
    PRINTED.call_once(|| {
        // Standard output may be closed; that is no reason not to serve.
        let _told = writeln!(std::io::stdout(), "listening on {urls}");
    });
    urls
}
