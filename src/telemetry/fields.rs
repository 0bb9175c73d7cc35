//! An event's fields, and their form in a line of text.
//!
//! Values that strangers chose (a namespace, a part of an error) may contain line breaks, terminal escapes or
//! text that looks like another field. So every value is quoted unless it is a plain word, and invisible
//! characters are escaped.

use std::fmt;

use tracing::Event;
use tracing::Subscriber;
use tracing::field::{Field, Visit};
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::fmt::FormatFields;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::{LookupSpan, Scope};

use crate::domain::names::is_visible;

/// Fields by name, each name once.
#[derive(Default)]
pub(super) struct Fields(Vec<(&'static str, String)>);

impl Fields {
    /// The fields of the spans around `event`. An inner span takes precedence.
    pub(super) fn of_spans<S>(event: &Event<'_>, context: &Context<'_, S>) -> Self
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        let mut all = Self::default();
        for span in context.event_scope(event).into_iter().flat_map(Scope::from_root) {
            if let Some(fields) = span.extensions().get::<Self>() {
                fields.iter().for_each(|(name, value)| all.put(name, value.to_owned()));
            }
        }
        all
    }

    pub(super) fn put(&mut self, name: &'static str, value: String) {
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = value,
            None => self.0.push((name, value)),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// Removes and returns the event's message, which `tracing` passes as a field.
    pub(super) fn take_message(&mut self) -> String {
        self.take("message").unwrap_or_default()
    }

    pub(super) fn take(&mut self, wanted: &str) -> Option<String> {
        let index = self.0.iter().position(|(name, _)| *name == wanted)?;
        Some(self.0.remove(index).1)
    }

    /// One line: the message, then each field as `name=value`.
    pub(super) fn line(&self, message: &str) -> String {
        let mut line = String::new();
        escape(message, &mut line);
        for (name, value) in self.iter() {
            let space = if line.is_empty() { "" } else { " " };
            line += space;
            line += name;
            line.push('=');
            quote(value, &mut line);
        }
        line
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field.name(), format!("{value:?}"));
    }
}

/// The fields of an event or a span as [`Fields::line`] writes them.
pub(super) struct OneLine;

impl<'writer> FormatFields<'writer> for OneLine {
    fn format_fields<R: RecordFields>(
        &self,
        mut writer: Writer<'writer>,
        record: R,
    ) -> fmt::Result {
        let mut fields = Fields::default();
        record.record(&mut fields);
        let message = fields.take_message();
        writer.write_str(&fields.line(&message))
    }
}

fn quote(value: &str, line: &mut String) {
    let is_word = |c: char| is_visible(c) && !c.is_whitespace() && !matches!(c, '"' | '=' | '\\');
    if !value.is_empty() && value.chars().all(is_word) {
        line.push_str(value);
        return;
    }
    line.push('"');
    for c in value.chars() {
        match c {
            '"' | '\\' => line.extend(['\\', c]),
            c => escape_one(c, line),
        }
    }
    line.push('"');
}

fn escape(text: &str, line: &mut String) {
    text.chars().for_each(|c| escape_one(c, line));
}

fn escape_one(c: char, line: &mut String) {
    match c {
        ' ' => line.push(c),
        '\n' | '\r' | '\t' => line.extend(c.escape_default()),
        c if is_visible(c) && !c.is_whitespace() => line.push(c),
        c => line.extend(c.escape_unicode()),
    }
}

/// A value in its form for a line.
#[cfg(test)]
pub(super) const HOSTILE: [(&str, &str); 9] = [
    ("광장/둘", "광장/둘"),
    ("", r#""""#),
    ("x address=9.9.9.9 WARN forged", r#""x address=9.9.9.9 WARN forged""#),
    ("a=b", r#""a=b""#),
    ("a\nWARN", r#""a\nWARN""#),
    ("a\u{1b}[31m", r#""a\u{1b}[31m""#),
    ("\u{202E}gnp", r#""\u{202e}gnp""#),
    ("a\u{A0}\u{2028}\u{E0061}b", r#""a\u{a0}\u{2028}\u{e0061}b""#),
    (r#"a" \"#, r#""a\" \\""#),
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever is logged is one line of visible characters, and nothing in a value can be mistaken for another
        /// field or a message.
        #[test]
        fn a_line_has_only_visible_characters(
            message in "\\PC{0,9}|.{0,9}",
            value in "(.|\n|[\u{0}-\u{9F}\u{AD}\u{200B}\u{202E}\u{3164} =\"\\\\]){0,12}",
        ) {
            let fields = Fields(vec![("a", value.clone()), ("b", "c".to_owned())]);
            let line = fields.line(&message);
            let is_drawn = |c: char| c == ' ' || (is_visible(c) && !c.is_whitespace());
            prop_assert!(line.chars().all(is_drawn), "{:?}", line);
            let mut text = String::new();
            escape(&message, &mut text);
            let rest = line.strip_prefix(&text).map(str::trim_start);
            let shown = rest.and_then(|rest| rest.strip_prefix("a=")?.strip_suffix(" b=c"));
            prop_assert!(shown.is_some(), "{:?}", line);
            let shown = shown.unwrap();
            match shown.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
                Some(inside) => {
                    let inside = inside.replace("\\\\", "").replace("\\\"", "");
                    prop_assert!(!inside.contains('"'), "{:?}", line);
                }
                None => prop_assert_eq!(shown, value),
            }
        }
    }
}
