//! What the host takes back: its place stays, and nothing else of it.

use std::fs;
use std::path::Path;
use std::time::Instant;

use super::*;
use crate::store::sqlite::recovery::{backup, restore};
use crate::store::sqlite::sql::schema;

const SECRET: &str = "내 비밀번호는 수박주스야";

impl Kit {
    async fn host(&mut self, deed: Deed) -> Result<Written, Refusal> {
        self.write(Write::Host(HostAct { deed, what: "x".into(), at: at(40) })).await
    }

    pub(super) async fn takes_back(&mut self, room: RoomId, seqs: &[i64]) -> Vec<i64> {
        let seqs = seqs.iter().map(|seq| Seq(*seq)).collect();
        match self.host(Deed::TakeBack(room, seqs)).await {
            Ok(Written::TakenBack(taken)) => taken.into_iter().map(|(seq, _)| seq.0).collect(),
            other => panic!("{other:?}"),
        }
    }

    /// What stands in each place of the room of somebody.
    async fn reads(&self, room: RoomId, who: u8) -> Vec<String> {
        let member = self.store.reader.member(room, chatter(who).id).await.unwrap().unwrap();
        let (all, _) = self.store.reader.after(member, Seq(0), 1_000).await.unwrap();
        let places: Vec<i64> = all.iter().map(|message| message.seq.0).collect();
        assert_eq!(places, (1..=places.len() as i64).collect::<Vec<_>>(), "without gaps");
        assert!(all.iter().all(|message| message.is_taken_back == message.content.is_empty()));
        all.into_iter().map(|message| message.content).collect()
    }
}

/// A folder with a room, in it a join and three messages, of which the second is the secret.
async fn told() -> (Kit, RoomId) {
    let mut kit = Kit::new();
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    kit.says(room, 1, "하나", None).await;
    kit.says(room, 1, SECRET, Some("k")).await;
    kit.says(room, 1, "셋", None).await;
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

#[tokio::test]
async fn its_place_stays_empty_and_its_key_is_used() {
    let (mut kit, room) = told().await;
    assert_eq!(kit.takes_back(room, &[3, 2, 3]).await, [3, 2]);
    assert!(kit.takes_back(room, &[3]).await.is_empty(), "it was before");
    assert_eq!(kit.reads(room, 1).await[1..], ["", "", "셋"]);
    let (again, repeated) = kit.says(room, 1, SECRET, Some("k")).await;
    assert!(repeated && again.is_taken_back, "{again:?}");
    assert_eq!((again.seq, again.content.as_str()), (Seq(3), ""));
    let kit = kit.reopened();
    assert_eq!(kit.reads(room, 1).await[1..], ["", "", "셋"]);
}

#[tokio::test]
async fn all_of_them_can_be_taken_back_or_none_is() {
    let (mut kit, room) = told().await;
    let none = kit.host(Deed::TakeBack(room, vec![Seq(3), Seq(9)])).await;
    assert_eq!(none, Err(Refusal::NoSuchMessage(Seq(9))));
    let notice = kit.host(Deed::TakeBack(room, vec![Seq(1)])).await;
    assert_eq!(notice, Err(Refusal::NoSuchMessage(Seq(1))), "the hub's own words stand");
    let elsewhere = kit.room(2).await;
    let strange = kit.host(Deed::TakeBack(elsewhere, vec![Seq(3)])).await;
    assert_eq!(strange, Err(Refusal::NoSuchMessage(Seq(3))));
    assert_eq!(kit.reads(room, 1).await[2], SECRET);
    assert!(kit.store.reader.host_log(9).await.unwrap().is_empty(), "a refusal is no deed");
}

#[tokio::test]
async fn who_comes_back_learns_of_it_and_who_has_seen_too_many_begins_anew() {
    let (mut kit, room) = told().await;
    let back = |after| Write::Join(Join { after, notice: None, ..join(room, 1) });
    kit.takes_back(room, &[3]).await;
    let history = kit.returns(back(Some(Seq(4)))).await;
    assert_eq!((history.taken_back, history.reset), (vec![Seq(3)], false));
    let early = kit.returns(back(Some(Seq(2)))).await;
    assert!(early.taken_back.is_empty(), "it is among what they missed: {early:?}");
    assert!(early.missed[0].is_taken_back);
    assert!(kit.returns(back(None)).await.taken_back.is_empty());
    for n in 0..500 {
        kit.says(room, 1, &format!("{n}"), None).await;
    }
    let all: Vec<i64> = (5..505).collect();
    assert_eq!(kit.takes_back(room, &all).await.len(), 500);
    let history = kit.returns(back(Some(Seq(504)))).await;
    assert!(history.reset && history.taken_back.is_empty(), "501 are too many to be told of");
    assert_eq!(history.missed[0].seq, Seq(1));
}

/// The writer empties the WAL in its next quiet moment.
async fn is_forgotten(folder: &Path) {
    let begun = Instant::now();
    while !files_with(folder, "수박주스").is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(20), "it is still there");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_hub_that_was_killed_right_after_forgets_it_at_its_next_start() {
    let (mut kit, room) = told().await;
    // Who reads for long keeps the WAL as it is.
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
async fn it_does_not_come_again_with_a_copy_from_before() {
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
async fn what_the_host_decided_outlives_damage() {
    let (mut kit, room) = told().await;
    let (closed, deleted) = (kit.room(2).await, kit.room(3).await);
    let folder = kit.folder.path().to_owned();
    fs::create_dir_all(folder.join(backup::FOLDER)).unwrap();
    restore::back_up(&folder, &backup::next(&folder), |_, _| {}).unwrap();
    kit.says(room, 1, "넷", None).await;
    kit.takes_back(room, &[3, 5]).await;
    kit.host(Deed::Shut(room, true)).await.unwrap();
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
    assert!(kit.store.past.rooms[0].is_shut);
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

#[tokio::test]
async fn nobody_new_comes_into_a_shut_room_until_it_is_open_again() {
    let (mut kit, room) = told().await;
    kit.host(Deed::Shut(room, true)).await.unwrap();
    let kit_join = |who, admitted| Write::Join(Join { admitted, ..join(room, who) });
    assert_eq!(kit.write(kit_join(2, true)).await, Err(Refusal::Shut));
    assert_eq!(kit.write(kit_join(2, false)).await, Err(Refusal::Shut));
    assert!(kit.write(kit_join(1, false)).await.is_ok(), "who was there comes back");
    let mut kit = kit.reopened();
    assert!(kit.store.past.rooms[0].is_shut);
    assert_eq!(kit.write(kit_join(2, true)).await, Err(Refusal::Shut));
    kit.host(Deed::Shut(room, false)).await.unwrap();
    assert!(kit.write(kit_join(2, true)).await.is_ok());
}

#[tokio::test]
async fn a_room_of_the_hosts_own_is_remembered_as_such() {
    let mut kit = Kit::new();
    let own = Room { by_host: true, ..room(1) };
    kit.host(Deed::Create(own.clone())).await.unwrap();
    let kit = kit.reopened();
    assert_eq!(kit.store.past.rooms, [own]);
    assert_eq!(kit.store.reader.host_log(9).await.unwrap()[0].deed, "room create");
}
