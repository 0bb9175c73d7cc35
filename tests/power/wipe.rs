//! A wipe that the power is cut in, or that is killed, at each of its operations: the next start finishes it, and
//! nothing of what was said is found any more.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use colahub::domain::ids::HubId;
use colahub::store::{Store, StoreOptions, wipe_receipts};
use tempfile::TempDir;

use crate::dice::Dice;
use crate::disk::{Disk, Done, Synchronous, read_log};
use crate::kit::{Hub, Signal, colahub, run_in, told};
use crate::life::{DATA, recorder};
use crate::sender::{NO_PACE, Sender, make_room};

/// The wipe is killed after each operation of this many; after all if `COLAHUB_TEST_CUTS` asks for the long form.
const KILLED: usize = 8;

/// What people said has this in it.
const SECRET: &str = "watermelon";

/// A hub that was stopped, with a copy and a file that was set aside, and what its wipe does.
struct Wiped {
    tools: TempDir,
    recorder: PathBuf,
    /// As it was before the wipe.
    before: TempDir,
    /// All that was done, and how much of it before the wipe.
    done: Vec<Done>,
    begun: usize,
    root: u64,
}

fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_all(&path, &to);
        } else if path.is_file() {
            fs::copy(&path, to).unwrap();
        }
    }
}

fn wipe(data: &Path) -> Command {
    colahub(&["wipe", "--yes", "--keep-rooms", "--data-dir", data.to_str().unwrap()])
}

impl Wiped {
    fn record() -> Option<Self> {
        let tools = tempfile::tempdir().unwrap();
        let recorder = recorder(tools.path())?;
        let log = tools.path().join("log");
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let data = root.join(DATA);
        let recorded = |mut command: Command| {
            command.env("LD_PRELOAD", &recorder).env("RECORD_LOG", &log);
            command.env("RECORD_FOLDER", &root).env(NO_PACE.0, NO_PACE.1);
            command
        };
        let hub = Hub::run(recorded(run_in(&data)), folder);
        let room = make_room(&hub, "n");
        let mut sender = Sender::new(SECRET.to_owned(), &hub, &room);
        let mut left = 60;
        let talked = sender.talk(hub.address, || {
            left -= 1;
            left > 0
        });
        talked.unwrap();
        let data_dir = data.to_str().unwrap();
        let made = told(&["room", "create", "Stage", "--data-dir", data_dir]);
        assert_eq!(made.0, Some(0), "{}", made.1);
        hub.signal(Signal::KILL);
        let folder = hub.ended().1;
        // By the recorded program, so that the model of the disk knows them.
        let copy = data.join("backups/by-hand.sqlite3");
        let copied = recorded(colahub(&["backup", "--data-dir", data_dir, copy.to_str().unwrap()]));
        assert!({ copied }.stdout(Stdio::null()).status().unwrap().success());
        let before = tempfile::tempdir().unwrap();
        copy_all(&root, before.path());
        let begun = read_log(&fs::read(&log).unwrap(), root.to_str().unwrap()).len();
        let inode = fs::metadata(&root).unwrap().ino();
        assert!(recorded(wipe(&data)).stdout(Stdio::null()).status().unwrap().success());
        let done = read_log(&fs::read(&log).unwrap(), root.to_str().unwrap());
        drop(folder);
        Some(Self { tools, recorder, before, done, begun, root: inode })
    }
}

fn holds(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(holds(&path));
        } else if path.is_file()
            && fs::read(&path).unwrap().windows(SECRET.len()).any(|part| part == SECRET.as_bytes())
        {
            found.push(path);
        }
    }
    found
}

/// Starts on what an interrupted wipe has left. Returns whether it was ordered.
fn is_finished(data: &Path, when: &str) -> bool {
    let is_ordered = data.join("wipe.order").exists() || data.join("wipe-receipts.jsonl").exists();
    let store = Store::<()>::open(data, HubId::from_random([7; 16]), StoreOptions::default())
        .unwrap_or_else(|error| panic!("{when}: {error}"));
    let rooms = store.past.rooms.iter().filter(|room| room.title.as_str() == "Stage").count();
    assert!(rooms == 1, "{when}: the host's room is lost");
    assert!(store.health.loss().is_none(), "{when}: {:?}", store.health.loss());
    store.writer.close();
    let found = holds(data);
    assert_eq!(found.is_empty(), is_ordered, "{when}: {found:?}");
    if is_ordered {
        let receipts = wipe_receipts(data).unwrap();
        assert_eq!(receipts.len(), 1, "{when}: {receipts:?}");
        let content = receipts[0].content.expect("the database could be read");
        assert!(content.messages >= 60 && receipts[0].copies == 1, "{when}: {receipts:?}");
        assert!(!data.join("wipe.order").exists(), "{when}");
    }
    is_ordered
}

#[test]
fn a_wipe_that_is_interrupted_anywhere_is_finished_at_the_next_start() {
    let Some(wiped) = Wiped::record() else {
        return println!("not tested: there is no C compiler to make the recorder with");
    };
    let steps = wiped.done.len() - wiped.begun;
    assert!(steps > 30, "only {steps} operations were recorded");
    let (mut dice, mut disk) = (Dice::new(1), Disk::new(Synchronous::Full, wiped.root));
    wiped.done[..wiped.begun].iter().for_each(|done| disk.apply(&done.what));
    let mut finished = [0, 0];
    for (step, done) in wiped.done[wiped.begun..].iter().enumerate() {
        let folder = crate::laid_out(&disk.cut(&mut dice));
        let when = format!("cut before {step}, {}", brief(done));
        finished[usize::from(is_finished(&folder.path().join(DATA), &when))] += 1;
        disk.apply(&done.what);
    }
    assert!(finished[0] > 0 && finished[1] > 0, "{finished:?}");
    let mut killed = [0, 0];
    let every = if std::env::var_os("COLAHUB_TEST_CUTS").is_some() { 1 } else { KILLED };
    for step in (1..=steps).step_by(every) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        copy_all(wiped.before.path(), &root);
        let mut command = wipe(&root.join(DATA));
        command.env("LD_PRELOAD", &wiped.recorder).env("RECORD_FOLDER", &root);
        command.env("RECORD_LOG", wiped.tools.path().join("other"));
        command.env("RECORD_KILL_AT", step.to_string()).stdout(Stdio::null());
        command.stderr(Stdio::null()).status().unwrap();
        let is = is_finished(&root.join(DATA), &format!("killed after {step}"));
        killed[usize::from(is)] += 1;
    }
    assert!(killed[0] > 0 && killed[1] > 0, "{killed:?}");
    println!(
        "{steps} operations; cuts before the order and after it: {finished:?}; kills: {killed:?}"
    );
}

/// What was done, without the data.
fn brief(done: &Done) -> String {
    format!("{:.80}", format!("{:?}", done.what))
}
