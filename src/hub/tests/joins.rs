//! Joins, leavings and returns that are still being committed.

use super::*;

#[test]
fn a_join_is_announced_and_answered_only_once_it_is_committed() {
    let mut chat = Chat::new(0, 50);
    chat.connects(1);
    let answered = chat.asks_in(1);
    assert!(answered.try_recv().is_err() && chat.told().is_empty());
    chat.commits();
    assert_eq!(chat.told(), ["joined 1", "roster 1", "present 1"]);
    assert!(answered.try_recv().unwrap().is_ok());
}

#[test]
fn the_last_place_is_taken_while_its_join_is_still_being_committed() {
    let mut chat = Chat::new(1, 50);
    chat.connects(1);
    chat.connects(2);
    let first = chat.asks_in(1);
    let second = chat.asks_in(2);
    assert_eq!(second.try_recv().unwrap().unwrap_err(), Refusal::Full);
    chat.commits();
    assert!(first.try_recv().unwrap().is_ok());
}

#[test]
fn one_browser_that_joins_twice_at_once_is_told_once() {
    let mut chat = Chat::new(1, 50);
    chat.connects(1);
    let (first, second) = (chat.asks_in(1), chat.asks_in(1));
    chat.commits();
    assert!(first.try_recv().unwrap().is_ok() && second.try_recv().unwrap().is_ok());
    let told = chat.told();
    assert_eq!(told.iter().filter(|told| *told == "joined 1").count(), 1, "{told:?}");
}

#[test]
fn a_refresh_is_silent_and_a_leave_is_announced_after_the_grace() {
    let mut chat = Chat::new(0, 50);
    chat.is_in(1);
    chat.is_in(2);
    chat.told();
    chat.goes(1);
    chat.time_passes(900);
    chat.is_in(1);
    chat.time_passes(5_000);
    assert_eq!(chat.told(), ["roster 2", "present 2"], "only the roster of the return");
    chat.goes(1);
    chat.time_passes(1_000);
    chat.commits();
    assert_eq!(chat.told(), ["left 1", "roster 1", "present 1"]);
}

#[test]
fn a_return_that_is_being_committed_when_the_grace_ends_is_no_leaving() {
    let mut chat = Chat::new(0, 50);
    chat.is_in(1);
    chat.told();
    chat.goes(1);
    chat.time_passes(999);
    chat.connects(1);
    let _answered = chat.asks_in(1);
    chat.time_passes(1);
    chat.commits();
    chat.time_passes(5_000);
    chat.commits();
    assert_eq!(chat.told(), ["roster 1", "present 1"]);
}

#[test]
fn a_client_that_disconnects_while_joining_does_not_stay_behind() {
    let mut chat = Chat::new(0, 50);
    chat.connects(1);
    let _nobody_waits = chat.asks_in(1);
    chat.goes(1);
    chat.commits();
    chat.time_passes(1_000);
    chat.commits();
    assert_eq!(chat.hub.rooms[&room(0).id].people.count(), 0);
}

#[test]
fn a_client_that_leaves_while_joining_is_out() {
    let mut chat = Chat::new(0, 50);
    chat.connects(1);
    let joined = chat.asks_in(1);
    let left = chat.event(1, Event::Leave { room: None });
    chat.commits();
    assert!(joined.try_recv().unwrap().is_ok() && left.try_recv().unwrap().is_ok());
    chat.time_passes(1_000);
    chat.commits();
    assert_eq!(chat.hub.rooms[&room(0).id].people.count(), 0, "they would have stayed");
}

#[test]
fn a_client_that_leaves_while_joining_and_joins_again_is_in() {
    let mut chat = Chat::new(0, 50);
    chat.connects(1);
    let (first, _left, second) =
        (chat.asks_in(1), chat.event(1, Event::Leave { room: None }), chat.asks_in(1));
    chat.commits();
    assert!(first.try_recv().unwrap().is_ok() && second.try_recv().unwrap().is_ok());
    chat.time_passes(5_000);
    chat.commits();
    assert_eq!(chat.hub.rooms[&room(0).id].people.count(), 1);
}

fn two_rooms() -> (Chat, RoomId, RoomId) {
    let second =
        Room { id: RoomId::from_random([2; 16]), code: Code::from_random([2; 16]), ..room(0) };
    let (one, two) = (room(0).id, second.id);
    (Chat::with_rooms(vec![room(0), second]), one, two)
}

#[test]
fn a_client_in_two_rooms_can_leave_one() {
    let (mut chat, one, two) = two_rooms();
    chat.connects(1);
    let joined = [chat.asks_into(1, one), chat.asks_into(1, two)];
    chat.commits();
    assert!(joined.iter().all(|answer| answer.try_recv().unwrap().is_ok()));
    let left = chat.event(1, Event::Leave { room: Some(one) });
    assert!(left.try_recv().unwrap().is_ok());
    chat.time_passes(1_000);
    chat.commits();
    assert_eq!((chat.people(one), chat.people(two)), (0, 1));
    let _left = chat.event(1, Event::Leave { room: None });
    chat.time_passes(1_000);
    chat.commits();
    assert_eq!((chat.people(one), chat.people(two)), (0, 0));
}

#[test]
fn a_client_that_leaves_one_of_two_rooms_while_joining_them_is_in_the_other() {
    let (mut chat, one, two) = two_rooms();
    chat.connects(1);
    let _joined = [chat.asks_into(1, one), chat.asks_into(1, two)];
    let _left = chat.event(1, Event::Leave { room: Some(one) });
    chat.commits();
    chat.time_passes(1_000);
    chat.commits();
    assert_eq!((chat.people(one), chat.people(two)), (0, 1));
    let _again = chat.asks_into(1, one);
    chat.commits();
    chat.time_passes(1_000);
    chat.commits();
    assert_eq!((chat.people(one), chat.people(two)), (1, 1));
}

#[test]
fn leaving_all_rooms_ends_every_join_that_is_under_way() {
    let (mut chat, one, two) = two_rooms();
    chat.connects(1);
    let _joined = [chat.asks_into(1, one), chat.asks_into(1, two)];
    let _left = chat.event(1, Event::Leave { room: Some(two) });
    let _all = chat.event(1, Event::Leave { room: None });
    chat.commits();
    chat.time_passes(1_000);
    chat.commits();
    assert_eq!((chat.people(one), chat.people(two)), (0, 0));
}

#[test]
fn a_join_verified_only_after_they_left_and_came_back_takes_nobody_out() {
    let mut chat = Chat::new(0, 50);
    chat.is_in(1);
    let _left = chat.event(1, Event::Leave { room: None });
    let _back = chat.asks_in(1);
    chat.commits();
    let (tell, answered) = channel();
    let reply = Reply::new(ConnId(1), move |answer| drop(tell.send(answer)));
    let (conn, room) = (ConnId(1), room(0).id);
    let late = JoinRequest {
        conn,
        peer: IpAddr::from([127, 0, 0, 1]),
        stay: 0,
        room,
        wanted: None,
        password: None,
        after: None,
        epoch: None,
        reactions_after: None,
        reply,
    };
    let at = chat.at();
    chat.hub.join_verified(late, true, at);
    chat.collect();
    chat.commits();
    assert!(answered.try_recv().unwrap().is_ok());
    let people = &mut chat.hub.rooms.get_mut(&room).unwrap().people;
    assert_eq!(people.audience().as_ref(), [conn], "they would have heard nothing more");
}
