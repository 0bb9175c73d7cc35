//! The host's actions, and their log.

use std::net::IpAddr;

use rusqlite::{Connection, OptionalExtension, params};

use crate::domain::announcement::Announcement;
use crate::domain::host::HostName;
use crate::domain::ids::{ChatterId, HeldId, MessageId, RoomId, Seq};
use crate::domain::message::excerpt;
use crate::domain::question::Dropped;
use crate::domain::refusal::Refusal;
use crate::domain::room::History;
use crate::domain::text::Nickname;
use crate::domain::time::WallTime;
use crate::store::sqlite::sql::statements::{WriteError, insert_room, room_number, set_meta};
use crate::store::sqlite::sql::{
    announcements, event, held, host_keys, modes, people, polls, prepared, questions, reports,
    rooms, rows, walls,
};
use crate::store::write::{Ban, ClosePoll, Deed, HostAct, HostSay, MakePoll, Moment, Written};

/// How many actions the log keeps.
const LOG_MAX: i64 = 10_000;

/// Deletes a message's content, quote, mentions, reaction counts and votes. Its key stays, so that a retry does not bring it
/// back.
pub(in crate::store) const EMPTY: &str =
    "UPDATE messages SET content = '', taken_back = 1, reply_to = NULL, mentions = NULL,
     reactions = NULL, reacted = NULL, votes = NULL, answered = 0 WHERE id = ?1";

/// Runs [`EMPTY`], and deletes who has reacted to the message.
pub(in crate::store) fn empty(db: &Connection, message: i64) -> rusqlite::Result<()> {
    db.prepare_cached(EMPTY)?.execute([message])?;
    db.prepare_cached("DELETE FROM reactions WHERE message = ?1")?.execute([message])?;
    Ok(())
}

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// When, in wall time.
    pub at: WallTime,
    /// The action, as on the command line: `room close`.
    pub deed: String,
    /// Its object, as it was called then, with an excerpt of what the host has said, if that can still be read.
    pub what: String,
    /// The holder of the key that was used. `None` if it was done on the hub's own machine.
    pub by: Option<HostName>,
}

/// The object of an action, with an excerpt of what the host has said. A message that was taken back has none.
pub(in crate::store) fn with_excerpt(what: String, said: Option<&str>) -> String {
    match said {
        None | Some("") => what,
        Some(said) => format!("{what} {:?}", excerpt(said)),
    }
}

/// Applies an action of the host and logs it, inside the current transaction.
pub(in crate::store) fn apply(db: &Connection, act: &HostAct) -> Result<Written, WriteError> {
    let told = |deed, written| Ok(remembered(db, deed, act, written, None)?);
    let deed = match &act.deed {
        Deed::Create(room) => insert_room(db, room).map(|()| "room create")?,
        Deed::CreateOnce(room) => {
            rooms::insert_once(db, room, act.at.hub)?;
            "room create"
        }
        Deed::SetMode(set) => return changed(db, set.deed, act, modes::set(db, set, act.at)?),
        Deed::History(room, history) => {
            set_history(db, *room, *history)?;
            "room history"
        }
        Deed::Edit(room, edit) => {
            return changed(db, "room edit", act, rooms::edit(db, *room, edit)?);
        }
        Deed::SetWall(room, edit) => {
            return told("wall set", Written::WallSet(walls::set(db, *room, edit)?));
        }
        Deed::TakeBack(room, seqs) => {
            return told("message delete", Written::TakenBack(take_back(db, *room, seqs)?));
        }
        Deed::Answered(room, seq, on) => return mark(db, (*room, *seq), *on, act),
        Deed::LetThrough(held) => return let_through(db, *held, act),
        Deed::DropHeld(held) => {
            return told("question drop", Written::dropping(vec![held::drop_one(db, *held)?]));
        }
        Deed::Close(room) => {
            return told("room close", Written::dropping(end_room(db, *room, act.at)?));
        }
        Deed::Delete(room) => {
            return told("room delete", Written::dropping(delete_room(db, *room, act)?));
        }
        Deed::Kick(_) => "chatter kick",
        Deed::Ban(ban) => return told("chatter ban", Written::dropping(insert_ban(db, ban)?)),
        Deed::Unban(chatter) => {
            delete_ban(db, *chatter)?;
            "chatter unban"
        }
        Deed::Mute(mute) => {
            return told("chatter mute", Written::dropping(people::mute(db, mute, act.at)?));
        }
        Deed::Unmute(_, identity) => {
            people::unmute(db, *identity)?;
            "chatter unmute"
        }
        Deed::Rename(rename) => return told("chatter rename", people::rename(db, rename, act.at)?),
        Deed::Say(host_say) => return say(db, host_say, act),
        Deed::Announce(announcement, host) => return announce(db, announcement, host, act),
        Deed::AnnounceOnce(announcement, host) => {
            announcements::refuse_twice(db, announcement, act.at.hub)?;
            return announce(db, announcement, host, act);
        }
        Deed::TakeDown(announcement) => {
            announcements::take_down(db, *announcement)?;
            "announce done"
        }
        Deed::MakePoll(poll) => return make_poll(db, poll, act),
        Deed::ClosePoll(poll) => return close_poll(db, poll, act),
        Deed::Prepare(prepare) => {
            let (deed, is_new) = prepared::prepare(db, prepare, act.at.hub)?;
            return changed(db, deed, act, is_new);
        }
        Deed::SetEvent(edit) => return changed(db, "event apply", act, event::set(db, edit)?),
        Deed::AddKey(key) => {
            host_keys::add(db, key)?;
            "host add"
        }
        Deed::RevokeKey(name) => {
            host_keys::revoke(db, name)?;
            "host revoke"
        }
        Deed::ReportDone(report) => {
            return changed(db, "report done", act, reports::done(db, *report, act.at.wall)?);
        }
    };
    remember(db, deed, act, None)?;
    Ok(Written::Done)
}

/// The result of an action that is logged only where it has changed something.
fn changed(
    db: &Connection,
    deed: &str,
    act: &HostAct,
    is_new: bool,
) -> Result<Written, WriteError> {
    if is_new {
        remember(db, deed, act, None)?;
    }
    Ok(Written::Done)
}

/// What the host says is logged once, also where it is sent again with its key.
fn say(db: &Connection, say: &HostSay, act: &HostAct) -> Result<Written, WriteError> {
    let (message, repeated) = announcements::say(db, say, act.at)?;
    let (id, said) = (message.id, Written::Said { message, repeated });
    match repeated {
        true => Ok(said),
        false => Ok(remembered(db, "message say", act, said, Some(id))?),
    }
}

fn let_through(db: &Connection, held: HeldId, act: &HostAct) -> Result<Written, WriteError> {
    let message = held::let_through(db, held, act.at)?;
    let said = Written::Said { message, repeated: false };
    Ok(remembered(db, "question let-through", act, said, None)?)
}

/// A mark is logged where it changes something.
fn mark(
    db: &Connection,
    question: (RoomId, Seq),
    is_answered: bool,
    act: &HostAct,
) -> Result<Written, WriteError> {
    let (reacted, is_new) = questions::mark(db, question, is_answered, act.at)?;
    let marked = Written::Reacted { reacted, is_new };
    match is_new {
        true => Ok(remembered(db, "question answered", act, marked, None)?),
        false => Ok(marked),
    }
}

fn announce(
    db: &Connection,
    announcement: &Announcement,
    host: &Nickname,
    act: &HostAct,
) -> Result<Written, WriteError> {
    let notices = announcements::announce(db, announcement, host, act.at)?;
    let first = notices.first().map(|notice| notice.id);
    let made = Written::Announced(notices);
    Ok(remembered(db, "announce add", act, made, first)?)
}

fn make_poll(db: &Connection, poll: &MakePoll, act: &HostAct) -> Result<Written, WriteError> {
    let notices = polls::make(db, poll, act.at)?;
    let first = notices.first().map(|notice| notice.id);
    Ok(remembered(db, "poll add", act, Written::PollMade(notices), first)?)
}

fn close_poll(db: &Connection, poll: &ClosePoll, act: &HostAct) -> Result<Written, WriteError> {
    let (tally, notices) = polls::close(db, poll, act.at)?;
    let first = notices.first().map(|notice| notice.id);
    let closed = Written::PollClosed { closed_at: act.at.wall, tally, notices };
    Ok(remembered(db, "poll close", act, closed, first)?)
}

/// Ends a room now, unless it has ended.
pub(in crate::store) fn end_room(
    db: &Connection,
    room: RoomId,
    at: Moment,
) -> Result<Vec<Dropped>, WriteError> {
    let ended = db
        .prepare_cached(
            "UPDATE rooms SET lifetime = max(0, min(lifetime, ?2 - created_hub))
             WHERE id = ?1 AND deleted = 0",
        )?
        .execute(params![room.as_bytes(), rows::sql(at.hub)])?;
    if ended == 0 {
        return Err(Refusal::NoSuchRoom.into());
    }
    // Stores the hub's time, so that the room stays ended if the hub restarts right now.
    set_meta(db, "hub_time", rows::sql(at.hub))?;
    set_meta(db, "wall_time", at.wall.0)?;
    Ok(held::drop_in(db, room)?)
}

fn set_history(db: &Connection, room: RoomId, history: History) -> Result<(), WriteError> {
    let room = room_number(db, room)?;
    db.prepare_cached("UPDATE rooms SET history = ?2 WHERE n = ?1")?
        .execute(params![room, rows::history_number(history)])?;
    Ok(())
}

/// Takes messages back. Returns those that were not taken back before. All of them must exist; the hub's own
/// notices cannot be taken back, the host's announcements can.
fn take_back(
    db: &Connection,
    room: RoomId,
    seqs: &[Seq],
) -> Result<Vec<(Seq, MessageId)>, WriteError> {
    let room = room_number(db, room)?;
    let mut taken = Vec::new();
    for seq in seqs {
        let (id, is_taken) = db
            .prepare_cached(
                "SELECT id, taken_back FROM messages
                 WHERE room = ?1 AND seq = ?2 AND kind IN (0, 1, 5)",
            )?
            .query_row([room, seq.0], |row| Ok((row.get(0)?, row.get::<_, bool>(1)?)))
            .optional()?
            .ok_or(WriteError::Refused(Refusal::NoSuchMessage(*seq)))?;
        if !is_taken {
            empty(db, id)?;
            taken.push((*seq, MessageId(id)));
        }
    }
    Ok(taken)
}

/// Marks a room as deleted. Its messages are deleted by maintenance.
fn delete_room(db: &Connection, room: RoomId, act: &HostAct) -> Result<Vec<Dropped>, WriteError> {
    let dropped = end_room(db, room, act.at)?;
    db.prepare_cached("UPDATE rooms SET deleted = 1 WHERE id = ?1")?.execute([room.as_bytes()])?;
    Ok(dropped)
}

/// Stores a ban. What the browser has asked waits no more.
fn insert_ban(db: &Connection, ban: &Ban) -> rusqlite::Result<Vec<Dropped>> {
    db.prepare_cached(
        "INSERT OR REPLACE INTO bans (chatter, identity, nickname, address, until)
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![
        ban.chatter.as_bytes(),
        ban.identity.as_bytes(),
        ban.nickname.as_str(),
        ban.address.map(|(address, _)| address.to_string()),
        ban.address.map(|(_, until)| rows::sql(until)),
    ])?;
    held::drop_of(db, ban.identity)
}

fn delete_ban(db: &Connection, chatter: ChatterId) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM bans WHERE chatter = ?1")?.execute([chatter.as_bytes()])?;
    Ok(())
}

/// The bans.
pub(in crate::store) fn bans(db: &Connection) -> rusqlite::Result<Vec<Ban>> {
    let mut query =
        db.prepare_cached("SELECT chatter, identity, nickname, address, until FROM bans")?;
    let ban = |row: &rusqlite::Row<'_>| {
        // An address that cannot be parsed, or has no end, is ignored; the browser is still banned.
        let address = rows::text(row, 3).ok();
        let address: Option<IpAddr> = address.and_then(|text| text.parse().ok());
        let until = row.get::<_, Option<i64>>(4)?.map(|_| rows::hub_time(row, 4)).transpose()?;
        Ok(Ban {
            chatter: ChatterId::from_bytes(row.get(0)?),
            identity: rows::identity(row, 1)?,
            nickname: Nickname::trusted(row.get(2)?),
            address: address.zip(until),
        })
    };
    rows::readable(query.query_map([], ban)?)
}

/// The result of an action, once that is logged.
fn remembered(
    db: &Connection,
    deed: &str,
    act: &HostAct,
    written: Written,
    said: Option<MessageId>,
) -> rusqlite::Result<Written> {
    remember(db, deed, act, said)?;
    Ok(written)
}

/// Logs an action. The log shows an excerpt of the message `said` while that can be read, and keeps none itself.
fn remember(
    db: &Connection,
    deed: &str,
    act: &HostAct,
    said: Option<MessageId>,
) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO host_actions (at, at_hub, deed, what, by, said) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        act.at.wall.0,
        rows::sql(act.at.hub),
        deed,
        act.what,
        act.by.as_ref().map(HostName::as_str),
        said.map(|message| message.0),
    ])?;
    let newest = db.last_insert_rowid();
    db.prepare_cached("DELETE FROM host_actions WHERE n <= ?1")?.execute([newest - LOG_MAX])?;
    Ok(())
}

/// Whether the host has deleted something, as far as the log goes back.
pub(in crate::store) fn has_deleted(db: &Connection) -> rusqlite::Result<bool> {
    db.query_row(
        "SELECT EXISTS (SELECT 1 FROM host_actions WHERE deed IN ('room delete', 'message delete'))",
        [],
        |row| row.get(0),
    )
}

/// The newest actions, newest first.
pub(in crate::store) fn log(db: &Connection, most: usize) -> rusqlite::Result<Vec<Done>> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let mut query = db.prepare_cached(
        "SELECT at, deed, what, by, (SELECT m.content FROM messages m JOIN rooms r ON r.n = m.room
             WHERE m.id = said AND r.deleted = 0)
         FROM host_actions ORDER BY n DESC LIMIT ?1",
    )?;
    let done = |row: &rusqlite::Row<'_>| {
        let by = row.get::<_, Option<String>>(3)?.map(HostName::trusted);
        let said = row.get::<_, Option<String>>(4)?;
        let what = with_excerpt(row.get(2)?, said.as_deref());
        Ok(Done { at: WallTime(row.get(0)?), deed: row.get(1)?, what, by })
    };
    rows::readable(query.query_map([most], done)?)
}
