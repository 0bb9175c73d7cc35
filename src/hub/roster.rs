//! Telling a room of its people: at once in a small room, gathered in a large one.

use super::command::{Answer, News, Output, Reply};
use super::state::{Due, Effect, Hub, Then};
use crate::domain::chatter::Chatter;
use crate::domain::ids::{ConnId, RoomId};
use crate::domain::message::{Alert, Kind};
use crate::domain::notices::Gathered;
use crate::domain::refusal::Refusal;
use crate::domain::time::HubTime;
use crate::domain::words;
use crate::store::{Moment, Say, Write};

impl Hub {
    /// A page of a room's people, and how many there are in all.
    pub(super) fn roster_page(
        &self,
        room: RoomId,
        skip: usize,
        most: usize,
    ) -> Result<(Vec<Chatter>, usize), Refusal> {
        let people = &self.live(room)?.people;
        Ok((people.roster(skip, most), people.count()))
    }

    /// A member asks that the room be sent its roster.
    pub(super) fn ask_roster(&mut self, conn: ConnId, room: RoomId, reply: Reply, now: HubTime) {
        let rate = self.settings.limits.rosters;
        let asked = self
            .speaker(conn, room, now)
            .and_then(|_| self.pace(conn, |c| &mut c.rosters, rate, now));
        if asked.is_ok() {
            self.tell_roster(room, now);
        }
        self.reply(reply, asked.map(|()| Answer::Done));
    }

    /// The room's roster is to be sent: at once in a small room, at its next turn in a large one.
    pub(super) fn tell_roster(&mut self, room: RoomId, now: HubTime) {
        let Some(live) = self.rooms.get_mut(&room) else {
            return;
        };
        if live.people.count() <= self.settings.roster_limit {
            self.send_roster(room);
        } else {
            live.notices.roster();
            self.plan_notices(room, now);
        }
    }

    fn send_roster(&mut self, room: RoomId) {
        let Some(live) = self.rooms.get_mut(&room) else {
            return;
        };
        let to = live.people.audience();
        let present = live.people.count();
        let roster = News::Roster(live.people.roster(0, self.settings.roster_limit));
        for news in [roster, News::Presence { room, present }] {
            let output = Output::Broadcast { to: std::sync::Arc::clone(&to), except: None, news };
            self.effects.push_back(Effect::Output(output));
        }
    }

    /// Plans the turn at which a large room is told what was gathered.
    pub(super) fn plan_notices(&mut self, room: RoomId, now: HubTime) {
        let Some(live) = self.rooms.get_mut(&room) else {
            return;
        };
        if let Some(due) = live.notices.plan(now) {
            self.agenda.insert((due, Due::Notices(room)));
        }
    }

    /// A large room's turn.
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
            self.send_roster(room);
        }
    }

    fn write_notice(&mut self, room: RoomId, about: &Chatter, alert: Alert, at: Moment) {
        let content = words::alert(self.settings.language, &alert, &about.nickname);
        let (chatter, kind) = (about.id, Kind::Alert(alert));
        let say = Say { room, chatter, kind, content, key: None, at };
        self.write(Write::Say(say), Then::Said(None));
    }
}
