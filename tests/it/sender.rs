//! A client that sends messages without a pause, as the page does: some are questions, each has a key, unacknowledged ones are resent with
//! the same key, and every acknowledgement is recorded.

use std::collections::VecDeque;
use std::net::SocketAddr;

use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};

use crate::kit::Hub;
use crate::socket::{Gone, Heard, Socket};

/// How many messages are on their way at once.
const WINDOW: usize = 8;

/// How a hub is run for somebody who talks faster than any person: it minds no pace.
pub const NO_PACE: (&str, &str) = ("COLAHUB_LIMITS_PROFILE", "off");

/// A room to talk in.
#[derive(Debug, Clone)]
pub struct Room {
    pub id: String,
    pub namespace: String,
}

/// A message that the hub acknowledged.
#[derive(Debug, Clone, Copy)]
pub struct Acked {
    /// Its number among the sender's messages.
    pub number: u64,
    pub id: i64,
    pub seq: i64,
    /// When the acknowledgement was there, on the system's monotonic clock, ns.
    pub at: u64,
}

/// Somebody who talks.
#[derive(Debug)]
pub struct Sender {
    pub name: String,
    pub token: String,
    pub room: Room,
    /// How many messages it has made.
    pub said: u64,
    unacked: VecDeque<u64>,
    pub acked: Vec<Acked>,
}

impl Sender {
    pub fn new(name: String, hub: &Hub, room: &Room) -> Self {
        let room = room.clone();
        Self { name, token: token(hub), room, said: 0, unacked: VecDeque::new(), acked: Vec::new() }
    }

    /// Joins and talks until the connection ends. Tells of each acknowledgement; talks no more once
    /// nobody wants to be told, and ends when all it said is acknowledged.
    pub fn talk(
        &mut self,
        address: SocketAddr,
        mut acked: impl FnMut() -> bool,
    ) -> Result<(), Gone> {
        let mut socket = Socket::connect(address, &self.room.namespace, &self.token)?;
        join(&mut socket, &self.room, None)?;
        // The numbers of the requests under way, with those of the messages.
        let mut asked = VecDeque::new();
        for number in self.unacked.clone() {
            asked.push_back((self.say(&mut socket, number)?, number));
        }
        let mut goes_on = true;
        loop {
            while goes_on && self.unacked.len() < WINDOW {
                self.said += 1;
                self.unacked.push_back(self.said);
                asked.push_back((self.say(&mut socket, self.said)?, self.said));
            }
            if self.unacked.is_empty() {
                return Ok(());
            }
            if let Heard::Ack(request, envelope) = socket.hear()? {
                let (expected, number) = asked.pop_front().expect("more answers than requests");
                assert_eq!(request, expected, "answers come in the order of the requests");
                self.is_acked(number, &envelope);
                goes_on = acked();
            }
        }
    }

    fn say(&self, socket: &mut Socket, number: u64) -> Result<u64, Gone> {
        let content = self.content(number);
        let key = number.to_string();
        let question = number.is_multiple_of(3);
        let payload =
            json!({ "roomId": self.room.id, "content": content, "key": key, "question": question });
        socket.ask("sendMessage", &payload)
    }

    fn is_acked(&mut self, number: u64, envelope: &Value) {
        assert_eq!(envelope["success"], true, "{envelope}");
        let message = &envelope["data"];
        assert_eq!(message["content"], self.content(number), "{envelope}");
        assert_eq!(self.unacked.pop_front(), Some(number));
        let (id, seq) = (message["id"].as_i64().unwrap(), message["seq"].as_i64().unwrap());
        let before = self.acked.last().map_or((0, 0), |acked| (acked.id, acked.seq));
        assert!(before < (id, seq), "{} is acknowledged out of order: {envelope}", self.name);
        self.acked.push(Acked { number, id, seq, at: monotonic() });
    }

    /// The text of the message with this number: no two are the same.
    pub fn content(&self, number: u64) -> String {
        format!("{} {number}", self.name)
    }
}

/// Joins a room: the acknowledged entry.
pub fn join(socket: &mut Socket, room: &Room, after: Option<i64>) -> Result<Value, Gone> {
    let request = socket.ask("joinRoom", &json!({ "roomId": room.id, "after": after }))?;
    loop {
        if let Heard::Ack(number, mut envelope) = socket.hear()? {
            assert_eq!(number, request);
            assert_eq!(envelope["success"], true, "{envelope}");
            return Ok(envelope["data"].take());
        }
    }
}

/// A new browser's token.
pub fn token(hub: &Hub) -> String {
    let answer: Value = serde_json::from_str(hub.post("/api/identity", "").text()).unwrap();
    answer["data"]["token"].as_str().unwrap().to_owned()
}

/// Makes a room for any number of people.
pub fn make_room(hub: &Hub, namespace: &str) -> Room {
    let form = json!({
        "namespace": namespace, "title": "room", "capacity": 0, "isPassword": false, "password": "",
    });
    let answer: Value =
        serde_json::from_str(hub.post("/chat/rooms", &form.to_string()).text()).unwrap();
    let id = answer["data"]["id"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
    Room { id, namespace: namespace.to_owned() }
}

/// All that a browser may read of a room after a place.
pub fn read_all(hub: &Hub, room: &Room, token: &str, mut after: i64) -> Vec<Value> {
    let mut all = Vec::new();
    loop {
        let path = format!("/api/rooms/{}/messages?after={after}&limit=100", room.id);
        let answer = hub.get(&path, &[("authorization", &format!("Bearer {token}"))]);
        let mut answer: Value = serde_json::from_str(answer.text()).unwrap();
        assert_eq!(answer["success"], true, "{answer}");
        let Value::Array(page) = answer["data"]["messages"].take() else { panic!("{answer}") };
        after = page.last().map_or(after, |message| message["seq"].as_i64().unwrap());
        all.extend(page);
        if answer["data"]["more"] != true {
            return all;
        }
    }
}

/// The system's monotonic clock, ns: the same for all processes.
pub fn monotonic() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    u64::try_from(now.tv_sec).unwrap() * 1_000_000_000 + u64::try_from(now.tv_nsec).unwrap()
}
