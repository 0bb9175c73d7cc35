//! The host's actions: ending rooms, kicking and banning people.

use std::net::IpAddr;
use std::time::Duration;

use super::command::{Caller, Present, Responder, RoomEnded, RoomEvent, WhyClosed};
use super::join::Leaving;
use super::rooms::named;
use super::state::{Hub, LiveRoom, Then};
use crate::domain::chatter::Chatter;
use crate::domain::ids::{ChatterId, IdentityId, RoomId};
use crate::domain::refusal::Refusal;
use crate::domain::room::History;
use crate::domain::time::HubTime;
use crate::store::{Ban, Deed, HostAct, Moment, Write};

/// A room that is being ended by the host.
#[derive(Debug)]
pub(super) struct Ending {
    room: RoomId,
    why: WhyClosed,
    tell: Responder<RoomEnded>,
}

/// A ban that is being committed.
#[derive(Debug)]
pub(super) struct Banning {
    ban: Ban,
    tell: Responder<()>,
}

impl Hub {
    /// Commits an action of the host, logged with the name of the key's holder, if there is one.
    pub(super) fn host_does(&mut self, deed: Deed, what: String, then: Then, at: Moment) {
        let by = self.acting.clone();
        self.write(Write::Host(HostAct { deed, what, by, at }), then);
    }

    /// Lists everybody who is present, room by room, in the order of their joins.
    pub(super) fn present(&self) -> Vec<Present> {
        let mut rooms: Vec<&LiveRoom> = self.rooms.values().collect();
        rooms.sort_unstable_by_key(|live| (live.room.created, live.room.id));
        let all = rooms.into_iter().flat_map(|live| {
            let people = live.people.roster(0, usize::MAX).into_iter();
            people.filter_map(|chatter| {
                Some(Present {
                    room: live.room.id,
                    code: live.room.code,
                    sockets: live.people.conns_of(chatter.id).len(),
                    owner: live.people.owner_of(chatter.id)?,
                    chatter,
                })
            })
        });
        all.collect()
    }

    /// Ends a room. With `deleted`, its messages are deleted, too; that is possible long after its end.
    pub(super) fn end_room(
        &mut self,
        room: RoomId,
        deleted: bool,
        tell: Responder<RoomEnded>,
        at: Moment,
    ) {
        let what = match self.live(room) {
            Ok(live) => named(&live.room),
            // The store also knows the rooms of earlier runs.
            Err(_) if deleted => room.to_string(),
            Err(refusal) => return drop(tell.send(Err(refusal))),
        };
        let (deed, why) = match deleted {
            true => (Deed::Delete(room), WhyClosed::Deleted),
            false => (Deed::Close(room), WhyClosed::Closed),
        };
        let then = Then::RoomEnded(Ending { room, why, tell });
        self.host_does(deed, what, then, at);
    }

    /// Goes on with a room's end that is committed or was refused.
    pub(super) fn room_ended(&mut self, ending: Ending, result: Result<(), Refusal>) {
        let Ending { room, why, tell } = ending;
        let ended = result.map(|()| {
            let people = self.rooms.get(&room).map_or(0, |live| live.people.count());
            self.close_room(room, why);
            tracing::info!(%room, ?why, "the host ended a room");
            RoomEnded { room, people }
        });
        drop(tell.send(ended));
    }

    /// Changes where people who join a room from now on begin to read.
    pub(super) fn set_history(
        &mut self,
        (room, history): (RoomId, History),
        tell: Responder<()>,
        at: Moment,
    ) {
        match self.live(room) {
            Ok(live) => {
                let what = format!("{} {}", named(&live.room), history.as_str());
                let then = Then::HistorySet(room, history, tell);
                self.host_does(Deed::History(room, history), what, then, at);
            }
            Err(refusal) => drop(tell.send(Err(refusal))),
        }
    }

    /// Goes on with a changed history that is committed or was refused.
    pub(super) fn history_set(
        &mut self,
        (room, history): (RoomId, History),
        tell: Responder<()>,
        result: Result<(), Refusal>,
    ) {
        if result.is_ok() {
            self.show_history(room, history);
            let history = history.as_str();
            tracing::info!(%room, history, "the host changed what newcomers may read");
        }
        drop(tell.send(result));
    }

    /// Tells the people in a room where newcomers begin to read now.
    pub(super) fn show_history(&mut self, room: RoomId, history: History) {
        let Some(live) = self.rooms.get_mut(&room) else {
            return;
        };
        live.room.history = history;
        let to = live.people.audience();
        self.broadcast(to, RoomEvent::History { room, history });
    }

    /// Kicks a chatter.
    pub(super) fn kick(&mut self, chatter: ChatterId, tell: Responder<()>, at: Moment) {
        let known = self.rooms.values().find_map(|live| live.people.get(chatter));
        let Some(known) = known else {
            return drop(tell.send(Err(Refusal::NoSuchChatter)));
        };
        let what = format!("{chatter} {:?}", known.nickname.as_str());
        self.host_does(Deed::Kick(chatter), what, Then::Kicked(chatter, tell), at);
    }

    /// Goes on with a kick that is committed or was refused.
    pub(super) fn kicked(
        &mut self,
        chatter: ChatterId,
        tell: Responder<()>,
        result: Result<(), Refusal>,
        at: Moment,
    ) {
        if result.is_ok() {
            for room in self.rooms_of(chatter) {
                self.take_out(room, chatter, WhyClosed::Kicked, at);
            }
            self.bridge.forget_chatter(chatter);
            tracing::info!(%chatter, "the host took somebody out");
        }
        drop(tell.send(result));
    }

    /// Removes a chatter from a room. They are told why, and the others that they have left.
    fn take_out(&mut self, room: RoomId, chatter: ChatterId, why: WhyClosed, at: Moment) {
        let limit = self.settings.roster_limit;
        let is_small = self.rooms.get(&room).is_some_and(|live| live.people.count() <= limit);
        if let Some(chatter) = self.take_out_here(room, chatter, why) {
            self.has_gone(Leaving { room, chatter, owner: None, is_gathered: !is_small }, at);
        }
    }

    /// Removes a chatter from a room on this hub. Their connections to it are told why.
    pub(super) fn take_out_here(
        &mut self,
        room: RoomId,
        chatter: ChatterId,
        why: WhyClosed,
    ) -> Option<Chatter> {
        let (chatter, conns) = self.rooms.get_mut(&room)?.people.remove(chatter)?;
        for conn in &conns {
            if let Some(conn) = self.conns.get_mut(conn) {
                conn.rooms.remove(&room);
            }
        }
        let event = RoomEvent::Closed { room, why };
        self.broadcast(conns.into(), event);
        Some(chatter)
    }

    /// The rooms in which a chatter is present.
    pub(super) fn rooms_of(&self, chatter: ChatterId) -> Vec<RoomId> {
        let is_in = |live: &LiveRoom| live.people.get(chatter).is_some();
        self.rooms.iter().filter(|(_, live)| is_in(live)).map(|(room, _)| *room).collect()
    }

    /// The rooms in which a browser is present, and as whom.
    pub(super) fn stays_of(&self, identity: IdentityId) -> Vec<(RoomId, ChatterId)> {
        let theirs = |(room, live): (&RoomId, &LiveRoom)| {
            live.people.chatter_of(identity).map(|chatter| (*room, chatter.id))
        };
        self.rooms.iter().filter_map(theirs).collect()
    }

    /// Refuses a banned person.
    pub(super) fn lets_in(
        &self,
        identity: Option<IdentityId>,
        peer: IpAddr,
        now: HubTime,
    ) -> Result<(), Refusal> {
        let is_at = |(address, until): (IpAddr, HubTime)| address == peer && now < until;
        let concerns = |ban: &Ban| Some(ban.identity) == identity || ban.address.is_some_and(is_at);
        if self.bans.values().chain(&self.bans_coming).any(concerns) {
            Err(Refusal::Banned)
        } else {
            Ok(())
        }
    }

    /// Refuses a banned caller. A caller without a token is judged by their address only.
    pub(super) fn welcome(&self, caller: Caller, now: HubTime) -> Result<(), Refusal> {
        self.lets_in(caller.identity, caller.peer, now)
    }

    /// Bans a browser. The ban is in force at once; the chatters of the browser are removed once it is committed, so
    /// that a join under way is not missed.
    pub(super) fn ban(
        &mut self,
        who: &Chatter,
        identity: IdentityId,
        address_for: Option<Duration>,
        elsewhere: Option<IpAddr>,
        tell: Responder<()>,
        at: Moment,
    ) {
        let here = self.conns.values().find(|conn| conn.who.identity == identity);
        let peer = here.map(|conn| conn.who.peer).or(elsewhere);
        let address = match (address_for, peer) {
            (None, _) => None,
            (Some(span), Some(peer)) => Some((peer, at.hub.after(span))),
            (Some(_), None) => return drop(tell.send(Err(Refusal::NotJoined))),
        };
        let (chatter, nickname) = (who.id, who.nickname.clone());
        let what = format!("{chatter} {:?}", nickname.as_str());
        let ban = Ban { chatter, identity, nickname, address };
        self.bans_coming.push(ban.clone());
        let then = Then::Banned(Banning { ban: ban.clone(), tell });
        self.host_does(Deed::Ban(ban), what, then, at);
    }

    /// Goes on with a ban that is committed or was refused.
    pub(super) fn banned(
        &mut self,
        Banning { ban, tell }: Banning,
        result: Result<(), Refusal>,
        at: Moment,
    ) {
        if let Some(place) = self.bans_coming.iter().position(|coming| *coming == ban) {
            self.bans_coming.swap_remove(place);
        }
        // If it was refused, a ban of the same chatter that another hub has committed meanwhile stays.
        if result.is_err() {
            return drop(tell.send(result));
        }
        let Ban { chatter, identity, .. } = ban;
        self.bans.insert(chatter, ban);
        for (room, chatter) in self.stays_of(identity) {
            self.take_out(room, chatter, WhyClosed::Banned, at);
        }
        self.bridge.forget_owner(identity);
        tracing::info!(%chatter, "the host banned somebody");
        drop(tell.send(result));
    }

    /// Lifts a ban.
    pub(super) fn unban(&mut self, chatter: ChatterId, tell: Responder<()>, at: Moment) {
        let Some(ban) = self.bans.get(&chatter) else {
            return drop(tell.send(Err(Refusal::NoSuchChatter)));
        };
        let what = format!("{chatter} {:?}", ban.nickname.as_str());
        self.host_does(Deed::Unban(chatter), what, Then::Unbanned(chatter, tell), at);
    }

    /// Goes on with a lifted ban that is committed or was refused.
    pub(super) fn unbanned(
        &mut self,
        chatter: ChatterId,
        tell: Responder<()>,
        result: Result<(), Refusal>,
    ) {
        if result.is_ok() {
            self.bans.remove(&chatter);
        }
        drop(tell.send(result));
    }
}
