use std::time::Duration;

use super::*;
use crate::domain::chatter::Chatter;
use crate::domain::code::Code;
use crate::domain::ids::{ChatterId, IdentityId, RoomId, Seq};
use crate::domain::language::Language;
use crate::domain::message::{Kind, Message};
use crate::domain::refusal::Refusal;
use crate::domain::text::{Key, Namespace, Nickname, Title};
use crate::domain::time::WallTime;
use crate::store::*;

mod damage;
mod plans;
mod renew;
mod retention;
mod strange;
mod takeback;

/// A store in a folder of its own, whose writes are awaited one by one.
struct Kit {
    store: Store<u32>,
    folder: tempfile::TempDir,
}

impl Kit {
    fn new() -> Self {
        Self::in_folder(tempfile::tempdir().unwrap(), 9)
    }

    fn in_folder(folder: tempfile::TempDir, fresh: u8) -> Self {
        let fresh = HubId::from_random([fresh; 16]);
        Self { store: Store::open(folder.path(), fresh, StoreOptions::default()).unwrap(), folder }
    }

    fn reopened(self) -> Self {
        Self::in_folder(self.closed(), 8)
    }

    fn closed(self) -> tempfile::TempDir {
        self.store.writer.close();
        self.folder
    }

    async fn write(&mut self, write: Write) -> Result<Written, Refusal> {
        self.store.writer.submit(write, 0).unwrap();
        self.completed().await.remove(0).1
    }

    /// The next batch of completed writes.
    async fn completed(&mut self) -> Vec<Completed<u32>> {
        match self.store.reports.recv().await {
            Some(Report::Completed(batch)) => batch,
            other => panic!("{other:?}"),
        }
    }

    async fn room(&mut self, n: u8) -> RoomId {
        let room = room(n);
        self.write(Write::Room(room.clone())).await.unwrap();
        room.id
    }

    async fn join(&mut self, room: RoomId, who: u8) -> Joined {
        let Ok(Written::Joined(joined)) = self.write(Write::Join(join(room, who))).await else {
            panic!("not joined")
        };
        joined
    }

    /// What somebody who joins (again) gets of the room.
    async fn returns(&mut self, join: Write) -> HistorySlice {
        match self.write(join).await {
            Ok(Written::Joined(joined)) => joined.history,
            other => panic!("{other:?}"),
        }
    }

    async fn says(
        &mut self,
        room: RoomId,
        who: u8,
        what: &str,
        key: Option<&str>,
    ) -> (Message, bool) {
        match self.write(Write::Say(say(room, who, what, key))).await {
            Ok(Written::Said { message, repeated }) => (message, repeated),
            other => panic!("{other:?}"),
        }
    }
}

fn room(n: u8) -> Room {
    Room {
        id: RoomId::from_random([n; 16]),
        code: Code::from_random([n; 16]),
        title: Title::parse("방").unwrap(),
        namespace: Namespace::parse("anonymous").unwrap(),
        capacity: 4,
        lock: None,
        created_at: WallTime(1_000),
        created: HubTime(10),
        lifetime: Duration::from_secs(60),
        is_shut: false,
        by_host: false,
    }
}

fn identity(who: u8) -> IdentityId {
    IdentityId::from_random([who; 16])
}

fn chatter(who: u8) -> Chatter {
    Chatter {
        id: ChatterId::from_random([who; 16]),
        nickname: Nickname::parse(&format!("n{who}")).unwrap(),
        created_at: WallTime(2_000),
        left_at: None,
    }
}

fn at(ms: u64) -> Moment {
    Moment { hub: HubTime(ms), wall: WallTime(5_000) }
}

fn join(room: RoomId, who: u8) -> Join {
    Join {
        room,
        identity: identity(who),
        peer: [127, 0, 0, 1].into(),
        wanted: None,
        fresh: chatter(who),
        admitted: true,
        notice: Some(Language::Ko),
        after: None,
        epoch: None,
        at: at(20),
    }
}

fn say(room: RoomId, who: u8, what: &str, key: Option<&str>) -> Say {
    Say {
        room,
        chatter: chatter(who).id,
        kind: Kind::Said,
        content: what.into(),
        key: key.map(|key| Key::parse(key).unwrap()),
        at: at(30),
    }
}

#[tokio::test]
async fn every_room_counts_its_own_places_without_gaps() {
    let mut kit = Kit::new();
    let (one, two) = (kit.room(1).await, kit.room(2).await);
    kit.join(one, 1).await;
    let own = Join { wanted: Some(chatter(1).id), ..join(two, 1) };
    kit.write(Write::Join(own)).await.unwrap();
    let mut seqs = Vec::new();
    for room in [one, two, one, one, two] {
        seqs.push(kit.says(room, 1, "hi", None).await.0.seq.0);
    }
    assert_eq!(seqs, [2, 2, 3, 4, 3], "after the join's own notice in each");
}

#[tokio::test]
async fn one_browser_is_one_chatter_in_a_room_also_after_a_restart() {
    let mut kit = Kit::new();
    let room = kit.room(1).await;
    let first = kit.join(room, 1).await;
    let mut kit = kit.reopened();
    let again = Join { fresh: chatter(7), ..join(room, 1) };
    let Ok(Written::Joined(again)) = kit.write(Write::Join(again)).await else { panic!() };
    assert_eq!(again.chatter, first.chatter);
    assert_eq!(again.history.first, first.history.first);
}

#[tokio::test]
async fn nobody_becomes_a_chatter_they_do_not_own() {
    let mut kit = Kit::new();
    let room = kit.room(1).await;
    let victim = kit.join(room, 1).await.chatter;
    let thief = Join { wanted: Some(victim.id), ..join(room, 2) };
    let Ok(Written::Joined(thief)) = kit.write(Write::Join(thief)).await else { panic!() };
    assert_ne!(thief.chatter.id, victim.id);
}

#[tokio::test]
async fn a_member_returns_to_a_locked_room_and_a_stranger_does_not() {
    let mut kit = Kit::new();
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    let unproven = |who| Write::Join(Join { admitted: false, ..join(room, who) });
    assert!(kit.write(unproven(1)).await.is_ok());
    assert_eq!(kit.write(unproven(2)).await, Err(Refusal::Locked));
    assert!(kit.store.reader.member(room, chatter(2).id).await.unwrap().is_none());
}

#[tokio::test]
async fn the_same_key_is_the_same_message_also_after_a_restart() {
    let mut kit = Kit::new();
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    kit.join(room, 2).await;
    let (first, repeated) = kit.says(room, 1, "once", Some("k")).await;
    assert!(!repeated);
    let mut kit = kit.reopened();
    let (again, repeated) = kit.says(room, 1, "twice", Some("k")).await;
    assert!(repeated);
    assert_eq!((again.id, again.content.as_str()), (first.id, "once"));
    assert!(!kit.says(room, 2, "mine", Some("k")).await.1, "a key is its chatter's own");
}

#[tokio::test]
async fn a_batch_is_in_the_order_of_submission_and_a_refusal_leaves_the_rest() {
    let mut kit = Kit::new();
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    for n in 0..100 {
        let who = if n == 50 { 77 } else { 1 };
        kit.store.writer.submit(Write::Say(say(room, who, "x", None)), n).unwrap();
    }
    let mut ended = Vec::new();
    while ended.len() < 100 {
        ended.extend(kit.completed().await);
    }
    let mut seq = 1;
    for (n, (context, result)) in ended.into_iter().enumerate() {
        assert_eq!(context as usize, n);
        if n == 50 {
            assert_eq!(result, Err(Refusal::NoSuchChatter));
            continue;
        }
        seq += 1;
        let Ok(Written::Said { message, .. }) = result else { panic!("{result:?}") };
        assert_eq!(message.seq.0, seq);
    }
}

#[tokio::test]
async fn pages_go_back_from_the_newest_and_stop_at_the_members_first_message() {
    let mut kit = Kit::new();
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    for n in 0..10 {
        kit.says(room, 1, &format!("before {n}"), None).await;
    }
    let first = kit.join(room, 2).await.history.first;
    for n in 0..25 {
        kit.says(room, 2, &format!("{n}"), None).await;
    }
    let member = kit.store.reader.member(room, chatter(2).id).await.unwrap().unwrap();
    assert_eq!(member.first, first);
    let page = |n| kit.store.reader.page(member.clone(), n, 20);
    let newest = page(1).await.unwrap();
    assert_eq!((newest[0].content.as_str(), newest[19].content.as_str()), ("5", "24"));
    let oldest = page(2).await.unwrap();
    assert_eq!(oldest.len(), 6);
    assert_eq!(oldest[0].seq, first, "their own notice counts");
    assert!(page(3).await.unwrap().is_empty());
    assert!(page(4_000_000_000).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_return_brings_what_was_missed_and_no_more_than_one_may_read() {
    let mut kit = Kit::new();
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    kit.join(room, 2).await;
    for n in 0..MISSED_MAX {
        kit.says(room, 1, &format!("{n}"), None).await;
    }
    let back = |after| Write::Join(Join { after: Some(Seq(after)), notice: None, ..join(room, 2) });
    let (all, some) = (back(0), back(2));
    let all = kit.returns(all).await;
    assert_eq!(all.missed[0].seq, Seq(2), "not what was said before they came");
    assert!(all.more && all.missed.len() == MISSED_MAX);
    let some = kit.returns(some).await;
    assert_eq!(some.missed[0].content, "0");
    assert!(!some.more && some.missed.len() == MISSED_MAX);
    assert_eq!(some.missed.last().unwrap().seq, some.last);
}

#[tokio::test]
async fn the_past_is_there_at_the_next_start() {
    let mut kit = Kit::new();
    assert!(kit.store.past.rooms.is_empty());
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    kit.join(room, 2).await;
    let notice = Some(Language::En);
    let left = Leave { room, chatter: chatter(2), everywhere: false, notice, at: at(40) };
    kit.write(Write::Leave(left)).await.unwrap();
    kit.write(Write::Mark(at(500))).await.unwrap();
    let kit = kit.reopened();
    let past = &kit.store.past;
    assert_eq!(past.hub, HubId::from_random([9; 16]));
    assert_eq!(past.time, HubTime(500));
    assert_eq!(past.rooms, [self::room(1)]);
    let present: Vec<_> = past.present.iter().map(|member| member.chatter.id).collect();
    assert_eq!(present, [chatter(1).id]);
}

#[tokio::test]
async fn a_name_changes_for_its_owner_only() {
    let mut kit = Kit::new();
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    let rename = |owner: u8| {
        Write::Rename(Rename {
            chatter: chatter(1).id,
            owner: Some(identity(owner)),
            nickname: Nickname::parse("새 이름").unwrap(),
            notice: Some((room, Language::Ko)),
            at: at(50),
        })
    };
    assert_eq!(kit.write(rename(2)).await, Err(Refusal::NotYours));
    let Ok(Written::Renamed { chatter, alert }) = kit.write(rename(1)).await else { panic!() };
    assert_eq!(chatter.nickname.as_str(), "새 이름");
    assert_eq!(alert.unwrap().content, "n1님이 이름을 새 이름(으)로 바꿨습니다.");
}
