//! A client that answers, reacts, votes, takes back and reports, one after the other, and remembers what was acknowledged.

use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::kit::Hub;
use crate::sender::{Room, join, monotonic, token};
use crate::socket::{Gone, Heard, Socket};

const EMOJI: [&str; 6] = ["👍", "❤️", "😂", "🎉", "😮", "🙏"];

/// How many answers the poll of a room has.
pub const OPTIONS: usize = 3;

/// Something that was done with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Said, as an answer to another of one's own.
    Said {
        content: String,
        reply_to: Option<i64>,
    },
    /// Reacted to with this one of the six.
    Reacted(usize),
    /// Voted for.
    Voted,
    TakenBack,
    Reported,
    /// Chose this answer in the poll of the room, which has no place.
    VotedPoll(usize),
}

/// One of these, with the message's place.
#[derive(Debug, Clone)]
pub struct Done {
    pub what: What,
    pub seq: i64,
    /// When it was acknowledged, on the system's monotonic clock, ns. `None` if it was only asked for.
    pub at: Option<u64>,
}

/// Somebody who does things with messages.
#[derive(Debug)]
pub struct Doer {
    pub token: String,
    pub room: Room,
    pub done: Vec<Done>,
    /// How many rounds are over.
    rounds: usize,
    me: String,
    /// The last message of somebody else.
    heard: Option<i64>,
    /// The last question of somebody else.
    asked: Option<i64>,
    /// The poll of the room, if there is one.
    poll: Option<String>,
}

impl Doer {
    pub fn new(hub: &Hub, room: &Room) -> Self {
        let (token, room) = (token(hub), room.clone());
        let (done, me) = (Vec::new(), String::new());
        Self { token, room, done, rounds: 0, me, heard: None, asked: None, poll: None }
    }

    /// Joins and does round after round until the connection ends, or nobody wants another.
    pub fn does(
        &mut self,
        address: SocketAddr,
        mut goes_on: impl FnMut() -> bool,
    ) -> Result<(), Gone> {
        let mut socket = Socket::connect(address, &self.room.namespace, &self.token)?;
        let entry = join(&mut socket, &self.room, None)?;
        self.me = entry["id"].as_str().unwrap().to_owned();
        self.poll = entry["polls"][0]["id"].as_str().map(str::to_owned);
        while goes_on() {
            self.round(&mut socket)?;
            self.rounds += 1;
        }
        Ok(())
    }

    fn round(&mut self, socket: &mut Socket) -> Result<(), Gone> {
        let n = self.rounds;
        let said = self.done.iter().filter(|done| matches!(done.what, What::Said { .. }));
        let said: Vec<i64> = said.map(|done| done.seq).collect();
        let (content, reply_to) = (format!("doer-{n}"), n.checked_sub(1).map(|last| said[last]));
        // A round that was cut off begins again: the same key is the same message.
        let seq = match said.get(n) {
            Some(seq) => *seq,
            None => {
                let fields =
                    json!({ "content": content, "key": format!("k{n}"), "replyTo": reply_to });
                let answer = self.ask(socket, "sendMessage", fields)?;
                let (seq, at) = (answer["seq"].as_i64().unwrap(), Some(monotonic()));
                assert_eq!(answer["replyTo"]["seq"].as_i64(), reply_to, "{answer}");
                self.done.push(Done { what: What::Said { content, reply_to }, seq, at });
                seq
            }
        };
        let emoji = n % EMOJI.len();
        let fields = json!({ "emoji": EMOJI[emoji], "on": true, "seq": seq });
        self.tries(socket, What::Reacted(emoji), "react", fields)?;
        if let Some(asked) = self.asked.filter(|_| n % 3 == 1) {
            self.tries(socket, What::Voted, "vote", json!({ "on": true, "seq": asked }))?;
        }
        if let Some(poll) = self.poll.clone() {
            let option = n % OPTIONS;
            let fields = json!({ "pollId": poll, "options": [option], "seq": 0 });
            self.tries(socket, What::VotedPoll(option), "votePoll", fields)?;
        }
        if n % 4 == 3 {
            self.tries(socket, What::TakenBack, "takeBack", json!({ "seq": said[n - 2] }))?;
        }
        if let Some(heard) = self.heard.filter(|_| n % 3 == 2) {
            self.tries(socket, What::Reported, "report", json!({ "seq": heard, "reason": "x" }))?;
        }
        Ok(())
    }

    /// Does something that may be done again.
    fn tries(
        &mut self,
        socket: &mut Socket,
        what: What,
        event: &str,
        fields: Value,
    ) -> Result<(), Gone> {
        let seq = fields["seq"].as_i64().unwrap();
        self.done.push(Done { what, seq, at: None });
        let place = self.done.len() - 1;
        self.ask(socket, event, fields)?;
        self.done[place].at = Some(monotonic());
        Ok(())
    }

    /// Asks, and waits for the data of the answer.
    fn ask(&mut self, socket: &mut Socket, event: &str, mut fields: Value) -> Result<Value, Gone> {
        fields["roomId"] = json!(self.room.id);
        let request = socket.ask(event, &fields)?;
        loop {
            match socket.hear()? {
                Heard::Ack(number, mut envelope) => {
                    assert_eq!(number, request);
                    assert_eq!(envelope["success"], true, "{event} {fields}: {envelope}");
                    return Ok(envelope["data"].take());
                }
                Heard::Event(event, message)
                    if event == "sendMessage" && message["chatterId"] != json!(self.me) =>
                {
                    self.heard = message["seq"].as_i64();
                    if message["question"].is_object() {
                        self.asked = self.heard;
                    }
                }
                Heard::Event(..) => {}
            }
        }
    }

    /// Whether a message was taken back, or that was asked for.
    pub fn may_be_gone(&self, seq: i64) -> bool {
        self.done.iter().any(|done| done.seq == seq && done.what == What::TakenBack)
    }

    /// What they may have chosen in the poll, if a vote was acknowledged before that time: the last of these, or one that
    /// was asked for after it.
    pub fn votes(&self, until: u64) -> Option<Vec<usize>> {
        let votes: Vec<(usize, Option<u64>)> = self
            .done
            .iter()
            .filter_map(|done| match done.what {
                What::VotedPoll(option) => Some((option, done.at)),
                _ => None,
            })
            .collect();
        let last = votes.iter().rposition(|(_, at)| at.is_some_and(|at| at < until))?;
        Some(votes[last..].iter().map(|(option, _)| *option).collect())
    }

    /// What was acknowledged before that time.
    pub fn acked(&self, until: u64) -> impl Iterator<Item = &Done> {
        self.done.iter().filter(move |done| done.at.is_some_and(|at| at < until))
    }

    /// Holds messages, as a browser reads them, against what was acknowledged before that time.
    pub fn holds(&self, all: &[Value], until: u64) {
        let is_seen = |done: &&Done| !matches!(done.what, What::Reported | What::VotedPoll(_));
        for done in self.acked(until).filter(is_seen) {
            let message = &all[usize::try_from(done.seq - 1).unwrap()];
            let is_gone = message["takenBack"] == true;
            assert!(!is_gone || self.may_be_gone(done.seq), "{message}");
            let is_as_done = match &done.what {
                What::Said { content, reply_to } => {
                    message["content"] == json!(content)
                        && message["replyTo"]["seq"].as_i64() == *reply_to
                }
                What::Reacted(emoji) => message["reactions"][EMOJI[*emoji]] == 1,
                What::Voted => message["question"]["votes"] == 1,
                What::TakenBack => is_gone && message["content"] == "",
                What::Reported | What::VotedPoll(_) => true,
            };
            assert!(is_as_done || is_gone, "{done:?} has become {message}");
        }
    }
}
