//! The host's hand: a room ends before its time, somebody is taken out.

use super::command::{Ended, News, Output, Present, Tell, WhyClosed};
use super::state::{Effect, Hub, LiveRoom, Then};
use crate::domain::ids::{ChatterId, RoomId};
use crate::domain::refusal::Refusal;
use crate::store::{Deed, HostAct, Moment, Write};

/// A room that the host ends.
#[derive(Debug)]
pub(super) struct Ending {
    room: RoomId,
    why: WhyClosed,
    tell: Tell<Ended>,
}

impl Hub {
    /// Everybody who is present, room by room in the order in which they came.
    pub(super) fn present(&self) -> Vec<Present> {
        let mut rooms: Vec<&LiveRoom> = self.rooms.values().collect();
        rooms.sort_unstable_by_key(|live| (live.room.created, live.room.id));
        let all = rooms.into_iter().flat_map(|live| {
            let people = live.people.roster(0, usize::MAX).into_iter();
            people.map(|chatter| Present {
                room: live.room.id,
                code: live.room.code,
                sockets: live.people.conns_of(chatter.id).len(),
                chatter,
            })
        });
        all.collect()
    }

    /// A room is to end now; `deleted` takes with it what was said there, also long after its end.
    pub(super) fn end_room(&mut self, room: RoomId, deleted: bool, tell: Tell<Ended>, at: Moment) {
        let what = match self.live(room) {
            Ok(live) => format!("{} {:?}", live.room.code, live.room.title.as_str()),
            // The store knows those of earlier runs too.
            Err(_) if deleted => room.to_string(),
            Err(refusal) => return drop(tell.send(Err(refusal))),
        };
        let (deed, why) = match deleted {
            true => (Deed::Delete(room), WhyClosed::Deleted),
            false => (Deed::Close(room), WhyClosed::Closed),
        };
        let then = Then::RoomEnded(Ending { room, why, tell });
        self.write(Write::Host(HostAct { deed, what, at }), then);
    }

    /// A room's end is committed, or was refused.
    pub(super) fn room_ended(&mut self, ending: Ending, result: Result<(), Refusal>) {
        let Ending { room, why, tell } = ending;
        let ended = result.map(|()| {
            let people = self.rooms.get(&room).map_or(0, |live| live.people.count());
            self.close_room(room, why);
            tracing::info!(%room, ?why, "the host ended a room");
            Ended { room, people }
        });
        drop(tell.send(ended));
    }

    /// Somebody is to be taken out of all rooms.
    pub(super) fn kick(&mut self, chatter: ChatterId, tell: Tell<()>, at: Moment) {
        let known = self.rooms.values().find_map(|live| live.people.get(chatter));
        let Some(known) = known else {
            return drop(tell.send(Err(Refusal::NoSuchChatter)));
        };
        let what = format!("{chatter} {:?}", known.nickname.as_str());
        let act = HostAct { deed: Deed::Kick, what, at };
        self.write(Write::Host(act), Then::Kicked(chatter, tell));
    }

    /// That somebody is taken out is committed, or was refused.
    pub(super) fn kicked(
        &mut self,
        chatter: ChatterId,
        tell: Tell<()>,
        result: Result<(), Refusal>,
        at: Moment,
    ) {
        if result.is_ok() {
            let is_in = |live: &LiveRoom| live.people.get(chatter).is_some();
            let rooms = self.rooms.iter().filter(|(_, live)| is_in(live));
            for room in rooms.map(|(room, _)| *room).collect::<Vec<RoomId>>() {
                self.take_out(room, chatter, at);
            }
            tracing::info!(%chatter, "the host took somebody out");
        }
        drop(tell.send(result));
    }

    /// Takes somebody out of a room: they are told why, the others that they left.
    fn take_out(&mut self, room: RoomId, chatter: ChatterId, at: Moment) {
        let limit = self.settings.roster_limit;
        let Some(live) = self.rooms.get_mut(&room) else {
            return;
        };
        let is_small = live.people.count() <= limit;
        let Some((chatter, conns)) = live.people.remove(chatter) else {
            return;
        };
        for conn in &conns {
            if let Some(conn) = self.conns.get_mut(conn) {
                conn.rooms.remove(&room);
            }
        }
        let news = News::Closed { room, why: WhyClosed::Kicked };
        let output = Output::Broadcast { to: conns.into(), except: None, news };
        self.effects.push_back(Effect::Output(output));
        self.has_gone(room, chatter, is_small, at);
    }
}
