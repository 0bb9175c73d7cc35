//! What must hold of several hubs: of what leaves each, of their database after every commit, and of all once they are quiet.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use super::super::world::may_read;
use super::cluster::{Cluster, State};
use crate::domain::ids::{ChatterId, ConnId, RoomId};
use crate::domain::mute::Mute;
use crate::domain::names::look::Look;
use crate::domain::refusal::Refusal;
use crate::domain::room::Room;
use crate::domain::text::Nickname;
use crate::hub::command::{RoomEvent, WhyClosed};
use crate::store::{AccessGrant, Deed, GrantHolder, HostAct, Write, Written};

/// An address from which nobody comes.
const NOBODY: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

impl Cluster {
    pub(super) fn broadcast(
        &mut self,
        k: usize,
        to: &Arc<[ConnId]>,
        except: Option<ConnId>,
        event: &RoomEvent,
    ) {
        match event {
            RoomEvent::Message(message) => {
                self.truth.holds(k, message);
                for (id, line) in self.lines.iter().filter(|(id, _)| self.ends[id] == k) {
                    let (is_told, is_in) = (to.contains(id), line.next.contains_key(&message.room));
                    assert!(is_told || !is_in, "{id:?} is left out");
                    let is_entering = self.is_entering(*id, line.left, message.room);
                    assert!(!is_told || is_in || is_entering, "{id:?} has left, and is told");
                }
            }
            RoomEvent::TakenBack { room, seq, .. } => {
                self.truth.told_taken_back(k, *room, *seq);
                self.is_told_to_all(k, *room, to);
            }
            RoomEvent::Reactions { room, reacted } => {
                self.truth.has_been(k, *room, reacted);
                self.is_told_to_all(k, *room, to);
            }
            RoomEvent::QuestionDropped(dropped) => {
                self.truth.told_dropped(dropped);
                let conns = &self.nodes[k].as_ref().unwrap().hub.conns;
                let is_theirs = |id: &ConnId| conns[id].who.identity == dropped.author;
                assert!(to.iter().all(is_theirs), "others are told: {dropped:?}");
            }
            RoomEvent::Poll(view) => {
                let node = self.nodes[k].as_ref().unwrap();
                self.truth.poll_has_been(view, to, &node.hub);
            }
            RoomEvent::Roster(people) => {
                let ids: BTreeSet<ChatterId> = people.iter().map(|chatter| chatter.id).collect();
                assert_eq!(ids.len(), people.len(), "somebody is seen twice: {people:?}");
            }
            RoomEvent::Closed { why: WhyClosed::Kicked | WhyClosed::Banned, .. } => {}
            RoomEvent::Closed { room, .. } => {
                let now = self.at(k).hub;
                let place = self.rooms.iter().find(|place| place.id == *room);
                let is_due = place.is_none_or(|place| place.ends <= now);
                assert!(is_due || to.is_empty(), "{room} ended before its time");
            }
            _ => {}
        }
        for id in to.iter().filter(|id| except != Some(**id)) {
            assert_eq!(self.ends.get(id), Some(&k), "{id:?} is on another hub");
            self.lines.get_mut(id).unwrap().told(event);
        }
    }

    fn is_told_to_all(&self, k: usize, room: RoomId, to: &[ConnId]) {
        for (id, line) in self.lines.iter().filter(|(id, _)| self.ends[id] == k) {
            assert!(to.contains(id) || !line.next.contains_key(&room), "{id:?} is left out");
        }
    }

    /// The database has decided what somebody does with a message.
    pub(super) fn decided(&mut self, write: &Write, result: &Result<Written, Refusal>) {
        self.truth.decides_poll(write, result, self.database.now, true);
        self.truth.decides_held(write, result);
        match write {
            Write::React(react) => {
                let may = may_read(&self.clients, react.room, react.chatter, react.seq);
                self.truth.reacts(react, may, result);
            }
            Write::Vote(vote) => {
                let may = may_read(&self.clients, vote.room, vote.chatter, vote.seq);
                self.truth.votes(vote, may, result);
            }
            Write::Host(HostAct { deed: Deed::Answered(room, seq, on), .. }) => {
                self.truth.marks((*room, *seq), *on, result);
            }
            Write::TakeBack(back) => self.truth.takes_back(back, result),
            Write::Report(report) => {
                let may = may_read(&self.clients, report.room, report.chatter, report.seq);
                self.truth.reports(report, may, result);
            }
            Write::Host(HostAct { deed: Deed::TakeBack(room, _), .. }) => {
                let Ok(Written::TakenBack(taken)) = result else { return };
                taken.iter().for_each(|(seq, _)| self.truth.taken_back(*room, *seq));
            }
            _ => {}
        }
    }

    /// What must hold after every step, besides what is checked where it leaves a hub.
    pub(super) fn is_well(&self) {
        for client in &self.clients {
            client.views.values().for_each(|view| view.is_whole(client.conn));
        }
    }

    /// What must hold in the database after every commit.
    pub(super) fn database_is_well(&self) {
        let database = &self.database;
        for room in database.rooms.values() {
            let count = database.count(room.id);
            let most =
                database.crowds.get(&room.id).copied().unwrap_or(0).max(room.capacity as usize);
            assert!(room.capacity == 0 || count <= most, "{count} in {room:?}");
        }
        for stay in database.stays.keys() {
            assert!(database.people.contains_key(&(stay.0, stay.1)), "{stay:?} of nobody");
        }
        for person in database.people.keys() {
            let mut stays = database.stays.keys();
            assert!(
                stays.any(|(room, owner, _)| (*room, *owner) == *person),
                "{person:?} is nowhere"
            );
        }
        for ((room, owner, run), until) in &database.stays {
            let lives = database.leases.contains_key(run);
            assert!(lives || until.is_some(), "{owner} stays in {room} through a dead hub");
        }
    }

    /// All hubs are quiet: each lets in who has passed a check at any of them.
    pub(super) fn grants_agree(&mut self) {
        for k in 0..self.nodes.len() {
            let now = self.at(k).hub;
            let node = self.nodes[k].as_ref().unwrap();
            for AccessGrant { room, holder, until } in &self.database.grants {
                let GrantHolder::Identity(owner) = *holder else { panic!("{holder:?}") };
                let is_allowed = node.hub.access_grants.allows(*room, owner, NOBODY, now);
                assert!(is_allowed || *until <= now, "{owner} passed the check of {room}");
            }
        }
    }

    /// All hubs are quiet: each knows the same as the database.
    pub(super) fn agree(&mut self) {
        for k in 0..self.nodes.len() {
            let now = self.at(k).hub;
            let node = self.nodes[k].as_ref().unwrap();
            assert_eq!(node.state, State::Running);
            let living = self.database.rooms.values().filter(|room| !room.is_expired(now));
            let living: BTreeSet<RoomId> = living.map(|room| room.id).collect();
            let known: BTreeSet<RoomId> = node.hub.rooms.keys().copied().collect();
            assert_eq!(known, living, "hub {k} knows other rooms");
            for (id, live) in &node.hub.rooms {
                let stored = &self.database.rooms[id];
                let of = |room: &Room| Room { mode: room.mode.at(now), ..room.clone() };
                assert_eq!(of(&live.room), of(stored), "{id} on hub {k}");
                let wall = self.database.walls.get(id).copied().unwrap_or_default();
                assert_eq!(live.wall, wall, "the wall of {id} on hub {k}");
                assert!(live.joining.is_empty(), "somebody keeps coming into {id} on hub {k}");
                let roster = live.people.roster(0, usize::MAX);
                let listed: BTreeMap<ChatterId, Nickname> =
                    roster.iter().map(|c| (c.id, c.nickname.clone())).collect();
                assert_eq!(listed.len(), roster.len(), "somebody is seen twice in {id}");
                assert_eq!(listed, self.present(*id), "the roster of {id} on hub {k}");
            }
            let announced: BTreeSet<_> = node.hub.announcements.iter().map(|one| one.id).collect();
            let stored = self.database.announced();
            assert_eq!(
                announced,
                stored.iter().map(|one| one.id).collect(),
                "announced on hub {k}"
            );
            self.truth.polls_are_open_on(&node.hub, now);
            let event = &node.hub.event_settings;
            assert_eq!(*event, self.database.event, "the event on hub {k}");
            let banned: BTreeSet<ChatterId> = node.hub.bans.keys().copied().collect();
            assert_eq!(banned, self.database.bans.keys().copied().collect(), "bans on hub {k}");
            let mut muted: Vec<Mute> = self.database.mutes.values().cloned().collect();
            muted.retain(|mute| !mute.is_over(now));
            muted.sort_by_key(|mute| mute.chatter);
            assert_eq!(node.hub.mutes.list(now), muted, "mutes on hub {k}");
        }
        for room in self.database.rooms.keys() {
            let present: Vec<(ChatterId, Nickname)> = self.present(*room).into_iter().collect();
            for (n, (one, name)) in present.iter().enumerate() {
                for (other, like) in &present[n + 1..] {
                    let is_like = Look::of(name).is_like(&Look::of(like));
                    assert!(!is_like, "{one} is {name} and {other} is {like} in {room}");
                }
            }
        }
    }

    fn present(&self, room: RoomId) -> BTreeMap<ChatterId, Nickname> {
        let people = self.database.people.iter().filter(|((of, _), _)| *of == room);
        let named = |id: &ChatterId| (*id, self.database.chatters[id].0.nickname.clone());
        people.map(|(_, id)| named(id)).collect()
    }

    /// All have gone, and nothing is kept for anybody.
    pub(super) fn nobody_is_left(&self) {
        let database = &self.database;
        assert!(database.people.is_empty(), "somebody is left: {:?}", database.people);
        for (k, node) in self.nodes.iter().enumerate() {
            let hub = &node.as_ref().unwrap().hub;
            for (id, live) in &hub.rooms {
                assert_eq!(live.people.count(), 0, "somebody is left in {id} on hub {k}");
                assert!(live.people.names.is_empty(), "a name is held in {id} on hub {k}");
            }
            assert!(hub.conns.is_empty() && hub.passwords.is_empty(), "on hub {k}");
            let places = hub.rooms.values().filter(|live| live.place.is_some()).count();
            assert_eq!(hub.places.held(), places, "a place is held for no room on hub {k}");
        }
    }
}
