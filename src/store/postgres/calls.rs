//! Translates writes into statements with their values.

mod people;
mod questions;
mod rooms;

use std::collections::HashSet;
use std::ops::Range;

use tokio_postgres::types::ToSql;
use tokio_postgres::{Row, Statement};

use super::HubRun;
use super::rows::{self, RowError, sql, uuid};
use super::statements::Statements;
use crate::domain::event_settings::EventEdit;
use crate::domain::host::{HostRole, KeyUse};
use crate::domain::ids::{ChatterId, Epoch, RoomId, Seq, host_chatter};
use crate::domain::language::Language;
use crate::domain::message::Alert;
use crate::domain::names::look::Look;
use crate::domain::text::{Key, Nickname, Title};
use crate::domain::words;
use crate::store::change::{AccessGrant, EarlyEnd, GrantHolder};
use crate::store::mode::{LOOKED_THROUGH, ModeColumns};
use crate::store::write::{
    Deed, HostAct, HostSay, Join, Leave, MISSED_MAX, REACTED_MAX, React, Recall, Rename,
    ReportMessage, TAKEN_BACK_MAX, TakeBack, Write, places_taken_back,
};

/// The placeholder for the name in the text of a notice, which the database fills in. No nickname contains it.
pub(super) const NAME: &str = "\u{1}";

/// A value for a statement.
pub(super) type Param = Box<dyn ToSql + Sync + Send>;

/// A statement and its values.
pub(super) struct Call<'s> {
    pub(super) statement: &'s Statement,
    pub(super) params: Vec<Param>,
}

/// Neighbouring writes that share calls.
pub(super) struct Step<'s> {
    /// The indexes of the writes in the batch.
    pub(super) writes: Range<usize>,
    pub(super) calls: Vec<Call<'s>>,
}

fn call<'s>(statement: &'s Statement, params: Vec<Param>) -> Call<'s> {
    Call { statement, params }
}

macro_rules! params {
    ($($value:expr),* $(,)?) => { vec![$(Box::new($value) as crate::store::postgres::calls::Param),*] };
}
pub(super) use params;

/// The parts of the session that writes need.
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
            let says = said_together(writes.get(at..).unwrap_or_default());
            let (end, calls) = match writes.get(at) {
                Some(Write::Say(_)) if says > 0 => {
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
            Write::Recall(Recall { chatter, key, .. }) => vec![self.recall(*chatter, key)],
            Write::TakeBack(back) => vec![self.take_back(back)],
            Write::React(react) => vec![self.react(react)],
            Write::Vote(vote) => vec![self.vote(vote)],
            // Other messages share a call.
            Write::Say(question) => vec![self.ask(question)],
            Write::VotePoll(vote) => vec![self.vote_poll(vote)],
            Write::ClosePoll(close, _) => vec![self.close_poll(close, None)],
            Write::Report(report) => vec![self.report(report)],
            Write::Leave(leave) => vec![self.leave(leave)],
            Write::Rename(rename) => vec![self.rename(rename)],
            Write::Host(act) => {
                let mut calls = Vec::from_iter(self.drops_before(&act.deed));
                calls.push(self.host(act));
                // A key may have been used before: then the result is the message of then.
                if let Deed::Say(HostSay { key: Some(key), .. }) = &act.deed {
                    calls.push(self.recall(host_chatter(), key));
                }
                if let Deed::LetThrough(held) = act.deed {
                    calls.push(self.let_through_as(held));
                }
                calls
            }
            Write::UseKey(KeyUse { id, number, browser }) => {
                let params = params![uuid(id.as_bytes()), *number, browser.as_str().to_owned()];
                vec![call(&statements.use_host_key, params)]
            }
            Write::Grant(grant) => vec![self.grant(grant)],
            // The database has its own clock, which the feed has read already.
            Write::Mark(_) | Write::Ping => Vec::new(),
        }
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
            calls.push(call(&self.statements.taken_back, params![room, after.0, most]));
            if let Some(since) = join.reactions_after {
                let most = i64::try_from(REACTED_MAX + 1).unwrap_or(i64::MAX);
                let params = params![room, who, after.0, sql(since), most];
                calls.push(call(&self.statements.reacted, params));
            }
        }
        calls
    }

    /// The call for the messages that somebody missed, or all that they may read if their sequence numbers are `void`.
    pub(super) fn missed(&self, join: &Join, void: bool) -> Call<'s> {
        let (room, who) = (uuid(join.room.as_bytes()), uuid(join.identity.as_bytes()));
        let most = i64::try_from(MISSED_MAX + 1).unwrap_or(i64::MAX);
        let after = join.after.map_or(0, |after| after.0);
        call(&self.statements.missed, params![room, who, after, void, most])
    }

    pub(super) fn is_elsewhere(&self, join: &Join) -> bool {
        join.epoch.is_some_and(|theirs| theirs != self.epoch)
    }

    fn recall(&self, chatter: ChatterId, key: &Key) -> Call<'s> {
        let params = params![uuid(chatter.as_bytes()), key.as_str().to_owned()];
        call(&self.statements.recall, params)
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
            says().map(|say| say.reply_to.map(|to| to.0)).collect::<Vec<_>>(),
            says().map(|say| mentions(&say.mentions)).collect::<Vec<_>>(),
            says().map(|say| say.is_question).collect::<Vec<_>>(),
        ];
        call(&self.statements.say, params)
    }

    fn take_back(&self, back: &TakeBack) -> Call<'s> {
        let within = i64::try_from(back.within.as_millis()).unwrap_or(i64::MAX);
        let (room, chatter) = (uuid(back.room.as_bytes()), uuid(back.chatter.as_bytes()));
        call(&self.statements.take_back_own, params![room, chatter, back.seq.0, within])
    }

    fn react(&self, react: &React) -> Call<'s> {
        let (room, chatter) = (uuid(react.room.as_bytes()), uuid(react.chatter.as_bytes()));
        let number = react.emoji.number();
        let params = params![
            room,
            chatter,
            react.seq.0,
            1_i16 << number,
            i32::from(number) + 1,
            react.is_on
        ];
        call(&self.statements.react, params)
    }

    fn report(&self, report: &ReportMessage) -> Call<'s> {
        let (room, chatter) = (uuid(report.room.as_bytes()), uuid(report.chatter.as_bytes()));
        let reason = report.reason.as_ref().map(|reason| reason.as_str().to_owned());
        call(&self.statements.report_message, params![room, chatter, report.seq.0, reason])
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
            rename.may_held,
        ];
        call(&self.statements.rename_chatter, params)
    }

    fn host(&self, act: &HostAct) -> Call<'s> {
        let (statements, what) = (self.statements, what(act));
        let end = |room: &RoomId, end| {
            let params = params![uuid(room.as_bytes()), early_end(end), Some(what.clone())];
            call(&statements.end_room, params)
        };
        match &act.deed {
            Deed::Create(room) => self.make_room(room, false, Some(what)),
            Deed::CreateOnce(room) => self.make_room_once(room, what),
            Deed::SetMode(set) => {
                let ModeColumns { shut, mode, every, until } = set.mode.into();
                let rooms: Vec<_> = set.rooms.iter().map(|room| uuid(room.as_bytes())).collect();
                let (most, deed) = (LOOKED_THROUGH, set.deed);
                let params = params![rooms, shut, mode, every, until, most, deed, what];
                call(&statements.set_mode, params)
            }
            Deed::History(room, history) => {
                let history = rows::history_number(*history);
                call(&statements.set_history, params![uuid(room.as_bytes()), history, what])
            }
            Deed::Edit(room, edit) => self.edit_room(*room, edit, what),
            Deed::SetWall(room, edit) => self.set_wall(*room, edit, what),
            Deed::TakeBack(room, seqs) => {
                let seqs: Vec<i64> = seqs.iter().map(|seq| seq.0).collect();
                call(&statements.take_back, params![uuid(room.as_bytes()), seqs, what])
            }
            Deed::Answered(room, seq, on) => self.mark((*room, *seq), *on, what),
            Deed::LetThrough(held) => call(&statements.let_through, params![held.0, what]),
            Deed::DropHeld(held) => call(&statements.drop_question, params![held.0, what]),
            Deed::Close(room) => end(room, EarlyEnd::Closed),
            Deed::Delete(room) => end(room, EarlyEnd::Deleted),
            Deed::Kick(chatter) => call(&statements.kick, params![uuid(chatter.as_bytes()), what]),
            Deed::Ban(ban) => self.ban(ban, what),
            Deed::Unban(chatter) => {
                call(&statements.unban, params![uuid(chatter.as_bytes()), what])
            }
            Deed::Mute(mute) => self.mute(mute, what),
            Deed::Unmute(chatter, identity) => {
                let params = params![uuid(chatter.as_bytes()), uuid(identity.as_bytes()), what];
                call(&statements.unmute, params)
            }
            Deed::Rename(rename) => self.rename_by_host(rename, what),
            Deed::Say(say) => self.host_say(say, what),
            Deed::Announce(announcement, host) => {
                self.announce(&statements.announce, (announcement, host), what)
            }
            Deed::AnnounceOnce(announcement, host) => {
                self.announce(&statements.announce_once, (announcement, host), what)
            }
            Deed::TakeDown(id) => call(&statements.take_down, params![uuid(id.as_bytes()), what]),
            Deed::MakePoll(poll) => self.make_poll(poll, what),
            Deed::ClosePoll(poll) => self.close_poll(poll, Some(what)),
            Deed::Prepare(prepare) => self.prepare(prepare, what),
            Deed::SetEvent(edit) => self.set_event(edit, what),
            Deed::AddKey(key) => {
                let params = params![
                    uuid(key.id.as_bytes()),
                    key.name.as_str().to_owned(),
                    key.role == HostRole::Helper,
                    key.made_at.0,
                    what,
                ];
                call(&statements.add_host_key, params)
            }
            Deed::RevokeKey(name) => {
                call(&statements.revoke_host_key, params![name.as_str().to_owned(), what])
            }
            Deed::ReportDone(report) => call(&statements.report_done, params![report.0, what]),
        }
    }

    fn set_event(&self, edit: &EventEdit, what: String) -> Call<'s> {
        let (key, value) = match edit {
            EventEdit::Title(title) => ("event_title", title.as_ref().map(Title::as_str)),
            EventEdit::Language(language) => ("event_language", language.map(Language::code)),
        };
        call(&self.statements.set_event, params![key, value.map(str::to_owned), what])
    }

    fn host_say(&self, HostSay { room, host, content, key }: &HostSay, what: String) -> Call<'s> {
        let params = params![
            uuid(room.as_bytes()),
            uuid(host_chatter().as_bytes()),
            host.as_str().to_owned(),
            content.as_str().to_owned(),
            key.as_ref().map(|key| key.as_str().to_owned()),
            what,
        ];
        call(&self.statements.host_say, params)
    }

    fn grant(&self, AccessGrant { room, holder, until }: &AccessGrant) -> Call<'s> {
        let (identity, address) = match holder {
            GrantHolder::Identity(identity) => (Some(uuid(identity.as_bytes())), None),
            GrantHolder::Address(address) => (None, Some(*address)),
        };
        let params = params![uuid(room.as_bytes()), identity, address, sql(*until)];
        call(&self.statements.admit, params)
    }

    /// Whether a join has to read its messages again, since so much has changed that the client has to begin again.
    pub(super) fn begins_again(&self, join: &Join, rows: &[Vec<Row>]) -> Result<bool, RowError> {
        let first = match rows.first().and_then(|rows| rows.first()) {
            Some(row) => Seq(row.try_get::<_, Option<i64>>(4)?.unwrap_or(0)),
            None => return Ok(false),
        };
        let taken_back = places_taken_back(seqs(rows.get(2))?, first);
        let reacted = rows.get(3).map_or(0, Vec::len);
        Ok(!self.is_elsewhere(join) && (taken_back.is_none() || reacted > REACTED_MAX))
    }
}

/// How many of the first writes are messages that share a call. None of them repeats the key of another: one that does
/// finds that message, stored by the call before.
fn said_together(writes: &[Write]) -> usize {
    let mut keys = HashSet::new();
    for (count, write) in writes.iter().enumerate() {
        let Write::Say(say) = write else { return count };
        let key = say.key.as_ref().map(|key| (say.chatter, key.as_str()));
        if say.is_question || key.is_some_and(|key| !keys.insert(key)) {
            return count;
        }
    }
    writes.len()
}

/// Whether the transaction may need another round trip for the write, after its calls.
pub(super) fn may_read_again(write: &Write) -> bool {
    matches!(write, Write::Join(join) if join.after.is_some())
}

/// The places in the first column of these rows.
pub(super) fn seqs(rows: Option<&Vec<Row>>) -> Result<Vec<Seq>, RowError> {
    rows.into_iter().flatten().map(|row| row.try_get(0).map(Seq)).collect()
}

fn looks(nickname: &Nickname) -> Vec<String> {
    Look::of(nickname).keys().map(str::to_owned).to_vec()
}

/// Ids as one text with commas, since the arrays in an array must all have the same length.
fn mentions(ids: &[ChatterId]) -> Option<String> {
    let ids: Vec<String> = ids.iter().map(ChatterId::to_string).collect();
    (!ids.is_empty()).then(|| ids.join(","))
}

/// The text for the log, with the name of the key after it; see `remember` in the migrations.
fn what(act: &HostAct) -> String {
    match &act.by {
        Some(by) => format!("{}\u{1f}{by}", act.what),
        None => act.what.clone(),
    }
}

/// The number that stands for a reason to end a room, as in the events.
fn early_end(end: EarlyEnd) -> i16 {
    match end {
        EarlyEnd::Silent => 1,
        EarlyEnd::Closed => 2,
        EarlyEnd::Deleted => 3,
    }
}
