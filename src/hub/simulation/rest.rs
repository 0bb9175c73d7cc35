//! The end of a life: everybody leaves, everybody comes back, and all have to have the same.

use std::collections::BTreeSet;

use super::steps::PASSWORD;
use super::world::{CLIENTS, Place, World};
use crate::domain::ids::RoomId;
use crate::domain::refusal::Refusal;
use crate::domain::room::Room;
use crate::hub::state::Hub;

impl World {
    /// Everybody leaves, comes back and resends. Then everybody must have the same, and all of it.
    pub(super) fn comes_to_rest(&mut self) {
        self.tell("all go");
        for n in 0..CLIENTS {
            self.is_cut_off(n);
        }
        while !self.dead.is_empty() {
            self.notices_the_dead();
        }
        for _ in 0..3 {
            self.finish();
            self.pass(30_000);
        }
        self.learns_of_rooms();
        self.people_write_again();
        self.all_is_let_through();
        self.nobody_is_left();
        self.all_may_speak();
        for place in self.rooms.clone() {
            self.meets_again(&place);
        }
        self.somebody_could_come_in();
        self.rooms_are_as_stored();
        self.walls_are_as_stored();
        self.names_are_kept();
        self.truth.is_all_of(&self.store);
        assert_eq!(self.hub.announcements, self.store.announcements(self.now.hub));
        self.truth.polls_are_open_on(&self.hub, self.now.hub);
        self.nothing_is_held();
        self.stops();
    }

    fn nobody_is_left(&self) {
        for (id, live) in &self.hub.rooms {
            assert_eq!(live.people.count(), 0, "somebody is left in {id}");
            assert!(live.joining.is_empty(), "somebody keeps coming into {id}");
            assert!(
                live.people.names.is_empty(),
                "a name is held in {id}: {:?}",
                live.people.names
            );
        }
        assert!(self.hub.conns.is_empty());
        assert!(self.hub.passwords.is_empty(), "a password waits for nobody");
        let places = self.hub.rooms.values().filter(|live| live.place.is_some()).count();
        assert_eq!(self.hub.places.held(), places, "a place is held for no room");
    }

    /// Checks that everything that people held is given back after they have left, however they left.
    fn nothing_is_held(&mut self) {
        for _ in 0..3 {
            self.pass(600_000);
            self.finish();
        }
        self.nobody_is_left();
        let Hub { access_grants, bridge, guesses, room_guesses, renames, rooms_made, .. } =
            &self.hub;
        assert_eq!((bridge.len(), access_grants.len()), (0, 0), "somebody is remembered");
        let counted = [guesses.len(), room_guesses.len(), renames.len(), rooms_made.len()];
        assert_eq!(counted, [0; 4], "somebody is counted");
    }

    /// Checks that there is an open room, whatever has ended or could not be stored, in the hub and in
    /// the database.
    fn somebody_could_come_in(&mut self) {
        self.pass(300_000);
        self.finish();
        let is_open = |room: &Room| room.lock.is_none() && (room.lasts() || room.capacity == 0);
        let live = self.hub.rooms.values().find(|live| is_open(&live.room));
        assert!(live.is_some(), "the lobby has no open room");
        let stored = self.store.past().rooms;
        assert!(stored.iter().any(|room| live.is_some_and(|live| live.room.id == room.id)));
    }

    fn meets_again(&mut self, place: &Place) {
        let is_shut = self.mode_of(place.id, self.now.hub).is_shut();
        self.tell(format!("all meet in {}", place.id));
        for n in 0..CLIENTS {
            self.connect(n, place.namespace.clone());
            self.joins(n, place.id, Some(PASSWORD));
            self.settles();
            self.repeats(n);
            self.settles();
        }
        for _ in 0..3 {
            self.pass(10_000);
            self.settles();
        }
        assert_eq!(self.is_owed(), None, "asked, and not answered");
        // Its time is over, or it gave its place up while it was empty.
        let is_over = place.ends <= self.now.hub || !self.hub.rooms.contains_key(&place.id);
        let inside: BTreeSet<usize> =
            (0..CLIENTS).filter(|n| self.clients[*n].rooms().contains(&place.id)).collect();
        if is_over {
            assert!(inside.is_empty(), "in a room that is over");
        }
        for n in 0..CLIENTS {
            let refused =
                self.clients[n].views.get(&place.id).and_then(|view| view.refused.as_ref());
            let is_stranger = !self.members.contains(&(self.clients[n].identity, place.id));
            let may_be = match refused {
                None | Some(Refusal::Full) => true,
                Some(Refusal::Shut) => is_shut && is_stranger,
                Some(_) => false,
            };
            assert!(is_over || may_be, "client {n} does not come in: {refused:?}");
            assert!(is_over || refused.is_some() || inside.contains(&n), "client {n} is not in");
        }
        let people: BTreeSet<_> = inside.iter().map(|n| self.clients[*n].identity).collect();
        for n in &inside {
            self.has_all(*n, place.id, people.len());
        }
        for n in 0..CLIENTS {
            self.is_cut_off(n);
        }
        while !self.dead.is_empty() {
            self.notices_the_dead();
        }
        self.pass(30_000);
        self.finish();
    }

    fn settles(&mut self) {
        self.finish();
        for n in 0..CLIENTS {
            self.reads(n, usize::MAX);
            while self.clients[n].views.values().any(|view| view.is_behind) {
                self.reads_on(n);
            }
        }
        self.is_well();
    }

    fn has_all(&self, n: usize, room: RoomId, present: usize) {
        let client = &self.clients[n];
        let unacked = client.outbox.iter().find(|unacked| unacked.room == room);
        assert_eq!(unacked, None, "client {n} is never acknowledged");
        let view = &client.views[&room];
        assert_eq!(view.have, self.truth.last(room), "client {n} has not all of {room}");
        assert!(view.known.values().all(|message| self.truth.at(room, message.seq).is_some()));
        for (seq, message) in &view.known {
            assert!(self.truth.is_now(message), "client {n} has another {seq:?}");
        }
        self.truth.is_reacted(room, view);
        assert_eq!(view.present, present, "client {n} thinks that others are present");
    }
}
