//! Carries out a batch of writes in one transaction, under the log's lock.

use std::future::Future;
use std::time::Duration;

use tokio::time::timeout;
use tokio_postgres::Row;

use super::HubRun;
use super::calls::{Call, Context, Param, Step};
use super::feed::{self, Commit, LogSlice};
use super::session::{Sent, Session, Trouble};
use crate::domain::ids::Epoch;
use crate::domain::refusal::Refusal;
use crate::store::change::Change;
use crate::store::write::{Write, Written};

/// Time limit of a transaction without its commit. The server's `lock_timeout` is the same.
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

/// A batch whose transaction is complete except for its commit.
#[derive(Debug)]
pub(super) struct Prepared {
    /// The changes that other hubs have committed before it.
    pub(super) changes: Vec<Change>,
    /// The results of the writes.
    pub(super) results: Vec<Result<Written, Refusal>>,
    /// The cursor after the batch, for when it is committed.
    pub(super) cursor: Cursor,
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
    let new = Call { statement: &statements.new_messages, params: vec![place()] };
    let flight = [Sent::Begin, Sent::Call(&open), Sent::Call(&new)];
    let mut answers = session.together(flight).await?.into_iter().skip(1);
    let (state, messages) = (answers.next(), answers.next().unwrap_or_default());
    let (last, has_events) = feed::state(&state.unwrap_or_default())?;
    let events = match has_events {
        true => session.client.query(&statements.new_events, &[&cursor.place]).await?,
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

/// Carries out a batch in the transaction, without its commit. `number` is the number of the commit within this run.
///
/// # Errors
/// See [`Trouble`]. Nothing is committed then.
pub(super) async fn prepare(
    session: &Session,
    (hub, epoch): (&HubRun, Epoch),
    opened: Opened,
    number: i64,
    writes: &[Write],
) -> Result<Prepared, Trouble> {
    let round = async {
        let context = Context { statements: &session.statements, hub, epoch };
        let steps = context.steps(writes);
        let close = close_batch(session, hub, number);
        let calls = steps.iter().flat_map(|step| &step.calls).chain([&close]);
        let mut answers = session.together(calls.map(Sent::Call)).await?.into_iter();
        let mut next = || answers.next().unwrap_or_default();
        let mut results = Vec::with_capacity(writes.len());
        for Step { writes: which, calls } in &steps {
            let rows: Vec<_> = calls.iter().map(|_| next()).collect();
            let of_step = writes.get(which.clone()).unwrap_or_default();
            results.extend(step_results(session, &context, of_step, rows).await?);
        }
        let cursor = opened.cursor.committed(end_of(&next())?, hub, number);
        Ok(Prepared { changes: opened.changes, results, cursor })
    };
    answered(round).await
}

/// Like [`prepare`], for a batch that the database has refused: each write has a savepoint, so that a bad one fails
/// alone.
///
/// # Errors
/// See [`Trouble`]. Nothing is committed then.
pub(super) async fn prepare_one_by_one(
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

fn end_of(closed: &[Row]) -> Result<i64, Trouble> {
    match closed.first() {
        Some(row) => Ok(row.try_get(0)?),
        None => Err(Trouble::Lost("it did not answer".into())),
    }
}
