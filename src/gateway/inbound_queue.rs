//! Each connection's share of the hub: so many of its events are being decided at once, and the others
//! wait here. Who sends a thousand waits for a thousand turns, and nobody else does.

use std::collections::VecDeque;
use std::sync::Arc;

use super::Shared;
use super::backpressure::Permit;
use super::client::Client;
use crate::domain::refusal::Refusal;
use crate::hub::command::{Answer, Command, Event, Reply};

/// How many events of one connection may be with the hub. More would not make it faster for who waits
/// for answers, as people do; each lets a room of a thousand wait for one broadcast more.
const AT_ONCE: usize = 4;

/// How many events a client that goes may leave behind to be decided: its last words.
const LAST_WORDS: usize = 32;

/// An event that was asked and not answered.
pub(super) struct InboundEvent {
    pub(super) event: Event,
    pub(super) ack: Option<i64>,
    pub(super) permit: Permit,
}

/// A connection's events, in the order in which they came. What follows a join waits until that is answered,
/// also while its password is being verified: a client need not wait for the answer before it speaks.
pub(super) struct InboundQueue<T = InboundEvent> {
    waiting: VecDeque<Waiting<T>>,
    /// How many are with the hub.
    under_way: usize,
    /// How many of them are joins.
    joins: usize,
    /// Whether somebody is giving them to the hub just now.
    is_moving: bool,
}

struct Waiting<T> {
    asked: T,
    is_join: bool,
}

impl<T> Default for InboundQueue<T> {
    fn default() -> Self {
        Self { waiting: VecDeque::new(), under_way: 0, joins: 0, is_moving: false }
    }
}

impl<T> InboundQueue<T> {
    pub(super) fn push(&mut self, asked: T, is_join: bool) {
        self.waiting.push_back(Waiting { asked, is_join });
    }

    /// The next whose turn it is, for who moves them, and whether it is a join: it is with the hub from now on.
    fn next(&mut self) -> Option<(T, bool)> {
        // The answer to a join is large, so that they go one by one.
        let has_turn = self.under_way < AT_ONCE && self.joins == 0;
        let next = if has_turn { self.waiting.pop_front() } else { None };
        if let Some(next) = &next {
            self.is_given(next.is_join);
        }
        if self.waiting.is_empty() {
            // Nearly always, for nearly all: a thousand places for four events are half a megabyte.
            self.waiting = VecDeque::new();
        }
        self.is_moving = next.is_some();
        next.map(|next| (next.asked, next.is_join))
    }

    fn is_given(&mut self, is_join: bool) {
        self.under_way += 1;
        self.joins += usize::from(is_join);
    }

    fn has_ended(&mut self, was_join: bool) {
        self.under_way -= 1;
        self.joins -= usize::from(was_join);
    }

    /// What is left when the client goes.
    pub(super) fn take_last(&mut self) -> Vec<T> {
        let mut waiting = std::mem::take(&mut self.waiting);
        waiting.truncate(LAST_WORDS);
        waiting.into_iter().map(|waiting| waiting.asked).collect()
    }
}

/// Which of a client's last words still matter: what it said, and the join without which it could not. Nobody reads
/// the answers any more, and those to many joins take memory and time.
pub(super) fn worth_deciding() -> impl FnMut(&InboundEvent) -> bool {
    let mut has_joined = false;
    move |asked| is_worth_deciding(&asked.event, &mut has_joined)
}

fn is_worth_deciding(event: &Event, has_joined: &mut bool) -> bool {
    match event {
        Event::Join { .. } => !std::mem::replace(has_joined, true),
        Event::Roster { .. } | Event::Typing { .. } => false,
        Event::Say { .. } | Event::Note { .. } | Event::Rename { .. } | Event::Leave => true,
    }
}

/// An event's turn; the next has its own when it ends, with an answer or without.
struct InFlight {
    shared: Arc<Shared>,
    client: Arc<Client>,
    is_join: bool,
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.client.inbound().has_ended(self.is_join);
        self.shared.submit_next(&self.client);
    }
}

impl Shared {
    /// Gives the hub what has its turn by now. An answer that comes at once calls this again: then who
    /// is here already goes on.
    pub(super) fn submit_next(self: &Arc<Self>, client: &Arc<Client>) {
        if client.inbound().is_moving {
            return;
        }
        loop {
            // Its answers would only pile up behind those that it does not take. It goes on when they are gone.
            if client.is_behind() {
                client.inbound().is_moving = false;
                return;
            }
            // Apart, so that nothing is locked while it is submitted.
            let next = client.inbound().next();
            let Some((asked, is_join)) = next else { return };
            self.give(client, asked, is_join);
        }
    }

    /// Gives the hub an event out of its turn: the last words of a client that has gone.
    pub(super) fn submit(self: &Arc<Self>, client: &Arc<Client>, asked: InboundEvent) {
        let is_join = matches!(asked.event, Event::Join { .. });
        client.inbound().is_given(is_join);
        self.give(client, asked, is_join);
    }

    fn give(self: &Arc<Self>, client: &Arc<Client>, asked: InboundEvent, is_join: bool) {
        let InboundEvent { event, ack, permit } = asked;
        let turn = InFlight { shared: Arc::clone(self), client: Arc::clone(client), is_join };
        let reply = Reply::new(move |answer: Result<Answer, Refusal>| {
            let InFlight { shared, client, .. } = &turn;
            shared.answer(client, ack, &answer);
            drop::<Permit>(permit);
        });
        self.hub.submit(Command::Event { conn: client.id, event, reply });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::RoomId;
    use crate::domain::text::Content;

    fn given(queue: &mut InboundQueue<i32>) -> Vec<i32> {
        std::iter::from_fn(|| queue.next()).map(|(asked, _)| asked).collect()
    }

    #[test]
    fn so_many_are_with_the_hub_at_once_in_the_order_in_which_they_came() {
        let mut queue = InboundQueue::default();
        (0..7).for_each(|n| queue.push(n, false));
        assert_eq!(given(&mut queue), [0, 1, 2, 3]);
        (0..2).for_each(|_| queue.has_ended(false));
        assert_eq!(given(&mut queue), [4, 5]);
        assert_eq!(queue.take_last(), [6]);
    }

    #[test]
    fn what_follows_a_join_waits_for_it() {
        let mut queue = InboundQueue::default();
        for (n, is_join) in [(0, false), (1, true), (2, true), (3, false), (4, true), (5, false)] {
            queue.push(n, is_join);
        }
        assert_eq!(given(&mut queue), [0, 1]);
        queue.has_ended(false);
        assert!(given(&mut queue).is_empty(), "a join is under way");
        queue.has_ended(true);
        assert_eq!(given(&mut queue), [2]);
        queue.has_ended(true);
        assert_eq!(given(&mut queue), [3, 4]);
        queue.has_ended(true);
        assert_eq!(given(&mut queue), [5]);
    }

    #[test]
    fn of_last_words_one_join_and_what_was_said_is_decided() {
        let room = RoomId::from_random([1; 16]);
        let join = || Event::Join { room, wanted: None, password: None, after: None, epoch: None };
        let say = || Event::Say { room, content: Content::parse("bye").unwrap(), key: None };
        let events = [join(), say(), join(), Event::Roster { room }, say()];
        let mut has_joined = false;
        let kept = events.map(|event| is_worth_deciding(&event, &mut has_joined));
        assert_eq!(kept, [true, true, false, false, true]);
    }

    #[test]
    fn a_client_that_goes_leaves_so_many_last_words() {
        let mut queue = InboundQueue::default();
        (0..100).for_each(|n| queue.push(n, false));
        assert_eq!(queue.take_last().len(), LAST_WORDS);
        assert!(queue.next().is_none(), "the others are forgotten");
    }
}
