//! Walls: what a projector or a television shows of a room. The host sets it; it is read over HTTP, and nobody is present
//! for it.

use std::time::Duration;

use super::command::{Responder, WallCall, WallChange, WallState};
use super::rooms::named;
use super::state::{Hub, Then, unexpected};
use crate::domain::ids::{RoomId, Seq, WallLinkId};
use crate::domain::refusal::Refusal;
use crate::domain::room::wall::{RoomWall, WallEdit, WallView};
use crate::store::{Deed, Moment, Write, Written};

/// How often the hub's time is stored for walls at most.
const REMEMBER: Duration = Duration::from_secs(5);

impl Hub {
    /// Decides a call about a wall.
    pub(super) fn wall_call(&mut self, call: WallCall, at: Moment) {
        match call {
            WallCall::Show(code, tell) => {
                let room = self.codes.get(&code).copied().ok_or(Refusal::NoSuchRoom);
                let state = room.and_then(|room| self.wall(room, at));
                if let Ok(state) = &state {
                    self.remember_shown(state.room.room.id, state.last, at);
                }
                drop(tell.send(state));
            }
            WallCall::Set { room, change, tell } => self.set_wall(room, change, tell, at),
        }
    }

    fn wall(&self, room: RoomId, at: Moment) -> Result<WallState, Refusal> {
        let live = self.live(room)?;
        let delay = live.wall.delay;
        Ok(WallState {
            room: self.live_view(room, at)?,
            wall: live.wall,
            is_open: RoomWall::is_open(&live.room, at.hub),
            last: live.ages.older_than(delay, at.hub),
            sent_until: at.hub.before(delay),
            now: at.hub,
            former_names: self.former_names.before(delay, at.hub),
            announcements: self.announced_in(room, at),
            poll: match live.wall.view {
                WallView::Poll => self.poll_for_wall(room, at),
                WallView::Messages | WallView::Questions | WallView::Off => None,
            },
        })
    }

    /// Stores the hub's time while a wall shows something new. After a kill the hub goes on from the latest time that is
    /// stored, and what was old enough must not be too young again.
    fn remember_shown(&mut self, room: RoomId, last: Seq, at: Moment) {
        let Some(live) = self.rooms.get_mut(&room) else { return };
        let is_due = self.shown_at.is_none_or(|before| at.hub.since(before) >= REMEMBER);
        if last > live.remembered && is_due {
            (live.remembered, self.shown_at) = (last, Some(at.hub));
            self.write(Write::Mark(at), Then::Nothing);
        }
    }

    fn set_wall(
        &mut self,
        room: RoomId,
        change: WallChange,
        tell: Responder<WallState>,
        at: Moment,
    ) {
        let link = change
            .link
            .map(|is_wanted| is_wanted.then(|| WallLinkId::from_random((self.random)())));
        let live = match self.live(room) {
            Ok(live) => live,
            Err(refusal) => return drop(tell.send(Err(refusal))),
        };
        let edit = WallEdit { view: change.view, delay: change.delay, link }.beyond(&live.wall);
        if edit == WallEdit::default() {
            return drop(tell.send(self.wall(room, at)));
        }
        let what = format!("{} {}", named(&live.room), edit.words());
        self.host_does(Deed::SetWall(room, edit), what, Then::WallSet(room, tell), at);
    }

    /// Goes on with a wall that is committed or was refused.
    pub(super) fn wall_set(
        &mut self,
        room: RoomId,
        tell: Responder<WallState>,
        result: Result<Written, Refusal>,
        at: Moment,
    ) {
        let set = match result {
            Ok(Written::WallSet(wall)) => {
                self.show_wall(room, wall);
                tracing::info!(%room, view = wall.view.as_str(), "the host set a wall");
                self.wall(room, at)
            }
            Ok(other) => Err(unexpected(&other)),
            Err(refusal) => Err(refusal),
        };
        drop(tell.send(set));
    }

    /// Takes over a wall that was set.
    pub(super) fn show_wall(&mut self, room: RoomId, wall: RoomWall) {
        // The room may have ended since.
        if let Some(live) = self.rooms.get_mut(&room) {
            live.wall = wall;
        }
    }
}
