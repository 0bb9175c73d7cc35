//! The ladder of rooms in these lives: the host climbs up and down, and no message is refused or taken wrongly.

use std::time::Duration;

use tokio::sync::oneshot;

use super::dice::Dice;
use super::world::World;
use crate::domain::ids::{ChatterId, RoomId};
use crate::domain::message::{Alert, Kind};
use crate::domain::mode::{Mode, RoomMode};
use crate::domain::refusal::Refusal;
use crate::domain::time::HubTime;
use crate::hub::command::{Call, Command};
use crate::store::{Join, Say, Written};

/// A mode, and for how long. Rooms are open most of the time, so that people talk.
pub(super) fn some_mode(dice: &mut Dice) -> (Mode, Option<Duration>) {
    let mode = match dice.below(10) {
        0..=3 => Mode::Open,
        4..=6 => Mode::Slow(Duration::from_secs(dice.between(1, 60))),
        7 => Mode::Members(dice.percent(50).then(|| Duration::from_secs(60 * dice.between(1, 15)))),
        _ => Mode::ReadOnly,
    };
    let minutes = dice.percent(60).then(|| dice.between(1, 15));
    (mode, minutes.map(|minutes| Duration::from_secs(60 * minutes)))
}

/// Whether people can always write in this mode.
pub(super) fn is_free(mode: RoomMode) -> bool {
    matches!(mode.mode, Mode::Open | Mode::Members(None))
}

/// The key of a message, if it is stored now.
fn stored_key(say: &Say, result: &Result<Written, Refusal>) -> Option<(ChatterId, String)> {
    let is_new = matches!(result, Ok(Written::Said { repeated: false, .. }));
    let key = say.key.as_ref().filter(|_| is_new)?;
    Some((say.chatter, key.as_str().to_owned()))
}

impl World {
    /// The mode of a room that holds in the store.
    pub(super) fn mode_of(&self, room: RoomId, now: HubTime) -> RoomMode {
        self.modes.get(&room).copied().unwrap_or(RoomMode::OPEN).at(now)
    }

    pub(super) fn host_sets_a_mode(&mut self) {
        let Some(place) = self.some_room() else { return };
        let (mode, span) = some_mode(&mut self.dice);
        // Now and then of all rooms.
        let room = self.dice.percent(90).then_some(place.id);
        self.tell(format!("the host sets {room:?} to {mode:?} for {span:?}"));
        let (tell, _unread) = oneshot::channel();
        self.command(Command::Call(Call::SetMode { room, mode, span, tell }));
    }

    /// Somebody has joined: a member, or whom the room's mode lets in.
    pub(super) fn has_joined(&mut self, join: &Join, written: &Written) {
        let mode = self.mode_of(join.room, join.at.hub).mode;
        let came = self.came.get(&join.identity).copied();
        let is_member = self.members.contains(&(join.identity, join.room));
        assert!(is_member || mode.admits(came, join.at.hub), "new in {mode:?}: {join:?}");
        self.members.insert((join.identity, join.room));
        self.came.entry(join.identity).or_insert(join.at.hub);
        if let Written::Joined(joined) = written {
            self.owners.insert(joined.chatter.id, join.identity);
        }
    }

    /// The store has decided a message: as the room's mode and what its author wrote before ask for.
    pub(super) fn holds_to_the_mode(&mut self, say: &Say, result: &Result<Written, Refusal>) {
        if !matches!(say.kind, Kind::Said | Kind::Alert(Alert::Note)) {
            let is_held = matches!(
                result,
                Err(Refusal::SlowMode(_) | Refusal::RoomReadOnly(_) | Refusal::TooNew(_))
            );
            return assert!(!is_held, "a notice of the hub is refused: {say:?}");
        }
        if self.truth.has_asked(say.room, say.chatter) {
            return self.keys.extend(stored_key(say, result));
        }
        let author = (say.room, say.chatter);
        let mode = self.mode_of(say.room, say.at.hub).mode;
        let key = say.key.as_ref().map(|key| (say.chatter, key.as_str().to_owned()));
        let wrote = self.wrote.get(&author).copied();
        let owner = self.owners.get(&say.chatter);
        let came = owner.and_then(|owner| self.came.get(owner)).copied().unwrap_or(HubTime(0));
        let asked = mode.may_write(wrote, came, say.at.hub);
        match result {
            Ok(Written::Said { repeated: false, .. }) => {
                assert_eq!(asked, Ok(()), "in {mode:?}: {say:?}");
                self.wrote.insert(author, say.at.hub);
                self.keys.extend(key);
                self.is_written(say.at.hub);
            }
            Err(
                refusal @ (Refusal::SlowMode(_) | Refusal::RoomReadOnly(_) | Refusal::TooNew(_)),
            ) => {
                assert_eq!(asked, Err(refusal.clone()), "in {mode:?}: {say:?}");
                let is_stored = key.is_some_and(|key| self.keys.contains(&key));
                assert!(!is_stored, "its key is stored, and it is refused: {say:?}");
            }
            _ => {}
        }
    }

    /// People can write in all rooms again.
    pub(super) fn people_write_again(&mut self) {
        for place in self.rooms.clone() {
            if is_free(self.mode_of(place.id, self.now.hub)) {
                continue;
            }
            let (tell, _unread) = oneshot::channel();
            let (room, mode, span) = (Some(place.id), Mode::Open, None);
            self.command(Command::Call(Call::SetMode { room, mode, span, tell }));
        }
        self.finish();
        for (id, live) in &self.hub.rooms {
            assert_eq!(live.room.mode, self.mode_of(*id, self.now.hub), "the mode of {id}");
        }
    }
}
