//! Conversion between rows and domain types. Values were validated when they were written.

use std::net::IpAddr;
use std::time::Duration;

use tokio_postgres::Row;
use uuid::Uuid;

use crate::domain::announcement::Announcement;
use crate::domain::chatter::Chatter;
use crate::domain::event_settings::EventSettings;
use crate::domain::host::{HostKey, HostName, HostRole};
use crate::domain::ids::{
    AnnouncementId, ChatterId, HeldId, HostKeyId, IdentityId, MessageId, ReportId, RoomId, Seq,
};
use crate::domain::language::Language;
use crate::domain::message::{Alert, Kind, Message, Quote, excerpt};
use crate::domain::mode::RoomMode;
use crate::domain::mute::Mute;
use crate::domain::question::{Held, HeldQuestion, Question, Questions};
use crate::domain::reactions::{Chosen, Reacted, Reactions};
use crate::domain::report::MessageReport;
use crate::domain::room::wall::RoomWall;
use crate::domain::room::{History, PasswordHash, Room};
use crate::domain::text::{Content, Namespace, Nickname, Title};
use crate::domain::time::{HubTime, WallTime};
use crate::store::mode::ModeColumns;
use crate::store::sqlite::sql::queries::Member;
use crate::store::wall::WallColumns;
use crate::store::write::Ban;

/// Why a row could not be read.
pub(super) type RowError = tokio_postgres::Error;

/// The columns that [`room`] reads, in its order.
pub(super) const ROOM: &str = "r.id, r.code, r.title, r.namespace, r.capacity, r.lock, \
     r.created_at, r.created_hub, r.lifetime, r.by_host, r.history, r.shut, r.mode, r.every, r.mode_until, \
     r.position, r.hold_questions";

/// The columns that [`message`] reads, in its order, with the joins.
///
/// When an author left is looked up by a subquery: for a join, the server may read all members of a room.
pub(super) const MESSAGE: &str = "m.id, m.seq, r.id, m.kind, m.content, m.count, m.was, m.now, \
     m.sent_at, c.id, c.nickname, c.created_at, \
     (SELECT s.left_at FROM memberships s WHERE s.chatter = m.chatter AND s.room = m.room LIMIT 1), \
     m.taken_back, m.mentions, m.reply_to, q.content, q.taken_back, qc.id, qc.nickname, qc.created_at, \
     (SELECT s.left_at FROM memberships s WHERE s.chatter = q.chatter AND s.room = q.room LIMIT 1), \
     m.reactions, NULL::smallint, m.votes, m.answered \
     FROM messages m JOIN rooms r ON r.n = m.room JOIN chatters c ON c.n = m.chatter \
     LEFT JOIN messages q ON q.room = m.room AND q.seq = m.reply_to LEFT JOIN chatters qc ON qc.n = q.chatter";

/// The same columns, with the reactions and the vote of the chatter whose number is this SQL expression.
pub(super) fn message_for(chatter: &str) -> String {
    let may_have = "m.reactions IS NOT NULL OR m.votes IS NOT NULL";
    let mine = format!("CASE WHEN {may_have} THEN chosen_by({chatter}, m.id) END");
    MESSAGE.replace("NULL::smallint", &mine)
}

/// The same as [`MESSAGE`], with the code and the title of the message's room behind it.
pub(super) fn message_with_room() -> String {
    MESSAGE.replace("m.answered", "m.answered, r.code, r.title")
}

/// The columns that [`member`] reads, in its order, with the joins.
pub(super) const MEMBER: &str = "r.id, c.id, c.nickname, c.created_at, s.left_at, s.identity, \
     greatest(s.first_seq, r.pruned + 1), r.pruned >= s.first_seq \
     FROM memberships s JOIN rooms r ON r.n = s.room AND NOT r.deleted \
     JOIN chatters c ON c.n = s.chatter";

/// The UUID of an id.
pub(super) fn uuid(bytes: &[u8; 16]) -> Uuid {
    Uuid::from_bytes(*bytes)
}

/// Hub time as the database stores it. It would overflow after 292 million years.
pub(super) fn sql(time: HubTime) -> i64 {
    i64::try_from(time.0).unwrap_or(i64::MAX)
}

pub(super) fn hub_time(ms: i64) -> HubTime {
    HubTime(u64::try_from(ms).unwrap_or(0))
}

pub(super) fn room_id(row: &Row, at: usize) -> Result<RoomId, RowError> {
    row.try_get::<_, Uuid>(at).map(|id| RoomId::from_bytes(id.into_bytes()))
}

pub(super) fn chatter_id(row: &Row, at: usize) -> Result<ChatterId, RowError> {
    row.try_get::<_, Uuid>(at).map(|id| ChatterId::from_bytes(id.into_bytes()))
}

pub(super) fn identity(row: &Row, at: usize) -> Result<IdentityId, RowError> {
    row.try_get::<_, Uuid>(at).map(|id| IdentityId::from_bytes(id.into_bytes()))
}

/// A row of `HELD`; `None` if its room's code cannot be read.
pub(super) fn held(row: &Row) -> Result<Option<HeldQuestion>, RowError> {
    let Ok(code) = row.try_get::<_, String>(4)?.parse() else {
        return Ok(None);
    };
    let held = Held {
        id: HeldId(row.try_get(0)?),
        room: room_id(row, 1)?,
        content: row.try_get(2)?,
        at: WallTime(row.try_get(3)?),
    };
    Ok(Some(HeldQuestion { held, code, chatter: chatter(row, 5)? }))
}

/// A room; `None` if its code cannot be read.
pub(super) fn room(row: &Row, at: usize) -> Result<Option<Room>, RowError> {
    let Ok(code) = row.try_get::<_, String>(at + 1)?.parse() else {
        return Ok(None);
    };
    Ok(Some(Room {
        id: room_id(row, at)?,
        code,
        title: Title::trusted(row.try_get(at + 2)?),
        namespace: Namespace::trusted(row.try_get(at + 3)?),
        capacity: u32::try_from(row.try_get::<_, i64>(at + 4)?).unwrap_or(u32::MAX),
        lock: row.try_get::<_, Option<String>>(at + 5)?.map(PasswordHash),
        created_at: WallTime(row.try_get(at + 6)?),
        created: hub_time(row.try_get(at + 7)?),
        lifetime: Duration::from_millis(hub_time(row.try_get(at + 8)?).0),
        by_host: row.try_get(at + 9)?,
        history: history(row.try_get(at + 10)?),
        mode: mode(row, at + 11)?,
        position: u32::try_from(row.try_get::<_, i64>(at + 15)?).unwrap_or(0),
        questions: Questions::held(row.try_get(at + 16)?),
    }))
}

/// A room's mode from four columns: shut, mode, every, mode_until.
fn mode(row: &Row, at: usize) -> Result<RoomMode, RowError> {
    let (shut, mode) = (row.try_get(at)?, row.try_get(at + 1)?);
    let (every, until) = (row.try_get(at + 2)?, row.try_get(at + 3)?);
    Ok(ModeColumns { shut, mode, every, until }.into())
}

/// A room's history as it is stored.
pub(super) fn history_number(history: History) -> i16 {
    match history {
        History::Joined => 0,
        History::All => 1,
    }
}

/// A room's history from its number.
pub(super) fn history(number: i16) -> History {
    if number == 1 { History::All } else { History::Joined }
}

/// A chatter from four columns: id, nickname, created_at, left_at.
pub(super) fn chatter(row: &Row, at: usize) -> Result<Chatter, RowError> {
    Ok(Chatter {
        id: chatter_id(row, at)?,
        nickname: Nickname::trusted(row.try_get(at + 1)?),
        created_at: WallTime(row.try_get(at + 2)?),
        left_at: row.try_get::<_, Option<i64>>(at + 3)?.map(WallTime),
    })
}

pub(super) fn member(row: &Row) -> Result<Member, RowError> {
    Ok(Member {
        room: room_id(row, 0)?,
        chatter: chatter(row, 1)?,
        owner: identity(row, 5)?,
        first: Seq(row.try_get(6)?),
        pruned: row.try_get(7)?,
    })
}

pub(super) fn message(row: &Row) -> Result<Message, RowError> {
    let name = |at| -> Result<Nickname, RowError> {
        Ok(Nickname::trusted(row.try_get::<_, Option<String>>(at)?.unwrap_or_default()))
    };
    let kind = kind(row.try_get(3)?, row.try_get(5)?, name(6)?, name(7)?);
    Ok(Message {
        id: MessageId(row.try_get(0)?),
        seq: Seq(row.try_get(1)?),
        room: room_id(row, 2)?,
        kind,
        content: row.try_get(4)?,
        sent_at: WallTime(row.try_get(8)?),
        chatter: chatter(row, 9)?,
        is_taken_back: row.try_get(13)?,
        mentions: mentions(row, 14)?,
        quote: quote(row, 15)?,
        reactions: reactions(row, 22)?,
        mine: chosen(row, 23)?,
        question: question(row, 24)?,
    })
}

/// A report, as the reader asks for it; `None` if its room's code cannot be read.
pub(super) fn report(row: &Row) -> Result<Option<MessageReport>, RowError> {
    let Ok(code) = row.try_get::<_, String>(5)?.parse() else {
        return Ok(None);
    };
    Ok(Some(MessageReport {
        id: ReportId(row.try_get(0)?),
        at: WallTime(row.try_get(1)?),
        done_at: row.try_get::<_, Option<i64>>(2)?.map(WallTime),
        reason: row.try_get(3)?,
        room: room_id(row, 4)?,
        code,
        seq: Seq(row.try_get(6)?),
        content: row.try_get(7)?,
        is_taken_back: row.try_get(8)?,
        author: chatter(row, 9)?,
        by: chatter(row, 13)?,
    }))
}

/// Reads how many people have chosen each reaction.
pub(super) fn reactions(row: &Row, at: usize) -> Result<Reactions, RowError> {
    let counts: Vec<i64> = row.try_get::<_, Option<_>>(at)?.unwrap_or_default();
    let count = |count: i64| u32::try_from(count.max(0)).unwrap_or(u32::MAX);
    Ok(Reactions::from_counts(counts.into_iter().map(count)))
}

/// Reads the reactions and votes of a message whose place is known, from five columns: counts, mine, at_hub, votes and
/// answered.
pub(super) fn reacted(row: &Row, at: usize, seq: Seq) -> Result<Reacted, RowError> {
    Ok(Reacted {
        seq,
        reactions: reactions(row, at)?,
        mine: chosen(row, at + 1)?,
        at: hub_time(row.try_get(at + 2)?),
        question: question(row, at + 3)?,
    })
}

/// Reads the reactions that somebody has chosen.
pub(super) fn chosen(row: &Row, at: usize) -> Result<Chosen, RowError> {
    let bits: Option<i16> = row.try_get(at)?;
    Ok(Chosen::from_bits(bits.unwrap_or(0).into()))
}

/// Reads the votes of a question from two columns, votes and answered. `None` for a message that is none.
pub(super) fn question(row: &Row, at: usize) -> Result<Option<Question>, RowError> {
    let Some(votes) = row.try_get::<_, Option<i64>>(at)? else { return Ok(None) };
    let votes = u32::try_from(votes.max(0)).unwrap_or(u32::MAX);
    Ok(Some(Question { votes, is_answered: row.try_get(at + 1)? }))
}

/// Reads the people whom a message mentions.
pub(super) fn mentions(row: &Row, at: usize) -> Result<Vec<ChatterId>, RowError> {
    let ids: Vec<Uuid> = row.try_get::<_, Option<_>>(at)?.unwrap_or_default();
    Ok(ids.into_iter().map(|id| ChatterId::from_bytes(id.into_bytes())).collect())
}

/// The message that another answers, from seven columns: seq, content, whether it was taken back, and its author as
/// [`chatter`] reads it.
pub(super) fn quote(row: &Row, at: usize) -> Result<Option<Box<Quote>>, RowError> {
    let Some(seq) = row.try_get::<_, Option<i64>>(at)?.map(Seq) else {
        return Ok(None);
    };
    let is_taken_back = row.try_get::<_, Option<bool>>(at + 2)?.unwrap_or(false);
    let is_kept = row.try_get::<_, Option<Uuid>>(at + 3)?.is_some();
    let chatter = if is_kept { Some(chatter(row, at + 3)?) } else { None };
    let excerpt = excerpt(row.try_get::<_, Option<&str>>(at + 1)?.unwrap_or_default());
    Ok(Some(Box::new(Quote { seq, chatter, excerpt, is_taken_back })))
}

/// The number of a kind.
pub(super) fn kind_number(kind: &Kind) -> i16 {
    match kind {
        Kind::Said => 0,
        Kind::Alert(Alert::Note) => 1,
        Kind::Alert(Alert::Joined(_)) => 2,
        Kind::Alert(Alert::Left(_)) => 3,
        Kind::Alert(Alert::Renamed { .. }) => 4,
        Kind::Alert(Alert::Announcement) => 5,
    }
}

/// The number of people in a notice of this kind, if it has one.
pub(super) fn kind_count(kind: &Kind) -> Option<i64> {
    match kind {
        Kind::Alert(Alert::Joined(count) | Alert::Left(count)) => Some(i64::from(*count)),
        _ => None,
    }
}

/// The kind from its columns. An unknown number, of a newer hub, is a plain alert.
pub(super) fn kind(number: i16, count: Option<i64>, was: Nickname, now: Nickname) -> Kind {
    let count = count.and_then(|count| u32::try_from(count).ok()).unwrap_or(1);
    match number {
        0 => Kind::Said,
        2 => Kind::Alert(Alert::Joined(count)),
        3 => Kind::Alert(Alert::Left(count)),
        4 => Kind::Alert(Alert::Renamed { was, now }),
        5 => Kind::Alert(Alert::Announcement),
        _ => Kind::Alert(Alert::Note),
    }
}

/// A ban from five columns: chatter, identity, nickname, address, until_hub.
pub(super) fn ban(row: &Row, at: usize) -> Result<Ban, RowError> {
    let address: Option<IpAddr> = row.try_get(at + 3)?;
    let until = row.try_get::<_, Option<i64>>(at + 4)?.map(hub_time);
    Ok(Ban {
        chatter: chatter_id(row, at)?,
        identity: identity(row, at + 1)?,
        nickname: Nickname::trusted(row.try_get(at + 2)?),
        address: address.zip(until),
    })
}

/// A mute from four columns: chatter, identity, nickname, until_hub.
pub(super) fn mute(row: &Row) -> Result<Mute, RowError> {
    Ok(Mute {
        chatter: chatter_id(row, 0)?,
        identity: identity(row, 1)?,
        nickname: Nickname::trusted(row.try_get(2)?),
        until: row.try_get::<_, Option<i64>>(3)?.map(hub_time),
    })
}

/// A mute from its event in the log: whom it names, and the chatter if they are still stored.
pub(super) fn mute_event(
    row: &Row,
    (id, known): (ChatterId, Option<Chatter>),
) -> Result<Mute, RowError> {
    let nickname = known.map_or_else(|| Nickname::trusted("?".into()), |known| known.nickname);
    let until = row.try_get::<_, Option<i64>>(6)?.map(hub_time);
    Ok(Mute { chatter: id, identity: identity(row, 4)?, nickname, until })
}

/// The columns that [`announcement`] reads, in its order.
pub(super) const ANNOUNCEMENT: &str = "a.id, ar.id, a.text, a.made_at, a.until_hub";

/// An announcement from five columns; `None` where there is none.
pub(super) fn announcement(row: &Row, at: usize) -> Result<Option<Announcement>, RowError> {
    let Some(id) = row.try_get::<_, Option<Uuid>>(at)? else {
        return Ok(None);
    };
    let room = row.try_get::<_, Option<Uuid>>(at + 1)?;
    Ok(Some(Announcement {
        id: AnnouncementId::from_bytes(id.into_bytes()),
        room: room.map(|room| RoomId::from_bytes(room.into_bytes())),
        text: Content::trusted(row.try_get(at + 2)?),
        made_at: WallTime(row.try_get(at + 3)?),
        until: row.try_get::<_, Option<i64>>(at + 4)?.map(hub_time),
    }))
}

/// The columns that [`event`] reads, in its order.
pub(super) const EVENT: &str = "(SELECT value FROM meta WHERE key = 'event_title'), \
     (SELECT value FROM meta WHERE key = 'event_language')";

/// What the host has set for the event, from two columns.
pub(super) fn event(row: &Row, at: usize) -> Result<EventSettings, RowError> {
    let title = row.try_get::<_, Option<String>>(at)?;
    let language = row.try_get::<_, Option<&str>>(at + 1)?;
    Ok(EventSettings {
        title: title.map(Title::trusted),
        language: language.and_then(Language::from_code),
    })
}

/// The columns that [`wall`] reads, in its order.
pub(super) const WALL: &str = "w.view, w.delay, w.link";

/// The wall of a room from three columns; `None` where there is none.
pub(super) fn wall(row: &Row, at: usize) -> Result<Option<RoomWall>, RowError> {
    let Some(view) = row.try_get::<_, Option<i16>>(at)? else {
        return Ok(None);
    };
    let link = row.try_get::<_, Option<Uuid>>(at + 2)?.map(Uuid::into_bytes);
    Ok(Some(WallColumns { view, delay: row.try_get(at + 1)?, link }.into()))
}

/// A host's key, as the reader asks for it.
pub(super) fn host_key(row: &Row) -> Result<HostKey, RowError> {
    Ok(HostKey {
        id: HostKeyId::from_bytes(row.try_get::<_, uuid::Uuid>(0)?.into_bytes()),
        name: HostName::trusted(row.try_get(1)?),
        role: host_role(row.try_get(2)?),
        made_at: WallTime(row.try_get(3)?),
        is_used: row.try_get(4)?,
    })
}

pub(super) fn host_role(is_helper: bool) -> HostRole {
    if is_helper { HostRole::Helper } else { HostRole::Host }
}
