//! Every file of the data folder is damaged in every simple way: the hub starts, with all messages or with a report of
//! what was lost, or it ends with a sentence.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::host::{enters, host};
use crate::kit::{Hub, Signal, run_in, told, wait_for};
use crate::sender::make_room;
use crate::socket::Heard;

/// A kind of damage to a file, and how the hub reports it.
const DAMAGES: [&str; 7] = [
    "empty",
    "short by a byte",
    "longer by a byte",
    "full of NULs",
    "gone",
    "a folder",
    "unreadable",
];

/// The outcome of a start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// All is as it was.
    Well,
    /// Something of what was said is gone, or may be: that is told, and the rest is there.
    Lost,
    /// People are new to the hub: that is told.
    New,
    /// It does not start, and says of which file.
    Said,
    /// Changes that stood only in the WAL are gone, and the hub cannot know it.
    Silent,
}

use End::{Lost, New, Said, Silent, Well};

/// For each file, what becomes of it with each damage, in their order.
const TABLE: [(&str, [End; 7]); 11] = [
    ("hub.sqlite3", [Lost, Lost, Well, Lost, Lost, Said, Said]),
    // One that is gone as a whole cannot be told from one that was folded in.
    ("hub.sqlite3-wal", [Silent, Well, Well, Silent, Silent, Said, Said]),
    ("hub.sqlite3-shm", [Well, Well, Well, Well, Well, Said, Said]),
    ("identity.key", [New, New, New, New, Well, New, New]),
    ("hub.lock", [Well, Well, Well, Well, Well, Said, Said]),
    ("network-name", [Well, Well, Well, Well, Well, Well, Well]),
    ("host-clock", [Well, Well, Well, Well, Well, Well, Well]),
    ("ballast", [Well, Well, Well, Well, Well, Well, Well]),
    ("backups", [Well, Well, Well, Well, Well, Well, Well]),
    ("backups/hub-000001.sqlite3", [Well, Well, Well, Well, Well, Well, Well]),
    ("hub.sqlite3.suspect", [Well, Well, Well, Well, Well, Well, Well]),
];

/// The folder of a hub that ended so, with a message in a copy and others that came later.
fn good(end: Signal) -> (tempfile::TempDir, String) {
    let hub = Hub::start();
    let room = make_room(&hub, "n");
    let (mut ann, _) = enters(&hub, &room);
    let mut says = |what: &str| {
        let said = json!({"roomId": room.id, "content": what});
        let asked = ann.ask("sendMessage", &said).unwrap();
        while !matches!(ann.hear().unwrap(), Heard::Ack(number, _) if number == asked) {}
    };
    says("copied");
    let copy = hub.folder.path().join("backups/hub-000001.sqlite3");
    let (done, text) = host(&hub, &["backup", copy.to_str().unwrap()]);
    assert!(done, "{text}");
    says("later");
    // Of the very last commit nobody can know whether it was ever acknowledged.
    says("last");
    fs::write(hub.folder.path().join("network-name"), "cola 2\n").unwrap();
    fs::write(hub.folder.path().join("host-clock"), "27b1a43d 1795000000000\n").unwrap();
    fs::write(hub.folder.path().join("hub.sqlite3.suspect"), "it was odd").unwrap();
    hub.signal(end);
    (hub.ended().1, room.id)
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

fn damage(path: &Path, how: &str) {
    let mut bytes = fs::read(path).unwrap_or_default();
    let _gone = fs::remove_file(path).or_else(|_| fs::remove_dir_all(path));
    match how {
        "empty" => bytes.clear(),
        "short by a byte" => {
            bytes.pop();
        }
        "longer by a byte" => bytes.push(7),
        "full of NULs" => bytes.fill(0),
        "gone" => return,
        "a folder" => return fs::create_dir(path).unwrap(),
        // Also for root, who may read everything: a link to itself.
        _ => return symlink(path.file_name().unwrap(), path).unwrap(),
    }
    fs::write(path, bytes).unwrap();
}

/// The outcome of a start on this folder, and its output.
fn start(folder: &tempfile::TempDir, room: &str, file: &str) -> (End, String) {
    let log = folder.path().join("log");
    let mut command = run_in(folder.path());
    command.stderr(fs::File::create(&log).unwrap()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    std::io::BufRead::read_line(
        &mut std::io::BufReader::new(child.stdout.take().unwrap()),
        &mut line,
    )
    .unwrap();
    if line.is_empty() {
        let end = || child.try_wait().unwrap().ok_or("running");
        let status = wait_for("it ends, as it does not serve", end);
        let said = fs::read_to_string(&log).unwrap();
        let is_sentence = said.lines().any(|line| line.starts_with("colahub: ") && line.len() > 40);
        let is_named = said.contains(file) || said.contains(folder.path().to_str().unwrap());
        assert!(status.code() == Some(1) && is_sentence && is_named, "{status}: {said}");
        return (Said, said);
    }
    let data = folder.path().to_str().unwrap();
    let (_, status) = told(&["status", "--data-dir", data, "--json"]);
    let (_, messages) = told(&["message", "list", room, "--data-dir", data, "--json"]);
    child.kill().unwrap();
    child.wait().unwrap();
    let status: Value = serde_json::from_str(&status).unwrap();
    let lost = status["data"]["loss"].as_str().unwrap_or_default();
    let said = fs::read_to_string(&log).unwrap();
    let all = format!("{status} {messages} {said}");
    let is_whole = messages.contains("copied") && messages.contains("later");
    if lost.contains("key") {
        assert!(is_whole && said.contains("is a new chatter"), "{all}");
        return (New, all);
    }
    if lost.is_empty() {
        return (if is_whole { Well } else { Silent }, all);
    }
    assert!(messages.contains("copied"), "{all}");
    assert!(said.contains("the hub goes on") || said.contains("are gone"), "{all}");
    (Lost, all)
}

#[test]
fn after_any_damage_the_hub_is_up_or_says_why_not() {
    let (stopped, killed) = (good(Signal::TERM), good(Signal::KILL));
    let mut wrong = Vec::new();
    for (file, ends) in TABLE {
        // A WAL is there only where a hub was killed, and may hold all that the database lacks.
        let has_wal = file.ends_with("-wal") || file.ends_with("-shm");
        let (good, room) = if has_wal { &killed } else { &stopped };
        for (how, wanted) in DAMAGES.into_iter().zip(ends) {
            let folder = tempfile::tempdir().unwrap();
            copy(good.path(), folder.path());
            damage(&folder.path().join(file), how);
            let (end, said) = start(&folder, room, file);
            if end != wanted {
                wrong.push(format!("{file} {how}: {end:?}, not {wanted:?}: {said}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_missing_database_without_copies_is_reported_and_so_is_one_without_tables() {
    let (good, room) = good(Signal::TERM);
    fs::remove_dir_all(good.path().join("backups")).unwrap();
    for how in ["gone", "without tables"] {
        let folder = tempfile::tempdir().unwrap();
        copy(good.path(), folder.path());
        let database = folder.path().join("hub.sqlite3");
        fs::remove_file(&database).unwrap();
        if how != "gone" {
            let db = rusqlite::Connection::open(&database).unwrap();
            db.execute_batch("CREATE TABLE t (a); DROP TABLE t;").unwrap();
        }
        let hub = Hub::start_in(folder, &[]);
        let (_, status) = host(&hub, &["status"]);
        assert!(status.contains("the hub begins again: all messages are gone"), "{how}: {status}");
        let (_, doctor) = host(&hub, &["doctor", "--listen", &hub.address.to_string()]);
        assert!(doctor.contains("goes on from a copy, or without"), "{how}: {doctor}");
        let (done, _) = host(&hub, &["message", "list", &room]);
        assert!(!done, "{how}");
    }
}

#[test]
fn a_hub_starts_silently_only_if_none_has_ever_run_there() {
    let hub = Hub::start();
    let (_, status) = host(&hub, &["status"]);
    assert!(!status.contains("Lost") && !status.contains("Copies"), "{status}");
}

#[test]
fn a_copy_cannot_have_a_name_of_the_hubs_and_its_folder_is_created() {
    let hub = Hub::with(&[("COLAHUB_BACKUP_EVERY", "off")]);
    let folder = hub.folder.path().to_owned();
    for name in ["backups", "hub.sqlite3.ready", "identity.key.new", "probe"] {
        let (done, text) = host(&hub, &["backup", folder.join(name).to_str().unwrap()]);
        assert!(!done && text.contains("the hub itself uses"), "{name}: {text}");
        assert!(!folder.join(name).exists(), "{name}");
    }
    let inside = folder.join("backups/by-hand.sqlite3");
    let (done, text) = host(&hub, &["backup", inside.to_str().unwrap()]);
    assert!(done && inside.is_file(), "{text}");
}

#[test]
fn a_copy_in_the_place_of_the_folder_of_copies_becomes_one_of_them() {
    let hub = Hub::start();
    let elsewhere = tempfile::tempdir().unwrap();
    let copy = elsewhere.path().join("copy");
    assert!(host(&hub, &["backup", copy.to_str().unwrap()]).0);
    hub.signal(Signal::TERM);
    let (_, folder) = hub.ended();
    let backups = folder.path().join("backups");
    fs::remove_dir(&backups).unwrap();
    fs::copy(&copy, &backups).unwrap();
    let hub = Hub::start_in(folder, &[]);
    assert!(backups.join("hub-000001.sqlite3").is_file());
    drop(hub);
}

#[test]
fn the_host_is_warned_if_no_copies_can_be_made() {
    let hub = Hub::start();
    hub.signal(Signal::TERM);
    let (_, folder) = hub.ended();
    let backups = folder.path().join("backups");
    fs::remove_dir(&backups).unwrap();
    symlink("backups", &backups).unwrap();
    let hub = Hub::start_in(folder, &[]);
    let (_, status) = host(&hub, &["status"]);
    assert!(status.contains("Copies     none are made: "), "{status}");
}
