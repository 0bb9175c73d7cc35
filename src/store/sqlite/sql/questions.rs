//! Questions: their votes, their answers, and lists of them.

use rusqlite::{Connection, OptionalExtension, params};

use crate::domain::ids::{ChatterId, RoomId, Seq};
use crate::domain::question::{QuestionOrder, VotePlace};
use crate::domain::reactions::{Chosen, Reacted};
use crate::domain::refusal::Refusal;
use crate::store::reader::{QuestionPage, question_page};
use crate::store::sqlite::sql::reactions::{self, Target, choose};
use crate::store::sqlite::sql::statements::{WriteError, room_number, set_meta};
use crate::store::sqlite::sql::{queries, rows};
use crate::store::write::{Moment, Vote, Written};

/// Adds or removes a vote for a question.
pub(in crate::store) fn vote(db: &Connection, vote: &Vote) -> Result<Written, WriteError> {
    let target = reactions::target(db, (vote.room, vote.seq), vote.chatter)?;
    let Some(mut question) = target.question else {
        return Err(Refusal::NoQuestion(vote.seq).into());
    };
    if target.author == target.chatter {
        return Err(Refusal::OwnQuestion(vote.seq).into());
    }
    let Target { reactions, before, at, .. } = target;
    let mine = before.with_vote(vote.is_on);
    let seq = vote.seq;
    if mine == before {
        let reacted = Reacted { seq, reactions, mine, at, question: Some(question) };
        return Ok(Written::Reacted { reacted, is_new: false });
    }
    question.change(before.has_vote(), vote.is_on);
    choose(db, &target, mine, vote.at)?;
    db.prepare_cached("UPDATE messages SET votes = ?2, reacted = ?3 WHERE id = ?1")?
        .execute(params![target.message, question.votes, rows::sql(vote.at.hub)])?;
    let at = vote.at.hub;
    let reacted = Reacted { seq, reactions, mine, at, question: Some(question) };
    Ok(Written::Reacted { reacted, is_new: true })
}

/// Marks a question as answered, or not. Returns it as nobody in particular reads it, and whether that was a change.
pub(in crate::store) fn mark(
    db: &Connection,
    (room, seq): (RoomId, Seq),
    is_answered: bool,
    at: Moment,
) -> Result<(Reacted, bool), WriteError> {
    let room = room_number(db, room)?;
    let (id, found) = db
        .prepare_cached(
            "SELECT id, reactions, coalesce(reacted, 0), votes, answered FROM messages
             WHERE room = ?1 AND seq = ?2 AND kind = 0 AND taken_back = 0",
        )?
        .query_row([room, seq.0], |row| {
            let counts: Option<Vec<u8>> = row.get(1)?;
            let reactions = rows::reactions(counts.as_deref());
            let (mine, at) = (Chosen::default(), rows::hub_time(row, 2)?);
            let question = rows::question(row, 3)?;
            Ok((row.get::<_, i64>(0)?, Reacted { seq, reactions, mine, at, question }))
        })
        .optional()?
        .ok_or(WriteError::Refused(Refusal::NoMessage(seq)))?;
    let Some(mut question) = found.question else {
        return Err(Refusal::NoQuestion(seq).into());
    };
    if question.is_answered == is_answered {
        return Ok((found, false));
    }
    db.prepare_cached("UPDATE messages SET answered = ?2, reacted = ?3 WHERE id = ?1")?
        .execute(params![id, is_answered, rows::sql(at.hub)])?;
    // As of reactions: no later change may have an earlier time.
    set_meta(db, "hub_time", rows::sql(at.hub))?;
    set_meta(db, "wall_time", at.wall.0)?;
    question.is_answered = is_answered;
    Ok((Reacted { at: at.hub, question: Some(question), ..found }, true))
}

/// The questions of a room from `first` on, as `reader` reads them, at most `most`.
pub(in crate::store) fn list(
    db: &Connection,
    (room, reader): (RoomId, Option<ChatterId>),
    first: Seq,
    order: QuestionOrder,
    most: usize,
) -> rusqlite::Result<QuestionPage> {
    let places = match order {
        QuestionOrder::Time(before) => by_time(db, room, first, before, most + 1)?,
        QuestionOrder::Votes(after) => {
            let after = after.unwrap_or(VotePlace::before_all(false));
            let mut places = by_votes(db, room, first, after, most + 1)?;
            if !after.is_answered && places.len() <= most {
                let after = VotePlace::before_all(true);
                places.extend(by_votes(db, room, first, after, most + 1 - places.len())?);
            }
            places
        }
    };
    Ok(question_page(order, queries::at_places(db, (room, reader), &places)?, most))
}

fn by_time(
    db: &Connection,
    room: RoomId,
    first: Seq,
    before: Option<Seq>,
    most: usize,
) -> rusqlite::Result<Vec<Seq>> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    db.prepare_cached(
        "SELECT seq FROM messages INDEXED BY questions_by_time WHERE room = (SELECT n FROM rooms WHERE id = ?1)
         AND votes IS NOT NULL AND seq < ?2 AND seq >= ?3 ORDER BY seq DESC LIMIT ?4",
    )?
    .query_map(
        params![room.as_bytes(), before.map_or(i64::MAX, |seq| seq.0), first.0, most],
        |row| row.get(0).map(Seq),
    )?
    .collect()
}

fn by_votes(
    db: &Connection,
    room: RoomId,
    first: Seq,
    after: VotePlace,
    most: usize,
) -> rusqlite::Result<Vec<Seq>> {
    let VotePlace { is_answered, votes, seq } = after;
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    db.prepare_cached(
        "SELECT seq FROM messages INDEXED BY questions_by_votes WHERE room = (SELECT n FROM rooms WHERE id = ?1)
         AND answered = ?2 AND votes IS NOT NULL AND (votes, seq) < (?3, ?4) AND seq >= ?5
         ORDER BY votes DESC, seq DESC LIMIT ?6",
    )?
    .query_map(params![room.as_bytes(), is_answered, votes, seq.0, first.0, most], |row| {
        row.get(0).map(Seq)
    })?
    .collect()
}
