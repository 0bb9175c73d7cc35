//! Rules that hold for every name and text, whatever is typed.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_security::skeleton;
use unicode_segmentation::UnicodeSegmentation;

use super::OwnNames;
use super::look::Look;
use super::taken::Taken;
use crate::domain::ids::ChatterId;
use crate::domain::language::Language;
use crate::domain::message::Alert;
use crate::domain::nickname::numbered;
use crate::domain::text::{
    CONTENT_MAX, Content, KEY_MAX, Key, NAMESPACE_MAX, NICKNAME_MAX, Namespace, Nickname, Password,
    TITLE_MAX, Title,
};
use crate::domain::words;

/// Names of the hub and the host. Nobody may have one, however it is spelled.
const RESERVED: [&str; 9] =
    ["admin", "host", "hub", "system", "관리자", "운영자", "주최자", "진행", "호스트"];

/// Fuzzes two names, a line each.
pub fn names(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (one, other) = text.split_once('\n').unwrap_or((&text, ""));
    for text in [one, other] {
        title(text);
        namespace(text);
        content(text);
        key(text);
        password(text);
    }
    if let (Some(one), Some(other)) = (nickname(one), nickname(other)) {
        pair(&one, &other);
    }
}

fn nickname(text: &str) -> Option<Nickname> {
    let name = Nickname::parse(text).ok()?;
    is_a_name(name.as_str(), NICKNAME_MAX);
    assert_eq!(Nickname::parse(name.as_str()).as_ref(), Ok(&name), "it is another the second time");
    let apart: String = name.as_str().nfd().collect();
    assert_eq!(
        Nickname::parse(&apart).as_ref(),
        Ok(&name),
        "it is another as other phones type it"
    );
    let bare: String = name.as_str().nfkc().filter(|c| c.is_alphanumeric()).collect();
    assert!(!RESERVED.contains(&bare.to_lowercase().as_str()), "{name:?} is the host's");
    let read: String = name.as_str().to_lowercase().chars().filter_map(read).collect();
    let read = read.strip_prefix("the").unwrap_or(&read);
    assert!(!RESERVED.contains(&read), "{name:?} is read as {read}");
    assert!(OwnNames::new(&[name.as_str()]).are_like(name.as_str()), "{name:?} is not its own");
    looks(&name);
    if let Some(next) = numbered(&name, 7, |next| look(next).is_like(&look(&name))) {
        assert!(!look(&next).is_like(&look(&name)), "{next:?} is like {name:?}");
        is_a_name(next.as_str(), NICKNAME_MAX);
    }
    for language in [Language::Ko, Language::En] {
        assert!(words::alert(language, &Alert::Joined(1), &name).contains(name.as_str()));
    }
    Some(name)
}

/// The letter, also for a digit or symbol that gamers write for one; `None` for separators.
fn read(c: char) -> Option<char> {
    Some(match c {
        '4' | '@' => 'a',
        '1' | '!' | '|' => 'i',
        '0' => 'o',
        '5' | '$' => 's',
        '7' | '+' => 't',
        '3' => 'e',
        c if c.is_alphanumeric() => c,
        _ => return None,
    })
}

/// Holds that a name is like its variants: in lower case, in NFKC, as its skeleton, and without ignorable characters.
fn looks(name: &Nickname) {
    let text = name.as_str();
    let variants = [
        text.to_lowercase(),
        text.nfkc().collect(),
        skeleton(text).collect(),
        text.chars().filter(|c| !is_ignorable(*c)).collect(),
    ];
    for variant in variants {
        if let Ok(variant) = Nickname::parse(&variant) {
            assert!(look(&variant).is_like(&look(name)), "{variant:?} is not like {name:?}");
        }
    }
}

fn title(text: &str) {
    let Ok(title) = Title::parse(text) else { return };
    is_a_name(title.as_str(), TITLE_MAX);
    assert_eq!(Title::parse(title.as_str()).as_ref(), Ok(&title), "it is another the second time");
}

fn namespace(text: &str) {
    let old = Namespace::unruly(text);
    assert_eq!(Namespace::unruly(old.as_str()), old, "it is another the second time");
    let is_short = text.len() <= old.as_str().len() + 8;
    assert!(!is_short || !old.is_ruly() || Namespace::parse(text).as_ref() == Ok(&old), "{old:?}");
    let Ok(name) = Namespace::parse(text) else { return };
    let plain = name.as_str();
    assert_eq!(Namespace::parse(plain).as_ref(), Ok(&name), "it is another the second time");
    // As a client connects to it.
    assert_eq!(Namespace::parse(&format!("/{plain}")).as_ref(), Ok(&name), "it cannot be reached");
    is_a_name(plain, NAMESPACE_MAX);
    assert!(name.is_ruly(), "a room called {plain:?} is taken for an old one");
    match Namespace::for_room(text) {
        Ok(made) => {
            assert_eq!(made, name, "{plain:?} is connected to by another name");
            assert!(!plain.contains([',', '?', '#', '[', ']']), "{plain:?}");
        }
        Err(_) => assert!(plain.contains([',', '?', '#', '[', ']']), "{plain:?}"),
    }
}

fn content(text: &str) {
    let Ok(content) = Content::parse(text) else { return };
    assert_eq!(content.as_str(), text, "what was said is kept as it was said");
    assert!((1..=CONTENT_MAX).contains(&text.graphemes(true).count()));
    assert!(!text.contains(|c: char| c.is_control() && !"\n\r\t".contains(c)));
    assert!(text.contains(|c: char| !c.is_whitespace() && !is_nothing(c)), "{text:?}");
    assert!(text.graphemes(true).all(|c| c.chars().count() <= 32), "{text:?} has a tower");
}

fn key(text: &str) {
    let Ok(key) = Key::parse(text) else { return };
    assert_eq!(key.as_str(), text);
    assert!((1..=KEY_MAX).contains(&text.graphemes(true).count()));
}

fn password(text: &str) {
    let Ok(password) = Password::parse(text) else { return };
    assert!(!password.as_bytes().is_empty());
    assert_eq!(format!("{password:?}"), "Password(…)");
    let apart: String = text.nfd().collect();
    if let Ok(apart) = Password::parse(&apart) {
        assert!(apart == password, "it is another as other phones type it");
    }
}

/// Holds that a taken name keeps others from names that look like it, and from no others.
fn pair(one: &Nickname, other: &Nickname) {
    let (ann, bob) = (ChatterId::from_bytes([1; 16]), ChatterId::from_bytes([2; 16]));
    let alike = look(one).is_like(&look(other));
    assert_eq!(look(other).is_like(&look(one)), alike, "to look alike is mutual");
    if one == other || skeleton(one.as_str()).eq(skeleton(other.as_str())) {
        assert!(alike, "{one:?} and {other:?} have one skeleton");
    }
    let mut taken = Taken::default();
    taken.hold(&look(one), ann);
    assert_eq!(taken.is_free_for(&look(other), bob), !alike);
    assert!(taken.is_free_for(&look(other), ann));
    taken.hold(&look(other), ann);
    taken.release(&look(one), ann);
    assert!(!taken.is_free_for(&look(other), bob), "what is held twice is let go of twice");
    taken.release(&look(other), ann);
    assert!(taken.is_free_for(&look(one), bob) && taken.is_free_for(&look(other), bob));
}

/// Holds that a name is one line of at most `max` characters, each visible or changing a visible one.
fn is_a_name(text: &str, max: usize) {
    let count = text.graphemes(true).count();
    assert!((1..=max).contains(&count), "{text:?} has {count} characters");
    assert!(text.chars().eq(text.nfc()), "{text:?} is not in NFC");
    assert!(text.trim() == text && !text.contains("  "), "{text:?} has spaces to spare");
    assert!(!text.contains(|c: char| c.is_whitespace() && c != ' '), "{text:?} has other spaces");
    assert!(!text.contains(|c: char| c.is_control() || is_unseen(c)), "{text:?}");
    assert!(
        text.contains(|c| !is_ignorable(c) && !is_combining_mark(c) && c != ' '),
        "{text:?} has nothing to see"
    );
    let is_joiner = |c: char| matches!(c, '\u{200C}' | '\u{200D}');
    assert!(!text.starts_with(is_joiner), "{text:?} begins with a joiner");
    let marks = text.split(|c| !is_combining_mark(c)).map(|run| run.chars().count()).max();
    assert!(marks.unwrap_or(0) <= 5, "{text:?} is a tower");
    let mut neighbours = text.chars().zip(text.chars().skip(1));
    assert!(!neighbours.any(|(a, b)| is_joiner(a) && is_joiner(b)), "{text:?} joins twice");
}

/// Characters that are in no name: bidirectional controls, fillers, blanks, private use, noncharacters.
fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{180E}' | '\u{200B}'
        | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{2800}'
        | '\u{3164}' | '\u{E000}'..='\u{F8FF}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFF}'
        | '\u{E0000}'..='\u{E001F}' | '\u{F0000}'..)
        || u32::from(c) & 0xFFFE == 0xFFFE
}

/// Characters that make a blank message if there are no others.
fn is_nothing(c: char) -> bool {
    let is_box =
        matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..) || u32::from(c) & 0xFFFE == 0xFFFE;
    is_unseen(c) && !is_box
}

/// Characters that change how others are drawn, and are not drawn themselves.
fn is_ignorable(c: char) -> bool {
    matches!(c,
        '\u{180B}'..='\u{180D}' | '\u{180F}' | '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{E0020}'..='\u{E007F}' | '\u{E0100}'..='\u{E01EF}')
}

fn look(name: &Nickname) -> Look {
    Look::of(name)
}
