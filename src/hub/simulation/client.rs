//! A client that behaves like the page: it keeps what it has seen, resends what was not acknowledged, and requests
//! missed messages after a lost connection.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::reacting::Counts;
use super::truth::is_of;
use crate::domain::ids::{ChatterId, ConnId, IdentityId, PollId, RoomId, Seq};
use crate::domain::message::Message;
use crate::domain::reactions::Reacted;
use crate::domain::refusal::{HeldRefusal, Refusal};
use crate::domain::time::HubTime;
use crate::hub::command::{Answer, Entry};

/// A client's request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wish {
    Join {
        room: RoomId,
        after: Option<Seq>,
    },
    Say {
        room: RoomId,
        key: Option<String>,
        content: String,
    },
    Note {
        content: String,
    },
    React {
        room: RoomId,
        seq: Seq,
    },
    Vote {
        room: RoomId,
        seq: Seq,
    },
    TakeBack {
        room: RoomId,
        seq: Seq,
    },
    /// The reporting chatter.
    Report {
        room: RoomId,
        seq: Seq,
        by: ChatterId,
    },
    /// Who votes.
    VotePoll {
        poll: PollId,
        identity: IdentityId,
    },
    Leave,
    Other,
}

/// An output on its way to a client.
#[derive(Debug)]
pub(super) enum Packet {
    Message(Message),
    Present(RoomId, usize),
    Expired(RoomId),
    Kicked(RoomId),
    TakenBack(RoomId, Seq),
    Reactions(RoomId, Reacted),
    Answer { number: u64, wish: Wish, answer: Result<Answer, Refusal> },
}

/// A message that was sent and not acknowledged yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unacked {
    pub(super) room: RoomId,
    pub(super) key: String,
}

/// What a client has seen of a room.
#[derive(Debug, Default)]
pub(super) struct View {
    pub(super) chatter: Option<ChatterId>,
    /// The first message that they may read.
    pub(super) first: Option<Seq>,
    /// Up to here everything from `first` on is known.
    pub(super) have: Seq,
    pub(super) known: BTreeMap<Seq, Message>,
    /// The reactions and votes of messages, and when they changed as far as that is known.
    pub(super) reactions: BTreeMap<Seq, (HubTime, Counts)>,
    /// Up to when it knows of reactions.
    pub(super) reactions_at: Option<HubTime>,
    /// The connection on which they are in.
    pub(super) is_in: Option<ConnId>,
    /// Whether there was more than the join's answer held; the rest is read over HTTP.
    pub(super) is_behind: bool,
    /// Why the last join was refused.
    pub(super) refused: Option<Refusal>,
    /// The number of people present, as the client was told last.
    pub(super) present: usize,
}

#[derive(Debug)]
pub(super) struct Client {
    pub(super) identity: IdentityId,
    pub(super) peer: IpAddr,
    pub(super) conn: Option<ConnId>,
    pub(super) views: BTreeMap<RoomId, View>,
    pub(super) outbox: Vec<Unacked>,
    /// How many keys it has made.
    pub(super) keys: u32,
    /// Its last request to leave, which voids joins that were requested before.
    pub(super) left: u64,
}

impl View {
    /// The `after` of the next join.
    pub(super) fn after(&self) -> Option<Seq> {
        self.first.map(|_| self.have)
    }

    /// Takes in a message of the live stream. It has no reactions yet, whatever is known of it from elsewhere.
    fn hear(&mut self, message: &Message) {
        if !self.known.contains_key(&message.seq) {
            self.learn(message);
        }
    }

    /// Takes in a message that was read.
    fn learn(&mut self, message: &Message) {
        if let Some(known) = self.known.get(&message.seq) {
            assert!(is_of(known, message), "two messages in one place: {known:?}, {message:?}");
            if known.is_taken_back {
                return;
            }
        }
        let at = self.reactions.get(&message.seq).map_or(HubTime(0), |(at, _)| *at);
        self.reactions.insert(message.seq, (at, Counts::of(message)));
        let mut message = message.clone();
        if let Some(quote) = &mut message.quote
            && self.known.get(&quote.seq).is_some_and(|quoted| quoted.is_taken_back)
        {
            (quote.is_taken_back, quote.excerpt) = (true, String::new());
        }
        self.known.insert(message.seq, message);
        self.advance();
    }

    /// Takes in changed reactions, unless newer ones are known.
    fn reacted(&mut self, reacted: &Reacted) {
        let known = self.reactions.entry(reacted.seq).or_default();
        let is_gone = self.known.get(&reacted.seq).is_some_and(|known| known.is_taken_back);
        if known.0 <= reacted.at && !is_gone {
            *known = (reacted.at, Counts::told(reacted));
        }
    }

    pub(super) fn learn_all(&mut self, messages: &[Message]) {
        messages.iter().for_each(|message| self.learn(message));
    }

    /// Takes in that a message was taken back: it is not shown any more, nor in answers to it.
    fn forget(&mut self, seq: Seq) {
        if let Some(known) = self.known.get_mut(&seq) {
            (known.is_taken_back, known.quote) = (true, None);
            known.content.clear();
        }
        let quotes = self.known.values_mut().filter_map(|known| known.quote.as_mut());
        for quote in quotes.filter(|quote| quote.seq == seq) {
            (quote.is_taken_back, quote.excerpt) = (true, String::new());
        }
        self.reactions.remove(&seq);
    }

    fn advance(&mut self) {
        while self.first.is_some() && self.known.contains_key(&self.have.next()) {
            self.have = self.have.next();
        }
    }

    /// Whether the view has no gap where it claims to have none.
    pub(super) fn is_whole(&self, conn: Option<ConnId>) {
        if self.is_in.is_none() || self.is_in != conn || self.is_behind {
            return;
        }
        let last = self.known.keys().next_back().copied().unwrap_or(self.have);
        assert!(last <= self.have, "a gap between {:?} and {last:?}", self.have);
    }

    fn joined(&mut self, conn: ConnId, after: Option<Seq>, entry: &Entry) {
        let before = self.chatter.replace(entry.chatter.id);
        assert!(before.is_none_or(|id| id == entry.chatter.id), "somebody else than before");
        // The answer to a join of long ago, that waited for its password's check, has none of what changed meanwhile.
        if self.first.is_none() || after.is_some() {
            self.reactions_at = Some(entry.history.reactions_at);
        }
        if let Some(first) = self.first {
            assert_eq!(first, entry.history.first, "what they may read changed");
        } else {
            self.have = Seq(entry.history.first.0 - 1);
            self.first = Some(entry.history.first);
        }
        entry.history.taken_back.iter().for_each(|seq| self.forget(*seq));
        self.learn_all(&entry.history.missed);
        entry.history.reacted.iter().for_each(|reacted| self.reacted(reacted));
        self.advance();
        self.is_in = Some(conn);
        self.refused = None;
        self.is_behind = self.have < entry.history.last;
        let may_be_behind = after.is_none() || entry.history.more;
        assert!(!self.is_behind || may_be_behind, "missed something on the way in: {entry:?}");
    }
}

impl Client {
    /// Takes in a packet from its connection.
    pub(super) fn reads(&mut self, packet: Packet) {
        match packet {
            Packet::Message(message) => {
                self.views.entry(message.room).or_default().hear(&message);
            }
            Packet::Reactions(room, reacted) => {
                let view = self.views.entry(room).or_default();
                view.reacted(&reacted);
                view.reactions_at = view.reactions_at.max(Some(reacted.at));
            }
            Packet::Present(room, present) => {
                self.views.entry(room).or_default().present = present;
            }
            Packet::Expired(room) => self.is_over(room),
            Packet::Kicked(room) => self.views.entry(room).or_default().is_in = None,
            Packet::TakenBack(room, seq) => self.views.entry(room).or_default().forget(seq),
            Packet::Answer { number, wish, answer } => self.answered(number, wish, answer),
        }
    }

    fn answered(&mut self, number: u64, wish: Wish, answer: Result<Answer, Refusal>) {
        if let (Wish::Join { room, .. }, Err(refusal)) = (&wish, &answer) {
            self.views.entry(*room).or_default().refused = Some(refusal.clone());
        }
        match (wish, answer) {
            (Wish::Join { room, after }, Ok(Answer::Joined(entry))) => {
                let conn = self.conn.unwrap();
                let view = self.views.entry(room).or_default();
                let was_in = view.is_in;
                view.joined(conn, after, &entry);
                if number < self.left {
                    view.is_in = was_in;
                }
            }
            (Wish::Say { key: Some(key), .. }, Ok(Answer::Said(_))) => {
                self.outbox.retain(|unacked| unacked.key != key);
            }
            (
                Wish::Say { key: Some(key), .. },
                Ok(Answer::Held(_)) | Err(Refusal::Held(HeldRefusal::NotLetThrough)),
            ) => self.outbox.retain(|unacked| unacked.key != key),
            (
                Wish::React { room, .. } | Wish::Vote { room, .. },
                Ok(Answer::Reacted(_, reacted)),
            ) => {
                self.views.entry(room).or_default().reacted(&reacted);
            }
            (
                Wish::Join { room, .. } | Wish::Say { room, .. },
                Err(Refusal::Expired | Refusal::NoSuchRoom),
            ) => self.is_over(room),
            // What was refused for now stays in the outbox.
            (_, Ok(_) | Err(_)) => {}
        }
    }

    /// Takes in that a room has ended: nothing can be said there any more.
    pub(super) fn is_over(&mut self, room: RoomId) {
        self.outbox.retain(|unacked| unacked.room != room);
        if let Some(view) = self.views.get_mut(&room) {
            view.is_in = None;
        }
    }

    /// Takes in that its connection is lost.
    pub(super) fn is_cut_off(&mut self) {
        self.conn = None;
        for view in self.views.values_mut() {
            view.is_in = None;
        }
    }

    /// The rooms it is in.
    pub(super) fn rooms(&self) -> Vec<RoomId> {
        let inside = |(room, view): (&RoomId, &View)| view.is_in.is_some().then_some(*room);
        self.views.iter().filter_map(inside).collect()
    }
}
