//! Sentences for a host whose time is refused.

use super::span;
use crate::domain::language::Language;
use crate::domain::refusal::ClockRefusal;

pub(super) fn clock(language: Language, refusal: ClockRefusal) -> String {
    match language {
        Language::Ko => clock_ko(refusal),
        Language::En => clock_en(refusal),
    }
}

fn clock_ko(refusal: ClockRefusal) -> String {
    match refusal {
        ClockRefusal::Trusted => "허브의 시계는 믿을 수 있어 다른 시각으로 바꾸지 않습니다.".into(),
        ClockRefusal::Shared => {
            "여러 허브가 함께 쓰는 데이터베이스의 시계가 시각을 정합니다. 그 기기의 시계를 맞춰 주세요.".into()
        }
        ClockRefusal::TooEarly => "이 프로그램이 만들어지기 전의 시각입니다. 휴대폰의 시계를 확인해 주세요.".into(),
        ClockRefusal::TooFar => "허브의 시각보다 10년 넘게 뒤의 시각입니다. 휴대폰의 시계를 확인해 주세요.".into(),
        ClockRefusal::Behind(by) => format!(
            "허브의 시각이 {} 앞서 있습니다. 메시지의 차례가 뒤섞이지 않도록 허브의 시각은 되돌리지 않습니다.",
            span(Language::Ko, by)
        ),
    }
}

fn clock_en(refusal: ClockRefusal) -> String {
    match refusal {
        ClockRefusal::Trusted => "The hub's clock can be relied on, so no other time is set.".into(),
        ClockRefusal::Shared => {
            "The clock of the database that hubs share gives the times; set the clock of its machine.".into()
        }
        ClockRefusal::TooEarly => {
            "That time is before this program was written; look at the phone's clock.".into()
        }
        ClockRefusal::TooFar => {
            "That time is more than ten years ahead of the hub's; look at the phone's clock.".into()
        }
        ClockRefusal::Behind(by) => format!(
            "The hub's time is {} ahead of that, and it never goes back: messages would have the times of earlier ones.",
            span(Language::En, by)
        ),
    }
}
