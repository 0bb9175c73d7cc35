//! The ladder of rooms: the host sets who may come in, who may write, and how often. The store holds to it from the
//! commit on; here people are told.

use std::sync::Arc;
use std::time::Duration;

use super::command::{Responder, RoomEvent};
use super::rooms::named;
use super::state::{Due, Hub, Then};
use crate::domain::ids::RoomId;
use crate::domain::mode::entry::{Lasting, ModeEntry};
use crate::domain::mode::{Mode, RoomMode};
use crate::domain::refusal::Refusal;
use crate::domain::time::HubTime;
use crate::store::{Deed, Moment, SetMode};

/// Modes of rooms that are being committed.
#[derive(Debug)]
pub(super) struct SettingMode {
    rooms: Vec<RoomId>,
    mode: RoomMode,
    /// Whether all living rooms were meant.
    is_for_all: bool,
    tell: Responder<usize>,
}

impl Hub {
    /// Sets the mode of a room, or of all living rooms; see [`Call::SetMode`].
    ///
    /// [`Call::SetMode`]: super::command::Call::SetMode
    pub(super) fn set_mode(
        &mut self,
        room: Option<RoomId>,
        (mode, span): (Mode, Option<Duration>),
        tell: Responder<usize>,
        at: Moment,
    ) {
        let until = span.filter(|_| mode != Mode::Open).map(|span| at.hub.after(span));
        let set = (mode, span);
        let mode = RoomMode { mode, until };
        match room {
            Some(room) => {
                let set_mode = SetMode { rooms: vec![room], mode, deed: "room mode" };
                self.set_mode_of(room, set_mode, set, tell, at);
            }
            None => {
                let mut rooms: Vec<RoomId> = self.rooms.keys().copied().collect();
                rooms.sort_unstable();
                if rooms.is_empty() {
                    return drop(tell.send(Ok(0)));
                }
                let words = ModeEntry { set, was: self.common_mode(at.hub) }.to_string();
                let setting = SettingMode { rooms: rooms.clone(), mode, is_for_all: true, tell };
                let deed = Deed::SetMode(SetMode { rooms, mode, deed: "hub mode" });
                self.host_does(deed, words, Then::ModeSet(setting), at);
            }
        }
    }

    /// Shuts a room for newcomers, or opens it again: the words that older clients know.
    pub(super) fn shut(&mut self, room: RoomId, is_shut: bool, tell: Responder<usize>, at: Moment) {
        let set = SetMode::shut(room, is_shut);
        let mode = (set.mode.mode, None);
        self.set_mode_of(room, set, mode, tell, at);
    }

    /// For how long a room stays in its mode. `None` until the host sets another.
    pub(super) fn rest_of_mode(&self, room: RoomId, now: HubTime) -> Option<Duration> {
        lasting(self.rooms.get(&room)?.room.mode, now).1
    }

    /// The mode that all living rooms are in, if it is the same.
    fn common_mode(&self, now: HubTime) -> Option<Lasting> {
        let mut modes = self.rooms.values().map(|live| lasting(live.room.mode, now));
        let first = modes.next()?;
        modes.all(|mode| mode == first).then_some(first)
    }

    fn set_mode_of(
        &mut self,
        room: RoomId,
        set: SetMode,
        mode: Lasting,
        tell: Responder<usize>,
        at: Moment,
    ) {
        match self.live(room) {
            Ok(live) => {
                let entry = ModeEntry { set: mode, was: Some(lasting(live.room.mode, at.hub)) };
                let what = format!("{} {entry}", named(&live.room));
                let (rooms, mode) = (vec![room], set.mode);
                let setting = SettingMode { rooms, mode, is_for_all: false, tell };
                self.host_does(Deed::SetMode(set), what, Then::ModeSet(setting), at);
            }
            Err(refusal) => drop(tell.send(Err(refusal))),
        }
    }

    /// Goes on with modes that are committed or were refused.
    pub(super) fn mode_set(
        &mut self,
        SettingMode { rooms, mode, is_for_all, tell }: SettingMode,
        result: Result<(), Refusal>,
        now: HubTime,
    ) {
        if let Err(refusal) = result {
            return drop(tell.send(Err(refusal)));
        }
        let changed = rooms.iter().filter(|room| self.show_mode(**room, mode, now)).count();
        tracing::info!(
            rooms = rooms.len(),
            mode = mode.mode.as_str(),
            "the host set who may write"
        );
        let count = match rooms.as_slice() {
            [room] if !is_for_all => {
                let live = self.rooms.get(room).ok_or(Refusal::Expired);
                live.map(|live| live.people.count())
            }
            _ => Ok(changed),
        };
        drop(tell.send(count));
    }

    /// Tells the people in a room which mode it is in now. Returns whether that has changed, or until when.
    pub(super) fn show_mode(&mut self, room: RoomId, mode: RoomMode, now: HubTime) -> bool {
        let mode = mode.at(now);
        let Some(live) = self.rooms.get_mut(&room) else {
            return false;
        };
        if live.room.mode == mode {
            return false;
        }
        let was = std::mem::replace(&mut live.room.mode, mode);
        let to = live.people.audience();
        self.expect_end_of_mode(room, mode);
        if was.mode != mode.mode {
            self.broadcast(Arc::clone(&to), RoomEvent::Mode { room, mode: mode.mode });
        }
        if was.is_shut() != mode.is_shut() {
            self.broadcast(to, RoomEvent::Shut { room, is_shut: mode.is_shut() });
        }
        true
    }

    /// Notes when a room goes back to open by itself. Nothing is written then: the store goes by the time, too.
    pub(super) fn expect_end_of_mode(&mut self, room: RoomId, mode: RoomMode) {
        if let Some(until) = mode.until {
            self.agenda.insert((until, Due::Mode(room)));
        }
    }

    /// Shows that a room is open again, if its mode is over.
    pub(super) fn mode_over(&mut self, room: RoomId, now: HubTime) {
        if let Some(live) = self.rooms.get(&room) {
            self.show_mode(room, live.room.mode, now);
        }
    }
}

/// A room's mode, and how long it still lasts.
fn lasting(mode: RoomMode, now: HubTime) -> Lasting {
    let RoomMode { mode, until } = mode.at(now);
    (mode, until.map(|until| until.since(now)))
}
