//! Events' payloads, from JSON to typed commands. No rule of the chat lives here.

use serde_json::{Map, Value};

use crate::domain::ids::{ChatterId, Epoch, RoomId, Seq};
use crate::domain::refusal::Refusal;
use crate::domain::text::{Content, Key, Nickname, Password};
use crate::hub::command::Event;

/// The events of the contract and the additional ones, each with how its payload is read.
pub(super) const EVENTS: &[(&str, Decode)] = &[
    ("joinRoom", join),
    ("leaveRoom", |_| Ok(Event::Leave)),
    ("sendMessage", say),
    ("sendAlert", note),
    ("returnChatters", roster),
    ("renameChatter", rename),
    ("typing", typing),
];

/// How the payload of an event of this name is read; nothing for one that the hub does not know.
pub(super) fn decode(name: &str) -> Option<Decode> {
    EVENTS.iter().find(|(known, _)| *known == name).map(|(_, decode)| *decode)
}

/// How a payload becomes an event. It gets what was sent, or why that cannot be read.
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
        after: fields.after()?,
        epoch: fields.epoch()?,
    })
}

fn say(payload: Result<Value, String>) -> Result<Event, Refusal> {
    let fields = Fields::of(payload)?;
    Ok(Event::Say {
        room: fields.room()?,
        content: Content::parse(fields.text("content")?)?,
        key: fields.optional_text("key")?.map(Key::parse).transpose()?,
    })
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
    let is_typing = fields.0.get("isTyping").and_then(Value::as_bool);
    let is_typing = is_typing.ok_or_else(|| Refusal::bad("isTyping must be true or false"))?;
    Ok(Event::Typing { room: fields.room()?, is_typing })
}

/// A payload that is an object.
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

    fn after(&self) -> Result<Option<Seq>, Refusal> {
        match self.0.get("after") {
            None | Some(Value::Null) => Ok(None),
            Some(value) => match value.as_i64() {
                Some(seq) if seq >= 0 => Ok(Some(Seq(seq))),
                _ => Err(Refusal::bad("after must be a whole number from 0 on")),
            },
        }
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
        ];
        for (payload, expected) in bad {
            let refusal = say(Ok(payload.clone())).unwrap_err();
            let Refusal::BadRequest(what) = refusal else { panic!("{refusal:?}") };
            assert!(what.contains(expected), "{payload}: {what}");
        }
        assert!(say(Ok(json!({"roomId": ROOM, "content": "a"}))).is_ok());
    }

    #[test]
    fn a_chatter_id_that_is_none_makes_a_newcomer() {
        for id in [json!(null), json!(""), json!("undefined")] {
            let event = join(Ok(json!({"roomId": ROOM, "chatterId": id, "password": ""})));
            assert!(matches!(event, Ok(Event::Join { wanted: None, password: None, .. })));
        }
        assert!(join(Ok(json!({"roomId": ROOM, "after": -1}))).is_err());
        assert!(join(Ok(json!({"roomId": ROOM, "after": 1, "epoch": "new"}))).is_err());
    }
}
