//! The host's announcements, and what the host says in rooms.

use super::*;
use crate::domain::announcement::{ANNOUNCEMENTS_MAX, Announcement};
use crate::domain::ids::{AnnouncementId, host_chatter};
use crate::domain::message::Alert;
use crate::domain::refusal::HostRefusal;
use crate::domain::text::Content;
use crate::domain::words::host_name;

fn announcement(n: u8, room: Option<RoomId>, until: Option<u64>) -> Announcement {
    Announcement {
        id: AnnouncementId::from_random([n; 16]),
        room,
        text: Content::trusted(format!("lunch {n}")),
        made_at: WallTime(i64::from(n)),
        until: until.map(HubTime),
    }
}

fn host_say(room: RoomId, text: &str, key: Option<&str>) -> Deed {
    let (host, content) = (host_name(Language::En), Content::trusted(text.into()));
    Deed::Say(HostSay { room, host, content, key: key.map(|key| Key::parse(key).unwrap()) })
}

impl Kit {
    async fn announces(&mut self, announcement: &Announcement) -> Result<Vec<Message>, Refusal> {
        let deed = Deed::Announce(announcement.clone(), host_name(Language::En));
        match self.host(deed).await? {
            Written::Announced(notices) => Ok(notices),
            other => panic!("{other:?}"),
        }
    }

    /// The objects of the actions in the log, the last first.
    async fn logged(&self) -> Vec<String> {
        let log = self.store.reader.host_log(9).await.unwrap();
        log.into_iter().map(|done| done.what).collect()
    }

    async fn host_says(&mut self, room: RoomId, text: &str) -> Result<Message, Refusal> {
        match self.host(host_say(room, text, None)).await? {
            Written::Said { message, repeated: false } => Ok(message),
            other => panic!("{other:?}"),
        }
    }
}

/// Farther ahead than any test takes, on the database's clock, too.
const LATER: u64 = 1 << 50;

on_both! { async fn an_announcement_stands_in_every_room_it_concerns_and_is_there_at_the_next_start(mut kit: Kit) {
    let (one, two) = (kit.room(1).await, kit.room(2).await);
    kit.join(one, 1).await;
    let (for_all, for_two) = (announcement(1, None, None), announcement(2, Some(two), Some(LATER)));
    let notices = kit.announces(&for_all).await.unwrap();
    assert_eq!(notices.iter().map(|notice| notice.room).collect::<Vec<_>>(), [one, two]);
    assert_eq!(notices.iter().map(|notice| notice.seq).collect::<Vec<_>>(), [Seq(2), Seq(1)]);
    let notices = kit.announces(&for_two).await.unwrap();
    assert_eq!((notices.len(), notices[0].room, notices[0].seq), (1, two, Seq(2)));
    let stored = kit.store.reader.newest(two, 9).await.unwrap();
    assert_eq!(stored.last(), notices.first());
    assert_eq!(stored[1].kind, Kind::Alert(Alert::Announcement));
    assert_eq!((stored[1].content.as_str(), stored[1].chatter.id), ("lunch 2", host_chatter()));
    let kit = kit.reopened();
    assert_eq!(kit.store.past.announcements, [for_all, for_two]);
    let log = kit.store.reader.host_log(9).await.unwrap();
    assert!(log.iter().all(|done| done.deed == "announce add"), "{log:?}");
} }

on_both! { async fn an_announcement_that_is_taken_down_or_over_is_not_there_at_the_next_start(mut kit: Kit) {
    let room = kit.room(1).await;
    kit.announces(&announcement(1, None, None)).await.unwrap();
    kit.announces(&announcement(2, None, Some(1))).await.unwrap();
    kit.announces(&announcement(3, Some(room), Some(LATER))).await.unwrap();
    kit.host(Deed::TakeDown(announcement(1, None, None).id)).await.unwrap();
    let none = Err(Refusal::Host(HostRefusal::NoSuchAnnouncement));
    assert_eq!(kit.host(Deed::TakeDown(announcement(1, None, None).id)).await, none);
    kit.write(Write::Mark(at(40))).await.unwrap();
    let mut kit = kit.reopened();
    assert_eq!(kit.store.past.announcements, [announcement(3, Some(room), Some(LATER))]);
    kit.host(Deed::Close(room)).await.unwrap();
    assert_eq!(kit.reopened().store.past.announcements, []);
} }

on_both! { async fn there_are_only_so_many_at_a_time_and_those_of_no_room_are_refused(mut kit: Kit) {
    let room = kit.room(1).await;
    for n in 0..u8::try_from(ANNOUNCEMENTS_MAX).unwrap() {
        kit.announces(&announcement(n, None, Some(if n == 0 { 1 } else { LATER }))).await.unwrap();
    }
    kit.announces(&announcement(100, None, None)).await.expect("one was over");
    let full = Refusal::Host(HostRefusal::TooManyAnnouncements);
    assert_eq!(kit.announces(&announcement(101, None, None)).await, Err(full));
    let nowhere = announcement(102, Some(self::room(7).id), None);
    assert_eq!(kit.announces(&nowhere).await, Err(Refusal::NoSuchRoom));
    kit.host(Deed::Close(room)).await.unwrap();
    assert_eq!(kit.announces(&announcement(103, Some(room), None)).await, Err(Refusal::Expired));
} }

on_both! { async fn the_host_speaks_as_nobody_else_and_is_answered_and_taken_back(mut kit: Kit) {
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    let said = kit.host_says(room, "the stage is open").await.unwrap();
    assert_eq!((said.kind.clone(), said.chatter.id), (Kind::Said, host_chatter()));
    assert_eq!(said.chatter.nickname.as_str(), "Host");
    assert_eq!(kit.store.reader.newest(room, 1).await.unwrap(), std::slice::from_ref(&said));
    let answer = Say { reply_to: Some(said.seq), ..say(room, 1, "thanks", None) };
    let Ok(Written::Said { message, .. }) = kit.write(Write::Say(answer)).await else { panic!() };
    assert_eq!(message.quote.unwrap().excerpt, "the stage is open");
    let thief = Join { wanted: Some(host_chatter()), ..join(room, 2) };
    let Ok(Written::Joined(thief)) = kit.write(Write::Join(thief)).await else { panic!() };
    assert_ne!(thief.chatter.id, host_chatter());
    let notice = kit.announces(&announcement(1, Some(room), None)).await.unwrap().remove(0);
    let back = kit.host(Deed::TakeBack(room, vec![said.seq, notice.seq])).await.unwrap();
    assert_eq!(back, Written::TakenBack(vec![(said.seq, said.id), (notice.seq, notice.id)]));
    kit.host(Deed::Close(room)).await.unwrap();
    assert_eq!(kit.host_says(room, "too late").await, Err(Refusal::Expired));
    assert_eq!(kit.host_says(self::room(7).id, "nowhere").await, Err(Refusal::NoSuchRoom));
} }

on_both! { async fn the_log_shows_what_the_host_has_said_until_it_is_taken_back(mut kit: Kit) {
    let (one, two) = (kit.room(1).await, kit.room(2).await);
    let said = kit.host_says(one, "the stage\nis open").await.unwrap();
    let notices = kit.announces(&announcement(1, None, None)).await.unwrap();
    assert_eq!(kit.logged().await, ["x \"lunch 1\"", "x \"the stage is open\""]);
    kit.host(Deed::TakeBack(one, vec![said.seq])).await.unwrap();
    kit.host(Deed::TakeBack(two, vec![notices[1].seq])).await.unwrap();
    assert_eq!(kit.logged().await, ["x", "x", "x \"lunch 1\"", "x"]);
    kit.host(Deed::Delete(one)).await.unwrap();
    assert_eq!(kit.reopened().logged().await, ["x"; 5], "its room is deleted");
} }

on_both! { async fn what_the_host_says_again_with_its_key_is_said_once(mut kit: Kit) {
    let (one, two) = (kit.room(1).await, kit.room(2).await);
    let said = kit.host(host_say(one, "welcome", Some("k"))).await;
    let Ok(Written::Said { message, repeated: false }) = said else { panic!("{said:?}") };
    for (room, text) in [(one, "welcome"), (two, "another")] {
        let again = kit.host(host_say(room, text, Some("k"))).await;
        assert_eq!(again, Ok(Written::Said { message: message.clone(), repeated: true }));
    }
    assert_eq!(kit.logged().await, ["x \"welcome\""], "it was done once");
    let other = kit.host(host_say(one, "welcome", Some("l"))).await;
    assert!(matches!(other, Ok(Written::Said { repeated: false, .. })), "{other:?}");
} }

on_both! { async fn where_no_room_lives_an_announcement_waits_for_the_first(mut kit: Kit) {
    assert_eq!(kit.announces(&announcement(1, None, None)).await, Ok(vec![]));
    assert_eq!(kit.reopened().store.past.announcements, [announcement(1, None, None)]);
} }

#[tokio::test]
async fn other_hubs_hear_of_announcements_with_their_notices() {
    let Some(mut one) = Kit::on_postgres() else { return };
    let room = one.room(1).await;
    let mut two = one.another(8);
    let made = announcement(1, Some(room), Some(LATER));
    let notices = one.announces(&made).await.unwrap();
    one.host(Deed::TakeDown(made.id)).await.unwrap();
    let late = announcement(2, None, None);
    let last = Change::Message(one.announces(&late).await.unwrap().remove(0));
    let mut heard = Vec::new();
    while heard.last() != Some(&last) {
        match two.store.reports.recv().await {
            Some(Report::Changes(changes)) => heard.extend(changes),
            Some(_) => {}
            None => panic!("the store has ended"),
        }
    }
    // Heard at once, before it was taken down, or not at all.
    heard.retain(|change| *change != Change::Announced(made.clone()));
    assert_eq!(heard[0], Change::Message(notices[0].clone()));
    assert_eq!(heard[1], Change::AnnouncementGone(made.id));
    assert_eq!(heard[2], Change::Announced(late));
}
