//! The model of the database: its content, and what may be added. Every output of the hub is checked against it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::holding::Holding;
use super::polling::Polled;
use super::reacting::{Counts, Reacting};
use crate::domain::ids::{ChatterId, ConnId, MessageId, PollId, RoomId, Seq, host_chatter};
use crate::domain::message::{Alert, Kind, Message, excerpt};
use crate::domain::poll::PreparedPoll;
use crate::store::memory::Memory;

/// One try of a client to put something into a room. What it says is said in no other try, so that
/// each stored message shows which try it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Try {
    pub(super) room: RoomId,
    pub(super) conn: ConnId,
    pub(super) key: Option<String>,
    /// Its place among all requests.
    pub(super) number: u64,
    /// The message that it answers.
    pub(super) reply_to: Option<Seq>,
    pub(super) is_question: bool,
    pub(super) is_refused: bool,
}

/// The committed messages, and what has been promised about them.
#[derive(Debug, Default)]
pub(super) struct Truth {
    messages: Vec<Message>,
    rooms: BTreeMap<RoomId, Vec<Message>>,
    keys: HashMap<(ChatterId, String), MessageId>,
    tries: HashMap<String, Try>,
    /// The last try of each connection in each room that was stored.
    stored: HashMap<(ConnId, RoomId), u64>,
    /// Where a message was taken back, and which hub has said so.
    taken: BTreeSet<(RoomId, Seq)>,
    told: BTreeSet<(usize, RoomId, Seq)>,
    /// Who has reacted to what.
    pub(super) reactions: BTreeMap<(RoomId, Seq), Reacting>,
    /// Which messages were reported, and by whom.
    pub(super) reports: BTreeSet<(RoomId, Seq, ChatterId)>,
    /// The polls, and who has voted.
    pub(super) polls: BTreeMap<PollId, Polled>,
    /// The polls that are prepared, also for rooms that have ended.
    pub(super) prepared: BTreeMap<PollId, PreparedPoll>,
    /// The questions that wait for the host, and those that have waited.
    pub(super) holding: Holding,
}

impl Truth {
    pub(super) fn tried(&mut self, content: &str, attempt: Try) {
        assert!(self.tries.insert(content.to_owned(), attempt).is_none(), "{content} tried twice");
    }

    /// Notes that a try was refused: its message must not be stored, now or later.
    pub(super) fn refused(&mut self, content: &str) {
        let stored = self.messages.iter().find(|message| message.content == content);
        assert!(stored.is_none(), "{content:?} was refused, and is stored: {stored:?}");
        self.tries.get_mut(content).unwrap().is_refused = true;
    }

    /// Notes that a try was under way when the hub ended: its message is stored by now, or never will be.
    pub(super) fn lost(&mut self, content: &str) {
        let is_stored = self.messages.iter().any(|message| message.content == content);
        self.tries.get_mut(content).unwrap().is_refused = !is_stored && !self.has_waited(content);
    }

    /// Looks at what the last commit brought.
    pub(super) fn learn(&mut self, store: &Memory) -> usize {
        self.learn_all(store.messages_above(self.newest()))
    }

    /// The id of the last message that was looked at.
    pub(super) fn newest(&self) -> i64 {
        self.messages.last().map_or(0, |message| message.id.0)
    }

    /// Looks at messages that were committed, each with its key.
    pub(super) fn learn_all(&mut self, news: Vec<(Message, Option<String>)>) -> usize {
        let count = news.len();
        for (message, key) in news {
            self.learn_one(message, key);
        }
        count
    }

    fn learn_one(&mut self, message: Message, key: Option<String>) {
        let room = self.rooms.entry(message.room).or_default();
        let next = room.last().map_or(Seq(1), |last| last.seq.next());
        assert_eq!(message.seq, next, "places in a room have no gaps: {message:?}");
        room.push(message.clone());
        let before = self.messages.last().map(|last| last.sent_at);
        assert!(before <= Some(message.sent_at), "said before what came before: {message:?}");
        let is_hosts = message.chatter.id == host_chatter();
        if matches!(message.kind, Kind::Said | Kind::Alert(Alert::Note)) && !is_hosts {
            self.learn_said(&message, key.as_deref());
        }
        if let Some(key) = key {
            let first = self.keys.insert((message.chatter.id, key), message.id);
            assert_eq!(first, None, "its key was used before: {message:?}");
        }
        self.messages.push(message);
    }

    fn learn_said(&mut self, message: &Message, key: Option<&str>) {
        let attempt = self.tries.get(&message.content);
        let attempt = attempt.unwrap_or_else(|| panic!("nobody said this: {message:?}"));
        assert!(!attempt.is_refused, "refused, and stored: {message:?}");
        if self.has_waited(&message.content) {
            // It comes when the host lets it through. By then its key may stand for another, and what it answers may be gone.
            let is_twice = self.messages.iter().any(|known| known.content == message.content);
            assert!(!is_twice, "let through twice: {message:?}");
            assert!(key.is_none() || key == attempt.key.as_deref(), "{message:?}");
            return assert_eq!(
                (attempt.room, attempt.is_question),
                (message.room, true),
                "{message:?}"
            );
        }
        assert_eq!((attempt.room, attempt.key.as_deref()), (message.room, key), "{message:?}");
        let answers = message.quote.as_ref().map(|quote| quote.seq);
        assert_eq!(answers, attempt.reply_to, "it answers something else: {message:?}");
        assert_eq!(message.question.is_some(), attempt.is_question, "{message:?}");
        let before = self.stored.insert((attempt.conn, attempt.room), attempt.number);
        assert!(
            before < Some(attempt.number),
            "out of the order in which it was said: {message:?}"
        );
    }

    /// Checks a message that leaves the hub: it must be committed, and have its stored content.
    pub(super) fn holds(&self, by: usize, told: &Message) {
        let stored = self.at(told.room, told.seq);
        assert!(stored.is_some(), "told before it was committed: {told:?}");
        let stored = stored.unwrap();
        assert!(is_of(stored, told), "told {told:?}, stored {stored:?}");
        let has_been_told = |seq| self.told.contains(&(by, told.room, seq));
        if told.is_taken_back {
            let is_taken = self.taken.contains(&(told.room, told.seq));
            assert!(is_taken, "nobody took this back: {told:?}");
        } else {
            assert!(!has_been_told(told.seq), "taken back, and there again: {told:?}");
            self.has_had(told);
        }
        let Some(quote) = &told.quote else { return };
        let quoted = self.at(told.room, quote.seq).expect("it answers what is not there");
        assert_eq!(quote.chatter.as_ref().map(|of| of.id), Some(quoted.chatter.id), "{told:?}");
        if quote.is_taken_back {
            let is_taken = self.taken.contains(&(told.room, quote.seq));
            assert!(is_taken && quote.excerpt.is_empty(), "nobody took back what {told:?} answers");
        } else {
            assert_eq!(quote.excerpt, excerpt(&quoted.content), "{told:?}");
            assert!(!has_been_told(quote.seq), "taken back, and there again in {told:?}");
        }
    }

    /// The store has emptied a message.
    pub(super) fn taken_back(&mut self, room: RoomId, seq: Seq) {
        assert!(self.taken.insert((room, seq)), "{seq:?} of {room} is taken back twice");
        self.reactions.remove(&(room, seq));
    }

    /// Whether a message was taken back.
    pub(super) fn is_taken(&self, room: RoomId, seq: Seq) -> bool {
        self.taken.contains(&(room, seq))
    }

    /// Notes that a hub has said that a message was taken back. From now on it must not show the message.
    pub(super) fn told_taken_back(&mut self, by: usize, room: RoomId, seq: Seq) {
        assert!(self.taken.contains(&(room, seq)), "told before it was committed: {seq:?}");
        assert!(self.told.insert((by, room, seq)), "{seq:?} of {room} is told twice");
    }

    /// Whether a hub has said that a message was taken back.
    pub(super) fn has_told(&self, by: usize, room: RoomId, seq: Seq) -> bool {
        self.told.contains(&(by, room, seq))
    }

    /// Whoever has seen a room up to a place must be told of these, at least; of others they may be.
    pub(super) fn must_know(
        &self,
        by: usize,
        room: RoomId,
        (first, last): (Seq, Seq),
        told: &[Seq],
    ) {
        let is_seen = |(hub, of, seq): &&(usize, RoomId, Seq)| {
            (*hub, *of) == (by, room) && first <= *seq && *seq <= last
        };
        for (.., seq) in self.told.iter().filter(is_seen) {
            assert!(told.contains(seq), "not told that {seq:?} was taken back: {told:?}");
        }
        assert!(told.iter().all(|seq| self.taken.contains(&(room, *seq))), "{told:?}");
    }

    /// A hub that starts says nothing of what was before it.
    pub(super) fn starts_again(&mut self, by: usize) {
        self.told.extend(self.taken.iter().map(|(room, seq)| (by, *room, *seq)));
    }

    /// Whether a message is what stands in its place now.
    pub(super) fn is_now(&self, message: &Message) -> bool {
        let is_taken = self.taken.contains(&(message.room, message.seq));
        let known = self.at(message.room, message.seq);
        let is_quote_now = message.quote.as_ref().is_none_or(|quote| {
            quote.is_taken_back == self.taken.contains(&(message.room, quote.seq))
        });
        let is_it = known.is_some_and(|known| is_of(known, message));
        is_it && is_quote_now && message.is_taken_back == is_taken
    }

    /// The message that a key names.
    pub(super) fn by_key(&self, chatter: ChatterId, key: &str) -> Option<MessageId> {
        self.keys.get(&(chatter, key.to_owned())).copied()
    }

    pub(super) fn at(&self, room: RoomId, seq: Seq) -> Option<&Message> {
        let index = usize::try_from(seq.0 - 1).ok()?;
        self.rooms.get(&room)?.get(index)
    }

    pub(super) fn all_in(&self, room: RoomId) -> &[Message] {
        self.rooms.get(&room).map_or(&[], Vec::as_slice)
    }

    pub(super) fn last(&self, room: RoomId) -> Seq {
        self.rooms.get(&room).and_then(|room| room.last()).map_or(Seq(0), |message| message.seq)
    }

    /// How many messages there are.
    pub(super) fn count(&self) -> usize {
        self.messages.len()
    }

    /// Everything that was ever committed is still there, as it was, and nothing else.
    pub(super) fn is_all_of(&self, store: &Memory) {
        self.is_all(&store.messages_above(0));
        let reports = store.reports();
        let reports = reports.iter().map(|report| (report.room, report.seq, report.by.id));
        assert_eq!(reports.collect::<BTreeSet<_>>(), self.reports, "reports");
    }

    /// The same of these messages.
    pub(super) fn is_all(&self, stored: &[(Message, Option<String>)]) {
        assert_eq!(stored.len(), self.messages.len(), "messages came or went unseen");
        self.only_let_through(self.messages.iter());
        for ((stored, _), known) in stored.iter().zip(&self.messages) {
            assert!(self.is_now(stored), "{known:?} has become {stored:?}");
            let counts = self.reactions_to(stored.room, stored.seq);
            assert_eq!(Counts::of(stored), counts, "reactions to {stored:?}");
        }
    }
}

/// The same message, or what is left of it; its chatter's name is always today's.
pub(super) fn is_of(one: &Message, other: &Message) -> bool {
    let place = |message: &Message| {
        (message.id, message.seq, message.room, message.sent_at, message.chatter.id)
    };
    let answers = |message: &Message| message.quote.as_ref().map(|quote| quote.seq);
    let is_empty = |message: &Message| message.is_taken_back && message.content.is_empty();
    place(one) == place(other)
        && one.kind == other.kind
        && (answers(one) == answers(other) || is_empty(one) || is_empty(other))
        && (one.content == other.content || is_empty(one) || is_empty(other))
}
