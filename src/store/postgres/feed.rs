//! The changes that other hubs have committed: messages and events, merged into one sequence without gaps.

use tokio_postgres::Row;

use super::polls;
use super::prepared;
use super::questions;
use super::rows::{self, RowError};
use crate::domain::ids::{
    AnnouncementId, HeldId, IdentityId, MessageId, PollId, RoomId, RunId, Seq,
};
use crate::domain::question::Dropped;
use crate::domain::reactions::{Chosen, Reacted};
use crate::store::change::{AccessGrant, Change, EarlyEnd, GrantHolder};

/// A piece of the log.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum LogSlice {
    /// Everything after the requested position, up to this one.
    Whole(Vec<Change>, i64),
    /// Something before the first of these rows has been pruned.
    Gap,
    /// Everything was wiped: all of it has to be read again.
    Wiped,
}

/// The event of a wipe.
const WIPED: i16 = 30;

/// A commit: the end of the log after it, the run, and its number within the run.
pub(super) type Commit = (i64, i64, i64);

/// The last commit, and whether there are new events, from the row of `open_batch`.
///
/// # Errors
/// A row is not what it should be.
pub(super) fn state(rows: &[Row]) -> Result<(Option<Commit>, bool), RowError> {
    match rows.first() {
        Some(row) => Ok((commit(row, 0)?, row.try_get(3)?)),
        None => Ok((None, true)),
    }
}

/// A commit from three columns, if there is one.
///
/// # Errors
/// A row is not what it should be.
pub(super) fn commit(row: &Row, at: usize) -> Result<Option<Commit>, RowError> {
    Ok(match row.try_get::<_, Option<i64>>(at)? {
        Some(last) => Some((last, row.try_get(at + 1)?, row.try_get(at + 2)?)),
        None => None,
    })
}

/// Merges the rows of the log after position `after`.
///
/// Without the log's lock the two reads see different moments, so one may lack what the other has. Then only the rows
/// before the first gap count, and the others are read the next time. With the lock (`is_locked`) a gap is real.
///
/// # Errors
/// A row is not what it should be.
pub(super) fn merge(
    after: i64,
    messages: &[Row],
    events: &[Row],
    is_locked: bool,
) -> Result<LogSlice, RowError> {
    let mut numbered: Vec<(i64, Option<Change>)> =
        Vec::with_capacity(messages.len() + events.len());
    for row in messages {
        numbered.push((row.try_get(0)?, Some(Change::Message(rows::message(row)?))));
    }
    for row in events {
        // What was before it is gone, so there is no use in counting.
        if row.try_get::<_, i16>(1)? == WIPED {
            return Ok(LogSlice::Wiped);
        }
        numbered.push((row.try_get(0)?, event(row)?));
    }
    numbered.sort_unstable_by_key(|(number, _)| *number);
    let whole = numbered.iter().zip(after + 1..).take_while(|((n, _), wanted)| n == wanted).count();
    if is_locked && whole < numbered.len() {
        return Ok(LogSlice::Gap);
    }
    let end = after + i64::try_from(whole).unwrap_or(0);
    let changes = numbered.into_iter().take(whole).filter_map(|(_, change)| change);
    Ok(LogSlice::Whole(changes.collect(), end))
}

/// Reads a row of `new_events`. `None` if its subject no longer exists, or if a newer hub wrote it.
fn event(row: &Row) -> Result<Option<Change>, RowError> {
    let detail: Option<i16> = row.try_get(2)?;
    let run = row.try_get::<_, Option<i64>>(3)?.map(RunId);
    let room = row.try_get::<_, Option<uuid::Uuid>>(7)?.is_some();
    let room = if room { Some(rows::room_id(row, 7)?) } else { None };
    let is_chatter = row.try_get::<_, Option<uuid::Uuid>>(10)?.is_some();
    let chatter = if is_chatter { Some(rows::chatter(row, 10)?) } else { None };
    let is_subject = row.try_get::<_, Option<uuid::Uuid>>(19)?.is_some();
    let subject = if is_subject { Some(rows::chatter_id(row, 19)?) } else { None };
    let named: Option<uuid::Uuid> = row.try_get(4)?;
    let change = match (row.try_get::<_, i16>(1)?, room) {
        (1, Some(_)) => rows::room(row, 20)?.map(Change::RoomMade),
        // What it is by now, so that a hub never shows a mode that is over.
        (2 | 14, Some(room)) => {
            rows::room(row, 20)?.map(|read| Change::RoomMode { room, mode: read.mode })
        }
        (13, Some(room)) => reacted(row)?.map(|reacted| Change::Reacted { room, reacted }),
        // As it is by now, too: a later change comes again, and changes nothing more.
        (24, Some(_)) => rows::room(row, 20)?.map(Change::RoomEdited),
        (31, Some(room)) => rows::wall(row, 60)?.map(|wall| Change::WallSet { room, wall }),
        (12, Some(room)) => {
            let history = rows::history(detail.unwrap_or_default());
            Some(Change::RoomHistory { room, history })
        }
        (3, Some(room)) => {
            let end = match detail {
                Some(1) => EarlyEnd::Silent,
                Some(3) => EarlyEnd::Deleted,
                _ => EarlyEnd::Closed,
            };
            Some(Change::RoomEnded { room, end })
        }
        (4, Some(room)) => match (chatter, run) {
            (Some(chatter), Some(run)) => {
                Some(Change::Entered { room, chatter, owner: rows::identity(row, 4)?, run })
            }
            _ => None,
        },
        (5, Some(room)) => match (subject, run) {
            (Some(chatter), Some(run)) => Some(Change::Left { room, chatter, run }),
            _ => None,
        },
        (6, _) => subject.map(Change::Kicked),
        (7, _) => chatter.map(Change::Renamed),
        (8, _) => {
            let stands = row.try_get::<_, Option<uuid::Uuid>>(14)?.is_some();
            if stands { Some(Change::Banned(rows::ban(row, 14)?)) } else { None }
        }
        (9, _) => subject.map(Change::Unbanned),
        (20, _) => match (subject, row.try_get::<_, Option<uuid::Uuid>>(4)?) {
            (Some(id), Some(_)) => Some(Change::Muted(rows::mute_event(row, (id, chatter))?)),
            _ => None,
        },
        (21, _) => named.map(|id| Change::Unmuted(IdentityId::from_bytes(id.into_bytes()))),
        (10, Some(room)) => taken_back(row, room)?,
        // It may have been taken down by now.
        (22, _) => rows::announcement(row, 39)?.map(Change::Announced),
        (23, _) => {
            named.map(|id| Change::AnnouncementGone(AnnouncementId::from_bytes(id.into_bytes())))
        }
        (33, Some(room)) => dropped(row, room)?,
        // It may have been asked or dropped by now.
        (25, _) => prepared::prepared(row, 63)?.map(Change::PollPrepared),
        (26, _) => {
            let id = row.try_get::<_, Option<uuid::Uuid>>(19)?;
            id.map(|id| Change::PreparedGone(PollId::from_bytes(id.into_bytes())))
        }
        // As it is by now, too.
        (32, _) => Some(Change::EventSet(rows::event(row, 58)?)),
        (what @ 27..=29, _) => polls::event(row, what, 4, 46)?,
        (11, Some(room)) => grant(row, room)?.map(Change::Granted),
        _ => None,
    };
    Ok(change)
}

/// The reactions to a message and its votes, if it is still there.
fn reacted(row: &Row) -> Result<Option<Reacted>, RowError> {
    let Some(seq) = row.try_get::<_, Option<i64>>(8)? else {
        return Ok(None);
    };
    // The time of this change, although the reactions are the present ones: a later time would tell a client that it
    // knows of changes in between.
    let (reactions, at) = (rows::reactions(row, 37)?, rows::hub_time(row.try_get(38)?));
    let (mine, question) = (Chosen::default(), rows::question(row, 44)?);
    Ok(Some(Reacted { seq: Seq(seq), reactions, mine, at, question }))
}

/// A message that was taken back, if it is still stored.
fn taken_back(row: &Row, room: RoomId) -> Result<Option<Change>, RowError> {
    let place: Option<i64> = row.try_get(8)?;
    let id: Option<i64> = row.try_get(9)?;
    let taken = place.zip(id);
    Ok(taken.map(|(seq, id)| Change::TakenBack { room, seq: Seq(seq), id: MessageId(id) }))
}

/// A question that was dropped, while its key is kept.
fn dropped(row: &Row, room: RoomId) -> Result<Option<Change>, RowError> {
    let Some(id) = row.try_get::<_, Option<i64>>(71)? else { return Ok(None) };
    let (author, key) = (rows::identity(row, 4)?, questions::key(row, 72)?);
    Ok(Some(Change::QuestionDropped(Dropped { id: HeldId(id), room, author, key })))
}

/// A passed access check, if it has a holder.
fn grant(row: &Row, room: RoomId) -> Result<Option<AccessGrant>, RowError> {
    let until = rows::hub_time(row.try_get::<_, Option<i64>>(6)?.unwrap_or(0));
    let is_identity = row.try_get::<_, Option<uuid::Uuid>>(4)?.is_some();
    let holder = match (is_identity, row.try_get(5)?) {
        (true, _) => Some(GrantHolder::Identity(rows::identity(row, 4)?)),
        (false, Some(address)) => Some(GrantHolder::Address(address)),
        (false, None) => None,
    };
    Ok(holder.map(|holder| AccessGrant { room, holder, until }))
}
