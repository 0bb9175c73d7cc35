//! A person who comes, talks, leaves in one way or another, comes again, and remembers what was acknowledged.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::dice::Dice;
use crate::kit::PATIENCE;
use crate::line::{Answer, Gone, Http, connect};
use crate::socket::{Heard, Socket, Way};
use crate::town::{NAMESPACES, Room, Town};

/// How long somebody who vanished holds their connection without reading: longer than the hub waits for a
/// ping to be answered.
const SILENT: Duration = Duration::from_secs(60);

const PASSWORD: &str = "열려라 참깨";

/// What may be refused, since people do such things.
const BY_RULE: [&str; 6] =
    ["too_fast", "name_taken", "expired", "no_such_room", "not_joined", "wrong_password"];

pub struct Person {
    number: u16,
    town: Arc<Town>,
    dice: Dice,
    way: Way,
    token: String,
    /// How many messages they have made.
    made: u64,
    /// A connection that is held without a word, and since when.
    silent: Option<(Socket, Instant)>,
}

/// What somebody knows of a room that they are in or come back to.
#[derive(Debug)]
struct Visit {
    room: Room,
    /// Their chatter, the count of places, and the last that they saw; nothing before they were in.
    me: Option<(String, String, i64)>,
    /// What they said and have seen come back, by its place.
    seen: HashMap<i64, String>,
    /// Said and not acknowledged; the content is the key too, since nobody says it twice.
    unacked: BTreeSet<String>,
}

/// A question that was not answered yet.
#[derive(Debug)]
enum Asked {
    Join,
    Say(String),
    Else,
}

impl Asked {
    /// How long the hub may take: passwords wait for one another, and when a locked room ends many
    /// come to the next at once.
    fn patience(&self) -> Duration {
        match self {
            Self::Join => 3 * PATIENCE,
            Self::Say(_) | Self::Else => PATIENCE,
        }
    }
}

/// How a stay ends.
enum End {
    /// They go elsewhere.
    Left,
    /// They come back to where they were, at once or after a moment.
    Back(Duration),
    /// The room is over.
    Over,
}

/// Why a stay ends before its time.
enum Cut {
    Gone,
    /// The hub has broken its word.
    Wrong(String),
}

impl From<Gone> for Cut {
    fn from(_: Gone) -> Self {
        Self::Gone
    }
}

impl Person {
    pub fn new(number: u16, town: Arc<Town>) -> Self {
        let [high, low] = (number + 1).to_be_bytes();
        let way = Way { from: Ipv4Addr::new(127, 44, high, low), hub: town.hub };
        let dice = Dice::new(u64::from(number));
        Self { number, town, dice, way, token: String::new(), made: 0, silent: None }
    }

    /// Lives until the town closes.
    pub fn live(mut self) {
        // They do not all come at once.
        let mut goes_on = self.pause(0, 20_000);
        while goes_on && self.town.is_open() {
            goes_on = match self.visit() {
                Ok(()) => self.pause(100, 8_000),
                Err(Cut::Gone) => {
                    self.town.counts.cut.fetch_add(1, Relaxed);
                    self.pause(500, 3_000)
                }
                Err(Cut::Wrong(what)) => {
                    self.town.complain(format!("Person {}: {what}", self.number));
                    false
                }
            };
        }
        if let Some((socket, _)) = self.silent.take() {
            socket.vanish();
        }
    }

    fn pause(&mut self, from: u64, to: u64) -> bool {
        if self.silent.as_ref().is_some_and(|(_, since)| since.elapsed() > SILENT) {
            self.silent = None;
        }
        let time = Duration::from_millis(self.dice.between(from, to));
        self.town.pause(time)
    }

    /// One room, with all reloads in it.
    fn visit(&mut self) -> Result<(), Cut> {
        if self.token.is_empty() {
            let (_, answer) = self.call("POST /api/identity", "")?;
            let answer: Value = serde_json::from_str(&answer).unwrap();
            self.token = answer["data"]["token"].as_str().unwrap_or_default().to_owned();
        }
        let room = match self.town.room(&mut self.dice) {
            Some(room) => room,
            None => {
                let made = self.make_room();
                self.town.made(made.as_ref().ok().and_then(Clone::clone));
                match made? {
                    Some(room) => room,
                    None => return Ok(()),
                }
            }
        };
        let mut visit = Visit { room, me: None, seen: HashMap::new(), unacked: BTreeSet::new() };
        loop {
            match self.stay(&mut visit) {
                Ok(End::Left) => return Ok(()),
                Ok(End::Over) => {
                    self.town.is_over(&visit.room.id);
                    return Ok(());
                }
                Ok(End::Back(pause)) if self.town.pause(pause) => {}
                Ok(End::Back(_)) => return Ok(()),
                // Their phone tries again by itself, and what was not acknowledged is sent again.
                Err(Cut::Gone) if self.town.is_open() => {
                    self.town.counts.cut.fetch_add(1, Relaxed);
                    self.pause(500, 3_000);
                }
                Err(cut) => return Err(cut),
            }
        }
    }

    fn stay(&mut self, visit: &mut Visit) -> Result<End, Cut> {
        let polls = self.dice.percent(15);
        let namespace = &visit.room.namespace;
        let socket = Socket::connect(self.way, polls, namespace, &self.token)?;
        let socket = socket.map_err(Cut::Wrong)?;
        let mut stay = Stay {
            town: Arc::clone(&self.town),
            socket,
            visit,
            asked: BTreeMap::new(),
            is_over: false,
        };
        if !stay.join()? {
            return Ok(End::Over);
        }
        let until = Instant::now() + Duration::from_secs(self.dice.between(5, 60));
        while Instant::now() < until && self.town.is_open() {
            let pause = Duration::from_millis(self.dice.between(200, 3_200));
            if !stay.listen(pause)? {
                return Ok(End::Over);
            }
            match self.dice.below(100) {
                0..80 => {
                    self.made += 1;
                    stay.say(format!("{}-{}", self.number, self.made))?;
                }
                80..83 => stay.rename(&format!("p {} {}", self.number, self.dice.below(10)))?,
                83..90 => {
                    let payload = json!({"roomId": stay.visit.room.id, "isTyping": true});
                    stay.socket.tell("typing", &payload)?;
                }
                90..92 => stay.ask("returnChatters", json!({}), Asked::Else)?,
                92..94 => stay.ask("sendAlert", json!({"content": "note"}), Asked::Else)?,
                94..97 => stay.reads_back(self.way, &self.token)?,
                97 => {
                    // Somebody whose phone is in the pocket reads nothing for a while.
                    std::thread::sleep(Duration::from_secs(self.dice.between(1, 6)));
                }
                _ => {}
            }
        }
        self.goes(stay)
    }

    fn goes(&mut self, mut stay: Stay<'_>) -> Result<End, Cut> {
        match self.dice.below(100) {
            0..35 => {
                if !stay.leaves()? {
                    return Ok(End::Over);
                }
                stay.socket.close();
                Ok(End::Left)
            }
            35..45 => {
                stay.socket.close();
                Ok(End::Left)
            }
            // Back within the grace, and after it.
            45..70 => {
                stay.socket.close();
                Ok(End::Back(Duration::from_millis(self.dice.between(0, 700))))
            }
            70..80 => {
                stay.socket.vanish();
                Ok(End::Back(Duration::from_millis(self.dice.between(0, 3_000))))
            }
            80..93 => {
                stay.socket.vanish();
                Ok(End::Left)
            }
            _ if self.silent.is_none() => {
                self.silent = Some((stay.socket, Instant::now()));
                Ok(End::Left)
            }
            _ => Ok(End::Left),
        }
    }

    fn make_room(&mut self) -> Result<Option<Room>, Cut> {
        let namespace = format!("square-{}", self.dice.below(NAMESPACES));
        let password = self.dice.percent(15).then(|| PASSWORD.to_owned());
        let form = json!({
            "namespace": namespace, "title": format!("room of {}", self.number), "capacity": 0,
            "isPassword": password.is_some(), "password": password.as_deref().unwrap_or_default(),
        });
        let (status, body) = self.call("POST /chat/rooms", &form.to_string())?;
        let answer: Value = serde_json::from_str(&body).unwrap_or_default();
        match answer["data"]["id"].as_str() {
            Some(id) => {
                let good_for = Duration::from_secs(self.dice.between(60, 150));
                Ok(Some(Room::new(id.to_owned(), namespace, password, good_for)))
            }
            None if status == 429 || status == 503 => {
                self.town.counts.refused.fetch_add(1, Relaxed);
                Ok(None)
            }
            None => Err(Cut::Wrong(format!("a room could not be made: {body}"))),
        }
    }

    fn call(&self, what: &str, body: &str) -> Result<Answer, Gone> {
        call(self.way, &self.token, what, body)
    }
}

/// Somebody in a room.
struct Stay<'a> {
    town: Arc<Town>,
    socket: Socket,
    visit: &'a mut Visit,
    asked: BTreeMap<u64, (Asked, Instant)>,
    is_over: bool,
}

impl Stay<'_> {
    /// Comes in, or back; what they missed goes on where they were. Whether the room still is.
    fn join(&mut self) -> Result<bool, Cut> {
        let mut payload = json!({"password": self.visit.room.password});
        if let Some((chatter, epoch, last)) = &self.visit.me {
            payload = json!({"chatterId": chatter, "epoch": epoch, "after": last, "password": self.visit.room.password});
        }
        self.ask("joinRoom", payload, Asked::Join)?;
        self.is_answered()?;
        if self.is_over {
            return Ok(false);
        }
        // As the page does: with the same key.
        for content in self.visit.unacked.clone() {
            self.say(content)?;
        }
        Ok(true)
    }

    fn say(&mut self, content: String) -> Result<(), Cut> {
        self.visit.unacked.insert(content.clone());
        let payload = json!({"content": content, "key": content});
        self.ask("sendMessage", payload, Asked::Say(content))
    }

    fn rename(&mut self, name: &str) -> Result<(), Cut> {
        self.ask("renameChatter", json!({"nickname": name}), Asked::Else)
    }

    fn ask(&mut self, event: &str, mut payload: Value, asked: Asked) -> Result<(), Cut> {
        payload["roomId"] = self.visit.room.id.clone().into();
        let number = self.socket.ask(event, &payload)?;
        self.asked.insert(number, (asked, Instant::now()));
        Ok(())
    }

    /// Leaves once all is answered: who has left hears no more of what they said. Whether the room still is.
    fn leaves(&mut self) -> Result<bool, Cut> {
        self.is_answered()?;
        if self.is_over {
            return Ok(false);
        }
        if !self.visit.unacked.is_empty() {
            return Err(Cut::Wrong("an acknowledgement is lost".to_owned()));
        }
        self.ask("leaveRoom", json!({}), Asked::Else)?;
        self.is_answered()?;
        Ok(!self.is_over)
    }

    /// Listens until all questions are answered, or the room is over.
    fn is_answered(&mut self) -> Result<(), Cut> {
        while !self.asked.is_empty() && !self.is_over {
            self.listen(Duration::from_millis(100))?;
        }
        Ok(())
    }

    /// Listens for so long. Whether the room still is.
    fn listen(&mut self, time: Duration) -> Result<bool, Cut> {
        let until = Instant::now() + time;
        while !self.is_over {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            match self.socket.hear(left)? {
                Some(Heard::Event(event, payload)) => self.hears(&event, &payload)?,
                Some(Heard::Ack(number, envelope)) => self.is_told(number, &envelope)?,
                None => {}
            }
        }
        let late = |(asked, since): &(Asked, Instant)| {
            (since.elapsed() > asked.patience()).then(|| format!("{asked:?}"))
        };
        if let Some(asked) = self.asked.values().find_map(late) {
            let visit = &self.visit;
            return Err(Cut::Wrong(format!("{asked} was not answered in {visit:?}")));
        }
        Ok(!self.is_over)
    }

    fn hears(&mut self, event: &str, payload: &Value) -> Result<(), Cut> {
        match event {
            "sendMessage" | "sendAlert" => {
                self.town.counts.heard.fetch_add(1, Relaxed);
                self.sees(payload)
            }
            "roomClosed" => {
                self.is_over = true;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// A message: the next in its room. Before they are in, it is part of what they will be told.
    fn sees(&mut self, message: &Value) -> Result<(), Cut> {
        let Some((chatter, _, last)) = &mut self.visit.me else { return Ok(()) };
        if self.asked.values().any(|(asked, _)| matches!(asked, Asked::Join)) {
            return Ok(());
        }
        let seq = message["seq"].as_i64().unwrap_or_default();
        if seq != *last + 1 {
            return Err(Cut::Wrong(format!("place {seq} comes after {last}: {message}")));
        }
        *last = seq;
        if message["chatterId"] == chatter.as_str() && message["type"] == "MESSAGE" {
            let content = message["content"].as_str().unwrap_or_default().to_owned();
            self.visit.seen.insert(seq, content);
        }
        Ok(())
    }

    fn is_told(&mut self, number: u64, envelope: &Value) -> Result<(), Cut> {
        let wrong = |why: &str| Err(Cut::Wrong(format!("{why}: {envelope}")));
        let Some((asked, _)) = self.asked.remove(&number) else {
            return wrong("an answer to nothing");
        };
        let data = &envelope["data"];
        if envelope["success"] != true {
            return self.is_refused(&asked, envelope);
        }
        match asked {
            Asked::Join => self.is_in(data),
            Asked::Say(content) => {
                if !self.visit.unacked.remove(&content) {
                    return wrong("acknowledged twice");
                }
                let seq = data["seq"].as_i64().unwrap_or_default();
                self.town.counts.said.fetch_add(1, Relaxed);
                match self.visit.seen.remove(&seq) {
                    Some(seen) if seen == content => Ok(()),
                    seen => {
                        let last = self.visit.me.as_ref().map(|(_, _, last)| *last);
                        let why = format!(
                            "acknowledged {content}, but {seen:?} was seen there, up to {last:?}"
                        );
                        wrong(&why)
                    }
                }
            }
            Asked::Else => Ok(()),
        }
    }

    fn is_refused(&mut self, asked: &Asked, envelope: &Value) -> Result<(), Cut> {
        let code = envelope["code"].as_str().unwrap_or_default();
        if !BY_RULE.contains(&code) {
            return Err(Cut::Wrong(format!("refused: {envelope}")));
        }
        self.town.counts.refused.fetch_add(1, Relaxed);
        self.is_over |= matches!(code, "expired" | "no_such_room" | "not_joined");
        if let Asked::Say(content) = asked {
            self.visit.unacked.remove(content);
        }
        self.is_over |= matches!(asked, Asked::Join);
        Ok(())
    }

    fn is_in(&mut self, entry: &Value) -> Result<(), Cut> {
        let text = |field: &str| entry[field].as_str().unwrap_or_default().to_owned();
        let newest = entry["lastSeq"].as_i64().unwrap_or_default();
        let (chatter, epoch) = (text("id"), text("epoch"));
        let Some((before, _, last)) = self.visit.me.replace((chatter.clone(), epoch, newest))
        else {
            self.town.counts.joined.fetch_add(1, Relaxed);
            return Ok(());
        };
        self.town.counts.resumed.fetch_add(1, Relaxed);
        if before != chatter {
            return Err(Cut::Wrong(format!("{before} comes back as {chatter}")));
        }
        if let Some((_, _, at)) = &mut self.visit.me {
            *at = last;
        }
        for message in entry["missed"].as_array().into_iter().flatten() {
            self.sees(message)?;
        }
        match &self.visit.me {
            Some((_, _, at)) if *at == newest => Ok(()),
            // More than fits into the answer: they have been away for long, and read on from here.
            Some((_, _, at)) if entry["more"] == true && *at < newest => {
                self.visit.me = Some((chatter, text("epoch"), newest));
                // What of it was theirs they do not see.
                self.visit.unacked.clear();
                Ok(())
            }
            at => Err(Cut::Wrong(format!("missed up to {at:?} of {newest}"))),
        }
    }

    /// Reads a page of the room's past over HTTP, which is without gaps too.
    fn reads_back(&self, way: Way, token: &str) -> Result<(), Cut> {
        let path = format!("GET /api/rooms/{}/messages?after=0&limit=50", self.visit.room.id);
        let (_, body) = call(way, token, &path, "")?;
        let answer: Value = serde_json::from_str(&body).unwrap_or_default();
        let messages = answer["data"]["messages"].as_array().into_iter().flatten();
        let seqs: Vec<i64> = messages.filter_map(|message| message["seq"].as_i64()).collect();
        match seqs.windows(2).all(|two| two[0] + 1 == two[1]) {
            true => Ok(()),
            false => Err(Cut::Wrong(format!("history has gaps: {seqs:?}"))),
        }
    }
}

/// A call over HTTP, on a connection of its own.
fn call(way: Way, token: &str, what: &str, body: &str) -> Result<Answer, Gone> {
    let mut headers = "content-type: application/json\r\nconnection: close\r\n".to_owned();
    if !token.is_empty() {
        headers += &format!("authorization: Bearer {token}\r\n");
    }
    Http::new(connect(way.from, way.hub)?, way.hub).call(what, &headers, body)
}
