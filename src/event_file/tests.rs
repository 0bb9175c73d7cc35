mod polls;

use proptest::prelude::*;

use super::fuzzing::{changes_nothing, some};
use super::*;
use crate::domain::question::Questions;
use crate::domain::slip::Slip;
use crate::domain::words;

const CAMP: &str = r#"
title = "여름 캠프"
language = "ko"

[[rooms]]
title = "광장"
capacity = 0
history = "all"

[[rooms]]
title = "진행팀"
password = "모닥불"
mode = "members"
here_for = 10

[[rooms]]
channel = "night"
title = "밤"
mode = "slow"
every = 20
place = false

[[announcements]]
text = "점심은 12시"

[[announcements]]
text = "여덟 시까지"
room = "밤"
channel = "night"
minutes = 90
"#;

fn file(text: &str) -> EventFile {
    read(text).unwrap_or_else(|slips| panic!("{:?}", sentences(&slips)))
}

fn sentences(slips: &[Slip]) -> Vec<String> {
    slips.iter().map(|slip| words::slip(Language::En, slip)).collect()
}

/// Applies a file, which then changes nothing more. Returns how many steps that took.
fn apply(text: &str, there: &mut Present) -> usize {
    let steps = plan(&file(text), there).unwrap().steps;
    there.does(&steps);
    assert_eq!(plan(&file(text), there).unwrap().steps, []);
    changes_nothing(there);
    steps.len()
}

fn slips(text: &str, there: &Present) -> Vec<String> {
    let planned = read(text).and_then(|file| plan(&file, there).map(|_| ()));
    sentences(&planned.unwrap_err())
}

fn titles(there: &Present) -> Vec<&str> {
    let mut rooms: Vec<&PresentRoom> = there.rooms.iter().collect();
    rooms.sort_by_key(|room| (room.position == 0, room.position));
    rooms.iter().map(|room| room.title.as_str()).collect()
}

#[test]
fn a_file_makes_the_event_and_changes_nothing_the_second_time() {
    let mut there = Present::default();
    assert_eq!(apply(CAMP, &mut there), 7);
    assert_eq!(there.settings.title.as_ref().unwrap().as_str(), "여름 캠프");
    assert_eq!(there.rooms.iter().map(|room| room.position).collect::<Vec<_>>(), [1, 2, 0]);
    let night = &there.rooms[2];
    assert_eq!((night.namespace.as_str(), night.mode.mode.every()), ("night", Some(20)));
    assert_eq!(there.announcements[1].room, Some(night.id));
}

#[test]
fn what_a_file_does_not_say_stays_as_it_is() {
    let mut there = Present::default();
    apply(CAMP, &mut there);
    let before = there.clone();
    assert_eq!(apply("[[rooms]]\ntitle = \"진행팀\"", &mut there), 0);
    assert_eq!(there, before);
    let planned = plan(&file("[[rooms]]\ntitle = \"진행팀\""), &there).unwrap();
    assert_eq!((planned.left_rooms, planned.left_announcements), (vec![0, 2], 2));
}

#[test]
fn an_empty_text_goes_back_to_the_configuration() {
    let mut there = Present::default();
    apply(CAMP, &mut there);
    assert_eq!(apply("title = \"\"\nlanguage = \"\"", &mut there), 2);
    assert_eq!(there.settings, crate::domain::event_settings::EventSettings::default());
}

#[test]
fn a_room_is_renamed_once_and_a_present_title_outweighs_a_former_one() {
    let mut there = some();
    let renamed = "[[rooms]]\ntitle = \"Z\"\nwas = \"C\"\nplace = 3";
    assert_eq!(apply(renamed, &mut there), 1);
    assert_eq!(there.rooms[3].title.as_str(), "Z");
    // A is there, so it is not taken for Y, which is made.
    let both = "[[rooms]]\ntitle = \"Y\"\nwas = \"A\"\nplace = false\n[[rooms]]\ntitle = \"A\"\nplace = false";
    let count = there.rooms.len();
    assert_eq!(apply(both, &mut there), 1);
    assert_eq!(there.rooms.len(), count + 1);
}

#[test]
fn the_order_of_the_file_is_that_of_the_lobby() {
    let mut there = Present::default();
    let rooms = |titles: &[&str]| {
        titles.iter().map(|title| format!("[[rooms]]\ntitle = \"{title}\"\n")).collect::<String>()
    };
    assert_eq!(apply(&rooms(&["a", "b", "c"]), &mut there), 3);
    assert_eq!(apply(&rooms(&["a", "c"]), &mut there), 0, "b stands between");
    assert_eq!(apply(&rooms(&["c", "a", "b"]), &mut there), 3);
    assert_eq!(titles(&there), ["c", "a", "b"]);
}

#[test]
fn a_password_is_kept_set_and_removed() {
    let mut there = some();
    let b = |line: &str| format!("[[rooms]]\ntitle = \"B\"\nplace = 3\n{line}");
    assert_eq!(apply(&b("password = true"), &mut there), 0);
    assert_eq!(apply(&b(""), &mut there), 0);
    let set = file(&b("password = \"new\""));
    assert_eq!(passwords(&set, &there).len(), 1);
    assert_eq!(apply(&b("password = \"new\""), &mut there), 1);
    assert_eq!(apply(&b("password = false"), &mut there), 1);
    assert_eq!(there.rooms[1].lock, Lock::Open);
    assert!(passwords(&set, &there).is_empty());
    let told = slips(&b("password = true"), &there);
    assert_eq!(
        told,
        ["line 4: the room \"B\" has no password to keep; give it one, or leave this line out."]
    );
}

#[test]
fn a_mode_for_a_time_is_set_for_good_where_the_file_says_so() {
    let mut there = some();
    assert_eq!(apply("[[rooms]]\ntitle = \"D\"", &mut there), 0);
    assert_eq!(apply("[[rooms]]\ntitle = \"D\"\nmode = \"read_only\"", &mut there), 1);
    assert_eq!(there.rooms[4].mode.until, None);
}

#[test]
fn a_room_takes_questions_as_the_file_says_and_else_as_it_does() {
    let mut there = some();
    assert_eq!(apply("[[rooms]]\ntitle = \"A\"\nplace = false", &mut there), 0);
    let held = "[[rooms]]\ntitle = \"A\"\nplace = false\nquestions = \"held\"";
    assert_eq!(apply(held, &mut there), 1);
    assert_eq!(there.rooms[0].questions, Questions::Held);
    assert!(write(&there).contains("questions = \"held\""));
    assert_eq!(apply("[[rooms]]\ntitle = \"A\"\nplace = false", &mut there), 0);
    assert_eq!(apply(&held.replace("held", "open"), &mut there), 1);
    apply("[[rooms]]\ntitle = \"new\"\nquestions = \"held\"", &mut there);
    assert_eq!(there.rooms[6].questions, Questions::Held);
}

#[test]
fn an_announcement_is_made_where_it_is_not_up() {
    let mut there = some();
    let text = "[[announcements]]\ntext = \"lunch\"\nminutes = 5\n";
    assert_eq!(apply(text, &mut there), 0);
    assert_eq!(apply(&format!("{text}room = \"A\""), &mut there), 1);
    let left = plan(&file(text), &there).unwrap().left_announcements;
    assert_eq!(left, 4);
    let none = slips(&format!("{text}room = \"Q\""), &there);
    let told = "line 1: there is no room \"Q\", neither in this file nor among the host's rooms.";
    assert_eq!(none, [told]);
    let many: String = (0..21).map(|n| format!("[[announcements]]\ntext = \"{n}\"\n")).collect();
    let told = slips(&many, &Present::default());
    assert_eq!(told.len(), 1);
    assert!(told[0].starts_with("line 41: there can be 20 announcements"), "{told:?}");
}

/// Wrong files, and how their sentences begin.
const WRONG: &[(&str, &[&str])] = &[
    ("title = ", &["line 1: this is not TOML: "]),
    ("[[rooms]\ntitle = \"a\"", &["line 1: this is not TOML: "]),
    ("title = \"a\"\ntitle = \"b\"", &["line 2: this is not TOML: duplicate key"]),
    ("\n\nrooms = 1", &["line 3: rooms is 1, but must be tables, each under a line [[rooms]]."]),
    ("[rooms]\ntitle = \"a\"", &["line 1: rooms is a table, but must be tables"]),
    ("[[room]]\ntitle = \"a\"", &["line 1: there is no key \"room\"; did you mean rooms?"]),
    ("colour = \"red\"", &["line 1: there is no key \"colour\"."]),
    (
        "[[rooms]]\ntitle = \"a\"\ncapacty = 3",
        &["line 3: there is no key \"capacty\" in [[rooms]]; did you mean capacity?"],
    ),
    ("[[rooms]]\ncapacity = 3", &["line 1: [[rooms]] needs a title."]),
    ("[[announcements]]\nroom = \"a\"", &["line 1: [[announcements]] needs a text."]),
    (
        "[[rooms]]\ntitle = \"a\"\ncapacity = 20000",
        &["line 3: capacity is 20000, but must be a whole number from 0 to 10000."],
    ),
    ("[[rooms]]\ntitle = \"a\"\ncapacity = -1", &["line 3: capacity is -1, but must be"]),
    ("[[rooms]]\ntitle = \"a\"\ncapacity = \"4\"", &["line 3: capacity is \"4\", but must be"]),
    ("[[rooms]]\ntitle = 7", &["line 2: title is 7, but must be a text in quotes."]),
    ("[[rooms]]\ntitle = \"  \"", &["line 2: The title is empty."]),
    ("[[rooms]]\ntitle = \"a\\u202Eb\"", &["line 2: The title has a character that cannot"]),
    (
        "[[rooms]]\ntitle = \"a\"\npassword = 1234",
        &["line 3: password is a value not shown here, but must be a text in quotes, or true"],
    ),
    (
        "[[rooms]]\ntitle = \"a\"\npassword = \"much too long for one\"",
        &["line 3: The password can have at most 12 characters."],
    ),
    (
        "[[rooms]]\ntitle = \"a\"\nhistory = \"some\"",
        &["line 3: history is \"some\", but must be \"all\" or \"joined\"."],
    ),
    (
        "[[rooms]]\ntitle = \"a\"\nquestions = \"closed\"",
        &["line 3: questions is \"closed\", but must be \"open\" or \"held\"."],
    ),
    (
        "[[rooms]]\ntitle = \"a\"\nquestion = \"held\"",
        &["line 3: there is no key \"question\" in [[rooms]]; did you mean questions?"],
    ),
    ("[[rooms]]\ntitle = \"a\"\nmode = \"ended\"", &["line 3: mode is \"ended\", but must be"]),
    ("[[rooms]]\ntitle = \"a\"\nevery = 9", &["line 3: every goes with mode = \"slow\" only."]),
    (
        "[[rooms]]\ntitle = \"a\"\nmode = \"slow\"\nhere_for = 9",
        &["line 4: here_for goes with mode = \"members\" only."],
    ),
    ("[[rooms]]\ntitle = \"a\"\nplace = 0", &["line 3: place is 0, but must be false, or"]),
    ("[[rooms]]\ntitle = \"a\"\nplace = true", &["line 3: place is true, but must be false"]),
    (
        "[[rooms]]\ntitle = \"a\"\n\n[[rooms]]\ntitle = \" a\"",
        &["line 4: the room \"a\" is in line 1 already."],
    ),
    (
        "[[rooms]]\ntitle = \"a\"\nwas = \"c\"\n[[rooms]]\ntitle = \"b\"\nwas = \"c\"",
        &["line 4: the room of line 1 was \"c\" already."],
    ),
    (
        "[[announcements]]\ntext = \"x\"\n[[announcements]]\ntext = \"x\"",
        &["line 3: this announcement is in line 1 already."],
    ),
    ("[[rooms]]\nchannel = \"a,b\"\ntitle = \"a\"", &["line 2: The channel has a character"]),
    ("language = \"de\"", &["line 1: language is \"de\", but must be \"ko\" or \"en\""]),
    (
        "[[announcements]]\ntext = \"x\"\nminutes = 0",
        &["line 3: minutes is 0, but must be a whole number from 1 to 10080."],
    ),
    (
        "language = 1\n[[rooms]]\ntitle = \"a\"\ncapacity = 1.5\nhistory = true",
        &["line 1: language is 1", "line 4: capacity is 1.5", "line 5: history is true"],
    ),
];

#[test]
fn every_slip_is_a_sentence_with_its_line() {
    are_told(WRONG);
}

/// Checks what is told of wrong files, in both languages.
fn are_told(wrong: &[(&str, &[&str])]) {
    for (text, begins) in wrong {
        let told = slips(text, &some());
        assert_eq!(told.len(), begins.len(), "{told:?}");
        let both = told.iter().zip(*begins);
        both.for_each(|(told, begins)| assert!(told.starts_with(begins), "{told} in {text}"));
        let korean = read(text).unwrap_err();
        let korean: Vec<_> = korean.iter().map(|slip| words::slip(Language::Ko, slip)).collect();
        assert!(korean.iter().all(|told| told.contains("번째 줄: ")), "{korean:?}");
    }
}

#[test]
fn no_more_slips_are_told_than_can_be_read() {
    let text: String = (0..30).map(|n| format!("key{n} = 1\n")).collect();
    assert_eq!(slips(&text, &some()).len(), 20);
}

#[test]
fn a_file_may_begin_with_a_byte_order_mark_and_have_lines_of_windows() {
    let mut there = Present::default();
    let text = CAMP.replace('\n', "\r\n");
    assert_eq!(apply(&format!("\u{feff}{text}"), &mut there), 7);
}

#[test]
fn what_is_there_is_shown_with_all_that_a_file_can_say() {
    let mut there = Present::default();
    apply(CAMP, &mut there);
    let shown = write(&there);
    for line in [
        "title = \"여름 캠프\"",
        "password = true",
        "here_for = 10",
        "channel = \"night\"",
        "place = false",
        "text = \"점심은 12시\"",
        "room = \"밤\"",
        "minutes = 90",
    ] {
        assert!(shown.lines().any(|shown| shown == line), "{line} in\n{shown}");
    }
    assert!(!shown.contains("모닥불"), "{shown}");
    changes_nothing(&some());
}

#[test]
fn a_text_is_shown_as_it_is_but_for_what_cannot_be_seen() {
    let mut there = Present::default();
    let text = "두 줄\n\"그리고\" \\ 탭\t 👩‍👩‍👧";
    there.announcements.push(PresentAnnouncement {
        room: None,
        text: Content::parse_announcement(text).unwrap(),
        minutes: None,
    });
    let shown = write(&there);
    assert!(shown.contains(r#"text = "두 줄\n\"그리고\" \\ 탭\U00000009 👩‍👩‍👧""#), "{shown}");
    changes_nothing(&there);
}

/// A file of rooms and announcements from a small stock, so that they meet.
fn some_file() -> impl Strategy<Value = String> {
    let line = |key: &'static str, values: &'static [&'static str]| {
        proptest::option::of(proptest::sample::select(values)).prop_map(move |value| {
            value.map_or(String::new(), |value| format!("{key} = {value}\n"))
        })
    };
    const TITLES: &[&str] = &["\"A\"", "\"B\"", "\"C\"", "\"D\"", "\"F\""];
    let room = (
        proptest::sample::select(TITLES),
        line("was", TITLES),
        line("capacity", &["0", "7"]),
        line("password", &["\"x\"", "false"]),
        line("history", &["\"all\"", "\"joined\""]),
        line("mode", &["\"open\"", "\"slow\"\nevery = 9", "\"members\"", "\"read_only\""]),
        line("questions", &["\"open\"", "\"held\""]),
        line("place", &["false", "1", "3"]),
        line("channel", &["\"anonymous\"", "\"night\""]),
    );
    let room = room.prop_map(|(title, was, capacity, password, history, mode, questions, place, channel)| {
        format!(
            "[[rooms]]\ntitle = {title}\n{was}{capacity}{password}{history}{mode}{questions}{place}{channel}"
        )
    });
    let announcement =
        (proptest::sample::select(TITLES), line("room", TITLES), line("minutes", &["9"]));
    let announcement = announcement.prop_map(|(text, room, minutes)| {
        format!("[[announcements]]\ntext = {text}\n{room}{minutes}")
    });
    let poll = (
        proptest::sample::select(TITLES),
        line("room", TITLES),
        proptest::sample::select(&["[\"a\", \"b\"]", "[\"b\", \"c\", \"d\"]"][..]),
        line("multiple", &["true", "false"]),
        line("results", &["\"at_once\"", "\"at_end\""]),
        line("minutes", &["0", "9"]),
    );
    let poll = poll.prop_map(|(question, room, options, multiple, results, minutes)| {
        format!(
            "[[polls]]\nquestion = {question}\noptions = {options}\n{room}{multiple}{results}{minutes}"
        )
    });
    let head = (line("title", &["\"x\"", "\"\""]), line("language", &["\"ko\"", "\"en\"", "\"\""]));
    (
        head.prop_map(|(title, language)| format!("{title}{language}")),
        proptest::collection::vec(room, 0..5),
        proptest::collection::vec(announcement, 0..4),
        proptest::collection::vec(poll, 0..4),
    )
        .prop_map(|(head, rooms, announced, polls)| {
            format!("{head}{}{}{}", rooms.concat(), announced.concat(), polls.concat())
        })
}

proptest! {
    #[test]
    fn any_file_is_refused_or_changes_nothing_the_second_time(one in some_file(), other in some_file()) {
        let mut there = some();
        for text in [&one, &other, &one] {
            fuzzing::event_files(text.as_bytes());
            let planned = read(text).and_then(|file| plan(&file, &there));
            if let Ok(planned) = planned {
                there.does(&planned.steps);
                let again = plan(&file(text), &there).unwrap().steps;
                prop_assert_eq!(again, []);
                changes_nothing(&there);
            }
        }
    }
}
