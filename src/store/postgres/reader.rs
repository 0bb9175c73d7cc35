//! Reads the shared database over one connection, on which statements are pipelined.

mod host;
mod questions;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, Semaphore};
use tokio::time::timeout;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Row, Statement};

use super::connect::{Database, SETTLED, said};
use super::reads;
use super::results::messages;
use super::rows::{self, RowError, uuid};
use crate::domain::chatter::Chatter;
use crate::domain::code::Code;
use crate::domain::host::{HostKey, HostName};
use crate::domain::ids::{ChatterId, IdentityId, RoomId, Seq};
use crate::domain::message::Message;
use crate::domain::refusal::Refusal;
use crate::domain::report::MessageReport;
use crate::domain::room::Room;
use crate::domain::search::Needle;
use crate::domain::time::WallTime;
use crate::store::reader::{SEARCH, UNREAD_MAX, UNREAD_SPAN};
use crate::store::sqlite::sql::host_actions::with_excerpt;
use crate::store::wall::LOOKED_THROUGH;
use crate::store::write::RANGE_BYTES;
use crate::store::{self, Done, Health, Member, WallRead};

/// How many messages a search reads at a time.
const SEARCHED: i64 = 2_000;

/// Time limit of a read.
const ANSWERED: Duration = Duration::from_secs(5);

/// Reads the shared database, cheap to clone.
#[derive(Debug, Clone)]
pub(in crate::store) struct Reader {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    database: Database,
    client: Mutex<Option<Arc<Connection>>>,
    /// Allows one search at a time, so that other reads get the connection in between.
    searching: Semaphore,
    _health: Health,
}

#[derive(Debug)]
struct Connection {
    client: Client,
    settled: Statement,
}

type Found<T> = Result<T, Refusal>;

impl Reader {
    pub(super) fn new(database: Database, health: Health) -> Self {
        let client = Mutex::new(None);
        Self {
            shared: Arc::new(Shared {
                database,
                client,
                searching: Semaphore::new(1),
                _health: health,
            }),
        }
    }

    pub(in crate::store) async fn room(&self, id: RoomId) -> Found<Option<Room>> {
        let found = self.rows(&reads::room(), &[&uuid(id.as_bytes())]).await?;
        let room = found.first().map(|row| rows::room(row, 0)).transpose();
        read(room).map(Option::flatten)
    }

    pub(in crate::store) async fn has_code(&self, code: Code) -> Found<bool> {
        Ok(!self.rows(reads::HAS_CODE, &[&code.as_str()]).await?.is_empty())
    }

    /// The address from which an identity is connected to a running hub.
    pub(in crate::store) async fn address_of(&self, identity: IdentityId) -> Found<Option<IpAddr>> {
        let found = self.rows(reads::ADDRESS_OF, &[&uuid(identity.as_bytes())]).await?;
        read(found.first().map(|row| row.try_get(0)).transpose())
    }

    pub(in crate::store) async fn chatter(
        &self,
        id: ChatterId,
    ) -> Found<Option<(Chatter, IdentityId)>> {
        let found = self.rows(reads::CHATTER, &[&uuid(id.as_bytes())]).await?;
        let known = |row| Ok((rows::chatter(row, 0)?, rows::identity(row, 4)?));
        read(found.first().map(known).transpose())
    }

    pub(in crate::store) async fn member(
        &self,
        room: RoomId,
        chatter: ChatterId,
    ) -> Found<Option<Member>> {
        let sql = reads::member();
        let params: [&(dyn ToSql + Sync); 2] = [&uuid(room.as_bytes()), &uuid(chatter.as_bytes())];
        read(self.rows(&sql, &params).await?.first().map(rows::member).transpose())
    }

    pub(in crate::store) async fn member_of(
        &self,
        room: RoomId,
        identity: IdentityId,
    ) -> Found<Option<Member>> {
        let sql = reads::member_of();
        let params: [&(dyn ToSql + Sync); 2] = [&uuid(room.as_bytes()), &uuid(identity.as_bytes())];
        read(self.rows(&sql, &params).await?.first().map(rows::member).transpose())
    }

    pub(in crate::store) async fn page(
        &self,
        member: Member,
        page: u32,
        size: u32,
    ) -> Found<Vec<Message>> {
        let found = self.rows(reads::LAST, &[&uuid(member.room.as_bytes())]).await?;
        let Some(last) = read(found.first().map(|row| row.try_get::<_, i64>(0)).transpose())?
        else {
            return Ok(Vec::new());
        };
        // Places have no gaps, so a page is a range of them.
        let end = last + 1 - i64::from(page - 1) * i64::from(size);
        let start = (end - i64::from(size)).max(member.first.0);
        let all = (usize::MAX, usize::MAX);
        Ok(self
            .range(
                (member.room, Some(member.chatter.id)),
                (start, end),
                false,
                i64::from(size),
                all,
            )
            .await?
            .0)
    }

    pub(in crate::store) async fn after(
        &self,
        member: Member,
        after: Seq,
        most: usize,
    ) -> Found<(Vec<Message>, bool)> {
        let start = (after.0 + 1).max(member.first.0);
        let limit = i64::try_from(most + 1).unwrap_or(i64::MAX);
        self.range(
            (member.room, Some(member.chatter.id)),
            (start, i64::MAX),
            true,
            limit,
            (most, RANGE_BYTES),
        )
        .await
    }

    pub(in crate::store) async fn before(
        &self,
        member: Member,
        before: Seq,
        most: usize,
    ) -> Found<(Vec<Message>, bool)> {
        let limit = i64::try_from(most + 1).unwrap_or(i64::MAX);
        let range = (member.first.0, before.0);
        self.range((member.room, Some(member.chatter.id)), range, false, limit, (most, RANGE_BYTES))
            .await
    }

    pub(in crate::store) async fn search(
        &self,
        member: Member,
        needle: Needle,
        before: Seq,
        most: usize,
    ) -> Found<store::reader::Found> {
        let _one = self.shared.searching.acquire().await.map_err(|_| Refusal::Unavailable)?;
        let begun = Instant::now();
        let room = uuid(member.room.as_bytes());
        let (mut end, mut found) = (before.0, Vec::new());
        let (end, is_early) = loop {
            let rows = self.rows(reads::SEARCH, &[&room, &end, &member.first.0, &SEARCHED]).await?;
            let is_last = i64::try_from(rows.len()).unwrap_or(0) < SEARCHED;
            for row in rows {
                end = read(row.try_get(0))?;
                if found.len() < most && needle.is_in(read(row.try_get(1))?) {
                    found.push(end);
                }
                if found.len() >= most {
                    break;
                }
            }
            let is_early = begun.elapsed() >= SEARCH;
            if found.len() >= most || is_early && !is_last {
                let is_early = is_early && found.len() < most;
                break ((end > member.first.0).then_some(Seq(end)), is_early);
            }
            if is_last {
                break (None, false);
            }
        };
        let reader = uuid(member.chatter.id.as_bytes());
        let rows = self.rows(&reads::found(), &[&room, &found, &reader]).await?;
        let (messages, _) = read(messages(&rows, usize::MAX, usize::MAX))?;
        Ok(store::reader::Found { messages, before: end, is_early: is_early && end.is_some() })
    }

    pub(in crate::store) async fn newest(&self, room: RoomId, most: usize) -> Found<Vec<Message>> {
        let limit = i64::try_from(most).unwrap_or(i64::MAX);
        let all = (usize::MAX, usize::MAX);
        Ok(self.range((room, None), (1, i64::MAX), false, limit, all).await?.0)
    }

    pub(in crate::store) async fn unread(
        &self,
        places: Vec<(RoomId, Seq)>,
    ) -> Found<Vec<(RoomId, u32)>> {
        let rooms: Vec<_> = places.iter().map(|(room, _)| uuid(room.as_bytes())).collect();
        let seqs: Vec<i64> = places.iter().map(|(_, seq)| seq.0).collect();
        let params: [&(dyn ToSql + Sync); 4] =
            [&rooms, &seqs, &i64::from(UNREAD_MAX), &UNREAD_SPAN];
        let unread = |row: &Row| {
            let count: i64 = row.try_get(1)?;
            Ok((rows::room_id(row, 0)?, u32::try_from(count).unwrap_or(UNREAD_MAX)))
        };
        read(self.rows(reads::UNREAD, &params).await?.iter().map(unread).collect())
    }

    pub(in crate::store) async fn wall(&self, read: WallRead) -> Found<Vec<Message>> {
        let (sent_until, now) = (rows::sql(read.sent_until), rows::sql(read.now));
        let room = uuid(read.room.as_bytes());
        let params: [&(dyn ToSql + Sync); 6] =
            [&room, &read.last.0, &LOOKED_THROUGH, &sent_until, &now, &read.limit()];
        self::read(self.rows(&reads::wall(), &params).await?.iter().map(rows::message).collect())
    }

    pub(in crate::store) async fn host_keys(&self) -> Found<Vec<HostKey>> {
        read(self.rows(reads::HOST_KEYS, &[]).await?.iter().map(rows::host_key).collect())
    }

    pub(in crate::store) async fn host_log(&self, most: usize) -> Found<Vec<Done>> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let done = |row: &Row| {
            let by = row.try_get::<_, Option<String>>(3)?.map(HostName::trusted);
            let what = with_excerpt(row.try_get(2)?, row.try_get(4)?);
            Ok(Done { at: WallTime(row.try_get(0)?), deed: row.try_get(1)?, what, by })
        };
        read(self.rows(reads::HOST_LOG, &[&most]).await?.iter().map(done).collect())
    }

    pub(in crate::store) async fn reports(
        &self,
        all: bool,
        most: usize,
    ) -> Found<Vec<MessageReport>> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let found = self.rows(reads::REPORTS, &[&all, &most]).await?;
        let reports: Result<Vec<_>, _> = found.iter().map(rows::report).collect();
        // As with rooms, a report whose room's code cannot be read is left out.
        read(reports).map(|reports| reports.into_iter().flatten().collect())
    }

    pub(in crate::store) async fn open_reports(&self) -> Found<usize> {
        let found = self.rows(reads::OPEN_REPORTS, &[]).await?;
        let open = read(found.first().map(|row| row.try_get::<_, i64>(0)).transpose())?;
        Ok(open.and_then(|open| usize::try_from(open).ok()).unwrap_or(0))
    }

    /// Messages in a range of places (the end excluded), oldest first. If there are too many, the oldest or the
    /// newest of them.
    async fn range(
        &self,
        (room, reader): (RoomId, Option<ChatterId>),
        (start, end): (i64, i64),
        oldest: bool,
        limit: i64,
        (most, bytes): (usize, usize),
    ) -> Found<(Vec<Message>, bool)> {
        let sql = reads::range(oldest);
        let reader = reader.map(|reader| uuid(reader.as_bytes()));
        let params: [&(dyn ToSql + Sync); 5] =
            [&uuid(room.as_bytes()), &start, &end, &limit, &reader];
        let (mut found, more) = read(messages(&self.rows(&sql, &params).await?, most, bytes))?;
        if !oldest {
            found.reverse();
        }
        Ok((found, more))
    }

    async fn rows(&self, sql: &str, params: &[&(dyn ToSql + Sync)]) -> Found<Vec<Row>> {
        let connection = self.connection().await?;
        let Connection { client, settled } = &*connection;
        let read = async {
            let rows = client.query(sql, params).await?;
            // It may have read what a crash could still take back.
            client.query(settled, &[]).await?;
            Ok(rows)
        };
        match timeout(ANSWERED, read).await {
            Ok(Ok(rows)) => Ok(rows),
            Ok(Err::<_, RowError>(error)) => {
                tracing::warn!(error = said(&error), "a query failed");
                Err(Refusal::Unavailable)
            }
            Err(_) => {
                // Reads behind it would time out, too, so the connection is dropped.
                *self.shared.client.lock().await = None;
                Err(Refusal::Unavailable)
            }
        }
    }

    /// The connection; connects again if it is lost.
    async fn connection(&self) -> Found<Arc<Connection>> {
        let mut kept = self.shared.client.lock().await;
        if let Some(connection) = &*kept
            && !connection.client.is_closed()
        {
            return Ok(Arc::clone(connection));
        }
        let connected = timeout(ANSWERED, async {
            let (client, _) = self.shared.database.connect().await.ok()?;
            let settled = client.prepare(SETTLED).await.ok()?;
            Some(Arc::new(Connection { client, settled }))
        });
        let Ok(Some(connection)) = connected.await else {
            return Err(Refusal::Unavailable);
        };
        *kept = Some(Arc::clone(&connection));
        Ok(connection)
    }
}

fn read<T>(found: Result<T, RowError>) -> Found<T> {
    found.map_err(|error| {
        tracing::error!(%error, "a row of the database cannot be read");
        Refusal::Unavailable
    })
}
