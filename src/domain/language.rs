//! The languages of the hub.

/// The language of what the hub itself says: alerts, pages, the first room's title.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Korean, Cola Chat's own language.
    #[default]
    Ko,
    /// English.
    En,
}

impl Language {
    /// The language with this code, `ko` or `en`; `None` for any other code.
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "ko" => Some(Self::Ko),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// The code of the language, as in HTML's `lang` attribute.
    pub fn code(self) -> &'static str {
        match self {
            Self::Ko => "ko",
            Self::En => "en",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_names_its_language_and_back() {
        for language in [Language::Ko, Language::En] {
            assert_eq!(Language::from_code(language.code()), Some(language));
        }
        assert_eq!(Language::from_code("tlh"), None);
    }
}
