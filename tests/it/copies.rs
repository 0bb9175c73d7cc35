use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::json;
use tempfile::TempDir;

use crate::kit::{Hub, Signal, told, wait_until};
use crate::sender::{NO_PACE, Sender, join, make_room, read_all};
use crate::socket::{Heard, Socket};

/// What `colahub` says of a copy: its exit code and its words.
fn asked(what: &str, data: &Path, copy: &Path) -> (Option<i32>, String) {
    told(&[what, "--data-dir", data.to_str().unwrap(), copy.to_str().unwrap()])
}

fn stopped(hub: Hub) -> TempDir {
    hub.signal(Signal::TERM);
    hub.ended().1
}

#[test]
fn a_copy_made_while_people_talk_is_restored_and_clients_that_saw_more_are_told() {
    let hub = Hub::with(&[NO_PACE]);
    let elsewhere = tempfile::tempdir().unwrap();
    let copy = elsewhere.path().join("copy.sqlite3");
    let room = make_room(&hub, "anonymous");
    let mut sender = Sender::new("ann".into(), &hub, &room);
    let mut copied = None;
    let talked = sender.talk(hub.address, || {
        // In the middle of the talk.
        copied.get_or_insert_with(|| asked("backup", hub.folder.path(), &copy));
        false
    });
    talked.unwrap();
    let (code, words) = copied.unwrap();
    assert_eq!(code, Some(0), "{words}");
    assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 1, "nothing else is left there");
    sender.talk(hub.address, || false).unwrap();
    let all = read_all(&hub, &room, &sender.token, 0).len();
    let (code, words) = asked("restore", hub.folder.path(), &copy);
    assert!(code == Some(1) && words.contains("another colahub runs"), "{words}");

    let folder = stopped(hub);
    let (code, words) = asked("restore", folder.path(), &copy);
    assert_eq!(code, Some(0), "{words}");
    assert!(words.contains("hub.sqlite3.replaced-1"), "{words}");
    assert!(folder.path().join("hub.sqlite3.replaced-1").exists());
    assert!(copy.exists(), "the copy is still there");
    let hub = Hub::start_in(folder, &[NO_PACE]);
    let kept = read_all(&hub, &room, &sender.token, 0).len();
    assert!(kept > 0 && kept < all, "{kept} of {all}");
    let mut socket = Socket::connect(hub.address, &room.namespace, &sender.token).unwrap();
    let last = i64::try_from(all).unwrap() + 1;
    let entry = join(&mut socket, &room, Some(last)).unwrap();
    assert_eq!(entry["reset"], true, "{entry}");
    let about = hub.get("/api/hub", &[]);
    assert!(about.text().contains(r#""storage":"restored""#), "{}", about.text());
}

#[test]
fn a_failed_backup_or_restore_is_reported_and_changes_nothing() {
    let folder = stopped(Hub::start());
    let data = folder.path();
    let before = fs::read(data.join("hub.sqlite3")).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let there = elsewhere.path().join("there");
    fs::write(&there, "a diary, and no database at all").unwrap();
    let nowhere = elsewhere.path().join("no/where");
    let empty = elsewhere.path().join("empty");
    fs::create_dir(&empty).unwrap();
    for (what, data, copy, words) in [
        ("backup", data, &there, "is there already"),
        ("backup", data, &nowhere, "could not be made"),
        ("backup", &*empty, &nowhere, "hub.sqlite3 is not there"),
        ("restore", data, &there, "is not a colahub database"),
        ("restore", data, &nowhere, "is not there"),
    ] {
        let (code, said) = asked(what, data, copy);
        assert!(code == Some(1) && said.contains(words), "{what}: {said}");
    }
    assert_eq!(fs::read(&there).unwrap(), b"a diary, and no database at all");
    assert_eq!(fs::read(data.join("hub.sqlite3")).unwrap(), before);
}

#[test]
fn a_hub_that_meets_damage_in_use_is_up_again_by_itself() {
    let hub = Hub::with(&[NO_PACE]);
    let room = make_room(&hub, "anonymous");
    let mut sender = Sender::new("ann".into(), &hub, &room);
    let mut left = 300;
    let mut goes_on = || {
        left -= 1;
        left > 0
    };
    sender.talk(hub.address, &mut goes_on).unwrap();
    let folder = stopped(hub);
    let hub = Hub::start_in(folder, &[NO_PACE]);
    let database = hub.folder.path().join("hub.sqlite3");
    let ruined: Vec<u8> = fs::read(&database).unwrap().iter().map(|byte| !byte).collect();
    // In place: the hub has the file open.
    fs::write(&database, &ruined).unwrap();
    let path = format!("/api/rooms/{}/messages", room.id);
    let bearer = format!("Bearer {}", sender.token);
    // Somebody reads, and sooner or later what they read is not in memory any more.
    wait_until("somebody meets the damage", || {
        let _refused = hub.try_get(&path, &[("authorization", &bearer)]);
        hub.folder.path().join("hub.sqlite3.corrupt-1").exists()
    });
    wait_until("the hub gets up", || {
        hub.try_get("/readyz", &[]).is_some_and(|answer| answer.status == 200)
    });
    let room = make_room(&hub, "anonymous");
    let mut socket = Socket::connect(hub.address, &room.namespace, &sender.token).unwrap();
    join(&mut socket, &room, None).unwrap();
    let said = json!({ "roomId": room.id, "content": "on" });
    let asked = socket.ask("sendMessage", &said).unwrap();
    loop {
        if let Heard::Ack(number, envelope) = socket.hear().unwrap() {
            assert_eq!((number, &envelope["success"]), (asked, &json!(true)));
            break;
        }
    }
}
