//! How several hubs come to rest: all live, all agree, all go, all come back, and all have the same.

use std::collections::BTreeSet;

use tokio::sync::oneshot;

use super::super::modes::is_free;
use super::super::steps::PASSWORD;
use super::super::world::{CLIENTS, Place};
use super::cluster::{Cluster, State};
use crate::domain::mode::Mode;
use crate::domain::refusal::Refusal;
use crate::hub::command::{Call, Command};

impl Cluster {
    pub(in super::super) fn comes_to_rest(&mut self) {
        self.tell("all hubs live");
        for k in 0..self.nodes.len() {
            self.starts_again(k);
            self.state_changes(k, State::Running);
        }
        // Those that were declared dead find it out.
        self.pass(1_000);
        for k in 0..self.nodes.len() {
            self.node(k).ahead = 0;
        }
        self.finish();
        self.people_write_again();
        self.all_is_let_through();
        self.grants_agree();
        for _ in 0..12 {
            self.finish();
            self.pass(5_000);
        }
        self.settles();
        self.agree();
        self.all_may_speak();
        self.all_go();
        for place in self.rooms.clone() {
            self.meets_again(&place);
        }
        for _ in 0..3 {
            self.pass(600_000);
            self.finish();
        }
        self.nobody_is_left();
        self.agree();
        self.truth.is_all(&self.database.messages);
        assert_eq!(self.database.reports, self.truth.reports);
    }

    /// People can write in all rooms again.
    fn people_write_again(&mut self) {
        for (room, stored) in self.database.rooms.clone() {
            if !is_free(stored.mode.at(self.database.now)) && !stored.is_expired(self.database.now)
            {
                let (tell, _unread) = oneshot::channel();
                let (room, mode, span) = (Some(room), Mode::Open, None);
                self.command(0, Command::Call(Call::SetMode { room, mode, span, tell }));
            }
        }
        self.finish();
    }

    fn all_go(&mut self) {
        for n in 0..CLIENTS {
            self.is_cut_off(n);
        }
        while !self.dead.is_empty() {
            self.notices_the_dead();
        }
        for _ in 0..3 {
            self.finish();
            self.pass(10_000);
        }
        self.finish();
        self.nobody_is_left();
    }

    fn meets_again(&mut self, place: &Place) {
        let met = self.database.now;
        let is_shut = self.database.rooms[&place.id].mode.at(met).is_shut();
        self.tell(format!("all meet in {}", place.id));
        for n in 0..CLIENTS {
            let k = self.dice.below(self.nodes.len());
            self.connect(n, k, place.namespace.clone());
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
        self.agree();
        let is_over = self.database.rooms[&place.id].is_expired(self.database.now);
        let inside: BTreeSet<usize> =
            (0..CLIENTS).filter(|n| self.clients[*n].rooms().contains(&place.id)).collect();
        assert!(!is_over || inside.is_empty(), "in a room that is over");
        for n in 0..CLIENTS {
            let identity = self.clients[n].identity;
            let view = self.clients[n].views.get(&place.id);
            let refused = view.and_then(|view| view.refused.as_ref());
            let is_stranger = !self.database.members.contains_key(&(place.id, identity));
            let may_be = match refused {
                None | Some(Refusal::Full) => true,
                Some(Refusal::Shut) => is_shut && is_stranger,
                Some(Refusal::Banned) => {
                    self.database.is_banned(identity, self.clients[n].peer, met)
                }
                Some(_) => false,
            };
            assert!(is_over || may_be, "client {n} does not come in: {refused:?}");
            assert!(is_over || refused.is_some() || inside.contains(&n), "client {n} is not in");
        }
        let people: BTreeSet<_> = inside.iter().map(|n| self.clients[*n].identity).collect();
        for n in inside {
            self.has_all(n, place, people.len());
        }
        self.all_go();
    }

    fn has_all(&self, n: usize, place: &Place, present: usize) {
        let client = &self.clients[n];
        let unacked = client.outbox.iter().find(|unacked| unacked.room == place.id);
        assert_eq!(unacked, None, "client {n} is never acknowledged");
        let view = &client.views[&place.id];
        assert_eq!(view.have, self.truth.last(place.id), "client {n} has not all of {}", place.id);
        for (seq, message) in &view.known {
            assert!(self.truth.is_now(message), "client {n} has another {seq:?}");
        }
        self.truth.is_reacted(place.id, view);
        assert_eq!(view.present, present, "client {n} thinks that others are present");
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

    /// All hubs commit and hear everything.
    pub(super) fn finish(&mut self) {
        while (0..self.nodes.len()).any(|k| !self.is_quiet(k)) {
            for k in 0..self.nodes.len() {
                self.password(k);
                self.commit(k, usize::MAX, true);
                self.is_told(k, usize::MAX);
            }
        }
        self.learns_of_rooms();
    }
}
