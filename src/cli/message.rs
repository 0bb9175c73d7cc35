//! `colahub message`: lists and deletes messages.

use std::io::Write;

use clap::{Args, Subcommand};

use super::StatusArgs;
use super::host::{HubArgs, list};
use super::terminal::in_utc;
use crate::control::protocol::{ChatterTakeBack, Request, Said, Streamed};
use crate::domain::mute::MINUTES_MAX;

/// `colahub message …`
#[derive(Debug, Subcommand)]
pub(super) enum MessageCommand {
    /// List the newest messages of a room, or of all living rooms, with their numbers
    List(ListArgs),
    /// Say something in a room as the host, under a name that nobody else can have
    Say(SayArgs),
    /// Delete messages; each leaves its place behind, empty, for everybody
    Delete(DeleteArgs),
}

/// The arguments of `message list`.
#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// The room's code, or its id where it has ended
    #[arg(value_name = "ROOM", required_unless_present = "all", conflicts_with = "all")]
    room: Option<String>,
    /// What people have said in all living rooms
    #[arg(long)]
    all: bool,
    /// How many of the newest, at most 1000
    #[arg(long, value_name = "NUMBER", default_value_t = 20)]
    last: usize,
    #[command(flatten)]
    asked: StatusArgs,
}

/// The arguments of `message say`.
#[derive(Debug, Args)]
pub(super) struct SayArgs {
    /// The room's code or id
    #[arg(value_name = "ROOM")]
    room: String,
    /// The text
    #[arg(value_name = "TEXT")]
    content: String,
    #[command(flatten)]
    hub: HubArgs,
}

/// The arguments of `message delete`.
#[derive(Debug, Args)]
pub(super) struct DeleteArgs {
    /// The room's code, or its id where it has ended
    #[arg(value_name = "ROOM", required_unless_present = "by", conflicts_with = "by")]
    room: Option<String>,
    /// The messages' numbers, as `colahub message list` shows them
    #[arg(value_name = "SEQ", required_unless_present = "by", value_parser = clap::value_parser!(i64).range(1..))]
    seqs: Vec<i64>,
    /// What this chatter's browser has said in all rooms, by the id that `colahub chatter list` shows
    #[arg(long, value_name = "CHATTER")]
    by: Option<String>,
    /// What they have said in the last minutes; 10 unless given
    #[arg(long, value_name = "NUMBER", requires = "by", value_parser = clap::value_parser!(u64).range(1..=MINUTES_MAX))]
    minutes: Option<u64>,
    /// Their last messages, at most 1000, whenever they were said
    #[arg(long, value_name = "NUMBER", requires = "by", conflicts_with = "minutes")]
    last: Option<usize>,
    #[command(flatten)]
    hub: HubArgs,
}

/// Runs `colahub message`.
pub(super) fn message(command: MessageCommand, out: &mut impl Write) -> anyhow::Result<()> {
    match command {
        MessageCommand::List(ListArgs { room: Some(room), last, asked, .. }) => {
            list(asked, &Request::MessageList { room, last }, line, out)
        }
        MessageCommand::List(ListArgs { last, asked, .. }) => {
            list(asked, &Request::MessageStream { last, after: 0 }, stream_line, out)
        }
        MessageCommand::Say(SayArgs { room, content, hub }) => {
            let seq: i64 =
                hub.ask(&Request::MessageSay { room: room.clone(), content, key: None })?;
            writeln!(out, "It is message {seq} in the room {room}.")?;
            Ok(())
        }
        MessageCommand::Delete(DeleteArgs { room, seqs, by, minutes, last, hub }) => {
            let request = match by {
                Some(chatter) => {
                    Request::ChatterTakeBack(ChatterTakeBack { chatter, minutes, last })
                }
                None => Request::MessageDelete { room: room.unwrap_or_default(), seqs },
            };
            let taken: usize = hub.ask(&request)?;
            writeln!(out, "{}", deleted(taken))?;
            Ok(())
        }
    }
}

fn deleted(taken: usize) -> String {
    match taken {
        0 => "There is nothing that was not deleted before.".to_owned(),
        1 => "1 message is deleted: nobody can read it any more.".to_owned(),
        _ => format!("{taken} messages are deleted: nobody can read them any more."),
    }
}

fn line(said: &Said) -> String {
    let Said { seq, at, nickname, content, is_notice, taken_back, .. } = said;
    let at = in_utc(at);
    // `{:?}` escapes control characters: text from strangers must not control the host's terminal.
    let what = match (taken_back, is_notice) {
        (true, _) => "(deleted)".to_owned(),
        (_, true) => format!("(notice) {content:?}"),
        _ => format!("{content:?}"),
    };
    format!("{seq:>6}  {at}  {nickname}: {what}")
}

fn stream_line(streamed: &Streamed) -> String {
    format!("{} {}", streamed.code, line(&streamed.said))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_lines_that_command_no_terminal() {
        let said = Said {
            seq: 3,
            id: 40,
            at: "2026-07-01T10:48:00.000Z".to_owned(),
            chatter: String::new(),
            nickname: "졸린 여우".to_owned(),
            content: "점심\u{1b}[2J".to_owned(),
            is_notice: false,
            taken_back: false,
        };
        assert_eq!(line(&said), "     3  2026-07-01 10:48:00 UTC  졸린 여우: \"점심\\u{1b}[2J\"");
        let (room, code, title) = (String::new(), "K7PMX3".to_owned(), String::new());
        let streamed = Streamed { room, code, title, said: said.clone() };
        assert_eq!(stream_line(&streamed), format!("K7PMX3 {}", line(&said)));
        let notice = Said { is_notice: true, content: "n1 joined.".to_owned(), ..said.clone() };
        assert!(line(&notice).ends_with("졸린 여우: (notice) \"n1 joined.\""));
        let gone = Said { taken_back: true, content: String::new(), ..said };
        assert!(line(&gone).ends_with("졸린 여우: (deleted)"));
    }
}
