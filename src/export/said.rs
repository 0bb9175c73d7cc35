//! A message as it is exported: what was said, and of its author nothing but the nickname.

use crate::domain::ids::{Seq, host_chatter};
use crate::domain::message::{Alert, Kind, Message, Quote};
use crate::domain::question::Question;
use crate::domain::time::WallTime;
use crate::store::ArchivedRoom;

/// A message that is exported.
#[derive(Debug)]
pub(super) struct Said<'a> {
    pub(super) room: &'a ArchivedRoom,
    pub(super) seq: Seq,
    pub(super) at: WallTime,
    /// `message`, `note` or `announcement`.
    pub(super) kind: &'static str,
    pub(super) nickname: &'a str,
    pub(super) is_host: bool,
    pub(super) content: &'a str,
    pub(super) quote: Option<&'a Quote>,
    pub(super) reactions: Vec<(&'static str, u32)>,
    /// Its votes, if it was asked as a question.
    pub(super) question: Option<Question>,
}

impl<'a> Said<'a> {
    /// `None` for a message that is not exported: it was taken back, or the hub itself has written it (who came, went
    /// and got another name).
    pub(super) fn of(room: &'a ArchivedRoom, message: &'a Message) -> Option<Self> {
        let kind = match message.kind {
            Kind::Said => "message",
            Kind::Alert(Alert::Note) => "note",
            Kind::Alert(Alert::Announcement) => "announcement",
            Kind::Alert(Alert::Joined(_) | Alert::Left(_) | Alert::Renamed { .. }) => return None,
        };
        if message.is_taken_back {
            return None;
        }
        let reactions = message.reactions.iter();
        Some(Self {
            room,
            seq: message.seq,
            at: message.sent_at,
            kind,
            nickname: message.chatter.nickname.as_str(),
            is_host: message.chatter.id == host_chatter(),
            content: &message.content,
            quote: message.quote.as_deref(),
            reactions: reactions.map(|(emoji, count)| (emoji.as_str(), count)).collect(),
            question: message.question,
        })
    }

    /// The author of the message that it answers, if that can be shown.
    pub(super) fn quoted(&self) -> Option<&'a str> {
        let quote = self.quote.filter(|quote| !quote.is_taken_back)?;
        quote.chatter.as_ref().map(|chatter| chatter.nickname.as_str())
    }
}
