//! The loop of the log: commits batches of writes, reads what other hubs have committed, and sends heartbeats.

use std::time::{Duration, Instant};

use tokio::sync::mpsc::{Receiver, UnboundedSender};
use tokio::time::{sleep, sleep_until, timeout};

use super::HubRun;
use super::batch::{self, Attempt, Cursor, Prepared};
use super::connect::Database;
use super::doubt;
use super::feed::LogSlice;
use super::lease::{self, Beat, Turn};
use super::retention::Pruning;
use super::session::{Session, Trouble, settled_to};
use super::settled::{self, Read};
use crate::domain::ids::Epoch;
use crate::domain::refusal::Refusal;
use crate::store::batch::Job;
use crate::store::change::Report;
use crate::store::health::{ClusterState, Health, Storage};
use crate::store::write::Write;
use crate::store::writer::Completed;

/// The most writes in one transaction.
const BATCH_MAX: usize = 256;

/// How often the log is read without a notification, since notifications may be lost.
const LOOK: Duration = Duration::from_millis(250);

/// The pause between attempts to connect.
const RETRY: Duration = Duration::from_millis(150);

/// Time limit of a read of the log.
const ANSWERED: Duration = Duration::from_secs(5);

/// The task of the log's thread.
pub(super) struct LogTask<C> {
    database: Database,
    hub: HubRun,
    epoch: Epoch,
    session: Option<Session>,
    cursor: Cursor,
    /// The number of this run's last commit.
    number: i64,
    reports: UnboundedSender<Report<C>>,
    health: Health,
    /// Since when the database has not answered. `None` while it answers.
    away: Option<Instant>,
    turn: Turn,
    pruning: Pruning,
}

/// Writes that are committed together, and what the hub has given with each.
struct Batch<C> {
    writes: Vec<Write>,
    contexts: Vec<C>,
}

impl<C> Batch<C> {
    /// Takes what is queued, up to the most.
    fn fill(&mut self, jobs: &mut Receiver<Job<C>>) {
        while self.writes.len() < BATCH_MAX
            && let Ok(job) = jobs.try_recv()
        {
            let (write, context) = *job;
            self.writes.push(write);
            self.contexts.push(context);
        }
    }
}

/// Why the loop ends.
enum End {
    /// Everything has to be read again.
    Outdated(&'static str),
    /// The hub has closed the store.
    Closed,
}

impl<C> LogTask<C> {
    pub(super) fn new(
        database: Database,
        (hub, epoch, place): (HubRun, Epoch, i64),
        session: Session,
        reports: UnboundedSender<Report<C>>,
        health: Health,
    ) -> Self {
        let pruning = Pruning::new(hub.retention);
        let cursor = Cursor { place, seen: None };
        let (session, away, turn, number) = (Some(session), None, Turn::default(), 0);
        Self { database, hub, epoch, session, cursor, number, reports, health, away, turn, pruning }
    }

    /// Runs until the queue is closed, or the store has to be opened again. Then all queued writes are refused.
    pub(super) async fn run(mut self, mut jobs: Receiver<Job<C>>) {
        let end = loop {
            if let Err(end) = self.step(&mut jobs).await {
                break end;
            }
        };
        match end {
            End::Closed => lease::end(self.session.as_ref(), &self.hub).await,
            End::Outdated(why) => {
                tracing::warn!(why, "the hub has to read the database again");
                self.health.set(Storage::Outdated);
                jobs.close();
                while let Some(job) = jobs.recv().await {
                    self.refuse(vec![*job]);
                }
            }
        }
    }

    async fn step(&mut self, jobs: &mut Receiver<Job<C>>) -> Result<(), End> {
        let due = self.turn.next().into();
        tokio::select! {
            biased;
            job = jobs.recv() => self.write(*job.ok_or(End::Closed)?, jobs).await?,
            told = woken(self.session.as_mut(), self.cursor.place) => self.hear(told).await?,
            () = sleep_until(due) => self.hear(None).await?,
        }
        self.look_after().await
    }

    /// Commits a batch that begins with this write, with as many attempts as `patience` allows, and reports its results.
    async fn write(&mut self, first: (Write, C), jobs: &mut Receiver<Job<C>>) -> Result<(), End> {
        let begun = Instant::now();
        let until = self.away.unwrap_or(begun) + self.database.patience;
        let mut batch = Batch { writes: vec![first.0], contexts: vec![first.1] };
        match self.committed(&mut batch, jobs, until).await {
            Ok(Some(Prepared { changes, results, cursor })) => {
                self.cursor = cursor;
                self.health.commits().observe(begun.elapsed());
                if !changes.is_empty() {
                    self.report(Report::Changes(changes))?;
                }
                self.report(Report::Completed(batch.contexts.into_iter().zip(results).collect()))
            }
            refused => {
                let completed = batch.contexts.into_iter().map(|c| (c, Err(Refusal::Unavailable)));
                self.report(Report::Completed(completed.collect()))?;
                refused.map(|_| ())
            }
        }
    }

    /// The committed batch. `None` if the database did not answer within `patience`, or the connection was lost before
    /// the results came: then it is unknown whether the batch is committed, or what came of it. If it is committed, it is
    /// read from the log like that of another hub.
    async fn committed(
        &mut self,
        batch: &mut Batch<C>,
        jobs: &mut Receiver<Job<C>>,
        until: Instant,
    ) -> Result<Option<Prepared>, End> {
        let mut alone = false;
        while self.connected(until).await? {
            self.number += 1;
            match self.attempt(batch, jobs, alone).await {
                Attempt::Done(prepared) => return Ok(Some(prepared)),
                Attempt::Failed(Trouble::Failed(error)) if !alone => {
                    tracing::error!(%error, "a batch was refused by the database; its writes are tried one by one");
                    self.roll_back().await;
                    alone = true;
                }
                Attempt::Failed(trouble) => self.trouble(trouble)?,
                Attempt::Unknown(prepared) => {
                    self.lost("the connection was lost during a commit");
                    match self.is_done(until).await? {
                        Some(true) => return Ok(prepared),
                        Some(false) => {}
                        None => return Ok(None),
                    }
                }
            }
        }
        Ok(None)
    }

    /// Waits for the log's lock and carries out the batch. What was queued meanwhile belongs to it, too: so batches grow
    /// with the load, and a commit serves more writes.
    async fn attempt(
        &mut self,
        batch: &mut Batch<C>,
        jobs: &mut Receiver<Job<C>>,
        alone: bool,
    ) -> Attempt {
        let Some(session) = &mut self.session else {
            return Attempt::Failed(Trouble::Lost("it is not connected".into()));
        };
        // The read of the log that follows sees their changes.
        session.newest_notification(None);
        let hub = (&self.hub, self.epoch);
        let opened = match batch::open(session, hub.0, self.cursor).await {
            Ok(opened) => opened,
            Err(trouble) => return Attempt::Failed(trouble),
        };
        if alone {
            let writes = &batch.writes;
            return batch::commit_one_by_one(session, hub, opened, self.number, writes).await;
        }
        batch.fill(jobs);
        batch::commit(session, hub, opened, self.number, &batch.writes).await
    }

    /// Whether the last commit, whose result is unknown, was done. `None` if it is still unknown after `patience`.
    async fn is_done(&mut self, until: Instant) -> Result<Option<bool>, End> {
        while self.connected(until).await? {
            let Some(session) = &self.session else { continue };
            match doubt::was_committed(session, &self.hub, self.cursor, self.number).await {
                Ok(is_done) => return Ok(Some(is_done)),
                Err(trouble) => self.trouble(trouble)?,
            }
        }
        Ok(None)
    }

    /// Reads what other hubs have settled: up to a position that one of them has told, or all.
    async fn hear(&mut self, told: Option<i64>) -> Result<(), End> {
        if !self.connected(Instant::now()).await? {
            // It is tried again at the next turn.
            sleep(RETRY).await;
            return Ok(());
        }
        let Some(session) = &mut self.session else { return Ok(()) };
        let told = session.newest_notification(told);
        let read = timeout(ANSWERED, settled::read(session, self.cursor.place, told)).await;
        let Read { slice, last } = match read {
            Ok(Ok(read)) => read,
            Ok(Err(trouble)) => return self.trouble(trouble),
            Err(_) => return self.trouble(Trouble::Lost("it does not answer".into())),
        };
        match slice {
            Some(LogSlice::Whole(changes, place)) => {
                self.cursor.heard(place, last);
                if !changes.is_empty() {
                    self.report(Report::Changes(changes))?;
                }
            }
            Some(LogSlice::Wiped) => return Err(End::Outdated(batch::WIPED)),
            // Without the lock there is no real gap.
            Some(LogSlice::Gap) => {}
            None => self.cursor.heard(self.cursor.place, last),
        }
        Ok(())
    }

    /// Sends heartbeats, ends dead runs, and prunes.
    async fn look_after(&mut self) -> Result<(), End> {
        if !self.turn.is_due() {
            return Ok(());
        }
        let Some(session) = &self.session else { return Ok(()) };
        match timeout(ANSWERED, self.turn.take(session, &self.hub, self.cursor)).await {
            Ok(Ok(Beat { time, hubs, round_trip })) => {
                let place = self.database.place();
                self.health.set_shared(ClusterState { place, hubs, round_trip });
                let pruned = timeout(ANSWERED, self.pruning.step(session, time)).await;
                self.report(Report::Time(time))?;
                match pruned {
                    Ok(Ok(())) => Ok(()),
                    Ok(Err(error)) => self.trouble(error.into()),
                    Err(_) => self.trouble(Trouble::Lost("it does not answer".into())),
                }
            }
            Ok(Err(trouble)) => self.trouble(trouble),
            Err(_) => self.trouble(Trouble::Lost("it does not answer".into())),
        }
    }

    /// Connects again if the connection is lost, with attempts until then, at least one.
    async fn connected(&mut self, until: Instant) -> Result<bool, End> {
        loop {
            if self.session.is_some() {
                return Ok(true);
            }
            match Session::open(&self.database).await {
                Ok(session) => {
                    let past = doubt::same_past(&session, self.epoch.0, self.cursor);
                    match timeout(ANSWERED, past).await {
                        Ok(Ok(())) => {
                            self.session = Some(session);
                            self.answers();
                        }
                        Ok(Err(trouble)) => self.trouble(trouble)?,
                        Err(_) => {}
                    }
                }
                Err(error) => tracing::debug!(%error, "PostgreSQL is tried again"),
            }
            if self.session.is_none() {
                if Instant::now() >= until {
                    return Ok(false);
                }
                sleep(RETRY).await;
            }
        }
    }

    fn trouble(&mut self, trouble: Trouble) -> Result<(), End> {
        match trouble {
            Trouble::Outdated(why) => Err(End::Outdated(why)),
            Trouble::Lost(why) => {
                self.lost(&why);
                Ok(())
            }
            Trouble::Failed(error) => {
                self.lost(&super::connect::said(&error));
                Ok(())
            }
        }
    }

    fn lost(&mut self, why: &str) {
        self.session = None;
        self.turn.lost();
        if self.away.is_none() {
            self.away = Some(Instant::now());
            tracing::warn!(why, "PostgreSQL does not answer; it is tried again");
            self.health.set(Storage::Away);
        }
    }

    fn answers(&mut self) {
        if let Some(since) = self.away.take() {
            let seconds = since.elapsed().as_secs_f32();
            tracing::info!(seconds, "PostgreSQL answers again");
            self.health.set(Storage::Good);
        }
    }

    async fn roll_back(&mut self) {
        if let Some(session) = &self.session
            && session.client.batch_execute("ROLLBACK").await.is_err()
        {
            self.lost("a transaction could not be rolled back");
        }
    }

    fn refuse(&self, batch: Vec<(Write, C)>) {
        let refused = batch.into_iter().map(|(_, context)| (context, Err(Refusal::Unavailable)));
        let completed: Vec<Completed<C>> = refused.collect();
        let _closed = self.report(Report::Completed(completed));
    }

    fn report(&self, report: Report<C>) -> Result<(), End> {
        self.reports.send(report).map_err(|_| End::Closed)
    }
}

/// Waits until another hub has settled the log beyond `place`, or until it is time to look. Returns how far it is settled,
/// if a hub has told it.
async fn woken(session: Option<&mut Session>, place: i64) -> Option<i64> {
    let Some(session) = session else {
        sleep(RETRY).await;
        return None;
    };
    let notified = async {
        while let Some(notification) = session.notifications.recv().await {
            let end = settled_to(&notification);
            // Those of this hub's own commits, and of commits that it has read together with a batch, tell nothing new. One
            // without a position may.
            if end.is_none_or(|end| end > place) {
                return end;
            }
        }
        // The connection has ended: the next statement says so.
        sleep(RETRY).await;
        None
    };
    timeout(LOOK, notified).await.unwrap_or(None)
}
