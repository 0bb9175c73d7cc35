//! Requests about announcements, and about what the host says.

use super::answer::{Acting, Denied};
use super::host::{find, has_ended, no_room};
use super::protocol::{AnnouncementLine, MadeAnnouncement};
use crate::domain::announcement::MINUTES_MAX;
use crate::domain::ids::RoomId;
use crate::domain::refusal::{HostRefusal, Refusal};
use crate::domain::text::{Content, Key};
use crate::hub::command::{AnnouncementView, Call};
use crate::wire;

/// Says something in a living room. Returns its place there.
pub(super) async fn say(
    parts: &Acting<'_>,
    room: &str,
    content: &str,
    key: Option<&str>,
) -> Result<i64, Denied> {
    let key = key.map(Key::parse).transpose().map_err(Refusal::Text)?;
    let content = Content::parse(content).map_err(Refusal::Text)?;
    let id = living(parts, room).await?;
    let said = parts.act(|tell| Call::Say { room: id, content, key, tell }).await;
    said.map(|message| message.seq.0).map_err(|refusal| in_room(refusal, room))
}

/// Announces something to a living room, or to all.
pub(super) async fn announce(
    parts: &Acting<'_>,
    text: &str,
    room: Option<&str>,
    minutes: Option<u64>,
) -> Result<MadeAnnouncement, Denied> {
    let text = Content::parse_announcement(text).map_err(Refusal::Text)?;
    if minutes.is_some_and(|minutes| minutes == 0 || minutes > MINUTES_MAX) {
        let sentence = format!("an announcement is shown for 1 to {MINUTES_MAX} minutes");
        return Err(Denied::new(Refusal::bad(sentence.clone()), sentence));
    }
    let only = match room {
        None => None,
        Some(room) => Some(living(parts, room).await?),
    };
    let made =
        parts.act(|tell| Call::Announce { room: only, text, minutes, is_once: false, tell }).await;
    let id = made.map_err(|refusal| in_room(refusal, room.unwrap_or_default()))?;
    Ok(MadeAnnouncement { id: id.to_string() })
}

/// Lists the announcements that are shown, the oldest first.
pub(super) async fn list(parts: &Acting<'_>) -> Result<Vec<AnnouncementLine>, Denied> {
    let all = parts.hub.call(Call::Announcements).await?;
    Ok(all.into_iter().map(line).collect())
}

/// Takes an announcement down.
pub(super) async fn take_down(parts: &Acting<'_>, announcement: &str) -> Result<(), Denied> {
    let none = || {
        let sentence = format!(
            "there is no announcement {announcement}; `colahub announce list` shows those that are up"
        );
        Denied::new(Refusal::Host(HostRefusal::NoSuchAnnouncement), sentence)
    };
    let id = announcement.parse().map_err(|_| none())?;
    let down = parts.act(|tell| Call::TakeDown(id, tell)).await;
    down.map_err(|refusal| match refusal {
        Refusal::Host(HostRefusal::NoSuchAnnouncement) => none(),
        other => other.into(),
    })
}

pub(super) async fn living(parts: &Acting<'_>, room: &str) -> Result<RoomId, Denied> {
    find(parts, room).await?.ok_or_else(|| no_room(room))
}

pub(super) fn in_room(refusal: Refusal, room: &str) -> Denied {
    match refusal {
        Refusal::NoSuchRoom => no_room(room),
        Refusal::Expired => has_ended(room),
        other => other.into(),
    }
}

fn line(AnnouncementView { announcement, until }: AnnouncementView) -> AnnouncementLine {
    AnnouncementLine {
        id: announcement.id.to_string(),
        room: announcement.room.map(|room| room.to_string()),
        text: announcement.text.as_str().to_owned(),
        at: wire::iso(announcement.made_at),
        until: until.map(wire::iso),
    }
}
