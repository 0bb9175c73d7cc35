//! Mutes in these lives: whom the host has muted says nothing more, whatever happens.

use std::time::Duration;

use tokio::sync::oneshot;

use super::dice::Dice;
use super::world::World;
use crate::domain::chatter::Chatter;
use crate::domain::ids::IdentityId;
use crate::domain::message::{Alert, Kind};
use crate::domain::mute::Mute;
use crate::hub::command::{Call, Command, PersonCall};
use crate::store::{Moment, Past, Say};

/// For how long somebody is muted.
pub(super) fn span(dice: &mut Dice) -> Option<Duration> {
    dice.one_of(&[None, Some(Duration::from_secs(60)), Some(Duration::from_secs(600))]).unwrap()
}

/// One of these.
pub(super) fn some<T: Clone>(dice: &mut Dice, list: &[T]) -> Option<T> {
    let which: Vec<usize> = (0..list.len()).collect();
    dice.one_of(&which).and_then(|which| list.get(which).cloned())
}

impl World {
    pub(super) fn host_mutes(&mut self) {
        let present: Vec<(Chatter, IdentityId)> =
            self.hub.present().into_iter().map(|one| (one.chatter, one.owner)).collect();
        let Some((chatter, identity)) = some(&mut self.dice, &present) else { return };
        let lasts = span(&mut self.dice);
        self.tell(format!("the host mutes {identity} for {lasts:?}"));
        let tell = oneshot::channel().0;
        let mute = PersonCall::Mute { chatter, identity, lasts, tell };
        self.command(Command::Call(Call::Person(mute)));
    }

    pub(super) fn host_unmutes(&mut self) {
        let muted = self.hub.mutes.list(self.now.hub);
        let Some(Mute { chatter, identity, .. }) = some(&mut self.dice, &muted) else { return };
        self.tell(format!("the host lifts the mute of {identity}"));
        let tell = oneshot::channel().0;
        let unmute = PersonCall::Unmute { chatter, identity: Some(identity), tell };
        self.command(Command::Call(Call::Person(unmute)));
    }

    /// The host lifts all mutes: what waits in the outboxes can be said.
    pub(super) fn all_may_speak(&mut self) {
        while !self.hub.mutes.list(self.now.hub).is_empty() {
            self.host_unmutes();
            self.finish();
        }
    }

    pub(super) fn is_muted(&mut self, mute: &Mute, at: Moment) {
        self.muted.retain(|_, mute| !mute.is_over(at.hub));
        self.muted.insert(mute.identity, mute.clone());
    }

    /// A message is stored: its author was not muted when it was decided.
    pub(super) fn may_say(&self, say: &Say) {
        if !matches!(say.kind, Kind::Said | Kind::Alert(Alert::Note)) {
            return;
        }
        let is_theirs = |client: &&super::client::Client| {
            client.views.get(&say.room).is_some_and(|view| view.chatter == Some(say.chatter))
        };
        let author = self.clients.iter().find(is_theirs).map(|client| client.identity);
        let mute = author.and_then(|author| self.muted.get(&author));
        assert!(mute.is_none_or(|mute| mute.is_over(say.at.hub)), "{mute:?}, and said {say:?}");
    }

    /// A hub that goes on knows who is muted.
    pub(super) fn mutes_are_known(&self, past: &Past) {
        let mut known: Vec<&Mute> = past.mutes.iter().collect();
        known.sort_by_key(|mute| mute.identity);
        let standing: Vec<&Mute> =
            self.muted.values().filter(|mute| !mute.is_over(past.time)).collect();
        assert_eq!(known, standing, "mutes");
    }
}
