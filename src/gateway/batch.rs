//! Groups the hub's outputs into batches, so that each connection gets all of its events in one write.
//!
//! While the hub is behind, many steps' outputs come together, often with joins between the messages. Whoever joins gets
//! fewer of the events than the others; still everybody needs one write only, and one more for each reply in between.

use std::collections::HashMap;
use std::sync::Arc;

use super::packet::Packet;
use crate::domain::ids::ConnId;
use crate::domain::refusal::Refusal;
use crate::hub::command::{Answer, Reply};

/// The most events in a batch: far below the number at which a connection's buffer is full.
const EVENTS_MAX: usize = 32;

/// Packets for the same connections, and the replies that follow them.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// The recipients.
    pub(super) to: Arc<[ConnId]>,
    /// The connection among them that gets none of it.
    pub(super) except: Option<ConnId>,
    /// The packets, in order.
    pub(super) packets: Vec<Packet>,
    /// The replies, sent after the packets.
    pub(super) replies: Vec<Answered>,
}

/// A reply with its answer.
pub(super) type Answered = (Reply, Result<Answer, Refusal>);

/// An encoded event and its recipients.
pub(super) struct Broadcast {
    pub(super) to: Arc<[ConnId]>,
    /// The connection among them that does not get it.
    pub(super) except: Option<ConnId>,
    pub(super) packet: Packet,
}

/// Collects outputs and splits them into batches. Each connection gets its packets in the hub's order, with one exception: the
/// acknowledgement of a message may follow later messages.
#[derive(Default)]
pub(super) struct Collector {
    batches: Vec<Batch>,
    /// Those that are in no batch yet; at most [`EVENTS_MAX`].
    broadcasts: Vec<Broadcast>,
    /// Acknowledgements of messages, which follow the broadcasts.
    waiting: Vec<Answered>,
    /// How many of the broadcasts are in a batch already, for connections that had a reply since.
    sent: HashMap<ConnId, usize>,
}

impl Collector {
    /// Adds an event for several connections.
    pub(super) fn add(&mut self, broadcast: Broadcast) {
        if self.broadcasts.len() == EVENTS_MAX {
            self.close();
        }
        self.broadcasts.push(broadcast);
    }

    /// Adds a reply, which comes before its connection's later events and after the earlier ones. The acknowledgement of a
    /// message can wait for more.
    pub(super) fn reply(&mut self, answered: Answered) {
        let (reply, answer) = &answered;
        if matches!(answer, Ok(Answer::Said(_))) {
            self.waiting.push(answered);
            return;
        }
        let conn = reply.conn();
        let packets = self.take_own(conn);
        let is_own = |(reply, _): &mut Answered| reply.conn() == conn;
        let mut replies: Vec<Answered> = self.waiting.extract_if(.., is_own).collect();
        replies.push(answered);
        self.batches.push(Batch { to: Arc::from([conn]), packets, replies, ..Batch::default() });
    }

    /// The packets for this connection that are in no batch yet.
    fn take_own(&mut self, conn: ConnId) -> Vec<Packet> {
        let from = self.sent.get(&conn).copied().unwrap_or_default();
        let mut packets = Vec::new();
        let mut last: Option<(&Arc<[ConnId]>, bool)> = None;
        for Broadcast { to, except, packet } in self.broadcasts.iter().skip(from) {
            let is_in = match last {
                Some((same, is_in)) if Arc::ptr_eq(same, to) => is_in,
                _ => to.contains(&conn),
            };
            last = Some((to, is_in));
            if is_in && *except != Some(conn) {
                packets.push(packet.clone());
            }
        }
        if !packets.is_empty() {
            self.sent.insert(conn, self.broadcasts.len());
        }
        packets
    }

    /// All that was added.
    pub(super) fn finish(mut self) -> Vec<Batch> {
        self.close();
        self.batches
    }

    /// Puts what is in no batch yet into batches.
    fn close(&mut self) {
        let broadcasts = std::mem::take(&mut self.broadcasts);
        let sent = std::mem::take(&mut self.sent);
        match broadcasts.first() {
            Some(first)
                if sent.is_empty() && broadcasts.iter().all(|one| one.is_for_same(first)) =>
            {
                let (to, except) = (Arc::clone(&first.to), first.except);
                let packets = broadcasts.into_iter().map(|one| one.packet).collect();
                self.batches.push(Batch { to, except, packets, replies: Vec::new() });
            }
            _ => self.batches.extend(grouped(&broadcasts, &sent)),
        }
        if !self.waiting.is_empty() {
            let replies = std::mem::take(&mut self.waiting);
            self.batches.push(Batch { replies, ..Batch::default() });
        }
    }
}

impl Broadcast {
    fn is_for_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.to, &other.to) && self.except == other.except
    }
}

/// A batch for all connections that get the same of the broadcasts, without those that were sent to them.
fn grouped(broadcasts: &[Broadcast], sent: &HashMap<ConnId, usize>) -> Vec<Batch> {
    // A bit for each broadcast.
    let mut shares: HashMap<ConnId, u32> = HashMap::new();
    for (number, Broadcast { to, except, .. }) in broadcasts.iter().enumerate() {
        for conn in to.iter().filter(|conn| Some(**conn) != *except) {
            if sent.get(conn).is_none_or(|sent| number >= *sent) {
                *shares.entry(*conn).or_default() |= 1 << number;
            }
        }
    }
    let mut groups: HashMap<u32, Vec<ConnId>> = HashMap::new();
    for (conn, share) in shares {
        groups.entry(share).or_default().push(conn);
    }
    let batch = |(share, group): (u32, Vec<ConnId>)| {
        let own = broadcasts.iter().enumerate().filter(|(number, _)| share & (1 << number) != 0);
        let packets = own.map(|(_, one)| one.packet.clone()).collect();
        Batch { to: Arc::from(group), packets, ..Batch::default() }
    };
    groups.into_iter().map(batch).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::value::RawValue;

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

    fn room(conns: impl IntoIterator<Item = u64>) -> Arc<[ConnId]> {
        conns.into_iter().map(ConnId).collect()
    }

    type Output = Box<dyn FnOnce(&mut Collector)>;

    fn batches(outputs: Vec<Output>) -> Vec<Batch> {
        let mut collector = Collector::default();
        outputs.into_iter().for_each(|add| add(&mut collector));
        collector.finish()
    }

    fn told_but(to: &Arc<[ConnId]>, number: i64, except: Option<u64>) -> Output {
        let payload = RawValue::from_string(number.to_string()).unwrap();
        let packet = Packet::Event("sendMessage", Arc::from(payload));
        let broadcast = Broadcast { to: Arc::clone(to), except: except.map(ConnId), packet };
        Box::new(|collector| collector.add(broadcast))
    }

    fn told(to: &Arc<[ConnId]>, number: i64) -> Output {
        told_but(to, number, None)
    }

    fn answered(conn: u64, answer: Answer) -> Output {
        Box::new(move |collector| {
            collector.reply((Reply::new(ConnId(conn), |_| {}), Ok(answer)));
        })
    }

    fn done(conn: u64) -> Output {
        answered(conn, Answer::Done)
    }

    fn said(conn: u64) -> Output {
        answered(conn, Answer::Said(message(0)))
    }

    /// The numbers of packets and replies in each batch.
    fn sizes(outputs: Vec<Output>) -> Vec<(usize, usize)> {
        batches(outputs).iter().map(|batch| (batch.packets.len(), batch.replies.len())).collect()
    }

    /// What each connection gets in each write, replies as `!`.
    fn writes(outputs: Vec<Output>) -> BTreeMap<u64, Vec<String>> {
        let mut writes = BTreeMap::<u64, Vec<String>>::new();
        for Batch { to, except, packets, replies } in batches(outputs) {
            let payload = |packet: &Packet| match packet {
                Packet::Event(_, payload) | Packet::Ack(_, payload) => payload.get().to_owned(),
            };
            let text = packets.iter().map(payload).collect::<Vec<_>>().join(" ");
            for conn in to.iter().filter(|conn| Some(**conn) != except && !text.is_empty()) {
                writes.entry(conn.0).or_default().push(text.clone());
            }
            for (reply, _) in replies {
                writes.entry(reply.conn().0).or_default().push("!".to_owned());
            }
        }
        writes
    }

    fn expected<const N: usize>(all: [(u64, &[&str]); N]) -> BTreeMap<u64, Vec<String>> {
        all.map(|(conn, writes)| (conn, writes.iter().map(ToString::to_string).collect())).into()
    }

    #[test]
    fn broadcasts_committed_together_go_out_as_one_batch() {
        let room = room([1, 2]);
        let outputs = (1..=3).flat_map(|number| [told(&room, number), said(1)]).collect();
        assert_eq!(sizes(outputs), [(3, 0), (0, 3)]);
    }

    #[test]
    fn each_connection_gets_what_came_for_it_in_one_write() {
        let (one, other) = (room([1, 3]), room([2, 3]));
        let outputs = vec![told(&one, 1), told(&other, 2), told(&one, 3)];
        assert_eq!(writes(outputs), expected([(1, &["1 3"]), (2, &["2"]), (3, &["1 2 3"])]));
    }

    #[test]
    fn who_joins_between_two_messages_gets_the_answer_and_then_the_second() {
        let (before, after) = (room([1, 2]), room([1, 2, 3]));
        let outputs = vec![told(&before, 1), done(3), told(&after, 2)];
        assert_eq!(writes(outputs), expected([(1, &["1 2"]), (2, &["1 2"]), (3, &["!", "2"])]));
    }

    #[test]
    fn a_reply_follows_the_earlier_events_of_its_connection_and_precedes_the_later_ones() {
        let room = room([1, 2]);
        let outputs =
            vec![told(&room, 1), done(1), told(&room, 2), told(&room, 3), done(1), told(&room, 4)];
        assert_eq!(
            writes(outputs),
            expected([(1, &["1", "!", "2 3", "!", "4"]), (2, &["1 2 3 4"])])
        );
    }

    #[test]
    fn only_the_acknowledgement_of_a_message_lets_later_events_pass() {
        let room = room([1]);
        let outputs = |answer| vec![told(&room, 1), answered(1, answer), told(&room, 2)];
        assert_eq!(writes(outputs(Answer::Done)), expected([(1, &["1", "!", "2"])]));
        assert_eq!(writes(outputs(Answer::Said(message(1)))), expected([(1, &["1 2", "!"])]));
        assert_eq!(writes(vec![done(1), told(&room, 1)]), expected([(1, &["!", "1"])]));
    }

    #[test]
    fn replies_to_one_connection_stay_in_order() {
        let room = room([1, 2]);
        let outputs = vec![told(&room, 1), said(2), said(1), done(1), done(2)];
        let replies: Vec<(u64, bool)> = batches(outputs)
            .into_iter()
            .flat_map(|batch| batch.replies)
            .map(|(reply, answer)| (reply.conn().0, matches!(answer, Ok(Answer::Said(_)))))
            .collect();
        assert_eq!(replies, [(1, true), (1, false), (2, true), (2, false)]);
    }

    #[test]
    fn nobody_gets_an_event_that_is_meant_for_all_but_them() {
        let room = room([1, 2]);
        let outputs =
            vec![told(&room, 1), told_but(&room, 2, Some(1)), told_but(&room, 3, Some(2))];
        assert_eq!(writes(outputs), expected([(1, &["1 3"]), (2, &["1 2"])]));
        let outputs = vec![told_but(&room, 1, Some(1)), done(1), told(&room, 2)];
        assert_eq!(writes(outputs), expected([(1, &["!", "2"]), (2, &["1 2"])]));
    }

    #[test]
    fn a_batch_is_smaller_than_a_connections_buffer() {
        let rooms = [room([1]), room([1, 2])];
        let many = || (0..100).map(|number| told(&rooms[0], number)).collect();
        let mixed = || (0..100).map(|number| told(&rooms[number as usize % 2], number)).collect();
        assert_eq!(sizes(many()), [(32, 0), (32, 0), (32, 0), (4, 0)]);
        let all: Vec<String> = (0..100).map(|number: i64| number.to_string()).collect();
        assert_eq!(writes(mixed())[&1].join(" "), all.join(" "));
        assert!(batches(mixed()).iter().all(|batch| batch.packets.len() <= EVENTS_MAX));
        const { assert!(EVENTS_MAX < super::super::BUFFER / 2 && EVENTS_MAX <= u32::BITS as usize) };
    }
}
