//! Commits, and the doubt where the connection is lost while one is under way: was it done?

use std::time::Duration;

use tokio::time::timeout;
use tokio_postgres::error::SqlState;

use super::HubRun;
use super::batch::Cursor;
use super::session::{Session, Trouble};

/// How long a commit may take. With a synchronous standby that is lost, all commits wait.
const COMMITTED: Duration = Duration::from_secs(8);

/// The end of an attempt to commit.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Committed {
    /// It is done.
    Yes,
    /// It is not, and never will be.
    No,
    /// Nobody knows. The connection is of no more use.
    Unknown,
}

/// Commits the transaction of this session.
pub(super) async fn commit(session: &Session) -> Committed {
    match timeout(COMMITTED, session.client.batch_execute("COMMIT")).await {
        Ok(Ok(())) => Committed::Yes,
        // The server has said no. But a session that was ended in the middle of its commit may have done it.
        Ok(Err(error)) => match error.code() {
            Some(code)
                if !code.code().starts_with("57") && *code != SqlState::CONNECTION_FAILURE =>
            {
                Committed::No
            }
            _ => Committed::Unknown,
        },
        Err(_) => Committed::Unknown,
    }
}

/// Finds out, on a new connection, whether a commit was done. The lock waits for the end of the old connection's
/// transaction; what is written beside makes sure that a synchronous standby has it, too.
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

/// Whether the database still has the past that this run has seen. It has not where it was restored, or where a
/// standby was promoted that lacked the last commits. Then it gets a new epoch, so that clients begin again.
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
        return Err(Trouble::Outdated("another hub has seen that the database went back in time"));
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
