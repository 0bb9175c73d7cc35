//! Polls: the polls themselves, who has voted, and the counts.

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::domain::ids::{IdentityId, PollId, RoomId};
use crate::domain::message::{Alert, Kind, Message};
use crate::domain::poll::{
    ANSWERS_MAX, CLOSED_MAX, Choices, POLLS_MAX, Poll, PollForm, Results, Tally,
};
use crate::domain::refusal::{HostRefusal, Refusal};
use crate::domain::text::{Content, Nickname, PollText};
use crate::domain::time::WallTime;
use crate::domain::words;
use crate::store::sqlite::sql::announcements::{all_living, enter_host, living, words as notice};
use crate::store::sqlite::sql::apply::insert_message;
use crate::store::sqlite::sql::prepared;
use crate::store::sqlite::sql::rows;
use crate::store::sqlite::sql::statements::{WriteError, set_meta};
use crate::store::write::{ClosePoll, MakePoll, Moment, VotePoll, Written};

/// Stores a poll, and a notice of it in each room that it concerns. Returns the notices.
pub(in crate::store) fn make(
    db: &Connection,
    MakePoll { poll, host, notice, is_prepared }: &MakePoll,
    at: Moment,
) -> Result<Vec<Message>, WriteError> {
    let Poll { id, room, form, made_at, until, .. } = poll;
    let number = room.map(|room| living(db, room, at.hub)).transpose()?;
    if *is_prepared {
        prepared::take(db, *id)?;
    }
    let open: usize = db
        .prepare_cached("SELECT count(*) FROM polls WHERE closed_at IS NULL")?
        .query_row([], |row| row.get::<_, u32>(0).map(|count| count as usize))?;
    if open >= POLLS_MAX {
        return Err(Refusal::Host(HostRefusal::TooManyPolls).into());
    }
    db.prepare_cached(
        "DELETE FROM polls WHERE closed_at IS NOT NULL AND id NOT IN
             (SELECT id FROM polls WHERE closed_at IS NOT NULL ORDER BY made_at DESC, id DESC LIMIT ?1)",
    )?
    .execute([i64::try_from(CLOSED_MAX).unwrap_or(i64::MAX)])?;
    db.prepare_cached(
        "INSERT INTO polls (id, room, question, answers, multiple, results, made_at, until)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        id.as_bytes(),
        number,
        form.question.as_str(),
        answers_column(&form.answers),
        form.is_multiple,
        form.results.number(),
        made_at.0,
        until.map(rows::sql),
    ])?;
    tell(db, *room, (host, notice), at)
}

/// Puts a notice into the living rooms that a poll concerns.
fn tell(
    db: &Connection,
    room: Option<RoomId>,
    (host, text): (&Nickname, &Content),
    at: Moment,
) -> Result<Vec<Message>, WriteError> {
    enter_host(db, host, at)?;
    let mut rooms = all_living(db, at.hub)?;
    rooms.retain(|living| room.is_none_or(|only| only == *living));
    let say = |room| notice(room, Kind::Alert(Alert::Announcement), text, at);
    rooms.into_iter().map(|room| insert_message(db, &say(room))).collect()
}

/// Stores a vote, or deletes it.
pub(in crate::store) fn vote(db: &Connection, vote: &VotePoll) -> Result<Written, WriteError> {
    let VotePoll { poll, identity, choices, at } = vote;
    let (mut tally, before) = db
        .prepare_cached(
            "SELECT p.voters, p.counts, v.chosen, p.closed_at IS NOT NULL OR coalesce(p.until <= ?3, 0)
             FROM polls p LEFT JOIN poll_votes v ON v.poll = p.id AND v.identity = ?2 WHERE p.id = ?1",
        )?
        .query_row(params![poll.as_bytes(), identity.as_bytes(), rows::sql(at.hub)], |row| {
            let before = Choices::from_bits(row.get::<_, Option<i64>>(2)?.unwrap_or(0));
            Ok((!row.get::<_, bool>(3)?).then_some((tally(row, 0)?, before)))
        })
        .optional()?
        .ok_or(WriteError::Refused(Refusal::NoSuchPoll))?
        .ok_or(WriteError::Refused(Refusal::PollClosed))?;
    let is_new = before != *choices;
    if is_new {
        tally.change(before, *choices);
        if choices.is_empty() {
            db.prepare_cached("DELETE FROM poll_votes WHERE poll = ?1 AND identity = ?2")?
                .execute(params![poll.as_bytes(), identity.as_bytes()])?;
        } else {
            db.prepare_cached(
                "INSERT INTO poll_votes (poll, identity, chosen) VALUES (?1, ?2, ?3)
                 ON CONFLICT DO UPDATE SET chosen = excluded.chosen",
            )?
            .execute(params![poll.as_bytes(), identity.as_bytes(), choices.bits()])?;
        }
        set_tally(db, *poll, &tally)?;
    }
    Ok(Written::PollVoted { tally, choices: *choices, is_new })
}

/// Closes a poll whose time has passed, or whose room has ended.
pub(in crate::store) fn closed(
    db: &Connection,
    poll: &ClosePoll,
    at: Moment,
) -> Result<Written, WriteError> {
    let (tally, notices) = close(db, poll, at)?;
    Ok(Written::PollClosed { closed_at: at.wall, tally, notices })
}

/// Closes a poll, deletes who has voted, and puts a notice of the result into the living rooms that it concerns.
pub(in crate::store) fn close(
    db: &Connection,
    ClosePoll { poll, host, notice }: &ClosePoll,
    at: Moment,
) -> Result<(Tally, Vec<Message>), WriteError> {
    let (room, is_closed, tally) = db
        .prepare_cached(
            "SELECT r.id, p.closed_at IS NOT NULL, p.voters, p.counts
             FROM polls p LEFT JOIN rooms r ON r.n = p.room WHERE p.id = ?1",
        )?
        .query_row([poll.as_bytes()], |row| {
            let room = row.get::<_, Option<[u8; 16]>>(0)?.map(RoomId::from_bytes);
            Ok((room, row.get::<_, bool>(1)?, tally(row, 2)?))
        })
        .optional()?
        .ok_or(WriteError::Refused(Refusal::NoSuchPoll))?;
    if is_closed {
        return Err(Refusal::PollClosed.into());
    }
    db.prepare_cached("UPDATE polls SET closed_at = ?2 WHERE id = ?1")?
        .execute(params![poll.as_bytes(), at.wall.0])?;
    db.prepare_cached("DELETE FROM poll_votes WHERE poll = ?1")?.execute([poll.as_bytes()])?;
    // So that its time has passed at the next start, too.
    set_meta(db, "hub_time", rows::sql(at.hub))?;
    set_meta(db, "wall_time", at.wall.0)?;
    let text = Content::trusted(words::polls::filled(notice, &tally));
    Ok((tally, tell(db, room, (host, &text), at)?))
}

/// All polls, the oldest first, but for those of rooms that the host has deleted.
pub(in crate::store) fn all(db: &Connection) -> rusqlite::Result<Vec<Poll>> {
    let mut query = db.prepare_cached(
        "SELECT p.id, r.id, p.question, p.answers, p.multiple, p.results, p.made_at, p.until, p.closed_at, p.voters, p.counts
         FROM polls p LEFT JOIN rooms r ON r.n = p.room WHERE p.room IS NULL OR r.deleted = 0 OR p.closed_at IS NULL
         ORDER BY p.made_at, p.id",
    )?;
    rows::readable(query.query_map([], poll)?)
}

/// The votes of the polls that are open.
pub(in crate::store) fn votes(
    db: &Connection,
) -> rusqlite::Result<Vec<(PollId, IdentityId, Choices)>> {
    let mut query = db.prepare_cached("SELECT poll, identity, chosen FROM poll_votes")?;
    let vote = |row: &Row<'_>| {
        let poll = PollId::from_bytes(row.get(0)?);
        Ok((poll, rows::identity(row, 1)?, Choices::from_bits(row.get(2)?)))
    };
    rows::readable(query.query_map([], vote)?)
}

/// Counts the votes of open polls again from who has voted, and deletes who has voted in closed ones: in rows that come
/// from another file.
pub(in crate::store) fn recount(db: &Connection) -> rusqlite::Result<()> {
    db.execute(
        "DELETE FROM poll_votes WHERE poll IN (SELECT id FROM polls WHERE closed_at IS NOT NULL)",
        [],
    )?;
    let (polls, votes) = (all(db)?, votes(db)?);
    for poll in polls.iter().filter(|poll| poll.is_open()) {
        let mut tally = Tally::default();
        for (_, _, choices) in votes.iter().filter(|(of, ..)| *of == poll.id) {
            tally.change(Choices::default(), *choices);
        }
        set_tally(db, poll.id, &tally)?;
    }
    Ok(())
}

fn set_tally(db: &Connection, poll: PollId, tally: &Tally) -> rusqlite::Result<()> {
    let counts: Vec<u8> = tally.counts.iter().flat_map(|count| count.to_le_bytes()).collect();
    db.prepare_cached("UPDATE polls SET voters = ?2, counts = ?3 WHERE id = ?1")?
        .execute(params![poll.as_bytes(), tally.voters, counts])?;
    Ok(())
}

fn poll(row: &Row<'_>) -> rusqlite::Result<Poll> {
    Ok(Poll {
        id: PollId::from_bytes(row.get(0)?),
        room: row.get::<_, Option<[u8; 16]>>(1)?.map(RoomId::from_bytes),
        form: PollForm {
            question: PollText::trusted(rows::text(row, 2)?),
            answers: answers(&rows::text(row, 3)?),
            is_multiple: row.get(4)?,
            results: Results::from_number(row.get(5)?),
        },
        made_at: WallTime(row.get(6)?),
        until: row.get::<_, Option<i64>>(7)?.map(|_| rows::hub_time(row, 7)).transpose()?,
        closed_at: row.get::<_, Option<i64>>(8)?.map(WallTime),
        tally: tally(row, 9)?,
    })
}

/// The votes of a poll from two columns: voters, counts.
fn tally(row: &Row<'_>, at: usize) -> rusqlite::Result<Tally> {
    let counts: Option<Vec<u8>> = row.get(at + 1)?;
    let counts = counts.unwrap_or_default();
    let (counts, _) = counts.as_chunks::<4>();
    let counts = counts.iter().map(|count| u32::from_le_bytes(*count));
    Ok(Tally::from_counts(row.get(at)?, counts))
}

/// The answers of a poll as they are stored: a line each.
pub(in crate::store) fn answers_column(answers: &[PollText]) -> String {
    answers.iter().map(PollText::as_str).collect::<Vec<_>>().join("\n")
}

/// Reads the answers of a poll.
pub(in crate::store) fn answers(column: &str) -> Vec<PollText> {
    column.lines().take(ANSWERS_MAX).map(|line| PollText::trusted(line.to_owned())).collect()
}
