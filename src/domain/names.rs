//! Which characters a name may have, and where: nicknames, titles and namespaces, by RFC 8266 (the PRECIS profile
//! `Nickname`).
//!
//! Where the hub differs from it, and why:
//!
//! - Names are stored in NFC; only for comparison they are converted to NFKC and case-folded ([`look`]). NFKC would turn a
//!   Korean `ㅋㅋㅋ` into `ᄏᄏᄏ`, and `™️` into `TM`.
//! - Joiners and variation selectors are allowed where they change what is drawn, including emoji sequences, and nowhere
//!   else ([`characters`]).
//! - Conjoining jamo are allowed, since phones send them. The number of marks is limited. Unassigned characters are refused,
//!   except those that Unicode reserves for future emoji, since a phone may be newer than the hub.

mod characters;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod letters;
pub mod look;
mod reserved;
pub mod taken;
#[cfg(test)]
mod tests;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

use super::text::TextProblem;

pub use characters::{is_blank, is_visible};
pub use reserved::{OwnNames, is_reserved};

/// The most marks in a row, and the most conjoining jamo in one character. Burmese needs five: လျှို့ဝှက်.
const STACKED_MAX: usize = 5;

/// The most code points in one character (grapheme cluster) of a message: twice what any emoji or syllable needs, and
/// too few for a stack of marks that covers the lines around it.
pub const CLUSTER_MAX: usize = 32;

/// Normalises a name for storage: NFC, without spaces at its ends, and with single spaces inside.
#[must_use]
pub fn tidy(text: &str) -> String {
    let words = text.trim().split(is_space).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").nfc().collect()
}

/// The category Zs: spaces, without the line breaks, tabs and separators that Unicode also calls white space.
fn is_space(c: char) -> bool {
    c.is_whitespace() && !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}')
}

/// Checks that each character of a normalised name is allowed where it stands.
///
/// # Errors
/// The first character that is not allowed, or too many marks in a row.
pub fn check(name: &str) -> Result<(), TextProblem> {
    let chars: Vec<char> = name.chars().collect();
    match (0..chars.len()).find(|&at| !characters::may_stand(&chars, at)) {
        Some(at) => Err(TextProblem::Forbidden(chars[at])),
        None if name.graphemes(true).any(is_stacked) => Err(TextProblem::Stacked),
        None => Ok(()),
    }
}

/// Whether a character of a text has more than [`CLUSTER_MAX`] code points.
#[must_use]
pub fn has_tower(text: &str) -> bool {
    text.graphemes(true).any(|character| character.chars().nth(CLUSTER_MAX).is_some())
}

fn is_stacked(character: &str) -> bool {
    let jamo = character.chars().filter(|c| characters::is_conjoining_jamo(*c)).count();
    let mut runs = character.split(|c| !is_combining_mark(c));
    jamo > STACKED_MAX || runs.any(|run| run.chars().count() > STACKED_MAX)
}
