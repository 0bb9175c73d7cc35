//! The one thread that writes.
//!
//! It drains its queue into one transaction and commits it with one fsync (group commit): an idle
//! hub commits each message at once, a busy one gathers by itself. What was committed comes back
//! in commit order, each write with the context that the hub gave it.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use rusqlite::{Connection, ErrorCode};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::perform::{WriteError, perform};
use super::write::{Write, Written};
use crate::domain::refusal::Refusal;

/// Most writes in one transaction: what a slow card commits well within a second.
const BATCH_MAX: usize = 512;

/// Most writes that may wait. Whoever submits counts what is under way and stays below.
pub const QUEUE_MAX: usize = 4096;

/// One write's end: the context it came with, and what became of it.
pub type Ended<C> = (C, Result<Written, Refusal>);

/// The handle to the writing thread. `C` is what the caller wants back with each result.
#[derive(Debug)]
pub struct Writer<C> {
    queue: SyncSender<(Write, C)>,
    thread: JoinHandle<()>,
}

impl<C: Send + 'static> Writer<C> {
    /// Starts the thread on this connection. The receiver yields the batches in commit order.
    ///
    /// # Errors
    /// The system has no thread to give.
    pub(super) fn start(
        db: Connection,
    ) -> std::io::Result<(Self, UnboundedReceiver<Vec<Ended<C>>>)> {
        let (queue, jobs) = sync_channel(QUEUE_MAX);
        let (done, ended) = unbounded_channel();
        let thread = std::thread::Builder::new()
            .name("writer".into())
            .spawn(move || run(&db, &jobs, &done))?;
        Ok((Self { queue, thread }, ended))
    }

    /// Submits a write. Its end comes back in the order of submission.
    ///
    /// # Errors
    /// The context, where the queue is full or the thread has ended: nothing is written.
    pub fn submit(&self, write: Write, context: C) -> Result<(), C> {
        self.queue.try_send((write, context)).map_err(|error| match error {
            std::sync::mpsc::TrySendError::Full((_, context))
            | std::sync::mpsc::TrySendError::Disconnected((_, context)) => context,
        })
    }

    /// Lets the thread finish its queue, fold the WAL into the database and end. Blocks.
    pub fn close(self) {
        drop(self.queue);
        if self.thread.join().is_err() {
            tracing::error!("the writing thread had failed before the shutdown");
        }
    }
}

fn run<C>(db: &Connection, jobs: &Receiver<(Write, C)>, done: &UnboundedSender<Vec<Ended<C>>>) {
    let mut last_failure = None;
    while let Ok(first) = jobs.recv() {
        let batch: Vec<(Write, C)> =
            std::iter::once(first).chain(jobs.try_iter().take(BATCH_MAX - 1)).collect();
        let outcome = commit(db, batch.iter().map(|(write, _)| write));
        let ended = match outcome {
            Ok(results) => {
                last_failure = None;
                batch.into_iter().map(|(_, context)| context).zip(results).collect()
            }
            Err(error) => {
                log_once(&mut last_failure, &error, batch.len());
                batch.into_iter().map(|(_, c)| (c, Err(Refusal::Unavailable))).collect()
            }
        };
        if done.send(ended).is_err() {
            break;
        }
    }
    if let Err(error) = db.pragma_update(None, "wal_checkpoint", "TRUNCATE") {
        tracing::warn!(%error, "the WAL was not folded in; the next start does it");
    }
}

/// Commits a batch: each write's result, or the error for which none of them happened.
pub(super) fn commit<'a>(
    db: &Connection,
    batch: impl Iterator<Item = &'a Write>,
) -> rusqlite::Result<Vec<Result<Written, Refusal>>> {
    let mut batch = batch.peekable();
    let mut results = Vec::new();
    while batch.next_if(|write| matches!(write, Write::Ping)).is_some() {
        results.push(Ok(Written::Done));
    }
    if batch.peek().is_none() {
        return Ok(results);
    }
    let tx = db.unchecked_transaction()?;
    for write in batch {
        results.push(perform_alone(&tx, write)?);
    }
    tx.commit()?;
    Ok(results)
}

/// One write that leaves no trace where it is refused.
fn perform_alone(db: &Connection, write: &Write) -> rusqlite::Result<Result<Written, Refusal>> {
    db.prepare_cached("SAVEPOINT one")?.execute([])?;
    let result = match perform(db, write) {
        Ok(written) => Ok(written),
        Err(WriteError::Refused(refusal)) => Err(refusal),
        // A broken rule of the schema is this write's own fault; the others need not suffer.
        Err(WriteError::Failed(error)) if is_constraint(&error) => {
            tracing::error!(%error, "a write broke a rule of the schema and was refused");
            Err(Refusal::Unavailable)
        }
        Err(WriteError::Failed(error)) => return Err(error),
    };
    if result.is_err() {
        db.prepare_cached("ROLLBACK TO one")?.execute([])?;
    }
    db.prepare_cached("RELEASE one")?.execute([])?;
    Ok(result)
}

fn is_constraint(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation)
}

/// A full disk fails every batch: it is logged when it begins, not each time.
fn log_once(last: &mut Option<ErrorCode>, error: &rusqlite::Error, writes: usize) {
    let code = error.sqlite_error_code();
    if last.is_none() || *last != code {
        tracing::error!(%error, writes, "the database takes no writes; they were refused");
    }
    *last = code;
}
