//! What the host reads of all living rooms at once.

use super::*;
use crate::domain::ids::MessageId;
use crate::domain::message::Alert;

impl Kit {
    /// What is heard after an id, at most `most`: the room's code and the text.
    async fn streams(&self, after: MessageId, most: usize) -> Vec<(Code, String)> {
        let heard = self.store.reader.stream(after, most, HubTime(30_000)).await.unwrap();
        heard.into_iter().map(|heard| (heard.code, heard.message.content)).collect()
    }
}

on_both! { async fn the_host_hears_what_is_said_in_all_living_rooms(mut kit: Kit) {
    assert!(kit.streams(MessageId(0), 10).await.is_empty());
    let (one, two, closed, deleted) =
        (kit.room(1).await, kit.room(2).await, kit.room(3).await, kit.room(4).await);
    for (room, who) in [(one, 1), (two, 2), (closed, 3), (deleted, 4)] {
        kit.join(room, who).await;
    }
    kit.says(closed, 3, "over", None).await;
    kit.says(deleted, 4, "gone", None).await;
    let first = kit.says(one, 1, "a", None).await.0;
    kit.says(two, 2, "b", None).await;
    let kind = Kind::Alert(Alert::Note);
    kit.write(Write::Say(Say::plain(two, chatter(2).id, kind, "c".into(), at(30)))).await.unwrap();
    kit.says(one, 1, "d", None).await;
    kit.host(Deed::Close(closed)).await.unwrap();
    kit.host(Deed::Delete(deleted)).await.unwrap();
    let (codes, text) = ((room(1).code, room(2).code), str::to_owned);
    let all = [(codes.0, text("a")), (codes.1, text("b")), (codes.1, text("c")), (codes.0, text("d"))];
    assert_eq!(kit.streams(MessageId(0), 10).await, all, "oldest first, and no notices");
    assert_eq!(kit.streams(MessageId(0), 2).await, all[2..], "the newest");
    assert_eq!(kit.streams(first.id, 10).await, all[1..]);
    assert!(kit.streams(MessageId(i64::MAX), 10).await.is_empty());
    kit.host(Deed::TakeBack(one, vec![first.seq])).await.unwrap();
    let heard = kit.store.reader.stream(MessageId(0), 10, HubTime(30_000)).await.unwrap();
    assert!(heard[0].message.is_taken_back && heard[0].message.content.is_empty());
    assert_eq!((heard[0].message.room, heard[0].title.as_str()), (one, "방"));
    let later = room(1).created.after(room(1).lifetime);
    assert!(kit.store.reader.stream(MessageId(0), 10, later).await.unwrap().is_empty(), "they have ended");
} }
