//! Groups the hub's outputs into batches: consecutive broadcasts to the same connections, and the replies
//! that follow them. Each connection gets a batch in one write.

use std::sync::Arc;

use crate::domain::ids::ConnId;
use crate::domain::refusal::Refusal;
use crate::hub::command::{Answer, Output, Reply, RoomEvent};

/// The most events in a batch: far below the number at which a connection's buffer is full.
const EVENTS_MAX: usize = 32;

/// Events for the same connections, and the replies that follow them.
#[derive(Debug)]
pub(super) struct Batch {
    /// The recipients.
    pub(super) to: Arc<[ConnId]>,
    /// The connection among them that gets none of it.
    pub(super) except: Option<ConnId>,
    /// The events, in order.
    pub(super) events: Vec<RoomEvent>,
    /// The replies, sent after the events.
    pub(super) replies: Vec<(Reply, Result<Answer, Refusal>)>,
}

/// Splits outputs into batches. Each connection gets its packets in the hub's order, with one exception: the
/// acknowledgement of a message may follow later messages.
pub(super) fn batches(outputs: impl IntoIterator<Item = Output>) -> Vec<Batch> {
    let mut batches: Vec<Batch> = Vec::new();
    for output in outputs {
        match output {
            Output::Broadcast { to, except, event } => match batches.last_mut() {
                Some(last) if last.takes(&to, except) => last.events.push(event),
                _ => batches.push(Batch { events: vec![event], ..Batch::to(to, except) }),
            },
            Output::Reply(reply, answer) => {
                if batches.is_empty() {
                    batches.push(Batch::to(Arc::default(), None));
                }
                if let Some(last) = batches.last_mut() {
                    last.replies.push((reply, answer));
                }
            }
        }
    }
    batches
}

impl Batch {
    fn to(to: Arc<[ConnId]>, except: Option<ConnId>) -> Self {
        Self { to, except, events: Vec::new(), replies: Vec::new() }
    }

    /// Whether another event can join the batch. The batch's replies will then follow that event. That is fine
    /// for the acknowledgement of a message; the reply to a join must come before later events.
    fn takes(&self, to: &Arc<[ConnId]>, except: Option<ConnId>) -> bool {
        let can_wait = |(_, answer): &(Reply, _)| matches!(answer, Ok(Answer::Said(_)));
        Arc::ptr_eq(&self.to, to)
            && self.except == except
            && self.events.len() < EVENTS_MAX
            && self.replies.iter().all(can_wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::chatter::Chatter;
    use crate::domain::ids::{ChatterId, MessageId, RoomId, Seq};
    use crate::domain::message::{Kind, Message};
    use crate::domain::reactions::{Chosen, Reactions};
    use crate::domain::text::Nickname;
    use crate::domain::time::WallTime;

    fn message(seq: i64) -> Message {
        Message {
            id: MessageId(seq),
            seq: Seq(seq),
            room: RoomId::from_random([0; 16]),
            kind: Kind::Said,
            content: String::new(),
            is_taken_back: false,
            quote: None,
            mentions: Vec::new(),
            reactions: Reactions::default(),
            mine: Chosen::default(),
            question: None,
            sent_at: WallTime(0),
            chatter: Chatter {
                id: ChatterId::from_random([0; 16]),
                nickname: Nickname::parse("n").unwrap(),
                created_at: WallTime(0),
                left_at: None,
            },
        }
    }

    fn told(to: &Arc<[ConnId]>, seq: i64) -> Output {
        let event = RoomEvent::Message(message(seq));
        Output::Broadcast { to: Arc::clone(to), except: None, event }
    }

    fn answered(answer: Answer) -> Output {
        Output::Reply(Reply::new(|_| {}), Ok(answer))
    }

    /// The numbers of events and replies in each batch.
    fn sizes(outputs: Vec<Output>) -> Vec<(usize, usize)> {
        batches(outputs).iter().map(|batch| (batch.events.len(), batch.replies.len())).collect()
    }

    #[test]
    fn broadcasts_committed_together_go_out_as_one_batch() {
        let room: Arc<[ConnId]> = Arc::from([ConnId(1), ConnId(2)]);
        let said = |seq| [told(&room, seq), answered(Answer::Said(message(seq)))];
        let outputs: Vec<Output> = (1..=3).flat_map(said).collect();
        assert_eq!(sizes(outputs), [(3, 3)]);
    }

    #[test]
    fn other_people_make_another_round() {
        let (one, other): (Arc<[ConnId]>, Arc<[ConnId]>) =
            (Arc::from([ConnId(1)]), Arc::from([ConnId(2)]));
        assert_eq!(sizes(vec![told(&one, 1), told(&other, 1), told(&one, 2)]), [(1, 0); 3]);
    }

    #[test]
    fn only_the_answer_to_a_message_lets_later_news_pass() {
        let room: Arc<[ConnId]> = Arc::from([ConnId(1)]);
        let outputs = vec![told(&room, 1), answered(Answer::Done), told(&room, 2)];
        assert_eq!(sizes(outputs), [(1, 1), (1, 0)]);
        assert_eq!(sizes(vec![answered(Answer::Done), told(&room, 1)]), [(0, 1), (1, 0)]);
    }

    #[test]
    fn a_batch_is_smaller_than_a_connections_buffer() {
        let room: Arc<[ConnId]> = Arc::from([ConnId(1)]);
        let many = (0..100).map(|seq| told(&room, seq)).collect();
        assert!(sizes(many).iter().all(|(events, _)| *events <= EVENTS_MAX));
        const { assert!(EVENTS_MAX < super::super::BUFFER / 2) };
    }
}
