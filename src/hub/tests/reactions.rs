//! How a room is told of reactions.

use super::*;
use crate::domain::reactions::{Chosen, Reacted, Reactions};
use crate::store::Change;

fn changes(seq: i64, at: u64) -> Change {
    let (seq, at, reactions) = (Seq(seq), HubTime(at), Reactions::from_counts([1]));
    Change::Reacted {
        room: room(0).id,
        reacted: Reacted { seq, reactions, mine: Chosen::default(), at, question: None },
    }
}

/// The reactions that the room was told of, and what was taken back.
fn told(chat: &mut Chat) -> Vec<String> {
    let told = chat.told().into_iter();
    told.filter(|words| words.starts_with("reactions") || words.starts_with("taken")).collect()
}

#[test]
fn reactions_are_sent_together_in_the_order_of_their_changes() {
    let mut chat = Chat::new(0, 50);
    chat.is_in(1);
    let at = chat.at();
    for (seq, ms) in [(3, 10), (1, 40), (2, 20), (3, 30)] {
        chat.hub.changed(changes(seq, ms), at);
    }
    chat.collect();
    assert_eq!(told(&mut chat), [""; 0]);
    chat.time_passes(300);
    assert_eq!(told(&mut chat), ["reactions to 2", "reactions to 3", "reactions to 1"]);
}

#[test]
fn nobody_is_told_of_reactions_to_what_was_taken_back_meanwhile() {
    let mut chat = Chat::new(0, 50);
    chat.is_in(1);
    let at = chat.at();
    chat.hub.changed(changes(1, 10), at);
    chat.hub.changed(changes(2, 10), at);
    chat.hub.changed(Change::TakenBack { room: room(0).id, seq: Seq(1), id: MessageId(1) }, at);
    chat.collect();
    chat.time_passes(300);
    assert_eq!(told(&mut chat), ["taken back 1", "reactions to 2"]);
}
