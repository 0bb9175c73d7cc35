//! Requests about the ladder of rooms.

use std::time::Duration;

use super::answer::{Acting, Denied};
use super::host::{find, has_ended, no_room};
use crate::domain::mode::{Mode, SPAN_MAX};
use crate::domain::refusal::Refusal;
use crate::hub::command::Call;

/// The last rung, which is no mode: the room is closed.
const ENDED: &str = "ended";

/// A mode as a request names it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) mode: &'a str,
    pub(super) every: Option<u64>,
    pub(super) here_for: Option<u64>,
    pub(super) minutes: Option<u64>,
}

/// What a request asks for.
enum Rung {
    Mode(Mode, Option<Duration>),
    Ended,
}

fn rung(Wanted { mode, every, here_for, minutes }: Wanted<'_>) -> Result<Rung, Refusal> {
    let span = match minutes.map(|minutes| Duration::from_secs(minutes.saturating_mul(60))) {
        Some(span) if span.is_zero() || span > SPAN_MAX => {
            let most = SPAN_MAX.as_secs() / 60;
            return Err(Refusal::bad(format!("minutes must be 1 to {most}")));
        }
        span => span,
    };
    match (mode, span) {
        (ENDED, Some(_)) => {
            Err(Refusal::bad("a room that has ended does not open again: no minutes"))
        }
        (ENDED, None) => Ok(Rung::Ended),
        _ => Ok(Rung::Mode(Mode::parse(mode, every, here_for)?, span)),
    }
}

/// Sets the mode of a room, by its code or id, or ends it. Returns how many people are or were in it.
pub(super) async fn set(
    parts: &Acting<'_>,
    room: &str,
    wanted: Wanted<'_>,
) -> Result<usize, Denied> {
    let none = || no_room(room);
    let rung = rung(wanted)?;
    let id = find(parts, room).await?.ok_or_else(none)?;
    let set = match rung {
        Rung::Mode(mode, span) => {
            parts.act(|tell| Call::SetMode { room: Some(id), mode, span, tell }).await
        }
        Rung::Ended => {
            let ended = parts.act(|tell| Call::EndRoom { room: id, deleted: false, tell }).await;
            ended.map(|ended| ended.people)
        }
    };
    set.map_err(|refusal| match refusal {
        Refusal::NoSuchRoom => none(),
        Refusal::Expired => has_ended(room),
        other => other.into(),
    })
}

/// Sets the mode of all living rooms, or ends them. Returns how many have changed.
pub(super) async fn set_all(parts: &Acting<'_>, wanted: Wanted<'_>) -> Result<usize, Denied> {
    match rung(wanted)? {
        Rung::Mode(mode, span) => {
            Ok(parts.act(|tell| Call::SetMode { room: None, mode, span, tell }).await?)
        }
        Rung::Ended => end_all(parts).await,
    }
}

/// Ends all living rooms. Those that others have ended meanwhile do not count.
async fn end_all(parts: &Acting<'_>) -> Result<usize, Denied> {
    let rooms = parts.hub.call(Call::Rooms).await?;
    let ends: Vec<_> = rooms
        .iter()
        .map(|view| parts.ask(|tell| Call::EndRoom { room: view.room.id, deleted: false, tell }))
        .collect();
    let mut ended = 0;
    for end in ends {
        match end.await.unwrap_or(Err(Refusal::Unavailable)) {
            Ok(_) => ended += 1,
            Err(Refusal::NoSuchRoom | Refusal::Expired) => {}
            Err(refusal) => return Err(refusal.into()),
        }
    }
    Ok(ended)
}
