//! Carries out a batch of writes in one transaction, under the log's lock.

use std::time::Duration;

use tokio::time::timeout;
use tokio_postgres::Row;

use super::HubRun;
use super::calls::{Call, Context, Param, Step};
use super::feed::{self, LogSlice};
use super::session::{Session, Trouble};
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
    /// A commit that this run has seen: the end of the log after it, the run and its number. While the database has
    /// it, it has not gone back in time.
    pub(super) seen: Option<(i64, i64, i64)>,
}

impl Cursor {
    /// Notes that the log was read up to a position, and its last commit at that time.
    pub(super) fn heard(&mut self, place: i64, last: Option<(i64, i64, i64)>) {
        self.place = self.place.max(place);
        if let Some((end, ..)) = last
            && end <= self.place
        {
            self.seen = last;
        }
    }
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

/// Carries out a batch in a transaction, without its commit. `number` is the number of the commit within this run.
///
/// # Errors
/// See [`Trouble`]. Nothing is committed then.
pub(super) async fn prepare(
    session: &Session,
    (hub, epoch): (&HubRun, Epoch),
    cursor: Cursor,
    number: i64,
    writes: &[Write],
) -> Result<Prepared, Trouble> {
    let prepared =
        timeout(ANSWERED, prepare_at_leisure(session, (hub, epoch), cursor, number, writes));
    prepared.await.unwrap_or_else(|_| Err(Trouble::Lost("it does not answer".into())))
}

/// Like [`prepare`], for a batch that the database has refused: each write has a savepoint, so that a bad one fails
/// alone.
///
/// # Errors
/// See [`Trouble`]. Nothing is committed then.
pub(super) async fn prepare_one_by_one(
    session: &Session,
    hub: (&HubRun, Epoch),
    cursor: Cursor,
    number: i64,
    writes: &[Write],
) -> Result<Prepared, Trouble> {
    let statements = &session.statements;
    let context = Context { statements, hub: hub.0, epoch: hub.1 };
    let nothing = prepare_at_leisure(session, hub, cursor, number, &[]).await?;
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
    // The rows that it appended belong to this commit.
    let noted = session.call(&note_commit(session, hub.0, number)).await?;
    let end = end_of(&noted)?;
    let seen = if end == nothing.cursor.place {
        nothing.cursor.seen
    } else {
        Some((end, hub.0.run.0, number))
    };
    Ok(Prepared { changes: nothing.changes, results, cursor: Cursor { place: end, seen } })
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

fn note_commit<'s>(session: &'s Session, hub: &HubRun, number: i64) -> Call<'s> {
    let params: Vec<Param> = vec![Box::new(hub.run.0), Box::new(number)];
    Call { statement: &session.statements.note_commit, params }
}

fn end_of(noted: &[Row]) -> Result<i64, Trouble> {
    match noted.first() {
        Some(row) => Ok(row.try_get(0)?),
        None => Err(Trouble::Lost("it did not answer".into())),
    }
}

async fn prepare_at_leisure(
    session: &Session,
    (hub, epoch): (&HubRun, Epoch),
    cursor: Cursor,
    number: i64,
    writes: &[Write],
) -> Result<Prepared, Trouble> {
    let statements = &session.statements;
    let context = Context { statements, hub, epoch };
    let steps = context.steps(writes);
    let place = || vec![Box::new(cursor.place) as Param];
    let before = [
        Call { statement: &statements.lock, params: Vec::new() },
        Call { statement: &statements.fence, params: vec![Box::new(hub.run.0)] },
        Call { statement: &statements.new_messages, params: place() },
        Call { statement: &statements.new_events, params: place() },
        Call { statement: &statements.last_commit, params: Vec::new() },
    ];
    let after = [
        note_commit(session, hub, number),
        Call { statement: &statements.wake, params: Vec::new() },
    ];
    let calls = before.iter().chain(steps.iter().flat_map(|step| &step.calls)).chain(&after);
    let mut answers = session.together(calls).await?.into_iter();
    let mut next = || answers.next().unwrap_or_default();
    let (_lock, _fence, messages, events, last) = (next(), next(), next(), next(), next());
    let changes = match feed::merge(cursor.place, &messages, &events, true)? {
        LogSlice::Whole(changes, _) => changes,
        LogSlice::Gap => return Err(Trouble::Outdated("the log has a gap")),
        LogSlice::Wiped => return Err(Trouble::Outdated(WIPED)),
    };
    let mut results = Vec::with_capacity(writes.len());
    for Step { writes: which, calls } in &steps {
        let rows: Vec<_> = calls.iter().map(|_| next()).collect();
        let of_step = writes.get(which.clone()).unwrap_or_default();
        results.extend(step_results(session, &context, of_step, rows).await?);
    }
    let end = end_of(&next())?;
    let before = last.first().map(|row| (row.get(0), row.get(1), row.get(2)));
    let seen = match before {
        Some((last, ..)) if last == end => before,
        _ if end > 0 => Some((end, hub.run.0, number)),
        none => none,
    };
    Ok(Prepared { changes, results, cursor: Cursor { place: end, seen } })
}
