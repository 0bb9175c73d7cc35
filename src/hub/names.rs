//! Names in a room: whoever is present has one that nobody else's looks like.
//!
//! A name that is being committed is held already, so that two who ask for it in one moment do not
//! both get it.

use super::state::{Asker, Hub, Then};
use crate::domain::chatter::Chatter;
use crate::domain::ids::{ChatterId, RoomId};
use crate::domain::names::look::Look;
use crate::domain::nickname;
use crate::domain::refusal::Refusal;
use crate::domain::text::{Field, Nickname, TextError, TextProblem};
use crate::store::{Moment, Rename, Write};

/// A name that a chatter holds while it is being committed.
#[derive(Debug)]
pub(super) struct Claim {
    chatter: ChatterId,
    look: Look,
    rooms: Vec<RoomId>,
}

impl Hub {
    /// A claim on a name in all rooms where the chatter is present; it is not held yet.
    pub(super) fn claim(&self, chatter: ChatterId, nickname: &Nickname) -> Result<Claim, Refusal> {
        if self.own_names.are_like(nickname.as_str()) {
            return Err(TextError { field: Field::Nickname, problem: TextProblem::Reserved }.into());
        }
        let look = Look::of(nickname);
        let mut rooms = Vec::new();
        for (room, live) in &self.rooms {
            if live.people.get(chatter).is_none() {
                continue;
            }
            if !live.people.names.is_free_for(&look, chatter) {
                return Err(Refusal::NameTaken);
            }
            rooms.push(*room);
        }
        Ok(Claim { chatter, look, rooms })
    }

    /// A claim on a newcomer's name, who is not present yet.
    pub(super) fn claim_for_newcomer(&mut self, room: RoomId, newcomer: &Chatter) -> Claim {
        let look = Look::of(&newcomer.nickname);
        let claim = Claim { chatter: newcomer.id, look, rooms: vec![room] };
        self.hold(&claim);
        claim
    }

    /// Holds the name from now on.
    pub(super) fn hold(&mut self, claim: &Claim) {
        for room in &claim.rooms {
            if let Some(live) = self.rooms.get_mut(room) {
                live.people.names.hold(&claim.look, claim.chatter);
            }
        }
    }

    /// It is committed, and present as the chatter's own; or it was refused.
    pub(super) fn release(&mut self, claim: &Claim) {
        for room in &claim.rooms {
            if let Some(live) = self.rooms.get_mut(room) {
                live.people.names.release(&claim.look, claim.chatter);
            }
        }
    }

    /// Somebody came back under a name that another goes by now: they get a number, and the room is
    /// told. Who was there first is not known, so whoever is present keeps the name.
    pub(super) fn tell_apart(&mut self, room: RoomId, chatter: &Chatter, at: Moment) {
        let language = self.settings.language;
        let seed = self.seed();
        let Some(live) = self.rooms.get(&room) else {
            return;
        };
        let names = &live.people.names;
        if names.is_free_for(&Look::of(&chatter.nickname), chatter.id) {
            return;
        }
        let taken = |name: &Nickname| {
            !names.is_free_for(&Look::of(name), chatter.id)
                || self.own_names.are_like(name.as_str())
        };
        let nickname = nickname::numbered(&chatter.nickname, seed, taken)
            .unwrap_or_else(|| nickname::fresh(language, seed, taken));
        let Ok(claim) = self.claim(chatter.id, &nickname) else {
            return;
        };
        self.hold(&claim);
        let notice = Some((room, language));
        let rename = Rename { chatter: chatter.id, owner: None, nickname, notice, at };
        self.write(Write::Rename(rename), Then::Renamed(Asker::Hub, claim));
    }

    /// Where to begin looking for a name.
    pub(super) fn seed(&mut self) -> u64 {
        let [a, b, c, d, e, f, g, h, ..] = (self.random)();
        u64::from_le_bytes([a, b, c, d, e, f, g, h])
    }
}
