//! Requests about prepared polls.

use super::answer::{Acting, Denied};
use super::protocol::{MadePoll, PreparedLine};
use crate::domain::ids::PollId;
use crate::domain::poll::PreparedPoll;
use crate::domain::refusal::Refusal;
use crate::hub::command::{Call, PollCall, PrepareCall};

/// Lists the prepared polls in their order.
pub(super) async fn list(parts: &Acting<'_>) -> Result<Vec<PreparedLine>, Denied> {
    Ok(all(parts).await?.into_iter().map(line).collect())
}

/// The prepared polls in their order.
pub(super) async fn all(parts: &Acting<'_>) -> Result<Vec<PreparedPoll>, Refusal> {
    parts.hub.call(|tell| call(PrepareCall::All(tell))).await
}

/// Asks a prepared poll.
pub(super) async fn ask(parts: &Acting<'_>, poll: &str) -> Result<MadePoll, Denied> {
    let id: PollId = poll.parse().map_err(|_| none(poll))?;
    let asked = parts.act(|tell| call(PrepareCall::Ask(id, tell))).await;
    let id = asked.map_err(|refusal| in_words(refusal, poll))?;
    Ok(MadePoll { id: id.to_string() })
}

/// Drops a prepared poll.
pub(super) async fn drop_one(parts: &Acting<'_>, poll: &str) -> Result<(), Denied> {
    let id: PollId = poll.parse().map_err(|_| none(poll))?;
    let dropped = parts.act(|tell| call(PrepareCall::Drop(id, tell))).await;
    dropped.map_err(|refusal| in_words(refusal, poll))
}

fn call(call: PrepareCall) -> Call {
    Call::Poll(PollCall::Prepared(call))
}

fn none(poll: &str) -> Denied {
    let sentence = format!(
        "no poll {poll} is prepared; `colahub poll prepared` shows those that are, in their order"
    );
    Denied::new(Refusal::NoSuchPoll, sentence)
}

fn in_words(refusal: Refusal, poll: &str) -> Denied {
    match refusal {
        Refusal::NoSuchPoll => none(poll),
        other => other.into(),
    }
}

fn line(PreparedPoll { id, room, form, minutes, .. }: PreparedPoll) -> PreparedLine {
    PreparedLine {
        id: id.to_string(),
        room: room.map(|room| room.to_string()),
        question: form.question.as_str().to_owned(),
        options: form.answers.iter().map(|answer| answer.as_str().to_owned()).collect(),
        multiple: form.is_multiple,
        results: form.results.as_str().to_owned(),
        minutes,
    }
}
