//! Quotas of rooms, and of places in them.

use super::*;
use crate::hub::command::{NewRoom, RoomView};
use tokio::sync::oneshot;

const DAY: Duration = Duration::from_secs(86_400);

impl Chat {
    /// A hub whose rooms live for a day.
    fn of_days() -> Self {
        let mut chat = Self::with_rooms(vec![Room { lifetime: DAY, ..room(0) }]);
        chat.hub.settings.lifetime = DAY;
        chat
    }

    fn asks_for_a_room(&mut self, from: u8) -> Result<RoomView, Refusal> {
        let (tell, mut made) = oneshot::channel();
        let room = NewRoom {
            namespace: room(0).namespace,
            title: Title::parse("made").unwrap(),
            capacity: 0,
            password: None,
            from: Some(IpAddr::from([127, 0, 1, from])),
            by_host: false,
            by: None,
            history: None,
            is_once: false,
        };
        self.command(Command::Call(Call::Create(room, tell)));
        self.commits();
        made.try_recv().unwrap()
    }
}

#[test]
fn an_empty_room_that_has_been_silent_for_a_while_gives_its_place_up() {
    let mut chat = Chat::of_days();
    // One room was there before, in which somebody is, though nobody speaks.
    chat.is_in(1);
    let made: Vec<RoomView> = (0..9).map(|n| chat.asks_for_a_room(n).unwrap()).collect();
    chat.time_passes(599_999);
    assert!(matches!(chat.asks_for_a_room(20), Err(Refusal::TooManyRooms(_))));
    chat.time_passes(1);
    assert!(chat.asks_for_a_room(20).is_ok());
    assert_eq!(chat.hub.rooms.len(), 10);
    let gone: Vec<&RoomView> =
        made.iter().filter(|view| !chat.hub.rooms.contains_key(&view.room.id)).collect();
    assert_eq!(gone.len(), 1, "one place was wanted");
    assert!(chat.hub.live(gone[0].room.id).is_err_and(|refusal| refusal == Refusal::Expired));
    assert!(chat.hub.rooms.contains_key(&room(0).id), "somebody is in it");
}

#[test]
fn a_room_whose_end_could_not_be_stored_lives_on() {
    let mut chat = Chat::of_days();
    chat.is_in(1);
    for n in 0..9 {
        chat.asks_for_a_room(n).unwrap();
    }
    chat.time_passes(600_000);
    chat.commits();
    let (tell, mut made) = oneshot::channel();
    let (namespace, title) = (room(0).namespace, Title::parse("made").unwrap());
    let from = Some(IpAddr::from([127, 0, 1, 20]));
    let (capacity, password, by_host, history) = (0, None, false, None);
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
    chat.command(Command::Call(Call::Create(new, tell)));
    let writes: Vec<(Write, Then)> = chat.pending.drain(..).collect();
    assert!(matches!(writes[..], [(Write::End { .. }, _), (Write::Room(_), _)]), "{writes:?}");
    for (_, then) in writes {
        let at = chat.at();
        chat.hub.ended((then, Err(Refusal::Unavailable)), at);
    }
    assert!(made.try_recv().unwrap().is_err());
    assert_eq!(chat.hub.rooms.len(), 10);
    chat.asks_for_a_room(20).unwrap();
    assert_eq!(chat.hub.rooms.len(), 10, "this time one gives its place up");
}

#[test]
fn the_namespaces_of_living_rooms_are_known() {
    let mut chat = Chat::of_days();
    let channels = chat.hub.channels.clone();
    assert!(channels.has(&room(0).namespace));
    chat.time_passes(2 * 86_400_000);
    assert!(!channels.has(&room(0).namespace));
}
