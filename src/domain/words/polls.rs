//! The words of polls in rooms, which clients without polls show, too.

use crate::domain::language::Language;
use crate::domain::poll::{ANSWERS_MAX, PollForm, Tally};

/// Stands in a template before and after the place of an answer, whose votes come there. No text of a poll has it.
const MARK: char = '\u{1}';

/// The place of the number of people who have voted.
const VOTERS: usize = 0;

/// The notice of a poll that people can vote in from now on.
#[must_use]
pub fn opened(language: Language, form: &PollForm) -> String {
    let how = match (language, form.is_multiple) {
        (Language::Ko, false) => "하나를 고를 수 있습니다.",
        (Language::Ko, true) => "여럿을 고를 수 있습니다.",
        (Language::En, false) => "Choose one.",
        (Language::En, true) => "Choose one or several.",
    };
    let title = match language {
        Language::Ko => "투표",
        Language::En => "Poll",
    };
    let answers = form.answers.iter().zip(1..).map(|(answer, n)| format!("\n{n}. {answer}"));
    format!("{title}: {}{}\n{how}", form.question, answers.collect::<String>())
}

/// The notice of a closed poll, in which [`filled`] puts the votes.
#[must_use]
pub fn closed(language: Language, form: &PollForm) -> String {
    let mark = |place: usize| format!("{MARK}{place}{MARK}");
    let title = match language {
        Language::Ko => format!("투표 결과: {} (참여 {}명)", form.question, mark(VOTERS)),
        Language::En => format!("Result of the poll: {} (voters: {})", form.question, mark(VOTERS)),
    };
    let answers =
        form.answers.iter().zip(1..).map(|(answer, n)| format!("\n{n}. {answer}: {}", mark(n)));
    title + &answers.collect::<String>()
}

/// A template of [`closed`] with the votes.
#[must_use]
pub fn filled(template: &str, tally: &Tally) -> String {
    let numbers = std::iter::once(&tally.voters).chain(&tally.counts);
    let places = numbers.zip(VOTERS..=ANSWERS_MAX);
    places.fold(template.to_owned(), |text, (number, place)| {
        text.replace(&format!("{MARK}{place}{MARK}"), &number.to_string())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::poll::Results;

    #[test]
    fn a_notice_has_the_answers_and_later_their_votes() {
        let answers = ["soup", "rice"];
        let form = PollForm::parse("Lunch?", &answers, false, Results::AtEnd).unwrap();
        assert_eq!(opened(Language::En, &form), "Poll: Lunch?\n1. soup\n2. rice\nChoose one.");
        let tally = Tally::from_counts(3, [1, 2]);
        assert_eq!(
            filled(&closed(Language::En, &form), &tally),
            "Result of the poll: Lunch? (voters: 3)\n1. soup: 1\n2. rice: 2"
        );
        assert_eq!(
            filled(&closed(Language::Ko, &form), &tally),
            "투표 결과: Lunch? (참여 3명)\n1. soup: 1\n2. rice: 2"
        );
    }

    #[test]
    fn the_longest_notice_is_a_message() {
        use crate::domain::text::{CONTENT_MAX, Content, POLL_ANSWER_MAX, POLL_QUESTION_MAX};
        let answers: Vec<String> =
            (0..ANSWERS_MAX).map(|n| format!("{n}{}", "x".repeat(POLL_ANSWER_MAX - 1))).collect();
        let question = "x".repeat(POLL_QUESTION_MAX);
        let form = PollForm::parse(&question, &answers, true, Results::AtOnce).unwrap();
        let most = Tally { counts: [u32::MAX; ANSWERS_MAX], voters: u32::MAX };
        for language in [Language::Ko, Language::En] {
            for text in [opened(language, &form), filled(&closed(language, &form), &most)] {
                assert!(Content::parse(&text).is_ok(), "{} of {CONTENT_MAX}", text.chars().count());
            }
        }
    }
}
