//! Tests with damaged files.

use std::fs;
use std::path::Path;

use super::*;
use crate::domain::host::{BrowserMark, HostKey, HostName, HostRole, KeyUse};
use crate::domain::ids::HostKeyId;
use crate::domain::refusal::HostRefusal;
use crate::store::sqlite::recovery::{backup, recover, replace};
use crate::store::sqlite::sql::schema;

/// A folder with a database and its backup, which has `copied` messages; the database has `lost` more.
async fn folder(copied: usize, lost: usize) -> tempfile::TempDir {
    let mut kit = Kit::new();
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    for n in 0..copied {
        kit.says(room, 1, &format!("copied {n}"), None).await;
    }
    kit.copies();
    for n in 0..lost {
        kit.says(room, 1, &format!("lost {n}"), None).await;
    }
    kit.closed()
}

impl Kit {
    fn copies(&self) {
        fs::create_dir_all(self.folder.path().join(backup::FOLDER)).unwrap();
        let mut db = schema::open_beside(&self.folder.path().join(FILE)).unwrap();
        backup::copy(&mut db, &backup::next(self.folder.path()).unwrap(), |_, _| true).unwrap();
    }

    fn loss(&self) -> &Loss {
        self.store.health.loss().unwrap()
    }
}

/// Overwrites all pages but the first with something else.
fn ruin(file: &Path) {
    let mut bytes = fs::read(file).unwrap();
    for byte in &mut bytes[4096..] {
        *byte = !*byte;
    }
    fs::write(file, bytes).unwrap();
}

fn names(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_damaged_database_is_kept_and_the_newest_sound_copy_takes_its_place() {
    let folder = folder(3, 2).await;
    let database = folder.path().join(FILE);
    ruin(&database);
    let ruined = fs::read(&database).unwrap();
    let mut kit = Kit::in_folder(folder, 7);
    assert_eq!(fs::read(kit.folder.path().join("hub.sqlite3.corrupt-1")).unwrap(), ruined);
    let Loss { continued_from, kept_as, .. } = kit.loss();
    assert_eq!(kept_as, "hub.sqlite3.corrupt-1");
    assert!(
        matches!(continued_from, ContinuedFrom::Backup { copy, .. } if copy == "hub-000001.sqlite3")
    );
    let room = room(1).id;
    let member = kit.store.reader.member(room, chatter(1).id).await.unwrap().unwrap();
    let (kept, _) = kit.store.reader.after(member, Seq(0), 50).await.unwrap();
    assert_eq!(kept.last().unwrap().content, "copied 2");
    let (next, _) = kit.says(room, 1, "on", None).await;
    assert_eq!(next.seq, Seq(5), "places go on without gaps");
    assert!(next.id.0 > 10_000_000, "ids go on beyond those that were lost");
    let kit = kit.reopened();
    assert_eq!(kit.loss().kept_as, "hub.sqlite3.corrupt-1", "it is remembered");
    assert_eq!(kit.store.past.hub, HubId::from_random([9; 16]), "it is the same hub");
}

#[tokio::test]
async fn a_client_that_saw_lost_messages_gets_everything_again() {
    let folder = folder(3, 4).await;
    let mut before = Kit::in_folder(folder, 9);
    let room = room(1).id;
    let back = |after, epoch| {
        Write::Join(Join { after: Some(Seq(after)), epoch, notice: None, ..join(room, 1) })
    };
    let known = before.returns(back(8, None)).await;
    assert_eq!((known.last, known.reset), (Seq(8), false));
    let folder = before.closed();
    ruin(&folder.path().join(FILE));
    let mut kit = Kit::in_folder(folder, 7);
    let beyond = kit.returns(back(8, None)).await;
    assert!(beyond.reset && beyond.epoch != known.epoch);
    assert_eq!(beyond.missed[0].seq, Seq(1), "as for somebody who has seen nothing");
    for _ in 0..6 {
        kit.says(room, 1, "new", None).await;
    }
    let epoch = Some(known.epoch);
    assert!(kit.returns(back(8, epoch)).await.reset, "the place is there again, and another's");
    let new = kit.returns(back(8, Some(beyond.epoch))).await;
    assert!(!new.reset);
    assert_eq!(new.missed[0].seq, Seq(9));
}

/// Overwrites the middle one of the pages that hold messages.
fn ruin_a_page(file: &Path) {
    let mut bytes = fs::read(file).unwrap();
    // A leaf of a table begins with 13; those with text like ours hold messages.
    let pages = (1..bytes.len() / 4096).filter(|page| {
        let page = &bytes[page * 4096..(page + 1) * 4096];
        page[0] == 13 && page.windows(5).any(|text| text == b"lost ")
    });
    let pages: Vec<usize> = pages.collect();
    let middle = pages[pages.len() / 2] * 4096;
    bytes[middle..middle + 4096].fill(0);
    fs::write(file, bytes).unwrap();
}

#[tokio::test]
async fn the_readable_rest_of_a_damaged_database_is_kept() {
    for has_copy in [true, false] {
        let folder = folder(3, 400).await;
        ruin_a_page(&folder.path().join(FILE));
        if !has_copy {
            fs::remove_dir_all(folder.path().join(backup::FOLDER)).unwrap();
        }
        let mut kit = Kit::in_folder(folder, 7);
        let room = room(1).id;
        let member = kit.store.reader.member(room, chatter(1).id).await.unwrap().unwrap();
        let (kept, _) = kit.store.reader.after(member, Seq(0), 1_000).await.unwrap();
        assert!((200..404).contains(&kept.len()), "{} of 404 were kept", kept.len());
        assert_eq!(kept[1].content, "copied 0");
        assert_eq!(kept.last().unwrap().content, "lost 399");
        let Loss { salvaged, continued_from, .. } = kit.loss();
        assert_eq!(matches!(continued_from, ContinuedFrom::Backup { .. }), has_copy);
        assert_eq!(*salvaged, if has_copy { kept.len() - 4 } else { kept.len() });
        let (next, _) = kit.says(room, 1, "on", None).await;
        assert_eq!(next.seq, Seq(405));
    }
}

#[tokio::test]
async fn a_damaged_copy_is_skipped() {
    let mut kit = Kit::in_folder(folder(3, 2).await, 9);
    kit.copies();
    let room = room(1).id;
    kit.says(room, 1, "lost", None).await;
    let folder = kit.closed();
    ruin(&folder.path().join(FILE));
    ruin(&folder.path().join("backups/hub-000002.sqlite3"));
    let kit = Kit::in_folder(folder, 7);
    assert!(
        matches!(&kit.loss().continued_from, ContinuedFrom::Backup { copy, .. } if copy == "hub-000001.sqlite3")
    );
}

#[tokio::test]
async fn without_a_copy_the_hub_begins_again_and_says_so() {
    let folder = folder(1, 1).await;
    fs::remove_dir_all(folder.path().join(backup::FOLDER)).unwrap();
    fs::write(folder.path().join(FILE), b"no database at all, but long enough to be looked at")
        .unwrap();
    let kit = Kit::in_folder(folder, 7);
    assert_eq!(kit.loss().continued_from, ContinuedFrom::Empty);
    assert!(kit.store.past.rooms.is_empty());
    assert!(names(kit.folder.path()).contains(&"hub.sqlite3.corrupt-1".to_owned()));
}

#[tokio::test]
async fn the_two_newest_damaged_files_are_kept() {
    let mut folder = folder(1, 0).await;
    for n in 1..=4 {
        ruin(&folder.path().join(FILE));
        let mut kit = Kit::in_folder(folder, n);
        let room = kit.room(n + 10).await;
        kit.join(room, n + 10).await;
        folder = kit.closed();
    }
    let kept: Vec<_> =
        names(folder.path()).into_iter().filter(|name| name.contains("corrupt")).collect();
    assert_eq!(kept, ["hub.sqlite3.corrupt-3", "hub.sqlite3.corrupt-4"]);
}

#[tokio::test]
async fn a_replacement_that_was_cut_off_is_finished_by_the_next_start() {
    let folder = folder(3, 0).await;
    let database = folder.path().join(FILE);
    let ready = replace::ready(folder.path());
    fs::copy(&database, &ready).unwrap();
    fs::rename(&database, folder.path().join("hub.sqlite3.corrupt-1")).unwrap();
    fs::write(folder.path().join("hub.sqlite3-wal"), b"of the old one").unwrap();
    let kit = Kit::in_folder(folder, 7);
    assert_eq!(kit.store.past.rooms.len(), 1);
    assert!(!ready.exists());
    let wal = fs::read(kit.folder.path().join("hub.sqlite3.corrupt-1-wal")).unwrap();
    assert_eq!(wal, b"of the old one");
}

#[tokio::test]
async fn damage_met_while_reading_is_noted_and_looked_into_at_the_next_start() {
    let folder = folder(200, 0).await;
    let kit = Kit::in_folder(folder, 9);
    ruin(&kit.folder.path().join(FILE));
    let member = kit.store.reader.member(room(1).id, chatter(1).id).await;
    assert_eq!(member, Err(Refusal::Unavailable));
    kit.store.health.outdated().await;
    let folder = kit.folder;
    kit.store.writer.close();
    assert!(folder.path().join("hub.sqlite3.suspect").exists());
    let kit = Kit::in_folder(folder, 7);
    assert!(matches!(kit.loss().continued_from, ContinuedFrom::Backup { .. }));
    assert!(!kit.folder.path().join("hub.sqlite3.suspect").exists());
}

#[tokio::test]
async fn a_suspicion_that_proves_wrong_changes_nothing() {
    let folder = folder(3, 2).await;
    let error = rusqlite::Error::QueryReturnedNoRows;
    let health = Health::new(Storage::Good, None);
    recover::suspect(&folder.path().join(FILE), &health, &error);
    let kit = Kit::in_folder(folder, 7);
    assert_eq!(kit.store.health.loss(), None);
    assert!(!kit.folder.path().join("hub.sqlite3.suspect").exists());
}

#[tokio::test]
async fn a_wal_that_is_damaged_before_its_end_is_reported_and_kept() {
    let mut kit = Kit::new();
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    for n in 0..20 {
        kit.says(room, 1, &format!("{n}"), None).await;
    }
    // As after a power cut: the files with the WAL as it is, copied to another folder.
    let cut = tempfile::tempdir().unwrap();
    for name in [FILE, "hub.sqlite3-wal"] {
        fs::copy(kit.folder.path().join(name), cut.path().join(name)).unwrap();
    }
    let wal = cut.path().join("hub.sqlite3-wal");
    let mut bytes = fs::read(&wal).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&wal, &bytes).unwrap();
    let mut kit = Kit::in_folder(cut, 7);
    assert_eq!(kit.loss().continued_from, ContinuedFrom::SameDatabase);
    assert_eq!(fs::read(kit.folder.path().join("hub.sqlite3.corrupt-1-wal")).unwrap(), bytes);
    let back = Join { after: Some(Seq(22)), notice: None, ..join(room, 1) };
    assert!(kit.returns(Write::Join(back)).await.reset);
}

#[tokio::test]
async fn a_wal_cut_in_its_last_commit_is_no_loss() {
    let mut kit = Kit::new();
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    let cut = tempfile::tempdir().unwrap();
    for name in [FILE, "hub.sqlite3-wal"] {
        fs::copy(kit.folder.path().join(name), cut.path().join(name)).unwrap();
    }
    let wal = cut.path().join("hub.sqlite3-wal");
    let bytes = fs::read(&wal).unwrap();
    fs::write(&wal, &bytes[..bytes.len() - 100]).unwrap();
    let kit = Kit::in_folder(cut, 7);
    assert_eq!(kit.store.health.loss(), None);
}

#[tokio::test]
async fn copies_that_cannot_be_listed_do_not_count_as_missing() {
    for break_it in [ruin, |database: &Path| fs::remove_file(database).unwrap()] {
        let folder = folder(3, 2).await;
        let (database, copies) = (folder.path().join(FILE), folder.path().join(backup::FOLDER));
        break_it(&database);
        let before = fs::read(&database).ok();
        let kept = folder.path().join("kept");
        fs::rename(&copies, &kept).unwrap();
        // A link to itself: the kernel says neither that it is there nor that it is not.
        std::os::unix::fs::symlink(&copies, &copies).unwrap();
        let fresh = HubId::from_random([7; 16]);
        let error = recover::open(folder.path(), fresh).err().unwrap().to_string();
        assert!(error.contains("does not begin again without them"), "{error}");
        assert_eq!(fs::read(&database).ok(), before, "nothing was changed");
        fs::remove_file(&copies).unwrap();
        fs::rename(&kept, &copies).unwrap();
        let kit = Kit::in_folder(folder, 7);
        assert!(
            matches!(kit.loss().continued_from, ContinuedFrom::Backup { .. }),
            "{:?}",
            kit.loss()
        );
    }
}

#[test]
fn a_copy_that_is_there_already_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let mut db = schema::open_writer(&folder.path().join(FILE)).unwrap();
    let to = folder.path().join("mine");
    fs::write(&to, b"mine").unwrap();
    let error = backup::copy(&mut db, &to, |_, _| true).unwrap_err();
    assert!(error.to_string().contains("is there already"), "{error}");
    assert_eq!(fs::read(&to).unwrap(), b"mine");
}

#[tokio::test]
async fn no_hosts_key_counts_any_more_once_an_older_copy_is_the_database() {
    let folder = tempfile::tempdir().unwrap();
    let mut kit = Kit::in_folder(folder, 9);
    let key = HostKey {
        id: HostKeyId::from_random([1; 16]),
        name: HostName::parse("host").unwrap(),
        role: HostRole::Host,
        made_at: WallTime(1),
        is_used: false,
    };
    let deed = Deed::AddKey(key.clone());
    let act = HostAct { deed, what: String::new(), by: None, at: at(1) };
    kit.write(Write::Host(act)).await.unwrap();
    kit.copies();
    let use_it = KeyUse { id: key.id, number: 5, browser: BrowserMark::default() };
    kit.write(Write::UseKey(use_it.clone())).await.unwrap();
    let folder = kit.closed();
    ruin(&folder.path().join(FILE));
    let mut kit = Kit::in_folder(folder, 8);
    // The copy does not know the number, so what was sent before could be sent again.
    assert_eq!(
        kit.write(Write::UseKey(use_it)).await,
        Err(Refusal::Host(HostRefusal::BadSignature))
    );
    assert_eq!(kit.store.reader.host_keys().await.unwrap(), []);
}
