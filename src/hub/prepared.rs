//! Prepared polls: the list that the host asks from, one after the other. People see nothing of it.

use super::command::{PrepareCall, Responder};
use super::state::{Hub, Then};
use crate::domain::ids::{PollId, RoomId};
use crate::domain::poll::{PREPARED_MAX, PreparedPoll};
use crate::domain::refusal::{HostRefusal, Refusal};
use crate::store::{Deed, Moment, Prepare};

impl Hub {
    /// Decides a call about prepared polls.
    pub(super) fn prepare_call(&mut self, call: PrepareCall, at: Moment) {
        match call {
            PrepareCall::New { place, room, form, minutes, tell } => {
                let id = PollId::from_random((self.random)());
                let poll = PreparedPoll { id, place, room, form, minutes };
                if self.prepared.len() >= PREPARED_MAX {
                    let full = Refusal::Host(HostRefusal::TooManyPrepared);
                    return drop(tell.send(Err(full)));
                }
                self.prepare(poll.room, Prepare::New(Box::new(poll)), tell, at);
            }
            PrepareCall::Change(poll, tell) => {
                self.prepare(poll.room, Prepare::Change(poll), tell, at);
            }
            PrepareCall::Ask(id, tell) => match self.prepared_with(id) {
                Ok(PreparedPoll { room, form, minutes, .. }) => {
                    self.ask((id, true), (room, form, minutes), tell, at);
                }
                Err(refusal) => drop(tell.send(Err(refusal))),
            },
            PrepareCall::Drop(id, tell) => match self.prepared_with(id) {
                Ok(poll) => self.prepare(poll.room, Prepare::Drop(id), tell, at),
                Err(refusal) => drop(tell.send(Err(refusal))),
            },
            PrepareCall::All(tell) => drop(tell.send(Ok(self.prepared.clone()))),
        }
    }

    fn prepared_with(&self, id: PollId) -> Result<PreparedPoll, Refusal> {
        let known = self.prepared.iter().find(|known| known.id == id);
        known.cloned().ok_or(Refusal::NoSuchPoll)
    }

    fn prepare(&mut self, room: Option<RoomId>, prepare: Prepare, tell: Responder<()>, at: Moment) {
        if let Some(Err(refusal)) = room.map(|room| self.live(room).map(|_| ())) {
            return drop(tell.send(Err(refusal)));
        }
        let id = match &prepare {
            Prepare::New(poll) | Prepare::Change(poll) => poll.id,
            Prepare::Drop(id) => *id,
        };
        let what = self.poll_in_words(id, room);
        self.host_does(Deed::Prepare(prepare.clone()), what, Then::Prepared(prepare, tell), at);
    }

    /// Goes on with a change of the list that is committed or was refused.
    pub(super) fn has_prepared(
        &mut self,
        prepare: Prepare,
        tell: Responder<()>,
        result: Result<(), Refusal>,
    ) {
        if result.is_ok() {
            match prepare {
                Prepare::New(poll) | Prepare::Change(poll) => self.show_prepared(*poll),
                Prepare::Drop(id) => self.hide_prepared(id),
            }
        }
        drop(tell.send(result));
    }

    /// Takes over a prepared poll that is committed.
    pub(super) fn show_prepared(&mut self, poll: PreparedPoll) {
        self.hide_prepared(poll.id);
        // Its room may have ended since it was committed, and it may have been asked.
        let lives = poll.room.is_none_or(|room| self.rooms.contains_key(&room));
        if lives && self.polls.iter().all(|known| known.poll.id != poll.id) {
            let place = self.prepared.partition_point(|known| known.order() < poll.order());
            self.prepared.insert(place, poll);
        }
    }

    /// A prepared poll is asked or dropped.
    pub(super) fn hide_prepared(&mut self, id: PollId) {
        self.prepared.retain(|known| known.id != id);
    }

    /// Forgets what was prepared for a room that has ended.
    pub(super) fn forget_prepared(&mut self, room: RoomId) {
        self.prepared.retain(|known| known.room != Some(room));
    }
}
