//! What is kept no longer.

use super::*;
use crate::store::prune;

const ALL: Retention = Retention { age: None, per_room: 0, size: None };

impl Kit {
    /// Steps until there is nothing left to do, beside the writer. The most rows of one step.
    fn prunes(&self, keep: Retention, now: u64) -> usize {
        let db = schema::open_writer(&self.folder.path().join(FILE)).unwrap();
        let steps = std::iter::repeat_with(|| prune::step(&db, &keep, HubTime(now)).unwrap());
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
    let stretch = kit.returns(Write::Join(back)).await;
    assert_eq!((stretch.first, stretch.pruned, stretch.reset), (Seq(7), true, false));
    assert_eq!(stretch.missed[0].seq, Seq(7));
    let newcomer = kit.join(room, 2).await.stretch;
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
        committed += kit.store.ended.recv().await.unwrap().len();
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
