//! Rosters: sent at once to a small room, coalesced in a large one.

use std::collections::HashSet;
use std::sync::Arc;

use super::command::{Answer, Reply, RoomEvent};
use super::rate_limits::Action;
use super::state::{Due, Hub, Then};
use crate::domain::chatter::Chatter;
use crate::domain::ids::{ConnId, RoomId};
use crate::domain::message::{Alert, Kind};
use crate::domain::notices::Gathered;
use crate::domain::refusal::Refusal;
use crate::domain::time::HubTime;
use crate::domain::words;
use crate::store::{Moment, Say, Write};

/// The last roster of a large room.
#[derive(Debug, Default)]
pub(super) struct Listed {
    roster: Vec<Chatter>,
    /// Connections that get the next roster even if it has not changed: they have joined since the last one, or asked
    /// for it.
    lacking: HashSet<ConnId>,
}

impl Hub {
    /// Returns a page of a room's people, and how many are present in all.
    pub(super) fn roster_page(
        &self,
        room: RoomId,
        skip: usize,
        most: usize,
    ) -> Result<(Vec<Chatter>, usize), Refusal> {
        let people = &self.live(room)?.people;
        Ok((people.roster(skip, most), people.count()))
    }

    /// Sends the roster to a room at a member's request.
    pub(super) fn ask_roster(&mut self, conn: ConnId, room: RoomId, reply: Reply, now: HubTime) {
        let asked =
            self.speaker(conn, room, now).and_then(|_| self.limit(conn, Action::Roster, now));
        if asked.is_ok() {
            self.tell_roster_to(conn, room, now);
        }
        self.reply(reply, asked.map(|()| Answer::Done));
    }

    /// Sends the roster: at once in a small room, with the next notices in a large one.
    pub(super) fn tell_roster(&mut self, room: RoomId, now: HubTime) {
        let Some(live) = self.rooms.get_mut(&room) else {
            return;
        };
        if live.people.count() <= self.settings.roster_limit {
            live.listed = Listed::default();
            let to = live.people.audience();
            self.send_roster(room, to);
        } else {
            live.notices.roster();
            self.plan_notices(room, now);
        }
    }

    /// Like [`tell_roster`](Self::tell_roster), but sends it to this connection even if it has not changed.
    pub(super) fn tell_roster_to(&mut self, conn: ConnId, room: RoomId, now: HubTime) {
        if let Some(live) = self.rooms.get_mut(&room) {
            live.listed.lacking.insert(conn);
        }
        self.tell_roster(room, now);
    }

    /// Computes a large room's roster again, and sends it to everybody if it has changed, else to those who lack it.
    /// It lists the people who joined first, so few joins and leaves change it.
    fn renew_roster(&mut self, room: RoomId) {
        let Some(live) = self.rooms.get_mut(&room) else {
            return;
        };
        let roster = live.people.roster(0, self.settings.roster_limit);
        let lacking = std::mem::take(&mut live.listed.lacking);
        let to = if roster == live.listed.roster {
            let is_in = |conn: &ConnId| {
                self.conns.get(conn).is_some_and(|conn| conn.rooms.contains_key(&room))
            };
            lacking.into_iter().filter(is_in).collect()
        } else {
            live.listed.roster = roster;
            live.people.audience()
        };
        self.send_roster(room, to);
    }

    fn send_roster(&mut self, room: RoomId, to: Arc<[ConnId]>) {
        let Some(live) = self.rooms.get_mut(&room) else {
            return;
        };
        let everybody = live.people.audience();
        let present = live.people.count();
        let roster = RoomEvent::Roster(live.people.roster(0, self.settings.roster_limit));
        for (to, event) in [(to, roster), (everybody, RoomEvent::Presence { room, present })] {
            if to.is_empty() {
                continue;
            }
            self.broadcast(to, event);
        }
    }

    /// Schedules the notices of a large room.
    pub(super) fn plan_notices(&mut self, room: RoomId, now: HubTime) {
        let Some(live) = self.rooms.get_mut(&room) else {
            return;
        };
        if let Some(due) = live.notices.plan(now) {
            self.agenda.insert((due, Due::Notices(room)));
        }
    }

    /// Sends the notices of a large room that have been coalesced.
    pub(super) fn notices_due(&mut self, room: RoomId, at: Moment) {
        let Some(live) = self.rooms.get_mut(&room) else {
            return;
        };
        let Some(turn) = live.notices.turn(at.hub) else {
            return;
        };
        if let Some(Gathered { first, count }) = turn.joined {
            self.write_notice(room, &first, Alert::Joined(count), at);
        }
        if let Some(Gathered { first, count }) = turn.left {
            self.write_notice(room, &first, Alert::Left(count), at);
        }
        if turn.roster {
            self.renew_roster(room);
        }
    }

    fn write_notice(&mut self, room: RoomId, about: &Chatter, alert: Alert, at: Moment) {
        let content = words::alert(self.settings.language, &alert, &about.nickname);
        let (chatter, kind) = (about.id, Kind::Alert(alert));
        let say = Say::plain(room, chatter, kind, content, at);
        self.write(Write::Say(say), Then::Said(room, None));
    }
}
