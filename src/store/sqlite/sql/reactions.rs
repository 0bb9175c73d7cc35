//! Reactions to messages: who has chosen which, and their counts.

use rusqlite::{Connection, OptionalExtension, params};

use crate::domain::reactions::{Chosen, Reacted, Reactions};
use crate::domain::refusal::Refusal;
use crate::store::sqlite::sql::rows;
use crate::store::sqlite::sql::statements::{WriteError, room_number, set_meta};
use crate::store::write::{React, Written};

/// Sets or removes a reaction to a message.
pub(in crate::store) fn react(db: &Connection, react: &React) -> Result<Written, WriteError> {
    let room = room_number(db, react.room)?;
    let (message, chatter, mut reactions, before, reacted) = db
        .prepare_cached(
            "SELECT m.id, me.chatter, m.reactions, coalesce(m.reacted, 0), x.chosen
             FROM memberships me INDEXED BY memberships_by_chatter
             JOIN messages m ON m.room = me.room AND m.seq = ?2 AND m.seq >= me.first_seq
             LEFT JOIN reactions x ON x.message = m.id AND x.chatter = me.chatter
             WHERE me.chatter = (SELECT n FROM chatters WHERE id = ?3) AND me.room = ?1
             AND m.kind = 0 AND m.taken_back = 0",
        )?
        .query_row(params![room, react.seq.0, react.chatter.as_bytes()], |row| {
            let counts: Option<Vec<u8>> = row.get(2)?;
            let chosen = Chosen::from_bits(row.get::<_, Option<i64>>(4)?.unwrap_or(0));
            let (message, chatter): (i64, i64) = (row.get(0)?, row.get(1)?);
            let reactions = rows::reactions(counts.as_deref());
            Ok((message, chatter, reactions, chosen, rows::hub_time(row, 3)?))
        })
        .optional()?
        .ok_or(WriteError::Refused(Refusal::NoMessage(react.seq)))?;
    let mine = before.with(react.emoji, react.is_on);
    if mine == before {
        let reacted = Reacted { seq: react.seq, reactions, mine, at: reacted };
        return Ok(Written::Reacted { reacted, is_new: false });
    }
    reactions.change(before, mine);
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
    db.prepare_cached("UPDATE messages SET reactions = ?2, reacted = ?3 WHERE id = ?1")?
        .execute(params![message, rows::reactions_column(&reactions), rows::sql(react.at.hub)])?;
    // No later change may have an earlier time, also after a restart.
    set_meta(db, "hub_time", rows::sql(react.at.hub))?;
    set_meta(db, "wall_time", react.at.wall.0)?;
    let reacted = Reacted { seq: react.seq, reactions, mine, at: react.at.hub };
    Ok(Written::Reacted { reacted, is_new: true })
}

/// Counts again the reactions to messages with an id above this one, from the rows of who has reacted.
pub(in crate::store) fn recount(db: &Connection, above: i64) -> rusqlite::Result<()> {
    let mut rows = db.prepare(
        "SELECT x.message, x.chosen, m.sent_hub FROM reactions x JOIN messages m ON m.id = x.message
         WHERE x.message > ?1 AND m.taken_back = 0 ORDER BY x.message, x.chatter",
    )?;
    let mut rows = rows.query([above])?;
    let mut counted: Option<Counted> = None;
    while let Some(row) = rows.next()? {
        let (message, at) = (row.get(0)?, row.get(2)?);
        if counted.as_ref().is_none_or(|counted| counted.message != message) {
            let next = Counted { message, reactions: Reactions::default(), at };
            store(db, counted.replace(next).as_ref())?;
        }
        if let Some(Counted { reactions, .. }) = &mut counted {
            reactions.change(Chosen::default(), Chosen::from_bits(row.get(1)?));
        }
    }
    store(db, counted.as_ref())
}

/// A message whose reactions are counted.
struct Counted {
    message: i64,
    reactions: Reactions,
    at: i64,
}

fn store(db: &Connection, counted: Option<&Counted>) -> rusqlite::Result<()> {
    let Some(Counted { message, reactions, at }) = counted else { return Ok(()) };
    db.prepare_cached("UPDATE messages SET reactions = ?2, reacted = ?3 WHERE id = ?1")?
        .execute(params![message, rows::reactions_column(reactions), at])?;
    Ok(())
}
