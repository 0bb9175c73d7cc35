//! Small file systems for the tests: one that is filled to the last byte, and one that is read-only. The hub can be
//! read on both, and uses them again once that is possible.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::mount::{MountFlags, UnmountFlags, mount, mount_remount, unmount};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::kit::{Hub, Signal, colahub, wait_for, wait_until};
use crate::sender::{NO_PACE, Room, join, make_room, read_all, token};
use crate::socket::{Heard, Socket};

/// A file system in a file, mounted for the time of a story.
struct Mount {
    folder: TempDir,
    device: String,
}

impl Mount {
    /// An ext4 of this many MiB; `None` if this user cannot mount.
    fn new(mib: u64) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let image = folder.path().join("image");
        File::create(&image).unwrap().set_len(mib << 20).unwrap();
        let made = Command::new("mkfs.ext4").args(["-q", "-m", "0"]).arg(&image).status();
        if !rustix::process::geteuid().is_root() || !made.is_ok_and(|status| status.success()) {
            skipped(
                "a disk that is filled or frozen: making a file system takes root and mkfs.ext4",
            );
            return None;
        }
        let loops = Command::new("losetup").args(["-f", "--show"]).arg(&image).output().unwrap();
        if !loops.status.success() {
            skipped("a disk that is filled or frozen: this machine has no loop devices");
            return None;
        }
        let device = String::from_utf8(loops.stdout).unwrap().trim().to_owned();
        let this = Self { folder, device };
        fs::create_dir(this.path()).unwrap();
        mount(&*this.device, this.path(), "ext4", MountFlags::empty(), c"").unwrap();
        Some(this)
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("mounted")
    }

    fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    fn freeze(&self) {
        mount_remount(self.path(), MountFlags::RDONLY, c"").unwrap();
    }

    fn thaw(&self) {
        mount_remount(self.path(), MountFlags::empty(), c"").unwrap();
    }

    /// Somebody else writes until nothing more goes in.
    fn fill(&self) {
        let file = OpenOptions::new().create(true).append(true).open(self.path().join("other"));
        let mut file = file.unwrap();
        for size in [1 << 20, 4096, 512, 1] {
            loop {
                match file.write_all(&vec![7; size]) {
                    Ok(()) => {}
                    Err(error) if error.kind() == ErrorKind::StorageFull => break,
                    Err(error) => panic!("{error}"),
                }
            }
        }
        file.sync_all().unwrap();
    }

    /// They go.
    fn empty(&self) {
        fs::remove_file(self.path().join("other")).unwrap();
    }

    /// Which of these texts are in any block of the disk.
    fn holds<'t>(&self, texts: &'t [String]) -> Vec<&'t String> {
        assert!(Command::new("sync").arg("-f").arg(self.path()).status().unwrap().success());
        let mut grep = Command::new("grep");
        grep.args(["-a", "-o", "-F"]).args(texts.iter().flat_map(|text| ["-e", text]));
        let found = grep.arg(self.folder.path().join("image")).env("LC_ALL", "C").output().unwrap();
        let found = String::from_utf8(found.stdout).unwrap();
        texts.iter().filter(|text| found.lines().any(|line| line == **text)).collect()
    }

    fn start(&self) -> Hub {
        Hub::run(run_in(&self.data()), tempfile::tempdir().unwrap())
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        // A failed clean-up must not hide why the story failed.
        let _gone = unmount(self.path(), UnmountFlags::DETACH);
        let _gone = Command::new("losetup").args(["-d", &self.device]).status();
    }
}

fn run_in(data: &Path) -> Command {
    let data = data.to_str().unwrap();
    let mut command = colahub(&["run", "--listen", "127.0.0.1:0", "--no-mdns"]);
    command.args(["--data-dir", data]).env("COLAHUB_LANGUAGE", "en").env(NO_PACE.0, NO_PACE.1);
    command
}

/// Somebody in a room.
struct Person {
    socket: Socket,
    room: Room,
    token: String,
}

impl Person {
    fn joins(hub: &Hub, room: &Room, token: String) -> Self {
        let mut socket = Socket::connect(hub.address, &room.namespace, &token).unwrap();
        join(&mut socket, room, None).unwrap();
        Self { socket, room: room.clone(), token }
    }

    fn says(&mut self, content: &str, key: &str) -> Value {
        let payload = json!({ "roomId": self.room.id, "content": content, "key": key });
        let asked = self.socket.ask("sendMessage", &payload).unwrap();
        answer(&mut self.socket, asked)
    }

    /// All that they can read of what people said.
    fn reads(&self, hub: &Hub) -> Vec<String> {
        let said = read_all(hub, &self.room, &self.token, 0);
        let said = said.iter().filter(|message| message["type"] == "MESSAGE");
        said.map(|message| message["content"].as_str().unwrap().to_owned()).collect()
    }
}

fn answer(socket: &mut Socket, asked: u64) -> Value {
    loop {
        match socket.hear().unwrap() {
            Heard::Ack(number, envelope) if number == asked => return envelope,
            _ => {}
        }
    }
}

fn storage(hub: &Hub) -> Option<String> {
    let about = hub.try_get("/api/hub", &[])?;
    let about: Value = serde_json::from_str(about.text()).ok()?;
    about["data"]["storage"].as_str().map(str::to_owned)
}

fn waits_until(hub: &Hub, is: &str) {
    wait_for(&format!("the storage gets {is}"), || {
        // The readiness check makes the hub look at the disk; else it may take seconds.
        let is_up = hub.try_get("/readyz", &[]).is_some();
        let storage = storage(hub);
        if is_up && storage.as_deref() == Some(is) { Ok(()) } else { Err(storage) }
    });
}

/// Newcomers come in until nothing more can be written: a WAL that was folded in has some room left in itself.
fn newcomers_are_refused(hub: &Hub, room: &Room, code: &str) {
    let refused = (0..15).find_map(|_| {
        let mut socket = Socket::connect(hub.address, &room.namespace, &token(hub)).unwrap();
        let asked = socket.ask("joinRoom", &json!({ "roomId": room.id })).unwrap();
        let told = answer(&mut socket, asked);
        (told["success"] == false).then_some(told)
    });
    assert_eq!(refused.expect("in the end there is no space")["code"], code);
}

#[test]
fn a_full_disk_is_read_on_and_used_again_once_there_is_space() {
    let Some(disk) = Mount::new(48) else { return };
    let hub = disk.start();
    let room = make_room(&hub, "anonymous");
    let mut ann = Person::joins(&hub, &room, token(&hub));
    assert_eq!(ann.says("before", "1")["success"], true);
    wait_until("ballast is taken in", || disk.data().join("ballast").exists());
    disk.fill();
    waits_until(&hub, "full");
    let refused = ann.says("during", "2");
    assert_eq!((&refused["success"], &refused["code"]), (&json!(false), &json!("storage_full")));
    assert!(refused["message"].as_str().unwrap().contains("disk is full"), "{refused}");
    assert_eq!(ann.says("before, again", "1")["data"]["content"], "before", "it is kept already");
    assert_eq!(ann.reads(&hub), ["before"]);
    let ready = hub.get("/readyz", &[]);
    assert_eq!((ready.status, ready.text()), (503, "the disk is full: the hub can only be read\n"));
    let form = json!({
        "namespace": "anonymous", "title": "t", "capacity": 0, "isPassword": false, "password": "",
    });
    assert_eq!(hub.post("/chat/rooms", &form.to_string()).status, 507);
    // A member joins again, and for a newcomer the ballast is thrown off.
    let ann = Person::joins(&hub, &room, ann.token);
    let bob = Person::joins(&hub, &room, token(&hub));
    assert!(!disk.data().join("ballast").exists());
    assert!(bob.reads(&hub).is_empty());
    // Not even a start has any space.
    disk.fill();
    hub.signal(Signal::KILL);
    hub.ended();
    let hub = disk.start();
    assert_eq!(storage(&hub).as_deref(), Some("full"));
    let mut ann = Person::joins(&hub, &room, ann.token);
    assert_eq!(ann.reads(&hub), ["before"]);
    assert_eq!(ann.says("during", "3")["code"], "storage_full");
    newcomers_are_refused(&hub, &room, "storage_full");
    disk.empty();
    waits_until(&hub, "ok");
    let mut ann = Person::joins(&hub, &room, ann.token);
    assert_eq!(ann.says("after", "4")["success"], true);
    assert_eq!(ann.reads(&hub), ["before", "after"]);
    drop(hub);
}

#[test]
fn a_read_only_disk_is_read_on_and_used_again_once_it_takes_writing() {
    for stop in [Signal::TERM, Signal::KILL] {
        let Some(disk) = Mount::new(48) else { return };
        let hub = disk.start();
        let room = make_room(&hub, "anonymous");
        let mut ann = Person::joins(&hub, &room, token(&hub));
        assert_eq!(ann.says("before", "1")["success"], true);
        hub.signal(stop);
        hub.ended();
        disk.freeze();
        let hub = disk.start();
        assert_eq!(storage(&hub).as_deref(), Some("read_only"));
        let ready = hub.get("/readyz", &[]);
        assert!(ready.status == 503 && ready.text().contains("read-only"), "{ready:?}");
        let mut ann = Person::joins(&hub, &room, ann.token);
        assert_eq!(ann.reads(&hub), ["before"], "after {stop:?}");
        let refused = ann.says("during", "2");
        assert_eq!(refused["code"], "read_only", "{refused}");
        assert!(refused["message"].as_str().unwrap().contains("takes no writing"), "{refused}");
        newcomers_are_refused(&hub, &room, "read_only");
        disk.thaw();
        waits_until(&hub, "ok");
        let mut ann = Person::joins(&hub, &room, ann.token);
        assert_eq!(ann.says("after", "3")["success"], true);
        assert_eq!(ann.reads(&hub), ["before", "after"]);
        drop(hub);
    }
}

#[test]
fn a_disk_that_breaks_down_to_read_only_in_use_is_read_on() {
    let Some(disk) = Mount::new(48) else { return };
    let hub = disk.start();
    let room = make_room(&hub, "anonymous");
    let mut ann = Person::joins(&hub, &room, token(&hub));
    assert_eq!(ann.says("before", "1")["success"], true);
    // The reaction of ext4 to a card that fails.
    let path = disk.path();
    let aborted = Command::new("mount").args(["-o", "remount,abort"]).arg(&path).status().unwrap();
    assert!(aborted.success());
    let refused = ann.says("during", "2");
    assert_eq!(refused["success"], false, "{refused}");
    waits_until(&hub, "read_only");
    assert_eq!(ann.reads(&hub), ["before"]);
    let ann = Person::joins(&hub, &room, ann.token);
    assert_eq!(ann.reads(&hub), ["before"]);
}

#[test]
fn a_wiped_disk_has_nothing_of_what_was_said_in_any_block() {
    let Some(disk) = Mount::new(48) else { return };
    let hub = disk.start();
    let room = make_room(&hub, "anonymous");
    let mut ann = Person::joins(&hub, &room, token(&hub));
    let secrets: Vec<String> = (0..200).map(|number| format!("watermelon {number}.")).collect();
    for secret in &secrets {
        assert_eq!(ann.says(secret, secret)["success"], true);
    }
    let data = disk.data();
    let data = data.to_str().unwrap();
    let copy = disk.data().join("backups/by-hand.sqlite3");
    let run = |args: &[&str]| {
        let said = colahub(args).output().unwrap();
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    };
    run(&["backup", "--data-dir", data, copy.to_str().unwrap()]);
    assert!(disk.holds(&secrets).len() == secrets.len(), "they are on the disk before");
    // The WAL, which has everything, is emptied for that, and when the hub stops.
    run(&["message", "delete", &room.id, "2", "--data-dir", data]);
    let wal = disk.data().join("hub.sqlite3-wal");
    let size = || fs::metadata(&wal).map_or(0, |file| file.len());
    let full = size();
    wait_for("the WAL is emptied", || if size() < full / 4 { Ok(()) } else { Err(size()) });
    for secret in &secrets {
        assert_eq!(ann.says(&format!("again {secret}"), secret)["success"], true);
    }
    hub.signal(Signal::TERM);
    hub.ended();
    let hub = disk.start();
    run(&["wipe", "--yes", "--data-dir", data]);
    hub.signal(Signal::TERM);
    hub.ended();
    // Also the blocks that belong to no file any more.
    assert_eq!(disk.holds(&secrets), Vec::<&String>::new());
}

/// Says what is not tested on this machine, and writes it where `./dev test` lists it.
fn skipped(what: &str) {
    println!("not tested: {what}");
    if let Some(path) = std::env::var_os("COLAHUB_TEST_SKIPPED") {
        let mut list = std::fs::OpenOptions::new().append(true).create(true).open(path).unwrap();
        std::io::Write::write_all(&mut list, format!("{what}\n").as_bytes()).unwrap();
    }
}
