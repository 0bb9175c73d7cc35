//! Requests about questions.

use super::answer::{Acting, Denied};
use super::host::{find, no_room};
use super::messages::{self, stored};
use super::protocol::{Asked, QUESTIONS_MAX, Said, Waiting};
use crate::domain::ids::{HeldId, Seq};
use crate::domain::message::Message;
use crate::domain::question::{HeldQuestion, QuestionOrder};
use crate::domain::refusal::{HeldRefusal, Refusal};
use crate::hub::command::{Call, QuestionCall};
use crate::wire;

/// Lists the questions of a room. By id this works for rooms that have ended, too.
pub(super) async fn all(parts: &Acting<'_>, room: &str, sort: &str) -> Result<Vec<Asked>, Denied> {
    let order = QuestionOrder::parse(sort, None)?;
    let id = stored(parts, room).await?;
    let page = parts.reader.all_questions(id, order, QUESTIONS_MAX).await?;
    Ok(page.questions.into_iter().map(line).collect())
}

/// Marks a question as answered, or not.
pub(super) async fn mark(
    parts: &Acting<'_>,
    room: &str,
    seq: i64,
    is_answered: bool,
) -> Result<(), Denied> {
    let id = stored(parts, room).await?;
    let call = |tell| {
        Call::Question(QuestionCall::Answered { room: id, seq: Seq(seq), is_answered, tell })
    };
    parts.act(call).await.map_err(|refusal| match refusal {
        Refusal::NoMessage(_) | Refusal::NoQuestion(_) => Denied::new(
            refusal,
            format!(
                "in the room {room} there is no question {seq}; `colahub question list {room}` shows those there are"
            ),
        ),
        other => other.into(),
    })
}

/// Lists the questions that wait, in all living rooms or in one, the oldest first.
pub(super) async fn held(parts: &Acting<'_>, room: Option<&str>) -> Result<Vec<Waiting>, Denied> {
    let room = match room {
        Some(room) => Some(find(parts, room).await?.ok_or_else(|| no_room(room))?),
        None => None,
    };
    let now = parts.hub.clock().now().hub;
    let held = parts.reader.held(room, now, QUESTIONS_MAX).await?;
    Ok(held.into_iter().map(waiting).collect())
}

/// Makes a message of a question that waits.
pub(super) async fn pass(parts: &Acting<'_>, held: i64) -> Result<Said, Denied> {
    let call = |tell| Call::Question(QuestionCall::LetThrough(HeldId(held), tell));
    let message = parts.act(call).await.map_err(|refusal| no_held(held, refusal))?;
    Ok(messages::line(message))
}

/// Drops a question that waits.
pub(super) async fn drop_held(parts: &Acting<'_>, held: i64) -> Result<(), Denied> {
    let call = |tell| Call::Question(QuestionCall::Drop(HeldId(held), tell));
    parts.act(call).await.map_err(|refusal| no_held(held, refusal))
}

fn no_held(held: i64, refusal: Refusal) -> Denied {
    let sentence = match refusal {
        Refusal::Held(HeldRefusal::NotThere) => {
            format!("no question {held} waits; `colahub question held` shows those that do")
        }
        Refusal::Expired => format!("the room of question {held} has ended"),
        other => return other.into(),
    };
    Denied::new(refusal, sentence)
}

fn waiting(HeldQuestion { held, code, chatter }: HeldQuestion) -> Waiting {
    Waiting {
        id: held.id.0,
        at: wire::iso(held.at),
        room: held.room.to_string(),
        code: code.to_string(),
        chatter: chatter.id.to_string(),
        nickname: chatter.nickname.to_string(),
        content: held.content,
    }
}

fn line(message: Message) -> Asked {
    let question = message.question.unwrap_or_default();
    Asked {
        seq: message.seq.0,
        id: message.id.0,
        at: wire::iso(message.sent_at),
        chatter: message.chatter.id.to_string(),
        nickname: message.chatter.nickname.to_string(),
        content: message.content,
        votes: question.votes,
        is_answered: question.is_answered,
    }
}
