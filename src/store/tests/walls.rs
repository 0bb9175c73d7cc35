//! The walls of rooms, and what they show.

use super::*;
use crate::domain::ids::WallLinkId;
use crate::domain::mute::Mute;
use crate::domain::room::wall::{RoomWall, WallEdit, WallView};
use crate::store::write::Vote;

fn link(n: u8) -> WallLinkId {
    WallLinkId::from_random([n; 16])
}

fn everything(room: RoomId) -> WallRead {
    let end = HubTime(1 << 50);
    WallRead { room, last: Seq(5_000), sent_until: end, now: HubTime(100), most: 3 }
}

impl Kit {
    async fn sets_wall(&mut self, room: RoomId, edit: WallEdit) -> RoomWall {
        match self.host(Deed::SetWall(room, edit)).await {
            Ok(Written::WallSet(wall)) => wall,
            other => panic!("{other:?}"),
        }
    }

    async fn shows(&self, read: WallRead) -> Vec<String> {
        let shown = self.store.reader.wall(read).await.unwrap();
        shown.into_iter().map(|message| message.content).collect()
    }

    async fn asked(&self, read: WallRead) -> Vec<String> {
        let asked = self.store.reader.wall_questions(read).await.unwrap();
        asked.into_iter().map(|message| message.content).collect()
    }
}

on_both! { async fn a_wall_is_kept_over_a_restart_and_its_link_until_it_is_revoked(mut kit: Kit) {
    let (id, other) = (kit.room(1).await, kit.room(2).await);
    let delay = Duration::from_secs(30);
    let wall = kit.sets_wall(id, WallEdit { delay: Some(delay), ..WallEdit::default() }).await;
    assert_eq!(wall, RoomWall { delay, ..RoomWall::default() });
    let made = WallEdit { link: Some(Some(link(1))), ..WallEdit::default() };
    let wall = kit.sets_wall(id, made).await;
    assert_eq!((wall.link, wall.delay), (Some(link(1)), delay));
    let again = WallEdit { link: Some(Some(link(2))), ..WallEdit::default() };
    assert_eq!(kit.sets_wall(id, again).await.link, Some(link(1)), "there is one");
    let mut kit = kit.reopened();
    assert_eq!(kit.store.past.walls, [(id, wall)]);
    let none = WallEdit { link: Some(None), view: Some(WallView::Off), delay: None };
    let wall = kit.sets_wall(id, none).await;
    assert_eq!(wall, RoomWall { view: WallView::Off, delay, link: None });
    assert_eq!(kit.sets_wall(id, again).await.link, Some(link(2)));
    assert_eq!(kit.sets_wall(other, again).await, RoomWall { link: Some(link(2)), ..RoomWall::default() });
    let kit = kit.reopened();
    assert_eq!(kit.store.past.walls.len(), 2);
} }

on_both! { async fn a_wall_is_in_the_log_and_one_of_no_room_is_refused(mut kit: Kit) {
    let id = kit.room(1).await;
    kit.sets_wall(id, WallEdit { view: Some(WallView::Off), ..WallEdit::default() }).await;
    let log = kit.store.reader.host_log(9).await.unwrap();
    assert_eq!(log.iter().map(|done| done.deed.as_str()).collect::<Vec<_>>(), ["wall set"]);
    let gone = kit.host(Deed::SetWall(room(9).id, WallEdit::default())).await;
    assert_eq!(gone, Err(Refusal::NoSuchRoom));
} }

on_both! { async fn a_wall_shows_the_newest_messages_that_are_old_enough(mut kit: Kit) {
    let id = kit.room(1).await;
    assert!(kit.shows(everything(id)).await.is_empty());
    kit.join(id, 1).await;
    for n in 1..=4 {
        kit.says(id, 1, &n.to_string(), None).await;
    }
    let last = kit.says(id, 1, "5", None).await.0.seq;
    kit.join(id, 2).await;
    assert_eq!(kit.shows(everything(id)).await, ["3", "4", "5"], "and no notices");
    let before = WallRead { last: Seq(last.0 - 1), ..everything(id) };
    assert_eq!(kit.shows(before).await, ["2", "3", "4"]);
    assert!(kit.shows(WallRead { sent_until: HubTime(0), ..everything(id) }).await.is_empty());
    kit.host(Deed::TakeBack(id, vec![last])).await.unwrap();
    assert_eq!(kit.shows(everything(id)).await, ["2", "3", "4"], "nor what was taken back");
} }

on_both! { async fn a_wall_shows_nothing_of_the_muted_and_the_banned(mut kit: Kit) {
    let id = kit.room(1).await;
    for who in 1..=3 {
        kit.join(id, who).await;
        kit.says(id, who, &format!("of {who}"), None).await;
    }
    assert_eq!(kit.shows(everything(id)).await, ["of 1", "of 2", "of 3"]);
    let (one, nickname) = (chatter(1).id, chatter(1).nickname);
    let until = Some(HubTime(1 << 40));
    let mute = Mute { chatter: one, identity: identity(1), nickname: nickname.clone(), until };
    kit.host(Deed::Mute(mute)).await.unwrap();
    assert_eq!(kit.shows(everything(id)).await, ["of 2", "of 3"]);
    let later = WallRead { now: HubTime(1 << 40), ..everything(id) };
    assert_eq!(kit.shows(later).await, ["of 1", "of 2", "of 3"], "the mute is over");
    let ban = Ban { chatter: chatter(3).id, identity: identity(3), nickname, address: None };
    kit.host(Deed::Ban(ban)).await.unwrap();
    assert_eq!(kit.shows(everything(id)).await, ["of 2"]);
    kit.host(Deed::Unmute(one, identity(1))).await.unwrap();
    assert_eq!(kit.shows(everything(id)).await, ["of 1", "of 2"]);
} }

on_both! { async fn a_wall_shows_the_questions_with_the_most_votes_that_are_old_enough(mut kit: Kit) {
    let id = kit.room(1).await;
    for who in 1..=3 {
        kit.join(id, who).await;
    }
    let mut asked = Vec::new();
    for (who, content) in [(1, "one"), (2, "two"), (1, "answered"), (1, "late")] {
        let ask = Say { is_question: true, ..say(id, who, content, None) };
        match kit.write(Write::Say(ask)).await {
            Ok(Written::Said { message, .. }) => asked.push(message.seq),
            other => panic!("{other:?}"),
        }
        kit.says(id, who, "no question", None).await;
    }
    for seq in [asked[1], asked[2], asked[3]] {
        let vote = Vote { room: id, chatter: chatter(3).id, seq, is_on: true, at: at(50) };
        kit.write(Write::Vote(vote)).await.unwrap();
    }
    kit.host(Deed::Answered(id, asked[2], true)).await.unwrap();
    let all = WallRead { most: 9, ..everything(id) };
    assert_eq!(kit.asked(all).await, ["late", "two", "one", "answered"]);
    assert_eq!(kit.asked(WallRead { most: 2, ..all }).await, ["late", "two"]);
    let before = WallRead { last: Seq(asked[3].0 - 1), ..all };
    assert_eq!(kit.asked(before).await, ["two", "one", "answered"]);
    assert!(kit.asked(WallRead { sent_until: HubTime(0), ..all }).await.is_empty());
    kit.host(Deed::TakeBack(id, vec![asked[3]])).await.unwrap();
    assert_eq!(kit.asked(all).await, ["two", "one", "answered"]);
    let nickname = chatter(2).nickname;
    let mute = Mute { chatter: chatter(2).id, identity: identity(2), nickname, until: None };
    kit.host(Deed::Mute(mute)).await.unwrap();
    assert_eq!(kit.asked(all).await, ["one", "answered"]);
    let nickname = chatter(1).nickname;
    let ban = Ban { chatter: chatter(1).id, identity: identity(1), nickname, address: None };
    kit.host(Deed::Ban(ban)).await.unwrap();
    assert!(kit.asked(all).await.is_empty());
} }

#[tokio::test]
async fn another_hub_hears_of_a_wall_as_it_is_by_then() {
    let Some(mut one) = Kit::on_postgres() else { return };
    let mut two = one.another(2);
    let id = one.room(1).await;
    let wall =
        one.sets_wall(id, WallEdit { link: Some(Some(link(1))), ..WallEdit::default() }).await;
    let heard = loop {
        let heard = two.hears(1).await;
        if let Some(Change::WallSet { room, wall }) = heard.last() {
            break (*room, *wall);
        }
    };
    assert_eq!(heard, (id, wall));
}

#[tokio::test]
async fn a_wall_of_a_deleted_room_goes_with_it() {
    // On SQLite only: on PostgreSQL rooms are pruned by whichever hub holds the lease.
    let mut kit = Kit::new();
    let id = kit.room(1).await;
    kit.sets_wall(id, WallEdit { view: Some(WallView::Off), ..WallEdit::default() }).await;
    kit.host(Deed::Delete(id)).await.unwrap();
    assert!(kit.reopened().store.past.walls.is_empty());
}
