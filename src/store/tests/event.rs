//! What the host sets for the event, over the configuration.

use super::*;
use crate::domain::announcement::Announcement;
use crate::domain::event_settings::{EventEdit, EventSettings};
use crate::domain::ids::{AnnouncementId, PollId};
use crate::domain::mode::Mode;
use crate::domain::poll::{PollForm, PreparedPoll, Results};
use crate::domain::refusal::HostRefusal;
use crate::domain::room::{LASTING, RoomEdit};
use crate::domain::text;
use crate::domain::words::host_name;

fn title() -> EventEdit {
    EventEdit::Title(Title::parse("여름 캠프").ok())
}

fn english() -> EventEdit {
    EventEdit::Language(Some(Language::En))
}

on_both! { async fn an_events_settings_are_kept_until_they_are_unset(mut kit: Kit) {
    assert_eq!(kit.store.past.event, EventSettings::default());
    kit.host(Deed::SetEvent(title())).await.unwrap();
    kit.host(Deed::SetEvent(english())).await.unwrap();
    let mut kit = kit.reopened();
    let both = EventSettings::default().with(title()).with(english());
    assert_eq!(kit.store.past.event, both);
    kit.host(Deed::SetEvent(EventEdit::Title(None))).await.unwrap();
    let mut kit = kit.reopened();
    assert_eq!(kit.store.past.event, EventSettings::default().with(english()));
    kit.host(Deed::SetEvent(EventEdit::Language(None))).await.unwrap();
    let log = kit.store.reader.host_log(9).await.unwrap();
    assert_eq!(log.iter().map(|done| done.deed.as_str()).collect::<Vec<_>>(), ["event apply"; 4]);
    assert_eq!(kit.reopened().store.past.event, EventSettings::default());
} }

on_both! { async fn what_an_event_file_makes_is_made_once(mut kit: Kit) {
    let there = Refusal::Host(HostRefusal::AlreadyThere);
    let of_host = |n| Room { by_host: true, lifetime: LASTING, ..room(n) };
    let elsewhere = |n| Room { namespace: Namespace::parse("else").unwrap(), ..of_host(n) };
    kit.write(Write::Room(room(1))).await.unwrap();
    kit.host(Deed::CreateOnce(of_host(2))).await.expect("the other is of people");
    assert_eq!(kit.host(Deed::CreateOnce(of_host(3))).await, Err(there.clone()));
    kit.host(Deed::CreateOnce(elsewhere(4))).await.unwrap();
    kit.host(Deed::Create(of_host(5))).await.expect("by hand");
    let announce = |n: u8, room| {
        let (id, text) = (AnnouncementId::from_random([n; 16]), text::Content::parse("Lunch").unwrap());
        let announcement = Announcement { id, room, text, made_at: WallTime(1), until: None };
        (announcement, host_name(Language::En))
    };
    for (n, room) in [(1, None), (2, Some(room(2).id))] {
        let (announcement, host) = announce(n, room);
        kit.host(Deed::AnnounceOnce(announcement, host)).await.unwrap();
        let (announcement, host) = announce(n + 10, room);
        assert_eq!(kit.host(Deed::AnnounceOnce(announcement, host)).await, Err(there.clone()));
    }
    let (announcement, host) = announce(9, None);
    kit.host(Deed::Announce(announcement, host)).await.expect("by hand");
    // A room that has ended is made again.
    kit.host(Deed::Close(elsewhere(4).id)).await.unwrap();
    kit.host(Deed::CreateOnce(elsewhere(6))).await.unwrap();
    let log = kit.store.reader.host_log(20).await.unwrap();
    let count = |deed| log.iter().filter(|done| done.deed == deed).count();
    assert_eq!((count("room create"), count("announce add")), (4, 3));
} }

on_both! { async fn what_changes_nothing_is_not_logged(mut kit: Kit) {
    let room = kit.room(1).await;
    let until = |ms| RoomMode { mode: Mode::ReadOnly, until: Some(HubTime(ms)) };
    let set = |mode| Deed::SetMode(SetMode { rooms: vec![room], mode, deed: "room mode" });
    let edit = |position| Deed::Edit(room, RoomEdit { position: Some(position), ..RoomEdit::default() });
    let form = PollForm::parse("Which?", &["a", "b"], false, Results::AtEnd).unwrap();
    let poll = |place| {
        let (id, form) = (PollId::from_random([1; 16]), form.clone());
        Box::new(PreparedPoll { id, place, room: None, form, minutes: None })
    };
    let change = |place| Deed::Prepare(Prepare::Change(poll(place)));
    kit.host(Deed::Prepare(Prepare::New(poll(1)))).await.unwrap();
    for _ in 0..2 {
        for deed in [Deed::SetEvent(title()), set(until(60_000)), edit(3), change(2)] {
            kit.host(deed).await.unwrap();
        }
    }
    kit.host(set(until(90_000))).await.expect("another end");
    kit.host(edit(4)).await.unwrap();
    kit.host(Deed::SetEvent(EventEdit::Title(None))).await.unwrap();
    kit.host(change(3)).await.unwrap();
    let log = kit.store.reader.host_log(20).await.unwrap();
    let deeds: Vec<&str> = log.iter().rev().map(|done| done.deed.as_str()).collect();
    let each = ["event apply", "room mode", "room edit", "poll prepare"];
    let last = ["room mode", "room edit", "event apply", "poll prepare"];
    assert_eq!(deeds, [&["poll prepare"][..], &each, &last].concat());
} }

#[tokio::test]
async fn another_hub_hears_of_an_events_settings() {
    let Some(mut one) = Kit::on_postgres() else { return };
    let mut two = one.another(2);
    one.host(Deed::SetEvent(title())).await.unwrap();
    let heard = Change::EventSet(EventSettings::default().with(title()));
    assert_eq!(two.hears(1).await, [heard]);
}

#[test]
fn a_value_that_cannot_be_read_counts_as_not_set() {
    let folder = tempfile::tempdir().unwrap();
    let open = || {
        let fresh = HubId::from_random([9; 16]);
        Store::<u32>::open(folder.path(), fresh, StoreOptions::default()).unwrap()
    };
    open().writer.close();
    let db = rusqlite::Connection::open(folder.path().join(FILE)).unwrap();
    db.execute("INSERT INTO meta VALUES ('event_title', 7), ('event_language', 'tlh')", [])
        .unwrap();
    drop(db);
    assert_eq!(open().past.event, EventSettings::default());
}
