//! `colahub wipe`: what it says before, what it leaves, and that nothing of what was said can be found any more.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::host::{enters, host, listed};
use crate::host_calls::{Holder, sent};
use crate::host_words::{asks, says};
use crate::kit::{Hub, Signal, told, wait_until};
use crate::sender::{Room, join, make_room, token};
use crate::socket::Socket;

/// Where any of these texts is found in the bytes of a folder's files.
fn holding(folder: &Path, texts: &[String]) -> Vec<String> {
    let mut grep = Command::new("grep");
    grep.args(["-r", "-a", "-o", "-F"]).args(texts.iter().flat_map(|text| ["-e", text]));
    let found = grep.arg(folder).env("LC_ALL", "C").output().unwrap();
    // 1: nothing.
    assert!(found.status.code() <= Some(1), "{}", String::from_utf8_lossy(&found.stderr));
    String::from_utf8_lossy(&found.stdout).lines().map(str::to_owned).collect()
}

/// A room that the host has made.
fn room_of_host(hub: &Hub, title: &str) -> (Room, String) {
    let (done, text) = host(hub, &["room", "create", title]);
    assert!(done, "{text}");
    let rooms = listed(hub, &["room", "list"]);
    let line = rooms.iter().find(|line| line["title"] == title).unwrap();
    let text = |field: &str| line[field].as_str().unwrap().to_owned();
    (Room { id: text("id"), namespace: text("namespace") }, text("code"))
}

/// Two people talk, one of them in a room of guests, and two report that. Returns what must not be found later.
fn talk(hub: &Hub, of_host: &Room) -> Vec<String> {
    let guests = make_room(hub, "n");
    let mut secrets = Vec::new();
    for (number, room) in [of_host, &guests].into_iter().enumerate() {
        // Before, so that they may read what is said.
        let (mut bob, _) = enters(hub, room);
        let mut socket = Socket::connect(hub.address, &room.namespace, &token(hub)).unwrap();
        let entry = asks(&mut socket, "joinRoom", &json!({"roomId": room.id}));
        for part in 0..20 {
            let secret = format!("watermelon {number} {part}");
            says(&mut socket, room, &secret, &format!("k{part}"));
            secrets.push(secret);
        }
        let report = json!({"roomId": room.id, "seq": 3, "reason": "a rotten cherry"});
        asks(&mut bob, "report", &report);
        secrets.push(entry["nickname"].as_str().unwrap().to_owned());
        let id = entry["id"].as_str().unwrap();
        assert!(host(hub, &["chatter", "mute", id]).0);
    }
    secrets.push("a rotten cherry".to_owned());
    secrets.push(guests.id);
    secrets
}

fn are_gone(folder: &Path, secrets: &[String]) {
    assert_eq!(holding(folder, secrets), Vec::<String>::new());
}

fn wipe(folder: &Path, args: &[&str]) -> (Option<i32>, String) {
    told(&[&["wipe", "--data-dir", folder.to_str().unwrap()], args].concat())
}

#[test]
fn a_hub_that_runs_is_wiped_and_goes_on_with_the_rooms_of_its_host() {
    let hub = Hub::start();
    let (of_host, code) = room_of_host(&hub, "Stage");
    let secrets = talk(&hub, &of_host);
    let elsewhere = tempfile::tempdir().unwrap();
    let zip = elsewhere.path().join("chat.zip");
    let copy = hub.folder.path().join("backups/by-hand.sqlite3");
    assert!(host(&hub, &["backup", copy.to_str().unwrap()]).0);
    let (done, exported) = host(&hub, &["export", zip.to_str().unwrap()]);
    assert!(done, "{exported}");
    let sum = exported.lines().find_map(|line| line.strip_prefix("SHA-256 ")).unwrap();
    let (mut ann, _) = enters(&hub, &of_host);
    says(&mut ann, &of_host, "a late cherry", "k");

    let (code_of, asked) = wipe(hub.folder.path(), &[]);
    assert_eq!(code_of, Some(1), "{asked}");
    for part in [
        "41 messages in 3 rooms, and 5 people",
        "1 copy of the database: backups/by-hand.sqlite3",
        "--keep-rooms keeps those of hosts",
        "Warning: 1 message was said after the last export",
        sum,
        "there is no terminal to ask at",
    ] {
        assert!(asked.contains(part), "{part} is not in {asked}");
    }
    let late = ["a late cherry".to_owned()];
    assert!(!holding(hub.folder.path(), &late).is_empty(), "nothing was done");
    assert!(
        holding(hub.folder.path(), &secrets).len() > secrets.len(),
        "they are in more than one file"
    );

    let mut holder = Holder::added(&hub, &["ann"]);
    let (code_of, said) = wipe(hub.folder.path(), &["--yes", "--keep-rooms"]);
    assert_eq!(code_of, Some(0), "{said}");
    for part in ["Wiped at ", "1 copy of the database and 0 files", sum, "not 1 message that came"]
    {
        assert!(said.contains(part), "{part} is not in {said}");
    }
    wait_until("the hub is back", || {
        hub.try_get("/readyz", &[]).is_some_and(|answer| answer.status == 200)
    });
    are_gone(hub.folder.path(), &secrets);
    are_gone(hub.folder.path(), &late);
    let rooms = listed(&hub, &["room", "list"]);
    let codes: Vec<_> = rooms.iter().map(|line| (&line["title"], &line["people"])).collect();
    assert!(codes.contains(&(&json!("Stage"), &json!(0))) && codes.len() == 2, "{codes:?}");
    assert!(rooms.iter().any(|line| line["code"] == code.as_str()), "its code is on posters");
    assert_eq!(sent(&hub, &holder.signs("GET", "overview", "")).status, 200, "hosts stay hosts");
    let (mut bob, entry) = enters(&hub, &of_host);
    assert_eq!((&entry["firstSeq"], &entry["missed"]), (&json!(1), &entry["missed"]), "{entry}");
    says(&mut bob, &of_host, "good morning", "k");
    for list in [&["report", "list"][..], &["chatter", "list", "--muted"]] {
        assert!(listed(&hub, list).is_empty());
    }
    let (_, receipts) = wipe(hub.folder.path(), &["--receipts"]);
    assert!(receipts.contains(sum), "{receipts}");
    // It is a hub like any other at its next start.
    hub.signal(Signal::KILL);
    let hub = Hub::start_in(hub.ended().1, &[]);
    assert_eq!(listed(&hub, &["message", "list", &of_host.id]).len(), 2);
    assert!(hub.get("/api/hub", &[]).text().contains(r#""storage":"ok""#));
}

#[test]
fn somebody_who_is_connected_comes_back_to_an_empty_room() {
    let hub = Hub::start();
    let (of_host, _) = room_of_host(&hub, "Stage");
    let anns = token(&hub);
    let mut ann = Socket::connect(hub.address, &of_host.namespace, &anns).unwrap();
    let before = join(&mut ann, &of_host, None).unwrap();
    let last = says(&mut ann, &of_host, "watermelon", "k")["seq"].clone();
    assert_eq!(wipe(hub.folder.path(), &["--yes", "--keep-rooms"]).0, Some(0));
    while ann.hear().is_ok() {}
    let mut ann = Socket::connect(hub.address, &of_host.namespace, &anns).unwrap();
    let back = json!({"roomId": of_host.id, "after": last, "epoch": before["epoch"]});
    let entry = asks(&mut ann, "joinRoom", &back);
    assert_eq!((&entry["reset"], &entry["firstSeq"]), (&json!(true), &json!(1)), "{entry}");
    assert_ne!(entry["epoch"], before["epoch"]);
    assert_ne!(entry["id"], before["id"], "the one that they were is forgotten");
    assert!(!entry["missed"].to_string().contains("watermelon"), "{entry}");
}

#[test]
fn a_hub_that_is_stopped_is_wiped_by_the_command_itself() {
    for signal in [Signal::TERM, Signal::KILL] {
        let hub = Hub::start();
        let (of_host, _) = room_of_host(&hub, "Stage");
        let secrets = talk(&hub, &of_host);
        hub.signal(signal);
        let folder = hub.ended().1;
        let (code, said) = wipe(folder.path(), &["--yes"]);
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains("Warning: nothing was exported"), "{said}");
        assert!(said.contains("No rooms were kept.\nNothing had been exported."), "{said}");
        are_gone(folder.path(), &secrets);
        let hub = Hub::start_in(folder, &[]);
        let rooms = listed(&hub, &["room", "list"]);
        assert!(rooms.iter().all(|line| line["title"] != "Stage"), "{rooms:?}");
        let (_ann, entry) = enters(&hub, &first_room(&rooms));
        assert_eq!(entry["firstSeq"], 1);
    }
}

fn first_room(rooms: &[Value]) -> Room {
    let text = |field: &str| rooms[0][field].as_str().unwrap().to_owned();
    Room { id: text("id"), namespace: text("namespace") }
}

#[test]
fn where_there_is_nothing_to_wipe_a_sentence_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let (code, said) = wipe(folder.path(), &["--yes"]);
    assert!(code == Some(1) && said.contains("there is nothing to wipe in"), "{said}");
    let nowhere = folder.path().join("nowhere");
    let (code, said) = wipe(&nowhere, &["--yes"]);
    assert!(code == Some(1) && said.contains("there is nothing to wipe in"), "{said}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is made");
    let (code, said) = wipe(folder.path(), &["--receipts"]);
    assert!(code == Some(0) && said.contains("Nothing was wiped so far."), "{said}");
    let (code, said) = wipe(folder.path(), &["--receipts", "--yes"]);
    assert!(code == Some(2), "{said}");
}
