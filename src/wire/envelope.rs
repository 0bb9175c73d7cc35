//! The envelope around every answer, and the one table from refusal to status and code.

use serde::Serialize;

use crate::domain::language::Language;
use crate::domain::refusal::{ClockRefusal, HeldRefusal, HostRefusal, Refusal};
use crate::domain::text::TextProblem;
use crate::domain::words;

/// The envelope of every HTTP answer and acknowledgement.
#[derive(Debug, Serialize)]
pub struct Envelope<T> {
    success: bool,
    message: String,
    data: Option<T>,
    /// Additional: a stable code of the refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    /// Additional: the number of seconds after which to retry.
    #[serde(rename = "retryAfter", skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
}

impl<T: Serialize> Envelope<T> {
    /// The envelope of a success with data.
    pub fn done(language: Language, data: T) -> Self {
        let message = words::done(language).to_owned();
        Self { success: true, message, data: Some(data), code: None, retry_after: None }
    }
}

impl Envelope<()> {
    /// The envelope of a success without data.
    #[must_use]
    pub fn done_without_data(language: Language) -> Self {
        Self { data: None, ..Self::done(language, ()) }
    }

    /// The envelope of a refusal.
    #[must_use]
    pub fn refused(language: Language, refusal: &Refusal) -> Self {
        Self {
            success: false,
            message: words::refusal(language, refusal),
            data: None,
            code: Some(code(refusal)),
            retry_after: refusal.wait().map(words::seconds),
        }
    }
}

/// A refusal's HTTP status: the contract's table.
#[must_use]
pub fn status(refusal: &Refusal) -> u16 {
    match refusal {
        Refusal::BadRequest(_)
        | Refusal::Text(_)
        | Refusal::NameTaken
        | Refusal::Host(HostRefusal::KeyNameTaken)
        | Refusal::LockMismatch
        | Refusal::EventFile(_)
        | Refusal::Clock(ClockRefusal::TooEarly | ClockRefusal::TooFar)
        | Refusal::OwnMessage(_) => 400,
        Refusal::BadToken
        | Refusal::Host(HostRefusal::BadSignature)
        | Refusal::Host(HostRefusal::Replayed)
        | Refusal::Host(HostRefusal::OtherBrowser) => 401,
        Refusal::Banned
        | Refusal::Muted(_)
        | Refusal::Host(HostRefusal::HostsOnly)
        | Refusal::Host(HostRefusal::HostsElsewhere)
        | Refusal::NotYours
        | Refusal::NameHeld
        | Refusal::NotJoined
        | Refusal::NotYourMessage(_)
        | Refusal::OwnQuestion(_)
        | Refusal::Held(HeldRefusal::NotLetThrough)
        | Refusal::TooLate(_)
        | Refusal::Locked
        | Refusal::Shut
        | Refusal::RoomReadOnly(_)
        | Refusal::PollClosed
        | Refusal::WrongPassword
        | Refusal::WallClosed
        | Refusal::Clock(ClockRefusal::Trusted | ClockRefusal::Shared | ClockRefusal::Behind(_))
        | Refusal::ForeignOrigin => 403,
        Refusal::WrongHost => 421,
        Refusal::NoSuchRoom
        | Refusal::Host(HostRefusal::NoSuchKey | HostRefusal::NoSuchAnnouncement)
        | Refusal::NoSuchChatter
        | Refusal::NoSuchMessage(_)
        | Refusal::NoMessage(_)
        | Refusal::NoQuestion(_)
        | Refusal::Held(HeldRefusal::NotThere)
        | Refusal::NoSuchReport
        | Refusal::NoSuchPoll
        | Refusal::Expired
        | Refusal::Full => 404,
        Refusal::Host(HostRefusal::AlreadyThere) => 409,
        Refusal::TooLarge => 413,
        Refusal::TooFast(_)
        | Refusal::SlowMode(_)
        | Refusal::TooNew(_)
        | Refusal::TooManyHere(_)
        | Refusal::TooManyMade(_)
        | Refusal::Host(
            HostRefusal::TooManyAnnouncements
            | HostRefusal::TooManyPolls
            | HostRefusal::TooManyPrepared,
        )
        | Refusal::Held(HeldRefusal::TooMany)
        | Refusal::TooManyJoined
        | Refusal::TooManyNamespaces => 429,
        Refusal::HubFull(_)
        | Refusal::TooManyRooms(_)
        | Refusal::StorageReadOnly
        | Refusal::Unavailable => 503,
        Refusal::StorageFull => 507,
    }
}

/// A refusal's code, for programs. Stable.
#[must_use]
pub fn code(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Text(error) => match error.problem {
            TextProblem::TooLong(_) => "too_long",
            TextProblem::Reserved => "name_reserved",
            _ => "bad_request",
        },
        Refusal::NameTaken | Refusal::Host(HostRefusal::KeyNameTaken) => "name_taken",
        Refusal::NameHeld => "name_held",
        Refusal::Host(HostRefusal::BadSignature) => "bad_signature",
        Refusal::Host(HostRefusal::Replayed) => "replayed",
        Refusal::Host(HostRefusal::OtherBrowser) => "other_browser",
        Refusal::Host(HostRefusal::HostsOnly) => "hosts_only",
        Refusal::Host(HostRefusal::HostsElsewhere) => "hosts_elsewhere",
        Refusal::Host(HostRefusal::NoSuchKey) => "no_such_key",
        Refusal::Host(HostRefusal::NoSuchAnnouncement) => "no_such_announcement",
        Refusal::Host(HostRefusal::TooManyAnnouncements) => "too_many_announcements",
        Refusal::Host(HostRefusal::TooManyPolls) => "too_many_polls",
        Refusal::Host(HostRefusal::TooManyPrepared) => "too_many_prepared",
        Refusal::Host(HostRefusal::AlreadyThere) => "already_there",
        Refusal::BadRequest(_) | Refusal::LockMismatch | Refusal::OwnMessage(_) => "bad_request",
        Refusal::EventFile(_) => "bad_event_file",
        Refusal::Clock(ClockRefusal::Trusted) => "clock_trusted",
        Refusal::Clock(ClockRefusal::Shared) => "clock_shared",
        Refusal::Clock(ClockRefusal::TooEarly | ClockRefusal::TooFar) => "clock_impossible",
        Refusal::Clock(ClockRefusal::Behind(_)) => "clock_behind",
        Refusal::BadToken
        | Refusal::NotYours
        | Refusal::NotYourMessage(_)
        | Refusal::WrongHost
        | Refusal::ForeignOrigin => "forbidden",
        Refusal::TooLarge => "too_long",
        Refusal::Banned => "banned",
        Refusal::Muted(_) => "muted",
        Refusal::NotJoined => "not_joined",
        Refusal::Locked => "locked",
        Refusal::Shut => "shut",
        Refusal::RoomReadOnly(_) => "room_read_only",
        Refusal::SlowMode(_) => "slow_mode",
        Refusal::TooNew(_) => "too_new",
        Refusal::WrongPassword => "wrong_password",
        Refusal::WallClosed => "wall_closed",
        Refusal::NoSuchRoom => "no_such_room",
        Refusal::NoSuchChatter => "no_such_chatter",
        Refusal::NoSuchMessage(_) | Refusal::NoMessage(_) => "no_such_message",
        Refusal::NoQuestion(_) => "no_question",
        Refusal::OwnQuestion(_) => "own_question",
        Refusal::Held(HeldRefusal::TooMany) => "too_many_held",
        Refusal::Held(HeldRefusal::NotLetThrough) => "not_let_through",
        Refusal::Held(HeldRefusal::NotThere) => "no_such_held",
        Refusal::NoSuchReport => "no_such_report",
        Refusal::NoSuchPoll => "no_such_poll",
        Refusal::PollClosed => "poll_closed",
        Refusal::TooLate(_) => "too_late",
        Refusal::Expired => "expired",
        Refusal::Full => "full",
        Refusal::TooFast(_) => "too_fast",
        Refusal::TooManyHere(_) => "too_many_here",
        Refusal::HubFull(_) => "hub_full",
        Refusal::TooManyRooms(_) => "too_many",
        Refusal::TooManyMade(_) | Refusal::TooManyJoined | Refusal::TooManyNamespaces => {
            "too_many_yours"
        }
        Refusal::StorageFull => "storage_full",
        Refusal::StorageReadOnly => "read_only",
        Refusal::Unavailable => "unavailable",
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_refusal_says_what_and_when_to_try_again() {
        let refusal = Refusal::TooFast(Duration::from_millis(1_200));
        let body = crate::wire::encode(&Envelope::refused(Language::En, &refusal));
        let expected = r#"{"success":false,"message":"Too fast. Try again in 2 seconds.","data":null,"code":"too_fast","retryAfter":2}"#;
        assert_eq!(body.get(), expected);
        assert_eq!(status(&refusal), 429);
    }
}
