//! Prints text from strangers safely on the host's terminal.
//!
//! Names, titles, messages, names of other hubs, text of a damaged file: none of it may control the terminal, or
//! reverse or hide the text beside it. So everything that the command line prints goes through one writer, including
//! text that the hub made itself.

use std::io::{self, Write};

use crate::domain::names::is_visible;

/// Passes text on with every invisible character escaped in JSON's way, as `\u001b`, so that JSON stays valid.
#[derive(Debug)]
pub(super) struct Plain<W>(pub(super) W);

impl<W: Write> Write for Plain<W> {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.0.write_all(plain(&String::from_utf8_lossy(text)).as_bytes())?;
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        // Joiners and selectors change only how an emoji or a letter is drawn.
        let joins = matches!(character, '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}');
        if character == '\n' || character == '\u{FFFD}' || joins || is_visible(character) {
            plain.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            plain.push_str(&format!("\\u{unit:04x}"));
        }
    }
    plain
}

/// Formats a time from the wire (ISO 8601 in UTC) for a person: to the second, and with the word UTC, since the
/// host's own clock may show another zone's time.
pub(super) fn in_utc(iso: &str) -> String {
    format!("{} UTC", iso.get(..19).unwrap_or(iso).replace('T', " "))
}

/// Whether the terminal shows UTF-8, by the variables of the locale (locale(7)): the first that is set and not
/// empty counts.
pub(super) fn shows_utf8(variable: impl Fn(&str) -> Option<String>) -> bool {
    let set = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(variable);
    let locale = set.into_iter().find(|value| !value.is_empty()).unwrap_or_default();
    // `ko_KR.UTF-8@modifier`
    // macOS hands on a bare `UTF-8`.
    let codeset = locale.split_once('.').map_or(&*locale, |(_, rest)| rest);
    let codeset = codeset.split('@').next().unwrap_or_default();
    ["utf-8", "utf8"].iter().any(|utf8| codeset.eq_ignore_ascii_case(utf8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invisible_characters_are_spelt_out() {
        assert_eq!(plain("졸린 여우 👩‍👩‍👧 ❤️\n"), "졸린 여우 👩‍👩‍👧 ❤️\n");
        assert_eq!(plain("a\u{1b}[2J\r\u{9b}\u{7f}\t"), "a\\u001b[2J\\u000d\\u009b\\u007f\\u0009");
        assert_eq!(plain("x\u{202e}y\u{200b}\u{e0041}"), "x\\u202ey\\u200b\\udb40\\udc41");
    }

    #[test]
    fn json_stays_what_it_is() {
        let name = "a\u{7f}\u{9b}\u{202e}\u{e0041}\"\\ b";
        let mut out = Vec::new();
        serde_json::to_writer(Plain(&mut out), name).unwrap();
        assert!(!out.contains(&0x7f) && !String::from_utf8_lossy(&out).contains('\u{202e}'));
        assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), name);
    }
}
