//! What the host sets for the event, over the configuration.

use super::*;
use crate::domain::event_settings::{EventEdit, EventSettings};

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
