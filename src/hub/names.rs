//! Unique nicknames: no two people who are present in a room have names that look alike.
//!
//! A name is claimed while it is being committed, so that two people who ask for it at once do not both get
//! it.

use super::state::{Hub, RenameSource, Then};
use crate::domain::chatter::Chatter;
use crate::domain::ids::{ChatterId, RoomId};
use crate::domain::names::look::Look;
use crate::domain::nickname;
use crate::domain::refusal::Refusal;
use crate::domain::text::{Field, Nickname, TextError, TextProblem};
use crate::store::{Moment, Rename, Write};

/// A claim on a name that is being committed.
#[derive(Debug)]
pub(super) struct Claim {
    pub(super) chatter: ChatterId,
    look: Look,
    rooms: Vec<RoomId>,
}

impl Claim {
    /// The look of this chatter's name, if it is the newcomer for whom the claim was made.
    pub(super) fn look_of(&self, chatter: &Chatter) -> Option<&Look> {
        (self.chatter == chatter.id).then_some(&self.look)
    }
}

impl Hub {
    /// Prepares a claim on a name in all rooms where the chatter is present.
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

    /// Prepares a claim on the name of a newcomer, who is not present yet.
    pub(super) fn claim_for_newcomer(
        &mut self,
        room: RoomId,
        newcomer: &Chatter,
        look: Look,
    ) -> Claim {
        let claim = Claim { chatter: newcomer.id, look, rooms: vec![room] };
        self.hold(&claim);
        claim
    }

    /// Makes a claim.
    pub(super) fn hold(&mut self, claim: &Claim) {
        for room in &claim.rooms {
            if let Some(live) = self.rooms.get_mut(room) {
                live.people.names.hold(&claim.look, claim.chatter);
            }
        }
    }

    /// Releases a claim: the name is committed, or was refused.
    pub(super) fn release(&mut self, claim: &Claim) {
        for room in &claim.rooms {
            if let Some(live) = self.rooms.get_mut(room) {
                live.people.names.release(&claim.look, claim.chatter);
            }
        }
    }

    /// Whether nobody else in a room has a name that looks like this chatter's.
    pub(super) fn has_own_name(&self, room: RoomId, chatter: &Chatter) -> bool {
        self.rooms.get(&room).is_none_or(|live| live.people.has_own_name(chatter))
    }

    /// Tries again to give a unique name to a chatter whose new name could not be stored, if they are still present.
    pub(super) fn tell_apart_again(&mut self, room: RoomId, chatter: ChatterId, at: Moment) {
        let known = self.rooms.get(&room).and_then(|live| live.people.get(chatter)).cloned();
        if let Some(chatter) = known {
            self.tell_apart(room, &chatter, at);
        }
    }

    /// Appends a number to the name of a returning chatter, if somebody else has taken it meanwhile, and tells the
    /// room. It is not known who had the name first, so the one who is present keeps it.
    pub(super) fn tell_apart(&mut self, room: RoomId, chatter: &Chatter, at: Moment) {
        let language = self.settings.language;
        let seed = self.seed();
        let Some(live) = self.rooms.get(&room) else {
            return;
        };
        if live.people.has_own_name(chatter) {
            return;
        }
        let names = &live.people.names;
        let taken = |name: &Nickname, look: &Look| {
            !names.is_free_for(look, chatter.id) || self.own_names.are_like(name.as_str())
        };
        let numbered =
            nickname::numbered(&chatter.nickname, seed, |name| taken(name, &Look::of(name)));
        let nickname = numbered.unwrap_or_else(|| nickname::fresh(language, seed, taken).0);
        let Ok(claim) = self.claim(chatter.id, &nickname) else {
            return;
        };
        self.hold(&claim);
        let notice = Some((room, language));
        let rename =
            Rename { chatter: chatter.id, owner: None, nickname, may_held: true, notice, at };
        self.write(Write::Rename(rename), Then::Renamed(RenameSource::Hub(room), claim));
    }

    /// A random start for the search of a free name.
    pub(super) fn seed(&mut self) -> u64 {
        let [a, b, c, d, e, f, g, h, ..] = (self.random)();
        u64::from_le_bytes([a, b, c, d, e, f, g, h])
    }
}
