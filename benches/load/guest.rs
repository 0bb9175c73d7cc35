//! A person who may lose the connection, and then comes back as the same person, with the last place that they have seen.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::crowd::{CONTENT, NAMESPACE};
use crate::frames;
use crate::waits::Waits;

/// After this a refused guest tries again, unless the server says when.
const AGAIN: Duration = Duration::from_secs(1);

/// Counters of all guests.
#[derive(Default)]
pub struct Tally {
    /// Bytes that came, of all kinds.
    pub bytes: u64,
    /// Guests who are in their room.
    pub present: usize,
    /// Tries that the server refused.
    pub refused: usize,
    /// How long each acknowledgement of a message took.
    pub acks: Waits,
    /// Reactions that were acknowledged.
    pub reacted: usize,
    /// Bytes of reactions: what the room was told of them, and their acknowledgements.
    pub reaction_bytes: u64,
    /// Messages and notices that came twice, or not in their order.
    pub disordered: usize,
}

/// One of them.
pub struct Guest {
    /// The room, and whether the server has places: only the hub gives messages places.
    room: String,
    has_places: bool,
    /// The connection to the room, if there is one.
    pub line: Option<Line>,
    /// The request for messages that did not fit into the join's answer.
    pub fetch: Option<Fetch>,
    /// Whether they lack messages that did not fit, fetched now or later.
    lacks: bool,
    cookie: Option<String>,
    known: Option<Known>,
    /// The last place up to which this guest has everything.
    pub up_to: i64,
    /// Places of messages that came while earlier ones are still fetched.
    ahead: Vec<i64>,
    /// When each message that is not acknowledged was said.
    said: Vec<Instant>,
}

/// What a guest remembers of the answer to the join.
struct Known {
    chatter: String,
    epoch: String,
}

/// A WebSocket from its first request on.
pub struct Line {
    pub stream: TcpStream,
    rest: Vec<u8>,
    phase: Phase,
}

#[derive(Clone, Copy, PartialEq)]
enum Phase {
    Upgrading,
    Opening,
    Entering,
    Joining,
    In,
}

/// A call over HTTP whose answer is read to its end.
pub struct Fetch {
    pub stream: TcpStream,
    answer: Vec<u8>,
}

/// What a guest needs next.
pub enum Next {
    /// Nothing to do.
    Waits,
    /// There is more to fetch, on a connection of its own.
    Fetches,
    /// The server refused; the guest tries again after this time: to fetch what they lack, or else to connect.
    Retries(Duration),
}

#[derive(Deserialize)]
struct Answer {
    success: bool,
    #[serde(rename = "retryAfter")]
    retry_after: Option<f64>,
    data: Option<Joined>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Joined {
    id: Option<String>,
    epoch: Option<String>,
    last_seq: Option<i64>,
    #[serde(default)]
    missed: Vec<Placed>,
    #[serde(default)]
    more: bool,
}

#[derive(Deserialize)]
struct Page {
    data: Messages,
}

#[derive(Deserialize)]
struct Messages {
    messages: Vec<Placed>,
    more: bool,
}

#[derive(Deserialize)]
struct Placed {
    seq: i64,
}

impl Guest {
    /// Somebody who has never been there.
    pub fn new(room: &str, has_places: bool) -> Self {
        Self {
            room: room.to_owned(),
            has_places,
            line: None,
            fetch: None,
            lacks: false,
            cookie: None,
            known: None,
            up_to: 0,
            ahead: Vec::new(),
            said: Vec::new(),
        }
    }

    /// Whether they are in the room, and have all that they missed.
    pub fn is_back(&self) -> bool {
        self.is_in() && !self.lacks
    }

    /// Whether they are in the room, and have to ask for messages that they missed.
    pub fn is_to_fetch(&self) -> bool {
        self.is_in() && self.lacks && self.fetch.is_none()
    }

    fn is_in(&self) -> bool {
        self.line.as_ref().is_some_and(|line| line.phase == Phase::In)
    }

    /// Connects and asks for a WebSocket. A connection from before is reset by then, as a phone that has restarted its network
    /// resets it.
    pub fn dial(&mut self, address: SocketAddr) {
        self.said.clear();
        (self.line, self.fetch, self.lacks) = (None, None, false);
        let cookie = self.cookie.as_ref().map(|cookie| format!("Cookie: {cookie}\r\n"));
        let request = format!(
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {address}\r\n{}\
             Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            cookie.unwrap_or_default()
        );
        let stream = connected(address, &request);
        self.line = Some(Line { stream, rest: Vec::new(), phase: Phase::Upgrading });
    }

    /// Asks for the messages after the last one that they have.
    pub fn fetch(&mut self, address: SocketAddr) {
        let (room, cookie) = (&self.room, self.cookie.as_deref().unwrap_or_default());
        let request = format!(
            "GET /api/rooms/{room}/messages?after={}&limit=100 HTTP/1.1\r\nHost: {address}\r\nCookie: {cookie}\r\n\
             Connection: close\r\n\r\n",
            self.up_to
        );
        self.fetch = Some(Fetch { stream: connected(address, &request), answer: Vec::new() });
    }

    /// Says something.
    pub fn say(&mut self, now: Instant) {
        self.said.push(now);
        let room = &self.room;
        self.send(&format!(
            r#"42/{NAMESPACE},1["sendMessage",{{"roomId":"{room}","content":"{CONTENT}"}}]"#
        ));
    }

    /// Reacts to the message in this place.
    pub fn react(&mut self, seq: i64) {
        let room = &self.room;
        self.send(&format!(
            r#"42/{NAMESPACE},2["react",{{"roomId":"{room}","seq":{seq},"emoji":"👍","on":true}}]"#
        ));
    }

    /// Reads what has come on the WebSocket.
    pub fn hear(&mut self, scratch: &mut [u8], tally: &mut Tally, now: Instant) -> Next {
        let Some(line) = &mut self.line else { return Next::Waits };
        match line.stream.read(scratch) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Next::Waits,
            Ok(0) | Err(_) => return self.refused(None, tally),
            Ok(read) => {
                tally.bytes += read as u64;
                line.rest.extend_from_slice(&scratch[..read]);
            }
        }
        let bytes = std::mem::take(&mut line.rest);
        let mut used = 0;
        if line.phase == Phase::Upgrading {
            let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
                line.rest = bytes;
                return Next::Waits;
            };
            line.phase = Phase::Opening;
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            if !head.starts_with("HTTP/1.1 101") {
                return self.refused(
                    header(&head, "retry-after").and_then(|after| after.parse().ok()),
                    tally,
                );
            }
            if let Some(cookie) = header(&head, "set-cookie") {
                self.cookie = cookie.split(';').next().map(str::to_owned);
            }
            used = end + 4;
        }
        let mut next = Next::Waits;
        while let Some(frame) = frames::first(&bytes[used..]) {
            used += frame.length;
            match self.packet(frame.payload, tally, now) {
                Next::Waits => {}
                Next::Fetches => next = Next::Fetches,
                retries @ Next::Retries(_) => return retries,
            }
        }
        if let Some(line) = &mut self.line {
            line.rest = bytes[used..].to_vec();
        }
        next
    }

    fn packet(&mut self, packet: &[u8], tally: &mut Tally, now: Instant) -> Next {
        const MESSAGE: &[u8] = b"42/anonymous,[\"sendMessage\"";
        const NOTICE: &[u8] = b"42/anonymous,[\"sendAlert\"";
        const REACTIONS: &[u8] = b"42/anonymous,[\"reactions\"";
        const REACTED: &[u8] = b"43/anonymous,2[";
        const ACK: &[u8] = b"43/anonymous,";
        const ENTERED: &[u8] = b"40/anonymous,";
        if packet.starts_with(REACTIONS) {
            tally.reaction_bytes += packet.len() as u64;
        } else if packet.starts_with(REACTED) {
            assert!(
                packet[REACTED.len()..].starts_with(b"{\"success\":true"),
                "refused: {packet:?}"
            );
            tally.reacted += 1;
            tally.reaction_bytes += packet.len() as u64;
        } else if packet.starts_with(MESSAGE) || packet.starts_with(NOTICE) {
            if self.has_places {
                let seq = seq(packet).expect("a message has a place");
                self.has(seq, tally);
            }
        } else if packet == b"2" {
            self.send("3");
        } else if packet.starts_with(ACK) {
            let text = packet.iter().position(|&byte| byte == b'[').expect("an answer");
            return self.answered(&packet[text + 1..packet.len() - 1], tally, now);
        } else if packet.starts_with(b"0") {
            self.goes_on(Phase::Entering);
            self.send(&format!("40/{NAMESPACE},"));
        } else if packet.starts_with(ENTERED) {
            self.goes_on(Phase::Joining);
            let join = self.join();
            self.send(&join);
        } else if packet.starts_with(b"44") {
            return self.refused(retry_after(packet), tally);
        }
        Next::Waits
    }

    fn join(&self) -> String {
        let room = &self.room;
        match &self.known {
            None => {
                format!(r#"42/{NAMESPACE},0["joinRoom",{{"roomId":"{room}","chatterId":null}}]"#)
            }
            Some(Known { chatter, epoch }) => format!(
                r#"42/{NAMESPACE},0["joinRoom",{{"roomId":"{room}","chatterId":"{chatter}","after":{},"epoch":"{epoch}"}}]"#,
                self.up_to
            ),
        }
    }

    fn answered(&mut self, answer: &[u8], tally: &mut Tally, now: Instant) -> Next {
        if self.is_in() {
            assert!(
                answer.starts_with(b"{\"success\":true"),
                "refused: {}",
                String::from_utf8_lossy(answer)
            );
            if !self.said.is_empty() {
                tally.acks.add(now - self.said.remove(0));
            }
            return Next::Waits;
        }
        let answer: Answer = serde_json::from_slice(answer).expect("an answer in JSON");
        let Some(joined) = answer.data.filter(|_| answer.success) else {
            return self.refused(answer.retry_after, tally);
        };
        self.goes_on(Phase::In);
        tally.present += 1;
        if !self.has_places {
            return Next::Waits;
        }
        let last = joined.last_seq.expect("a join's answer has lastSeq");
        let is_first = self.known.is_none();
        self.known = joined.id.zip(joined.epoch).map(|(chatter, epoch)| Known { chatter, epoch });
        if is_first {
            self.up_to = last;
        }
        for message in joined.missed {
            self.comes(message.seq, tally);
        }
        if joined.more {
            self.lacks = true;
            return Next::Fetches;
        }
        self.catches_up(tally);
        Next::Waits
    }

    /// Reads what has come of a page of messages; whether another one is needed.
    pub fn hear_page(&mut self, scratch: &mut [u8], tally: &mut Tally) -> Next {
        let Some(fetch) = &mut self.fetch else { return Next::Waits };
        match fetch.stream.read(scratch) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Next::Waits,
            // What has come is judged: a broken page is fetched again.
            Ok(0) | Err(_) => {}
            Ok(read) => {
                tally.bytes += read as u64;
                fetch.answer.extend_from_slice(&scratch[..read]);
                return Next::Waits;
            }
        }
        let page = page(&fetch.answer);
        self.fetch = None;
        let page = match page {
            Ok(page) => page,
            Err(after) => {
                tally.refused += 1;
                return Next::Retries(after);
            }
        };
        for message in page.messages {
            self.comes(message.seq, tally);
        }
        if page.more {
            return Next::Fetches;
        }
        self.lacks = false;
        self.catches_up(tally);
        Next::Waits
    }

    /// A message or notice was sent to the room.
    fn has(&mut self, seq: i64, tally: &mut Tally) {
        if self.is_back() { self.comes(seq, tally) } else { self.ahead.push(seq) }
    }

    /// Counts the messages that came while earlier ones were fetched. Some of them may have been in the answer.
    fn catches_up(&mut self, tally: &mut Tally) {
        for seq in std::mem::take(&mut self.ahead) {
            if seq > self.up_to {
                self.comes(seq, tally);
            }
        }
    }

    fn comes(&mut self, seq: i64, tally: &mut Tally) {
        if seq != self.up_to + 1 {
            tally.disordered += 1;
        }
        self.up_to = self.up_to.max(seq);
    }

    fn goes_on(&mut self, phase: Phase) {
        if let Some(line) = &mut self.line {
            line.phase = phase;
        }
    }

    fn refused(&mut self, after: Option<f64>, tally: &mut Tally) -> Next {
        self.line = None;
        tally.refused += 1;
        Next::Retries(after.map_or(AGAIN, Duration::from_secs_f64))
    }

    /// Sends a packet; all of it fits, since it is small and the server reads.
    fn send(&mut self, packet: &str) {
        if let Some(line) = &mut self.line {
            // A connection that the server has just closed is seen when it is read.
            let _closed = line.stream.write_all(&frames::from_client(packet));
        }
    }
}

fn connected(address: SocketAddr, request: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).expect("the server accepts");
    stream.set_nodelay(true).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    stream.set_nonblocking(true).unwrap();
    stream
}

/// A page of messages from a whole answer over HTTP, or when to ask again.
fn page(answer: &[u8]) -> Result<Messages, Duration> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").ok_or(AGAIN)?;
    let head = String::from_utf8_lossy(&answer[..end]);
    if !head.starts_with("HTTP/1.1 200") {
        let after = header(&head, "retry-after").and_then(|after| after.parse().ok());
        return Err(after.map_or(AGAIN, Duration::from_secs_f64));
    }
    let page = serde_json::from_slice::<Page>(&answer[end + 4..]);
    page.map(|page| page.data).map_err(|_| AGAIN)
}

/// A header of an HTTP answer.
fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = head.lines().filter_map(|line| line.split_once(':'));
    lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

/// The place of a message, which its JSON has once.
fn seq(packet: &[u8]) -> Option<i64> {
    number_after(packet, b"\"seq\":")
}

fn retry_after(packet: &[u8]) -> Option<f64> {
    number_after(packet, b"\"retryAfter\":").map(|seconds| seconds as f64)
}

fn number_after(packet: &[u8], key: &[u8]) -> Option<i64> {
    let at = packet.windows(key.len()).position(|window| window == key)? + key.len();
    let digits = packet[at..].iter().take_while(|byte| byte.is_ascii_digit());
    std::str::from_utf8(&packet[at..at + digits.count()]).ok()?.parse().ok()
}
