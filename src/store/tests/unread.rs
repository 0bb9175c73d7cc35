//! Counting what is unread.

use super::*;
use crate::store::reader::UNREAD_MAX;

impl Kit {
    /// How much of each room is unread after a place.
    async fn unread(&self, places: &[(RoomId, i64)]) -> Vec<(RoomId, u32)> {
        let places = places.iter().map(|&(room, seq)| (room, Seq(seq))).collect();
        let mut counts = self.store.reader.unread(places).await.unwrap();
        counts.sort();
        counts
    }
}

on_both! { async fn unread_messages_are_counted_without_notices(mut kit: Kit) {
    let (room, other) = (kit.room(1).await, kit.room(2).await);
    kit.join(room, 1).await;
    kit.says(room, 1, "two", None).await;
    kit.join(room, 2).await;
    for text in ["four", "five", "six"] {
        kit.says(room, 2, text, None).await;
    }
    kit.takes_back(room, &[5]).await;
    assert_eq!(kit.unread(&[(room, 0)]).await, [(room, 3)]);
    assert_eq!(kit.unread(&[(room, 2)]).await, [(room, 2)], "the notice and what was taken back do not count");
    assert_eq!(kit.unread(&[(room, 6)]).await, [(room, 0)]);
    assert_eq!(kit.unread(&[(room, i64::from(u32::MAX))]).await, [(room, 0)], "a place of another hub");
    let none = RoomId::from_bytes([99; 16]);
    let mut both = [(room, 1), (other, 0)];
    both.sort();
    assert_eq!(kit.unread(&[(room, 4), (none, 0), (other, 0)]).await.len(), both.len());
} }

on_both! { async fn more_than_a_hundred_count_as_a_hundred(mut kit: Kit) {
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    for n in 0..UNREAD_MAX + 20 {
        kit.store.writer.submit(Write::Say(say(room, 1, "hay", None)), n).unwrap();
    }
    let mut done = 0;
    while done < UNREAD_MAX as usize + 20 {
        done += kit.completed().await.len();
    }
    assert_eq!(kit.unread(&[(room, 1)]).await, [(room, UNREAD_MAX)]);
    assert_eq!(kit.unread(&[(room, 22)]).await, [(room, UNREAD_MAX - 1)]);
} }
