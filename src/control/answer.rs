//! Answers the host's requests, which come over the control socket or signed over HTTP.

use std::ops::Deref;
use std::time::Duration;

use serde::Serialize;
use tokio::sync::oneshot;

use super::announcements::take_down;
use super::modes::Wanted;
use super::protocol::Request;
use super::status::{ControlContext, status};
use super::{
    announcements, clock, edit, event, host, keys, log, messages, modes, people, polls, prepared,
    questions, reports, walls, wipe,
};
use crate::domain::host::HostName;
use crate::domain::language::Language;
use crate::domain::refusal::Refusal;
use crate::domain::words;
use crate::hub::command::{Call, Command};
use crate::wire::{self, Json};

/// Why the host's request failed.
#[derive(Debug)]
pub struct Denied {
    /// The refusal, for programs.
    pub refusal: Refusal,
    /// A sentence for the command line.
    pub sentence: String,
}

impl Denied {
    pub(super) fn new(refusal: Refusal, sentence: String) -> Self {
        Self { refusal, sentence }
    }
}

impl From<Refusal> for Denied {
    /// In English, the language of the command line.
    fn from(refusal: Refusal) -> Self {
        let sentence = words::refusal(Language::En, &refusal);
        Self { refusal, sentence }
    }
}

/// The context of a request, and the key's holder who makes it.
pub(super) struct Acting<'a> {
    context: &'a ControlContext,
    by: Option<HostName>,
}

impl Deref for Acting<'_> {
    type Target = ControlContext;

    fn deref(&self) -> &ControlContext {
        self.context
    }
}

impl Acting<'_> {
    /// Has the hub carry out a call that its log records.
    ///
    /// # Errors
    /// The hub's refusal.
    pub(super) async fn act<T>(
        &self,
        ask: impl FnOnce(oneshot::Sender<Result<T, Refusal>>) -> Call,
    ) -> Result<T, Refusal> {
        self.ask(ask).await.unwrap_or(Err(Refusal::Unavailable))
    }

    /// The language of sentences inside an answer: that of the command line, or the hub's over the network.
    pub(super) fn language(&self) -> Language {
        if self.by.is_some() { self.config.now().language } else { Language::En }
    }

    /// The same, but the answer is awaited later: the hub does what was asked for in this order, and commits it together.
    pub(super) fn ask<T>(
        &self,
        ask: impl FnOnce(oneshot::Sender<Result<T, Refusal>>) -> Call,
    ) -> oneshot::Receiver<Result<T, Refusal>> {
        let (tell, told) = oneshot::channel();
        let call = match self.by.clone() {
            Some(by) => Call::By(by, Box::new(ask(tell))),
            None => ask(tell),
        };
        self.hub.submit(Command::Call(call));
        told
    }
}

impl ControlContext {
    /// Answers a request of a key's holder, or of somebody on the hub's machine (`None`). Whether the holder may make
    /// it was checked before.
    ///
    /// # Errors
    /// The refusal with a sentence for the host.
    pub async fn answer(&self, by: Option<HostName>, request: Request) -> Result<Json, Denied> {
        let parts = &Acting { context: self, by };
        match request {
            Request::Status => told(status(parts).await.map_err(busy)),
            Request::RoomList => told(host::rooms(parts).await),
            Request::RoomCreate(room) => told(host::create(parts, &room).await),
            Request::RoomHistory { room, history } => {
                told(host::set_history(parts, &room, &history).await)
            }
            Request::RoomEdit(edit) => told(edit::edit(parts, edit).await),
            Request::WallSet(set) => told(walls::set(parts, set).await),
            Request::WallShow { room } => told(walls::show(parts, room).await),
            Request::RoomLock { room } => told(host::shut(parts, &room, true).await),
            Request::RoomUnlock { room } => told(host::shut(parts, &room, false).await),
            Request::RoomMode { room, mode, every, here_for, minutes } => {
                let wanted = Wanted { mode: &mode, every, here_for, minutes };
                told(modes::set(parts, &room, wanted).await)
            }
            Request::HubMode { mode, every, here_for, minutes } => {
                told(modes::set_all(parts, Wanted { mode: &mode, every, here_for, minutes }).await)
            }
            Request::RoomClose { room } => told(host::end_room(parts, &room, false).await),
            Request::RoomDelete { room } => told(host::end_room(parts, &room, true).await),
            Request::MessageList { room, last } => told(messages::said(parts, &room, last).await),
            Request::MessageStream { last, after } => told(messages::all(parts, last, after).await),
            Request::MessageDelete { room, seqs } => {
                told(messages::take_back(parts, &room, &seqs).await)
            }
            Request::MessageSay { room, content, key } => {
                told(announcements::say(parts, &room, &content, key.as_deref()).await)
            }
            Request::QuestionList { room, sort } => told(questions::all(parts, &room, &sort).await),
            Request::QuestionAnswered { room, seq, on } => {
                told(questions::mark(parts, &room, seq, on).await)
            }
            Request::QuestionHeld { room } => told(questions::held(parts, room.as_deref()).await),
            Request::QuestionLetThrough { held } => told(questions::pass(parts, held).await),
            Request::QuestionDrop { held } => told(questions::drop_held(parts, held).await),
            Request::AnnounceAdd { text, room, minutes } => {
                told(announcements::announce(parts, &text, room.as_deref(), minutes).await)
            }
            Request::AnnounceList => told(announcements::list(parts).await),
            Request::AnnounceDone { announcement } => told(take_down(parts, &announcement).await),
            Request::PollAdd(poll) => told(polls::make(parts, poll).await),
            Request::PollList { all } => told(polls::list(parts, all).await),
            Request::PollClose { poll } => told(polls::close(parts, &poll).await),
            Request::PollPrepared => told(prepared::list(parts).await),
            Request::PollAsk { poll } => told(prepared::ask(parts, &poll).await),
            Request::PollDrop { poll } => told(prepared::drop_one(parts, &poll).await),
            Request::ReportList { all } => told(reports::list(parts, all).await),
            Request::ReportDone { report } => told(reports::done(parts, report).await),
            Request::ChatterList { room, recent } => {
                told(people::list(parts, room.as_deref(), recent).await)
            }
            Request::ChatterMute { chatter, minutes } => {
                told(people::mute(parts, &chatter, minutes).await)
            }
            Request::ChatterUnmute { chatter } => told(people::unmute(parts, &chatter).await),
            Request::ChatterMutes => told(people::mutes(parts).await),
            Request::ChatterRename(rename) => told(people::rename(parts, rename).await),
            Request::ChatterTakeBack(back) => told(people::take_back(parts, back).await),
            Request::ChatterKick { chatter } => told(host::kick(parts, &chatter).await),
            Request::ChatterBan { chatter, address_for } => {
                told(host::ban(parts, &chatter, address_for.map(Duration::from_secs)).await)
            }
            Request::ChatterUnban { chatter } => told(host::unban(parts, &chatter).await),
            Request::ChatterBans => told(host::bans(parts).await),
            Request::EventShow => told(event::show(parts).await),
            Request::EventApply { file, dry_run } => {
                told(event::apply(parts, &file, dry_run).await)
            }
            Request::ClockSet { now } => told(clock::set(parts, now).await),
            Request::ClockForget => told(clock::forget(parts).await),
            Request::Log => told(log::log(parts).await),
            Request::Wipe { id, keep_rooms } => told(wipe::order(parts, &id, keep_rooms).await),
            Request::HostAdd { name, helper } => told(keys::add(parts, &name, helper).await),
            Request::HostList => told(keys::list(parts).await),
            Request::HostRevoke { name } => told(keys::revoke(parts, &name).await),
        }
    }
}

fn busy(refusal: Refusal) -> Denied {
    Denied::new(refusal, "the hub is too busy to answer, or is ending".to_owned())
}

fn told<T: Serialize>(result: Result<T, Denied>) -> Result<Json, Denied> {
    result.map(|answer| wire::encode(&answer))
}
