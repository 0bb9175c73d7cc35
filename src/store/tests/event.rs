//! What the host sets for the event, over the configuration.

use super::*;
use crate::domain::event_settings::EventSettings;

fn camp() -> EventSettings {
    EventSettings { title: Title::parse("여름 캠프").ok(), language: Some(Language::En) }
}

on_both! { async fn an_events_settings_are_kept_until_they_are_unset(mut kit: Kit) {
    assert_eq!(kit.store.past.event, EventSettings::default());
    kit.host(Deed::SetEvent(camp())).await.unwrap();
    let kit = kit.reopened();
    assert_eq!(kit.store.past.event, camp());
    let mut kit = kit;
    let korean = EventSettings { title: None, language: Some(Language::Ko) };
    kit.host(Deed::SetEvent(korean.clone())).await.unwrap();
    let mut kit = kit.reopened();
    assert_eq!(kit.store.past.event, korean);
    kit.host(Deed::SetEvent(EventSettings::default())).await.unwrap();
    let log = kit.store.reader.host_log(9).await.unwrap();
    assert_eq!(log.iter().map(|done| done.deed.as_str()).collect::<Vec<_>>(), ["event apply"; 3]);
    assert_eq!(kit.reopened().store.past.event, EventSettings::default());
} }

#[tokio::test]
async fn another_hub_hears_of_an_events_settings() {
    let Some(mut one) = Kit::on_postgres() else { return };
    let mut two = one.another(2);
    one.host(Deed::SetEvent(camp())).await.unwrap();
    assert_eq!(two.hears(1).await, [Change::EventSet(camp())]);
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
