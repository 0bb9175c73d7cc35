//! Names for newcomers: an adjective and an animal in the hub's language.

mod lists;

use unicode_segmentation::UnicodeSegmentation;

use super::language::Language;
use super::names::look::Look;
use super::text::{NICKNAME_MAX, Nickname};
use lists::{Lists, Word};

/// How many pairs are tried for a newcomer. There are over ten thousand pairs, so in a room of a thousand people the
/// first one is free nine times out of ten, and a name costs about the same in any room.
const PAIRS_TRIED: usize = 8;

/// The highest number that is appended to a name that is taken. The first few numbers are tried, so that the name is
/// `Ann 2` if possible, then random ones.
const NUMBER_MAX: u64 = 999;
const FIRST_NUMBERS: std::ops::RangeInclusive<u64> = 2..=5;
const NUMBERS_TRIED: usize = 8;

/// The highest number after an animal: with it a name has ten characters at most.
const ANIMAL_NUMBER_MAX: u64 = 9_999;

/// A name for a newcomer that nobody present has, and its look. `seed` is random.
///
/// If all pairs that were tried are taken, the name is an animal with a number. So there always is one, unless a room
/// holds a million people.
pub fn fresh(
    language: Language,
    seed: u64,
    taken: impl Fn(&Nickname, &Look) -> bool,
) -> (Nickname, Look) {
    let lists = Lists::in_language(language);
    let mut pairs = Chances(seed).filter_map(|chance| pair(lists, chance)).take(PAIRS_TRIED);
    let free = pairs.find(|(name, look)| !taken(name, look));
    free.unwrap_or_else(|| numbered_animal(lists, seed, taken))
}

/// An adjective and an animal; `None` if they are too long together.
fn pair(lists: &Lists, chance: u64) -> Option<(Nickname, Look)> {
    let adjective = pick(&lists.adjectives, chance)?;
    let animal = pick(&lists.animals, chance >> 32)?;
    let length = adjective.text.chars().count() + 1 + animal.text.chars().count();
    (length <= NICKNAME_MAX).then(|| {
        let name = Nickname::trusted(format!("{} {}", adjective.text, animal.text));
        (name, Look::of_pair(&adjective.look, &animal.look))
    })
}

/// The name with a number that makes it differ from those taken, cut if it would be too long. `None` if a few tries
/// found none. `seed` is random.
pub fn numbered(name: &Nickname, seed: u64, taken: impl Fn(&Nickname) -> bool) -> Option<Nickname> {
    let name = name.as_str();
    let bare = name.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end();
    let bare = if bare.is_empty() { name } else { bare };
    let others = Chances(seed).map(|chance| 2 + chance % (NUMBER_MAX - 1));
    FIRST_NUMBERS.chain(others.take(NUMBERS_TRIED)).find_map(|number| {
        let number = format!(" {number}");
        let kept = bare.graphemes(true).take(NICKNAME_MAX - number.len());
        let kept: String = kept.collect();
        Nickname::parse(&format!("{}{number}", kept.trim_end())).ok().filter(|name| !taken(name))
    })
}

fn numbered_animal(
    lists: &Lists,
    seed: u64,
    taken: impl Fn(&Nickname, &Look) -> bool,
) -> (Nickname, Look) {
    let animals = lists.animals.len() as u64;
    let all = animals * ANIMAL_NUMBER_MAX;
    // Each try takes another animal, in case all names with this one are refused.
    let named = |n: u64| {
        let animal = pick(&lists.animals, n).map_or("cola", |animal| animal.text);
        let name = Nickname::trusted(format!("{animal} {}", 1 + n / animals));
        let look = Look::of(&name);
        (name, look)
    };
    // Start at a random number, where few are taken.
    let start = Chances(seed).next().unwrap_or_default() % all;
    let mut tries = (0..all).map(|step| named((start + step) % all));
    tries.find(|(name, look)| !taken(name, look)).unwrap_or_else(|| named(start))
}

fn pick(words: &[Word], chance: u64) -> Option<&Word> {
    words.get(usize::try_from(chance).unwrap_or(0) % words.len().max(1))
}

/// Pseudo-random numbers from a seed (SplitMix64).
struct Chances(u64);

impl Iterator for Chances {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        Some(mixed ^ (mixed >> 31))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::collections::HashSet;

    use super::*;
    use crate::domain::names::look::Look;

    const BOTH: [Language; 2] = [Language::Ko, Language::En];

    /// The names of this many people, given one after the other, and how many names were tried for each.
    fn named(language: Language, people: u64) -> (HashSet<String>, Vec<usize>) {
        let (mut taken, mut looked_at) = (HashSet::new(), Vec::new());
        for seed in 0..people {
            let looks = Cell::new(0);
            let (name, _) = fresh(language, seed, |name, _| {
                looks.set(looks.get() + 1);
                taken.contains(name.as_str())
            });
            assert!(taken.insert(name.as_str().to_owned()), "{name} twice");
            looked_at.push(looks.get());
        }
        (taken, looked_at)
    }

    #[test]
    fn every_word_has_its_place_in_the_look_of_a_name() {
        for language in BOTH {
            let Lists { adjectives, animals } = Lists::in_language(language);
            let all = adjectives.iter().map(|word| (word, &animals[0]));
            for (first, second) in all.chain(animals.iter().map(|word| (&adjectives[0], word))) {
                let name = format!("{} {}", first.text, second.text);
                assert_eq!(
                    Look::of_pair(&first.look, &second.look),
                    Look::of_text(&name),
                    "{name}"
                );
            }
            let is_pair = |name: &Nickname| !name.as_str().ends_with(|c: char| c.is_ascii_digit());
            for without_pairs in [false, true] {
                let taken = |name: &Nickname, _: &Look| without_pairs && is_pair(name);
                let (name, look) = fresh(language, 7, taken);
                assert_eq!(look, Look::of(&name), "{name}");
            }
        }
    }

    #[test]
    fn every_name_fits_and_none_is_given_twice() {
        for language in BOTH {
            for name in named(language, 3_000).0 {
                assert!(Nickname::parse(&name).is_ok(), "{name}");
            }
        }
    }

    #[test]
    fn a_thousand_people_need_no_numbers_and_a_name_costs_as_much_in_any_room() {
        let total = |looks: &[usize]| looks.iter().sum::<usize>();
        for language in BOTH {
            let (names, looks) = named(language, 3_000);
            let thousand = named(language, 1_000).0;
            let with_number = |names: &HashSet<String>| {
                names.iter().filter(|name| name.ends_with(|c: char| c.is_ascii_digit())).count()
            };
            assert_eq!(with_number(&thousand), 0);
            assert!(with_number(&names) <= 3, "{} of 3,000", with_number(&names));
            assert!(looks.iter().all(|looks| *looks <= PAIRS_TRIED + 2));
            assert!(total(&looks[..100]) <= 105 && total(&looks[900..1_000]) <= 130);
            assert!(total(&looks[2_900..]) <= 170, "{}", total(&looks[2_900..]));
        }
    }

    #[test]
    fn in_a_room_where_all_pairs_are_taken_a_number_is_soon_found() {
        for language in BOTH {
            let mut taken = HashSet::new();
            for seed in 0..10_000 {
                let looks = Cell::new(0);
                let (name, _) = fresh(language, seed, |name, _| {
                    looks.set(looks.get() + 1);
                    let is_pair = !name.as_str().ends_with(|c: char| c.is_ascii_digit());
                    is_pair || taken.contains(name.as_str())
                });
                assert!(Nickname::parse(name.as_str()).is_ok(), "{name}");
                assert!(taken.insert(name.as_str().to_owned()), "{name} twice");
                assert!(looks.get() <= PAIRS_TRIED + 10, "{} for {name}", looks.get());
            }
        }
    }

    #[test]
    fn no_two_words_look_alike_and_there_are_more_than_ten_thousand_pairs() {
        for language in BOTH {
            let lists = Lists::in_language(language);
            for words in [&lists.adjectives, &lists.animals] {
                for (n, word) in words.iter().enumerate() {
                    assert!(Nickname::parse(word.text).is_ok(), "{}", word.text);
                    let other = words[..n].iter().find(|other| word.look.is_like(&other.look));
                    assert_eq!(other.map(|other| other.text), None, "is like {}", word.text);
                }
            }
            let lengths = |words: &[Word]| -> Vec<usize> {
                words.iter().map(|word| word.text.chars().count()).collect()
            };
            let (adjectives, animals) = (lengths(&lists.adjectives), lengths(&lists.animals));
            let fits =
                |length: &usize| animals.iter().filter(|l| *l + length < NICKNAME_MAX).count();
            let pairs: usize = adjectives.iter().map(fits).sum();
            assert!(pairs > 10_000, "{pairs} in {language:?}");
            assert!(adjectives.iter().all(|length| fits(length) > 10), "one is too long");
        }
    }

    #[test]
    fn names_do_not_come_in_the_order_of_the_list() {
        let (first, _) = fresh(Language::Ko, 0, |_, _| false);
        let (second, _) = fresh(Language::Ko, 0, |name, _| *name == first);
        let shared = first.as_str().split(' ').next() == second.as_str().split(' ').next();
        assert!(!shared, "{first} and {second}");
    }

    #[test]
    fn a_number_tells_apart_and_fits() {
        let numbered = |name: &str, taken: &[&str]| {
            let name = Nickname::parse(name).unwrap();
            numbered(&name, 7, |name| taken.contains(&name.as_str())).unwrap().to_string()
        };
        assert_eq!(numbered("Ann", &[]), "Ann 2");
        assert_eq!(numbered("Ann", &["Ann 2", "Ann 3"]), "Ann 4");
        assert_eq!(numbered("Ann 2", &["Ann 2"]), "Ann 3");
        assert_eq!(numbered("반짝이는 두더지들", &[]), "반짝이는 두더지 2");
        assert_eq!(numbered("1004", &[]), "1004 2");
        assert_eq!(numbered(&"👨‍👩‍👧‍👦".repeat(10), &[]), format!("{} 2", "👨‍👩‍👧‍👦".repeat(8)));
    }

    #[test]
    fn a_number_is_looked_for_in_a_few_places_however_many_have_the_name() {
        let ann = Nickname::parse("Ann").unwrap();
        let looks = Cell::new(0);
        let none = numbered(&ann, 7, |_| {
            looks.set(looks.get() + 1);
            true
        });
        assert_eq!((none, looks.get()), (None, 4 + NUMBERS_TRIED));
        let few: HashSet<String> = (2..=200).map(|n| format!("Ann {n}")).collect();
        assert!(numbered(&ann, 7, |name| few.contains(name.as_str())).is_some());
    }
}
