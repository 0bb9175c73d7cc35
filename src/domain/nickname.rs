//! Names for newcomers: an adjective and an animal in the hub's language.

use unicode_segmentation::UnicodeSegmentation;

use super::language::Language;
use super::text::{NICKNAME_MAX, Nickname};

const KO: (&[&str], &[&str]) = (
    &[
        "졸린",
        "신난",
        "배고픈",
        "느긋한",
        "수줍은",
        "씩씩한",
        "다정한",
        "조용한",
        "반짝이는",
        "용감한",
        "엉뚱한",
        "포근한",
        "상냥한",
        "똑똑한",
        "빠른",
        "둥근",
        "작은",
        "커다란",
        "맑은",
        "푸른",
        "새침한",
        "활발한",
        "느린",
        "따뜻한",
        "시원한",
        "즐거운",
        "고운",
        "당당한",
        "멋진",
        "귀여운",
    ],
    &[
        "여우",
        "펭귄",
        "곰",
        "개구리",
        "고양이",
        "강아지",
        "토끼",
        "다람쥐",
        "사슴",
        "너구리",
        "수달",
        "고래",
        "부엉이",
        "거북이",
        "오리",
        "참새",
        "판다",
        "코알라",
        "기린",
        "하마",
        "두더지",
        "청설모",
        "물개",
        "나비",
        "호랑이",
        "양",
        "염소",
        "당나귀",
        "햄스터",
        "돌고래",
    ],
);

/// Short enough that any two with a space are at most ten characters.
const EN: (&[&str], &[&str]) = (
    &[
        "calm", "bold", "wise", "warm", "keen", "shy", "glad", "kind", "tiny", "blue", "cozy",
        "neat", "lazy", "soft", "red", "odd", "big", "fair", "mild", "slow", "zany", "pink",
        "airy", "cool", "deft", "fond", "gray", "rosy", "spry", "wild",
    ],
    &[
        "fox", "otter", "bear", "frog", "cat", "robin", "hare", "deer", "whale", "owl", "duck",
        "panda", "koala", "hippo", "mole", "seal", "moth", "tiger", "lamb", "goat", "bee", "crow",
        "swan", "wren", "crab", "newt", "lynx", "ibex", "toad", "yak",
    ],
);

/// How many pairs are tried for a newcomer: with half of them taken, one is free all but surely.
const TRIES: u64 = 64;

/// The highest number that tells those of one name apart.
const NUMBER_MAX: u32 = 999;

/// A name that nobody present goes by: `seed` chooses where to look first.
///
/// When those tried are taken a number joins the animal, so there is always one.
pub fn fresh(language: Language, seed: u64, taken: impl Fn(&Nickname) -> bool) -> Nickname {
    let (adjectives, animals) = match language {
        Language::Ko => KO,
        Language::En => EN,
    };
    let pairs = (adjectives.len() * animals.len()) as u64;
    for step in 0..TRIES {
        // 7919 is prime to the number of pairs: none is tried twice, neighbours are far apart.
        let n = (seed % pairs + step * 7919) % pairs;
        let (adjective, animal) = (n / animals.len() as u64, n % animals.len() as u64);
        let name = format!("{} {}", pick(adjectives, adjective), pick(animals, animal));
        let name = Nickname::trusted(name);
        if !taken(&name) {
            return name;
        }
    }
    numbered_animal(animals, seed, taken)
}

/// The same name with a number that tells it from those taken, cut where it would be too long;
/// nothing where there is none.
pub fn numbered(name: &Nickname, taken: impl Fn(&Nickname) -> bool) -> Option<Nickname> {
    let name = name.as_str();
    let bare = name.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end();
    let bare = if bare.is_empty() { name } else { bare };
    (2..=NUMBER_MAX).find_map(|number| {
        let number = format!(" {number}");
        let kept = bare.graphemes(true).take(NICKNAME_MAX - number.len());
        let kept: String = kept.collect();
        Nickname::parse(&format!("{}{number}", kept.trim_end())).ok().filter(|name| !taken(name))
    })
}

fn numbered_animal(animals: &[&str], seed: u64, taken: impl Fn(&Nickname) -> bool) -> Nickname {
    let animal = pick(animals, seed % animals.len() as u64);
    let mut number = 1_u32;
    loop {
        let name = Nickname::trusted(format!("{animal} {number}"));
        if number == u32::MAX || !taken(&name) {
            return name;
        }
        number += 1;
    }
}

fn pick<'a>(words: &[&'a str], n: u64) -> &'a str {
    usize::try_from(n).ok().and_then(|n| words.get(n)).copied().unwrap_or("cola")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_name_fits_and_none_is_given_twice() {
        for language in [Language::Ko, Language::En] {
            let mut taken = HashSet::new();
            for _ in 0..1_000 {
                let name = fresh(language, 42, |name| taken.contains(name.as_str()));
                assert!(Nickname::parse(name.as_str()).is_ok(), "{name}");
                assert!(taken.insert(name.as_str().to_owned()), "{name} twice");
            }
        }
    }

    #[test]
    fn names_do_not_come_in_the_order_of_the_list() {
        let first = fresh(Language::Ko, 0, |_| false);
        let second = fresh(Language::Ko, 0, |name| *name == first);
        let shared = first.as_str().split(' ').next() == second.as_str().split(' ').next();
        assert!(!shared, "{first} and {second}");
    }

    #[test]
    fn a_number_tells_apart_and_fits() {
        let numbered = |name: &str, taken: &[&str]| {
            let name = Nickname::parse(name).unwrap();
            numbered(&name, |name| taken.contains(&name.as_str())).unwrap().to_string()
        };
        assert_eq!(numbered("Ann", &[]), "Ann 2");
        assert_eq!(numbered("Ann", &["Ann 2", "Ann 3"]), "Ann 4");
        assert_eq!(numbered("Ann 2", &["Ann 2"]), "Ann 3");
        assert_eq!(numbered("반짝이는 두더지들", &[]), "반짝이는 두더지 2");
        assert_eq!(numbered("1004", &[]), "1004 2");
        assert_eq!(numbered(&"👨‍👩‍👧‍👦".repeat(10), &[]), format!("{} 2", "👨‍👩‍👧‍👦".repeat(8)));
    }
}
