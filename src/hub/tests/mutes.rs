//! Somebody muted reads on and says nothing, until the mute ends.

use super::*;
use crate::domain::mute::Mute;
use crate::hub::command::{Caller, PersonCall};

fn mutes(
    chat: &mut Chat,
    who: u8,
    seconds: Option<u64>,
) -> tokio::sync::oneshot::Receiver<Result<Mute, Refusal>> {
    let (tell, told) = tokio::sync::oneshot::channel();
    let (chatter, identity) = (chat.members[&owner(who)].clone(), owner(who));
    let lasts = seconds.map(Duration::from_secs);
    chat.command(Command::Call(Call::Person(PersonCall::Mute { chatter, identity, lasts, tell })));
    told
}

fn unmutes(chat: &mut Chat, who: u8) -> tokio::sync::oneshot::Receiver<Result<(), Refusal>> {
    let (tell, told) = tokio::sync::oneshot::channel();
    let (chatter, identity) = (chat.members[&owner(who)].id, Some(owner(who)));
    chat.command(Command::Call(Call::Person(PersonCall::Unmute { chatter, identity, tell })));
    told
}

fn say(key: Option<&str>) -> Event {
    let key = key.map(|key| crate::domain::text::Key::parse(key).unwrap());
    let (reply_to, mentions) = (None, Vec::new());
    let (room, content) = (room(0).id, Content::parse("hi").unwrap());
    Event::Say { room, content, key, reply_to, mentions, is_question: false }
}

/// Why a message is refused at once.
fn refusal(chat: &mut Chat, event: Event) -> Refusal {
    chat.event(2, event).try_recv().expect("refused at once").unwrap_err()
}

fn two() -> Chat {
    let mut chat = Chat::new(0, 50);
    chat.is_in(1);
    chat.is_in(2);
    chat.told();
    chat
}

#[test]
fn a_mute_holds_from_its_decision_on_and_ends_in_the_hubs_time() {
    let mut chat = two();
    let mut muted = mutes(&mut chat, 2, Some(60));
    assert_eq!(refusal(&mut chat, say(None)), Refusal::Muted(Some(Duration::from_secs(60))));
    assert!(chat.told().is_empty() && muted.try_recv().is_err(), "not committed yet");
    chat.commits();
    assert_eq!(chat.told(), ["muted for a time"]);
    assert_eq!(muted.try_recv().unwrap().unwrap().until, Some(HubTime(60_000)));
    chat.time_passes(59_000);
    let seq = Seq(1);
    let emoji = crate::domain::reactions::Emoji::all().next().unwrap();
    let wait = Refusal::Muted(Some(Duration::from_secs(1)));
    let note = Event::Note { room: room(0).id, content: Content::parse("hi").unwrap() };
    let react = Event::React { room: room(0).id, seq, emoji, is_on: true };
    let nickname = Nickname::parse("loud").unwrap();
    let rename = Event::Rename { room: room(0).id, nickname };
    for event in [say(None), note, react, rename] {
        assert_eq!(refusal(&mut chat, event), wait);
    }
    let _silent = chat.event(2, Event::Typing { room: room(0).id, is_typing: true });
    assert!(chat.told().is_empty() && chat.pending.is_empty(), "nobody hears anything");
    let back = chat.event(2, Event::TakeBack { room: room(0).id, seq });
    assert!(back.try_recv().is_err() && chat.pending.len() == 1, "what was said can be taken back");
    chat.pending.clear();
    let other = chat.event(1, say(None));
    chat.commits();
    assert!(other.try_recv().unwrap().is_ok(), "others talk on");
    chat.told();
    chat.time_passes(1_000);
    assert_eq!(chat.told(), ["unmuted"]);
    let said = chat.event(2, say(None));
    chat.commits();
    assert!(said.try_recv().unwrap().is_ok());
}

#[test]
fn somebody_muted_keeps_their_name_in_a_call_too() {
    let mut chat = two();
    let _muted = mutes(&mut chat, 2, None);
    let caller = Caller { identity: Some(owner(2)), peer: [127, 0, 0, 2].into() };
    let (tell, mut told) = tokio::sync::oneshot::channel();
    let (chatter, nickname) = (chat.members[&owner(2)].id, Nickname::parse("loud").unwrap());
    let call = Call::Rename { caller, chatter, owner: owner(2), nickname, tell };
    chat.command(Command::Call(call));
    assert_eq!(told.try_recv().unwrap(), Err(Refusal::Muted(None)));
}

#[test]
fn a_message_with_a_key_may_have_been_stored_before_the_mute() {
    let mut chat = two();
    let _muted = mutes(&mut chat, 2, None);
    chat.commits();
    assert_eq!(chat.told(), ["muted"]);
    let again = chat.event(2, say(Some("k")));
    assert!(again.try_recv().is_err(), "the store is asked");
    let (write, then) = chat.pending.pop_front().unwrap();
    let Write::Recall(recall) = write else { panic!("{write:?}") };
    let at = chat.at();
    chat.hub.ended((then, Err(recall.refusal)), at);
    chat.collect();
    assert_eq!(again.try_recv().unwrap().unwrap_err(), Refusal::Muted(None));
}

#[test]
fn whoever_joins_muted_is_told_and_a_later_mute_replaces_an_earlier() {
    let mut chat = two();
    let _short = mutes(&mut chat, 2, Some(60));
    let _long = mutes(&mut chat, 2, Some(600));
    chat.commits();
    chat.told();
    chat.time_passes(60_000);
    assert!(chat.told().is_empty(), "the later one goes on");
    let joined = chat.asks_in(2);
    chat.commits();
    let Ok(Answer::Joined(entry)) = joined.try_recv().unwrap() else { panic!() };
    assert_eq!(entry.muted.unwrap().until, Some(WallTime(540_000)));
    chat.told();
    let mut unmuted = unmutes(&mut chat, 2);
    assert!(chat.event(2, say(None)).try_recv().unwrap().is_err(), "until that is committed");
    chat.commits();
    assert!(unmuted.try_recv().unwrap().is_ok());
    assert_eq!(chat.told(), ["unmuted"]);
    let joined = chat.asks_in(2);
    chat.commits();
    let Ok(Answer::Joined(entry)) = joined.try_recv().unwrap() else { panic!() };
    assert_eq!(entry.muted, None);
    assert_eq!(unmutes(&mut chat, 2).try_recv().unwrap(), Err(Refusal::NoSuchChatter));
    chat.time_passes(600_000);
    assert!(!chat.told().contains(&"unmuted".to_owned()), "it was lifted before");
}

#[test]
fn a_mute_that_could_not_be_committed_silences_nobody() {
    let mut chat = two();
    let mut muted = mutes(&mut chat, 2, None);
    let (_, then) = chat.pending.pop_front().unwrap();
    let at = chat.at();
    chat.hub.ended((then, Err(Refusal::StorageReadOnly)), at);
    chat.collect();
    assert_eq!(muted.try_recv().unwrap().unwrap_err(), Refusal::StorageReadOnly);
    assert_eq!(chat.told(), ["unmuted"]);
    let said = chat.event(2, say(None));
    chat.commits();
    assert!(said.try_recv().unwrap().is_ok());
}
