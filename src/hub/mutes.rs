//! Mutes: somebody muted reads on and says nothing, in no room and under no name.

use std::collections::HashMap;
use std::time::Duration;

use super::command::{MuteNotice, PersonCall, Reply, Responder, RoomEvent};
use super::state::{Due, Hub, Then};
use crate::domain::chatter::Chatter;
use crate::domain::ids::{ChatterId, ConnId, IdentityId, RoomId};
use crate::domain::mute::Mute;
use crate::domain::refusal::Refusal;
use crate::domain::text::Key;
use crate::domain::time::HubTime;
use crate::store::{Deed, Moment, Recall, Write};

/// The mutes, by whom they concern.
#[derive(Debug, Default)]
pub(super) struct Mutes {
    committed: HashMap<IdentityId, Mute>,
    /// Those that are being committed, the newest at the end. They hold already.
    coming: Vec<Mute>,
}

impl Mutes {
    /// Whoever is not muted any more may still be among them.
    pub(super) fn put(&mut self, mute: Mute) {
        self.committed.insert(mute.identity, mute);
    }

    /// The mute of a browser, if it has one that counts.
    pub(super) fn of(&self, identity: IdentityId, now: HubTime) -> Option<&Mute> {
        // One that ends while it is being committed does not end the one that it is to replace.
        let is_it = |mute: &&Mute| mute.identity == identity && !mute.is_over(now);
        let committed = self.committed.get(&identity).filter(is_it);
        self.coming.iter().rev().find(is_it).or(committed)
    }

    /// All that count and are committed.
    pub(super) fn list(&self, now: HubTime) -> Vec<Mute> {
        let mut all: Vec<Mute> = self.committed.values().cloned().collect();
        all.retain(|mute| !mute.is_over(now));
        all.sort_unstable_by_key(|mute| mute.chatter);
        all
    }

    fn holds(&mut self, mute: &Mute) {
        self.coming.push(mute.clone());
    }

    fn arrived(&mut self, mute: &Mute) {
        if let Some(place) = self.coming.iter().position(|coming| coming == mute) {
            self.coming.remove(place);
        }
    }
}

/// A mute that is being committed.
#[derive(Debug)]
pub(super) struct Muting {
    mute: Mute,
    tell: Responder<Mute>,
}

impl Hub {
    /// Decides a call of the host about somebody.
    pub(super) fn person_call(&mut self, call: PersonCall, at: Moment) {
        match call {
            PersonCall::Mute { chatter, identity, lasts, tell } => {
                self.mute((chatter, identity), lasts, tell, at);
            }
            PersonCall::Unmute { chatter, identity, tell } => {
                self.unmute((chatter, identity), tell, at);
            }
            PersonCall::Mutes(tell) => drop(tell.send(Ok(self.mutes.list(at.hub)))),
            PersonCall::Rename { chatter, nickname, is_held, tell } => {
                self.rename_by_host(&chatter, (nickname, is_held), tell, at);
            }
            PersonCall::TakeBack { author, room, seqs, tell } => {
                self.take_back_of(&author, (room, seqs), tell, at);
            }
        }
    }

    /// Mutes a browser. The mute holds from now on.
    fn mute(
        &mut self,
        (chatter, identity): (Chatter, IdentityId),
        lasts: Option<Duration>,
        tell: Responder<Mute>,
        at: Moment,
    ) {
        let until = lasts.map(|span| at.hub.after(span));
        let Chatter { id, nickname, .. } = chatter;
        let minutes = lasts.map(|span| format!(" for {} min", span.as_secs() / 60));
        let what = format!("{id} {:?}{}", nickname.as_str(), minutes.unwrap_or_default());
        let mute = Mute { chatter: id, identity, nickname, until };
        self.mutes.holds(&mute);
        let then = Then::Muted(Muting { mute: mute.clone(), tell });
        self.host_does(Deed::Mute(mute), what, then, at);
    }

    /// Goes on with a mute that is committed or was refused.
    pub(super) fn muted(
        &mut self,
        Muting { mute, tell }: Muting,
        result: Result<(), Refusal>,
        at: Moment,
    ) {
        self.mutes.arrived(&mute);
        if result.is_ok() {
            tracing::info!(chatter = %mute.chatter, "the host muted somebody");
            self.show_mute(mute.clone(), at);
        } else {
            // Whoever has joined meanwhile was told that they are muted.
            self.tell_mute(mute.identity, at);
        }
        drop(tell.send(result.map(|()| mute)));
    }

    /// A mute is committed: who is muted is told.
    pub(super) fn show_mute(&mut self, mute: Mute, at: Moment) {
        let identity = mute.identity;
        if let Some(until) = mute.until {
            self.agenda.insert((until, Due::Mute(identity)));
        }
        self.mutes.put(mute);
        self.tell_mute(identity, at);
    }

    /// Lifts a mute.
    fn unmute(
        &mut self,
        (chatter, identity): (ChatterId, Option<IdentityId>),
        tell: Responder<()>,
        at: Moment,
    ) {
        let known = self.mutes.list(at.hub).into_iter().find(|mute| {
            Some(mute.identity) == identity || identity.is_none() && mute.chatter == chatter
        });
        let Some(mute) = known else {
            return drop(tell.send(Err(Refusal::NoSuchChatter)));
        };
        let what = format!("{chatter} {:?}", mute.nickname.as_str());
        let deed = Deed::Unmute(chatter, mute.identity);
        self.host_does(deed, what, Then::Unmuted(mute.identity, tell), at);
    }

    /// Goes on with a lifted mute that is committed or was refused.
    pub(super) fn unmuted(
        &mut self,
        identity: IdentityId,
        tell: Responder<()>,
        result: Result<(), Refusal>,
        at: Moment,
    ) {
        if result.is_ok() {
            self.show_unmuted(identity, at);
        }
        drop(tell.send(result));
    }

    /// A mute was lifted: who was muted is told.
    pub(super) fn show_unmuted(&mut self, identity: IdentityId, at: Moment) {
        if self.mutes.committed.remove(&identity).is_some() {
            self.tell_mute(identity, at);
        }
    }

    /// A mute may have ended by itself.
    pub(super) fn mute_over(&mut self, identity: IdentityId, at: Moment) {
        // It may have been lifted before, or replaced by one that goes on.
        if self.mutes.committed.get(&identity).is_some_and(|mute| mute.is_over(at.hub)) {
            self.show_unmuted(identity, at);
        }
    }

    /// What somebody muted is told of it.
    pub(super) fn mute_notice(&self, identity: IdentityId, at: Moment) -> Option<MuteNotice> {
        let mute = self.mutes.of(identity, at.hub)?;
        Some(MuteNotice { until: mute.until.map(|until| at.wall_at(until)) })
    }

    /// Tells the connections of a browser whether it is muted.
    fn tell_mute(&mut self, identity: IdentityId, at: Moment) {
        let event = match self.mute_notice(identity, at) {
            Some(notice) => RoomEvent::Muted(notice),
            None => RoomEvent::Unmuted,
        };
        let theirs = self.conns.values().filter(|conn| conn.who.identity == identity);
        let to: Vec<ConnId> = theirs.map(|conn| conn.who.id).collect();
        if !to.is_empty() {
            self.broadcast(to.into(), event);
        }
    }

    /// Why a connection may not speak, if it is muted.
    pub(super) fn silenced(&self, conn: ConnId, now: HubTime) -> Option<Refusal> {
        let identity = self.conns.get(&conn)?.who.identity;
        self.mutes.of(identity, now).map(|mute| mute.refusal(now))
    }

    /// Refuses a browser that is muted.
    pub(super) fn muted_until(&self, identity: IdentityId, now: HubTime) -> Result<(), Refusal> {
        self.mutes.of(identity, now).map_or(Ok(()), |mute| Err(mute.refusal(now)))
    }

    /// Answers what somebody muted sends: with the message if it was stored before, else with the refusal.
    pub(super) fn say_muted(
        &mut self,
        (room, chatter): (RoomId, ChatterId),
        key: Option<Key>,
        refusal: Refusal,
        reply: Reply,
    ) {
        match key {
            Some(key) => {
                let recall = Recall { chatter, key, refusal };
                self.write(Write::Recall(recall), Then::Said(room, Some(reply)));
            }
            None => self.reply(reply, Err(refusal)),
        }
    }
}
