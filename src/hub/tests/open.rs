//! There is always an open room, and the host's rooms last.

use super::*;
use crate::domain::room::{LASTING, PasswordHash};
use crate::hub::command::NewRoom;
use tokio::sync::oneshot;

impl Chat {
    /// The hub starts with a first room to make where there is no other.
    fn stays_open(&mut self) {
        let first = (Namespace::parse("anonymous").unwrap(), Title::parse("first").unwrap());
        let at = self.at();
        // The first chance has gone to the room from before.
        (self.hub.random)();
        self.hub.stays_open(Some(first), at);
        self.collect();
    }

    fn titles(&self) -> Vec<String> {
        let rooms = self.hub.list(self.at());
        rooms.iter().map(|view| view.room.title.to_string()).collect()
    }

    fn makes(&mut self, capacity: u32, by_host: bool) -> Room {
        let (tell, mut made) = oneshot::channel();
        let (namespace, title) = (room(0).namespace, Title::parse("made").unwrap());
        let (password, from, history) = (None, None, None);
        let new = NewRoom {
            namespace,
            title,
            capacity,
            password,
            from,
            by_host,
            by: None,
            history,
            is_once: false,
        };
        self.command(Command::Call(Call::Create(new, tell)));
        self.commits();
        made.try_recv().unwrap().unwrap().room
    }

    fn host_ends(&mut self, room: RoomId) {
        let (tell, _told) = oneshot::channel();
        self.command(Command::Call(Call::EndRoom { room, deleted: false, tell }));
        self.commits();
    }
}

#[test]
fn another_open_room_is_made_when_the_last_one_ends_and_it_lasts() {
    let mut chat = Chat::new(0, 50);
    chat.stays_open();
    chat.commits();
    assert_eq!(chat.titles(), ["room"], "that one is open");
    chat.time_passes(100_000);
    chat.commits();
    assert_eq!(chat.titles(), ["first"]);
    chat.time_passes(1_000_000_000_000);
    chat.commits();
    assert_eq!(chat.titles(), ["first"]);
    let first = chat.hub.list(chat.at()).remove(0).room;
    chat.host_ends(first.id);
    assert_eq!(chat.titles(), ["first"]);
    assert_ne!(chat.hub.list(chat.at()).remove(0).room.id, first.id, "it is a new one");
}

#[test]
fn a_small_or_a_locked_room_of_somebodys_is_not_open_to_everybody() {
    let mut chat = Chat::new(4, 50);
    chat.stays_open();
    chat.commits();
    assert_eq!(chat.titles(), ["room", "first"]);
    for by_host in [false, true] {
        let locked = Room { lock: Some(PasswordHash("hash".into())), by_host, ..room(0) };
        let mut chat = Chat::with_rooms(vec![locked]);
        chat.stays_open();
        chat.commits();
        assert_eq!(chat.titles(), ["room", "first"], "by the host: {by_host}");
    }
}

#[test]
fn a_room_of_the_hosts_lasts_and_is_open_whatever_it_holds_and_though_it_is_shut() {
    let mut chat = Chat::with_rooms(Vec::new());
    let made = chat.makes(4, true);
    assert_eq!(made.lifetime, LASTING);
    let (tell, _told) = oneshot::channel();
    chat.command(Command::Call(Call::Shut { room: made.id, is_shut: true, tell }));
    chat.commits();
    chat.stays_open();
    chat.time_passes(1_000_000_000_000);
    chat.commits();
    assert_eq!(chat.titles(), ["made"]);
    assert_eq!(
        chat.makes(4, false).lifetime,
        Duration::from_secs(100),
        "people's end by themselves"
    );
}

#[test]
fn a_first_room_that_the_disk_did_not_take_is_made_later() {
    let mut chat = Chat::with_rooms(Vec::new());
    chat.stays_open();
    let (write, then) = chat.pending.pop_front().unwrap();
    assert!(matches!(write, Write::FirstRoom(_)), "it is no deed of the host's: {write:?}");
    let at = chat.at();
    chat.hub.ended((then, Err(Refusal::StorageFull)), at);
    chat.collect();
    assert!(chat.pending.is_empty() && chat.titles().is_empty());
    chat.time_passes(300_000);
    chat.commits();
    assert_eq!(chat.titles(), ["first"]);
}

#[test]
fn one_first_room_is_made_at_a_time_and_none_where_the_host_wants_none() {
    let mut chat = Chat::with_rooms(vec![Room { capacity: 2, ..room(0) }]);
    chat.stays_open();
    chat.time_passes(300_000);
    chat.commits();
    assert_eq!(chat.titles(), ["first"]);
    let mut chat = Chat::with_rooms(Vec::new());
    let at = chat.at();
    chat.hub.stays_open(None, at);
    chat.time_passes(300_000);
    chat.commits();
    assert!(chat.titles().is_empty());
}
