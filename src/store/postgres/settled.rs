//! Reads the log as far as it is settled: on the server's disk and, with a synchronous standby, there, too.
//!
//! Batches are committed before they are settled (`batch`), so they can be read when a crash could still take them back.

use tokio_postgres::Row;

use super::calls::{Call, Param};
use super::feed::{self, Commit, LogSlice};
use super::session::{Session, Trouble};

/// What was read after a position.
pub(super) struct Read {
    /// The messages and events. `None` if the log ends there.
    pub(super) slice: Option<LogSlice>,
    /// The last commit, if it was looked up.
    pub(super) last: Option<Commit>,
}

/// Reads the log after a position: up to the one that another hub has told to be settled, or all.
///
/// # Errors
/// See [`Trouble`].
pub(super) async fn read(
    session: &Session,
    place: i64,
    told: Option<i64>,
) -> Result<Read, Trouble> {
    let (end, last) = match told {
        Some(end) => (end, None),
        None => log_end(session).await?,
    };
    if end <= place {
        return Ok(Read { slice: None, last });
    }
    let statements = &session.statements;
    let part = || vec![Box::new(place) as Param, Box::new(end)];
    let messages = Call { statement: &statements.new_messages, params: part() };
    let messages = session.call(&messages).await?;
    let is_whole = i64::try_from(messages.len()).ok() == Some(end - place);
    let events = match is_whole {
        true => Vec::new(),
        false => session.call(&Call { statement: &statements.new_events, params: part() }).await?,
    };
    // What was told to be settled is. But effects of later commits, if there are any, may show in what was read.
    let is_ahead = |rows: &[Row]| match rows.first() {
        Some(row) => row.try_get::<_, bool>(row.len().saturating_sub(1)),
        None => Ok(false),
    };
    if told.is_none() || is_ahead(&messages)? || is_ahead(&events)? {
        session.call(&Call { statement: &statements.settled, params: Vec::new() }).await?;
    }
    Ok(Read { slice: Some(feed::merge(place, &messages, &events, false)?), last })
}

/// Where the log ends, and its last commit.
async fn log_end(session: &Session) -> Result<(i64, Option<Commit>), Trouble> {
    let end = Call { statement: &session.statements.log_end, params: Vec::new() };
    match session.call(&end).await?.first() {
        Some(row) => Ok((row.try_get(0)?, feed::commit(row, 1)?)),
        None => Ok((0, None)),
    }
}
