//! Reads the log as far as it is settled: on the server's disk and, with a synchronous standby, there, too.
//!
//! Batches are committed before they are settled (`batch`), so they can be read when a crash could still take them back.

use super::calls::{Call, Param};
use super::feed::{self, Commit, LogSlice};
use super::session::{Session, Trouble};

/// What was read after a position.
pub(super) struct Read {
    /// The messages and events. `None` if the log ends there.
    pub(super) slice: Option<LogSlice>,
    /// The last commit of what was read.
    pub(super) last: Option<Commit>,
}

/// Reads the log after a position: up to the one that another hub has told to be settled, or all. What was read is settled
/// then. With `told` that takes a flush only if there are later commits, whose effects may show in what was read.
///
/// # Errors
/// See [`Trouble`].
pub(super) async fn read(
    session: &Session,
    place: i64,
    told: Option<i64>,
) -> Result<Read, Trouble> {
    let end = match told {
        Some(end) => end,
        None => {
            let (end, last) = log_end(session).await?;
            if end <= place {
                return Ok(Read { slice: None, last });
            }
            end
        }
    };
    let statements = &session.statements;
    let part = || vec![Box::new(place) as Param, Box::new(end)];
    let state = Call { statement: &statements.log_state, params: part() };
    let messages = Call { statement: &statements.new_messages, params: part() };
    let events = Call { statement: &statements.new_events, params: part() };
    let settled = Call { statement: &statements.settled, params: vec![Box::new(told)] };
    let [state, messages, _] = session.in_order([&state, &messages, &settled]).await?;
    let (last, has_events) = feed::state(&state)?;
    let events = match has_events {
        true => session.in_order([&events, &settled]).await?.into_iter().next(),
        false => None,
    };
    let slice = feed::merge(place, &messages, &events.unwrap_or_default(), false)?;
    Ok(Read { slice: Some(slice), last })
}

/// Where the log ends, and its last commit.
async fn log_end(session: &Session) -> Result<(i64, Option<Commit>), Trouble> {
    let end = Call { statement: &session.statements.log_end, params: Vec::new() };
    match session.call(&end).await?.first() {
        Some(row) => Ok((row.try_get(0)?, feed::commit(row, 1)?)),
        None => Ok((0, None)),
    }
}
