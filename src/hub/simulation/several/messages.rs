//! The messages of the simulated database.

use super::database::Database;
use crate::domain::ids::{ChatterId, MessageId, RoomId, Seq};
use crate::domain::language::Language;
use crate::domain::message::{Alert, Kind, Message, Quote};
use crate::domain::question::Question;
use crate::domain::reactions::{Chosen, Reactions};
use crate::domain::words;
use crate::store::Change;

impl Database {
    pub(super) fn notice(&mut self, room: RoomId, about: ChatterId, alert: Alert) -> Message {
        let content = words::alert(Language::En, &alert, &self.chatters[&about].0.nickname);
        self.append((room, about), Kind::Alert(alert), (content, None), None)
    }

    pub(super) fn append(
        &mut self,
        (room, author): (RoomId, ChatterId),
        kind: Kind,
        said: (String, Option<Box<Quote>>),
        key: Option<String>,
    ) -> Message {
        self.append_as((room, author), kind, said, (key, None))
    }

    pub(super) fn append_as(
        &mut self,
        (room, author): (RoomId, ChatterId),
        kind: Kind,
        (content, quote): (String, Option<Box<Quote>>),
        (key, question): (Option<String>, Option<Question>),
    ) -> Message {
        let message = Message {
            id: MessageId(i64::try_from(self.messages.len()).unwrap() + 1),
            seq: self.last(room).next(),
            room,
            kind,
            content,
            sent_at: self.wall(),
            chatter: self.chatters[&author].0.clone(),
            is_taken_back: false,
            quote,
            mentions: Vec::new(),
            reactions: Reactions::default(),
            mine: Chosen::default(),
            question,
        };
        self.messages.push((message.clone(), key));
        self.log.push(Change::Message(message.clone()));
        message
    }

    pub(super) fn last(&self, room: RoomId) -> Seq {
        let last = self.messages.iter().rev().find(|(message, _)| message.room == room);
        last.map_or(Seq(0), |(message, _)| message.seq)
    }

    /// How many people are in a room.
    pub(super) fn count(&self, room: RoomId) -> usize {
        self.people.keys().filter(|(of, _)| *of == room).count()
    }

    /// The messages after a place, and whether there are more.
    pub(super) fn after(&self, room: RoomId, after: Seq, most: usize) -> (Vec<Message>, bool) {
        let later = self.messages.iter().filter(|(m, _)| m.room == room && m.seq > after);
        let mut found: Vec<Message> = later.take(most + 1).map(|(m, _)| m.clone()).collect();
        let more = found.len() > most;
        found.truncate(most);
        (found, more)
    }
}
