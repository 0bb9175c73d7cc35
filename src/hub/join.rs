//! Joining and leaving rooms.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use super::command::{Answer, Reply};
use super::conn::Conn;
use super::names::Claim;
use super::passwords::{Job, Purpose};
use super::places::Entrant;
use super::state::{Due, Hub, LiveRoom, Then, entry, unexpected};
use crate::domain::chatter::Chatter;
use crate::domain::ids::{ChatterId, ConnId, Epoch, IdentityId, RoomId, Seq};
use crate::domain::names::look::Look;
use crate::domain::nickname;
use crate::domain::presence::GRACE;
use crate::domain::refusal::Refusal;
use crate::domain::text::{Nickname, Password};
use crate::domain::time::HubTime;
use crate::store::{Join, Joined, Leave, Moment, Write, Written};

/// After this time a leave that could not be stored is retried.
const LEAVE_AGAIN: Duration = Duration::from_secs(5);

/// A leave that is being committed.
#[derive(Debug)]
pub(super) struct Leaving {
    pub(super) room: RoomId,
    pub(super) chatter: Chatter,
    /// The identity that owns the chatter; `None` if the host has removed them, from whichever hub they were present
    /// through.
    pub(super) owner: Option<IdentityId>,
    /// Whether the leave goes into the room's next bulk notice.
    pub(super) is_gathered: bool,
}

/// How somebody who asks to join is related to the room.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// They are present, or in their grace: they join without a notice.
    Present,
    /// They may join.
    GrantHolder,
    /// They may join if they have been a member before, which only the store knows. Until it has answered they have no
    /// place, and no password guess is counted, since a member needs no password.
    IfMember,
}

/// A join that is not decided yet.
#[derive(Debug)]
pub(super) struct JoinRequest {
    pub(super) conn: ConnId,
    pub(super) peer: IpAddr,
    /// The connection's `stay` at the time of the join.
    pub(super) stay: u64,
    pub(super) room: RoomId,
    pub(super) wanted: Option<ChatterId>,
    pub(super) password: Option<Password>,
    pub(super) after: Option<Seq>,
    pub(super) epoch: Option<Epoch>,
    pub(super) reactions_after: Option<HubTime>,
    pub(super) reply: Reply,
}

/// A join that is being committed.
#[derive(Debug)]
pub(super) struct Joining {
    pub(super) conn: ConnId,
    pub(super) stay: u64,
    pub(super) room: RoomId,
    pub(super) identity: IdentityId,
    /// The claim on the name that a newcomer gets.
    pub(super) claim: Claim,
}

impl Hub {
    /// Decides a join.
    pub(super) fn join(&mut self, request: JoinRequest, at: Moment) {
        let standing = self.standing(&request, at.hub).and_then(|standing| {
            let is_new = standing != Standing::Present;
            self.limit_join(request.conn, is_new, at.hub).map(|()| standing)
        });
        match standing {
            Ok(Standing::IfMember) => {
                let (room, conn) = (request.room, request.conn);
                let Some(identity) = self.conns.get(&conn).map(|conn| conn.who.identity) else {
                    return self.reply(request.reply, Err(Refusal::Unavailable));
                };
                self.write(Write::Look { room, identity }, Then::Looked(request));
            }
            Ok(standing) => self.let_in(request, standing, at),
            Err(refusal) => self.reply(request.reply, Err(refusal)),
        }
    }

    /// Goes on with a join once the store has answered whether the person is a member.
    pub(super) fn looked(
        &mut self,
        request: JoinRequest,
        result: Result<Written, Refusal>,
        at: Moment,
    ) {
        let (is_member, came) = match result {
            Ok(Written::Looked { is_member, came }) => (is_member, came),
            Ok(other) => return self.reply(request.reply, Err(unexpected(&other))),
            Err(refusal) => return self.reply(request.reply, Err(refusal)),
        };
        match self.standing(&request, at.hub) {
            Ok(Standing::IfMember) if !is_member => self.newcomer(request, came, at),
            Ok(standing) => self.let_in(request, standing, at),
            Err(refusal) => self.reply(request.reply, Err(refusal)),
        }
    }

    /// Goes on with a join once its password is verified.
    pub(super) fn join_verified(&mut self, request: JoinRequest, right: bool, at: Moment) {
        if !right {
            return self.reply(request.reply, Err(Refusal::WrongPassword));
        }
        self.give_back_guess(request.room, request.peer);
        match self.standing(&request, at.hub) {
            Ok(Standing::Present) => self.let_in(request, Standing::Present, at),
            Ok(_) => self.let_in(request, Standing::GrantHolder, at),
            Err(refusal) => self.reply(request.reply, Err(refusal)),
        }
    }

    fn standing(&self, request: &JoinRequest, now: HubTime) -> Result<Standing, Refusal> {
        let conn = self.conns.get(&request.conn).ok_or(Refusal::Unavailable)?;
        let live = self.room_for(conn, request.room)?;
        live.room.open_at(now)?;
        self.lets_in(Some(conn.who.identity), conn.who.peer, now)?;
        let is_full = conn.rooms.len() >= self.settings.limits.rooms_joined;
        if is_full && !conn.rooms.contains_key(&request.room) {
            return Err(Refusal::TooManyJoined);
        }
        if live.people.chatter_of(conn.who.identity).is_some() {
            return Ok(Standing::Present);
        }
        if !live.joining.contains_key(&conn.who.identity) {
            live.room.has_place(live.people.count() + live.joining.len())?;
            self.has_share(live, conn.who.peer)?;
        }
        let (identity, peer) = (conn.who.identity, conn.who.peer);
        let is_for_all =
            self.is_unlocked(live, identity, peer, now) && !live.room.mode.at(now).is_shut();
        Ok(if is_for_all { Standing::GrantHolder } else { Standing::IfMember })
    }

    /// Whether somebody needs no password for a room.
    fn is_unlocked(
        &self,
        live: &LiveRoom,
        identity: IdentityId,
        peer: IpAddr,
        now: HubTime,
    ) -> bool {
        !live.room.is_locked() || self.access_grants.allows(live.room.id, identity, peer, now)
    }

    /// Decides the join of a newcomer to a shut or locked room, whose browser first came into a room of the hub at
    /// `came`.
    fn newcomer(&mut self, request: JoinRequest, came: Option<HubTime>, at: Moment) {
        let Some(live) = self.rooms.get(&request.room) else {
            return self.reply(request.reply, Err(Refusal::Expired));
        };
        if !live.room.mode.at(at.hub).mode.admits(came, at.hub) {
            return self.reply(request.reply, Err(Refusal::Shut));
        }
        let identity = self.conns.get(&request.conn).map(|conn| conn.who.identity);
        let is_unlocked =
            identity.is_some_and(|identity| self.is_unlocked(live, identity, request.peer, at.hub));
        match is_unlocked {
            true => self.let_in(request, Standing::GrantHolder, at),
            false => self.ask_password(request, at.hub),
        }
    }

    /// Verifies the password of a newcomer to a locked room.
    fn ask_password(&mut self, mut request: JoinRequest, now: HubTime) {
        let Some(live) = self.rooms.get(&request.room) else {
            return self.reply(request.reply, Err(Refusal::Expired));
        };
        let (Some(password), Some(hash)) = (request.password.take(), live.room.lock.clone()) else {
            return self.reply(request.reply, Err(Refusal::Locked));
        };
        match self.take_guess(request.room, request.peer, now) {
            Ok(()) => {
                self.enqueue_password(Job::Verify { password, hash }, Purpose::Join(request));
            }
            Err(refusal) => self.reply(request.reply, Err(refusal)),
        }
    }

    fn let_in(&mut self, request: JoinRequest, standing: Standing, at: Moment) {
        let Some(conn) = self.conns.get(&request.conn) else { return };
        let (identity, peer) = (conn.who.identity, conn.who.peer);
        let (fresh, look) = self.fresh_chatter(request.room, at);
        let claim = self.claim_for_newcomer(request.room, &fresh, look);
        let (language, limit) = (self.settings.language, self.settings.roster_limit);
        let Some(live) = self.rooms.get_mut(&request.room) else {
            return;
        };
        let is_new = standing != Standing::Present && !live.joining.contains_key(&identity);
        let is_small = live.people.count() + live.joining.len() < limit;
        live.joining.entry(identity).or_insert_with(|| Entrant::at(peer)).joins += 1;
        let join = Join {
            room: request.room,
            identity,
            peer,
            wanted: request.wanted,
            fresh,
            admitted: standing != Standing::IfMember,
            notice: (is_new && is_small).then_some(language),
            after: request.after,
            epoch: request.epoch,
            reactions_after: request.reactions_after,
            at,
        };
        let JoinRequest { conn, stay, room, reply, .. } = request;
        let joining = Joining { conn, stay, room, identity, claim };
        self.write(Write::Join(join), Then::Joined(joining, reply));
    }

    /// A new chatter, and the look of their name.
    fn fresh_chatter(&mut self, room: RoomId, at: Moment) -> (Chatter, Look) {
        let id = ChatterId::from_random((self.random)());
        let seed = self.seed();
        let names = self.rooms.get(&room).map(|live| &live.people.names);
        let taken = |name: &Nickname, look: &Look| {
            names.is_some_and(|names| !names.is_free_for(look, id))
                || self.own_names.are_in(name.as_str())
        };
        let (nickname, look) = nickname::fresh(self.settings.language, seed, taken);
        (Chatter { id, nickname, created_at: at.wall, left_at: None }, look)
    }

    /// Goes on with a join that is committed or was refused.
    pub(super) fn joined(
        &mut self,
        joining: Joining,
        reply: Reply,
        result: Result<Written, Refusal>,
        at: Moment,
    ) {
        self.release(&joining.claim);
        if let Some(live) = self.rooms.get_mut(&joining.room) {
            release(&mut live.joining, joining.identity);
        }
        let joined = match result {
            Ok(Written::Joined(joined)) => joined,
            Ok(other) => return self.reply(reply, Err(unexpected(&other))),
            Err(refusal) => return self.reply(reply, Err(refusal)),
        };
        let look = joining.claim.look_of(&joined.chatter).cloned();
        let answer = self.enter(joining, joined, look, at);
        self.reply(reply, answer);
    }

    fn enter(
        &mut self,
        Joining { conn, stay, room, identity, .. }: Joining,
        mut joined: Joined,
        look: Option<Look>,
        at: Moment,
    ) -> Result<Answer, Refusal> {
        let Some(live) = self.rooms.get_mut(&room) else {
            return Err(Refusal::Expired);
        };
        let was_present = live.people.chatter_of(identity).is_some();
        self.rate_limits.knows(identity);
        live.people.enter(joined.chatter.clone(), look, identity, conn);
        let alert = joined.alert.take();
        let is_gathered = !was_present && alert.is_none();
        if is_gathered {
            live.notices.joined(&joined.chatter);
        }
        let here = self.conns.get_mut(&conn);
        let is_here = here.is_some();
        match here {
            Some(conn) if conn.still_wants(room, stay) => {
                let _before = conn.rooms.insert(room, joined.chatter.id);
            }
            // They have left and joined again before this join's password was verified.
            Some(conn) if conn.rooms.contains_key(&room) => {}
            // They have disconnected or left while the join was being committed, so their grace begins now.
            _ => self.leave_room(room, joined.chatter.id, conn, at.hub),
        }
        if let Some(alert) = alert {
            self.broadcast_message(alert, at.hub);
        }
        if is_gathered {
            self.plan_notices(room, at.hub);
        }
        self.tell_roster_to(conn, room, at.hub);
        // Somebody who was present has a unique name, unless the hub through which they joined ended before it gave
        // them one.
        if !was_present || !self.has_own_name(room, &joined.chatter) {
            self.tell_apart(room, &joined.chatter, at);
        }
        let view = self.live_view(room, at)?;
        let muted = self.mute_notice(identity, at);
        let host = (self.announced_in(room, at), self.polls_in(room, identity, at));
        if is_here { Ok(entry(joined, view, muted, host)) } else { Err(Refusal::Unavailable) }
    }

    /// Takes a connection out of all its rooms.
    pub(super) fn leave_rooms(&mut self, conn: ConnId, now: HubTime) {
        let rooms = self.conns.get_mut(&conn).map(Conn::leaves).unwrap_or_default();
        for (room, chatter) in rooms {
            self.leave_room(room, chatter, conn, now);
        }
    }

    /// Takes a connection out of one of its rooms, or ends its join of it. Another room it leaves alone.
    pub(super) fn leave_one(&mut self, conn: ConnId, room: RoomId, now: HubTime) {
        // What is kept of a leave is bounded by the rooms that there are.
        if !self.rooms.contains_key(&room) {
            return;
        }
        let left = self.conns.get_mut(&conn).and_then(|conn| conn.leaves_one(room));
        if let Some(chatter) = left {
            self.leave_room(room, chatter, conn, now);
        }
    }

    fn leave_room(&mut self, room: RoomId, chatter: ChatterId, conn: ConnId, now: HubTime) {
        if let (Some(span), Some(conn)) = (self.settings.bridge, self.conns.get(&conn)) {
            let last = (conn.who.peer, conn.who.identity);
            self.bridge.remember((room, chatter), last, span, now);
        }
        let Some(live) = self.rooms.get_mut(&room) else {
            return;
        };
        if let Some(until) = live.people.drop_conn(chatter, conn, now) {
            self.agenda.insert((until, Due::Grace(room, chatter)));
        }
    }

    /// Ends a chatter's grace, if it is over.
    pub(super) fn grace_over(&mut self, room: RoomId, chatter: ChatterId, at: Moment) {
        let limit = self.settings.roster_limit;
        let Some(live) = self.rooms.get_mut(&room) else {
            return;
        };
        let owner = live.people.owner_of(chatter);
        if owner.is_some_and(|owner| live.joining.contains_key(&owner)) {
            // Their return is being committed. If it fails, the grace is checked again.
            self.agenda.insert((at.hub.after(GRACE), Due::Grace(room, chatter)));
            return;
        }
        let is_small = live.people.count() <= limit;
        let Some(chatter) = live.people.expire(chatter, at.hub) else {
            return;
        };
        self.has_gone(Leaving { room, chatter, owner, is_gathered: !is_small }, at);
    }

    /// Commits that a chatter is no longer present through this hub, or was removed by the host. The room is told
    /// then, at once unless the leave `is_gathered`.
    pub(super) fn has_gone(&mut self, leaving: Leaving, at: Moment) {
        let Leaving { room, owner, is_gathered, .. } = leaving;
        let notice = (!is_gathered).then_some(self.settings.language);
        let (chatter, everywhere) = (leaving.chatter.clone(), owner.is_none());
        let leave = Leave { room, chatter, everywhere, notice, at };
        self.write(Write::Leave(leave), Then::Left(leaving));
    }

    /// Goes on with a leave that is committed or was refused.
    pub(super) fn has_left(
        &mut self,
        leaving: Leaving,
        result: Result<Written, Refusal>,
        now: HubTime,
    ) {
        match (result, leaving.owner) {
            // They are connected to another hub.
            (Ok(Written::Left { still_here: true, .. }), _) => return,
            (Ok(Written::Left { alert: Some(alert), .. }), _) => self.broadcast_message(alert, now),
            (Err(_), Some(owner)) if self.run.is_some() => {
                return self.leaves_later(leaving, owner, now);
            }
            // They have left. If that could not be stored, the next start of the hub notices it.
            _ => {}
        }
        let Leaving { room, chatter, is_gathered, .. } = leaving;
        if let Some(live) = self.rooms.get_mut(&room)
            && is_gathered
            && live.people.get(chatter.id).is_none()
        {
            live.notices.left(&chatter);
            self.plan_notices(room, now);
        }
        self.tell_roster(room, now);
    }

    /// Retries a leave that could not be stored. Until then the chatter is still in the room, for this hub as for the
    /// others on the store, and stays if they have come back.
    fn leaves_later(&mut self, leaving: Leaving, owner: IdentityId, now: HubTime) {
        let Leaving { room, chatter, .. } = leaving;
        let Some(live) = self.rooms.get_mut(&room) else {
            return;
        };
        if live.people.is_through_here(chatter.id) {
            return;
        }
        let known = live.people.get(chatter.id).cloned();
        let (until, is_new) = (now.after(LEAVE_AGAIN), known.is_none());
        // With their present name, which may have changed since they left.
        let chatter = known.unwrap_or(chatter);
        self.agenda.insert((until, Due::Grace(room, chatter.id)));
        live.people.expect(chatter, owner, until);
        if is_new {
            self.tell_roster(room, now);
        }
    }
}

fn release(joining: &mut HashMap<IdentityId, Entrant>, identity: IdentityId) {
    if let Some(entrant) = joining.get_mut(&identity) {
        entrant.joins -= 1;
        if entrant.joins == 0 {
            joining.remove(&identity);
        }
    }
}
