//! `colahub clock`: the hub's time, where the machine's clock cannot be relied on.

use std::io::Write;
use std::time::{Duration, UNIX_EPOCH};

use clap::{Args, Subcommand};

use super::host::HubArgs;
use super::terminal::in_utc;
use crate::control::protocol::{ClockStatus, Request};
use crate::export::UtcOffset;

/// `colahub clock …`
#[derive(Debug, Subcommand)]
pub(super) enum ClockCommand {
    /// Set the hub's time, while the machine's clock cannot be relied on
    Set(SetArgs),
    /// Forget the time that was set: the hub's time goes on from where it is, as a guess
    Forget(HubArgs),
}

/// The arguments of `clock set`.
#[derive(Debug, Args)]
pub(super) struct SetArgs {
    /// The time with its offset from UTC, such as "2026-07-01 10:48+09:00" or "2026-07-01T01:48:30Z"
    #[arg(value_name = "TIME", value_parser = since_1970)]
    now: i64,
    #[command(flatten)]
    hub: HubArgs,
}

/// Runs `colahub clock`.
pub(super) fn clock(command: ClockCommand, out: &mut impl Write) -> anyhow::Result<()> {
    let (state, what): (ClockStatus, _) = match command {
        ClockCommand::Set(SetArgs { now, hub }) => {
            (hub.ask(&Request::ClockSet { now })?, "is now, until the machine's clock is set,")
        }
        ClockCommand::Forget(hub) => (hub.ask(&Request::ClockForget)?, "goes on from"),
    };
    writeln!(out, "The hub's time {what} {}.", in_utc(&state.time))?;
    Ok(())
}

/// A time with its offset as ms since 1970.
fn since_1970(text: &str) -> Result<i64, String> {
    let bad =
        || "must be a time with its offset from UTC, such as 2026-07-01T10:48+09:00".to_owned();
    let (time, offset) = match text.strip_suffix(['Z', 'z']) {
        Some(time) => (time, UtcOffset::default()),
        None => {
            let at = text.len().checked_sub("+09:00".len()).ok_or_else(bad)?;
            let (time, offset) = text.split_at_checked(at).ok_or_else(bad)?;
            (time, offset.parse().map_err(|_| bad())?)
        }
    };
    let time = time.trim_end();
    // Seconds may be left out.
    let whole =
        if time.len() == "2026-07-01T10:48".len() { format!("{time}:00") } else { time.to_owned() };
    let utc = humantime::parse_rfc3339_weak(&whole).map_err(|_| bad())?;
    let since = utc.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    let ms = i64::try_from(since.as_millis()).map_err(|_| bad())?;
    Ok(ms - i64::from(offset.in_minutes()) * 60_000)
}

/// The line of the status; `None` where the machine's clock is used and can be relied on.
pub(super) fn in_words(clock: &ClockStatus) -> Option<String> {
    let ClockStatus { time, machine, is_trusted, is_hosts, is_shared } = clock;
    let time = in_utc(time);
    match (is_hosts, is_trusted) {
        (true, _) => {
            Some(format!("{time}, as a host has set it; the machine's shows {}", in_utc(machine)))
        }
        (false, true) => None,
        (false, false) if *is_shared => Some(format!(
            "{time}, which is a guess: nothing sets this machine's clock; messages have the database's time"
        )),
        (false, false) => Some(format!(
            "{time}, which is a guess: nothing sets this machine's clock; the host's page or `colahub clock set` does"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_its_offset() {
        const AT: i64 = 1_782_870_480_000; // 2026-07-01T01:48Z
        for same in [
            "2026-07-01T01:48Z",
            "2026-07-01 01:48:00 Z",
            "2026-07-01T01:48:00.000Z",
            "2026-07-01T10:48+09:00",
            "2026-07-01 10:48:00 +09:00",
            "2026-06-30 22:18-03:30",
        ] {
            assert_eq!(since_1970(same), Ok(AT), "{same}");
        }
        assert_eq!(since_1970("2026-07-01T01:48:30Z"), Ok(AT + 30_000));
        for bad in [
            "",
            "Z",
            "10:48",
            "2026-07-01T10:48",
            "2026-07-01",
            "now",
            "2026-13-01T10:48Z",
            "둘째날+09:00",
            "1782870480000",
        ] {
            assert!(since_1970(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_status_says_how_the_time_is_known() {
        let guess = ClockStatus {
            time: "2026-07-01T10:48:00.000Z".to_owned(),
            machine: "2026-04-01T09:00:00.000Z".to_owned(),
            is_trusted: false,
            is_hosts: false,
            is_shared: false,
        };
        let told = in_words(&guess).unwrap();
        assert!(
            told.starts_with("2026-07-01 10:48:00 UTC, which is a guess: ")
                && told.contains("`colahub clock set`")
        );
        let shared = in_words(&ClockStatus { is_shared: true, ..guess.clone() }).unwrap();
        assert!(!shared.contains("clock set`") && shared.ends_with("the database's time"));
        let set = ClockStatus { is_hosts: true, ..guess.clone() };
        assert_eq!(
            in_words(&set).unwrap(),
            "2026-07-01 10:48:00 UTC, as a host has set it; the machine's shows 2026-04-01 09:00:00 UTC"
        );
        assert_eq!(in_words(&ClockStatus { is_trusted: true, ..guess }), None);
    }
}
