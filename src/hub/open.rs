//! There is always a room that everybody can go into: nobody should meet an empty lobby, not at the
//! first start, nor after a night in which all rooms ended.

use super::command::NewRoom;
use super::state::{Hub, LiveRoom, Making};
use crate::domain::text::{Namespace, Title};
use crate::store::Moment;

/// The room that is made whenever no other is open to everybody.
#[derive(Debug)]
pub(super) struct FirstRoom {
    namespace: Namespace,
    title: Title,
    /// It is being committed.
    is_coming: bool,
}

impl Hub {
    /// From now on there is an open room, if the host wants that: made where there is none.
    pub(super) fn stays_open(&mut self, first: Option<(Namespace, Title)>, at: Moment) {
        let first =
            first.map(|(namespace, title)| FirstRoom { namespace, title, is_coming: false });
        self.first_room = first;
        self.keep_open(at);
    }

    /// Makes the first room where no room is open to everybody.
    ///
    /// Called when a room has gone, and now and then for where the disk took none.
    pub(super) fn keep_open(&mut self, at: Moment) {
        let Some(first) = &mut self.first_room else { return };
        if first.is_coming || self.rooms.values().any(is_for_everybody) {
            return;
        }
        first.is_coming = true;
        let (namespace, title) = (first.namespace.clone(), first.title.clone());
        // As one of the host's it lasts, and takes no place from people's.
        let room =
            NewRoom { namespace, title, capacity: 0, password: None, from: None, by_host: true };
        self.create_hashed(Making { room, place: None }, None, None, at);
    }

    /// The first room is there, or the disk did not take it.
    pub(super) fn first_room_came(&mut self) {
        if let Some(first) = &mut self.first_room {
            first.is_coming = false;
        }
    }
}

/// A small room that somebody made is soon full. Where the host has shut their only open room, they
/// do not want another.
fn is_for_everybody(live: &LiveRoom) -> bool {
    let room = &live.room;
    !room.is_locked() && (room.by_host || room.capacity == 0)
}
