//! Ensures that there is always an open room, so that nobody finds an empty lobby: at the first start, or after a
//! night in which all rooms have expired.

use super::command::NewRoom;
use super::state::{Hub, LiveRoom, Making};
use crate::domain::text::{Namespace, Title};
use crate::store::Moment;

/// The room that is created whenever no other is open to everybody.
#[derive(Debug)]
pub(super) struct FirstRoom {
    namespace: Namespace,
    title: Title,
    /// Whether such a room is being committed.
    is_coming: bool,
}

impl Hub {
    /// Ensures from now on that there is an open room; `None` if the host does not want that.
    pub(super) fn stays_open(&mut self, first: Option<(Namespace, Title)>, at: Moment) {
        // A room that is being committed still opens, even if the title has changed.
        let is_coming = self.first_room.as_ref().is_some_and(|first| first.is_coming);
        self.first_room = first.map(|(namespace, title)| FirstRoom { namespace, title, is_coming });
        self.keep_open(at);
    }

    /// Creates the first room if no room is open to everybody.
    ///
    /// Called when a room has ended, and regularly, in case the disk was full.
    pub(super) fn keep_open(&mut self, at: Moment) {
        let Some(first) = &mut self.first_room else { return };
        if first.is_coming || self.rooms.values().any(is_for_everybody) {
            return;
        }
        first.is_coming = true;
        let (namespace, title) = (first.namespace.clone(), first.title.clone());
        // It counts as the host's: it does not expire, nor count towards the limit of people's rooms.
        let (capacity, password, from, history) = (0, None, None, None);
        let room = NewRoom {
            namespace,
            title,
            capacity,
            password,
            from,
            by_host: true,
            by: None,
            history,
            is_once: false,
        };
        self.create_hashed(Making { room, place: None }, None, None, at);
    }

    /// Goes on with the first room that is committed or was refused.
    pub(super) fn first_room_came(&mut self) {
        if let Some(first) = &mut self.first_room {
            first.is_coming = false;
        }
    }
}

/// Whether a room counts as open to everybody. One with a capacity that people have created does not, since it is soon
/// full. One that the host has shut does, since they do not want another in its place.
fn is_for_everybody(live: &LiveRoom) -> bool {
    let room = &live.room;
    !room.is_locked() && (room.by_host || room.capacity == 0)
}
