//! Reports of messages.

use rusqlite::{Connection, OptionalExtension, params};

use crate::domain::ids::{ReportId, RoomId, Seq};
use crate::domain::refusal::Refusal;
use crate::domain::report::{MessageReport, REPORTS_KEPT};
use crate::domain::text::Reason;
use crate::domain::time::WallTime;
use crate::store::sqlite::sql::rows;
use crate::store::sqlite::sql::statements::{WriteError, room_number};
use crate::store::write::{ReportMessage, Written};

/// Stores a report, unless the chatter has reported the message before.
pub(in crate::store) fn report(
    db: &Connection,
    report: &ReportMessage,
) -> Result<Written, WriteError> {
    let room = room_number(db, report.room)?;
    let (message, author, is_taken_back, reporter, before): (i64, i64, bool, i64, Option<i64>) = db
        .prepare_cached(
            "SELECT m.id, m.chatter, m.taken_back, me.chatter, x.id
             FROM memberships me INDEXED BY memberships_by_chatter
             JOIN messages m ON m.room = me.room AND m.seq = ?2 AND m.seq >= me.first_seq
             LEFT JOIN reports x ON x.message = m.id AND x.chatter = me.chatter
             WHERE me.chatter = (SELECT n FROM chatters WHERE id = ?3) AND me.room = ?1
             AND m.kind IN (0, 1)",
        )?
        .query_row(params![room, report.seq.0, report.chatter.as_bytes()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
        })
        .optional()?
        .ok_or(WriteError::Refused(Refusal::NoMessage(report.seq)))?;
    if author == reporter {
        return Err(Refusal::OwnMessage(report.seq).into());
    }
    if before.is_some() {
        return Ok(Written::Reported { is_new: false });
    }
    if is_taken_back {
        return Err(Refusal::NoMessage(report.seq).into());
    }
    let reason = report.reason.as_ref().map(Reason::as_str);
    db.prepare_cached(
        "INSERT INTO reports (message, chatter, reason, at) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![message, reporter, reason, report.at.wall.0])?;
    let newest = db.last_insert_rowid();
    db.prepare_cached("DELETE FROM reports WHERE id <= ?1")?.execute([newest - REPORTS_KEPT])?;
    Ok(Written::Reported { is_new: true })
}

/// Marks a report as done. Returns whether it was not done before.
pub(in crate::store) fn done(
    db: &Connection,
    ReportId(id): ReportId,
    at: WallTime,
) -> Result<bool, WriteError> {
    let changed = db
        .prepare_cached("UPDATE reports SET done_at = ?2 WHERE id = ?1 AND done_at IS NULL")?
        .execute([id, at.0])?;
    if changed > 0 {
        return Ok(true);
    }
    db.prepare_cached("SELECT 1 FROM reports WHERE id = ?1")?
        .query_row([id], |_| Ok(false))
        .optional()?
        .ok_or(WriteError::Refused(Refusal::NoSuchReport))
}

/// The newest reports that are not done, or with `all` the newest of all, newest first.
pub(in crate::store) fn list(
    db: &Connection,
    all: bool,
    most: usize,
) -> rusqlite::Result<Vec<MessageReport>> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let mut query = db.prepare_cached(
        "SELECT x.id, x.at, x.done_at, x.reason, r.id, r.code, m.seq, m.content, m.taken_back,
             a.id, a.nickname, a.created_at, NULL, b.id, b.nickname, b.created_at, NULL
         FROM reports x JOIN messages m ON m.id = x.message JOIN rooms r ON r.n = m.room
         JOIN chatters a ON a.n = m.chatter JOIN chatters b ON b.n = x.chatter
         WHERE (?1 OR x.done_at IS NULL) AND r.deleted = 0 ORDER BY x.id DESC LIMIT ?2",
    )?;
    rows::readable(query.query_map(params![all, most], report_row)?)
}

fn report_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<MessageReport> {
    Ok(MessageReport {
        id: ReportId(row.get(0)?),
        at: WallTime(row.get(1)?),
        done_at: row.get::<_, Option<i64>>(2)?.map(WallTime),
        reason: row.get::<_, Option<String>>(3)?,
        room: RoomId::from_bytes(row.get(4)?),
        code: rows::parsed(row, 5)?,
        seq: Seq(row.get(6)?),
        content: rows::text(row, 7)?,
        is_taken_back: row.get(8)?,
        author: rows::chatter(row, 9)?,
        by: rows::chatter(row, 13)?,
    })
}

/// How many reports are not done.
pub(in crate::store) fn open(db: &Connection) -> rusqlite::Result<usize> {
    db.prepare_cached(
        "SELECT count(*) FROM reports x JOIN messages m ON m.id = x.message JOIN rooms r ON r.n = m.room
         WHERE x.done_at IS NULL AND r.deleted = 0",
    )?
    .query_row([], |row| row.get::<_, u32>(0).map(|open| open as usize))
}
