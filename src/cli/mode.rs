//! `colahub room mode`: the ladder of a room, or of all rooms.

use std::io::Write;
use std::time::Duration;

use clap::Args;

use super::host::{HubArgs, are, were};
use super::terminal::in_utc;
use crate::control::protocol::{Request, RoomLine};

/// The rungs, from everybody to nobody.
const MODES: [&str; 5] = ["open", "slow", "members", "read_only", "ended"];

/// The arguments of `room mode`.
#[derive(Debug, Args)]
#[command(allow_missing_positional = true)]
pub(super) struct ModeArgs {
    /// The room's code or id, as `colahub room list` shows it
    #[arg(value_name = "ROOM", required_unless_present = "all", conflicts_with = "all")]
    room: Option<String>,
    /// Everybody writes, one message a person in a time, nobody new comes in, nobody writes, or the room ends
    #[arg(value_name = "MODE", value_parser = MODES)]
    mode: String,
    /// All living rooms, instead of one
    #[arg(long)]
    all: bool,
    /// In slow mode, how many seconds a person waits between two messages; 30 unless said
    #[arg(long, value_name = "SECONDS")]
    every: Option<u64>,
    /// In "members", how many minutes people must have been here to come in and write; without it nobody new comes in
    #[arg(long, value_name = "MINUTES")]
    here_for: Option<u64>,
    /// Go back to open by itself after this time, in whole minutes, such as "15m"
    #[arg(long = "for", value_name = "TIME", value_parser = minutes)]
    minutes: Option<u64>,
    #[command(flatten)]
    hub: HubArgs,
}

fn minutes(text: &str) -> Result<u64, String> {
    let span = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    match (span.as_secs() / 60, span.as_secs() % 60) {
        (minutes, 0) if minutes > 0 => Ok(minutes),
        _ => Err("must be whole minutes".to_owned()),
    }
}

/// Sets the mode of a room, or of all.
pub(super) fn set(args: ModeArgs, out: &mut impl Write) -> anyhow::Result<()> {
    let ModeArgs { room, mode, every, here_for, minutes, hub, all: _ } = args;
    let is_over = mode == "ended";
    let Some(room) = room else {
        let request = Request::HubMode { mode: mode.clone(), every, here_for, minutes };
        let changed: usize = hub.ask(&request)?;
        let rooms = if changed == 1 { "1 room".to_owned() } else { format!("{changed} rooms") };
        writeln!(out, "{rooms}: {}{}.", in_words(&mode, here_for), for_now(minutes))?;
        return Ok(());
    };
    let request =
        Request::RoomMode { room: room.clone(), mode: mode.clone(), every, here_for, minutes };
    let people: usize = hub.ask(&request)?;
    let people = if is_over { were(people) } else { are(people) };
    writeln!(
        out,
        "The room {room}: {}{}; {people} in it.",
        in_words(&mode, here_for),
        for_now(minutes)
    )?;
    Ok(())
}

fn in_words(mode: &str, here_for: Option<u64>) -> String {
    let words = match (mode, here_for) {
        ("open", _) => "everybody may come in and write",
        ("slow", _) => "a person writes one message at a time",
        ("members", Some(minutes)) => {
            return format!("only who has been here for {minutes} min comes in and writes");
        }
        ("members", None) => "nobody new comes in",
        ("read_only", _) => "nobody writes, everybody may read",
        _ => "it has ended",
    };
    words.to_owned()
}

fn for_now(minutes: Option<u64>) -> String {
    match minutes {
        Some(minutes) => {
            format!(", for {}", humantime::format_duration(Duration::from_secs(minutes * 60)))
        }
        None => String::new(),
    }
}

/// A room's mode on its line; nothing where it is open, or shut, which the line says already.
pub(super) fn of(room: &RoomLine) -> String {
    let mode = match (room.mode.as_str(), room.every) {
        ("slow", Some(every)) => format!(", slow: a message in {every} s"),
        ("slow", None) => ", slow".to_owned(),
        ("read_only", _) => ", reading only".to_owned(),
        _ => room
            .here_for
            .map(|m| format!(" for who came less than {m} min ago"))
            .unwrap_or_default(),
    };
    match &room.mode_until {
        Some(until) => format!("{mode}, until {}", in_utc(until)),
        None => mode,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_whole_minutes() {
        assert_eq!((minutes("15m"), minutes("1h")), (Ok(15), Ok(60)));
        assert!(minutes("90s").is_err() && minutes("0m").is_err() && minutes("15").is_err());
    }
}
