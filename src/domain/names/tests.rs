//! Tests with names of many scripts, tricks and look-alikes.

use proptest::prelude::*;

use super::OwnNames;
use super::look::Look;
use crate::domain::text::{Namespace, Nickname, TextProblem, Title};

/// Names that people have, or like to use.
const GOOD: &[&str] = &[
    "졸린 여우",
    "ㅋㅋㅋ",
    "ᄏᄏᄏ",
    "\u{1112}\u{119E}\u{11AB}글",
    "José",
    "O'Neill",
    "Ann-Marie",
    "Nguyễn",
    "Håkon",
    "Łukasz",
    "Straße",
    "Ελένη",
    "Ольга",
    "Գոռ",
    "ნინო",
    "ณัฐวุฒิ",
    "น้ำ",
    "ນ້ຳ",
    "क्षितिज",
    "श्रीमती",
    "র‍্যাব",
    "ശ്രീ",
    "க்ஷ",
    "ශ්‍රී ලංකා",
    "လျှို့ဝှက်",
    "ស្រីពេជ្រ",
    "བཀྲ་ཤིས",
    "مُحَمَّد",
    "می‌خواهم",
    "שָׁלוֹם",
    "ܐܒܐ",
    "ሰላም",
    "ᠮᠣᠩᠭ\u{180B}",
    "さくら",
    "サ・クラ",
    "葛\u{E0100}城",
    "王小明",
    "𠮷野家",
    "½ ① ™",
    "(^_^)",
    "1004",
    "😀😎",
    "❤️",
    "☺︎",
    "1️⃣#️⃣",
    "👨‍👩‍👧‍👦",
    "👩🏽‍🚀",
    "🏳️‍🌈",
    "👁️‍🗨️",
    "🧔🏻‍♂️",
    "🇰🇷",
    "🏴󠁧󠁢󠁳󠁣󠁴󠁿",
    // Reserved by Unicode for a future emoji.
    "\u{1FAFF}",
];

/// Names of people that resemble reserved ones.
const HONEST: &[&str] = &[
    "Hosea",
    "Ghost",
    "Adm",
    "Adminette",
    "호스트바",
    "이관리",
    "hubert",
    "1",
    "★",
    "님",
    "Hosta",
    "Hubbard",
    "Chub",
    "Shrub",
    "Hostage",
    "Rooty",
    "Staffan",
    "Stafford",
    "Sisto",
    "Admiral",
    "Adnan",
    "Damian",
    "Edmin",
    "Oscar",
    "Thea",
    "The",
    "A",
    "4",
    "Host-ess",
    "Servet",
    "Systema",
    "Mr. X",
    "the cat",
    "Official-Y",
    "Notiz",
    "Theo",
    "Toast",
    "Post",
    "Most",
    "Hoast",
    "Hob",
    "Hab",
    "Bub",
    "Rot",
    "Ruth",
    "Roet",
    "허브티",
    "허브차",
    "호수",
    "호두",
    "공지영",
    "공주",
    "서벌",
    "서버린",
    "시스터",
    "운영",
    "관우",
    "스텝",
    "방장어",
    "방울",
    "부관",
    "총각",
    "새벽",
    "1004",
    "42",
    "x",
    "xx",
    "!!!",
    "Нина",
    "Ольга",
    "Аня",
    "Дима",
    "Иван",
    "ниндзя",
    "Хост",
    "Ελένη",
    "Σοφία",
    "王小明",
    "さくら",
    "ホスト",
    "Ça va",
    "Zoë",
    "Ås",
    "Ünal",
    "O'Neill",
];

/// Names that are refused, with the character that is the reason.
const BAD: &[(&str, char)] = &[
    ("a\u{0}b", '\u{0}'),
    ("a\nb", '\n'),
    ("a\u{2028}b", '\u{2028}'),
    ("\u{202E}nna", '\u{202E}'),
    ("a\u{2066}b\u{2069}", '\u{2066}'),
    ("a\u{200F}", '\u{200F}'),
    ("An\u{200B}n", '\u{200B}'),
    ("An\u{200D}n", '\u{200D}'),
    ("An\u{200C}n", '\u{200C}'),
    ("Ann\u{FE0F}", '\u{FE0F}'),
    ("1\u{FE0F}", '\u{FE0F}'),
    ("Ann\u{E0100}", '\u{E0100}'),
    ("Ann\u{180B}", '\u{180B}'),
    ("An\u{AD}n", '\u{AD}'),
    ("Ann\u{FEFF}", '\u{FEFF}'),
    ("Ann\u{3164}", '\u{3164}'),
    ("a\u{115F}\u{1160}", '\u{115F}'),
    ("⠓\u{2800}", '\u{2800}'),
    ("a\u{13441}", '\u{13441}'),
    ("a\u{16FE4}", '\u{16FE4}'),
    ("\u{200D}👩", '\u{200D}'),
    ("👩\u{200D}", '\u{200D}'),
    ("👩\u{200D}a", '\u{200D}'),
    ("❤\u{FE0F}\u{FE0F}", '\u{FE0F}'),
    ("🏴\u{E0067}\u{E0062}", '\u{E0067}'),
    ("🏴\u{E007F}", '\u{E007F}'),
    ("a\u{E0061}\u{E007F}", '\u{E0061}'),
    ("\u{301}a", '\u{301}'),
    ("a \u{301}b", '\u{301}'),
    ("م\u{640}حمد", '\u{640}'),
    ("a\u{E000}", '\u{E000}'),
    ("a\u{378}", '\u{378}'),
    ("a\u{FFFE}", '\u{FFFE}'),
    ("a\u{FFFD}", '\u{FFFD}'),
    ("a\u{10FFFF}", '\u{10FFFF}'),
];

#[test]
fn people_of_every_script_can_use_their_names() {
    for name in GOOD {
        let parsed = Nickname::parse(name);
        assert!(parsed.is_ok(), "{name} {}: {parsed:?}", name.escape_unicode());
        assert!(Title::parse(name).is_ok(), "{name} as a title");
        assert!(Namespace::parse(name).is_ok(), "{name} as a namespace");
    }
}

#[test]
fn invisible_and_direction_changing_characters_are_refused() {
    for (name, blame) in BAD {
        let problem = TextProblem::Forbidden(*blame);
        let shown = name.escape_unicode();
        assert_eq!(Nickname::parse(name).map_err(|e| e.problem), Err(problem), "{shown}");
        assert_eq!(Title::parse(name).map_err(|e| e.problem), Err(problem), "{shown}");
        assert_eq!(Namespace::parse(name).map_err(|e| e.problem), Err(problem), "{shown}");
    }
}

#[test]
fn marks_are_few() {
    for (stacked, few) in [
        (
            "a\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}",
            "a\u{317}\u{318}\u{319}\u{31A}\u{31C}",
        ),
        ("ᄏᄏᄏᄏᄏᄏ", "ᄏᄏᄏᄏᄏ"),
    ] {
        assert_eq!(Nickname::parse(stacked).map_err(|e| e.problem), Err(TextProblem::Stacked));
        assert_eq!(Namespace::parse(stacked).map_err(|e| e.problem), Err(TextProblem::Stacked));
        assert!(Nickname::parse(few).is_ok());
    }
}

#[test]
fn spaces_are_plain_and_single() {
    let name = |text| Nickname::parse(text).unwrap().to_string();
    assert_eq!(name(" a\u{3000}\u{A0} b\u{2003}"), "a b");
    assert_eq!(name("ㅎ ㅏ"), "ㅎ ㅏ", "compatibility jamo stay what they are");
}

#[test]
fn names_that_look_alike_are_one() {
    let look = |name: &str| Look::of(&Nickname::parse(name).unwrap());
    let alike = [
        ("Anna", "аnnа"),
        ("Anna", "АNNА"),
        ("BOB", "ΒΟΒ"),
        ("paypal", "раураӏ"),
        ("Ian", "lan"),
        ("ian", "IAN"),
        ("l1", "Il"),
        ("Bo0", "boO"),
        ("modern", "modem"),
        ("Cola", "Ｃｏｌａ"),
        ("Cola", "𝓒𝓸𝓵𝓪"),
        ("fish", "ﬁsh"),
        ("Straße", "STRASSE"),
        ("ΟΔΟΣ", "οδος"),
        ("여우", "\u{110B}\u{1167}\u{110B}\u{116E}"),
        ("a b", "a\u{3000}b"),
        ("श्री", "श्‍री"),
        ("❤", "❤️"),
        ("①", "➀"),
        ("①", "1"),
    ];
    for (one, other) in alike {
        assert!(look(one).is_like(&look(other)), "{one} {other}");
    }
    let different = [
        ("Anna", "Anne"),
        ("Lisa", "Ilsa"),
        ("여우", "어우"),
        ("José", "Jose"),
        ("👍🏻", "👍🏿"),
        ("user 1", "user 2"),
    ];
    for (one, other) in different {
        assert!(!look(one).is_like(&look(other)), "{one} {other}");
    }
}

/// Names that could be mistaken for the hub or the host.
const RESERVED: &[&str] = &[
    "주최자",
    "주 최 자님",
    "진행",
    "📣 진행",
    "[진행]",
    "관리자",
    "운영자님",
    "관 리 자",
    "★호스트★",
    "시스템2",
    "허브",
    "admin",
    "ADMIN",
    "Àdmin",
    "аdmin",
    "АDМIN",
    "AdMlN",
    "adm1n",
    "h0st",
    "ＨＯＳＴ",
    "[hub]",
    "System 1",
    "4dmin",
    "@dmin",
    "1admin",
    "@dm1n",
    "h0$t",
    "H057",
    "#ub",
    "the host",
    "The H0st!",
    "theadmin",
    "an admin",
    "Mr. Host",
    "Hosts",
    "🅷🅾🆂🆃",
    "🅐🅓🅜🅘🅝",
    "ⓐⓓⓜⓘⓝ",
    "🄷🄾🅂🅃",
    "🇭🇴🇸🇹",
    "h⭕st",
    "ʜᴏꜱᴛ",
    "ᴬᵈᵐⁱⁿ",
    "𝖍𝖔𝖘𝖙",
    "h.o.s.t",
    "h o s t",
    "H|O|S|T",
    "-=host=-",
    "нost",
    "adмin",
    "аdmіп",
    "aclmin",
    "adrnin",
    "xAdminx",
    "sysadmin",
    "Root Admin",
    "Hub's Host",
    "Admin Team",
    "관.리.자",
    "관리자1호",
    "1관리자",
    "총관리자",
    "진짜 관리자",
    "방 관리자",
    "관리자입니다",
    "허브의 호스트",
    "허브관리자",
    "ㅎㅗㅅㅡㅌㅡ",
    "ㄱㅗㅏㄴㄹㅣㅈㅏ",
    "호스트봇",
    "공식 admin",
    "Cola Hub",
    "admin🇰🇷",
    "운영자🇰🇷",
    "🇺🇸 Host",
    "방장🅿",
    "h0st⒧",
    "a d m i🇲 n",
];

#[test]
fn names_of_the_hub_and_the_host_are_reserved() {
    let is_theirs =
        |name: &str| Nickname::parse(name).map_err(|e| e.problem) == Err(TextProblem::Reserved);
    let missed: Vec<&str> = RESERVED.iter().copied().filter(|name| !is_theirs(name)).collect();
    assert!(missed.is_empty(), "{missed:?} could speak for them");
    for name in RESERVED {
        assert!(Title::parse(name).is_ok(), "a room may be called {name}");
    }
    let people: Vec<&str> =
        HONEST.iter().copied().filter(|name| Nickname::parse(name).is_err()).collect();
    assert!(people.is_empty(), "{people:?} are people");
}

#[test]
fn the_hubs_own_names_are_its_own() {
    let own = OwnNames::new(&["여름 캠프 2026", "camp", "🎉"]);
    for name in [
        "여름 캠프 2026",
        "여름캠프",
        "camp",
        "C4mp",
        "The Camp",
        "camp 1",
        "🎉",
        "camp host",
        "여름캠프 관리자",
        "🅲🅰🅼🅿",
        "сamp",
    ] {
        assert!(own.are_like(name), "{name}");
    }
    for name in HONEST.iter().copied().chain(["여름", "캠프", "Campbell", "scamp", "🎉🎉", "2026"])
    {
        assert!(!own.are_like(name), "{name}");
    }
    assert!(!OwnNames::default().are_like("camp"));
    for (name, is_in) in
        [("여름캠프 여우", true), ("new camp", true), ("calm fox", false), ("졸린 여우", false)]
    {
        assert_eq!(own.are_in(name), is_in, "{name}");
    }
    assert!(!OwnNames::new(&["🎉", "2026"]).are_in("calm fox"));
}

proptest! {
    /// A name that was parsed parses again, to itself.
    #[test]
    fn a_name_that_parses_stays_the_same(text in "(\\PC|[\u{200C}\u{200D}\u{FE0F}\u{301}\u{3000} \u{1100}-\u{1112}\u{1161}-\u{1175}\u{915}\u{94D}]|[👩🚀🏽❤]){1,12}") {
        if let Ok(name) = Nickname::parse(&text) {
            prop_assert_eq!(Nickname::parse(name.as_str()), Ok(name.clone()));
            prop_assert!(Look::of(&name).is_like(&Look::of(&name)));
        }
        if let Ok(title) = Title::parse(&text) {
            prop_assert_eq!(Title::parse(title.as_str()), Ok(title.clone()));
        }
    }
}
