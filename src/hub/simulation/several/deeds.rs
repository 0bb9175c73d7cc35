//! What the database decides of what people do with messages, as the functions in `migrations/postgres` do.

use std::net::IpAddr;

use super::database::Database;
use crate::domain::ids::{ChatterId, IdentityId, RoomId, Seq};
use crate::domain::message::{Alert, Kind, Message, Quote, excerpt};
use crate::domain::mute::Mute;
use crate::domain::reactions::{Chosen, Reacted, Reactions};
use crate::domain::refusal::Refusal;
use crate::domain::time::HubTime;
use crate::store::{Change, Join, React, Recall, ReportMessage, TakeBack, Vote, Written};

impl Database {
    fn place(&self, room: RoomId, seq: Seq) -> Option<usize> {
        self.messages.iter().position(|(message, _)| message.room == room && message.seq == seq)
    }

    /// The message in a place, if a chatter may read it.
    fn readable(&self, room: RoomId, seq: Seq, chatter: ChatterId) -> Option<&Message> {
        let (_, owner) = self.chatters.get(&chatter)?;
        let (_, first) = self.members.get(&(room, *owner))?;
        self.messages.get(self.place(room, seq).filter(|_| seq >= *first)?).map(|(m, _)| m)
    }

    pub(super) fn quote(
        &self,
        room: RoomId,
        seq: Seq,
        by: ChatterId,
    ) -> Result<Box<Quote>, Refusal> {
        let is_open = |m: &&Message| m.kind == Kind::Said && !m.is_taken_back;
        let quoted = self.readable(room, seq, by).filter(is_open);
        let quoted = quoted.ok_or(Refusal::NoMessage(seq))?;
        let (chatter, excerpt) = (Some(quoted.chatter.clone()), excerpt(&quoted.content));
        Ok(Box::new(Quote { seq, chatter, excerpt, is_taken_back: false }))
    }

    pub(super) fn react(&mut self, react: &React) -> Result<Written, Refusal> {
        let React { room, chatter, seq, emoji, is_on, at: _ } = *react;
        let is_open = |m: &&Message| m.kind == Kind::Said && !m.is_taken_back;
        self.readable(room, seq, chatter).filter(is_open).ok_or(Refusal::NoMessage(seq))?;
        Ok(self.chooses((room, seq), chatter, |before| before.with(emoji, is_on)))
    }

    pub(super) fn vote(&mut self, vote: &Vote) -> Result<Written, Refusal> {
        let Vote { room, chatter, seq, is_on, at: _ } = *vote;
        let is_open = |m: &&Message| m.kind == Kind::Said && !m.is_taken_back;
        let found = self.readable(room, seq, chatter).filter(is_open);
        let found = found.ok_or(Refusal::NoMessage(seq))?;
        match found.question {
            None => Err(Refusal::NoQuestion(seq)),
            Some(_) if found.chatter.id == chatter => Err(Refusal::OwnQuestion(seq)),
            Some(_) => Ok(self.chooses((room, seq), chatter, |before| before.with_vote(is_on))),
        }
    }

    pub(super) fn mark(
        &mut self,
        (room, seq): (RoomId, Seq),
        is_answered: bool,
    ) -> Result<Written, Refusal> {
        let place = self.place(room, seq).ok_or(Refusal::NoMessage(seq))?;
        let message = &mut self.messages[place].0;
        if message.kind != Kind::Said || message.is_taken_back {
            return Err(Refusal::NoMessage(seq));
        }
        let question = message.question.as_mut().ok_or(Refusal::NoQuestion(seq))?;
        let is_new = question.is_answered != is_answered;
        question.is_answered = is_answered;
        let (reactions, question) = (message.reactions, message.question);
        let (at, _) = self.reactions.entry((room, seq)).or_default();
        if is_new {
            *at = self.now;
        }
        let reacted = Reacted { seq, reactions, mine: Chosen::default(), at: *at, question };
        if is_new {
            self.log.push(Change::Reacted { room, reacted });
        }
        Ok(Written::Reacted { reacted, is_new })
    }

    /// Somebody chooses something for a message that is there.
    fn chooses(
        &mut self,
        (room, seq): (RoomId, Seq),
        chatter: ChatterId,
        choose: impl FnOnce(Chosen) -> Chosen,
    ) -> Written {
        let (at, by) = self.reactions.entry((room, seq)).or_default();
        let before = by.get(&chatter).copied().unwrap_or_default();
        let mine = choose(before);
        let is_new = mine != before;
        if is_new {
            by.insert(chatter, mine);
            *at = self.now;
        }
        let at = *at;
        let mut reactions = Reactions::default();
        by.values().for_each(|chosen| reactions.change(Chosen::default(), *chosen));
        let votes = by.values().filter(|chosen| chosen.has_vote()).count();
        let place = self.place(room, seq).unwrap();
        let message = &mut self.messages[place].0;
        message.reactions = reactions;
        if let Some(question) = &mut message.question {
            question.votes = u32::try_from(votes).unwrap();
        }
        let question = message.question;
        let reacted = Reacted { seq, reactions, mine, at, question };
        if is_new {
            let reacted = Reacted { mine: Chosen::default(), ..reacted };
            self.log.push(Change::Reacted { room, reacted });
        }
        Written::Reacted { reacted, is_new }
    }

    pub(super) fn report(&mut self, report: &ReportMessage) -> Result<Written, Refusal> {
        let ReportMessage { room, chatter, seq, .. } = *report;
        let is_somebodys = |m: &&Message| matches!(m.kind, Kind::Said | Kind::Alert(Alert::Note));
        let said = self.readable(room, seq, chatter).filter(is_somebodys);
        let said = said.ok_or(Refusal::NoMessage(seq))?;
        if said.chatter.id == chatter {
            return Err(Refusal::OwnMessage(seq));
        }
        let is_known = self.reports.contains(&(room, seq, chatter));
        if said.is_taken_back && !is_known {
            return Err(Refusal::NoMessage(seq));
        }
        Ok(Written::Reported { is_new: self.reports.insert((room, seq, chatter)) })
    }

    pub(super) fn take_back_own(&mut self, back: &TakeBack) -> Result<Written, Refusal> {
        let TakeBack { room, chatter, seq, within, at: _ } = *back;
        let not_theirs = Refusal::NotYourMessage(seq);
        let place = self.place(room, seq).ok_or(not_theirs.clone())?;
        let (said, _) = &self.messages[place];
        if said.kind != Kind::Said || said.chatter.id != chatter {
            return Err(not_theirs);
        }
        let sent = HubTime(u64::try_from(said.sent_at.0).unwrap());
        if !said.is_taken_back && self.now.since(sent) > within {
            return Err(Refusal::TooLate(within));
        }
        Ok(Written::TakenBack(self.empties(room, seq).into_iter().collect()))
    }

    pub(super) fn take_back(&mut self, room: RoomId, seqs: &[Seq]) -> Result<Written, Refusal> {
        let is_somebodys = |seq: &Seq| {
            let said = self.place(room, *seq).map(|place| &self.messages[place].0.kind);
            matches!(said, Some(Kind::Said | Kind::Alert(Alert::Note | Alert::Announcement)))
        };
        if let Some(none) = seqs.iter().find(|seq| !is_somebodys(seq)) {
            return Err(Refusal::NoSuchMessage(*none));
        }
        Ok(Written::TakenBack(seqs.iter().filter_map(|seq| self.empties(room, *seq)).collect()))
    }

    /// Deletes what a message says, unless that was done before.
    fn empties(&mut self, room: RoomId, seq: Seq) -> Option<(Seq, crate::domain::ids::MessageId)> {
        let place = self.place(room, seq)?;
        let message = &mut self.messages[place].0;
        if message.is_taken_back {
            return None;
        }
        let id = message.id;
        message.content.clear();
        (message.is_taken_back, message.quote) = (true, None);
        (message.reactions, message.question) = (Reactions::default(), None);
        self.reactions.remove(&(room, seq));
        let quotes = self.messages.iter_mut().filter(|(message, _)| message.room == room);
        let quotes = quotes.filter_map(|(message, _)| message.quote.as_mut());
        for quote in quotes.filter(|quote| quote.seq == seq) {
            (quote.is_taken_back, quote.excerpt) = (true, String::new());
        }
        self.log.push(Change::TakenBack { room, seq, id });
        Some((seq, id))
    }

    /// What somebody who comes back has to learn of messages that they have.
    pub(super) fn changed_since(
        &self,
        join: &Join,
        (chatter, first): (ChatterId, Seq),
    ) -> (Vec<Seq>, Vec<Reacted>) {
        let Some(after) = join.after else { return (Vec::new(), Vec::new()) };
        let here = self.messages.iter().map(|(message, _)| message);
        let here = here.filter(|m| m.room == join.room && m.seq <= after);
        let taken_back = here.clone().filter(|m| m.is_taken_back).map(|m| m.seq).collect();
        let Some(since) = join.reactions_after else { return (taken_back, Vec::new()) };
        let reacted = here.filter(|m| m.seq >= first).filter_map(|m| {
            let (at, by) = self.reactions.get(&(m.room, m.seq))?;
            let mine = by.get(&chatter).copied().unwrap_or_default();
            let (reactions, question) = (m.reactions, m.question);
            let reacted = Reacted { seq: m.seq, reactions, mine, at: *at, question };
            (*at >= since).then_some(reacted)
        });
        (taken_back, reacted.collect())
    }

    /// What somebody muted has said before.
    pub(super) fn recall(&self, recall: &Recall) -> Result<Written, Refusal> {
        let is_it = |(message, key): &&(Message, Option<String>)| {
            message.chatter.id == recall.chatter && key.as_deref() == Some(recall.key.as_str())
        };
        let found = self.messages.iter().find(is_it).ok_or_else(|| recall.refusal.clone())?;
        Ok(Written::Said { message: found.0.clone(), repeated: true })
    }

    pub(super) fn mute(&mut self, mute: &Mute) -> Result<Written, Refusal> {
        let now = self.now;
        self.mutes.retain(|_, mute| !mute.is_over(now));
        self.mutes.insert(mute.identity, mute.clone());
        self.log.push(Change::Muted(mute.clone()));
        Ok(self.drop_of(mute.identity))
    }

    pub(super) fn unmute(&mut self, identity: IdentityId) -> Result<Written, Refusal> {
        self.mutes.remove(&identity);
        self.log.push(Change::Unmuted(identity));
        Ok(Written::Done)
    }

    /// Whether a browser or an address is banned, or was at that time.
    pub(super) fn is_banned(&self, identity: IdentityId, peer: IpAddr, at: HubTime) -> bool {
        let is_at = |(address, until): (IpAddr, HubTime)| address == peer && at < until;
        self.bans.values().any(|ban| ban.identity == identity || ban.address.is_some_and(is_at))
    }

    /// A change as it is read: what it is about is read as it is now.
    pub(super) fn as_it_is_now(&self, change: &Change) -> Change {
        match change {
            Change::Message(message) => {
                let place = self.place(message.room, message.seq).unwrap();
                Change::Message(self.messages[place].0.clone())
            }
            Change::Reacted { room, reacted } => {
                let place = self.place(*room, reacted.seq).unwrap();
                let Message { reactions, question, .. } = self.messages[place].0;
                Change::Reacted {
                    room: *room,
                    reacted: Reacted { reactions, question, ..*reacted },
                }
            }
            Change::WallSet { room, .. } => Change::WallSet { room: *room, wall: self.walls[room] },
            other => self.poll_as_it_is_now(other),
        }
    }
}
