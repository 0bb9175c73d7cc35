//! The host changes a room while people are in it.

use super::*;
use crate::domain::room::{PasswordHash, RoomField};
use crate::domain::text::Password;
use crate::hub::command::{EditRoom, EditedRoom, RoomValues};
use tokio::sync::oneshot;

type Edited = oneshot::Receiver<Result<EditedRoom, Refusal>>;

fn password(text: &str) -> Option<Option<Password>> {
    Some(Some(Password::parse(text).unwrap()))
}

impl Chat {
    fn edits(&mut self, values: RoomValues) -> Edited {
        let (tell, told) = oneshot::channel();
        let edit = EditRoom { room: room(0).id, values, is_dry: false, tell };
        self.command(Command::Call(Call::Edit(edit)));
        told
    }

    fn edited(&mut self, values: RoomValues) -> Vec<RoomField> {
        let mut told = self.edits(values);
        self.commits();
        told.try_recv().unwrap().unwrap().changed
    }

    fn log(&self) -> Vec<&str> {
        let acts = self.pending.iter().filter_map(|(write, _)| match write {
            Write::Host(act) => Some(act.what.as_str()),
            _ => None,
        });
        acts.collect()
    }
}

#[test]
fn people_stay_and_are_told_once_an_edit_is_committed() {
    let mut chat = Chat::new(0, 50);
    chat.is_in(1);
    chat.is_in(2);
    chat.told();
    let title = Some(Title::parse("night").unwrap());
    let values = RoomValues { title, capacity: Some(1), ..RoomValues::default() };
    let mut told = chat.edits(values);
    assert!(chat.told().is_empty() && told.try_recv().is_err());
    assert_eq!(chat.log(), [format!("{} \"room\" title \"night\", capacity 1", room(0).code)]);
    chat.commits();
    assert_eq!(chat.told(), ["edited night 1"]);
    let changed = vec![RoomField::Title, RoomField::Capacity];
    let edited = EditedRoom { room: room(0).id, people: 2, changed };
    assert_eq!(told.try_recv().unwrap(), Ok(edited));
    assert_eq!(chat.people(room(0).id), 2, "they stay");
    chat.connects(3);
    assert_eq!(chat.asks_in(3).try_recv().unwrap().unwrap_err(), Refusal::Full);
    assert!(!chat.edited(RoomValues { capacity: Some(3), ..RoomValues::default() }).is_empty());
    chat.is_in(4);
}

#[test]
fn what_a_room_is_already_is_not_written_again() {
    let mut chat = Chat::new(4, 50);
    chat.is_in(1);
    chat.told();
    let title = Some(room(0).title);
    let same = RoomValues { title, capacity: Some(4), ..RoomValues::default() };
    let mut told = chat.edits(same);
    assert!(chat.pending.is_empty() && chat.told().is_empty());
    assert_eq!(told.try_recv().unwrap().unwrap().changed, []);
}

#[test]
fn a_password_is_for_newcomers_and_the_same_one_is_no_change() {
    let mut chat = Chat::new(0, 50);
    chat.is_in(1);
    chat.told();
    let set = |text| RoomValues { password: password(text), ..RoomValues::default() };
    let mut told = chat.edits(set("cola"));
    assert!(chat.pending.is_empty(), "hashed in its turn");
    chat.looks();
    assert_eq!(told.try_recv().unwrap().unwrap().changed, [RoomField::Password]);
    assert_eq!(chat.told(), ["edited room 0 locked"]);
    chat.connects(2);
    let refused = chat.asks_in(2);
    chat.commits();
    assert_eq!(refused.try_recv().unwrap().unwrap_err(), Refusal::Locked);
    let mut same = chat.edits(set("cola"));
    chat.looks();
    assert_eq!(same.try_recv().unwrap().unwrap().changed, []);
    let mut other = chat.edits(set("soda"));
    chat.looks();
    assert!(other.try_recv().is_err() && chat.told().is_empty(), "it was another");
    chat.looks();
    assert_eq!(other.try_recv().unwrap().unwrap().changed, [RoomField::Password]);
    let none = RoomValues { password: Some(None), ..RoomValues::default() };
    assert_eq!(chat.edited(none), [RoomField::Password]);
    chat.is_in(2);
}

#[test]
fn a_passed_check_is_void_once_the_password_is_another() {
    let mut chat = Chat::new(0, 50);
    chat.hub.rooms.get_mut(&room(0).id).unwrap().room.lock = Some(PasswordHash("cola".into()));
    let mut passed = chat.tries(2, "cola");
    chat.looks();
    assert_eq!(passed.try_recv().unwrap(), Ok(true));
    let _told = chat.edits(RoomValues { password: password("soda"), ..RoomValues::default() });
    chat.looks();
    chat.looks();
    chat.connects(2);
    let refused = chat.asks_in(2);
    chat.commits();
    assert_eq!(refused.try_recv().unwrap().unwrap_err(), Refusal::Locked);
}

#[test]
fn a_dry_edit_says_what_would_change_and_writes_nothing() {
    let mut chat = Chat::new(0, 50);
    let (tell, mut told) = oneshot::channel();
    let values = RoomValues {
        capacity: Some(7),
        password: password("cola"),
        position: Some(2),
        ..RoomValues::default()
    };
    let edit = EditRoom { room: room(0).id, values, is_dry: true, tell };
    chat.command(Command::Call(Call::Edit(edit)));
    let would = [RoomField::Capacity, RoomField::Position, RoomField::Password];
    assert_eq!(told.try_recv().unwrap().unwrap().changed, would);
    assert!(chat.pending.is_empty());
}

#[test]
fn an_edit_by_another_hub_is_shown_here() {
    let mut chat = Chat::new(0, 50);
    chat.is_in(1);
    chat.told();
    let title = Title::parse("night").unwrap();
    let edited = Room { title, capacity: 9, history: History::All, ..room(0) };
    let at = chat.at();
    for _ in 0..2 {
        chat.hub.changed(crate::store::Change::RoomEdited(edited.clone()), at);
        chat.collect();
    }
    assert_eq!(chat.told(), ["edited night 9", "history all"], "and once");
}

#[test]
fn a_room_that_has_ended_is_not_edited() {
    let mut chat = Chat::new(0, 50);
    chat.time_passes(100_000);
    let mut told = chat.edits(RoomValues { capacity: Some(7), ..RoomValues::default() });
    assert_eq!(told.try_recv().unwrap().unwrap_err(), Refusal::Expired);
}
