//! Writes as calls of statements, and their results.

use std::ops::Range;
use std::time::Duration;

use tokio_postgres::types::ToSql;
use tokio_postgres::{Row, Statement};

use super::HubRun;
use super::rows::{self, RowError, sql, uuid};
use super::statements::Statements;
use crate::domain::chatter::Chatter;
use crate::domain::ids::{ChatterId, Epoch, MessageId, Seq};
use crate::domain::message::{Alert, Kind, Message};
use crate::domain::names::look::Look;
use crate::domain::refusal::Refusal;
use crate::domain::room::Room;
use crate::domain::text::{Key, Nickname};
use crate::domain::time::WallTime;
use crate::domain::words;
use crate::store::change::{Admission, Admitted, EarlyEnd};
use crate::store::write::{
    Deed, HistorySlice, HostAct, Join, Joined, Leave, MISSED_MAX, RANGE_BYTES, Rename, Say,
    TAKEN_BACK_MAX, Write, Written,
};

/// Stands for the name in the text of a notice, which the database puts in: no nickname has it.
pub(super) const NAME: &str = "\u{1}";

/// When to try again to make a room; the hub knows no better.
const LATER: Duration = Duration::from_secs(60);

/// A value for a statement.
pub(super) type Param = Box<dyn ToSql + Sync + Send>;

/// A statement and its values.
pub(super) struct Call<'s> {
    pub(super) statement: &'s Statement,
    pub(super) params: Vec<Param>,
}

/// Neighbouring writes that are done by the same calls.
pub(super) struct Step<'s> {
    /// Which writes of the batch.
    pub(super) writes: Range<usize>,
    pub(super) calls: Vec<Call<'s>>,
}

/// A result, or why a row could not be read.
type Outcome = Result<Result<Written, Refusal>, RowError>;

fn call<'s>(statement: &'s Statement, params: Vec<Param>) -> Call<'s> {
    Call { statement, params }
}

macro_rules! params {
    ($($value:expr),* $(,)?) => { vec![$(Box::new($value) as Param),*] };
}

/// What writes need to know of the session.
pub(super) struct Context<'s> {
    pub(super) statements: &'s Statements,
    pub(super) hub: &'s HubRun,
    pub(super) epoch: Epoch,
}

impl<'s> Context<'s> {
    /// The calls of a batch. Neighbouring messages share one.
    pub(super) fn steps(&self, writes: &[Write]) -> Vec<Step<'s>> {
        let mut steps: Vec<Step<'s>> = Vec::new();
        let mut at = 0;
        while at < writes.len() {
            let says =
                writes.iter().skip(at).take_while(|write| matches!(write, Write::Say(_))).count();
            let (end, calls) = match writes.get(at) {
                Some(Write::Say(_)) => {
                    let end = at + says;
                    (end, vec![self.say(writes.get(at..end).unwrap_or_default())])
                }
                Some(write) => (at + 1, self.calls(write)),
                None => break,
            };
            steps.push(Step { writes: at..end, calls });
            at = end;
        }
        steps
    }

    fn calls(&self, write: &Write) -> Vec<Call<'s>> {
        let statements = self.statements;
        match write {
            Write::Room(room) => vec![self.make_room(room, false, None)],
            Write::FirstRoom(room) => vec![self.make_room(room, true, None)],
            Write::End { room, at: _ } => {
                let why = early_end(EarlyEnd::Silent);
                let params = params![uuid(room.as_bytes()), why, None::<String>];
                vec![call(&statements.end_room, params)]
            }
            Write::Look { room, identity } => {
                let params = params![uuid(room.as_bytes()), uuid(identity.as_bytes())];
                vec![call(&statements.look, params)]
            }
            Write::Join(join) => self.join(join),
            Write::Leave(leave) => vec![self.leave(leave)],
            Write::Rename(rename) => vec![self.rename(rename)],
            Write::Host(act) => vec![self.host(act)],
            Write::Admit(admission) => vec![self.admit(admission)],
            // The database has a clock of its own, and the feed has asked it by now.
            Write::Mark(_) | Write::Ping | Write::Say(_) => Vec::new(),
        }
    }

    fn make_room(&self, room: &Room, is_first: bool, what: Option<String>) -> Call<'s> {
        let lifetime = i64::try_from(room.lifetime.as_millis()).unwrap_or(i64::MAX);
        let most = i64::try_from(self.hub.rooms_max).unwrap_or(i64::MAX);
        let params = params![
            uuid(room.id.as_bytes()),
            room.code.as_str().to_owned(),
            room.title.as_str().to_owned(),
            room.namespace.as_str().to_owned(),
            i64::from(room.capacity),
            room.lock.as_ref().map(|hash| hash.0.clone()),
            room.created_at.0,
            sql(room.created),
            lifetime,
            room.is_shut,
            room.by_host,
            is_first,
            most,
            what,
        ];
        call(&self.statements.make_room, params)
    }

    fn join(&self, join: &Join) -> Vec<Call<'s>> {
        let note = join.notice.map(|language| {
            words::alert(language, &Alert::Joined(1), &Nickname::trusted(NAME.to_owned()))
        });
        let (room, who) = (uuid(join.room.as_bytes()), uuid(join.identity.as_bytes()));
        let params = params![
            self.hub.run.0,
            room,
            who,
            join.wanted.map(|wanted| uuid(wanted.as_bytes())),
            uuid(join.fresh.id.as_bytes()),
            join.fresh.nickname.as_str().to_owned(),
            looks(&join.fresh.nickname),
            join.fresh.created_at.0,
            join.admitted,
            note,
            join.peer,
        ];
        let mut calls = vec![call(&self.statements.join_room, params)];
        if let Some(after) = join.after {
            calls.push(self.missed(join, self.is_elsewhere(join)));
            let most = i64::try_from(TAKEN_BACK_MAX + 1).unwrap_or(i64::MAX);
            calls.push(call(&self.statements.taken_back, params![room, who, after.0, most]));
        }
        calls
    }

    /// The messages that somebody missed; all that they may read if their places are `void`.
    pub(super) fn missed(&self, join: &Join, void: bool) -> Call<'s> {
        let (room, who) = (uuid(join.room.as_bytes()), uuid(join.identity.as_bytes()));
        let most = i64::try_from(MISSED_MAX + 1).unwrap_or(i64::MAX);
        let after = join.after.map_or(0, |after| after.0);
        call(&self.statements.missed, params![room, who, after, void, most])
    }

    fn is_elsewhere(&self, join: &Join) -> bool {
        join.epoch.is_some_and(|theirs| theirs != self.epoch)
    }

    fn say(&self, writes: &[Write]) -> Call<'s> {
        let says = || {
            writes.iter().filter_map(|write| match write {
                Write::Say(say) => Some(say),
                _ => None,
            })
        };
        let params = params![
            says().map(|say| uuid(say.room.as_bytes())).collect::<Vec<_>>(),
            says().map(|say| uuid(say.chatter.as_bytes())).collect::<Vec<_>>(),
            says().map(|say| rows::kind_number(&say.kind)).collect::<Vec<_>>(),
            says().map(|say| say.content.clone()).collect::<Vec<_>>(),
            says().map(|say| rows::kind_count(&say.kind)).collect::<Vec<_>>(),
            says()
                .map(|say| say.key.as_ref().map(Key::as_str).map(str::to_owned))
                .collect::<Vec<_>>(),
        ];
        call(&self.statements.say, params)
    }

    fn leave(&self, leave: &Leave) -> Call<'s> {
        let note = leave.notice.map(|language| {
            words::alert(language, &Alert::Left(1), &Nickname::trusted(NAME.to_owned()))
        });
        let params = params![
            self.hub.run.0,
            uuid(leave.room.as_bytes()),
            uuid(leave.chatter.id.as_bytes()),
            leave.everywhere,
            note,
        ];
        call(&self.statements.leave_room, params)
    }

    fn rename(&self, rename: &Rename) -> Call<'s> {
        let name = Nickname::trusted(NAME.to_owned());
        let note = rename.notice.map(|(_, language)| {
            let renamed = Alert::Renamed { was: name.clone(), now: rename.nickname.clone() };
            words::alert(language, &renamed, &name)
        });
        let params = params![
            uuid(rename.chatter.as_bytes()),
            rename.owner.map(|owner| uuid(owner.as_bytes())),
            rename.nickname.as_str().to_owned(),
            looks(&rename.nickname),
            rename.notice.map(|(room, _)| uuid(room.as_bytes())),
            note,
        ];
        call(&self.statements.rename_chatter, params)
    }

    fn host(&self, act: &HostAct) -> Call<'s> {
        let (statements, what) = (self.statements, act.what.clone());
        let end = |room: &crate::domain::ids::RoomId, end| {
            let params = params![uuid(room.as_bytes()), early_end(end), Some(act.what.clone())];
            call(&statements.end_room, params)
        };
        match &act.deed {
            Deed::Create(room) => self.make_room(room, false, Some(what)),
            Deed::Shut(room, is_shut) => {
                call(&statements.shut_room, params![uuid(room.as_bytes()), *is_shut, what])
            }
            Deed::TakeBack(room, seqs) => {
                let seqs: Vec<i64> = seqs.iter().map(|seq| seq.0).collect();
                call(&statements.take_back, params![uuid(room.as_bytes()), seqs, what])
            }
            Deed::Close(room) => end(room, EarlyEnd::Closed),
            Deed::Delete(room) => end(room, EarlyEnd::Deleted),
            Deed::Kick(chatter) => call(&statements.kick, params![uuid(chatter.as_bytes()), what]),
            Deed::Ban(ban) => {
                let params = params![
                    uuid(ban.chatter.as_bytes()),
                    uuid(ban.identity.as_bytes()),
                    ban.nickname.as_str().to_owned(),
                    ban.address.map(|(address, _)| address),
                    ban.address.map(|(_, until)| sql(until)),
                    what,
                ];
                call(&statements.ban, params)
            }
            Deed::Unban(chatter) => {
                call(&statements.unban, params![uuid(chatter.as_bytes()), what])
            }
        }
    }

    fn admit(&self, Admission { room, who, until }: &Admission) -> Call<'s> {
        let (identity, address) = match who {
            Admitted::Identity(identity) => (Some(uuid(identity.as_bytes())), None),
            Admitted::Address(address) => (None, Some(*address)),
        };
        let params = params![uuid(room.as_bytes()), identity, address, sql(*until)];
        call(&self.statements.admit, params)
    }

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
            (_, None) => Err(Refusal::Unavailable),
            (Write::Join(join), Some(row)) => self.joined(join, row, rows)?,
            (Write::Leave(leave), Some(row)) => left(leave, row)?,
            (Write::Rename(rename), Some(row)) => renamed(rename, row)?,
            (Write::Look { .. }, Some(row)) => Ok(Written::Looked { is_member: row.try_get(0)? }),
            (Write::Admit(_), Some(_)) => Ok(Written::Done),
            (Write::Host(HostAct { deed, .. }), Some(_))
                if matches!(deed, Deed::Kick(_) | Deed::Ban(_) | Deed::Unban(_)) =>
            {
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
        let mut taken_back: Vec<Seq> = match rows.get(2) {
            Some(rows) => {
                rows.iter().map(|row| row.try_get(0).map(Seq)).collect::<Result<_, _>>()?
            }
            None => Vec::new(),
        };
        let too_many = taken_back.len() > TAKEN_BACK_MAX;
        let reset = join.after.is_some_and(|after| is_strange(after) || too_many);
        if reset {
            taken_back.clear();
        }
        let (missed, more) = match rows.get(1) {
            Some(found) => messages(found, MISSED_MAX, RANGE_BYTES)?,
            None => (Vec::new(), false),
        };
        let (pruned, epoch) = (row.try_get(5)?, self.epoch);
        let history = HistorySlice { first, last, pruned, epoch, reset, missed, more, taken_back };
        Ok(Ok(Written::Joined(Joined { chatter, alert, history })))
    }

    /// Whether a join has to read its messages once more: so many were taken back that its places are void.
    pub(super) fn begins_again(&self, join: &Join, rows: &[Vec<Row>]) -> bool {
        !self.is_elsewhere(join) && rows.get(2).is_some_and(|rows| rows.len() > TAKEN_BACK_MAX)
    }
}

/// Messages from rows, at most `most` and `bytes` but at least one; and whether there are more.
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
        taken += message.content.len() + AROUND;
        if taken > bytes && !messages.is_empty() {
            return Ok((messages, true));
        }
        messages.push(message);
    }
    Ok((messages, false))
}

/// About how many bytes a message takes besides its content.
const AROUND: usize = 600;

fn looks(nickname: &Nickname) -> Vec<String> {
    Look::of(nickname).keys().map(str::to_owned).to_vec()
}

/// The number of an end, as in the events.
fn early_end(end: EarlyEnd) -> i16 {
    match end {
        EarlyEnd::Silent => 1,
        EarlyEnd::Closed => 2,
        EarlyEnd::Deleted => 3,
    }
}

fn done(outcome: &str) -> Result<Written, Refusal> {
    if outcome == "done" { Ok(Written::Done) } else { Err(refusal(outcome)) }
}

fn refusal(outcome: &str) -> Refusal {
    match outcome {
        "no_such_room" => Refusal::NoSuchRoom,
        "no_such_chatter" => Refusal::NoSuchChatter,
        "not_yours" => Refusal::NotYours,
        "not_joined" => Refusal::NotJoined,
        "name_taken" => Refusal::NameTaken,
        "expired" => Refusal::Expired,
        "banned" => Refusal::Banned,
        "full" => Refusal::Full,
        "shut" => Refusal::Shut,
        "locked" => Refusal::Locked,
        "too_many_rooms" => Refusal::TooManyRooms(LATER),
        _ => Refusal::Unavailable,
    }
}

/// A message of the batch: its kind and author are known from the write, unless its key was used before.
fn said(write: &Write, row: &Row) -> Outcome {
    let (Write::Say(Say { room, chatter, kind, .. }), outcome) =
        (write, row.try_get::<_, &str>(0)?)
    else {
        return Ok(Err(Refusal::Unavailable));
    };
    let repeated = outcome == "repeated";
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

/// A notice that the database wrote, from four columns: id, seq, sent_at, text; if it did.
fn notice(
    room: crate::domain::ids::RoomId,
    about: &Chatter,
    kind: Kind,
    row: &Row,
    at: usize,
) -> Result<Option<Message>, RowError> {
    let Some(id) = row.try_get::<_, Option<i64>>(at)? else {
        return Ok(None);
    };
    Ok(Some(Message {
        id: MessageId(id),
        seq: Seq(row.try_get(at + 1)?),
        room,
        kind,
        content: row.try_get(at + 3)?,
        sent_at: WallTime(row.try_get(at + 2)?),
        chatter: about.clone(),
        is_taken_back: false,
    }))
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
