//! Requests and responses about what a room is.

use serde::{Deserialize, Deserializer, Serialize};

use super::PLAZA;

/// A room that the host makes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewRoom {
    /// Its namespace; that of Cola Chat's own page unless set.
    #[serde(default = "plaza")]
    pub namespace: String,
    /// Its title.
    pub title: String,
    /// How many people it holds; 0 is no limit.
    #[serde(default)]
    pub capacity: u32,
    /// Its password. `None` for an open room.
    #[serde(default)]
    pub password: Option<String>,
    /// Where people who join begin to read: `all` or `joined`. `None` for the configuration's choice.
    #[serde(default)]
    pub history: Option<String>,
}

fn plaza() -> String {
    PLAZA.to_owned()
}

/// A change of a room. What is left out stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RoomEdit {
    /// Its code or id.
    pub room: String,
    /// Its title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// How many people it holds; 0 is no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u32>,
    /// Its password; `null` removes it.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub password: Option<Option<String>>,
    /// Where people who join from then on begin to read: `all` or `joined`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<String>,
    /// Its position in the lobby; 0 is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<u32>,
    /// How it takes questions: `open`, or `held` where the host reads them first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub questions: Option<String>,
}

/// A living room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RoomLine {
    /// Its id.
    pub id: String,
    /// Its code.
    pub code: String,
    /// Its title.
    pub title: String,
    /// Its namespace.
    pub namespace: String,
    /// How many people it holds; 0 is no limit.
    pub capacity: u32,
    /// How many are present.
    pub people: usize,
    /// Whether it needs a password.
    pub is_password: bool,
    /// Whether the host has shut it for newcomers.
    pub is_shut: bool,
    /// Its mode: `open`, `slow`, `members` or `read_only`.
    #[serde(default)]
    pub mode: String,
    /// In slow mode, how many seconds a person waits between two messages.
    #[serde(default)]
    pub every: Option<u64>,
    /// In `members`, how many minutes people must have been here to come in and write, if not nobody new comes in.
    #[serde(default)]
    pub here_for: Option<u64>,
    /// When it goes back to `open` by itself, ISO 8601, as estimated now. `None` if it does not.
    #[serde(default)]
    pub mode_until: Option<String>,
    /// Where people who join begin to read: `all` or `joined`.
    #[serde(default)]
    pub history: String,
    /// Its position in the lobby, from 1; 0 is none.
    #[serde(default)]
    pub position: u32,
    /// How it takes questions: `open` or `held`.
    #[serde(default)]
    pub questions: String,
    /// When it expires, ISO 8601, as estimated now.
    pub expires: String,
}

/// A value that is there, if it is `null`, too.
fn given<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(from).map(Some)
}

/// A room that was edited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditedRoom {
    /// Its id.
    pub room: String,
    /// How many people are in it.
    pub people: usize,
    /// The values that were changed, of those that were asked for.
    pub changed: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_set_removed_or_left() {
        let read = |text: &str| serde_json::from_str::<RoomEdit>(text).unwrap().password;
        assert_eq!(read(r#"{"room":"r"}"#), None);
        assert_eq!(read(r#"{"room":"r","password":null}"#), Some(None));
        assert_eq!(read(r#"{"room":"r","password":"p"}"#), Some(Some("p".to_owned())));
        let edit = RoomEdit { room: "r".into(), password: Some(None), ..RoomEdit::default() };
        assert_eq!(serde_json::to_string(&edit).unwrap(), r#"{"room":"r","password":null}"#);
    }
}
