//! Measures what a large database slows down: the same room in an empty hub and in one with many messages.

use std::path::{Path, PathBuf};
use std::time::Instant;

use colahub::domain::chatter::Chatter;
use colahub::domain::ids::{ChatterId, HubId, IdentityId, RoomId};
use colahub::domain::message::Kind as MessageKind;
use colahub::domain::text::Nickname;
use colahub::domain::time::{HubTime, WallTime};
use colahub::store::{FILE, Join, Moment, Report, Say, Store, StoreOptions, Write};
use serde_json::{Value, json};

use crate::calls::Calls;
use crate::crowd::CONTENT;
use crate::export::{self, Exported};
use crate::scratch;
use crate::server::{Kind, Server};
use crate::sheet::median;
use crate::visitor::Visitor;

/// Rooms that the messages are spread over; each keeps fewer than `retention.per_room`.
const ROOMS: usize = 40;

/// Messages in the hub that counts as empty: two pages.
const FEW: u32 = 40;

/// How often each thing is done for one median.
const TIMES: usize = 400;

/// How often the full one is searched.
const SEARCHES: usize = 20;

/// Messages on a page of history.
const PAGE: u32 = 20;

/// Writes under way while the database is filled.
const UNDER_WAY: usize = 2_048;

/// How long one thing takes, in milliseconds, in the empty hub and in the full one.
pub struct Step {
    /// What is done.
    pub what: String,
    /// In the empty hub.
    pub empty: f64,
    /// In the full one.
    pub full: f64,
}

/// Everything that was compared.
pub struct Compared {
    /// Messages in the full database.
    pub messages: u32,
    /// Its size, in bytes.
    pub bytes: u64,
    /// What was done in both.
    pub steps: Vec<Step>,
    /// Searching the full one's largest room for a text that nobody said: half, and all, take at most, in ms.
    pub search: (f64, f64),
    /// An export of the full one while people talk in it.
    pub export: Exported,
}

/// A database with a room, and somebody who was there from its beginning.
struct Site {
    folder: PathBuf,
    room: String,
    token: String,
    chatter: String,
    /// The last full page of the room's history.
    last: u32,
}

/// Fills two databases, and does each thing in one and in the other by turns: what else the machine
/// does in the meantime hits both.
pub fn measure(messages: u32) -> Compared {
    let (few, many) = (site("few", FEW, 1), site("many", messages, ROOMS));
    let (bytes, last) = (many.bytes(), many.last);
    println!("{messages} messages take {:.0} MB", bytes as f64 / 1e6);
    let (mut empty, mut full) = (few.open(), many.open());
    let mut steps = Vec::new();
    let mut compare = |what: String, go: &dyn Fn(&mut Open) -> f64| {
        let mut waits = (Vec::new(), Vec::new());
        for _ in 0..TIMES {
            waits.0.push(go(&mut empty));
            waits.1.push(go(&mut full));
        }
        let step = Step { what, empty: median(waits.0), full: median(waits.1) };
        println!("{:>24}: {:.2} ms, {:.2} ms in the empty hub", step.what, step.full, step.empty);
        steps.push(step);
    };
    compare("joining".into(), &Open::newcomer);
    compare("history, first page".into(), &|hub| hub.page(1));
    compare(format!("history, page {last}"), &|hub| hub.page(hub.site.last));
    compare("around a message".into(), &Open::around);
    compare("coming back".into(), &Open::come_back);
    compare("sending".into(), &Open::say);
    // The hub closes a connection without calls after a while.
    full.calls = Calls::connect(full.server.address, Some(&full.site.token));
    let searches: Vec<f64> = (0..SEARCHES).map(|_| full.search()).collect();
    let search = (median(searches.clone()), searches.into_iter().fold(0.0, f64::max));
    println!("{:>24}: {:.0} ms, {:.0} ms at most", "searching in vain", search.0, search.1);
    let export = export::measure(&full.server, &full.site.folder, &full.site.room);
    Compared { messages, bytes, steps, search, export }
}

fn site(name: &str, messages: u32, rooms: usize) -> Site {
    let folder = scratch::folder().join(name);
    std::fs::create_dir_all(&folder).unwrap();
    let server = Server::start_in(Kind::Hub, &folder, &[], &[]);
    let rooms = server.rooms(rooms);
    let token = Calls::connect(server.address, None).token();
    let room = rooms[0].clone();
    let chatter = Visitor::connect(server.address, &token).join(&room, None);
    drop(server);
    fill(&folder, &rooms, messages);
    let last = messages / rooms.len() as u32 / PAGE;
    Site { folder, room, token, chatter, last }
}

impl Site {
    /// What the database takes with its write-ahead log.
    fn bytes(&self) -> u64 {
        let files = ["", "-wal"].map(|end| self.folder.join(format!("{FILE}{end}")));
        files.iter().filter_map(|file| file.metadata().ok()).map(|file| file.len()).sum()
    }

    /// A hub that has just started on it.
    fn open(self) -> Open {
        let server = Server::start_in(Kind::Hub, &self.folder, &[], &[]);
        let calls = Calls::connect(server.address, Some(&self.token));
        Open { site: self, own: None, calls, server }
    }
}

/// A hub that runs on a database.
struct Open {
    site: Site,
    /// Who was there from the beginning, once they are back.
    own: Option<Visitor>,
    calls: Calls,
    server: Server,
}

impl Open {
    /// Somebody new joins: from the question to its acknowledgement.
    fn newcomer(&mut self) -> f64 {
        let mut visitor = Visitor::connect(self.server.address, &self.calls.token());
        took(|| _ = visitor.join(&self.site.room, None))
    }

    /// A page of the history, from the question to its answer.
    fn page(&mut self, number: u32) -> f64 {
        let Site { room, chatter, .. } = &self.site;
        let what = format!("GET /chat/messages/{room}/{number}/{chatter}");
        let mut answer = Value::Null;
        let took = took(|| answer = self.calls.call(&what, ""));
        assert_eq!(answer["data"].as_array().unwrap().len(), PAGE as usize, "page {number}");
        took
    }

    /// The messages around the tenth, which the empty hub has, too.
    fn around(&mut self) -> f64 {
        let what = format!("GET /api/rooms/{}/messages?around=10&limit={PAGE}", self.site.room);
        let mut answer = Value::Null;
        let took = took(|| answer = self.calls.call(&what, ""));
        assert_eq!(answer["data"]["messages"].as_array().unwrap().len(), PAGE as usize, "around");
        took
    }

    /// Looks through the whole room for what nobody has said, or until the hub stops.
    fn search(&mut self) -> f64 {
        let what = format!("GET /api/rooms/{}/search?q=quetzalcoatl", self.site.room);
        let mut answer = Value::Null;
        let took = took(|| answer = self.calls.call(&what, ""));
        assert_eq!(answer["data"]["messages"].as_array().map(Vec::len), Some(0), "{answer}");
        took
    }

    /// Who was there from the beginning comes back, from the question to the acknowledgement that has
    /// what they missed.
    fn come_back(&mut self) -> f64 {
        let mut visitor = Visitor::connect(self.server.address, &self.site.token);
        let Site { room, chatter, .. } = &self.site;
        let took = took(|| assert_eq!(visitor.join(room, Some(chatter)), *chatter, "their own"));
        self.own = Some(visitor);
        took
    }

    /// A message, from saying it to its acknowledgement.
    fn say(&mut self) -> f64 {
        let say = json!({ "roomId": self.site.room, "content": CONTENT });
        let own = self.own.as_mut().expect("they came back before");
        took(|| _ = own.ask("sendMessage", &say))
    }
}

/// How long something takes, in milliseconds.
fn took(go: impl FnOnce()) -> f64 {
    let begun = Instant::now();
    go();
    begun.elapsed().as_secs_f64() * 1e3
}

/// Messages in all rooms by turns, through the store as the hub uses it.
fn fill(folder: &Path, rooms: &[String], messages: u32) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let fresh = HubId::from_random([1; 16]);
        let mut store = Store::<()>::open(folder, fresh, StoreOptions::default()).unwrap();
        let rooms: Vec<RoomId> = rooms.iter().map(|id| id.parse().ok().unwrap()).collect();
        let joins = rooms.iter().enumerate().map(|(number, room)| join(*room, number));
        let says = (0..messages as usize).map(|number| {
            let number = number % rooms.len();
            say(rooms[number], number)
        });
        let mut under_way = 0;
        for write in joins.chain(says) {
            store.writer.submit(write, ()).ok().unwrap();
            under_way += 1;
            while under_way >= UNDER_WAY {
                under_way -= ended(&mut store).await;
            }
        }
        while under_way > 0 {
            under_way -= ended(&mut store).await;
        }
        store.writer.close();
    });
}

async fn ended(store: &mut Store<()>) -> usize {
    let Some(Report::Completed(batch)) = store.reports.recv().await else {
        panic!("the store has ended");
    };
    let count = batch.len();
    assert!(batch.into_iter().all(|((), result)| result.is_ok()), "a write was refused");
    count
}

const AT: Moment = Moment { hub: HubTime(60_000), wall: WallTime(1_795_000_000_000) };

fn join(room: RoomId, number: usize) -> Write {
    let nickname = Nickname::parse("졸린 여우").unwrap();
    let id = chatter(number);
    Write::Join(Join {
        room,
        identity: IdentityId::from_random([number as u8 + 1; 16]),
        peer: [127, 0, 0, 1].into(),
        wanted: None,
        fresh: Chatter { id, nickname, created_at: AT.wall, left_at: None },
        admitted: true,
        notice: None,
        after: None,
        epoch: None,
        reactions_after: None,
        at: AT,
    })
}

fn say(room: RoomId, number: usize) -> Write {
    let (chatter, content) = (chatter(number), CONTENT.to_owned());
    Write::Say(Say::plain(room, chatter, MessageKind::Said, content, AT))
}

fn chatter(number: usize) -> ChatterId {
    ChatterId::from_random([number as u8 + 1; 16])
}
