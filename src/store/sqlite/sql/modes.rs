//! The modes of rooms, and who may write in them when.

use rusqlite::{Connection, OptionalExtension, params};

use crate::domain::ids::{ChatterId, RoomId};
use crate::domain::message::{Alert, Kind};
use crate::domain::mode::{Mode, RoomMode};
use crate::domain::refusal::Refusal;
use crate::domain::time::HubTime;
use crate::store::mode::{LOOKED_THROUGH, ModeColumns};
use crate::store::sqlite::sql::statements::{WriteError, room_number};
use crate::store::sqlite::sql::{queries, rows};
use crate::store::write::{Join, Moment, Say, SetMode};

/// Sets the mode of rooms. One that is no longer there is left out. Returns whether it has changed anything.
///
/// # Errors
/// [`Refusal::NoSuchRoom`] if none of them is there.
pub(in crate::store) fn set(
    db: &Connection,
    set: &SetMode,
    at: Moment,
) -> Result<bool, WriteError> {
    let (mut is_any, mut is_new) = (false, false);
    for room in &set.rooms {
        match room_number(db, *room) {
            Ok(room) => is_new |= set_one(db, room, set.mode, at.hub)?,
            Err(WriteError::Refused(_)) => continue,
            Err(failed) => return Err(failed),
        }
        is_any = true;
    }
    if is_any { Ok(is_new) } else { Err(Refusal::NoSuchRoom.into()) }
}

fn set_one(db: &Connection, room: i64, mode: RoomMode, now: HubTime) -> rusqlite::Result<bool> {
    let ModeColumns { shut, mode: number, every, until } = mode.into();
    let changed = db
        .prepare_cached(
            "UPDATE rooms SET shut = ?2, mode = ?3, every = ?4, mode_until = ?5
             WHERE n = ?1 AND (shut, mode, every, mode_until) IS NOT (?2, ?3, ?4, ?5)",
        )?
        .execute(params![room, shut, number, every, until])?;
    let Mode::Slow(every) = mode.mode else { return Ok(changed > 0) };
    // So that a message from just before counts, too.
    let beyond = queries::last_seq(db, room)?.0 - LOOKED_THROUGH;
    let since = rows::sql(now) - i64::try_from(every.as_millis()).unwrap_or(i64::MAX);
    db.prepare_cached(
        "UPDATE memberships INDEXED BY memberships_by_chatter SET said_hub = said.at
         FROM (SELECT chatter AS who, max(sent_hub) AS at FROM messages
               WHERE room = ?1 AND seq > ?2 AND sent_hub > ?3 AND kind IN (0, 1) GROUP BY chatter) AS said
         WHERE memberships.chatter = said.who AND memberships.room = ?1",
    )?
    .execute(params![room, beyond, since])?;
    Ok(changed > 0)
}

/// The mode that holds in a room at `now`.
pub(in crate::store) fn mode(
    db: &Connection,
    room: i64,
    now: HubTime,
) -> rusqlite::Result<RoomMode> {
    let mode = db
        .prepare_cached("SELECT shut, mode, every, mode_until FROM rooms WHERE n = ?1")?
        .query_row([room], |row| rows::mode(row, 0))?;
    Ok(mode.at(now))
}

/// Whether the room's mode lets a newcomer in now.
pub(in crate::store) fn admits(db: &Connection, room: i64, join: &Join) -> rusqlite::Result<bool> {
    let mode = mode(db, room, join.at.hub)?.mode;
    let came = match mode {
        Mode::Members(Some(_)) => queries::came(db, join.identity)?,
        _ => None,
    };
    Ok(mode.admits(came, join.at.hub))
}

/// Refuses a message that the room's mode does not allow now. Notices of the hub itself are always allowed. Returns
/// whether the room is slow, so that [`has_said`] is to be called once the message is stored.
pub(in crate::store) fn may_say(db: &Connection, say: &Say) -> Result<bool, WriteError> {
    if !matches!(say.kind, Kind::Said | Kind::Alert(Alert::Note)) {
        return Ok(false);
    }
    let room = room_number(db, say.room)?;
    let mode = mode(db, room, say.at.hub)?.mode;
    let is_slow = matches!(mode, Mode::Slow(_));
    let said = if is_slow { last_said(db, room, say.chatter)? } else { None };
    let came = match mode {
        Mode::Members(Some(_)) => came(db, say.chatter)?,
        _ => HubTime(0),
    };
    mode.may_write(said, came, say.at.hub)?;
    Ok(is_slow)
}

/// When the browser of a chatter first came into a room of the hub.
fn came(db: &Connection, chatter: ChatterId) -> rusqlite::Result<HubTime> {
    let owner = queries::chatter(db, chatter)?.map(|(_, identity)| identity);
    let came = owner.map(|identity| queries::came(db, identity)).transpose()?;
    Ok(came.flatten().unwrap_or(HubTime(0)))
}

fn last_said(db: &Connection, room: i64, chatter: ChatterId) -> rusqlite::Result<Option<HubTime>> {
    let said = db
        .prepare_cached(
            "SELECT said_hub FROM memberships INDEXED BY memberships_by_chatter
             WHERE chatter = (SELECT n FROM chatters WHERE id = ?2) AND room = ?1",
        )?
        .query_row(params![room, chatter.as_bytes()], |row| row.get::<_, Option<i64>>(0))
        .optional()?;
    Ok(said.flatten().map(|said| HubTime(u64::try_from(said).unwrap_or(0))))
}

/// Notes that somebody has written in a slow room.
pub(in crate::store) fn has_said(
    db: &Connection,
    (room, chatter): (RoomId, ChatterId),
    now: HubTime,
) -> rusqlite::Result<()> {
    db.prepare_cached(
        "UPDATE memberships INDEXED BY memberships_by_chatter SET said_hub = ?3
         WHERE room = (SELECT n FROM rooms WHERE id = ?1)
         AND chatter = (SELECT n FROM chatters WHERE id = ?2)",
    )?
    .execute(params![room.as_bytes(), chatter.as_bytes(), rows::sql(now)])?;
    Ok(())
}
