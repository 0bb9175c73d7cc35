//! What a host changes about a room after it was made.

use super::{History, PasswordHash, Room};
use crate::domain::question::Questions;
use crate::domain::text::Title;

/// A change of a room. `None` leaves a value as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RoomEdit {
    /// Its title.
    pub title: Option<Title>,
    /// How many people may be in it at once; 0 is no limit. People who are in it stay.
    pub capacity: Option<u32>,
    /// The password's hash, which newcomers are asked for from then on; `Some(None)` removes the password.
    pub lock: Option<Option<PasswordHash>>,
    /// Where people who join from then on begin to read.
    pub history: Option<History>,
    /// Its position in the lobby; 0 is none.
    pub position: Option<u32>,
    /// How it takes questions from then on. Those that wait go on waiting.
    pub questions: Option<Questions>,
}

/// A value of a room that an edit can change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoomField {
    /// Its title.
    Title,
    /// How many people it holds.
    Capacity,
    /// Its password.
    Password,
    /// Where people who join begin to read.
    History,
    /// Its position in the lobby.
    Position,
    /// How it takes questions.
    Questions,
}

impl RoomField {
    /// Its name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Capacity => "capacity",
            Self::Password => "password",
            Self::History => "history",
            Self::Position => "position",
            Self::Questions => "questions",
        }
    }
}

impl RoomEdit {
    /// The edit without the values that the room has already.
    #[must_use]
    pub fn beyond(self, room: &Room) -> Self {
        Self {
            title: self.title.filter(|title| *title != room.title),
            capacity: self.capacity.filter(|capacity| *capacity != room.capacity),
            lock: self.lock.filter(|lock| *lock != room.lock),
            history: self.history.filter(|history| *history != room.history),
            position: self.position.filter(|position| *position != room.position),
            questions: self.questions.filter(|questions| *questions != room.questions),
        }
    }

    /// The values that it sets, in the order of [`RoomField`].
    #[must_use]
    pub fn fields(&self) -> Vec<RoomField> {
        [
            (self.title.is_some(), RoomField::Title),
            (self.capacity.is_some(), RoomField::Capacity),
            (self.lock.is_some(), RoomField::Password),
            (self.history.is_some(), RoomField::History),
            (self.position.is_some(), RoomField::Position),
            (self.questions.is_some(), RoomField::Questions),
        ]
        .into_iter()
        .filter_map(|(is_set, field)| is_set.then_some(field))
        .collect()
    }

    /// Carries it out.
    pub fn apply(&self, room: &mut Room) {
        let Self { title, capacity, lock, history, position, questions } = self.clone();
        room.title = title.unwrap_or_else(|| room.title.clone());
        room.capacity = capacity.unwrap_or(room.capacity);
        room.lock = lock.unwrap_or_else(|| room.lock.clone());
        room.history = history.unwrap_or(room.history);
        room.position = position.unwrap_or(room.position);
        room.questions = questions.unwrap_or(room.questions);
    }

    /// The edit in words for the host's log, without the password: `title "Night", password changed`.
    #[must_use]
    pub fn words(&self) -> String {
        let lock = self.lock.as_ref().map(|lock| match lock {
            Some(_) => "password set".to_owned(),
            None => "password removed".to_owned(),
        });
        let words = [
            self.title.as_ref().map(|title| format!("title {:?}", title.as_str())),
            self.capacity.map(|capacity| format!("capacity {capacity}")),
            lock,
            self.history.map(|history| format!("history {}", history.as_str())),
            self.position.map(|position| format!("position {position}")),
            self.questions.map(|questions| format!("questions {}", questions.as_str())),
        ];
        words.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::room;
    use super::*;

    #[test]
    fn an_edit_changes_what_it_names_and_is_not_repeated() {
        let hash = PasswordHash("hash".to_owned());
        let edit = RoomEdit {
            title: Some(Title::parse("night").unwrap()),
            capacity: Some(2),
            lock: Some(Some(hash.clone())),
            history: None,
            position: Some(0),
            questions: Some(Questions::Held),
        };
        let mut edited = room(2);
        let left = edit.clone().beyond(&edited);
        assert_eq!(left.fields(), [RoomField::Title, RoomField::Password, RoomField::Questions]);
        left.apply(&mut edited);
        assert_eq!(edited.title.as_str(), "night");
        assert_eq!((edited.capacity, &edited.lock), (2, &Some(hash)));
        assert_eq!(edit.beyond(&edited), RoomEdit::default());
    }

    #[test]
    fn the_log_has_no_password() {
        let lock = Some(Some(PasswordHash("secret".to_owned())));
        let edit = RoomEdit { capacity: Some(8), lock, ..RoomEdit::default() };
        assert_eq!(edit.words(), "capacity 8, password set");
        let edit = RoomEdit { lock: Some(None), position: Some(1), ..RoomEdit::default() };
        assert_eq!(edit.words(), "password removed, position 1");
    }
}
