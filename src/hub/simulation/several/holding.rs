//! What the database decides of questions that wait for the host, as the functions in `migrations/postgres` do.

use tokio::sync::oneshot;

use super::super::holding::holding;
use super::cluster::Cluster;
use super::database::Database;
use crate::domain::ids::{ChatterId, HeldId, IdentityId, RoomId, Seq};
use crate::domain::message::Kind;
use crate::domain::question::{Dropped, HELD_EACH, Held, Question, Questions};
use crate::domain::refusal::{HeldRefusal, Refusal};
use crate::domain::text::Key;
use crate::hub::command::{Call, Command, QuestionCall};
use crate::store::{Change, Say, Written};

/// A question that waits, or was dropped.
#[derive(Debug)]
pub(super) struct Waiting {
    held: Held,
    author: ChatterId,
    key: Option<Key>,
    reply_to: Option<Seq>,
    is_dropped: bool,
}

impl Database {
    /// What became of the question that somebody has asked with this key before.
    pub(super) fn asked_before(&self, say: &Say) -> Option<Result<Written, Refusal>> {
        let key = say.key.as_ref().filter(|_| say.is_question)?;
        let is_it =
            |known: &&Waiting| known.author == say.chatter && known.key.as_ref() == Some(key);
        let known = self.held.iter().find(is_it)?;
        Some(match known.is_dropped {
            true => Err(Refusal::Held(HeldRefusal::NotLetThrough)),
            false => Ok(Written::Held(known.held.clone())),
        })
    }

    pub(super) fn hold(&mut self, say: &Say) -> Result<Written, Refusal> {
        let is_theirs = |known: &&Waiting| {
            !known.is_dropped && (known.held.room, known.author) == (say.room, say.chatter)
        };
        if self.held.iter().filter(is_theirs).count() >= HELD_EACH {
            return Err(Refusal::Held(HeldRefusal::TooMany));
        }
        self.asked += 1;
        let (id, room, content) = (HeldId(self.asked), say.room, say.content.clone());
        let held = Held { id, room, content, at: self.wall() };
        let (author, key, reply_to) = (say.chatter, say.key.clone(), say.reply_to);
        let held_now = held.clone();
        self.held.push(Waiting { held, author, key, reply_to, is_dropped: false });
        Ok(Written::Held(held_now))
    }

    pub(super) fn let_through(&mut self, id: HeldId) -> Result<Written, Refusal> {
        let place = self.held.iter().position(|known| known.held.id == id && !known.is_dropped);
        let place = place.ok_or(Refusal::Held(HeldRefusal::NotThere))?;
        let room = self.held[place].held.room;
        self.rooms.get(&room).ok_or(Refusal::NoSuchRoom)?.open_at(self.now)?;
        let Waiting { held, author, key, reply_to, .. } = self.held.remove(place);
        let key = key.map(|key| key.as_str().to_owned());
        let key = key.filter(|key| self.said_before(author, Some(key)).is_none());
        // The message that it answers may be gone by now.
        let quote = reply_to.and_then(|to| self.quote(room, to, author).ok());
        let said = (held.content, quote);
        let question = Some(Question::default());
        let message = self.append_as((room, author), Kind::Said, said, (key, question));
        Ok(Written::Said { message, repeated: false })
    }

    pub(super) fn drop_held(&mut self, id: HeldId) -> Result<Written, Refusal> {
        match self.drop_all(|known, _| known.held.id == id) {
            Written::Done => Err(Refusal::Held(HeldRefusal::NotThere)),
            dropped => Ok(dropped),
        }
    }

    pub(super) fn drop_of(&mut self, identity: IdentityId) -> Written {
        self.drop_all(|_, author| author == identity)
    }

    pub(super) fn drop_in(&mut self, room: RoomId) -> Written {
        self.drop_all(|known, _| known.held.room == room)
    }

    fn drop_all(&mut self, is_meant: impl Fn(&Waiting, IdentityId) -> bool) -> Written {
        let mut all = Vec::new();
        for known in self.held.iter_mut().filter(|known| !known.is_dropped) {
            let (_, author) = self.chatters[&known.author];
            if is_meant(known, author) {
                known.is_dropped = true;
                let (id, room, key) = (known.held.id, known.held.room, known.key.clone());
                all.push(Dropped { id, room, author, key });
            }
        }
        if all.is_empty() {
            return Written::Done;
        }
        self.log.extend(all.iter().cloned().map(Change::QuestionDropped));
        Written::QuestionsDropped(all)
    }
}

impl Cluster {
    /// The host lets everything through, at one of the hubs, and reads no question first any more.
    pub(super) fn all_is_let_through(&mut self) {
        let rooms: Vec<RoomId> = self.database.rooms.keys().copied().collect();
        for room in rooms {
            self.command(0, Command::Call(holding(room, Questions::Open)));
        }
        self.finish();
        let waiting: Vec<HeldId> = self.truth.waiting().map(|(id, _)| id).collect();
        for held in waiting {
            let tell = oneshot::channel().0;
            let call = Call::Question(QuestionCall::LetThrough(held, tell));
            self.command(0, Command::Call(call));
        }
        self.finish();
    }
}
