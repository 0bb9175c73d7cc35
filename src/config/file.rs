//! Reads the configuration file, which is TOML. Every problem names its line.

use std::fs;
use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue};

use super::draft::Given;
use super::encoding;
use super::problem::{Location, Problem};
use super::raw::Raw;
use super::setting;

/// Reads the settings that the file at `path` gives.
pub(super) fn read(path: &Path) -> Vec<Result<Given, Problem>> {
    let path_of = || path.to_owned();
    match fs::read(path) {
        Ok(bytes) => match encoding::decode(bytes) {
            Ok(text) => parse(path, &text),
            Err(encoding) => vec![Err(Problem::NotUtf8 { path: path_of(), encoding })],
        },
        Err(reason) => vec![Err(Problem::Unreadable { path: path_of(), reason })],
    }
}

/// Reads the settings in `text`, the contents of the file at `path`.
pub(super) fn parse(path: &Path, text: &str) -> Vec<Result<Given, Problem>> {
    let mut file = File { path, text, given: Vec::new() };
    match DeTable::parse(text) {
        Ok(table) => file.walk("", table.get_ref()),
        Err(error) => file.given.push(Err(Problem::NotToml {
            place: file.place(error.span().unwrap_or_default()),
            reason: error.message().to_owned(),
        })),
    }
    file.given
}

struct File<'a> {
    path: &'a Path,
    text: &'a str,
    given: Vec<Result<Given, Problem>>,
}

impl File<'_> {
    /// Collects the settings of `table`, whose keys follow `prefix`.
    fn walk(&mut self, prefix: &str, table: &DeTable<'_>) {
        for (name, value) in table {
            let key = format!("{prefix}{}", name.get_ref());
            let place = self.place(name.span());
            match (setting::find(&key), value.get_ref()) {
                (Some(setting), _) => {
                    let raw = raw(value);
                    self.given.push(Ok(Given { setting, raw, place }));
                }
                (None, DeValue::Table(inner)) if setting::is_group(&key) => {
                    self.walk(&format!("{key}."), inner);
                }
                (None, _) => self.given.push(Err(Problem::unknown_key(place, key))),
            }
        }
    }

    fn place(&self, span: Range<usize>) -> Location {
        let before = &self.text.as_bytes()[..span.start.min(self.text.len())];
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        Location::File { path: self.path.to_owned(), line }
    }
}

fn raw(value: &Spanned<DeValue<'_>>) -> Raw {
    match value.get_ref() {
        DeValue::String(text) => Raw::Text(text.to_string()),
        DeValue::Integer(number) => integer(number),
        DeValue::Boolean(truth) => Raw::Truth(*truth),
        DeValue::Array(items) => Raw::List(items.iter().map(raw).collect()),
        DeValue::Float(number) => Raw::Other(number.as_str().to_owned()),
        DeValue::Datetime(time) => Raw::Other(time.to_string()),
        DeValue::Table(_) => Raw::Other("a table".to_owned()),
    }
}

/// Reads an integer. TOML does not bound integers: one that does not fit is kept as text, for the error.
fn integer(number: &DeInteger<'_>) -> Raw {
    match i64::from_str_radix(number.as_str(), number.radix()) {
        Ok(number) => Raw::Number(number),
        Err(_) => Raw::Other(number.as_str().to_owned()),
    }
}
