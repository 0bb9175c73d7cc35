//! The announcing task: runs one daemon after another, until it is told to stop.

use std::sync::Arc;
use std::time::{Duration, Instant};

use if_addrs::Interface;
use tokio::sync::{oneshot, watch as channel};

use super::daemon::Daemon;
use super::daemon_run::DaemonRun;
use super::follow::ticks;
use super::links::Links;
use super::name::Claim;
use super::others::Others;
use super::remembered::Remembered;
use super::watch::OwnAddresses;
use super::{Announced, Known, Names, Reason, Setup, refresh};
use crate::network;

/// How long to stay silent after a flood; twice as long after each further one that follows at once.
const AFTER_FLOOD: Duration = Duration::from_millis(500);
const AFTER_FLOODS: Duration = Duration::from_secs(8);

/// How long to wait before trying again after a failure with a lasting reason.
const RETRY: Duration = Duration::from_secs(30);

/// How often the interfaces are checked during that time, since it may work on another network.
const LOOK: Duration = Duration::from_secs(1);

/// After a run of this length, earlier returns of the network no longer count.
const LONG_LIFE: Duration = Duration::from_secs(60);

/// How often a name is tried, and how long a turn to claim it is: longer than looking it up (800 ms) and
/// probing for it (1 s) take.
const TRIES: u32 = 4;
const TURN: Duration = Duration::from_secs(2);

/// The number of conflicts in a row from which each next name waits (RFC 6762, section 9).
const CONFLICTS: u32 = 10;
const AFTER_CONFLICTS: Duration = Duration::from_secs(5);

/// Announces the hub, with one daemon after another.
pub(super) async fn run(
    setup: Setup,
    known: channel::Sender<Arc<Known>>,
    mut stop: oneshot::Receiver<()>,
) {
    let mut announcer = Announcer::new(setup, known);
    if !announcer.setup.reach.is_open() {
        announcer.tell(Announced::No(Reason::NotListening));
        // An error means that the handle was dropped, which ends the task, too.
        let _stopped = stop.await;
        return;
    }
    while let Some(pause) = announcer.live(&mut stop).await {
        tokio::select! {
            () = announcer.pause(pause) => {}
            _ = &mut stop => return,
        }
    }
}

/// Why a run of the daemon ended.
pub(super) enum RunEnd {
    Stopped,
    /// Another device has the name.
    Conflict,
    /// The hub takes another name without a conflict.
    NewName,
    /// A network is there again.
    Returned,
    /// Strangers filled the cache.
    Flood,
    /// Nothing can be sent.
    Silence(Reason),
}

impl RunEnd {
    fn failed(error: &impl ToString) -> Self {
        Self::Silence(Reason::Failed(error.to_string()))
    }
}

/// The announcing task's state, which outlives each daemon.
pub(super) struct Announcer {
    pub(super) setup: Setup,
    pub(super) claim: Claim,
    pub(super) remembered: Remembered,
    pub(super) known: channel::Sender<Arc<Known>>,
    pub(super) others: Others,
    pub(super) own: OwnAddresses,
    /// The interfaces in whose networks other hubs are accepted.
    pub(super) neighbours: Vec<Interface>,
    /// The interfaces on which the daemon has IPv6.
    pub(super) links: Links,
    /// The names that the daemon announces. `None` until it does.
    pub(super) announcing: Option<Names>,
    /// The host name that may be in other devices' caches.
    pub(super) announced_host: Option<String>,
    /// Whether another hub with this one's id was heard and logged.
    has_twin: bool,
    /// Number of events that mdns-sd reported since the last look at its cache.
    pub(super) reports: u32,
    /// Conflicts since a name was last announced.
    pub(super) conflicts: u32,
    /// Floods since a name was last announced.
    pub(super) floods: u32,
    /// How many daemons were ended lately because an interface had IPv6 again.
    pub(super) returns: u32,
}

/// A time without a daemon.
struct Pause {
    span: Duration,
    /// Whether it ends as soon as the machine's addresses change.
    until_change: bool,
}

impl Pause {
    fn of(span: Duration) -> Self {
        Self { span, until_change: false }
    }
}

impl Announcer {
    fn new(setup: Setup, known: channel::Sender<Arc<Known>>) -> Self {
        let remembered = Remembered::open(&setup.folder, setup.wish.as_str());
        let claim = Claim::new(setup.wish.as_str(), network::machine_name(), remembered.number());
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
            links: Links::default(),
            announcing: None,
            announced_host: None,
            has_twin: false,
            reports: 0,
            conflicts: 0,
            floods: 0,
            returns: 0,
        }
    }

    /// Runs one daemon to its end. Returns the pause before the next one; `None` if the task was told to stop.
    async fn live(&mut self, stop: &mut oneshot::Receiver<()>) -> Option<Pause> {
        let began = Instant::now();
        let mut daemon = match Daemon::listen(&self.setup.reach) {
            Ok(daemon) => daemon,
            Err(error) => return self.after(RunEnd::failed(&error)),
        };
        self.others.restart();
        self.announcing = None;
        self.links = Links::of(&self.setup.reach.links_now());
        self.reports = 0;
        let end = tokio::select! {
            end = self.claim_and_follow(&mut daemon) => end,
            _ = stop => RunEnd::Stopped,
        };
        if began.elapsed() >= LONG_LIFE {
            self.returns = 0;
        }
        match end {
            RunEnd::Flood | RunEnd::Returned => daemon.cut().await,
            _ => daemon.end().await,
        }
        // If a network is back, the next daemon announces the name in a moment.
        if let Some(host) = self.announced_host.take_if(|_| !matches!(end, RunEnd::Returned)) {
            refresh::send(&host, &self.neighbours, refresh::GONE);
        }
        self.after(end)
    }

    async fn claim_and_follow(&mut self, daemon: &mut Daemon) -> RunEnd {
        self.see_addresses(Instant::now());
        loop {
            match self.is_taken(daemon).await {
                Ok(false) => break,
                Ok(true) if self.try_the_next_name() => {}
                Ok(true) => {
                    return RunEnd::Silence(Reason::NamesTaken(self.claim.wish().to_owned()));
                }
                Err(end) => return end,
            }
        }
        let names = self.claim.names();
        if let Err(error) = daemon.announce(&self.setup, &names) {
            return RunEnd::failed(&error);
        }
        self.announcing = Some(names.clone());
        let mut life = DaemonRun::new(daemon.services(), &names);
        self.follow(daemon, &mut life, &names).await
    }

    /// Whether another machine has the name. Checked before the name is claimed, since mdns-sd's own handling of a
    /// conflict leaves records under two names on the network for a while.
    async fn is_taken(&mut self, daemon: &mut Daemon) -> Result<bool, RunEnd> {
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
                    self.on_network(event);
                }
                _ = ticks.tick() => self.look_at_cache(daemon).await?,
            }
        }
    }

    fn after(&mut self, end: RunEnd) -> Option<Pause> {
        match end {
            RunEnd::Stopped => None,
            RunEnd::NewName | RunEnd::Returned => {
                self.tell(Announced::Starting);
                Some(Pause::of(Duration::ZERO))
            }
            RunEnd::Conflict => Some(Pause::of(self.after_conflict())),
            RunEnd::Flood => {
                self.floods += 1;
                self.tell(Announced::No(Reason::Flood));
                let span = AFTER_FLOOD * 2_u32.pow(self.floods.min(5) - 1);
                Some(Pause::of(span.min(AFTER_FLOODS)))
            }
            RunEnd::Silence(reason) => {
                self.tell(Announced::No(reason));
                Some(Pause { span: RETRY, until_change: true })
            }
        }
    }

    async fn pause(&self, Pause { span, until_change }: Pause) {
        let change = async {
            let before = self.setup.reach.links_now();
            while !until_change || self.setup.reach.links_now() == before {
                tokio::time::sleep(LOOK).await;
            }
        };
        // A change that was reverted before it was noticed does not count.
        let _either = tokio::time::timeout(span, change).await;
    }

    /// Handles a conflict. If several hubs start in the same moment, each may lose one of its records to another, so
    /// that all give way; the first one to try again has the name, and the others find it taken. Returns how long to
    /// wait.
    fn after_conflict(&mut self) -> Duration {
        self.tell(Announced::Starting);
        self.conflicts += 1;
        if self.conflicts.is_multiple_of(TRIES) {
            self.try_the_next_name();
        }
        if self.conflicts > CONFLICTS {
            AFTER_CONFLICTS
        } else {
            turn(&self.setup.turns, self.conflicts)
        }
    }

    /// Takes the next name. Returns whether there is one.
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

    pub(super) fn tell_others(&mut self) {
        let others = self.others.list();
        let twin = others.iter().find(|hub| hub.id == self.setup.hub);
        if let Some(twin) = twin.filter(|_| !self.has_twin) {
            tracing::warn!(
                "the hub at {} has the same id as this one: the card of one is a copy of the other's; stop one of \
                 them, and `colahub new-id` gives it its own",
                twin.url()
            );
        }
        self.has_twin = twin.is_some();
        let announced = self.known.borrow().announced.clone();
        if self.known.borrow().others != others {
            self.known.send_replace(Arc::new(Known { announced, others }));
        }
    }
}

/// How long this hub waits for its turn: each round has twice as many turns as the one before, and a random
/// digit chooses one.
fn turn(random: &str, round: u32) -> Duration {
    let mut digits = random.chars().rev().filter_map(|digit| digit.to_digit(16));
    let digit = digits.nth(round as usize).unwrap_or_default();
    TURN * (digit % 2_u32.pow((round + 1).min(3)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hubs_that_collide_get_turns_of_their_own() {
        let (one, other) =
            ("0191f7c5-0000-4000-8000-000000000123", "0191f7c5-0000-4000-8000-000000000531");
        assert_eq!([1, 2, 3].map(|round| turn(one, round)), [2, 1, 0].map(|turns| TURN * turns));
        assert_eq!([1, 2, 3].map(|round| turn(other, round)), [3, 5, 0].map(|turns| TURN * turns));
    }
}
