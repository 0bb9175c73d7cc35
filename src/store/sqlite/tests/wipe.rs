//! Tests of a wipe's files: what is overwritten, and what an interrupted one leaves.

use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::domain::ids::WipeId;
use crate::store::sqlite::recovery::{backup, replace, restore};

const SECRET: &str = "a watermelon a day";

fn order(folder: &Path) {
    order_wipe(folder, WipeId::from_random([5; 16]), true).unwrap();
}

fn carried_out(folder: &Path) -> Option<WipeReceipt> {
    carry_out_wipe(folder, HubId::from_random([6; 16]), |_, _| ()).unwrap()
}

/// All files in a folder that hold these bytes.
fn holding(folder: &Path, wanted: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            found.extend(holding(&path, wanted));
        } else if let Ok(bytes) = fs::read(&path)
            && bytes.windows(wanted.len()).any(|window| window == wanted.as_bytes())
        {
            found.push(path);
        }
    }
    found
}

/// A folder in which the secret was said: it is in the database, in its WAL, in a copy, and in a file set aside.
async fn told() -> tempfile::TempDir {
    let mut kit = Kit::new();
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    kit.says(room, 1, SECRET, None).await;
    let lived = kit.folder.path().to_owned();
    let folder = lived.as_path();
    fs::create_dir(folder.join(backup::FOLDER)).unwrap();
    restore::back_up(folder, &backup::next(folder).unwrap(), |_, _| {}).unwrap();
    restore::back_up(folder, &folder.join("backups/by-hand.db"), |_, _| {}).unwrap();
    let aside = folder.join("hub.sqlite3.corrupt-1");
    fs::copy(backup::list(folder).unwrap()[0].1.clone(), aside).unwrap();
    kit.says(room, 1, SECRET, None).await;
    // As a hub that was killed leaves it, with its WAL.
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(backup::FOLDER)).unwrap();
    for part in ["", backup::FOLDER] {
        for file in fs::read_dir(kit.folder.path().join(part)).unwrap() {
            let path = file.unwrap().path();
            if path.is_file() {
                let name = path.strip_prefix(kit.folder.path()).unwrap();
                fs::copy(&path, folder.path().join(name)).unwrap();
            }
        }
    }
    assert_eq!(
        holding(folder.path(), SECRET).len(),
        4,
        "the WAL is one of them, the database not yet"
    );
    folder
}

#[tokio::test]
async fn nothing_of_what_was_said_is_in_any_file() {
    let folder = told().await;
    fs::write(folder.path().join("backups/chat.zip"), "PK").unwrap();
    let survey = survey_wipe(folder.path()).unwrap();
    assert_eq!(survey.copies, ["backups/by-hand.db", "backups/hub-000001.sqlite3"]);
    assert_eq!(survey.set_aside, ["hub.sqlite3.corrupt-1"]);
    assert_eq!(survey.content.unwrap().messages, 2);
    assert_eq!(carried_out(folder.path()), None, "nothing was ordered");
    order(folder.path());
    let receipt = carried_out(folder.path()).unwrap();
    assert_eq!((receipt.copies, receipt.set_aside), (2, 1));
    assert!(receipt.bytes > 3 * 4096, "{receipt:?}");
    assert_eq!(receipt.left.len(), 1);
    assert_eq!(receipt.left[0].name, "backups/chat.zip");
    assert_eq!(holding(folder.path(), SECRET), Vec::<PathBuf>::new());
    assert_eq!(holding(folder.path(), "n1"), Vec::<PathBuf>::new(), "nor a name");
    assert_eq!(wipe_receipts(folder.path()).unwrap(), [receipt]);
    let mut names: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    // It comes in a quiet moment of the store, or later.
    names.retain(|name| name != "ballast");
    assert_eq!(names, ["backups", "hub.sqlite3", "wipe-receipts.jsonl"]);
    let kit = Kit::in_folder(folder, 8);
    assert!(kit.store.past.rooms.is_empty() && kit.store.health.loss().is_none());
}

#[tokio::test]
async fn a_running_store_leaves_its_wal_for_the_wipe() {
    let mut kit = Kit::new();
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    kit.says(room, 1, SECRET, None).await;
    // A reader ends after the writer.
    let reader = kit.store.reader.clone();
    assert!(reader.host_log(1).await.unwrap().is_empty());
    order(kit.folder.path());
    let folder = kit.closed();
    drop(reader);
    let wal = fs::read(folder.path().join("hub.sqlite3-wal")).unwrap();
    assert!(wal.windows(SECRET.len()).any(|window| window == SECRET.as_bytes()));
    carried_out(folder.path()).unwrap();
    assert_eq!(holding(folder.path(), SECRET), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn a_wipe_that_was_cut_off_goes_on_and_nothing_else_is_done_before() {
    let folder = told().await;
    let path = folder.path();
    order(path);
    let copy = path.join("backups/by-hand.db");
    let refused =
        restore::restore(path, &copy, HubId::from_random([5; 16]), |_, _| {}).unwrap_err();
    assert!(refused.to_string().contains("a wipe was ordered"), "{refused}");
    assert!(renew_id(path, HubId::from_random([5; 16])).is_err());
    // A second order does not take the place of the first.
    let first = WipeId::from_random([5; 16]).to_string();
    assert_eq!(order_wipe(path, WipeId::from_random([6; 16]), false).unwrap(), first);
    // Cut off while the new database was filled.
    fs::write(replace::filling(path), SECRET).unwrap();
    let kit = Kit::in_folder(folder, 8);
    assert_eq!(holding(kit.folder.path(), SECRET), Vec::<PathBuf>::new());
    assert_eq!(wipe_receipts(kit.folder.path()).unwrap().len(), 1);
}

#[tokio::test]
async fn a_copy_that_was_overwritten_in_part_is_overwritten_to_its_end() {
    let folder = told().await;
    let path = folder.path();
    order(path);
    // Up to where the files are overwritten: one cannot be removed.
    let copy = path.join("backups/by-hand.db");
    let noted = serde_json::json!({
        "id": WipeId::from_random([5; 16]).to_string(), "keepRooms": true, "files": ["backups/by-hand.db", "../x", "backups/.."],
        "receipt": WipeReceipt {
            id: String::new(), at: 1, content: None, rooms_kept: 0, copies: 1, set_aside: 0, bytes: 1, export: None,
            said_since: None, left: Vec::new(),
        },
    });
    fs::write(path.join("wipe.order"), noted.to_string()).unwrap();
    fs::write(replace::filling(path), "").unwrap();
    let mut torn = fs::read(&copy).unwrap();
    torn[..512].fill(0);
    fs::write(&copy, torn).unwrap();
    assert!(holding(path, SECRET).contains(&copy));
    carried_out(path).unwrap();
    assert_eq!(holding(path, SECRET), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn a_damaged_database_is_wiped_with_nothing_kept() {
    let folder = told().await;
    let path = folder.path().join(FILE);
    let ruined: Vec<u8> = fs::read(&path).unwrap().iter().map(|byte| !byte).collect();
    fs::write(&path, ruined).unwrap();
    assert!(survey_wipe(folder.path()).unwrap().content.is_err());
    order(folder.path());
    let receipt = carried_out(folder.path()).unwrap();
    assert_eq!(receipt.content, None);
    assert_eq!(holding(folder.path(), SECRET), Vec::<PathBuf>::new());
    let kit = Kit::in_folder(folder, 8);
    assert!(kit.store.past.rooms.is_empty());
}

#[test]
fn an_order_that_is_none_stops_the_start_and_is_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("wipe.order"), "please").unwrap();
    let fresh = HubId::from_random([9; 16]);
    let error = Store::<u32>::open(folder.path(), fresh, StoreOptions::default()).unwrap_err();
    assert!(error.to_string().contains("wipe.order is no order of a wipe"), "{error}");
    assert!(!folder.path().join(FILE).exists());
}

#[test]
fn an_order_in_an_empty_folder_leaves_an_empty_hub() {
    let folder = tempfile::tempdir().unwrap();
    order(folder.path());
    let receipt = carried_out(folder.path()).unwrap();
    assert_eq!((receipt.content, receipt.bytes), (None, 0));
    let kit = Kit::in_folder(folder, 8);
    assert_eq!(kit.store.past.hub, HubId::from_random([8; 16]));
}
