//! The state that a hub continues from.

use tokio_postgres::{Client, Row, Transaction};

use super::HubRun;
use super::connect::{ConnectError, Database};
use super::polls;
use super::prepared::{self, PREPARED};
use super::reads;
use super::rows::{self, ANNOUNCEMENT, MEMBER, ROOM, RowError, WALL};
use crate::domain::announcement::Announcement;
use crate::domain::ids::{Epoch, IdentityId, PollId, RoomId, RunId, Seq};
use crate::domain::poll::{Choices, Poll, PreparedPoll};
use crate::domain::room::Newest;
use crate::domain::room::wall::RoomWall;
use crate::domain::time::WallTime;
use crate::store::Past;
use crate::store::change::{AccessGrant, GrantHolder};

/// Begins the run and reads the state, in one transaction under the log's lock, so that the position in the log belongs
/// to the state.
pub(super) async fn begin(
    database: &Database,
    client: &mut Client,
    hub: &HubRun,
) -> Result<(Past, Epoch, i64), ConnectError> {
    let refused = |error: RowError| database.refused(&error);
    read(client, hub).await.map_err(refused)
}

async fn read(client: &mut Client, hub: &HubRun) -> Result<(Past, Epoch, i64), RowError> {
    let tx = client.transaction().await?;
    tx.execute(super::migrate::LOCK, &[]).await?;
    let id = rows::uuid(hub.hub.as_bytes());
    let begun = tx
        .query_one(
            "SELECT begin_run($1, $2, $3, $4), hub_now(), wall_now(),
                 (SELECT value::bigint FROM meta WHERE key = 'epoch'),
                 (SELECT value FROM meta WHERE key = 'identity_key')",
            &[&hub.run.0, &id, &hub.name, &hub.url],
        )
        .await?;
    let (place, now, wall): (i64, i64, i64) = (begun.get(0), begun.get(1), begun.get(2));
    let epoch = Epoch(u32::try_from(begun.get::<_, i64>(3)).unwrap_or_default());
    let living = format!(
        "SELECT {ROOM} FROM rooms r WHERE r.expires_hub > $1 AND NOT r.deleted ORDER BY r.n"
    );
    let mut rooms = Vec::new();
    for row in tx.query(&living, &[&now]).await? {
        rooms.extend(rows::room(&row, 0)?);
    }
    let newest = tx.query(NEWEST, &[&now]).await?;
    let newest = newest.iter().map(newest_of).collect::<Result<_, _>>()?;
    // `MEMBER` ends with its joins.
    let (columns, joins) = MEMBER.split_once(" FROM ").unwrap_or((MEMBER, ""));
    let present = format!(
        "SELECT {columns}, y.run FROM {joins}
         JOIN stays y ON y.room = s.room AND y.identity = s.identity
         WHERE r.expires_hub > $1 ORDER BY y.room, y.identity, y.run"
    );
    let mut elsewhere = Vec::new();
    for row in tx.query(&present, &[&now]).await? {
        elsewhere.push((rows::member(&row)?, RunId(row.try_get(8)?)));
    }
    let banned = "SELECT chatter, identity, nickname, address, until_hub FROM bans";
    let bans = tx
        .query(banned, &[])
        .await?
        .iter()
        .map(|row| rows::ban(row, 0))
        .collect::<Result<_, _>>()?;
    let muted = "SELECT chatter, identity, nickname, until_hub FROM mutes
         WHERE until_hub IS NULL OR until_hub > $1";
    let mutes = tx.query(muted, &[&now]).await?.iter().map(rows::mute).collect::<Result<_, _>>()?;
    let announcements = announced(&tx, now).await?;
    let (polls, votes) = polled(&tx).await?;
    let prepared = prepared_polls(&tx, now).await?;
    let walls = walls(&tx, now).await?;
    let event = rows::event(&tx.query_one(&reads::event(), &[]).await?, 0)?;
    let grants = granted(&tx, now).await?;
    tx.commit().await?;
    let past = Past {
        hub: hub.hub,
        time: rows::hub_time(now),
        wall: WallTime(wall),
        rooms,
        newest,
        // Everybody who is present is so through some run, and is in `elsewhere`.
        present: Vec::new(),
        elsewhere,
        bans,
        mutes,
        announcements,
        polls,
        prepared,
        votes,
        event,
        walls,
        grants,
        run: Some(hub.run),
        key: key(begun.get(4)),
    };
    Ok((past, epoch, place))
}

/// The announcements that are shown, the oldest first.
async fn announced(tx: &Transaction<'_>, now: i64) -> Result<Vec<Announcement>, RowError> {
    let sql = format!(
        "SELECT {ANNOUNCEMENT} FROM announcements a LEFT JOIN rooms ar ON ar.n = a.room
         WHERE (a.until_hub IS NULL OR a.until_hub > $1)
         AND (a.room IS NULL OR (NOT ar.deleted AND ar.expires_hub > $1)) ORDER BY a.made_at, a.id"
    );
    let rows = tx.query(&sql, &[&now]).await?;
    rows.iter().filter_map(|row| rows::announcement(row, 0).transpose()).collect()
}

/// The polls that are prepared, in their order.
async fn prepared_polls(tx: &Transaction<'_>, now: i64) -> Result<Vec<PreparedPoll>, RowError> {
    let sql = format!(
        "SELECT {PREPARED} FROM prepared_polls q LEFT JOIN rooms qr ON qr.n = q.room
         WHERE q.room IS NULL OR (NOT qr.deleted AND qr.expires_hub > $1) ORDER BY q.place, q.id"
    );
    let rows = tx.query(&sql, &[&now]).await?;
    rows.iter().filter_map(|row| prepared::prepared(row, 0).transpose()).collect()
}

/// The access grants of other hubs that are still valid.
async fn granted(tx: &Transaction<'_>, now: i64) -> Result<Vec<AccessGrant>, RowError> {
    let admitted =
        "SELECT r.id, e.identity, e.address, e.until_hub FROM events e JOIN rooms r ON r.n = e.room
         WHERE e.what = 11 AND e.until_hub > $1";
    let mut grants = Vec::new();
    for row in tx.query(admitted, &[&now]).await? {
        let is_identity = row.try_get::<_, Option<uuid::Uuid>>(1)?.is_some();
        let holder = match (is_identity, row.try_get(2)?) {
            (true, _) => GrantHolder::Identity(rows::identity(&row, 1)?),
            (false, Some(address)) => GrantHolder::Address(address),
            (false, None) => continue,
        };
        let until = rows::hub_time(row.try_get(3)?);
        grants.push(AccessGrant { room: rows::room_id(&row, 0)?, holder, until });
    }
    Ok(grants)
}

/// The polls, the oldest first, and the votes of those that are open.
async fn polled(
    tx: &Transaction<'_>,
) -> Result<(Vec<Poll>, Vec<(PollId, IdentityId, Choices)>), RowError> {
    let rows = tx.query(&super::reads::polls(), &[]).await?;
    let polls = rows.iter().filter_map(|row| polls::poll(row, 0).transpose());
    let votes = tx.query("SELECT poll, identity, chosen FROM poll_votes", &[]).await?;
    Ok((polls.collect::<Result<_, _>>()?, votes.iter().map(polls::vote).collect::<Result<_, _>>()?))
}

/// The walls of the living rooms that the host has set.
async fn walls(tx: &Transaction<'_>, now: i64) -> Result<Vec<(RoomId, RoomWall)>, RowError> {
    let sql = format!(
        "SELECT r.id, {WALL} FROM walls w JOIN rooms r ON r.n = w.room
         WHERE NOT r.deleted AND r.expires_hub > $1"
    );
    let mut walls = Vec::new();
    for row in tx.query(&sql, &[&now]).await? {
        let room = rows::room_id(&row, 0)?;
        walls.extend(rows::wall(&row, 1)?.map(|wall| (room, wall)));
    }
    Ok(walls)
}

/// The latest activity of each living room. The time of the last message is taken from its newest 200 places.
const NEWEST: &str = "SELECT r.id, r.last, (SELECT m.sent_at FROM messages m
        WHERE m.room = r.n AND m.seq > r.last - 200 AND m.kind = 0 ORDER BY m.seq DESC LIMIT 1)
    FROM (SELECT n, id, last_seq(n) AS last FROM rooms WHERE expires_hub > $1 AND NOT deleted) AS r";

fn newest_of(row: &Row) -> Result<(RoomId, Newest), RowError> {
    let said_at = row.try_get::<_, Option<i64>>(2)?.map(WallTime);
    Ok((rows::room_id(row, 0)?, Newest { last: Seq(row.try_get(1)?), said_at }))
}

/// Parses the key with which all hubs sign tokens, from its hexadecimal form.
fn key(hex: &str) -> Option<[u8; 32]> {
    let mut key = [0; 32];
    for (at, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hex.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_from_its_hexadecimal_form() {
        assert_eq!(key(&"0f".repeat(32)), Some([15; 32]));
        assert_eq!(key("0f"), None);
        assert_eq!(key(&"xy".repeat(32)), None);
    }
}
