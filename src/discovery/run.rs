//! The announcing task: one daemon after another, until it is told to stop.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{oneshot, watch as channel};
use tokio::time::{MissedTickBehavior, interval};

use super::daemon::{Daemon, Event};
use super::life::Life;
use super::name::Claim;
use super::others::{Heard, Others};
use super::remembered::Remembered;
use super::watch::{Due, OwnAddresses, TICK};
use super::{Announced, Known, Names, Reason, Setup, diagnosis};
use crate::network;

/// Most records of strangers that are kept, timers counted: far more than a large network has, and
/// some two megabytes.
const CACHE_MAX: i64 = 6_000;

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
enum End {
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

struct Announcer {
    setup: Setup,
    claim: Claim,
    remembered: Remembered,
    known: channel::Sender<Arc<Known>>,
    others: Others,
    own: OwnAddresses,
    /// Conflicts since a name was last announced.
    conflicts: u32,
    /// Floods since a name was last announced.
    floods: u32,
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
        Self { setup, claim, remembered, known, others, own, conflicts: 0, floods: 0 }
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
        daemon.end().await;
        self.after(end)
    }

    async fn claim_and_follow(&mut self, daemon: &mut Daemon) -> End {
        self.own.see(network::own_addresses(), Instant::now());
        while self.is_taken(daemon).await {
            if !self.try_the_next_name() {
                return End::Silence(Reason::NamesTaken(self.claim.wish().to_owned()));
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
    async fn is_taken(&mut self, daemon: &mut Daemon) -> bool {
        let names = self.claim.names();
        let Some(look_up) = daemon.look_up(&names.host) else { return false };
        loop {
            tokio::select! {
                is_taken = look_up.is_answered(|ip| !self.own.has(ip)) => {
                    return is_taken || self.is_anothers(&names.local(), &names.instance);
                }
                event = daemon.event() => self.on_hubs(event),
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
                if self.floods > 1 {
                    self.tell(Announced::No(Reason::Flood));
                }
                Some(Duration::ZERO)
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
    fn try_the_next_name(&mut self) -> bool {
        let taken = self.claim.names().local();
        let has_next = self.claim.lost();
        if has_next {
            let name = self.claim.names().local();
            tracing::info!("{taken} belongs to another device; trying {name}");
        }
        has_next
    }

    /// Follows what the daemon reports until its life has to end.
    async fn follow(&mut self, daemon: &mut Daemon, life: &mut Life, names: &Names) -> End {
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let end = tokio::select! {
                event = daemon.event() => self.on_event(event, life, names),
                (host, is_answered) = life.answer(&self.own) => {
                    self.on_answer(&host, is_answered, names)
                }
                _ = ticks.tick() => self.on_tick(daemon, life).await,
            };
            if let Some(end) = end {
                return end;
            }
        }
    }

    fn on_event(&mut self, event: Event, life: &mut Life, names: &Names) -> Option<End> {
        match event {
            Event::Conflict => return Some(End::Conflict),
            Event::Announced(service) => {
                if life.announced(&service) {
                    self.on_announced(names);
                }
            }
            event => self.on_hubs(event),
        }
        None
    }

    fn on_hubs(&mut self, event: Event) {
        match event {
            Event::Heard(service, heard) => self.on_heard(service, heard),
            Event::Gone(service) => self.others.gone(&service),
            _ => return,
        }
        self.tell_others();
    }

    fn on_announced(&mut self, names: &Names) {
        (self.conflicts, self.floods) = (0, 0);
        self.remembered.keep(self.claim.number());
        self.tell(Announced::Yes(names.clone()));
    }

    fn on_heard(&mut self, service: String, heard: Heard) {
        tracing::debug!(?heard, "a hub was heard");
        let own = network::suitable(self.setup.reach.interfaces());
        let hub = heard.check(&own).filter(|hub| hub.id != self.setup.hub);
        if let Some(hub) = hub {
            self.others.heard(service, hub);
        }
    }

    async fn on_tick(&mut self, daemon: &mut Daemon, life: &mut Life) -> Option<End> {
        daemon.listen_again(Instant::now());
        let cached = daemon.cached().await;
        if cached > CACHE_MAX {
            tracing::warn!(cached, "too many mDNS records from strangers: beginning anew");
            return Some(End::Flood);
        }
        let now = Instant::now();
        let Due { addresses, diagnosis, stale, names } = life.watch.due(now);
        if addresses {
            self.look_at_addresses(life, now);
        }
        if stale {
            self.others.drop_stale();
            self.tell_others();
        }
        if names && life.is_announced() {
            life.look_up = daemon.look_up(self.name_to_look_up(life));
        }
        diagnosis.then(|| self.diagnose(life))?
    }

    /// The own name, and every other time the wished one where that is another.
    fn name_to_look_up<'a>(&'a self, life: &'a mut Life) -> &'a str {
        life.asked_for_wish = self.claim.waits_for_wish() && !life.asked_for_wish;
        if life.asked_for_wish { self.claim.wish() } else { &life.host }
    }

    fn look_at_addresses(&mut self, life: &mut Life, now: Instant) {
        self.own.see(network::own_addresses(), now);
        let is_reached = !self.setup.reach.addresses().is_empty();
        if life.is_reached && !is_reached {
            life.withdrawn();
            self.tell(Announced::No(Reason::NoInterface));
        } else if !life.is_reached && is_reached {
            life.watch.begin(now);
        }
        life.is_reached = is_reached;
    }

    /// Nothing was announced in time. A new interface is followed by this daemon, whatever else is
    /// wrong needs another.
    fn diagnose(&mut self, life: &mut Life) -> Option<End> {
        let reason = diagnosis::of(&self.setup.reach);
        if reason != Reason::NoInterface {
            return Some(End::Silence(reason));
        }
        life.is_reached = false;
        self.tell(Announced::No(reason));
        None
    }

    /// A question after a name has its answer: whether another machine has it.
    fn on_answer(&mut self, host: &str, is_answered: bool, names: &Names) -> Option<End> {
        if host != names.host {
            let taken = is_answered || self.is_anothers(&format!("{host}.local"), host);
            let is_free = self.claim.wish_seen(taken, Instant::now());
            if is_free {
                tracing::info!("{host}.local has long been free; taking it back");
            }
            return is_free.then_some(End::NewName);
        }
        if !is_answered {
            self.claim.is_undisputed();
            return None;
        }
        let mine = self.is_mine_by_right(names);
        tracing::warn!(mine, "another device answers for {}", names.local());
        if !self.claim.is_contested(mine) {
            return None;
        }
        self.try_the_next_name();
        Some(End::NewName)
    }

    /// Whether another hub, perhaps one on this machine, has this host or service name.
    fn is_anothers(&self, local: &str, instance: &str) -> bool {
        self.others.list().iter().any(|hub| hub.host == local || hub.name == instance)
    }

    /// Of two hubs with one name, that with the lower id keeps it. Anything but a hub does not
    /// know this rule.
    fn is_mine_by_right(&self, names: &Names) -> bool {
        let local = names.local();
        let list = self.others.list();
        let mut rivals =
            list.iter().filter(|hub| hub.host == local || hub.name == names.instance).peekable();
        rivals.peek().is_some() && rivals.all(|hub| self.setup.hub < hub.id)
    }

    fn tell(&self, announced: Announced) {
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

    fn tell_others(&self) {
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
