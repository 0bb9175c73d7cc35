//! The announcing task: one daemon after another, until it is told to stop.

use std::sync::Arc;
use std::time::{Duration, Instant};

use if_addrs::Interface;
use tokio::sync::{oneshot, watch as channel};

use super::daemon::Daemon;
use super::follow::ticks;
use super::life::Life;
use super::name::Claim;
use super::others::Others;
use super::remembered::Remembered;
use super::watch::OwnAddresses;
use super::{Announced, Known, Reason, Setup, refresh};

/// How long to stay silent after a flood; twice as long after each that follows at once.
const AFTER_FLOOD: Duration = Duration::from_millis(500);
const AFTER_FLOODS: Duration = Duration::from_secs(8);

/// How long to wait before trying again what failed for a lasting reason.
const RETRY: Duration = Duration::from_secs(30);

/// From so many conflicts in a row on, each next name waits (RFC 6762, section 9).
const CONFLICTS: u32 = 10;
const AFTER_CONFLICTS: Duration = Duration::from_secs(5);

/// Announces the hub, in one daemon's life after another.
pub(super) async fn run(
    setup: Setup,
    known: channel::Sender<Arc<Known>>,
    mut stop: oneshot::Receiver<()>,
) {
    let mut announcer = Announcer::new(setup, known);
    if !announcer.setup.reach.is_open() {
        announcer.tell(Announced::No(Reason::NotListening));
        // An error means that nobody is there to stop it: then it ends too.
        let _stopped = stop.await;
        return;
    }
    while let Some(pause) = announcer.live(&mut stop).await {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = &mut stop => return,
        }
    }
}

/// Why a daemon's life ended.
pub(super) enum End {
    Stopped,
    /// Somebody else has the name.
    Conflict,
    /// The name is to be another for a good reason.
    NewName,
    /// Strangers filled the cache.
    Flood,
    /// Nothing goes out.
    Silence(Reason),
}

impl End {
    fn failed(error: &impl ToString) -> Self {
        Self::Silence(Reason::Failed(error.to_string()))
    }
}

/// Who announces: what outlives one daemon.
pub(super) struct Announcer {
    pub(super) setup: Setup,
    pub(super) claim: Claim,
    pub(super) remembered: Remembered,
    pub(super) known: channel::Sender<Arc<Known>>,
    pub(super) others: Others,
    pub(super) own: OwnAddresses,
    /// The interfaces whose networks other hubs are looked for in.
    pub(super) neighbours: Vec<Interface>,
    /// The host name that others may have in their caches.
    pub(super) announced_host: Option<String>,
    /// What the library reported since the last look at its cache.
    pub(super) reports: u32,
    /// Conflicts since a name was last announced.
    pub(super) conflicts: u32,
    /// Floods since a name was last announced.
    pub(super) floods: u32,
}

impl Announcer {
    fn new(setup: Setup, known: channel::Sender<Arc<Known>>) -> Self {
        let remembered = Remembered::open(&setup.folder, setup.wish.as_str());
        let claim = Claim::new(setup.wish.as_str(), machine_name(), remembered.number());
        if claim.wish_is_the_machines() {
            let (wish, name) = (claim.wish(), claim.names().local());
            tracing::info!("this machine is itself called {wish}; the hub is {name} instead");
        }
        let (others, own) = (Others::default(), OwnAddresses::default());
        let neighbours = Vec::new();
        Self {
            setup,
            claim,
            remembered,
            known,
            others,
            own,
            neighbours,
            announced_host: None,
            reports: 0,
            conflicts: 0,
            floods: 0,
        }
    }

    /// One daemon's life. How long to wait before the next, or nothing when told to stop.
    async fn live(&mut self, stop: &mut oneshot::Receiver<()>) -> Option<Duration> {
        let mut daemon = match Daemon::listen(&self.setup.reach) {
            Ok(daemon) => daemon,
            Err(error) => return self.after(End::failed(&error)),
        };
        self.others.begin_anew();
        let end = tokio::select! {
            end = self.claim_and_follow(&mut daemon) => end,
            _ = stop => End::Stopped,
        };
        if matches!(end, End::Flood) {
            daemon.cut().await;
        } else {
            daemon.end().await;
        }
        if let Some(host) = self.announced_host.take() {
            refresh::send(&host, &self.neighbours, refresh::GONE);
        }
        self.after(end)
    }

    async fn claim_and_follow(&mut self, daemon: &mut Daemon) -> End {
        self.see_addresses(Instant::now());
        loop {
            match self.is_taken(daemon).await {
                Ok(false) => break,
                Ok(true) if self.try_the_next_name() => {}
                Ok(true) => {
                    return End::Silence(Reason::NamesTaken(self.claim.wish().to_owned()));
                }
                Err(end) => return end,
            }
        }
        let names = self.claim.names();
        if let Err(error) = daemon.announce(&self.setup, &names) {
            return End::failed(&error);
        }
        let mut life = Life::new(daemon.services(), &names);
        self.follow(daemon, &mut life, &names).await
    }

    /// Whether another machine has the name, before it is claimed: the library's own way out of a
    /// conflict leaves records under two names on the network for a while.
    async fn is_taken(&mut self, daemon: &mut Daemon) -> Result<bool, End> {
        let names = self.claim.names();
        let Some(look_up) = daemon.look_up(&names.host) else { return Ok(false) };
        let mut ticks = ticks();
        loop {
            tokio::select! {
                is_taken = look_up.is_answered(|ip| !self.own.has(ip)) => {
                    return Ok(is_taken || self.is_anothers(&names.local(), &names.instance));
                }
                event = daemon.event() => {
                    self.count_report()?;
                    self.on_hubs(event);
                }
                _ = ticks.tick() => self.look_at_cache(daemon).await?,
            }
        }
    }

    fn after(&mut self, end: End) -> Option<Duration> {
        match end {
            End::Stopped => None,
            End::NewName => {
                self.tell(Announced::Starting);
                Some(Duration::ZERO)
            }
            End::Conflict => Some(self.after_conflict()),
            End::Flood => {
                self.floods += 1;
                self.tell(Announced::No(Reason::Flood));
                Some((AFTER_FLOOD * 2_u32.pow(self.floods.min(5) - 1)).min(AFTER_FLOODS))
            }
            End::Silence(reason) => {
                self.tell(Announced::No(reason));
                Some(RETRY)
            }
        }
    }

    /// Two hubs that started in the same moment both give way: who comes back first has the name,
    /// and the other then finds it taken. A second conflict over one name gives it up.
    fn after_conflict(&mut self) -> Duration {
        self.tell(Announced::Starting);
        self.conflicts += 1;
        if self.conflicts.is_multiple_of(2) {
            self.try_the_next_name();
        }
        if self.conflicts > CONFLICTS { AFTER_CONFLICTS } else { self.conflict_pause() }
    }

    /// Some time of this hub's own, up to 1.5 seconds.
    fn conflict_pause(&self) -> Duration {
        let salt =
            self.setup.hub.bytes().fold(self.conflicts, |sum, byte| {
                sum.wrapping_mul(31).wrapping_add(u32::from(byte))
            });
        Duration::from_millis(u64::from(salt % 16) * 100)
    }

    /// Goes on to the next name, if there is one.
    pub(super) fn try_the_next_name(&mut self) -> bool {
        let taken = self.claim.names().local();
        let has_next = self.claim.lost();
        if has_next {
            let name = self.claim.names().local();
            tracing::info!("{taken} belongs to another device; trying {name}");
        }
        has_next
    }

    pub(super) fn tell(&self, announced: Announced) {
        let is_news = self.known.borrow().announced != announced;
        if !is_news {
            return;
        }
        match &announced {
            Announced::Yes(names) => tracing::info!("people find the hub at {}", names.local()),
            Announced::No(reason) => tracing::warn!("not announced on the network: {reason}"),
            Announced::Off | Announced::Starting => {}
        }
        let others = self.others.list();
        self.known.send_replace(Arc::new(Known { announced, others }));
    }

    pub(super) fn tell_others(&self) {
        let others = self.others.list();
        let announced = self.known.borrow().announced.clone();
        if self.known.borrow().others != others {
            self.known.send_replace(Arc::new(Known { announced, others }));
        }
    }
}

/// What the machine's other programs call it: the first label of its host name.
fn machine_name() -> Option<String> {
    let system = rustix::system::uname();
    let name = system.nodename().to_str().ok()?.split('.').next()?;
    (!name.is_empty()).then(|| name.to_owned())
}
