//! Decodes the payloads of events, from JSON to typed commands. No rule of the chat is here.

use serde_json::{Map, Value};

use crate::domain::ids::{ChatterId, Epoch, PollId, RoomId, Seq};
use crate::domain::message::MENTIONS_MAX;
use crate::domain::poll::{ANSWERS_MAX, Choices};
use crate::domain::reactions::{EMOJI, Emoji};
use crate::domain::refusal::Refusal;
use crate::domain::text::{Content, Key, Nickname, Password, Reason};
use crate::domain::time::HubTime;
use crate::hub::command::{Event, NewReport};

/// The events of the wire contract and the additional ones, with the decoder of each.
pub(super) const EVENTS: &[(&str, Decode)] = &[
    ("joinRoom", join),
    ("leaveRoom", leave),
    ("sendMessage", say),
    ("sendAlert", note),
    ("react", react),
    ("vote", vote),
    ("votePoll", vote_poll),
    ("takeBack", take_back),
    ("report", report),
    ("returnChatters", roster),
    ("renameChatter", rename),
    ("typing", typing),
];

/// The decoder for the payload of the event with this name. `None` for an unknown event.
pub(super) fn decode(name: &str) -> Option<Decode> {
    EVENTS.iter().find(|(known, _)| *known == name).map(|(_, decode)| *decode)
}

/// Decodes a payload into an event. The argument is the JSON that was sent, or why it cannot be parsed.
pub(super) type Decode = fn(Result<Value, String>) -> Result<Event, Refusal>;

fn join(payload: Result<Value, String>) -> Result<Event, Refusal> {
    let fields = Fields::of(payload)?;
    let room = fields.room()?;
    // An invalid id belongs to nobody: the caller becomes a new chatter, as with a foreign id.
    let wanted = fields.optional_text("chatterId")?.and_then(|id| id.parse::<ChatterId>().ok());
    let password = fields.optional_text("password")?.filter(|text| !text.is_empty());
    Ok(Event::Join {
        room,
        wanted,
        password: password.map(Password::parse).transpose()?,
        after: fields.place("after", 0)?,
        epoch: fields.epoch()?,
        reactions_after: fields
            .place("reactionsAfter", 0)?
            .map(|Seq(at)| HubTime(at.unsigned_abs())),
    })
}

/// Without a room it is all of them, whatever else was sent: nothing keeps a client from leaving.
fn leave(payload: Result<Value, String>) -> Result<Event, Refusal> {
    let fields = Fields::of(payload).unwrap_or(Fields(Map::new()));
    let is_one = fields.0.get("roomId").is_some_and(|id| !id.is_null());
    Ok(Event::Leave { room: is_one.then(|| fields.room()).transpose()? })
}

fn say(payload: Result<Value, String>) -> Result<Event, Refusal> {
    let fields = Fields::of(payload)?;
    Ok(Event::Say {
        room: fields.room()?,
        content: Content::parse(fields.text("content")?)?,
        key: fields.optional_text("key")?.map(Key::parse).transpose()?,
        reply_to: fields.place("replyTo", 1)?,
        mentions: fields.mentions()?,
        is_question: fields.optional_flag("question")?,
    })
}

fn react(payload: Result<Value, String>) -> Result<Event, Refusal> {
    let fields = Fields::of(payload)?;
    let known = Emoji::parse(fields.text("emoji")?);
    let none = || Refusal::bad(format!("emoji must be one of {}", EMOJI.join(" ")));
    let emoji = known.ok_or_else(none)?;
    let is_on = fields.flag("on")?;
    Ok(Event::React { room: fields.room()?, seq: fields.seq()?, emoji, is_on })
}

fn vote(payload: Result<Value, String>) -> Result<Event, Refusal> {
    let fields = Fields::of(payload)?;
    let is_on = fields.flag("on")?;
    Ok(Event::Vote { room: fields.room()?, seq: fields.seq()?, is_on })
}

fn vote_poll(payload: Result<Value, String>) -> Result<Event, Refusal> {
    let fields = Fields::of(payload)?;
    let poll: Option<PollId> = fields.text("pollId")?.parse().ok();
    let poll = poll.ok_or_else(|| Refusal::bad("pollId must be a UUID"))?;
    Ok(Event::VotePoll { poll, choices: fields.choices()? })
}

fn take_back(payload: Result<Value, String>) -> Result<Event, Refusal> {
    let fields = Fields::of(payload)?;
    Ok(Event::TakeBack { room: fields.room()?, seq: fields.seq()? })
}

fn report(payload: Result<Value, String>) -> Result<Event, Refusal> {
    let fields = Fields::of(payload)?;
    let (room, seq) = (fields.room()?, fields.seq()?);
    let reason = fields.optional_text("reason")?.map(Reason::parse).transpose()?.flatten();
    Ok(Event::Report(NewReport { room, seq, reason }))
}

fn note(payload: Result<Value, String>) -> Result<Event, Refusal> {
    let fields = Fields::of(payload)?;
    Ok(Event::Note { room: fields.room()?, content: Content::parse(fields.text("content")?)? })
}

fn roster(payload: Result<Value, String>) -> Result<Event, Refusal> {
    Ok(Event::Roster { room: Fields::of(payload)?.room()? })
}

fn rename(payload: Result<Value, String>) -> Result<Event, Refusal> {
    let fields = Fields::of(payload)?;
    let nickname = Nickname::parse(fields.text("nickname")?)?;
    Ok(Event::Rename { room: fields.room()?, nickname })
}

fn typing(payload: Result<Value, String>) -> Result<Event, Refusal> {
    let fields = Fields::of(payload)?;
    let is_typing = fields.flag("isTyping")?;
    Ok(Event::Typing { room: fields.room()?, is_typing })
}

/// A payload, which has to be an object.
struct Fields(Map<String, Value>);

impl Fields {
    fn of(payload: Result<Value, String>) -> Result<Self, Refusal> {
        match payload {
            Ok(Value::Object(fields)) => Ok(Self(fields)),
            Ok(_) => Err(Refusal::bad("the payload must be an object")),
            Err(what) => Err(Refusal::BadRequest(what)),
        }
    }

    fn text(&self, name: &str) -> Result<&str, Refusal> {
        self.optional_text(name)?.ok_or_else(|| Refusal::bad(format!("{name} is missing")))
    }

    fn optional_text(&self, name: &str) -> Result<Option<&str>, Refusal> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Refusal::bad(format!("{name} must be a string"))),
        }
    }

    fn room(&self) -> Result<RoomId, Refusal> {
        let id = self.text("roomId")?;
        id.parse().map_err(|_| Refusal::bad("roomId must be a UUID"))
    }

    fn epoch(&self) -> Result<Option<Epoch>, Refusal> {
        let epoch = self.optional_text("epoch")?.map(str::parse).transpose();
        epoch.map_err(|_| Refusal::bad("epoch must be as joinRoom gave it"))
    }

    fn choices(&self) -> Result<Choices, Refusal> {
        let wrong = || {
            let last = ANSWERS_MAX - 1;
            Refusal::bad(format!("options must be a list of different numbers from 0 to {last}"))
        };
        let places = self.0.get("options").and_then(Value::as_array).ok_or_else(wrong)?;
        let places: Option<Vec<u64>> = places.iter().map(Value::as_u64).collect();
        places.and_then(Choices::of).ok_or_else(wrong)
    }

    fn place(&self, name: &str, least: i64) -> Result<Option<Seq>, Refusal> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => match value.as_i64() {
                Some(seq) if seq >= least => Ok(Some(Seq(seq))),
                _ => Err(Refusal::bad(format!("{name} must be a whole number from {least} on"))),
            },
        }
    }

    fn seq(&self) -> Result<Seq, Refusal> {
        self.place("seq", 1)?.ok_or_else(|| Refusal::bad("seq is missing"))
    }

    fn flag(&self, name: &str) -> Result<bool, Refusal> {
        let flag = self.0.get(name).and_then(Value::as_bool);
        flag.ok_or_else(|| Refusal::bad(format!("{name} must be true or false")))
    }

    fn optional_flag(&self, name: &str) -> Result<bool, Refusal> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(false),
            Some(_) => self.flag(name),
        }
    }

    fn mentions(&self) -> Result<Vec<ChatterId>, Refusal> {
        let ids = match self.0.get("mentions") {
            None | Some(Value::Null) => return Ok(Vec::new()),
            Some(Value::Array(ids)) if ids.len() <= MENTIONS_MAX => ids,
            Some(_) => {
                let what =
                    format!("mentions must be a list of at most {MENTIONS_MAX} chatters' ids");
                return Err(Refusal::bad(what));
            }
        };
        let id = |id: &Value| id.as_str().and_then(|id| id.parse().ok());
        let ids: Option<Vec<ChatterId>> = ids.iter().map(id).collect();
        ids.ok_or_else(|| Refusal::bad("mentions must be chatters' ids"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ROOM: &str = "01010101-0101-4101-8101-010101010101";

    #[test]
    fn any_payload_is_an_event_or_a_refusal_that_names_the_field() {
        let bad = [
            (json!(null), "object"),
            (json!([]), "object"),
            (json!({}), "roomId is missing"),
            (json!({"roomId": 7}), "roomId must be a string"),
            (json!({"roomId": "x"}), "roomId must be a UUID"),
            (json!({"roomId": ROOM}), "content is missing"),
            (json!({"roomId": ROOM, "content": ["a"]}), "content must be a string"),
            (json!({"roomId": ROOM, "content": "a", "key": 1}), "key must be a string"),
            (
                json!({"roomId": ROOM, "content": "a", "replyTo": 0}),
                "replyTo must be a whole number",
            ),
            (json!({"roomId": ROOM, "content": "a", "replyTo": "1"}), "replyTo must be a whole"),
            (json!({"roomId": ROOM, "content": "a", "mentions": {}}), "mentions must be a list"),
            (json!({"roomId": ROOM, "content": "a", "mentions": vec![ROOM; 11]}), "at most 10"),
            (json!({"roomId": ROOM, "content": "a", "mentions": [7]}), "must be chatters' ids"),
            (json!({"roomId": ROOM, "content": "a", "question": 1}), "question must be true or"),
        ];
        for (payload, expected) in bad {
            let refusal = say(Ok(payload.clone())).unwrap_err();
            let Refusal::BadRequest(what) = refusal else { panic!("{refusal:?}") };
            assert!(what.contains(expected), "{payload}: {what}");
        }
        for (question, expected) in
            [(json!(true), true), (json!(false), false), (json!(null), false)]
        {
            let event = say(Ok(json!({"roomId": ROOM, "content": "a", "question": question})));
            let Ok(Event::Say { is_question, .. }) = event else { panic!("{event:?}") };
            assert_eq!(is_question, expected);
        }
    }

    #[test]
    fn a_vote_is_for_a_place_and_can_be_taken_back() {
        let ask = |seq: Value, on: Value| vote(Ok(json!({"roomId": ROOM, "seq": seq, "on": on})));
        assert!(matches!(
            ask(json!(7), json!(false)),
            Ok(Event::Vote { seq: Seq(7), is_on: false, .. })
        ));
        for (seq, on) in
            [(json!(0), json!(true)), (json!(null), json!(true)), (json!(1), json!(null))]
        {
            assert!(ask(seq, on).is_err());
        }
    }

    #[test]
    fn a_vote_is_a_list_of_different_places() {
        let ask = |options: Value| vote_poll(Ok(json!({"pollId": ROOM, "options": options})));
        for (options, bits) in [(json!([]), 0), (json!([0]), 1), (json!([7, 1]), 0b1000_0010)] {
            let Ok(Event::VotePoll { choices, .. }) = ask(options) else { panic!() };
            assert_eq!(choices.bits(), bits);
        }
        let wrong = [
            json!(null),
            json!(1),
            json!([8]),
            json!([-1]),
            json!([0.5]),
            json!(["0"]),
            json!([1, 1]),
        ];
        for options in wrong {
            assert!(ask(options.clone()).is_err(), "{options}");
        }
        assert!(vote_poll(Ok(json!({"pollId": "x", "options": [0]}))).is_err());
        assert!(vote_poll(Ok(json!({"options": [0]}))).is_err());
    }

    #[test]
    fn a_reaction_is_one_of_the_six() {
        let ask = |emoji: &str, on: Value| {
            react(Ok(json!({"roomId": ROOM, "seq": 1, "emoji": emoji, "on": on})))
        };
        assert!(matches!(ask("👍", json!(true)), Ok(Event::React { is_on: true, .. })));
        for (emoji, on) in
            [("👎", json!(true)), ("", json!(true)), ("👍", json!(1)), ("👍", json!(null))]
        {
            assert!(ask(emoji, on).is_err());
        }
        assert!(react(Ok(json!({"roomId": ROOM, "emoji": "👍", "on": true}))).is_err());
    }

    #[test]
    fn a_message_that_is_taken_back_keeps_its_place() {
        for seq in [json!(null), json!(0), json!(1.5), json!("1")] {
            assert!(take_back(Ok(json!({"roomId": ROOM, "seq": seq}))).is_err());
        }
        let event = take_back(Ok(json!({"roomId": ROOM, "seq": 7})));
        assert!(matches!(event, Ok(Event::TakeBack { seq: Seq(7), .. })));
    }

    #[test]
    fn a_report_has_a_place_and_may_have_a_reason() {
        let ask = |seq: Value, reason: Value| {
            report(Ok(json!({"roomId": ROOM, "seq": seq, "reason": reason})))
        };
        for (seq, reason) in
            [(json!(0), json!("x")), (json!(1), json!(7)), (json!(1), json!("x".repeat(201)))]
        {
            assert!(ask(seq, reason).is_err());
        }
        for reason in [json!(null), json!(""), json!(" ")] {
            let event = ask(json!(7), reason);
            assert!(matches!(
                event,
                Ok(Event::Report(NewReport { seq: Seq(7), reason: None, .. }))
            ));
        }
    }

    #[test]
    fn an_invalid_chatter_id_makes_a_newcomer() {
        for id in [json!(null), json!(""), json!("undefined")] {
            let event = join(Ok(json!({"roomId": ROOM, "chatterId": id, "password": ""})));
            assert!(matches!(event, Ok(Event::Join { wanted: None, password: None, .. })));
        }
        assert!(join(Ok(json!({"roomId": ROOM, "after": -1}))).is_err());
        assert!(join(Ok(json!({"roomId": ROOM, "after": 1, "epoch": "new"}))).is_err());
    }
}
