//! Sentences about slips in an event file.

use super::{text_en, text_ko};
use crate::domain::language::Language;
use crate::domain::poll::{ANSWERS_MAX, ANSWERS_MIN};
use crate::domain::slip::{Allowed, Slip, SlipKind};

/// The sentence for a slip, which names its line: one line of text.
#[must_use]
pub fn slip(language: Language, Slip { line, what }: &Slip) -> String {
    match language {
        Language::Ko => format!("{line}번째 줄: {}", slip_ko(what)),
        Language::En => format!("line {line}: {}", slip_en(what)),
    }
}

fn slip_ko(what: &SlipKind) -> String {
    match what {
        SlipKind::NotToml(reason) => format!("TOML 문법에 맞지 않습니다 ({reason})."),
        SlipKind::UnknownKey { key, table, meant } => {
            let place = if table.is_empty() { "여기에는" } else { table_ko(table) };
            let hint = meant.map(|meant| format!(" 혹시 {meant}인가요?")).unwrap_or_default();
            format!("{place} {key:?}라는 항목이 없습니다.{hint}")
        }
        SlipKind::Missing { table, key } => {
            format!("{} {key} 항목이 있어야 합니다.", table_ko(table))
        }
        SlipKind::Wrong { key, found, allowed } => {
            format!("{key}의 값은 {found}일 수 없습니다. {}", allowed_ko(allowed))
        }
        SlipKind::Text(error) => text_ko(*error),
        SlipKind::RoomTwice { title, first } => {
            format!("방 {title:?}은(는) {first}번째 줄에 이미 있습니다.")
        }
        SlipKind::WasTwice { title, first } => {
            format!("예전 제목 {title:?}은(는) {first}번째 줄의 방이 이미 씁니다.")
        }
        SlipKind::AnnouncementTwice { first } => {
            format!("이 공지는 {first}번째 줄에 이미 있습니다.")
        }
        SlipKind::PollTwice { first } => format!("이 투표는 {first}번째 줄에 이미 있습니다."),
        SlipKind::OptionTwice { option } => format!("보기 {option:?}이(가) 두 번 있습니다."),
        SlipKind::OnlyInMode { key, mode } => {
            format!("{key}는 mode = {mode:?}와 함께만 쓸 수 있습니다.")
        }
        SlipKind::NoPassword { title } => format!(
            "방 {title:?}에는 그대로 둘 비밀번호가 없습니다. 비밀번호를 쓰거나 이 줄을 지워 주세요."
        ),
        SlipKind::NoRoom { title } => {
            format!("방 {title:?}은(는) 이 파일에도, 주최자가 만든 방 가운데에도 없습니다.")
        }
        SlipKind::TooManyAnnouncements { most } => format!(
            "공지는 한 번에 {most}개까지 걸 수 있습니다. 걸려 있는 것을 내리거나 여기에서 빼 주세요."
        ),
        SlipKind::TooManyPrepared { most } => format!(
            "투표는 {most}개까지 준비할 수 있습니다. 준비된 것을 지우거나 여기에서 빼 주세요."
        ),
    }
}

fn slip_en(what: &SlipKind) -> String {
    match what {
        SlipKind::NotToml(reason) => format!("this is not TOML: {reason}."),
        SlipKind::UnknownKey { key, table, meant } => {
            let place = if table.is_empty() { String::new() } else { format!(" in [[{table}]]") };
            let hint = meant.map(|meant| format!("; did you mean {meant}?"));
            format!("there is no key {key:?}{place}{}", hint.as_deref().unwrap_or("."))
        }
        SlipKind::Missing { table, key: "options" } => format!("[[{table}]] needs options."),
        SlipKind::Missing { table, key } => format!("[[{table}]] needs a {key}."),
        SlipKind::Wrong { key, found, allowed } => {
            format!("{key} is {found}, but must be {}.", allowed_en(allowed))
        }
        SlipKind::Text(error) => text_en(*error),
        SlipKind::RoomTwice { title, first } => {
            format!("the room {title:?} is in line {first} already.")
        }
        SlipKind::WasTwice { title, first } => {
            format!("the room of line {first} was {title:?} already.")
        }
        SlipKind::AnnouncementTwice { first } => {
            format!("this announcement is in line {first} already.")
        }
        SlipKind::PollTwice { first } => format!("this poll is in line {first} already."),
        SlipKind::OptionTwice { option } => format!("the option {option:?} is there twice."),
        SlipKind::OnlyInMode { key, mode } => format!("{key} goes with mode = {mode:?} only."),
        SlipKind::NoPassword { title } => format!(
            "the room {title:?} has no password to keep; give it one, or leave this line out."
        ),
        SlipKind::NoRoom { title } => {
            format!("there is no room {title:?}, neither in this file nor among the host's rooms.")
        }
        SlipKind::TooManyAnnouncements { most } => format!(
            "there can be {most} announcements at a time; take some down, or leave this one out."
        ),
        SlipKind::TooManyPrepared { most } => {
            format!("{most} polls can be prepared; drop some, or leave this one out.")
        }
    }
}

fn table_ko(table: &str) -> &'static str {
    match table {
        "rooms" => "[[rooms]]에는",
        "polls" => "[[polls]]에는",
        _ => "[[announcements]]에는",
    }
}

fn allowed_ko(allowed: &Allowed) -> String {
    match allowed {
        Allowed::Text => "따옴표 안의 글이어야 합니다.".into(),
        Allowed::OneOf(texts) => format!("{} 가운데 하나여야 합니다.", quoted(texts, ", ")),
        Allowed::Number(range) => {
            format!("{}부터 {}까지의 정수여야 합니다.", range.start(), range.end())
        }
        Allowed::Flag => "true나 false여야 합니다.".into(),
        Allowed::Options => {
            format!("[\"예\", \"아니요\"]처럼 글 {ANSWERS_MIN}개에서 {ANSWERS_MAX}개여야 합니다.")
        }
        Allowed::Password => "따옴표 안의 글이나 true, false여야 합니다.".into(),
        Allowed::Place(most) => format!("false나 1부터 {most}까지의 정수여야 합니다."),
        Allowed::Tables(name) => format!("[[{name}]] 아래에 하나씩 써야 합니다."),
    }
}

fn allowed_en(allowed: &Allowed) -> String {
    match allowed {
        Allowed::Text => "a text in quotes".into(),
        Allowed::OneOf(texts) => quoted(texts, " or "),
        Allowed::Number(range) => {
            format!("a whole number from {} to {}", range.start(), range.end())
        }
        Allowed::Flag => "true or false".into(),
        Allowed::Options => {
            format!("{ANSWERS_MIN} to {ANSWERS_MAX} texts, as in [\"yes\", \"no\"]")
        }
        Allowed::Password => "a text in quotes, or true or false".into(),
        Allowed::Place(most) => format!("false, or a whole number from 1 to {most}"),
        Allowed::Tables(name) => format!("tables, each under a line [[{name}]]"),
    }
}

fn quoted(texts: &[&str], between: &str) -> String {
    let quoted: Vec<String> = texts.iter().map(|text| format!("{text:?}")).collect();
    quoted.join(between)
}
