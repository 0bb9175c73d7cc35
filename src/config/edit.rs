//! Changes single keys in the text of a configuration file, and leaves everything else as the host has written it.
//!
//! The new text is read again before it is returned: it has to have the wanted values, and all others unchanged. So
//! an unusual spelling can only lead to a refusal, never to a damaged file.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

/// Why a file cannot be changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The text is no TOML.
    #[error("it is no TOML: {0}")]
    NotToml(String),
    /// The key is written in a way that this module does not change.
    #[error("`{0}` is written there in a way that only a person can change")]
    ByHand(String),
}

/// A change: the key, such as `wifi.ssid`, and its value in TOML's spelling; `None` removes the key.
pub type Change<'a> = (&'a str, Option<String>);

/// A value in TOML's spelling, in quotes.
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            control if control.is_control() => {
                quoted.push_str(&format!("\\u{:04x}", u32::from(control)));
            }
            plain => quoted.push(plain),
        }
    }
    quoted.push('"');
    quoted
}

/// The value of each of these keys as it is spelled in `text`; `None` for a key that is not there.
///
/// # Errors
/// The text is no TOML.
pub fn spelled(text: &str, keys: &[&str]) -> Result<Vec<Option<String>>, EditError> {
    let mut values = values(text)?;
    Ok(keys.iter().map(|key| values.remove(*key)).collect())
}

/// The text with these changes.
///
/// # Errors
/// The text is no TOML, or a key is written in an unusual way.
pub fn changed(text: &str, changes: &[Change<'_>]) -> Result<String, EditError> {
    changes.iter().try_fold(text.to_owned(), |text, change| change_one(&text, change))
}

fn change_one(text: &str, (key, value): &Change<'_>) -> Result<String, EditError> {
    let before = values(text)?;
    if before.get(*key) == value.as_ref() {
        return Ok(text.to_owned());
    }
    let mut wanted = before;
    match value {
        Some(value) => wanted.insert((*key).to_owned(), value.clone()),
        None => wanted.remove(*key),
    };
    let candidates = match (find(text, key)?, value) {
        (Some(span), Some(value)) => vec![replaced(text, span, value)],
        (Some(span), None) => removed(text, key, span).into_iter().collect(),
        (None, Some(value)) => inserted(text, key, value),
        (None, None) => Vec::new(),
    };
    let is_good = |text: &String| values(text).is_ok_and(|values| values == wanted);
    let by_hand = || EditError::ByHand((*key).to_owned());
    candidates.into_iter().find(is_good).ok_or_else(by_hand)
}

fn replaced(text: &str, span: Range<usize>, value: &str) -> String {
    format!("{}{value}{}", &text[..span.start], &text[span.end..])
}

/// The text without the lines of this key, if nothing but a comment stands beside it.
fn removed(text: &str, key: &str, span: Range<usize>) -> Option<String> {
    let from = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
    let until = text[span.end..].find('\n').map_or(text.len(), |at| span.end + at + 1);
    let (name, _) = text[from..span.start].split_once('=')?;
    let last = key.rsplit('.').next().unwrap_or(key);
    let is_alone = [key, last].contains(&name.trim());
    is_alone.then(|| format!("{}{}", &text[..from], &text[until..]))
}

/// The text with a line for this key at each place where it may belong, the best first: beside a key of its group,
/// below the group's header, below the example in a comment, before the first header, at the end.
fn inserted(text: &str, key: &str, value: &str) -> Vec<String> {
    let (group, last) = key.rsplit_once('.').unwrap_or(("", key));
    let (mut in_group, mut others) = (Vec::new(), Vec::new());
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let (start, end, line) = (at, at + line.len(), line.trim());
        at = end;
        if line.starts_with(&format!("{group}.")) {
            in_group.push((end, key));
        } else if line.starts_with(&format!("[{group}]")) {
            in_group.push((end, last));
        } else if line.starts_with(&format!("#{key} ")) {
            others.insert(0, (end, key));
        } else if line.starts_with('[') {
            others.push((start, key));
        }
    }
    others.push((text.len(), key));
    in_group.into_iter().chain(others).map(|(at, key)| insert(text, at, key, value)).collect()
}

fn insert(text: &str, at: usize, key: &str, value: &str) -> String {
    let (before, after) = text.split_at(at);
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let missing = if before.is_empty() || before.ends_with('\n') { "" } else { newline };
    format!("{before}{missing}{key} = {value}{newline}{after}")
}

/// Where the value of this key is.
fn find(text: &str, key: &str) -> Result<Option<Range<usize>>, EditError> {
    let table = parse(text)?;
    let (mut table, mut names) = (table.get_ref(), key.split('.').peekable());
    while let Some(name) = names.next() {
        let Some((_, value)) = table.iter().find(|(own, _)| own.get_ref() == name) else {
            return Ok(None);
        };
        match value.get_ref() {
            DeValue::Table(inner) if names.peek().is_some() => table = inner,
            _ if names.peek().is_some() => break,
            _ => return Ok(Some(value.span())),
        }
    }
    Err(EditError::ByHand(key.to_owned()))
}

/// Every value in the text as it is spelled there, by its key.
fn values(text: &str) -> Result<BTreeMap<String, String>, EditError> {
    let mut found = BTreeMap::new();
    collect(text, "", parse(text)?.get_ref(), &mut found);
    Ok(found)
}

fn collect(text: &str, prefix: &str, table: &DeTable<'_>, found: &mut BTreeMap<String, String>) {
    for (name, value) in table {
        let key = format!("{prefix}{}", name.get_ref());
        match value.get_ref() {
            DeValue::Table(inner) => collect(text, &format!("{key}."), inner, found),
            _ => {
                let spelling = text.get(value.span()).unwrap_or_default();
                found.insert(key, spelling.to_owned());
            }
        }
    }
}

fn parse(text: &str) -> Result<toml::Spanned<DeTable<'_>>, EditError> {
    DeTable::parse(text).map_err(|error| EditError::NotToml(error.message().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str, changes: &[(&str, Option<&str>)]) -> Result<String, EditError> {
        let changes: Vec<Change<'_>> =
            changes.iter().map(|(key, value)| (*key, value.map(quoted))).collect();
        changed(text, &changes)
    }

    const WIFI: [(&str, Option<&str>); 2] =
        [("wifi.ssid", Some("Cola")), ("wifi.password", Some("sing along"))];

    #[test]
    fn a_key_is_added_below_its_example_and_taken_away_again() {
        let text = "# A hub.\nname = \"camp\"  # ours\n\n# The network.\n#wifi.ssid = \"Cola\"\n\n\
                    #wifi.password = \"change me\"\n";
        let new = with(text, &WIFI).unwrap();
        assert_eq!(
            new,
            "# A hub.\nname = \"camp\"  # ours\n\n# The network.\n#wifi.ssid = \"Cola\"\n\
             wifi.ssid = \"Cola\"\nwifi.password = \"sing along\"\n\n#wifi.password = \"change me\"\n"
        );
        assert_eq!(with(&new, &[("wifi.ssid", None), ("wifi.password", None)]).unwrap(), text);
    }

    #[test]
    fn a_key_that_is_there_keeps_its_line_and_its_comment() {
        let text = "wifi.ssid = 'Old'   # on the poster\nwifi.security = \"nopass\"\n";
        let new = with(text, &[("wifi.ssid", Some("Cola")), ("wifi.security", None)]).unwrap();
        assert_eq!(new, "wifi.ssid = \"Cola\"   # on the poster\n");
        let kept = spelled(text, &["wifi.ssid", "wifi.password"]).unwrap();
        assert_eq!(kept, [Some("'Old'".to_owned()), None]);
    }

    #[test]
    fn a_key_goes_to_its_table_or_before_the_first() {
        let table = "title = 'a'\n[wifi]\n\n[limits]\nconnections = 9\n";
        let new = with(table, &WIFI).unwrap();
        assert!(
            new.contains("[wifi]\npassword = \"sing along\"\nssid = \"Cola\"\n\n[limits]"),
            "{new}"
        );
        let other = "listen = [\n  '80',\n]\n[limits]\nconnections = 9";
        let new = with(other, &WIFI).unwrap();
        assert!(new.contains("]\nwifi.ssid = \"Cola\"\nwifi.password = \"sing along\"\n[limits]"));
        assert_eq!(with(table, &[("wifi.ssid", None)]).unwrap(), table);
        assert_eq!(with("", &WIFI[..1]).unwrap(), "wifi.ssid = \"Cola\"\n");
        let windows = with("name = 'a'\r\nmdns = true", &WIFI[..1]).unwrap();
        assert_eq!(windows, "name = 'a'\r\nmdns = true\r\nwifi.ssid = \"Cola\"\r\n");
    }

    #[test]
    fn what_only_a_person_can_change_is_refused() {
        let refused = Err(EditError::ByHand("wifi.ssid".to_owned()));
        let inline = "wifi = { ssid = 'a', password = 'b' }";
        assert_eq!(with(inline, &[("wifi.ssid", None)]), refused);
        for text in ["wifi = { password = 'b' }\n", "wifi = 1\n", "[[wifi]]\nssid = 'a'\n"] {
            assert_eq!(with(text, &WIFI[..1]), refused, "{text}");
        }
        assert!(matches!(with("a = ", &WIFI), Err(EditError::NotToml(_))));
    }

    #[test]
    fn any_text_survives_its_quotes() {
        for text in ["a\"b\\c", "콜라 🥤", "a\u{7}\tb\u{9f}", ""] {
            let file = with("", &[("wifi.ssid", Some(text))]).unwrap();
            let table = DeTable::parse(&file).unwrap();
            let wifi = table.get_ref().get("wifi").unwrap().get_ref().as_table().unwrap();
            assert_eq!(wifi.get("ssid").unwrap().get_ref().as_str(), Some(text), "{file}");
        }
    }
}
