//! Carries out a batch of writes in one transaction, under the log's lock, and settles it.
//!
//! Its commit does not wait for the server's disk, so the lock is held only as long as the statements take; `settle` waits,
//! without the lock. One flush of the disk settles the commits of all hubs before it. Nothing of a batch, nor of what was
//! read of other hubs with it, is reported before.

use std::future::Future;
use std::time::Duration;

use tokio::time::timeout;
use tokio_postgres::Row;

use super::HubRun;
use super::calls::{Call, Context, Param, Step, may_read_again};
use super::doubt::{self, Committed};
use super::feed::{self, Commit, LogSlice};
use super::session::{Sent, Session, Trouble};
use crate::domain::ids::Epoch;
use crate::domain::refusal::Refusal;
use crate::store::change::Change;
use crate::store::write::{Write, Written};

/// Time limit of each of a transaction's round trips. With a synchronous standby that is lost, nothing is settled.
const ANSWERED: Duration = Duration::from_secs(8);

/// Why a run ends that has read of a wipe.
pub(super) const WIPED: &str = "a host has wiped everything that was said";

/// How far this run has read the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cursor {
    /// The position in the log.
    pub(super) place: i64,
    /// A commit that this run has seen. While the database has it, it has not gone back in time.
    pub(super) seen: Option<Commit>,
}

impl Cursor {
    /// Notes that the log was read up to a position, and its last commit at that time.
    pub(super) fn heard(&mut self, place: i64, last: Option<Commit>) {
        self.place = self.place.max(place);
        if let Some((end, ..)) = last
            && end <= self.place
        {
            self.seen = last;
        }
    }

    /// The cursor after a commit of this run, which has read everything before it, and after which the log ends here.
    fn committed(self, end: i64, hub: &HubRun, number: i64) -> Self {
        let seen = match self.seen {
            // It has appended nothing.
            Some((last, ..)) if last == end => self.seen,
            _ if end > 0 => Some((end, hub.run.0, number)),
            seen => seen,
        };
        Self { place: end, seen }
    }
}

/// A transaction that has the log's lock, and has read what other hubs have committed.
#[derive(Debug)]
pub(super) struct Opened {
    /// The changes that other hubs have committed.
    changes: Vec<Change>,
    /// The cursor after them.
    cursor: Cursor,
}

/// A batch whose transaction is complete, at least up to its commit.
#[derive(Debug)]
pub(super) struct Prepared {
    /// The changes that other hubs have committed before it.
    pub(super) changes: Vec<Change>,
    /// The results of the writes.
    pub(super) results: Vec<Result<Written, Refusal>>,
    /// The cursor after the batch, for when it is committed.
    pub(super) cursor: Cursor,
}

/// The end of an attempt to carry out a batch.
#[derive(Debug)]
pub(super) enum Attempt {
    /// It is committed and settled.
    Done(Prepared),
    /// It is not committed, and will not be.
    Failed(Trouble),
    /// It is unknown whether it is committed, or settled. The connection cannot be used any more. With its results, if
    /// they came.
    Unknown(Option<Prepared>),
}

impl Attempt {
    fn ended(prepared: Prepared, committed: Committed) -> Self {
        match committed {
            Committed::Yes => Self::Done(prepared),
            Committed::No => Self::Failed(Trouble::Lost("it refuses a commit".into())),
            Committed::Unknown => Self::Unknown(Some(prepared)),
        }
    }
}

async fn answered<T>(round: impl Future<Output = Result<T, Trouble>>) -> Result<T, Trouble> {
    let answer = timeout(ANSWERED, round).await;
    answer.unwrap_or_else(|_| Err(Trouble::Lost("it does not answer".into())))
}

/// Begins a transaction, takes the log's lock, and reads what is new. The writes of the batch need not be known yet.
///
/// # Errors
/// See [`Trouble`].
pub(super) async fn open(
    session: &Session,
    hub: &HubRun,
    cursor: Cursor,
) -> Result<Opened, Trouble> {
    answered(open_at_leisure(session, hub, cursor)).await
}

async fn open_at_leisure(
    session: &Session,
    hub: &HubRun,
    cursor: Cursor,
) -> Result<Opened, Trouble> {
    let statements = &session.statements;
    let place = || Box::new(cursor.place) as Param;
    let open =
        Call { statement: &statements.open_batch, params: vec![Box::new(hub.run.0), place()] };
    let all = || vec![place(), Box::new(i64::MAX)];
    let new = Call { statement: &statements.new_messages, params: all() };
    let flight = [Sent::Begin, Sent::Call(&open), Sent::Call(&new)];
    let answers: Result<Vec<_>, _> = session.together(flight).await.into_iter().collect();
    let mut answers = answers?.into_iter().skip(1);
    let (state, messages) = (answers.next(), answers.next().unwrap_or_default());
    let (last, has_events) = feed::state(&state.unwrap_or_default())?;
    let events = match has_events {
        true => session.call(&Call { statement: &statements.new_events, params: all() }).await?,
        false => Vec::new(),
    };
    match feed::merge(cursor.place, &messages, &events, true)? {
        LogSlice::Whole(changes, place) => {
            let mut cursor = cursor;
            cursor.heard(place, last);
            Ok(Opened { changes, cursor })
        }
        LogSlice::Gap => Err(Trouble::Outdated("the log has a gap")),
        LogSlice::Wiped => Err(Trouble::Outdated(WIPED)),
    }
}

/// Carries out a batch in the transaction, commits and settles it. `number` is the number of the commit within this run.
pub(super) async fn commit(
    session: &Session,
    (hub, epoch): (&HubRun, Epoch),
    opened: Opened,
    number: i64,
    writes: &[Write],
) -> Attempt {
    let context = Context { statements: &session.statements, hub, epoch };
    let steps = context.steps(writes);
    let (close, settle) = (close_batch(session, hub, number), settle(session, &opened));
    let calls = steps.iter().flat_map(|step| &step.calls).chain([&close]).map(Sent::Call);
    let end = [Sent::Commit, Sent::Call(&settle)];
    // Nothing is waited for before the commit, except by a write that may have to read again.
    let sent_with = if writes.iter().any(may_read_again) { 0 } else { end.len() };
    let flight = session.together(calls.chain(end.into_iter().take(sent_with)));
    let Ok(mut answers) = timeout(ANSWERED, flight).await else { return Attempt::Unknown(None) };
    let ended = answers.split_off(answers.len().saturating_sub(sent_with));
    let rows = match answers.into_iter().collect::<Result<Vec<_>, _>>() {
        Ok(rows) => rows,
        // The server has refused a statement, and with it the transaction: its commit rolls it back.
        Err(error) if sent_with == 0 || error.code().is_some() => {
            return Attempt::Failed(error.into());
        }
        Err(_) => return Attempt::Unknown(None),
    };
    let prepared = answered(read(session, &context, &steps, (opened, number, writes), rows)).await;
    match prepared {
        Ok(prepared) if sent_with > 0 => Attempt::ended(prepared, doubt::judged(&ended)),
        Ok(prepared) => Attempt::ended(prepared, doubt::commit(session, &settle).await),
        Err(trouble) if sent_with == 0 => Attempt::Failed(trouble),
        // It is committed, but its results cannot be read.
        Err(_) => Attempt::Unknown(None),
    }
}

/// The results of a batch, from the rows of its calls.
async fn read(
    session: &Session,
    context: &Context<'_>,
    steps: &[Step<'_>],
    (opened, number, writes): (Opened, i64, &[Write]),
    rows: Vec<Vec<Row>>,
) -> Result<Prepared, Trouble> {
    let mut answers = rows.into_iter();
    let mut next = || answers.next().unwrap_or_default();
    let mut results = Vec::with_capacity(writes.len());
    for Step { writes: which, calls } in steps {
        let rows: Vec<_> = calls.iter().map(|_| next()).collect();
        let of_step = writes.get(which.clone()).unwrap_or_default();
        results.extend(step_results(session, context, of_step, rows).await?);
    }
    let cursor = opened.cursor.committed(end_of(&next())?, context.hub, number);
    Ok(Prepared { changes: opened.changes, results, cursor })
}

/// Like [`commit`], for a batch that the database has refused: each write has a savepoint, so that a bad one fails
/// alone.
pub(super) async fn commit_one_by_one(
    session: &Session,
    hub: (&HubRun, Epoch),
    opened: Opened,
    number: i64,
    writes: &[Write],
) -> Attempt {
    let settle = settle(session, &opened);
    match prepare_one_by_one(session, hub, opened, number, writes).await {
        Ok(prepared) => Attempt::ended(prepared, doubt::commit(session, &settle).await),
        Err(trouble) => Attempt::Failed(trouble),
    }
}

async fn prepare_one_by_one(
    session: &Session,
    (hub, epoch): (&HubRun, Epoch),
    opened: Opened,
    number: i64,
    writes: &[Write],
) -> Result<Prepared, Trouble> {
    let context = Context { statements: &session.statements, hub, epoch };
    let mut results = Vec::with_capacity(writes.len());
    for one in writes.chunks(1) {
        session.client.batch_execute("SAVEPOINT one").await?;
        match alone(session, &context, one).await {
            Ok(done) => results.extend(done),
            Err(Trouble::Failed(error)) => {
                tracing::error!(%error, "a write was refused by the database");
                session.client.batch_execute("ROLLBACK TO one").await?;
                results.push(Err(Refusal::Unavailable));
            }
            Err(other) => return Err(other),
        }
    }
    let closed = session.call(&close_batch(session, hub, number)).await?;
    let cursor = opened.cursor.committed(end_of(&closed)?, hub, number);
    Ok(Prepared { changes: opened.changes, results, cursor })
}

async fn alone(
    session: &Session,
    context: &Context<'_>,
    one: &[Write],
) -> Result<Vec<Result<Written, Refusal>>, Trouble> {
    let mut results = Vec::new();
    for Step { writes, calls } in context.steps(one) {
        let mut rows = Vec::new();
        for call in &calls {
            rows.push(session.call(call).await?);
        }
        results.extend(
            step_results(session, context, one.get(writes).unwrap_or_default(), rows).await?,
        );
    }
    Ok(results)
}

/// The results of a step. A join whose sequence numbers turn out to be void reads its messages again.
async fn step_results(
    session: &Session,
    context: &Context<'_>,
    writes: &[Write],
    mut rows: Vec<Vec<Row>>,
) -> Result<Vec<Result<Written, Refusal>>, Trouble> {
    if let Some(Write::Join(join)) = writes.first()
        && context.begins_again(join, &rows)?
        && let Some(missed) = rows.get_mut(1)
    {
        *missed = session.call(&context.missed(join, true)).await?;
    }
    Ok(context.results(writes, &rows)?)
}

fn close_batch<'s>(session: &'s Session, hub: &HubRun, number: i64) -> Call<'s> {
    let params: Vec<Param> = vec![Box::new(hub.run.0), Box::new(number)];
    Call { statement: &session.statements.close_batch, params }
}

/// The other hubs are told only if the batch has appended anything.
fn settle<'s>(session: &'s Session, opened: &Opened) -> Call<'s> {
    let params: Vec<Param> = vec![Box::new(opened.cursor.place)];
    Call { statement: &session.statements.settle, params }
}

fn end_of(closed: &[Row]) -> Result<i64, Trouble> {
    match closed.first() {
        Some(row) => Ok(row.try_get(0)?),
        None => Err(Trouble::Lost("it did not answer".into())),
    }
}
