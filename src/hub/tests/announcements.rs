//! What the host says: told once it is committed, shown until it is over.

use super::*;
use crate::domain::announcement::ANNOUNCEMENTS_MAX;
use crate::domain::ids::{AnnouncementId, host_chatter};
use crate::domain::refusal::HostRefusal;
use crate::domain::text::Key;

type Told<T> = tokio::sync::oneshot::Receiver<Result<T, Refusal>>;

impl Chat {
    fn announces(&mut self, room: Option<RoomId>, minutes: Option<u64>) -> Told<AnnouncementId> {
        let (tell, told) = tokio::sync::oneshot::channel();
        let text = Content::parse("lunch").unwrap();
        self.command(Command::Call(Call::Announce { room, text, minutes, is_once: false, tell }));
        told
    }

    /// The texts of the announcements that come with the answer to a join.
    fn meets(&mut self, who: u8) -> Vec<String> {
        self.connects(who);
        let joined = self.asks_in(who);
        self.commits();
        match joined.try_recv().unwrap() {
            Ok(Answer::Joined(entry)) => {
                entry.announcements.iter().map(|view| view.announcement.text.to_string()).collect()
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn an_announcement_is_told_once_committed_and_met_by_newcomers_until_its_time() {
    let mut chat = Chat::new(0, 50);
    chat.is_in(1);
    chat.told();
    let mut made = chat.announces(None, Some(1));
    assert!(chat.told().is_empty() && made.try_recv().is_err());
    chat.commits();
    assert!(made.try_recv().unwrap().is_ok());
    assert_eq!(chat.told(), ["announced lunch", "said lunch"]);
    assert_eq!(chat.meets(2), ["lunch"]);
    chat.told();
    chat.time_passes(60_000);
    assert_eq!(chat.told(), ["announcement gone"]);
    assert!(chat.meets(3).is_empty());
}

#[test]
fn announcements_of_one_moment_are_in_the_order_of_their_ids_as_after_a_restart() {
    let mut chat = Chat::new(0, 50);
    for _ in 0..8 {
        chat.announces(None, None);
    }
    chat.commits();
    let ids: Vec<_> = chat.hub.announcements.iter().map(|one| one.id).collect();
    assert!(ids.len() == 8 && ids.is_sorted(), "{ids:?}");
}

#[test]
fn an_announcement_is_taken_down_once() {
    let mut chat = Chat::new(0, 50);
    chat.is_in(1);
    let mut made = chat.announces(Some(room(0).id), None);
    chat.commits();
    let id = made.try_recv().unwrap().unwrap();
    chat.told();
    let down = |chat: &mut Chat| {
        let (tell, mut told) = tokio::sync::oneshot::channel();
        chat.command(Command::Call(Call::TakeDown(id, tell)));
        chat.commits();
        told.try_recv().unwrap()
    };
    assert_eq!(down(&mut chat), Ok(()));
    assert_eq!(chat.told(), ["announcement gone"]);
    assert_eq!(down(&mut chat), Err(Refusal::Host(HostRefusal::NoSuchAnnouncement)));
    assert!(chat.told().is_empty() && chat.meets(2).is_empty());
}

#[test]
fn what_is_announced_in_a_room_ends_with_it() {
    let mut chat = Chat::new(0, 50);
    for _ in 0..ANNOUNCEMENTS_MAX {
        chat.announces(Some(room(0).id), None);
    }
    chat.commits();
    let mut full = chat.announces(None, None);
    let too_many = Refusal::Host(HostRefusal::TooManyAnnouncements);
    assert_eq!(full.try_recv().unwrap().unwrap_err(), too_many);
    let mut under_way = chat.announces(Some(room(0).id), None);
    assert!(under_way.try_recv().unwrap().is_err());
    chat.time_passes(100_000);
    assert!(chat.hub.announcements.is_empty());
    let mut nowhere = chat.announces(Some(room(0).id), None);
    assert_eq!(nowhere.try_recv().unwrap().unwrap_err(), Refusal::Expired);
}

#[test]
fn an_announcement_of_a_room_that_ends_while_it_is_committed_is_not_kept() {
    let mut chat = Chat::new(0, 50);
    let _made = chat.announces(Some(room(0).id), None);
    chat.time_passes(100_000);
    chat.commits();
    assert!(chat.hub.announcements.is_empty());
}

#[test]
fn what_the_host_says_comes_from_nobody_in_the_room() {
    let mut chat = Chat::new(0, 50);
    chat.is_in(1);
    chat.told();
    let (tell, mut said) = tokio::sync::oneshot::channel();
    let content = Content::parse("welcome").unwrap();
    chat.command(Command::Call(Call::Say { room: room(0).id, content, key: None, tell }));
    assert!(chat.told().is_empty());
    chat.commits();
    assert_eq!(said.try_recv().unwrap().unwrap().chatter.id, host_chatter());
    assert_eq!(chat.told(), ["said welcome"]);
    let (content, key) = (Content::parse("welcome").unwrap(), Some(Key::parse("k").unwrap()));
    let (tell, mut said) = tokio::sync::oneshot::channel();
    chat.command(Command::Call(Call::Say { room: room(0).id, content, key, tell }));
    chat.commits();
    assert!(said.try_recv().unwrap().is_ok(), "it is the message of before");
    assert!(chat.told().is_empty(), "which was told");
}
