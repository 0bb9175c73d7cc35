//! The words of an export's pages.

use crate::domain::language::Language;
use crate::domain::question::Question;

/// The words of an export's pages.
#[derive(Debug)]
pub struct ExportWords {
    /// The title of the list of rooms.
    pub rooms: &'static str,
    /// The way back to that list.
    pub all_rooms: &'static str,
    /// Before an answered message that was taken back or is no longer kept.
    pub gone: &'static str,
    /// What a screen reader says before the answered message.
    pub answers: &'static str,
    /// What a screen reader says of reactions.
    pub reactions: &'static str,
    /// An announcement's label.
    pub announcement: &'static str,
    /// The host's label.
    pub host: &'static str,
    /// If nothing was said.
    pub nothing: &'static str,
    /// In front of the offset from UTC.
    pub times: &'static str,
}

const KO: ExportWords = ExportWords {
    rooms: "이야기를 나눈 방",
    all_rooms: "모든 방",
    gone: "지워진 메시지에 답함",
    answers: "답한 메시지",
    reactions: "반응",
    announcement: "공지",
    host: "주최자",
    nothing: "아무도 말하지 않았습니다.",
    times: "시각 기준: UTC",
};

const EN: ExportWords = ExportWords {
    rooms: "Rooms",
    all_rooms: "All rooms",
    gone: "Answers a message that is gone",
    answers: "In answer to",
    reactions: "Reactions",
    announcement: "Announcement",
    host: "Host",
    nothing: "Nothing was said.",
    times: "Times are UTC",
};

/// The words in this language.
#[must_use]
pub fn export_words(language: Language) -> &'static ExportWords {
    match language {
        Language::Ko => &KO,
        Language::En => &EN,
    }
}

/// How much was said in a room.
#[must_use]
pub fn messages(language: Language, count: u64) -> String {
    match language {
        Language::Ko => format!("메시지 {count}개"),
        Language::En if count == 1 => "1 message".to_owned(),
        Language::En => format!("{count} messages"),
    }
}

/// A question's votes, and whether it is answered.
#[must_use]
pub fn asked(language: Language, question: Question) -> String {
    let Question { votes, is_answered } = question;
    let asked = match language {
        Language::Ko => format!("질문 · {votes}표"),
        Language::En if votes == 1 => "Question · 1 vote".to_owned(),
        Language::En => format!("Question · {votes} votes"),
    };
    match (is_answered, language) {
        (false, _) => asked,
        (true, Language::Ko) => format!("{asked} · 답변함"),
        (true, Language::En) => format!("{asked} · answered"),
    }
}

/// A day, from `2026-11-27`.
#[must_use]
pub fn day(language: Language, date: &str) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let mut parts = date.split('-').map(|part| part.parse::<usize>().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    let (year, month, day) = (next(), next(), next());
    match language {
        Language::Ko => format!("{year}년 {month}월 {day}일"),
        Language::En => {
            let month = MONTHS.get(month.wrapping_sub(1)).copied().unwrap_or_default();
            format!("{day} {month} {year}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_and_a_number_are_written_as_people_write_them() {
        assert_eq!(day(Language::Ko, "2026-11-07"), "2026년 11월 7일");
        assert_eq!(day(Language::En, "2026-11-07"), "7 November 2026");
        assert_eq!(messages(Language::En, 1), "1 message");
        assert_eq!(messages(Language::Ko, 2), "메시지 2개");
        let question = Question { votes: 1, is_answered: true };
        assert_eq!(asked(Language::En, question), "Question · 1 vote · answered");
        assert_eq!(asked(Language::Ko, Question::default()), "질문 · 0표");
    }
}
