//! Records a life of a hub: it starts without data, people talk, it is stopped, started and killed.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use tempfile::TempDir;

use crate::disk::{Disk, Done, Synchronous, read_log};
use crate::doer::Doer;
use crate::kit::{Hub, Signal, run_in, told};
use crate::sender::{NO_PACE, Room, Sender, join, make_room, token};
use crate::socket::Socket;

/// How much is said before the first stop.
const SAID: u64 = 600;

/// After how many records the hub is killed in its second life and in its third: the WAL is folded
/// into the database in each.
const KILLS: [u64; 2] = [4_000, 5_500];

/// The data folder inside the recorded one. The hub makes it.
pub const DATA: &str = "data";

/// The outcome of the life.
pub struct Life {
    pub done: Vec<Done>,
    pub senders: Vec<Sender>,
    /// Somebody in each room who answers, reacts, votes, takes back and reports.
    pub doers: Vec<Doer>,
    pub rooms: Vec<Room>,
    /// The token of somebody who may read everything.
    pub token: String,
    /// The inode of the recorded folder.
    root: u64,
    folder: TempDir,
}

impl Life {
    /// Lives it. Nothing where there is no C compiler to make the recorder with.
    pub fn record() -> Option<Self> {
        let tools = tempfile::tempdir().unwrap();
        let recorder = recorder(tools.path())?;
        let log = tools.path().join("log");
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let run = |folder: TempDir, kill_at: Option<u64>| {
            let mut command = run_in(&root.join(DATA));
            command.env("LD_PRELOAD", &recorder).env("RECORD_LOG", &log);
            command.env("RECORD_FOLDER", &root).env(NO_PACE.0, NO_PACE.1);
            command.envs(kill_at.map(|count| ("RECORD_KILL_AT", count.to_string())));
            Hub::run(command, folder)
        };
        let hub = run(folder, None);
        let (rooms, token) = (["one", "two"].map(|name| make_room(&hub, name)), token(&hub));
        rooms.iter().for_each(|room| may_read(&hub, room, &token));
        rooms.iter().for_each(|room| asks(&root.join(DATA), room));
        let names = ["ann", "bob", "cho", "dan", "eve", "fay"];
        let mut senders: Vec<Sender> = (names.iter().zip(rooms.iter().cycle()))
            .map(|(name, room)| Sender::new((*name).to_owned(), &hub, room))
            .collect();
        let mut doers: Vec<Doer> = rooms.iter().map(|room| Doer::new(&hub, room)).collect();
        talk(&hub, (&mut senders, &mut doers), SAID);
        hub.signal(Signal::TERM);
        let mut folder = hub.ended().1;
        for kill_at in KILLS {
            let hub = run(folder, Some(kill_at));
            talk(&hub, (&mut senders, &mut doers), u64::MAX);
            folder = hub.ended().1;
        }
        let done = read_log(&fs::read(&log).unwrap(), root.to_str().unwrap());
        let root = fs::metadata(&root).unwrap().ino();
        Some(Self { done, senders, doers, rooms: rooms.to_vec(), token, root, folder })
    }

    pub fn disk(&self, synchronous: Synchronous) -> Disk {
        Disk::new(synchronous, self.root)
    }

    /// The recorder has missed nothing: what was recorded makes the files that are there.
    pub fn is_all(&self) {
        let mut disk = self.disk(Synchronous::Full);
        self.done.iter().for_each(|done| disk.apply(&done.what));
        let mut found = disk.whole();
        found.retain(|path, bytes| bytes.is_some() && is_kept(path));
        let root = self.folder.path();
        let mut there = Vec::new();
        files(&root.join(DATA), &mut there);
        for path in there {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap();
            if is_kept(name) {
                let bytes = found.remove(name).flatten();
                assert!(bytes == Some(fs::read(&path).unwrap()), "{name} is another than recorded");
            }
        }
        assert!(found.is_empty(), "recorded, and not there: {:?}", found.keys());
    }

    /// A file as it is at the end.
    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.folder.path().join(DATA).join(name)).unwrap()
    }
}

/// The index of the WAL is in shared memory, not on the disk, a socket has no bytes, and the ballast is
/// there to be thrown off: each start makes them anew.
pub fn is_kept(path: &str) -> bool {
    !["-shm", ".sock", "/ballast"].iter().any(|end| path.ends_with(end))
}

/// The first to come into a room may read everything.
fn may_read(hub: &Hub, room: &Room, token: &str) {
    let mut socket = Socket::connect(hub.address, &room.namespace, token).unwrap();
    join(&mut socket, room, None).unwrap();
}

/// All talk, until so much is acknowledged or the hub is gone.
fn talk(hub: &Hub, (senders, doers): (&mut [Sender], &mut [Doer]), most: u64) {
    let acked = AtomicU64::new(0);
    thread::scope(|scope| {
        for doer in doers {
            let goes_on = || acked.load(Ordering::Relaxed) < most;
            scope.spawn(move || doer.does(hub.address, goes_on));
        }
        for sender in senders {
            let goes_on = || acked.fetch_add(1, Ordering::Relaxed) < most;
            scope.spawn(move || sender.talk(hub.address, goes_on));
        }
    });
}

/// The host asks the people in a room something.
fn asks(data: &Path, room: &Room) {
    let data = data.to_str().unwrap();
    let poll = ["poll", "add", "Lunch?", "soup", "rice", "both", "--room", &room.id];
    let (code, words) = told(&[&poll[..], &["--data-dir", data]].concat());
    assert_eq!(code, Some(0), "{words}");
}

pub fn recorder(folder: &Path) -> Option<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/power/record.c");
    let made = folder.join("record.so");
    let mut command = Command::new("cc");
    command
        .args(["-O2", "-shared", "-fPIC", "-o"])
        .arg(&made)
        .arg(source)
        .args(["-ldl", "-lpthread"]);
    let status = command.status().ok()?;
    assert!(status.success(), "the recorder cannot be compiled");
    Some(made)
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.is_file() {
            found.push(path);
        }
    }
}
