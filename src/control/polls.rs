//! Requests about polls.

use super::announcements::{in_room, living};
use super::answer::{Acting, Denied};
use super::protocol::{MadePoll, NewPoll, PollLine, PollOption};
use crate::domain::ids::PollId;
use crate::domain::poll::{MINUTES_MAX, PollForm, Results};
use crate::domain::refusal::Refusal;
use crate::hub::command::{Call, PollCall, PollView};
use crate::wire;

/// Makes a poll in a living room, or in all.
pub(super) async fn make(parts: &Acting<'_>, wanted: NewPoll) -> Result<MadePoll, Denied> {
    let NewPoll { question, options, multiple, results, room, minutes } = wanted;
    let results = match results {
        None => Results::AtOnce,
        Some(name) => Results::parse(&name).ok_or_else(|| {
            bad(format!("results are at_once, after_voting or at_end, and not {name:?}"))
        })?,
    };
    if minutes.is_some_and(|minutes| minutes == 0 || minutes > MINUTES_MAX) {
        return Err(bad(format!("a poll is open for 1 to {MINUTES_MAX} minutes")));
    }
    let form = PollForm::parse(&question, &options, multiple, results).map_err(in_words)?;
    let only = match &room {
        None => None,
        Some(room) => Some(living(parts, room).await?),
    };
    let ask = |tell| Call::Poll(PollCall::Make { room: only, form, minutes, tell });
    let made = parts.act(ask).await;
    let id = made.map_err(|refusal| in_room(refusal, &room.unwrap_or_default()))?;
    Ok(MadePoll { id: id.to_string() })
}

/// Lists the open polls, or with `all` those that are closed, too; the oldest first.
pub(super) async fn list(parts: &Acting<'_>, all: bool) -> Result<Vec<PollLine>, Denied> {
    let polls = parts.hub.call(|tell| Call::Poll(PollCall::All(tell))).await?;
    Ok(polls.into_iter().filter(|view| all || view.poll.is_open()).map(line).collect())
}

/// Closes a poll.
pub(super) async fn close(parts: &Acting<'_>, poll: &str) -> Result<(), Denied> {
    let none = || {
        let sentence =
            format!("there is no poll {poll}; `colahub poll list` shows those that are open");
        Denied::new(Refusal::NoSuchPoll, sentence)
    };
    let id: PollId = poll.parse().map_err(|_| none())?;
    let closed = parts.act(|tell| Call::Poll(PollCall::Close(id, tell))).await;
    closed.map_err(|refusal| match refusal {
        Refusal::NoSuchPoll => none(),
        Refusal::PollClosed => Denied::new(refusal, format!("the poll {poll} is closed already")),
        other => other.into(),
    })
}

fn bad(sentence: String) -> Denied {
    Denied::new(Refusal::bad(sentence.clone()), sentence)
}

/// A malformed form's sentence is whole.
fn in_words(refusal: Refusal) -> Denied {
    match refusal {
        Refusal::BadRequest(sentence) => bad(sentence),
        other => other.into(),
    }
}

fn line(PollView { poll, until, .. }: PollView) -> PollLine {
    let options = poll.form.answers.iter().zip(poll.tally.counts);
    PollLine {
        id: poll.id.to_string(),
        room: poll.room.map(|room| room.to_string()),
        question: poll.form.question.as_str().to_owned(),
        options: options
            .map(|(text, votes)| PollOption { text: text.as_str().to_owned(), votes })
            .collect(),
        voters: poll.tally.voters,
        multiple: poll.form.is_multiple,
        results: poll.form.results.as_str().to_owned(),
        at: wire::iso(poll.made_at),
        until: until.map(wire::iso),
        closed_at: poll.closed_at.map(wire::iso),
    }
}
