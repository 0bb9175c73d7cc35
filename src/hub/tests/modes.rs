//! The ladder of rooms: what people are told of it, and when.

use super::*;
use crate::domain::mode::Mode;
use tokio::sync::oneshot;

impl Chat {
    fn sets(
        &mut self,
        room: Option<RoomId>,
        mode: Mode,
        span: Option<Duration>,
    ) -> oneshot::Receiver<Result<usize, Refusal>> {
        let (tell, told) = oneshot::channel();
        self.command(Command::Call(Call::SetMode { room, mode, span, tell }));
        told
    }

    fn mode(&self) -> &'static str {
        self.hub.rooms[&room(0).id].room.mode.mode.as_str()
    }
}

#[test]
fn a_room_is_told_of_its_mode_once_that_is_committed() {
    let mut chat = Chat::new(0, 50);
    chat.is_in(1);
    chat.told();
    let slow = Mode::parse("slow", None, None).unwrap();
    let mut told = chat.sets(Some(room(0).id), slow, None);
    assert!(chat.told().is_empty() && told.try_recv().is_err());
    chat.commits();
    assert_eq!((chat.told(), told.try_recv()), (vec!["mode slow".to_owned()], Ok(Ok(1))));
    let _again = chat.sets(Some(room(0).id), slow, None);
    chat.commits();
    assert!(chat.told().is_empty(), "it is slow already");
    let _quicker = chat.sets(Some(room(0).id), Mode::parse("slow", Some(5), None).unwrap(), None);
    chat.commits();
    assert_eq!(chat.told(), ["mode slow"], "the wait is another");
}

#[test]
fn clients_that_know_no_modes_are_told_that_a_room_is_shut() {
    let mut chat = Chat::new(0, 50);
    chat.is_in(1);
    chat.told();
    for (mode, told) in [
        (Mode::Members(None), vec!["mode members", "shut"]),
        (Mode::ReadOnly, vec!["mode read_only", "open"]),
        (Mode::Open, vec!["mode open"]),
    ] {
        let _told = chat.sets(Some(room(0).id), mode, None);
        chat.commits();
        assert_eq!(chat.told(), told);
    }
    let (tell, mut people) = oneshot::channel();
    chat.command(Command::Call(Call::Shut { room: room(0).id, is_shut: true, tell }));
    chat.commits();
    assert_eq!(chat.told(), ["mode members", "shut"]);
    assert_eq!(people.try_recv().unwrap(), Ok(1));
}

#[test]
fn whoever_has_been_here_long_enough_comes_into_a_shut_room() {
    let mut chat = Chat::new(0, 50);
    chat.is_in(1);
    let here = Mode::parse("members", None, Some(1)).unwrap();
    let _told = chat.sets(Some(room(0).id), here, None);
    chat.commits();
    chat.time_passes(60_000);
    for (who, came, comes_in) in
        [(2, None, false), (3, Some(HubTime(1)), false), (4, Some(HubTime(0)), true)]
    {
        chat.connects(who);
        let asked = chat.asks_in(who);
        let (_, then) = chat.pending.pop_front().unwrap();
        let at = chat.at();
        chat.hub.ended((then, Ok(Written::Looked { is_member: false, came })), at);
        chat.collect();
        chat.commits();
        assert_eq!(asked.try_recv().unwrap().is_ok(), comes_in, "{came:?}");
    }
}

#[test]
fn a_room_goes_back_to_open_by_itself_also_after_a_restart() {
    let mut chat = Chat::new(0, 50);
    chat.is_in(1);
    chat.told();
    let span = Duration::from_secs(10);
    let _told = chat.sets(Some(room(0).id), Mode::ReadOnly, Some(span));
    chat.commits();
    let kept = chat.hub.rooms[&room(0).id].room.clone();
    let left = kept.mode.until.unwrap().since(chat.at().hub);
    assert_eq!((chat.told(), left), (vec!["mode read_only".to_owned()], span));
    chat.time_passes(9_999);
    assert_eq!((chat.told(), chat.mode()), (Vec::new(), "read_only"));
    chat.time_passes(1);
    assert_eq!((chat.told(), chat.mode()), (vec!["mode open".to_owned()], "open"));
    let mut later = Chat::with_rooms(vec![kept]);
    assert_eq!(later.mode(), "read_only");
    later.time_passes(20_000);
    assert_eq!(later.mode(), "open");
}

#[test]
fn a_longer_time_or_none_counts_instead_of_the_first() {
    let mut chat = Chat::new(0, 50);
    chat.is_in(1);
    chat.told();
    for span in [Some(10), Some(60), None] {
        let span = span.map(Duration::from_secs);
        let _told = chat.sets(Some(room(0).id), Mode::ReadOnly, span);
        chat.commits();
    }
    assert_eq!(chat.told(), ["mode read_only"]);
    chat.time_passes(90_000);
    assert_eq!(chat.mode(), "read_only");
}

#[test]
fn the_whole_hub_is_set_at_once_and_counts_what_has_changed() {
    let made = |n: u8| Room {
        id: RoomId::from_random([n; 16]),
        code: crate::domain::code::Code::from_random([n; 16]),
        ..room(0)
    };
    let read_only = RoomMode { mode: Mode::ReadOnly, until: None };
    let mut chat = Chat::with_rooms(vec![room(0), made(7), Room { mode: read_only, ..made(8) }]);
    let mut told = chat.sets(None, Mode::ReadOnly, None);
    chat.commits();
    assert_eq!(told.try_recv().unwrap(), Ok(2));
    let mut none = Chat::with_rooms(Vec::new()).sets(None, Mode::ReadOnly, None);
    assert_eq!(none.try_recv().unwrap(), Ok(0));
}

#[test]
fn the_log_has_the_mode_before_with_the_rest_of_its_time() {
    let other = Room { id: RoomId::from_random([7; 16]), ..room(0) };
    let mut chat = Chat::with_rooms(vec![room(0), other]);
    let mut logged = |room, mode, span: Option<u64>| {
        let _told = chat.sets(room, mode, span.map(Duration::from_secs));
        let Some((Write::Host(act), _)) = chat.pending.back() else { panic!() };
        let what = act.what.rsplit('"').next().unwrap_or_default().trim().to_owned();
        chat.commits();
        chat.time_passes(1_000);
        what
    };
    let (one, slow) = (Some(room(0).id), Mode::parse("slow", None, None).unwrap());
    assert_eq!(logged(one, Mode::ReadOnly, Some(900)), "read_only for 15m, was open");
    assert_eq!(logged(one, slow, None), "slow 30s, was read_only for 14m 59s");
    assert_eq!(logged(None, Mode::ReadOnly, Some(1)), "read_only for 1s", "they differed");
    assert_eq!(logged(None, slow, None), "slow 30s, was open", "the time of both is over");
    assert_eq!(logged(None, Mode::Open, None), "open, was slow 30s");
}
