//! The writer's thread.
//!
//! It commits its queue in one transaction with one fsync (group commit; [`batch`] collects the writes).
//! Results are returned in commit order, each with the context that the hub gave with the write. While the
//! disk takes no writes, those that can be answered without one still are.
//!
//! [`batch`]: crate::store::batch

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::domain::refusal::Refusal;
use crate::store::batch::{BatchCollector, Job, Next};
use crate::store::change::Report;
use crate::store::health::{Health, Storage};
use crate::store::sqlite::backup_schedule::BackupThread;
use crate::store::sqlite::disk::space::{Condition, Disk};
use crate::store::sqlite::maintenance::Maintenance;
use crate::store::sqlite::recovery::check;
use crate::store::sqlite::recovery::recover;
use crate::store::sqlite::recovery::wipe;
use crate::store::sqlite::sql::apply::{self};
use crate::store::sqlite::sql::schema;
use crate::store::sqlite::sql::statements::WriteError;
use crate::store::sqlite::sql::wal;
use crate::store::write::{Write, Written};
use crate::store::writer::QUEUE_MAX;

/// How often a read-only store checks whether the disk takes writes again.
const THAW: Duration = Duration::from_secs(1);

/// The handle to the writer's thread. `C` is the context that is returned with each result.
#[derive(Debug)]
pub(in crate::store) struct Writer<C> {
    queue: SyncSender<Job<C>>,
    thread: JoinHandle<()>,
    /// Makes backups while the writer runs.
    backups: Option<BackupThread>,
}

/// The tools of the writer's thread.
pub(super) struct Tools {
    pub(super) db: Connection,
    pub(super) path: PathBuf,
    /// Whether the database could only be opened read-only.
    pub(super) frozen: bool,
    pub(super) disk: Disk,
    pub(super) collector: BatchCollector,
    pub(super) maintenance: Maintenance,
    pub(super) health: Health,
}

impl<C: Send + 'static> Writer<C> {
    /// Starts the thread. The receiver yields the batches in commit order.
    ///
    /// # Errors
    /// The kernel has no thread to give.
    pub(super) fn start(
        tools: Tools,
        backups: Option<BackupThread>,
    ) -> std::io::Result<(Self, UnboundedReceiver<Report<C>>)> {
        let (queue, jobs) = sync_channel(QUEUE_MAX);
        let (done, reports) = unbounded_channel();
        let task = WriterTask { tools, done, last_failure: None };
        let thread =
            std::thread::Builder::new().name("writer".into()).spawn(move || task.run(&jobs))?;
        Ok((Self { queue, thread, backups }, reports))
    }

    pub(in crate::store) fn submit(&self, write: Write, context: C) -> Result<(), C> {
        self.queue.try_send(Box::new((write, context))).map_err(|error| match error {
            TrySendError::Full(job) | TrySendError::Disconnected(job) => job.1,
        })
    }

    /// Has the thread finish its queue, checkpoint the WAL and end. Blocks.
    pub(in crate::store) fn close(self) {
        drop(self.backups);
        drop(self.queue);
        if self.thread.join().is_err() {
            tracing::error!("the writing thread had failed before the shutdown");
        }
    }
}

struct WriterTask<C> {
    tools: Tools,
    done: UnboundedSender<Report<C>>,
    last_failure: Option<ErrorCode>,
}

impl<C> WriterTask<C> {
    fn run(mut self, jobs: &Receiver<Job<C>>) {
        let mut idle = self.idle();
        loop {
            match self.tools.collector.next(jobs, idle) {
                Next::Batch(batch) => {
                    let (writes, contexts): (Vec<Write>, Vec<C>) =
                        batch.into_iter().map(|job| *job).unzip();
                    let results = self.results(&writes);
                    let completed = contexts.into_iter().zip(results).collect();
                    if self.done.send(Report::Completed(completed)).is_err() {
                        break;
                    }
                }
                Next::Idle => {
                    self.look_after();
                    idle = self.idle();
                }
                Next::End => break,
            }
        }
        self.close();
    }

    fn idle(&self) -> Instant {
        let soon = Instant::now() + THAW;
        match self.tools.health.storage() {
            Storage::Good if !self.tools.frozen => self.tools.maintenance.due(),
            _ => soon,
        }
    }

    fn look_after(&mut self) {
        let Tools { db, path, disk, maintenance, health, frozen, .. } = &mut self.tools;
        match disk.condition() {
            Condition::Roomy if *frozen => {
                if health.set(Storage::Outdated) {
                    tracing::info!("the disk takes writes again; the database is opened again");
                }
            }
            condition => {
                tell(health, condition, *frozen);
                if !*frozen {
                    maintenance.step(db, path, disk);
                }
            }
        }
    }

    /// Commits these writes and returns their results.
    fn results(&mut self, writes: &[Write]) -> Vec<Result<Written, Refusal>> {
        let Tools { disk, health, frozen, .. } = &mut self.tools;
        let condition = disk.condition();
        tell(health, condition, *frozen);
        let begun = Instant::now();
        if *frozen || condition == Condition::ReadOnly {
            let refusal = refusal_of(health.storage());
            return self.unwritten(writes, &refusal);
        }
        match self.written(writes, condition) {
            Ok(results) => {
                self.last_failure = None;
                if writes.iter().any(Write::deletes) {
                    self.tools.maintenance.forget();
                }
                if writes.iter().any(|write| !matches!(write, Write::Ping)) {
                    self.tools.health.commits().observe(begun.elapsed());
                }
                results
            }
            Err(error) => self.failed(&error, writes),
        }
    }

    /// Commits these writes, refusing those that a nearly full disk no longer takes.
    fn written(
        &self,
        writes: &[Write],
        condition: Condition,
    ) -> rusqlite::Result<Vec<Result<Written, Refusal>>> {
        let db = &self.tools.db;
        if condition == Condition::Roomy {
            return commit(db, writes.iter());
        }
        let mut committed = commit(db, writes.iter().filter(|write| !write.adds()))?.into_iter();
        let each = |write: &Write| match write.adds() {
            true => unwritten(db, write, &Refusal::StorageFull),
            false => committed.next().unwrap_or(Err(Refusal::Unavailable)),
        };
        Ok(writes.iter().map(each).collect())
    }

    /// Answers a batch that could not be written, as far as that is possible without writing.
    fn failed(
        &mut self,
        error: &rusqlite::Error,
        writes: &[Write],
    ) -> Vec<Result<Written, Refusal>> {
        self.log_once(error, writes.len());
        let Tools { disk, health, path, .. } = &mut self.tools;
        if check::is_damage(error) {
            recover::suspect(path, health, error);
            return writes.iter().map(|_| Err(Refusal::Unavailable)).collect();
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => {
                disk.is_full();
                tell(health, Condition::Tight, false);
            }
            Some(ErrorCode::SystemIoFailure | ErrorCode::ReadOnly) => {
                disk.fails();
                tell(health, Condition::ReadOnly, false);
                return self.unwritten(writes, &Refusal::StorageReadOnly);
            }
            _ => return self.unwritten(writes, &Refusal::Unavailable),
        }
        if disk.drop_ballast() {
            tracing::warn!("the disk is full to the last; the ballast was thrown off");
            if let Ok(results) = self.written(writes, Condition::Tight) {
                return results;
            }
        }
        self.unwritten(writes, &Refusal::StorageFull)
    }

    fn unwritten(&self, writes: &[Write], refusal: &Refusal) -> Vec<Result<Written, Refusal>> {
        writes.iter().map(|write| unwritten(&self.tools.db, write, refusal)).collect()
    }

    /// A full disk fails every batch: only the first is logged.
    fn log_once(&mut self, error: &rusqlite::Error, writes: usize) {
        let code = error.sqlite_error_code();
        if self.last_failure.is_none() || self.last_failure != code {
            tracing::error!(%error, writes, "the database takes no writes; they were refused");
        }
        self.last_failure = code;
    }

    fn close(self) {
        if self.tools.frozen {
            return;
        }
        let folder = self.tools.path.parent().unwrap_or(Path::new("."));
        if wipe::is_wipe_ordered(folder).unwrap_or(true) {
            // It is overwritten, which it would not be if SQLite removed it.
            if let Err(error) = schema::keep_wal(&self.tools.db) {
                tracing::warn!(%error, "the WAL may be removed before it is overwritten");
            }
            return;
        }
        if let Err(error) = wal::close(self.tools.db, &self.tools.path) {
            tracing::warn!(%error, "the WAL was not folded in; the next start does it");
        }
    }
}

/// Sets the state of the disk, and logs a change.
fn tell(health: &Health, condition: Condition, frozen: bool) {
    let storage = match condition {
        Condition::ReadOnly => Storage::ReadOnly,
        Condition::Tight => Storage::Full,
        // It stays the same until the database is opened again.
        Condition::Roomy if frozen => return,
        Condition::Roomy => Storage::Good,
    };
    if health.set(storage) {
        match storage {
            Storage::Full => tracing::warn!(
                "the disk is nearly full: what is there can be read, but no messages are taken until there is space"
            ),
            Storage::ReadOnly => tracing::warn!(
                "the disk takes no writing: what is there can be read, but nothing new is taken"
            ),
            _ => tracing::info!("the disk takes messages again"),
        }
    }
}

fn refusal_of(storage: Storage) -> Refusal {
    match storage {
        Storage::Full => Refusal::StorageFull,
        Storage::ReadOnly => Refusal::StorageReadOnly,
        Storage::Good | Storage::Away | Storage::Outdated => Refusal::Unavailable,
    }
}

fn unwritten(db: &Connection, write: &Write, refusal: &Refusal) -> Result<Written, Refusal> {
    match apply::without_writing(db, write) {
        Ok(Some(written)) => Ok(written),
        Ok(None) => Err(refusal.clone()),
        Err(WriteError::Refused(refusal)) => Err(refusal),
        Err(WriteError::Failed(error)) => {
            tracing::debug!(%error, "what needs no write could not be read either");
            Err(refusal.clone())
        }
    }
}

/// Commits a batch. Returns each write's result, or the error for which the whole batch was rolled back.
///
/// A refused write leaves no trace. Nearly all are refused before they change anything, so a batch is first applied without
/// savepoints, which would cost more than the writes. If one is refused later, the batch is rolled back and applied
/// again, each write in a savepoint.
pub(super) fn commit<'a>(
    db: &Connection,
    batch: impl Iterator<Item = &'a Write> + Clone,
) -> rusqlite::Result<Vec<Result<Written, Refusal>>> {
    let mut batch = batch.peekable();
    let mut results = Vec::new();
    while batch.next_if(|write| matches!(write, Write::Ping)).is_some() {
        results.push(Ok(Written::Done));
    }
    if batch.peek().is_none() {
        return Ok(results);
    }
    match commit_bare(db, batch.clone())? {
        Some(committed) => results.extend(committed),
        None => {
            let tx = db.unchecked_transaction()?;
            for write in batch {
                results.push(apply_alone(&tx, write)?);
            }
            tx.commit()?;
        }
    }
    Ok(results)
}

/// Commits a batch without savepoints. `None` if a write was refused after it had changed something: then the batch is rolled
/// back.
fn commit_bare<'a>(
    db: &Connection,
    batch: impl Iterator<Item = &'a Write>,
) -> rusqlite::Result<Option<Vec<Result<Written, Refusal>>>> {
    let tx = db.unchecked_transaction()?;
    let mut results = Vec::new();
    for write in batch {
        let before = tx.total_changes();
        let applied = apply::apply(&tx, write);
        if applied.is_err() && tx.total_changes() != before {
            return Ok(None);
        }
        results.push(settled(applied)?);
    }
    tx.commit()?;
    Ok(Some(results))
}

/// Applies one write in a savepoint.
fn apply_alone(db: &Connection, write: &Write) -> rusqlite::Result<Result<Written, Refusal>> {
    db.prepare_cached("SAVEPOINT one")?.execute([])?;
    let result = settled(apply::apply(db, write))?;
    if result.is_err() {
        db.prepare_cached("ROLLBACK TO one")?.execute([])?;
    }
    db.prepare_cached("RELEASE one")?.execute([])?;
    Ok(result)
}

/// A write's result, or the error for which the batch is rolled back.
fn settled(applied: Result<Written, WriteError>) -> rusqlite::Result<Result<Written, Refusal>> {
    match applied {
        Ok(written) => Ok(Ok(written)),
        Err(WriteError::Refused(refusal)) => Ok(Err(refusal)),
        // A violated constraint concerns this write only, not the rest of the batch.
        Err(WriteError::Failed(error)) if is_constraint(&error) => {
            tracing::error!(%error, "a write broke a rule of the schema and was refused");
            Ok(Err(Refusal::Unavailable))
        }
        Err(WriteError::Failed(error)) => Err(error),
    }
}

fn is_constraint(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation)
}
