use std::time::Duration;

use super::*;
use crate::domain::chatter::Chatter;
use crate::domain::code::Code;
use crate::domain::ids::{ChatterId, Epoch, IdentityId, RoomId, RunId, Seq};
use crate::domain::language::Language;
use crate::domain::message::{Kind, Message};
use crate::domain::mode::RoomMode;
use crate::domain::question::Questions;
use crate::domain::refusal::Refusal;
use crate::domain::room::{History, Newest};
use crate::domain::text::{Key, Namespace, Nickname, Title};
use crate::domain::time::WallTime;

mod announcements;
mod archive;
mod batches;
mod edits;
mod event;
mod held;
mod hosts;
mod modes;
mod mutes;
mod names;
mod polls;
#[path = "../../tests/several/postgres.rs"]
pub(in crate::store) mod postgres;
pub(in crate::store) mod prepared;
mod questions;
mod reactions;
mod replies;
mod reports;
mod runs;
mod search;
mod settling;
mod stream;
pub(in crate::store) mod takeback;
mod unread;
mod walls;
mod wipe;

/// A store of its own, whose writes are awaited one by one.
pub(in crate::store) struct Kit {
    pub(in crate::store) store: Store<u32>,
    pub(in crate::store) folder: tempfile::TempDir,
    /// The database, on PostgreSQL.
    database: Option<String>,
}

/// Makes two tests of one: on SQLite, and on PostgreSQL where it is installed.
macro_rules! on_both {
    ($($(#[$doc:meta])* async fn $name:ident(mut $kit:ident: Kit) $body:block)*) => {$(
        $(#[$doc])*
        mod $name {
            use super::*;

            async fn story(mut $kit: Kit) $body

            #[tokio::test]
            async fn on_sqlite() {
                story(Kit::new()).await;
            }

            #[tokio::test]
            async fn on_postgres() {
                if let Some(kit) = Kit::on_postgres() {
                    story(kit).await;
                }
            }
        }
    )*};
}
pub(in crate::store) use on_both;

impl Kit {
    pub(in crate::store) fn new() -> Self {
        Self::in_folder(tempfile::tempdir().unwrap(), 9)
    }

    pub(in crate::store) fn in_folder(folder: tempfile::TempDir, fresh: u8) -> Self {
        let fresh = HubId::from_random([fresh; 16]);
        let store = Store::open(folder.path(), fresh, StoreOptions::default()).unwrap();
        Self { store, folder, database: None }
    }

    /// A hub on an empty database of PostgreSQL. `None` where PostgreSQL is not installed.
    pub(in crate::store) fn on_postgres() -> Option<Self> {
        Some(Self::in_database(postgres::Postgres::shared()?.database(), 9))
    }

    /// A further hub on the same database.
    pub(in crate::store) fn another(&self, hub: u8) -> Self {
        Self::in_database(self.database.clone().unwrap(), hub)
    }

    fn in_database(url: String, hub: u8) -> Self {
        static RUNS: std::sync::atomic::AtomicI64 = std::sync::atomic::AtomicI64::new(1);
        let hub = HubRun {
            hub: HubId::from_random([hub; 16]),
            name: format!("cola-{hub}"),
            url: "http://cola.local".into(),
            run: RunId(RUNS.fetch_add(1, std::sync::atomic::Ordering::Relaxed)),
            epoch: Epoch(7),
            key: [hub; 32],
            language: Language::En,
            rooms_max: 5,
            retention: Retention::default(),
            settings: CommonSettings::new(move || [("rooms.limit".into(), hub.to_string())].into()),
        };
        let database = Database::parse(&url, None, Duration::from_secs(30)).unwrap();
        let store = Store::connect(database, hub).unwrap();
        Self { store, folder: tempfile::tempdir().unwrap(), database: Some(url) }
    }

    /// The same store, opened again by the same hub.
    pub(in crate::store) fn reopened(self) -> Self {
        match self.database.clone() {
            Some(database) => {
                self.store.writer.close();
                Self::in_database(database, 9)
            }
            None => Self::in_folder(self.closed(), 8),
        }
    }

    pub(in crate::store) fn closed(self) -> tempfile::TempDir {
        self.store.writer.close();
        self.folder
    }

    /// The chatters who are present when the store is opened.
    pub(in crate::store) fn present(&self) -> Vec<ChatterId> {
        let past = &self.store.past;
        let here = past.present.iter().map(|member| member.chatter.id);
        here.chain(past.elsewhere.iter().map(|(member, _)| member.chatter.id)).collect()
    }

    pub(in crate::store) async fn write(&mut self, write: Write) -> Result<Written, Refusal> {
        self.store.writer.submit(write, 0).unwrap();
        self.completed().await.remove(0).1
    }

    /// The next batch of completed writes.
    pub(in crate::store) async fn completed(&mut self) -> Vec<Completed<u32>> {
        loop {
            match self.store.reports.recv().await {
                Some(Report::Completed(batch)) => return batch,
                Some(Report::Changes(_) | Report::Time(_)) => {}
                None => panic!("the store has ended"),
            }
        }
    }

    /// Submits all of them at once, and returns what they have written, in their order.
    pub(in crate::store) async fn writes(
        &mut self,
        writes: impl IntoIterator<Item = Write>,
    ) -> Vec<Written> {
        let mut submitted = 0;
        for write in writes {
            self.store.writer.submit(write, submitted).unwrap();
            submitted += 1;
        }
        let mut written = Vec::new();
        while written.len() < submitted as usize {
            written.extend(self.completed().await.into_iter().map(|(_, result)| result.unwrap()));
        }
        written
    }

    pub(in crate::store) async fn room(&mut self, n: u8) -> RoomId {
        let room = room(n);
        self.write(Write::Room(room.clone())).await.unwrap();
        room.id
    }

    pub(in crate::store) async fn join(&mut self, room: RoomId, who: u8) -> Joined {
        let Ok(Written::Joined(joined)) = self.write(Write::Join(join(room, who))).await else {
            panic!("not joined")
        };
        joined
    }

    /// The part of the history that the answer to a join carries.
    pub(in crate::store) async fn returns(&mut self, join: Write) -> HistorySlice {
        match self.write(join).await {
            Ok(Written::Joined(joined)) => joined.history,
            other => panic!("{other:?}"),
        }
    }

    pub(in crate::store) async fn says(
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

pub(in crate::store) fn room(n: u8) -> Room {
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
        mode: RoomMode::OPEN,
        by_host: false,
        position: 0,
        questions: Questions::Open,
        history: History::Joined,
    }
}

pub(in crate::store) fn identity(who: u8) -> IdentityId {
    IdentityId::from_random([who; 16])
}

pub(in crate::store) fn chatter(who: u8) -> Chatter {
    Chatter {
        id: ChatterId::from_random([who; 16]),
        nickname: Nickname::parse(&format!("n{who}")).unwrap(),
        created_at: WallTime(2_000),
        left_at: None,
    }
}

pub(in crate::store) fn at(ms: u64) -> Moment {
    Moment { hub: HubTime(ms), wall: WallTime(5_000) }
}

pub(in crate::store) fn join(room: RoomId, who: u8) -> Join {
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
        reactions_after: None,
        at: at(20),
    }
}

pub(in crate::store) fn say(room: RoomId, who: u8, what: &str, key: Option<&str>) -> Say {
    Say {
        room,
        chatter: chatter(who).id,
        kind: Kind::Said,
        content: what.into(),
        reply_to: None,
        mentions: Vec::new(),
        is_question: false,
        key: key.map(|key| Key::parse(key).unwrap()),
        at: at(30),
    }
}

on_both! { async fn every_room_counts_its_own_places_without_gaps(mut kit: Kit) {
    let (one, two) = (kit.room(1).await, kit.room(2).await);
    kit.join(one, 1).await;
    let own = Join { wanted: Some(chatter(1).id), ..join(two, 1) };
    kit.write(Write::Join(own)).await.unwrap();
    let mut seqs = Vec::new();
    for room in [one, two, one, one, two] {
        seqs.push(kit.says(room, 1, "hi", None).await.0.seq.0);
    }
    assert_eq!(seqs, [2, 2, 3, 4, 3], "after the join's own notice in each");
} }

on_both! { async fn one_browser_is_one_chatter_in_a_room_also_after_a_restart(mut kit: Kit) {
    let room = kit.room(1).await;
    let first = kit.join(room, 1).await;
    let mut kit = kit.reopened();
    let again = Join { fresh: chatter(7), ..join(room, 1) };
    let Ok(Written::Joined(again)) = kit.write(Write::Join(again)).await else { panic!() };
    assert_eq!(again.chatter, first.chatter);
    assert_eq!(again.history.first, first.history.first);
} }

on_both! { async fn nobody_becomes_a_chatter_they_do_not_own(mut kit: Kit) {
    let room = kit.room(1).await;
    let victim = kit.join(room, 1).await.chatter;
    let thief = Join { wanted: Some(victim.id), ..join(room, 2) };
    let Ok(Written::Joined(thief)) = kit.write(Write::Join(thief)).await else { panic!() };
    assert_ne!(thief.chatter.id, victim.id);
} }

on_both! { async fn a_member_returns_to_a_locked_room_and_a_stranger_does_not(mut kit: Kit) {
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    let unproven = |who| Write::Join(Join { admitted: false, ..join(room, who) });
    assert!(kit.write(unproven(1)).await.is_ok());
    assert_eq!(kit.write(unproven(2)).await, Err(Refusal::Locked));
    assert!(kit.store.reader.member(room, chatter(2).id).await.unwrap().is_none());
} }

on_both! { async fn the_same_key_is_the_same_message_also_after_a_restart(mut kit: Kit) {
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
} }

on_both! { async fn a_batch_is_in_the_order_of_submission_and_a_refusal_leaves_the_rest(mut kit: Kit) {
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
} }

on_both! { async fn pages_go_back_from_the_newest_and_stop_at_the_members_first_message(mut kit: Kit) {
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
} }

on_both! { async fn a_return_brings_missed_messages_that_one_may_read(mut kit: Kit) {
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
} }

on_both! { async fn the_past_is_there_at_the_next_start(mut kit: Kit) {
    assert!(kit.store.past.rooms.is_empty());
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    kit.join(room, 2).await;
    let notice = Some(Language::En);
    let left = Leave { room, chatter: chatter(2), everywhere: false, notice, at: at(40) };
    kit.write(Write::Leave(left)).await.unwrap();
    let kit = kit.reopened();
    let past = &kit.store.past;
    assert_eq!(past.hub, HubId::from_random([9; 16]));
    assert_eq!(past.rooms, [self::room(1)]);
    assert_eq!(kit.present(), [chatter(1).id]);
} }

on_both! { async fn the_activity_of_each_room_is_known_at_the_next_start(mut kit: Kit) {
    let (one, quiet) = (kit.room(1).await, kit.room(2).await);
    kit.join(one, 1).await;
    let said = kit.says(one, 1, "the last words", None).await.0;
    kit.join(one, 2).await;
    let kit = kit.reopened();
    let newest = |room| kit.store.past.newest.iter().find(|(of, _)| *of == room).map(|(_, newest)| *newest);
    let last = Seq(said.seq.0 + 1);
    assert_eq!(newest(one), Some(Newest { last, said_at: Some(said.sent_at) }));
    assert_eq!(newest(quiet), Some(Newest { last: Seq(0), said_at: None }));
} }

#[tokio::test]
async fn the_hubs_time_goes_on_at_the_next_start() {
    // On SQLite only: on PostgreSQL the hubs' time is that of the database, whatever a hub says.
    let mut kit = Kit::new();
    kit.write(Write::Mark(at(500))).await.unwrap();
    assert_eq!(kit.reopened().store.past.time, HubTime(500));
}

on_both! { async fn a_name_changes_for_its_owner_only(mut kit: Kit) {
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    let rename = |owner: u8| {
        Write::Rename(Rename {
            chatter: chatter(1).id,
            owner: Some(identity(owner)),
            nickname: Nickname::parse("새 이름").unwrap(),
            may_held: false,
            notice: Some((room, Language::Ko)),
            at: at(50),
        })
    };
    assert_eq!(kit.write(rename(2)).await, Err(Refusal::NotYours));
    let Ok(Written::Renamed { chatter, alert }) = kit.write(rename(1)).await else { panic!() };
    assert_eq!(chatter.nickname.as_str(), "새 이름");
    assert_eq!(alert.unwrap().content, "n1님이 이름을 새 이름(으)로 바꿨습니다.");
} }
