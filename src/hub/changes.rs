//! Shows the changes that other hubs on the same store have committed.
//!
//! Nothing is written: the hub that made the change has done that.

use super::command::{RoomEvent, WhyClosed};
use super::state::{Due, Hub};
use crate::domain::chatter::Chatter;
use crate::domain::ids::{ChatterId, IdentityId, RoomId, RunId};
use crate::domain::presence::GRACE;
use crate::domain::room::Room;
use crate::domain::time::HubTime;
use crate::store::{Change, EarlyEnd, Moment};

impl Hub {
    /// Shows a change that another hub has committed.
    pub(super) fn changed(&mut self, change: Change, at: Moment) {
        match change {
            Change::Message(message) => self.broadcast_message(message, at.hub),
            Change::RoomMade(room) => self.made_elsewhere(room, at.hub),
            Change::RoomMode { room, mode } => drop(self.show_mode(room, mode, at.hub)),
            Change::Reacted { room, reacted } => self.gather_reactions(room, reacted, at.hub),
            Change::RoomHistory { room, history } => self.show_history(room, history),
            Change::RoomEdited(room) => self.show_edited(room),
            Change::WallSet { room, wall } => self.show_wall(room, wall),
            Change::RoomEnded { room, end } => {
                self.close_room(room, why(end));
                self.keep_open(at);
            }
            Change::Entered { room, chatter, owner, run } => {
                self.entered_elsewhere(room, chatter, (owner, run), at.hub);
            }
            Change::Left { room, chatter, run } => {
                let live = self.rooms.get_mut(&room);
                if live.is_some_and(|live| live.people.leave_elsewhere(chatter, run)) {
                    self.tell_roster(room, at.hub);
                }
            }
            Change::Kicked(chatter) => self.kicked_elsewhere(chatter, at.hub),
            Change::Renamed(chatter) => self.show_renamed(&chatter, None, at.hub),
            Change::Banned(ban) => {
                for (room, chatter) in self.stays_of(ban.identity) {
                    self.take_out_here(room, chatter, WhyClosed::Banned);
                    self.tell_roster(room, at.hub);
                }
                self.bridge.forget_owner(ban.identity);
                self.bans.insert(ban.chatter, ban);
            }
            Change::Unbanned(chatter) => drop(self.bans.remove(&chatter)),
            Change::Muted(mute) => self.show_mute(mute, at),
            Change::Unmuted(identity) => self.show_unmuted(identity, at),
            Change::TakenBack { room, seq, id } => self.tell_taken_back(room, &[(seq, id)]),
            Change::Announced(announcement) => {
                self.show_announcement(announcement.clone());
                self.tell_announcement(announcement, at);
            }
            Change::AnnouncementGone(id) => self.hide_announcement(id),
            Change::QuestionDropped(dropped) => self.tell_dropped(dropped),
            Change::PollPrepared(poll) => self.show_prepared(poll),
            Change::PreparedGone(id) => self.hide_prepared(id),
            Change::PollMade(poll) => self.show_poll(poll, at),
            Change::PollVoted { poll, identity, choices, tally } => {
                self.show_vote(poll, (identity, choices), tally, (None, at.hub));
            }
            Change::PollClosed(poll) => {
                let closed_at = poll.closed_at.unwrap_or(at.wall);
                self.show_poll_closed(poll.id, (closed_at, poll.tally), at);
            }
            Change::EventSet(settings) => self.show_event(settings, None),
            Change::Granted(grant) => self.access_grants.put(grant),
            Change::Typing { room, chatter, is_typing } => {
                self.typing_elsewhere(room, chatter, is_typing);
            }
        }
    }

    fn made_elsewhere(&mut self, room: Room, now: HubTime) {
        if self.rooms.contains_key(&room.id) || room.is_expired(now) {
            return;
        }
        // The store has applied the limit. The host's rooms do not count towards it.
        let place = (!room.by_host).then(|| self.places.take(None).ok()).flatten();
        self.open_room(room, place, now);
    }

    fn entered_elsewhere(
        &mut self,
        room: RoomId,
        chatter: Chatter,
        (owner, run): (IdentityId, RunId),
        now: HubTime,
    ) {
        let Some(live) = self.rooms.get_mut(&room) else {
            return;
        };
        self.rate_limits.knows(owner);
        let is_new = if Some(run) == self.run {
            // A join through this hub whose result is not known, since the database did not answer in time. The client
            // was refused, so the chatter leaves again, unless the client retries. Being present through another hub as
            // well does not end the stay through this one.
            let (until, is_new) = (now.after(GRACE), live.people.get(chatter.id).is_none());
            if !live.people.is_through_here(chatter.id) {
                self.agenda.insert((until, Due::Grace(room, chatter.id)));
                live.people.expect(chatter, owner, until);
            }
            is_new
        } else {
            live.people.enter_elsewhere(chatter, owner, run)
        };
        if is_new {
            self.tell_roster(room, now);
        }
    }

    fn kicked_elsewhere(&mut self, chatter: ChatterId, now: HubTime) {
        for room in self.rooms_of(chatter) {
            self.take_out_here(room, chatter, WhyClosed::Kicked);
            self.tell_roster(room, now);
        }
        self.bridge.forget_chatter(chatter);
    }

    fn typing_elsewhere(&mut self, room: RoomId, chatter: ChatterId, is_typing: bool) {
        let limit = self.settings.roster_limit;
        let Some(live) = self.rooms.get_mut(&room) else {
            return;
        };
        if live.people.get(chatter).is_none() || live.people.count() > limit {
            return;
        }
        let to = live.people.audience();
        self.broadcast(to, RoomEvent::Typing { room, chatter, is_typing });
    }
}

fn why(end: EarlyEnd) -> WhyClosed {
    match end {
        EarlyEnd::Silent => WhyClosed::Expired,
        EarlyEnd::Closed => WhyClosed::Closed,
        EarlyEnd::Deleted => WhyClosed::Deleted,
    }
}
