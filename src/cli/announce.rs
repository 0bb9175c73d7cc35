//! Announcements: `colahub announce …`.

use std::io::Write;

use clap::{Args, Subcommand};

use super::StatusArgs;
use super::host::{HubArgs, list};
use super::terminal::in_utc;
use crate::control::protocol::{AnnouncementLine, MadeAnnouncement, Request};

/// `colahub announce …`
#[derive(Debug, Subcommand)]
pub(super) enum AnnounceCommand {
    /// Announce something to everybody, or to one room: on top of the page, and in the room's history
    Add(AddArgs),
    /// List the announcements that are shown
    List(StatusArgs),
    /// Take an announcement down; it stays in the rooms' history
    Done(DoneArgs),
}

/// The arguments of `announce add`.
#[derive(Debug, Args)]
pub(super) struct AddArgs {
    /// What everybody is to read, in at most 500 characters
    #[arg(value_name = "TEXT")]
    text: String,
    /// Only in this room: its code or id
    #[arg(long, value_name = "ROOM")]
    room: Option<String>,
    /// For how many minutes it is shown; until it is taken down unless said
    #[arg(long, value_name = "NUMBER")]
    minutes: Option<u64>,
    #[command(flatten)]
    hub: HubArgs,
}

/// The arguments of `announce done`.
#[derive(Debug, Args)]
pub(super) struct DoneArgs {
    /// The announcement's id, as `colahub announce list` shows it
    #[arg(value_name = "ID")]
    announcement: String,
    #[command(flatten)]
    hub: HubArgs,
}

/// Does what the host wants with announcements.
pub(super) fn announce(command: AnnounceCommand, out: &mut impl Write) -> anyhow::Result<()> {
    match command {
        AnnounceCommand::Add(AddArgs { text, room, minutes, hub }) => {
            let MadeAnnouncement { id } = hub.ask(&Request::AnnounceAdd { text, room, minutes })?;
            writeln!(out, "{id} is announced.")?;
        }
        AnnounceCommand::List(args) => list(args, &Request::AnnounceList, lines, out)?,
        AnnounceCommand::Done(DoneArgs { announcement, hub }) => {
            let request = Request::AnnounceDone { announcement: announcement.clone() };
            let () = hub.ask(&request)?;
            writeln!(out, "{announcement} is taken down.")?;
        }
    }
    Ok(())
}

/// Two lines: the id with the times, and the text.
fn lines(line: &AnnouncementLine) -> String {
    let AnnouncementLine { id, room, text, at, until } = line;
    let whom = room.as_ref().map_or("all rooms".to_owned(), |room| format!("the room {room}"));
    let until = until.as_ref().map(|until| format!(" until {}", in_utc(until))).unwrap_or_default();
    // Debug's form: no text commands the host's terminal.
    format!("{id}  {}{until}, {whom}\n    {text:?}", in_utc(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_announcement_is_two_lines() {
        let line = AnnouncementLine {
            id: "i".to_owned(),
            room: None,
            text: "점심\u{1b}[2J".to_owned(),
            at: "2026-07-01T10:48:00.000Z".to_owned(),
            until: Some("2026-07-01T11:48:00.000Z".to_owned()),
        };
        assert_eq!(
            lines(&line),
            "i  2026-07-01 10:48:00 UTC until 2026-07-01 11:48:00 UTC, all rooms\n    \"점심\\u{1b}[2J\""
        );
        let lasting = AnnouncementLine { room: Some("r".to_owned()), until: None, ..line };
        assert!(lines(&lasting).starts_with("i  2026-07-01 10:48:00 UTC, the room r\n"));
    }
}
