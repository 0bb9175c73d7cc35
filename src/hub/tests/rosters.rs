//! Notices and rosters of large rooms.

use super::*;

#[test]
fn a_large_room_gets_notices_in_bulk() {
    let mut chat = Chat::new(0, 2);
    for who in 1..=2 {
        chat.is_in(who);
    }
    chat.told();
    for who in 3..=6 {
        chat.is_in(who);
    }
    assert!(chat.told().is_empty(), "nobody is told of each");
    chat.time_passes(3_000);
    chat.commits();
    assert_eq!(chat.told(), ["roster 2", "present 6", "joined 4"]);
}

#[test]
fn a_large_rooms_roster_goes_to_clients_without_it() {
    let mut chat = Chat::new(0, 2);
    for who in 1..=6 {
        chat.is_in(who);
    }
    chat.time_passes(3_000);
    chat.commits();
    assert_eq!(chat.listed_to.len(), 6, "the first time it goes to all");
    chat.is_in(7);
    chat.is_in(8);
    chat.event(8, Event::Leave { room: None });
    chat.event(4, Event::Roster { room: room(0).id });
    chat.told();
    chat.time_passes(3_000);
    chat.listed_to.sort();
    assert_eq!(chat.listed_to, [ConnId(4), ConnId(7)], "who came and is here, and who asked");
    chat.goes(1);
    chat.time_passes(1_000);
    chat.commits();
    chat.time_passes(3_000);
    assert_eq!(chat.listed_to.len(), 6, "another is named now: all are told");
}
