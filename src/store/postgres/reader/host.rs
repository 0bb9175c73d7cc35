//! What the host reads of all rooms.

use tokio_postgres::Row;

use super::{Found, Reader, read};
use crate::domain::ids::MessageId;
use crate::domain::text::Title;
use crate::domain::time::HubTime;
use crate::store::postgres::reads;
use crate::store::postgres::rows::{self, RowError, sql};
use crate::store::reader::{Heard, STREAM_SPAN};

impl Reader {
    /// What people have said in the rooms that live, with an id above `after`: the newest, oldest first.
    pub(in crate::store) async fn stream(
        &self,
        MessageId(after): MessageId,
        most: usize,
        now: HubTime,
    ) -> Found<Vec<Heard>> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let found = self.rows(&reads::stream(), &[&after, &STREAM_SPAN, &sql(now), &most]).await?;
        let heard: Result<Vec<_>, _> = found.iter().rev().map(heard).collect();
        // As with rooms: one whose code cannot be read is left out.
        read(heard).map(|heard| heard.into_iter().flatten().collect())
    }
}

fn heard(row: &Row) -> Result<Option<Heard>, RowError> {
    let Ok(code) = row.try_get::<_, String>(24)?.parse() else {
        return Ok(None);
    };
    let title = Title::trusted(row.try_get(25)?);
    Ok(Some(Heard { message: rows::message(row)?, code, title }))
}
