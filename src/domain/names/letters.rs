//! Reads a name's letters as a person does, whatever characters they are written with: `4` for `a`, `🅷` for `h`, `ɪ`
//! for `i`, single jamo for a syllable.
//!
//! This is much coarser than [`super::look`]: it decides whether a name could be read as one of a few reserved words,
//! and would find too many people's names alike.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::look::{fold, skeleton};

/// A letter, or a character that may stand for one.
#[derive(Debug)]
pub(super) struct Letter {
    /// What it can be read as, never empty. The first is the letter itself; others are for letters of which only the
    /// capital looks like another letter, as in `нost`.
    pub(super) shapes: Vec<String>,
    /// Whether it is a digit, which may also be decoration.
    pub(super) is_digit: bool,
    /// The same of a symbol.
    pub(super) is_symbol: bool,
}

/// Symbols and letters of other scripts that are read as letters.
const READ_AS: &[(&str, &str)] = &[
    ("4@^∆", "a"),
    ("8", "b"),
    ("(<¢©", "c"),
    ("3€", "e"),
    ("69", "g"),
    ("#", "h"),
    ("1!|¡", "i"),
    ("0⭕○●◯⚪⚫", "o"),
    ("®", "r"),
    ("5$§💲", "s"),
    ("7+†✝", "t"),
    ("µ", "u"),
    ("¥", "y"),
    ("2", "z"),
    ("дλΔα", "a"),
    ("ьвβ", "b"),
    ("эєΣ", "e"),
    ("н", "h"),
    ("ι", "i"),
    ("м", "m"),
    ("ипηπ", "n"),
    ("σθφ", "o"),
    ("яг", "r"),
    ("тτ", "t"),
    ("цμ", "u"),
    ("шщωψ", "w"),
    ("ч", "y"),
];

/// Letters that are drawn as small capitals, in the order of [`AS_CAPITALS`].
const CAPITALS: &str = "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ";
const AS_CAPITALS: &str = "abcdefghijklmnoprstuvwyz";

/// A name's letters, without marks and separators.
pub(super) fn letters(name: &str) -> Vec<Letter> {
    name.chars().flat_map(drawn_in).collect()
}

/// The letters that are drawn in a character. Those of a symbol may also be decoration: `🇰🇷` is a flag to readers, and the
/// letters of `🇭🇴🇸🇹` are a word.
fn drawn_in(c: char) -> impl Iterator<Item = Letter> {
    let is_sign = !c.is_alphanumeric() || unboxed(c) != c;
    let found = unboxed(c).nfkd().filter_map(letter);
    found.map(move |letter| Letter { is_symbol: letter.is_symbol || is_sign, ..letter })
}

/// A letter without its circle or square, where NFKD does not remove that.
fn unboxed(c: char) -> char {
    let from = match c {
        '\u{1F150}'..='\u{1F169}' => 0x1_F150,
        '\u{1F170}'..='\u{1F189}' => 0x1_F170,
        '\u{1F1E6}'..='\u{1F1FF}' => 0x1_F1E6,
        _ => return c,
    };
    char::from_u32(u32::from(c) - from + u32::from('a')).unwrap_or(c)
}

fn letter(c: char) -> Option<Letter> {
    let read = read_as(c);
    let is_symbol = !c.is_alphanumeric();
    if (is_symbol && read.is_none()) || is_combining_mark(c) {
        return None;
    }
    if let Some(jamo) = jamo(c) {
        return Some(Letter { shapes: vec![jamo.to_owned()], is_digit: false, is_symbol: false });
    }
    let mut shapes = Vec::new();
    let read = read.map(String::from).into_iter();
    let cases = read.chain([c.to_lowercase().collect(), c.to_uppercase().collect()]);
    for shape in cases.map(|text| shape(&text)) {
        if !shape.is_empty() && !shapes.contains(&shape) {
            shapes.push(shape);
        }
    }
    let is_digit = !is_symbol && c.is_numeric();
    (!shapes.is_empty()).then_some(Letter { shapes, is_digit, is_symbol })
}

fn read_as(c: char) -> Option<char> {
    let capital = CAPITALS.chars().zip(AS_CAPITALS.chars()).find(|(small, _)| *small == c);
    let other = || READ_AS.iter().find(|(signs, _)| signs.contains(c));
    capital.map(|(_, letter)| letter).or_else(|| other()?.1.chars().next())
}

/// The skeleton of a text (UTS #39) without marks. `i` and `l` are the same in it, so that `AdMlN` is `admin`, and a
/// letter that two others together look like is written as those, as `rn` for `m`.
fn shape(text: &str) -> String {
    // Twice, since a capital may look like one whose small letter looks like others: `M` like `m`, which is `rn`.
    let drawn = fold(&skeleton(&fold(&skeleton(text))));
    let plain: String = drawn.nfd().filter(|c| c.is_alphanumeric()).collect();
    plain.replace('i', "l").replace('d', "cl").replace('w', "vv")
}

/// The jamo that a conjoining jamo is typed with, at any position in a syllable.
fn jamo(c: char) -> Option<&'static str> {
    const HEADS: &str = "ㄱ ㄲ ㄴ ㄷ ㄸ ㄹ ㅁ ㅂ ㅃ ㅅ ㅆ ㅇ ㅈ ㅉ ㅊ ㅋ ㅌ ㅍ ㅎ";
    const VOWELS: &str =
        "ㅏ ㅐ ㅑ ㅒ ㅓ ㅔ ㅕ ㅖ ㅗ ㅗㅏ ㅗㅐ ㅗㅣ ㅛ ㅜ ㅜㅓ ㅜㅔ ㅜㅣ ㅠ ㅡ ㅡㅣ ㅣ";
    const TAILS: &str = "ㄱ ㄲ ㄱㅅ ㄴ ㄴㅈ ㄴㅎ ㄷ ㄹ ㄹㄱ ㄹㅁ ㄹㅂ ㄹㅅ ㄹㅌ ㄹㅍ ㄹㅎ ㅁ ㅂ ㅂㅅ ㅅ ㅆ ㅇ ㅈ ㅊ ㅋ ㅌ ㅍ ㅎ";
    let (table, first) = match c {
        '\u{1100}'..='\u{1112}' => (HEADS, 0x1100),
        '\u{1161}'..='\u{1175}' => (VOWELS, 0x1161),
        '\u{11A8}'..='\u{11C2}' => (TAILS, 0x11A8),
        _ => return None,
    };
    table.split(' ').nth((u32::from(c) - first) as usize)
}
