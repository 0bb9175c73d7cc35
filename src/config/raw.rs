//! A value as a source gave it, before its setting has checked it.

use std::fmt;
use std::ops::RangeInclusive;

/// A value that no setting has checked yet.
// No `Debug`: it may be the wireless password.
#[derive(Clone)]
pub(super) enum Raw {
    /// From a variable or a flag: text that may be a value of any type.
    Untyped(String),
    Text(String),
    Number(i64),
    Truth(bool),
    List(Vec<Raw>),
    /// A value that no setting takes (a date, a table, a fraction), in words.
    Other(String),
}

/// The error for a value that the setting does not take.
#[derive(Debug, PartialEq)]
pub(super) struct NotAllowed {
    /// The value that was found instead, as it is shown to the host.
    pub(super) found: String,
}

impl Raw {
    /// Reads text that `parse` accepts.
    pub(super) fn text<T>(&self, parse: impl Fn(&str) -> Option<T>) -> Result<T, NotAllowed> {
        let parsed = match self {
            Self::Untyped(text) | Self::Text(text) => parse(text),
            _ => None,
        };
        parsed.ok_or_else(|| self.not_allowed())
    }

    /// Reads text that must not appear in an error message.
    pub(super) fn secret<T>(&self, parse: impl Fn(&str) -> Option<T>) -> Result<T, NotAllowed> {
        let hidden = || NotAllowed { found: "a value not shown here".to_owned() };
        self.text(parse).map_err(|_| hidden())
    }

    /// Reads a whole number within `range`.
    pub(super) fn number(&self, range: RangeInclusive<usize>) -> Result<usize, NotAllowed> {
        let number = match self {
            Self::Untyped(text) => text.parse().ok(),
            Self::Number(number) => usize::try_from(*number).ok(),
            _ => None,
        };
        number.filter(|number| range.contains(number)).ok_or_else(|| self.not_allowed())
    }

    /// Reads `true` or `false`.
    pub(super) fn truth(&self) -> Result<bool, NotAllowed> {
        let truth = match self {
            Self::Untyped(text) => text.parse().ok(),
            Self::Truth(truth) => Some(*truth),
            _ => None,
        };
        truth.ok_or_else(|| self.not_allowed())
    }

    /// Reads a list of texts that `parse` accepts; one text alone is a list of one, and a
    /// variable separates its items by commas.
    pub(super) fn list<T>(&self, parse: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, NotAllowed> {
        match self {
            Self::List(items) => items.iter().map(|item| item.text(&parse)).collect(),
            Self::Untyped(text) => text
                .split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty())
                .map(|item| parse(item).ok_or_else(|| not_allowed(item)))
                .collect(),
            _ => Ok(vec![self.text(parse)?]),
        }
    }

    /// Like [`Raw::list`], with at least one item.
    pub(super) fn filled_list<T>(
        &self,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Vec<T>, NotAllowed> {
        let list = self.list(parse)?;
        if list.is_empty() { Err(self.not_allowed()) } else { Ok(list) }
    }

    fn not_allowed(&self) -> NotAllowed {
        NotAllowed { found: self.to_string() }
    }
}

fn not_allowed(text: &str) -> NotAllowed {
    NotAllowed { found: quoted(text) }
}

/// The value as the host would write it in the file.
impl fmt::Display for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Untyped(text) | Self::Text(text) => f.write_str(&quoted(text)),
            Self::Number(number) => write!(f, "{number}"),
            Self::Truth(truth) => write!(f, "{truth}"),
            Self::List(items) if items.is_empty() => f.write_str("an empty list"),
            Self::List(_) => f.write_str("a list"),
            Self::Other(what) => f.write_str(what),
        }
    }
}

/// The text in quotes, cut if it is too long for a sentence.
fn quoted(text: &str) -> String {
    const SHOWN: usize = 60;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{:?}…", &text[..end]),
        None => format!("{text:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn untyped(text: &str) -> Raw {
        Raw::Untyped(text.to_owned())
    }

    fn short(text: &str) -> Option<String> {
        (text.len() < 4).then(|| text.to_owned())
    }

    fn found<T: fmt::Debug>(result: Result<T, NotAllowed>) -> String {
        result.unwrap_err().found
    }

    #[test]
    fn a_variable_may_stand_for_any_type_but_the_file_says_which() {
        assert_eq!(untyped("7").number(1..=9), Ok(7));
        assert_eq!(untyped("true").truth(), Ok(true));
        assert_eq!(found(Raw::Text("7".to_owned()).number(1..=9)), r#""7""#);
        assert_eq!(found(Raw::Text("true".to_owned()).truth()), r#""true""#);
        assert_eq!(found(Raw::Number(7).text(short)), "7");
    }

    #[test]
    fn a_number_keeps_to_its_range() {
        assert_eq!(Raw::Number(1).number(1..=9), Ok(1));
        assert_eq!(Raw::Number(9).number(1..=9), Ok(9));
        for outside in [-1, 0, 10] {
            assert_eq!(found(Raw::Number(outside).number(1..=9)), outside.to_string());
        }
    }

    #[test]
    fn a_list_is_split_at_commas_and_its_bad_item_is_shown() {
        assert_eq!(untyped("a, b,,c").list(short), Ok(vec!["a".into(), "b".into(), "c".into()]));
        assert_eq!(Raw::Text("a,b".to_owned()).list(short), Ok(vec!["a,b".into()]));
        assert_eq!(found(untyped("a,long!").list(short)), r#""long!""#);
        assert_eq!(found(Raw::List(vec![untyped("a"), Raw::Number(5)]).list(short)), "5");
        assert_eq!(found(Raw::List(Vec::new()).filled_list(short)), "an empty list");
    }

    #[test]
    fn a_secret_never_shows() {
        assert!(!found(untyped("hunter2").secret(short)).contains("hunter2"));
        assert!(!found(Raw::Number(12_345_678).secret(short)).contains("12345678"));
    }

    #[test]
    fn a_long_value_is_cut() {
        assert_eq!(quoted(&"가".repeat(61)), format!("\"{}\"…", "가".repeat(60)));
    }
}
