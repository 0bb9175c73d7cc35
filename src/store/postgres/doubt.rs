//! Commits, and finds out whether a commit was done if the connection was lost while it was under way.

use std::time::Duration;

use tokio::time::timeout;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Error, Row};

use super::HubRun;
use super::batch::Cursor;
use super::calls::Call;
use super::session::{Sent, Session, Trouble};

/// How long a commit may take. With a synchronous standby that is lost, all commits wait.
const COMMITTED: Duration = Duration::from_secs(8);

/// The end of an attempt to commit and to settle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Committed {
    /// The commit is done and settled.
    Yes,
    /// The commit is not done, and will not be.
    No,
    /// Unknown, or not known to be settled. The connection cannot be used any more.
    Unknown,
}

/// Commits the transaction of this session, and settles it.
pub(super) async fn commit(session: &Session, settle: &Call<'_>) -> Committed {
    let flight = session.together([Sent::Commit, Sent::Call(settle)]);
    timeout(COMMITTED, flight).await.map_or(Committed::Unknown, |answers| judged(&answers))
}

/// What the answers to `COMMIT` and `settle` say.
pub(super) fn judged(answers: &[Result<Vec<Row>, Error>]) -> Committed {
    match answers {
        [Ok(_), Ok(_)] => Committed::Yes,
        // The server reports a failure. But a session that was ended during its commit may have completed it.
        [Err(error), _] => match error.code() {
            Some(code)
                if !code.code().starts_with("57") && *code != SqlState::CONNECTION_FAILURE =>
            {
                Committed::No
            }
            _ => Committed::Unknown,
        },
        _ => Committed::Unknown,
    }
}

/// Finds out, on a new connection, whether a commit was done. Taking the lock waits for the end of the old connection's
/// transaction; a write of its own, whose commit waits for the disk and a synchronous standby, settles the other, too.
///
/// # Errors
/// The connection is lost once more, or this run was declared dead.
pub(super) async fn was_committed(
    session: &Session,
    hub: &HubRun,
    cursor: Cursor,
    number: i64,
) -> Result<bool, Trouble> {
    let asked = timeout(COMMITTED, ask(session, hub, cursor, number)).await;
    asked.unwrap_or_else(|_| Err(Trouble::Lost("it does not answer".into())))
}

async fn ask(
    session: &Session,
    hub: &HubRun,
    cursor: Cursor,
    number: i64,
) -> Result<bool, Trouble> {
    let statements = &session.statements;
    session.client.batch_execute("BEGIN").await?;
    session.client.query(&statements.lock, &[]).await?;
    let found = session.client.query_opt(&statements.commit_of, &[&hub.run.0, &number]).await?;
    session.client.query(&statements.beat, &[&hub.run.0, &cursor.place]).await?;
    session.client.batch_execute("COMMIT").await?;
    Ok(found.is_some())
}

/// Checks that the database still has the past that this run has seen. It has not if it was restored, or if a standby
/// was promoted that lacked the last commits. Then it gets a new epoch, so that clients begin again.
///
/// # Errors
/// [`Trouble::Outdated`] if it has another past: everything has to be read again.
pub(super) async fn same_past(
    session: &Session,
    epoch: u32,
    cursor: Cursor,
) -> Result<(), Trouble> {
    let (last, run, number) = cursor.seen.unwrap_or_default();
    let row = session
        .client
        .query_one(&session.statements.past_of, &[&last, &run, &number, &cursor.place])
        .await?;
    if row.try_get::<_, String>(0)? != epoch.to_string() {
        return Err(Trouble::Outdated(
            "the database was wiped, or another hub has seen that it went back in time",
        ));
    }
    if row.try_get(1)? {
        return Ok(());
    }
    // The numbers that hosts' keys have used may be forgotten, so that old requests would count again.
    session.client.execute("DELETE FROM colahub.host_keys", &[]).await?;
    // Each hub finds this out. The first makes the epoch.
    session
        .client
        .execute(
            "UPDATE meta SET value = (random() * 4294967295)::bigint::text
             WHERE key = 'epoch' AND value = $1",
            &[&epoch.to_string()],
        )
        .await?;
    tracing::error!(
        "the database has gone back in time: what was said last is gone, and everybody begins again from what is there"
    );
    Err(Trouble::Outdated("the database has gone back in time"))
}
