//! Being found: the hub's name and services on the local network, and the other hubs there.
//!
//! Multicast DNS (RFC 6762) and service discovery (RFC 6763), spoken by mdns-sd, which this module
//! keeps honest: it names one hub in all its records after a conflict, notices a conflict that
//! comes late, says why nothing is announced where that is so, and starts the library anew when
//! strangers fill its cache. Being found is a convenience: nothing here ever stops the hub.

mod ask;
mod daemon;
mod diagnosis;
mod follow;
mod life;
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

/// Whether people find the hub by its name, and if not, why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Announced {
    /// The host does not want it.
    Off,
    /// The names are being claimed.
    Starting,
    /// It is found under these names.
    Yes(Names),
    /// It is not; the hub serves all the same.
    No(Reason),
}

/// The names of a hub on the network, which belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// The host's name without the domain: `cola-2` of `cola-2.local`.
    pub host: String,
    /// The name of its services: `cola (2)`.
    pub instance: String,
}

impl Names {
    /// The host's name as people type it: `cola-2.local`.
    #[must_use]
    pub fn local(&self) -> String {
        format!("{}.local", self.host)
    }
}

/// Why the hub is not announced: a sentence for the host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// avahi was told to share mDNS with nobody.
    #[error(
        "avahi-daemon forbids others to announce (disallow-other-stacks=yes in its configuration); \
         set it to no, or let avahi announce the hub with the service file in the documentation"
    )]
    AvahiForbids,
    /// Another program holds the port.
    #[error("another program keeps UDP port {MDNS_PORT}, which mDNS needs, for itself")]
    PortTaken,
    /// There is no network to announce on.
    #[error("no network interface that people come by has an address")]
    NoInterface,
    /// The host wanted no other machine to reach the hub.
    #[error("the hub listens on this machine only; see `listen` in the configuration")]
    NotListening,
    /// Somebody answers for each name that the hub tries.
    #[error("another device answers for {0}.local and every name like it")]
    NamesTaken(String),
    /// Strangers send more than the cache may hold.
    #[error("the network is flooded with mDNS packets")]
    Flood,
    /// The library failed.
    #[error("mDNS could not be started: {0}")]
    Failed(String),
    /// Nothing left the machine, and no cause is known.
    #[error("nothing could be sent on the network; `colahub doctor` looks closer")]
    Unknown,
}

/// What is announced, and what to announce it by.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The name that the host wishes for.
    pub wish: HubName,
    /// The hub's id, by which hubs tell each other apart.
    pub hub: String,
    /// The program's version.
    pub version: &'static str,
    /// Where the hub is reached.
    pub reach: Reach,
    /// Random digits of this run, by which hubs that collide take turns. Not the id: a cloned card has the
    /// same.
    pub turns: String,
    /// The folder in which the name that was got is remembered.
    pub folder: PathBuf,
}

/// What is known now: a cheap handle for whoever shows it.
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

    /// Those of the others that have this hub's id: the card of one is a copy of the other's.
    #[must_use]
    pub fn twins(&self) -> Vec<FoundHub> {
        let known = self.known.borrow();
        known.others.iter().filter(|hub| hub.id == self.hub).cloned().collect()
    }
}

/// The announcing task. It ends with [`Discovery::close`], or with its handle.
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
    /// Announces the hub and listens for others, until told to stop.
    #[must_use]
    pub fn start(setup: Setup) -> Self {
        let (known, view) = channel::channel(Arc::new(Known::only(Announced::Starting)));
        let (stop, stopped) = oneshot::channel();
        let hub = setup.hub.clone();
        let task = tokio::spawn(run::run(setup, known, stopped));
        Self { view: View { known: view, hub }, running: Some(Running { stop, task }) }
    }

    /// Announces nothing, as the host wishes.
    #[must_use]
    pub fn off() -> Self {
        let (_, known) = channel::channel(Arc::new(Known::only(Announced::Off)));
        Self { view: View { known, hub: String::new() }, running: None }
    }

    /// What is known, now and later.
    #[must_use]
    pub fn view(&self) -> View {
        self.view.clone()
    }

    /// Takes the names back (a goodbye for each record) and ends; within half a second.
    pub async fn close(self) {
        if let Some(Running { stop, task }) = self.running {
            // It may have failed before; then there is nothing to take back.
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
