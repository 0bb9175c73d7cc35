//! Nobody's name can be taken for another's.

use super::*;
use crate::domain::names::OwnNames;
use crate::domain::names::look::Look;
use crate::domain::text::{Field, TextError, TextProblem};
use crate::hub::command::{Call, Caller};
use tokio::sync::oneshot;

impl Chat {
    fn asks_for_the_name(&mut self, who: u8, name: &str) -> Answered {
        let nickname = Nickname::parse(name).unwrap();
        self.event(who, Event::Rename { room: room(0).id, nickname })
    }

    fn calls_for_the_name(
        &mut self,
        who: u8,
        name: &str,
    ) -> oneshot::Receiver<Result<Chatter, Refusal>> {
        let caller = Caller { identity: Some(owner(who)), peer: IpAddr::from([127, 0, 0, who]) };
        self.calls_as(caller, who, name)
    }

    /// Somebody asks for another's name to be changed.
    fn calls_as(
        &mut self,
        caller: Caller,
        whose: u8,
        name: &str,
    ) -> oneshot::Receiver<Result<Chatter, Refusal>> {
        let (tell, told) = oneshot::channel();
        let (chatter, nickname) = (self.members[&owner(whose)].id, Nickname::parse(name).unwrap());
        let call = Call::Rename { caller, chatter, owner: owner(whose), nickname, tell };
        self.command(Command::Call(call));
        told
    }

    fn is_called(&mut self, who: u8, name: &str) {
        let answered = self.asks_for_the_name(who, name);
        self.commits();
        assert!(answered.try_recv().unwrap().is_ok(), "{name}");
    }

    fn names(&self) -> Vec<String> {
        let roster = self.hub.rooms[&room(0).id].people.roster(0, 99);
        roster.iter().map(|chatter| chatter.nickname.to_string()).collect()
    }
}

#[test]
fn a_name_that_looks_like_anothers_is_refused_by_event_and_by_call() {
    let mut chat = Chat::new(0, 50);
    chat.is_in(1);
    chat.is_in(2);
    chat.is_called(1, "Anna");
    let event = chat.asks_for_the_name(2, "аnnа");
    assert_eq!(event.try_recv().unwrap().unwrap_err(), Refusal::NameTaken);
    let mut call = chat.calls_for_the_name(2, "ANNA");
    assert_eq!(call.try_recv().unwrap().unwrap_err(), Refusal::NameTaken);
    chat.is_called(1, "ANNA");
    assert_eq!(chat.names()[0], "ANNA", "one's own name can be written otherwise");
}

#[test]
fn the_names_of_the_hub_cannot_be_taken() {
    let mut chat = Chat::new(0, 50);
    chat.is_in(1);
    chat.hub.own_names = OwnNames::new(&["Summer Camp", "camp"]);
    let reserved = TextError { field: Field::Nickname, problem: TextProblem::Reserved };
    let event = chat.asks_for_the_name(1, "c4mp 1");
    assert_eq!(event.try_recv().unwrap().unwrap_err(), Refusal::Text(reserved));
    let mut call = chat.calls_for_the_name(1, "The Camp");
    assert_eq!(call.try_recv().unwrap().unwrap_err(), Refusal::Text(reserved));
    chat.is_called(1, "Campbell");
}

#[test]
fn no_newcomer_is_given_a_name_of_this_hub() {
    let mut chat = Chat::new(0, 50);
    chat.hub.random = Box::new(|| [7; 16]);
    chat.is_in(1);
    let given = chat.names().remove(0);
    let mut chat = Chat::new(0, 50);
    chat.hub.random = Box::new(|| [7; 16]);
    chat.hub.own_names = OwnNames::new(&[&given]);
    chat.is_in(1);
    assert_ne!(chat.names(), [given]);
}

#[test]
fn of_two_people_who_ask_for_a_name_at_once_one_gets_it() {
    let mut chat = Chat::new(0, 50);
    chat.is_in(1);
    chat.is_in(2);
    let (first, second) = (chat.asks_for_the_name(1, "Ann"), chat.asks_for_the_name(2, "ann"));
    assert_eq!(second.try_recv().unwrap().unwrap_err(), Refusal::NameTaken);
    chat.commits();
    assert!(first.try_recv().unwrap().is_ok());
}

#[test]
fn a_name_is_free_again_when_its_owner_goes_or_takes_another() {
    let mut chat = Chat::new(0, 50);
    chat.is_in(1);
    chat.is_in(2);
    chat.is_called(1, "Ann");
    chat.is_called(1, "Bob");
    chat.is_called(2, "Ann");
    chat.goes(1);
    chat.time_passes(1_000);
    chat.commits();
    chat.is_called(2, "Bob");
}

#[test]
fn a_name_that_could_not_be_committed_is_free_again() {
    let mut chat = Chat::new(0, 50);
    chat.is_in(1);
    chat.is_in(2);
    let refused = chat.asks_for_the_name(1, "Ann");
    let (_, then) = chat.pending.pop_front().unwrap();
    let at = chat.at();
    chat.hub.ended((then, Err(Refusal::StorageFull)), at);
    chat.collect();
    assert_eq!(refused.try_recv().unwrap().unwrap_err(), Refusal::StorageFull);
    chat.is_called(2, "Ann");
}

#[test]
fn newcomers_at_once_do_not_get_one_name() {
    let mut chat = Chat::new(0, 50);
    // The same chance for everyone: the names differ only because they are held.
    let mut next = 0_u8;
    chat.hub.random = Box::new(move || {
        next += 1;
        let mut bytes = [7; 16];
        bytes[15] = next;
        bytes
    });
    for who in 1..=20 {
        chat.connects(who);
    }
    let joins: Vec<Answered> = (1..=20).map(|who| chat.asks_in(who)).collect();
    chat.commits();
    assert!(joins.into_iter().all(|join| join.try_recv().unwrap().is_ok()));
    let mut names = chat.names();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 20, "{names:?}");
}

#[test]
fn a_chatter_that_returns_to_a_look_alike_gets_a_number_and_the_room_is_told() {
    let mut chat = Chat::new(0, 50);
    chat.is_in(1);
    chat.is_called(1, "Ann");
    chat.goes(1);
    chat.time_passes(1_000);
    chat.commits();
    chat.is_in(2);
    chat.is_called(2, "аnn");
    chat.told();
    chat.is_in(1);
    let told = chat.told();
    assert_eq!(told[..3], ["joined 1", "roster 2", "present 2"]);
    assert_eq!(told[3..], ["Ann is Ann 2", "roster 2", "present 2"]);
    assert_eq!(chat.names(), ["аnn", "Ann 2"]);
    let another = chat.asks_for_the_name(1, "Ann");
    assert_eq!(another.try_recv().unwrap().unwrap_err(), Refusal::NameTaken);
    let look = Look::of(&Nickname::parse("Ann 2").unwrap());
    let mine = chat.members[&owner(1)].id;
    assert!(chat.hub.rooms[&room(0).id].people.names.is_free_for(&look, mine));
}

/// Two people of one name, whose hub could not store another for the second.
fn two_of_one_name() -> Chat {
    let mut chat = Chat::new(0, 50);
    chat.is_in(1);
    chat.is_called(1, "Ann");
    chat.goes(1);
    chat.time_passes(1_000);
    chat.commits();
    chat.is_in(2);
    chat.is_called(2, "Ann");
    chat.connects(1);
    chat.asks_in(1);
    while let Some((write, then)) = chat.pending.pop_front() {
        let result = match write {
            Write::Rename(_) => Err(Refusal::Unavailable),
            write => Ok(chat.written(write)),
        };
        let at = chat.at();
        chat.hub.ended((then, result), at);
        chat.collect();
    }
    assert_eq!(chat.names(), ["Ann", "Ann"]);
    chat
}

#[test]
fn two_people_of_one_name_are_told_apart_later_if_it_could_not_be_stored() {
    let mut chat = two_of_one_name();
    chat.time_passes(5_000);
    chat.commits();
    assert_eq!(chat.names(), ["Ann", "Ann 2"]);
    chat.time_passes(60_000);
    assert!(chat.pending.is_empty(), "once");
}

#[test]
fn two_people_of_one_name_are_told_apart_when_one_comes_back() {
    let mut chat = two_of_one_name();
    chat.is_in(1);
    assert_eq!(chat.names(), ["Ann", "Ann 2"]);
    chat.time_passes(60_000);
    assert!(chat.pending.is_empty(), "once");
}

#[test]
fn requests_of_strangers_count_against_nobody_else_and_hold_no_name() {
    let mut chat = Chat::new(0, 50);
    chat.is_in(1);
    chat.is_in(2);
    let peer = IpAddr::from([127, 0, 0, 2]);
    for identity in [Some(owner(2)), Some(owner(9)), None] {
        for _ in 0..30 {
            let mut told = chat.calls_as(Caller { identity, peer }, 1, "Eve");
            assert_eq!(told.try_recv().unwrap().unwrap_err(), Refusal::NotYours);
        }
    }
    chat.is_called(2, "Eve");
    let mut told = chat.calls_for_the_name(1, "Ann");
    chat.commits();
    assert!(told.try_recv().unwrap().is_ok(), "their own renames are all there");
}

#[test]
fn without_the_bridge_an_address_proves_nothing() {
    let mut chat = Chat::new(0, 50);
    chat.hub.settings.bridge = None;
    chat.is_in(1);
    let caller = Caller { identity: None, peer: IpAddr::from([127, 0, 0, 1]) };
    let mut told = chat.calls_as(caller, 1, "Ann");
    assert_eq!(told.try_recv().unwrap().unwrap_err(), Refusal::NotYours);
    assert!(!chat.hub.holds(caller.peer, room(0).id, chat.members[&owner(1)].id, HubTime(0)));
    chat.hub.settings.bridge = Some(Duration::ZERO);
    assert!(chat.hub.holds(caller.peer, room(0).id, chat.members[&owner(1)].id, HubTime(0)));
}

#[test]
fn the_last_connected_address_may_rename_without_a_token_for_a_while() {
    let mut chat = Chat::new(0, 50);
    chat.is_in(1);
    let caller = |n| Caller { identity: None, peer: IpAddr::from([127, 0, 0, n]) };
    chat.goes(1);
    chat.time_passes(8_000);
    chat.commits();
    let mut told = chat.calls_as(caller(1), 1, "Ann");
    chat.commits();
    assert_eq!(told.try_recv().unwrap().unwrap().nickname.as_str(), "Ann");
    let mut elsewhere = chat.calls_as(caller(2), 1, "Eve");
    assert_eq!(elsewhere.try_recv().unwrap().unwrap_err(), Refusal::NotYours);
    chat.time_passes(90_000);
    let mut later = chat.calls_as(caller(1), 1, "Anna");
    chat.commits();
    assert!(later.try_recv().unwrap().is_ok());
}

#[test]
fn a_kick_or_a_ban_ends_what_the_bridge_remembers() {
    for is_ban in [false, true] {
        let mut chat = Chat::new(0, 50);
        chat.is_in(1);
        let ann = chat.members[&owner(1)].clone();
        let peer = IpAddr::from([127, 0, 0, 1]);
        let held = |chat: &Chat| chat.hub.holds(peer, room(0).id, ann.id, HubTime(chat.now));
        chat.goes(1);
        assert!(held(&chat));
        // They are still in their grace when the host acts.
        let command = if is_ban {
            let (tell, _unread) = oneshot::channel();
            let (chatter, identity, address_for) = (ann.clone(), owner(1), None);
            Call::Ban { chatter, identity, address_for, elsewhere: None, tell }
        } else {
            let (tell, _unread) = oneshot::channel();
            Call::Kick(ann.id, tell)
        };
        chat.command(Command::Call(command));
        chat.commits();
        assert!(!held(&chat), "ban: {is_ban}");
    }
}

#[test]
fn a_name_is_free_again_however_its_owner_leaves() {
    let mut chat = Chat::new(0, 50);
    chat.is_in(1);
    for door in ["kick", "ban", "leave", "disconnect"] {
        chat.is_in(2);
        chat.is_called(2, "Zed");
        let zed = chat.members[&owner(2)].clone();
        match door {
            "kick" => {
                let (tell, _unread) = oneshot::channel();
                chat.command(Command::Call(Call::Kick(zed.id, tell)));
            }
            "ban" => {
                let (tell, _unread) = oneshot::channel();
                let (identity, address_for) = (owner(2), None);
                let chatter = zed.clone();
                chat.command(Command::Call(Call::Ban {
                    chatter,
                    identity,
                    address_for,
                    elsewhere: None,
                    tell,
                }));
            }
            "leave" => drop(chat.event(2, Event::Leave)),
            _ => chat.goes(2),
        }
        chat.commits();
        chat.time_passes(1_000);
        chat.commits();
        let asked = chat.asks_for_the_name(1, "Zed");
        chat.commits();
        assert!(asked.try_recv().unwrap().is_ok(), "after a {door}");
        chat.is_called(1, "Ann");
        chat.time_passes(10_000);
        chat.hub.bans.clear();
    }
}
