//! Names that the host gives in these lives: whoever may not change theirs keeps it.

use tokio::sync::oneshot;

use super::dice::Dice;
use super::muting::some;
use super::world::World;
use crate::domain::chatter::Chatter;
use crate::domain::refusal::Refusal;
use crate::domain::text::Nickname;
use crate::hub::command::{Call, Command, PersonCall};
use crate::store::{HostRename, Rename, Written};

/// The host gives somebody one of a few names, so that some are taken.
pub(super) fn some_name(chatter: Chatter, dice: &mut Dice) -> Call {
    let nickname = Nickname::parse(&format!("n{}", dice.below(4))).unwrap();
    let (is_held, tell) = (dice.percent(60), oneshot::channel().0);
    Call::Person(PersonCall::Rename { chatter, nickname, is_held, tell })
}

impl World {
    pub(super) fn host_renames(&mut self) {
        let present: Vec<Chatter> = self.hub.present().into_iter().map(|one| one.chatter).collect();
        let Some(chatter) = some(&mut self.dice, &present) else { return };
        let call = some_name(chatter, &mut self.dice);
        self.tell(format!("the host: {call:?}"));
        self.command(Command::Call(call));
    }

    /// The store has given somebody the host's name, and told each room at most once.
    pub(super) fn host_renamed(&mut self, rename: &HostRename, chatter: &Chatter, alerts: usize) {
        assert_eq!((chatter.id, &chatter.nickname), (rename.chatter, &rename.nickname));
        assert!(alerts <= rename.rooms.len(), "{alerts} rooms are told: {rename:?}");
        if rename.is_held {
            self.named.insert(chatter.id, chatter.nickname.clone());
        } else {
            self.named.remove(&chatter.id);
        }
    }

    /// The store has decided another name: only the hub, which tells two people apart, may replace one that the host gave.
    pub(super) fn keeps_its_name(&mut self, rename: &Rename, result: &Result<Written, Refusal>) {
        let named = self.named.get_mut(&rename.chatter);
        match result {
            Ok(_) => {
                assert!(named.is_none() || rename.may_held, "{rename:?}");
                named.into_iter().for_each(|name| *name = rename.nickname.clone());
            }
            Err(Refusal::NameHeld) => assert!(named.is_some() && !rename.may_held, "{rename:?}"),
            Err(_) => {}
        }
    }

    /// Whoever is present has the name that the host gave.
    pub(super) fn names_are_kept(&self) {
        for one in self.hub.present() {
            let given = self.named.get(&one.chatter.id);
            assert!(given.is_none_or(|name| *name == one.chatter.nickname), "{given:?}: {one:?}");
        }
    }
}
