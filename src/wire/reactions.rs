//! Reactions on the wire. All of these shapes are additional.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::question::{WireQuestion, question};
use crate::domain::ids::RoomId;
use crate::domain::reactions::{Chosen, Emoji, Reacted, Reactions};

/// How many people have chosen each emoji: `{"👍": 3}`.
#[derive(Debug)]
pub(super) struct WireReactions(pub(super) Reactions);

impl WireReactions {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for WireReactions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (emoji, count) in self.0.iter() {
            map.serialize_entry(emoji.as_str(), &count)?;
        }
        map.end()
    }
}

/// The emoji that somebody has chosen.
pub(super) fn mine(chosen: Chosen) -> Vec<&'static str> {
    chosen.iter().map(Emoji::as_str).collect()
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WireReacted {
    #[serde(skip_serializing_if = "Option::is_none")]
    room_id: Option<String>,
    seq: i64,
    reactions: WireReactions,
    #[serde(skip_serializing_if = "Option::is_none")]
    mine: Option<Vec<&'static str>>,
    at: u64,
    /// Its votes, if it is a question.
    #[serde(skip_serializing_if = "Option::is_none")]
    question: Option<WireQuestion>,
}

fn plain(reacted: &Reacted) -> WireReacted {
    WireReacted {
        room_id: None,
        seq: reacted.seq.0,
        reactions: WireReactions(reacted.reactions),
        mine: Some(mine(reacted.mine)),
        at: reacted.at.0,
        question: reacted.question.map(|votes| question(votes, Some(reacted.mine.has_vote()))),
    }
}

/// Reactions to a message that have changed while a client was away.
pub(super) fn changed(reacted: &Reacted) -> impl Serialize {
    plain(reacted)
}

/// The answer to a reaction or a vote.
pub(super) fn told(room: RoomId, reacted: &Reacted) -> impl Serialize {
    WireReacted { room_id: Some(room.to_string()), ..plain(reacted) }
}

/// The event for a room, which does not say who has chosen what.
pub(super) fn news(room: RoomId, reacted: &Reacted) -> impl Serialize {
    let question = reacted.question.map(|votes| question(votes, None));
    WireReacted { room_id: Some(room.to_string()), mine: None, question, ..plain(reacted) }
}
