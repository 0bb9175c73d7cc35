//! Walls in these lives: they show what is stored, old enough, and by people who may speak.

use std::cmp::Reverse;
use std::time::Duration;

use tokio::sync::oneshot;

use super::dice::Dice;
use super::world::World;
use crate::domain::ids::RoomId;
use crate::domain::message::Message;
use crate::domain::room::wall::WallView;
use crate::hub::command::{Call, Command, WallCall, WallChange};
use crate::store::WallRead;

/// A change of the wall of a room.
pub(super) fn some_wall(room: RoomId, dice: &mut Dice) -> Call {
    let change = WallChange {
        view: dice.percent(40).then(|| dice.one_of(&WallView::OFFERED).unwrap()),
        delay: dice.percent(50).then(|| Duration::from_secs(dice.between(0, 60))),
        link: dice.percent(40).then(|| dice.percent(60)),
    };
    Call::Wall(WallCall::Set { room, change, tell: oneshot::channel().0 })
}

impl World {
    pub(super) fn host_sets_a_wall(&mut self) {
        let Some(place) = self.some_room() else { return };
        let call = some_wall(place.id, &mut self.dice);
        self.tell(format!("the host sets a wall: {call:?}"));
        self.command(Command::Call(call));
    }

    /// A wall is looked at: nothing on it is younger than the delay, counted from when the room was told.
    pub(super) fn looks_at_a_wall(&mut self) {
        let Some(place) = self.some_room() else { return };
        let Some(live) = self.hub.rooms.get(&place.id) else { return };
        let (tell, mut told) = oneshot::channel();
        let code = live.room.code;
        self.command(Command::Call(Call::Wall(WallCall::Show(code, tell))));
        let state = told.try_recv().unwrap().unwrap();
        let (room, delay, now) = (place.id, state.wall.delay, state.now);
        let read = WallRead { room, last: state.last, sent_until: state.sent_until, now, most: 12 };
        let (said, asked) = (self.store.wall(&read), self.store.wall_questions(&read));
        let counts = (said.len(), asked.len());
        self.tell(format!("a wall shows {counts:?} messages and questions after {delay:?}"));
        let place = |message: &Message| {
            message.question.map(|asked| (asked.is_answered, Reverse((asked.votes, message.seq))))
        };
        assert!(asked.is_sorted_by_key(place), "{asked:?}");
        assert!(asked.iter().all(|message| message.question.is_some()), "{asked:?}");
        for message in said.into_iter().chain(asked) {
            let told = self.heard.get(&(room, message.seq));
            let is_old = told.is_none_or(|told| told.after(delay) <= now);
            assert!(is_old, "shown too early: {message:?}, told at {told:?}");
            assert!(!message.is_taken_back && self.truth.is_now(&message), "{message:?}");
            let owner = self.owners.get(&message.chatter.id);
            let mute = owner.and_then(|owner| self.muted.get(owner));
            assert!(mute.is_none_or(|mute| mute.is_over(now)), "muted, and shown: {message:?}");
        }
    }

    /// The hub has each wall as it is stored.
    pub(super) fn walls_are_as_stored(&self) {
        let stored = self.store.past().walls;
        for (id, live) in &self.hub.rooms {
            let wall = stored.iter().find(|(room, _)| room == id).map(|(_, wall)| *wall);
            assert_eq!(live.wall, wall.unwrap_or_default(), "the wall of {id}");
        }
    }
}
