//! What the host reads of all rooms.

use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::{Found, Reader, read};
use crate::domain::chatter::Chatter;
use crate::domain::ids::{IdentityId, MessageId, RoomId, Seq};
use crate::domain::text::Title;
use crate::domain::time::HubTime;
use crate::store::postgres::reads;
use crate::store::postgres::rows::{self, RowError, sql, uuid};
use crate::store::reader::{Departed, Heard, RECENT, STREAM_SPAN, newest_departed};
use crate::store::write::Moment;

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

impl Reader {
    /// Who has left a room lately, or was in it when it ended; the last first.
    pub(in crate::store) async fn departed(
        &self,
        room: Option<RoomId>,
        most: usize,
        at: Moment,
    ) -> Found<Vec<Departed>> {
        let room = room.map(|room| uuid(room.as_bytes()));
        let limit = i64::try_from(most).unwrap_or(i64::MAX);
        let span = i64::try_from(RECENT.as_millis()).unwrap_or(i64::MAX);
        let (since, now) = (at.wall.0.saturating_sub(span), sql(at.hub));
        let mut found = self.rows(reads::DEPARTED, &[&since, &room, &limit]).await?;
        let begin = now.saturating_sub(span).max(0);
        found.extend(self.rows(reads::STAYED, &[&begin, &now, &room, &limit]).await?);
        let all: Result<Vec<_>, _> = found.iter().map(|row| departed(row, at)).collect();
        read(all).map(|all| newest_departed(all.into_iter().flatten().collect(), most))
    }

    /// The places of what a browser has said since a time, the newest first.
    pub(in crate::store) async fn said_by(
        &self,
        identity: IdentityId,
        since: HubTime,
        most: usize,
    ) -> Found<Vec<(RoomId, Seq)>> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let params: [&(dyn ToSql + Sync); 3] = [&uuid(identity.as_bytes()), &sql(since), &most];
        let found = self.rows(reads::SAID_BY, &params).await?;
        let place = |row: &Row| Ok((rows::room_id(row, 0)?, Seq(row.try_get(1)?)));
        read(found.iter().map(place).collect())
    }
}

/// Somebody who has left; `None` if their room's code cannot be read.
fn departed(row: &Row, at: Moment) -> Result<Option<Departed>, RowError> {
    let Ok(code) = row.try_get::<_, String>(5)?.parse() else {
        return Ok(None);
    };
    let chatter = rows::chatter(row, 0)?;
    let end = match chatter.left_at {
        Some(left) => left,
        None => at.wall_at(rows::hub_time(row.try_get(6)?)),
    };
    let chatter = Chatter { left_at: Some(end), ..chatter };
    Ok(Some(Departed { chatter, owner: rows::identity(row, 4)?, code }))
}

fn heard(row: &Row) -> Result<Option<Heard>, RowError> {
    let Ok(code) = row.try_get::<_, String>(26)?.parse() else {
        return Ok(None);
    };
    let title = Title::trusted(row.try_get(27)?);
    Ok(Some(Heard { message: rows::message(row)?, code, title }))
}
