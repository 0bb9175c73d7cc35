//! A mode in the host's log: as words that a person reads, and read back for a page in another language.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::Mode;
use crate::domain::refusal::Refusal;

/// A mode, and for how long it was set or still lasted. `None` if it does not end by itself.
pub type Lasting = (Mode, Option<Duration>);

/// What the host has set, and what was there before: `slow 30s for 15m, was open`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModeEntry {
    /// What was set.
    pub set: Lasting,
    /// What was there before, with the rest of its time. `None` if several rooms differed, or an older hub wrote the entry.
    pub was: Option<Lasting>,
}

const WAS: &str = ", was ";
const HERE: &str = " here for ";
const SPAN: &str = " for ";

impl fmt::Display for ModeEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        lasting(f, self.set)?;
        let Some(was) = self.was else { return Ok(()) };
        f.write_str(WAS)?;
        lasting(f, was)
    }
}

fn lasting(f: &mut fmt::Formatter<'_>, (mode, span): Lasting) -> fmt::Result {
    f.write_str(mode.as_str())?;
    if let Some(every) = mode.every() {
        write!(f, " {every}s")?;
    }
    if let Some(minutes) = mode.here_for() {
        write!(f, "{HERE}{minutes}m")?;
    }
    match span.filter(|_| mode != Mode::Open) {
        // In whole seconds, so that the words stay short.
        Some(span) => {
            let span = Duration::from_secs(span.as_secs().max(1));
            write!(f, "{SPAN}{}", humantime::format_duration(span))
        }
        None => Ok(()),
    }
}

impl FromStr for ModeEntry {
    type Err = Refusal;

    /// Reads what [`Display`](fmt::Display) has written.
    fn from_str(words: &str) -> Result<Self, Refusal> {
        let (set, was) = match words.split_once(WAS) {
            Some((set, was)) => (set, Some(read(was)?)),
            None => (words, None),
        };
        Ok(Self { set: read(set)?, was })
    }
}

fn read(words: &str) -> Result<Lasting, Refusal> {
    let no_mode = || Refusal::bad("these words are no mode");
    let number = |text: &str, unit| text.strip_suffix(unit).and_then(|n| n.parse().ok());
    let name_end = words.find(' ').unwrap_or(words.len());
    let (name, mut rest) = words.split_at(name_end);
    let mut here_for = None;
    if let Some(after) = rest.strip_prefix(HERE) {
        let end = after.find(' ').unwrap_or(after.len());
        here_for = Some(number(&after[..end], 'm').ok_or_else(no_mode)?);
        rest = &after[end..];
    }
    let mut every = None;
    if name == "slow" {
        let after = rest.strip_prefix(' ').ok_or_else(no_mode)?;
        let end = after.find(' ').unwrap_or(after.len());
        every = Some(number(&after[..end], 's').ok_or_else(no_mode)?);
        rest = &after[end..];
    }
    let span = match rest.strip_prefix(SPAN) {
        Some(span) => Some(humantime::parse_duration(span).map_err(|_| no_mode())?),
        None if rest.is_empty() => None,
        None => return Err(no_mode()),
    };
    Ok((Mode::parse(name, every, here_for)?, span))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_log_has_is_read_back() {
        let (span, rest) = (Duration::from_secs(900), Duration::from_millis(61_900));
        let modes = [
            Mode::Open,
            Mode::Slow(Duration::from_secs(30)),
            Mode::Members(None),
            Mode::Members(Some(Duration::from_secs(600))),
            Mode::ReadOnly,
        ];
        for mode in modes {
            for was in modes {
                for (set, before) in [(None, None), (Some(span), Some(Duration::from_secs(61)))] {
                    let lasts =
                        |mode, span: Option<Duration>| (mode, span.filter(|_| mode != Mode::Open));
                    let entry = ModeEntry { set: lasts(mode, set), was: Some(lasts(was, before)) };
                    assert_eq!(entry.to_string().parse(), Ok(entry), "{entry}");
                    let old = ModeEntry { was: None, ..entry };
                    assert_eq!(old.to_string().parse(), Ok(old));
                }
            }
        }
        let set = (Mode::Slow(Duration::from_secs(30)), Some(span));
        let entry = ModeEntry { set, was: Some((modes[3], Some(rest))) };
        assert_eq!(entry.to_string(), "slow 30s for 15m, was members here for 10m for 1m 1s");
    }

    #[test]
    fn other_words_are_no_mode() {
        for words in [
            "",
            "slow",
            "slow 30",
            "slow 0s",
            "open for",
            "members here for",
            "quiet",
            "open, was ",
            "read_only 3s",
        ] {
            assert!(words.parse::<ModeEntry>().is_err(), "{words:?}");
        }
    }
}
