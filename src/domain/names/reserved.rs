//! Reserved names: somebody with a name of the hub or its host could pretend to speak for them.
//!
//! A name is reserved if all of it reads as their words together with what people put around words: articles, titles,
//! digits, `님`. So `the host`, `4dmin` and `h.o.s.t` are reserved, and Hosea, Ghost and 허브티 are not.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

use super::letters::{Letter, letters};
use super::look::Look;

/// Words for the hub and its host.
const WORDS: &[&str] = &[
    "관리자",
    "관리인",
    "관리팀",
    "관리진",
    "운영자",
    "운영진",
    "운영팀",
    "호스트",
    "방장",
    "주최",
    "주최자",
    "주최측",
    "진행",
    "진행자",
    "진행팀",
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

/// Words that people put before [`WORDS`].
const BEFORE: &[&str] = &[
    "a", "an", "the", "this", "our", "your", "my", "mr", "mrs", "ms", "sir", "im", "iam", "its",
    "real", "true", "super", "head", "main", "chief", "co", "sub", "vice", "new", "room", "chat",
    "cola", "sys", "web", "x", "총", "부", "본", "저는", "나는", "내가", "제가", "진짜", "공식",
    "우리", "여기", "이방", "방", "메인", "채팅", "콜라", "새",
];

/// Endings that people put behind [`WORDS`].
const BEHIND: &[&str] = &[
    "s",
    "bot",
    "team",
    "account",
    "acct",
    "here",
    "real",
    "desk",
    "of",
    "the",
    "x",
    "님",
    "씨",
    "분",
    "들",
    "봇",
    "팀",
    "계정",
    "의",
    "입니다",
    "이다",
    "호",
    "번",
    "임",
    "이에요",
    "예요",
    "에요",
    "이야",
    "야",
];

static OURS: LazyLock<Readings> = LazyLock::new(|| Readings::of(WORDS));
static BEFORE_THEM: LazyLock<Readings> = LazyLock::new(|| Readings::of(BEFORE));
static BEHIND_THEM: LazyLock<Readings> = LazyLock::new(|| Readings::of(BEHIND));

/// Whether a name is reserved on every hub, however it is spelled.
#[must_use]
pub fn is_reserved(name: &str) -> bool {
    reads_as(&letters(name), &[&OURS])
}

/// The names of this hub itself, which nobody in a room may have.
#[derive(Debug, Default)]
pub struct OwnNames {
    readings: Readings,
    looks: Vec<Look>,
    plain: Vec<String>,
}

impl OwnNames {
    /// Reserves the hub's title and its name on the network.
    #[must_use]
    pub fn new(names: &[&str]) -> Self {
        let looks = names.iter().map(|name| Look::of_text(name)).collect();
        let bare = |name: &&str| plain(name).trim_matches(char::is_numeric).to_owned();
        let plain = names.iter().map(bare).filter(|name| !name.is_empty()).collect();
        Self { readings: Readings::of(names), looks, plain }
    }

    /// Whether a name of plain words contains one of them, so that no newcomer is given it. Far cheaper than
    /// [`OwnNames::are_like`], since everybody who joins is given a name.
    #[must_use]
    pub fn are_in(&self, name: &str) -> bool {
        let name = plain(name);
        self.plain.iter().any(|own| name.contains(own))
    }

    /// Whether a name could be read as one of them.
    #[must_use]
    pub fn are_like(&self, name: &str) -> bool {
        // A title that is only emoji has no letters, so looks are compared too.
        self.looks.iter().any(|look| look.is_like(&Look::of_text(name)))
            || reads_as(&letters(name), &[&OURS, &self.readings])
    }
}

fn plain(name: &str) -> String {
    name.nfkc().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Words, by the shapes of their letters.
#[derive(Debug, Default)]
struct Readings(Vec<String>);

impl Readings {
    fn of(words: &[&str]) -> Self {
        let mut shapes = Vec::new();
        for word in words.iter().map(|word| letters(word)) {
            // Also without decoration.
            let is_bare = |letter: &Letter| !letter.is_digit && !letter.is_symbol;
            let first = word.iter().position(is_bare).unwrap_or(0);
            let last = word.iter().rposition(is_bare).map_or(word.len(), |last| last + 1);
            shapes.extend([&word[..], &word[first..last]].map(joined));
        }
        shapes.retain(|shape| !shape.is_empty());
        shapes.sort();
        shapes.dedup();
        Self(shapes)
    }

    /// The indexes at which a word that begins at `at` can end.
    fn ends(&self, name: &[Letter], at: usize) -> Vec<usize> {
        let mut found = Vec::new();
        self.0.iter().for_each(|word| ends(name, at, word, &mut found));
        found
    }
}

fn joined(letters: &[Letter]) -> String {
    letters.iter().filter_map(|letter| letter.shapes.first()).map(String::as_str).collect()
}

fn ends(name: &[Letter], at: usize, word: &str, found: &mut Vec<usize>) {
    if word.is_empty() {
        return found.push(at);
    }
    let Some(letter) = name.get(at) else { return };
    for rest in letter.shapes.iter().filter_map(|shape| word.strip_prefix(shape.as_str())) {
        ends(name, at + 1, rest, found);
    }
    if letter.is_symbol {
        ends(name, at + 1, word, found);
    }
}

/// Whether all of a name can be read as words of these kinds and the words that people put around them, with at least
/// one of the former.
fn reads_as(name: &[Letter], kinds: &[&Readings]) -> bool {
    // How far the name can be read: `before` without a reserved word yet, `behind` with one.
    let mut before = vec![false; name.len() + 1];
    let mut behind = before.clone();
    before[0] = true;
    for at in 0..name.len() {
        let is_decoration = name[at].is_digit || name[at].is_symbol;
        if before[at] {
            before[at + 1] |= is_decoration;
            BEFORE_THEM.ends(name, at).into_iter().for_each(|end| before[end] = true);
        }
        if behind[at] {
            behind[at + 1] |= is_decoration;
            BEHIND_THEM.ends(name, at).into_iter().for_each(|end| behind[end] = true);
        }
        if before[at] || behind[at] {
            let words = kinds.iter().flat_map(|kind| kind.ends(name, at));
            words.for_each(|end| behind[end] = true);
        }
    }
    behind[name.len()]
}
