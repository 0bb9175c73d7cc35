//! The wall of a room: what is old enough for it, and how the host sets it.

use tokio::sync::oneshot;

use super::*;
use crate::domain::ids::PollId;
use crate::domain::poll::{Poll, PollForm, Results, Tally};
use crate::domain::room::wall::{RoomWall, WallView};
use crate::hub::command::{WallCall, WallChange, WallState};

type Told = oneshot::Receiver<Result<WallState, Refusal>>;

impl Chat {
    fn sets_wall(&mut self, change: WallChange) -> Told {
        let (tell, told) = oneshot::channel();
        let room = room(0).id;
        self.command(Command::Call(Call::Wall(WallCall::Set { room, change, tell })));
        told
    }

    fn wall(&mut self) -> WallState {
        let (tell, mut told) = oneshot::channel();
        self.command(Command::Call(Call::Wall(WallCall::Show(room(0).code, tell))));
        told.try_recv().unwrap().unwrap()
    }

    fn speaks(&mut self, who: u8) -> Seq {
        let content = Content::parse("hi").unwrap();
        let (room, key, reply_to, mentions) = (room(0).id, None, None, Vec::new());
        self.event(who, Event::Say { room, content, key, reply_to, mentions, is_question: false });
        self.commits();
        Seq(self.last_seq)
    }

    fn marks(&mut self) -> usize {
        let marks = self.pending.iter().filter(|(write, _)| matches!(write, Write::Mark(_)));
        let count = marks.count();
        self.commits();
        count
    }
}

#[test]
fn a_message_is_old_enough_from_its_commit_on() {
    let mut chat = Chat::new(0, 50);
    chat.is_in(1);
    chat.time_passes(20_000);
    let before = chat.wall().last;
    let content = Content::parse("hi").unwrap();
    let (room, key, reply_to, mentions) = (room(0).id, None, None, Vec::new());
    chat.event(1, Event::Say { room, content, key, reply_to, mentions, is_question: false });
    // The disk is slow: people see the message only now.
    chat.time_passes(15_000);
    chat.commits();
    chat.time_passes(9_999);
    assert_eq!(chat.wall().last, before);
    chat.time_passes(1);
    let wall = chat.wall();
    assert_eq!((wall.last, wall.sent_until), (Seq(chat.last_seq), HubTime(35_000)));
}

#[test]
fn a_wall_is_what_the_host_sets_once_it_is_committed() {
    let mut chat = Chat::new(0, 50);
    assert_eq!(chat.wall().wall, RoomWall::default());
    let delay = Some(Duration::from_secs(3));
    let change = WallChange { view: Some(WallView::Off), delay, link: Some(true) };
    let mut told = chat.sets_wall(change);
    assert!(told.try_recv().is_err(), "nothing is committed yet");
    let (write, then) = chat.pending.pop_front().unwrap();
    let Write::Host(HostAct { deed: Deed::SetWall(_, edit), what, .. }) = write else {
        panic!("{write:?}")
    };
    assert!(what.ends_with("view off, delay 3s, link made"), "{what}");
    let set = edit.of(RoomWall::default());
    let at = chat.at();
    chat.hub.ended((then, Ok(Written::WallSet(set))), at);
    assert_eq!(told.try_recv().unwrap().unwrap().wall, set);
    assert_eq!(chat.wall().wall, set);
    let again = chat.sets_wall(change).try_recv().unwrap().unwrap();
    assert!(again.wall == set && chat.pending.is_empty(), "it is like that already");
}

#[test]
fn the_wall_of_a_room_that_is_not_there_is_refused() {
    let mut chat = Chat::new(0, 50);
    let (tell, mut told) = oneshot::channel();
    let code = Code::from_random([9; 16]);
    chat.command(Command::Call(Call::Wall(WallCall::Show(code, tell))));
    assert_eq!(told.try_recv().unwrap().unwrap_err(), Refusal::NoSuchRoom);
    chat.time_passes(200_000);
    let gone = chat.sets_wall(WallChange::default()).try_recv().unwrap();
    assert_eq!(gone.unwrap_err(), Refusal::Expired);
}

#[test]
fn a_new_name_is_shown_after_the_delay() {
    let mut chat = Chat::new(0, 50);
    chat.is_in(1);
    let was = chat.members[&owner(1)].nickname.clone();
    let (room, nickname) = (room(0).id, Nickname::parse("rude").unwrap());
    chat.event(1, Event::Rename { room, nickname });
    chat.commits();
    let former = chat.wall().former_names;
    assert_eq!(former.iter().map(|(_, name)| name).collect::<Vec<_>>(), [&was]);
    chat.time_passes(10_000);
    assert!(chat.wall().former_names.is_empty());
}

#[test]
fn the_hubs_time_is_stored_while_a_wall_shows_something_new() {
    let mut chat = Chat::new(0, 50);
    chat.is_in(1);
    chat.speaks(1);
    chat.time_passes(12_000);
    chat.wall();
    assert_eq!(chat.marks(), 1, "a hub that is killed must not count it as young again");
    chat.speaks(1);
    chat.time_passes(11_000);
    chat.wall();
    chat.wall();
    assert_eq!(chat.marks(), 1);
    chat.time_passes(11_000);
    chat.wall();
    assert_eq!(chat.marks(), 0, "nothing is new");
}

#[test]
fn a_wall_shows_the_newest_open_poll_else_the_last_that_was_closed_after_a_restart_too() {
    let mut chat = Chat::new(0, 50);
    let shown = |chat: &Chat| {
        let poll = chat.hub.poll_for_wall(room(0).id, chat.at())?;
        Some((poll.poll.id, poll.shows_votes))
    };
    let form = PollForm::parse("?", &["a", "b"], false, Results::AtEnd).unwrap();
    let [older, old, one, two, other] = [0, 1, 2, 3, 4].map(|n| PollId::from_random([n; 16]));
    let (until, closed_at) = (None, None);
    let (made_at, tally) = (WallTime(0), Tally::default());
    let poll = |id, room| Poll { id, room, form: form.clone(), made_at, until, closed_at, tally };
    assert_eq!(shown(&chat), None);
    // Closed before this run of the hub, the last one by a clock that was ahead.
    for (id, closed) in [(older, 1), (old, i64::MAX)] {
        let before = Poll { closed_at: Some(WallTime(closed)), ..poll(id, None) };
        chat.hub.add_poll(before, chat.at().hub);
    }
    assert_eq!(shown(&chat), Some((old, true)));
    for id in [one, two] {
        chat.hub.show_poll(poll(id, Some(room(0).id)), chat.at());
        assert_eq!(shown(&chat), Some((id, false)));
    }
    chat.hub.show_poll(poll(other, Some(RoomId::from_random([9; 16]))), chat.at());
    let close = |chat: &mut Chat, id| {
        let at = chat.at();
        chat.hub.show_poll_closed(id, (at.wall, tally), at);
    };
    close(&mut chat, two);
    assert_eq!(shown(&chat), Some((one, false)), "one is open yet");
    chat.time_passes(1_000);
    close(&mut chat, one);
    assert_eq!(shown(&chat), Some((one, true)));
    let late = Moment { hub: chat.at().hub.after(Duration::from_secs(86_400)), ..chat.at() };
    let shown = chat.hub.poll_for_wall(room(0).id, late).map(|view| view.poll.id);
    assert_eq!(shown, Some(one), "until the host switches");
}
