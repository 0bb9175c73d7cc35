//! Handles the daemon's reports until its run has to end.

use std::time::Instant;

use tokio::time::{Interval, MissedTickBehavior, interval};

use super::daemon::{Daemon, Event};
use super::daemon_run::DaemonRun;
use super::others::Heard;
use super::run::{Announcer, RunEnd};
use super::watch::{Due, TICK};
use super::{Announced, Names, Reason, diagnosis, refresh};
use crate::network;

/// The most records of others, including timers: a thousand phones with four addresses each stay below, and it is
/// about six megabytes.
const CACHE_MAX: i64 = 24_000;

/// The most reports between two checks of the cache.
const REPORTS_MAX: u32 = 400;

/// How often new addresses are sent to every cache, a second apart (RFC 6762, section 8.3).
const REFRESHES: u8 = 2;

impl Announcer {
    /// Handles the daemon's reports until its run has to end.
    pub(super) async fn follow(
        &mut self,
        daemon: &mut Daemon,
        life: &mut DaemonRun,
        names: &Names,
    ) -> RunEnd {
        let mut ticks = ticks();
        loop {
            let end = tokio::select! {
                event = daemon.event() => match self.count_report() {
                    Ok(()) => self.on_event(event, life, names),
                    Err(flood) => Some(flood),
                },
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

    fn on_event(&mut self, event: Event, life: &mut DaemonRun, names: &Names) -> Option<RunEnd> {
        match event {
            Event::Conflict => return Some(RunEnd::Conflict),
            Event::Announced(service) => {
                if life.announced(&service) {
                    self.on_announced(names);
                    life.refresh = REFRESHES;
                }
            }
            event => self.on_network(event),
        }
        None
    }

    pub(super) fn on_network(&mut self, event: Event) {
        match event {
            Event::Heard(service, heard) => self.on_heard(service, heard),
            Event::Gone(service) => self.others.gone(&service),
            Event::AddressGone(address) => return self.links.lose(address),
            _ => return,
        }
        self.tell_others();
    }

    fn on_announced(&mut self, names: &Names) {
        (self.conflicts, self.floods) = (0, 0);
        self.announced_host = Some(names.host.clone());
        self.remembered.keep(self.claim.number());
        self.tell(Announced::Yes(names.clone()));
    }

    fn on_heard(&mut self, service: String, mut heard: Heard) {
        tracing::debug!(?heard, "a hub was heard");
        if heard.id == self.setup.hub {
            // This hub itself, also if a stranger who took its name announces another address.
            let own = self.announcing.as_ref();
            if own.is_some_and(|own| heard.instance.eq_ignore_ascii_case(&own.instance)) {
                return;
            }
            // Under another name it is a hub whose card is a copy of this one's, or the original.
            heard.addresses.retain(|ip| !self.own.has(ip));
        }
        if let Some(hub) = heard.check(&self.neighbours) {
            self.others.heard(service, hub);
        }
    }

    pub(super) fn count_report(&mut self) -> Result<(), RunEnd> {
        self.reports += 1;
        if self.reports > REPORTS_MAX { Err(RunEnd::Flood) } else { Ok(()) }
    }

    pub(super) async fn look_at_cache(&mut self, daemon: &Daemon) -> Result<(), RunEnd> {
        self.reports = 0;
        if daemon.cached().await > CACHE_MAX { Err(RunEnd::Flood) } else { Ok(()) }
    }

    async fn on_tick(&mut self, daemon: &mut Daemon, life: &mut DaemonRun) -> Option<RunEnd> {
        if let Err(flood) = self.look_at_cache(daemon).await {
            return Some(flood);
        }
        daemon.listen_again(Instant::now());
        let now = Instant::now();
        let Due { addresses, diagnosis, stale, names } = life.watch.due(now);
        // More often while an address that was lost may come back.
        if (addresses || !life.is_reached || self.links.is_any_lost())
            && let Some(end) = self.look_at_addresses(life, now)
        {
            return Some(end);
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

    pub(super) fn see_addresses(&mut self, now: Instant) {
        self.own.see(network::own_addresses(), now);
        self.neighbours = self.setup.reach.interfaces_now();
    }

    /// The name to query: the hub's own, and every other time the configured one, if that is another.
    fn name_to_look_up<'a>(&'a self, life: &'a mut DaemonRun) -> &'a str {
        life.asked_for_wish = self.claim.waits_for_wish() && !life.asked_for_wish;
        if life.asked_for_wish { self.claim.wish() } else { &life.host }
    }

    /// Looks for changed addresses. If a network is back, the names have to be probed for again (RFC 6762, section
    /// 8), by another daemon: this one would announce names that it probed for before, but not report that.
    fn look_at_addresses(&mut self, life: &mut DaemonRun, now: Instant) -> Option<RunEnd> {
        let before = std::mem::take(&mut self.neighbours);
        self.see_addresses(now);
        if self.neighbours != before {
            life.refresh = REFRESHES;
        }
        if life.is_announced() && life.refresh > 0 {
            life.refresh -= 1;
            refresh::send(&life.host, &self.neighbours, refresh::GOOD);
        }
        let is_reached = !self.setup.reach.addresses().is_empty();
        if life.is_reached && !is_reached {
            life.withdrawn();
            self.tell(Announced::No(Reason::NoInterface));
        } else if !life.is_reached && is_reached {
            return Some(RunEnd::Returned);
        }
        life.is_reached = is_reached;
        let is_back = self.links.are(&self.setup.reach.links_now(), self.returns, now);
        if is_back {
            self.returns += 1;
        }
        is_back.then_some(RunEnd::Returned)
    }

    /// Handles that nothing was announced in time: without an interface, wait for one; otherwise start
    /// another daemon.
    fn diagnose(&mut self, life: &mut DaemonRun) -> Option<RunEnd> {
        let reason = diagnosis::of(&self.setup.reach);
        if reason != Reason::NoInterface {
            return Some(RunEnd::Silence(reason));
        }
        life.is_reached = false;
        self.tell(Announced::No(reason));
        None
    }

    /// Handles the result of a query for a name: whether another machine has it.
    fn on_answer(&mut self, host: &str, is_answered: bool, names: &Names) -> Option<RunEnd> {
        if host != names.host {
            let taken = is_answered || self.is_anothers(&format!("{host}.local"), host);
            let is_free = self.claim.wish_seen(taken, Instant::now());
            if is_free {
                tracing::info!("{host}.local has long been free; taking it back");
            }
            return is_free.then_some(RunEnd::NewName);
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
        Some(RunEnd::NewName)
    }

    /// Whether another hub, perhaps one on this machine, has this host or service name.
    pub(super) fn is_anothers(&self, local: &str, instance: &str) -> bool {
        self.others.list().iter().any(|hub| hub.host == local || hub.name == instance)
    }

    /// Whether this hub keeps its name: of two hubs with one name, the one with the lower id does. Other
    /// devices do not know this rule.
    fn is_mine_by_right(&self, names: &Names) -> bool {
        let local = names.local();
        let list = self.others.list();
        let mut rivals =
            list.iter().filter(|hub| hub.host == local || hub.name == names.instance).peekable();
        rivals.peek().is_some() && rivals.all(|hub| self.setup.hub < hub.id)
    }
}

pub(super) fn ticks() -> Interval {
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
