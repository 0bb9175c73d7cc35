//! The calls about questions.

use super::{Call, Context, Param, call, mentions};
use crate::domain::ids::{HeldId, IdentityId, RoomId, Seq};
use crate::domain::question::{HELD_EACH, HELD_MAX};
use crate::domain::text::Key;
use crate::store::postgres::rows::uuid;
use crate::store::write::{Deed, Say, Vote};

impl<'s> Context<'s> {
    /// Takes a question, which may have to wait for the host.
    pub(super) fn ask(&self, say: &Say) -> Call<'s> {
        let most = |most: usize| i64::try_from(most).unwrap_or(i64::MAX);
        let params: Vec<Param> = vec![
            Box::new(uuid(say.room.as_bytes())),
            Box::new(uuid(say.chatter.as_bytes())),
            Box::new(say.content.clone()),
            Box::new(say.key.as_ref().map(Key::as_str).map(str::to_owned)),
            Box::new(say.reply_to.map(|to| to.0)),
            Box::new(mentions(&say.mentions)),
            Box::new(most(HELD_EACH)),
            Box::new(most(HELD_MAX)),
        ];
        call(&self.statements.ask, params)
    }

    pub(super) fn vote(&self, vote: &Vote) -> Call<'s> {
        let params: Vec<Param> = vec![
            Box::new(uuid(vote.room.as_bytes())),
            Box::new(uuid(vote.chatter.as_bytes())),
            Box::new(vote.seq.0),
            Box::new(vote.is_on),
        ];
        call(&self.statements.vote, params)
    }

    pub(super) fn mark(
        &self,
        (room, seq): (RoomId, Seq),
        is_answered: bool,
        what: String,
    ) -> Call<'s> {
        let params: Vec<Param> = vec![
            Box::new(uuid(room.as_bytes())),
            Box::new(seq.0),
            Box::new(is_answered),
            Box::new(what),
        ];
        call(&self.statements.mark_answered, params)
    }

    /// Drops what waits, before an action that ends it: of a browser, or in a room.
    pub(super) fn drops_before(&self, deed: &Deed) -> Option<Call<'s>> {
        let of = |id: &IdentityId| {
            call(&self.statements.drop_waiting_of, vec![Box::new(uuid(id.as_bytes()))])
        };
        match deed {
            Deed::Mute(mute) => Some(of(&mute.identity)),
            Deed::Ban(ban) => Some(of(&ban.identity)),
            Deed::Close(room) | Deed::Delete(room) => {
                Some(call(&self.statements.drop_waiting_in, vec![Box::new(uuid(room.as_bytes()))]))
            }
            _ => None,
        }
    }

    /// The message that a question has become which no longer waits.
    pub(super) fn let_through_as(&self, HeldId(id): HeldId) -> Call<'s> {
        call(&self.statements.let_through_as, vec![Box::new(id)])
    }
}
