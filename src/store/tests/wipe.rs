//! A wipe: nothing of what people have said, and of who they were, is there any more.

use super::*;
use crate::domain::announcement::Announcement;
use crate::domain::host::{HostKey, HostName, HostRole, KeyUse};
use crate::domain::ids::{AnnouncementId, HostKeyId, PollId, WipeId};
use crate::domain::mute::Mute;
use crate::domain::poll::{PollForm, PreparedPoll, Results};
use crate::domain::refusal::HostRefusal;
use crate::domain::text::Content as Text;
use crate::domain::words::host_name;

impl Kit {
    /// Wipes the store as `colahub wipe` does, and opens it again.
    fn wiped(self, keep_rooms: bool) -> (Self, WipeReceipt) {
        let id = WipeId::from_random([5; 16]);
        match self.database.clone() {
            Some(url) => {
                let wipe = move || {
                    let database = Database::parse(&url, None, Duration::from_secs(30)).unwrap();
                    let survey = survey_shared(&database).unwrap();
                    let receipt = wipe_shared(&database, id, keep_rooms).unwrap();
                    assert_eq!(shared_receipt(&database).unwrap().as_ref(), Some(&receipt));
                    assert_eq!(survey.content.unwrap().messages, receipt.content.unwrap().messages);
                    receipt
                };
                let receipt = std::thread::spawn(wipe).join().unwrap();
                (self.reopened(), receipt)
            }
            None => {
                order_wipe(self.folder.path(), id, keep_rooms).unwrap();
                let kit = self.reopened();
                let receipt = wipe_receipts(kit.folder.path()).unwrap().pop().unwrap();
                (kit, receipt)
            }
        }
    }

    /// Remembers an export of what there is now.
    fn notes_export(&self) {
        let (folder, url) = (self.folder.path().to_owned(), self.database.clone());
        let note = move || {
            let archive = match &url {
                Some(url) => {
                    let database = Database::parse(url, None, Duration::from_secs(30)).unwrap();
                    Archive::connect(&database).unwrap()
                }
                None => Archive::open(&folder).unwrap(),
            };
            let newest = archive.newest().unwrap();
            let export = NotedExport { sha256: "ab".into(), at: 7, messages: 1, newest };
            match url {
                Some(url) => {
                    let database = Database::parse(&url, None, Duration::from_secs(30)).unwrap();
                    note_shared_export(&database, &export).unwrap();
                }
                None => note_export(&folder, &export).unwrap(),
            }
        };
        std::thread::spawn(note).join().unwrap();
    }

    async fn is_signed(&mut self, number: i64) -> Result<Written, Refusal> {
        let browser = "b".parse().unwrap();
        self.write(Write::UseKey(KeyUse { id: key().id, number, browser })).await
    }
}

fn key() -> HostKey {
    HostKey {
        id: HostKeyId::from_random([1; 16]),
        name: HostName::parse("ann").unwrap(),
        role: HostRole::Host,
        made_at: WallTime(1),
        is_used: false,
    }
}

/// A room that a host has made, another of theirs that has ended, and one of guests: two people, three messages, and
/// all that a host does with people.
async fn lived(kit: &mut Kit) -> RoomId {
    let of_host = Room { by_host: true, lifetime: Duration::from_secs(1 << 30), ..room(1) };
    let ended = Room { by_host: true, ..room(3) };
    for room in [&of_host, &ended] {
        kit.host(Deed::Create(room.clone())).await.unwrap();
    }
    kit.host(Deed::Close(ended.id)).await.unwrap();
    let guests = kit.room(2).await;
    kit.join(of_host.id, 1).await;
    kit.join(guests, 2).await;
    kit.says(of_host.id, 1, "watermelon", Some("k")).await;
    kit.says(guests, 2, "juice", None).await;
    let (text, host) = (Text::trusted("lunch".into()), host_name(Language::En));
    let id = AnnouncementId::from_random([1; 16]);
    let (room, made_at) = (Some(of_host.id), WallTime(1));
    let announcement = Announcement { id, room, text, made_at, until: None };
    kit.host(Deed::Announce(announcement, host)).await.unwrap();
    let form = PollForm::parse("Lunch?", &["soup", "rice"], false, Results::AtEnd).unwrap();
    let (id, place, minutes) = (PollId::from_random([1; 16]), 1, None);
    let poll = PreparedPoll { id, place, room: None, form, minutes };
    kit.host(Deed::Prepare(Prepare::New(Box::new(poll)))).await.unwrap();
    let nickname = chatter(2).nickname;
    let (chatter, identity) = (chatter(2).id, identity(2));
    let ban = Ban { chatter, identity, nickname: nickname.clone(), address: None };
    kit.host(Deed::Ban(ban)).await.unwrap();
    kit.host(Deed::Mute(Mute { chatter, identity, nickname, until: None })).await.unwrap();
    kit.host(Deed::AddKey(key())).await.unwrap();
    kit.is_signed(5).await.unwrap();
    of_host.id
}

/// What the receipt of that life says.
const THERE: Content = Content { messages: 3, people: 2, rooms: 3, host_rooms: 1 };

on_both! { async fn a_wipe_leaves_hosts_rooms_and_keys_and_nothing_of_people(mut kit: Kit) {
    let of_host = lived(&mut kit).await;
    let (before, key_before) = (kit.store.past.hub, kit.store.past.key);
    kit.notes_export();
    let last = kit.says(of_host, 1, "since", None).await.0;
    let epoch = kit.join(of_host, 1).await.history.epoch;
    let (mut kit, receipt) = kit.wiped(true);
    let there = Content { messages: 4, ..THERE };
    assert_eq!((receipt.content, receipt.rooms_kept), (Some(there), 1));
    assert_eq!((receipt.export.unwrap().sha256.as_str(), receipt.said_since), ("ab", Some(1)));
    let past = &kit.store.past;
    assert_eq!((past.hub, past.key), (before, key_before), "it is the same hub");
    let kept: Vec<_> = past.rooms.iter().map(|room| (room.id, room.by_host, room.code)).collect();
    assert_eq!(kept, [(of_host, true, room(1).code)]);
    assert!(past.bans.is_empty() && past.mutes.is_empty() && past.announcements.is_empty());
    assert_eq!(past.prepared, [], "nor of what was prepared");
    assert!(kit.present().is_empty());
    assert!(kit.store.reader.host_log(9).await.unwrap().is_empty());
    assert!(kit.store.health.loss().is_none(), "nothing was lost");
    let back = Write::Join(Join { after: Some(last.seq), epoch: Some(epoch), ..join(of_host, 1) });
    let Ok(Written::Joined(joined)) = kit.write(back).await else { panic!() };
    assert_ne!(joined.history.epoch, epoch);
    assert!(joined.history.reset, "{:?}", joined.history);
    let (again, repeated) = kit.says(of_host, 1, "watermelon", Some("k")).await;
    assert!(!repeated && again.id > last.id, "an id is given once: {again:?}");
    assert_eq!(kit.reads(of_host, 1).await.len(), usize::try_from(again.seq.0).unwrap());
    // The banned one is a stranger by now.
    assert!(kit.write(Write::Join(join(of_host, 2))).await.is_ok());
    assert_eq!(kit.is_signed(5).await.map(drop), Err(Refusal::Host(HostRefusal::Replayed)));
    assert!(kit.is_signed(6).await.is_ok(), "the key stays");
} }

on_both! { async fn a_wipe_without_rooms_leaves_no_room_and_a_second_one_finds_nothing(mut kit: Kit) {
    lived(&mut kit).await;
    let (kit, receipt) = kit.wiped(false);
    assert_eq!((receipt.content, receipt.rooms_kept), (Some(THERE), 0));
    assert_eq!((receipt.export, receipt.said_since), (None, Some(3)));
    assert!(kit.store.past.rooms.is_empty());
    let (kit, receipt) = kit.wiped(true);
    assert_eq!(receipt.content, Some(Content::default()));
    assert_eq!(receipt.said_since, Some(0));
    assert_eq!(kit.store.reader.host_keys().await.unwrap().len(), 1);
} }

/// Hubs on a shared database only: one with a database of its own is opened again by who orders the wipe.
#[tokio::test]
async fn all_hubs_on_a_database_read_it_again_after_a_wipe() {
    let Some(mut kit) = Kit::on_postgres() else { return };
    let of_host = lived(&mut kit).await;
    let other = kit.another(2);
    let url = kit.database.clone().unwrap();
    let wipe = move || {
        let database = Database::parse(&url, None, Duration::from_secs(30)).unwrap();
        wipe_shared(&database, WipeId::from_random([5; 16]), true).unwrap()
    };
    std::thread::spawn(wipe).join().unwrap();
    other.store.health.outdated().await;
    kit.store.health.outdated().await;
    other.store.writer.close();
    let mut kit = kit.reopened();
    kit.join(of_host, 1).await;
    kit.says(of_host, 1, "anew", None).await;
}
