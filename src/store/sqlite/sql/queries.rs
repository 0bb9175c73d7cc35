//! The queries, for any connection.

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::domain::chatter::Chatter;
use crate::domain::code::Code;
use crate::domain::ids::{ChatterId, Epoch, HubId, IdentityId, RoomId, Seq};
use crate::domain::message::Message;
use crate::domain::reactions::{Chosen, Reacted};
use crate::domain::room::{Newest, Room};
use crate::domain::text::{Key, Title};
use crate::domain::time::{HubTime, WallTime};
use crate::store::archive::ArchivedRoom;
use crate::store::sqlite::sql::rows;
use crate::store::write::{REACTED_MAX, TAKEN_BACK_MAX};

/// A member of a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The room.
    pub room: RoomId,
    /// The chatter.
    pub chatter: Chatter,
    /// The identity that owns the chatter.
    pub owner: IdentityId,
    /// The first message that they may read and that is still stored.
    pub first: Seq,
    /// Whether earlier messages, which they could once read, have been pruned.
    pub pruned: bool,
}

pub(in crate::store) fn live_rooms(db: &Connection, now: HubTime) -> rusqlite::Result<Vec<Room>> {
    let sql = format!("SELECT {} FROM rooms WHERE expires_hub > ?1 ORDER BY n", rows::ROOM);
    rows::readable(db.prepare_cached(&sql)?.query_map([rows::sql(now)], rows::room)?)
}

pub(in crate::store) fn room(db: &Connection, id: RoomId) -> rusqlite::Result<Option<Room>> {
    let sql = format!("SELECT {} FROM rooms WHERE id = ?1 AND deleted = 0", rows::ROOM);
    db.prepare_cached(&sql)?.query_row([id.as_bytes()], rows::room).optional()
}

/// Whether a room with this code is stored, living or ended.
pub(in crate::store) fn has_code(db: &Connection, code: Code) -> rusqlite::Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM rooms WHERE code = ?1 AND deleted = 0)";
    db.prepare_cached(sql)?.query_row([code.as_str()], |row| row.get(0))
}

pub(in crate::store) const MEMBER: &str =
    "SELECT r.id, c.id, c.nickname, c.created_at, s.left_at, s.identity,
            max(s.first_seq, r.pruned + 1), r.pruned >= s.first_seq
     FROM memberships s JOIN rooms r ON r.n = s.room AND r.deleted = 0
     JOIN chatters c ON c.n = s.chatter";

fn as_member(row: &Row<'_>) -> rusqlite::Result<Member> {
    Ok(Member {
        room: RoomId::from_bytes(row.get(0)?),
        chatter: rows::chatter(row, 1)?,
        owner: rows::identity(row, 5)?,
        first: Seq(row.get(6)?),
        pruned: row.get(7)?,
    })
}

/// The members who were present in the living rooms when the hub last ran.
pub(in crate::store) fn present(db: &Connection, now: HubTime) -> rusqlite::Result<Vec<Member>> {
    let sql = format!("{MEMBER} WHERE s.left_at IS NULL AND r.expires_hub > ?1");
    rows::readable(db.prepare_cached(&sql)?.query_map([rows::sql(now)], as_member)?)
}

pub(in crate::store) fn member_by_chatter(
    db: &Connection,
    room: RoomId,
    chatter: ChatterId,
) -> rusqlite::Result<Option<Member>> {
    let sql = format!("{MEMBER} WHERE r.id = ?1 AND c.id = ?2");
    db.prepare_cached(&sql)?
        .query_row(params![room.as_bytes(), chatter.as_bytes()], as_member)
        .optional()
}

pub(in crate::store) fn member_by_identity(
    db: &Connection,
    room: RoomId,
    identity: IdentityId,
) -> rusqlite::Result<Option<Member>> {
    let sql = format!("{MEMBER} WHERE r.id = ?1 AND s.identity = ?2");
    db.prepare_cached(&sql)?
        .query_row(params![room.as_bytes(), identity.as_bytes()], as_member)
        .optional()
}

pub(in crate::store) fn chatter(
    db: &Connection,
    id: ChatterId,
) -> rusqlite::Result<Option<(Chatter, IdentityId)>> {
    db.prepare_cached(
        "SELECT id, nickname, created_at, NULL, identity FROM chatters WHERE id = ?1",
    )?
    .query_row([id.as_bytes()], |row| Ok((rows::chatter(row, 0)?, rows::identity(row, 4)?)))
    .optional()
}

/// When a browser first came into a room of the hub.
pub(in crate::store) fn came(
    db: &Connection,
    identity: IdentityId,
) -> rusqlite::Result<Option<HubTime>> {
    db.prepare_cached("SELECT min(created_hub) FROM chatters WHERE identity = ?1")?
        .query_row([identity.as_bytes()], |row| {
            row.get::<_, Option<i64>>(0)?.map(|_| rows::hub_time(row, 0)).transpose()
        })
}

/// The `seq` of a room's newest message, which may have been pruned.
pub(in crate::store) fn last_seq(db: &Connection, room: i64) -> rusqlite::Result<Seq> {
    db.prepare_cached(
        "SELECT coalesce((SELECT max(seq) FROM messages WHERE room = ?1),
                         (SELECT pruned FROM rooms WHERE n = ?1))",
    )?
    .query_row([room], |row| row.get(0).map(Seq))
}

/// The latest activity of each living room. The time of the last message is taken from its newest 200 places.
pub(in crate::store) fn newest(
    db: &Connection,
    now: HubTime,
) -> rusqlite::Result<Vec<(RoomId, Newest)>> {
    let mut query = db.prepare_cached(
        "SELECT r.id, r.last, (SELECT m.sent_at FROM messages m
             WHERE m.room = r.n AND m.seq > r.last - 200 AND m.kind = 0 ORDER BY m.seq DESC LIMIT 1)
         FROM (SELECT n, id, coalesce((SELECT max(seq) FROM messages WHERE room = n), pruned) AS last
               FROM rooms WHERE expires_hub > ?1 AND deleted = 0) AS r",
    )?;
    let newest = |row: &Row<'_>| {
        let said_at = row.get::<_, Option<i64>>(2)?.map(WallTime);
        Ok((RoomId::from_bytes(row.get(0)?), Newest { last: Seq(row.get(1)?), said_at }))
    };
    rows::readable(query.query_map([rows::sql(now)], newest)?)
}

/// The newest message; 0 if there is none.
pub(in crate::store) fn newest_message(db: &Connection) -> rusqlite::Result<i64> {
    db.query_row("SELECT coalesce(max(id), 0) FROM messages", [], |row| row.get(0))
}

/// All rooms that are kept, in the order in which they were made.
pub(in crate::store) fn archived_rooms(db: &Connection) -> rusqlite::Result<Vec<ArchivedRoom>> {
    let mut rooms = db.prepare(
        "SELECT id, code, title, created_at, pruned, coalesce((SELECT max(seq) FROM messages WHERE room = n), pruned),
             coalesce((SELECT sent_at FROM messages WHERE room = n ORDER BY seq DESC LIMIT 1), created_at)
         FROM rooms WHERE deleted = 0 ORDER BY n",
    )?;
    let room = |row: &Row<'_>| {
        Ok(ArchivedRoom {
            id: RoomId::from_bytes(row.get(0)?),
            code: rows::parsed(row, 1)?,
            title: Title::trusted(rows::text(row, 2)?),
            made_at: WallTime(row.get(3)?),
            pruned: Seq(row.get(4)?),
            last: Seq(row.get(5)?),
            newest_at: WallTime(row.get(6)?),
        })
    };
    rows::readable(rooms.query_map([], room)?)
}

/// The epoch in which the places of this file are valid.
pub(in crate::store) fn epoch(db: &Connection) -> rusqlite::Result<Epoch> {
    db.prepare_cached("SELECT value FROM meta WHERE key = 'epoch'")?
        .query_row([], |row| row.get(0))
        .optional()
        .map(|epoch| Epoch(epoch.unwrap_or(0)))
}

/// The places of messages that were taken back, up to this one, last first; at most one more than an answer holds.
pub(in crate::store) fn taken_back(
    db: &Connection,
    room: i64,
    last: Seq,
) -> rusqlite::Result<Vec<Seq>> {
    let most = i64::try_from(TAKEN_BACK_MAX + 1).unwrap_or(i64::MAX);
    db.prepare_cached(
        "SELECT seq FROM messages WHERE room = ?1 AND seq <= ?2 AND taken_back <> 0
         ORDER BY seq DESC LIMIT ?3",
    )?
    .query_map([room, last.0, most], |row| row.get(0).map(Seq))?
    .collect()
}

/// When reactions to messages of a room last changed. Later times may come again after a restart.
pub(in crate::store) fn reactions_at(db: &Connection, room: i64) -> rusqlite::Result<HubTime> {
    db.prepare_cached(
        "SELECT coalesce(max(reacted), 0) FROM messages WHERE room = ?1 AND reacted IS NOT NULL",
    )?
    .query_row([room], |row| rows::hub_time(row, 0))
}

/// Messages after a place, as `reader` reads them, oldest first, at most `most` and `bytes`; and whether there are
/// more.
pub(in crate::store) fn after(
    db: &Connection,
    (room, reader): (RoomId, Option<ChatterId>),
    after: Seq,
    most: usize,
    bytes: usize,
) -> rusqlite::Result<(Vec<Message>, bool)> {
    let sql = format!(
        "SELECT {} WHERE m.room = (SELECT n FROM rooms WHERE id = ?1) AND m.seq > ?2
         ORDER BY m.seq LIMIT ?3",
        rows::message_for("?4")
    );
    let limit = i64::try_from(most + 1).unwrap_or(i64::MAX);
    let mut query = db.prepare_cached(&sql)?;
    let found = query
        .query_map(params![room.as_bytes(), after.0, limit, id(reader.as_ref())], rows::message)?;
    rows::messages(found, most, bytes)
}

/// Messages from `first` on before a place, as `reader` reads them, oldest first, at most `most` and `bytes`; and
/// whether there are more.
pub(in crate::store) fn before(
    db: &Connection,
    (room, reader): (RoomId, Option<ChatterId>),
    first: Seq,
    before: Seq,
    most: usize,
    bytes: usize,
) -> rusqlite::Result<(Vec<Message>, bool)> {
    let sql = format!(
        "SELECT {} WHERE m.room = (SELECT n FROM rooms WHERE id = ?1)
         AND m.seq < ?2 AND m.seq >= ?3 ORDER BY m.seq DESC LIMIT ?4",
        rows::message_for("?5")
    );
    let limit = i64::try_from(most + 1).unwrap_or(i64::MAX);
    let mut query = db.prepare_cached(&sql)?;
    let found = query.query_map(
        params![room.as_bytes(), before.0, first.0, limit, id(reader.as_ref())],
        rows::message,
    )?;
    let (mut messages, more) = rows::messages(found, most, bytes)?;
    messages.reverse();
    Ok((messages, more))
}

/// Page `page` (1 is the newest) of a room's messages from `first` on, oldest first.
pub(in crate::store) fn page(
    db: &Connection,
    (room, reader): (RoomId, Option<ChatterId>),
    first: Seq,
    page: u32,
    size: u32,
) -> rusqlite::Result<Vec<Message>> {
    let Some(number) = db
        .prepare_cached("SELECT n FROM rooms WHERE id = ?1")?
        .query_row([room.as_bytes()], |row| row.get::<_, i64>(0))
        .optional()?
    else {
        return Ok(Vec::new());
    };
    // Places have no gaps, so a page is a range of them.
    let end = last_seq(db, number)?.next().0 - i64::from(page - 1) * i64::from(size);
    let start = Seq((end - i64::from(size)).max(first.0));
    // A page is always complete, whatever its size: clients that ask for pages rely on that.
    before(db, (room, reader), start, Seq(end), size as usize, usize::MAX)
        .map(|(messages, _)| messages)
}

/// The messages in these places, as `reader` reads them, in this order.
pub(in crate::store) fn at_places(
    db: &Connection,
    (room, reader): (RoomId, Option<ChatterId>),
    places: &[Seq],
) -> rusqlite::Result<Vec<Message>> {
    let sql = format!(
        "SELECT {} WHERE m.room = (SELECT n FROM rooms WHERE id = ?1) AND m.seq = ?2",
        rows::message_for("?3")
    );
    let mut whole = db.prepare_cached(&sql)?;
    let mut messages = Vec::with_capacity(places.len());
    for seq in places {
        let params = params![room.as_bytes(), seq.0, id(reader.as_ref())];
        messages.extend(whole.query_row(params, rows::message).optional()?);
    }
    Ok(messages)
}

fn id(chatter: Option<&ChatterId>) -> Option<&[u8]> {
    chatter.map(|id| id.as_bytes().as_slice())
}

/// The reactions and votes of messages in a range (both ends included) that have changed since a time, as `reader` reads them.
pub(in crate::store) fn reacted(
    db: &Connection,
    (room, reader): (i64, ChatterId),
    since: HubTime,
    (first, last): (Seq, Seq),
) -> rusqlite::Result<Vec<Reacted>> {
    let most = i64::try_from(REACTED_MAX + 1).unwrap_or(i64::MAX);
    db.prepare_cached(
        "SELECT m.seq, m.reactions, m.reacted, (SELECT x.chosen FROM reactions x
             WHERE x.message = m.id AND x.chatter = (SELECT n FROM chatters WHERE id = ?6)), m.votes, m.answered
         FROM messages m WHERE m.room = ?1 AND m.reacted >= ?2 AND m.seq >= ?3 AND m.seq <= ?4
         ORDER BY m.reacted LIMIT ?5",
    )?
    .query_map(params![room, rows::sql(since), first.0, last.0, most, reader.as_bytes()], |row| {
        let counts: Option<Vec<u8>> = row.get(1)?;
        Ok(Reacted {
            seq: Seq(row.get(0)?),
            reactions: rows::reactions(counts.as_deref()),
            mine: Chosen::from_bits(row.get::<_, Option<i64>>(3)?.unwrap_or(0)),
            at: rows::hub_time(row, 2)?,
            question: rows::question(row, 4)?,
        })
    })?
    .collect()
}

/// The message that a chatter has sent with this key.
pub(in crate::store) fn by_key(
    db: &Connection,
    chatter: ChatterId,
    key: &Key,
) -> rusqlite::Result<Option<Message>> {
    let sql = format!("SELECT {} WHERE c.id = ?1 AND m.key = ?2", rows::message_for("?1"));
    db.prepare_cached(&sql)?
        .query_row(params![chatter.as_bytes(), key.as_str()], rows::message)
        .optional()
}

/// The hub's id. `None` if no hub has used the file, or the id cannot be read.
pub(in crate::store) fn hub_id(db: &Connection) -> rusqlite::Result<Option<HubId>> {
    let known = db
        .query_row("SELECT value FROM meta WHERE key = 'hub_id'", [], |row| row.get(0))
        .optional();
    match known {
        // A corrupted value is not an id.
        Err(error) if error.sqlite_error().is_none() => Ok(None),
        other => Ok(other?.map(HubId::from_bytes)),
    }
}

/// The hub's former ids, 16 bytes each, oldest first.
pub(in crate::store) fn former_ids(db: &Connection) -> rusqlite::Result<Vec<u8>> {
    let known = db
        .query_row("SELECT value FROM meta WHERE key = 'former_ids'", [], |row| row.get(0))
        .optional();
    match known {
        Err(error) if error.sqlite_error().is_none() => Ok(Vec::new()),
        other => Ok(other?.unwrap_or_default()),
    }
}

/// The latest wall time in the file.
pub(in crate::store) fn wall_time(db: &Connection) -> rusqlite::Result<WallTime> {
    db.query_row(
        "SELECT max(
             coalesce((SELECT value FROM meta WHERE key = 'wall_time'), 0),
             coalesce((SELECT sent_at FROM messages ORDER BY id DESC LIMIT 1), 0),
             coalesce((SELECT created_at FROM rooms ORDER BY n DESC LIMIT 1), 0))",
        [],
        |row| row.get(0).map(WallTime),
    )
}

/// The latest hub time in the file.
pub(in crate::store) fn hub_time(db: &Connection) -> rusqlite::Result<HubTime> {
    db.query_row(
        "SELECT max(
             coalesce((SELECT value FROM meta WHERE key = 'hub_time'), 0),
             coalesce((SELECT sent_hub FROM messages ORDER BY id DESC LIMIT 1), 0),
             coalesce((SELECT max(created_hub) FROM rooms), 0))",
        [],
        |row| rows::hub_time(row, 0),
    )
}
