//! Reads of the archive, over a connection of their own.

use tokio::runtime::Runtime;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Row};
use uuid::Uuid;

use super::connect::{ConnectError, Database, SETTLED, said};
use super::results::messages;
use super::rows::{self, RowError, uuid};
use super::{migrate, polls, reads, runtime};
use crate::domain::event_settings::EventSettings;
use crate::domain::ids::{RoomId, Seq};
use crate::domain::message::Message;
use crate::domain::poll::Poll;
use crate::domain::text::Title;
use crate::domain::time::WallTime;
use crate::store::archive::ArchivedRoom;

/// Connects, and checks that the schema is this program's.
///
/// # Errors
/// See [`ConnectError`].
pub(in crate::store) fn connect_to_read(
    database: &Database,
) -> Result<(Runtime, Client), ConnectError> {
    let runtime = runtime()?;
    let client = runtime.block_on(async {
        let (client, _) = database.connect().await?;
        database.check_version(&client).await?;
        migrate::check_newest(database, &client).await?;
        Ok(client)
    })?;
    Ok((runtime, client))
}

/// What was read is settled before it is shown.
async fn query(
    client: &Client,
    sql: &str,
    params: &[&(dyn ToSql + Sync)],
) -> Result<Vec<Row>, String> {
    let read = async {
        let rows = client.query(sql, params).await?;
        client.query(SETTLED, &[]).await?;
        Ok(rows)
    };
    read.await.map_err(|error: RowError| said(&error))
}

/// The newest message; 0 if there is none.
pub(in crate::store) async fn newest_message(client: &Client) -> Result<i64, String> {
    let found = query(client, reads::NEWEST_MESSAGE, &[]).await?;
    let newest = found.first().map_or(Ok(0), |row| row.try_get(0));
    newest.map_err(|error| said(&error))
}

/// All rooms that are kept, in the order in which they were made.
pub(in crate::store) async fn archived_rooms(client: &Client) -> Result<Vec<ArchivedRoom>, String> {
    let found = query(client, reads::ARCHIVED_ROOMS, &[]).await?;
    let rooms: Result<Vec<_>, RowError> = found.iter().map(archived_room).collect();
    // A room whose code cannot be read is left out, as everywhere.
    rooms.map(|rooms| rooms.into_iter().flatten().collect()).map_err(|error| said(&error))
}

/// What the host has set for the event.
pub(in crate::store) async fn archived_event(client: &Client) -> Result<EventSettings, String> {
    let row = client.query_one(&reads::event(), &[]).await.map_err(|error| said(&error))?;
    rows::event(&row, 0).map_err(|error| said(&error))
}

fn archived_room(row: &Row) -> Result<Option<ArchivedRoom>, RowError> {
    let Ok(code) = row.try_get::<_, &str>(1)?.parse() else {
        return Ok(None);
    };
    Ok(Some(ArchivedRoom {
        id: RoomId::from_bytes(*row.try_get::<_, Uuid>(0)?.as_bytes()),
        code,
        title: Title::trusted(row.try_get(2)?),
        made_at: WallTime(row.try_get(3)?),
        pruned: Seq(row.try_get(4)?),
        last: Seq(row.try_get(5)?),
        newest_at: WallTime(row.try_get(6)?),
    }))
}

/// All polls that are kept, the oldest first.
pub(in crate::store) async fn archived_polls(client: &Client) -> Result<Vec<Poll>, String> {
    let found = query(client, &reads::polls(), &[]).await?;
    let polls = found.iter().filter_map(|row| polls::poll(row, 0).transpose());
    polls.collect::<Result<_, RowError>>().map_err(|error| said(&error))
}

/// Messages of a room after a place, oldest first, at most `most` and `bytes`; and whether there are more.
pub(in crate::store) async fn archived_page(
    client: &Client,
    room: RoomId,
    after: Seq,
    (most, bytes): (usize, usize),
) -> Result<(Vec<Message>, bool), String> {
    let limit = i64::try_from(most + 1).unwrap_or(i64::MAX);
    let params: [&(dyn ToSql + Sync); 5] =
        [&uuid(room.as_bytes()), &(after.0 + 1), &i64::MAX, &limit, &None::<Uuid>];
    let found = query(client, &reads::range(true), &params).await?;
    messages(&found, most, bytes).map_err(|error| said(&error))
}
