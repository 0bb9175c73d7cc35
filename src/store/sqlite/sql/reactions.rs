//! Reactions to messages: who has chosen which, and their counts.

use rusqlite::{Connection, OptionalExtension, params};

use crate::domain::ids::{ChatterId, RoomId, Seq};
use crate::domain::question::Question;
use crate::domain::reactions::{Chosen, Reacted, Reactions};
use crate::domain::refusal::Refusal;
use crate::domain::time::HubTime;
use crate::store::sqlite::sql::rows;
use crate::store::sqlite::sql::statements::{WriteError, room_number, set_meta};
use crate::store::write::{Moment, React, Written};

/// Sets or removes a reaction to a message.
pub(in crate::store) fn react(db: &Connection, react: &React) -> Result<Written, WriteError> {
    let target = target(db, (react.room, react.seq), react.chatter)?;
    let Target { mut reactions, before, at, question, .. } = target;
    let mine = before.with(react.emoji, react.is_on);
    if mine == before {
        let reacted = Reacted { seq: react.seq, reactions, mine, at, question };
        return Ok(Written::Reacted { reacted, is_new: false });
    }
    reactions.change(before, mine);
    choose(db, &target, mine, react.at)?;
    db.prepare_cached("UPDATE messages SET reactions = ?2, reacted = ?3 WHERE id = ?1")?.execute(
        params![target.message, rows::reactions_column(&reactions), rows::sql(react.at.hub)],
    )?;
    let reacted = Reacted { seq: react.seq, reactions, mine, at: react.at.hub, question };
    Ok(Written::Reacted { reacted, is_new: true })
}

/// A message to which somebody may react, and what they have chosen so far.
pub(in crate::store) struct Target {
    pub(in crate::store) message: i64,
    pub(in crate::store) author: i64,
    pub(in crate::store) chatter: i64,
    pub(in crate::store) reactions: Reactions,
    pub(in crate::store) question: Option<Question>,
    pub(in crate::store) before: Chosen,
    /// When one of these last changed.
    pub(in crate::store) at: HubTime,
}

/// The message in a place, for a member who may read it and react to it.
pub(in crate::store) fn target(
    db: &Connection,
    (room, seq): (RoomId, Seq),
    chatter: ChatterId,
) -> Result<Target, WriteError> {
    let room = room_number(db, room)?;
    db.prepare_cached(
        "SELECT m.id, m.chatter, me.chatter, m.reactions, coalesce(m.reacted, 0), x.chosen, m.votes, m.answered
         FROM memberships me INDEXED BY memberships_by_chatter
         JOIN messages m ON m.room = me.room AND m.seq = ?2 AND m.seq >= me.first_seq
         LEFT JOIN reactions x ON x.message = m.id AND x.chatter = me.chatter
         WHERE me.chatter = (SELECT n FROM chatters WHERE id = ?3) AND me.room = ?1
         AND m.kind = 0 AND m.taken_back = 0",
    )?
    .query_row(params![room, seq.0, chatter.as_bytes()], |row| {
        let counts: Option<Vec<u8>> = row.get(3)?;
        Ok(Target {
            message: row.get(0)?,
            author: row.get(1)?,
            chatter: row.get(2)?,
            reactions: rows::reactions(counts.as_deref()),
            question: rows::question(row, 6)?,
            before: Chosen::from_bits(row.get::<_, Option<i64>>(5)?.unwrap_or(0)),
            at: rows::hub_time(row, 4)?,
        })
    })
    .optional()?
    .ok_or(WriteError::Refused(Refusal::NoMessage(seq)))
}

/// Stores what somebody has chosen now, and when.
pub(in crate::store) fn choose(
    db: &Connection,
    target: &Target,
    mine: Chosen,
    at: Moment,
) -> rusqlite::Result<()> {
    let (message, chatter) = (target.message, target.chatter);
    if mine == Chosen::default() {
        db.prepare_cached("DELETE FROM reactions WHERE message = ?1 AND chatter = ?2")?
            .execute([message, chatter])?;
    } else {
        db.prepare_cached(
            "INSERT INTO reactions (message, chatter, chosen) VALUES (?1, ?2, ?3)
             ON CONFLICT DO UPDATE SET chosen = excluded.chosen",
        )?
        .execute(params![message, chatter, mine.bits()])?;
    }
    // No later change may have an earlier time, also after a restart.
    set_meta(db, "hub_time", rows::sql(at.hub))?;
    set_meta(db, "wall_time", at.wall.0)
}

/// Counts again the reactions and votes of messages with an id above this one, from the rows of who has reacted.
pub(in crate::store) fn recount(db: &Connection, above: i64) -> rusqlite::Result<()> {
    db.prepare("UPDATE messages SET votes = 0 WHERE id > ?1 AND votes > 0")?.execute([above])?;
    let mut rows = db.prepare(
        "SELECT x.message, x.chosen, m.sent_hub, m.votes, m.answered FROM reactions x JOIN messages m ON m.id = x.message
         WHERE x.message > ?1 AND m.taken_back = 0 ORDER BY x.message, x.chatter",
    )?;
    let mut rows = rows.query([above])?;
    let mut counted: Option<Counted> = None;
    while let Some(row) = rows.next()? {
        let (message, at) = (row.get(0)?, row.get(2)?);
        if counted.as_ref().is_none_or(|counted| counted.message != message) {
            let question = rows::question(row, 3)?;
            let next = Counted { message, reactions: Reactions::default(), question, at };
            store(db, counted.replace(next).as_ref())?;
        }
        if let Some(Counted { reactions, question, .. }) = &mut counted {
            let chosen = Chosen::from_bits(row.get(1)?);
            reactions.change(Chosen::default(), chosen);
            if let Some(question) = question {
                question.change(false, chosen.has_vote());
            }
        }
    }
    store(db, counted.as_ref())
}

/// A message whose reactions and votes are counted.
struct Counted {
    message: i64,
    reactions: Reactions,
    question: Option<Question>,
    at: i64,
}

fn store(db: &Connection, counted: Option<&Counted>) -> rusqlite::Result<()> {
    let Some(Counted { message, reactions, question, at }) = counted else { return Ok(()) };
    let votes = question.map(|question| question.votes);
    db.prepare_cached(
        "UPDATE messages SET reactions = ?2, reacted = ?3, votes = ?4 WHERE id = ?1",
    )?
    .execute(params![message, rows::reactions_column(reactions), at, votes])?;
    Ok(())
}
