//! Retention: messages and rooms that are pruned.

use super::*;
use crate::store::sqlite::sql::prune;
use crate::store::sqlite::sql::schema;
use crate::store::sqlite::sql::weights::Weights;

const ALL: Retention = Retention { age: None, per_room: 0, size: None };

impl Kit {
    /// Steps until there is nothing left to do, beside the writer. The most rows of one step.
    fn prunes(&self, keep: Retention, now: u64) -> usize {
        let db = schema::open_writer(&self.folder.path().join(FILE)).unwrap();
        let mut weights = Weights::default();
        // The writer's own maintenance may come between a step's reading and its writing; alone, as it is in a
        // hub, no step meets that.
        let is_busy = |error: &rusqlite::Error| {
            error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy)
        };
        let step = || loop {
            match prune::step(&db, &keep, &mut weights, HubTime(now)) {
                Err(error) if is_busy(&error) => {}
                done => break done.unwrap(),
            }
        };
        let steps = std::iter::repeat_with(step);
        steps.take_while(|done| *done > 0).max().unwrap_or(0)
    }

    fn count(&self, table: &str) -> i64 {
        let db = schema::open_reader(&self.folder.path().join(FILE)).unwrap();
        db.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    }

    async fn talks(&mut self, room: RoomId, who: u8, times: usize) {
        for n in 0..times {
            self.says(room, who, &format!("{n}"), None).await;
        }
    }

    async fn member(&self, room: RoomId, who: u8) -> Member {
        self.store.reader.member(room, chatter(who).id).await.unwrap().unwrap()
    }
}

fn older_than(ms: u64) -> Retention {
    Retention { age: Some(Duration::from_millis(ms)), ..ALL }
}

#[tokio::test]
async fn nothing_is_pruned_unless_it_was_asked_for() {
    let mut kit = Kit::new();
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    assert_eq!(kit.prunes(ALL, u64::MAX), 0);
    assert_eq!((kit.count("rooms"), kit.count("messages")), (1, 1));
}

#[tokio::test]
async fn a_room_keeps_its_newest_and_says_where_it_begins() {
    let mut kit = Kit::new();
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    kit.talks(room, 1, 9).await;
    kit.prunes(Retention { per_room: 4, ..ALL }, 0);
    let member = kit.member(room, 1).await;
    assert_eq!((member.first, member.pruned), (Seq(7), true));
    let (kept, more) = kit.store.reader.after(member.clone(), Seq(0), 50).await.unwrap();
    assert_eq!(kept.iter().map(|message| message.seq.0).collect::<Vec<_>>(), [7, 8, 9, 10]);
    assert!(!more);
    assert_eq!(kit.store.reader.page(member, 1, 20).await.unwrap().len(), 4);
    let back = Join { after: Some(Seq(2)), notice: None, ..join(room, 1) };
    let history = kit.returns(Write::Join(back)).await;
    assert_eq!((history.first, history.pruned, history.reset), (Seq(7), true, false));
    assert_eq!(history.missed[0].seq, Seq(7));
    let newcomer = kit.join(room, 2).await.history;
    assert!(!newcomer.pruned, "they could never read what is gone");
}

#[tokio::test]
async fn places_go_on_where_everything_before_was_pruned() {
    let mut kit = Kit::new();
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    kit.talks(room, 1, 3).await;
    // Said at 30, and the room lives until 60,010.
    kit.prunes(older_than(100), 131);
    assert_eq!((kit.count("messages"), kit.count("rooms")), (0, 1));
    let (next, _) = kit.says(room, 1, "on", None).await;
    assert_eq!(next.seq, Seq(5));
    assert!(next.id.0 > 4, "an id is never given twice");
}

#[tokio::test]
async fn a_room_that_ended_long_ago_goes_with_its_people_and_only_those() {
    let mut kit = Kit::new();
    let (ended, other) = (kit.room(1).await, room(2));
    let other = Room { lifetime: Duration::from_secs(3_600), ..other };
    kit.write(Write::Room(other.clone())).await.unwrap();
    kit.join(ended, 1).await;
    kit.join(ended, 2).await;
    let own = Join { wanted: Some(chatter(2).id), ..join(other.id, 2) };
    kit.write(Write::Join(own)).await.unwrap();
    let later = say(other.id, 2, "later", None);
    kit.write(Write::Say(Say { at: at(100_000), ..later })).await.unwrap();
    let day = older_than(1_000);
    kit.prunes(day, 61_009);
    assert_eq!(kit.count("rooms"), 2, "not yet");
    kit.prunes(day, 61_011);
    assert_eq!((kit.count("rooms"), kit.count("chatters"), kit.count("memberships")), (1, 1, 1));
    assert_eq!(kit.count("messages"), 1);
    assert!(kit.store.reader.room(ended).await.unwrap().is_none());
    kit.talks(other.id, 2, 1).await;
}

#[tokio::test]
async fn a_database_that_is_too_large_loses_its_oldest_in_small_steps_and_shrinks() {
    let mut kit = Kit::new();
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    let long = "가".repeat(1_000);
    for _ in 0..2_000 {
        kit.store.writer.submit(Write::Say(say(room, 1, &long, None)), 0).unwrap();
    }
    let mut committed = 0;
    while committed < 2_000 {
        committed += kit.completed().await.len();
    }
    let most = 2_000_000;
    let step = kit.prunes(Retention { size: Some(most), ..ALL }, 0);
    assert!((1..=200).contains(&step), "{step} rows in one step");
    let left = kit.count("messages");
    assert!((200..800).contains(&left), "{left} messages are left");
    let folder = kit.closed();
    let size = std::fs::metadata(folder.path().join(FILE)).unwrap().len();
    assert!(size < most + (3 << 20), "the file has {size} bytes");
    let kit = Kit::in_folder(folder, 9);
    assert!(kit.member(room, 1).await.pruned);
}

fn host(deed: Deed, what: &str, ms: u64) -> Write {
    Write::Host(HostAct { deed, what: what.to_owned(), by: None, at: at(ms) })
}

#[tokio::test]
async fn a_room_that_the_host_deleted_is_out_of_sight_at_once_and_goes_step_by_step() {
    let mut kit = Kit::new();
    let (gone, other) = (kit.room(1).await, kit.room(2).await);
    for (room, who) in [(gone, 1), (other, 2)] {
        kit.join(room, who).await;
        kit.talks(room, who, 3).await;
    }
    kit.write(host(Deed::Delete(gone), "the first", 10)).await.unwrap();
    assert_eq!(kit.store.reader.room(gone).await.unwrap(), None);
    assert!(kit.store.reader.member(gone, chatter(1).id).await.unwrap().is_none());
    let late = kit.write(Write::Say(say(gone, 1, "late", None))).await;
    assert_eq!(late, Err(Refusal::NoSuchRoom));
    assert_eq!(kit.write(host(Deed::Delete(gone), "again", 11)).await, Err(Refusal::NoSuchRoom));
    kit.prunes(ALL, 20);
    assert_eq!((kit.count("rooms"), kit.count("memberships")), (1, 1));
    assert_eq!(kit.count("messages"), 4, "the other room keeps its own");
    let log = kit.store.reader.host_log(9).await.unwrap();
    assert_eq!(log.iter().map(|done| done.what.as_str()).collect::<Vec<_>>(), ["the first"]);
}

#[tokio::test]
async fn a_room_that_the_host_closed_has_ended_for_the_next_start_and_can_be_read() {
    let mut kit = Kit::new();
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    kit.write(host(Deed::Close(room), "a room", 10)).await.unwrap();
    kit.write(host(Deed::Kick(chatter(1).id), "somebody", 11)).await.unwrap();
    let kit = kit.reopened();
    assert!(kit.store.past.rooms.is_empty(), "it came back to life");
    assert!(kit.store.reader.room(room).await.unwrap().is_some());
    assert_eq!(kit.member(room, 1).await.first, Seq(1));
    let log = kit.store.reader.host_log(1).await.unwrap();
    assert_eq!((log[0].deed.as_str(), log[0].what.as_str()), ("chatter kick", "somebody"));
}

impl Kit {
    /// Sends this many messages of this length, as fast as they can be written.
    async fn floods(&mut self, room: RoomId, who: u8, times: usize, length: usize) {
        for _ in 0..times {
            let say = say(room, who, &"x".repeat(length), None);
            self.store.writer.submit(Write::Say(say), 0).unwrap();
        }
        let mut committed = 0;
        while committed < times {
            committed += self.completed().await.len();
        }
    }

    /// The author and the length of each message that a member may read.
    async fn lengths(&self, room: RoomId, who: u8) -> Vec<(ChatterId, usize)> {
        let (mut all, mut more) = (Vec::<Message>::new(), true);
        while more {
            let after = all.last().map_or(Seq(0), |message| message.seq);
            let member = self.member(room, who).await;
            let part = self.store.reader.after(member, after, 10_000).await.unwrap();
            all.extend(part.0);
            more = part.1;
        }
        let places: Vec<i64> = all.iter().map(|message| message.seq.0).collect();
        let first = places[0];
        assert_eq!(places, (first..first + places.len() as i64).collect::<Vec<_>>(), "no gaps");
        all.into_iter().map(|message| (message.chatter.id, message.content.len())).collect()
    }
}

fn smaller_than(bytes: u64) -> Retention {
    Retention { size: Some(bytes), ..ALL }
}

#[tokio::test]
async fn a_flood_in_a_room_of_its_own_erases_nothing_elsewhere() {
    let mut kit = Kit::new();
    let (ours, theirs) = (kit.room(1).await, kit.room(2).await);
    kit.join(ours, 1).await;
    kit.join(theirs, 2).await;
    kit.floods(ours, 1, 50, 40).await;
    kit.floods(theirs, 2, 300, 25_000).await;
    kit.prunes(smaller_than(4_000_000), 0);
    assert_eq!(kit.lengths(ours, 1).await.len(), 51);
    let left = kit.lengths(theirs, 2).await.len();
    assert!((100..170).contains(&left), "{left} are left: the newest, and no fewer than fit");
}

#[tokio::test]
async fn a_flood_in_a_room_of_all_erases_only_its_author() {
    let mut kit = Kit::new();
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    kit.join(room, 2).await;
    kit.floods(room, 2, 200, 10_000).await;
    kit.floods(room, 1, 50, 100).await;
    kit.floods(room, 2, 300, 10_000).await;
    kit.prunes(smaller_than(2_000_000), 0);
    let all = kit.lengths(room, 1).await;
    let kept = |who: u8| all.iter().filter(|one| one.0 == chatter(who).id && one.1 >= 100).count();
    assert_eq!(kept(1), 50);
    assert!((100..200).contains(&kept(2)), "{} of 500 are left", kept(2));
    assert!(all[all.len() - 100..].iter().all(|one| one.1 == 10_000));
    assert!(all.iter().take(40).all(|one| one.1 < 10_000), "the oldest went first");
    let (next, _) = kit.says(room, 1, "on", None).await;
    assert_eq!(next.seq, Seq(553));
}

#[tokio::test]
async fn if_all_rooms_have_only_their_newest_the_largest_loses_them() {
    let mut kit = Kit::new();
    let (small, large) = (kit.room(1).await, kit.room(2).await);
    kit.join(small, 1).await;
    kit.join(large, 2).await;
    kit.floods(large, 2, 90, 25_000).await;
    kit.floods(small, 1, 90, 1_000).await;
    kit.prunes(smaller_than(1_000_000), 0);
    assert_eq!(kit.lengths(small, 1).await.len(), 91);
    let left = kit.lengths(large, 2).await.iter().filter(|one| one.1 > 0).count();
    assert!((20..45).contains(&left), "{left}");
}

#[tokio::test]
async fn short_messages_go_from_the_oldest_on() {
    let mut kit = Kit::new();
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    kit.join(room, 2).await;
    kit.floods(room, 1, 3_000, 20).await;
    kit.floods(room, 2, 3_000, 30).await;
    kit.prunes(smaller_than(300_000), 0);
    let all = kit.lengths(room, 1).await;
    assert!(all.len() > 100 && all.iter().all(|one| one.0 == chatter(2).id), "{}", all.len());
}

#[tokio::test]
async fn a_step_is_short_however_long_the_messages_are() {
    let mut kit = Kit::new();
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    kit.floods(room, 1, 100, 25_000).await;
    for keep in [older_than(0), Retention { per_room: 10, ..ALL }] {
        let db = schema::open_writer(&kit.folder.path().join(FILE)).unwrap();
        let before = kit.count("messages");
        let done = prune::step(&db, &keep, &mut Weights::default(), HubTime(31)).unwrap();
        let gone = before - kit.count("messages");
        assert!(done > 0 && (1..=12).contains(&gone), "{gone} of 25,000 bytes each");
    }
}

/// A room with messages of the first person in places 2 to 7, to the third of which very many have reacted, and whom as
/// many have reported.
async fn loved(people: i64) -> (Kit, RoomId) {
    let mut kit = Kit::new();
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    kit.talks(room, 1, 6).await;
    let folder = kit.closed();
    let db = schema::open_writer(&folder.path().join(FILE)).unwrap();
    db.execute_batch(&format!(
        "WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n LIMIT {people})
         INSERT INTO chatters (n, id, identity, nickname, created_at) SELECT i, randomblob(16), randomblob(16), 'n', 0 FROM n;
         INSERT INTO reactions SELECT 4, n, 1 FROM chatters WHERE n >= 100;
         INSERT INTO reports (message, chatter, at) SELECT 4, n, 1 FROM chatters WHERE n >= 100;
         INSERT INTO reactions SELECT m.id, c.n, 1 FROM messages m, chatters c WHERE m.id <> 4 AND c.n BETWEEN 100 AND 169;"
    ))
    .unwrap();
    drop(db);
    (Kit::in_folder(folder, 9), room)
}

#[tokio::test]
async fn a_step_is_bounded_by_what_goes_with_its_messages_too() {
    let size = Retention { size: Some(1), ..ALL };
    for (keep, now) in [(older_than(1), u64::MAX), (Retention { per_room: 1, ..ALL }, 0), (size, 0)]
    {
        let (kit, _) = loved(1_000).await;
        let db = schema::open_writer(&kit.folder.path().join(FILE)).unwrap();
        let mut weights = Weights::default();
        let tables = ["messages", "reactions", "reports"];
        let rows = || tables.map(|table| kit.count(table)).iter().sum::<i64>();
        let (mut left, mut steps) = (rows(), 0);
        while prune::step(&db, &keep, &mut weights, HubTime(now)).unwrap() > 0 {
            let now = rows();
            assert!(left - now <= prune::STEP, "{} rows in one step of {keep:?}", left - now);
            (left, steps) = (now, steps + 1);
        }
        assert!(steps > 10, "{steps} steps");
        // The newest stays in a room of so many messages.
        let left = if keep.per_room > 0 { 70 } else { 0 };
        assert_eq!((kit.count("reactions"), kit.count("reports")), (left, 0), "{keep:?}");
    }
}
