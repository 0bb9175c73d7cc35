//! Restores the hub's state from the store at a start: rooms, the people who were in them, bans and limits.

use std::time::Duration;

use super::state::{Due, Hub};
use crate::domain::room::ages::MessageAges;
use crate::domain::time::HubTime;
use crate::store::Past;

/// How long people who were present keep their places after a restart.
const RETURN: Duration = Duration::from_secs(20);

impl Hub {
    /// Takes over the stored state.
    pub(super) fn go_on_from(&mut self, past: Past, now: HubTime) {
        for room in past.rooms {
            // The stored rooms may exceed the present limit. The host's rooms do not count towards it.
            let place = (!room.by_host).then(|| self.places.take(None).ok()).flatten();
            self.open_room(room, place, now);
        }
        for (room, newest) in past.newest {
            self.rooms.entry(room).and_modify(|live| {
                (live.newest, live.ages) = (newest, MessageAges::since(newest.last));
            });
        }
        let until = now.after(RETURN);
        for member in past.present {
            if let Some(live) = self.rooms.get_mut(&member.room) {
                self.agenda.insert((until, Due::Grace(member.room, member.chatter.id)));
                self.rate_limits.knows(member.owner);
                live.people.expect(member.chatter, member.owner, until);
            }
        }
        for (member, run) in past.elsewhere {
            if let Some(live) = self.rooms.get_mut(&member.room) {
                self.rate_limits.knows(member.owner);
                live.people.enter_elsewhere(member.chatter, member.owner, run);
            }
        }
        self.bans = past.bans.into_iter().map(|ban| (ban.chatter, ban)).collect();
        for mute in past.mutes {
            if let Some(until) = mute.until {
                self.agenda.insert((until, Due::Mute(mute.identity)));
            }
            self.mutes.put(mute);
        }
        for (room, wall) in past.walls {
            self.show_wall(room, wall);
        }
        for announcement in past.announcements {
            self.show_announcement(announcement);
        }
        for poll in past.polls {
            self.add_poll(poll, now);
        }
        for poll in past.prepared {
            self.show_prepared(poll);
        }
        for (poll, identity, choices) in past.votes {
            let known = self.polls.iter_mut().find(|known| known.poll.id == poll);
            known.map(|known| known.votes.insert(identity, choices));
        }
        self.event_settings = past.event;
        for grant in past.grants {
            self.access_grants.put(grant);
        }
    }
}
