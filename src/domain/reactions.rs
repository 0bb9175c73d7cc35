//! Reactions to a message: six fixed emoji, of which each person can choose each one once.

use std::fmt;

use super::ids::Seq;
use super::question::Question;
use super::time::HubTime;

/// The reactions, in the order in which they are shown.
pub const EMOJI: [&str; 6] = ["👍", "❤️", "😂", "🎉", "😮", "🙏"];

/// One of the six.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Emoji(u8);

impl Emoji {
    /// Parses an emoji, with or without its variation selector; `None` if it is none of the six.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let plain = |text: &str| text.trim_end_matches('\u{fe0f}').to_owned();
        let at = EMOJI.iter().position(|known| plain(known) == plain(text))?;
        u8::try_from(at).ok().map(Self)
    }

    /// All six.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..).take(EMOJI.len()).map(Self)
    }

    /// Its index in [`EMOJI`].
    #[must_use]
    pub fn number(self) -> u8 {
        self.0
    }

    /// The emoji.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        EMOJI.get(usize::from(self.0)).copied().unwrap_or_default()
    }
}

/// The bit of a vote, beside those of the six.
const VOTE: u8 = 1 << 6;

/// The set of reactions that one person has chosen for a message, and whether they have voted for it, if it is a question.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Chosen(u8);

impl Chosen {
    /// Reads the set from its stored bits, with the first emoji in the lowest and the vote in the seventh. Other bits are
    /// ignored.
    #[must_use]
    pub fn from_bits(bits: i64) -> Self {
        Self(u8::try_from(bits & 0b111_1111).unwrap_or(0))
    }

    /// The bits to store.
    #[must_use]
    pub fn bits(self) -> u8 {
        self.0
    }

    /// Whether the set contains this emoji.
    #[must_use]
    pub fn has(self, emoji: Emoji) -> bool {
        self.0 & (1 << emoji.0) != 0
    }

    /// The set with this emoji added or removed.
    #[must_use]
    pub fn with(self, emoji: Emoji, on: bool) -> Self {
        let bit = 1 << emoji.0;
        Self(if on { self.0 | bit } else { self.0 & !bit })
    }

    /// Whether they have voted.
    #[must_use]
    pub fn has_vote(self) -> bool {
        self.0 & VOTE != 0
    }

    /// The set with or without a vote.
    #[must_use]
    pub fn with_vote(self, is_on: bool) -> Self {
        Self(if is_on { self.0 | VOTE } else { self.0 & !VOTE })
    }

    /// The emoji, in their order.
    pub fn iter(self) -> impl Iterator<Item = Emoji> {
        Emoji::all().filter(move |emoji| self.has(*emoji))
    }
}

impl fmt::Debug for Chosen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let vote = self.has_vote().then_some("vote");
        f.debug_list().entries(self.iter().map(Emoji::as_str).chain(vote)).finish()
    }
}

/// How many people have chosen each of the six reactions to a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reactions([u32; EMOJI.len()]);

impl Reactions {
    /// Reads the counts as they are stored; missing ones are 0.
    #[must_use]
    pub fn from_counts(counts: impl IntoIterator<Item = u32>) -> Self {
        let mut all = Self::default();
        all.0.iter_mut().zip(counts).for_each(|(count, stored)| *count = stored);
        all
    }

    /// All six counts.
    #[must_use]
    pub fn counts(&self) -> [u32; EMOJI.len()] {
        self.0
    }

    /// Whether all counts are 0.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|count| *count == 0)
    }

    /// Replaces one person's choice `before` by their choice `now`.
    pub fn change(&mut self, before: Chosen, now: Chosen) {
        for (count, emoji) in self.0.iter_mut().zip(Emoji::all()) {
            *count = match (before.has(emoji), now.has(emoji)) {
                (false, true) => count.saturating_add(1),
                (true, false) => count.saturating_sub(1),
                _ => *count,
            };
        }
    }

    /// The emoji that somebody has chosen, each with the number of people.
    pub fn iter(&self) -> impl Iterator<Item = (Emoji, u32)> {
        Emoji::all().zip(self.0).filter(|(_, count)| *count > 0)
    }
}

/// The reactions to a message, and its votes if it is a question, after a change or as they are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reacted {
    /// The message's sequence number in its room.
    pub seq: Seq,
    /// How many people have chosen each reaction.
    pub reactions: Reactions,
    /// The choice of the person who reacted, or for whom this is read.
    pub mine: Chosen,
    /// When one of these last changed.
    pub at: HubTime,
    /// Its votes, if it is a question.
    pub question: Option<Question>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn emoji(text: &str) -> Emoji {
        Emoji::parse(text).unwrap()
    }

    #[test]
    fn the_six_are_read_with_and_without_a_variation_selector_and_nothing_else_is() {
        for known in EMOJI {
            assert_eq!(emoji(known).as_str(), known);
        }
        assert_eq!(emoji("\u{2764}"), emoji("❤️"));
        for other in ["", "👎", "👍👍", "👍🏽", "x"] {
            assert_eq!(Emoji::parse(other), None, "{other}");
        }
    }

    #[test]
    fn each_person_counts_once_for_each() {
        let (none, mut all) = (Chosen::default(), Reactions::default());
        let thumb = none.with(emoji("👍"), true);
        all.change(none, thumb);
        all.change(thumb, thumb.with(emoji("👍"), true));
        let both = thumb.with(emoji("🎉"), true);
        all.change(thumb, both);
        assert_eq!(
            all.iter().map(|(e, n)| (e.as_str(), n)).collect::<Vec<_>>(),
            [("👍", 1), ("🎉", 1)]
        );
        all.change(both, both.with(emoji("👍"), false));
        assert_eq!(all.counts(), [0, 0, 0, 1, 0, 0]);
        all.change(both, none);
        assert!(all.is_empty(), "it never goes below zero");
    }

    #[test]
    fn a_choice_survives_its_bits() {
        let chosen = Chosen::default().with(emoji("🙏"), true).with(emoji("👍"), true);
        assert_eq!(Chosen::from_bits(chosen.bits().into()), chosen);
        assert_eq!(Chosen::from_bits(-1).iter().count(), 6);
        let voted = chosen.with_vote(true);
        assert_eq!(Chosen::from_bits(voted.bits().into()), voted);
        assert!(voted.has_vote() && !chosen.has_vote() && voted.iter().eq(chosen.iter()));
        assert_eq!(voted.with_vote(false), chosen);
        assert_eq!(Reactions::from_counts([1, 2]).counts(), [1, 2, 0, 0, 0, 0]);
    }
}
