//! A connection that joins no room is released; one in a room never is.

use super::*;

const LIMIT: Duration = Duration::from_secs(60);

impl Chat {
    fn forget_idle(&mut self) -> Vec<u64> {
        let now = self.at().hub;
        self.hub.forget_idle(LIMIT, now).iter().map(|conn| conn.0).collect()
    }
}

#[test]
fn a_connection_without_a_room_is_closed_and_one_in_a_room_never_is() {
    let mut chat = Chat::new(0, 50);
    chat.is_in(1);
    chat.connects(2);
    chat.time_passes(59_999);
    assert_eq!(chat.forget_idle(), [0; 0]);
    chat.time_passes(1);
    assert_eq!(chat.forget_idle(), [2]);
    chat.time_passes(3_600_000);
    assert_eq!(chat.forget_idle(), [0; 0], "quiet for an hour, and let go only once");
}

#[test]
fn an_attempt_to_join_starts_the_idle_timeout_again() {
    let mut chat = Chat::new(0, 50);
    chat.connects(1);
    chat.time_passes(59_000);
    let _under_way = chat.asks_in(1);
    assert_eq!(chat.forget_idle(), [0; 0]);
    chat.time_passes(59_000);
    assert_eq!(chat.forget_idle(), [0; 0]);
}

#[test]
fn a_connection_that_leaves_its_rooms_is_closed_after_the_idle_timeout() {
    let mut chat = Chat::new(0, 50);
    chat.is_in(1);
    chat.time_passes(120_000);
    assert_eq!(chat.forget_idle(), [0; 0]);
    let _done = chat.event(1, Event::Leave);
    assert_eq!(chat.forget_idle(), [0; 0]);
    chat.time_passes(59_999);
    assert_eq!(chat.forget_idle(), [0; 0]);
    chat.time_passes(1);
    assert_eq!(chat.forget_idle(), [1]);
}

#[test]
fn a_closed_connection_cannot_join_by_an_earlier_request() {
    let mut chat = Chat::new(0, 50);
    chat.connects(1);
    let answered = chat.asks_in(1);
    // Far longer than any commit takes.
    assert_eq!(chat.forget_idle(), [0; 0]);
    chat.time_passes(60_000);
    assert_eq!(chat.forget_idle(), [1]);
    chat.commits();
    drop(answered);
    // As after any connection that went meanwhile.
    chat.time_passes(1_000);
    assert_eq!(chat.hub.rooms[&room(0).id].people.count(), 0);
}
