//! `colahub question`: lists the questions of a room, and marks them as answered.

use std::io::Write;

use clap::{Args, Subcommand};

use super::StatusArgs;
use super::host::{HubArgs, list};
use super::terminal::in_utc;
use crate::control::protocol::{Asked, Request, Said, Waiting};

/// `colahub question …`
#[derive(Debug, Subcommand)]
pub(super) enum QuestionCommand {
    /// List the questions of a room: those that wait for an answer first, the one with the most votes on top
    List(ListArgs),
    /// Mark a question as answered
    Answered(AnsweredArgs),
    /// List the questions that wait for you, in rooms that `colahub room edit --questions held` was used on
    Held(HeldArgs),
    /// Let a question that waits into its room
    LetThrough(WaitingArgs),
    /// Drop a question that waits
    Drop(WaitingArgs),
}

/// The arguments of `question list`.
#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// The room's code, or its id where it has ended
    #[arg(value_name = "ROOM")]
    room: String,
    /// The newest first, whatever their votes
    #[arg(long)]
    by_time: bool,
    #[command(flatten)]
    asked: StatusArgs,
}

/// The arguments of `question answered`.
#[derive(Debug, Args)]
pub(super) struct AnsweredArgs {
    /// The room's code, or its id where it has ended
    #[arg(value_name = "ROOM")]
    room: String,
    /// The question's number, as `colahub question list` shows it
    #[arg(value_name = "SEQ", value_parser = clap::value_parser!(i64).range(1..))]
    seq: i64,
    /// Take the mark off again
    #[arg(long)]
    not: bool,
    #[command(flatten)]
    hub: HubArgs,
}

/// The arguments of `question held`.
#[derive(Debug, Args)]
pub(super) struct HeldArgs {
    /// Only of this room: its code or id
    #[arg(value_name = "ROOM")]
    room: Option<String>,
    #[command(flatten)]
    asked: StatusArgs,
}

/// A question that waits.
#[derive(Debug, Args)]
pub(super) struct WaitingArgs {
    /// The question's number, as `colahub question held` shows it
    #[arg(value_name = "NUMBER", value_parser = clap::value_parser!(i64).range(1..))]
    held: i64,
    #[command(flatten)]
    hub: HubArgs,
}

/// Runs `colahub question`.
pub(super) fn question(command: QuestionCommand, out: &mut impl Write) -> anyhow::Result<()> {
    match command {
        QuestionCommand::List(ListArgs { room, by_time, asked }) => {
            let sort = if by_time { "time" } else { "votes" }.to_owned();
            list(asked, &Request::QuestionList { room, sort }, line, out)
        }
        QuestionCommand::Answered(AnsweredArgs { room, seq, not, hub }) => {
            let () = hub.ask(&Request::QuestionAnswered { room, seq, on: !not })?;
            let is = if not { "is not answered" } else { "is answered" };
            writeln!(out, "Question {seq} {is}.")?;
            Ok(())
        }
        QuestionCommand::Held(HeldArgs { room, asked }) => {
            list(asked, &Request::QuestionHeld { room }, held_line, out)
        }
        QuestionCommand::LetThrough(WaitingArgs { held, hub }) => {
            let said: Said = hub.ask(&Request::QuestionLetThrough { held })?;
            writeln!(out, "Question {held} is through, as message {}.", said.seq)?;
            Ok(())
        }
        QuestionCommand::Drop(WaitingArgs { held, hub }) => {
            let () = hub.ask(&Request::QuestionDrop { held })?;
            writeln!(out, "Question {held} is dropped.")?;
            Ok(())
        }
    }
}

fn held_line(waiting: &Waiting) -> String {
    let Waiting { id, at, code, nickname, content, .. } = waiting;
    format!("{id:>6}  {}  {code}  {nickname}: {content:?}", in_utc(at))
}

fn line(asked: &Asked) -> String {
    let Asked { seq, at, nickname, content, votes, is_answered, .. } = asked;
    let at = in_utc(at);
    let votes = if *votes == 1 { "1 vote".to_owned() } else { format!("{votes} votes") };
    let answered = if *is_answered { ", answered" } else { "" };
    // `{:?}` escapes control characters: text from strangers must not control the host's terminal.
    format!("{seq:>6}  {at}  {votes}{answered}  {nickname}: {content:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_lines_that_command_no_terminal() {
        let asked = Asked {
            seq: 3,
            id: 40,
            at: "2026-07-01T10:48:00.000Z".to_owned(),
            chatter: String::new(),
            nickname: "졸린 여우".to_owned(),
            content: "점심\u{1b}[2J?".to_owned(),
            votes: 1,
            is_answered: false,
        };
        let start = "     3  2026-07-01 10:48:00 UTC  ";
        assert_eq!(line(&asked), format!("{start}1 vote  졸린 여우: \"점심\\u{{1b}}[2J?\""));
        let waiting = Waiting {
            id: 7,
            at: asked.at.clone(),
            room: String::new(),
            code: "K7PMX3".to_owned(),
            chatter: String::new(),
            nickname: asked.nickname.clone(),
            content: asked.content.clone(),
        };
        let held = "     7  2026-07-01 10:48:00 UTC  K7PMX3  졸린 여우: \"점심\\u{1b}[2J?\"";
        assert_eq!(held_line(&waiting), held);
        let answered = Asked { votes: 12, is_answered: true, ..asked };
        assert!(line(&answered).starts_with(&format!("{start}12 votes, answered  졸린 여우: ")));
    }
}
