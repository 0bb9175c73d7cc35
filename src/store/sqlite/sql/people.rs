//! Mutes, and what the host does with people's names.

use rusqlite::{Connection, params};

use crate::domain::chatter::Chatter;
use crate::domain::ids::{ChatterId, IdentityId};
use crate::domain::message::Alert;
use crate::domain::mute::Mute;
use crate::domain::question::Dropped;
use crate::domain::refusal::Refusal;
use crate::domain::text::Nickname;
use crate::domain::time::HubTime;
use crate::store::sqlite::sql::statements::WriteError;
use crate::store::sqlite::sql::{apply, held, queries, rows};
use crate::store::write::{HostRename, Moment, Recall, Rename, Written};

/// Stores a mute, in the place of one that the browser had. Those that have ended are deleted, and
/// what the browser has asked waits no more.
pub(in crate::store) fn mute(
    db: &Connection,
    mute: &Mute,
    at: Moment,
) -> rusqlite::Result<Vec<Dropped>> {
    db.prepare_cached("DELETE FROM mutes WHERE until <= ?1")?.execute([rows::sql(at.hub)])?;
    db.prepare_cached(
        "INSERT OR REPLACE INTO mutes (identity, chatter, nickname, until) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![
        mute.identity.as_bytes(),
        mute.chatter.as_bytes(),
        mute.nickname.as_str(),
        mute.until.map(rows::sql),
    ])?;
    held::drop_of(db, mute.identity)
}

/// Lifts a browser's mute.
pub(in crate::store) fn unmute(db: &Connection, identity: IdentityId) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM mutes WHERE identity = ?1")?.execute([identity.as_bytes()])?;
    Ok(())
}

/// The mutes that have not ended.
pub(in crate::store) fn mutes(db: &Connection, now: HubTime) -> rusqlite::Result<Vec<Mute>> {
    let mut query = db.prepare_cached(
        "SELECT chatter, identity, nickname, until FROM mutes WHERE until IS NULL OR until > ?1",
    )?;
    let mute = |row: &rusqlite::Row<'_>| {
        let until = row.get::<_, Option<i64>>(3)?.map(|_| rows::hub_time(row, 3)).transpose()?;
        Ok(Mute {
            chatter: ChatterId::from_bytes(row.get(0)?),
            identity: rows::identity(row, 1)?,
            nickname: Nickname::trusted(rows::text(row, 2)?),
            until,
        })
    };
    rows::readable(query.query_map([rows::sql(now)], mute)?)
}

/// What somebody muted has said with this key before.
pub(in crate::store) fn recall(db: &Connection, recall: &Recall) -> Result<Written, WriteError> {
    let message = queries::by_key(db, recall.chatter, &recall.key)?;
    let message = message.ok_or_else(|| WriteError::Refused(recall.refusal.clone()))?;
    Ok(Written::Said { message, repeated: true })
}

/// Gives somebody another name and tells these rooms.
pub(in crate::store) fn rename(
    db: &Connection,
    HostRename { chatter: id, nickname, rooms, language, is_held }: &HostRename,
    at: Moment,
) -> Result<Written, WriteError> {
    let (known, _) =
        queries::chatter(db, *id)?.ok_or(WriteError::Refused(Refusal::NoSuchChatter))?;
    let (owner, notice, nickname) = (None, None, nickname.clone());
    let rename =
        Rename { chatter: *id, owner, nickname: nickname.clone(), may_held: true, notice, at };
    apply::rename_chatter(db, &rename)?;
    db.prepare_cached("UPDATE chatters SET held = ?2 WHERE id = ?1")?
        .execute(params![id.as_bytes(), is_held])?;
    let was = known.nickname.clone();
    let chatter = Chatter { nickname: nickname.clone(), ..known };
    let mut alerts = Vec::new();
    // A name that only becomes theirs to change is no news.
    for room in rooms.iter().filter(|_| was != nickname) {
        let renamed = Alert::Renamed { was: was.clone(), now: nickname.clone() };
        match apply::notice(db, *room, &chatter, renamed, *language, at) {
            Ok(alert) => alerts.push(alert),
            // The room has been deleted meanwhile: there is nobody to tell.
            Err(WriteError::Refused(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Written::RenamedByHost { chatter, alerts })
}
