//! What the host sets for an event, over what the configuration says.

use super::language::Language;
use super::text::Title;

/// The settings of an event. They are kept with its rooms, and outweigh the configuration of every hub that has it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EventSettings {
    /// What people see as the hub's name. `None` for the configuration's.
    pub title: Option<Title>,
    /// The language of what the hub itself says. `None` for the configuration's.
    pub language: Option<Language>,
}

/// A change of one of them; `None` goes back to the configuration's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventEdit {
    /// Changes the title.
    Title(Option<Title>),
    /// Changes the language.
    Language(Option<Language>),
}

impl EventSettings {
    /// The settings after a change.
    #[must_use]
    pub fn with(&self, edit: EventEdit) -> Self {
        match edit {
            EventEdit::Title(title) => Self { title, ..self.clone() },
            EventEdit::Language(language) => Self { language, ..self.clone() },
        }
    }
}

impl EventEdit {
    /// The change in words for the host's log: `title "Summer camp"`.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Title(Some(title)) => format!("title {:?}", title.as_str()),
            Self::Title(None) => "title as configured".to_owned(),
            Self::Language(Some(language)) => format!("language {}", language.code()),
            Self::Language(None) => "language as configured".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_leaves_the_other_alone_and_can_be_put_into_words() {
        let title = EventEdit::Title(Title::parse("여름 캠프").ok());
        let language = EventEdit::Language(Some(Language::En));
        assert_eq!(title.words(), "title \"여름 캠프\"");
        assert_eq!(language.words(), "language en");
        let both = EventSettings::default().with(title).with(language);
        assert_eq!(both.language, Some(Language::En));
        let one = both.with(EventEdit::Language(None));
        assert_eq!((one.title.unwrap().as_str(), one.language), ("여름 캠프", None));
    }
}
