//! Polls: `colahub poll …`.

use std::io::Write;

use anyhow::Context;
use clap::{Args, Subcommand, ValueEnum};

use super::StatusArgs;
use super::host::{HubArgs, list};
use super::terminal::in_utc;
use crate::control::protocol::{MadePoll, NewPoll, PollLine, PollOption, PreparedLine, Request};

/// `colahub poll …`
#[derive(Debug, Subcommand)]
pub(super) enum PollCommand {
    /// Ask everybody, or one room: a question with two to eight answers, and one vote a person
    Add(AddArgs),
    /// List the open polls with their votes
    List(ListArgs),
    /// List the prepared polls, which an event file has, in their order
    Prepared(PreparedArgs),
    /// Ask a prepared poll: it is open from then on
    Ask(AskArgs),
    /// Drop a prepared poll, so that it is not asked
    Drop(DropArgs),
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

/// The arguments of `poll prepared`.
#[derive(Debug, Args)]
pub(super) struct PreparedArgs {
    #[command(flatten)]
    args: StatusArgs,
}

/// The arguments of `poll ask`.
#[derive(Debug, Args)]
pub(super) struct AskArgs {
    /// The poll's id, as `colahub poll prepared` shows it; the first one unless given
    #[arg(value_name = "ID")]
    poll: Option<String>,
    #[command(flatten)]
    hub: HubArgs,
}

/// The arguments of `poll drop`.
#[derive(Debug, Args)]
pub(super) struct DropArgs {
    /// The poll's id, as `colahub poll prepared` shows it
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
        PollCommand::Prepared(PreparedArgs { args }) => {
            list(args, &Request::PollPrepared, prepared, out)?;
        }
        PollCommand::Ask(AskArgs { poll, hub }) => {
            let poll = poll.map_or_else(|| first(&hub), Ok)?;
            let MadePoll { id } = hub.ask(&Request::PollAsk { poll })?;
            writeln!(out, "{id} is open.")?;
        }
        PollCommand::Drop(DropArgs { poll, hub }) => {
            let () = hub.ask(&Request::PollDrop { poll: poll.clone() })?;
            writeln!(out, "{poll} is dropped.")?;
        }
        PollCommand::Close(CloseArgs { poll, hub }) => {
            let () = hub.ask(&Request::PollClose { poll: poll.clone() })?;
            writeln!(out, "{poll} is closed.")?;
        }
    }
    Ok(())
}

/// The id of the first prepared poll.
fn first(hub: &HubArgs) -> anyhow::Result<String> {
    let prepared: Vec<PreparedLine> = hub.clone().ask(&Request::PollPrepared)?;
    let first = prepared.into_iter().next();
    Ok(first.context("no poll is prepared; an event file has polls, and `poll add` asks one")?.id)
}

/// The id with how the poll will be, the question, and a line for each answer.
fn prepared(line: &PreparedLine) -> String {
    let PreparedLine { id, room, question, options, multiple, results, minutes } = line;
    let whom = room.as_ref().map_or("all rooms".to_owned(), |room| format!("the room {room}"));
    let choice = if *multiple { "several answers" } else { "one answer" };
    let span = minutes.map(|minutes| format!(", for {minutes} min")).unwrap_or_default();
    let seen = results.replace('_', " ");
    let answers: String = options.iter().map(|text| format!("\n            {text:?}")).collect();
    format!("{id}  {whom}, {choice}, votes seen {seen}{span}\n    {question:?}{answers}")
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
    fn a_prepared_poll_says_how_it_will_be() {
        let line = PreparedLine {
            id: "i".to_owned(),
            room: None,
            question: "점심\u{1b}?".to_owned(),
            options: ["soup", "rice"].map(str::to_owned).to_vec(),
            multiple: true,
            results: "after_voting".to_owned(),
            minutes: Some(5),
        };
        let head = "i  all rooms, several answers, votes seen after voting, for 5 min";
        let rest = "    \"점심\\u{1b}?\"\n            \"soup\"\n            \"rice\"";
        assert_eq!(prepared(&line), format!("{head}\n{rest}"));
    }

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
