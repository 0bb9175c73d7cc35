//! The request for the host's log.

use super::answer::{Acting, Denied};
use super::protocol::{Deed, ModeLine};
use crate::domain::code::Code;
use crate::domain::ids::ChatterId;
use crate::domain::mode::entry::{Lasting, ModeEntry};
use crate::store::Done;
use crate::wire;

/// The most entries of the log that one request returns.
const LOG_SHOWN: usize = 100;

/// Lists the host's actions, newest first.
pub(super) async fn log(parts: &Acting<'_>) -> Result<Vec<Deed>, Denied> {
    let done = parts.reader.host_log(LOG_SHOWN).await?;
    Ok(done.into_iter().map(told).collect())
}

fn told(Done { at, deed, what, by }: Done) -> Deed {
    let entry = mode(&deed, &what);
    Deed {
        at: wire::iso(at),
        subject: subject(&deed, &what),
        mode: entry.map(|entry| line(entry.set)),
        was: entry.and_then(|entry| entry.was).map(line),
        deed,
        what,
        by: by.map(|by| by.to_string()),
    }
}

/// The subject of a log entry: the first word of its text, if the action is about something with an id or a code.
fn subject(deed: &str, what: &str) -> Option<String> {
    let has_one = ["chatter ", "room ", "announce ", "poll "].iter().any(|of| deed.starts_with(of));
    let first = what
        .split(' ')
        .next()
        .filter(|first| first.parse::<Code>().is_ok() || first.parse::<ChatterId>().is_ok())?;
    has_one.then(|| first.to_owned())
}

/// The modes of a log entry, if the action was to set one.
fn mode(deed: &str, what: &str) -> Option<ModeEntry> {
    let words = match deed {
        "hub mode" => what,
        // Behind the room's title; the words have no quotes.
        "room mode" | "room lock" | "room unlock" => what.rsplit_once("\" ")?.1,
        _ => return None,
    };
    words.parse().ok()
}

fn line((mode, span): Lasting) -> ModeLine {
    ModeLine {
        mode: mode.as_str().to_owned(),
        every: mode.every(),
        here_for: mode.here_for(),
        minutes: span.map(|span| span.as_secs().div_ceil(60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_modes_of_an_entry_are_read_behind_any_title() {
        let what = r#"K7PMX3 "a \" slow 30s" slow 10s for 15m, was read_only for 1m 1s"#;
        let entry = mode("room mode", what).unwrap();
        let slow = line(entry.set);
        assert_eq!((slow.mode.as_str(), slow.every, slow.minutes), ("slow", Some(10), Some(15)));
        let was = line(entry.was.unwrap());
        assert_eq!((was.mode.as_str(), was.every, was.minutes), ("read_only", None, Some(2)));
        assert_eq!(mode("hub mode", "open").unwrap().was, None);
        assert_eq!(mode("room lock", r#"K7PMX3 "slow 3s""#), None, "an entry of an older hub");
        assert_eq!(mode("room close", r#"K7PMX3 "x" open"#), None);
    }
}
