//! The host's actions take effect once they are committed, and at once for everybody.

use super::*;

#[test]
fn a_room_that_the_host_closes_is_over_once_that_is_committed() {
    let mut chat = Chat::new(0, 50);
    chat.is_in(1);
    chat.told();
    let (tell, mut closed) = tokio::sync::oneshot::channel();
    chat.command(Command::Call(Call::EndRoom { room: room(0).id, deleted: false, tell }));
    assert!(chat.told().is_empty() && closed.try_recv().is_err());
    chat.commits();
    assert_eq!(chat.told(), ["closed"]);
    assert_eq!(closed.try_recv().unwrap().unwrap().people, 1);
    assert_eq!(chat.asks_in(1).try_recv().unwrap().unwrap_err(), Refusal::Expired);
    chat.time_passes(100_000);
    assert!(chat.told().is_empty(), "its time is over only once");
}

#[test]
fn a_join_under_way_when_a_room_is_deleted_comes_to_nothing() {
    let mut chat = Chat::new(0, 50);
    chat.connects(1);
    let (tell, _nobody_waits) = tokio::sync::oneshot::channel();
    chat.command(Command::Call(Call::EndRoom { room: room(0).id, deleted: true, tell }));
    let joined = chat.asks_in(1);
    chat.commits();
    assert_eq!(joined.try_recv().unwrap().unwrap_err(), Refusal::Expired);
    assert_eq!(chat.asks_in(1).try_recv().unwrap().unwrap_err(), Refusal::NoSuchRoom);
}

#[test]
fn a_kicked_chatter_loses_all_connections_without_grace() {
    let mut chat = Chat::new(0, 50);
    chat.is_in(1);
    chat.is_in(2);
    let bob = chat.members[&owner(2)].id;
    chat.told();
    let (tell, mut kicked) = tokio::sync::oneshot::channel();
    chat.command(Command::Call(Call::Kick(bob, tell)));
    chat.commits();
    assert!(kicked.try_recv().unwrap().is_ok());
    assert_eq!(chat.told(), ["kicked", "left 1", "roster 1", "present 1"]);
    let say = Event::Say {
        room: room(0).id,
        content: Content::parse("hi").unwrap(),
        key: None,
        reply_to: None,
        mentions: Vec::new(),
        is_question: false,
    };
    assert_eq!(chat.event(2, say).try_recv().unwrap().unwrap_err(), Refusal::NotJoined);
    chat.time_passes(5_000);
    chat.commits();
    assert!(chat.told().is_empty(), "they leave once");
    let (tell, mut again) = tokio::sync::oneshot::channel();
    chat.command(Command::Call(Call::Kick(bob, tell)));
    assert_eq!(again.try_recv().unwrap().unwrap_err(), Refusal::NoSuchChatter);
    assert!(chat.asks_in(2).try_recv().is_err(), "they may come back");
}

/// The host bans somebody; what came of it is told once it is committed.
fn bans(
    chat: &mut Chat,
    who: u8,
    address_for: Option<Duration>,
) -> tokio::sync::oneshot::Receiver<Result<(), Refusal>> {
    let (tell, told) = tokio::sync::oneshot::channel();
    let (chatter, identity) = (chat.members[&owner(who)].clone(), owner(who));
    chat.command(Command::Call(Call::Ban {
        chatter,
        identity,
        address_for,
        elsewhere: None,
        tell,
    }));
    told
}

#[test]
fn a_banned_browser_leaves_at_once_and_cannot_join_until_unbanned() {
    let mut chat = Chat::new(0, 50);
    chat.is_in(1);
    chat.is_in(2);
    chat.told();
    let mut banned = bans(&mut chat, 2, None);
    assert_eq!(chat.asks_in(2).try_recv().unwrap().unwrap_err(), Refusal::Banned, "from now on");
    chat.commits();
    assert!(banned.try_recv().unwrap().is_ok());
    assert_eq!(chat.told(), ["banned", "left 1", "roster 1", "present 1"]);
    assert_eq!(chat.asks_in(2).try_recv().unwrap().unwrap_err(), Refusal::Banned);
    let bob = chat.members[&owner(2)].id;
    let (tell, mut unbanned) = tokio::sync::oneshot::channel();
    chat.command(Command::Call(Call::Unban(bob, tell)));
    chat.commits();
    assert!(unbanned.try_recv().unwrap().is_ok());
    let joined = chat.asks_in(2);
    chat.commits();
    assert!(joined.try_recv().unwrap().is_ok());
}

#[test]
fn a_browser_banned_while_joining_does_not_stay() {
    let mut chat = Chat::new(0, 50);
    chat.is_in(2);
    chat.goes(2);
    chat.time_passes(1_000);
    chat.commits();
    chat.connects(2);
    let _joined = chat.asks_in(2);
    let _banned = bans(&mut chat, 2, None);
    chat.commits();
    assert_eq!(chat.hub.rooms[&room(0).id].people.count(), 0);
}

#[test]
fn a_ban_that_could_not_be_committed_has_no_effect() {
    let mut chat = Chat::new(0, 50);
    chat.is_in(2);
    let mut banned = bans(&mut chat, 2, None);
    let (_, then) = chat.pending.pop_front().unwrap();
    let at = chat.at();
    chat.hub.ended((then, Err(Refusal::StorageReadOnly)), at);
    chat.collect();
    assert_eq!(banned.try_recv().unwrap().unwrap_err(), Refusal::StorageReadOnly);
    assert!(chat.asks_in(2).try_recv().is_err(), "their joining is under way");
    chat.commits();
    assert!(chat.hub.bans.is_empty());
}

#[test]
fn an_address_is_kept_out_for_its_time_and_only_where_it_is_known() {
    let mut chat = Chat::new(0, 50);
    chat.is_in(2);
    let _banned = bans(&mut chat, 2, Some(Duration::from_secs(60)));
    chat.commits();
    let same_address = IpAddr::from([127, 0, 0, 2]);
    let at = |now| HubTime(now);
    assert_eq!(chat.hub.lets_in(Some(owner(9)), same_address, at(59_999)), Err(Refusal::Banned));
    assert_eq!(chat.hub.lets_in(Some(owner(9)), same_address, at(60_000)), Ok(()));
    assert_eq!(chat.hub.lets_in(Some(owner(2)), same_address, at(60_000)), Err(Refusal::Banned));
    chat.goes(2);
    let mut again = bans(&mut chat, 2, Some(Duration::from_secs(60)));
    assert_eq!(again.try_recv().unwrap().unwrap_err(), Refusal::NotJoined);
}
