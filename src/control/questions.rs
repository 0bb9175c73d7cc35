//! Requests about questions.

use super::answer::{Acting, Denied};
use super::messages::stored;
use super::protocol::{Asked, QUESTIONS_MAX};
use crate::domain::ids::Seq;
use crate::domain::message::Message;
use crate::domain::question::QuestionOrder;
use crate::domain::refusal::Refusal;
use crate::hub::command::{Call, QuestionCall};
use crate::wire;

/// Lists the questions of a room. By id this works for rooms that have ended, too.
pub(super) async fn list(parts: &Acting<'_>, room: &str, sort: &str) -> Result<Vec<Asked>, Denied> {
    let order = QuestionOrder::parse(sort, None)?;
    let id = stored(parts, room).await?;
    let page = parts.reader.all_questions(id, order, QUESTIONS_MAX).await?;
    Ok(page.questions.into_iter().map(line).collect())
}

/// Marks a question as answered, or not.
pub(super) async fn answered(
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
