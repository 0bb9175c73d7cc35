//! A client's events, queued so that each client has only a few with the hub at a time. A client that sends a
//! thousand events waits for them itself and delays nobody else.

use std::collections::VecDeque;
use std::sync::Arc;

use super::Shared;
use super::backpressure::Permit;
use super::client::Client;
use crate::domain::refusal::Refusal;
use crate::hub::command::{Answer, Command, Event, Reply};

/// How many events of one client may be with the hub at a time. More would not be faster for a person, who
/// waits for answers; each delays a room of a thousand by one more broadcast.
const IN_FLIGHT_MAX: usize = 4;

/// The most queued events that are still decided after the client has disconnected.
const LAST_MAX: usize = 32;

/// An event that is not answered yet.
pub(super) struct InboundEvent {
    pub(super) event: Event,
    pub(super) ack: Option<i64>,
    pub(super) permit: Permit,
}

/// A client's events in order of arrival. Events behind a join wait until the join is answered, also while its
/// password is being verified, so that a client need not wait for the answer before it sends.
pub(super) struct InboundQueue<T = InboundEvent> {
    waiting: VecDeque<Waiting<T>>,
    /// How many events are with the hub.
    in_flight: usize,
    /// How many of those are joins.
    joins: usize,
    /// Whether a call of [`Shared::submit_next`] is running for this client.
    is_submitting: bool,
}

struct Waiting<T> {
    asked: T,
    is_join: bool,
}

impl<T> Default for InboundQueue<T> {
    fn default() -> Self {
        Self { waiting: VecDeque::new(), in_flight: 0, joins: 0, is_submitting: false }
    }
}

impl<T> InboundQueue<T> {
    pub(super) fn push(&mut self, asked: T, is_join: bool) {
        self.waiting.push_back(Waiting { asked, is_join });
    }

    /// Takes the next event that may go to the hub, and whether it is a join.
    fn next(&mut self) -> Option<(T, bool)> {
        // The answer to a join is large: one at a time.
        let has_turn = self.in_flight < IN_FLIGHT_MAX && self.joins == 0;
        let next = if has_turn { self.waiting.pop_front() } else { None };
        if let Some(next) = &next {
            self.is_given(next.is_join);
        }
        if self.waiting.is_empty() {
            // Frees the buffer: for a thousand idle clients it would be half a megabyte.
            self.waiting = VecDeque::new();
        }
        self.is_submitting = next.is_some();
        next.map(|next| (next.asked, next.is_join))
    }

    fn is_given(&mut self, is_join: bool) {
        self.in_flight += 1;
        self.joins += usize::from(is_join);
    }

    fn has_ended(&mut self, was_join: bool) {
        self.in_flight -= 1;
        self.joins -= usize::from(was_join);
    }

    /// Takes the events that are left when the client disconnects, up to [`LAST_MAX`].
    pub(super) fn take_last(&mut self) -> Vec<T> {
        let mut waiting = std::mem::take(&mut self.waiting);
        waiting.truncate(LAST_MAX);
        waiting.into_iter().map(|waiting| waiting.asked).collect()
    }
}

/// The events of a disconnected client that are still decided: its messages, and the first join, without which it
/// could not have said it. Nobody reads the answers, and further joins cost memory and time.
pub(super) fn worth_deciding() -> impl FnMut(&InboundEvent) -> bool {
    let mut has_joined = false;
    move |asked| is_worth_deciding(&asked.event, &mut has_joined)
}

fn is_worth_deciding(event: &Event, has_joined: &mut bool) -> bool {
    match event {
        Event::Join { .. } => !std::mem::replace(has_joined, true),
        Event::Roster { .. } | Event::Typing { .. } => false,
        Event::Say { .. }
        | Event::Note { .. }
        | Event::TakeBack { .. }
        | Event::React { .. }
        | Event::Vote { .. }
        | Event::VotePoll { .. }
        | Event::Report(_)
        | Event::Rename { .. }
        | Event::Leave { .. } => true,
    }
}

/// An event that is with the hub. When it is dropped, answered or not, the next one is submitted.
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
    /// Submits the events that may go to the hub now. An event that is answered at once calls this again; the
    /// outer call then continues.
    pub(super) fn submit_next(self: &Arc<Self>, client: &Arc<Client>) {
        if client.inbound().is_submitting {
            return;
        }
        loop {
            // Its answers would pile up behind the backlog. The broadcaster calls this again when it is gone.
            if client.is_behind() {
                client.inbound().is_submitting = false;
                return;
            }
            // A statement of its own, so that nothing is locked while the event is submitted.
            let next = client.inbound().next();
            let Some((asked, is_join)) = next else { return };
            self.give(client, asked, is_join);
        }
    }

    /// Submits an event of a client that has disconnected, regardless of how many are in flight.
    pub(super) fn submit(self: &Arc<Self>, client: &Arc<Client>, asked: InboundEvent) {
        let is_join = matches!(asked.event, Event::Join { .. });
        client.inbound().is_given(is_join);
        self.give(client, asked, is_join);
    }

    fn give(self: &Arc<Self>, client: &Arc<Client>, asked: InboundEvent, is_join: bool) {
        let InboundEvent { event, ack, permit } = asked;
        let turn = InFlight { shared: Arc::clone(self), client: Arc::clone(client), is_join };
        let reply = Reply::new(client.id, move |answer: Result<Answer, Refusal>| {
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
    fn a_few_events_are_in_flight_in_order_of_arrival() {
        let mut queue = InboundQueue::default();
        (0..7).for_each(|n| queue.push(n, false));
        assert_eq!(given(&mut queue), [0, 1, 2, 3]);
        (0..2).for_each(|_| queue.has_ended(false));
        assert_eq!(given(&mut queue), [4, 5]);
        assert_eq!(queue.take_last(), [6]);
    }

    #[test]
    fn events_behind_a_join_wait_for_it() {
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
    fn after_a_disconnect_one_join_and_what_was_said_are_decided() {
        let room = RoomId::from_random([1; 16]);
        let join = || Event::Join {
            room,
            wanted: None,
            password: None,
            after: None,
            epoch: None,
            reactions_after: None,
        };
        let say = || Event::Say {
            room,
            content: Content::parse("bye").unwrap(),
            key: None,
            reply_to: None,
            mentions: Vec::new(),
            is_question: false,
        };
        let events = [join(), say(), join(), Event::Roster { room }, say()];
        let mut has_joined = false;
        let kept = events.map(|event| is_worth_deciding(&event, &mut has_joined));
        assert_eq!(kept, [true, true, false, false, true]);
    }

    #[test]
    fn a_disconnected_client_leaves_a_bounded_number_of_events() {
        let mut queue = InboundQueue::default();
        (0..100).for_each(|n| queue.push(n, false));
        assert_eq!(queue.take_last().len(), LAST_MAX);
        assert!(queue.next().is_none(), "the others are forgotten");
    }
}
