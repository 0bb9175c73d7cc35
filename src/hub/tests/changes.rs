//! What other hubs on the same store have committed is shown, and what this hub could not commit is tried again.

use super::*;
use crate::domain::ids::RunId;
use crate::domain::mode::Mode;
use crate::store::{AccessGrant, Ban, Change, EarlyEnd, GrantHolder};

const HERE: RunId = RunId(1);
const THERE: RunId = RunId(2);

/// A hub that shares its store with others.
fn shared(capacity: u32, roster_limit: usize) -> Chat {
    let mut chat = Chat::new(capacity, roster_limit);
    chat.hub.run = Some(HERE);
    chat
}

impl Chat {
    fn hears(&mut self, change: Change) {
        let at = self.at();
        self.hub.changed(change, at);
        self.collect();
    }

    fn hears_of(&mut self, who: u8, run: RunId) {
        let (room, chatter) = (room(0).id, self.chatter(who));
        self.members.insert(owner(who), chatter.clone());
        self.hears(Change::Entered { room, chatter, owner: owner(who), run });
    }

    fn hears_no_more_of(&mut self, who: u8, run: RunId) {
        self.hears(Change::Left { room: room(0).id, chatter: self.chatter(who).id, run });
    }

    /// The chatter of a browser: the one with which it joined here, or one from another hub.
    fn chatter(&self, who: u8) -> Chatter {
        let elsewhere = Chatter {
            nickname: Nickname::parse(&format!("friend {who}")).unwrap(),
            ..member(who).chatter
        };
        self.members.get(&owner(who)).cloned().unwrap_or(elsewhere)
    }

    /// The database refuses, or does not answer in time.
    fn is_refused(&mut self) {
        while let Some((_, then)) = self.pending.pop_front() {
            let at = self.at();
            self.hub.ended((then, Err(Refusal::Unavailable)), at);
            self.collect();
        }
    }

    /// The leaves that wait for their commit, and whether each is told alone.
    fn leaves(&self) -> Vec<(ChatterId, bool)> {
        let leaves = self.pending.iter().filter_map(|(write, _)| match write {
            Write::Leave(leave) => Some((leave.chatter.id, leave.notice.is_some())),
            _ => None,
        });
        leaves.collect()
    }

    fn count(&self) -> usize {
        self.hub.rooms[&room(0).id].people.count()
    }

    fn present_names(&self) -> Vec<String> {
        let people = self.hub.rooms[&room(0).id].people.roster(0, usize::MAX);
        people.iter().map(|chatter| chatter.nickname.to_string()).collect()
    }
}

#[test]
fn a_join_that_was_refused_and_yet_committed_ends_after_a_grace_also_for_somebody_on_another_hub() {
    for is_elsewhere in [false, true] {
        let mut chat = shared(0, 50);
        if is_elsewhere {
            chat.hears_of(1, THERE);
        }
        chat.connects(1);
        chat.asks_in(1);
        chat.is_refused();
        chat.hears_of(1, HERE);
        chat.goes(1);
        assert_eq!(chat.count(), 1);
        chat.time_passes(1_000);
        assert_eq!(chat.leaves(), [(chat.chatter(1).id, true)], "elsewhere: {is_elsewhere}");
        chat.pending.clear();
        chat.time_passes(60_000);
        assert_eq!(chat.leaves(), [], "once");
    }
}

#[test]
fn a_join_that_was_refused_and_yet_committed_stays_if_it_is_tried_again() {
    let mut chat = shared(0, 50);
    chat.hears_of(1, THERE);
    chat.connects(1);
    chat.asks_in(1);
    chat.is_refused();
    chat.hears_of(1, HERE);
    chat.asks_in(1);
    chat.commits();
    chat.time_passes(60_000);
    assert_eq!(chat.leaves(), []);
}

#[test]
fn a_leave_that_could_not_be_stored_is_no_leave_and_is_tried_again() {
    for (roster_limit, is_small) in [(50, true), (1, false)] {
        let mut chat = shared(0, roster_limit);
        for who in 1..=3 {
            chat.is_in(who);
        }
        chat.time_passes(10_000);
        chat.commits();
        let ann = chat.chatter(1).id;
        chat.goes(1);
        chat.time_passes(1_000);
        assert_eq!(chat.leaves(), [(ann, is_small)]);
        chat.told();
        chat.is_refused();
        assert_eq!(chat.count(), 3, "for all hubs they are still there");
        chat.time_passes(4_000);
        assert!(!chat.told().iter().any(|told| told.starts_with("left")));
        chat.time_passes(1_000);
        assert_eq!(chat.leaves(), [(ann, is_small)], "again");
        chat.commits();
        chat.time_passes(10_000);
        chat.commits();
        assert_eq!(chat.count(), 2);
        assert_eq!(chat.told().iter().filter(|told| *told == "left 1").count(), 1);
    }
}

#[test]
fn a_leave_that_could_not_be_stored_brings_no_former_name_back() {
    let mut chat = shared(0, 50);
    chat.is_in(1);
    chat.hears_of(1, THERE);
    chat.goes(1);
    chat.time_passes(1_000);
    let nickname = Nickname::parse("new name").unwrap();
    let renamed = Chatter { nickname, ..chat.chatter(1) };
    chat.hears(Change::Renamed(renamed));
    assert_eq!(chat.leaves().len(), 1);
    chat.is_refused();
    assert_eq!(chat.present_names(), ["new name"]);
}

#[test]
fn a_leave_that_could_not_be_stored_is_not_told_of_somebody_on_another_hub() {
    let mut chat = shared(0, 1);
    chat.is_in(1);
    chat.is_in(2);
    chat.hears_of(1, THERE);
    chat.time_passes(10_000);
    chat.commits();
    chat.goes(1);
    chat.time_passes(1_000);
    chat.told();
    chat.is_refused();
    chat.time_passes(4_900);
    chat.commits();
    assert_eq!(chat.told(), Vec::<String>::new());
    chat.time_passes(100);
    assert_eq!(chat.leaves().len(), 1, "but their stay through this hub ends");
}

#[test]
fn a_return_makes_a_leave_that_could_not_be_stored_void() {
    let mut chat = shared(0, 50);
    chat.is_in(1);
    chat.goes(1);
    chat.time_passes(1_000);
    chat.is_refused();
    chat.told();
    chat.is_in(1);
    chat.time_passes(60_000);
    assert_eq!(chat.leaves(), []);
    assert!(!chat.told().iter().any(|told| told.starts_with("joined")), "they were never gone");
}

#[test]
fn a_hub_that_is_alone_does_not_try_a_leave_again() {
    let mut chat = Chat::new(0, 50);
    chat.is_in(1);
    chat.goes(1);
    chat.time_passes(1_000);
    chat.is_refused();
    chat.time_passes(60_000);
    assert_eq!((chat.leaves(), chat.count()), (vec![], 0));
}

#[test]
fn people_on_other_hubs_are_listed_hold_their_names_and_are_counted() {
    let mut chat = shared(2, 50);
    chat.is_in(1);
    chat.told();
    chat.hears_of(2, THERE);
    assert_eq!(chat.told(), ["roster 2", "present 2"]);
    chat.hears_of(2, RunId(3));
    assert!(chat.told().is_empty(), "they are there already");
    let nickname = Nickname::parse("FRIEND 2").unwrap();
    let taken = chat.event(1, Event::Rename { room: room(0).id, nickname });
    assert_eq!(taken.try_recv().unwrap().unwrap_err(), Refusal::NameTaken);
    chat.connects(3);
    assert_eq!(chat.asks_in(3).try_recv().unwrap().unwrap_err(), Refusal::Full);
    chat.hears_no_more_of(2, THERE);
    assert_eq!(chat.count(), 2, "through the third hub");
    chat.told();
    chat.hears_no_more_of(2, RunId(3));
    assert_eq!(chat.told(), ["roster 1", "present 1"]);
    chat.hears_no_more_of(2, RunId(3));
    assert!(chat.told().is_empty(), "once");
}

#[test]
fn somebody_who_is_entered_again_by_a_newer_name_has_that_name() {
    let mut chat = shared(0, 50);
    chat.hears_of(2, THERE);
    let chatter = Chatter { nickname: Nickname::parse("new").unwrap(), ..chat.chatter(2) };
    chat.hears(Change::Entered { room: room(0).id, chatter, owner: owner(2), run: RunId(3) });
    assert_eq!(chat.present_names(), ["new"]);
}

#[test]
fn messages_names_and_what_is_taken_back_are_shown() {
    let mut chat = shared(0, 50);
    chat.is_in(1);
    chat.hears_of(2, THERE);
    chat.told();
    let author = chat.chatter(2);
    let said = Message { content: "hi".to_owned(), ..chat.message(Kind::Said, &author) };
    chat.hears(Change::Message(said));
    chat.hears(Change::TakenBack { room: room(0).id, seq: Seq(2), id: MessageId(2) });
    assert_eq!(chat.told(), ["said hi", "taken back 2"]);
    let nickname = Nickname::parse("new").unwrap();
    chat.hears(Change::Renamed(Chatter { nickname, ..author }));
    assert_eq!(chat.told(), ["roster 2", "present 2"]);
    assert!(chat.present_names().contains(&"new".to_owned()));
    chat.hears(Change::Typing { room: room(0).id, chatter: member(2).chatter.id, is_typing: true });
    chat.hears(Change::Typing { room: room(0).id, chatter: member(9).chatter.id, is_typing: true });
    assert_eq!(chat.told(), ["typing"], "not of a stranger");
}

#[test]
fn rooms_of_other_hubs_open_shut_and_end() {
    let mut chat = shared(0, 50);
    chat.is_in(1);
    chat.told();
    let made = |n: u8| Room {
        id: crate::domain::ids::RoomId::from_random([n; 16]),
        code: Code::from_random([n; 16]),
        ..room(0)
    };
    chat.hears(Change::RoomMade(made(7)));
    chat.hears(Change::RoomMade(made(7)));
    let over = Room { lifetime: Duration::ZERO, ..made(8) };
    chat.hears(Change::RoomMade(over));
    assert_eq!((chat.hub.rooms.len(), chat.hub.places.held()), (2, 2));
    let members = RoomMode { mode: Mode::Members(None), until: None };
    chat.hears(Change::RoomMode { room: room(0).id, mode: members });
    assert_eq!(chat.told(), ["mode members", "shut"]);
    assert!(chat.hub.rooms[&room(0).id].room.mode.is_shut());
    chat.hears(Change::RoomEnded { room: made(7).id, end: EarlyEnd::Silent });
    assert_eq!((chat.hub.rooms.len(), chat.hub.places.held()), (1, 1));
    chat.told();
    chat.hears(Change::RoomEnded { room: room(0).id, end: EarlyEnd::Closed });
    assert_eq!(chat.told(), ["closed"]);
    chat.hears_of(2, THERE);
    chat.hears(Change::RoomMode { room: room(0).id, mode: RoomMode::OPEN });
    assert_eq!(chat.told(), Vec::<String>::new(), "nothing of a room that has ended");
}

#[test]
fn a_kick_or_a_ban_by_another_hub_takes_out_here_and_writes_nothing() {
    let banned = |chat: &Chat| {
        let (chatter, nickname) = (chat.chatter(1).id, chat.chatter(1).nickname);
        Change::Banned(Ban { chatter, identity: owner(1), nickname, address: None })
    };
    let kicked = |chat: &Chat| Change::Kicked(chat.chatter(1).id);
    for is_ban in [false, true] {
        let mut chat = shared(0, 50);
        chat.is_in(1);
        chat.hears_of(1, THERE);
        chat.told();
        let change = if is_ban { banned(&chat) } else { kicked(&chat) };
        chat.hears(change);
        assert_eq!(chat.told(), [if is_ban { "banned" } else { "kicked" }]);
        assert_eq!(chat.count(), 0, "through whichever hub they were there");
        assert!(chat.hub.conns[&ConnId(1)].rooms.is_empty());
        chat.time_passes(60_000);
        assert!(chat.pending.is_empty(), "the other hub has written it");
        let again = chat.asks_in(1);
        if is_ban {
            assert_eq!(again.try_recv().unwrap().unwrap_err(), Refusal::Banned);
            chat.hears(Change::Unbanned(chat.chatter(1).id));
            chat.asks_in(1);
        }
        chat.commits();
        assert_eq!(chat.count(), 1);
    }
}

#[test]
fn a_passed_access_check_on_another_hub_holds_here() {
    let mut chat = shared(0, 50);
    let holder = GrantHolder::Identity(owner(1));
    chat.hears(Change::Granted(AccessGrant { room: room(0).id, holder, until: HubTime(60_000) }));
    // Another check, made before that one, is heard late.
    chat.hears(Change::Granted(AccessGrant { room: room(0).id, holder, until: HubTime(50_000) }));
    let grants = &chat.hub.access_grants;
    let peer = IpAddr::from([127, 0, 0, 1]);
    assert!(grants.allows(room(0).id, owner(1), peer, HubTime(59_999)));
    assert!(!grants.allows(room(0).id, owner(1), peer, HubTime(60_000)));
    assert!(!grants.allows(room(0).id, owner(2), peer, HubTime(0)));
}

#[test]
fn a_ban_that_is_refused_here_and_committed_elsewhere_holds() {
    let mut chat = shared(0, 50);
    chat.is_in(1);
    let (chatter, identity) = (chat.chatter(1), owner(1));
    let (tell, mut told) = tokio::sync::oneshot::channel();
    let ban =
        Ban { chatter: chatter.id, identity, nickname: chatter.nickname.clone(), address: None };
    chat.command(Command::Call(Call::Ban {
        chatter,
        identity,
        address_for: None,
        elsewhere: None,
        tell,
    }));
    chat.hears(Change::Banned(ban.clone()));
    chat.is_refused();
    assert_eq!(told.try_recv().unwrap(), Err(Refusal::Unavailable));
    assert_eq!(chat.hub.bans.get(&ban.chatter), Some(&ban));
    assert_eq!(chat.asks_in(1).try_recv().unwrap().unwrap_err(), Refusal::Banned);
}
