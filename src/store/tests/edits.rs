//! The host changes rooms.

use super::*;
use crate::domain::question::Questions;
use crate::domain::room::{PasswordHash, RoomEdit};

fn night() -> RoomEdit {
    RoomEdit {
        title: Some(Title::parse("밤").unwrap()),
        capacity: Some(1),
        lock: Some(Some(PasswordHash("hash".into()))),
        history: Some(History::All),
        position: Some(3),
        questions: Some(Questions::Held),
    }
}

on_both! { async fn an_edit_is_kept_over_a_restart_and_leaves_the_rest_alone(mut kit: Kit) {
    let (id, other) = (kit.room(1).await, kit.room(2).await);
    kit.join(id, 1).await;
    kit.host(Deed::Edit(id, night())).await.unwrap();
    let capacity = Some(2);
    kit.host(Deed::Edit(other, RoomEdit { capacity, ..RoomEdit::default() })).await.unwrap();
    let mut kit = kit.reopened();
    let mut rooms = kit.store.past.rooms.clone();
    rooms.sort_by_key(|room| room.code.as_str().to_owned());
    let mut edited = room(1);
    night().apply(&mut edited);
    let unlike = Room { capacity: 2, ..room(2) };
    let mut expected = [edited, unlike].to_vec();
    expected.sort_by_key(|room| room.code.as_str().to_owned());
    assert_eq!(rooms, expected);
    kit.join(id, 1).await;
    let none = RoomEdit { lock: Some(None), position: Some(0), ..RoomEdit::default() };
    kit.host(Deed::Edit(id, none)).await.unwrap();
    let kit = kit.reopened();
    let kept = kit.store.past.rooms.iter().find(|room| room.id == id).unwrap();
    assert_eq!((kept.lock.clone(), kept.position, kept.capacity), (None, 0, 1));
} }

on_both! { async fn an_edit_is_in_the_log_and_one_of_no_room_is_refused(mut kit: Kit) {
    let id = kit.room(1).await;
    kit.host(Deed::Edit(id, night())).await.unwrap();
    let log = kit.store.reader.host_log(9).await.unwrap();
    assert_eq!(log.iter().map(|done| done.deed.as_str()).collect::<Vec<_>>(), ["room edit"]);
    let gone = kit.host(Deed::Edit(room(9).id, night())).await;
    assert_eq!(gone, Err(Refusal::NoSuchRoom));
} }

#[tokio::test]
async fn another_hub_hears_of_an_edit_and_a_full_room_is_full_there_too() {
    let Some(mut one) = Kit::on_postgres() else { return };
    let mut two = one.another(2);
    let id = one.room(1).await;
    one.join(id, 1).await;
    one.host(Deed::Edit(id, night())).await.unwrap();
    let edited = loop {
        let heard = two.hears(1).await;
        if let Some(Change::RoomEdited(room)) = heard.last() {
            break room.clone();
        }
    };
    let (title, capacity) = (Title::parse("밤").unwrap(), 1);
    assert_eq!((edited.title, edited.capacity, edited.position), (title, capacity, 3));
    let full = two.write(Write::Join(join(id, 2))).await;
    assert_eq!(full, Err(Refusal::Full));
}
