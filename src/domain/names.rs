//! The characters of a name and their order: nicknames, titles and namespaces, by RFC 8266 (the PRECIS profile `Nickname`).
//!
//! Where we differ from it, and why:
//!
//! - What is kept is in NFC, and only what is compared is in NFKC and folded ([`look`]). NFKC would
//!   make `ᄏᄏᄏ` of a Korean's `ㅋㅋㅋ`, and `TM` of `™️`.
//! - Joiners and variation selectors stand where they change what is drawn, in emoji sequences too,
//!   and nowhere else ([`characters`]).
//! - Conjoining jamo may stand: phones send them. Few marks may, and no unassigned character but
//!   those that Unicode keeps for coming emoji: a phone may be younger than the hub.

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

/// Most marks in a row, and most conjoining jamo in one character. Burmese needs five: လျှို့ဝှက်.
const STACKED_MAX: usize = 5;

/// Most code points that one character of a message may be made of: twice what any emoji or syllable
/// needs, and too few for a tower of marks that covers the lines around it.
pub const CLUSTER_MAX: usize = 32;

/// A name as it is kept: one line, spaces around it gone and those inside single, in NFC.
#[must_use]
pub fn tidy(text: &str) -> String {
    let words = text.trim().split(is_space).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").nfc().collect()
}

/// Zs: spaces without the line breaks, tabs and separators that Unicode also calls white space.
fn is_space(c: char) -> bool {
    c.is_whitespace() && !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}')
}

/// Whether each character of a tidy name may stand where it does.
///
/// # Errors
/// The first that may not, or too many on top of one another.
pub fn check(name: &str) -> Result<(), TextProblem> {
    let chars: Vec<char> = name.chars().collect();
    match (0..chars.len()).find(|&at| !characters::may_stand(&chars, at)) {
        Some(at) => Err(TextProblem::Forbidden(chars[at])),
        None if name.graphemes(true).any(is_stacked) => Err(TextProblem::Stacked),
        None => Ok(()),
    }
}

/// Whether a character of a text is made of more than [`CLUSTER_MAX`] code points.
#[must_use]
pub fn has_tower(text: &str) -> bool {
    text.graphemes(true).any(|character| character.chars().nth(CLUSTER_MAX).is_some())
}

fn is_stacked(character: &str) -> bool {
    let jamo = character.chars().filter(|c| characters::is_conjoining_jamo(*c)).count();
    let mut runs = character.split(|c| !is_combining_mark(c));
    jamo > STACKED_MAX || runs.any(|run| run.chars().count() > STACKED_MAX)
}
