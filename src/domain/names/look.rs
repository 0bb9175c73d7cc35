//! The looks of a name: two names that a person could take for one another have a look in common.

use unicode_normalization::UnicodeNormalization;

use super::characters::is_ignorable;
use crate::domain::text::Nickname;

include!(concat!(env!("OUT_DIR"), "/look_alikes.rs"));

/// A name's look: its skeleton by UTS #39, in NFKC and without regard to case (RFC 8266).
///
/// It is taken three times, since none is enough: as the name is drawn, where `Ian` looks like `lan`;
/// of its small letters, where `ian` is `Ian`; and as it is written, before NFKC makes a plain 1 of `①`,
/// which looks like `➀`. Joiners and selectors count for nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    written: String,
    drawn: String,
    folded: String,
}

impl Look {
    /// The look of a nickname.
    #[must_use]
    pub fn of(nickname: &Nickname) -> Self {
        Self::of_text(nickname.as_str())
    }

    pub(super) fn of_text(text: &str) -> Self {
        let drawn = |text: &str| fold(&skeleton(text));
        let written = drawn(text);
        let text: String = text.nfkc().collect();
        // Twice: small letters look like others than their capitals do, `m` like `rn`.
        Self { written, drawn: drawn(&drawn(&text)), folded: drawn(&fold(&text)) }
    }

    /// Whether a person could take one for the other.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        self.keys().iter().any(|key| other.keys().contains(key))
    }

    /// Two names are alike if they share one of these.
    #[must_use]
    pub fn keys(&self) -> [&str; 3] {
        [&self.written, &self.drawn, &self.folded]
    }
}

/// Without regard to case; over the capitals, so that `ς` is `σ` and `ß` is `ss`.
pub(super) fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

/// UTS #39, section 4: each character replaced by the one that stands for all that look like it.
pub(super) fn skeleton(text: &str) -> String {
    let drawn = text.nfd().filter(|c| !is_ignorable(*c));
    let mut skeleton = String::with_capacity(text.len());
    for c in drawn {
        match like(c) {
            Some(like) => skeleton.push_str(like),
            None => skeleton.push(c),
        }
    }
    skeleton.nfd().collect()
}

fn like(c: char) -> Option<&'static str> {
    let at = CHARS.binary_search(&c).ok()?;
    let (start, end) = (STARTS.get(at)?, STARTS.get(at + 1)?);
    LIKE.get(usize::from(*start)..usize::from(*end))
}
