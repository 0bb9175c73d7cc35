//! What goes out together: broadcasts to the same connections that wait to go out, and the answers after
//! them. A member gets all of a round in one piece, and its writer makes one write of it.

use std::sync::Arc;

use crate::domain::ids::ConnId;
use crate::domain::refusal::Refusal;
use crate::hub::command::{Answer, Output, Reply, RoomEvent};

/// How many news a round has at most: far below what a connection's buffer pauses.
const NEWS_MAX: usize = 32;

/// RoomEvent for the same connections, and answers that follow them.
#[derive(Debug)]
pub(super) struct Batch {
    /// The connections.
    pub(super) to: Arc<[ConnId]>,
    /// The one among them that gets nothing.
    pub(super) except: Option<ConnId>,
    /// What they are told, in order.
    pub(super) news: Vec<RoomEvent>,
    /// What is answered after that, in order.
    pub(super) answers: Vec<(Reply, Result<Answer, Refusal>)>,
}

/// Splits outputs into batches. What any connection gets keeps its order, but for one thing: the
/// answer to who said something may come after the next messages.
pub(super) fn batches(outputs: impl IntoIterator<Item = Output>) -> Vec<Batch> {
    let mut batches: Vec<Batch> = Vec::new();
    for output in outputs {
        match output {
            Output::Broadcast { to, except, news } => match batches.last_mut() {
                Some(last) if last.takes(&to, except) => last.news.push(news),
                _ => batches.push(Batch { news: vec![news], ..Batch::to(to, except) }),
            },
            Output::Reply(reply, answer) => {
                if batches.is_empty() {
                    batches.push(Batch::to(Arc::default(), None));
                }
                if let Some(last) = batches.last_mut() {
                    last.answers.push((reply, answer));
                }
            }
        }
    }
    batches
}

impl Batch {
    fn to(to: Arc<[ConnId]>, except: Option<ConnId>) -> Self {
        Self { to, except, news: Vec::new(), answers: Vec::new() }
    }

    /// Whether more news for these can join. What was answered so far will then follow them: with a
    /// message of one's own that is no matter; who came in must not hear of later things first.
    fn takes(&self, to: &Arc<[ConnId]>, except: Option<ConnId>) -> bool {
        let can_wait = |(_, answer): &(Reply, _)| matches!(answer, Ok(Answer::Said(_)));
        Arc::ptr_eq(&self.to, to)
            && self.except == except
            && self.news.len() < NEWS_MAX
            && self.answers.iter().all(can_wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::chatter::Chatter;
    use crate::domain::ids::{ChatterId, MessageId, RoomId, Seq};
    use crate::domain::message::{Kind, Message};
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
        let news = RoomEvent::Message(message(seq));
        Output::Broadcast { to: Arc::clone(to), except: None, news }
    }

    fn answered(answer: Answer) -> Output {
        Output::Reply(Reply::new(|_| {}), Ok(answer))
    }

    /// How many news and answers each round has.
    fn sizes(outputs: Vec<Output>) -> Vec<(usize, usize)> {
        batches(outputs).iter().map(|batch| (batch.news.len(), batch.answers.len())).collect()
    }

    #[test]
    fn what_was_committed_together_goes_out_together() {
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
    fn a_round_is_less_than_a_connection_holds() {
        let room: Arc<[ConnId]> = Arc::from([ConnId(1)]);
        let many = (0..100).map(|seq| told(&room, seq)).collect();
        assert!(sizes(many).iter().all(|(news, _)| *news <= NEWS_MAX));
        const { assert!(NEWS_MAX < super::super::BUFFER / 2) };
    }
}
