//! What a large database slows down: the same room in an empty hub and in one with many messages.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Instant;

use colahub::domain::chatter::Chatter;
use colahub::domain::ids::{ChatterId, HubId, IdentityId, RoomId};
use colahub::domain::message::Kind as MessageKind;
use colahub::domain::text::Nickname;
use colahub::domain::time::{HubTime, WallTime};
use colahub::store::{Care, FILE, Join, Moment, Say, Store, Write};
use serde_json::json;

use crate::calls::Calls;
use crate::crowd::CONTENT;
use crate::scratch;
use crate::server::{Kind, Server};
use crate::sheet::median;
use crate::visitor::Visitor;

/// Rooms that the messages are spread over; each keeps fewer than `retention.per_room`.
const ROOMS: usize = 40;

/// Messages in the hub that counts as empty: two pages.
const FEW: u32 = 40;

/// How often each thing is done for one median.
const TIMES: usize = 150;

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

/// Fills two databases, and does the same in both by turns.
pub fn measure(messages: u32, rounds: usize) -> Compared {
    let few = site("few", FEW, 1);
    let many = site("many", messages, ROOMS);
    let bytes = std::fs::metadata(many.folder.join(FILE)).map_or(0, |file| file.len());
    println!("{messages} messages take {:.0} MB", bytes as f64 / 1e6);
    let (mut empty, mut full) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        empty.push(few.go_through());
        full.push(many.go_through());
    }
    let middle =
        |rounds: &[[f64; 4]], step: usize| median(rounds.iter().map(|r| r[step]).collect());
    let deep = format!("history, page {}", many.last);
    let steps = ["joining", "history, first page", &deep, "sending"];
    let step = |(number, what): (usize, &str)| Step {
        what: what.to_owned(),
        empty: middle(&empty, number),
        full: middle(&full, number),
    };
    let steps: Vec<Step> = steps.into_iter().enumerate().map(step).collect();
    for step in &steps {
        println!("{:>24}: {:.2} ms, {:.2} ms in the empty hub", step.what, step.full, step.empty);
    }
    Compared { messages, bytes, steps }
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
    /// The median of each step, in milliseconds, in a hub that has just started.
    fn go_through(&self) -> [f64; 4] {
        let server = Server::start_in(Kind::Hub, &self.folder, &[], &[]);
        let hub = server.address;
        let mut own = Visitor::connect(hub, &self.token);
        assert_eq!(own.join(&self.room, Some(&self.chatter)), self.chatter, "its own chatter");
        let mut calls = Calls::connect(hub, Some(&self.token));
        let mut page = |number: u32| {
            let Self { room, chatter, .. } = self;
            let what = format!("GET /chat/messages/{room}/{number}/{chatter}");
            let count = calls.call(&what, "")["data"].as_array().unwrap().len();
            assert_eq!(count, PAGE as usize, "page {number}");
            each(|_| (), |()| _ = calls.ask(&what, ""))
        };
        let (first, deep) = (page(1), page(self.last));
        let say = json!({ "roomId": self.room, "content": CONTENT });
        let sending = each(|_| (), |()| _ = own.ask("sendMessage", &say));
        [self.joining(hub), first, deep, sending]
    }

    /// Newcomers, one after the other: from the question to its acknowledgement.
    fn joining(&self, hub: SocketAddr) -> f64 {
        let mut calls = Calls::connect(hub, None);
        let newcomer = |_| Visitor::connect(hub, &calls.token());
        each(newcomer, |mut visitor| _ = visitor.join(&self.room, None))
    }
}

/// How long one of many takes in the middle, in milliseconds, without what is made ready for it.
fn each<T>(mut ready: impl FnMut(usize) -> T, mut go: impl FnMut(T)) -> f64 {
    let one = |number| {
        let thing = ready(number);
        let begun = Instant::now();
        go(thing);
        begun.elapsed().as_secs_f64() * 1e3
    };
    median((0..TIMES).map(one).collect())
}

/// Messages in all rooms by turns, through the store as the hub uses it.
fn fill(folder: &Path, rooms: &[String], messages: u32) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let fresh = HubId::from_random([1; 16]);
        let mut store = Store::<()>::open(folder, fresh, Care::default()).unwrap();
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
    let batch = store.ended.recv().await.unwrap();
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
        wanted: None,
        fresh: Chatter { id, nickname, created_at: AT.wall, left_at: None },
        admitted: true,
        notice: None,
        after: None,
        epoch: None,
        at: AT,
    })
}

fn say(room: RoomId, number: usize) -> Write {
    let (chatter, content) = (chatter(number), CONTENT.to_owned());
    Write::Say(Say { room, chatter, kind: MessageKind::Said, content, key: None, at: AT })
}

fn chatter(number: usize) -> ChatterId {
    ChatterId::from_random([number as u8 + 1; 16])
}
