//! The wire: every JSON shape that leaves the hub, in one place. `web/src/wire.ts` mirrors it.
//!
//! The contract's fields are fixed. Fields that the hub adds are marked as additional.

mod announcement;
mod announcements;
mod answer;
mod api;
pub mod engine;
mod envelope;
mod hello;
mod mute;
mod polls;
mod question;
mod reactions;
mod room;
mod wall;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

pub use self::announcement::AnnouncementStatus;
pub use self::announcements::{WireAnnouncement, announcement};
pub use self::answer::{answer, answer_as, encoded, farewell, refused};
pub use self::api::{
    ChatterPage, HistoryPage, HubInfo, OtherHub, QuestionList, SearchPage, SharedDatabase,
    SharedHub, TextLimits, Token, UnreadRoom, UnreadRooms, WifiInfo,
};
pub use self::envelope::{Envelope, code, status};
pub use self::hello::{VERSION, hello};
pub use self::polls::{PollList, WirePoll, poll, poll_list};
pub use self::room::{WireRoom, room, room_with_chatters};
pub use self::wall::{WallHub, wall};
use crate::domain::chatter::Chatter;
use crate::domain::ids::{ChatterId, RoomId, host_chatter};
use crate::domain::language::Language;
use crate::domain::message::{self, Alert, Kind, Message, Quote};
use crate::domain::refusal::Refusal;
use crate::domain::text;
use crate::domain::time::WallTime;
use crate::hub::command::{Answer, Entry, RoomEvent, WhyClosed};

/// A time on the wire: ISO 8601, UTC, milliseconds.
#[must_use]
pub fn iso(time: WallTime) -> String {
    /// 9999-12-31T23:59:59.999Z, the last time in the format.
    const LAST: u64 = 253_402_300_799_999;
    let ms = u64::try_from(time.0).unwrap_or(0).min(LAST);
    humantime::format_rfc3339_millis(at(ms)).to_string()
}

fn at(ms: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(ms)
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WireChatter<'a> {
    id: String,
    nickname: &'a str,
    created_at: String,
    deleted_at: Option<String>,
    is_active: bool,
}

/// A chatter.
pub fn chatter(chatter: &Chatter) -> impl Serialize {
    WireChatter {
        id: chatter.id.to_string(),
        nickname: chatter.nickname.as_str(),
        created_at: iso(chatter.created_at),
        deleted_at: chatter.left_at.map(iso),
        is_active: chatter.left_at.is_none(),
    }
}

/// Several chatters.
pub fn chatters(list: &[Chatter]) -> Vec<impl Serialize> {
    list.iter().map(chatter).collect()
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WireMessage<'a, C, Q> {
    id: i64,
    r#type: &'static str,
    content: &'a str,
    sent_at: String,
    room_id: String,
    chatter_id: String,
    chatter: C,
    /// Additional: its position in the room.
    seq: i64,
    /// Additional, on an ALERT: the kind of notice.
    #[serde(skip_serializing_if = "Option::is_none")]
    alert: Option<WireAlert<'a>>,
    /// Additional, on an ALERT: `hub`, or `chatter` for one that a client sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'static str>,
    /// Additional: `true` if the host said it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    host: bool,
    /// Additional: `true` if its author or the host took it back; `content` is then empty.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    taken_back: bool,
    /// Additional: the message that it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<Q>,
    /// Additional: the chatters whom it mentions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mentions: Vec<String>,
    /// Additional: how many people have chosen each emoji.
    #[serde(skip_serializing_if = "reactions::WireReactions::is_empty")]
    reactions: reactions::WireReactions,
    /// Additional: the emoji that the reader has chosen.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mine: Vec<&'static str>,
    /// Additional: its votes, if it was asked as a question.
    #[serde(skip_serializing_if = "Option::is_none")]
    question: Option<question::WireQuestion>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WireQuote<'a, C> {
    seq: i64,
    /// Null if the message is no longer kept.
    chatter: Option<C>,
    excerpt: &'a str,
    taken_back: bool,
}

fn quote(quote: &Quote) -> impl Serialize {
    WireQuote {
        seq: quote.seq.0,
        chatter: quote.chatter.as_ref().map(chatter),
        excerpt: &quote.excerpt,
        taken_back: quote.is_taken_back,
    }
}

#[derive(Debug, Serialize)]
struct WireAlert<'a> {
    kind: &'static str,
    count: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    was: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    now: Option<&'a str>,
}

/// A message.
pub fn message(message: &Message) -> impl Serialize {
    let alert = match &message.kind {
        Kind::Said => None,
        Kind::Alert(alert) => Some(wire_alert(alert)),
    };
    let from = match &message.kind {
        Kind::Said => None,
        Kind::Alert(Alert::Note) => Some("chatter"),
        Kind::Alert(_) => Some("hub"),
    };
    WireMessage {
        id: message.id.0,
        r#type: if alert.is_some() { "ALERT" } else { "MESSAGE" },
        content: &message.content,
        sent_at: iso(message.sent_at),
        room_id: message.room.to_string(),
        chatter_id: message.chatter.id.to_string(),
        chatter: chatter(&message.chatter),
        seq: message.seq.0,
        alert,
        from,
        host: message.chatter.id == host_chatter(),
        taken_back: message.is_taken_back,
        reply_to: message.quote.as_deref().map(quote),
        mentions: message.mentions.iter().map(ChatterId::to_string).collect(),
        reactions: reactions::WireReactions(message.reactions),
        mine: reactions::mine(message.mine),
        question: message
            .question
            .map(|votes| question::question(votes, Some(message.mine.has_vote()))),
    }
}

/// Several messages.
pub fn messages(list: &[Message]) -> Vec<impl Serialize> {
    list.iter().map(message).collect()
}

const NOTE: &str = "note";

fn wire_alert(alert: &Alert) -> WireAlert<'_> {
    let plain = |kind, count| WireAlert { kind, count, was: None, now: None };
    match alert {
        Alert::Joined(count) => plain("joined", *count),
        Alert::Left(count) => plain("left", *count),
        Alert::Note => plain(NOTE, 1),
        Alert::Announcement => plain("announcement", 1),
        Alert::Renamed { was, now } => {
            WireAlert { was: Some(was.as_str()), now: Some(now.as_str()), ..plain("renamed", 1) }
        }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WireEntry<'a, C, M, R> {
    #[serde(flatten)]
    chatter: C,
    /// Additional, all below.
    room: WireRoom<'a>,
    first_seq: i64,
    last_seq: i64,
    pruned: bool,
    epoch: String,
    reset: bool,
    missed: Vec<M>,
    more: bool,
    taken_back: Vec<i64>,
    reacted: Vec<R>,
    reactions_at: u64,
    /// Only where the host has muted them.
    #[serde(skip_serializing_if = "Option::is_none")]
    muted: Option<mute::WireMute>,
    announcements: Vec<WireAnnouncement<'a>>,
    polls: Vec<WirePoll<'a>>,
}

fn entry(entry: &Entry) -> impl Serialize {
    WireEntry {
        chatter: chatter(&entry.chatter),
        room: room(&entry.room),
        first_seq: entry.history.first.0,
        last_seq: entry.history.last.0,
        pruned: entry.history.pruned,
        epoch: entry.history.epoch.to_string(),
        reset: entry.history.reset,
        missed: messages(&entry.history.missed),
        more: entry.history.more,
        taken_back: entry.history.taken_back.iter().map(|seq| seq.0).collect(),
        reacted: entry.history.reacted.iter().map(reactions::changed).collect(),
        reactions_at: entry.history.reactions_at.0,
        muted: entry.muted.as_ref().map(mute::mute),
        announcements: entry.announcements.iter().map(announcement).collect(),
        polls: entry.polls.iter().map(poll).collect(),
    }
}

/// Encoded JSON.
pub type Json = Box<RawValue>;

/// The most bytes of an encoded message: its content, with escapes, and the fields around it.
pub const MESSAGE_BYTES: usize =
    text::CONTENT_MAX * (text::BYTES_PER_CHARACTER + 1) + 2_000 + ANSWER_BYTES;

/// The most bytes of a message's quote, mentions, reactions and votes.
const ANSWER_BYTES: usize = 3_000 + CHATTER_BYTES + 40 * message::MENTIONS_MAX + 400;

/// The most bytes of an encoded room, most of them title and namespace.
pub const ROOM_BYTES: usize = 4_096;

/// The most bytes of an encoded chatter.
pub const CHATTER_BYTES: usize = 1_024;

/// The most bytes of an encoded poll, most of them its question and answers.
pub const POLL_BYTES: usize = 16_384;

/// Encodes any shape of this module.
#[must_use]
pub fn encode(shape: &impl Serialize) -> Json {
    // The shapes are structs, strings and numbers, which JSON can always represent.
    to_raw_value(shape).unwrap_or_else(|error| {
        tracing::error!(%error, "a shape could not be encoded");
        RawValue::NULL.to_owned()
    })
}

/// The acknowledgement of an event.
#[must_use]
pub fn ack(language: Language, result: &Result<Answer, Refusal>) -> Json {
    match result {
        Ok(Answer::Done) => encode(&Envelope::done_without_data(language)),
        Ok(Answer::Joined(joined)) => encode(&Envelope::done(language, entry(joined))),
        Ok(Answer::Said(said)) => encode(&Envelope::done(language, message(said))),
        Ok(Answer::Held(held)) => encode(&Envelope::done(language, question::held(held))),
        Ok(Answer::Reacted(room, reacted)) => {
            encode(&Envelope::done(language, reactions::told(*room, reacted)))
        }
        Ok(Answer::Voted(view)) => encode(&Envelope::done(language, poll(view))),
        Ok(Answer::Renamed(renamed)) => encode(&Envelope::done(language, chatter(renamed))),
        Err(refusal) => encode(&Envelope::refused(language, refusal)),
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WireRoomNews {
    room_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    present: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chatter_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_typing: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_shut: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mode: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    every: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    here_for: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seq: Option<i64>,
}

/// The name and the payload of a room's event.
#[must_use]
pub fn room_event(event: &RoomEvent) -> (&'static str, Json) {
    let about = |room: &RoomId| WireRoomNews {
        room_id: room.to_string(),
        present: None,
        reason: None,
        chatter_id: None,
        is_typing: None,
        is_shut: None,
        mode: None,
        every: None,
        here_for: None,
        history: None,
        id: None,
        seq: None,
    };
    match event {
        RoomEvent::Message(said) => {
            let event = if said.kind == Kind::Said { "sendMessage" } else { "sendAlert" };
            (event, encode(&message(said)))
        }
        RoomEvent::Roster(list) => ("returnChatters", encode(&chatters(list))),
        RoomEvent::Presence { room, present } => {
            ("presence", encode(&WireRoomNews { present: Some(*present), ..about(room) }))
        }
        RoomEvent::Closed { room, why } => {
            let reason = Some(match why {
                WhyClosed::Expired => "expired",
                WhyClosed::Closed => "closed",
                WhyClosed::Deleted => "deleted",
                WhyClosed::Kicked => "kicked",
                WhyClosed::Banned => "banned",
            });
            ("roomClosed", encode(&WireRoomNews { reason, ..about(room) }))
        }
        RoomEvent::Mode { room, mode } => {
            let (every, here_for) = (mode.every(), mode.here_for());
            let mode = Some(mode.as_str());
            ("roomMode", encode(&WireRoomNews { mode, every, here_for, ..about(room) }))
        }
        RoomEvent::Shut { room, is_shut } => {
            ("roomShut", encode(&WireRoomNews { is_shut: Some(*is_shut), ..about(room) }))
        }
        RoomEvent::Edited(room) => ("roomEdited", room::edited(room)),
        RoomEvent::History { room, history } => {
            let history = Some(history.as_str());
            ("roomHistory", encode(&WireRoomNews { history, ..about(room) }))
        }
        RoomEvent::Reactions { room, reacted } => {
            ("reactions", encode(&reactions::news(*room, reacted)))
        }
        RoomEvent::TakenBack { room, seq, id } => {
            let (seq, id) = (Some(seq.0), Some(id.0));
            ("messageTakenBack", encode(&WireRoomNews { seq, id, ..about(room) }))
        }
        RoomEvent::Muted(notice) => ("muted", encode(&mute::mute(notice))),
        RoomEvent::Unmuted => ("unmuted", encode(&mute::WireUnmuted {})),
        RoomEvent::QuestionDropped(one) => ("questionDropped", encode(&question::dropped(one))),
        RoomEvent::Announcement(one) => ("announcement", encode(&announcement(one))),
        RoomEvent::AnnouncementGone(id) => ("announcementGone", announcements::gone(*id)),
        RoomEvent::Poll(view) => ("poll", encode(&poll(view))),
        RoomEvent::Typing { room, chatter, is_typing } => {
            let chatter_id = Some(chatter.to_string());
            let is_typing = Some(*is_typing);
            ("typing", encode(&WireRoomNews { chatter_id, is_typing, ..about(room) }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::Nickname;

    #[test]
    fn times_have_milliseconds_and_never_leave_the_format() {
        assert_eq!(iso(WallTime(1_727_229_600_000)), "2024-09-25T02:00:00.000Z");
        assert_eq!(iso(WallTime(-5)), "1970-01-01T00:00:00.000Z");
        assert_eq!(iso(WallTime(i64::MAX)), "9999-12-31T23:59:59.999Z");
    }

    #[test]
    fn a_chatter_has_the_contracts_fields() {
        let away = Chatter {
            id: ChatterId::from_random([1; 16]),
            nickname: Nickname::parse("졸린 여우").unwrap(),
            created_at: WallTime(0),
            left_at: Some(WallTime(1)),
        };
        let expected = r#"{"id":"01010101-0101-4101-8101-010101010101","nickname":"졸린 여우","createdAt":"1970-01-01T00:00:00.000Z","deletedAt":"1970-01-01T00:00:00.001Z","isActive":false}"#;
        assert_eq!(encode(&chatter(&away)).get(), expected);
    }
}
