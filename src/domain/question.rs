//! Questions: messages that others vote up and the host answers.

use std::str::FromStr;

use super::chatter::Chatter;
use super::code::Code;
use super::ids::{HeldId, IdentityId, RoomId, Seq};
use super::refusal::Refusal;
use super::text::Key;
use super::time::WallTime;

/// A message that was asked as a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Question {
    /// How many people have voted for it.
    pub votes: u32,
    /// Whether the host has marked it as answered.
    pub is_answered: bool,
}

impl Question {
    /// Replaces one person's vote `before` by their vote `now`.
    pub fn change(&mut self, before: bool, now: bool) {
        self.votes = match (before, now) {
            (false, true) => self.votes.saturating_add(1),
            (true, false) => self.votes.saturating_sub(1),
            _ => self.votes,
        };
    }
}

/// How a room takes questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Questions {
    /// Everybody reads a question at once, as any message.
    #[default]
    Open,
    /// The host reads a question first, and lets it through or drops it.
    Held,
}

impl Questions {
    /// Its name on the wire and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Held => "held",
        }
    }

    /// Whether the host reads them first.
    #[must_use]
    pub const fn are_held(self) -> bool {
        matches!(self, Self::Held)
    }

    /// From whether the host reads them first.
    #[must_use]
    pub const fn held(are_held: bool) -> Self {
        if are_held { Self::Held } else { Self::Open }
    }
}

impl FromStr for Questions {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        match text {
            "open" => Ok(Self::Open),
            "held" => Ok(Self::Held),
            _ => Err(Refusal::bad("questions must be \"open\" or \"held\"")),
        }
    }
}

/// The most questions of one person that wait in a room.
pub const HELD_EACH: usize = 5;

/// The most questions that wait in a room.
pub const HELD_MAX: usize = 200;

/// How many keys of dropped questions are kept, so that a retry of one is not a new question.
pub const DROPPED_KEPT: i64 = 10_000;

/// A question that waits for the host, as its author is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Its number.
    pub id: HeldId,
    /// Its room.
    pub room: RoomId,
    /// Its text.
    pub content: String,
    /// When it was asked.
    pub at: WallTime,
}

/// A question that the host has dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// Its number.
    pub id: HeldId,
    /// Its room.
    pub room: RoomId,
    /// The browser that asked it.
    pub author: IdentityId,
    /// The key that its author has sent it with.
    pub key: Option<Key>,
}

/// A question that waits, as the host reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldQuestion {
    /// The question.
    pub held: Held,
    /// The code of its room.
    pub code: Code,
    /// Its author, with the name of then.
    pub chatter: Chatter,
}

/// The order in which a room's questions are read, and the question after which they go on; `None` from the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuestionOrder {
    /// Those that are not answered first; among them, and among the others, the one with the most votes first, and of
    /// two with as many the newer one.
    Votes(Option<VotePlace>),
    /// The newest first.
    Time(Option<Seq>),
}

/// A question's place in the order of votes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VotePlace {
    /// Whether it is answered.
    pub is_answered: bool,
    /// Its votes.
    pub votes: u32,
    /// Its sequence number.
    pub seq: Seq,
}

impl QuestionOrder {
    /// Parses an order, `votes` or `time`, and the text of [`after`](Self::after) of the page before.
    ///
    /// # Errors
    /// [`Refusal::BadRequest`].
    pub fn parse(sort: &str, after: Option<&str>) -> Result<Self, Refusal> {
        let bad = || Refusal::bad("after must be as the page before gave it");
        match sort {
            "votes" => after
                .map(|text| VotePlace::parse(text).ok_or_else(bad))
                .transpose()
                .map(Self::Votes),
            "time" => after.map(|text| place(text).ok_or_else(bad)).transpose().map(Self::Time),
            _ => Err(Refusal::bad("sort must be \"votes\" or \"time\"")),
        }
    }

    /// The text with which the next page is asked for, if `question` in the place `seq` is the last of this one.
    #[must_use]
    pub fn after(&self, seq: Seq, question: Question) -> String {
        match self {
            Self::Votes(_) => {
                let Question { votes, is_answered } = question;
                format!("{}.{votes}.{}", u8::from(is_answered), seq.0)
            }
            Self::Time(_) => seq.0.to_string(),
        }
    }
}

impl VotePlace {
    /// Before the first question that is answered, or is not.
    #[must_use]
    pub fn before_all(is_answered: bool) -> Self {
        Self { is_answered, votes: u32::MAX, seq: Seq(i64::MAX) }
    }

    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '.');
        let is_answered = match parts.next()? {
            "0" => false,
            "1" => true,
            _ => return None,
        };
        let votes = parts.next()?.parse().ok()?;
        Some(Self { is_answered, votes, seq: place(parts.next()?)? })
    }
}

fn place(text: &str) -> Option<Seq> {
    text.parse().ok().filter(|seq| *seq >= 1).map(Seq)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vote_counts_once() {
        let mut question = Question::default();
        for (before, now, votes) in
            [(false, true, 1), (true, true, 1), (true, false, 0), (true, false, 0)]
        {
            question.change(before, now);
            assert_eq!(question.votes, votes);
        }
    }

    #[test]
    fn a_page_goes_on_where_the_one_before_ended() {
        let question = Question { votes: 12, is_answered: true };
        for sort in ["votes", "time"] {
            let order = QuestionOrder::parse(sort, None).unwrap();
            let after = order.after(Seq(7), question);
            let next = QuestionOrder::parse(sort, Some(&after)).unwrap();
            let expected = match sort {
                "votes" => QuestionOrder::Votes(Some(VotePlace {
                    is_answered: true,
                    votes: 12,
                    seq: Seq(7),
                })),
                _ => QuestionOrder::Time(Some(Seq(7))),
            };
            assert_eq!(next, expected);
        }
        for (sort, after) in [
            ("votes", Some("")),
            ("votes", Some("7")),
            ("votes", Some("2.1.7")),
            ("votes", Some("0.-1.7")),
            ("votes", Some("0.1.0")),
            ("votes", Some("0.1.7.8")),
            ("time", Some("0")),
            ("time", Some("x")),
            ("Votes", None),
            ("", None),
        ] {
            let refused = QuestionOrder::parse(sort, after);
            assert!(matches!(refused, Err(Refusal::BadRequest(_))), "{sort} {after:?}");
        }
    }
}
