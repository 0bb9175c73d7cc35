//! The look of a name. Two names that a person could confuse have a look in common.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfd_quick};

use super::characters::is_ignorable;
use crate::domain::text::Nickname;

include!(concat!(env!("OUT_DIR"), "/look_alikes.rs"));

/// A name's look: its skeleton (UTS #39, section 4) in NFKC and case-folded (RFC 8266).
///
/// It is taken in three ways, since none is enough: as the name is drawn, where `Ian` looks like `lan`; in lower
/// case, where `ian` is `Ian`; and as it is written, before NFKC turns `①`, which looks like `➀`, into a plain 1.
/// Joiners and selectors are ignored.
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

    /// The look of one or more words, without what only a nickname is checked for.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        let draw = |text: &str| fold(&skeleton(text));
        let written = draw(text);
        let plain: String = text.nfkc().collect();
        // A look is taken several times for everybody who joins. Most names are in NFKC and have no capitals, so that
        // most steps would give the same result again, and are skipped.
        let once = if plain == text { written.clone() } else { draw(&plain) };
        // Twice, since a small letter looks like others than its capital does: `m` like `rn`.
        let drawn = if once == plain { once.clone() } else { draw(&once) };
        let small = fold(&plain);
        let folded = if small == plain { once } else { draw(&small) };
        Self { written, drawn, folded }
    }

    /// The look of two words with a space between them. All that makes a look goes by characters, and no mark combines
    /// with a space before it, so this is what [`of_text`](Self::of_text) computes, at a tenth of its cost.
    #[must_use]
    pub fn of_pair(first: &Self, second: &Self) -> Self {
        let pair = |first: &str, second: &str| [first, second].join(" ");
        Self {
            written: pair(&first.written, &second.written),
            drawn: pair(&first.drawn, &second.drawn),
            folded: pair(&first.folded, &second.folded),
        }
    }

    /// Whether a person could confuse the two names.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        self.keys().iter().any(|key| other.keys().contains(key))
    }

    /// The keys of the look. Two names are alike if they share one of these.
    #[must_use]
    pub fn keys(&self) -> [&str; 3] {
        [&self.written, &self.drawn, &self.folded]
    }
}

/// Case-folds a text, by way of upper case, so that `ς` is `σ` and `ß` is `ss`.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            folded.push(c.to_ascii_lowercase());
        } else {
            folded.extend(c.to_uppercase().flat_map(char::to_lowercase));
        }
    }
    folded
}

/// The skeleton of a text (UTS #39, section 4): each character replaced by the prototype of all that look like it.
pub(super) fn skeleton(text: &str) -> String {
    let drawn = text.nfd().filter(|c| !is_ignorable(*c));
    let mut skeleton = String::with_capacity(3 * text.len());
    for c in drawn {
        match like(c) {
            Some(like) => skeleton.push_str(like),
            None => skeleton.push(c),
        }
    }
    // Only a text with marks can need reordering.
    match is_nfd_quick(skeleton.chars()) {
        IsNormalized::Yes => skeleton,
        _ => skeleton.nfd().collect(),
    }
}

fn like(c: char) -> Option<&'static str> {
    let at = CHARS.binary_search(&c).ok()?;
    let (start, end) = (STARTS.get(at)?, STARTS.get(at + 1)?);
    LIKE.get(usize::from(*start)..usize::from(*end))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The look by its definition, without the shortcuts.
    fn defined(text: &str) -> Look {
        let fold = |text: &str| -> String {
            text.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
        };
        let draw = |text: &str| {
            let drawn = text.nfd().filter(|c| !is_ignorable(*c));
            let parts: String =
                drawn.map(|c| like(c).map_or(c.to_string(), str::to_owned)).collect();
            fold(&parts.nfd().collect::<String>())
        };
        let plain: String = text.nfkc().collect();
        Look { written: draw(text), drawn: draw(&draw(&plain)), folded: draw(&fold(&plain)) }
    }

    #[test]
    fn looks_are_those_of_the_definition_for_every_character_and_with_marks_out_of_order() {
        for c in (0..=0x2_FFFF).filter_map(char::from_u32) {
            let text = c.to_string();
            assert_eq!(Look::of_text(&text), defined(&text), "{c:?}");
        }
        let few: Vec<char> = "aMΣßſİ①한ㅏ\u{1161}é\u{323}\u{301}\u{345}\u{FE0F}ﬁ".chars().collect();
        let many = few.len().pow(3);
        for n in 0..many {
            let at = |place: u32| few[n / few.len().pow(place) % few.len()];
            let text = String::from_iter([at(0), at(1), at(2)]);
            assert_eq!(Look::of_text(&text), defined(&text), "{text:?}");
        }
    }
}
