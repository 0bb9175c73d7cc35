//! Names that belong to the hub and its host: whoever goes by one could speak for them.

use std::collections::HashSet;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::look::Look;

const WORDS: &[&str] = &[
    "관리자",
    "관리인",
    "운영자",
    "운영진",
    "운영팀",
    "호스트",
    "방장",
    "주최자",
    "주최측",
    "진행자",
    "스태프",
    "스탭",
    "어드민",
    "모더레이터",
    "시스템",
    "서버",
    "허브",
    "콜라허브",
    "공지",
    "공지사항",
    "admin",
    "administrator",
    "host",
    "hub",
    "colahub",
    "system",
    "server",
    "moderator",
    "operator",
    "sysop",
    "root",
    "organizer",
    "organiser",
    "staff",
    "official",
    "notice",
];

static LOOKS: LazyLock<HashSet<String>> =
    LazyLock::new(|| WORDS.iter().flat_map(|word| coarse(word)).collect());

/// Whether a name is one of the hub's or the host's own, also spaced, decorated, numbered, with
/// the Korean `님`, or written in letters that look alike.
#[must_use]
pub fn is_reserved(name: &str) -> bool {
    let letters = name.nfkd().filter(|c| c.is_alphanumeric() && !is_combining_mark(*c));
    let letters: String = letters.nfc().collect();
    let word = letters.trim_end_matches(char::is_numeric);
    let words = [word, word.trim_end_matches('님')];
    words.iter().any(|word| coarse(word).iter().any(|look| LOOKS.contains(look)))
}

/// Coarser than [`Look`]: `i` and `l` are one, so that `AdMlN` is `admin` in any mixture of letters.
fn coarse(word: &str) -> [String; 3] {
    Look::of_text(word).keys().map(|key| key.replace('i', "l"))
}
