//! What each write does to the database.
//!
//! Each runs inside the batch's transaction, in the order in which the hub submitted it.

use rusqlite::{Connection, OptionalExtension, params};

use super::read;
use super::rows::{self, kind_columns};
use super::write::{Join, Joined, Leave, MISSED_MAX, Moment, Rename, Say, Write, Written};
use crate::domain::chatter::Chatter;
use crate::domain::ids::{ChatterId, IdentityId, MessageId, RoomId, Seq};
use crate::domain::language::Language;
use crate::domain::message::{Alert, Kind, Message};
use crate::domain::refusal::Refusal;
use crate::domain::room::Room;
use crate::domain::text::Key;
use crate::domain::time::WallTime;
use crate::domain::words;

/// Why a write did not happen.
#[derive(Debug)]
pub(super) enum WriteError {
    /// It was refused; the rest of the batch goes on.
    Refused(Refusal),
    /// The database failed; the whole batch is rolled back.
    Failed(rusqlite::Error),
}

impl From<rusqlite::Error> for WriteError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error)
    }
}

impl From<Refusal> for WriteError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Does one write inside the transaction under way.
pub(super) fn perform(db: &Connection, write: &Write) -> Result<Written, WriteError> {
    match write {
        Write::Room(room) => insert_room(db, room).map(|()| Written::Done),
        Write::Join(join) => perform_join(db, join).map(Written::Joined),
        Write::Say(say) => perform_say(db, say),
        Write::Leave(leave) => perform_leave(db, leave),
        Write::Rename(rename) => perform_rename(db, rename),
        Write::Mark(time) => {
            set_meta(db, "hub_time", rows::sql(*time))?;
            Ok(Written::Done)
        }
        Write::Ping => Ok(Written::Done),
    }
}

fn insert_room(db: &Connection, room: &Room) -> Result<(), WriteError> {
    db.prepare_cached(
        "INSERT INTO rooms (id, code, title, namespace, capacity, lock, created_at, created_hub, lifetime)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        room.id.as_bytes(),
        room.code.as_str(),
        room.title.as_str(),
        room.namespace.as_str(),
        room.capacity,
        room.lock.as_ref().map(|hash| &hash.0),
        room.created_at.0,
        rows::sql(room.created),
        i64::try_from(room.lifetime.as_millis()).unwrap_or(i64::MAX),
    ])?;
    Ok(())
}

fn perform_join(db: &Connection, join: &Join) -> Result<Joined, WriteError> {
    let room = room_number(db, join.room)?;
    let before = read::last_seq(db, room)?;
    let (chatter, first) = match member(db, room, join.identity)? {
        Some(known) => {
            set_left(db, join.room, known.0.id, None)?;
            known
        }
        None if !join.admitted => return Err(Refusal::Locked.into()),
        None => (enroll(db, room, join, before.next())?, before.next()),
    };
    let chatter = Chatter { left_at: None, ..chatter };
    let alert = match join.notice {
        Some(language) => {
            Some(notice(db, join.room, &chatter, Alert::Joined(1), language, join.at)?)
        }
        None => None,
    };
    let last = alert.as_ref().map_or(before, |alert| alert.seq);
    let (missed, more) = match join.after {
        Some(after) => read::after(db, join.room, after.max(Seq(first.0 - 1)), MISSED_MAX)?,
        None => (Vec::new(), false),
    };
    Ok(Joined { chatter, alert, first, last, missed, more })
}

/// The chatter that an identity is in a room, and the first message they may read.
fn member(
    db: &Connection,
    room: i64,
    identity: IdentityId,
) -> rusqlite::Result<Option<(Chatter, Seq)>> {
    db.prepare_cached(
        "SELECT c.id, c.nickname, c.created_at, s.left_at, s.first_seq
         FROM memberships s JOIN chatters c ON c.n = s.chatter
         WHERE s.room = ?1 AND s.identity = ?2",
    )?
    .query_row(params![room, identity.as_bytes()], |row| {
        Ok((rows::chatter(row, 0)?, Seq(row.get(4)?)))
    })
    .optional()
}

/// Makes somebody a member: as the chatter they own already, or as a fresh one.
fn enroll(db: &Connection, room: i64, join: &Join, first: Seq) -> rusqlite::Result<Chatter> {
    let (number, chatter) = match owned(db, join.identity, join.wanted)? {
        Some(own) => own,
        None => {
            let fresh = &join.fresh;
            db.prepare_cached(
                "INSERT INTO chatters (id, identity, nickname, created_at) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![
                fresh.id.as_bytes(),
                join.identity.as_bytes(),
                fresh.nickname.as_str(),
                fresh.created_at.0,
            ])?;
            (db.last_insert_rowid(), fresh.clone())
        }
    };
    db.prepare_cached(
        "INSERT INTO memberships (room, identity, chatter, first_seq) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![room, join.identity.as_bytes(), number, first.0])?;
    Ok(chatter)
}

fn owned(
    db: &Connection,
    identity: IdentityId,
    wanted: Option<ChatterId>,
) -> rusqlite::Result<Option<(i64, Chatter)>> {
    let Some(wanted) = wanted else {
        return Ok(None);
    };
    db.prepare_cached(
        "SELECT n, id, nickname, created_at, NULL FROM chatters WHERE id = ?1 AND identity = ?2",
    )?
    .query_row(params![wanted.as_bytes(), identity.as_bytes()], |row| {
        Ok((row.get(0)?, rows::chatter(row, 1)?))
    })
    .optional()
}

fn perform_say(db: &Connection, say: &Say) -> Result<Written, WriteError> {
    if let Some(key) = &say.key
        && let Some(message) = read::by_key(db, say.chatter, key)?
    {
        return Ok(Written::Said { message, repeated: true });
    }
    let message = insert_message(db, say)?;
    Ok(Written::Said { message, repeated: false })
}

fn perform_leave(db: &Connection, leave: &Leave) -> Result<Written, WriteError> {
    set_left(db, leave.room, leave.chatter.id, Some(leave.at.wall))?;
    let alert = match leave.notice {
        Some(language) => {
            let left = Alert::Left(1);
            Some(notice(db, leave.room, &leave.chatter, left, language, leave.at)?)
        }
        None => None,
    };
    Ok(Written::Left { alert })
}

fn perform_rename(db: &Connection, rename: &Rename) -> Result<Written, WriteError> {
    let (chatter, owner) =
        read::chatter(db, rename.chatter)?.ok_or(WriteError::Refused(Refusal::NoSuchChatter))?;
    if rename.owner.is_some_and(|wanted| wanted != owner) {
        return Err(Refusal::NotYours.into());
    }
    db.prepare_cached("UPDATE chatters SET nickname = ?2 WHERE id = ?1")?
        .execute(params![rename.chatter.as_bytes(), rename.nickname.as_str()])?;
    let was = chatter.nickname.clone();
    let chatter = Chatter { nickname: rename.nickname.clone(), ..chatter };
    let alert = match rename.notice {
        Some((room, language)) => {
            let renamed = Alert::Renamed { was, now: rename.nickname.clone() };
            Some(notice(db, room, &chatter, renamed, language, rename.at)?)
        }
        None => None,
    };
    Ok(Written::Renamed { chatter, alert })
}

fn notice(
    db: &Connection,
    room: RoomId,
    chatter: &Chatter,
    alert: Alert,
    language: Language,
    at: Moment,
) -> Result<Message, WriteError> {
    let content = words::alert(language, &alert, &chatter.nickname);
    let kind = Kind::Alert(alert);
    insert_message(db, &Say { room, chatter: chatter.id, kind, content, key: None, at })
}

/// Gives a message its id and its place in the room.
fn insert_message(db: &Connection, say: &Say) -> Result<Message, WriteError> {
    let room = room_number(db, say.room)?;
    let seq = read::last_seq(db, room)?.next();
    let (number, chatter) = db
        .prepare_cached(
            "SELECT c.n, c.id, c.nickname, c.created_at, s.left_at
             FROM chatters c LEFT JOIN memberships s ON s.chatter = c.n AND s.room = ?2
             WHERE c.id = ?1",
        )?
        .query_row(params![say.chatter.as_bytes(), room], |row| {
            Ok((row.get::<_, i64>(0)?, rows::chatter(row, 1)?))
        })
        .optional()?
        .ok_or(WriteError::Refused(Refusal::NoSuchChatter))?;
    let (kind, count, was, now) = kind_columns(&say.kind);
    db.prepare_cached(
        "INSERT INTO messages (room, seq, chatter, kind, content, count, was, now, sent_at, sent_hub, key)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?
    .execute(params![
        room,
        seq.0,
        number,
        kind,
        say.content,
        count,
        was,
        now,
        say.at.wall.0,
        rows::sql(say.at.hub),
        say.key.as_ref().map(Key::as_str),
    ])?;
    Ok(Message {
        id: MessageId(db.last_insert_rowid()),
        seq,
        room: say.room,
        kind: say.kind.clone(),
        content: say.content.clone(),
        sent_at: say.at.wall,
        chatter,
    })
}

fn set_left(
    db: &Connection,
    room: RoomId,
    chatter: ChatterId,
    left: Option<WallTime>,
) -> rusqlite::Result<()> {
    db.prepare_cached(
        "UPDATE memberships SET left_at = ?3
         WHERE room = (SELECT n FROM rooms WHERE id = ?1)
         AND chatter = (SELECT n FROM chatters WHERE id = ?2)",
    )?
    .execute(params![room.as_bytes(), chatter.as_bytes(), left.map(|at| at.0)])?;
    Ok(())
}

fn room_number(db: &Connection, room: RoomId) -> Result<i64, WriteError> {
    db.prepare_cached("SELECT n FROM rooms WHERE id = ?1")?
        .query_row([room.as_bytes()], |row| row.get(0))
        .optional()?
        .ok_or(WriteError::Refused(Refusal::NoSuchRoom))
}

/// Sets one of the hub's own values.
pub(super) fn set_meta(
    db: &Connection,
    key: &str,
    value: impl rusqlite::ToSql,
) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)")?
        .execute(params![key, value])?;
    Ok(())
}
