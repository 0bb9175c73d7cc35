//! Requests about messages.

use super::answer::{Acting, Denied};
use super::host::find;
use super::protocol::{MESSAGES_MAX, Said, Streamed};
use crate::domain::ids::{MessageId, RoomId, Seq};
use crate::domain::message::{Alert, Kind, Message};
use crate::domain::refusal::Refusal;
use crate::hub::command::Call;
use crate::wire;

/// Lists the newest messages of a room, oldest first. By id this works for rooms that have ended, too.
pub(super) async fn said(parts: &Acting<'_>, room: &str, last: usize) -> Result<Vec<Said>, Denied> {
    let id = stored(parts, room).await?;
    let newest = parts.reader.newest(id, last.min(MESSAGES_MAX)).await;
    Ok(newest?.into_iter().map(line).collect())
}

/// Lists what people have said in all living rooms, oldest first: the newest with an id above `after`.
pub(super) async fn all(
    parts: &Acting<'_>,
    last: usize,
    after: i64,
) -> Result<Vec<Streamed>, Denied> {
    let (now, most) = (parts.hub.clock().now().hub, last.min(MESSAGES_MAX));
    let newest = parts.reader.stream(MessageId(after.max(0)), most, now).await?;
    let told = newest.into_iter().map(|heard| Streamed {
        room: heard.message.room.to_string(),
        code: heard.code.to_string(),
        title: heard.title.as_str().to_owned(),
        said: line(heard.message),
    });
    Ok(told.collect())
}

/// Takes messages back by their places. Returns how many were not taken back before.
pub(super) async fn take_back(
    parts: &Acting<'_>,
    room: &str,
    seqs: &[i64],
) -> Result<usize, Denied> {
    if seqs.len() > MESSAGES_MAX {
        let sentence = format!("at most {MESSAGES_MAX} messages are taken back at once");
        return Err(Denied::new(Refusal::bad(sentence.clone()), sentence));
    }
    let id = stored(parts, room).await?;
    let seqs = seqs.iter().map(|seq| Seq(*seq)).collect();
    let taken = parts.act(|tell| Call::TakeBack { room: id, seqs, tell }).await;
    taken.map_err(|refusal| match refusal {
        Refusal::NoSuchMessage(Seq(seq)) => Denied::new(
            Refusal::NoSuchMessage(Seq(seq)),
            format!(
                "in the room {room} there is no message {seq} that somebody has said; nothing was \
                 deleted, and `colahub message list {room}` shows what there is"
            ),
        ),
        Refusal::NoSuchRoom => none(room),
        other => other.into(),
    })
}

/// The stored room with this id or code, also if it has ended.
pub(super) async fn stored(parts: &Acting<'_>, room: &str) -> Result<RoomId, Denied> {
    let id = find(parts, room).await?.ok_or_else(|| none(room))?;
    let known = parts.reader.room(id).await?;
    known.map(|room| room.id).ok_or_else(|| none(room))
}

fn none(room: &str) -> Denied {
    let sentence = format!(
        "there is no room {room}; `colahub room list` shows those that live, and one that has \
         ended goes by its id"
    );
    Denied::new(Refusal::NoSuchRoom, sentence)
}

pub(super) fn line(message: Message) -> Said {
    Said {
        seq: message.seq.0,
        id: message.id.0,
        at: wire::iso(message.sent_at),
        chatter: message.chatter.id.to_string(),
        nickname: message.chatter.nickname.to_string(),
        content: message.content,
        is_notice: !matches!(
            message.kind,
            Kind::Said | Kind::Alert(Alert::Note | Alert::Announcement)
        ),
        taken_back: message.is_taken_back,
    }
}
