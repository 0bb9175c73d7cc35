//! Texts that people write. Each is parsed once, where it comes in, into a type that holds valid texts only.
//!
//! Lengths are in characters as people count them: extended grapheme clusters (UAX #29).

use std::fmt;

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

use super::names;

/// The most characters of a room's title.
pub const TITLE_MAX: usize = 30;
/// The most characters of a room's password.
pub const PASSWORD_MAX: usize = 12;
/// The most characters of a nickname.
pub const NICKNAME_MAX: usize = 10;
/// The most characters of a message.
pub const CONTENT_MAX: usize = 1000;
/// The most characters of an announcement. Less than of a message, since people get all announcements whenever they join.
pub const ANNOUNCEMENT_MAX: usize = 500;
/// The most characters of a poll's question.
pub const POLL_QUESTION_MAX: usize = 200;
/// The most characters of a poll's answer. The notice of a poll is a message, into which all of them fit.
pub const POLL_ANSWER_MAX: usize = 60;
/// The most characters of a namespace.
pub const NAMESPACE_MAX: usize = 64;
/// The most characters of a message's key.
pub const KEY_MAX: usize = 64;
/// The most characters of the reason for a report.
pub const REASON_MAX: usize = 200;

/// The most bytes per grapheme cluster, on average over a text. A family emoji has 25; only stacked marks ("zalgo")
/// have more.
pub const BYTES_PER_CHARACTER: usize = 32;

/// The field whose text was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// A room's title.
    Title,
    /// A room's password.
    Password,
    /// A chatter's nickname.
    Nickname,
    /// A message's content.
    Content,
    /// An announcement's text.
    Announcement,
    /// A poll's question.
    PollQuestion,
    /// A poll's answer.
    PollAnswer,
    /// A room's namespace.
    Namespace,
    /// A message's key.
    Key,
    /// The reason for a report.
    Reason,
}

/// Why a text was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextProblem {
    /// The text has no visible character.
    Empty,
    /// The text has more than this many characters.
    TooLong(usize),
    /// The text has a character that is not allowed where it stands.
    Forbidden(char),
    /// Too many marks on one letter.
    Stacked,
    /// The name is reserved for the hub and its host.
    Reserved,
}

/// Why a text of a field was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextError {
    /// The field.
    pub field: Field,
    /// The rule that the text breaks.
    pub problem: TextProblem,
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// The text itself.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// A text that was parsed before and comes back from the store.
            #[must_use]
            pub fn trusted(text: String) -> Self {
                Self(text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text!(
    /// A room's title: one line of at most [`TITLE_MAX`] characters, in NFC.
    Title
);
text!(
    /// A chatter's nickname: one line of at most [`NICKNAME_MAX`] characters, in NFC.
    Nickname
);
text!(
    /// A message's content: at most [`CONTENT_MAX`] characters, line breaks allowed, kept as it was written.
    Content
);
text!(
    /// A room's namespace without the leading slash: one line of at most [`NAMESPACE_MAX`]
    /// characters, in NFC. The page calls it a channel.
    Namespace
);
text!(
    /// A client's idempotency key for a message: a message with a key that its chatter has used is the same message.
    Key
);

text!(
    /// The reason for a report: at most [`REASON_MAX`] characters, line breaks allowed, in NFC.
    Reason
);

text!(
    /// A poll's question or answer: one line of at most [`POLL_QUESTION_MAX`] or [`POLL_ANSWER_MAX`] characters, in NFC.
    PollText
);

impl Title {
    /// Parses a title by the rules of [`names`]; spaces at its ends are ignored.
    ///
    /// # Errors
    /// Empty, too long, or with a character that may not stand where it does.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        name(Field::Title, text, TITLE_MAX).map(Self)
    }
}

impl Nickname {
    /// Parses a nickname by the rules of [`names`]; spaces at its ends are ignored.
    ///
    /// # Errors
    /// Empty, too long, with a character that may not stand where it does, or reserved.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let name = name(Field::Nickname, text, NICKNAME_MAX)?;
        if names::is_reserved(&name) {
            return Err(refuse(Field::Nickname, TextProblem::Reserved));
        }
        Ok(Self(name))
    }
}

impl Namespace {
    /// Parses a namespace that a client connects to, by the rules of [`names`]. Leading slashes are ignored, since
    /// some clients add one to a name that has one already.
    ///
    /// # Errors
    /// Empty, too long, or with a character that may not stand where it does.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        // The length as it was sent, since it is kept in that form while somebody is connected.
        if text.len() > NAMESPACE_MAX * BYTES_PER_CHARACTER {
            return Err(refuse(Field::Namespace, TextProblem::TooLong(NAMESPACE_MAX)));
        }
        name(Field::Namespace, without_slashes(text), NAMESPACE_MAX).map(Self)
    }

    /// Parses a namespace for a new room, which every client has to be able to connect to.
    ///
    /// A room in a namespace with one of some characters could not be reached: a comma ends the name in the Socket.IO
    /// protocol, so that clients hang; `?` and `#` end the path of the URL; and the official client takes a name in
    /// brackets for an IPv6 address.
    ///
    /// # Errors
    /// Those of [`Namespace::parse`], or one of these characters.
    pub fn for_room(text: &str) -> Result<Self, TextError> {
        let name = Self::parse(text)?;
        match name.0.chars().find(|c| matches!(c, ',' | '?' | '#' | '[' | ']')) {
            Some(c) => Err(refuse(Field::Namespace, TextProblem::Forbidden(c))),
            None => Ok(name),
        }
    }

    /// A namespace from before namespaces had to follow the rules for names. Rooms in such a namespace stay.
    #[must_use]
    pub fn unruly(text: &str) -> Self {
        Self(without_slashes(text).trim().nfc().collect())
    }

    /// Whether clients can reach it, by [`Namespace::parse`].
    #[must_use]
    pub fn is_ruly(&self) -> bool {
        Self::parse(&self.0).as_ref() == Ok(self)
    }
}

impl Content {
    /// Parses a message's content. It is stored as it was written.
    ///
    /// # Errors
    /// No visible character, too long, more than [`names::CLUSTER_MAX`] code points in one character, or a control
    /// character other than line breaks and tabs.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        Self::within(Field::Content, text, CONTENT_MAX)
    }

    /// Parses an announcement's text, by the same rules with its own length.
    ///
    /// # Errors
    /// As in [`parse`](Self::parse), for more than [`ANNOUNCEMENT_MAX`] characters.
    pub fn parse_announcement(text: &str) -> Result<Self, TextError> {
        Self::within(Field::Announcement, text, ANNOUNCEMENT_MAX)
    }

    fn within(field: Field, text: &str, max: usize) -> Result<Self, TextError> {
        if names::is_blank(text) {
            return Err(refuse(field, TextProblem::Empty));
        }
        check_lines(field, text, max)?;
        Ok(Self(text.to_owned()))
    }
}

impl PollText {
    /// Parses the question of a poll. Line breaks and tabs count as spaces.
    ///
    /// # Errors
    /// No visible character, too long, or a character that a message may not have either.
    pub fn question(text: &str) -> Result<Self, TextError> {
        Self::line(Field::PollQuestion, text, POLL_QUESTION_MAX)
    }

    /// Parses an answer of a poll, by the same rules with its own length.
    ///
    /// # Errors
    /// As in [`question`](Self::question).
    pub fn answer(text: &str) -> Result<Self, TextError> {
        Self::line(Field::PollAnswer, text, POLL_ANSWER_MAX)
    }

    fn line(field: Field, text: &str, max: usize) -> Result<Self, TextError> {
        check_lines(field, text, max)?;
        if names::is_blank(text) {
            return Err(refuse(field, TextProblem::Empty));
        }
        let words: Vec<&str> = text.split_whitespace().collect();
        Ok(Self(words.join(" ").nfc().collect()))
    }
}

impl Reason {
    /// Parses a reason; spaces at its ends are ignored. `None` for a text without a visible character.
    ///
    /// # Errors
    /// Too long, or a character that a message may not have either.
    pub fn parse(text: &str) -> Result<Option<Self>, TextError> {
        check_lines(Field::Reason, text, REASON_MAX)?;
        Ok((!names::is_blank(text)).then(|| Self(text.trim().nfc().collect())))
    }
}

impl Key {
    /// Parses a message's key: any characters, compared byte by byte.
    ///
    /// # Errors
    /// Empty or too long.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        if text.is_empty() {
            return Err(refuse(Field::Key, TextProblem::Empty));
        }
        if is_longer(text, KEY_MAX) {
            return Err(refuse(Field::Key, TextProblem::TooLong(KEY_MAX)));
        }
        Ok(Self(text.to_owned()))
    }
}

/// A room's password as it was typed: never stored, never shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// Parses a password; spaces count. It is converted to NFC, since two phones may type `é` differently.
    ///
    /// # Errors
    /// Empty or too long.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        if text.is_empty() {
            return Err(refuse(Field::Password, TextProblem::Empty));
        }
        if is_longer(text, PASSWORD_MAX) {
            return Err(refuse(Field::Password, TextProblem::TooLong(PASSWORD_MAX)));
        }
        Ok(Self(text.nfc().collect()))
    }

    /// The bytes to hash.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

fn name(field: Field, text: &str, max: usize) -> Result<String, TextError> {
    // First, since it is cheap: a megabyte of marks is refused by its length alone.
    if text.len() > max * BYTES_PER_CHARACTER * 4 {
        return Err(refuse(field, TextProblem::TooLong(max)));
    }
    let name = names::tidy(text);
    if names::is_blank(&name) {
        return Err(refuse(field, TextProblem::Empty));
    }
    if is_longer(&name, max) {
        return Err(refuse(field, TextProblem::TooLong(max)));
    }
    names::check(&name).map_err(|problem| refuse(field, problem))?;
    Ok(name)
}

/// Checks a text that may have line breaks.
fn check_lines(field: Field, text: &str, max: usize) -> Result<(), TextError> {
    if is_longer(text, max) {
        return Err(refuse(field, TextProblem::TooLong(max)));
    }
    if names::has_tower(text) {
        return Err(refuse(field, TextProblem::Stacked));
    }
    match text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        Some(c) => Err(refuse(field, TextProblem::Forbidden(c))),
        None => Ok(()),
    }
}

fn without_slashes(namespace: &str) -> &str {
    namespace.trim_start_matches(|c: char| c == '/' || c.is_whitespace())
}

/// Whether a text has more than `max` characters, or more bytes than that many characters plausibly need.
fn is_longer(text: &str, max: usize) -> bool {
    text.len() > max * BYTES_PER_CHARACTER || text.graphemes(true).nth(max).is_some()
}

fn refuse(field: Field, problem: TextProblem) -> TextError {
    TextError { field, problem }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_counted_as_a_person_counts() {
        let families = "👨‍👩‍👧‍👦".repeat(NICKNAME_MAX);
        assert!(Nickname::parse(&families).is_ok());
        let one_more = format!("{families}a");
        assert_eq!(
            Nickname::parse(&one_more).unwrap_err().problem,
            TextProblem::TooLong(NICKNAME_MAX)
        );
        assert!(Content::parse(&"👨‍👩‍👧‍👦".repeat(CONTENT_MAX)).is_ok());
        assert!(Content::parse(&"가".repeat(CONTENT_MAX + 1)).is_err());
    }

    #[test]
    fn stacked_marks_are_not_one_character() {
        let zalgo = format!("a{}", "\u{301}".repeat(100_000));
        assert!(Title::parse(&zalgo).is_err());
        assert!(Content::parse(&zalgo).is_err());
    }

    #[test]
    fn names_are_normalised_and_content_is_kept() {
        assert_eq!(Title::parse("  e\u{301}te\u{301} ").unwrap().as_str(), "été");
        assert_eq!(Content::parse(" e\u{301}\n").unwrap().as_str(), " e\u{301}\n");
    }

    #[test]
    fn a_namespace_that_no_client_could_reach_is_refused() {
        assert_eq!(Namespace::for_room("/광장/둘").unwrap().as_str(), "광장/둘");
        assert_eq!(Namespace::for_room(" //a").unwrap().as_str(), "a");
        for bad in ["", "/", "/ /", "a,b", "a?b", "a#b", "a\nb", "a[b]", "[", "]"] {
            assert!(Namespace::for_room(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn any_namespace_with_the_shape_of_a_name_may_be_connected_to() {
        for good in ["a?b", "a#b", "a[b]", "/커피 ☕", "e\u{301}te\u{301}"] {
            assert!(Namespace::parse(good).is_ok_and(|name| name.is_ruly()), "{good:?}");
        }
        let typed_apart: String = "각".repeat(NAMESPACE_MAX).nfd().collect();
        assert!(typed_apart.len() > 4 * NAMESPACE_MAX && Namespace::for_room(&typed_apart).is_ok());
        let spaced = format!("a{}b", " ".repeat(NAMESPACE_MAX * BYTES_PER_CHARACTER));
        assert!(Namespace::parse(&spaced).is_err(), "a hub would keep all of it");
        let old = Namespace::unruly("/a \u{200B}e\u{301} ");
        assert_eq!((old.as_str(), old.is_ruly()), ("a \u{200B}é", false));
    }

    #[test]
    fn invisible_text_counts_as_empty_everywhere() {
        for nothing in [
            "\u{3164}",
            "\u{200B}",
            "\u{2800}",
            "\u{AD}",
            "\u{2060}",
            "\u{180E}\u{FE0F}",
            "\u{2800} \u{200D}\n",
        ] {
            let empty = Err(TextProblem::Empty);
            let shown = nothing.escape_unicode();
            assert_eq!(Content::parse(nothing).map(drop).map_err(|e| e.problem), empty, "{shown}");
            let line = nothing.trim();
            assert_eq!(Title::parse(line).map(drop).map_err(|e| e.problem), empty, "{shown}");
            assert_eq!(Nickname::parse(line).map(drop).map_err(|e| e.problem), empty, "{shown}");
            assert_eq!(Namespace::parse(line).map(drop).map_err(|e| e.problem), empty, "{shown}");
        }
        for something in ["\u{200B}a", "\u{2800}⠓", "❤\u{FE0F}", "\u{301}", "؀1"] {
            assert!(Content::parse(something).is_ok(), "{}", something.escape_unicode());
        }
    }

    #[test]
    fn a_message_has_some_tens_of_marks_on_a_character_at_most() {
        let tower = |marks| format!("a{}", "\u{301}".repeat(marks));
        assert!(Content::parse(&tower(names::CLUSTER_MAX - 1)).is_ok());
        let joined = format!("👩{}", "\u{200D}👩".repeat(names::CLUSTER_MAX));
        let jamo = "ᄏ".repeat(names::CLUSTER_MAX + 1);
        for bad in [tower(names::CLUSTER_MAX), tower(15_000), joined, jamo] {
            let refused = Content::parse(&format!("so {bad}")).map_err(|e| e.problem);
            assert_eq!(refused, Err(TextProblem::Stacked), "{} bytes", bad.len());
        }
    }

    #[test]
    fn an_announcement_is_half_as_long_as_a_message_and_says_so() {
        let parse = Content::parse_announcement;
        assert!(parse(&"가".repeat(ANNOUNCEMENT_MAX)).is_ok());
        let refused = |problem| Err(TextError { field: Field::Announcement, problem });
        let long = "가".repeat(ANNOUNCEMENT_MAX + 1);
        assert_eq!(parse(&long), refused(TextProblem::TooLong(ANNOUNCEMENT_MAX)));
        assert_eq!(parse(" \n"), refused(TextProblem::Empty));
        assert!(Content::parse(&long).is_ok());
    }

    #[test]
    fn a_reason_is_short_tidy_or_none() {
        let parse = |text: &str| Reason::parse(text).map(|reason| reason.map(|it| it.to_string()));
        assert_eq!(parse(" rude\nwords e\u{301} "), Ok(Some("rude\nwords é".to_owned())));
        for nothing in ["", " \n", "\u{200B}", "\u{3164}"] {
            assert_eq!(parse(nothing), Ok(None), "{}", nothing.escape_unicode());
        }
        assert!(parse(&"가".repeat(REASON_MAX)).is_ok());
        let tower = format!("a{}", "\u{301}".repeat(names::CLUSTER_MAX));
        for (bad, problem) in [
            ("가".repeat(REASON_MAX + 1), TextProblem::TooLong(REASON_MAX)),
            (" ".repeat(1 << 20), TextProblem::TooLong(REASON_MAX)),
            ("a\0b".to_owned(), TextProblem::Forbidden('\0')),
            ("\u{1b}[2J".to_owned(), TextProblem::Forbidden('\u{1b}')),
            (tower, TextProblem::Stacked),
        ] {
            assert_eq!(parse(&bad), Err(TextError { field: Field::Reason, problem }));
        }
    }

    #[test]
    fn controls_and_nothing_are_refused() {
        assert!(Content::parse("a\nb\tc").is_ok());
        for bad in ["", " \n ", "a\0b", "\u{1b}[31m"] {
            assert!(Content::parse(bad).is_err(), "{bad:?}");
        }
    }
}
