//! Power cuts at any moment of a hub's life: everything that was acknowledged is kept.
//!
//! A hub's file operations are recorded (record.c), and for each cut what may then be on the disk is
//! worked out (disk.rs) and opened by the store. A plain run cuts a hundred times;
//! `COLAHUB_TEST_CUTS=2000 cargo test --test power` more often.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    unreachable_pub,
    reason = "a test may panic, and tell its figures to who asks for them"
)]

#[path = "../../src/hub/simulation/dice.rs"]
#[allow(dead_code, reason = "shared with the simulation")]
mod dice;
mod disk;
#[path = "../it/doer.rs"]
mod doer;
#[path = "../it/kit.rs"]
#[allow(dead_code, reason = "shared with the stories of the program")]
mod kit;
mod life;
#[path = "../it/sender.rs"]
mod sender;
#[path = "../it/socket.rs"]
#[allow(dead_code, reason = "shared with those who listen, too")]
mod socket;
mod verdict;
mod wipe;

use std::fs;
use std::path::Path;

use dice::Dice;
use disk::Synchronous;
use kit::{Hub, run_in};
use life::{DATA, Life};
use tempfile::TempDir;
use verdict::{Verdict, judge, judge_over_http};

const CUTS: usize = 100;

/// One cut in this many is also opened by the program itself.
const PROGRAM: usize = 25;

/// The outcome of the cuts.
#[derive(Debug, Default)]
struct Count {
    kept: usize,
    lost: usize,
    by_program: usize,
}

fn cut(life: &Life, synchronous: Synchronous, cuts: usize) -> Count {
    let mut dice = Dice::new(cuts as u64);
    let mut moments: Vec<usize> = (0..cuts).map(|_| dice.below(life.done.len()) + 1).collect();
    moments.sort_unstable();
    let (mut disk, mut next, mut count) = (life.disk(synchronous), 0, Count::default());
    let every = if cuts > 10 * PROGRAM { cuts / 10 } else { PROGRAM };
    for (number, moment) in moments.into_iter().enumerate() {
        life.done[next..moment].iter().for_each(|done| disk.apply(&done.what));
        next = moment;
        // Messages that a client has before the next operation begins were promised before the cut.
        let until = life.done.get(moment).map_or(u64::MAX, |done| done.begun);
        let folder = laid_out(&disk.cut(&mut dice));
        let verdict = judge(life, &folder.path().join(DATA), until);
        match verdict {
            Verdict::Kept => count.kept += 1,
            Verdict::Lost(_) if synchronous == Synchronous::Normal => count.lost += 1,
            Verdict::Lost(what) | Verdict::Broken(what) => {
                let path = folder.keep();
                panic!("cut {number}, after operation {moment}: {what}; see {}", path.display());
            }
        }
        if synchronous == Synchronous::Full && number % every == every - 1 {
            let hub = Hub::run(run_in(&folder.path().join(DATA)), folder);
            judge_over_http(life, &hub, until);
            count.by_program += 1;
        }
    }
    count
}

/// A folder with what was found on the disk; in memory where there is such a file system.
fn laid_out(found: &std::collections::BTreeMap<String, Option<Vec<u8>>>) -> TempDir {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    let folder = folder.unwrap();
    for (path, bytes) in found.iter().filter(|(path, _)| life::is_kept(path)) {
        let path = folder.path().join(path);
        match bytes {
            Some(bytes) => fs::write(path, bytes).unwrap(),
            None => fs::create_dir(path).unwrap(),
        }
    }
    folder
}

#[test]
fn a_power_cut_loses_nothing_that_was_acknowledged() {
    let cuts = std::env::var("COLAHUB_TEST_CUTS").map_or(CUTS, |text| text.parse().unwrap());
    let Some(life) = Life::record() else {
        let what = "power cuts: there is no C compiler (cc) to make the recorder with";
        if let Some(path) = std::env::var_os("COLAHUB_TEST_SKIPPED") {
            use std::io::Write;
            let list = std::fs::OpenOptions::new().append(true).create(true).open(path);
            list.unwrap().write_all(format!("{what}\n").as_bytes()).unwrap();
        }
        return println!("not tested: {what}");
    };
    life.is_all();
    let acked: usize = life.senders.iter().map(|sender| sender.acked.len()).sum();
    let deeds = life.doers.iter().flat_map(|doer| doer.acked(u64::MAX)).count();
    assert!(deeds > 100, "too little was done with messages: {deeds}");
    println!("{} operations, {acked} messages and {deeds} deeds acknowledged", life.done.len());
    println!("as it is: {:?}", cut(&life, Synchronous::Full, cuts));
    let normal = cut(&life, Synchronous::Normal, cuts);
    println!("without the commits' syncs: {normal:?}");
    assert!(normal.lost > 0, "what cannot fail proves nothing");
}
