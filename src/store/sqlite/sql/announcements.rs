//! Announcements, and what the host says in rooms.

use rusqlite::{Connection, OptionalExtension, params};

use crate::domain::announcement::{ANNOUNCEMENTS_MAX, Announcement};
use crate::domain::ids::{AnnouncementId, RoomId, host_chatter};
use crate::domain::message::{Alert, Kind, Message};
use crate::domain::refusal::{HostRefusal, Refusal};
use crate::domain::text::{Content, Nickname};
use crate::domain::time::{HubTime, WallTime};
use crate::store::sqlite::sql::apply::insert_message;
use crate::store::sqlite::sql::statements::{WriteError, room_number};
use crate::store::sqlite::sql::{queries, rows};
use crate::store::write::{HostSay, Moment, Say};

/// Stores what the host says in a living room. Returns it, and whether its key was used before: then it is the message
/// of then.
pub(in crate::store) fn say(
    db: &Connection,
    HostSay { room, host, content, key }: &HostSay,
    at: Moment,
) -> Result<(Message, bool), WriteError> {
    if let Some(key) = key
        && let Some(known) = queries::by_key(db, host_chatter(), key)?
    {
        return Ok((known, true));
    }
    living(db, *room, at.hub)?;
    enter_host(db, host, at)?;
    let say = Say { key: key.clone(), ..words(*room, Kind::Said, content, at) };
    Ok((insert_message(db, &say)?, false))
}

/// Refuses an announcement whose text is up in its room, or in all: [`HostRefusal::AlreadyThere`].
pub(in crate::store) fn refuse_twice(
    db: &Connection,
    Announcement { room, text, .. }: &Announcement,
    now: HubTime,
) -> Result<(), WriteError> {
    let is_up: bool = db
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM announcements a LEFT JOIN rooms r ON r.n = a.room
                 WHERE r.id IS ?1 AND a.text = ?2 AND (a.until IS NULL OR a.until > ?3))",
        )?
        .query_row(
            params![room.as_ref().map(RoomId::as_bytes), text.as_str(), rows::sql(now)],
            |row| row.get(0),
        )?;
    if is_up { Err(Refusal::Host(HostRefusal::AlreadyThere).into()) } else { Ok(()) }
}

/// Stores an announcement, and a notice of it in each room that it concerns. Returns the notices.
pub(in crate::store) fn announce(
    db: &Connection,
    announcement: &Announcement,
    host: &Nickname,
    at: Moment,
) -> Result<Vec<Message>, WriteError> {
    let Announcement { id, room, text, made_at, until } = announcement;
    let number = room.map(|room| living(db, room, at.hub)).transpose()?;
    db.prepare_cached(
        "DELETE FROM announcements WHERE until <= ?1
         OR EXISTS (SELECT 1 FROM rooms r WHERE r.n = room AND (r.deleted <> 0 OR r.expires_hub <= ?1))",
    )?
    .execute([rows::sql(at.hub)])?;
    let count: usize = db
        .prepare_cached("SELECT count(*) FROM announcements")?
        .query_row([], |row| row.get::<_, u32>(0).map(|count| count as usize))?;
    if count >= ANNOUNCEMENTS_MAX {
        return Err(Refusal::Host(HostRefusal::TooManyAnnouncements).into());
    }
    db.prepare_cached(
        "INSERT INTO announcements (id, room, text, made_at, until) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![
        id.as_bytes(),
        number,
        text.as_str(),
        made_at.0,
        until.map(rows::sql)
    ])?;
    enter_host(db, host, at)?;
    let mut notices = Vec::new();
    let rooms = match room {
        Some(room) => vec![*room],
        None => all_living(db, at.hub)?,
    };
    for room in rooms {
        notices.push(insert_message(db, &words(room, Kind::Alert(Alert::Announcement), text, at))?);
    }
    Ok(notices)
}

/// Takes an announcement down. Its notices stay.
pub(in crate::store) fn take_down(db: &Connection, id: AnnouncementId) -> Result<(), WriteError> {
    let gone =
        db.prepare_cached("DELETE FROM announcements WHERE id = ?1")?.execute([id.as_bytes()])?;
    if gone == 0 {
        return Err(Refusal::Host(HostRefusal::NoSuchAnnouncement).into());
    }
    Ok(())
}

/// The announcements that are shown, the oldest first.
pub(in crate::store) fn shown(
    db: &Connection,
    now: HubTime,
) -> rusqlite::Result<Vec<Announcement>> {
    let mut query = db.prepare_cached(
        "SELECT a.id, r.id, a.text, a.made_at, a.until FROM announcements a LEFT JOIN rooms r ON r.n = a.room
         WHERE (a.until IS NULL OR a.until > ?1) AND (a.room IS NULL OR (r.deleted = 0 AND r.expires_hub > ?1))
         ORDER BY a.made_at, a.id",
    )?;
    let announcement = |row: &rusqlite::Row<'_>| {
        Ok(Announcement {
            id: AnnouncementId::from_bytes(row.get(0)?),
            room: row.get::<_, Option<[u8; 16]>>(1)?.map(RoomId::from_bytes),
            text: Content::trusted(rows::text(row, 2)?),
            made_at: WallTime(row.get(3)?),
            until: row.get::<_, Option<i64>>(4)?.map(|_| rows::hub_time(row, 4)).transpose()?,
        })
    };
    rows::readable(query.query_map([rows::sql(now)], announcement)?)
}

/// A living room's number.
pub(in crate::store) fn living(
    db: &Connection,
    room: RoomId,
    now: HubTime,
) -> Result<i64, WriteError> {
    let number = room_number(db, room)?;
    db.prepare_cached("SELECT n FROM rooms WHERE n = ?1 AND expires_hub > ?2")?
        .query_row([number, rows::sql(now)], |row| row.get(0))
        .optional()?
        .ok_or(WriteError::Refused(Refusal::Expired))
}

/// The living rooms.
pub(in crate::store) fn all_living(db: &Connection, now: HubTime) -> rusqlite::Result<Vec<RoomId>> {
    let mut query = db
        .prepare_cached("SELECT id FROM rooms WHERE expires_hub > ?1 AND deleted = 0 ORDER BY n")?;
    let rooms = query.query_map([rows::sql(now)], |row| row.get(0).map(RoomId::from_bytes))?;
    rows::readable(rooms)
}

/// Makes sure that the chatter as whom the host speaks is there, under today's name.
pub(in crate::store) fn enter_host(
    db: &Connection,
    name: &Nickname,
    at: Moment,
) -> rusqlite::Result<()> {
    let host = host_chatter();
    db.prepare_cached(
        "INSERT INTO chatters (id, identity, nickname, created_at) VALUES (?1, ?1, ?2, ?3)
         ON CONFLICT (id) DO UPDATE SET nickname = excluded.nickname WHERE nickname <> excluded.nickname",
    )?
    .execute(params![host.as_bytes(), name.as_str(), at.wall.0])?;
    Ok(())
}

/// Words of the host in a room.
pub(in crate::store) fn words(room: RoomId, kind: Kind, content: &Content, at: Moment) -> Say {
    Say::plain(room, host_chatter(), kind, content.as_str().to_owned(), at)
}
