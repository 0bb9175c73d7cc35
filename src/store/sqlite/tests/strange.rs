//! Tests with files that no hub has made.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::*;
use crate::domain::room::PasswordHash;
use crate::store::sqlite::recovery::restore::{self, CopyError, Restored};
use crate::store::sqlite::recovery::{backup, guard, import, replace};
use crate::store::sqlite::sql::schema;

/// A hash that would need 4 GiB of memory to check.
const HUGE: &str = "$argon2id$v=19$m=4194304,t=2,p=1$AwMDAwMDAwMDAwMDAwMDAw$AAAA";

/// A folder with a room, in it a join and two messages, and a copy of it to which this was done.
async fn with_copy(sql: &str) -> (tempfile::TempDir, PathBuf) {
    let mut kit = Kit::new();
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    kit.says(room, 1, "하나", None).await;
    kit.says(room, 1, "둘", Some("k")).await;
    let folder = kit.closed();
    let copy = folder.path().join("copy");
    restore::back_up(folder.path(), &copy, |_, _| {}).unwrap();
    Connection::open(&copy).unwrap().execute_batch(sql).unwrap();
    (folder, copy)
}

fn put_back(folder: &Path, copy: &Path) -> Result<Restored, CopyError> {
    restore::restore(folder, copy, HubId::from_random([5; 16]), |_, _| {})
}

impl Kit {
    async fn contents(&self) -> Vec<String> {
        let member = self.store.reader.member(room(1).id, chatter(1).id).await.unwrap().unwrap();
        let (all, _) = self.store.reader.after(member, Seq(1), 50).await.unwrap();
        all.into_iter().map(|message| message.content).collect()
    }
}

#[tokio::test]
async fn objects_that_no_hub_makes_do_not_come_with_a_copy() {
    let (folder, copy) = with_copy(
        "CREATE TABLE heard (a);
         CREATE TRIGGER spy BEFORE UPDATE ON messages BEGIN INSERT INTO heard VALUES (old.content); END;
         CREATE VIEW v AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT i FROM n;
         CREATE UNIQUE INDEX once ON messages (content);",
    )
    .await;
    let restored = put_back(folder.path(), &copy).unwrap();
    assert_eq!((restored.left_out, restored.mended), (0, 0));
    assert_eq!(
        restored.extra,
        ["table \"heard\"", "trigger \"spy\"", "view \"v\"", "index \"once\""]
    );
    let kit = Kit::in_folder(folder, 8);
    assert_eq!(kit.contents().await, ["하나", "둘"]);
    let db = schema::open_reader(&kit.folder.path().join(FILE)).unwrap();
    assert_eq!(guard::strange(&db, schema::NEWEST).unwrap(), guard::Strange::default());
}

#[tokio::test]
async fn a_copy_with_altered_tables_is_refused_and_changes_nothing() {
    for (sql, named) in [
        ("ALTER TABLE messages DROP COLUMN was", "table \"messages\""),
        (
            "DROP INDEX rooms_deleted; ALTER TABLE rooms RENAME TO r;
             CREATE VIEW rooms AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
             SELECT i AS n FROM n",
            "table \"rooms\"",
        ),
        ("DROP TABLE bans; CREATE TABLE bans (a)", "table \"bans\""),
        ("PRAGMA user_version = 0", "is not a colahub database"),
    ] {
        let (folder, copy) = with_copy(sql).await;
        let before = fs::read(folder.path().join(FILE)).unwrap();
        let error = put_back(folder.path(), &copy).unwrap_err().to_string();
        assert!(error.contains("is not a colahub database") && error.contains(named), "{error}");
        assert_eq!(fs::read(folder.path().join(FILE)).unwrap(), before);
        assert!(!replace::filling(folder.path()).exists());
    }
}

#[tokio::test]
async fn rows_of_a_copy_go_through_the_rules() {
    let (folder, copy) = with_copy(&format!(
        "UPDATE rooms SET lock = '{HUGE}', title = char(27) || '[2J', capacity = -1;
         UPDATE chatters SET nickname = char(27) || ']0;x' || char(7);
         UPDATE messages SET content = char(0x202e, 0) WHERE seq = 2;
         INSERT INTO chatters (n, id, identity, nickname, created_at) VALUES (7, x'00', x'00', 'short', 0);
         INSERT INTO messages (id, room, seq, chatter, kind, content, sent_at, sent_hub)
         VALUES (9223372036854775807, 1, 9, 1, 0, 'last of all', 0, 0);"
    ))
    .await;
    let restored = put_back(folder.path(), &copy).unwrap();
    assert_eq!((restored.left_out, restored.mended), (2, 3));
    let mut kit = Kit::in_folder(folder, 8);
    let [room] = &kit.store.past.rooms[..] else { panic!("{:?}", kit.store.past.rooms) };
    assert_eq!((room.title.as_str(), room.capacity), ("[2J", 0));
    assert_eq!(room.lock, Some(PasswordHash("none".into())), "what was locked stays locked");
    let id = room.id;
    let joined = kit.join(id, 1).await;
    assert_eq!(joined.chatter.nickname.as_str(), "]0;x");
    assert_eq!(kit.contents().await[..2], ["", "둘"], "its place stays");
    assert!(kit.says(id, 1, "on", None).await.0.id.0 < 1 << 52);
}

#[tokio::test]
async fn a_copy_of_each_older_version_is_restored_completely() {
    for version in 1..schema::NEWEST {
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("copy");
        schema::write_as_of(&copy, version);
        let restored = put_back(folder.path(), &copy).unwrap();
        assert_eq!((restored.left_out, restored.mended), (0, 0), "version {version}");
        let kit = Kit::in_folder(folder, 7);
        assert_eq!(kit.store.past.time, HubTime(10));
        let member = kit.store.reader.member_of(room(1).id, RoomIdentity::of(1)).await.unwrap();
        let (all, _) = kit.store.reader.after(member.unwrap(), Seq(0), 50).await.unwrap();
        let all: Vec<_> = all.into_iter().map(|message| message.content).collect();
        assert_eq!(all, ["하나", "둘"], "version {version}");
    }
}

/// The browser in `write_as_of`, whose bytes are those of its room.
struct RoomIdentity;

impl RoomIdentity {
    fn of(n: u8) -> IdentityId {
        IdentityId::from_bytes(*room(n).id.as_bytes())
    }
}

/// In a database of many messages makes one inner page point twice at the same page.
fn tie_a_knot(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let root: u32 = Connection::open(path)
        .unwrap()
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'messages'", [], |row| {
            row.get(0)
        })
        .unwrap();
    let page = (root as usize - 1) * 4096;
    assert_eq!(bytes[page], 5, "an inner page of a table");
    let cell = |bytes: &[u8], n: usize| {
        let at = page + 12 + 2 * n;
        page + usize::from(u16::from_be_bytes([bytes[at], bytes[at + 1]]))
    };
    let (one, other) = (cell(&bytes, 0), cell(&bytes, 1));
    bytes.copy_within(one..one + 4, other);
    fs::write(path, bytes).unwrap();
}

#[tokio::test]
async fn rows_without_end_are_not_followed() {
    let (folder, copy) = with_copy(
        "WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n LIMIT 2000)
         INSERT INTO messages (room, seq, chatter, kind, content, sent_at, sent_hub)
         SELECT 1, i, 1, 0, hex(randomblob(100)), 0, 0 FROM n;",
    )
    .await;
    tie_a_knot(&copy);
    let error = put_back(folder.path(), &copy).unwrap_err();
    assert!(matches!(error, CopyError::Damaged { .. }), "{error}");
    // Also if the check had no time to notice it.
    let from = schema::open_alone(&copy).unwrap();
    let into = schema::open_writer(Path::new(":memory:")).unwrap();
    let error = import::import(&from, &into, &mut || {}).unwrap_err();
    assert_eq!(error.to_string(), "rows of messages are out of order");
}

#[tokio::test]
async fn a_database_with_foreign_objects_is_rewritten_without_them_and_loses_nothing() {
    let (folder, _) = with_copy("").await;
    let path = folder.path().join(FILE);
    Connection::open(&path)
        .unwrap()
        .execute_batch(
            "CREATE TABLE more (room REFERENCES rooms (n)); INSERT INTO more VALUES (1);
             CREATE TRIGGER t BEFORE INSERT ON messages BEGIN SELECT RAISE(ABORT, 'no'); END;",
        )
        .unwrap();
    let mut kit = Kit::in_folder(folder, 8);
    assert_eq!(kit.store.health.loss(), None);
    assert_eq!(kit.contents().await, ["하나", "둘"]);
    assert_eq!(kit.store.past.hub, HubId::from_random([9; 16]), "it is the same hub");
    let (next, _) = kit.says(room(1).id, 1, "셋", None).await;
    assert_eq!((next.seq, next.id.0), (Seq(4), 4), "ids and places go on");
    assert!(kit.folder.path().join("hub.sqlite3.replaced-1").exists());
}

#[tokio::test]
async fn a_database_with_an_altered_table_is_replaced_by_a_copy() {
    let (folder, copy) = with_copy("").await;
    fs::create_dir(folder.path().join(backup::FOLDER)).unwrap();
    fs::rename(copy, backup::next(folder.path()).unwrap()).unwrap();
    let db = Connection::open(folder.path().join(FILE)).unwrap();
    db.execute_batch("ALTER TABLE messages RENAME COLUMN was TO before").unwrap();
    drop(db);
    let kit = Kit::in_folder(folder, 8);
    let loss = kit.store.health.loss().unwrap();
    assert!(loss.cause.contains("table \"messages\" is not as a hub makes it"), "{loss}");
    assert_eq!(kit.contents().await, ["하나", "둘"]);
}

#[tokio::test]
async fn a_foreign_copy_in_the_folder_of_copies_is_skipped() {
    let (folder, copy) = with_copy("CREATE VIEW v AS SELECT 1").await;
    fs::create_dir(folder.path().join(backup::FOLDER)).unwrap();
    fs::rename(copy, backup::next(folder.path()).unwrap()).unwrap();
    assert!(backup::is_good(&folder.path().join("backups/hub-000001.sqlite3")).is_err());
    fs::write(folder.path().join(FILE), "no database at all, but long enough to be one").unwrap();
    let kit = Kit::in_folder(folder, 8);
    assert_eq!(kit.store.health.loss().unwrap().continued_from, ContinuedFrom::Empty);
}

#[tokio::test]
async fn a_copy_that_was_being_prepared_goes_back_to_its_folder() {
    let (folder, copy) = with_copy("").await;
    fs::create_dir(folder.path().join(backup::FOLDER)).unwrap();
    fs::rename(copy, replace::preparing(folder.path())).unwrap();
    fs::write(replace::filling(folder.path()), "half of something").unwrap();
    let kit = Kit::in_folder(folder, 8);
    assert!(!replace::filling(kit.folder.path()).exists());
    assert!(!replace::preparing(kit.folder.path()).exists());
    assert_eq!(backup::list(kit.folder.path()).unwrap().len(), 1);
}
