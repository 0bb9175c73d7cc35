//! Conversion between rows and domain types. Values were validated when they were written.

use std::time::Duration;

use rusqlite::Row;
use rusqlite::types::{FromSqlError, Type, ValueRef};

use crate::domain::chatter::Chatter;
use crate::domain::ids::{ChatterId, IdentityId, MessageId, RoomId, Seq};
use crate::domain::message::{Alert, Kind, Message, Quote, excerpt};
use crate::domain::mode::RoomMode;
use crate::domain::question::{Question, Questions};
use crate::domain::reactions::{Chosen, Reactions};
use crate::domain::room::{History, POSITION_MAX, PasswordHash, Room};
use crate::domain::text::{Namespace, Nickname, Title};
use crate::domain::time::{HubTime, WallTime};
use crate::store::mode::ModeColumns;
use crate::store::sqlite::recovery::check::is_damage;

/// The columns that [`room`] reads, in its order.
pub(in crate::store) const ROOM: &str = "id, code, title, namespace, capacity, lock, created_at, created_hub, \
     lifetime, by_host, history, shut, mode, every, mode_until, position, hold_questions";

/// The columns that [`message`] reads, in its order, with the joins. Left alone, SQLite would use the primary
/// key of `memberships`, which begins with the room, and so read every membership of the room for each
/// message.
pub(in crate::store) const MESSAGE: &str = "m.id, m.seq, r.id, m.kind, m.content, m.count, m.was, m.now, \
     m.sent_at, c.id, c.nickname, c.created_at, s.left_at, m.taken_back, m.mentions, m.reply_to, \
     q.content, q.taken_back, qc.id, qc.nickname, qc.created_at, qs.left_at, m.reactions, NULL, m.votes, m.answered \
     FROM messages m JOIN rooms r ON r.n = m.room JOIN chatters c ON c.n = m.chatter \
     LEFT JOIN memberships s INDEXED BY memberships_by_chatter \
     ON s.chatter = m.chatter AND s.room = m.room \
     LEFT JOIN messages q ON q.room = m.room AND q.seq = m.reply_to LEFT JOIN chatters qc ON qc.n = q.chatter \
     LEFT JOIN memberships qs INDEXED BY memberships_by_chatter ON qs.chatter = q.chatter AND qs.room = q.room";

/// The same columns, with the reactions and the vote of the chatter whose id is this parameter.
pub(in crate::store) fn message_for(param: &str) -> String {
    let mine = format!(
        "m.reactions, CASE WHEN m.reactions IS NOT NULL OR m.votes IS NOT NULL THEN (SELECT x.chosen FROM reactions x
         WHERE x.message = m.id AND x.chatter = (SELECT n FROM chatters WHERE id = {param})) END"
    );
    MESSAGE.replace("m.reactions, NULL", &mine)
}

/// The same as [`MESSAGE`], with the code and the title of the message's room behind it.
pub(in crate::store) fn message_with_room() -> String {
    MESSAGE.replace("m.answered", "m.answered, r.code, r.title")
}

pub(in crate::store) fn room(row: &Row<'_>) -> rusqlite::Result<Room> {
    Ok(Room {
        id: RoomId::from_bytes(row.get(0)?),
        code: parsed(row, 1)?,
        title: Title::trusted(text(row, 2)?),
        namespace: Namespace::trusted(text(row, 3)?),
        capacity: row.get(4)?,
        lock: row.get::<_, Option<String>>(5)?.map(PasswordHash),
        created_at: WallTime(row.get(6)?),
        created: hub_time(row, 7)?,
        lifetime: Duration::from_millis(hub_time(row, 8)?.0),
        by_host: row.get(9)?,
        history: history(row.get(10)?),
        mode: mode(row, 11)?,
        position: position(row.get(15)?),
        questions: Questions::held(row.get::<_, i64>(16)? == 1),
    })
}

/// A room's mode from four columns: shut, mode, every, mode_until.
pub(in crate::store) fn mode(row: &Row<'_>, at: usize) -> rusqlite::Result<RoomMode> {
    // A number that a damaged file had counts as none.
    let mode = i16::try_from(row.get::<_, i64>(at + 1)?).unwrap_or(0);
    let (shut, every, until) = (row.get(at)?, row.get(at + 2)?, row.get(at + 3)?);
    Ok(ModeColumns { shut, mode, every, until }.into())
}

/// A room's position from its number. One that a damaged file had counts as none.
fn position(number: i64) -> u32 {
    u32::try_from(number).ok().filter(|number| *number <= POSITION_MAX).unwrap_or(0)
}

/// A room's history as it is stored.
pub(in crate::store) fn history_number(history: History) -> u8 {
    match history {
        History::Joined => 0,
        History::All => 1,
    }
}

/// A room's history from its number.
pub(in crate::store) fn history(number: i64) -> History {
    if number == 1 { History::All } else { History::Joined }
}

pub(in crate::store) fn message(row: &Row<'_>) -> rusqlite::Result<Message> {
    Ok(Message {
        id: MessageId(row.get(0)?),
        seq: Seq(row.get(1)?),
        room: RoomId::from_bytes(row.get(2)?),
        kind: kind(row, 3)?,
        content: text(row, 4)?,
        sent_at: WallTime(row.get(8)?),
        chatter: chatter(row, 9)?,
        is_taken_back: row.get(13)?,
        mentions: mentions(row.get::<_, Option<Vec<u8>>>(14)?.as_deref()),
        reactions: reactions(row.get::<_, Option<Vec<u8>>>(22)?.as_deref()),
        mine: Chosen::from_bits(row.get::<_, Option<i64>>(23)?.unwrap_or(0)),
        question: question(row, 24)?,
        quote: row
            .get(15)
            .map(|seq: Option<i64>| seq.map(Seq))?
            .map(|seq| quote(row, seq))
            .transpose()?,
    })
}

/// The message that another answers, from columns 16 on.
fn quote(row: &Row<'_>, seq: Seq) -> rusqlite::Result<Box<Quote>> {
    let is_taken_back = row.get::<_, Option<bool>>(17)?.unwrap_or(false);
    let is_kept = row.get_ref(18)? != ValueRef::Null;
    let chatter = if is_kept { Some(chatter(row, 18)?) } else { None };
    let excerpt = if is_kept { excerpt(&text(row, 16)?) } else { String::new() };
    Ok(Box::new(Quote { seq, chatter, excerpt, is_taken_back }))
}

/// The votes of a question from two columns, votes and answered. `None` for a message that is none.
pub(in crate::store) fn question(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<Question>> {
    let Some(votes) = row.get::<_, Option<i64>>(at)? else { return Ok(None) };
    let votes = u32::try_from(votes.max(0)).unwrap_or(u32::MAX);
    Ok(Some(Question { votes, is_answered: row.get(at + 1)? }))
}

/// Reads how many people have chosen each reaction, from little-endian 32-bit numbers.
pub(in crate::store) fn reactions(counts: Option<&[u8]>) -> Reactions {
    let (counts, _) = counts.unwrap_or_default().as_chunks::<4>();
    Reactions::from_counts(counts.iter().map(|count| u32::from_le_bytes(*count)))
}

/// The counts of reactions as they are stored. `None` if there are none.
pub(in crate::store) fn reactions_column(reactions: &Reactions) -> Option<Vec<u8>> {
    let counts = || reactions.counts().iter().flat_map(|count| count.to_le_bytes()).collect();
    (!reactions.is_empty()).then(counts)
}

/// Reads the people whom a message mentions, from their ids, 16 bytes each.
pub(in crate::store) fn mentions(ids: Option<&[u8]>) -> Vec<ChatterId> {
    let (ids, _) = ids.unwrap_or_default().as_chunks::<16>();
    ids.iter().copied().map(ChatterId::from_bytes).collect()
}

/// The people whom a message mentions, as they are stored. `None` if there are none.
pub(in crate::store) fn mentions_column(mentions: &[ChatterId]) -> Option<Vec<u8>> {
    let ids: Vec<u8> = mentions.iter().flat_map(|id| *id.as_bytes()).collect();
    (!ids.is_empty()).then_some(ids)
}

/// A chatter from four columns: id, nickname, created_at, left_at.
pub(in crate::store) fn chatter(row: &Row<'_>, at: usize) -> rusqlite::Result<Chatter> {
    Ok(Chatter {
        id: ChatterId::from_bytes(row.get(at)?),
        nickname: Nickname::trusted(text(row, at + 1)?),
        created_at: WallTime(row.get(at + 2)?),
        left_at: row.get::<_, Option<i64>>(at + 3)?.map(WallTime),
    })
}

pub(in crate::store) fn identity(row: &Row<'_>, at: usize) -> rusqlite::Result<IdentityId> {
    row.get(at).map(IdentityId::from_bytes)
}

pub(in crate::store) fn hub_time(row: &Row<'_>, at: usize) -> rusqlite::Result<HubTime> {
    row.get::<_, i64>(at).map(|ms| HubTime(u64::try_from(ms).unwrap_or(0)))
}

/// Hub time as SQLite stores it. It would overflow after 292 million years.
pub(in crate::store) fn sql(time: HubTime) -> i64 {
    i64::try_from(time.0).unwrap_or(i64::MAX)
}

/// A text. Invalid UTF-8 is replaced: a flipped bit makes one character unreadable, not a whole room.
pub(in crate::store) fn text(row: &Row<'_>, at: usize) -> rusqlite::Result<String> {
    match row.get_ref(at)? {
        ValueRef::Text(bytes) => Ok(String::from_utf8_lossy(bytes).into_owned()),
        _ => row.get(at),
    }
}

/// The rows without those that are corrupted.
pub(in crate::store) fn readable<T>(
    rows: impl Iterator<Item = rusqlite::Result<T>>,
) -> rusqlite::Result<Vec<T>> {
    rows.filter(is_readable).collect()
}

/// The readable ones among the first `most` messages, up to `bytes` but at least one; and whether there are
/// more rows.
pub(in crate::store) fn messages(
    rows: impl Iterator<Item = rusqlite::Result<Message>>,
    most: usize,
    bytes: usize,
) -> rusqlite::Result<(Vec<Message>, bool)> {
    let (mut messages, mut taken) = (Vec::new(), 0);
    for (number, row) in rows.enumerate() {
        if number == most {
            return Ok((messages, true));
        }
        if !is_readable(&row) {
            continue;
        }
        let message = row?;
        taken += message.content.len() + quoted(&message) + AROUND;
        if taken > bytes && !messages.is_empty() {
            return Ok((messages, true));
        }
        messages.push(message);
    }
    Ok((messages, false))
}

/// About how many bytes a message's quote takes.
fn quoted(message: &Message) -> usize {
    message.quote.as_ref().map_or(0, |quote| quote.excerpt.len() + AROUND / 2)
}

/// About how many bytes a message takes besides its content.
const AROUND: usize = 600;

fn is_readable<T>(row: &rusqlite::Result<T>) -> bool {
    match row {
        Err(error) if error.sqlite_error().is_none() && !is_damage(error) => {
            tracing::error!(%error, "a row of the database cannot be read; it is left out");
            false
        }
        _ => true,
    }
}

/// The columns of a kind: kind, count, was, now.
pub(in crate::store) fn kind_columns(
    kind: &Kind,
) -> (i64, Option<u32>, Option<&str>, Option<&str>) {
    match kind {
        Kind::Said => (0, None, None, None),
        Kind::Alert(Alert::Note) => (1, None, None, None),
        Kind::Alert(Alert::Joined(count)) => (2, Some(*count), None, None),
        Kind::Alert(Alert::Left(count)) => (3, Some(*count), None, None),
        Kind::Alert(Alert::Renamed { was, now }) => {
            (4, None, Some(was.as_str()), Some(now.as_str()))
        }
        Kind::Alert(Alert::Announcement) => (5, None, None, None),
    }
}

/// The kind from its columns: kind, content, count, was, now.
fn kind(row: &Row<'_>, at: usize) -> rusqlite::Result<Kind> {
    let count = || row.get::<_, Option<u32>>(at + 2).map(|count| count.unwrap_or(1));
    let name = |column| {
        row.get::<_, Option<String>>(column).map(|name| Nickname::trusted(name.unwrap_or_default()))
    };
    Ok(match row.get(at)? {
        0 => Kind::Said,
        1 => Kind::Alert(Alert::Note),
        2 => Kind::Alert(Alert::Joined(count()?)),
        3 => Kind::Alert(Alert::Left(count()?)),
        4 => Kind::Alert(Alert::Renamed { was: name(at + 3)?, now: name(at + 4)? }),
        5 => Kind::Alert(Alert::Announcement),
        other => return Err(FromSqlError::OutOfRange(other).into()),
    })
}

pub(in crate::store) fn parsed<T>(row: &Row<'_>, at: usize) -> rusqlite::Result<T>
where
    T: std::str::FromStr,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    let text: String = row.get(at)?;
    text.parse().map_err(|error: T::Err| {
        rusqlite::Error::FromSqlConversionFailure(at, Type::Text, Box::new(error))
    })
}
