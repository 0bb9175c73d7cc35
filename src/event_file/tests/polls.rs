//! Polls of a file.

use super::*;
use crate::domain::poll::PREPARED_MAX;

const LUNCH: &str = "[[polls]]\nquestion = \"Lunch?\"\noptions = [\"soup\", \"rice\"]\n";
const DAY: &str = "[[polls]]\nquestion = \"Which day?\"\noptions = [\"Mon\", \"Tue\", \"Wed\"]\n\
     multiple = true\nresults = \"after_voting\"\nminutes = 30\n";

fn empty() -> Present {
    Present { prepared: Vec::new(), asked: Vec::new(), ..some() }
}

fn questions(there: &Present) -> Vec<&str> {
    there.prepared.iter().map(|poll| poll.form.question.as_str()).collect()
}

/// Asks the first prepared poll.
fn asks_first(there: &mut Present) {
    let poll = there.prepared.remove(0);
    there.asked.push((poll.room, poll.form.question));
}

#[test]
fn polls_are_prepared_in_the_order_of_the_file_and_once() {
    let mut there = empty();
    assert_eq!(apply(&format!("{DAY}{LUNCH}"), &mut there), 2);
    assert_eq!(questions(&there), ["Which day?", "Lunch?"]);
    let day = &there.prepared[0];
    assert_eq!((day.form.is_multiple, day.minutes, day.form.answers.len()), (true, Some(30), 3));
    assert_eq!(day.form.results.as_str(), "after_voting");
    let lunch = &there.prepared[1];
    assert_eq!((lunch.form.is_multiple, lunch.minutes, lunch.room), (false, None, None));
    assert_eq!(lunch.form.results.as_str(), "at_once");
    // The other way around, and with another between.
    assert_eq!(apply(&format!("{LUNCH}{DAY}"), &mut there), 2);
    assert_eq!(questions(&there), ["Lunch?", "Which day?"]);
    let third = LUNCH.replace("Lunch", "Dinner");
    apply(&format!("{LUNCH}{third}{DAY}"), &mut there);
    assert_eq!(questions(&there), ["Lunch?", "Dinner?", "Which day?"]);
    assert_eq!(apply(&format!("{LUNCH}{DAY}"), &mut there), 0, "Dinner stands between");
    let left = plan(&file(DAY), &there).unwrap().left_polls;
    assert_eq!(left, 2);
}

#[test]
fn a_poll_that_was_asked_is_not_prepared_again() {
    let mut there = empty();
    apply(&format!("{LUNCH}{DAY}"), &mut there);
    asks_first(&mut there);
    assert_eq!(apply(&format!("{LUNCH}{DAY}"), &mut there), 0);
    assert_eq!(apply(&format!("{}{DAY}", LUNCH.replace("rice", "bread")), &mut there), 0);
    assert_eq!(questions(&there), ["Which day?"]);
    assert_eq!(apply(&format!("{LUNCH}room = \"A\"\n"), &mut there), 1, "another room is asked");
    assert_eq!(there.prepared[0].room, Some(there.rooms[0].id));
    there.prepared.clear();
    assert_eq!(apply(DAY, &mut there), 1, "one that was dropped comes back");
}

#[test]
fn a_prepared_poll_becomes_what_the_file_says_and_keeps_what_it_does_not_say() {
    let mut there = empty();
    apply(DAY, &mut there);
    let id = there.prepared[0].id;
    let short = "[[polls]]\nquestion = \"Which day?\"\noptions = [\"Mon\", \"Tue\", \"Wed\"]\n";
    assert_eq!(apply(short, &mut there), 0);
    let other = format!("{}multiple = false\nminutes = 0\n", short.replace("Tue", "Thu"));
    let steps = plan(&file(&other), &there).unwrap().steps;
    let [Step::ChangePoll { changed, room: None, .. }] = &*steps else { panic!("{steps:?}") };
    assert_eq!(*changed, ["options", "multiple", "minutes"]);
    assert_eq!(apply(&other, &mut there), 1);
    let now = &there.prepared[0];
    assert_eq!((now.id, now.minutes, now.form.is_multiple), (id, None, false));
    assert_eq!(now.form.answers[1].as_str(), "Thu");
    assert_eq!(now.form.results.as_str(), "after_voting");
}

#[test]
fn a_poll_is_for_a_room_of_the_file_or_of_the_host() {
    let mut there = empty();
    let rooms =
        "[[rooms]]\ntitle = \"Z\"\nwas = \"A\"\nplace = false\n[[rooms]]\ntitle = \"new\"\n";
    let text = format!("{rooms}{LUNCH}room = \"Z\"\n{DAY}room = \"new\"\n");
    assert_eq!(apply(&text, &mut there), 4);
    assert_eq!(there.prepared[0].room, Some(there.rooms[0].id));
    assert_eq!(there.prepared[1].room, Some(there.rooms[6].id));
    let nowhere = slips(&format!("{LUNCH}room = \"Q\"\n"), &there);
    let told = "line 1: there is no room \"Q\", neither in this file nor among the host's rooms.";
    assert_eq!(nowhere, [told]);
    let many: String = (0..=PREPARED_MAX).map(|n| LUNCH.replace("Lunch", &n.to_string())).collect();
    let told = slips(&many, &empty());
    assert_eq!(told.len(), 1);
    assert!(told[0].starts_with("line 151: 50 polls can be prepared"), "{told:?}");
}

/// Wrong polls, and how their sentences begin.
const WRONG: &[(&str, &[&str])] = &[
    ("[[polls]]\n", &["line 1: [[polls]] needs a question.", "line 1: [[polls]] needs options."]),
    (
        "[[polls]]\nquestion = \"a\"\noptions = \"b\"",
        &["line 3: options is \"b\", but must be 2 to 8 texts, as in [\"yes\", \"no\"]."],
    ),
    ("[[polls]]\nquestion = \"a\"\noptions = [\"b\"]", &["line 3: options is a list of 1, but"]),
    (
        "[[polls]]\nquestion = \"a\"\noptions = [1, 2, 3, 4, 5, 6, 7, 8, 9]",
        &["line 3: options is a list of 9, but"],
    ),
    (
        "[[polls]]\nquestion = \"a\"\noptions = [\n  \"b\",\n  2,\n]",
        &["line 5: options is 2, but must be a text in quotes."],
    ),
    (
        "[[polls]]\nquestion = \"a\"\noptions = [\"b\", \" b\"]",
        &["line 3: the option \"b\" is there twice."],
    ),
    ("[[polls]]\nquestion = \"\"\noptions = [\"b\", \"c\"]", &["line 2: "]),
    (
        "[[polls]]\nquestion = \"a\"\noptions = [\"b\", \"c\"]\nmultiple = 1",
        &["line 4: multiple is 1, but must be true or false."],
    ),
    (
        "[[polls]]\nquestion = \"a\"\noptions = [\"b\", \"c\"]\nresults = \"never\"",
        &["line 4: results is \"never\", but must be \"at_once\" or"],
    ),
    (
        "[[polls]]\nquestion = \"a\"\noptions = [\"b\", \"c\"]\nminutes = 10081",
        &["line 4: minutes is 10081, but must be a whole number from 0 to 10080."],
    ),
    (
        "[[polls]]\nquestion = \"a\"\noption = [\"b\", \"c\"]",
        &[
            "line 1: [[polls]] needs options.",
            "line 3: there is no key \"option\" in [[polls]]; did you mean options?",
        ],
    ),
    (
        "[[polls]]\nquestion = \"a\"\noptions = [\"b\", \"c\"]\n[[polls]]\nquestion = \"a\"\noptions = [\"d\", \"e\"]",
        &["line 4: this poll is in line 1 already."],
    ),
];

#[test]
fn every_slip_in_a_poll_is_a_sentence_with_its_line() {
    are_told(WRONG);
}
