//! Damaged databases: after any damage the hub starts, reports what happened, and keeps the file.

use std::fs::{self, File};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::dice::Dice;
use crate::doer::Doer;
use crate::kit::{Hub, Signal, run_in, wait_for};
use crate::sender::{NO_PACE, Room, Sender, make_room, token};

const MUTANTS: usize = 200;

const DATABASE: &str = "hub.sqlite3";
const WAL: &str = "hub.sqlite3-wal";
const SECTOR: usize = 512;
const PAGE: usize = 4096;

/// A data folder with rooms, people and messages, a copy from halfway, and what it was stopped with:
/// a clean database, or one with its WAL.
struct Good {
    folder: TempDir,
    room: Room,
    token: String,
}

fn good(is_killed: bool) -> Good {
    let hub = Hub::with(&[NO_PACE]);
    let room = make_room(&hub, "anonymous");
    let mut sender = Sender::new("sender".into(), &hub, &room);
    let mut talk = |until: usize| {
        let mut acked = 0;
        let mut enough = || {
            acked += 1;
            acked < until
        };
        sender.talk(hub.address, &mut enough).unwrap();
    };
    let mut doer = Doer::new(&hub, &room);
    let mut deeds = |until: usize| {
        let mut rounds = 0;
        let goes_on = || {
            rounds += 1;
            rounds <= until
        };
        doer.does(hub.address, goes_on).unwrap();
    };
    talk(600);
    deeds(60);
    let copy = hub.folder.path().join("backups/hub-000001.sqlite3");
    fs::create_dir_all(copy.parent().unwrap()).unwrap();
    let data = hub.folder.path().to_str().unwrap();
    let copied = crate::kit::told(&["backup", "--data-dir", data, copy.to_str().unwrap()]);
    assert_eq!(copied.0, Some(0), "{}", copied.1);
    talk(300);
    deeds(30);
    let token = sender.token.clone();
    hub.signal(if is_killed { Signal::KILL } else { Signal::TERM });
    let (_, folder) = hub.ended();
    assert_eq!(folder.path().join(WAL).exists(), is_killed);
    Good { folder, room, token }
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir(&to).unwrap();
            copy(&entry.path(), &to);
        } else if entry.path().is_file() {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// Damages a file's bytes: what was done, in words.
fn mutate(bytes: &mut Vec<u8>, dice: &mut Dice) -> String {
    let size = bytes.len();
    let unit = if dice.percent(50) { PAGE } else { SECTOR };
    let at = dice.below(size / unit) * unit;
    let area = at..(at + unit).min(size);
    match dice.below(6) {
        0 => {
            bytes[area].fill(0);
            format!("{unit} bytes at {at} are zero")
        }
        1 => {
            let length = dice.below(size);
            bytes.truncate(length);
            format!("only the first {length} bytes are left")
        }
        2 => {
            for place in area {
                bytes[place] = dice.bytes()[0];
            }
            format!("{unit} bytes at {at} are garbage")
        }
        3 => {
            let flips = dice.below(64) + 1;
            for _ in 0..flips {
                bytes[dice.below(size)] ^= 1 << dice.below(8);
            }
            format!("{flips} bits are flipped")
        }
        4 => {
            let from = dice.below(size / unit) * unit;
            let other = bytes[from..(from + unit).min(size)].to_vec();
            bytes[at..at + other.len()].copy_from_slice(&other);
            format!("{unit} bytes at {at} are those from {from}")
        }
        _ => {
            bytes.extend((0..256).flat_map(|_| dice.bytes()));
            "garbage follows the end".to_owned()
        }
    }
}

/// The outcome of a start on a mutant.
#[derive(Debug, Default)]
struct Count {
    restored: usize,
    by_itself: usize,
    slowest: Duration,
}

fn start(good: &Good, file: &str, dice: &mut Dice, count: &mut Count) {
    let folder = tempfile::tempdir().unwrap();
    copy(good.folder.path(), folder.path());
    let mut bytes = fs::read(folder.path().join(file)).unwrap();
    let what = format!("{file}: {}", mutate(&mut bytes, dice));
    fs::write(folder.path().join(file), &bytes).unwrap();
    let log = folder.path().join("log");
    let mut command = run_in(folder.path());
    command.stderr(File::create(&log).unwrap()).env(NO_PACE.0, NO_PACE.1);
    let begun = Instant::now();
    let hub = Hub::run_heard(command, folder);
    let at_once = is_usable(&hub, good, &what);
    count.slowest = count.slowest.max(begun.elapsed());
    let kept = hub.folder.path().join("hub.sqlite3.corrupt-1");
    if !kept.exists() {
        count.by_itself += 1;
        return;
    }
    count.restored += 1;
    // A file that was written to before the damage was met has changed, as has one that a WAL was folded into.
    let had_wal = good.folder.path().join(WAL).exists();
    if file == DATABASE && at_once && !had_wal {
        assert!(fs::read(kept).unwrap() == bytes, "{what}: another file was kept");
    }
    let told = fs::read_to_string(&log).unwrap();
    assert!(told.contains("is kept as hub.sqlite3.corrupt-1"), "{what}: {told}");
    let about = hub.get("/api/hub", &[]);
    assert!(about.text().contains(r#""storage":"restored""#), "{what}: {}", about.text());
}

/// Everything that was said can be read or is gone; rooms can be made; and if that meets damage, the
/// hub is up again. Whether neither reading nor writing met any.
fn is_usable(hub: &Hub, good: &Good, what: &str) -> bool {
    let bearer = format!("Bearer {}", good.token);
    // How far a hub is that gets up again: it logs what it does.
    let logged = || fs::metadata(hub.folder.path().join("log")).map_or(0, |log| log.len());
    let mut after = 0;
    let mut at_once = true;
    loop {
        let path = format!("/api/rooms/{}/messages?after={after}&limit=100", good.room.id);
        let answer = wait_for(&format!("{what}: what was said can be read"), || {
            let answer = hub.try_get(&path, &[("authorization", &bearer)]);
            let status = answer.as_ref().map(|answer| answer.status);
            answer.filter(|answer| answer.status < 500).ok_or_else(|| {
                at_once = false;
                (status, logged())
            })
        });
        let answer: serde_json::Value = serde_json::from_str(answer.text()).unwrap();
        let last = answer["data"]["messages"].as_array().and_then(|list| list.last());
        after = last.and_then(|message| message["seq"].as_i64()).unwrap_or(after);
        if answer["data"]["more"] != true || last.is_none() {
            break;
        }
    }
    wait_for(&format!("{what}: the hub is ready"), || {
        let status = hub.try_get("/readyz", &[]).map(|answer| answer.status);
        if status == Some(200) { Ok(()) } else { Err((status, logged())) }
    });
    // What people have reported can be listed, or is gone.
    wait_for(&format!("{what}: reports are listed"), || {
        let folder = hub.folder.path().to_str().unwrap();
        let (code, text) = crate::kit::told(&["report", "list", "--json", "--data-dir", folder]);
        if code == Some(0) {
            return Ok(());
        }
        at_once = false;
        Err((text, logged()))
    });
    // If the first write meets damage, it is refused as unavailable, and the hub opens the store again.
    wait_for(&format!("{what}: something can be said"), || {
        catch_unwind(AssertUnwindSafe(|| talks(hub))).map_err(|_| {
            at_once = false;
            logged()
        })
    });
    at_once
}

fn talks(hub: &Hub) {
    let room = make_room(hub, "anonymous");
    let mut sender = Sender::new("after".into(), hub, &room);
    sender.talk(hub.address, || false).unwrap();
    assert!(!sender.acked.is_empty() && !token(hub).is_empty());
}

#[test]
fn a_hub_starts_whatever_happened_to_its_database() {
    let mutants = std::env::var("COLAHUB_TEST_MUTANTS").map_or(MUTANTS, |n| n.parse().unwrap());
    let (stopped, killed) = (good(false), good(true));
    let mut count = Count::default();
    for seed in 0..mutants {
        let mut dice = Dice::new(seed as u64);
        match seed % 4 {
            0 => start(&killed, WAL, &mut dice, &mut count),
            1 => start(&killed, DATABASE, &mut dice, &mut count),
            _ => start(&stopped, DATABASE, &mut dice, &mut count),
        }
    }
    println!("{mutants} mutants, all up: {count:?}");
    assert!(count.restored > 0 && count.by_itself > 0, "{count:?}");
}
