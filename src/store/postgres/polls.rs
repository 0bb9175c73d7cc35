//! Polls: their statements' values and rows.

use tokio_postgres::Row;
use uuid::Uuid;

use super::calls::{Call, Context, params};
use super::results::{Outcome, host, message, refusal};
use super::rows::{self, RowError, sql, uuid};
use crate::domain::ids::{IdentityId, PollId, RoomId, host_chatter};
use crate::domain::message::{Alert, Kind, Message};
use crate::domain::poll::{CLOSED_MAX, Choices, POLLS_MAX, Poll, PollForm, Results, Tally};
use crate::domain::text::{Content, Nickname, PollText};
use crate::domain::time::WallTime;
use crate::store::change::Change;
use crate::store::sqlite::sql::polls::{answers, answers_column};
use crate::store::write::{ClosePoll, MakePoll, VotePoll, Written};

/// The columns that [`poll`] reads, in its order.
pub(super) const POLL: &str = "p.id, pr.id, p.question, p.answers, p.multiple, p.results, p.made_at, p.until_hub, \
     p.closed_at, p.voters, p.counts";

/// How many columns these are.
const WIDTH: usize = 11;

impl<'s> Context<'s> {
    pub(super) fn make_poll(
        &self,
        MakePoll { poll, host, notice, is_prepared }: &MakePoll,
        what: String,
    ) -> Call<'s> {
        let Poll { id, room, form, made_at, until, .. } = poll;
        let params = params![
            uuid(id.as_bytes()),
            room.map(|room| uuid(room.as_bytes())),
            form.question.as_str().to_owned(),
            answers_column(&form.answers),
            form.is_multiple,
            i16::from(form.results.number()),
            made_at.0,
            until.map(sql),
            i64::try_from(POLLS_MAX).unwrap_or(i64::MAX),
            i64::try_from(CLOSED_MAX).unwrap_or(i64::MAX),
            uuid(host_chatter().as_bytes()),
            host.as_str().to_owned(),
            notice.as_str().to_owned(),
            what,
        ];
        let statements = self.statements;
        let asked = if *is_prepared { &statements.ask_prepared } else { &statements.make_poll };
        Call { statement: asked, params }
    }

    pub(super) fn vote_poll(
        &self,
        VotePoll { poll, identity, choices, at: _ }: &VotePoll,
    ) -> Call<'s> {
        let (poll, who) = (uuid(poll.as_bytes()), uuid(identity.as_bytes()));
        let params = params![poll, who, i16::from(choices.bits())];
        Call { statement: &self.statements.vote_poll, params }
    }

    /// `what` is the text for the log; `None` if it closes by itself.
    pub(super) fn close_poll(
        &self,
        ClosePoll { poll, host, notice }: &ClosePoll,
        what: Option<String>,
    ) -> Call<'s> {
        let params = params![
            uuid(poll.as_bytes()),
            uuid(host_chatter().as_bytes()),
            host.as_str().to_owned(),
            notice.clone(),
            what,
        ];
        Call { statement: &self.statements.close_poll, params }
    }
}

/// The notices of a new poll, a row each. Where no room lives there is a row without one.
pub(super) fn made(MakePoll { host, notice, .. }: &MakePoll, found: &[Row]) -> Outcome {
    for row in found {
        let outcome: &str = row.try_get(0)?;
        if outcome != "made" {
            return Ok(Err(refusal(outcome)));
        }
    }
    Ok(Ok(Written::PollMade(notices(host, notice, found)?)))
}

pub(super) fn voted(vote: &VotePoll, row: &Row) -> Outcome {
    let outcome: &str = row.try_get(0)?;
    Ok(match outcome {
        "voted" | "before" => Ok(Written::PollVoted {
            tally: tally(row, 1)?,
            choices: vote.choices,
            is_new: outcome == "voted",
        }),
        other => Err(refusal(other)),
    })
}

/// The notices of a poll's result, a row each, all with the votes. Where no room lives there is a row without one.
pub(super) fn closed(ClosePoll { host, .. }: &ClosePoll, found: &[Row]) -> Outcome {
    let Some(row) = found.first() else { return Ok(Err(refusal(""))) };
    let outcome: &str = row.try_get(0)?;
    if outcome != "closed" {
        return Ok(Err(refusal(outcome)));
    }
    let (closed_at, tally) = (WallTime(row.try_get(6)?), tally(row, 7)?);
    let content = Content::trusted(row.try_get(9)?);
    let notices = notices(host, &content, found)?;
    Ok(Ok(Written::PollClosed { closed_at, tally, notices }))
}

/// Notices of the host from columns 1 to 5: room, id, seq, sent_at, since when there is a host.
fn notices(name: &Nickname, content: &Content, found: &[Row]) -> Result<Vec<Message>, RowError> {
    let is_there = |row: &&Row| row.try_get::<_, Option<Uuid>>(1).is_ok_and(|room| room.is_some());
    let notice = |row: &Row| {
        let (room, author) = (rows::room_id(row, 1)?, host(name, row, 5)?);
        message(room, author, Kind::Alert(Alert::Announcement), content, row, 2)
    };
    found.iter().filter(is_there).map(notice).collect()
}

/// A poll from the columns [`POLL`]; `None` where there is none.
pub(super) fn poll(row: &Row, at: usize) -> Result<Option<Poll>, RowError> {
    let Some(id) = row.try_get::<_, Option<Uuid>>(at)? else {
        return Ok(None);
    };
    let room = row.try_get::<_, Option<Uuid>>(at + 1)?;
    let form = PollForm {
        question: PollText::trusted(row.try_get(at + 2)?),
        answers: answers(row.try_get(at + 3)?),
        is_multiple: row.try_get(at + 4)?,
        results: Results::from_number(row.try_get::<_, i16>(at + 5)?.into()),
    };
    Ok(Some(Poll {
        id: PollId::from_bytes(id.into_bytes()),
        room: room.map(|room| RoomId::from_bytes(room.into_bytes())),
        form,
        made_at: WallTime(row.try_get(at + 6)?),
        until: row.try_get::<_, Option<i64>>(at + 7)?.map(rows::hub_time),
        closed_at: row.try_get::<_, Option<i64>>(at + 8)?.map(WallTime),
        tally: tally(row, at + 9)?,
    }))
}

/// The votes of a poll from two columns: voters, counts.
fn tally(row: &Row, at: usize) -> Result<Tally, RowError> {
    let count = |count: i64| u32::try_from(count.max(0)).unwrap_or(u32::MAX);
    let counts: Vec<i64> = row.try_get(at + 1)?;
    Ok(Tally::from_counts(count(row.try_get(at)?), counts.into_iter().map(count)))
}

/// Who has voted in which poll, from three columns: poll, identity, chosen.
pub(super) fn vote(row: &Row) -> Result<(PollId, IdentityId, Choices), RowError> {
    let poll = PollId::from_bytes(row.try_get::<_, Uuid>(0)?.into_bytes());
    Ok((poll, rows::identity(row, 1)?, Choices::from_bits(row.try_get::<_, i16>(2)?.into())))
}

/// What an event about a poll has changed: its kind, its voter's column, and [`POLL`] followed by their choices.
pub(super) fn event(
    row: &Row,
    what: i16,
    voter: usize,
    at: usize,
) -> Result<Option<Change>, RowError> {
    let Some(poll) = poll(row, at)? else { return Ok(None) };
    Ok(match what {
        27 => Some(Change::PollMade(poll)),
        29 => Some(Change::PollClosed(poll)),
        // Once the poll is closed, nobody learns any more who has voted.
        _ if row.try_get::<_, Option<Uuid>>(voter)?.is_none() => None,
        _ => {
            let chosen: Option<i16> = row.try_get(at + WIDTH)?;
            let choices = Choices::from_bits(chosen.unwrap_or(0).into());
            let identity = rows::identity(row, voter)?;
            Some(Change::PollVoted { poll: poll.id, identity, choices, tally: poll.tally })
        }
    })
}
