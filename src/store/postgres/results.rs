//! Reads the results of writes from the rows of their calls.

use std::time::Duration;

use tokio_postgres::Row;

use super::calls::{Context, seqs};
use super::rows::{self, RowError};
use super::{announcements, polls};
use crate::domain::chatter::Chatter;
use crate::domain::host::{HostKey, HostName, KeyUse};
use crate::domain::ids::{ChatterId, HeldId, MessageId, RoomId, Seq, host_chatter};
use crate::domain::message::{Alert, Kind, Message};
use crate::domain::question::Held;
use crate::domain::reactions::{Chosen, Reacted, Reactions};
use crate::domain::refusal::{HeldRefusal, HostRefusal, Refusal};
use crate::domain::text::{Content, Nickname};
use crate::domain::time::WallTime;
use crate::store::write::{
    Deed, HistorySlice, HostAct, HostRename, HostSay, Join, Joined, Leave, MISSED_MAX, RANGE_BYTES,
    REACTED_MAX, React, Rename, ReportMessage, Say, TakeBack, Vote, Write, Written,
    places_taken_back,
};

/// When to try again to create a room. A guess: the hub does not know when a room ends.
const LATER: Duration = Duration::from_secs(60);

/// A result, or why a row could not be read.
pub(super) type Outcome = Result<Result<Written, Refusal>, RowError>;

impl Context<'_> {
    /// The results of a step, from the rows of its calls.
    ///
    /// # Errors
    /// A row is not what it should be.
    pub(super) fn results(
        &self,
        writes: &[Write],
        rows: &[Vec<Row>],
    ) -> Result<Vec<Result<Written, Refusal>>, RowError> {
        let none = Vec::new();
        let first = rows.first().unwrap_or(&none);
        if let Some(Write::Say(_)) = writes.first() {
            return writes.iter().zip(first).map(|(write, row)| said(write, row)).collect();
        }
        let Some(write) = writes.first() else {
            return Ok(Vec::new());
        };
        let row = first.first();
        let result = match (write, row) {
            (Write::Mark(_) | Write::Ping, _) => Ok(Written::Done),
            (Write::Host(HostAct { deed: Deed::TakeBack(..), .. }), _) => taken(first)?,
            (Write::Recall(recall), row) => match row {
                Some(row) => Ok(Written::Said { message: rows::message(row)?, repeated: true }),
                None => Err(recall.refusal.clone()),
            },
            (
                Write::Host(HostAct {
                    deed:
                        Deed::Announce(announcement, host) | Deed::AnnounceOnce(announcement, host),
                    ..
                }),
                _,
            ) => announcements::announced(announcement, host, first)?,
            (Write::Host(HostAct { deed: Deed::MakePoll(poll), .. }), _) => {
                polls::made(poll, first)?
            }
            (Write::Host(act), _) if act.deed.may_drop_questions() => {
                super::questions::all_dropped(rows)?
            }
            (_, None) => Err(Refusal::Unavailable),
            (
                Write::Host(HostAct { deed: Deed::ClosePoll(poll), .. })
                | Write::ClosePoll(poll, _),
                Some(_),
            ) => polls::closed(poll, first)?,
            (Write::VotePoll(vote), Some(row)) => polls::voted(vote, row)?,
            (Write::Host(HostAct { deed: Deed::Rename(rename), .. }), Some(_)) => {
                renamed_by_host(rename, first)?
            }
            (Write::Host(HostAct { deed: Deed::SetWall(..), .. }), Some(row)) => wall_set(row)?,
            (Write::Host(HostAct { deed: Deed::DropHeld(held), .. }), Some(row)) => {
                super::questions::dropped(*held, row)?
            }
            (Write::Host(HostAct { deed: Deed::LetThrough(_), .. }), Some(row)) => {
                super::questions::let_through(row.try_get(0)?, rows.get(1))?
            }
            (Write::Host(HostAct { deed: Deed::Say(say), .. }), Some(row)) => {
                host_said(say, row, rows.get(1))?
            }
            (Write::Join(join), Some(row)) => self.joined(join, row, rows)?,
            (Write::TakeBack(back), Some(row)) => taken_back(back, row)?,
            (Write::React(React { seq, .. }) | Write::Vote(Vote { seq, .. }), Some(row)) => {
                reacted(*seq, row)?
            }
            (Write::Host(HostAct { deed: Deed::Answered(_, seq, _), .. }), Some(row)) => {
                reacted(*seq, row)?
            }
            (Write::Report(report), Some(row)) => reported(report, row.try_get(0)?),
            (Write::Leave(leave), Some(row)) => left(leave, row)?,
            (Write::Rename(rename), Some(row)) => renamed(rename, row)?,
            (Write::Look { .. }, Some(row)) => {
                let came = row.try_get::<_, Option<i64>>(1)?.map(rows::hub_time);
                Ok(Written::Looked { is_member: row.try_get(0)?, came })
            }
            (Write::UseKey(key_use), Some(row)) => key_used(key_use, row)?,
            (Write::Grant(_), Some(_)) => Ok(Written::Done),
            (Write::Host(HostAct { deed: Deed::Kick(_) | Deed::Unban(_), .. }), Some(_)) => {
                Ok(Written::Done)
            }
            (_, Some(row)) => done(row.try_get(0)?),
        };
        Ok(vec![result])
    }

    fn joined(&self, join: &Join, row: &Row, rows: &[Vec<Row>]) -> Outcome {
        let outcome: &str = row.try_get(0)?;
        if outcome != "joined" {
            return Ok(Err(refusal(outcome)));
        }
        let chatter = Chatter {
            id: rows::chatter_id(row, 1)?,
            nickname: Nickname::trusted(row.try_get(2)?),
            created_at: WallTime(row.try_get(3)?),
            left_at: None,
        };
        let alert = notice(join.room, &chatter, Kind::Alert(Alert::Joined(1)), row, 7)?;
        let (first, last) = (Seq(row.try_get(4)?), Seq(row.try_get(6)?));
        let is_strange = |after: Seq| self.is_elsewhere(join) || after > last;
        let taken_back = places_taken_back(seqs(rows.get(2))?, first);
        let mut reacted: Vec<Reacted> = match rows.get(3) {
            Some(rows) => rows.iter().map(changed_reactions).collect::<Result<_, _>>()?,
            None => Vec::new(),
        };
        let too_many = taken_back.is_none() || reacted.len() > REACTED_MAX;
        let reset = join.after.is_some_and(|after| is_strange(after) || too_many);
        let mut taken_back = taken_back.unwrap_or_default();
        if reset {
            taken_back.clear();
            reacted.clear();
        }
        let (missed, more) = match rows.get(1) {
            Some(found) => messages(found, MISSED_MAX, RANGE_BYTES)?,
            None => (Vec::new(), false),
        };
        let (pruned, epoch) = (row.try_get(5)?, self.epoch);
        let reactions_at = rows::hub_time(row.try_get(11)?);
        let history = HistorySlice {
            first,
            last,
            pruned,
            epoch,
            reset,
            missed,
            more,
            taken_back,
            reacted,
            reactions_at,
        };
        Ok(Ok(Written::Joined(Joined { chatter, alert, history })))
    }
}

/// Messages from rows, at most `most` with at most `bytes`, but at least one; and whether there are more.
pub(super) fn messages(
    found: &[Row],
    most: usize,
    bytes: usize,
) -> Result<(Vec<Message>, bool), RowError> {
    let (mut messages, mut taken) = (Vec::new(), 0);
    for (number, row) in found.iter().enumerate() {
        if number == most {
            return Ok((messages, true));
        }
        let message = rows::message(row)?;
        let quoted = message.quote.as_ref().map_or(0, |quote| quote.excerpt.len() + AROUND / 2);
        taken += message.content.len() + quoted + AROUND;
        if taken > bytes && !messages.is_empty() {
            return Ok((messages, true));
        }
        messages.push(message);
    }
    Ok((messages, false))
}

/// About how many bytes a message takes besides its content.
const AROUND: usize = 600;

fn done(outcome: &str) -> Result<Written, Refusal> {
    if outcome == "done" { Ok(Written::Done) } else { Err(refusal(outcome)) }
}

pub(super) fn refusal(outcome: &str) -> Refusal {
    match outcome {
        "no_such_room" => Refusal::NoSuchRoom,
        "no_such_chatter" => Refusal::NoSuchChatter,
        "bad_signature" => Refusal::Host(HostRefusal::BadSignature),
        "other_browser" => Refusal::Host(HostRefusal::OtherBrowser),
        "replayed" => Refusal::Host(HostRefusal::Replayed),
        "no_such_announcement" => Refusal::Host(HostRefusal::NoSuchAnnouncement),
        "too_many_announcements" => Refusal::Host(HostRefusal::TooManyAnnouncements),
        "too_many_polls" => Refusal::Host(HostRefusal::TooManyPolls),
        "too_many_prepared" => Refusal::Host(HostRefusal::TooManyPrepared),
        "already_there" => Refusal::Host(HostRefusal::AlreadyThere),
        "no_such_poll" => Refusal::NoSuchPoll,
        "poll_closed" => Refusal::PollClosed,
        "no_such_key" => Refusal::Host(HostRefusal::NoSuchKey),
        "key_name_taken" => Refusal::Host(HostRefusal::KeyNameTaken),
        "no_such_report" => Refusal::NoSuchReport,
        "no_such_held" => Refusal::Held(HeldRefusal::NotThere),
        "not_let_through" => Refusal::Held(HeldRefusal::NotLetThrough),
        "too_many_held" => Refusal::Held(HeldRefusal::TooMany),
        "not_yours" => Refusal::NotYours,
        "not_joined" => Refusal::NotJoined,
        "name_taken" => Refusal::NameTaken,
        "name_held" => Refusal::NameHeld,
        "expired" => Refusal::Expired,
        "banned" => Refusal::Banned,
        "full" => Refusal::Full,
        "shut" => Refusal::Shut,
        "room_read_only" => Refusal::RoomReadOnly(None),
        "locked" => Refusal::Locked,
        "too_many_rooms" => Refusal::TooManyRooms(LATER),
        _ => Refusal::Unavailable,
    }
}

/// A message of the batch: its kind and author are known from the write, unless its key was used before.
fn said(write: &Write, row: &Row) -> Outcome {
    let (Write::Say(Say { room, chatter, kind, reply_to, .. }), outcome) =
        (write, row.try_get::<_, &str>(0)?)
    else {
        return Ok(Err(Refusal::Unavailable));
    };
    let repeated = outcome == "repeated";
    if outcome == "no_message" {
        return Ok(Err(Refusal::NoMessage(reply_to.unwrap_or(Seq(0)))));
    }
    if outcome == "held" {
        let (id, at) = (HeldId(row.try_get(1)?), WallTime(row.try_get(6)?));
        return Ok(Ok(Written::Held(Held { id, room: *room, content: row.try_get(4)?, at })));
    }
    if let "slow_mode" | "too_new" = outcome {
        let ms = u64::try_from(row.try_get::<_, i64>(21)?).unwrap_or(0);
        let wait = Duration::from_millis(ms);
        let is_slow = outcome == "slow_mode";
        return Ok(Err(if is_slow { Refusal::SlowMode(wait) } else { Refusal::TooNew(wait) }));
    }
    if !repeated && outcome != "said" {
        return Ok(Err(refusal(outcome)));
    }
    let number: i16 = row.try_get(3)?;
    let kind = match rows::kind_number(kind) == number {
        true => kind.clone(),
        false => {
            let none = || Nickname::trusted(String::new());
            rows::kind(number, row.try_get(5)?, none(), none())
        }
    };
    let message = Message {
        id: MessageId(row.try_get(1)?),
        seq: Seq(row.try_get(2)?),
        room: *room,
        kind,
        content: row.try_get(4)?,
        sent_at: WallTime(row.try_get(6)?),
        chatter: author(*chatter, row, 8)?,
        is_taken_back: row.try_get(7)?,
        mentions: rows::mentions(row, 11)?,
        quote: rows::quote(row, 12)?,
        reactions: rows::reactions(row, 19)?,
        mine: rows::chosen(row, 20)?,
        question: rows::question(row, 22)?,
    };
    Ok(Ok(Written::Said { message, repeated }))
}

/// A chatter whose id is known, from three columns: nickname, created_at, left_at.
fn author(id: ChatterId, row: &Row, at: usize) -> Result<Chatter, RowError> {
    Ok(Chatter {
        id,
        nickname: Nickname::trusted(row.try_get(at)?),
        created_at: WallTime(row.try_get(at + 1)?),
        left_at: row.try_get::<_, Option<i64>>(at + 2)?.map(WallTime),
    })
}

/// The notice that the database wrote, if it wrote one, from four columns: id, seq, sent_at, text.
fn notice(
    room: RoomId,
    about: &Chatter,
    kind: Kind,
    row: &Row,
    at: usize,
) -> Result<Option<Message>, RowError> {
    match row.try_get::<_, Option<i64>>(at)? {
        Some(_) => {
            let text = Content::trusted(row.try_get(at + 3)?);
            message(room, about.clone(), kind, &text, row, at).map(Some)
        }
        None => Ok(None),
    }
}

/// A message without a quote, mentions and reactions, from three columns: id, seq, sent_at.
pub(super) fn message(
    room: RoomId,
    chatter: Chatter,
    kind: Kind,
    content: &Content,
    row: &Row,
    at: usize,
) -> Result<Message, RowError> {
    Ok(Message {
        id: MessageId(row.try_get(at)?),
        seq: Seq(row.try_get(at + 1)?),
        room,
        kind,
        content: content.as_str().to_owned(),
        sent_at: WallTime(row.try_get(at + 2)?),
        chatter,
        is_taken_back: false,
        mentions: Vec::new(),
        quote: None,
        reactions: Reactions::default(),
        mine: Chosen::default(),
        question: None,
    })
}

/// What the host says in a room. `known` has the message where its key was used before.
fn host_said(say: &HostSay, row: &Row, known: Option<&Vec<Row>>) -> Outcome {
    let outcome: &str = row.try_get(0)?;
    match (outcome, known.and_then(|rows| rows.first())) {
        ("said", _) => {
            let author = host(&say.host, row, 4)?;
            let message = message(say.room, author, Kind::Said, &say.content, row, 1)?;
            Ok(Ok(Written::Said { message, repeated: false }))
        }
        ("repeated", Some(known)) => {
            Ok(Ok(Written::Said { message: rows::message(known)?, repeated: true }))
        }
        (outcome, _) => Ok(Err(refusal(outcome))),
    }
}

/// The host, as whom they speak; since when there is one is in this column.
pub(super) fn host(name: &Nickname, row: &Row, at: usize) -> Result<Chatter, RowError> {
    let created_at = WallTime(row.try_get(at)?);
    Ok(Chatter { id: host_chatter(), nickname: name.clone(), created_at, left_at: None })
}

fn left(leave: &Leave, row: &Row) -> Outcome {
    let still_here = row.try_get(0)?;
    if row.try_get::<_, Option<&str>>(1)?.is_none() {
        return Ok(Ok(Written::Left { alert: None, still_here }));
    }
    let about = author(leave.chatter.id, row, 1)?;
    let alert = notice(leave.room, &about, Kind::Alert(Alert::Left(1)), row, 4)?;
    Ok(Ok(Written::Left { alert, still_here }))
}

fn renamed(rename: &Rename, row: &Row) -> Outcome {
    let outcome: &str = row.try_get(0)?;
    if outcome != "renamed" {
        return Ok(Err(refusal(outcome)));
    }
    let was = Nickname::trusted(row.try_get(1)?);
    let chatter = Chatter {
        id: rename.chatter,
        nickname: rename.nickname.clone(),
        created_at: WallTime(row.try_get(2)?),
        left_at: None,
    };
    let kind = Kind::Alert(Alert::Renamed { was, now: rename.nickname.clone() });
    let alert = match rename.notice {
        Some((room, _)) => notice(room, &chatter, kind, row, 3)?,
        None => None,
    };
    Ok(Ok(Written::Renamed { chatter, alert }))
}

/// The rows of `rename_by_host`: one for each room that is told, and one without a room.
fn renamed_by_host(rename: &HostRename, found: &[Row]) -> Outcome {
    let (mut result, mut alerts) = (Err(Refusal::Unavailable), Vec::new());
    for row in found {
        let outcome: &str = row.try_get(0)?;
        if outcome != "renamed" {
            return Ok(Err(refusal(outcome)));
        }
        let was = Nickname::trusted(row.try_get(1)?);
        let chatter = Chatter {
            id: rename.chatter,
            nickname: rename.nickname.clone(),
            created_at: WallTime(row.try_get(2)?),
            left_at: None,
        };
        let kind = Kind::Alert(Alert::Renamed { was, now: rename.nickname.clone() });
        if row.try_get::<_, Option<uuid::Uuid>>(3)?.is_some() {
            alerts.extend(notice(rows::room_id(row, 3)?, &chatter, kind, row, 4)?);
        }
        result = Ok(chatter);
    }
    Ok(result.map(|chatter| Written::RenamedByHost { chatter, alerts }))
}

/// A row of `reacted`.
fn changed_reactions(row: &Row) -> Result<Reacted, RowError> {
    rows::reacted(row, 1, Seq(row.try_get(0)?))
}

/// A row of `react`, `vote` or `mark_answered`.
fn reacted(seq: Seq, row: &Row) -> Outcome {
    let outcome: &str = row.try_get(0)?;
    Ok(match outcome {
        "reacted" | "before" => {
            let reacted = rows::reacted(row, 1, seq)?;
            Ok(Written::Reacted { reacted, is_new: outcome == "reacted" })
        }
        "no_message" => Err(Refusal::NoMessage(seq)),
        "no_question" => Err(Refusal::NoQuestion(seq)),
        "own_question" => Err(Refusal::OwnQuestion(seq)),
        other => Err(refusal(other)),
    })
}

fn reported(report: &ReportMessage, outcome: &str) -> Result<Written, Refusal> {
    match outcome {
        "reported" | "before" => Ok(Written::Reported { is_new: outcome == "reported" }),
        "no_message" => Err(Refusal::NoMessage(report.seq)),
        "own_message" => Err(Refusal::OwnMessage(report.seq)),
        other => Err(refusal(other)),
    }
}

fn taken_back(back: &TakeBack, row: &Row) -> Outcome {
    Ok(match row.try_get(0)? {
        "taken_back" => {
            let id: Option<i64> = row.try_get(1)?;
            Ok(Written::TakenBack(id.map(|id| (back.seq, MessageId(id))).into_iter().collect()))
        }
        "not_your_message" => Err(Refusal::NotYourMessage(back.seq)),
        "too_late" => Err(Refusal::TooLate(back.within)),
        other => Err(refusal(other)),
    })
}

fn key_used(key_use: &KeyUse, row: &Row) -> Outcome {
    let outcome: &str = row.try_get(0)?;
    if outcome != "used" {
        return Ok(Err(refusal(outcome)));
    }
    Ok(Ok(Written::KeyUsed(HostKey {
        id: key_use.id,
        name: HostName::trusted(row.try_get(1)?),
        role: rows::host_role(row.try_get(2)?),
        made_at: WallTime(row.try_get(3)?),
        is_used: true,
    })))
}

fn wall_set(row: &Row) -> Outcome {
    let outcome: &str = row.try_get(0)?;
    match (outcome, rows::wall(row, 1)?) {
        ("set", Some(wall)) => Ok(Ok(Written::WallSet(wall))),
        (outcome, _) => Ok(Err(refusal(outcome))),
    }
}

fn taken(found: &[Row]) -> Outcome {
    let mut taken = Vec::new();
    for row in found {
        let seq = Seq(row.try_get(0)?);
        match row.try_get::<_, Option<i64>>(1)? {
            Some(id) => taken.push((seq, MessageId(id))),
            None => return Ok(Err(Refusal::NoSuchMessage(seq))),
        }
    }
    Ok(Ok(Written::TakenBack(taken)))
}
