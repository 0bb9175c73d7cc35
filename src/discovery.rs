//! Discovery: announces the hub's name and services on the local network, and lists other hubs.
//!
//! mdns-sd implements Multicast DNS (RFC 6762) and service discovery (RFC 6763). This module makes up for its gaps:
//! after a conflict all records have the same name, late conflicts are noticed, the reason is reported if nothing is
//! announced, and mdns-sd is restarted when strangers fill its cache. No failure here stops the hub.

mod ask;
mod daemon;
mod daemon_run;
mod diagnosis;
mod follow;
mod links;
mod name;
mod others;
mod refresh;
mod remembered;
mod run;
mod watch;

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::{oneshot, watch as channel};
use tokio::task::JoinHandle;

pub use self::ask::{Failed, hubs, resolve};
pub use self::diagnosis::{Avahi, MDNS_PORT, avahi, port_is_free};
pub use self::others::FoundHub;
use crate::config::HubName;
use crate::network::Reach;

/// Whether the hub is announced, and if not, why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Announced {
    /// Turned off by the host.
    Off,
    /// The names are being claimed.
    Starting,
    /// It is announced under these names.
    Yes(Names),
    /// It is not announced. The hub is still served.
    No(Reason),
}

/// The names of a hub on the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// The host name without the domain: `cola-2` of `cola-2.local`.
    pub host: String,
    /// The instance name of its services: `cola (2)`.
    pub instance: String,
}

impl Names {
    /// The host name as people type it: `cola-2.local`.
    #[must_use]
    pub fn local(&self) -> String {
        format!("{}.local", self.host)
    }
}

/// Why the hub is not announced: a sentence for the host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// avahi is configured not to share the mDNS port.
    #[error(
        "avahi-daemon forbids others to announce (disallow-other-stacks=yes in its configuration); \
         set it to no, or let avahi announce the hub with the service file in the documentation"
    )]
    AvahiForbids,
    /// Another program uses the mDNS port exclusively.
    #[error("another program keeps UDP port {MDNS_PORT}, which mDNS needs, for itself")]
    PortTaken,
    /// There is no network interface.
    #[error("no network interface that people come by has an address")]
    NoInterface,
    /// The hub listens for this machine only.
    #[error("the hub listens on this machine only; see `listen` in the configuration")]
    NotListening,
    /// Another device answers for every name that the hub tries.
    #[error("another device answers for {0}.local and every name like it")]
    NamesTaken(String),
    /// Strangers send more records than the cache may hold.
    #[error("the network is flooded with mDNS packets")]
    Flood,
    /// mdns-sd has failed.
    #[error("mDNS could not be started: {0}")]
    Failed(String),
    /// Nothing could be sent, for an unknown reason.
    #[error("nothing could be sent on the network; `colahub doctor` looks closer")]
    Unknown,
}

/// What to announce, and where.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The configured name.
    pub wish: HubName,
    /// The hub's id, by which hubs are told apart.
    pub hub: String,
    /// The program's version.
    pub version: &'static str,
    /// The addresses at which the hub is reached.
    pub reach: Reach,
    /// Random digits of this run, by which colliding hubs take turns. Not the id, which a cloned card shares.
    pub turns: String,
    /// The folder in which the number after the name is stored.
    pub folder: PathBuf,
}

/// The current state of discovery. Cheap to clone.
#[derive(Debug, Clone)]
pub struct View {
    known: channel::Receiver<Arc<Known>>,
    /// This hub's id.
    hub: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Known {
    announced: Announced,
    others: Vec<FoundHub>,
}

impl View {
    /// Whether and how the hub is announced.
    #[must_use]
    pub fn announced(&self) -> Announced {
        self.known.borrow().announced.clone()
    }

    /// The other hubs on the network, by name; at most 64.
    #[must_use]
    pub fn others(&self) -> Vec<FoundHub> {
        self.known.borrow().others.clone()
    }

    /// The other hubs with this hub's id: one card is a copy of the other.
    #[must_use]
    pub fn twins(&self) -> Vec<FoundHub> {
        let known = self.known.borrow();
        known.others.iter().filter(|hub| hub.id == self.hub).cloned().collect()
    }
}

/// The announcing task. [`Discovery::close`] ends it, as does dropping the handle.
#[derive(Debug)]
pub struct Discovery {
    view: View,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Discovery {
    /// Starts to announce the hub and to listen for others.
    #[must_use]
    pub fn start(setup: Setup) -> Self {
        let (known, view) = channel::channel(Arc::new(Known::only(Announced::Starting)));
        let (stop, stopped) = oneshot::channel();
        let hub = setup.hub.clone();
        let task = tokio::spawn(run::run(setup, known, stopped));
        Self { view: View { known: view, hub }, running: Some(Running { stop, task }) }
    }

    /// Announces nothing.
    #[must_use]
    pub fn off() -> Self {
        let (_, known) = channel::channel(Arc::new(Known::only(Announced::Off)));
        Self { view: View { known, hub: String::new() }, running: None }
    }

    /// A handle to the current state.
    #[must_use]
    pub fn view(&self) -> View {
        self.view.clone()
    }

    /// Withdraws the names (a goodbye for each record) and ends, within half a second.
    pub async fn close(self) {
        if let Some(Running { stop, task }) = self.running {
            // It may have failed before; then there is nothing to withdraw.
            let _told = stop.send(());
            let _ended = task.await;
        }
    }
}

impl Known {
    fn only(announced: Announced) -> Self {
        Self { announced, others: Vec::new() }
    }
}
