//! Edits of rooms and of the event's settings in these lives: people stay, and what was committed is what every hub
//! shows.

use tokio::sync::oneshot;

use super::dice::Dice;
use super::steps::PASSWORD;
use super::world::World;
use crate::domain::event_settings::EventEdit;
use crate::domain::ids::RoomId;
use crate::domain::language::Language;
use crate::domain::room::Room;
use crate::domain::text::{Password, Title};
use crate::hub::command::{Call, Command, EditRoom, EventCall, RoomValues};

/// An edit of a room or, now and then, of the event's settings.
pub(super) fn some_edit(room: RoomId, dice: &mut Dice) -> Call {
    if dice.percent(25) {
        let edit = match dice.below(4) {
            0 => EventEdit::Title(None),
            1 => EventEdit::Title(Title::parse("the event").ok()),
            2 => EventEdit::Language(None),
            _ => EventEdit::Language(Some(Language::Ko)),
        };
        return Call::Event(EventCall::Edit(edit, oneshot::channel().0));
    }
    Call::Edit(some_room_edit(room, dice))
}

/// An edit of some values. Every password is the same, so that all can meet again.
fn some_room_edit(room: RoomId, dice: &mut Dice) -> EditRoom {
    let password = || Password::parse(PASSWORD).unwrap();
    let number = u32::try_from(dice.below(4)).unwrap();
    let values = RoomValues {
        title: dice.percent(30).then(|| Title::parse(&format!("room {number}")).unwrap()),
        capacity: dice.percent(40).then_some(number),
        password: match dice.below(6) {
            0 => Some(Some(password())),
            1 => Some(None),
            _ => None,
        },
        history: None,
        position: dice.percent(30).then_some(number),
        questions: None,
    };
    EditRoom { room, values, is_dry: dice.percent(10), tell: oneshot::channel().0 }
}

impl World {
    pub(super) fn host_edits(&mut self) {
        let Some(place) = self.some_room() else { return };
        let edit = some_edit(place.id, &mut self.dice);
        self.tell(format!("the host edits: {edit:?}"));
        self.command(Command::Call(edit));
    }

    /// The hub shows each room as it is stored, and the event's settings.
    pub(super) fn rooms_are_as_stored(&self) {
        let past = self.store.past();
        assert_eq!(self.hub.event_settings, past.event);
        let stored = past.rooms;
        for live in self.hub.rooms.values() {
            let mut kept = stored.iter().filter(|room| room.id == live.room.id);
            let kept = kept.next().map(|room| Room { mode: live.room.mode, ..room.clone() });
            assert_eq!(kept.as_ref(), Some(&live.room));
        }
    }
}
