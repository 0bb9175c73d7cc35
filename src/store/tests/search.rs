//! Searching a room.

use super::*;
use crate::domain::search::Needle;

impl Kit {
    /// The places that somebody finds before one, and from where to go on.
    async fn finds(
        &mut self,
        room: RoomId,
        who: u8,
        what: &str,
        before: i64,
        most: usize,
    ) -> (Vec<i64>, Option<i64>) {
        let member = self.store.reader.member(room, chatter(who).id).await.unwrap().unwrap();
        let needle = Needle::parse(what).unwrap();
        let found = self.store.reader.search(member, needle, Seq(before), most).await.unwrap();
        assert!(!found.is_early, "it is a small room");
        let places = found.messages.iter().map(|message| message.seq.0).collect();
        (places, found.before.map(|seq| seq.0))
    }
}

on_both! { async fn a_search_finds_messages_from_the_newest_back(mut kit: Kit) {
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    for text in ["회의실 어디예요?", "2층이요", "Is the MEETING room free?", "회의실에서 봐요", "a slip in 회의실"] {
        kit.says(room, 1, text, None).await;
    }
    kit.takes_back(room, &[6]).await;
    assert_eq!(kit.finds(room, 1, "회의실", i64::MAX, 20).await, (vec![5, 2], None));
    assert_eq!(kit.finds(room, 1, "회의실", i64::MAX, 1).await, (vec![5], Some(5)));
    assert_eq!(kit.finds(room, 1, "회의실", 5, 1).await, (vec![2], Some(2)));
    assert_eq!(kit.finds(room, 1, "회의실", 2, 1).await, (vec![], None));
    assert_eq!(kit.finds(room, 1, "meeting", i64::MAX, 20).await.0, [4]);
    assert_eq!(kit.finds(room, 1, "입장했습니다", i64::MAX, 20).await.0, [] as [i64; 0], "notices are not searched");
    kit.join(room, 2).await;
    kit.says(room, 2, "회의실!", None).await;
    assert_eq!(kit.finds(room, 2, "회의실", i64::MAX, 20).await, (vec![8], None), "what they may read");
} }

on_both! { async fn more_than_a_piece_is_searched(mut kit: Kit) {
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    kit.says(room, 1, "the needle", None).await;
    for n in 0..9_i64 {
        for m in 0..250 {
            kit.store.writer.submit(Write::Say(say(room, 1, "hay", None)), u32::try_from(n * 250 + m).unwrap()).unwrap();
        }
        let mut done = 0;
        while done < 250 {
            done += kit.completed().await.len();
        }
    }
    assert_eq!(kit.finds(room, 1, "needle", i64::MAX, 20).await, (vec![2], None));
} }

#[tokio::test]
async fn a_search_that_takes_too_long_says_how_far_it_came() {
    let mut kit = Kit::new();
    let room = kit.told().await;
    let folder = kit.closed();
    let db = rusqlite::Connection::open(folder.path().join(crate::store::FILE)).unwrap();
    db.execute_batch(
        "WITH RECURSIVE n(i) AS (SELECT 5 UNION ALL SELECT i + 1 FROM n LIMIT 400000)
         INSERT INTO messages (room, seq, chatter, kind, content, sent_at, sent_hub)
         SELECT 1, i, 1, 0, 'ein Stück Heu und noch eines, wie sie überall liegen', 0, 0 FROM n;",
    )
    .unwrap();
    drop(db);
    let kit = Kit::in_folder(folder, 9);
    let member = kit.store.reader.member(room, chatter(1).id).await.unwrap().unwrap();
    let mut before = Seq(i64::MAX);
    loop {
        let needle = Needle::parse("하나").unwrap();
        let found = kit.store.reader.search(member.clone(), needle, before, 20).await.unwrap();
        if found.before.is_none() {
            assert_eq!(found.messages.iter().map(|message| message.seq.0).collect::<Vec<_>>(), [2]);
            break;
        }
        assert!(found.is_early && found.before < Some(before), "{found:?}");
        before = found.before.unwrap();
    }
}
