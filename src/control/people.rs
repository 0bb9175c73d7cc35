//! Requests about people: who was here, mutes, names, and what somebody has said.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use super::answer::{Acting, Denied};
use super::host::find;
use super::protocol::{
    ChatterRename, ChatterTakeBack, MESSAGES_MAX, MINUTES, Muted, Person, RECENT_MAX,
};
use crate::domain::chatter::Chatter;
use crate::domain::ids::{ChatterId, IdentityId, RoomId, Seq};
use crate::domain::mute::{MINUTES_MAX, Mute};
use crate::domain::refusal::Refusal;
use crate::domain::text::Nickname;
use crate::domain::time::HubTime;
use crate::hub::command::{Call, PersonCall};
use crate::wire;

/// Lists the people who are present, in one room or in all; with `recent` behind them those who have left lately.
pub(super) async fn list(
    parts: &Acting<'_>,
    room: Option<&str>,
    recent: bool,
) -> Result<Vec<Person>, Denied> {
    let only = match room {
        None => None,
        Some(room) => Some(find(parts, room).await?.ok_or_else(|| super::host::no_room(room))?),
    };
    let muted = parts.hub.call(|tell| Call::Person(PersonCall::Mutes(tell))).await?;
    let muted: HashSet<IdentityId> = muted.iter().map(|mute| mute.identity).collect();
    let present = parts.hub.call(Call::People).await?;
    let wanted = present.iter().filter(|person| only.is_none_or(|room| person.room == room));
    let mut people: Vec<Person> = wanted
        .map(|present| Person {
            id: present.chatter.id.to_string(),
            nickname: present.chatter.nickname.to_string(),
            room: present.code.to_string(),
            sockets: present.sockets,
            is_present: true,
            left_at: None,
            is_muted: muted.contains(&present.owner),
        })
        .collect();
    if recent {
        let at = parts.hub.clock().now();
        let departed = parts.reader.departed(only, RECENT_MAX, at).await?;
        people.extend(departed.into_iter().map(|departed| Person {
            id: departed.chatter.id.to_string(),
            nickname: departed.chatter.nickname.to_string(),
            room: departed.code.to_string(),
            sockets: 0,
            is_present: false,
            left_at: departed.chatter.left_at.map(wire::iso),
            is_muted: muted.contains(&departed.owner),
        }));
    }
    Ok(people)
}

/// Mutes a chatter's browser, for some minutes or until it is lifted.
pub(super) async fn mute(
    parts: &Acting<'_>,
    chatter: &str,
    minutes: Option<u64>,
) -> Result<Muted, Denied> {
    let lasts = minutes.map(checked_minutes).transpose()?;
    let (chatter, identity) = known(parts, chatter).await?;
    let mute = |tell| Call::Person(PersonCall::Mute { chatter, identity, lasts, tell });
    let mute = parts.act(mute).await?;
    Ok(line(parts, &mute))
}

/// Lifts a mute.
pub(super) async fn unmute(parts: &Acting<'_>, chatter: &str) -> Result<(), Denied> {
    let none = || {
        no_chatter(format!("{chatter} is not muted; `colahub chatter list --muted` shows who is"))
    };
    let id: ChatterId = chatter.parse().map_err(|_| none())?;
    let identity = parts.reader.chatter(id).await?.map(|(_, identity)| identity);
    let unmute = |tell| Call::Person(PersonCall::Unmute { chatter: id, identity, tell });
    parts.act(unmute).await.map_err(|refusal| match refusal {
        Refusal::NoSuchChatter => none(),
        other => other.into(),
    })
}

/// Lists the mutes.
pub(super) async fn mutes(parts: &Acting<'_>) -> Result<Vec<Muted>, Denied> {
    let mutes = parts.hub.call(|tell| Call::Person(PersonCall::Mutes(tell))).await?;
    Ok(mutes.iter().map(|mute| line(parts, mute)).collect())
}

/// Gives a chatter another name.
pub(super) async fn rename(
    parts: &Acting<'_>,
    ChatterRename { chatter, nickname, may_change }: ChatterRename,
) -> Result<(), Denied> {
    let nickname = Nickname::parse(&nickname).map_err(Refusal::from)?;
    let (chatter, _) = known(parts, &chatter).await?;
    let is_held = !may_change;
    let rename = |tell| Call::Person(PersonCall::Rename { chatter, nickname, is_held, tell });
    Ok(parts.act(rename).await?)
}

/// Takes back what a chatter's browser has said in the last minutes, or its last messages. Returns how many.
pub(super) async fn take_back(
    parts: &Acting<'_>,
    ChatterTakeBack { chatter, minutes, last }: ChatterTakeBack,
) -> Result<usize, Denied> {
    let (since, most) = match (minutes, last) {
        (Some(_), Some(_)) => return Err(bad("either minutes or last, not both")),
        (None, Some(last)) if (1..=MESSAGES_MAX).contains(&last) => (HubTime(0), last),
        (None, Some(_)) => return Err(bad(format!("last is 1 to {MESSAGES_MAX}"))),
        (minutes, None) => {
            let span = checked_minutes(minutes.unwrap_or(MINUTES))?;
            let now = parts.hub.clock().now().hub;
            let span = u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
            (HubTime(now.0.saturating_sub(span)), MESSAGES_MAX)
        }
    };
    let (author, identity) = known(parts, &chatter).await?;
    let mut taken = 0;
    loop {
        let places = parts.reader.said_by(identity, since, most).await?;
        let found = places.len();
        let mut now_taken = 0;
        for (room, seqs) in by_room(places) {
            now_taken += take_back_in(parts, &author, (room, seqs)).await?;
        }
        taken += now_taken;
        // What somebody has said in some minutes may be more than is taken back at once.
        if last.is_some() || found < most || now_taken == 0 {
            return Ok(taken);
        }
    }
}

async fn take_back_in(
    parts: &Acting<'_>,
    author: &Chatter,
    (room, seqs): (RoomId, Vec<Seq>),
) -> Result<usize, Denied> {
    let author = author.clone();
    let call = |tell| Call::Person(PersonCall::TakeBack { author, room, seqs, tell });
    match parts.act(call).await {
        Ok(taken) => Ok(taken),
        // Pruned, or deleted with its room, since it was looked for.
        Err(Refusal::NoSuchMessage(_) | Refusal::NoSuchRoom) => Ok(0),
        Err(refusal) => Err(refusal.into()),
    }
}

fn by_room(places: Vec<(RoomId, Seq)>) -> BTreeMap<RoomId, Vec<Seq>> {
    let mut rooms: BTreeMap<RoomId, Vec<Seq>> = BTreeMap::new();
    for (room, seq) in places {
        rooms.entry(room).or_default().push(seq);
    }
    rooms
}

/// The chatter with this id, present or not, and the identity that owns it.
async fn known(parts: &Acting<'_>, chatter: &str) -> Result<(Chatter, IdentityId), Denied> {
    let none = || {
        no_chatter(format!(
            "there is no chatter {chatter}; `colahub chatter list --recent` shows who is and was here"
        ))
    };
    let id: ChatterId = chatter.parse().map_err(|_| none())?;
    parts.reader.chatter(id).await?.ok_or_else(none)
}

fn checked_minutes(minutes: u64) -> Result<Duration, Denied> {
    match minutes {
        1..=MINUTES_MAX => Ok(Duration::from_secs(minutes * 60)),
        _ => Err(bad(format!("minutes is 1 to {MINUTES_MAX}"))),
    }
}

fn line(parts: &Acting<'_>, mute: &Mute) -> Muted {
    let at = parts.hub.clock().now();
    Muted {
        id: mute.chatter.to_string(),
        nickname: mute.nickname.to_string(),
        until: mute.until.map(|until| wire::iso(at.wall_at(until))),
    }
}

fn bad(sentence: impl Into<String>) -> Denied {
    let sentence = sentence.into();
    Denied::new(Refusal::bad(sentence.clone()), sentence)
}

fn no_chatter(sentence: String) -> Denied {
    Denied::new(Refusal::NoSuchChatter, sentence)
}
