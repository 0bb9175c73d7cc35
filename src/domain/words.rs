//! The hub's own sentences for people, in its language.

mod clock;
pub mod export;
mod host;
pub mod polls;
mod slip;

use std::time::Duration;

use unicode_normalization::char::is_combining_mark;

use self::clock::clock;
use self::host::{held_en, held_ko, host_en, host_ko};
pub use self::slip::slip;
use super::language::Language;
use super::message::Alert;
use super::names;
use super::refusal::Refusal;
use super::slip::Slip;
use super::text::{Field, Nickname, TextError, TextProblem};

/// The sentence of a notice. That of a single join is set by the wire contract, since front ends show it unchanged.
#[must_use]
pub fn alert(language: Language, alert: &Alert, nickname: &Nickname) -> String {
    use Language::{En, Ko};
    match (language, alert) {
        (Ko, Alert::Joined(1)) => format!("{nickname}님이 입장했습니다."),
        (Ko, Alert::Left(1)) => format!("{nickname}님이 퇴장했습니다."),
        (Ko, Alert::Joined(count)) => format!("{count}명이 입장했습니다."),
        (Ko, Alert::Left(count)) => format!("{count}명이 퇴장했습니다."),
        (Ko, Alert::Renamed { was, now }) => format!("{was}님이 이름을 {now}(으)로 바꿨습니다."),
        (En, Alert::Joined(1)) => format!("{nickname} joined."),
        (En, Alert::Left(1)) => format!("{nickname} left."),
        (En, Alert::Joined(count)) => format!("{count} people joined."),
        (En, Alert::Left(count)) => format!("{count} people left."),
        (En, Alert::Renamed { was, now }) => format!("{was} is now {now}."),
        // Both have words of their own.
        (_, Alert::Note | Alert::Announcement) => String::new(),
    }
}

/// The name of the host where they speak. Nobody else may have it (`names::is_reserved`).
#[must_use]
pub fn host_name(language: Language) -> Nickname {
    let name = match language {
        Language::Ko => "주최자",
        Language::En => "Host",
    };
    Nickname::trusted(name.to_owned())
}

/// The sentence of a refusal, which says what a person can do.
#[must_use]
pub fn refusal(language: Language, refusal: &Refusal) -> String {
    match language {
        Language::Ko => refusal_ko(refusal),
        Language::En => refusal_en(refusal),
    }
}

fn refusal_ko(refusal: &Refusal) -> String {
    match refusal {
        Refusal::BadRequest(what) => format!("요청을 읽을 수 없습니다: {what}"),
        Refusal::TooLarge => "보낸 내용이 너무 큽니다.".into(),
        Refusal::Text(error) => text_ko(*error),
        Refusal::NameHeld | Refusal::NameTaken => of_name(Language::Ko, refusal),
        Refusal::LockMismatch => {
            "잠긴 방에는 비밀번호가 필요하고, 열린 방에는 비밀번호를 둘 수 없습니다.".into()
        }
        Refusal::BadToken => "이 허브에서 받은 토큰이 아닙니다.".into(),
        Refusal::Host(refusal) => host_ko(*refusal).into(),
        Refusal::EventFile(slips) => all(Language::Ko, slips),
        Refusal::Clock(refusal) => clock(Language::Ko, *refusal),
        Refusal::WrongHost => {
            "이 허브의 이름이 아닙니다. 아래 주소나 안내된 주소로 열어 주세요.".into()
        }
        Refusal::ForeignOrigin => {
            "이 페이지는 이 허브를 부를 수 없습니다. 허브 설정의 cors.origins에 없습니다.".into()
        }
        Refusal::Banned => {
            "주최자가 들어오지 못하게 했습니다. 잘못된 것 같으면 주최자에게 말해 주세요.".into()
        }
        Refusal::Muted(wait) => muted(Language::Ko, *wait),
        Refusal::NotYours => "다른 사람의 것이라 할 수 없습니다.".into(),
        Refusal::NotJoined => "먼저 방에 들어가야 합니다.".into(),
        Refusal::Locked => "비밀번호가 필요한 방입니다.".into(),
        Refusal::Shut | Refusal::RoomReadOnly(_) | Refusal::SlowMode(_) | Refusal::TooNew(_) => {
            refusal_by_mode(Language::Ko, refusal)
        }
        Refusal::WrongPassword => "비밀번호가 맞지 않습니다.".into(),
        Refusal::WallClosed => "주최자가 준 링크로만 볼 수 있는 화면입니다.".into(),
        Refusal::NoSuchRoom => "없는 방입니다.".into(),
        Refusal::NoSuchChatter => "없는 사람입니다.".into(),
        Refusal::NoMessage(_) => "그런 메시지가 없습니다. 지워졌을 수 있습니다.".into(),
        Refusal::NotYourMessage(_) => "내가 쓴 메시지만 지울 수 있습니다.".into(),
        Refusal::OwnMessage(_) => "내가 쓴 메시지는 신고할 수 없습니다.".into(),
        Refusal::NoQuestion(_) => "질문이 아닌 메시지입니다.".into(),
        Refusal::OwnQuestion(_) => "내 질문에는 투표할 수 없습니다.".into(),
        Refusal::Held(refusal) => held_ko(*refusal).into(),
        Refusal::NoSuchReport => "그런 신고가 없습니다.".into(),
        Refusal::NoSuchPoll => "그런 투표가 없습니다.".into(),
        Refusal::PollClosed => "이미 끝난 투표입니다.".into(),
        Refusal::TooLate(within) => too_late(Language::Ko, *within),
        Refusal::NoSuchMessage(seq) => format!("{}번 글은 거두어들일 수 없습니다.", seq.0),
        Refusal::Expired => "시간이 끝난 방입니다.".into(),
        Refusal::Full => "방이 가득 찼습니다.".into(),
        Refusal::TooFast(wait) => {
            format!("너무 빠릅니다. {} 뒤에 다시 해 주세요.", span(Language::Ko, *wait))
        }
        Refusal::TooManyHere(wait) => format!(
            "이 기기나 네트워크에서 연 연결이 너무 많습니다. 몇 개를 닫거나 {} 뒤에 다시 해 주세요.",
            span(Language::Ko, *wait)
        ),
        Refusal::HubFull(wait) => {
            format!("허브가 가득 찼습니다. {} 뒤에 다시 해 주세요.", span(Language::Ko, *wait))
        }
        Refusal::TooManyRooms(wait) => format!(
            "방이 너무 많아 더 만들 수 없습니다. 늦어도 {} 뒤에 자리가 납니다.",
            span(Language::Ko, *wait)
        ),
        Refusal::TooManyMade(wait) => format!(
            "여기에서 만든 방이 너무 많습니다. 늦어도 {} 뒤에 다시 만들 수 있습니다.",
            span(Language::Ko, *wait)
        ),
        Refusal::TooManyJoined => {
            "한 번에 들어갈 수 있는 방이 더 없습니다. 한 방에서 나간 뒤 다시 해 주세요.".into()
        }
        Refusal::TooManyNamespaces => {
            "한 번에 연결할 수 있는 채널이 더 없습니다. 하나를 닫고 다시 해 주세요.".into()
        }
        Refusal::StorageFull => {
            "허브의 저장 공간이 가득 찼습니다. 읽을 수는 있지만 새로 남길 수는 없습니다. 주최자에게 알려 주세요.".into()
        }
        Refusal::StorageReadOnly => {
            "허브가 지금은 저장할 수 없습니다. 읽을 수는 있습니다. 주최자에게 알려 주세요.".into()
        }
        Refusal::Unavailable => "지금은 할 수 없습니다. 잠시 뒤에 다시 해 주세요.".into(),
    }
}

/// The refusals about questions.
fn question_en(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::OwnQuestion(_) => "You cannot vote for your own question.",
        _ => "That message is not a question.",
    }
}

fn refusal_en(refusal: &Refusal) -> String {
    let span = |wait| span(Language::En, wait);
    match refusal {
        Refusal::BadRequest(what) => format!("The request cannot be read: {what}"),
        Refusal::TooLarge => "That is more than the hub takes at once.".into(),
        Refusal::Text(error) => text_en(*error),
        Refusal::NameHeld | Refusal::NameTaken => of_name(Language::En, refusal),
        Refusal::LockMismatch => "A locked room needs a password, an open one none.".into(),
        Refusal::BadToken => "This token is not one of this hub's.".into(),
        Refusal::Host(refusal) => host_en(*refusal).into(),
        Refusal::EventFile(slips) => all(Language::En, slips),
        Refusal::Clock(refusal) => clock(Language::En, *refusal),
        Refusal::WrongHost => {
            "That is not a name of this hub. Open it by its address, as shown on the spot.".into()
        }
        Refusal::ForeignOrigin => {
            "This page may not call this hub: it is not among cors.origins in its configuration."
                .into()
        }
        Refusal::Banned => {
            "The host of this hub does not let you in. If that is a mistake, please talk to them.".into()
        }
        Refusal::Muted(wait) => muted(Language::En, *wait),
        Refusal::NotYours => "That belongs to somebody else.".into(),
        Refusal::NotJoined => "Join the room first.".into(),
        Refusal::Locked => "This room needs a password.".into(),
        Refusal::Shut | Refusal::RoomReadOnly(_) | Refusal::SlowMode(_) | Refusal::TooNew(_) => {
            refusal_by_mode(Language::En, refusal)
        }
        Refusal::WrongPassword => "The password is wrong.".into(),
        Refusal::WallClosed => "This wall opens only with a link from the host.".into(),
        Refusal::NoSuchRoom => "There is no such room.".into(),
        Refusal::NoSuchChatter => "There is no such person.".into(),
        Refusal::NoMessage(_) => "There is no such message; it may have been taken back.".into(),
        Refusal::NotYourMessage(_) => "Only your own messages can be taken back.".into(),
        Refusal::OwnMessage(_) => "Your own messages cannot be reported.".into(),
        Refusal::NoQuestion(_) | Refusal::OwnQuestion(_) => question_en(refusal).into(),
        Refusal::Held(refusal) => held_en(*refusal).into(),
        Refusal::NoSuchReport => "There is no such report.".into(),
        Refusal::NoSuchPoll => "There is no such poll.".into(),
        Refusal::PollClosed => "This poll is closed.".into(),
        Refusal::TooLate(within) => too_late(Language::En, *within),
        Refusal::NoSuchMessage(seq) => format!("There is no message {} to take back.", seq.0),
        Refusal::Expired => "This room's time is over.".into(),
        Refusal::Full => "The room is full.".into(),
        Refusal::TooFast(wait) => format!("Too fast. Try again in {}.", span(*wait)),
        Refusal::TooManyHere(wait) => format!(
            "Too many connections from this device or network. Close some, or try again in {}.",
            span(*wait)
        ),
        Refusal::HubFull(wait) => format!("This hub is full. Try again in {}.", span(*wait)),
        Refusal::TooManyRooms(wait) => format!(
            "There are too many rooms to make another. One ends in {} at the latest.",
            span(*wait)
        ),
        Refusal::TooManyMade(wait) => format!(
            "Too many rooms were made from here. Make the next in {} at the latest.",
            span(*wait)
        ),
        Refusal::TooManyJoined => {
            "One connection cannot join more rooms than this. Leave one first.".into()
        }
        Refusal::TooManyNamespaces => {
            "One client cannot connect to more channels than this. Leave one first.".into()
        }
        Refusal::StorageFull => {
            "The hub's disk is full: what is here can be read, but nothing new can be kept. Please tell whoever runs the hub.".into()
        }
        Refusal::StorageReadOnly => {
            "The hub's disk takes no writing: what is here can be read, but nothing new can be kept. Please tell whoever runs the hub.".into()
        }
        Refusal::Unavailable => "The hub cannot do that just now. Try again in a moment.".into(),
    }
}

/// The sentences for all slips, one a line.
fn all(language: Language, slips: &[Slip]) -> String {
    slips.iter().map(|one| slip(language, one)).collect::<Vec<_>>().join("\n")
}

fn muted(language: Language, wait: Option<Duration>) -> String {
    let wait = wait.map(|wait| span(language, wait));
    match (language, wait) {
        (Language::Ko, None) => "주최자가 말을 멈추게 했습니다. 읽을 수는 있습니다.".into(),
        (Language::Ko, Some(wait)) => {
            format!(
                "주최자가 말을 멈추게 했습니다. 읽을 수는 있고, {wait} 뒤에 다시 말할 수 있습니다."
            )
        }
        (Language::En, None) => "The host has muted you. You can read on.".into(),
        (Language::En, Some(wait)) => {
            format!("The host has muted you. You can read on, and speak again in {wait}.")
        }
    }
}

fn too_late(language: Language, within: Duration) -> String {
    let span = span(language, within);
    match (language, within.is_zero()) {
        (Language::Ko, true) => "여기서는 메시지를 지울 수 없습니다.".into(),
        (Language::Ko, false) => format!("보낸 지 {span} 안에만 지울 수 있습니다."),
        (Language::En, true) => "Messages cannot be taken back here.".into(),
        (Language::En, false) => format!("A message can be taken back only within {span}."),
    }
}

fn text_ko(error: TextError) -> String {
    let field = match error.field {
        Field::Title => "방 제목",
        Field::Password => "비밀번호",
        Field::Nickname => "이름",
        Field::Content => "메시지",
        Field::Announcement => "공지",
        Field::PollQuestion => "투표의 질문",
        Field::PollAnswer => "투표의 답",
        Field::Namespace => "채널",
        Field::Key => "key",
        Field::Reason => "신고하는 까닭",
    };
    match error.problem {
        TextProblem::Empty => format!("{field} 칸이 비어 있습니다."),
        TextProblem::TooLong(max) => format!("{field}: {max}자까지 쓸 수 있습니다."),
        TextProblem::Forbidden(c) => {
            format!("{field}에 쓸 수 없는 글자가 있습니다 ({}).", shown(c))
        }
        TextProblem::Stacked => format!("{field}: 한 글자에 부호가 너무 많이 겹쳐 있습니다."),
        TextProblem::Reserved => {
            "허브와 주최자를 위해 남겨 둔 이름입니다. 다른 이름을 골라 주세요.".into()
        }
    }
}

fn text_en(error: TextError) -> String {
    let field = match error.field {
        Field::Title => "The title",
        Field::Password => "The password",
        Field::Nickname => "The name",
        Field::Content => "The message",
        Field::Announcement => "The announcement",
        Field::PollQuestion => "The poll's question",
        Field::PollAnswer => "The poll's answer",
        Field::Namespace => "The channel",
        Field::Key => "The key",
        Field::Reason => "The reason",
    };
    match error.problem {
        TextProblem::Empty => format!("{field} is empty."),
        TextProblem::TooLong(max) => format!("{field} can have at most {max} characters."),
        TextProblem::Forbidden(c) => {
            format!("{field} has a character that cannot stand there ({}).", shown(c))
        }
        TextProblem::Stacked => format!("{field} has too many marks on one letter."),
        TextProblem::Reserved => {
            "This name is kept for the hub and its host. Please choose another.".into()
        }
    }
}

fn shown(c: char) -> String {
    // An override of direction would reverse the sentence, and a mark would combine with the bracket.
    let is_plain = names::is_visible(c) && !is_combining_mark(c);
    if is_plain { c.to_string() } else { format!("U+{:04X}", u32::from(c)) }
}

/// The refusal of a name that somebody has, or of another name for somebody whom the host has named.
fn of_name(language: Language, refusal: &Refusal) -> String {
    let text = match (language, refusal) {
        (Language::Ko, Refusal::NameTaken) => {
            "이 방에 같거나 비슷해 보이는 이름을 쓰는 사람이 있습니다. 다른 이름을 골라 주세요."
        }
        (Language::En, Refusal::NameTaken) => {
            "Somebody in this room has this name or one that looks like it. Please choose another."
        }
        (Language::Ko, _) => "주최자가 지어 준 이름이라 바꿀 수 없습니다. 주최자에게 말해 주세요.",
        (Language::En, _) => {
            "The host has given you this name, so you cannot change it. Please ask the host."
        }
    };
    text.into()
}

/// A refusal by the mode that the host has set a room to.
fn refusal_by_mode(language: Language, refusal: &Refusal) -> String {
    match (language, refusal) {
        (Language::Ko, Refusal::SlowMode(wait)) => format!(
            "지금은 한 사람이 천천히 한 번씩 말하는 시간입니다. {} 뒤에 보낼 수 있습니다.",
            span(language, *wait)
        ),
        (Language::En, Refusal::SlowMode(wait)) => format!(
            "This room is in slow mode. You can send your next message in {}.",
            span(language, *wait)
        ),
        (Language::Ko, Refusal::TooNew(wait)) => format!(
            "지금은 온 지 얼마 된 사람만 말하는 시간입니다. {} 뒤에 보낼 수 있습니다.",
            span(language, *wait)
        ),
        (Language::En, Refusal::TooNew(wait)) => format!(
            "Only people who have been here for a while can write now. You can in {}.",
            span(language, *wait)
        ),
        (Language::Ko, Refusal::RoomReadOnly(None)) => {
            "지금은 읽기만 할 수 있습니다. 글은 잠시 쉬어 갑니다.".into()
        }
        (Language::En, Refusal::RoomReadOnly(None)) => {
            "This room is for reading at the moment; nobody writes.".into()
        }
        (Language::Ko, Refusal::RoomReadOnly(Some(wait))) => format!(
            "지금은 읽기만 할 수 있습니다. {} 뒤에 다시 쓸 수 있습니다.",
            span(language, *wait)
        ),
        (Language::En, Refusal::RoomReadOnly(Some(wait))) => format!(
            "This room is for reading at the moment. You can write again in {}.",
            span(language, *wait)
        ),
        (Language::Ko, _) => {
            "주최자가 방의 문을 닫아서 새로 들어갈 수 없습니다. 방에 있던 사람만 돌아올 수 있습니다.".into()
        }
        (Language::En, _) => {
            "The host has closed this room to newcomers: only those who were in it before can come in.".into()
        }
    }
}

/// A wait in whole seconds, rounded up.
#[must_use]
pub fn seconds(wait: Duration) -> u64 {
    wait.as_millis().div_ceil(1000).max(1).try_into().unwrap_or(u64::MAX)
}

/// A wait for people, in seconds, minutes or hours, rounded up.
fn span(language: Language, wait: Duration) -> String {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    let (count, [ko, one, many]) = match seconds(wait) {
        short @ 0..100 => (short, ["초", "second", "seconds"]),
        middling @ 100..=HOUR => (middling.div_ceil(MINUTE), ["분", "minute", "minutes"]),
        long => (long.div_ceil(HOUR), ["시간", "hour", "hours"]),
    };
    match language {
        Language::Ko => format!("{count}{ko}"),
        Language::En => format!("{count} {}", if count == 1 { one } else { many }),
    }
}

/// The title of the room that a new hub starts with.
#[must_use]
pub fn first_room(language: Language) -> &'static str {
    match language {
        Language::Ko => "자유롭게 이야기해요",
        Language::En => "Talk about anything",
    }
}

/// The sentence in the answer to a successful call.
#[must_use]
pub fn done(language: Language) -> &'static str {
    match language {
        Language::Ko => "성공했습니다.",
        Language::En => "Done.",
    }
}

/// A number of bytes for people, in powers of ten, as disks are sold.
#[must_use]
pub fn size(bytes: u64) -> String {
    const STEPS: [(u64, &str); 3] = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    match STEPS.iter().find(|(step, _)| bytes >= *step) {
        Some((step, unit)) => format!("{}.{} {unit}", bytes / step, bytes % step * 10 / step),
        None => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_contracts_sentences_are_exact() {
        let ann = Nickname::parse("졸린 여우").unwrap();
        let say = |a| alert(Language::Ko, &a, &ann);
        assert_eq!(say(Alert::Joined(1)), "졸린 여우님이 입장했습니다.");
        assert_eq!(say(Alert::Left(1)), "졸린 여우님이 퇴장했습니다.");
        assert_eq!(say(Alert::Joined(12)), "12명이 입장했습니다.");
    }

    #[test]
    fn a_wait_is_rounded_up() {
        assert_eq!(seconds(Duration::from_millis(1_001)), 2);
        assert_eq!(seconds(Duration::ZERO), 1);
    }

    #[test]
    fn a_wait_is_in_the_unit_that_people_would_use() {
        let told = |seconds| span(Language::En, Duration::from_secs(seconds));
        assert_eq!(
            [1, 99, 100, 3_600].map(told),
            ["1 second", "99 seconds", "2 minutes", "60 minutes"]
        );
        assert_eq!(told(3_601), "2 hours");
        assert_eq!(span(Language::Ko, Duration::from_millis(1_001)), "2초");
        assert_eq!(span(Language::Ko, Duration::from_secs(86_400)), "24시간");
    }

    #[test]
    fn sizes_are_short() {
        let shown = [999, 4_096, 999_999, 2_000_000_000].map(size);
        assert_eq!(shown, ["999 bytes", "4.0 kB", "999.9 kB", "2.0 GB"]);
    }
}
