//! The cost of a message on the card: run by `benches/disk.sh`, which says how much reached the device.
//!
//! Writes messages at random moments, so many a second on average, as many people do who do not
//! know of each other; tells how many commits they made and how long each waited.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench may panic, and tells")]

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use colahub::domain::chatter::Chatter;
use colahub::domain::code::Code;
use colahub::domain::ids::{ChatterId, HubId, IdentityId, RoomId};
use colahub::domain::message::Kind;
use colahub::domain::mode::RoomMode;
use colahub::domain::question::Questions;
use colahub::domain::room::Room;
use colahub::domain::text::{Key, Namespace, Nickname, Title};
use colahub::domain::time::{HubTime, WallTime};
use colahub::store::{Completed, Join, Moment, Report, Say, Store, StoreOptions, Write};

/// A message as people write them: 66 bytes.
const CONTENT: &str = "점심 줄 지금 짧아요! 식당 뒤쪽 문으로 오세요 :-)";

const AT: Moment = Moment { hub: HubTime(1_000), wall: WallTime(1_795_000_000_000) };
const PEOPLE: u8 = 50;

/// Messages before anything is measured.
const WARM: u64 = 400;

fn main() {
    let arguments: Vec<String> = std::env::args().filter(|arg| arg != "--bench").collect();
    let [_, folder, device, rate, seconds, gather] = arguments.as_slice() else {
        println!("what a message costs the card: benches/disk.sh measures it");
        return;
    };
    let rate: f64 = rate.parse().unwrap();
    let seconds: f64 = seconds.parse().unwrap();
    let gather = Duration::from_millis(gather.parse().unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let device = Device { folder: folder.into(), stat: format!("/sys/block/{device}/stat") };
    runtime.block_on(measure(&device, rate, seconds, gather));
}

/// A block device that nobody else writes to, and a folder on it.
struct Device {
    folder: PathBuf,
    stat: String,
}

impl Device {
    /// Sectors written and flushes made so far, with what the system still holds back.
    fn counts(&self) -> (u64, u64) {
        assert!(Command::new("sync").arg("-f").arg(&self.folder).status().unwrap().success());
        let stat = std::fs::read_to_string(&self.stat).unwrap();
        let numbers: Vec<u64> = stat.split_whitespace().map(|n| n.parse().unwrap()).collect();
        (numbers[6], numbers[15])
    }
}

async fn measure(device: &Device, rate: f64, seconds: f64, gather: Duration) {
    let care = StoreOptions { gather, ..StoreOptions::default() };
    let mut store = Store::<u64>::open(&device.folder, HubId::from_random([1; 16]), care).unwrap();
    let room = RoomId::from_random([1; 16]);
    prepare(&mut store, room).await;
    let (sectors, flushes) = device.counts();
    let (mut sent, mut waits, mut commits) = (HashMap::new(), Vec::new(), 0_u64);
    let begun = Instant::now();
    let mut due = begun;
    let mut number = WARM;
    let mut chance = 88_172_645_463_325_252_u64;
    while begun.elapsed().as_secs_f64() < seconds || !sent.is_empty() {
        tokio::select! {
            biased;
            batch = completed(&mut store) => {
                commits += 1;
                for (number, result) in batch {
                    result.unwrap();
                    let submitted: Instant = sent.remove(&number).unwrap();
                    waits.push(submitted.elapsed());
                }
            }
            () = tokio::time::sleep_until(due.into()), if begun.elapsed().as_secs_f64() < seconds => {
                // tokio's clock has milliseconds: what is due by now goes out together.
                while due <= Instant::now() {
                    number += 1;
                    sent.insert(number, Instant::now());
                    store.writer.submit(Write::Say(say(room, number)), number).unwrap();
                    due += pause(&mut chance, rate);
                }
            }
        }
    }
    let (sectors_after, flushes_after) = device.counts();
    store.writer.close();
    waits.sort_unstable();
    let at = |part: f64| waits[((waits.len() - 1) as f64 * part) as usize].as_secs_f64() * 1_000.0;
    let messages = waits.len() as f64;
    let bytes = (sectors_after - sectors) as f64 * 512.0 / messages;
    let flushes = (flushes_after - flushes) as f64 / messages;
    println!(
        "{rate:>10} {:>8} {messages:>9} {commits:>8} {bytes:>14.0} {flushes:>12.2} {:>10.1} {:>10.1}",
        format!("{gather:?}"),
        at(0.5),
        at(0.99)
    );
}

/// Random pauses, as between people who do not know of each other (exponential).
fn pause(chance: &mut u64, rate: f64) -> Duration {
    *chance ^= *chance << 13;
    *chance ^= *chance >> 7;
    *chance ^= *chance << 17;
    let part = (*chance >> 11) as f64 / (1_u64 << 53) as f64;
    Duration::from_secs_f64(-(1.0 - part).ln() / rate)
}

async fn prepare(store: &mut Store<u64>, room: RoomId) {
    let mut writes = vec![Write::Room(Room {
        id: room,
        code: Code::from_random([1; 16]),
        title: Title::parse("room").unwrap(),
        namespace: Namespace::parse("anonymous").unwrap(),
        capacity: 0,
        lock: None,
        created_at: AT.wall,
        created: AT.hub,
        lifetime: Duration::from_secs(86_400),
        mode: RoomMode::OPEN,
        by_host: false,
        position: 0,
        questions: Questions::Open,
        history: colahub::domain::room::History::Joined,
    })];
    writes.extend((0..PEOPLE).map(|who| {
        Write::Join(Join {
            room,
            identity: IdentityId::from_random([who; 16]),
            peer: [127, 0, 0, 1].into(),
            wanted: None,
            fresh: Chatter {
                id: chatter(who),
                nickname: Nickname::parse("졸린 여우").unwrap(),
                created_at: AT.wall,
                left_at: None,
            },
            admitted: true,
            notice: None,
            after: None,
            epoch: None,
            reactions_after: None,
            at: AT,
        })
    }));
    // A WAL that still grows costs more than one that has its size: it gets that before.
    writes.extend((1..=WARM).map(|number| Write::Say(say(room, number))));
    for write in writes {
        store.writer.submit(write, 0).unwrap();
        for (_, result) in completed(store).await {
            result.unwrap();
        }
    }
}

async fn completed(store: &mut Store<u64>) -> Vec<Completed<u64>> {
    let report = store.reports.recv().await.unwrap();
    let Report::Completed(batch) = report else { unreachable!("SQLite reports nothing else") };
    batch
}

fn chatter(who: u8) -> ChatterId {
    ChatterId::from_random([who; 16])
}

fn say(room: RoomId, number: u64) -> Say {
    let author = chatter((number % u64::from(PEOPLE)) as u8);
    let key = Some(Key::parse(&format!("bcf5b3b4-{number:08x}")).unwrap());
    Say { key, ..Say::plain(room, author, Kind::Said, CONTENT.to_owned(), AT) }
}
