//! Applies writes to the database.
//!
//! Each is applied inside the batch's transaction, in the order of submission.

use rusqlite::{Connection, OptionalExtension, params};

use crate::domain::chatter::Chatter;
use crate::domain::ids::{ChatterId, IdentityId, MessageId, RoomId, Seq};
use crate::domain::language::Language;
use crate::domain::message::{Alert, Kind, Message, Quote, excerpt};
use crate::domain::question::Question;
use crate::domain::reactions::{Chosen, Reactions};
use crate::domain::refusal::Refusal;
use crate::domain::text::Key;
use crate::domain::time::WallTime;
use crate::domain::words;
use crate::store::sqlite::sql::held;
use crate::store::sqlite::sql::host_actions;
use crate::store::sqlite::sql::host_keys;
use crate::store::sqlite::sql::modes;
use crate::store::sqlite::sql::people;
use crate::store::sqlite::sql::polls;
use crate::store::sqlite::sql::queries::{self, Member};
use crate::store::sqlite::sql::questions;
use crate::store::sqlite::sql::reactions;
use crate::store::sqlite::sql::reports;
use crate::store::sqlite::sql::rows::{self, kind_columns};
use crate::store::sqlite::sql::statements::{WriteError, insert_room, room_number, set_meta};
use crate::store::write::{
    HistorySlice, Join, Joined, Leave, MISSED_MAX, Moment, RANGE_BYTES, REACTED_MAX, Rename, Say,
    TakeBack, Write, Written, places_taken_back,
};

/// Applies a write inside the current transaction.
pub(in crate::store) fn apply(db: &Connection, write: &Write) -> Result<Written, WriteError> {
    match write {
        Write::Room(room) | Write::FirstRoom(room) => insert_room(db, room).map(|()| Written::Done),
        Write::End { room, at } => host_actions::end_room(db, *room, *at).map(|_| Written::Done),
        Write::Look { room, identity } => look(db, *room, *identity),
        Write::Join(join) => join_room(db, join).map(Written::Joined),
        Write::Say(say) => say_message(db, say),
        Write::Recall(recall) => people::recall(db, recall),
        Write::TakeBack(back) => take_back(db, back).map(Written::TakenBack),
        Write::React(react) => reactions::react(db, react),
        Write::Vote(vote) => questions::vote(db, vote),
        Write::VotePoll(vote) => polls::vote(db, vote),
        Write::ClosePoll(close, at) => polls::closed(db, close, *at),
        Write::Report(report) => reports::report(db, report),
        Write::Leave(leave) => leave_room(db, leave),
        Write::Rename(rename) => rename_chatter(db, rename),
        Write::Host(act) => host_actions::apply(db, act),
        Write::UseKey(key_use) => host_keys::take_number(db, key_use),
        Write::Mark(at) => {
            set_meta(db, "hub_time", rows::sql(at.hub))?;
            set_meta(db, "wall_time", at.wall.0)?;
            Ok(Written::Done)
        }
        // There is no other hub to tell.
        Write::Grant(_) | Write::Ping => Ok(Written::Done),
    }
}

/// Answers a write without writing, if that is possible.
pub(in crate::store) fn without_writing(
    db: &Connection,
    write: &Write,
) -> Result<Option<Written>, WriteError> {
    match write {
        Write::Grant(_) | Write::Ping => Ok(Some(Written::Done)),
        Write::Look { room, identity } => look(db, *room, *identity).map(Some),
        Write::Join(join) => return_unwritten(db, join),
        // They have left, whether it can be stored or not.
        Write::Leave(_) => Ok(Some(Written::Left { alert: None, still_here: false })),
        Write::Say(say) => said_before(db, say),
        Write::Recall(recall) => people::recall(db, recall).map(Some),
        Write::Room(_)
        | Write::FirstRoom(_)
        | Write::End { .. }
        | Write::TakeBack(_)
        | Write::React(_)
        | Write::Vote(_)
        | Write::VotePoll(_)
        | Write::ClosePoll(..)
        | Write::Report(_)
        | Write::Rename(_)
        | Write::Host(_)
        | Write::UseKey(_)
        | Write::Mark(_) => Ok(None),
    }
}

fn look(db: &Connection, room: RoomId, identity: IdentityId) -> Result<Written, WriteError> {
    let is_member = queries::member_by_identity(db, room, identity)?.is_some();
    Ok(Written::Looked { is_member, came: queries::came(db, identity)? })
}

fn join_room(db: &Connection, join: &Join) -> Result<Joined, WriteError> {
    let room = room_number(db, join.room)?;
    let member = match queries::member_by_identity(db, join.room, join.identity)? {
        // Somebody who comes back within the grace has not left.
        Some(known) if known.chatter.left_at.is_none() => known,
        Some(known) => {
            set_left(db, join.room, known.chatter.id, None)?;
            Member { chatter: Chatter { left_at: None, ..known.chatter }, ..known }
        }
        None if !modes::admits(db, room, join)? => return Err(Refusal::Shut.into()),
        None if !join.admitted => return Err(Refusal::Locked.into()),
        None => enroll(db, room, join)?,
    };
    let chatter = member.chatter.clone();
    let alert = match join.notice {
        Some(language) => {
            Some(notice(db, join.room, &chatter, Alert::Joined(1), language, join.at)?)
        }
        None => None,
    };
    let history = history_slice(db, room, &member, join)?;
    Ok(Joined { chatter, alert, history })
}

/// Joins a member without writing, so that they can read on. Nobody is told.
fn return_unwritten(db: &Connection, join: &Join) -> Result<Option<Written>, WriteError> {
    let room = room_number(db, join.room)?;
    let Some(member) = queries::member_by_identity(db, join.room, join.identity)? else {
        return Ok(None);
    };
    let history = history_slice(db, room, &member, join)?;
    let chatter = Chatter { left_at: None, ..member.chatter };
    Ok(Some(Written::Joined(Joined { chatter, alert: None, history })))
}

/// The range that a member may read, and the messages that they missed.
fn history_slice(
    db: &Connection,
    room: i64,
    member: &Member,
    join: &Join,
) -> rusqlite::Result<HistorySlice> {
    let (first, pruned, epoch) = (member.first, member.pruned, queries::epoch(db)?);
    let last = queries::last_seq(db, room)?;
    let is_elsewhere = join.epoch.is_some_and(|theirs| theirs != epoch);
    let is_strange = |after| is_elsewhere || after > last;
    let taken_back = match join.after {
        Some(after) if !is_strange(after) => queries::taken_back(db, room, after)?,
        _ => Vec::new(),
    };
    let taken_back = places_taken_back(taken_back, first);
    let reacted = match (join.after, join.reactions_after) {
        (Some(after), Some(since)) if !is_strange(after) => {
            queries::reacted(db, (room, member.chatter.id), since, (first, after))?
        }
        _ => Vec::new(),
    };
    let too_many = taken_back.is_none() || reacted.len() > REACTED_MAX;
    let reset = join.after.is_some_and(|after| is_strange(after) || too_many);
    let reader = (join.room, Some(member.chatter.id));
    let (missed, more) = match join.after {
        Some(_) if reset => queries::after(db, reader, Seq(first.0 - 1), MISSED_MAX, RANGE_BYTES)?,
        Some(after) => {
            queries::after(db, reader, after.max(Seq(first.0 - 1)), MISSED_MAX, RANGE_BYTES)?
        }
        None => (Vec::new(), false),
    };
    let (taken_back, reacted) =
        if reset { (Vec::new(), Vec::new()) } else { (taken_back.unwrap_or_default(), reacted) };
    let reactions_at = queries::reactions_at(db, room)?;
    Ok(HistorySlice {
        first,
        last,
        pruned,
        epoch,
        reset,
        missed,
        more,
        taken_back,
        reacted,
        reactions_at,
    })
}

/// Makes somebody a member, as the chatter that they own already or as a fresh one.
fn enroll(db: &Connection, room: i64, join: &Join) -> rusqlite::Result<Member> {
    let (number, chatter) = match owned(db, join.identity, join.wanted)? {
        Some(own) => own,
        None => {
            let fresh = &join.fresh;
            db.prepare_cached(
                "INSERT INTO chatters (id, identity, nickname, created_at, created_hub)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![
                fresh.id.as_bytes(),
                join.identity.as_bytes(),
                fresh.nickname.as_str(),
                fresh.created_at.0,
                rows::sql(join.at.hub),
            ])?;
            (db.last_insert_rowid(), Chatter { left_at: None, ..fresh.clone() })
        }
    };
    let (history, pruned) = db
        .prepare_cached("SELECT history, pruned FROM rooms WHERE n = ?1")?
        .query_row([room], |row| Ok((rows::history(row.get(0)?), row.get(1)?)))?;
    let first = history.first_for_newcomer(queries::last_seq(db, room)?);
    db.prepare_cached(
        "INSERT INTO memberships (room, identity, chatter, first_seq) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![room, join.identity.as_bytes(), number, first.0])?;
    let pruned = Seq(pruned);
    Ok(Member {
        room: join.room,
        chatter,
        owner: join.identity,
        first: first.max(pruned.next()),
        pruned: pruned >= first,
    })
}

/// A chatter that somebody owns and wants to be, with their number.
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

fn say_message(db: &Connection, say: &Say) -> Result<Written, WriteError> {
    if let Some(said) = said_before(db, say)? {
        return Ok(said);
    }
    let is_slow = modes::may_say(db, say)?;
    let said = match say.is_question && held::holds(db, say.room)? {
        true => Written::Held(held::hold(db, say)?),
        false => Written::Said { message: insert_message(db, say)?, repeated: false },
    };
    if is_slow {
        modes::has_said(db, (say.room, say.chatter), say.at.hub)?;
    }
    Ok(said)
}

/// The message that the chatter sent with this key before, or the question that waits since then.
fn said_before(db: &Connection, say: &Say) -> Result<Option<Written>, WriteError> {
    let Some(key) = &say.key else {
        return Ok(None);
    };
    match queries::by_key(db, say.chatter, key)? {
        Some(message) => Ok(Some(Written::Said { message, repeated: true })),
        None => Ok(held::before(db, say)?.map(Written::Held)),
    }
}

fn leave_room(db: &Connection, leave: &Leave) -> Result<Written, WriteError> {
    set_left(db, leave.room, leave.chatter.id, Some(leave.at.wall))?;
    let alert = match leave.notice {
        Some(language) => {
            let left = Alert::Left(1);
            Some(notice(db, leave.room, &leave.chatter, left, language, leave.at)?)
        }
        None => None,
    };
    Ok(Written::Left { alert, still_here: false })
}

pub(in crate::store) fn rename_chatter(
    db: &Connection,
    rename: &Rename,
) -> Result<Written, WriteError> {
    let (chatter, owner) =
        queries::chatter(db, rename.chatter)?.ok_or(WriteError::Refused(Refusal::NoSuchChatter))?;
    if rename.owner.is_some_and(|wanted| wanted != owner) {
        return Err(Refusal::NotYours.into());
    }
    let is_held = || {
        db.prepare_cached("SELECT held FROM chatters WHERE id = ?1")?
            .query_row([rename.chatter.as_bytes()], |row| row.get::<_, bool>(0))
    };
    if !rename.may_held && is_held()? {
        return Err(Refusal::NameHeld.into());
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

pub(in crate::store) fn notice(
    db: &Connection,
    room: RoomId,
    chatter: &Chatter,
    alert: Alert,
    language: Language,
    at: Moment,
) -> Result<Message, WriteError> {
    let content = words::alert(language, &alert, &chatter.nickname);
    let kind = Kind::Alert(alert);
    insert_message(db, &Say::plain(room, chatter.id, kind, content, at))
}

/// Inserts a message. It gets its id and its `seq` here.
pub(in crate::store) fn insert_message(db: &Connection, say: &Say) -> Result<Message, WriteError> {
    let room = room_number(db, say.room)?;
    let seq = queries::last_seq(db, room)?.next();
    let (number, chatter) = db
        .prepare_cached(
            "SELECT c.n, c.id, c.nickname, c.created_at, s.left_at
             FROM chatters c LEFT JOIN memberships s INDEXED BY memberships_by_chatter
             ON s.chatter = c.n AND s.room = ?2
             WHERE c.id = ?1",
        )?
        .query_row(params![say.chatter.as_bytes(), room], |row| {
            Ok((row.get::<_, i64>(0)?, rows::chatter(row, 1)?))
        })
        .optional()?
        .ok_or(WriteError::Refused(Refusal::NoSuchChatter))?;
    let quote = say.reply_to.map(|to| quote(db, (room, to), number)).transpose()?;
    let (kind, count, was, now) = kind_columns(&say.kind);
    db.prepare_cached(
        "INSERT INTO messages (room, seq, chatter, kind, content, count, was, now, sent_at, sent_hub, key,
                               reply_to, mentions, votes)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
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
        say.reply_to.map(|to| to.0),
        rows::mentions_column(&say.mentions),
        say.is_question.then_some(0),
    ])?;
    Ok(Message {
        id: MessageId(db.last_insert_rowid()),
        seq,
        room: say.room,
        kind: say.kind.clone(),
        content: say.content.clone(),
        sent_at: say.at.wall,
        chatter,
        is_taken_back: false,
        quote: quote.map(Box::new),
        mentions: say.mentions.clone(),
        reactions: Reactions::default(),
        mine: Chosen::default(),
        question: say.is_question.then(Question::default),
    })
}

/// The quote of the message in a place, for an answer by a member who may read it.
pub(in crate::store) fn quote(
    db: &Connection,
    (room, seq): (i64, Seq),
    author: i64,
) -> Result<Quote, WriteError> {
    db.prepare_cached(
        "SELECT q.content, c.id, c.nickname, c.created_at, s.left_at
         FROM memberships me INDEXED BY memberships_by_chatter
         JOIN messages q ON q.room = me.room AND q.seq = ?2 AND q.seq >= me.first_seq
         JOIN chatters c ON c.n = q.chatter
         LEFT JOIN memberships s INDEXED BY memberships_by_chatter ON s.chatter = q.chatter AND s.room = q.room
         WHERE me.chatter = ?3 AND me.room = ?1 AND q.kind = 0 AND q.taken_back = 0",
    )?
    .query_row(params![room, seq.0, author], |row| {
        let excerpt = excerpt(&rows::text(row, 0)?);
        let chatter = Some(rows::chatter(row, 1)?);
        Ok(Quote { seq, chatter, excerpt, is_taken_back: false })
    })
    .optional()?
    .ok_or(WriteError::Refused(Refusal::NoMessage(seq)))
}

/// Takes back a message for its author. Returns it unless it was taken back before.
fn take_back(db: &Connection, back: &TakeBack) -> Result<Vec<(Seq, MessageId)>, WriteError> {
    let room = room_number(db, back.room)?;
    let (id, sent, is_taken) = db
        .prepare_cached(
            "SELECT m.id, m.sent_hub, m.taken_back FROM messages m JOIN chatters c ON c.n = m.chatter
             WHERE m.room = ?1 AND m.seq = ?2 AND m.kind = 0 AND c.id = ?3",
        )?
        .query_row(params![room, back.seq.0, back.chatter.as_bytes()], |row| {
            Ok((row.get(0)?, rows::hub_time(row, 1)?, row.get::<_, bool>(2)?))
        })
        .optional()?
        .ok_or(WriteError::Refused(Refusal::NotYourMessage(back.seq)))?;
    if is_taken {
        return Ok(Vec::new());
    }
    if back.at.hub.since(sent) > back.within {
        return Err(Refusal::TooLate(back.within).into());
    }
    host_actions::empty(db, id)?;
    Ok(vec![(back.seq, MessageId(id))])
}

fn set_left(
    db: &Connection,
    room: RoomId,
    chatter: ChatterId,
    left: Option<WallTime>,
) -> rusqlite::Result<()> {
    db.prepare_cached(
        "UPDATE memberships INDEXED BY memberships_by_chatter SET left_at = ?3
         WHERE room = (SELECT n FROM rooms WHERE id = ?1)
         AND chatter = (SELECT n FROM chatters WHERE id = ?2)",
    )?
    .execute(params![room.as_bytes(), chatter.as_bytes(), left.map(|at| at.0)])?;
    Ok(())
}
