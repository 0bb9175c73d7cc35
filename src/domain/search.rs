//! Decides which messages match a search.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
use unicode_segmentation::UnicodeSegmentation;

use super::refusal::Refusal;

/// The most characters of a search text.
const MAX: usize = 100;

/// A search text, in NFC and lower case. It also matches in the middle of words, since Korean particles follow a word
/// without a space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needle(String);

impl Needle {
    /// Parses a search text; spaces at its ends are ignored.
    ///
    /// # Errors
    /// [`Refusal::BadRequest`] if it is empty, or has more than 100 characters.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Refusal::bad("q is missing: what to search for"));
        }
        if text.graphemes(true).nth(MAX).is_some() || text.len() > MAX * 16 {
            return Err(Refusal::bad(format!("q must have at most {MAX} characters")));
        }
        Ok(Self(folded(text)))
    }

    /// Whether this text contains it, in upper or lower case, composed or decomposed.
    #[must_use]
    pub fn is_in(&self, text: &str) -> bool {
        // Folding allocates, which plain ASCII does not need.
        if self.0.is_ascii() && text.is_ascii() {
            let (needle, text) = (self.0.as_bytes(), text.as_bytes());
            return text.windows(needle.len()).any(|part| part.eq_ignore_ascii_case(needle));
        }
        folded(text).contains(&self.0)
    }
}

fn folded(text: &str) -> String {
    let lower = text.to_lowercase();
    match is_nfc_quick(lower.chars()) {
        IsNormalized::Yes => lower,
        _ => lower.nfc().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(needle: &str, text: &str) -> bool {
        Needle::parse(needle).unwrap().is_in(text)
    }

    #[test]
    fn a_word_is_found_in_any_case_and_inside_others() {
        for (needle, text) in [
            ("회의실", "2층 회의실에서 만나요"),
            ("coffee", "Free COFFEE at noon"),
            (" Coffee ", "coffee"),
            ("straße", "Die STRASSE und die Straße"),
            ("Ä", "a\u{308}pfel"),
            ("회", "\u{1112}\u{116c}의"),
        ] {
            assert!(finds(needle, text), "{needle} in {text}");
        }
        for (needle, text) in [("tea", "t e a"), ("회의실", "회의"), ("coffee!", "coffee")] {
            assert!(!finds(needle, text), "{needle} in {text}");
        }
    }

    #[test]
    fn nothing_and_too_much_are_not_searched_for() {
        assert!(Needle::parse(" \n").is_err());
        assert!(Needle::parse(&"가".repeat(100)).is_ok());
        assert!(Needle::parse(&"가".repeat(101)).is_err());
    }
}
