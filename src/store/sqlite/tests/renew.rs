//! Tests of giving a new id to a hub whose card is a copy of another hub's.

use std::fs;
use std::path::Path;

use super::*;
use crate::store::sqlite::recovery::{backup, renew, restore};

const OLD: [u8; 16] = [9; 16];
const NEW: [u8; 16] = [7; 16];

fn id(bytes: [u8; 16]) -> HubId {
    HubId::from_random(bytes)
}

fn renewed(folder: &Path) -> Option<HubId> {
    renew::renew_id(folder, id(NEW)).unwrap()
}

/// A room in which somebody said something that was copied, and then taken back.
async fn taken_back(copy_of: impl Fn(&Path) -> std::path::PathBuf) -> tempfile::TempDir {
    let mut kit = Kit::new();
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    let (said, _) = kit.says(room, 1, "secret", None).await;
    let copy = copy_of(kit.folder.path());
    restore::back_up(kit.folder.path(), &copy, |_, _| {}).unwrap();
    kit.takes_back(room, &[said.seq.0]).await;
    kit.closed()
}

async fn contents(kit: &Kit) -> Vec<String> {
    let member = kit.store.reader.member(room(1).id, chatter(1).id).await.unwrap().unwrap();
    let (all, _) = kit.store.reader.after(member, Seq(1), 50).await.unwrap();
    all.into_iter().map(|message| message.content).collect()
}

#[tokio::test]
async fn a_hub_keeps_its_new_id_and_its_places_count_again() {
    let mut kit = Kit::new();
    let room = kit.room(1).await;
    let before = kit.join(room, 1).await.history.epoch;
    let folder = kit.closed();
    assert_eq!(renewed(folder.path()), Some(id(OLD)));
    let mut kit = Kit::in_folder(folder, 8);
    assert_eq!(kit.store.past.hub, id(NEW));
    assert_ne!(kit.join(room, 2).await.history.epoch, before);
    assert_eq!(kit.reopened().store.past.hub, id(NEW));
}

#[test]
fn a_folder_without_a_hub_has_no_id_to_renew() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(renewed(folder.path()), None);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is made");
}

#[tokio::test]
async fn an_older_copy_does_not_bring_back_the_old_id_or_deleted_messages() {
    let folder = taken_back(|folder| folder.join("copy")).await;
    renewed(folder.path());
    restore::restore(folder.path(), &folder.path().join("copy"), id([5; 16]), |_, _| {}).unwrap();
    let kit = Kit::in_folder(folder, 8);
    assert_eq!(kit.store.past.hub, id(NEW));
    assert_eq!(contents(&kit).await, [""]);
    // It still knows what it was, should that copy be put back again.
    let folder = kit.closed();
    restore::restore(folder.path(), &folder.path().join("copy"), id([6; 16]), |_, _| {}).unwrap();
    assert_eq!(Kit::in_folder(folder, 8).store.past.hub, id(NEW));
}

#[tokio::test]
async fn a_copy_of_another_hub_makes_the_hub_that_other() {
    let folder = taken_back(|folder| folder.join("copy")).await;
    let other = Kit::in_folder(tempfile::tempdir().unwrap(), 3).closed();
    renewed(other.path());
    restore::restore(other.path(), &folder.path().join("copy"), id([5; 16]), |_, _| {}).unwrap();
    assert_eq!(Kit::in_folder(other, 8).store.past.hub, id(OLD));
}

#[tokio::test]
async fn damage_does_not_bring_the_old_id_back() {
    let folder = taken_back(|folder| {
        fs::create_dir_all(folder.join(backup::FOLDER)).unwrap();
        backup::next(folder).unwrap()
    })
    .await;
    renewed(folder.path());
    super::takeback::damages_an_index(folder.path());
    let kit = Kit::in_folder(folder, 8);
    assert!(kit.store.health.loss().is_some(), "it was damaged");
    assert_eq!(kit.store.past.hub, id(NEW));
    assert_eq!(contents(&kit).await, [""]);
}
