//! Polls: `colahub poll …`.

use std::io::Write;

use clap::{Args, Subcommand, ValueEnum};

use super::StatusArgs;
use super::host::{HubArgs, list};
use super::terminal::in_utc;
use crate::control::protocol::{MadePoll, NewPoll, PollLine, PollOption, Request};

/// `colahub poll …`
#[derive(Debug, Subcommand)]
pub(super) enum PollCommand {
    /// Ask everybody, or one room: a question with two to eight answers, and one vote a person
    Add(AddArgs),
    /// List the open polls with their votes
    List(ListArgs),
    /// Close a poll: nobody votes any more, and its result is put into the rooms
    Close(CloseArgs),
}

/// The arguments of `poll add`.
#[derive(Debug, Args)]
pub(super) struct AddArgs {
    /// The question, in at most 200 characters
    #[arg(value_name = "QUESTION")]
    question: String,
    /// The answers, two to eight of at most 60 characters each
    #[arg(value_name = "ANSWER", required = true)]
    answers: Vec<String>,
    /// People may choose several answers
    #[arg(long)]
    multiple: bool,
    /// When people see the votes
    #[arg(long, value_enum, default_value = "at-once", value_name = "WHEN")]
    results: ResultsArg,
    /// Only in this room: its code or id
    #[arg(long, value_name = "ROOM")]
    room: Option<String>,
    /// After how many minutes it closes by itself; when it is closed by hand unless said
    #[arg(long, value_name = "NUMBER")]
    minutes: Option<u64>,
    #[command(flatten)]
    hub: HubArgs,
}

/// When people see the votes.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum ResultsArg {
    /// From the beginning
    AtOnce,
    /// Once they have voted
    AfterVoting,
    /// Once the poll is closed
    AtEnd,
}

/// The arguments of `poll list`.
#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// List those that are closed, too
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    args: StatusArgs,
}

/// The arguments of `poll close`.
#[derive(Debug, Args)]
pub(super) struct CloseArgs {
    /// The poll's id, as `colahub poll list` shows it
    #[arg(value_name = "ID")]
    poll: String,
    #[command(flatten)]
    hub: HubArgs,
}

/// Does what the host wants with polls.
pub(super) fn poll(command: PollCommand, out: &mut impl Write) -> anyhow::Result<()> {
    match command {
        PollCommand::Add(AddArgs { question, answers, multiple, results, room, minutes, hub }) => {
            let results = match results {
                ResultsArg::AtOnce => "at_once",
                ResultsArg::AfterVoting => "after_voting",
                ResultsArg::AtEnd => "at_end",
            };
            let results = Some(results.to_owned());
            let options = answers;
            let poll = NewPoll { question, options, multiple, results, room, minutes };
            let MadePoll { id } = hub.ask(&Request::PollAdd(poll))?;
            writeln!(out, "{id} is open.")?;
        }
        PollCommand::List(ListArgs { all, args }) => {
            list(args, &Request::PollList { all }, lines, out)?;
        }
        PollCommand::Close(CloseArgs { poll, hub }) => {
            let () = hub.ask(&Request::PollClose { poll: poll.clone() })?;
            writeln!(out, "{poll} is closed.")?;
        }
    }
    Ok(())
}

/// The id with the times, the question, and a line for each answer.
fn lines(line: &PollLine) -> String {
    let PollLine { id, room, question, options, voters, at, until, closed_at, .. } = line;
    let whom = room.as_ref().map_or("all rooms".to_owned(), |room| format!("the room {room}"));
    let end = match (closed_at, until) {
        (Some(closed), _) => format!(", closed {}", in_utc(closed)),
        (None, Some(until)) => format!(" until {}", in_utc(until)),
        (None, None) => String::new(),
    };
    // Debug's form: no text commands the host's terminal.
    let answer = |PollOption { text, votes }: &PollOption| format!("\n    {votes:>6}  {text:?}");
    let answers: String = options.iter().map(answer).collect();
    let people = if *voters == 1 { "1 person has" } else { &format!("{voters} people have") };
    format!("{id}  {}{end}, {whom}, {people} voted\n    {question:?}{answers}", in_utc(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_poll_is_a_line_for_its_question_and_each_answer() {
        let option = |text: &str, votes| PollOption { text: text.to_owned(), votes };
        let open = PollLine {
            id: "i".to_owned(),
            room: None,
            question: "점심\u{1b}[2J?".to_owned(),
            options: vec![option("soup", 12), option("rice", 0)],
            voters: 12,
            multiple: false,
            results: "at_once".to_owned(),
            at: "2026-07-01T10:48:00.000Z".to_owned(),
            until: Some("2026-07-01T11:48:00.000Z".to_owned()),
            closed_at: None,
        };
        assert_eq!(
            lines(&open),
            "i  2026-07-01 10:48:00 UTC until 2026-07-01 11:48:00 UTC, all rooms, 12 people have voted\n    \
             \"점심\\u{1b}[2J?\"\n        12  \"soup\"\n         0  \"rice\""
        );
        let closed_at = Some("2026-07-01T11:00:00.000Z".to_owned());
        let closed = PollLine { room: Some("r".to_owned()), voters: 1, closed_at, ..open };
        let head = "i  2026-07-01 10:48:00 UTC, closed 2026-07-01 11:00:00 UTC, the room r, 1 person has voted\n";
        assert!(lines(&closed).starts_with(head), "{}", lines(&closed));
    }
}
