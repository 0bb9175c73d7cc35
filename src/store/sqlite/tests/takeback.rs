//! Messages that the host takes back disappear from the file, too.

use std::fs;
use std::path::Path;
use std::time::Instant;

use super::*;
use crate::domain::announcement::Announcement;
use crate::domain::ids::AnnouncementId;
use crate::domain::language::Language;
use crate::domain::mode::{Mode, RoomMode};
use crate::domain::text::Content;
use crate::domain::time::WallTime;
use crate::domain::words;
use crate::store::sqlite::recovery::{backup, restore};
use crate::store::sqlite::sql::schema;
use crate::store::tests::takeback::SECRET;

/// A folder with such a room.
async fn told() -> (Kit, RoomId) {
    let mut kit = Kit::new();
    let room = kit.told().await;
    (kit, room)
}

fn files_with(folder: &Path, text: &str) -> Vec<String> {
    let holds = |path: &Path| {
        let bytes = fs::read(path).unwrap();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    };
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let files = files.filter(|path| path.is_file() && holds(path));
    files.map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect()
}

/// The writer empties the WAL in its next quiet moment.
async fn is_forgotten(folder: &Path) {
    let begun = Instant::now();
    while !files_with(folder, "수박주스").is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(300), "it is still there");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_hub_that_was_killed_right_after_forgets_it_at_its_next_start() {
    let (mut kit, room) = told().await;
    // A long read keeps the WAL as it is.
    let reader = schema::open_reader(&kit.folder.path().join(FILE)).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM messages;").unwrap();
    kit.takes_back(room, &[3]).await;
    let cut = tempfile::tempdir().unwrap();
    for name in [FILE, "hub.sqlite3-wal"] {
        fs::copy(kit.folder.path().join(name), cut.path().join(name)).unwrap();
    }
    assert!(!files_with(cut.path(), SECRET).is_empty(), "it stands there still");
    let kit = Kit::in_folder(cut, 8);
    is_forgotten(kit.folder.path()).await;
}

#[tokio::test]
async fn nothing_of_it_is_left_on_the_disk() {
    let (mut kit, room) = told().await;
    let long = "수박주스".repeat(2_000);
    kit.says(room, 1, &long, None).await;
    assert!(!files_with(kit.folder.path(), SECRET).is_empty());
    kit.takes_back(room, &[3, 5]).await;
    is_forgotten(kit.folder.path()).await;
    assert_eq!(kit.reads(room, 1).await[1..], ["하나", "", "셋", ""]);
}

#[tokio::test]
async fn nothing_of_what_the_host_has_said_is_left_on_the_disk_not_in_the_log_either() {
    let (mut kit, room) = (Kit::new(), room(1).id);
    kit.room(1).await;
    let content = Content::trusted(SECRET.into());
    let (host, key) = (words::host_name(Language::Ko), None);
    let say = HostSay { room, host, content: content.clone(), key };
    kit.host(Deed::Say(say)).await.unwrap();
    let announcement = Announcement {
        id: AnnouncementId::from_random([1; 16]),
        room: None,
        text: content,
        made_at: WallTime(0),
        until: None,
    };
    let announce = Deed::Announce(announcement.clone(), words::host_name(Language::Ko));
    kit.host(announce).await.unwrap();
    kit.host(Deed::TakeDown(announcement.id)).await.unwrap();
    assert!(!files_with(kit.folder.path(), "수박주스").is_empty());
    kit.takes_back(room, &[1, 2]).await;
    is_forgotten(kit.folder.path()).await;
}

#[tokio::test]
async fn it_does_not_come_back_with_an_older_copy() {
    let (mut kit, room) = told().await;
    let folder = kit.folder.path().to_owned();
    let copy = folder.join("copy");
    restore::back_up(&folder, &copy, |_, _| {}).unwrap();
    kit.takes_back(room, &[3]).await;
    let folder = kit.closed();
    restore::restore(folder.path(), &copy, HubId::from_random([5; 16]), |_, _| {}).unwrap();
    let kit = Kit::in_folder(folder, 8);
    assert_eq!(kit.reads(room, 1).await[1..], ["하나", "", "셋"]);
}

#[tokio::test]
async fn the_hosts_decisions_outlive_damage() {
    let (mut kit, room) = told().await;
    let (closed, deleted, slow) = (kit.room(2).await, kit.room(3).await, kit.room(4).await);
    let folder = kit.folder.path().to_owned();
    fs::create_dir_all(folder.join(backup::FOLDER)).unwrap();
    restore::back_up(&folder, &backup::next(&folder).unwrap(), |_, _| {}).unwrap();
    kit.says(room, 1, "넷", None).await;
    kit.takes_back(room, &[3, 5]).await;
    kit.host(Deed::SetMode(SetMode::shut(room, true))).await.unwrap();
    let mode = RoomMode { mode: Mode::Slow(Duration::from_secs(9)), until: Some(HubTime(1 << 40)) };
    let set = SetMode { rooms: vec![slow], mode, deed: "room mode" };
    kit.host(Deed::SetMode(set)).await.unwrap();
    kit.host(Deed::Close(closed)).await.unwrap();
    let folder = kit.closed();
    // Nothing of the deleted room has been taken away yet.
    let db = rusqlite::Connection::open(folder.path().join(FILE)).unwrap();
    db.execute("UPDATE rooms SET deleted = 1 WHERE id = ?1", [deleted.as_bytes()]).unwrap();
    drop(db);
    damages_an_index(folder.path());
    let kit = Kit::in_folder(folder, 7);
    assert!(kit.store.health.loss().is_some(), "it was damaged");
    assert_eq!(kit.reads(room, 1).await[1..], ["하나", "", "셋", ""]);
    let living: Vec<RoomId> = kit.store.past.rooms.iter().map(|room| room.id).collect();
    assert!(living.contains(&room) && !living.contains(&closed), "{living:?}");
    assert!(kit.store.past.rooms[0].mode.is_shut());
    assert_eq!(kit.store.reader.room(slow).await.unwrap().unwrap().mode, mode);
    assert_eq!(kit.store.reader.room(deleted).await, Ok(None));
}

/// Makes an index of the database unreadable, so that the file counts as damaged.
pub(super) fn damages_an_index(folder: &Path) {
    let path = folder.join(FILE);
    let db = rusqlite::Connection::open(&path).unwrap();
    let page: u32 = db
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'messages_by_key'", [], |row| {
            row.get(0)
        })
        .unwrap();
    drop(db);
    let page = page as usize;
    let mut bytes = fs::read(&path).unwrap();
    bytes[(page - 1) * 4096..page * 4096].fill(0xff);
    fs::write(&path, bytes).unwrap();
}

#[tokio::test]
async fn a_damaged_file_of_an_older_schema_is_rescued_too() {
    for version in 1..schema::NEWEST {
        let folder = tempfile::tempdir().unwrap();
        schema::write_as_of(&folder.path().join(FILE), version);
        damages_an_index(folder.path());
        let kit = Kit::in_folder(folder, 7);
        let loss = kit.store.health.loss().unwrap();
        assert_eq!(loss.salvaged, 2, "version {version}: {loss}");
        assert_eq!(kit.reads(room(1).id, 1).await, ["하나", "둘"], "version {version}");
        assert_eq!(kit.store.past.rooms.len(), 1, "version {version}");
    }
}
