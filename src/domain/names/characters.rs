//! Decides which characters are allowed in a name, and where.

use unicode_normalization::char::{
    canonical_combining_class, is_combining_mark, is_public_assigned,
};
use unicode_segmentation::UnicodeSegmentation;

/// Zero width non-joiner, and joiner.
const ZWNJ: char = '\u{200C}';
const ZWJ: char = '\u{200D}';
/// The selector of emoji presentation.
const VS16: char = '\u{FE0F}';
const KEYCAP: char = '\u{20E3}';
const BLACK_FLAG: char = '🏴';
const LAST_TAG: char = '\u{E007F}';

/// The canonical combining class of viramas, the signs that take away a consonant's vowel.
const VIRAMA: u8 = 9;

/// Whether the character at this index of a name is allowed there.
pub(super) fn may_stand(name: &[char], at: usize) -> bool {
    let (before, rest) = name.split_at(at);
    let [c, after @ ..] = rest else {
        return false;
    };
    let last = before.last().copied();
    let next = after.first().copied();
    match *c {
        ZWJ => is_at_virama(last, next) || joins_pictographs(before, next),
        ZWNJ => is_at_virama(last, next) || parts_letters(before, after),
        '\u{FE0E}' | VS16 => last.is_some_and(|l| is_pictograph(l) || starts_keycap(l, next)),
        '\u{180B}'..='\u{180D}' | '\u{180F}' => last.is_some_and(is_mongolian),
        '\u{E0100}'..='\u{E01EF}' => last.is_some_and(is_ideograph),
        '\u{E0020}'..=LAST_TAG => is_in_flag(before, rest),
        c if is_combining_mark(c) => is_visible(c) && last.is_some_and(|last| last != ' '),
        c => is_visible(c) && !is_excepted(c) && (is_public_assigned(c) || is_pictograph(c)),
    }
}

/// Whether a joiner is after a virama, as in Sinhala ශ්‍රී, or between it and its letter, as in Bengali র‍্যাব.
fn is_at_virama(last: Option<char>, next: Option<char>) -> bool {
    let is_virama = |c: Option<char>| c.is_some_and(|c| canonical_combining_class(c) == VIRAMA);
    is_virama(last) || (last.is_some_and(char::is_alphabetic) && is_virama(next))
}

/// Whether a joiner is between two pictographs, as in 👩🏽‍🚀. The first may have a skin tone or a selector.
fn joins_pictographs(before: &[char], next: Option<char>) -> bool {
    let is_dress = |c: &char| matches!(*c, VS16 | '\u{1F3FB}'..='\u{1F3FF}');
    let base = before.iter().rev().find(|c| !is_dress(c));
    base.is_some_and(|c| is_pictograph(*c)) && next.is_some_and(is_pictograph)
}

/// Whether a non-joiner is between two letters that would be joined, as in Persian می‌خواهم.
fn parts_letters(before: &[char], after: &[char]) -> bool {
    let is_letter = |c: &&char| !is_combining_mark(**c);
    let is_cursive = |c: Option<&char>| c.is_some_and(|c| is_cursive(*c));
    is_cursive(before.iter().rev().find(is_letter)) && is_cursive(after.iter().find(is_letter))
}

fn starts_keycap(last: char, next: Option<char>) -> bool {
    matches!(last, '0'..='9' | '#' | '*') && next == Some(KEYCAP)
}

/// Whether a tag belongs to a flag: those of England, Scotland and Wales are spelled in tags after a black flag.
fn is_in_flag(before: &[char], rest: &[char]) -> bool {
    let is_tag = |c: &&char| ('\u{E0020}'..LAST_TAG).contains(*c);
    let is_begun = before.iter().rev().find(|c| !is_tag(c)) == Some(&BLACK_FLAG);
    let is_spelt = rest[0] != LAST_TAG || before.last() != Some(&BLACK_FLAG);
    is_begun && is_spelt && rest.iter().find(|c| !is_tag(c)) == Some(&LAST_TAG)
}

/// Whether the character is an emoji, or reserved for one (`Extended_Pictographic`).
///
/// Found out through the rules for grapheme clusters (UAX #29), which know the property: a joiner makes one cluster
/// of two pictographs.
fn is_pictograph(c: char) -> bool {
    let is_one = |text: [char; 3]| String::from_iter(text).graphemes(true).nth(1).is_none();
    c >= '©' && is_one([c, ZWJ, c]) && !is_one(['a', ZWJ, c])
}

/// Whether the character is drawn, and has no other effect: no control, joiner, selector, override of direction or
/// filler.
#[must_use]
pub fn is_visible(c: char) -> bool {
    !c.is_control() && !is_ignorable(c) && !is_format(c) && !is_empty_symbol(c)
}

/// Whether a text has no visible character.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || !is_visible(c))
}

/// The property `Default_Ignorable_Code_Point`, which Unicode keeps stable.
pub(super) fn is_ignorable(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
        | '\u{FFA0}' | '\u{FFF0}'..='\u{FFF8}' | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

/// The format characters (Cf) that are not ignorable, and the separators of lines and paragraphs.
fn is_format(c: char) -> bool {
    matches!(c,
        '\u{600}'..='\u{605}' | '\u{6DD}' | '\u{70F}' | '\u{890}' | '\u{891}' | '\u{8E2}'
        | '\u{2028}' | '\u{2029}' | '\u{FFF9}'..='\u{FFFB}' | '\u{110BD}' | '\u{110CD}'
        | '\u{13430}'..='\u{1343F}')
}

/// Symbols that look blank, or like a missing character: empty braille, the null notehead, blank hieroglyphs, Khitan's
/// filler, the object replacement character and the replacement character.
fn is_empty_symbol(c: char) -> bool {
    matches!(
        c,
        '\u{2800}'
            | '\u{FFFC}'
            | '\u{FFFD}'
            | '\u{13441}'
            | '\u{13442}'
            | '\u{16FE4}'
            | '\u{1D159}'
    )
}

/// The exceptions of RFC 8264, section 9.6, that are disallowed: signs that stretch or repeat their neighbours.
fn is_excepted(c: char) -> bool {
    matches!(c, '\u{640}' | '\u{7FA}' | '\u{3031}'..='\u{3035}' | '\u{303B}')
}

pub(super) fn is_conjoining_jamo(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11FF}' | '\u{A960}'..='\u{A97C}' | '\u{D7B0}'..='\u{D7FB}')
}

fn is_mongolian(c: char) -> bool {
    ('\u{1820}'..='\u{18AA}').contains(&c)
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// Letters of the scripts whose letters join: Arabic, Syriac, N'Ko, Mandaic, Mongolian, Phags-pa,
/// Adlam, Rohingya.
fn is_cursive(c: char) -> bool {
    c.is_alphabetic()
        && matches!(c,
            '\u{600}'..='\u{77F}' | '\u{7C0}'..='\u{7FF}' | '\u{840}'..='\u{8FF}'
            | '\u{1800}'..='\u{18AF}' | '\u{A840}'..='\u{A877}' | '\u{FB50}'..='\u{FDFF}'
            | '\u{FE70}'..='\u{FEFC}' | '\u{10D00}'..='\u{10D3F}' | '\u{1E900}'..='\u{1E95F}')
}
